//! Clients that go on where they were: what they are told, and what is refused.

use luge_tests::{Case, Events, Persona, Requests, check};
use serde_json::{Value, json};

use super::{MARK, World, with_options, world};

const PATH: &str = "/api/realtime";

/// A stream of somebody who goes on from a place.
#[track_caller]
fn since(world: &World, persona: &Persona, topics: &[&str], place: &str) -> Events {
    let events = Events::resuming(&world.server.address);
    let topics = [topics, &[MARK]].concat();
    events.subscribe_since(persona, &topics, place).expect(204);
    events
}

#[test]
fn events_are_named_by_their_places() {
    let world = world(&json!({}));
    if world.server.is_reference() {
        return;
    }
    let stream = Events::resuming(&world.server.address);
    let (id, place) = (stream.id.clone(), stream.greeting.id.clone());
    assert!(id.len() == 40 && place.len() == 48, "{place}");
    let greeting = format!("id:{place}\nevent:PB_CONNECT\ndata:{{\"clientId\":\"{id}\"}}");
    assert_eq!(stream.greeting.text, greeting);
    let plain = world.events(&world.anyone, &["posts/*"]);
    stream
        .subscribe(&world.anyone, &["posts/*", "posts", MARK])
        .expect(204);
    for title in ["a", "b", "c"] {
        world.post(&json!({"title": title}));
    }
    let mut streams = [stream, plain];
    let told = world.told(&mut streams);
    let mut places = vec![place];
    places.extend(told[0].iter().map(|event| event.id.clone()));
    assert_eq!(places.len(), 7);
    assert!(places.is_sorted() && places.windows(2).all(|pair| pair[0] != pair[1]));
    // Whoever did not ask for places is told what PocketBase tells.
    let client = &streams[1].id;
    assert!(told[1].len() == 3 && told[1].iter().all(|event| event.id == *client));
    let known = Events::try_open(
        &world.server.address,
        "/api/realtime?resume=1",
        &format!("Last-Event-ID: {}\r\n", places[3]),
    );
    assert_eq!(known.expect("it opens").greeting.id, places[3]);
}

#[test]
fn what_is_no_place_is_refused() {
    let world = world(&json!({}));
    if world.server.is_reference() {
        return;
    }
    let (stream, plain) = (
        Events::resuming(&world.server.address),
        Events::open(&world.server.address),
    );
    let place = stream.greeting.id.clone();
    let case = |name, client: &str, since: Value| {
        let body = json!({"clientId": client, "subscriptions": ["posts/*"], "since": since});
        Case::new(name, &world.anyone, "POST", PATH).json(&body)
    };
    let refused = |name, since: Value| case(name, &stream.id, since).status(400).has("since");
    check(vec![
        refused("empty", json!("")),
        refused("the id of the client", json!(stream.id)),
        refused("too short", json!(place[1..])),
        refused("too long", json!(format!("{place}0"))),
        refused(
            "in upper case",
            json!(place.replace('f', "F").replace('e', "E") + "G"),
        ),
        refused("a number", json!(5)),
        refused("a list", json!([place])),
        refused("not ASCII", json!("é".repeat(24))),
        case("a connection without places", &plain.id, json!(place))
            .status(400)
            .has("resume=1"),
        case("an unknown client", "nope", json!(place)).status(404),
        Case::new(
            "no truth",
            &world.anyone,
            "GET",
            "/api/realtime?resume=maybe",
        )
        .status(400),
        case("the place of the connection", &stream.id, json!(place)).status(204),
        refused("a second time", json!(place)).has("first"),
        case("null", &stream.id, Value::Null).status(204),
        case("null elsewhere", &plain.id, Value::Null).status(204),
    ]);
}

#[test]
fn a_place_of_another_history_is_answered_with_resync() {
    let (one, other) = (world(&json!({})), world(&json!({})));
    if one.server.is_reference() {
        return;
    }
    other.post(&json!({"title": "elsewhere"}));
    let foreign = Events::resuming(&other.server.address).greeting.id;
    let future = format!("{:016x}{}", u64::MAX, &foreign[16..]);
    for place in [foreign, future] {
        let mut stream = since(&one, &one.anyone, &["posts/*"], &place);
        let event = stream.next().expect("a frame comes");
        assert_eq!(event.name, "resync");
        assert_eq!(event.json(), json!({"reason": "unknown"}));
        let mut streams = [stream];
        one.post(&json!({"title": "live"}));
        assert_eq!(one.titles(&mut streams), [["create live"]]);
        // The place of that frame is one to go on from.
        let mut again = [since(&one, &one.anyone, &["posts/*"], &event.id)];
        assert_eq!(again[0].until(MARK).len(), 1);
    }
}

/// Everything that may happen to posts of somebody.
fn happenings(world: &World) {
    let anns = world.post(&json!({"title": "anns", "owner": world.ann.id, "secret": "s"}));
    let bobs = world.post(&json!({"title": "bobs", "owner": world.bob.id, "secret": "s"}));
    let set = |path: &str, body: &Value| world.superuser.patch(path, body).expect(200);
    set(&anns, &json!({"title": "anns yes"}));
    set(&bobs, &json!({"title": "bobs yes"}));
    set(&bobs, &json!({"owner": world.ann.id}));
    set(&anns, &json!({"title": "anns no longer"}));
    world.superuser.delete(&anns).expect(204);
    let many = "/api/collections/posts/records?filter=title!=''";
    for number in 0..5 {
        let body = json!({"title": format!("yes {number}"), "owner": world.ann.id});
        world.post(&body);
    }
    world
        .superuser
        .patch(many, &json!({"title": "all yes"}))
        .expect(200);
    set(&bobs, &json!({"title": "bobs own", "owner": world.bob.id}));
    world.superuser.delete(many).expect(200);
}

#[test]
fn the_log_tells_what_live_messages_told() {
    let world = world(&json!({
        "listRule": "owner = @request.auth.id", "viewRule": "@request.auth.id != ''",
    }));
    if world.server.is_reference() {
        return;
    }
    let options = json!({"query": {"filter": "title ~ 'yes'", "fields": "id,title,secret"}});
    let filtered = with_options("posts/*", &options);
    let expanded = with_options("posts", &json!({"query": {"expand": "owner"}}));
    let topics = [
        "posts/*",
        "posts",
        filtered.as_str(),
        expanded.as_str(),
        "members/*",
    ];
    let people = [&world.anyone, &world.ann, &world.bob, &world.superuser];
    let begun = Events::resuming(&world.server.address).greeting.id;
    let mut live: Vec<_> = people.map(|one| since(&world, one, &topics, &begun)).into();
    happenings(&world);
    let live = world.told(&mut live);
    let counts: Vec<_> = live.iter().map(Vec::len).collect();
    assert!(
        counts.is_sorted_by(|less, more| less <= more) || counts[0] == 0,
        "{counts:?}"
    );
    assert!(
        counts[0] == 0 && counts[1] > 30 && counts[2] > 5,
        "{counts:?}"
    );
    for (one, live) in people.iter().zip(&live) {
        let from = |place: &str| since(&world, one, &topics, place).until(MARK);
        assert_eq!(from(&begun), *live);
        // From behind each single message, also within a commit.
        for (number, event) in live.iter().enumerate() {
            assert_eq!(from(&event.id), live[number + 1..], "behind {event:?}");
        }
    }
}

#[test]
fn rules_and_tokens_are_those_of_now() {
    let world = world(&json!({"listRule": "owner = @request.auth.id"}));
    if world.server.is_reference() {
        return;
    }
    let begun = Events::resuming(&world.server.address).greeting.id;
    world.post(&json!({"title": "anns", "owner": world.ann.id}));
    let posts = "/api/collections/posts";
    let password = json!({"password": "87654321", "passwordConfirm": "87654321"});
    let path = format!("/api/collections/members/records/{}", world.ann.id);
    let told = |persona: &Persona| {
        let mut streams = [since(&world, persona, &["posts/*"], &begun)];
        world.titles(&mut streams).remove(0)
    };
    assert_eq!(told(&world.ann), ["create anns"]);
    world.superuser.patch(&path, &password).expect(200);
    // The token does not hold any more.
    assert_eq!(told(&world.ann), [""; 0]);
    assert_eq!(told(&world.bob), [""; 0]);
    world
        .superuser
        .patch(posts, &json!({"listRule": ""}))
        .expect(200);
    assert_eq!(told(&world.bob), ["create anns"]);
    world
        .superuser
        .patch(posts, &json!({"listRule": null}))
        .expect(200);
    assert_eq!(told(&world.bob), [""; 0]);
    assert_eq!(told(&world.superuser), ["create anns"]);
    world.superuser.delete(posts).expect(204);
    assert_eq!(told(&world.superuser), [""; 0]);
}
