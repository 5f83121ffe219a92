//! Who may send to a channel, for which client, and what is refused.

use luge_tests::{Case, Requests, Socket, check};
use serde_json::{Value, json};

use super::channels::{SENT, send, texts, told, with_channels};

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
    check(vec![
        case("anybody", anyone, "hall", &hello).status(204),
        case("where nobody is", anyone, "code.s3?code=s3", &hello).status(204),
        case("by a header", &with_header, "code.s3", &hello).status(204),
        case("signed in", ann, "room-1", &hello).status(204),
        case(
            "by what is sent",
            ann,
            &own,
            &json!({"event": "e", "payload": {"to": world.bob.id}}),
        )
        .status(204),
        case("a superuser", &world.superuser, "staff", &hello).status(204),
        case("no definition", anyone, "nowhere", &hello)
            .status(404)
            .is("message", missing),
        case("no definition", &world.superuser, "nowhere", &hello).status(404),
        case("no name", &world.superuser, "a%2Fb", &hello).status(404),
        case("another case", anyone, "HALL", &hello).status(404),
        case("a locked rule", anyone, "staff", &hello).status(403),
        case("a locked rule", ann, "news", &hello).status(403),
        case("a guest", anyone, "room-1", &hello)
            .status(404)
            .is("message", missing),
        case("a token that does not hold", &broken, "room-1", &hello).status(404),
        case(
            "an event that the rule refuses",
            ann,
            "room-1",
            &json!({"event": "never"}),
        )
        .status(404),
        case("a payload that the rule refuses", ann, &own, &hello).status(404),
        case("the wrong code", anyone, "code.s3?code=s4", &hello).status(404),
        case("no code", anyone, "code.s3", &hello).status(404),
    ]);
}

#[test]
fn what_is_sent_is_checked() {
    let Some(world) = with_channels() else {
        return;
    };
    let path = format!("{SENT}/hall");
    let case = |name, body: &Value| Case::new(name, &world.anyone, "POST", &path).json(body);
    let event = |event: Value| json!({ "event": event });
    let with = |key: &str, value: Value| json!({"event": "e", key: value});
    let (required, too_long) = ("validation_required", "validation_length_too_long");
    let code = "data.event.code";
    let large = "x".repeat(61 * 1024);
    check(vec![
        case("no event", &json!({"payload": 1})).refused(400, code, required),
        case("null", &event(Value::Null)).refused(400, code, required),
        case("an empty event", &event(json!(""))).refused(400, code, required),
        case("a long event", &event(json!("é".repeat(101)))).refused(400, code, too_long),
        case("the longest event", &event(json!("é".repeat(100)))).status(204),
        case("an event that is no text", &event(json!(1))).status(400),
        case("a large payload", &with("payload", json!(large))).refused(
            400,
            "data.payload.code",
            too_long,
        ),
        case("no truth", &with("self", json!("x"))).status(400),
        case("a client that is no text", &with("clientId", json!(1))).status(400),
        case("an unknown client", &with("clientId", json!("x")))
            .status(404)
            .is("message", "Missing or invalid client id."),
        Case::new("no JSON", &world.anyone, "POST", &path)
            .raw("application/json", b"{")
            .status(400),
        Case::new("nothing is read", &world.anyone, "GET", &path).status(404),
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
        let mut body = json!({"event": event, "clientId": client});
        body["self"] = echo;
        body
    };
    let state = |client: &str| json!({"clientId": client, "state": {"forged": true}});
    let lobby = format!("{SENT}/lobby");
    let presence = format!("{lobby}/presence");
    let post = |name, persona, body: &Value| Case::new(name, persona, "POST", &lobby).json(body);
    let put = |name, persona, body: &Value| Case::new(name, persona, "PUT", &presence).json(body);
    let null = Value::Null;
    check(vec![
        post(
            "Bob for Ann",
            &world.bob,
            &body(&ids[0], "forged", null.clone()),
        )
        .status(403),
        post(
            "a guest for Ann",
            &world.anyone,
            &body(&ids[0], "forged", null.clone()),
        )
        .status(403),
        post(
            "a superuser for Ann",
            &world.superuser,
            &body(&ids[0], "forged", null.clone()),
        )
        .status(403),
        post(
            "Bob for a guest",
            &world.bob,
            &body(&ids[1], "forged", null.clone()),
        )
        .status(403),
        put("Bob for Ann", &world.bob, &state(&ids[0])).status(403),
        put("a guest for Ann", &world.anyone, &state(&ids[0])).status(403),
        put("Bob for a guest", &world.bob, &state(&ids[1])).status(403),
        put("nobody", &world.bob, &json!({"state": {}})).status(400),
        put("an unknown client", &world.bob, &state("x")).status(404),
        put("who was forgotten", &world.bob, &state("")).status(400),
        post("Ann", &world.ann, &body(&ids[0], "ann", null)).status(204),
        post(
            "Ann to herself, too",
            &world.ann,
            &body(&ids[0], "echo", json!(true)),
        )
        .status(204),
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
        (
            json!({"channel": "hall", "event": "e", "clientId": "x"}),
            400,
            "clientId",
        ),
        (
            json!({"channel": "hall", "event": "e", "token": "x"}),
            400,
            "token",
        ),
        (
            json!({"channel": "hall", "event": "e", "subscriptions": []}),
            400,
            "subscriptions",
        ),
        (
            json!({"channel": "hall", "state": {}, "event": "e"}),
            400,
            "event",
        ),
        (
            json!({"channel": "hall", "event": "e".repeat(101)}),
            400,
            "too_long",
        ),
        (
            json!({"channel": "hall", "event": "e", "self": 1}),
            400,
            "self",
        ),
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

#[test]
fn sending_passes_the_gates() {
    let Some(world) = with_channels() else {
        return;
    };
    let rule =
        |label: &str| json!({"label": label, "audience": "", "duration": 600, "maxRequests": 2});
    let rules = [
        rule("POST /api/realtime/channels/hall"),
        rule("/api/realtime/channels/"),
    ];
    let body = json!({"rateLimits": {"enabled": true, "rules": rules}});
    world.superuser.patch("/api/settings", &body).expect(200);
    assert_eq!(
        [0; 3].map(|_| send(&world.anyone, "hall", "e")),
        [204, 204, 429]
    );
    let mut socket = Socket::open(&world.server.address);
    let said = |channel: &str| json!({"channel": channel, "event": "e"});
    assert_eq!(socket.ask(&said("hall"))["status"], 429);
    let statuses = [0; 3].map(|_| socket.ask(&said("lobby"))["status"].clone());
    assert_eq!(statuses, [204, 204, 429]);
    assert_eq!(
        socket.ask(&json!({"channel": "lobby", "state": {}}))["status"],
        429
    );
    assert_eq!(
        [0; 3].map(|_| send(&world.superuser, "hall", "e")),
        [204; 3]
    );
}
