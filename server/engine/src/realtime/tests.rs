//! The service over a whole engine in memory: the log tells what live messages told.

use std::task::{Context as TaskContext, Poll, Waker};
use std::time::{Duration, Instant};

use luge_model::limits::{ANNOUNCEMENTS_MAX, MIRROR_BYTES_DEFAULT};
use luge_model::principal::Principal;
use luge_model::timestamp::Timestamp;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::commit::{CommittedChanges, Retention, plan_trim};
use crate::context::Context;
use crate::engine::{Engine, Options};
use crate::store::StoreKind;

const PATIENCE: Duration = Duration::from_secs(20);

fn context() -> Context {
    Context::system(Timestamp(1_790_000_000_000))
}

fn object(json: &Json) -> serde_json::Map<String, Json> {
    json.as_object().cloned().unwrap()
}

/// An engine with a collection `notes` that everybody may list.
fn engine(mirror_bytes: u64) -> Engine {
    let options = Options {
        store: StoreKind::Memory,
        mirror_bytes,
        ..Options::new("unused".into())
    };
    let engine = Engine::open(options).unwrap();
    let definition = json!({
        "name": "notes", "type": "base", "listRule": "", "viewRule": "",
        "fields": [{"name": "title", "type": "text"}],
    });
    wait(engine.catalog.create(&context(), &object(&definition))).unwrap();
    engine
}

fn create(engine: &Engine, title: &str) -> String {
    let body = object(&json!({ "title": title }));
    let made = wait(engine.records.create(&context(), "notes", body)).unwrap();
    made.record().id().to_owned()
}

fn update(engine: &Engine, id: &str, title: &str) {
    let body = object(&json!({ "title": title }));
    wait(engine.records.update(&context(), "notes", id, body)).unwrap();
}

fn delete(engine: &Engine, id: &str) {
    wait(engine.records.delete(&context(), "notes", id)).unwrap();
}

fn connect(engine: &Engine) -> Connection {
    let arrival = Arrival {
        resumes: true,
        ..Arrival::default()
    };
    engine.realtime.connect(arrival, Box::new(|| {})).unwrap()
}

fn subscribe(engine: &Engine, connection: &Connection, since: Option<&str>) -> Result<()> {
    engine.realtime.subscribe(Subscribing {
        client: connection.id(),
        address: None,
        caller: Some(Caller {
            principal: Principal::Guest,
            expires: None,
        }),
        topics: &["notes/*".to_owned()],
        since,
    })
}

/// The next messages, at least as many, as action and title; and the place behind the last one.
fn told(connection: &Connection, least: usize) -> (Vec<String>, String) {
    let begun = Instant::now();
    let (mut all, mut place) = (Vec::new(), String::new());
    while all.len() < least {
        let polled = connection.poll_messages(&TaskContext::from_waker(Waker::noop()));
        let Poll::Ready(messages) = polled else {
            assert!(begun.elapsed() < PATIENCE, "only {all:?} came");
            thread::sleep(Duration::from_millis(1));
            continue;
        };
        for message in messages.expect("the connection goes on") {
            let position = message.position.expect("a change has a place");
            assert!(position.to_string() > place);
            place = position.to_string();
            let data: Json = serde_json::from_slice(&message.data).unwrap();
            let title = data["record"]["title"].as_str().unwrap_or("-");
            let said = data["action"].as_str().or(data["reason"].as_str());
            all.push(format!("{} {title}", said.unwrap()));
        }
    }
    (all, place)
}

#[test]
fn a_thread_that_fell_behind_reads_the_log() {
    let engine = engine(MIRROR_BYTES_DEFAULT);
    let connection = connect(&engine);
    subscribe(&engine, &connection, None).unwrap();
    let count = ANNOUNCEMENTS_MAX + 50;
    let mut expected = Vec::new();
    {
        // The thread asks who the client is, and waits here.
        let _held = connection.client.caller.lock();
        let id = create(&engine, "0");
        for number in 1..count {
            update(&engine, &id, &number.to_string());
        }
        delete(&engine, &id);
        expected.push("create 0".to_owned());
        expected.extend((1..count).map(|number| format!("update {number}")));
        expected.push(format!("delete {}", count - 1));
    }
    let (heard, place) = told(&connection, expected.len());
    assert_eq!(heard, expected);
    create(&engine, "live");
    let (heard, next) = told(&connection, 1);
    assert_eq!(heard, ["create live"]);
    assert!(next > place);
}

#[test]
fn a_client_goes_on_where_it_was() {
    let engine = engine(MIRROR_BYTES_DEFAULT);
    let first = connect(&engine);
    let begun = first.place().unwrap().to_string();
    subscribe(&engine, &first, Some(&begun)).unwrap();
    let ids: Vec<_> = ["a", "b", "c"].map(|title| create(&engine, title)).into();
    let (heard, place) = told(&first, 3);
    assert_eq!(heard, ["create a", "create b", "create c"]);
    drop(first);
    update(&engine, &ids[0], "a2");
    delete(&engine, &ids[1]);
    update(&engine, &ids[0], "a3");
    let all = [
        "create a",
        "create b",
        "create c",
        "update a2",
        "delete b",
        "update a3",
    ];
    let again = [(&place, &all[3..]), (&begun, &all[..])].map(|(since, expected)| {
        let again = connect(&engine);
        subscribe(&engine, &again, Some(since)).unwrap();
        let (heard, last) = told(&again, expected.len());
        assert_eq!(heard, expected);
        (again, last)
    });
    create(&engine, "live");
    for (connection, before) in again {
        let (heard, last) = told(&connection, 1);
        assert_eq!(heard, ["create live"]);
        assert!(before < last && last < connect(&engine).place().unwrap().to_string());
    }
}

#[test]
fn what_the_log_does_not_hold_is_said() {
    let engine = engine(MIRROR_BYTES_DEFAULT);
    let old = connect(&engine).place().unwrap();
    create(&engine, "trimmed");
    create(&engine, "a");
    let kept = connect(&engine).place().unwrap();
    let committer = &engine.committer;
    let retention = Retention {
        entries: 1,
        bytes: u64::MAX,
        age: i64::MAX,
    };
    let store = &**committer.store();
    while let Some(step) = plan_trim(store, retention, None, context().now).unwrap() {
        wait(committer.commit(step)).unwrap();
    }
    let other = Position::end_of(kept.commit(), kept.checksum() ^ 1);
    let future = Position::end_of(Sequence(u64::MAX), kept.checksum());
    for (since, expected) in [
        (kept, "create b"),
        (old, "trimmed -"),
        (other, "unknown -"),
        (future, "unknown -"),
    ] {
        let connection = connect(&engine);
        subscribe(&engine, &connection, Some(&since.to_string())).unwrap();
        if since != kept {
            assert_eq!(told(&connection, 1).0, [expected], "{since}");
        }
        let id = create(&engine, "b");
        assert_eq!(told(&connection, 1).0, ["create b"], "{since}");
        delete(&engine, &id);
    }
}

#[test]
fn a_place_is_given_once_and_by_those_who_asked_for_places() {
    let engine = engine(MIRROR_BYTES_DEFAULT);
    let connection = connect(&engine);
    let place = connection.place().unwrap().to_string();
    let refused = |outcome: Result<()>| matches!(outcome, Err(Error::BadRequest(_)));
    for since in ["", "nope", &place.to_uppercase(), &format!("{place}0")] {
        let outcome = subscribe(&engine, &connection, Some(since));
        assert!(refused(outcome) || since == place, "{since:?}");
    }
    subscribe(&engine, &connection, Some(&place)).unwrap();
    assert!(refused(subscribe(&engine, &connection, Some(&place))));
    subscribe(&engine, &connection, None).unwrap();
    let plain = engine
        .realtime
        .connect(Arrival::default(), Box::new(|| {}))
        .unwrap();
    assert_eq!(plain.place(), None);
    assert!(refused(subscribe(&engine, &plain, Some(&place))));
}

/// What happens to one of a few records.
fn steps() -> impl Strategy<Value = Vec<(usize, u8)>> {
    prop::collection::vec((0..4_usize, 0..4_u8), 1..60)
}

fn carry_out(engine: &Engine, steps: &[(usize, u8)]) {
    let mut ids: Vec<Option<String>> = vec![None; 4];
    for (number, (place, what)) in steps.iter().enumerate() {
        let slot = &mut ids[*place];
        match slot.as_deref() {
            None => *slot = Some(create(engine, &number.to_string())),
            Some(id) if *what == 0 => {
                delete(engine, id);
                *slot = None;
            }
            Some(id) => update(engine, id, &number.to_string()),
        }
    }
}

fn live(listener: &mut Listener, up_to: Sequence) -> Vec<Arc<CommittedChanges>> {
    let mut commits: Vec<Arc<CommittedChanges>> = Vec::new();
    while commits.last().is_none_or(|last| last.sequence < up_to) {
        match wait(listener.next()) {
            Heard::Changes(commit) => commits.push(commit),
            other => panic!("{other:?}"),
        }
    }
    commits
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn states_are_found_again(steps in steps(), mirrored in any::<bool>(), few in 1..20_usize) {
        let engine = engine(if mirrored { MIRROR_BYTES_DEFAULT } else { 0 });
        let mut listener = engine.committer.listen();
        let begun = listener.begun();
        carry_out(&engine, &steps);
        let last = replay::newest(&**engine.committer.store()).unwrap().commit();
        let live = live(&mut listener, last);
        let mut past = Past::new(&engine.realtime.0.parts);
        past.revisions_max = few;
        let mut commits = Vec::new();
        let mut after = begun;
        while after < last {
            let page = past.commits(after, live[0].sequence).unwrap().unwrap();
            commits.extend(page.commits);
            after = page.up_to;
        }
        prop_assert_eq!(commits.len(), live.len());
        // Also from the end, so that what was searched is not what is asked for.
        for (told, found) in live.iter().zip(&commits).chain(live.iter().zip(&commits).rev()) {
            prop_assert_eq!((told.sequence, told.checksum), (found.sequence, found.checksum));
            for place in 0..told.changes.len() {
                let state = past.state(found, place).unwrap();
                prop_assert_eq!(state, judge::state(&told.changes[place]));
            }
        }
    }
}
