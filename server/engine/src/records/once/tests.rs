//! Kept answers: once, for whom, for what, and for how long.

use serde_json::{Map, Value as Json, json};

use super::*;
use crate::engine::{Engine, Options};
use crate::query::ListRequest;
use crate::records::BatchAction;
use crate::store::StoreKind;
use crate::store::key::Keyspace;

const START: i64 = 1_700_000_000_000;

fn body(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}

async fn engine() -> Arc<Engine> {
    let options = Options {
        store: StoreKind::Memory,
        ..Options::new("unused".into())
    };
    let engine = Engine::open(options).unwrap();
    let definition = json!({"name": "things", "type": "base", "createRule": "",
        "fields": [{"name": "name", "type": "text", "required": true}],
        "indexes": ["CREATE UNIQUE INDEX `name` ON `things` (`name`)"]});
    let system = Context::system(Timestamp(START));
    engine
        .catalog
        .create(&system, &body(definition))
        .await
        .unwrap();
    Arc::new(engine)
}

fn once(key: &str, request: &str) -> Once {
    let mut fingerprint = Fingerprint::default();
    fingerprint.part(request.as_bytes());
    Once::new(&Principal::Guest, key, fingerprint)
}

async fn create(engine: &Engine, now: i64, once: &Once, name: &str) -> Result<Answered> {
    let request = BatchRequest {
        context: Context {
            now: Timestamp(now),
            ..Context::default()
        },
        collection: "things".to_owned(),
        action: BatchAction::Create,
        submitted: body(json!({ "name": name })).into(),
        expand: Default::default(),
    };
    let render = |views: &[Option<View>]| {
        let mut bytes = Vec::new();
        views
            .iter()
            .flatten()
            .for_each(|view| view.write_json(&mut bytes));
        Ok(bytes)
    };
    engine.records.create_once(request, once, &render).await
}

fn count(engine: &Engine) -> u64 {
    let system = Context::system(Timestamp(START));
    let page = engine
        .records
        .list(&system, "things", &ListRequest::default())
        .unwrap();
    page.total_items.unwrap()
}

fn kept(engine: &Engine) -> usize {
    let mut kept = 0;
    for keyspace in [Keyspace::KeptAnswer, Keyspace::KeptAnswerByTime] {
        let store = engine.committer.store();
        let mut visit = |_: &[u8], _: &[u8]| {
            kept += 1;
            ControlFlow::Continue(())
        };
        store
            .scan(&keyspace.range(), Direction::Forward, 10_000, &mut visit)
            .unwrap();
    }
    kept
}

#[tokio::test]
async fn the_same_request_is_answered_again_and_another_one_refused() {
    let engine = engine().await;
    let Answered::Now(answer) = create(&engine, START, &once("k", "a"), "a").await.unwrap() else {
        panic!("it was not done before");
    };
    let again = create(&engine, START + 1, &once("k", "a"), "a")
        .await
        .unwrap();
    assert_eq!(again, Answered::Before(answer));
    let other = create(&engine, START, &once("k", "b"), "b").await;
    assert!(matches!(other, Err(Error::KeyReused)), "{other:?}");
    assert_eq!(count(&engine), 1);
    // Another key is another request, which stands in its own way here.
    let other = create(&engine, START, &once("l", "a"), "a").await;
    assert!(matches!(other, Err(Error::Refused { .. })), "{other:?}");
    // What was refused may be tried again.
    let tried = create(&engine, START, &once("l", "c"), "c").await.unwrap();
    assert!(matches!(tried, Answered::Now(_)), "{tried:?}");
    assert_eq!((count(&engine), kept(&engine)), (2, 4));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn at_once_means_once() {
    let engine = engine().await;
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let engine = Arc::clone(&engine);
            tokio::spawn(async move { create(&engine, START, &once("k", "a"), "a").await })
        })
        .collect();
    let mut answers = Vec::new();
    let mut now = 0;
    for task in tasks {
        match task.await.unwrap().unwrap() {
            Answered::Now(answer) => {
                now += 1;
                answers.push(answer);
            }
            Answered::Before(answer) => answers.push(answer),
        }
    }
    assert_eq!((now, count(&engine)), (1, 1));
    assert!(answers.iter().all(|answer| *answer == answers[0]));
}

#[tokio::test]
async fn answers_are_kept_for_a_day() {
    let engine = engine().await;
    let late = START + KEPT_ANSWER_MILLISECONDS;
    create(&engine, START, &once("k", "a"), "a").await.unwrap();
    let again = create(&engine, late, &once("k", "a"), "a").await.unwrap();
    assert!(matches!(again, Answered::Before(_)), "{again:?}");
    let forget = |now| {
        let context = Context::system(Timestamp(now));
        engine.records.forget_answers(&context).unwrap()
    };
    assert!(forget(late));
    assert_eq!(kept(&engine), 2);
    // Too old, though nobody removed it: the key is free for anything.
    let renewed = create(&engine, late + 1, &once("k", "b"), "b")
        .await
        .unwrap();
    assert!(matches!(renewed, Answered::Now(_)), "{renewed:?}");
    assert_eq!(kept(&engine), 3);
    while !forget(late + 1) {}
    assert_eq!(kept(&engine), 2);
    let again = create(&engine, late + 2, &once("k", "b"), "b")
        .await
        .unwrap();
    assert!(matches!(again, Answered::Before(_)), "{again:?}");
    while !forget(late + KEPT_ANSWER_MILLISECONDS + 2) {}
    assert_eq!((kept(&engine), count(&engine)), (0, 2));
}

#[test]
fn a_key_is_its_callers_own() {
    let place = |principal: &Principal| Once::new(principal, "k", Fingerprint::default()).place;
    assert_ne!(place(&Principal::Guest), once("l", "").place);
    assert_eq!(place(&Principal::Guest), once("k", "other").place);
}
