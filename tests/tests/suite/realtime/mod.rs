//! Realtime messages: who is told what, in which order, and when no longer.

mod channel_rights;
mod channel_sending;
mod channel_settings;
mod channels;
mod contract;
mod presence;
mod reconnects;
mod resume;
mod rules;
mod searching;
mod sessions;
mod sockets;

use luge_tests::{Event, Events, Persona, Requests, Server};
use serde_json::{Value, json};

/// A server with a collection `posts`, whose rules are given, and somebody of each kind.
pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) superuser: Persona,
    pub(crate) anyone: Persona,
    pub(crate) ann: Persona,
    pub(crate) bob: Persona,
}

/// A topic whose message says that everything before it was told.
pub(crate) const MARK: &str = "marks/*";

pub(crate) fn world(posts: &Value) -> World {
    let server = Server::start();
    let (superuser, anyone) = (server.superuser(), server.anyone());
    superuser.collection(&json!({
        "name": "members", "type": "auth", "listRule": "", "viewRule": "",
        "updateRule": "id = @request.auth.id",
    }));
    superuser.collection(&json!({
        "name": "marks", "type": "base", "listRule": "", "viewRule": "", "createRule": "",
    }));
    let members = superuser.get("/api/collections/members").expect(200);
    let mut definition = json!({
        "name": "posts", "type": "base", "listRule": "", "viewRule": "", "createRule": "",
        "updateRule": "", "deleteRule": "",
        "fields": [
            {"name": "title", "type": "text"},
            {"name": "secret", "type": "text", "hidden": true},
            {"name": "owner", "type": "relation", "collectionId": members["id"], "maxSelect": 1},
        ],
    });
    if let (Value::Object(definition), Value::Object(posts)) = (&mut definition, posts) {
        definition.extend(posts.clone());
    }
    superuser.collection(&definition);
    let member = |email: &str| superuser.account("members", email);
    let (ann, bob) = (member("ann@example.com"), member("bob@example.com"));
    World {
        server,
        superuser,
        anyone,
        ann,
        bob,
    }
}

impl World {
    /// A stream of somebody who subscribed to topics, and to the mark.
    #[track_caller]
    pub(crate) fn events(&self, persona: &Persona, topics: &[&str]) -> Events {
        let topics = [topics, &[MARK]].concat();
        Events::of(&self.server.address, persona, &topics)
    }

    /// What each stream was told so far.
    #[track_caller]
    pub(crate) fn told(&self, streams: &mut [Events]) -> Vec<Vec<Event>> {
        self.superuser.record("marks", &json!({}));
        streams.iter_mut().map(|one| one.until(MARK)).collect()
    }

    /// The same as texts: the action and the title.
    #[track_caller]
    pub(crate) fn titles(&self, streams: &mut [Events]) -> Vec<Vec<String>> {
        let told = self.told(streams).into_iter();
        told.map(|events| events.iter().map(|event| event.summary("title")).collect())
            .collect()
    }

    /// Makes a post and gives the path of the record.
    #[track_caller]
    pub(crate) fn post(&self, body: &Value) -> String {
        let record = self.superuser.record("posts", body);
        format!(
            "/api/collections/posts/records/{}",
            record["id"].as_str().expect("a record has an id")
        )
    }
}

/// A topic with options.
pub(crate) fn with_options(topic: &str, options: &Value) -> String {
    let encoded: String = options
        .to_string()
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect();
    format!("{topic}?options={encoded}")
}
