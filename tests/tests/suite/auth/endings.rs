//! What ends everything that signed in: the token, file tokens that it asked for, what open streams
//! are told by it.

use super::{MEMBERS, PASSWORD, World};
use luge_tests::persona::records;
use luge_tests::{Events, Persona, Requests};
use serde_json::json;

const OTHER: &str = "another-word";

/// What happens to Ann, who is signed in.
type Ending = (&'static str, fn(&World, &Persona));

const ENDINGS: [Ending; 7] = [
    ("a changed password", |world, ann| {
        let body = json!({"oldPassword": PASSWORD, "password": OTHER, "passwordConfirm": OTHER});
        ann.patch(&own(world), &body).expect(200);
    }),
    ("a password that was reset", |world, _| {
        let ask = json!({"email": "ann@example.com"});
        let path = format!("{MEMBERS}/request-password-reset");
        world.anyone.post(&path, &ask).expect(204);
        let token = world.linked("password-reset", "ann");
        let body = json!({"token": token, "password": OTHER, "passwordConfirm": OTHER});
        let path = format!("{MEMBERS}/confirm-password-reset");
        world.anyone.post(&path, &body).expect(204);
    }),
    ("a changed address", |world, ann| {
        let ask = json!({"newEmail": "new@example.com"});
        let path = format!("{MEMBERS}/request-email-change");
        ann.post(&path, &ask).expect(204);
        let body = json!({"token": world.linked("email-change", "new"), "password": PASSWORD});
        let path = format!("{MEMBERS}/confirm-email-change");
        world.anyone.post(&path, &body).expect(204);
    }),
    ("an address that a superuser changed", |world, _| {
        let body = json!({"email": "new@example.com"});
        world.superuser.patch(&own(world), &body).expect(200);
    }),
    ("signing out everywhere", |_, ann| {
        ann.delete(&format!("{MEMBERS}/sessions")).expect(204);
    }),
    ("a new secret of the collection", |world, _| {
        let body = json!({"authToken": {"duration": 3600, "secret": "s".repeat(50)}});
        world.superuser.patch(MEMBERS, &body).expect(200);
    }),
    ("the end of the record", |world, _| {
        world.superuser.delete(&own(world)).expect(204);
    }),
];

fn own(world: &World) -> String {
    format!("{MEMBERS}/records/{}", world.id("ann"))
}

/// A world with a protected file and marks, both for members alone.
fn world() -> Option<(World, String)> {
    let world = World::start(json!({}));
    if world.server.is_reference() {
        return None;
    }
    let rule = "@request.auth.id != ''";
    world.superuser.collection(&json!({
        "name": "papers", "type": "base", "viewRule": rule,
        "fields": [{"name": "file", "type": "file", "protected": true, "maxSelect": 1}],
    }));
    world.superuser.collection(&json!({
        "name": "marks", "type": "base", "listRule": rule, "viewRule": "",
        "fields": [{"name": "text", "type": "text"}],
    }));
    let part = "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n\
                secret\r\n--XX--\r\n";
    let kind = "multipart/form-data; boundary=XX";
    let path = records("papers");
    let made = world.superuser.send("POST", &path, kind, part.as_bytes());
    let made = made.expect(200);
    let (id, name) = (made["id"].as_str().unwrap(), made["file"].as_str().unwrap());
    let file = format!("/api/files/papers/{id}/{name}");
    Some((world, file))
}

#[test]
fn nothing_that_stood_on_a_sign_in_outlives_it() {
    for (ending, ends) in ENDINGS {
        let Some((world, file)) = world() else { return };
        let ann = world.sign_in("ann");
        let file_token = ann.post("/api/files/token", &json!({})).text_at("token");
        let opened = format!("{file}?token={file_token}");
        let refresh = format!("{MEMBERS}/auth-refresh");
        let mut streams = [&ann, &world.superuser]
            .map(|one| Events::of(&world.server.address, one, &["marks/*"]));
        let mark = |text: &str| world.superuser.record("marks", &json!({ "text": text }));
        let told = |stream: &mut Events| stream.next().unwrap().summary("text");

        mark("before");
        assert_eq!(world.anyone.get(&opened).status, 200, "{ending}");
        assert_eq!(ann.post(&refresh, &json!({})).status, 200, "{ending}");
        assert_eq!(streams.each_mut().map(told), ["create before"; 2]);

        ends(&world, &ann);
        assert_eq!(world.anyone.get(&opened).status, 404, "file, {ending}");
        assert_eq!(
            ann.post(&refresh, &json!({})).status,
            401,
            "token, {ending}"
        );
        mark("after");
        let [anns, superusers] = &mut streams;
        assert_eq!(told(superusers), "create after", "{ending}");
        // As a guest it may be told of marks once anybody may list them, and of that one alone.
        let open = json!({"listRule": ""});
        world
            .superuser
            .patch("/api/collections/marks", &open)
            .expect(200);
        mark("open");
        assert_eq!(told(anns), "create open", "stream, {ending}");
    }
}
