//! Lists of a world with indexes of every kind. More random cases than the usual ones are tried
//! with `PROPTEST_CASES=10000`.

use std::collections::HashSet;
use std::sync::Arc;

use luge_model::collection::Collections;
use luge_model::timestamp::Timestamp;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::{ListRequest, Parts, Query};
use crate::access::View;
use crate::context::Context;
use crate::engine::{Engine, Options};
use crate::random::SystemRandom;
use crate::secrets::Seal;
use crate::store::StoreKind;

mod budget;
mod cursors;
mod expansions;
mod explanations;
mod plans;

const POSTS: usize = 240;

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
        {"name": "data", "type": "json"}, {"name": "code", "type": "text"},
        {"name": "tag", "type": "text"},
    ], "indexes": [
        "CREATE INDEX `a` ON `posts` (`kind`, `n`)",
        "CREATE INDEX `b` ON `posts` (`title` COLLATE NOCASE)",
        "CREATE INDEX `c` ON `posts` (`n` DESC) WHERE `kind` = 'b'",
        "CREATE UNIQUE INDEX `d` ON `posts` (`title`) WHERE `title` != ''",
        "CREATE INDEX `e` ON `posts` (`kind` DESC, `tag`)",
        "CREATE INDEX `f` ON `posts` (`tag` DESC)",
        "CREATE UNIQUE INDEX `g` ON `posts` (`code` DESC, `n`)",
        "CREATE INDEX `h` ON `posts` (`data`)",
        "CREATE INDEX `i` ON `posts` (`author`)",
    ]}))
    .await;
    let make = async |collection: &str, body: Json| make(&engine, collection, body).await;
    let mut authors = Vec::new();
    for number in 0..9 {
        let name = format!("n{}", number % 4);
        authors.push(make("authors", json!({ "name": name })).await);
    }
    for number in 0..POSTS {
        make("posts", post(number, &authors)).await;
    }
    engine
}

/// What is written for a post; many share their values.
fn post(number: usize, authors: &[String]) -> Json {
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
    let long = "x".repeat(1_500);
    let data = [
        json!(null),
        json!(number % 5),
        json!("a"),
        json!("10"),
        json!({"a": 1}),
    ];
    let tag = ["", "x", "y", "y", &long][if number % 97 == 3 { 4 } else { number % 4 }];
    json!({
        "title": title, "n": number % 13, "kind": kind,
        "author": author, "open": number.is_multiple_of(2),
        "tag": tag, "code": format!("c{}", number % 90),
        "readers": [&authors[number % 9], &authors[number * 2 % 9]], "data": &data[number % 5],
    })
}

/// Makes a record and gives its id.
async fn make(engine: &Engine, collection: &str, body: Json) -> String {
    let system = Context::system(Timestamp(1));
    let body = body.as_object().unwrap().clone();
    let made = engine.records.create(&system, collection, body).await;
    made.unwrap().record().id().to_owned()
}

/// A reader of the engine's data.
fn query(engine: &Engine) -> Query {
    Query::new(Parts {
        store: Arc::clone(engine.committer.store()) as _,
        mirror: Arc::clone(&engine.mirror),
        access: Arc::default(),
        random: Arc::new(SystemRandom),
        cursors: Seal::open(&engine.committer, &SystemRandom, "cursors").unwrap(),
        search: engine.search.clone(),
    })
}

fn list(engine: &Engine, request: &ListRequest) -> super::Page<View> {
    let system = Context::system(Timestamp(1));
    engine.records.list(&system, "posts", request).unwrap()
}

fn ids(views: &[View]) -> Vec<String> {
    let ids = views.iter().map(|view| view.record().id().to_owned());
    ids.collect()
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
        "tag",
        "data",
        "code",
    ]);
    let text = prop::sample::select(vec![
        "a", "b", "", "n1", "n3", "At3", "bt5", "zz", "x", "y", "c7", "10",
    ]);
    let texts = (name, operator(), text)
        .prop_map(|(name, operator, text)| format!("{name} {operator} '{text}'"));
    let beginnings = prop::sample::select(vec!["a%", "At1%", "b_1%", "%t3", "t"])
        .prop_map(|pattern| format!("title ~ '{pattern}'"));
    let one_of = prop::collection::vec(0..14_u8, 1..4).prop_map(|numbers| {
        let each = numbers.iter().map(|n| format!("(kind = 'b' && n = {n})"));
        format!("({})", each.collect::<Vec<_>>().join(" || "))
    });
    prop_oneof![
        numbers,
        texts,
        beginnings,
        one_of,
        Just("open = true".to_owned())
    ]
}

fn filter() -> impl Strategy<Value = String> {
    let filter = comparison().prop_recursive(2, 6, 3, |inner| {
        (prop::collection::vec(inner, 2..4), prop::bool::ANY)
            .prop_map(|(parts, all)| format!("({})", parts.join(if all { " && " } else { " || " })))
    });
    prop_oneof![1 => Just(String::new()), 4 => filter]
}

fn sort() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "n",
        "kind",
        "title",
        "tag",
        "data",
        "code",
        "open",
        "author.name",
        "readers.name",
        "@rowid",
        "data.a",
        "author",
        "readers",
    ]);
    let key = (name, prop::bool::ANY)
        .prop_map(|(name, descends)| format!("{}{name}", if descends { "-" } else { "" }));
    let indexed = prop::sample::select(vec![
        "kind,n",
        "-kind,-n",
        "-kind,tag",
        "kind,-tag",
        "tag",
        "-tag",
        "code,n",
        "-code,-n",
        "n",
        "-n",
        "code,n,title",
        "-author",
        "author",
    ]);
    prop_oneof![
        1 => Just(String::new()),
        2 => indexed.prop_map(str::to_owned),
        2 => prop::collection::vec(key, 1..4).prop_map(|mut keys| {
            let mut named = HashSet::new();
            keys.retain(|key| named.insert(key.trim_start_matches('-').to_owned()));
            keys.join(",")
        }),
    ]
}
