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

#[test]
fn who_may_not_be_in_a_channel_hears_nothing() {
    let Some(world) = with_channels() else {
        return;
    };
    seat(&world, "1", &world.ann);
    let (own, others) = (
        format!("@channel/own-{}", world.ann.id),
        "@channel/own-x".to_owned(),
    );
    let header = with_options("@channel/code.s3", &json!({"headers": {"X-Code": "s3"}}));
    let query = with_options("@channel/code.s3", &json!({"query": {"code": "s3"}}));
    let wrong = with_options("@channel/code.s3", &json!({"query": {"code": "s4"}}));
    let refused_to_all = [
        "@channel/nowhere",
        "@channel/Hall",
        "@channel/hall-1",
        "@channel/room-2",
        "@channel/room-7",
        "@channel/room-1-1",
        "@channel/name",
        &others,
        &wrong,
        "@channel/code.s3",
    ];
    let open_to_all = ["@channel/hall", &header, &query];
    let of_ann = ["@channel/room-1", &own];
    let topics = [
        &refused_to_all[..],
        &open_to_all,
        &of_ann,
        &["@channel/staff"],
    ]
    .concat();
    let people = [&world.anyone, &world.bob, &world.ann, &world.superuser];
    let mut streams = people.map(|one| world.events(one, &topics));
    for channel in ["room-1", "room-2", "room-7", "staff", "code.s3", "hall"] {
        assert_eq!(send(&world.superuser, channel, channel), 204, "{channel}");
    }
    let own_channel = format!("own-{}", world.ann.id);
    assert_eq!(send(&world.superuser, &own_channel, "own"), 204);
    let heard = world.told(&mut streams);
    let joined = |events: &[Event]| {
        let kind = |event: &&Event| event.json()["type"] == "joined";
        let mut names: Vec<_> = events
            .iter()
            .filter(kind)
            .map(|event| event.name.clone())
            .collect();
        names.sort();
        names
    };
    let sorted = |names: &[&[&str]]| {
        let mut names: Vec<_> = names.concat().into_iter().map(str::to_owned).collect();
        names.sort();
        names
    };
    let messages = |events: &[Event]| {
        let all = texts(events).into_iter();
        all.filter(|text| text.starts_with("sent"))
            .collect::<Vec<_>>()
    };
    for events in &heard[..2] {
        assert_eq!(joined(events), sorted(&[&open_to_all]));
        assert_eq!(
            messages(events),
            ["sent code.s3", "sent code.s3", "sent hall"]
        );
        let refused = texts(events)
            .iter()
            .filter(|text| *text == "refused")
            .count();
        assert_eq!(refused, topics.len() - open_to_all.len());
    }
    assert_eq!(joined(&heard[2]), sorted(&[&open_to_all, &of_ann]));
    assert_eq!(
        messages(&heard[2]),
        [
            "sent room-1",
            "sent code.s3",
            "sent code.s3",
            "sent hall",
            "sent own"
        ]
    );
    // Superusers may be everywhere where there is a definition.
    let nowhere = [
        "@channel/nowhere",
        "@channel/Hall",
        "@channel/hall-1",
        "@channel/room-1-1",
        "@channel/name",
    ];
    let all: Vec<_> = topics
        .iter()
        .filter(|one| !nowhere.contains(one))
        .copied()
        .collect();
    assert_eq!(joined(&heard[3]), sorted(&[&all]));
    // Nobody is told why.
    let reasons: std::collections::BTreeSet<_> = heard
        .concat()
        .iter()
        .filter(|event| event.json()["type"] == "refused")
        .map(|event| event.data.clone())
        .collect();
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
