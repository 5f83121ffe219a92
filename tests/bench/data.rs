//! The same records for both servers, from one seed.

use crate::relations;
use crate::work::in_flight;
use luge_tests::http::request;
use luge_tests::persona::records;
use luge_tests::random::Random;
use luge_tests::{Requests, Server};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// How much data there is.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Records of the collection that is viewed, filtered and updated.
    pub(crate) records: u64,
    /// Records of the large collection.
    pub(crate) rows: u64,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            records: 10_000,
            rows: 100_000,
        }
    }
}

/// How many categories the records have.
pub(crate) const CATEGORIES: u64 = 20;

const BATCH: usize = 100;
const SYLLABLES: [&str; 16] = [
    "ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "ve",
];

/// A word that many texts contain once.
pub(crate) fn word(random: &mut Random) -> String {
    (0..4)
        .map(|_| SYLLABLES[random.below(16) as usize])
        .collect()
}

/// The ids of the records, the same on both servers.
pub(crate) fn ids(plan: &Plan) -> Vec<String> {
    let mut random = Random::seeded(1);
    (0..plan.records).map(|_| random.record_id()).collect()
}

/// The body of one record, without an id.
pub(crate) fn body(random: &mut Random) -> Value {
    let text: Vec<String> = (0..40).map(|_| word(random)).collect();
    json!({
        "title": text[..5].join(" "),
        "body": text.join(" "),
        "amount": random.below(100_000),
        "category": format!("category{}", random.below(CATEGORIES)),
    })
}

/// Creates the collections and their records through the API.
pub(crate) fn load(server: &Server, plan: &Plan) -> Duration {
    let superuser = server.superuser();
    for name in ["posts", "rows", "fresh"] {
        superuser.collection(&json!({
            "name": name, "type": "base", "listRule": "", "viewRule": "", "createRule": "",
            "updateRule": "", "deleteRule": "",
            "fields": [
                {"name": "title", "type": "text"}, {"name": "body", "type": "text"},
                {"name": "amount", "type": "number"}, {"name": "category", "type": "text"},
            ],
            "indexes": [
                format!("CREATE INDEX `idx_{name}_category` ON `{name}` (`category`)"),
                format!("CREATE INDEX `idx_{name}_amount` ON `{name}` (`amount`)"),
            ],
        }));
    }
    let started = Instant::now();
    let mut random = Random::seeded(2);
    let posts = ids(plan).into_iter().map(|id| {
        let mut body = body(&mut random);
        body["id"] = json!(id);
        ("posts", body)
    });
    let posts: Vec<(&str, Value)> = posts.collect();
    let rows = (0..plan.rows).map(|_| ("rows", body(&mut random)));
    let related = relations::prepare(&superuser, plan);
    let all: Vec<(&str, Value)> = posts.into_iter().chain(rows).chain(related).collect();
    create(server, &all);
    let anyone = server.anyone();
    for (name, count) in [("posts", plan.records), ("rows", plan.rows)] {
        let total = anyone
            .get(&format!("{}?perPage=1", records(name)))
            .at("totalItems");
        assert_eq!(total, count, "{name} were not loaded");
    }
    started.elapsed()
}

/// Creates records, with their collections, in the way that is quickest for the server.
pub(crate) fn create(server: &Server, all: &[(&str, Value)]) {
    let batch = json!({"batch": {"enabled": true, "maxRequests": BATCH, "timeout": 30}});
    let batches =
        server.is_reference() && server.superuser().patch("/api/settings", &batch).status == 200;
    let requests = if batches { batched(all) } else { single(all) };
    in_flight(&server.address, &requests);
}

fn single(all: &[(&str, Value)]) -> Vec<Vec<u8>> {
    let one = |(name, body): &(&str, Value)| request("POST", &records(name), "", &body.to_string());
    all.iter().map(one).collect()
}

fn batched(all: &[(&str, Value)]) -> Vec<Vec<u8>> {
    let part = |part: &[(&str, Value)]| {
        let create = |(name, body): &(&str, Value)| {
            let url = records(name);
            json!({"method": "POST", "url": url, "body": body})
        };
        let requests: Vec<Value> = part.iter().map(create).collect();
        request(
            "POST",
            "/api/batch",
            "",
            &json!({ "requests": requests }).to_string(),
        )
    };
    all.chunks(BATCH).map(part).collect()
}
