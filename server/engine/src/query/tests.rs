//! Whatever the plan, a list shows what going through every record would show. More cases than the
//! usual ones are tried with `PROPTEST_CASES=10000`.

use std::sync::Arc;

use luge_model::collection::Collections;
use luge_model::filter::{Audience, Filter, Scope};
use luge_model::record::Record;
use luge_model::timestamp::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value as Json, json};

use super::{ListRequest, Parts, Query};
use crate::context::Context;
use crate::engine::{Engine, Options};
use crate::random::SystemRandom;
use crate::store::StoreKind;

const POSTS: usize = 120;

/// Posts with indexes of every kind and an author each; in memory or not.
async fn engine(mirror_bytes: u64) -> Engine {
    let engine = Engine::open(Options {
        store: StoreKind::Memory,
        mirror_bytes,
        ..Options::new("unused".into())
    })
    .unwrap();
    let system = Context::system(Timestamp(1));
    let create = async |definition: Json| {
        let definition = definition.as_object().unwrap();
        engine.catalog.create(&system, definition).await.unwrap();
    };
    let name = json!({"name": "name", "type": "text"});
    create(json!({"name": "authors", "type": "base", "fields": [name]})).await;
    let authors = engine.catalog.snapshot();
    let authors = authors.find("authors").unwrap().id.clone();
    create(json!({"name": "posts", "type": "base", "fields": [
        {"name": "title", "type": "text"}, {"name": "n", "type": "number"},
        {"name": "kind", "type": "text"}, {"name": "open", "type": "bool"},
        {"name": "author", "type": "relation", "collectionId": authors, "maxSelect": 1},
        {"name": "readers", "type": "relation", "collectionId": authors, "maxSelect": 9},
    ], "indexes": [
        "CREATE INDEX `a` ON `posts` (`kind`, `n`)",
        "CREATE INDEX `b` ON `posts` (`title` COLLATE NOCASE)",
        "CREATE INDEX `c` ON `posts` (`n` DESC) WHERE `kind` = 'b'",
        "CREATE UNIQUE INDEX `d` ON `posts` (`title`) WHERE `title` != ''",
    ]}))
    .await;
    let make = async |collection: &str, body: Json| {
        let body = body.as_object().unwrap().clone();
        let made = engine.records.create(&system, collection, body).await;
        made.unwrap().record().id().to_owned()
    };
    let mut authors = Vec::new();
    for number in 0..9 {
        let name = format!("n{}", number % 4);
        authors.push(make("authors", json!({ "name": name })).await);
    }
    for number in 0..POSTS {
        let author = match number % 7 {
            0 => "",
            _ => &authors[number * 5 % 9],
        };
        let letter = ["A", "a", "b"][number % 3];
        let title = match number % 10 {
            0 => String::new(),
            _ => format!("{letter}t{number}"),
        };
        let kind = ["a", "b", "c", ""][number % 4];
        let readers = [&authors[number % 9], &authors[number * 2 % 9]];
        let body = json!({"title": title, "n": number % 13, "kind": kind, "author": author,
            "open": number % 2 == 0, "readers": readers});
        make("posts", body).await;
    }
    engine
}

/// The ids of a list, and those that going through every record finds, in insertion order.
fn both(engine: &Engine, filter: &str) -> (Vec<String>, Vec<String>) {
    let system = Context::system(Timestamp(1));
    let request = ListRequest {
        per_page: 500,
        filter: filter.to_owned(),
        ..ListRequest::default()
    };
    let page = engine.records.list(&system, "posts", &request).unwrap();
    let ids = |records: &[Record]| {
        records
            .iter()
            .map(|record| record.id().to_owned())
            .collect()
    };
    let planned: Vec<Record> = page
        .items
        .iter()
        .map(|view| view.record().clone())
        .collect();
    assert_eq!(page.total_items, Some(planned.len() as u64));
    let compiled = engine.records.compiled("posts").unwrap();
    let scope = Scope {
        collection: &compiled.collection,
        collections: &*compiled.snapshot as &dyn Collections,
        audience: Audience::Superuser,
        caller: None,
    };
    let parsed = Filter::parse(filter, &scope).unwrap();
    let query = Query::new(Parts {
        store: Arc::clone(engine.committer.store()),
        mirror: Arc::clone(&engine.mirror),
        access: Arc::default(),
        random: Arc::new(SystemRandom),
    });
    let lookups = query.lookups(&system, &compiled.snapshot);
    let mut all = query.all(compiled.collection.number).unwrap();
    all.retain(|record| parsed.matches(record, &lookups.environment()));
    (ids(&planned), ids(&all))
}

fn comparison() -> impl Strategy<Value = String> {
    let operator = || prop::sample::select(vec!["=", "!=", ">", ">=", "<", "<=", "?=", "?!="]);
    let numbers = (operator(), 0..14_u8).prop_map(|(operator, n)| format!("n {operator} {n}"));
    let name = prop::sample::select(vec![
        "kind",
        "title",
        "author.name",
        "readers.name",
        "author",
        "author.id",
        "author.posts_via_author.kind",
        "author.posts_via_readers.title",
        "readers.id",
    ]);
    let text = prop::sample::select(vec!["a", "b", "", "n1", "n3", "At3", "bt5", "zz"]);
    let texts = (name, operator(), text)
        .prop_map(|(name, operator, text)| format!("{name} {operator} '{text}'"));
    let beginnings = prop::sample::select(vec!["a%", "At1%", "b_1%", "%t3", "t"])
        .prop_map(|pattern| format!("title ~ '{pattern}'"));
    prop_oneof![numbers, texts, beginnings, Just("open = true".to_owned())]
}

fn filter() -> impl Strategy<Value = String> {
    comparison().prop_recursive(2, 6, 3, |inner| {
        (prop::collection::vec(inner, 2..4), prop::bool::ANY)
            .prop_map(|(parts, all)| format!("({})", parts.join(if all { " && " } else { " || " })))
    })
}

#[tokio::test]
async fn a_planned_list_is_a_scanned_one() {
    for mirror_bytes in [0, 1 << 30] {
        let engine = engine(mirror_bytes).await;
        let mut runner = TestRunner::new(Config::default());
        let result = runner.run(&filter(), |filter| {
            let (planned, scanned) = both(&engine, &filter);
            prop_assert_eq!(planned, scanned, "{}", &filter);
            Ok(())
        });
        result.unwrap_or_else(|failure| panic!("{mirror_bytes} bytes in memory: {failure}"));
    }
}
