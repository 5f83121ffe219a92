//! Signing in: second factors, codes and links, accounts without credentials, wrong tries.

mod mail_flows;
mod mfa;
mod providers;

use luge_tests::{Persona, Requests, Server};
use serde_json::{Value, json};

pub(crate) const PASSWORD: &str = "secret-word";
pub(crate) const MEMBERS: &str = "/api/collections/members";

/// A server with the auth collection `members` and two members.
pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) superuser: Persona,
    pub(crate) anyone: Persona,
}

impl World {
    pub(crate) fn start(options: Value) -> Self {
        let server = Server::start();
        let superuser = server.superuser();
        let mut definition = json!({
            "name": "members", "type": "auth", "listRule": "", "viewRule": "", "createRule": "",
            "updateRule": "id = @request.auth.id",
            "fields": [{"name": "rank", "type": "text"}],
        });
        let Value::Object(definition_map) = &mut definition else {
            unreachable!()
        };
        definition_map.extend(options.as_object().unwrap().clone());
        superuser.collection(&definition);
        for name in ["ann", "bob"] {
            superuser.record("members", &member(name));
        }
        let anyone = server.anyone();
        Self {
            server,
            superuser,
            anyone,
        }
    }

    pub(crate) fn sign_in(&self, name: &str) -> Persona {
        let email = format!("{name}@example.com");
        self.anyone.sign_in("members", &email, PASSWORD)
    }

    /// The id of a member.
    pub(crate) fn id(&self, name: &str) -> String {
        let path = format!("{MEMBERS}/records?filter=email='{name}@example.com'");
        self.superuser.get(&path).text_at("items.0.id")
    }
}

pub(crate) fn member(name: &str) -> Value {
    json!({
        "email": format!("{name}@example.com"), "password": PASSWORD, "passwordConfirm": PASSWORD,
    })
}

pub(crate) fn password_of(name: &str) -> Value {
    json!({"identity": format!("{name}@example.com"), "password": PASSWORD})
}
