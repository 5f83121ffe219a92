//! Webhooks: who may manage them, what receivers get, and that nothing is lost.

mod definitions;
mod delivering;
mod durable;
mod forbidden;

use luge_tests::server::Options;
use luge_tests::{Persona, Receiver, Requests, Server};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

struct World {
    server: Server,
    superuser: Persona,
    receiver: Receiver,
}

/// A server that may reach the receiver, with a collection `posts`. `None` for the real PocketBase,
/// which has no webhooks.
fn world() -> Option<World> {
    let receiver = Receiver::start();
    let allowed = format!("127.0.0.1:{}", receiver.port);
    world_with(receiver, &allowed)
}

fn world_with(receiver: Receiver, allowed: &str) -> Option<World> {
    let server = Server::start_with(Options {
        environment: vec![("LUGE_OUTBOUND_ALLOW".to_owned(), allowed.to_owned())],
        ..Options::default()
    });
    if server.is_reference() {
        return None;
    }
    let superuser = server.superuser();
    superuser.collection(&json!({"name": "posts", "type": "base", "fields": [
        {"name": "title", "type": "text"},
        {"name": "size", "type": "number"},
        {"name": "secret", "type": "text", "hidden": true},
    ]}));
    Some(World {
        server,
        superuser,
        receiver,
    })
}

impl World {
    /// A webhook for everything, but for what is said.
    fn webhook(&self, more: Value) -> Value {
        let mut body = json!({
            "collection": "posts",
            "url": self.receiver.url(),
            "actions": ["create", "update", "delete"],
        });
        for (key, value) in more.as_object().expect("an object") {
            body[key] = value.clone();
        }
        self.superuser.post("/api/webhooks", &body).expect(200)
    }

    fn post(&self, title: &str) -> String {
        let made = self.superuser.record("posts", &json!({ "title": title }));
        made["id"].as_str().expect("an id").to_owned()
    }

    /// Waits until a webhook has so many deliveries in a state.
    #[track_caller]
    fn wait_for(&self, webhook: &Value, state: &str, count: u64) -> Value {
        let path = format!("{}/deliveries?state={state}", path(webhook));
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let page = self.superuser.get(&path).expect(200);
            if page["totalItems"] == count {
                return page;
            }
            assert!(Instant::now() < deadline, "{page}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

fn path(webhook: &Value) -> String {
    format!("/api/webhooks/{}", webhook["id"].as_str().expect("an id"))
}
