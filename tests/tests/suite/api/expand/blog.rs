//! A blog with something of every kind of relation and of every kind of view rule.
//!
//! Answers are compared in a short form: `ann{post:[one two{}]}` is the record that is named ann,
//! under whose `expand` a list stands for `post`, where the record two has an empty `expand`.

use crate::api::field;
use luge_tests::persona::records;
use luge_tests::{Answer, Persona, Requests, Server};
use serde_json::{Value, json};

/// The server, its records and who asks.
pub(super) struct Blog {
    pub(super) server: Server,
    pub(super) superuser: Persona,
    pub(super) anyone: Persona,
    pub(super) ann: Persona,
    pub(super) bob: Persona,
    /// Paths of the posts one, two and three; each but the first continues the one before.
    pub(super) posts: Vec<String>,
}

pub(super) fn blog() -> Blog {
    let server = Server::start();
    let (superuser, anyone) = (server.superuser(), server.anyone());
    targets(&superuser);
    posts(&superuser);
    referring(&superuser);
    let (ann, bob) = filled(&superuser, &anyone);
    let listed = superuser.get(&format!("{}?fields=id", records("posts")));
    let listed = listed.expect(200);
    let ids = listed["items"].as_array().unwrap().iter();
    let posts = ids.map(|post| format!("{}/{}", records("posts"), post["id"].as_str().unwrap()));
    let posts = posts.collect();
    Blog {
        server,
        superuser,
        anyone,
        ann,
        bob,
        posts,
    }
}

/// A collection with a name and more fields.
fn named(superuser: &Persona, name: &str, view: Value, fields: Vec<Value>) {
    let mut all = vec![field("name", "text", json!({}))];
    all.extend(fields);
    superuser.collection(&json!({
        "name": name, "type": "base", "fields": all, "listRule": "", "viewRule": view,
        "createRule": "", "updateRule": "", "deleteRule": "",
    }));
}

fn link(name: &str, target: &Value, more: Value) -> Value {
    let mut link = field(name, "relation", more);
    link["collectionId"] = target.clone();
    link
}

fn many() -> Value {
    json!({"maxSelect": 9})
}

fn hidden() -> Value {
    json!({"hidden": true})
}

fn id(superuser: &Persona, collection: &str) -> Value {
    superuser
        .get(&format!("/api/collections/{collection}"))
        .at("id")
}

/// What posts lead to, by every kind of view rule.
fn targets(superuser: &Persona) {
    let id = |name: &str| id(superuser, name);
    let make = |name: &str, view: Value, fields: Vec<Value>| named(superuser, name, view, fields);
    make("tags", json!(""), vec![]);
    superuser.collection(&json!({
        "name": "members", "type": "auth", "viewRule": "", "listRule": "", "updateRule": "",
        "fields": [
            field("name", "text", json!({})), field("secret", "text", hidden()),
            link("tag", &id("tags"), json!({})), link("shy", &id("tags"), hidden()),
        ],
    }));
    make("locked", Value::Null, vec![]);
    make("partly", json!("name != 'closed'"), vec![]);
    let owner = link("owner", &id("members"), json!({}));
    make("owned", json!("owner = @request.auth.id"), vec![owner]);
    let facts = "@request.context = 'expand' && @request.method = 'GET'";
    make("facts", json!(facts), vec![]);
    make("plain", json!("@request.context = 'default'"), vec![]);
    make("bodies", json!("@request.body.name = 'sent'"), vec![]);
}

fn posts(superuser: &Persona) {
    let target = |name: &str| id(superuser, name);
    let mut relations = vec![
        link("tag", &target("tags"), json!({})),
        link("tags", &target("tags"), many()),
        link("partly", &target("partly"), many()),
        link("shy", &target("tags"), hidden()),
        link("member", &target("members"), json!({})),
    ];
    for name in ["locked", "owned", "facts", "plain", "bodies"] {
        relations.push(link(name, &target(name), json!({})));
    }
    named(superuser, "posts", json!(""), relations);
    let mut fields = superuser.get("/api/collections/posts").at("fields");
    let before = link("before", &target("posts"), json!({}));
    fields.as_array_mut().unwrap().push(before);
    superuser
        .patch("/api/collections/posts", &json!({ "fields": fields }))
        .expect(200);
}

/// What leads to posts.
fn referring(superuser: &Persona) {
    let posts = id(superuser, "posts");
    let comments = vec![
        link("post", &posts, json!({})),
        link("shy", &posts, hidden()),
        link("posts", &posts, many()),
    ];
    named(superuser, "comments", json!("name != 'closed'"), comments);
    for (name, view, columns) in [
        ("profiles", json!(""), "`post` COLLATE NOCASE"),
        ("pairs", json!(""), "`post`, `name`"),
        ("vaults", Value::Null, "`name`"),
    ] {
        let post = link("post", &posts, json!({}));
        named(superuser, name, view, vec![post]);
        let index = format!("CREATE UNIQUE INDEX `idx_{name}` ON `{name}` ({columns})");
        let path = format!("/api/collections/{name}");
        superuser
            .patch(&path, &json!({ "indexes": [index] }))
            .expect(200);
    }
}

/// Makes the records; gives the two members.
fn filled(superuser: &Persona, anyone: &Persona) -> (Persona, Persona) {
    let make = |collection: &str, name: &str, mut values: Value| {
        values["name"] = name.into();
        superuser.record(collection, &values)["id"].clone()
    };
    let [red, green, blue] = ["red", "green", "blue"].map(|name| make("tags", name, json!({})));
    let member = |name: &str| {
        let email = format!("{name}@example.com");
        let values = json!({
            "email": email, "password": "12345678", "passwordConfirm": "12345678",
            "tag": green, "shy": red, "secret": "hush",
        });
        make("members", name, values);
        anyone.sign_in("members", &email, "12345678")
    };
    let (ann, bob) = (member("ann"), member("bob"));
    let partly = ["closed", "open"].map(|name| make("partly", name, json!({})));
    let one = make(
        "posts",
        "one",
        json!({
            "tag": red, "tags": [blue, red, green], "shy": green, "partly": partly,
            "locked": make("locked", "vault", json!({})),
            "owned": make("owned", "ann's", json!({"owner": ann.id})),
            "facts": make("facts", "fact", json!({})),
            "plain": make("plain", "plain", json!({})),
            "bodies": make("bodies", "body", json!({})), "member": ann.id,
        }),
    );
    let two = make("posts", "two", json!({"before": one}));
    make("posts", "three", json!({"before": two, "tag": blue}));
    make("comments", "first", json!({"post": one}));
    make("comments", "closed", json!({"post": one, "posts": [one]}));
    make(
        "comments",
        "second",
        json!({"post": one, "shy": one, "posts": [two, one]}),
    );
    make("profiles", "profile", json!({"post": one}));
    make("pairs", "pair", json!({"post": one}));
    make("vaults", "vault", json!({"post": one}));
    (ann, bob)
}

/// The short form of a record, a list or an auth answer.
fn short(answer: &Value) -> String {
    let list = |items: &[Value]| items.iter().map(short).collect::<Vec<_>>().join(" ");
    if let Some(items) = answer.as_array().or(answer["items"].as_array()) {
        return list(items);
    }
    if answer["record"].is_object() {
        return short(&answer["record"]);
    }
    let name = answer["name"].as_str().unwrap_or("?");
    let Some(expand) = answer["expand"].as_object() else {
        return name.to_owned();
    };
    let entries = expand.iter().map(|(key, related)| {
        if related.is_array() {
            format!("{key}:[{}]", short(related))
        } else {
            format!("{key}:{}", short(related))
        }
    });
    format!("{name}{{{}}}", entries.collect::<Vec<_>>().join(" "))
}

#[track_caller]
pub(super) fn check(answer: &Answer, expected: &str) {
    assert_eq!(short(&answer.expect(200)), expected, "{answer}");
}

impl Blog {
    /// What the view of a post answers.
    #[track_caller]
    pub(super) fn check(&self, persona: &Persona, post: usize, expand: &str, expected: &str) {
        let path = format!("{}?expand={expand}", self.posts[post]);
        check(&persona.get(&path), expected);
    }
}
