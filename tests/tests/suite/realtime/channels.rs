//! Broadcast channels: who may be in them, who may send, and when no longer.

use luge_tests::{Case, Event, Events, Persona, Requests, Socket, check};
use serde_json::{Value, json};

use super::{MARK, World, with_options, world};

const SENT: &str = "/api/realtime/channels";

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
    define(&world, &json!([
        {"name": "hall", "joinRule": "", "sendRule": ""},
        {"name": "lobby", "joinRule": "", "sendRule": "", "presence": true},
        {"name": "staff", "joinRule": null, "sendRule": null},
        {"name": "news", "joinRule": "", "sendRule": null},
        {"name": "room-{id}", "presence": true,
         "joinRule": "@collection.seats.room ?= id && @collection.seats.who ?= @request.auth.id",
         "sendRule": "@request.auth.id != '' && @request.body.event != 'never'"},
        {"name": "room-7", "joinRule": "", "sendRule": ""},
        {"name": "own-{user}", "joinRule": "user = @request.auth.id",
         "sendRule": "@request.auth.verified = true || @request.body.payload.to = user"},
        {"name": "code.{x}", "sendRule": "@request.query.code = x || @request.headers.x_code = x",
         "joinRule": "@request.query.code = x || @request.headers.x_code = x"},
    ]));
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
    format!("/api/collections/seats/records/{}", record["id"].as_str().expect("an id"))
}

pub(crate) fn send(persona: &Persona, channel: &str, event: &str) -> u16 {
    let body = json!({"event": event, "payload": {"n": 1}});
    persona.post(&format!("{SENT}/{channel}"), &body).status
}

/// What happened in channels, in short: `sent hello`, `joined`, `refused`.
pub(crate) fn told(world: &World, streams: &mut [Events]) -> Vec<Vec<String>> {
    world.told(streams).iter().map(|events| texts(events)).collect()
}

fn texts(events: &[Event]) -> Vec<String> {
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
    world.anyone.post(&format!("{SENT}/hall"), &body).expect(204);
    assert_eq!(send(&world.ann, "hall", "hi"), 204);
    world.superuser.record("marks", &json!({}));
    let events = stream.until(MARK);
    let joined = events[0].json();
    assert_eq!(joined["type"], "joined");
    assert!(joined["member"].as_str().is_some_and(|id| id.len() == 20 && id != stream.id));
    assert_eq!(joined.get("members"), None);
    let names: Vec<_> = events.iter().map(|event| event.name.clone()).collect();
    let both = ["@channel/hall".to_owned(), options];
    assert_eq!(names, [&both[..], &both, &both].concat());
    let data = r#"{"type":"message","event":"posts/*","payload":{"a":["\n",1.5,null]},"from":{}}"#;
    let (id, topic) = (&stream.id, &both[0]);
    assert_eq!(events[2].text, format!("id:{id}\nevent:{topic}\ndata:{data}"));
    let heard = socket.until(MARK);
    let told: Vec<_> = heard.iter().filter(|one| one["data"]["type"] == "message").collect();
    let data: Value = serde_json::from_str(data).expect("JSON");
    assert_eq!(*told[0], json!({"id": socket.id, "event": "@channel/hall", "data": data}));
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
    let (own, others) = (format!("@channel/own-{}", world.ann.id), "@channel/own-x".to_owned());
    let header = with_options("@channel/code.s3", &json!({"headers": {"X-Code": "s3"}}));
    let query = with_options("@channel/code.s3", &json!({"query": {"code": "s3"}}));
    let wrong = with_options("@channel/code.s3", &json!({"query": {"code": "s4"}}));
    let refused_to_all = [
        "@channel/nowhere", "@channel/Hall", "@channel/hall-1", "@channel/room-2",
        "@channel/room-7", "@channel/room-1-1", "@channel/name", &others, &wrong, "@channel/code.s3",
    ];
    let open_to_all = ["@channel/hall", &header, &query];
    let of_ann = ["@channel/room-1", &own];
    let topics = [&refused_to_all[..], &open_to_all, &of_ann, &["@channel/staff"]].concat();
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
        let mut names: Vec<_> = events.iter().filter(kind).map(|event| event.name.clone()).collect();
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
        all.filter(|text| text.starts_with("sent")).collect::<Vec<_>>()
    };
    for events in &heard[..2] {
        assert_eq!(joined(events), sorted(&[&open_to_all]));
        assert_eq!(messages(events), ["sent code.s3", "sent code.s3", "sent hall"]);
        let refused = texts(events).iter().filter(|text| *text == "refused").count();
        assert_eq!(refused, topics.len() - open_to_all.len());
    }
    assert_eq!(joined(&heard[2]), sorted(&[&open_to_all, &of_ann]));
    assert_eq!(
        messages(&heard[2]),
        ["sent room-1", "sent code.s3", "sent code.s3", "sent hall", "sent own"]
    );
    // Superusers may be everywhere where there is a definition.
    let nowhere = ["@channel/nowhere", "@channel/Hall", "@channel/hall-1", "@channel/room-1-1",
        "@channel/name"];
    let all: Vec<_> = topics.iter().filter(|one| !nowhere.contains(one)).copied().collect();
    assert_eq!(joined(&heard[3]), sorted(&[&all]));
    // Nobody is told why.
    let reasons: std::collections::BTreeSet<_> = heard.concat().iter()
        .filter(|event| event.json()["type"] == "refused").map(|event| event.data.clone()).collect();
    assert_eq!(reasons.len(), 1, "{reasons:?}");
}

#[test]
fn who_may_send_is_asked_each_time() {
    let Some(world) = with_channels() else {
        return;
    };
    let hello = json!({"event": "hello"});
    let case = |name, persona, channel: &str, body: &Value| {
        Case::new(name, persona, "POST", &format!("{SENT}/{channel}")).json(body)
    };
    let (anyone, ann) = (&world.anyone, &world.ann);
    let broken = ann.with_token("not.a.token");
    let with_header = anyone.with_header("X-Code", "s3");
    let own = format!("own-{}", world.bob.id);
    let missing = "There is no such channel, or it is not open to you.";
    let large = json!({"event": "e", "payload": "x".repeat(61 * 1024)});
    let too_long = "validation_length_too_long";
    check(vec![
        case("anybody", anyone, "hall", &hello).status(204),
        case("where nobody is", anyone, "code.s3?code=s3", &hello).status(204),
        case("by a header", &with_header, "code.s3", &hello).status(204),
        case("signed in", ann, "room-1", &hello).status(204),
        case("by what is sent", ann, &own, &json!({"event": "e", "payload": {"to": world.bob.id}}))
            .status(204),
        case("a superuser", &world.superuser, "staff", &hello).status(204),
        case("no definition", anyone, "nowhere", &hello).status(404).is("message", missing),
        case("no definition", &world.superuser, "nowhere", &hello).status(404),
        case("no name", &world.superuser, "a%2Fb", &hello).status(404),
        case("another case", anyone, "HALL", &hello).status(404),
        case("a locked rule", anyone, "staff", &hello).status(403),
        case("a locked rule", ann, "news", &hello).status(403),
        case("a guest", anyone, "room-1", &hello).status(404).is("message", missing),
        case("a token that does not hold", &broken, "room-1", &hello).status(404),
        case("an event that the rule refuses", ann, "room-1", &json!({"event": "never"})).status(404),
        case("a payload that the rule refuses", ann, &own, &hello).status(404),
        case("the wrong code", anyone, "code.s3?code=s4", &hello).status(404),
        case("no code", anyone, "code.s3", &hello).status(404),
        case("no event", anyone, "hall", &json!({"payload": 1}))
            .refused(400, "data.event.code", "validation_required"),
        case("an empty event", anyone, "hall", &json!({"event": ""}))
            .refused(400, "data.event.code", "validation_required"),
        case("a long event", anyone, "hall", &json!({"event": "e".repeat(101)}))
            .refused(400, "data.event.code", too_long),
        case("a large payload", anyone, "hall", &large).refused(400, "data.payload.code", too_long),
        case("an event that is no text", anyone, "hall", &json!({"event": 1})).status(400),
        case("no truth", anyone, "hall", &json!({"event": "e", "self": "x"})).status(400),
        case("an unknown client", anyone, "hall", &json!({"event": "e", "clientId": "x"}))
            .status(404)
            .is("message", "Missing or invalid client id."),
        case("a client that is no text", anyone, "hall", &json!({"event": "e", "clientId": 1}))
            .status(400),
        Case::new("no JSON", anyone, "POST", &format!("{SENT}/hall"))
            .raw("application/json", b"{")
            .status(400),
        Case::new("nothing is read", anyone, "GET", &format!("{SENT}/hall")).status(404),
        Case::new("no list of channels", &world.superuser, "GET", SENT).status(404),
    ]);
}

#[test]
fn nobody_speaks_for_another_client() {
    let Some(world) = with_channels() else {
        return;
    };
    let topics = ["@channel/lobby"];
    let mut streams = [
        world.events(&world.ann, &topics),
        world.events(&world.anyone, &topics),
        world.events(&world.bob, &topics),
    ];
    let ids = [0, 1, 2].map(|place: usize| streams[place].id.clone());
    let body = |client: &str, event: &str, echo: Value| {
        json!({"event": event, "clientId": client, "self": echo})
    };
    let state = |client: &str| json!({"clientId": client, "state": {"forged": true}});
    let lobby = format!("{SENT}/lobby");
    let presence = format!("{lobby}/presence");
    let post = |name, persona, body: &Value| Case::new(name, persona, "POST", &lobby).json(body);
    let put = |name, persona, body: &Value| Case::new(name, persona, "PUT", &presence).json(body);
    let null = Value::Null;
    check(vec![
        post("Bob for Ann", &world.bob, &body(&ids[0], "forged", null.clone())).status(403),
        post("a guest for Ann", &world.anyone, &body(&ids[0], "forged", null.clone())).status(403),
        post("a superuser for Ann", &world.superuser, &body(&ids[0], "forged", null.clone()))
            .status(403),
        post("Bob for a guest", &world.bob, &body(&ids[1], "forged", null.clone())).status(403),
        put("Bob for Ann", &world.bob, &state(&ids[0])).status(403),
        put("a guest for Ann", &world.anyone, &state(&ids[0])).status(403),
        put("Bob for a guest", &world.bob, &state(&ids[1])).status(403),
        put("nobody", &world.bob, &json!({"state": {}})).status(400),
        put("an unknown client", &world.bob, &state("x")).status(404),
        put("who was forgotten", &world.bob, &state("")).status(400),
        post("Ann", &world.ann, &body(&ids[0], "ann", null)).status(204),
        post("Ann to herself, too", &world.ann, &body(&ids[0], "echo", json!(true))).status(204),
    ]);
    let told = world.told(&mut streams);
    let member = told[0][0].json()["member"].clone();
    let from = json!({"member": member, "collection": "members", "record": world.ann.id});
    assert_eq!(texts(&told[0]), ["joined", "sent echo"]);
    for events in &told[1..] {
        assert_eq!(texts(events), ["joined", "sent ann", "sent echo"]);
        assert_eq!(events[1].json()["from"], from);
    }
}

#[test]
fn a_socket_sends_in_order_and_is_told_what_is_wrong() {
    let Some(world) = with_channels() else {
        return;
    };
    let mut stream = world.events(&world.ann, &["@channel/hall"]);
    let mut socket = Socket::open(&world.server.address);
    socket.subscribe(&json!({"subscriptions": ["@channel/hall"]}));
    for number in 0..50 {
        let echo = number == 49;
        let body = json!({"channel": "hall", "event": number.to_string(), "self": echo});
        assert_eq!(socket.ask(&body)["status"], 204);
    }
    let mut expected = vec!["joined".to_owned()];
    expected.extend((0..50).map(|number| format!("sent {number}")));
    assert_eq!(told(&world, std::slice::from_mut(&mut stream)), [expected]);
    assert_eq!(socket.next()["data"]["type"], "joined");
    assert_eq!(socket.next()["data"]["event"], "49");
    for (body, status, fragment) in [
        (json!({"channel": "hall"}), 400, "event"),
        (json!({"channel": 5, "event": "e"}), 400, "channel"),
        (json!({"channel": "hall", "event": "e", "clientId": "x"}), 400, "clientId"),
        (json!({"channel": "hall", "event": "e", "token": "x"}), 400, "token"),
        (json!({"channel": "hall", "event": "e", "subscriptions": []}), 400, "subscriptions"),
        (json!({"channel": "hall", "state": {}, "event": "e"}), 400, "event"),
        (json!({"channel": "hall", "event": "e".repeat(101)}), 400, "too_long"),
        (json!({"channel": "hall", "event": "e", "self": 1}), 400, "self"),
        (json!({"event": "e"}), 400, "event"),
        (json!({"payload": "e"}), 400, "payload"),
        (json!({"channel": "nowhere", "event": "e"}), 404, "channel"),
        (json!({"channel": "staff", "event": "e"}), 403, "superusers"),
        (json!({"channel": "room-1", "event": "e"}), 404, "channel"),
        (json!({"channel": "lobby", "state": {}}), 404, "channel"),
        (json!({"channel": "hall", "state": {}}), 400, "not listed"),
        (json!({"channel": "hall", "state": 5}), 400, "object"),
        (json!({"channel": "hall", "event": "e"}), 204, ""),
    ] {
        let answer = socket.ask(&body);
        assert_eq!(answer["status"], status, "{body}: {answer}");
        assert!(answer.to_string().contains(fragment), "{body}: {answer}");
    }
}

/// What Ann and Bob hear of a room after something happened to Ann's right to be there.
fn after(happens: impl Fn(&World)) -> Vec<Vec<String>> {
    let Some(world) = with_channels() else {
        return vec![expected(false), expected(true)];
    };
    seat(&world, "1", &world.ann);
    seat(&world, "1", &world.bob);
    let mut streams = [&world.ann, &world.bob].map(|one| world.events(one, &["@channel/room-1"]));
    send(&world.superuser, "room-1", "before");
    happens(&world);
    send(&world.superuser, "room-1", "after");
    told(&world, &mut streams)
}

fn expected(stays: bool) -> Vec<String> {
    let last = if stays { "sent after" } else { "refused" };
    ["joined", "sent before", last].map(str::to_owned).into()
}

#[test]
fn what_ends_a_right_ends_what_is_told() {
    let record = |world: &World| format!("/api/collections/members/records/{}", world.ann.id);
    let set = |world: &World, body: &Value| {
        world.superuser.patch(&record(world), body).expect(200);
    };
    let password = json!({"password": "87654321", "passwordConfirm": "87654321"});
    let one = [expected(false), expected(true)];
    assert_eq!(after(|world| set(world, &password)), one);
    assert_eq!(after(|world| set(world, &json!({"email": "new@example.com"}))), one);
    let key = json!({"tokenKey": "0123456789012345678901234567890123456789"});
    assert_eq!(after(|world| set(world, &key)), one);
    assert_eq!(after(|world| drop(world.superuser.delete(&record(world)).expect(204))), one);
    let logout = "/api/collections/members/auth-logout";
    assert_eq!(after(|world| drop(world.ann.post(logout, &Value::Null).expect(204))), one);
    // A right that stands on a record ends with it.
    let seats = |world: &World| {
        let filter = format!("/api/collections/seats/records?filter=who='{}'", world.ann.id);
        let id = world.superuser.get(&filter).text_at("items.0.id");
        format!("/api/collections/seats/records/{id}")
    };
    assert_eq!(after(|world| drop(world.superuser.delete(&seats(world)).expect(204))), one);
    let both = [expected(false), expected(false)];
    let secret = json!({"authToken": {"duration": 3600, "secret": "s".repeat(50)}});
    let members = "/api/collections/members";
    assert_eq!(after(|world| drop(world.superuser.patch(members, &secret).expect(200))), both);
    let locked = json!([{"name": "room-{id}", "joinRule": null, "sendRule": ""}]);
    assert_eq!(after(|world| define(world, &locked)), both);
    assert_eq!(after(|world| drop(world.superuser.delete("/api/collections/seats"))), both);
    // Without a definition nothing is sent, so nobody is asked; that comes soon.
    let told = after(|world| {
        define(world, &json!([]));
        std::thread::sleep(std::time::Duration::from_millis(2500));
    });
    assert_eq!(told, both);
    let nothing = after(|world| set(world, &json!({"verified": true})));
    assert_eq!(nothing, [expected(true), expected(true)]);
}

#[test]
fn a_right_that_comes_is_noticed() {
    let Some(world) = with_channels() else {
        return;
    };
    let topics = ["@channel/room-1", "@channel/new"];
    let mut streams = [world.events(&world.ann, &topics)];
    assert_eq!(told(&world, &mut streams), [["refused", "refused"]]);
    seat(&world, "1", &world.ann);
    assert_eq!(streams[0].next().expect("an event").json()["type"], "joined");
    define(&world, &json!([{"name": "new", "joinRule": "", "sendRule": ""}]));
    let next = [0, 1].map(|_| streams[0].next().expect("an event"));
    let mut changes: Vec<_> = next.iter().map(|event| (&*event.name, event.json())).collect();
    changes.sort_by_key(|(name, _)| (*name).to_owned());
    assert_eq!((changes[0].0, &changes[0].1["type"]), ("@channel/new", &json!("joined")));
    assert_eq!((changes[1].0, &changes[1].1["type"]), ("@channel/room-1", &json!("refused")));
    // A guest who signs in is asked again at once.
    let own = format!("@channel/own-{}", world.ann.id);
    define(&world, &json!([{"name": "own-{id}", "joinRule": "id = @request.auth.id"}]));
    let mut stream = world.events(&world.anyone, &[&own]);
    stream.subscribe(&world.ann, &[&own, MARK]).expect(204);
    stream.subscribe(&world.ann, &[MARK]).expect(204);
    send(&world.superuser, &own["@channel/".len()..], "unheard");
    assert_eq!(told(&world, std::slice::from_mut(&mut stream)), [["refused", "joined"]]);
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
    world.anyone.post(&format!("{SENT}/hall"), &forged).expect(204);
    world.superuser.record("hall", &json!({}));
    let events = world.told(std::slice::from_mut(&mut stream)).remove(0);
    let of_channel: Vec<_> = events.iter().filter(|one| one.name == "@channel/hall").collect();
    assert_eq!((of_channel.len(), events.len()), (3, 5));
    assert!(of_channel.iter().all(|one| one.json().get("action").is_none()));
    let others = events.iter().filter(|one| one.name != "@channel/hall");
    assert!(others.clone().all(|one| one.json().get("type").is_none()));
    // What is malformed is refused as a whole and changes nothing.
    let many: Vec<_> = (0..101).map(|number| format!("@channel/n{number}")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    let state = |state: Value| with_options("@channel/lobby", &json!({"query": {"presence": state}}));
    let (large, text) = (state(json!({"x": "y".repeat(1025)})), state(json!("nope")));
    let list = state(json!([1]));
    for topics in [
        &["@channel/"][..], &["@channel/a/b"], &["@channel/*"], &["@channel/room-{id}"], &many,
        &[&large], &[&text], &[&list],
    ] {
        let answer = stream.subscribe(&world.anyone, topics);
        assert_eq!(answer.status, 400, "{topics:?}");
        assert!(answer.text_at("message").starts_with("Invalid subscription"), "{answer}");
    }
    send(&world.anyone, "hall", "still");
    assert_eq!(told(&world, std::slice::from_mut(&mut stream)), [["sent still"]]);
}

#[test]
fn nothing_of_a_channel_comes_again() {
    let Some(world) = with_channels() else {
        return;
    };
    let mut stream = Events::resuming(&world.server.address);
    let place = stream.greeting.id.clone();
    let topics = ["@channel/hall", "posts/*", MARK];
    stream.subscribe_since(&world.anyone, &topics, &place).expect(204);
    send(&world.anyone, "hall", "once");
    world.post(&json!({"title": "kept"}));
    world.superuser.record("marks", &json!({}));
    let events = stream.until(MARK);
    let ids: Vec<_> = events.iter().map(|one| (one.name.as_str(), one.id.is_empty())).collect();
    assert!(ids.contains(&("posts/*", false)));
    assert_eq!(ids.iter().filter(|one| **one == ("@channel/hall", true)).count(), 2);
    drop(stream);
    send(&world.anyone, "hall", "missed");
    let mut again = Events::resuming(&world.server.address);
    again.subscribe_since(&world.anyone, &topics, &place).expect(204);
    let events = again.until(MARK);
    let channel: Vec<_> = events.iter().filter(|one| one.name == "@channel/hall").collect();
    assert_eq!((channel.len(), channel[0].json()["type"].as_str()), (1, Some("joined")));
}

#[test]
fn sending_passes_the_gates() {
    let Some(world) = with_channels() else {
        return;
    };
    let rule = |label: &str| {
        json!({"label": label, "audience": "", "duration": 600, "maxRequests": 2})
    };
    let rules = [rule("POST /api/realtime/channels/hall"), rule("/api/realtime/channels/")];
    let body = json!({"rateLimits": {"enabled": true, "rules": rules}});
    world.superuser.patch("/api/settings", &body).expect(200);
    assert_eq!([0; 3].map(|_| send(&world.anyone, "hall", "e")), [204, 204, 429]);
    let mut socket = Socket::open(&world.server.address);
    let said = |channel: &str| json!({"channel": channel, "event": "e"});
    assert_eq!(socket.ask(&said("hall"))["status"], 429);
    let statuses = [0; 3].map(|_| socket.ask(&said("lobby"))["status"].clone());
    assert_eq!(statuses, [204, 204, 429]);
    assert_eq!(socket.ask(&json!({"channel": "lobby", "state": {}}))["status"], 429);
    assert_eq!([0; 3].map(|_| send(&world.superuser, "hall", "e")), [204; 3]);
}
