//! Webhooks over a whole engine in memory: followed and carried step by step, with a clock that the
//! test sets and a world outside that the test plays.

mod definitions;
mod following;
mod receiving;

use std::collections::VecDeque;
use std::sync::atomic::AtomicI64;

use luge_model::timestamp::Timestamp;
use parking_lot::Mutex;

use super::follow::Follower;
use super::*;
use crate::engine::{Engine, Options};
use crate::outbox::{Attempted, Courier as _, Delivery, Verdict};
use crate::outside::{Answering, OutboundAnswer, OutboundError, OutboundRequest};
use crate::store::{StoreKind, wait};

const START: i64 = 1_790_000_000_000;

/// The world outside: notes what is sent and answers from a list, else with 200.
#[derive(Debug, Default)]
struct Outside {
    sent: Mutex<Vec<OutboundRequest>>,
    answers: Mutex<VecDeque<std::result::Result<OutboundAnswer, OutboundError>>>,
}

impl Outbound for Outside {
    fn check(&self, url: &str) -> std::result::Result<(), OutboundError> {
        match url.starts_with("https://") {
            true => Ok(()),
            false => Err(OutboundError::Malformed("No address.".to_owned())),
        }
    }

    fn send(&self, request: OutboundRequest) -> Answering {
        self.sent.lock().push(request);
        let answer = self.answers.lock().pop_front();
        Box::pin(std::future::ready(answer.unwrap_or_else(|| answer_of(200))))
    }
}

fn answer_of(status: u16) -> std::result::Result<OutboundAnswer, OutboundError> {
    Ok(OutboundAnswer {
        status,
        headers: Vec::new(),
        body: Vec::new(),
    })
}

#[derive(Debug)]
struct Set(AtomicI64);

impl Clock for Set {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

struct World {
    engine: Engine,
    outside: Arc<Outside>,
    clock: Arc<Set>,
}

fn object(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(object) => object,
        other => panic!("{other} is no object"),
    }
}

impl World {
    /// A collection `posts` with a title, a size and a hidden secret.
    fn new() -> Self {
        let outside = Arc::new(Outside::default());
        let clock = Arc::new(Set(AtomicI64::new(START)));
        let options = Options {
            store: StoreKind::Memory,
            clock: Arc::clone(&clock) as _,
            outbound: Arc::clone(&outside) as _,
            ..Options::new("unused".into())
        };
        let engine = Engine::open(options).unwrap();
        let world = Self {
            engine,
            outside,
            clock,
        };
        world.collection(json!({"name": "posts", "type": "base", "fields": [
            {"name": "title", "type": "text", "max": 22000000},
            {"name": "size", "type": "number"},
            {"name": "secret", "type": "text", "hidden": true},
        ]}));
        world
    }

    fn context(&self) -> Context {
        Context::system(self.clock.now())
    }

    fn shared(&self) -> &Arc<Shared> {
        &self.engine.webhooks.0
    }

    fn collection(&self, definition: Json) {
        let ctx = self.context();
        let definition = object(definition);
        let made = self.engine.catalog.create(&ctx, &definition);
        wait(made).unwrap();
    }

    fn webhook(&self, more: Json) -> Json {
        let mut body = object(json!({
            "collection": "posts", "url": "https://hooks.example.com/in",
            "actions": ["create", "update", "delete"],
        }));
        body.extend(object(more));
        wait(self.engine.webhooks.create(&self.context(), &body)).unwrap()
    }

    fn update_webhook(&self, webhook: &Json, body: Json) -> Result<Json> {
        let id = webhook["id"].as_str().unwrap();
        wait(
            self.engine
                .webhooks
                .update(&self.context(), id, &object(body)),
        )
    }

    fn view(&self, webhook: &Json) -> Json {
        let id = webhook["id"].as_str().unwrap();
        self.engine.webhooks.view(&self.context(), id).unwrap()
    }

    fn create(&self, collection: &str, body: Json) -> String {
        let ctx = self.context();
        let made = self.engine.records.create(&ctx, collection, object(body));
        wait(made).unwrap().record().id().to_owned()
    }

    fn update(&self, id: &str, body: Json) {
        let ctx = self.context();
        let changed = self.engine.records.update(&ctx, "posts", id, object(body));
        wait(changed).unwrap();
    }

    fn delete(&self, id: &str) {
        wait(self.engine.records.delete(&self.context(), "posts", id)).unwrap();
    }

    /// Follows the log as after a start, to its end.
    fn follow(&self) {
        Follower::new(self.shared()).unwrap().catch_up().unwrap();
    }

    /// What a webhook was told or is to be told, oldest first.
    fn told(&self, webhook: &Json) -> Vec<Json> {
        let line = line(webhook["id"].as_str().unwrap());
        let outbox = &self.shared().parts.outbox;
        let (_, deliveries) = outbox.list(&line, None, (0, 1_000)).unwrap();
        let bodies = deliveries.iter().rev().map(|delivery| {
            let body = outbox.body(delivery.number).unwrap().unwrap();
            serde_json::from_slice(&body).unwrap()
        });
        bodies.collect()
    }

    /// The type and title of each.
    fn summary(&self, webhook: &Json) -> Vec<String> {
        let told = self.told(webhook);
        let short = |body: &Json| {
            let title = body["data"]["record"]["title"].as_str().unwrap_or("?");
            format!("{} {title}", body["type"].as_str().unwrap_or("?"))
        };
        told.iter().map(short).collect()
    }

    fn carry(&self, delivery: &Delivery) -> Attempted {
        let body = self.shared().parts.outbox.body(delivery.number).unwrap();
        let now = self.clock.now();
        wait(
            self.engine
                .webhooks
                .carry(delivery.clone(), body.unwrap(), now),
        )
    }

    fn deliveries(&self, webhook: &Json) -> Vec<Delivery> {
        let line = line(webhook["id"].as_str().unwrap());
        let outbox = &self.shared().parts.outbox;
        outbox.list(&line, None, (0, 1_000)).unwrap().1
    }
}
