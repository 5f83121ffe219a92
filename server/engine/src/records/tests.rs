//! The records service over a whole engine in memory, with and without the mirror.

mod expand;
mod judged;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use luge_model::limits::SEARCH_CONTAINING_RECORDS_MIN;
use luge_model::timestamp::Timestamp;
use serde_json::{Map, Value as Json, json};

use super::Body;
use crate::access::View;
use crate::context::Context;
use crate::engine::{Engine, Options};
use crate::error::{Error, Result};
use crate::query::{ListRequest, SourceKind};
use crate::search::Status;
use crate::store::StoreKind;

fn engine(mirror_bytes: u64) -> Arc<Engine> {
    let options = Options {
        store: StoreKind::Memory,
        mirror_bytes,
        ..Options::new("unused".into())
    };
    Arc::new(Engine::open(options).unwrap())
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .build()
        .unwrap()
}

fn system() -> Context {
    Context::system(Timestamp(1_700_000_000_000))
}

fn body(json: Json) -> Body {
    match json {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}

fn shown(view: &View) -> Json {
    let mut json = Vec::new();
    view.write_json(&mut json);
    serde_json::from_slice(&json).unwrap()
}

/// A collection `things` with a unique name, a number with an index, and relations to itself.
async fn things(engine: &Engine) {
    let fields = json!([
        {"name": "name", "type": "text"},
        {"name": "size", "type": "number"},
        {"name": "group", "type": "text"},
    ]);
    let definition = json!({
        "name": "things", "type": "base", "fields": fields,
        "indexes": [
            "CREATE UNIQUE INDEX `idx_name` ON `things` (`name`)",
            "CREATE INDEX `idx_size` ON `things` (`size`)",
        ],
    });
    let things = engine
        .catalog
        .create(&system(), &body(definition))
        .await
        .unwrap();
    let fields = json!([
        {"name": "owner", "type": "relation", "collectionId": things.id, "cascadeDelete": true},
        {"name": "seen", "type": "relation", "collectionId": things.id, "maxSelect": 9},
        {"name": "needs", "type": "relation", "collectionId": things.id, "required": false},
    ]);
    let definition = json!({"name": "parts", "type": "base", "fields": fields});
    engine
        .catalog
        .create(&system(), &body(definition))
        .await
        .unwrap();
}

async fn create(engine: &Engine, collection: &str, values: Json) -> Result<String> {
    let view = engine
        .records
        .create(&system(), collection, body(values))
        .await?;
    Ok(view.record().id().to_owned())
}

fn list(engine: &Engine, collection: &str, request: &ListRequest) -> (Vec<String>, u64) {
    let page = engine.records.list(&system(), collection, request).unwrap();
    let ids = page
        .items
        .iter()
        .map(|view| view.record().id().to_owned())
        .collect();
    (ids, page.total_items.unwrap())
}

#[test]
fn of_many_creates_of_one_unique_value_exactly_one_succeeds() {
    let engine = engine(1 << 20);
    runtime().block_on(async {
        things(&engine).await;
        let tasks: Vec<_> = (0..200)
            .map(|_| {
                let engine = Arc::clone(&engine);
                tokio::spawn(async move { create(&engine, "things", json!({"name": "one"})).await })
            })
            .collect();
        let mut made = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(_) => made += 1,
                Err(Error::Refused { violations, .. }) => {
                    let code = violations.to_json()["name"]["code"].clone();
                    assert_eq!(code, "validation_not_unique");
                }
                Err(error) => panic!("{error:?}"),
            }
        }
        assert_eq!(made, 1);
        assert_eq!(list(&engine, "things", &ListRequest::default()).1, 1);
    });
}

/// The definition of a collection `notes` whose ids follow `pattern`.
fn notes(pattern: &str) -> Body {
    let id = json!({
        "name": "id", "type": "text", "primaryKey": true, "system": true, "required": true,
        "min": 1, "max": 15, "pattern": pattern, "autogeneratePattern": "[a-z0-9]{15}",
    });
    let title = json!({"name": "title", "type": "text", "max": 5});
    body(json!({"name": "notes", "type": "base", "fields": [id, title]}))
}

const MIXED_CASE: &str = "^[a-zA-Z0-9]+$";
const LOWER_CASE: &str = "^[a-z0-9]+$";

/// The codes of what was refused, by field; nothing where the record was made.
async fn refused(engine: &Engine, values: Json) -> Json {
    match create(engine, "notes", values).await {
        Ok(_) => json!({}),
        Err(Error::Refused { violations, .. }) => {
            let codes = violations.to_json().into_iter();
            codes
                .map(|(field, violation)| (field, violation["code"].clone()))
                .collect()
        }
        Err(error) => panic!("{error:?}"),
    }
}

#[test]
fn of_parallel_creates_of_one_id_in_different_cases_exactly_one_succeeds() {
    let engine = engine(1 << 20);
    runtime().block_on(async {
        let made = engine.catalog.create(&system(), &notes(MIXED_CASE)).await;
        made.unwrap();
        for round in 0..20 {
            let tasks: Vec<_> = (0..20_u32)
                .map(|case| {
                    let engine = Arc::clone(&engine);
                    let letters = "abcde".chars().enumerate().map(|(place, letter)| {
                        let upper = case >> place & 1 == 1;
                        if upper {
                            letter.to_ascii_uppercase()
                        } else {
                            letter
                        }
                    });
                    let id = format!("{}{round}", letters.collect::<String>());
                    tokio::spawn(async move { refused(&engine, json!({"id": id})).await })
                })
                .collect();
            let mut made = 0;
            for task in tasks {
                match task.await.unwrap() {
                    Json::Object(codes) if codes.is_empty() => made += 1,
                    codes => assert_eq!(codes, json!({"id": "validation_pk_invalid"})),
                }
            }
            assert_eq!(made, 1);
        }
        assert_eq!(list(&engine, "notes", &ListRequest::default()).1, 20);
    });
}

#[test]
fn ids_in_another_case_are_taken_whatever_the_pattern_was_when_they_were_made() {
    let engine = engine(1 << 20);
    runtime().block_on(async {
        let change = |pattern| {
            let (engine, definition) = (Arc::clone(&engine), notes(pattern));
            async move {
                let changed = engine.catalog.update(&system(), "notes", &definition).await;
                changed.map(drop).unwrap();
            }
        };
        let made = engine.catalog.create(&system(), &notes(LOWER_CASE)).await;
        made.unwrap();
        let free = json!({});
        let taken = json!({"id": "validation_pk_invalid"});
        let id = |id: &str| json!({"id": id});
        assert_eq!(refused(&engine, id("abc")).await, free);
        let same = json!({"id": "validation_not_unique"});
        assert_eq!(refused(&engine, id("abc")).await, same);
        change(MIXED_CASE).await;
        assert_eq!(refused(&engine, id("ABC")).await, taken);
        assert_eq!(refused(&engine, id("abc")).await, taken);
        let both =
            json!({"id": "validation_pk_invalid", "title": "validation_max_text_constraint"});
        let long = json!({"id": "aBC", "title": "too long"});
        assert_eq!(refused(&engine, long).await, both);
        assert_eq!(refused(&engine, id("Def")).await, free);
        let title = body(json!({"title": "t"}));
        let titled = engine
            .records
            .update(&system(), "notes", "Def", title)
            .await;
        titled.unwrap();
        assert_eq!(refused(&engine, id("dEF")).await, taken);
        // What the usual pattern lets in stays, and keeps counting once it does.
        change(LOWER_CASE).await;
        assert_eq!(refused(&engine, id("def")).await, free);
        change(MIXED_CASE).await;
        assert_eq!(refused(&engine, id("DEF")).await, taken);
        for gone in ["Def", "def"] {
            assert_eq!(refused(&engine, id("DEF")).await, taken);
            let records = &engine.records;
            records.delete(&system(), "notes", gone).await.unwrap();
        }
        assert_eq!(refused(&engine, id("DEF")).await, free);
        let shown = engine.records.view(&system(), "notes", "def");
        assert!(matches!(shown, Err(Error::MissingRecord)));
    });
}

#[test]
fn parallel_additions_to_one_number_are_exact() {
    let engine = engine(1 << 20);
    runtime().block_on(async {
        things(&engine).await;
        let id = create(&engine, "things", json!({"name": "counter"}))
            .await
            .unwrap();
        let tasks: Vec<_> = (0..400)
            .map(|_| {
                let (engine, id) = (Arc::clone(&engine), id.clone());
                tokio::spawn(async move {
                    let add = body(json!({"size+": 1}));
                    engine
                        .records
                        .update(&system(), "things", &id, add)
                        .await
                        .map(drop)
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        let view = engine.records.view(&system(), "things", &id).unwrap();
        assert_eq!(shown(&view)["size"], 400);
    });
}

#[test]
fn lists_are_the_same_from_the_mirror_and_from_the_store() {
    let requests = [
        ("", ""),
        ("", "-size"),
        ("", "group,-size"),
        ("size > 3", ""),
        ("size > 3", "size"),
        ("size = 4", "-name"),
        ("size >= 2 && size < 5 && group = 'a'", "-size"),
        ("name = 'thing 7'", ""),
        ("name ~ 'ing 1'", "name"),
        ("size > 90", ""),
    ];
    let answers = [0, 1 << 20].map(|mirror_bytes| {
        let engine = engine(mirror_bytes);
        runtime().block_on(async {
            things(&engine).await;
            for number in 0..60 {
                let group = if number % 3 == 0 { "a" } else { "b" };
                let values = json!({
                    "id": format!("thing{number:010}"), "name": format!("thing {number}"),
                    "size": number % 7, "group": group,
                });
                create(&engine, "things", values).await.unwrap();
            }
        });
        let mut answers = Vec::new();
        for (filter, sort) in requests {
            for (page, per_page, skip_total) in [(1, 30, false), (2, 7, false), (3, 7, true)] {
                let request = ListRequest {
                    page,
                    per_page,
                    sort: sort.to_owned(),
                    filter: filter.to_owned(),
                    skip_total,
                    ..ListRequest::default()
                };
                let page = engine.records.list(&system(), "things", &request).unwrap();
                let ids: Vec<_> = page
                    .items
                    .iter()
                    .map(|view| view.record().id().to_owned())
                    .collect();
                answers.push((filter, sort, ids, page.total_items));
            }
        }
        answers
    });
    let [from_store, from_mirror] = answers;
    assert_eq!(from_store, from_mirror);
    assert!(from_store.iter().any(|(_, _, ids, _)| ids.len() == 30));
}

#[test]
fn pages_of_a_sort_with_ties_neither_overlap_nor_skip() {
    for mirror_bytes in [0, 1 << 20] {
        let engine = engine(mirror_bytes);
        runtime().block_on(async {
            things(&engine).await;
            for number in 0..50 {
                let values = json!({"name": format!("{number}"), "size": number % 3});
                create(&engine, "things", values).await.unwrap();
            }
        });
        for sort in ["size", "-size", "group", "-group,size"] {
            let mut seen = std::collections::BTreeSet::new();
            for page in 1..=8 {
                let sort = sort.to_owned();
                let request = ListRequest {
                    page,
                    per_page: 7,
                    sort,
                    ..ListRequest::default()
                };
                seen.extend(list(&engine, "things", &request).0);
            }
            assert_eq!(seen.len(), 50, "sort {sort}, mirror {mirror_bytes}");
        }
    }
}

#[test]
fn a_delete_takes_along_what_cannot_be_without_it_and_releases_the_rest() {
    let engine = engine(1 << 20);
    runtime().block_on(async {
        things(&engine).await;
        let owner = create(&engine, "things", json!({"name": "owner"}))
            .await
            .unwrap();
        let other = create(&engine, "things", json!({"name": "other"}))
            .await
            .unwrap();
        let owned = create(&engine, "parts", json!({"owner": owner}))
            .await
            .unwrap();
        let seeing = json!({"owner": other, "seen": [owner, other], "needs": owner});
        let seeing = create(&engine, "parts", seeing).await.unwrap();
        engine
            .records
            .delete(&system(), "things", &owner)
            .await
            .unwrap();
        let gone = engine.records.view(&system(), "parts", &owned);
        assert!(matches!(gone, Err(Error::MissingRecord)));
        let left = shown(&engine.records.view(&system(), "parts", &seeing).unwrap());
        assert_eq!(left["seen"], json!([other]));
        assert_eq!(left["needs"], "");
        assert_eq!(list(&engine, "parts", &ListRequest::default()).1, 1);
        assert_eq!(list(&engine, "things", &ListRequest::default()).1, 1);
    });
}

#[test]
fn a_reference_to_a_missing_record_is_refused() {
    let engine = engine(1 << 20);
    runtime().block_on(async {
        things(&engine).await;
        let refused = create(&engine, "parts", json!({"owner": "nobody000000000"})).await;
        let Err(Error::Refused { violations, .. }) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(
            violations.to_json()["owner"]["code"],
            "validation_missing_rel_records"
        );
        assert_eq!(list(&engine, "parts", &ListRequest::default()).1, 0);
    });
}

#[test]
fn what_a_batch_changed_is_no_affair_of_the_search_index() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        store: StoreKind::Memory,
        ..Options::new(folder.path().to_path_buf())
    };
    let engine = Engine::open(options).unwrap();
    let running = engine.search.start().unwrap();
    let definition = json!({
        "name": "words", "type": "base", "fields": [{"name": "text", "type": "text"}],
        "search": {"fields": {"text": {}}},
    });
    let words = runtime().block_on(async {
        let words = engine.catalog.create(&system(), &body(definition)).await;
        for number in 0..SEARCH_CONTAINING_RECORDS_MIN {
            let text = body(json!({ "text": format!("word{number}") }));
            let made = engine.records.create(&system(), "words", text).await;
            made.unwrap();
        }
        let is_seen = |status: Status| {
            let mut collections = status.collections.iter();
            status.sequence == Some(status.durable) && collections.all(|one| one.building.is_none())
        };
        while !is_seen(engine.search.status()) {
            std::thread::sleep(Duration::from_millis(10));
        }
        words.unwrap()
    });
    let request = ListRequest {
        filter: "text ~ 'word77'".to_owned(),
        explain: true,
        ..ListRequest::default()
    };
    let store = Arc::clone(engine.committer.store()) as _;
    let over = engine.records.over(store, HashSet::from([words.number]));
    for (records, kind) in [
        (&*engine.records, SourceKind::Search),
        (&over, SourceKind::Scan),
    ] {
        let page = records.list(&system(), "words", &request).unwrap();
        assert_eq!(page.total_items, Some(11));
        assert_eq!(page.explanation.unwrap().source.kind, kind);
    }
    drop(running);
}
