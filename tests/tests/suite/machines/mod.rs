//! What machines and other services sign in with. The real PocketBase has none of it.

mod api_keys;
mod cookies;
mod key_powers;
mod key_routes;
mod key_searches;
mod service_tokens;

use luge_tests::{Persona, Requests, Server};
use serde_json::{Value, json};

pub(crate) const KEYS: &str = "/api/collections/members/api-keys";
pub(crate) const PASSWORD: &str = "secret-word";

/// A server with members, what they own (`posts`), what everybody may do (`notes`) and what nobody
/// may (`vault`).
pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) superuser: Persona,
    pub(crate) anyone: Persona,
    pub(crate) ann: Persona,
    pub(crate) bob: Persona,
}

/// `None` on the real PocketBase.
pub(crate) fn world() -> Option<World> {
    let server = Server::start();
    if server.is_reference() {
        return None;
    }
    let (superuser, anyone) = (server.superuser(), server.anyone());
    superuser.collection(&json!({
        "name": "members", "type": "auth", "listRule": "@request.auth.id != ''",
        "viewRule": "@request.auth.id != ''", "updateRule": "id = @request.auth.id",
        "deleteRule": "id = @request.auth.id", "createRule": "",
        "fields": [{"name": "nick", "type": "text"}],
    }));
    let members = superuser.get("/api/collections/members").expect(200)["id"].clone();
    let own = "owner = @request.auth.id && @request.auth.id != ''";
    let fields = json!([
        {"name": "title", "type": "text"},
        {"name": "hidden", "type": "text", "hidden": true},
        {"name": "owner", "type": "relation", "collectionId": members, "maxSelect": 1},
        {"name": "file", "type": "file", "protected": true, "maxSelect": 1},
    ]);
    let rules = |list: Value, write: Value| {
        json!({"type": "base", "fields": fields, "listRule": list, "viewRule": list,
            "createRule": write, "updateRule": write, "deleteRule": write})
    };
    for (name, list, write) in [
        ("posts", json!(own), json!(own)),
        ("notes", json!(""), json!("")),
        ("vault", Value::Null, Value::Null),
    ] {
        let mut definition = rules(list, write);
        definition["name"] = name.into();
        superuser.collection(&definition);
    }
    let batch = json!({"batch": {"enabled": true}});
    superuser.patch("/api/settings", &batch).expect(200);
    let member = |email: &str| {
        let body =
            json!({"email": email, "password": PASSWORD, "passwordConfirm": PASSWORD, "nick": "n"});
        superuser.record("members", &body);
        anyone.sign_in("members", email, PASSWORD)
    };
    let (ann, bob) = (member("ann@example.com"), member("bob@example.com"));
    for (owner, title) in [(&ann, "of ann"), (&bob, "of bob")] {
        for collection in ["posts", "notes", "vault"] {
            let body = json!({"title": title, "owner": owner.id, "hidden": "unseen"});
            superuser.record(collection, &body);
        }
    }
    Some(World {
        server,
        superuser,
        anyone,
        ann,
        bob,
    })
}

/// One scope.
pub(crate) fn scope(collections: &[&str], actions: &[&str]) -> Value {
    json!({"collections": collections, "actions": actions})
}

impl World {
    /// A machine that acts as somebody, within scopes.
    #[track_caller]
    pub(crate) fn machine(&self, owner: &Persona, scopes: &Value) -> Persona {
        let collection = match owner.id.is_empty() || owner.id == self.superuser.id {
            true => "_superusers",
            false => "members",
        };
        let path = format!("/api/collections/{collection}/api-keys");
        let made = owner.post(&path, &json!({"name": "machine", "scopes": scopes}));
        made.expect(200);
        owner.with_token(&made.text_at("key"))
    }

    /// The path of the record with a title.
    #[track_caller]
    pub(crate) fn path_of(&self, collection: &str, title: &str) -> String {
        let records = luge_tests::persona::records(collection);
        let filter = title.replace(' ', "%20");
        let found = self
            .superuser
            .get(&format!("{records}?filter=title='{filter}'"));
        format!("{records}/{}", found.text_at("items.0.id"))
    }
}
