//! Channels over a whole engine in memory: order, slow members, rights that end, what is kept.

use std::task::{Context as TaskContext, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use luge_model::limits::REALTIME_WAITING_MESSAGES_MAX;
use luge_model::timestamp::Timestamp;
use serde_json::{Value as Json, json};

use super::*;
use crate::engine::{Engine, Options};
use crate::realtime::{Arrival, Caller, Connection, Subscribing};
use crate::store::{StoreKind, wait};

const PATIENCE: Duration = Duration::from_secs(20);

fn context() -> Context {
    Context::system(Timestamp(1_790_000_000_000))
}

fn object(json: &Json) -> serde_json::Map<String, Json> {
    json.as_object().cloned().unwrap()
}

/// An engine with channels that are defined so, and a collection `keys`.
fn engine(channels: &Json) -> Engine {
    let options = Options {
        store: StoreKind::Memory,
        ..Options::new("unused".into())
    };
    let engine = Engine::open(options).unwrap();
    let keys = json!({"name": "keys", "type": "base", "fields": [{"name": "to", "type": "text"}]});
    wait(engine.catalog.create(&context(), &object(&keys))).unwrap();
    let settings = object(&json!({ "channels": channels }));
    wait(engine.settings.update(&context(), &settings)).unwrap();
    engine
}

fn connect(engine: &Engine, topics: &[&str]) -> Connection {
    let connected = engine.realtime.connect(Arrival::default(), Box::new(|| {}));
    let connection = connected.unwrap();
    subscribe(engine, &connection, topics);
    connection
}

fn subscribe(engine: &Engine, connection: &Connection, topics: &[&str]) {
    let topics: Vec<_> = topics.iter().map(|topic| (*topic).to_owned()).collect();
    let asked = engine.realtime.subscribe(Subscribing {
        client: connection.id(),
        address: None,
        caller: None,
        topics: &topics,
        since: None,
    });
    asked.unwrap();
}

fn send(engine: &Engine, channel: &str, event: &str) -> Result<()> {
    engine.realtime.send(Sending {
        channel,
        client: None,
        address: None,
        caller: Caller::default(),
        query: BTreeMap::new(),
        headers: BTreeMap::new(),
        event: event.to_owned(),
        payload: Json::Null,
        echo: false,
    })
}

/// What waits for a client, in short; `None` where it was hung up on.
fn told(connection: &Connection) -> Option<Vec<String>> {
    let polled = connection.poll_messages(&TaskContext::from_waker(Waker::noop()));
    let messages = match polled {
        Poll::Pending => Vec::new(),
        Poll::Ready(messages) => messages?,
    };
    let short = |data: &Bytes| {
        let data: Json = serde_json::from_slice(data).unwrap();
        let event = data["event"].as_str().or(data["type"].as_str());
        event.unwrap().to_owned()
    };
    Some(
        messages
            .iter()
            .map(|message| short(&message.data))
            .collect(),
    )
}

fn open() -> Json {
    json!([{"name": "hall", "joinRule": "", "sendRule": "", "presence": true}])
}

#[test]
fn a_channel_is_there_while_somebody_asks_for_it() {
    let engine = engine(&open());
    let channels = &engine.realtime.0.channels;
    let rooms = || channels.rooms.lock().len();
    send(&engine, "hall", "to nobody").unwrap();
    assert_eq!(rooms(), 0);
    let state = "@channel/hall?options=%7B%22query%22%3A%7B%22presence%22%3A%7B%7D%7D%7D";
    let (one, other) = (
        connect(&engine, &[state]),
        connect(&engine, &["@channel/hall"]),
    );
    let refused = connect(&engine, &["@channel/nowhere", "@channel/hall"]);
    assert_eq!(rooms(), 2);
    subscribe(&engine, &one, &["posts/*"]);
    drop(other);
    assert_eq!(rooms(), 2);
    drop(refused);
    assert_eq!(rooms(), 0);
    assert!(one.client.rooms.lock().is_empty());
    // The thread ends with the last one, and another one starts with the next.
    let begun = Instant::now();
    while channels.upkeep.is_running() {
        assert!(begun.elapsed() < PATIENCE);
        thread::sleep(Duration::from_millis(10));
    }
    subscribe(&engine, &one, &[state]);
    assert!(channels.upkeep.is_running());
    let begun = Instant::now();
    let mut heard = Vec::new();
    while heard.last().is_none_or(|last| last != "presence") {
        assert!(begun.elapsed() < PATIENCE, "{heard:?}");
        heard.extend(told(&one).unwrap());
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn who_does_not_read_is_dropped_and_holds_nobody_up() {
    let engine = engine(&open());
    let lazy = connect(&engine, &["@channel/hall"]);
    let busy = connect(&engine, &["@channel/hall"]);
    let mut heard = 0;
    for number in 0..=REALTIME_WAITING_MESSAGES_MAX {
        send(&engine, "hall", &number.to_string()).unwrap();
        heard += told(&busy).unwrap().len();
    }
    assert_eq!(heard, REALTIME_WAITING_MESSAGES_MAX + 2);
    assert_eq!(told(&lazy), None);
    send(&engine, "hall", "more").unwrap();
    assert_eq!(told(&busy).unwrap(), ["more"]);
    drop(lazy);
    assert_eq!(engine.realtime.clients(), 1);
}

#[test]
fn everybody_hears_everything_in_one_order() {
    const SENDERS: usize = 4;
    const SENT: usize = 200;
    let engine = engine(&open());
    let listeners: Vec<_> = (0..3)
        .map(|_| connect(&engine, &["@channel/hall"]))
        .collect();
    thread::scope(|scope| {
        for sender in 0..SENDERS {
            let engine = &engine;
            scope.spawn(move || {
                for number in 0..SENT {
                    send(engine, "hall", &format!("{sender} {number:03}")).unwrap();
                }
            });
        }
    });
    let heard: Vec<_> = listeners.iter().map(|one| told(one).unwrap()).collect();
    assert_eq!(heard[0].len(), SENDERS * SENT + 1);
    assert!(heard.iter().all(|one| *one == heard[0]));
    for sender in 0..SENDERS {
        let prefix = format!("{sender} ");
        let own: Vec<_> = heard[0]
            .iter()
            .filter(|one| one.starts_with(&prefix))
            .collect();
        assert!(own.len() == SENT && own.is_sorted());
    }
}

#[test]
fn nothing_is_told_after_the_commit_that_ended_a_right() {
    let engine = engine(&json!([
        {"name": "room-{id}", "joinRule": "@collection.keys.to ?= id", "sendRule": ""},
    ]));
    for trial in 0..1_000 {
        let (channel, topic) = (format!("room-{trial}"), format!("@channel/room-{trial}"));
        let key = object(&json!({"to": trial.to_string()}));
        let made = wait(engine.records.create(&context(), "keys", key)).unwrap();
        let connection = connect(&engine, &[&topic]);
        thread::scope(|scope| {
            let (engine, id) = (&engine, made.record().id());
            let before = scope.spawn(|| {
                for _ in 0..3 {
                    send(engine, &channel, "before").unwrap();
                }
            });
            wait(engine.records.delete(&context(), "keys", id)).unwrap();
            send(engine, &channel, "after").unwrap();
            before.join().unwrap();
        });
        let heard = told(&connection).unwrap();
        assert_eq!(heard.first().map(String::as_str), Some("joined"), "{trial}");
        assert!(!heard.contains(&"after".to_owned()), "{trial}: {heard:?}");
        assert_eq!(
            heard.last().map(String::as_str),
            Some("refused"),
            "{trial}: {heard:?}"
        );
    }
}

#[test]
fn rules_that_no_longer_compile_let_nobody_in() {
    let engine = engine(&json!([
        {"name": "hall", "joinRule": "@collection.keys.to != 'x'", "sendRule": "name = 'hall'"},
        {"name": "{any}", "joinRule": "", "sendRule": ""},
    ]));
    let key = object(&json!({"to": "y"}));
    wait(engine.records.create(&context(), "keys", key)).unwrap();
    let connection = connect(&engine, &["@channel/hall", "@channel/other"]);
    send(&engine, "hall", "heard").unwrap();
    assert_eq!(told(&connection).unwrap(), ["joined", "joined", "heard"]);
    let removal = Arc::clone(&engine.records) as _;
    wait(engine.catalog.delete(&context(), "keys", removal)).unwrap();
    send(&engine, "hall", "unheard").unwrap();
    assert_eq!(told(&connection).unwrap(), ["refused"]);
    assert!(matches!(
        send(&engine, "a/b", "e"),
        Err(Error::MissingChannel)
    ));
}
