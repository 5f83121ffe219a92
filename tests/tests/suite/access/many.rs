//! Aggregation, and updates and deletes by filter: rules, hidden values, all or nothing.

use luge_tests::persona::records;
use luge_tests::{Case, Persona, Requests, Server, check};
use serde_json::{Value, json};

/// `text` in a query.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric();
    let bytes = text.bytes().map(|byte| match byte {
        byte if plain(byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    });
    bytes.collect()
}

fn selected(collection: &str, filter: &str) -> String {
    format!("{}?filter={}", records(collection), encoded(filter))
}

struct People {
    superuser: Persona,
    anyone: Persona,
    ann: Persona,
    bob: Persona,
    _server: Server,
}

/// Members, and notes that everybody lists and their owners change. `None` for the real PocketBase.
fn people() -> Option<People> {
    let server = Server::start();
    if server.is_reference() {
        return None;
    }
    let (superuser, anyone) = (server.superuser(), server.anyone());
    superuser.collection(&json!({"name": "members", "type": "auth", "listRule": ""}));
    let member = |email: &str| {
        let body = json!({"email": email, "password": "12345678", "passwordConfirm": "12345678"});
        superuser.record("members", &body);
        anyone.sign_in("members", email, "12345678")
    };
    let (ann, bob) = (member("ann@example.com"), member("bob@example.com"));
    superuser.collection(&json!({
        "name": "notes", "type": "base", "listRule": "public = true || owner = @request.auth.id",
        "updateRule": "owner = @request.auth.id", "deleteRule": "owner = @request.auth.id",
        "indexes": ["CREATE UNIQUE INDEX `code` ON `notes` (`code`) WHERE `code` != ''"],
        "fields": [
            {"name": "owner", "type": "text"}, {"name": "public", "type": "bool"},
            {"name": "size", "type": "number", "max": 100}, {"name": "code", "type": "text"},
            {"name": "secret", "type": "text", "hidden": true},
        ],
    }));
    for (owner, public, size) in [(&ann, true, 1), (&ann, false, 2), (&bob, true, 4)] {
        let body = json!({"owner": owner.id, "public": public, "size": size, "secret": "s"});
        superuser.record("notes", &body);
    }
    superuser.collection(&json!({"name": "locked", "type": "base"}));
    superuser.collection(&json!({
        "name": "shown", "type": "view", "viewQuery": "SELECT id FROM notes", "listRule": "",
    }));
    Some(People {
        superuser,
        anyone,
        ann,
        bob,
        _server: server,
    })
}

#[test]
fn an_aggregation_sees_what_a_list_sees() {
    let Some(people) = people() else { return };
    let People {
        superuser,
        anyone,
        ann,
        bob,
        ..
    } = &people;
    let ask = |name, persona, query: &str| {
        let path = format!("/api/collections/notes/aggregate?{query}");
        Case::new(name, persona, "GET", &path)
    };
    let at = |name, persona, collection: &str| {
        let path = format!("/api/collections/{collection}/aggregate");
        Case::new(name, persona, "GET", &path)
    };
    let sum = |name, persona, count: u64, sum: u64| {
        ask(name, persona, "count&sum=size")
            .is("items.0.count", count)
            .is("items.0.sum.size", sum)
    };
    check(vec![
        sum("superuser", superuser, 3, 7),
        sum("guest", anyone, 2, 5),
        sum("ann", ann, 3, 7),
        sum("bob", bob, 2, 5),
        ask("hidden key", ann, "group=secret")
            .status(400)
            .has("unknown field"),
        ask("hidden value", ann, "max=secret")
            .status(400)
            .has("unknown field"),
        ask("hidden in filter", ann, "filter=secret%3D's'").status(400),
        ask("hidden, superuser", superuser, "group=secret").is("items.0.group.secret", "s"),
        ask("request", ann, "group=@request.auth.id").status(403),
        ask("request in having", ann, "having=@request.auth.id%3D''").status(403),
        ask("password", superuser, "group=password").status(400),
        ask("sum of a text", superuser, "sum=owner")
            .status(400)
            .has("number field"),
        ask("bad having", superuser, "having=total%3E1")
            .status(400)
            .has("unknown column"),
        ask("bad sort", superuser, "sort=size")
            .status(400)
            .has("unknown column"),
        ask("bad page", superuser, "page=x").status(400),
        ask("count of a field", superuser, "count=size").status(400),
        at("locked", anyone, "locked").status(403),
        at("locked, member", ann, "locked").status(403),
        at("locked, superuser", superuser, "locked").is("items.0.count", 0),
        at("missing", superuser, "nothing").status(404),
        at("view", superuser, "shown").status(400),
        // Addresses that are not shown are no values.
        Case::new(
            "addresses",
            anyone,
            "GET",
            "/api/collections/members/aggregate?group=email",
        )
        .is("totalItems", 1)
        .lacks("@example.com"),
        Case::new(
            "greatest",
            anyone,
            "GET",
            "/api/collections/members/aggregate?max=email",
        )
        .is("items.0.max.email", Value::Null),
        Case::new(
            "hash",
            superuser,
            "GET",
            "/api/collections/members/aggregate?max=password",
        )
        .status(400),
        ask(
            "pages",
            superuser,
            "group=owner,size&sort=-size&perPage=2&page=2&fields=group",
        )
        .is("totalItems", 3)
        .is("totalPages", 2)
        .is("items.0.group.size", 1)
        .lacks("count"),
    ]);
}

#[test]
fn a_filter_changes_all_or_nothing() {
    let Some(people) = people() else { return };
    let People {
        superuser,
        anyone,
        ann,
        bob,
        ..
    } = &people;
    let all = selected("notes", "id != ''");
    let own = selected("notes", &format!("owner = '{}'", ann.id));
    let patch = |name, persona, path: &str, body: Value| {
        Case::new(name, persona, "PATCH", path).json(&body)
    };
    let delete = |name, persona, path: &str| Case::new(name, persona, "DELETE", path);
    let size = json!({"size": 9});
    let unchanged = |name| {
        Case::new(
            name,
            superuser,
            "GET",
            "/api/collections/notes/aggregate?sum=size",
        )
        .is("items.0.sum.size", 7)
        .is("items.0.count", 3)
    };
    let plain = records("notes");
    let locked = selected("locked", "id != ''");
    check(vec![
        patch("no filter", superuser, &plain, size.clone())
            .status(400)
            .has("filter is missing"),
        delete("no filter", superuser, &plain)
            .status(400)
            .has("filter is missing"),
        delete("empty filter", superuser, &format!("{plain}?filter=%20")).status(400),
        delete("wrong filter", superuser, &selected("notes", "nothing = 1")).status(400),
        delete("wrong preview", superuser, &format!("{all}&preview=yes")).status(400),
        patch("guest", anyone, &all, size.clone())
            .status(400)
            .has("may update 0 of the 2"),
        patch("bob", bob, &all, size.clone())
            .status(400)
            .has("may update 1 of the 2"),
        patch("ann", ann, &all, size.clone())
            .status(400)
            .has("may update 2 of the 3"),
        delete("guest", anyone, &all)
            .status(400)
            .has("may delete 0 of the 2"),
        delete("ann", ann, &all)
            .status(400)
            .has("may delete 2 of the 3"),
        delete(
            "previews are no permission",
            bob,
            &format!("{all}&preview=1"),
        )
        .status(400),
        delete("hidden in filter", ann, &selected("notes", "secret = 's'")).status(400),
        delete(
            "request in filter",
            ann,
            &selected("notes", "@request.auth.id = ''"),
        )
        .status(403),
        patch("locked", ann, &locked, size.clone()).status(403),
        delete("locked", anyone, &locked).status(403),
        delete("missing", superuser, &selected("nothing", "id != ''")).status(404),
        delete("view", superuser, &selected("shown", "id != ''")).status(400),
        patch("invalid value", superuser, &all, json!({"size": 101})).refused(
            400,
            "data.size.code",
            "validation_max_number_constraint",
        ),
        patch("one too large", superuser, &all, json!({"size+": 97})).refused(
            400,
            "data.size.code",
            "validation_max_number_constraint",
        ),
        patch("one code for all", superuser, &all, json!({"code": "same"})).refused(
            400,
            "data.code.code",
            "validation_not_unique",
        ),
        unchanged("nothing happened"),
        patch("preview", superuser, &format!("{all}&preview=1"), size).is("count", 3),
        delete("preview", superuser, &format!("{all}&preview=true")).is("count", 3),
        unchanged("previews change nothing"),
        patch("ann's own", ann, &own, json!({"size+": 1})).is("count", 2),
        patch(
            "nothing selected",
            ann,
            &selected("notes", "size = 77"),
            json!({"size": 1}),
        )
        .is("count", 0),
        Case::new(
            "each by itself",
            superuser,
            "GET",
            &format!("{plain}?sort=size"),
        )
        .is("items.0.size", 2)
        .is("items.1.size", 3)
        .is("items.2.size", 4),
        patch("hidden is not hers", ann, &own, json!({"secret": "x"})).is("count", 2),
        Case::new("secret", superuser, "GET", &plain).is("items.0.secret", "s"),
        delete("ann's own", ann, &own).is("count", 2),
        Case::new("bob's is left", superuser, "GET", &plain).is("totalItems", 1),
        delete("all", superuser, &all).is("count", 1),
        delete("none left", superuser, &all).is("count", 0),
        delete(
            "the last superuser",
            superuser,
            &selected("_superusers", "id != ''"),
        )
        .status(400)
        .has("only existing superuser"),
    ]);
}
