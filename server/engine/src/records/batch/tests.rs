//! A batch is what its requests are one after another, or nothing.

use std::ops::ControlFlow;

use luge_model::timestamp::Timestamp;
use proptest::prelude::*;
use serde_json::{Map, json};

use super::*;
use crate::changes::{self, ChangeKind};
use crate::engine::{Engine, Options};
use crate::query::ListRequest;
use crate::store::key::Keyspace;
use crate::store::{Direction, Key, Sequence, StoreKind};

fn guest() -> Context {
    Context {
        now: Timestamp(1_700_000_000_000),
        ..Context::default()
    }
}

fn system() -> Context {
    Context::system(Timestamp(1_700_000_000_000))
}

fn body(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}

fn id(kind: char, number: u8) -> String {
    format!("{kind}{number:014}")
}

/// Things with a unique place, and parts that go with their owner; rules that look around.
async fn engine(mirror_bytes: u64) -> Engine {
    let options = Options {
        store: StoreKind::Memory,
        mirror_bytes,
        ..Options::new("unused".into())
    };
    let engine = Engine::open(options).unwrap();
    let open = json!({"listRule": "", "viewRule": "", "createRule": "", "updateRule": "",
        "deleteRule": ""});
    let mut things = open.clone();
    things.as_object_mut().unwrap().extend(body(json!({
        "name": "things", "type": "base",
        "fields": [
            {"name": "place", "type": "number"}, {"name": "size", "type": "number", "max": 9},
        ],
        "indexes": ["CREATE UNIQUE INDEX `place` ON `things` (`place`)",
            "CREATE INDEX `size` ON `things` (`size`)"],
    })));
    let things = engine.catalog.create(&system(), &body(things)).await;
    let things = things.unwrap().id.clone();
    let mut parts = open;
    parts.as_object_mut().unwrap().extend(body(json!({
        "name": "parts", "type": "base", "createRule": "owner.size < 6",
        "updateRule": "@collection.things.size ?> 1",
        "fields": [
            {"name": "owner", "type": "relation", "collectionId": things, "cascadeDelete": true},
            {"name": "needs", "type": "relation", "collectionId": things, "maxSelect": 9},
        ],
    })));
    engine
        .catalog
        .create(&system(), &body(parts))
        .await
        .unwrap();
    let rule = json!({"deleteRule": "parts_via_needs.id ?= ''"});
    engine
        .catalog
        .update(&system(), "things", &body(rule))
        .await
        .unwrap();
    // Both collections are mirrored where there is room.
    for collection in ["things", "parts"] {
        list(&engine, collection);
    }
    engine
}

fn list(engine: &Engine, collection: &str) -> Vec<String> {
    let page = engine
        .records
        .list(&system(), collection, &ListRequest::default())
        .unwrap();
    let shown = page.items.iter().map(|view| {
        let mut json = Vec::new();
        view.write_json(&mut json);
        String::from_utf8(json).unwrap()
    });
    shown.collect()
}

fn request(collection: &str, action: BatchAction, values: Json) -> BatchRequest {
    BatchRequest {
        context: guest(),
        collection: collection.to_owned(),
        action,
        submitted: body(values).into(),
        expand: Expand::default(),
    }
}

/// One of the requests by itself.
async fn alone(engine: &Engine, request: &BatchRequest) -> Result<()> {
    let records = &engine.records;
    let collection = request.collection.as_str();
    let (context, submitted) = (guest(), request.submitted.clone());
    match &request.action {
        BatchAction::Create => records.create(&context, collection, submitted).await?,
        BatchAction::Update(id) => {
            let update = records.update(&context, collection, id, submitted);
            update.await?
        }
        BatchAction::Upsert => {
            let id = request.submitted_id().unwrap().to_owned();
            match records.upsert_changes(collection, &id)? {
                true => records.update(&context, collection, &id, submitted).await?,
                false => records.create(&context, collection, submitted).await?,
            }
        }
        BatchAction::Delete(id) => return records.delete(&context, collection, id).await,
    };
    Ok(())
}

/// Everything that records are made of. A counter that is at 0 is as good as none.
fn dump(engine: &Engine) -> Vec<(Key, Vec<u8>)> {
    let mut all = Vec::new();
    for keyspace in [
        Keyspace::Record,
        Keyspace::Rowid,
        Keyspace::Index,
        Keyspace::Unique,
        Keyspace::Reference,
        Keyspace::Counter,
        Keyspace::FoldedId,
    ] {
        let store = engine.committer.store();
        store
            .scan(
                &keyspace.range(),
                Direction::Forward,
                10_000,
                &mut |key, value| {
                    all.push((key.to_vec(), value.to_vec()));
                    ControlFlow::Continue(())
                },
            )
            .unwrap();
    }
    all.retain(|(key, value)| {
        Keyspace::of(key) != Some(Keyspace::Counter) || value.iter().any(|byte| *byte != 0)
    });
    all
}

/// What happened to which record, in order.
fn log(engine: &Engine, since: Sequence) -> Vec<(ChangeKind, String, u64)> {
    let log = changes::read(&**engine.committer.store(), since, 1_000).unwrap();
    let entries = log.entries.into_iter();
    entries
        .flat_map(|entry| entry.changes)
        .map(|change| (change.kind, change.record, change.revision))
        .collect()
}

fn requests() -> impl Strategy<Value = Vec<BatchRequest>> {
    let number = 0_u8..4;
    let thing = (number.clone(), 0_u8..5, 0_u8..11, 0_u8..7);
    let thing = thing.prop_map(|(number, place, size, action)| {
        let id = id('t', number);
        let values = json!({"id": id, "place": place, "size": size});
        match action {
            0 | 1 => request("things", BatchAction::Create, values),
            2 | 3 => request("things", BatchAction::Upsert, values),
            4 => request("things", BatchAction::Update(id), json!({"place": place})),
            5 => request("things", BatchAction::Update(id), json!({"size+": 1})),
            _ => request("things", BatchAction::Delete(id), Json::Null),
        }
    });
    let part = (number.clone(), number.clone(), number, 0_u8..5);
    let part = part.prop_map(|(number, owner, needed, action)| {
        let (part, owner, needed) = (id('p', number), id('t', owner), id('t', needed));
        let values = json!({"id": part, "owner": owner, "needs": [needed]});
        match action {
            0..=2 => request("parts", BatchAction::Upsert, values),
            3 => request(
                "parts",
                BatchAction::Update(part),
                json!({"needs+": needed}),
            ),
            _ => request("parts", BatchAction::Delete(part), Json::Null),
        }
    });
    proptest::collection::vec(prop_oneof![3 => thing, 2 => part], 1..8)
}

const TIME: Duration = Duration::from_secs(60);

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_batch_is_its_requests_one_after_another_or_nothing(
        before in requests(),
        requests in requests(),
        mirrored in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let bytes = if mirrored { 1 << 20 } else { 0 };
            let (batched, single) = (engine(bytes).await, engine(bytes).await);
            for engine in [&batched, &single] {
                for request in &before {
                    let _ = alone(engine, request).await;
                }
            }
            assert_eq!(dump(&batched), dump(&single));
            let since = *batched.committer.store().durable().borrow();
            let untouched = (dump(&batched), list(&batched, "things"), list(&batched, "parts"));

            let mut failed = None;
            for (index, request) in requests.iter().enumerate() {
                if let Err(error) = alone(&single, request).await {
                    failed = Some((index, format!("{error:?}")));
                    break;
                }
            }
            let outcome = batched.records.batch(&requests, TIME).await;
            match (failed, outcome) {
                (None, Ok(views)) => {
                    assert_eq!(views.len(), requests.len());
                    assert_eq!(dump(&batched), dump(&single));
                    assert_eq!(log(&batched, since), log(&single, since));
                    for collection in ["things", "parts"] {
                        assert_eq!(list(&batched, collection), list(&single, collection));
                    }
                }
                (Some((at, reason)), Err(Error::BatchFailed { index, error })) => {
                    assert_eq!((index, format!("{error:?}")), (at, reason));
                    let now = (dump(&batched), list(&batched, "things"), list(&batched, "parts"));
                    assert_eq!(now, untouched);
                    assert_eq!(*batched.committer.store().durable().borrow(), since);
                }
                (failed, outcome) => panic!("{failed:?} but {outcome:?}"),
            }
        });
    }
}

#[tokio::test]
async fn what_a_batch_did_is_told_with_the_states_in_between() {
    let engine = engine(1 << 20).await;
    let mut listener = engine.committer.listen();
    let thing = id('t', 1);
    let views = engine
        .records
        .batch(
            &[
                request(
                    "things",
                    BatchAction::Create,
                    json!({"id": thing, "size": 1}),
                ),
                request(
                    "things",
                    BatchAction::Update(thing.clone()),
                    json!({"size+": 2}),
                ),
                request("things", BatchAction::Delete(thing.clone()), Json::Null),
                request(
                    "things",
                    BatchAction::Create,
                    json!({"id": thing, "size": 7}),
                ),
            ],
            TIME,
        )
        .await
        .unwrap();
    assert!(views[2].is_none());
    let crate::commit::Heard::Changes(commit) = listener.next().await else {
        panic!("nothing was told");
    };
    let told = commit.changes.iter().map(|change| {
        let record = change.after.as_deref().map(|after| {
            let record = luge_model::record::Record::open(after).unwrap();
            let compiled = engine.records.compiled("things").unwrap();
            let size = compiled.collection.field("size").unwrap().number;
            format!("{:?}", luge_model::record::Row::value(&record, size))
        });
        (change.change.kind, record)
    });
    let number = |value: f64| Some(format!("Some(Number({value:?}))"));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            (ChangeKind::Create, number(1.0)),
            (ChangeKind::Update, number(3.0)),
            (ChangeKind::Delete, None),
            (ChangeKind::Create, number(7.0)),
        ]
    );
}

#[tokio::test]
async fn counters_in_parallel_batches_are_exact() {
    let engine = Arc::new(engine(1 << 20).await);
    for number in 0..2 {
        let values = json!({"id": id('t', number), "place": number, "size": 0});
        let system = system();
        let create = engine.records.create(&system, "things", body(values));
        create.await.unwrap();
    }
    let tasks = (0..8).map(|task| {
        let engine = Arc::clone(&engine);
        tokio::spawn(async move {
            // Half of them name the records the other way round.
            let order: [u8; 2] = if task % 2 == 0 { [0, 1] } else { [1, 0] };
            let requests = order.map(|number| {
                let action = BatchAction::Update(id('t', number));
                request("things", action, json!({"size+": 1}))
            });
            engine.records.batch(&requests, TIME).await.unwrap();
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let shown = list(&engine, "things");
    assert!(
        shown.iter().all(|thing| thing.contains("\"size\":8")),
        "{shown:?}"
    );
}

#[tokio::test]
async fn a_batch_that_takes_too_long_or_changes_too_much_does_nothing() {
    let engine = engine(1 << 20).await;
    let since = *engine.committer.store().durable().borrow();
    let create = |number| {
        let values = json!({"id": id('t', number), "place": number});
        request("things", BatchAction::Create, values)
    };
    let late = engine
        .records
        .batch(&[create(0), create(1)], Duration::ZERO)
        .await;
    assert!(matches!(late, Err(Error::BadRequest(_))), "{late:?}");
    assert_eq!(*engine.committer.store().durable().borrow(), since);
    assert!(list(&engine, "things").is_empty());
}
