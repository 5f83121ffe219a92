//! Identities against a whole engine on the memory store.

use std::sync::Arc;

use luge_model::collection::Collections;
use luge_model::principal::Principal;
use luge_model::record::Record;
use luge_model::timestamp::Timestamp;
use serde_json::{Map, Value as Json, json};

use super::SignedIn;
use super::password::PasswordSignIn;
use crate::context::Context;
use crate::engine::{Engine, Options};
use crate::error::{Error, Result};
use crate::store::StoreKind;

mod form;
mod sessions;
mod setup;
mod sign_in;
mod sign_ins;
mod superusers;
mod tokens;
mod totp;

const NOW: Timestamp = Timestamp(1_795_559_955_000);
const PASSWORD: &str = "correct horse";

/// An engine in memory with the auth collection `members`.
pub(super) struct World {
    engine: Engine,
}

impl std::ops::Deref for World {
    type Target = Engine;

    fn deref(&self) -> &Engine {
        &self.engine
    }
}

impl World {
    /// An engine with the auth collection `members`, whose records have a user name (any case) and
    /// a nickname (exact), and no records.
    pub(super) async fn new() -> Arc<Self> {
        let options = Options {
            store: StoreKind::Memory,
            ..Options::new("unused".into())
        };
        let world = Self {
            engine: Engine::open(options).unwrap(),
        };
        world
            .create_collection(json!({
                "name": "members", "type": "auth", "createRule": "", "viewRule": "",
                "updateRule": "id = @request.auth.id || role = 'open'", "deleteRule": "",
                "fields": [
                    {"name": "username", "type": "text"},
                    {"name": "nick", "type": "text"},
                    {"name": "role", "type": "text"},
                    {"name": "score", "type": "number"},
                    {"name": "updated", "type": "autodate", "onCreate": true, "onUpdate": true},
                ],
                "indexes": [
                    "CREATE UNIQUE INDEX m_username ON members (username COLLATE NOCASE) \
                     WHERE username != ''",
                    "CREATE UNIQUE INDEX m_nick ON members (nick) WHERE nick != ''",
                    "CREATE UNIQUE INDEX m_score ON members (score) WHERE score != 0",
                ],
                "passwordAuth": {"enabled": true, "identityFields": ["email", "username", "nick"]},
                "manageRule": "@request.auth.role = 'manager'",
            }))
            .await;
        Arc::new(world)
    }

    pub(super) async fn create_collection(&self, definition: Json) {
        self.catalog
            .create(&system(), &object(definition))
            .await
            .unwrap();
    }

    pub(super) async fn change_collection(&self, name: &str, changes: Json) {
        self.catalog
            .update(&system(), name, &object(changes))
            .await
            .unwrap();
    }

    /// A member with the usual password; the id is made from the name.
    pub(super) async fn member(&self, name: &str, more: Json) -> String {
        let mut body = object(json!({
            "email": format!("{name}@example.com"),
            "password": PASSWORD, "passwordConfirm": PASSWORD,
        }));
        body.extend(object(more));
        let view = self
            .records
            .create(&system(), "members", body)
            .await
            .unwrap();
        view.record().id().to_owned()
    }

    pub(super) async fn sign_in(&self, identity: &str, password: &str) -> Result<SignedIn> {
        self.sign_in_as(&guest(), "members", identity, password)
            .await
    }

    pub(super) async fn sign_in_as(
        &self,
        context: &Context,
        collection: &str,
        identity: &str,
        password: &str,
    ) -> Result<SignedIn> {
        let sign_in = PasswordSignIn {
            identity: identity.to_owned(),
            password: password.to_owned(),
            identity_field: None,
        };
        self.auth
            .sign_in_with_password(context, collection, &sign_in)
            .await
    }

    pub(super) async fn token(&self, identity: &str) -> String {
        self.sign_in(identity, PASSWORD).await.unwrap().token
    }

    pub(super) async fn patch(&self, context: &Context, id: &str, body: Json) -> Result<()> {
        self.records
            .update(context, "members", id, object(body))
            .await
            .map(|_| ())
    }

    /// A caller that sends this token.
    pub(super) fn caller(&self, token: &str) -> Context {
        Context {
            principal: self.auth.principal(NOW, token),
            ..guest()
        }
    }

    pub(super) fn holds(&self, token: &str) -> bool {
        self.auth.principal(NOW, token).identity().is_some()
    }

    pub(super) fn record(&self, id: &str) -> Record {
        let compiled = self.records.compiled("members").unwrap();
        self.auth.query.record(&compiled, id).unwrap().unwrap()
    }

    pub(super) fn text(&self, id: &str, field: &str) -> String {
        let snapshot = self.catalog.snapshot();
        let number = snapshot
            .find("members")
            .unwrap()
            .field(field)
            .unwrap()
            .number;
        self.record(id).text(number).to_owned()
    }
}

pub(super) fn system() -> Context {
    Context::system(NOW)
}

pub(super) fn guest() -> Context {
    Context {
        now: NOW,
        ..Context::default()
    }
}

pub(super) fn object(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(object) => object,
        other => panic!("{other} is no object"),
    }
}

pub(super) fn shown(signed_in: &SignedIn) -> Json {
    let mut out = Vec::new();
    signed_in.view.write_json(&mut out);
    serde_json::from_slice(&out).unwrap()
}

/// The codes by field, and the message, of a refusal.
pub(super) fn codes<T>(outcome: Result<T>) -> Vec<(String, String)> {
    let violations = match outcome {
        Err(Error::Refused { violations, .. }) => violations,
        Err(error) => panic!("{error:?} is no refusal"),
        Ok(_) => panic!("it was not refused"),
    };
    violations
        .to_json()
        .into_iter()
        .map(|(field, violation)| (field, violation["code"].as_str().unwrap().to_owned()))
        .collect()
}
