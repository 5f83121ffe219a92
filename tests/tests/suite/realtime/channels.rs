//! Broadcast channels: who may be in them, who may send, and when no longer.

use luge_tests::{Event, Events, Persona, Requests, Socket};
use serde_json::{Value, json};

use super::{MARK, World, with_options, world};

pub(crate) const SENT: &str = "/api/realtime/channels";

/// A server with channels of every kind; `None` on the real PocketBase, which has none.
pub(crate) fn with_channels() -> Option<World> {
    let world = world(&json!({}));
    if world.server.is_reference() {
        return None;
    }
    world.superuser.collection(&json!({
        "name": "seats", "type": "base",
        "fields": [{"name": "room", "type": "text"}, {"name": "who", "type": "text"}],
    }));
    let in_room = "@collection.seats.room ?= id && @collection.seats.who ?= @request.auth.id";
    let by_code = "@request.query.code = x || @request.headers.x_code = x";
    let channels = json!([
        {"name": "hall", "joinRule": "", "sendRule": ""},
        {"name": "lobby", "joinRule": "", "sendRule": "", "presence": true},
        {"name": "staff", "joinRule": null, "sendRule": null},
        {"name": "news", "joinRule": "", "sendRule": null},
        {"name": "room-{id}", "presence": true, "joinRule": in_room,
         "sendRule": "@request.auth.id != '' && @request.body.event != 'never'"},
        {"name": "room-7", "joinRule": "", "sendRule": ""},
        {"name": "own-{user}", "joinRule": "user = @request.auth.id",
         "sendRule": "@request.auth.verified = true || @request.body.payload.to = user"},
        {"name": "code.{x}", "joinRule": by_code, "sendRule": by_code},
    ]);
    define(&world, &channels);
    Some(world)
}

pub(crate) fn define(world: &World, channels: &Value) {
    let body = json!({ "channels": channels });
    world.superuser.patch("/api/settings", &body).expect(200);
}

/// Makes somebody one who may be in a room, and gives the path of the record.
pub(crate) fn seat(world: &World, room: &str, who: &Persona) -> String {
    let body = json!({"room": room, "who": who.id});
    let record = world.superuser.record("seats", &body);
    format!(
        "/api/collections/seats/records/{}",
        record["id"].as_str().expect("an id")
    )
}

pub(crate) fn send(persona: &Persona, channel: &str, event: &str) -> u16 {
    let body = json!({"event": event, "payload": {"n": 1}});
    persona.post(&format!("{SENT}/{channel}"), &body).status
}

/// What happened in channels, in short: `sent hello`, `joined`, `refused`.
pub(crate) fn told(world: &World, streams: &mut [Events]) -> Vec<Vec<String>> {
    world
        .told(streams)
        .iter()
        .map(|events| texts(events))
        .collect()
}

/// The same of one stream.
pub(crate) fn texts(events: &[Event]) -> Vec<String> {
    let text = |event: &Event| {
        let data = event.json();
        match data["type"].as_str().expect("a type") {
            "message" => format!("sent {}", data["event"].as_str().expect("an event")),
            other => other.to_owned(),
        }
    };
    events.iter().map(text).collect()
}

#[test]
fn whoever_is_in_a_channel_is_told_what_is_sent() {
    let Some(world) = with_channels() else {
        return;
    };
    let options = with_options("@channel/hall", &json!({"query": {"x": "1"}}));
    let mut stream = world.events(&world.anyone, &["@channel/hall", &options]);
    let mut socket = Socket::open(&world.server.address);
    socket.subscribe(&json!({"subscriptions": ["@channel/hall", "@channel/news", MARK]}));
    let body = json!({"event": "posts/*", "payload": {"a": ["\n", 1.5, null]}});
    world
        .anyone
        .post(&format!("{SENT}/hall"), &body)
        .expect(204);
    assert_eq!(send(&world.ann, "hall", "hi"), 204);
    world.superuser.record("marks", &json!({}));
    let events = stream.until(MARK);
    let joined = events[0].json();
    assert_eq!(joined["type"], "joined");
    assert!(
        joined["member"]
            .as_str()
            .is_some_and(|id| id.len() == 20 && id != stream.id)
    );
    assert_eq!(joined.get("members"), None);
    let names: Vec<_> = events.iter().map(|event| event.name.clone()).collect();
    let both = ["@channel/hall".to_owned(), options];
    assert_eq!(names, [&both[..], &both, &both].concat());
    let data = r#"{"type":"message","event":"posts/*","payload":{"a":["\n",1.5,null]},"from":{}}"#;
    let (id, topic) = (&stream.id, &both[0]);
    assert_eq!(
        events[2].text,
        format!("id:{id}\nevent:{topic}\ndata:{data}")
    );
    let heard = socket.until(MARK);
    let told: Vec<_> = heard
        .iter()
        .filter(|one| one["data"]["type"] == "message")
        .collect();
    let data: Value = serde_json::from_str(data).expect("JSON");
    assert_eq!(
        *told[0],
        json!({"id": socket.id, "event": "@channel/hall", "data": data})
    );
    // Whoever signed in is told of only where members are.
    assert_eq!(told[1]["data"]["from"], json!({}));
    assert_eq!((told.len(), heard.len()), (2, 4));
}

/// The topics under which somebody was let in.
fn joined(events: &[Event]) -> Vec<String> {
    let let_in = events
        .iter()
        .filter(|event| event.json()["type"] == "joined");
    let mut names: Vec<_> = let_in.map(|event| event.name.clone()).collect();
    names.sort();
    names
}

/// What somebody was sent.
fn sent(events: &[Event]) -> Vec<String> {
    let all = texts(events).into_iter();
    let sent = all.filter_map(|text| text.strip_prefix("sent ").map(str::to_owned));
    sent.collect()
}

#[test]
fn who_may_not_be_in_a_channel_hears_nothing() {
    let Some(world) = with_channels() else {
        return;
    };
    seat(&world, "1", &world.ann);
    let of_code = |options: Value| with_options("@channel/code.s3", &options);
    let own = format!("@channel/own-{}", world.ann.id);
    let wrong = of_code(json!({"query": {"code": "s4"}}));
    let header = of_code(json!({"headers": {"X-Code": "s3"}}));
    let query = of_code(json!({"query": {"code": "s3"}}));
    // Nobody is in a channel without a definition, superusers may be in every other one.
    let undefined = ["nowhere", "Hall", "hall-1", "room-1-1", "name"];
    let undefined = undefined.map(|name| format!("@channel/{name}"));
    let of_superusers = ["room-2", "room-7", "own-x", "staff", "code.s3"];
    let of_superusers = of_superusers.map(|name| format!("@channel/{name}"));
    let of_superusers = [&of_superusers[..], &[wrong]].concat();
    let of_all = ["@channel/hall".to_owned(), header, query];
    let of_ann = ["@channel/room-1".to_owned(), own.clone()];
    let all = [&undefined[..], &of_superusers, &of_all, &of_ann].concat();
    let topics: Vec<_> = all.iter().map(String::as_str).collect();
    let people = [&world.anyone, &world.bob, &world.ann, &world.superuser];
    let mut streams = people.map(|one| world.events(one, &topics));
    let own = &own["@channel/".len()..];
    for channel in [
        "room-1", "room-2", "room-7", "staff", "code.s3", "hall", own,
    ] {
        assert_eq!(send(&world.superuser, channel, channel), 204, "{channel}");
    }
    let heard = world.told(&mut streams);
    let sorted = |parts: &[&[String]]| {
        let mut names = parts.concat();
        names.sort();
        names
    };
    for events in &heard[..2] {
        assert_eq!(joined(events), sorted(&[&of_all]));
        assert_eq!(sent(events), ["code.s3", "code.s3", "hall"]);
    }
    assert_eq!(joined(&heard[2]), sorted(&[&of_all, &of_ann]));
    assert_eq!(
        sent(&heard[2]),
        ["room-1", "code.s3", "code.s3", "hall", own]
    );
    assert_eq!(
        joined(&heard[3]),
        sorted(&[&of_all, &of_ann, &of_superusers])
    );
    assert_eq!(sent(&heard[3]).len(), 10);
    // Nobody is told why, and everybody is told.
    let refused = |event: &&Event| event.json()["type"] == "refused";
    let reasons = heard.iter().flatten().filter(refused);
    let mut reasons: Vec<_> = reasons.map(|event| event.data.clone()).collect();
    assert_eq!(reasons.len(), 2 * 13 + 11 + 5);
    reasons.dedup();
    assert_eq!(reasons.len(), 1, "{reasons:?}");
}

#[test]
fn channels_and_records_are_apart_and_nothing_is_told_twice() {
    let Some(world) = with_channels() else {
        return;
    };
    // Topics that look like both: a collection cannot be named like the prefix.
    let hall = json!({"name": "hall", "type": "base", "listRule": "", "createRule": ""});
    world.superuser.collection(&hall);
    let topics = ["hall", "hall/*", "channel/hall", "posts/*", "@channel/hall"];
    let mut stream = world.events(&world.anyone, &topics);
    send(&world.anyone, "hall", "hall/*");
    let forged = json!({"event": "create", "payload": {"record": {"id": "x"}, "action": "create"}});
    world
        .anyone
        .post(&format!("{SENT}/hall"), &forged)
        .expect(204);
    world.superuser.record("hall", &json!({}));
    let events = world.told(std::slice::from_mut(&mut stream)).remove(0);
    let of_channel: Vec<_> = events
        .iter()
        .filter(|one| one.name == "@channel/hall")
        .collect();
    assert_eq!((of_channel.len(), events.len()), (3, 5));
    assert!(
        of_channel
            .iter()
            .all(|one| one.json().get("action").is_none())
    );
    let others = events.iter().filter(|one| one.name != "@channel/hall");
    assert!(others.clone().all(|one| one.json().get("type").is_none()));
    // What is malformed is refused as a whole and changes nothing.
    let many: Vec<_> = (0..101)
        .map(|number| format!("@channel/n{number}"))
        .collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    let state =
        |state: Value| with_options("@channel/lobby", &json!({"query": {"presence": state}}));
    let (large, text) = (state(json!({"x": "y".repeat(1025)})), state(json!("nope")));
    let list = state(json!([1]));
    for topics in [
        &["@channel/"][..],
        &["@channel/a/b"],
        &["@channel/*"],
        &["@channel/room-{id}"],
        &many,
        &[&large],
        &[&text],
        &[&list],
    ] {
        let answer = stream.subscribe(&world.anyone, topics);
        assert_eq!(answer.status, 400, "{topics:?}");
        assert!(
            answer
                .text_at("message")
                .starts_with("Invalid subscription"),
            "{answer}"
        );
    }
    send(&world.anyone, "hall", "still");
    assert_eq!(
        told(&world, std::slice::from_mut(&mut stream)),
        [["sent still"]]
    );
}

#[test]
fn nothing_of_a_channel_comes_again() {
    let Some(world) = with_channels() else {
        return;
    };
    let mut stream = Events::resuming(&world.server.address);
    let place = stream.greeting.id.clone();
    let topics = ["@channel/hall", "posts/*", MARK];
    stream
        .subscribe_since(&world.anyone, &topics, &place)
        .expect(204);
    send(&world.anyone, "hall", "once");
    world.post(&json!({"title": "kept"}));
    world.superuser.record("marks", &json!({}));
    let events = stream.until(MARK);
    let ids: Vec<_> = events
        .iter()
        .map(|one| (one.name.as_str(), one.id.is_empty()))
        .collect();
    assert!(ids.contains(&("posts/*", false)));
    assert_eq!(
        ids.iter()
            .filter(|one| **one == ("@channel/hall", true))
            .count(),
        2
    );
    drop(stream);
    send(&world.anyone, "hall", "missed");
    let mut again = Events::resuming(&world.server.address);
    again
        .subscribe_since(&world.anyone, &topics, &place)
        .expect(204);
    let events = again.until(MARK);
    let channel: Vec<_> = events
        .iter()
        .filter(|one| one.name == "@channel/hall")
        .collect();
    assert_eq!(
        (channel.len(), channel[0].json()["type"].as_str()),
        (1, Some("joined"))
    );
}
