//! API keys: how they are made, shown, used, and everything that ends them.

use luge_tests::persona::records;
use luge_tests::{Case, Events, Persona, Requests, Socket, check};
use serde_json::{Value, json};

use super::{KEYS, PASSWORD, World, scope, world};

const LOGOUT_ALL: &str = "/api/collections/members/sessions";

fn full() -> Value {
    json!([scope(&["*"], &["*"])])
}

#[test]
fn a_key_is_asked_for_by_its_owner_or_a_superuser() {
    let Some(world) = world() else { return };
    let (ann, bob) = (&world.ann, &world.bob);
    let of_ann = format!("{KEYS}?record={}", ann.id);
    let nowhere = "/api/collections/notes/api-keys";
    let broken = world.anyone.with_token("luge_x");
    let row = |name, who, path: &str, status| {
        let good = json!({"name": "n", "scopes": "*"});
        let case = Case::new(name, who, "POST", path);
        case.json(&good).status(status)
    };
    let get = |name, who, path: &str| Case::new(name, who, "GET", path);
    check(vec![
        row("a guest", &world.anyone, KEYS, 401),
        row("a broken key", &broken, KEYS, 401),
        row("a superuser names whose", &world.superuser, KEYS, 403),
        row("not for another", bob, &of_ann, 403),
        row("no auth collection", ann, nowhere, 404),
        get("nothing was made", ann, KEYS).is("items", json!([])),
        row("for herself", ann, KEYS, 200).has("\"key\":\"luge_"),
        row(
            "for a record, by a superuser",
            &world.superuser,
            &of_ann,
            200,
        )
        .is("expires", ""),
        get("she sees both, without the keys", ann, KEYS)
            .is("items.1.name", "n")
            .is("items.1.used", "")
            .lacks("luge_")
            .lacks("secret"),
        get("so does a superuser", &world.superuser, &of_ann).has("\"n\""),
        get("but nobody else", bob, &of_ann).status(403),
        get("nor a guest", &world.anyone, &of_ann).status(401),
    ]);
}

#[test]
fn a_key_is_asked_for_rightly_or_not_at_all() {
    let Some(world) = world() else { return };
    let one = |collections: &[&str], actions: &[&str]| json!([scope(collections, actions)]);
    let ask = |key: &str, value: &Value| {
        let mut body = json!({"name": "n", "scopes": "*"});
        body[key] = value.clone();
        world.ann.post(KEYS, &body)
    };
    for (key, value, told) in [
        ("name", Value::Null, "name"),
        ("name", json!(" "), "name"),
        ("name", json!(7), "name"),
        ("name", json!("x".repeat(101)), "name"),
        ("scopes", Value::Null, "scopes"),
        ("scopes", json!([]), "scopes"),
        ("scopes", json!("all"), "scopes"),
        ("scopes", json!(1), "scopes"),
        (
            "scopes",
            json!(vec![scope(&["notes"], &["list"]); 101]),
            "100 scopes",
        ),
        ("scopes", json!(["notes"]), "\"0\""),
        ("scopes", json!([{"collections": ["*"]}]), "actions"),
        ("scopes", json!([{"actions": ["*"]}]), "collections"),
        (
            "scopes",
            json!([{"collections": "*", "actions": ["*"]}]),
            "collections",
        ),
        (
            "scopes",
            json!([{"collections": ["*"], "actions": ["*"], "x": 1}]),
            "\"x\"",
        ),
        ("scopes", one(&["*"], &["manage"]), "manage"),
        ("scopes", one(&["*"], &["LIST"]), "LIST"),
        ("scopes", one(&["*"], &["*", "list"]), "no action"),
        ("scopes", one(&["nothing"], &["*"]), "nothing"),
        ("expires", json!("2020-01-01 00:00:00Z"), "future"),
        ("expires", json!("soon"), "date"),
        ("expires", json!(60), "date"),
    ] {
        let refused = ask(key, &value);
        let names = refused.text.contains(told) && refused.text.contains(key);
        assert!(refused.status == 400 && names, "{value} {refused}");
    }
    assert_eq!(world.ann.get(KEYS).expect(200)["items"], json!([]));
    let end = "2099-01-01 00:00:00.000Z";
    assert_eq!(ask("expires", &json!(end)).expect(200)["expires"], end);
}

#[test]
fn making_a_key_needs_somebody_who_signed_in_lately() {
    let Some(world) = world() else { return };
    let path = format!("/api/collections/members/impersonate/{}", world.ann.id);
    let acting = world.superuser.post(&path, &json!({})).text_at("token");
    let acting = world.anyone.with_token(&acting);
    let machine = world.machine(&world.ann, &json!("*"));
    let body = json!({"name": "n", "scopes": "*"});
    check(vec![
        Case::new("acting as her", &acting, "POST", KEYS)
            .json(&body)
            .status(403),
        Case::new("her machine", &machine, "POST", KEYS)
            .json(&body)
            .status(403),
        Case::new("she herself", &world.ann, "POST", KEYS).json(&body),
    ]);
}

#[test]
fn a_record_has_so_many_keys() {
    let Some(world) = world() else { return };
    let body = json!({"name": "n", "scopes": "*"});
    for _ in 0..50 {
        world.ann.post(KEYS, &body).expect(200);
    }
    let more = world.ann.post(KEYS, &body);
    assert!(more.status == 400 && more.text.contains("50"), "{more}");
    world.bob.post(KEYS, &body).expect(200);
    let id = world.ann.get(KEYS).text_at("items.7.id");
    world.ann.delete(&format!("{KEYS}/{id}")).expect(204);
    world.ann.post(KEYS, &body).expect(200);
}

#[test]
fn a_key_is_used_as_a_token_is() {
    let Some(world) = world() else { return };
    let machine = world.machine(&world.ann, &full());
    let posts = records("posts");
    let bearer = world
        .anyone
        .with_header("Authorization", &format!("Bearer {}", machine.token()));
    let scheme = world
        .anyone
        .with_header("Authorization", &format!("luge {}", machine.token()));
    let key = machine.token();
    let none = world.anyone.get(&posts).expect(200)["totalItems"].clone();
    assert_eq!(none, 0);
    let case = |name, persona| Case::new(name, persona, "GET", &posts);
    let longer = world.anyone.with_token(&format!("{key}0"));
    let shorter = world.anyone.with_token(&key[..key.len() - 1]);
    let other = key.replace("luge_", "Luge_");
    let other = world.anyone.with_token(&other);
    let in_address = format!("{posts}?token={key}");
    check(vec![
        case("as it is", &machine)
            .is("items.0.title", "of ann")
            .is("totalItems", 1),
        case("as a bearer", &bearer).is("totalItems", 1),
        case("under another scheme", &scheme).is("totalItems", 0),
        case("longer", &longer).is("totalItems", 0),
        case("shorter", &shorter).is("totalItems", 0),
        case("with another beginning", &other).is("totalItems", 0),
        Case::new("in the address", &world.anyone, "GET", &in_address).is("totalItems", 0),
    ]);
    let used = world.ann.get(KEYS).text_at("items.0.used");
    assert!(used.starts_with("20"), "{used}");
}

/// What a machine of Ann's is worth before and after something.
fn after(happens: impl Fn(&World, &Persona)) -> [(u64, bool); 2] {
    let Some(world) = world() else {
        return [(1, true), (0, false)];
    };
    let machine = world.machine(&world.ann, &full());
    let token = machine
        .post("/api/files/token", &json!({}))
        .text_at("token");
    let file = protected_file(&world, &machine);
    let worth = || {
        let list = machine.get(&records("posts"));
        let opened = world.anyone.get(&format!("{file}?token={token}")).status == 200;
        (list.expect(200)["totalItems"].as_u64().unwrap(), opened)
    };
    let before = worth();
    happens(&world, &machine);
    [before, worth()]
}

/// The address of a protected file that Ann may see, in the one post of hers.
fn protected_file(world: &World, machine: &Persona) -> String {
    let path = world.path_of("posts", "of ann");
    let content_type = "multipart/form-data; boundary=x";
    let body = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n\
                secret\r\n--x--\r\n";
    let record = machine.send("PATCH", &path, content_type, body.as_bytes());
    record.expect(200);
    let (id, name) = (record.text_at("id"), record.text_at("file"));
    format!("/api/files/posts/{id}/{name}")
}

const ENDED: [(u64, bool); 2] = [(1, true), (0, false)];

#[test]
fn revoking_it_ends_it_and_what_it_asked_for() {
    let revoke = |world: &World, _: &Persona| {
        let id = world.ann.get(KEYS).text_at("items.0.id");
        let path = format!("{KEYS}/{id}");
        check(vec![
            Case::new("not by another", &world.bob, "DELETE", &path).status(404),
            Case::new("nor by a guest", &world.anyone, "DELETE", &path).status(401),
            Case::new(
                "one that is not there",
                &world.ann,
                "DELETE",
                &format!("{KEYS}/none"),
            )
            .status(404),
            Case::new("by its owner", &world.ann, "DELETE", &path).status(204),
            Case::new("once", &world.ann, "DELETE", &path).status(404),
            Case::new("it is not shown any more", &world.ann, "GET", KEYS).is("items", json!([])),
        ]);
    };
    assert_eq!(after(revoke), ENDED);
}

#[test]
fn a_new_password_ends_it() {
    let change = |world: &World, _: &Persona| {
        let body = json!({"oldPassword": PASSWORD, "password": "another-word",
            "passwordConfirm": "another-word"});
        let path = format!("{}/{}", records("members"), world.ann.id);
        world.ann.patch(&path, &body).expect(200);
        let ann = world
            .anyone
            .sign_in("members", "ann@example.com", "another-word");
        assert_eq!(ann.get(KEYS).expect(200)["items"], json!([]));
    };
    assert_eq!(after(change), ENDED);
}

#[test]
fn a_new_address_signing_out_everywhere_and_removal_end_it() {
    let address = |world: &World, _: &Persona| {
        let path = format!("{}/{}", records("members"), world.ann.id);
        let body = json!({"email": "new@example.com"});
        world.superuser.patch(&path, &body).expect(200);
    };
    let everywhere = |world: &World, _: &Persona| {
        world.ann.delete(LOGOUT_ALL).expect(204);
    };
    let removal = |world: &World, _: &Persona| {
        let path = format!("{}/{}", records("members"), world.ann.id);
        world.superuser.delete(&path).expect(204);
    };
    assert_eq!(after(address), ENDED);
    assert_eq!(after(everywhere), ENDED);
    assert_eq!(after(removal), ENDED);
}

#[test]
fn a_new_secret_of_the_collection_ends_it() {
    let secret = |world: &World, _: &Persona| {
        let body = json!({"authToken": {"duration": 3600, "secret": "s".repeat(50)}});
        let members = "/api/collections/members";
        world.superuser.patch(members, &body).expect(200);
        let ann = world.anyone.sign_in("members", "ann@example.com", PASSWORD);
        assert_eq!(ann.get(KEYS).expect(200)["items"], json!([]));
    };
    // The file token is signed with a secret of its own, but names the key.
    assert_eq!(after(secret), ENDED);
}

#[test]
fn signing_out_of_a_session_leaves_it_as_does_a_rename() {
    let logout = |world: &World, _: &Persona| {
        let path = "/api/collections/members/auth-logout";
        world.ann.post(path, &Value::Null).expect(204);
        let name = json!({"name": "people"});
        world
            .superuser
            .patch("/api/collections/members", &name)
            .expect(200);
    };
    assert_eq!(after(logout)[1].0, 1);
}

#[test]
fn a_key_ends_at_its_time() {
    let Some(world) = world() else { return };
    let now = world.ann.get(LOGOUT_ALL).text_at("items.0.created");
    // A second after the sign-in of a moment ago, and a few more.
    let seconds: u32 = now[17..19].parse().unwrap();
    let expires = if seconds < 50 {
        format!("{}{:02}.000Z", &now[..17], seconds + 8)
    } else {
        std::thread::sleep(std::time::Duration::from_secs(11));
        return a_key_ends_at_its_time();
    };
    let body = json!({"name": "n", "scopes": "*", "expires": expires});
    let key = world.ann.post(KEYS, &body);
    let machine = world.anyone.with_token(&key.text_at("key"));
    let count = || machine.get(&records("posts")).expect(200)["totalItems"].clone();
    assert_eq!(count(), 1);
    std::thread::sleep(std::time::Duration::from_secs(9));
    assert_eq!(count(), 0);
    assert_eq!(world.ann.get(KEYS).expect(200)["items"], json!([]));
}

#[test]
fn a_key_survives_a_restart() {
    let Some(mut world) = world() else { return };
    let machine = world.machine(&world.ann, &full());
    world.server.restart();
    let list = machine.get(&records("posts")).expect(200);
    assert_eq!(list["totalItems"], 1);
}

#[test]
fn streams_lose_what_a_revoked_key_proved() {
    let Some(world) = world() else { return };
    world
        .superuser
        .collection(&json!({"name": "marks", "listRule": "", "viewRule": ""}));
    let machine = world.machine(
        &world.ann,
        &json!([scope(&["posts"], &["list"]), scope(&["marks"], &["*"])]),
    );
    let topics = ["posts/*", "notes/*", "marks/*"];
    let mut stream = Events::of(&world.server.address, &machine, &topics);
    let mut human = Events::of(&world.server.address, &world.ann, &topics);
    let mut socket = Socket::open(&world.server.address);
    socket.subscribe(&json!({"subscriptions": topics, "token": machine.token()}));
    let path = world.path_of("posts", "of ann");
    let note = world.path_of("notes", "of ann");
    let told = |events: Vec<luge_tests::Event>| -> Vec<String> {
        events.iter().map(|event| event.summary("title")).collect()
    };
    let change = |title: &str| {
        world
            .superuser
            .patch(&path, &json!({"title": title}))
            .expect(200);
        world
            .superuser
            .patch(&note, &json!({"title": title}))
            .expect(200);
        world.superuser.record("marks", &json!({}));
    };
    change("first");
    assert_eq!(told(stream.until("marks/*")), ["update first"]);
    // The same record, but not within the scope of its machine.
    assert_eq!(
        told(human.until("marks/*")),
        ["update first", "update first"]
    );
    assert_eq!(socket.until("marks/*").len(), 1);
    let id = world.ann.get(KEYS).text_at("items.0.id");
    world.ann.delete(&format!("{KEYS}/{id}")).expect(204);
    change("second");
    // A guest from then on: what is public is told to everybody.
    assert_eq!(told(stream.until("marks/*")), ["update second"]);
    assert_eq!(
        told(human.until("marks/*")),
        ["update second", "update second"]
    );
    assert_eq!(socket.until("marks/*").len(), 1);
}
