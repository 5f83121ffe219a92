//! The same messages over a WebSocket.

use luge_tests::{Case, Events, Persona, Requests, Socket, check};
use serde_json::{Value, json};
use tungstenite::Message;

use super::{MARK, World, world};

const PATH: &str = "/api/realtime/ws";

/// Those who may see a post are those who own it; `None` on the real PocketBase, which has none of
/// this.
fn members_only() -> Option<World> {
    let world = world(&json!({"listRule": "owner = @request.auth.id"}));
    (!world.server.is_reference()).then_some(world)
}

fn topics(topics: &[&str]) -> Value {
    let all = [topics, &[MARK]].concat();
    json!({ "subscriptions": all })
}

/// The same, as somebody.
fn topics_as(persona: &Persona, wanted: &[&str]) -> Value {
    let mut body = topics(wanted);
    body["token"] = json!(persona.token());
    body
}

/// What a client was told up to now, as texts.
#[track_caller]
fn titles(world: &World, socket: &mut Socket) -> Vec<String> {
    world.superuser.record("marks", &json!({}));
    let told = socket.until(MARK).into_iter();
    told.map(|event| {
        let data = &event["data"];
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        format!(
            "{} {}",
            text(&data["action"]),
            text(&data["record"]["title"])
        )
    })
    .collect()
}

#[test]
fn messages_are_those_of_an_event_stream() {
    let Some(world) = members_only() else {
        return;
    };
    let wanted = ["posts/*", "posts?x=\"quoted\"", "members/*"];
    let mut stream = world.events(&world.ann, &wanted);
    let mut socket = Socket::open(&world.server.address);
    let id = socket.id.clone();
    assert_eq!(
        socket.greeting,
        json!({"id": id, "event": "PB_CONNECT", "data": {"clientId": id}})
    );
    socket.subscribe(&topics_as(&world.ann, &wanted));
    let path = world.post(&json!({"title": "a\"\n", "owner": world.ann.id}));
    world.post(&json!({"title": "bobs", "owner": world.bob.id}));
    world
        .superuser
        .patch(&path, &json!({"title": "é"}))
        .expect(200);
    world.superuser.delete(&path).expect(204);
    world.superuser.record("marks", &json!({}));
    let told = socket.until(MARK);
    let expected = stream.until(MARK);
    assert_eq!((told.len(), expected.len()), (6, 6));
    for (told, expected) in told.iter().zip(&expected) {
        let event = json!({"id": id, "event": expected.name, "data": expected.json()});
        assert_eq!(*told, event);
    }
}

#[test]
fn who_a_client_is_is_said_in_messages_and_lost_with_the_token() {
    let Some(world) = members_only() else {
        return;
    };
    let mut socket = Socket::open(&world.server.address);
    let status = |socket: &mut Socket, body: &Value| socket.ask(body)["status"].clone();
    let post = |title: &str| world.post(&json!({"title": title, "owner": world.ann.id}));
    socket.subscribe(&topics(&["posts/*"]));
    post("to a guest");
    assert_eq!(titles(&world, &mut socket), [""; 0]);
    socket.subscribe(&topics_as(&world.ann, &["posts/*"]));
    post("to Ann");
    // Without a token it stays who it is; somebody else, or nobody, it cannot become.
    socket.subscribe(&topics(&["posts/*"]));
    post("to Ann again");
    assert_eq!(
        status(&mut socket, &topics_as(&world.bob, &["posts/*"])),
        403
    );
    let mut nobody = topics(&["posts/*"]);
    nobody["token"] = json!("not.a.token");
    assert_eq!(status(&mut socket, &nobody), 403);
    let again = world
        .anyone
        .sign_in("members", "ann@example.com", "12345678");
    socket.subscribe(&topics_as(&again, &["posts/*"]));
    post("to Ann with a new token");
    let told = titles(&world, &mut socket);
    let titles_of = ["to Ann", "to Ann again", "to Ann with a new token"];
    assert_eq!(told, titles_of.map(|title| format!("create {title}")));
    let password = json!({"password": "87654321", "passwordConfirm": "87654321"});
    let path = format!("/api/collections/members/records/{}", world.ann.id);
    world.superuser.patch(&path, &password).expect(200);
    post("to nobody");
    assert_eq!(titles(&world, &mut socket), [""; 0]);
    // HTTP speaks for the same client.
    let ann = world
        .anyone
        .sign_in("members", "ann@example.com", "87654321");
    let body = json!({"clientId": socket.id, "subscriptions": ["posts/*", MARK]});
    ann.post("/api/realtime", &body).expect(204);
    post("to Ann by HTTP");
    assert_eq!(titles(&world, &mut socket), ["create to Ann by HTTP"]);
}

#[test]
fn what_a_page_of_another_origin_sends_along_proves_nothing() {
    let Some(world) = members_only() else {
        return;
    };
    let own = format!("http://{}", world.server.address);
    let token = world.ann.token();
    let cookie = format!("token={token}; pb_auth={token}");
    for (headers, believed) in [
        (vec![("Authorization", token)], true),
        (vec![("Authorization", token), ("Origin", &own)], true),
        (
            vec![("Authorization", token), ("Origin", "http://evil.example")],
            false,
        ),
        (vec![("Authorization", token), ("Origin", "null")], false),
        (vec![("Authorization", token), ("Origin", "")], false),
        (vec![("Cookie", &cookie), ("Origin", &own)], false),
        (vec![("Cookie", &cookie)], false),
        (vec![], false),
    ] {
        let mut socket = Socket::try_open(&world.server.address, PATH, &headers).expect("it opens");
        socket.subscribe(&topics(&["posts/*"]));
        world.post(&json!({"title": "anns", "owner": world.ann.id}));
        let heard = titles(&world, &mut socket).len() == 1;
        assert_eq!(heard, believed, "{headers:?}");
    }
}

#[test]
fn what_is_no_upgrade_is_refused() {
    let Some(world) = members_only() else {
        return;
    };
    let with = |headers: &[(&str, &str)]| {
        let usual = [
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        let mut persona = world.anyone.clone();
        for (name, value) in usual {
            let changed = headers.iter().find(|(one, _)| *one == name);
            persona = persona.with_header(name, changed.map_or(value, |(_, value)| value));
        }
        persona
    };
    let wrong = [
        ("Upgrade", "h2c"),
        ("Connection", "keep-alive"),
        ("Sec-WebSocket-Version", "8"),
        ("Sec-WebSocket-Key", "short"),
    ];
    let personas: Vec<_> = wrong.iter().map(|one| with(&[*one])).collect();
    let mut cases = vec![
        Case::new("a plain GET", &world.anyone, "GET", PATH)
            .status(400)
            .has("Upgrade"),
        Case::new("a POST", &world.anyone, "POST", PATH).status(404),
        Case::new("no truth", &personas[0], "GET", "/api/realtime/ws?resume=x").status(400),
    ];
    for ((name, _), persona) in wrong.iter().zip(&personas) {
        cases.push(Case::new(name, persona, "GET", PATH).status(400).has(name));
    }
    check(cases);
    let refused = Socket::try_open(&world.server.address, "/api/realtime/ws?resume=x", &[]);
    assert_eq!(refused.err(), Some(400));
}

#[test]
fn what_a_client_says_is_checked() {
    let Some(world) = members_only() else {
        return;
    };
    let mut socket = Socket::open(&world.server.address);
    for (body, status, fragment) in [
        (json!({"subscriptions": [1]}), 400, "texts"),
        (json!({"subscriptions": {"a": 1}}), 400, "texts"),
        (json!({"subscriptions": vec!["a"; 1001]}), 400, "too_long"),
        (
            json!({"subscriptions": ["a".repeat(2501)]}),
            400,
            "too_long",
        ),
        (
            json!({"subscriptions": ["posts/*?options=nope"]}),
            400,
            "options",
        ),
        (json!({"subscriptions": ["a\nb"]}), 400, "line breaks"),
        (json!({"subscriptions": ["a"], "since": 5}), 400, "since"),
        (
            json!({"subscriptions": ["a"], "since": "0"}),
            400,
            "resume=1",
        ),
        (json!({"subscriptions": ["a"], "token": 5}), 400, "token"),
        (
            json!({"subscriptions": ["a"], "topics": ["b"]}),
            400,
            "topics",
        ),
        (
            json!({"subscriptions": ["a"], "clientId": "x"}),
            400,
            "clientId",
        ),
        (json!({"since": "0"}), 400, "subscriptions"),
        (json!({"token": "x"}), 400, "subscriptions"),
        (json!({}), 204, ""),
        (json!({"subscriptions": []}), 204, ""),
        (json!({"subscriptions": null}), 204, ""),
        (
            json!({"subscriptions": ["a"], "token": null, "since": null}),
            204,
            "",
        ),
    ] {
        let answer = socket.ask(&body);
        assert_eq!(answer["status"], status, "{body}: {answer}");
        assert!(answer.to_string().contains(fragment), "{body}: {answer}");
    }
    for text in ["", "nope", "[]", "5", "null", "{", "\u{0}"] {
        socket.say(Message::text(text));
        let answer = socket.answer();
        assert_eq!(
            (&answer["answer"], &answer["status"]),
            (&Value::Null, &json!(400))
        );
    }
    socket.say(Message::Ping(vec![1, 2, 3].into()));
    assert_eq!(socket.ask(&json!({}))["status"], 204);
}

#[test]
fn who_says_too_much_is_hung_up_on() {
    let Some(world) = members_only() else {
        return;
    };
    let large = format!("{{\"subscriptions\":[\"{}\"]}}", "a".repeat(70_000));
    for (message, code) in [
        (Message::text(large.clone()), 1009),
        (Message::binary(large), 1009),
        (Message::binary("{}"), 1003),
    ] {
        let mut socket = Socket::open(&world.server.address);
        socket.say(message);
        assert_eq!(socket.ending(), code);
    }
    let mut socket = Socket::open(&world.server.address);
    for _ in 0..201 {
        socket.say(Message::text("{}"));
    }
    assert_eq!(socket.ending(), 1008);
    let mut world = world;
    let mut socket = Socket::open(&world.server.address);
    assert_eq!(world.server.terminate(), Some(0));
    assert_eq!(socket.ending(), 1001);
}

#[test]
fn requests_pass_the_gates_of_http() {
    let Some(world) = members_only() else {
        return;
    };
    let set = |body: Value| world.superuser.patch("/api/settings", &body).expect(200);
    let rule = json!({
        "label": "POST /api/realtime", "audience": "", "duration": 600, "maxRequests": 2,
    });
    set(json!({
        "rateLimits": {"enabled": true, "rules": [rule]},
        "superuserIPs": ["127.0.0.1"], "trustedProxy": {"headers": ["X-Real-IP"]},
    }));
    let from = |address: &str| {
        let headers = [("X-Real-IP", address)];
        Socket::try_open(&world.server.address, PATH, &headers).expect("it opens")
    };
    let mut socket = from("10.1.1.1");
    let statuses = [0; 4].map(|_| socket.ask(&topics(&["a"]))["status"].clone());
    assert_eq!(statuses, [204, 204, 429, 429]);
    let as_superuser = topics_as(&world.superuser, &["a"]);
    assert_eq!(socket.ask(&as_superuser)["status"], 403);
    assert_eq!(from("10.1.1.2").ask(&topics(&["a"]))["status"], 204);
    // Superusers are not counted.
    let mut inside = from("127.0.0.1");
    let statuses = [0; 4].map(|_| inside.ask(&as_superuser)["status"].clone());
    assert_eq!(statuses, [204; 4]);
}

#[test]
fn a_client_goes_on_where_it_was_whichever_way_it_comes() {
    let Some(world) = members_only() else {
        return;
    };
    let path = "/api/realtime/ws?resume=1";
    let open = || Socket::try_open(&world.server.address, path, &[]).expect("it opens");
    let since = |place: &Value| {
        let mut body = topics_as(&world.ann, &["posts/*"]);
        body["since"] = place.clone();
        body
    };
    let mut socket = open();
    let begun = socket.greeting["id"].clone();
    socket.subscribe(&since(&begun));
    let posts = ["one", "two", "three"];
    for title in posts {
        world.post(&json!({"title": title, "owner": world.ann.id}));
    }
    let first = socket.next();
    assert_eq!(first["data"]["record"]["title"], "one");
    drop(socket);
    let mut socket = open();
    socket.subscribe(&since(&first["id"]));
    let created = posts.map(|title| format!("create {title}"));
    assert_eq!(titles(&world, &mut socket), created[1..]);
    let place = first["id"].as_str().expect("a place");
    let events = Events::resuming(&world.server.address);
    events
        .subscribe_since(&world.ann, &["posts/*", MARK], place)
        .expect(204);
    assert_eq!(world.titles(&mut [events]), [created[1..].to_vec()]);
}
