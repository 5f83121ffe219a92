//! What the log tells of a request that its answer does not: the rule that decided, how records
//! were found, and what a superuser did. Only of Luge.

use std::time::{Duration, Instant};

use luge_tests::persona::records;
use luge_tests::{Persona, Requests, Server};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(20);
const MINE: &str = "owner = @request.auth.id";

struct World {
    server: Server,
    superuser: Persona,
    owner: Persona,
    other: Persona,
    note: String,
}

/// Notes that their owner sees and changes, that everybody makes and nobody removes.
fn world() -> Option<World> {
    let server = Server::start();
    if server.is_reference() {
        return None;
    }
    let (superuser, anyone) = (server.superuser(), server.anyone());
    let members = superuser.collection(&json!({"name": "members", "type": "auth"}));
    let member = |name: &str| {
        let (email, password) = (format!("{name}@example.com"), "12345678");
        let account = json!({"email": email, "password": password, "passwordConfirm": password});
        let made = superuser.record("members", &account);
        (anyone.sign_in("members", &email, password), made)
    };
    let ((owner, made), (other, _)) = (member("owner"), member("other"));
    let relation = json!({"name": "owner", "type": "relation", "collectionId": members["id"]});
    superuser.collection(&json!({
        "name": "notes", "type": "base", "listRule": MINE, "viewRule": MINE, "createRule": "",
        "updateRule": MINE, "deleteRule": null,
        "fields": [relation, {"name": "text", "type": "text"}],
    }));
    let note = superuser.record("notes", &json!({"owner": made["id"], "text": "mine"}));
    let note = note["id"].as_str().unwrap().to_owned();
    Some(World {
        server,
        superuser,
        owner,
        other,
        note,
    })
}

/// The data of the entry that a filter finds.
fn entry(superuser: &Persona, filter: &str) -> Value {
    let begun = Instant::now();
    loop {
        let page = superuser.get(&format!("/api/logs?filter={filter}"));
        let page = page.expect(200);
        if let Some(found) = page["items"].as_array().and_then(|items| items.last()) {
            return found["data"].clone();
        }
        assert!(begun.elapsed() < PATIENCE, "{filter}: {page}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn the_log_tells_the_rule_that_decided_and_the_answer_does_not() {
    let Some(world) = world() else { return };
    let World {
        superuser,
        owner,
        other,
        note,
        ..
    } = &world;
    let guest = world.server.anyone();
    let one = format!("{}/{note}", records("notes"));
    let none = format!("{}/nothere00000000", records("notes"));
    let all = records("notes");
    let rows = [
        ("GET", &one, owner, 200, "view allowed"),
        ("GET", &one, superuser, 200, "view superuser"),
        ("GET", &all, owner, 200, "list filtered"),
        ("POST", &all, &guest, 200, "create public"),
        ("PATCH", &one, owner, 200, "update allowed"),
        ("GET", &one, other, 404, "view denied"),
        ("GET", &one, &guest, 404, "view denied"),
        ("PATCH", &one, other, 404, "update denied"),
        ("PATCH", &one, &guest, 404, "update denied"),
        ("GET", &none, other, 404, "view unasked"),
        ("GET", &none, superuser, 404, "view superuser"),
        ("PATCH", &none, owner, 404, "update unasked"),
        ("DELETE", &one, owner, 403, "delete locked"),
        ("DELETE", &none, &guest, 403, "delete locked"),
    ];
    for (number, (method, path, who, status, _)) in rows.iter().enumerate() {
        let path = format!("{path}?mark=row{number}.");
        let answer = match *method {
            "GET" => who.get(&path),
            method => who.ask(method, &path, &json!({"text": "x"})),
        };
        assert_eq!(answer.status, *status, "{method} {path}: {}", answer.text);
        for word in ["verdict", "denied", "unasked", "timings", "waitMs", MINE] {
            assert!(!answer.text.contains(word), "{word} in {}", answer.text);
        }
    }
    for (number, (method, path, _, _, said)) in rows.iter().enumerate() {
        let data = entry(superuser, &format!("data.url~'mark=row{number}.'"));
        let rule = &data["rule"];
        let told = format!(
            "{} {}",
            rule["action"].as_str().unwrap_or_default(),
            rule["verdict"].as_str().unwrap_or_default()
        );
        assert_eq!(told, *said, "{method} {path}: {data}");
        assert_eq!(rule["collection"], "notes");
        let text = match rule["action"].as_str() {
            Some("create") => json!(""),
            Some("delete") => Value::Null,
            _ => json!(MINE),
        };
        assert_eq!(rule["text"], text, "{data}");
    }
    // Denied and missing are the same to whoever asks, byte for byte.
    let (denied, missing) = (other.get(&one), other.get(&none));
    assert_eq!(
        (denied.status, &denied.text),
        (missing.status, &missing.text)
    );
}

#[test]
fn the_log_tells_what_took_time_and_nothing_of_requests_without_parts() {
    let Some(world) = world() else { return };
    let World {
        superuser, owner, ..
    } = &world;
    let all = records("notes");
    owner.get(&format!("{all}?mark=list.")).expect(200);
    owner
        .post(&format!("{all}?mark=write."), &json!({}))
        .expect(200);
    owner
        .get(&format!("{all}?mark=broken.&filter=nope="))
        .expect(400);
    owner.get("/api/health?mark=plain.").expect(200);
    owner
        .get("/api/collections/nope/records?mark=none.")
        .expect(404);

    let list = entry(superuser, "data.url~'mark=list.'");
    assert_eq!(list["query"]["plan"], "scan");
    assert_eq!(list["query"]["collection"], "notes");
    assert_eq!(list["query"]["returned"], 1);
    assert!(list["timings"]["readMs"].as_f64().unwrap() > 0.0, "{list}");
    assert!(list["timings"].get("commitMs").is_none(), "{list}");
    let write = entry(superuser, "data.url~'mark=write.'");
    assert!(
        write["timings"]["commitMs"].as_f64().unwrap() > 0.0,
        "{write}"
    );
    assert!(write.get("query").is_none(), "{write}");
    let broken = entry(superuser, "data.url~'mark=broken.'");
    assert!(broken.get("query").is_none(), "{broken}");
    for mark in ["plain", "none"] {
        let data = entry(superuser, &format!("data.url~'mark={mark}.'"));
        for key in ["rule", "rules", "query", "audit"] {
            assert!(data.get(key).is_none(), "{key} of {data}");
        }
        assert!(data["timings"].get("readMs").is_none(), "{data}");
    }
}

#[test]
fn a_batch_tells_all_its_rules_and_the_one_that_refused() {
    let Some(world) = world() else { return };
    let World {
        superuser,
        other,
        note,
        ..
    } = &world;
    let enabled = json!({"batch": {"enabled": true}});
    superuser.patch("/api/settings", &enabled).expect(200);
    let body = json!({"requests": [
        {"method": "POST", "url": "/api/collections/notes/records", "body": {"text": "new"}},
        {"method": "PATCH", "url": format!("/api/collections/notes/records/{note}"), "body": {}},
    ]});
    other.post("/api/batch?mark=batch.", &body).expect(400);
    let data = entry(superuser, "data.url~'mark=batch.'");
    assert_eq!(data["rule"]["verdict"], "denied", "{data}");
    assert_eq!(
        data["rules"],
        json!(["notes create public", "notes update denied"])
    );
}

/// Does what is a deed, and tries what is none; the id of whom the superuser acted as.
fn deeds(
    World {
        superuser, owner, ..
    }: &World,
) -> String {
    let settings = "/api/settings";
    let (notes, extra) = ("/api/collections/notes", "/api/collections/extra");
    // Successes are not logged, unless they are deeds.
    let smtp = json!({"smtp": {"password": "hush-hush"}, "logs": {"minLevel": 8}});
    superuser.patch(settings, &smtp).expect(200);
    superuser.patch(notes, &json!({"viewRule": ""})).expect(200);
    superuser.collection(&json!({"name": "extra", "type": "base"}));
    superuser.delete(&format!("{extra}/truncate")).expect(204);
    superuser.delete(extra).expect(204);
    let (backups, backup) = ("/api/backups", "/api/backups/one.zip");
    let name = json!({"name": "one.zip"});
    superuser.post(backups, &name).expect(204);
    superuser.delete(backup).expect(204);
    let people = superuser.get(&records("members")).expect(200);
    let person = people["items"][0]["id"].as_str().unwrap().to_owned();
    let act = format!("/api/collections/members/impersonate/{person}");
    superuser.post(&act, &json!({})).expect(200);
    let wrong_days = json!({"logs": {"maxDays": -1}});
    let wrong_rule = json!({"viewRule": "nope ="});
    for (who, method, path, body, status) in [
        (owner, "PATCH", settings, &smtp, 403),
        (owner, "PATCH", notes, &json!({"viewRule": null}), 403),
        (owner, "POST", act.as_str(), &json!({}), 403),
        (owner, "DELETE", notes, &json!({}), 403),
        (owner, "POST", backups, &name, 403),
        (superuser, "PATCH", settings, &wrong_days, 400),
        (superuser, "PATCH", notes, &wrong_rule, 400),
        (superuser, "DELETE", backup, &json!({}), 400),
        (superuser, "DELETE", extra, &json!({}), 404),
    ] {
        let answer = who.ask(method, path, body);
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text);
    }
    let last = json!({"logs": {"minLevel": 0}});
    superuser.patch(settings, &last).expect(200);
    person
}

#[test]
fn what_a_superuser_did_is_told_with_who_and_what_and_without_any_value() {
    let Some(world) = world() else { return };
    let superuser = &world.superuser;
    let person = deeds(&world);
    let last = entry(
        superuser,
        "data.audit.changed~'minLevel'%26%26data.audit.changed!~'smtp'",
    );
    assert_eq!(last["audit"]["changed"], json!(["logs.minLevel"]));
    let first = entry(superuser, "data.audit.changed~'smtp.password'");
    assert_eq!(first["audit"]["action"], "settings.update");
    for (action, target, changed) in [
        ("collections.update", "notes", json!(["viewRule"])),
        ("collections.create", "extra", Value::Null),
        ("collections.truncate", "extra", Value::Null),
        ("collections.delete", "extra", Value::Null),
        ("backups.create", "one.zip", Value::Null),
        ("backups.delete", "one.zip", Value::Null),
        ("impersonate", &format!("members/{person}"), Value::Null),
    ] {
        let filter = format!("data.audit.action='{action}'%26%26data.audit.target='{target}'");
        let data = entry(superuser, &filter);
        assert_eq!(data["audit"]["changed"], changed, "{data}");
        let by = data["audit"]["by"].as_str().unwrap();
        assert!(by.starts_with("_superusers/"), "{data}");
    }
    let all = superuser.get("/api/logs?perPage=200").expect(200);
    let items = all["items"].as_array().unwrap().iter();
    let deeds = items.filter(|item| item["data"].get("audit").is_some());
    // Two collections were made before.
    assert_eq!(deeds.count(), 9 + 2, "{all}");
    assert!(!all.to_string().contains("hush-hush"));
}
