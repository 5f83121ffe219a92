//! What belongs to auth records goes with them, whatever happens meanwhile.

use std::path::Path;
use std::time::Duration;

use luge_model::timestamp::Timestamp;
use serde_json::{Value as Json, json};

use super::*;
use crate::catalog::{RecordRemoval, Removing};
use crate::changes;
use crate::engine::{Engine, Options};
use crate::error::{Action, Error};
use crate::records::Body;
use crate::store::{Sequence, StoreError, StoreKind};

const STAFF: &str = "staffcollection";
const MEMBER: &str = "staffmember0001";
const PASSWORD: &str = "correct horse";

fn in_memory() -> Arc<Engine> {
    let options = Options {
        store: StoreKind::Memory,
        ..Options::new("unused".into())
    };
    Arc::new(Engine::open(options).unwrap())
}

fn system() -> Context {
    Context::system(Timestamp(1_790_000_000_000))
}

fn object(json: Json) -> Body {
    match json {
        Json::Object(object) => object,
        other => panic!("{other} is no object"),
    }
}

async fn make_collection(engine: &Engine, definition: Json) -> Result<()> {
    let definition = object(definition);
    engine
        .catalog
        .create(&system(), &definition)
        .await
        .map(drop)
}

async fn create(engine: &Engine, collection: &str, values: Json) -> Result<String> {
    let values = object(values);
    let view = engine.records.create(&system(), collection, values).await?;
    Ok(view.record().id().to_owned())
}

async fn make_member(engine: &Engine, collection: &str, id: &str) {
    let values = json!({
        "id": id, "email": format!("{id}@example.com"), "password": PASSWORD,
        "passwordConfirm": PASSWORD,
    });
    create(engine, collection, values).await.unwrap();
}

async fn make_staff(engine: &Engine) {
    let staff = json!({"name": "staff", "type": "auth", "id": STAFF});
    make_collection(engine, staff).await.unwrap();
    make_member(engine, "staff", MEMBER).await;
}

fn link(collection: &str, record: &str) -> Json {
    json!({
        "collectionRef": collection, "recordRef": record, "provider": "google",
        "providerId": format!("id of {record}"), "method": "password", "password": PASSWORD,
        "fingerprint": "one",
    })
}

/// One record of each kind.
async fn make_owned(engine: &Engine, collection: &str, record: &str) {
    for name in OWNED {
        create(engine, name, link(collection, record))
            .await
            .unwrap();
    }
}

async fn make_many(engine: &Engine, count: usize) {
    for _ in 0..count {
        create(engine, "_mfas", link(STAFF, MEMBER)).await.unwrap();
    }
}

fn totals(engine: &Engine) -> [u64; 4] {
    OWNED.map(|name| total(engine, name))
}

fn total(engine: &Engine, collection: &str) -> u64 {
    let page = engine
        .records
        .list(&system(), collection, &ListRequest::default());
    page.unwrap().total_items.unwrap()
}

fn durable(engine: &Engine) -> Sequence {
    *engine.committer.store().durable().borrow()
}

/// How many records each commit since then deleted.
fn deleted_since(engine: &Engine, since: Sequence) -> Vec<usize> {
    let log = changes::read(&**engine.committer.store(), since, usize::MAX).unwrap();
    log.entries
        .iter()
        .map(|entry| entry.changes.len())
        .collect()
}

async fn delete_staff(engine: &Engine) -> Result<()> {
    engine.records.delete_collection(&system(), "staff").await
}

fn refused(outcome: Result<String>, action: Action) -> Json {
    match outcome {
        Err(Error::Refused {
            violations,
            action: refused,
            ..
        }) if refused == action => {
            let codes = violations.to_json().into_iter();
            codes
                .map(|(field, violation)| (field, violation["code"].clone()))
                .collect()
        }
        outcome => panic!("{outcome:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collection_takes_along_what_belongs_to_its_records_in_one_commit() {
    let engine = in_memory();
    make_staff(&engine).await;
    make_owned(&engine, STAFF, MEMBER).await;
    make_member(&engine, "users", "someotherperson").await;
    make_owned(&engine, "_pb_users_auth_", "someotherperson").await;
    assert_eq!(totals(&engine), [2; 4]);
    let before = durable(&engine);
    delete_staff(&engine).await.unwrap();
    assert_eq!(totals(&engine), [1; 4], "those of others stay");
    assert_eq!(deleted_since(&engine, before), [4]);
    assert!(engine.records.departed().unwrap().is_empty());
    // Another collection of that name and id begins without any, and may have the same again.
    make_staff(&engine).await;
    assert_eq!(totals(&engine), [1; 4]);
    make_owned(&engine, STAFF, MEMBER).await;
    assert_eq!(totals(&engine), [2; 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_removes_collections_takes_the_same_along() {
    let engine = in_memory();
    make_staff(&engine).await;
    make_owned(&engine, STAFF, MEMBER).await;
    let users = engine.catalog.view(&system(), "users").unwrap();
    let body = object(json!({"collections": [users], "deleteMissing": true}));
    let records = &engine.records;
    records.import_collections(&system(), &body).await.unwrap();
    assert_eq!(totals(&engine), [0; 4]);
    assert!(engine.records.compiled("staff").is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_one_commit_holds_is_removed_in_several() {
    let engine = in_memory();
    make_staff(&engine).await;
    make_owned(&engine, STAFF, MEMBER).await;
    make_many(&engine, CASCADE_RECORDS_MAX).await;
    let before = durable(&engine);
    delete_staff(&engine).await.unwrap();
    assert_eq!(totals(&engine), [0; 4]);
    let commits = deleted_since(&engine, before);
    assert!(commits.iter().all(|count| *count <= BATCH), "{commits:?}");
    assert_eq!(commits.iter().sum::<usize>(), CASCADE_RECORDS_MAX + 4);
    assert!(engine.records.departed().unwrap().is_empty());
    make_staff(&engine).await;
    assert_eq!(totals(&engine), [0; 4]);
}

/// A server that stops right after the commit that removed a collection.
struct Stopping(Arc<Records>);

impl RecordRemoval for Stopping {
    fn remove_all(self: Arc<Self>, ctx: Context, collection: Arc<Collection>) -> Removing {
        Arc::clone(&self.0).remove_all(ctx, collection)
    }

    fn plan_owned(&self, ctx: &Context, owners: &[Arc<Collection>]) -> Result<Option<Proposal>> {
        self.0.plan_owned(ctx, owners)
    }

    fn remove_owned(self: Arc<Self>, _: Context, _: Vec<Arc<Collection>>) -> Removing {
        Box::pin(std::future::ready(Err(Error::Closed)))
    }
}

/// An engine on a folder that an engine before it may hold for a moment longer: the thread that
/// removes the records of a deleted collection ends after the engine was closed.
fn opened(folder: &Path) -> Engine {
    for _ in 0..1_000 {
        match Engine::open(Options::new(folder.into())) {
            Err(Error::Store(StoreError::InUse { .. })) => {
                std::thread::sleep(Duration::from_millis(10));
            }
            opened => return opened.unwrap(),
        }
    }
    panic!("{} stays in use", folder.display());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stopped_server_left_is_removed_later_and_keeps_the_id_until_then() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Arc::new(opened(folder.path()));
    let staff = || json!({"name": "staff", "type": "auth", "id": STAFF});
    let engine = open();
    make_staff(&engine).await;
    make_many(&engine, CASCADE_RECORDS_MAX + 1).await;
    let stopping = Arc::new(Stopping(Arc::clone(&engine.records)));
    let deleted = engine.catalog.delete(&system(), "staff", stopping).await;
    deleted.unwrap();
    assert_eq!(total(&engine, "_mfas"), CASCADE_RECORDS_MAX as u64 + 1);
    assert!(engine.records.compiled("staff").is_err());
    engine.close().unwrap();
    drop(engine);

    let engine = open();
    assert_eq!(engine.records.departed().unwrap(), [STAFF]);
    let same_id = make_collection(&engine, staff()).await;
    assert!(matches!(same_id, Err(Error::BadRequest(_))), "{same_id:?}");
    let dangling = create(&engine, "_mfas", link(STAFF, MEMBER)).await;
    assert_eq!(
        refused(dangling, Action::Create),
        json!({"collectionRef": "validation_invalid_collection_id"})
    );
    let mut steps = 0;
    while !engine
        .records
        .remove_departed(&system(), STAFF)
        .await
        .unwrap()
    {
        steps += 1;
        let same_id = make_collection(&engine, staff()).await;
        assert!(matches!(same_id, Err(Error::BadRequest(_))), "{same_id:?}");
    }
    assert_eq!(steps, CASCADE_RECORDS_MAX / BATCH);
    assert_eq!(total(&engine, "_mfas"), 0);
    assert!(engine.records.departed().unwrap().is_empty());
    make_staff(&engine).await;
    // Whoever is late touches nothing of the new collection.
    make_owned(&engine, STAFF, MEMBER).await;
    let late = engine.records.remove_departed(&system(), STAFF).await;
    assert!(late.unwrap());
    assert_eq!(totals(&engine), [1; 4]);
    engine.close().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_of_what_was_written_meanwhile() {
    for by_collection in [true, false] {
        let engine = in_memory();
        make_staff(&engine).await;
        let tasks: Vec<_> = (0..60)
            .map(|number| {
                let engine = Arc::clone(&engine);
                tokio::spawn(async move {
                    if number == 30 && by_collection {
                        return delete_staff(&engine).await.map(|()| String::new());
                    }
                    if number == 30 {
                        let deleted = engine.records.delete(&system(), "staff", MEMBER).await;
                        return deleted.map(|()| String::new());
                    }
                    create(&engine, "_mfas", link(STAFF, MEMBER)).await
                })
            })
            .collect();
        let mut failed = 0;
        for task in tasks {
            failed += usize::from(task.await.unwrap().is_err());
        }
        let gone = engine.records.view(&system(), STAFF, MEMBER).is_err();
        assert!(gone, "{failed} failed");
        assert_eq!(total(&engine, "_mfas"), 0, "{failed} failed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn truncating_takes_the_same_along_or_changes_nothing() {
    let engine = in_memory();
    make_staff(&engine).await;
    make_member(&engine, "staff", "staffmember0002").await;
    make_owned(&engine, STAFF, MEMBER).await;
    make_owned(&engine, STAFF, "staffmember0002").await;
    let notes = json!({"name": "notes", "type": "base", "fields": [
        {"name": "of", "type": "relation", "collectionId": STAFF, "required": true},
    ]});
    make_collection(&engine, notes).await.unwrap();
    let note = create(&engine, "notes", json!({"of": "staffmember0002"}));
    let note = note.await.unwrap();
    let truncated = engine.records.truncate(&system(), "staff").await;
    assert!(
        matches!(truncated, Err(Error::Refused { .. })),
        "{truncated:?}"
    );
    assert_eq!((total(&engine, "staff"), totals(&engine)), (2, [2; 4]));
    let records = &engine.records;
    records.delete(&system(), "notes", &note).await.unwrap();
    let before = durable(&engine);
    records.truncate(&system(), "staff").await.unwrap();
    assert_eq!((total(&engine, "staff"), totals(&engine)), (0, [0; 4]));
    assert_eq!(deleted_since(&engine, before), [10]);
    // Records one after another where one commit does not hold them.
    make_member(&engine, "staff", MEMBER).await;
    make_owned(&engine, STAFF, MEMBER).await;
    make_member(&engine, "staff", "staffmember0002").await;
    make_owned(&engine, STAFF, "staffmember0002").await;
    make_many(&engine, CASCADE_RECORDS_MAX).await;
    records.truncate(&system(), "staff").await.unwrap();
    assert_eq!((total(&engine, "staff"), totals(&engine)), (0, [0; 4]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_with_very_many_is_deleted_with_all_of_them() {
    let engine = in_memory();
    make_staff(&engine).await;
    make_many(&engine, CASCADE_RECORDS_MAX + BATCH).await;
    let records = &engine.records;
    records.delete(&system(), "staff", MEMBER).await.unwrap();
    assert_eq!((total(&engine, "staff"), totals(&engine)), (0, [0; 4]));
}

#[tokio::test(flavor = "multi_thread")]
async fn superusers_are_not_truncated() {
    let engine = in_memory();
    for email in ["a@example.com", "b@example.com"] {
        let auth = &engine.auth;
        let made = auth.create_superuser(&system(), email, PASSWORD).await;
        made.unwrap();
    }
    let truncated = engine.records.truncate(&system(), "_superusers").await;
    assert!(matches!(truncated, Err(Error::BadRequest(_))));
    assert_eq!(total(&engine, "_superusers"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_required_reference_keeps_the_collection() {
    let engine = in_memory();
    make_staff(&engine).await;
    make_owned(&engine, STAFF, MEMBER).await;
    let external = engine.records.compiled("_externalAuths").unwrap();
    let notes = json!({"name": "notes", "type": "base", "fields": [
        {"name": "link", "type": "relation", "collectionId": external.collection.id,
         "required": true},
    ]});
    make_collection(&engine, notes).await.unwrap();
    let page = engine
        .records
        .list(&system(), "_externalAuths", &ListRequest::default());
    let id = page.unwrap().items[0].record().id().to_owned();
    let note = create(&engine, "notes", json!({"link": id})).await.unwrap();
    let deleted = delete_staff(&engine).await;
    assert!(matches!(deleted, Err(Error::Refused { .. })), "{deleted:?}");
    assert_eq!(totals(&engine), [1; 4]);
    assert_eq!(total(&engine, "staff"), 1);
    let records = &engine.records;
    records.delete(&system(), "notes", &note).await.unwrap();
    delete_staff(&engine).await.unwrap();
    assert_eq!(totals(&engine), [0; 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn owners_are_found_without_an_index_too() {
    let engine = in_memory();
    make_staff(&engine).await;
    let body = object(json!({"indexes": []}));
    let changed = engine.catalog.update(&system(), "_mfas", &body).await;
    changed.unwrap();
    make_owned(&engine, STAFF, MEMBER).await;
    make_member(&engine, "staff", "staffmember0002").await;
    make_owned(&engine, STAFF, "staffmember0002").await;
    let records = &engine.records;
    records.delete(&system(), "staff", MEMBER).await.unwrap();
    assert_eq!(totals(&engine), [1; 4]);
    make_member(&engine, "staff", MEMBER).await;
    make_many(&engine, CASCADE_RECORDS_MAX).await;
    delete_staff(&engine).await.unwrap();
    assert_eq!(totals(&engine), [0; 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_must_exist() {
    let engine = in_memory();
    make_staff(&engine).await;
    let plain = json!({"name": "plain", "type": "base", "id": "plaincollection"});
    make_collection(&engine, plain).await.unwrap();
    create(&engine, "plain", json!({"id": MEMBER}))
        .await
        .unwrap();
    let rows = [
        (
            "nosuch",
            MEMBER,
            "collectionRef",
            "validation_invalid_collection_id",
        ),
        (
            "staff",
            MEMBER,
            "collectionRef",
            "validation_invalid_collection_id",
        ),
        (
            "plaincollection",
            MEMBER,
            "collectionRef",
            "validation_invalid_collection_type",
        ),
        (STAFF, "nosuch", "recordRef", "validation_invalid_record"),
        (
            "_pb_users_auth_",
            MEMBER,
            "recordRef",
            "validation_invalid_record",
        ),
        (STAFF, "", "recordRef", "validation_required"),
    ];
    for name in OWNED {
        for (collection, record, field, code) in rows {
            let made = create(&engine, name, link(collection, record)).await;
            assert_eq!(
                refused(made, Action::Create),
                json!({ field: code }),
                "{name}"
            );
        }
        let id = create(&engine, name, link(STAFF, MEMBER)).await.unwrap();
        for (collection, record, field, code) in rows {
            let body = object(json!({"collectionRef": collection, "recordRef": record}));
            let changed = engine.records.update(&system(), name, &id, body).await;
            let changed = changed.map(|_| String::new());
            assert_eq!(
                refused(changed, Action::Update),
                json!({ field: code }),
                "{name}"
            );
        }
    }
    assert_eq!(totals(&engine), [1; 4]);
}
