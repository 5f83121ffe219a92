//! What `explain` tells of a list, and whom.

use super::{field, public_collection};
use luge_tests::persona::records;
use luge_tests::{Case, Persona, Requests, Server, check};
use serde_json::json;

/// Notes with indexes, and a locked collection. `None` for the real PocketBase.
fn notes() -> Option<(Server, Persona)> {
    let server = Server::start();
    if server.is_reference() {
        return None;
    }
    let superuser = server.superuser();
    let fields = [
        field("kind", "text", json!({})),
        field("amount", "number", json!({})),
        field("code", "text", json!({})),
    ];
    public_collection(&superuser, "notes", &fields);
    let indexes = json!({"indexes": [
        "CREATE INDEX `by_kind` ON `notes` (`kind`, `amount`)",
        "CREATE UNIQUE INDEX `by_code` ON `notes` (`code`)",
    ]});
    superuser
        .ask("PATCH", "/api/collections/notes", &indexes)
        .expect(200);
    superuser.collection(&json!({"name": "locked", "type": "base"}));
    for number in 0..64 {
        let body = json!({
            "kind": format!("k{}", number % 32), "amount": number, "code": format!("c{number}"),
        });
        superuser.record("notes", &body);
    }
    Some((server, superuser))
}

#[test]
fn superusers_are_told_the_plan_and_nobody_else() {
    let Some((server, superuser)) = notes() else {
        return;
    };
    let anyone = server.anyone();
    let list = |query: &str| format!("{}?{query}", records("notes"));
    let row = |query: &'static str| {
        let path = list(&format!("explain=1&{query}"));
        Case::new(query, &superuser, "GET", &path)
    };
    let refused = |name, path: String, status| {
        Case::new(name, &anyone, "GET", &path)
            .status(status)
            .lacks("\"items\"")
            .lacks("source")
    };
    check(vec![
        row("")
            .is("explain.source.kind", "scan")
            .is("explain.order", "insertion"),
        row("")
            .is("explain.filter", false)
            .is("explain.candidates", 30),
        row("filter=1=2")
            .is("explain.source.kind", "nothing")
            .is("explain.candidates", 0),
        row("filter=id=%22x%22").is("explain.source.kind", "id"),
        row("filter=code=%22c3%22")
            .is("explain.source.kind", "unique entry")
            .is("explain.source.index", "by_code")
            .is("explain.source.bounds.0", "code = \"c3\""),
        row("filter=kind=%22k3%22")
            .is("explain.source.kind", "index range")
            .is("explain.filter", true)
            .is("explain.candidates", 2),
        row("filter=kind=%22k3%22%7C%7Ckind=%22k4%22")
            .is("explain.source.kind", "union")
            .is("explain.source.parts.1.index", "by_kind"),
        row("sort=kind,amount&perPage=5")
            .is("explain.order", "index")
            .is("explain.indexEntries", 5),
        row("sort=amount")
            .is("explain.order", "sorted")
            .is("explain.candidates", 64),
        row("cursor=&perPage=5&sort=kind,amount").is("explain.indexEntries", 6),
        row("fields=id").is("explain.source.kind", "scan"),
        Case::new("not asked", &superuser, "GET", &list("explain=0")).lacks("explain"),
        Case::new("guest, not asked", &anyone, "GET", &list("explain=0")).lacks("explain"),
        refused("guest", list("explain=1"), 403).has("Only superusers"),
        refused(
            "guest, with a filter",
            list("explain=true&filter=amount=1"),
            403,
        ),
        refused(
            "a locked list",
            format!("{}?explain=1", records("locked")),
            403,
        ),
        refused(
            "no such collection",
            format!("{}?explain=1", records("nothing")),
            404,
        ),
        refused("no truth", list("explain=yes"), 400).has("The parameter explain must be"),
    ]);
}
