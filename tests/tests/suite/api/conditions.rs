//! Answers that a client has already, and writes of what a client has: `ETag`, `If-None-Match`,
//! `If-Match`. What the real PocketBase does not know.

use super::{field, public_collection};
use luge_tests::persona::records;
use luge_tests::{Answer, Persona, Requests, Server};
use serde_json::{Value, json};

const ONE: &str = "aaaaaaaaaaaaaaa";

/// Notes with a hidden field, one of them written; nothing where the server has no conditions.
fn notes() -> Option<(Server, Persona, Persona)> {
    let server = Server::start();
    if server.is_reference() {
        return None;
    }
    let (superuser, anyone) = (server.superuser(), server.anyone());
    let fields = [
        field("title", "text", json!({"max": 10})),
        field("secret", "text", json!({"hidden": true})),
        field("by", "text", json!({})),
    ];
    public_collection(&superuser, "notes", &fields);
    let values = json!({"id": ONE, "title": "a", "secret": "x", "by": "ann"});
    superuser.record("notes", &values);
    Some((server, superuser, anyone))
}

fn one() -> String {
    format!("{}/{ONE}", records("notes"))
}

#[track_caller]
fn tag(answer: &Answer) -> String {
    answer.header("etag").expect("a tag").to_owned()
}

fn with(persona: &Persona, name: &str, value: &str) -> Persona {
    persona.with_header(name, value)
}

#[test]
fn what_the_client_has_is_not_sent_again() {
    let Some((_server, superuser, anyone)) = notes() else {
        return;
    };
    let list = records("notes");
    for path in [
        one(),
        format!("{}?fields=title", one()),
        list.clone(),
        format!("{list}?filter=title='a'&fields=id"),
        format!("{list}?cursor=&perPage=1"),
    ] {
        let first = anyone.get(&path);
        first.expect(200);
        let known = tag(&first);
        for (tags, status) in [
            (known.clone(), 304),
            (format!("\"x\", W/{known}"), 304),
            ("*".to_owned(), 304),
            ("\"x\"".to_owned(), 200),
            (known.trim_matches('"').to_owned(), 200),
            (String::new(), 200),
        ] {
            let again = with(&anyone, "If-None-Match", &tags).get(&path);
            assert_eq!(again.status, status, "{path} {tags}: {again}");
            assert_eq!(tag(&again), known, "{path} {tags}");
            assert_eq!(
                again.text.is_empty(),
                status == 304,
                "{path} {tags}: {again}"
            );
        }
        let head = anyone.ask("HEAD", &path, &Value::Null);
        assert_eq!(tag(&head), known, "{path}");
        anyone.patch(&one(), &json!({"title": "b"})).expect(200);
        let again = with(&anyone, "If-None-Match", &known).get(&path);
        let narrowed = path.contains("filter");
        assert_eq!(again.status, 200, "{path}: {again}");
        assert!(narrowed || tag(&again) != known, "{path}");
        anyone.patch(&one(), &json!({"title": "a"})).expect(200);
    }
    // Whoever may not see the record does not learn whether a tag is right.
    superuser
        .patch("/api/collections/notes", &json!({"viewRule": null}))
        .expect(200);
    assert_eq!(with(&anyone, "If-None-Match", "*").get(&one()).status, 403);
}

#[test]
fn tags_tell_nothing_that_is_not_shown() {
    let Some((_server, superuser, anyone)) = notes() else {
        return;
    };
    let paths = [one(), records("notes")];
    let tags = |persona: &Persona| paths.clone().map(|path| tag(&persona.get(&path)));
    let (guest, root) = (tags(&anyone), tags(&superuser));
    superuser.patch(&one(), &json!({"secret": "y"})).expect(200);
    assert_eq!(tags(&anyone), guest);
    let changed = tags(&superuser);
    assert!(changed.iter().zip(&root).all(|(new, old)| new != old));
    superuser.patch(&one(), &json!({"secret": "x"})).expect(200);
    assert_eq!(tags(&superuser), root);
}

#[test]
fn a_write_happens_only_to_what_the_client_has() {
    let Some((_server, superuser, anyone)) = notes() else {
        return;
    };
    let known = tag(&anyone.get(&one()));
    let written = with(&anyone, "If-Match", &known).patch(&one(), &json!({"title": "b"}));
    written.expect(200);
    let newer = tag(&written);
    assert_eq!(newer, tag(&anyone.get(&one())));
    assert_ne!(newer, known);
    for tags in [known.as_str(), "\"x\"", "", "x", "\"*\""] {
        let writer = with(&anyone, "If-Match", tags);
        for refused in [
            writer.patch(&one(), &json!({"title": "c"})),
            writer.delete(&one()),
        ] {
            let body = refused.expect(409);
            assert_eq!(body["data"]["title"], "b", "{refused}");
            assert_eq!(body["data"].get("secret"), None, "{refused}");
        }
    }
    // The tag is of what is asked for: with its parts, and as its reader sees it.
    let titles = format!("{}?fields=title", one());
    let narrow = tag(&anyone.get(&titles));
    let writer = with(&anyone, "If-Match", &narrow);
    assert_eq!(writer.patch(&one(), &json!({"title": "c"})).status, 409);
    let refused = with(&anyone, "If-Match", &newer).patch(&titles, &json!({"title": "c"}));
    assert_eq!(refused.expect(409)["data"], json!({"title": "b"}));
    superuser.patch(&one(), &json!({"by": "bob"})).expect(200);
    writer.patch(&titles, &json!({"title": "c"})).expect(200);
    assert_eq!(
        with(&superuser, "If-Match", &newer).delete(&one()).status,
        409
    );

    // What is wrong otherwise is told as ever, and nothing else is told.
    assert_eq!(writer.patch(&format!("{}x", one()), &json!({})).status, 404);
    let current = with(&anyone, "If-Match", &tag(&anyone.get(&one())));
    assert_eq!(
        current
            .patch(&one(), &json!({"title": "much too long"}))
            .status,
        400
    );
    assert_eq!(writer.delete(&format!("{}?fields=a:b(", one())).status, 400);
    let all = format!("{}?filter=id!=''", records("notes"));
    assert_eq!(current.patch(&all, &json!({"title": "d"})).status, 400);
    assert_eq!(current.delete(&all).status, 400);
    current.delete(&one()).expect(204);
    assert_eq!(current.delete(&one()).status, 404);
    assert_eq!(with(&anyone, "If-Match", "*").delete(&one()).status, 404);
}

#[test]
fn a_refused_write_shows_only_what_may_be_viewed() {
    let Some((_server, superuser, anyone)) = notes() else {
        return;
    };
    let rules = |rules: Value| {
        superuser
            .patch("/api/collections/notes", &rules)
            .expect(200)
    };
    let writer = with(&anyone, "If-Match", "\"x\"");
    rules(json!({"viewRule": "title = 'z'"}));
    assert_eq!(
        writer.patch(&one(), &json!({})).expect(409)["data"],
        json!({})
    );
    rules(json!({"viewRule": null}));
    assert_eq!(writer.delete(&one()).expect(409)["data"], json!({}));
    rules(json!({"updateRule": "title = 'z'", "deleteRule": null}));
    assert_eq!(writer.patch(&one(), &json!({})).status, 404);
    assert_eq!(writer.delete(&one()).status, 403);
}

#[test]
fn of_many_writers_with_one_tag_one_writes() {
    let Some((_server, _superuser, anyone)) = notes() else {
        return;
    };
    for round in 0..5 {
        let known = tag(&anyone.get(&one()));
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..20)
                .map(|thread| {
                    let writer = with(&anyone, "If-Match", &known);
                    let title = json!({"title": format!("{round} {thread}")});
                    scope.spawn(move || writer.patch(&one(), &title).status)
                })
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        let done = |status: u16| statuses.iter().filter(|one| **one == status).count();
        assert_eq!((done(200), done(409)), (1, 19), "{statuses:?}");
    }
}

#[test]
fn scripts_of_other_pages_may_read_the_tags() {
    let Some((_server, _superuser, anyone)) = notes() else {
        return;
    };
    let answer = with(&anyone, "Origin", "http://else.where").get(&one());
    let exposed = answer
        .header("access-control-expose-headers")
        .unwrap_or_default();
    assert!(
        exposed.contains("ETag") && exposed.contains("Idempotent-Replayed"),
        "{exposed}"
    );
    assert_eq!(
        anyone.get(&one()).header("access-control-expose-headers"),
        None
    );
}
