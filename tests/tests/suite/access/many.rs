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
    let member = |email: &str| superuser.account("members", email);
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

/// An aggregation of notes.
fn aggregation<'a>(persona: &'a Persona, query: &'a str) -> Case<'a> {
    let path = format!("/api/collections/notes/aggregate?{query}");
    Case::new(query, persona, "GET", &path)
}

/// The notes as they were made.
fn unchanged(superuser: &Persona) -> Case<'_> {
    aggregation(superuser, "sum=size")
        .is("items.0.sum.size", 7)
        .is("items.0.count", 3)
}

#[test]
fn an_aggregation_sees_what_a_list_sees() {
    let Some(people) = people() else { return };
    let (superuser, anyone) = (&people.superuser, &people.anyone);
    let sum = |persona, count: u64, sum: u64| {
        aggregation(persona, "count&sum=size")
            .is("items.0.count", count)
            .is("items.0.sum.size", sum)
    };
    let of = |persona, path| {
        let path = format!("/api/collections/{path}");
        Case::new("other collections", persona, "GET", &path)
    };
    check(vec![
        sum(superuser, 3, 7),
        sum(anyone, 2, 5),
        sum(&people.ann, 3, 7),
        sum(&people.bob, 2, 5),
        of(anyone, "locked/aggregate").status(403),
        of(&people.ann, "locked/aggregate").status(403),
        of(superuser, "locked/aggregate").is("items.0.count", 0),
        of(superuser, "nothing/aggregate").status(404),
        of(superuser, "shown/aggregate").status(400),
        // Addresses that are not shown are no values.
        of(anyone, "members/aggregate?group=email")
            .is("totalItems", 1)
            .lacks("@example.com"),
        of(anyone, "members/aggregate?max=email").is("items.0.max.email", Value::Null),
        of(superuser, "members/aggregate?max=password").status(400),
        aggregation(superuser, "group=secret").is("items.0.group.secret", "s"),
        aggregation(
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
fn an_aggregation_says_what_is_wrong_with_it() {
    let Some(people) = people() else { return };
    let (superuser, ann) = (&people.superuser, &people.ann);
    let rows = [
        (ann, "group=secret", 400, "unknown field"),
        (ann, "max=secret", 400, "unknown field"),
        (ann, "filter=secret%3D's'", 400, "unknown field"),
        (ann, "group=@request.auth.id", 403, "Only superusers"),
        (ann, "having=@request.auth.id%3D''", 403, "Only superusers"),
        (superuser, "group=password", 400, "unknown field"),
        (superuser, "sum=owner", 400, "number field"),
        (superuser, "having=total%3E1", 400, "unknown column"),
        (superuser, "sort=size", 400, "unknown column"),
        (superuser, "group=size&sort=size,", 400, "unknown column"),
        (superuser, "page=x", 400, "page must be"),
        (superuser, "count=size", 400, "count must be"),
    ];
    let cases = rows.map(|(persona, query, status, fragment)| {
        aggregation(persona, query).status(status).has(fragment)
    });
    check(cases.into_iter().collect());
}

/// One row per line: who, which records, the status and a fragment of the message.
fn refused(people: &People, method: &str, rows: &str) {
    let rows = rows.lines().map(str::trim).filter(|row| !row.is_empty());
    let rows: Vec<Vec<&str>> = rows.map(|row| row.split(" | ").collect()).collect();
    let cases = rows.iter().map(|row| {
        let [who, collection, filter, status, fragment] = row.as_slice() else {
            panic!("{row:?}")
        };
        let persona = match *who {
            "superuser" => &people.superuser,
            "anyone" => &people.anyone,
            "ann" => &people.ann,
            _ => &people.bob,
        };
        let (filter, more) = filter.split_once(" & ").unwrap_or((filter, ""));
        let path = format!("{}&{more}", selected(collection, filter.trim_matches('_')));
        let case = Case::new(fragment, persona, method, &path);
        let case = match method {
            "PATCH" => case.json(&json!({"size": 9})),
            _ => case,
        };
        case.status(status.parse().unwrap()).has(fragment)
    });
    check(cases.chain([unchanged(&people.superuser)]).collect());
}

#[test]
fn a_refused_change_by_filter_changes_nothing() {
    let Some(people) = people() else { return };
    let rows = "
        superuser | notes | _ | 400 | filter is missing
        superuser | notes | _ _ | 400 | filter is missing
        superuser | notes | nothing = 1 | 400 | nknown field
        superuser | notes | id != '' & preview=yes | 400 | preview must be
        superuser | notes | id != '' & fields=count:x() | 400 | Invalid fields
        ann | notes | secret = 's' | 400 | nknown field
        ann | notes | @request.auth.id = '' | 403 | Only superusers
        ann | locked | id != '' | 403 | Only superusers
        anyone | locked | id != '' | 403 | Only superusers
        superuser | nothing | id != '' | 404 | ollection
        superuser | shown | id != '' | 400 | ollection type";
    refused(&people, "PATCH", rows);
    refused(&people, "DELETE", rows);
    let rows = "
        anyone | notes | id != '' | 400 | may update 0 of the 2
        bob | notes | id != '' | 400 | may update 1 of the 2
        ann | notes | id != '' | 400 | may update 2 of the 3
        ann | notes | id != '' & preview=1 | 400 | may update 2 of the 3";
    refused(&people, "PATCH", rows);
    refused(&people, "DELETE", &rows.replace("update", "delete"));
    let rows = "superuser | _superusers | id != '' | 400 | only existing superuser";
    refused(&people, "DELETE", rows);
}

#[test]
fn a_change_by_filter_changes_all_or_nothing() {
    let Some(people) = people() else { return };
    let (superuser, ann) = (&people.superuser, &people.ann);
    let all = selected("notes", "id != ''");
    let own = selected("notes", &format!("owner = '{}'", ann.id));
    let none = selected("notes", "size = 77");
    let preview = format!("{all}&preview=true");
    let patch =
        |persona, path: &str, body: Value| Case::new("update", persona, "PATCH", path).json(&body);
    let delete = |persona, path: &str| Case::new("delete", persona, "DELETE", path);
    let (plain, too_large) = (records("notes"), "validation_max_number_constraint");
    check(vec![
        patch(superuser, &all, json!({"size": 101})).refused(400, "data.size.code", too_large),
        patch(superuser, &all, json!({"size+": 97})).refused(400, "data.size.code", too_large),
        patch(superuser, &all, json!({"code": "same"})).refused(
            400,
            "data.code.code",
            "validation_not_unique",
        ),
        patch(superuser, &preview, json!({"size": 9})).is("count", 3),
        delete(superuser, &preview).is("count", 3),
        unchanged(superuser),
        patch(ann, &own, json!({"size+": 1})).is("count", 2),
        patch(ann, &none, json!({"size": 1})).is("count", 0),
        Case::new(
            "each by itself",
            superuser,
            "GET",
            &format!("{plain}?sort=size"),
        )
        .is("items.0.size", 2)
        .is("items.1.size", 3)
        .is("items.2.size", 4),
        patch(ann, &own, json!({"secret": "x"})).is("count", 2),
        Case::new("hidden is not hers", superuser, "GET", &plain).is("items.0.secret", "s"),
        delete(ann, &own).is("count", 2),
        Case::new("bob's is left", superuser, "GET", &plain).is("totalItems", 1),
        delete(superuser, &all).is("count", 1),
        delete(superuser, &all).is("count", 0),
    ]);
}

const ORDERED: &str = "perPage=1&sort=-size&cursor=";

/// The sizes of the notes that somebody is led to by cursors.
fn sizes(persona: &Persona) -> Vec<Value> {
    let mut sizes = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("{}?{ORDERED}{cursor}", records("notes"));
        let page = persona.get(&path).expect(200);
        let items = page["items"].as_array().unwrap();
        sizes.extend(items.iter().map(|item| item["size"].clone()));
        match page["nextCursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return sizes,
        }
    }
}

#[test]
fn a_cursor_leads_only_to_what_its_caller_may_list() {
    let Some(people) = people() else { return };
    let list = |collection: &str, query: &str| format!("{}?{query}", records(collection));
    let begin = list("notes", ORDERED);
    assert_eq!(sizes(&people.ann), [4, 2, 1]);
    assert_eq!(sizes(&people.bob), [4, 1]);
    assert_eq!(sizes(&people.anyone), [4, 1]);
    assert_eq!(sizes(&people.superuser), [4, 2, 1]);
    let anns = people.ann.get(&begin).text_at("nextCursor");
    let anns = format!("{begin}{anns}");
    let refused = |name, persona, path: String, status| {
        Case::new(name, persona, "GET", &path)
            .status(status)
            .lacks("\"items\"")
    };
    check(vec![
        Case::new("ann goes on", &people.ann, "GET", &anns).is("items.0.size", 2),
        refused("bob with ann's cursor", &people.bob, anns.clone(), 400),
        refused(
            "a guest with ann's cursor",
            &people.anyone,
            anns.clone(),
            400,
        ),
        refused(
            "a superuser with ann's cursor",
            &people.superuser,
            anns,
            400,
        ),
        refused(
            "hidden order",
            &people.ann,
            list("notes", "sort=secret&cursor="),
            400,
        ),
        refused("a locked list", &people.ann, list("locked", "cursor="), 403),
        refused("a view", &people.anyone, list("shown", "cursor="), 400),
        refused(
            "no collection",
            &people.anyone,
            list("nothing", "cursor="),
            404,
        ),
        refused(
            "explain for ann",
            &people.ann,
            list("notes", "explain=1"),
            403,
        ),
        refused(
            "explain for a guest",
            &people.anyone,
            list("notes", "explain=1&cursor="),
            403,
        ),
    ]);
}
