//! A client that connects again and again is told every change exactly once, in order.
//!
//! `REALTIME_CHANGES` and `REALTIME_RECONNECTS` say how many there are of each, and
//! `REALTIME_SEED` which ones.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

use luge_tests::random::Random;
use luge_tests::{Event, Events, Options, Persona, Requests, Server, server};
use serde_json::{Value, json};

const TOPICS: [&str; 3] = ["notes/*", "notes", "marks/*"];
const NOTES: &str = "/api/collections/notes/records";
const RECORDS: u64 = 30;

fn number(variable: &str, default: u64) -> u64 {
    let given = std::env::var(variable).ok();
    given.map_or(default, |text| text.parse().expect("a number"))
}

#[test]
fn every_change_is_told_exactly_once_and_in_order() {
    let mut server = Server::start_with(Options {
        binary: server::binary(),
        ..Options::default()
    });
    if server.is_reference() {
        return;
    }
    let superuser = server.superuser();
    for name in ["notes", "marks"] {
        superuser.collection(&json!({
            "name": name, "type": "base", "listRule": "", "createRule": "", "updateRule": "",
            "deleteRule": "", "fields": [{"name": "title", "type": "text"}],
        }));
    }
    let (changes, reconnects) = (
        number("REALTIME_CHANGES", 400),
        number("REALTIME_RECONNECTS", 40),
    );
    let seed = number("REALTIME_SEED", 1);
    let address = server.address.clone();
    let anyone = server.anyone();
    let begun = Events::resuming(&address).greeting.id;
    let over = AtomicBool::new(false);
    let (expected, (heard, connections)) = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            // Each change is told under two topics: more than enough connections for all.
            let each = 3 * changes / reconnects.max(1);
            read(
                &anyone,
                &address,
                begun,
                (Random::seeded(seed), each),
                &over,
            )
        });
        let expected = write(&mut server, Random::seeded(seed + 1), changes);
        over.store(true, Ordering::SeqCst);
        server.anyone().record("marks", &json!({"title": "end"}));
        (expected, reader.join().expect("the reader ends"))
    });
    println!(
        "{} messages, {connections} connections, seed {seed}",
        heard.len()
    );
    assert!(
        connections >= reconnects * 8 / 10,
        "only {connections} connections"
    );
    compare(&expected, &heard);
}

/// Makes changes, one after another, over three restarts; what each has to tell, by record.
fn write(server: &mut Server, mut random: Random, changes: u64) -> Vec<Vec<String>> {
    let anyone = server.anyone();
    let mut notes: Vec<(String, String)> = Vec::new();
    let mut expected = Vec::new();
    let mut told = 0;
    while told < changes {
        if expected.len() as u64 % (changes / 4).max(1) == changes / 8 {
            // A power cut and an orderly stop in turn.
            match random.below(2) {
                0 => server.kill(),
                _ => drop(server.terminate()),
            }
            server.restart();
        }
        let title = expected.len().to_string();
        let place = random.below(RECORDS) as usize;
        let what = random.below(20);
        let one = if what == 0 && notes.len() > 3 {
            change_many(&anyone, &mut notes, &title)
        } else {
            vec![change_one(&anyone, &mut notes, (place, what), &title)]
        };
        told += one.len() as u64;
        expected.push(one);
    }
    expected
}

fn change_one(
    anyone: &Persona,
    notes: &mut Vec<(String, String)>,
    (place, what): (usize, u64),
    title: &str,
) -> String {
    let body = json!({ "title": title });
    match notes.get_mut(place) {
        None => {
            let made = anyone.record("notes", &body);
            let id = made["id"].as_str().expect("an id").to_owned();
            notes.push((id.clone(), title.to_owned()));
            format!("create {id} {title}")
        }
        Some(_) if what < 4 => {
            let (id, last) = notes.swap_remove(place);
            anyone.delete(&format!("{NOTES}/{id}")).expect(204);
            format!("delete {id} {last}")
        }
        Some((id, last)) => {
            anyone.patch(&format!("{NOTES}/{id}"), &body).expect(200);
            title.clone_into(last);
            format!("update {id} {title}")
        }
    }
}

fn change_many(anyone: &Persona, notes: &mut [(String, String)], title: &str) -> Vec<String> {
    let path = format!("{NOTES}?filter=id!=''");
    anyone.patch(&path, &json!({ "title": title })).expect(200);
    let changed = notes.iter_mut().map(|(id, last)| {
        title.clone_into(last);
        format!("update {id} {title}")
    });
    changed.collect()
}

/// Reads up to the mark, on connections that end after a random number of messages.
fn read(
    anyone: &Persona,
    address: &str,
    begun: String,
    (mut random, each): (Random, u64),
    over: &AtomicBool,
) -> (Vec<Event>, u64) {
    let (mut heard, mut place, mut connections) = (Vec::<Event>::new(), begun, 0);
    loop {
        let header = format!("Last-Event-ID: {place}\r\n");
        let path = "/api/realtime?resume=1";
        let Some(mut events) = Events::try_open(address, path, &header) else {
            std::thread::sleep(std::time::Duration::from_millis(20));
            continue;
        };
        assert_eq!(events.greeting.id, place);
        let body = json!({"clientId": events.id, "subscriptions": TOPICS, "since": place});
        let answer = anyone.try_send(
            "POST",
            "/api/realtime",
            "application/json",
            body.to_string().as_bytes(),
        );
        if !answer.is_ok_and(|answer| answer.status == 204) {
            continue;
        }
        connections += 1;
        for _ in 0..random.below(each) {
            let Some(event) = events.next() else {
                break;
            };
            if event.name == "marks/*" {
                assert!(over.load(Ordering::SeqCst));
                return (heard, connections);
            }
            place.clone_from(&event.id);
            heard.push(event);
        }
    }
}

fn compare(expected: &[Vec<String>], heard: &[Event]) {
    let mut places = HashMap::new();
    for (place, one) in expected.iter().enumerate() {
        for change in one {
            assert_eq!(places.insert(change.clone(), place), None, "{change}");
        }
    }
    assert!(heard.windows(2).all(|pair| pair[0].id < pair[1].id));
    let mut last = 0;
    let mut told = HashMap::<(String, String), usize>::new();
    for event in heard {
        assert_ne!(event.name, "resync", "{event:?}");
        let change = change_of(&event.json());
        let place = *places
            .get(&change)
            .unwrap_or_else(|| panic!("{change} did not happen"));
        assert!(place >= last, "{change} is told too late");
        last = place;
        *told.entry((event.name.clone(), change)).or_default() += 1;
    }
    for topic in &TOPICS[..2] {
        for change in places.keys() {
            let times = told.get(&((*topic).to_owned(), change.clone()));
            assert_eq!(times, Some(&1), "{change} to {topic}");
        }
    }
    assert_eq!(told.len(), 2 * places.len());
}

fn change_of(message: &Value) -> String {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let record = &message["record"];
    let (id, title) = (text(&record["id"]), text(&record["title"]));
    format!("{} {id} {title}", text(&message["action"]))
}
