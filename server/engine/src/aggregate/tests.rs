//! Aggregation over a whole engine in memory, with and without the mirror.

use luge_model::timestamp::Timestamp;
use serde_json::{Map, Value as Json, json};

use super::AggregateRequest;
use crate::context::Context;
use crate::engine::{Engine, Options};
use crate::error::Error;
use crate::store::StoreKind;

fn system() -> Context {
    Context::system(Timestamp(1_700_000_000_000))
}

fn body(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}

async fn create(engine: &Engine, collection: &str, values: Json) {
    let system = system();
    let made = engine.records.create(&system, collection, body(values));
    made.await.unwrap();
}

/// Makers, and things that they made.
async fn engine(mirror_bytes: u64) -> Engine {
    let options = Options {
        store: StoreKind::Memory,
        mirror_bytes,
        ..Options::new("unused".into())
    };
    let engine = Engine::open(options).unwrap();
    let makers = json!({"name": "makers", "type": "base", "fields": [
        {"name": "name", "type": "text"}, {"name": "secret", "type": "text", "hidden": true},
        {"name": "size", "type": "number"}, {"name": "kind", "type": "text"},
    ]});
    let makers = engine.catalog.create(&system(), &body(makers)).await;
    let relation = |name: &str, most: u32| {
        let id = &makers.as_ref().unwrap().id;
        json!({"name": name, "type": "relation", "collectionId": id, "maxSelect": most})
    };
    let things = json!({"name": "things", "type": "base", "listRule": "", "fields": [
        {"name": "title", "type": "text"}, {"name": "price", "type": "number"},
        {"name": "sold", "type": "bool"}, {"name": "made", "type": "date"},
        {"name": "data", "type": "json"}, {"name": "place", "type": "geoPoint"},
        {"name": "secret", "type": "text", "hidden": true},
        {"name": "tags", "type": "select", "values": ["a", "b", "c"], "maxSelect": 3},
        relation("maker", 1), relation("helpers", 9),
    ]});
    engine
        .catalog
        .create(&system(), &body(things))
        .await
        .unwrap();
    for (id, name) in [("ann000000000000", "Ann"), ("bob000000000000", "Bob")] {
        let values = json!({"id": id, "name": name, "secret": name, "size": 10, "kind": "k"});
        create(&engine, "makers", values).await;
    }
    for values in [
        json!({"title": "x", "price": 1.5, "sold": true, "made": "2024-01-31 10:59:00.000Z",
            "data": {"n": 2}, "tags": ["a", "b"], "maker": "ann000000000000",
            "helpers": ["ann000000000000", "bob000000000000"]}),
        json!({"title": "x", "price": 2.5, "made": "2024-02-01 00:00:00.000Z",
            "data": {"n": "two"}, "tags": ["b"], "maker": "bob000000000000"}),
        json!({"title": "", "price": -1, "data": null}),
        json!({"title": "Y", "tags": ["c"], "maker": "ann000000000000"}),
    ] {
        create(&engine, "things", values).await;
    }
    engine
}

/// `group=…&sum=…` as a request.
fn request(text: &str) -> AggregateRequest {
    let mut request = AggregateRequest::default();
    for pair in text.split(" & ").filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap();
        let place = match name {
            "group" => &mut request.group,
            "sum" => &mut request.functions[0],
            "avg" => &mut request.functions[1],
            "min" => &mut request.functions[2],
            "max" => &mut request.functions[3],
            "filter" => &mut request.filter,
            "having" => &mut request.having,
            _ => &mut request.sort,
        };
        value.clone_into(place);
    }
    request
}

fn answer(engine: &Engine, context: &Context, text: &str) -> Result<Vec<String>, Error> {
    let page = engine
        .records
        .aggregate(context, "things", &request(text))?;
    let lines = page.items.iter().map(|line| {
        let mut out = Vec::new();
        line.write_json(&mut out);
        String::from_utf8(out).unwrap()
    });
    Ok(lines.collect())
}

const ANSWERS: &[(&str, &[&str])] = &[
    ("", &[r#"{"count":4,"group":{}}"#]),
    (
        "filter=price > 99 & sum=price & min=title",
        &[r#"{"count":0,"group":{},"sum":{"price":null},"min":{"title":null}}"#],
    ),
    ("group=title & filter=price > 99", &[]),
    (
        "group=title",
        &[
            r#"{"count":1,"group":{"title":""}}"#,
            r#"{"count":1,"group":{"title":"Y"}}"#,
            r#"{"count":2,"group":{"title":"x"}}"#,
        ],
    ),
    (
        "group=title:lower & having=count > 1",
        &[r#"{"count":2,"group":{"title:lower":"x"}}"#],
    ),
    // 0 is a value, an empty date or text is none.
    (
        "sum=price & avg=price & min=price",
        &[r#"{"count":4,"group":{},"sum":{"price":3},"avg":{"price":0.75},"min":{"price":-1}}"#],
    ),
    (
        "min=made",
        &[r#"{"count":4,"group":{},"min":{"made":"2024-01-31 10:59:00.000Z"}}"#],
    ),
    (
        "min=title & max=title",
        &[r#"{"count":4,"group":{},"min":{"title":"Y"},"max":{"title":"x"}}"#],
    ),
    // What is no number is no part of a sum.
    (
        "sum=data.n & avg=data.n & max=data.n",
        &[r#"{"count":4,"group":{},"sum":{"data.n":2},"avg":{"data.n":2},"max":{"data.n":"two"}}"#],
    ),
    (
        "group=made:month & sort=-made:month",
        &[
            r#"{"count":1,"group":{"made:month":"2024-02"}}"#,
            r#"{"count":1,"group":{"made:month":"2024-01"}}"#,
            r#"{"count":2,"group":{"made:month":""}}"#,
        ],
    ),
    (
        "group=made:hour & filter=sold = true",
        &[r#"{"count":1,"group":{"made:hour":"2024-01-31 10"}}"#],
    ),
    (
        "group=sold & sum=price",
        &[
            r#"{"count":3,"group":{"sold":false},"sum":{"price":1.5}}"#,
            r#"{"count":1,"group":{"sold":true},"sum":{"price":1.5}}"#,
        ],
    ),
    // A record is in the group of each of its values, and in that of none.
    (
        "group=tags:each & sum=price & sort=-count,group.tags:each",
        &[
            r#"{"count":2,"group":{"tags:each":"b"},"sum":{"price":4}}"#,
            r#"{"count":1,"group":{"tags:each":null},"sum":{"price":-1}}"#,
            r#"{"count":1,"group":{"tags:each":"a"},"sum":{"price":1.5}}"#,
            r#"{"count":1,"group":{"tags:each":"c"},"sum":{"price":0}}"#,
        ],
    ),
    (
        "group=tags & having=count = 1 && group.tags ~ 'a'",
        &[r#"{"count":1,"group":{"tags":["a","b"]}}"#],
    ),
    (
        "group=maker.name & sum=price & sort=-sum.price",
        &[
            r#"{"count":1,"group":{"maker.name":"Bob"},"sum":{"price":2.5}}"#,
            r#"{"count":2,"group":{"maker.name":"Ann"},"sum":{"price":1.5}}"#,
            r#"{"count":1,"group":{"maker.name":null},"sum":{"price":-1}}"#,
        ],
    ),
    // Two ways lead to one group: the record and its price count once, each helper's size too.
    (
        "group=helpers.kind & sum=price,helpers.size & having=helpers.kind != null",
        &[r#"{"count":1,"group":{"helpers.kind":"k"},"sum":{"price":1.5,"helpers.size":20}}"#],
    ),
    (
        "group=helpers.name,sold & sum=helpers.size & having=sold = true",
        &[
            r#"{"count":1,"group":{"helpers.name":"Ann","sold":true},"sum":{"helpers.size":10}}"#,
            r#"{"count":1,"group":{"helpers.name":"Bob","sold":true},"sum":{"helpers.size":10}}"#,
        ],
    ),
    (
        "sum=maker.size & max=helpers.name & filter=sold = true",
        &[r#"{"count":1,"group":{},"sum":{"maker.size":10},"max":{"helpers.name":"Bob"}}"#],
    ),
    (
        "having=avg.price = null & avg=price & filter=price > 99",
        &[r#"{"count":0,"group":{},"avg":{"price":null}}"#],
    ),
];

#[tokio::test]
async fn groups_counts_and_sums() {
    for mirror_bytes in [0, 1 << 20] {
        let engine = engine(mirror_bytes).await;
        for (asked, expected) in ANSWERS {
            let answer = answer(&engine, &system(), asked).unwrap();
            assert_eq!(answer, *expected, "{asked}, {mirror_bytes}");
        }
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_its_name() {
    let engine = engine(1 << 20).await;
    for (asked, reason) in [
        ("group=titel", "did you mean \"title\"?"),
        ("group=title,title", "named twice"),
        ("group=title,", "expected the name of a field"),
        ("group=@rowid", "expected the name of a field"),
        ("group=-title", "unknown field"),
        ("group=title:month", "only dates"),
        ("group=maker.name:year", "only dates"),
        ("min=made:year", "belong to group"),
        ("sum=title", "expected a number field"),
        ("sum=sold", "expected a number field"),
        ("avg=made", "expected a number field"),
        ("avg=place", "expected a number field"),
        ("sum=price:lower", "expected a number field"),
        ("min=tags", "lists and places have no order"),
        ("max=place", "lists and places have no order"),
        ("group=title & having=price > 1", "unknown column \"price\""),
        ("group=title & having=cuont > 1", "did you mean \"count\"?"),
        ("sum=price & having=avg.price > 1", "unknown column"),
        ("having=count >", "but the filter ends"),
        ("having=@request.auth.id = ''", "Only superusers"),
        ("having=@collection.makers.name = ''", "Only superusers"),
        ("group=title & sort=price", "Invalid sort: unknown column"),
        ("sort=@random", "Invalid sort: unknown column"),
        ("filter=nothing = 1", "Invalid filter"),
        (
            "group=id,title,price,sold,made,data,tags,maker,helpers",
            "more than 8",
        ),
    ] {
        let error = answer(&engine, &system(), asked).unwrap_err();
        let message = error.to_string();
        assert!(message.contains(reason), "{asked}: {message}");
    }
}

#[tokio::test]
async fn a_guest_aggregates_only_what_it_may_read() {
    let engine = engine(1 << 20).await;
    let guest = Context {
        now: Timestamp(1_700_000_000_000),
        ..Context::default()
    };
    for asked in [
        "group=secret",
        "min=secret",
        "group=maker.name",
        "max=helpers.name",
        "group=things_via_maker.title",
        "sum=secret:length",
        "group=title & having=secret = 'x'",
        "group=@request.auth.id",
        "group=title & filter=@request.auth.id = ''",
    ] {
        let error = answer(&engine, &guest, asked).unwrap_err();
        let refused = matches!(error, Error::BadQuery(_) | Error::Forbidden(_));
        assert!(refused, "{asked}: {error}");
    }
    let hidden = answer(&engine, &guest, "group=secret").unwrap_err();
    let missing = answer(&engine, &guest, "group=secreT").unwrap_err();
    let (hidden, missing) = (hidden.to_string(), missing.to_string());
    assert_eq!(hidden, missing.replace("secreT", "secret"));
    assert_eq!(
        answer(&engine, &guest, "group=maker").unwrap(),
        answer(&engine, &system(), "group=maker").unwrap()
    );
    let locked = engine
        .records
        .aggregate(&guest, "makers", &AggregateRequest::default());
    assert!(matches!(locked, Err(Error::SuperusersOnly)));
}

#[tokio::test]
async fn too_many_groups_are_refused() {
    let engine = engine(1 << 20).await;
    // Each record leads to every tag and every helper: far fewer than the most.
    assert!(answer(&engine, &system(), "group=tags:each,helpers.name").is_ok());
    let groups = luge_model::limits::AGGREGATE_GROUPS_MAX;
    for price in 0..=groups {
        create(&engine, "things", json!({ "price": price })).await;
    }
    let error = answer(&engine, &system(), "group=price").unwrap_err();
    assert!(matches!(error, Error::TooCostly(_)), "{error}");
    assert!(answer(&engine, &system(), "group=sold").is_ok());
}

#[tokio::test]
async fn too_many_ways_from_one_record_are_refused() {
    let engine = engine(1 << 20).await;
    let makers = engine.records.compiled("makers").unwrap();
    let relation = |name: &str| {
        let id = &makers.collection.id;
        json!({"name": name, "type": "relation", "collectionId": id, "maxSelect": 200})
    };
    let pairs = json!({"name": "pairs", "type": "base", "listRule": "",
        "fields": [relation("left"), relation("right")]});
    engine
        .catalog
        .create(&system(), &body(pairs))
        .await
        .unwrap();
    let ids: Vec<String> = (100..201)
        .map(|number| format!("maker{number:010}"))
        .collect();
    for id in &ids {
        create(&engine, "makers", json!({"id": id, "name": id})).await;
    }
    create(&engine, "pairs", json!({"left": ids, "right": ids})).await;
    let ask = |text: &str| {
        let records = &engine.records;
        records.aggregate(&system(), "pairs", &request(text))
    };
    for asked in [
        "group=left.name,right.name",
        "group=left.name & min=right.name",
    ] {
        let refused = ask(asked);
        assert!(matches!(refused, Err(Error::TooCostly(_))), "{asked}");
    }
    assert_eq!(
        ask("group=left.name & max=left.name").unwrap().total_items,
        Some(101)
    );
    assert!(ask("min=right.name & max=left.name").is_ok());
}
