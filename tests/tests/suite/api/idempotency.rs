//! Requests that happen once, however often they are sent: `Idempotency-Key`. What the real
//! PocketBase does not know.

use super::files::{FORM, form, wait_for_files};
use super::{field, public_collection};
use luge_tests::persona::records;
use luge_tests::{Answer, Persona, Requests, Server};
use serde_json::{Value, json};

/// Notes that everybody may write, and batches; nothing where the server knows no keys.
fn notes() -> Option<(Server, Persona, Persona)> {
    let server = Server::start();
    if server.is_reference() {
        return None;
    }
    let (superuser, anyone) = (server.superuser(), server.anyone());
    let fields = [
        field("title", "text", json!({"required": true})),
        field("file", "file", json!({})),
        field("secret", "text", json!({"hidden": true})),
    ];
    public_collection(&superuser, "notes", &fields);
    let batch = json!({"batch": {"enabled": true, "maxRequests": 50, "timeout": 3}});
    superuser.patch("/api/settings", &batch).expect(200);
    Some((server, superuser, anyone))
}

fn keyed(persona: &Persona, key: &str) -> Persona {
    persona.with_header("Idempotency-Key", key)
}

fn count(anyone: &Persona) -> Value {
    anyone.get(&records("notes")).at("totalItems")
}

fn title(title: &str) -> Value {
    json!({ "title": title })
}

#[track_caller]
fn expect_again(first: &Answer, again: &Answer) {
    assert_eq!(again.status, 200, "{again}");
    assert_eq!(again.text, first.text);
    assert_eq!(again.header("idempotent-replayed"), Some("true"), "{again}");
    assert_eq!(again.header("etag"), first.header("etag"));
    assert_eq!(first.header("idempotent-replayed"), None);
}

#[test]
fn a_create_that_is_sent_again_is_answered_again() {
    let Some((mut server, _superuser, anyone)) = notes() else {
        return;
    };
    let path = records("notes");
    let first = keyed(&anyone, "one").post(&path, &title("a"));
    first.expect(200);
    expect_again(&first, &keyed(&anyone, "one").post(&path, &title("a")));
    // The same values, written otherwise.
    let spaced = b"{ \"title\" : \"a\" }";
    let again = keyed(&anyone, "one").send("POST", &path, "application/json", spaced);
    expect_again(&first, &again);
    // The kept answer is given even where the record is another one by now, or gone.
    let id = first.text_at("id");
    anyone
        .patch(&format!("{path}/{id}"), &title("b"))
        .expect(200);
    expect_again(&first, &keyed(&anyone, "one").post(&path, &title("a")));
    server.kill();
    server.restart();
    let anyone = server.anyone();
    expect_again(&first, &keyed(&anyone, "one").post(&path, &title("a")));
    anyone.delete(&format!("{path}/{id}")).expect(204);
    expect_again(&first, &keyed(&anyone, "one").post(&path, &title("a")));
    assert_eq!(count(&anyone), 0);

    // A key is the caller's own; no key, no memory.
    let root = keyed(&server.superuser(), "one").post(&path, &title("a"));
    assert_eq!(root.expect(200).get("secret"), Some(&json!("")));
    anyone.post(&path, &title("a")).expect(200);
    anyone.post(&path, &title("a")).expect(200);
    assert_eq!(count(&anyone), 3);
}

#[test]
fn a_key_stands_for_one_request() {
    let Some((_server, superuser, anyone)) = notes() else {
        return;
    };
    superuser
        .post(
            "/api/collections",
            &json!({"name": "others", "type": "base", "createRule": "",
        "fields": [field("title", "text", json!({}))]}),
        )
        .expect(200);
    let path = records("notes");
    let sender = keyed(&anyone, "one");
    sender.post(&path, &title("a")).expect(200);
    let create = json!({"method": "POST", "url": path, "body": title("a")});
    for (path, body) in [
        (path.clone(), title("b")),
        (path.clone(), json!({"title": "a", "more": 1})),
        (path.clone(), json!({})),
        (format!("{path}?fields=id"), title("a")),
        (records("others"), title("a")),
        ("/api/batch".to_owned(), json!({"requests": [create]})),
    ] {
        let refused = sender.post(&path, &body);
        assert_eq!(refused.status, 422, "{path} {body}: {refused}");
        assert!(refused.text.contains("Idempotency-Key"), "{refused}");
    }
    let long = "k".repeat(256);
    for key in ["", long.as_str(), "schlüssel"] {
        let refused = keyed(&anyone, key).post(&path, &title("c"));
        assert_eq!(refused.status, 400, "{key}: {refused}");
    }
    let twice = keyed(&keyed(&anyone, "two"), "three").post(&path, &title("c"));
    assert_eq!(twice.status, 400, "{twice}");
    assert_eq!(count(&anyone), 1);
    assert_eq!(anyone.get(&records("others")).status, 403);

    // What failed is not kept.
    let sender = keyed(&anyone, "four");
    assert_eq!(sender.post(&path, &json!({})).status, 400);
    sender.post(&path, &title("d")).expect(200);
    assert_eq!(count(&anyone), 2);
}

#[test]
fn files_are_part_of_the_request() {
    let Some((server, _superuser, anyone)) = notes() else {
        return;
    };
    let sender = keyed(&anyone, "one");
    let send = |content: &[u8], name: &str, title: &str| {
        let parts = [
            ("title", None, title.as_bytes()),
            ("file", Some(name), content),
        ];
        sender.send("POST", &records("notes"), FORM, &form(&parts))
    };
    let first = send(b"x", "a.txt", "a");
    first.expect(200);
    expect_again(&first, &send(b"x", "a.txt", "a"));
    for (content, name, title) in [
        (&b"y"[..], "a.txt", "a"),
        (b"x", "b.txt", "a"),
        (b"x", "a.txt", "b"),
        (b"", "a.txt", "a"),
    ] {
        let refused = send(content, name, title);
        assert_eq!(refused.status, 422, "{name} {title}: {refused}");
    }
    assert_eq!(count(&anyone), 1);
    wait_for_files(&server, 1);
}

#[test]
fn a_batch_that_is_sent_again_is_answered_again() {
    let Some((server, _superuser, anyone)) = notes() else {
        return;
    };
    let url = records("notes");
    let create = |name: &str| json!({"method": "POST", "url": url, "body": title(name)});
    let sender = keyed(&anyone, "one");
    let body = json!({"requests": [create("a"), create("b")]});
    assert_eq!(
        sender
            .post("/api/batch", &json!({"requests": [create("")]}))
            .status,
        400
    );
    let first = sender.post("/api/batch", &body);
    first.expect(200);
    expect_again(&first, &sender.post("/api/batch", &body));
    let other = json!({"requests": [create("b"), create("a")]});
    assert_eq!(sender.post("/api/batch", &other).status, 422);
    assert_eq!(sender.post(&url, &title("a")).status, 422);

    let payload = body.to_string();
    let send = |key: &str, content: &[u8]| {
        let parts = [
            ("@jsonPayload", None, payload.as_bytes()),
            (key, Some("a.txt"), content),
        ];
        keyed(&anyone, "two").send("POST", "/api/batch", FORM, &form(&parts))
    };
    let first = send("requests.0.file", b"x");
    first.expect(200);
    expect_again(&first, &send("requests.0.file", b"x"));
    assert_eq!(send("requests.1.file", b"x").status, 422);
    assert_eq!(send("requests.0.file", b"y").status, 422);
    assert_eq!(count(&anyone), 4);
    wait_for_files(&server, 1);

    for header in ["Idempotency-Key", "idempotency-key", "If-Match"] {
        let mut inner = create("c");
        inner["headers"] = json!({ header: "x" });
        let refused = anyone.post("/api/batch", &json!({"requests": [inner]}));
        assert_eq!(
            refused.at("data.requests.0.response.status"),
            400,
            "{refused}"
        );
    }
    let outer = anyone.with_header("If-Match", "*");
    assert_eq!(outer.post("/api/batch", &body).status, 400);
    assert_eq!(count(&anyone), 4);
}

#[test]
fn at_once_means_once() {
    let Some((_server, _superuser, anyone)) = notes() else {
        return;
    };
    let url = records("notes");
    let create = |name: &str| json!({"method": "POST", "url": url, "body": title(name)});
    for (path, body, made) in [
        (url.as_str(), title("a"), 1),
        (
            "/api/batch",
            json!({"requests": [create("b"), create("c")]}),
            3,
        ),
    ] {
        let answers: Vec<Answer> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..50)
                .map(|_| {
                    let sender = keyed(&anyone, path);
                    let body = &body;
                    scope.spawn(move || sender.post(path, body))
                })
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        assert!(
            answers.iter().all(|answer| answer.status == 200),
            "{}",
            answers[0]
        );
        assert!(answers.iter().all(|answer| answer.text == answers[0].text));
        let replayed = answers
            .iter()
            .filter(|answer| answer.header("idempotent-replayed") == Some("true"));
        assert_eq!(replayed.count(), 49);
        assert_eq!(count(&anyone), made);
    }
}
