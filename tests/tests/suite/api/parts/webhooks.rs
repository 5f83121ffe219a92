//! The rows of webhooks, which need one that has a delivery.

use std::time::{Duration, Instant};

use luge_tests::{Persona, Requests};
use serde_json::json;

use super::{Row, Superuser};

/// Routes of webhooks; `{webhook}` and `{delivery}` stand for those of [`fixture`].
pub(super) const ROWS: [Row; 9] = [
    (
        Superuser,
        "GET /api/webhooks",
        "",
        "",
        "name",
        r#"{"items": [{"name": "one"}], PAGES}"#,
    ),
    (
        Superuser,
        "POST /api/webhooks",
        "",
        r#"{"collection": "notes", "url": "https://example.com", "actions": ["update"]}"#,
        "actions",
        r#"{"actions": ["update"]}"#,
    ),
    (
        Superuser,
        "GET /api/webhooks/{webhook}",
        "",
        "",
        "enabled",
        r#"{"enabled": false}"#,
    ),
    (
        Superuser,
        "PATCH /api/webhooks/{webhook}",
        "",
        r#"{"includeHidden": true}"#,
        "includeHidden",
        r#"{"includeHidden": true}"#,
    ),
    (
        Superuser,
        "POST /api/webhooks/{webhook}/rotate-secret",
        "",
        "",
        "name",
        r#"{"name": "one"}"#,
    ),
    (
        Superuser,
        "POST /api/webhooks/{webhook}/test",
        "",
        "",
        "delivered",
        r#"{"delivered": false}"#,
    ),
    (
        Superuser,
        "GET /api/webhooks/{webhook}/deliveries",
        "",
        "",
        "state",
        r#"{"items": [{"state": "waiting"}], PAGE}"#,
    ),
    (
        Superuser,
        "GET /api/webhooks/{webhook}/deliveries/{delivery}",
        "",
        "",
        "body.type",
        r#"{"body": {"type": "record.created"}}"#,
    ),
    (
        Superuser,
        "POST /api/webhooks/{webhook}/deliveries/{delivery}/replay",
        "",
        "",
        "event,attempts",
        r#"{"event": "record.created", "attempts": 0}"#,
    ),
];

/// Makes a webhook of notes whose receiver cannot be reached, and a note; gives the id of the
/// webhook, which is switched off then, of its delivery, and of the note.
pub(super) fn fixture(superuser: &Persona, note: &serde_json::Value) -> [String; 3] {
    let body = json!({
        "name": "one", "collection": "notes", "url": "http://localhost/", "actions": ["create"],
    });
    let webhook = superuser.post("/api/webhooks", &body).text_at("id");
    let note = superuser.record("notes", note)["id"].clone();
    let path = format!("/api/webhooks/{webhook}");
    let deadline = Instant::now() + Duration::from_secs(30);
    let delivery = loop {
        let page = superuser.get(&format!("{path}/deliveries"));
        if page.at("items.0.last.error").is_string() {
            break page.text_at("items.0.id");
        }
        assert!(Instant::now() < deadline, "{page}");
        std::thread::sleep(Duration::from_millis(50));
    };
    superuser
        .patch(&path, &json!({"enabled": false}))
        .expect(200);
    [webhook, delivery, note.as_str().expect("an id").to_owned()]
}
