//! Who is present in a channel: what members see of each other, and when they come and go.

use std::collections::BTreeMap;
use std::time::Duration;

use luge_tests::{Case, Events, Persona, Requests, Socket, check};
use serde_json::{Value, json};

use super::channels::{define, seat, with_channels};
use super::{MARK, World, with_options};

/// A reader of a channel that keeps the list of its members.
struct Reader {
    stream: Events,
    id: String,
    members: BTreeMap<String, Value>,
}

impl Reader {
    /// Joins a channel, announcing a state unless it is null.
    fn open(world: &World, persona: &Persona, channel: &str, state: &Value) -> Self {
        let topic = topic(channel, state);
        let mut stream = Events::of(&world.server.address, persona, &[&topic]);
        let joined = stream.next().expect("an event").json();
        assert_eq!(joined["type"], "joined", "{joined}");
        let mut reader = Self {
            stream,
            id: joined["member"].as_str().expect("an id").to_owned(),
            members: BTreeMap::new(),
        };
        reader.put(&joined["members"]);
        reader
    }

    fn put(&mut self, members: &Value) {
        for member in members.as_array().expect("a list") {
            let id = member["id"].as_str().expect("an id").to_owned();
            self.members.insert(id, member.clone());
        }
    }

    /// Reads until the members are those with these states.
    #[track_caller]
    fn until(&mut self, states: &[&str]) {
        let now = |reader: &Self| {
            let members = reader.members.values();
            let mut all: Vec<_> = members
                .map(|member| member["state"]["n"].as_str().unwrap_or("-").to_owned())
                .collect();
            all.sort();
            all
        };
        while now(self) != states {
            let event = self.stream.next().expect("the stream goes on").json();
            assert_eq!(event["type"], "presence", "{event}");
            for id in event["left"].as_array().expect("a list") {
                let gone = self.members.remove(id.as_str().expect("an id"));
                assert!(gone.is_some(), "{event}");
            }
            self.put(&event["joined"]);
            self.put(&event["updated"]);
        }
    }

    fn announce(&self, persona: &Persona, channel: &str, state: &Value) -> u16 {
        let path = format!("/api/realtime/channels/{channel}/presence");
        let body = json!({"clientId": self.stream.id, "state": state});
        persona.ask("PUT", &path, &body).status
    }
}

fn topic(channel: &str, state: &Value) -> String {
    let topic = format!("@channel/{channel}");
    match state {
        Value::Null => topic,
        state => with_options(&topic, &json!({"query": {"presence": state}})),
    }
}

#[test]
fn members_see_who_comes_changes_and_goes() {
    let Some(world) = with_channels() else {
        return;
    };
    let mut ann = Reader::open(&world, &world.ann, "lobby", &json!({"n": "ann"}));
    ann.until(&["ann"]);
    let mut tab = Reader::open(&world, &world.ann, "lobby", &json!({"n": "tab"}));
    // Whoever announces nothing sees and is not seen; options may be texts.
    let mut silent = Reader::open(&world, &world.anyone, "lobby", &Value::Null);
    let mut guest = Reader::open(&world, &world.anyone, "lobby", &json!("{\"n\":\"guest\"}"));
    let root = Reader::open(&world, &world.superuser, "lobby", &json!({"n": "root"}));
    let all = ["ann", "guest", "root", "tab"];
    for reader in [&mut ann, &mut tab, &mut silent, &mut guest] {
        reader.until(&all);
    }
    assert!(ann.members == silent.members && tab.members == guest.members);
    // Two tabs of one record are two members.
    let shown = |id: &str, state: &str| {
        let state = json!({ "n": state });
        json!({"id": id, "state": state, "collection": "members", "record": world.ann.id})
    };
    assert_ne!(ann.id, tab.id);
    assert_eq!(guest.members[&ann.id], shown(&ann.id, "ann"));
    assert_eq!(guest.members[&tab.id], shown(&tab.id, "tab"));
    assert_eq!(
        ann.members[&guest.id],
        json!({"id": guest.id, "state": {"n": "guest"}})
    );
    let superuser = json!({"id": root.id, "state": {"n": "root"}, "collection": "_superusers"});
    assert_eq!(ann.members[&root.id], superuser);
    // Who knows the id of a client speaks for it; it is told to nobody else.
    let told = serde_json::to_string(&ann.members).expect("JSON");
    for secret in [
        &*guest.stream.id,
        &root.stream.id,
        &world.superuser.id,
        "@example.com",
    ] {
        assert!(!secret.is_empty() && !told.contains(secret), "{told}");
    }

    assert_eq!(tab.announce(&world.ann, "lobby", &json!({"n": "tub"})), 204);
    assert_eq!(
        silent.announce(&world.anyone, "lobby", &json!({"n": "loud"})),
        204
    );
    ann.until(&["ann", "guest", "loud", "root", "tub"]);
    assert_eq!(silent.announce(&world.anyone, "lobby", &Value::Null), 204);
    drop(root);
    guest
        .stream
        .subscribe(&world.anyone, &["posts/*"])
        .expect(204);
    ann.until(&["ann", "tub"]);
    // Topics that are sent again do not take back what was announced since.
    let again = topic("lobby", &json!({"n": "tab"}));
    tab.stream
        .subscribe(&world.ann, &[&again, "posts/*"])
        .expect(204);
    let other = topic("lobby", &json!({"n": "tob"}));
    let late = Reader::open(&world, &world.bob, "lobby", &Value::Null);
    assert_eq!(late.members.len(), 2);
    tab.stream
        .subscribe(&world.ann, &[&other, "posts/*"])
        .expect(204);
    ann.until(&["ann", "tob"]);
    drop(tab);
    ann.until(&["ann"]);
}

#[test]
fn a_right_that_ends_ends_presence() {
    let Some(world) = with_channels() else {
        return;
    };
    seat(&world, "1", &world.ann);
    let of_bob = seat(&world, "1", &world.bob);
    let mut ann = Reader::open(&world, &world.ann, "room-1", &json!({"n": "ann"}));
    let mut bob = Reader::open(&world, &world.bob, "room-1", &json!({"n": "bob"}));
    let mut root = Reader::open(&world, &world.superuser, "room-1", &Value::Null);
    root.until(&["ann", "bob"]);
    ann.until(&["ann", "bob"]);
    // Nothing is sent: the server notices by itself.
    world.superuser.delete(&of_bob).expect(204);
    root.until(&["ann"]);
    ann.until(&["ann"]);
    bob.until(&["ann", "bob"]);
    assert_eq!(
        bob.stream.next().expect("an event").json()["type"],
        "refused"
    );
    assert_eq!(
        bob.announce(&world.bob, "room-1", &json!({"n": "back"})),
        404
    );
    let logout = "/api/collections/members/auth-logout";
    world.ann.post(logout, &Value::Null).expect(204);
    root.until(&[]);
    // In a channel that is open to all, a sign-in that ended is not shown any more.
    let bob = Reader::open(&world, &world.bob, "lobby", &json!({"n": "bob"}));
    let mut root = Reader::open(&world, &world.superuser, "lobby", &Value::Null);
    root.until(&["bob"]);
    world.bob.post(logout, &Value::Null).expect(204);
    while root.members[&bob.id].get("record").is_some() {
        let event = root.stream.next().expect("the stream goes on").json();
        root.put(&event["updated"]);
    }
    assert_eq!(
        root.members[&bob.id],
        json!({"id": bob.id, "state": {"n": "bob"}})
    );
    // Where members are not listed any more, all are gone.
    define(
        &world,
        &json!([{"name": "lobby", "joinRule": "", "sendRule": ""}]),
    );
    root.until(&[]);
}

#[test]
fn what_is_announced_is_checked() {
    let Some(world) = with_channels() else {
        return;
    };
    seat(&world, "1", &world.ann);
    let topics = ["@channel/lobby", "@channel/hall", "@channel/room-1"];
    let ann = world.events(&world.ann, &topics);
    let bob = world.events(&world.bob, &topics);
    let outside = Events::open(&world.server.address);
    let put = |name, persona, channel: &str, client: &str, state: &Value| {
        let path = format!("/api/realtime/channels/{channel}/presence");
        let body = json!({"clientId": client, "state": state});
        Case::new(name, persona, "PUT", &path).json(&body)
    };
    let ok = json!({"n": 1});
    let fits = json!({"x": "y".repeat(1024 - r#"{"x":""}"#.len())});
    let large = json!({"x": "y".repeat(1025 - r#"{"x":""}"#.len())});
    let missing = "There is no such channel, or it is not open to you.";
    check(vec![
        put("a state", &world.ann, "lobby", &ann.id, &ok).status(204),
        put("the largest", &world.ann, "room-1", &ann.id, &fits).status(204),
        put("too large", &world.ann, "lobby", &ann.id, &large)
            .status(400)
            .has("1024 bytes"),
        put("a list", &world.ann, "lobby", &ann.id, &json!([]))
            .status(400)
            .has("object"),
        put("a text", &world.ann, "lobby", &ann.id, &json!("{}")).status(400),
        put("a number", &world.ann, "lobby", &ann.id, &json!(1)).status(400),
        put("not listed", &world.ann, "hall", &ann.id, &ok)
            .status(400)
            .has("not listed"),
        put("may not be there", &world.bob, "room-1", &bob.id, &ok)
            .status(404)
            .is("message", missing),
        put("no channel", &world.ann, "nowhere", &ann.id, &ok)
            .status(404)
            .is("message", missing),
        put("did not join", &world.ann, "room-7", &ann.id, &ok)
            .status(404)
            .is("message", missing),
        put("no topics", &world.anyone, "lobby", &outside.id, &ok).status(404),
        put("another's", &world.bob, "lobby", &ann.id, &ok).status(403),
        put("a guest", &world.anyone, "lobby", &ann.id, &ok).status(403),
        put("nobody's", &world.ann, "lobby", "nope", &ok).status(404),
        Case::new(
            "no client",
            &world.ann,
            "PUT",
            "/api/realtime/channels/lobby/presence",
        )
        .json(&json!({"state": {}}))
        .refused(400, "data.clientId.code", "validation_required"),
        Case::new(
            "not read",
            &world.superuser,
            "GET",
            "/api/realtime/channels/lobby/presence",
        )
        .status(404),
    ]);
}

#[test]
fn a_socket_announces_itself_and_leaves_with_its_connection() {
    let Some(world) = with_channels() else {
        return;
    };
    let mut ann = Reader::open(&world, &world.ann, "lobby", &json!({"n": "ann"}));
    let mut socket = Socket::open(&world.server.address);
    socket.subscribe(&json!({"subscriptions": ["@channel/lobby", MARK]}));
    let said = |state: Value| json!({"channel": "lobby", "state": state});
    assert_eq!(socket.ask(&said(json!({"n": "bob"})))["status"], 204);
    ann.until(&["ann", "bob"]);
    assert_eq!(socket.ask(&said(Value::Null))["status"], 204);
    ann.until(&["ann"]);
    assert_eq!(socket.ask(&said(json!({"n": "again"})))["status"], 204);
    ann.until(&["again", "ann"]);
    drop(socket);
    ann.until(&["ann"]);
    // What came and went between two differences is not told at all.
    for _ in 0..20 {
        let mut socket = Socket::open(&world.server.address);
        let hasty = topic("lobby", &json!({"n": "hasty"}));
        socket.subscribe(&json!({"subscriptions": [hasty]}));
    }
    std::thread::sleep(Duration::from_millis(300));
    let late = Reader::open(&world, &world.bob, "lobby", &json!({"n": "late"}));
    while !ann.members.contains_key(&late.id) {
        let event = ann.stream.next().expect("the stream goes on").json();
        for id in event["left"].as_array().expect("a list") {
            assert!(ann.members.remove(id.as_str().expect("an id")).is_some());
        }
        ann.put(&event["joined"]);
    }
    ann.until(&["ann", "late"]);
}
