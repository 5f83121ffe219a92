//! The `fields` parameter on every route that answers JSON: the parts that were asked for, and
//! nothing written where the asking is wrong.

mod rows;
mod webhooks;

use super::field;
use luge_tests::persona::records;
use luge_tests::{Persona, Requests, Server};
use rows::{ALL_ON_ONE, ELSEWHERE, NAMES, ONE_PAGE, OWN_ROWS, ROWS};
use serde_json::{Value, json};

/// Who asks.
#[derive(Clone, Copy)]
enum Who {
    Anyone,
    Member,
    Superuser,
}
use Who::{Anyone, Member, Superuser};

/// Who asks, which documented route, of which collection, with which body, for which parts, and
/// the whole answer.
type Row = (
    Who,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

struct Notes {
    server: Server,
    superuser: Persona,
    anyone: Persona,
    member: Persona,
    /// Of the one note.
    id: String,
    /// Of the one webhook, and of its delivery; empty for the real PocketBase.
    webhook: [String; 2],
}

fn notes() -> Notes {
    let server = Server::start();
    let superuser = server.superuser();
    let member = server.member();
    let fields = [
        field("title", "text", json!({})),
        field("body", "editor", json!({})),
        field("data", "json", json!({})),
    ];
    super::public_collection(&superuser, "notes", &fields);
    let batch = json!({"batch": {"enabled": true}});
    superuser.patch("/api/settings", &batch).expect(200);
    let note = json!({"title": "Abc", "body": "<p>one two</p>", "data": {"a": {"b": [1]}}});
    let [webhook, delivery, id] = match server.is_reference() {
        true => [
            String::new(),
            String::new(),
            superuser.record("notes", &note)["id"].to_string(),
        ],
        false => webhooks::fixture(&superuser, &note),
    };
    Notes {
        superuser,
        anyone: server.anyone(),
        member,
        id: id.trim_matches('"').to_owned(),
        webhook: [webhook, delivery],
        server,
    }
}

fn asked(notes: &Notes, row: &Row, fields: &str) -> luge_tests::Answer {
    let (who, route, collection, body, _, _) = row;
    let persona = match who {
        Anyone => &notes.anyone,
        Member => &notes.member,
        Superuser => &notes.superuser,
    };
    let (method, template) = route.split_once(' ').unwrap();
    let (name, query) = collection.split_once('?').unwrap_or((collection, ""));
    let path = template
        .replace("{collection}", name)
        .replace(
            "/impersonate/{id}",
            &format!("/impersonate/{}", notes.member.id),
        )
        .replace("{id}", &notes.id)
        .replace("{webhook}", &notes.webhook[0])
        .replace("{delivery}", &notes.webhook[1]);
    let path = format!("{path}?{query}&fields={fields}");
    persona.send(method, &path, "application/json", body.as_bytes())
}

fn answer_of(row: &Row) -> Value {
    let (.., answer) = row;
    if *answer == "NAMES" {
        return NAMES.iter().map(|name| json!({ "name": name })).collect();
    }
    serde_json::from_str(
        &answer
            .replace("PAGES", ALL_ON_ONE)
            .replace("PAGE", ONE_PAGE),
    )
    .unwrap()
}

fn writes(row: &Row) -> bool {
    !row.1.starts_with("GET")
}

#[test]
fn every_json_answer_shows_the_parts_that_were_asked_for() {
    let notes = notes();
    let own: [&[Row]; 2] = if notes.server.is_reference() {
        [&[], &[]]
    } else {
        [OWN_ROWS, &webhooks::ROWS]
    };
    let rows = || ROWS.iter().chain(own.into_iter().flatten());
    let written = || {
        let paths = [
            records("notes"),
            "/api/collections".to_owned(),
            "/api/settings".to_owned(),
            "/api/webhooks".to_owned(),
        ];
        paths.map(|path| notes.superuser.get(&path).text)
    };
    let before = written();
    for row in rows() {
        // A wrong one is refused; where something would be written, before it is.
        if !(notes.server.is_reference() && writes(row)) {
            for wrong in ["id:nothing(1)", "title:excerpt(x)"] {
                let answer = asked(&notes, row, wrong);
                assert_eq!(answer.status, 400, "{answer}");
                assert_eq!(answer.at("data"), json!({}), "{answer}");
            }
        }
    }
    assert_eq!(written(), before);
    for row in rows() {
        let answer = asked(&notes, row, row.4);
        assert_eq!(answer.expect(200), answer_of(row), "{answer}");
    }
    if notes.server.is_reference() {
        return;
    }
    let document = notes.superuser.get("/api/openapi.json").expect(200);
    let mut without = Vec::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        // What a collection has under its own name is one of the others.
        if methods.get("x-luge-collection").is_some() {
            continue;
        }
        for (method, route) in methods.as_object().into_iter().flatten() {
            let route_name = format!("{} {path}", method.to_uppercase());
            let json = route.pointer("/responses/200/content/application~1json");
            let has_row = rows().any(|row| row.1 == route_name);
            let elsewhere = ELSEWHERE.contains(&route_name.as_str());
            if json.is_some() && !has_row && !elsewhere {
                without.push(route_name);
            }
        }
    }
    assert_eq!(without, [""; 0], "these have no row");
}

#[test]
fn answers_that_are_no_success_show_everything() {
    let notes = notes();
    let anyone = &notes.anyone;
    let missing = format!("{}/none?fields=status", records("notes"));
    for (method, path, status) in [
        ("GET", missing.as_str(), 404),
        ("DELETE", &missing, 404),
        ("GET", "/api/collections?fields=status", 401),
        ("GET", "/api/collections/none/records?fields=status", 404),
        (
            "GET",
            "/api/collections/none/records?fields=id:nothing(1)",
            404,
        ),
        ("GET", "/api/nothing?fields=status", 404),
        (
            "POST",
            "/api/collections/notes/auth-refresh?fields=status",
            401,
        ),
        ("PATCH", "/api/settings?fields=status", 401),
    ] {
        let answer = anyone.ask(method, path, &Value::Null);
        assert_eq!(answer.status, status, "{answer}");
        let envelope = answer.json();
        assert!(envelope["message"].is_string(), "{answer}");
        assert_eq!(envelope["data"], json!({}), "{answer}");
        assert_eq!(envelope["status"], status, "{answer}");
    }
    // What has no JSON to choose from does not mind.
    let one = format!("{}/{}", records("notes"), notes.id);
    let delete = format!("{one}?fields=id:nothing(1)");
    assert_eq!(anyone.delete(&delete).status, 204);
    assert_eq!(anyone.get(&one).status, 404);
}
