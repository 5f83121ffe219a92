//! Updates and deletes by filter over a whole engine in memory.

use luge_model::limits::BULK_RECORDS_MAX;
use luge_model::timestamp::Timestamp;
use serde_json::{Map, Value as Json, json};

use super::Selection;
use crate::context::Context;
use crate::engine::{Engine, Options};
use crate::error::{Error, Result};
use crate::query::ListRequest;
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

async fn create(engine: &Engine, collection: &str, values: Json) -> Result<String> {
    let system = system();
    let view = engine.records.create(&system, collection, body(values));
    Ok(view.await?.record().id().to_owned())
}

/// Things with a unique place, and parts that cannot be without theirs.
async fn engine(things: usize) -> Engine {
    let options = Options {
        store: StoreKind::Memory,
        ..Options::new("unused".into())
    };
    let engine = Engine::open(options).unwrap();
    let definition = json!({
        "name": "things", "type": "base",
        "fields": [
            {"name": "place", "type": "number"}, {"name": "size", "type": "number", "max": 9},
        ],
        "indexes": ["CREATE UNIQUE INDEX `place` ON `things` (`place`)"],
    });
    let things_id = engine.catalog.create(&system(), &body(definition)).await;
    let owner = |name: &str, more: Json| {
        let mut field = json!({"name": name, "type": "relation",
            "collectionId": things_id.as_ref().unwrap().id});
        field.as_object_mut().unwrap().extend(body(more));
        field
    };
    let definition = json!({"name": "parts", "type": "base", "fields": [
        owner("owner", json!({"cascadeDelete": true})),
        owner("needs", json!({"maxSelect": 9})),
    ]});
    engine
        .catalog
        .create(&system(), &body(definition))
        .await
        .unwrap();
    for place in 0..things {
        create(&engine, "things", json!({ "place": place }))
            .await
            .unwrap();
    }
    engine
}

fn selection(filter: &str) -> Selection {
    Selection {
        filter: filter.to_owned(),
        preview: false,
    }
}

async fn update(engine: &Engine, filter: &str, values: Json) -> Result<usize> {
    let system = system();
    let selection = selection(filter);
    let records = &engine.records;
    let updated = records.update_selected(&system, "things", &selection, body(values));
    updated.await
}

/// The places of all things, in their order of insertion.
fn places(engine: &Engine, filter: &str) -> Vec<Json> {
    let request = ListRequest {
        filter: filter.to_owned(),
        per_page: BULK_RECORDS_MAX,
        ..ListRequest::default()
    };
    let page = engine.records.list(&system(), "things", &request).unwrap();
    let shown = page.items.iter().map(|view| {
        let mut json = Vec::new();
        view.write_json(&mut json);
        serde_json::from_slice::<Json>(&json).unwrap()["place"].clone()
    });
    shown.collect()
}

fn code(result: Result<usize>, field: &str) -> String {
    match result {
        Err(Error::Refused { violations, .. }) => violations.to_json()[field]["code"]
            .as_str()
            .unwrap()
            .to_owned(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn unique_values_move_among_the_selected_only() {
    let engine = engine(4).await;
    // Every value but the last one goes to a record that gives its own away.
    assert_eq!(
        update(&engine, "id != ''", json!({"place+": 1}))
            .await
            .unwrap(),
        4
    );
    assert_eq!(places(&engine, ""), [1, 2, 3, 4]);
    for place in 1..=4 {
        let found = places(&engine, &format!("place = {place}"));
        assert_eq!(
            found,
            [place],
            "the unique entries are those of the records"
        );
    }
    assert!(places(&engine, "place = 0").is_empty());
    // Freed and taken values are judged as anybody else's are.
    create(&engine, "things", json!({"place": 0}))
        .await
        .unwrap();
    assert!(
        create(&engine, "things", json!({"place": 4}))
            .await
            .is_err()
    );
    let before = places(&engine, "");
    let taken = update(&engine, "place = 1 || place = 2", json!({"place+": 1})).await;
    assert_eq!(code(taken, "place"), "validation_not_unique");
    let same = update(&engine, "place > 2", json!({"place": 9})).await;
    assert_eq!(code(same, "place"), "validation_not_unique");
    assert_eq!(places(&engine, ""), before);
}

#[tokio::test]
async fn one_bad_record_keeps_all_from_changing() {
    let engine = engine(3).await;
    update(&engine, "place = 2", json!({"size": 9}))
        .await
        .unwrap();
    let before = engine.committer.store().durable().borrow().0;
    let refused = update(&engine, "id != ''", json!({"size+": 1})).await;
    assert_eq!(code(refused, "size"), "validation_max_number_constraint");
    for filter in ["", "  ", "nothing = 1", "place ="] {
        let refused = update(&engine, filter, json!({"size": 1})).await;
        assert!(refused.is_err(), "{filter:?}");
    }
    assert_eq!(
        update(&engine, "place > 99", json!({"size": 1}))
            .await
            .unwrap(),
        0
    );
    assert_eq!(engine.committer.store().durable().borrow().0, before);
}

#[tokio::test]
async fn one_operation_takes_so_many_records_and_no_more() {
    let engine = engine(BULK_RECORDS_MAX + 1).await;
    let system = system();
    let all = selection("id != ''");
    let refused = update(&engine, "id != ''", json!({"size": 1})).await;
    let message = refused.unwrap_err().to_string();
    assert!(message.contains("selects 1001 records"), "{message}");
    let refused = engine
        .records
        .delete_selected(&system, "things", &all)
        .await;
    assert!(matches!(refused, Err(Error::BadRequest(_))));
    assert!(places(&engine, "size = 1").is_empty());
    let many = update(&engine, "place > 0", json!({"size": 1})).await;
    assert_eq!(many.unwrap(), BULK_RECORDS_MAX);
    assert_eq!(places(&engine, "size = 1").len(), BULK_RECORDS_MAX);
    let most = selection("place > 0");
    let deleted = engine.records.delete_selected(&system, "things", &most);
    assert_eq!(deleted.await.unwrap(), BULK_RECORDS_MAX);
    assert_eq!(places(&engine, ""), [0]);
}

#[tokio::test]
async fn a_delete_takes_along_what_cannot_be_without() {
    let engine = engine(3).await;
    let system = system();
    let request = ListRequest::default();
    let page = engine.records.list(&system, "things", &request).unwrap();
    let ids: Vec<_> = page.items.iter().map(|view| view.record().id()).collect();
    // Of both, of one, and of none of the deleted things.
    for owner in [0, 1, 2] {
        create(
            &engine,
            "parts",
            json!({"owner": ids[owner], "needs": [ids[0], ids[1], ids[2]]}),
        )
        .await
        .unwrap();
    }
    let two = selection("place < 2");
    let preview = Selection {
        preview: true,
        ..two.clone()
    };
    let records = &engine.records;
    assert_eq!(
        records
            .delete_selected(&system, "things", &preview)
            .await
            .unwrap(),
        2
    );
    assert_eq!(places(&engine, "").len(), 3);
    assert_eq!(
        records
            .delete_selected(&system, "things", &two)
            .await
            .unwrap(),
        2
    );
    let parts = records.list(&system, "parts", &request).unwrap();
    assert_eq!(parts.total_items, Some(1));
    let mut json = Vec::new();
    parts.items[0].write_json(&mut json);
    let part: Json = serde_json::from_slice(&json).unwrap();
    assert_eq!(part["needs"], json!([ids[2]]));
    assert_eq!(
        records
            .delete_selected(&system, "things", &two)
            .await
            .unwrap(),
        0
    );
}
