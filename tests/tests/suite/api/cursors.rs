//! Cursors beside pages: the whole list in steps, and what is refused with a reason.

use super::{field, public_collection};
use luge_tests::persona::records;
use luge_tests::{Case, Persona, Requests, Server, check};
use serde_json::{Value, json};

/// Notes of which many share their values. `None` for the real PocketBase, which has no cursors.
fn notes() -> Option<(Server, Persona)> {
    let server = Server::start();
    if server.is_reference() {
        return None;
    }
    let superuser = server.superuser();
    let fields = [
        field("title", "text", json!({})),
        field("amount", "number", json!({})),
        field("data", "json", json!({})),
        field("secret", "text", json!({"hidden": true})),
    ];
    public_collection(&superuser, "notes", &fields);
    public_collection(&superuser, "others", &fields);
    let indexes = json!({"indexes": ["CREATE INDEX `by_amount` ON `notes` (`amount` DESC)"]});
    superuser
        .ask("PATCH", "/api/collections/notes", &indexes)
        .expect(200);
    for number in 0..23 {
        let data = [json!(null), json!(number), json!("x")][number % 3].clone();
        let body = json!({
            "title": format!("t{}", number % 5), "amount": number % 4, "data": data, "secret": "s",
        });
        superuser.record("notes", &body);
    }
    Some((server, superuser))
}

/// The ids of all pages, each asked for with the cursor of the one before.
fn paged(persona: &Persona, query: &str) -> Vec<Value> {
    let mut ids = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("{}?perPage=4&{query}&cursor={cursor}", records("notes"));
        let page = persona.get(&path).expect(200);
        let items = page["items"].as_array().unwrap();
        ids.extend(items.iter().map(|item| item["id"].clone()));
        assert_eq!(page["page"], 1);
        match page["nextCursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return ids,
        }
    }
}

#[test]
fn the_pages_of_a_cursor_are_the_whole_list() {
    let Some((server, _)) = notes() else { return };
    let anyone = server.anyone();
    for query in [
        "",
        "sort=-@rowid",
        "sort=amount",
        "sort=-amount",
        "sort=title,-amount",
        "sort=-data",
        "sort=data,title",
        "filter=amount>1&sort=title",
        "filter=amount=9",
        "filter=title='t1'||title='t2'&sort=-title",
    ] {
        let query = query
            .replace('>', "%3E")
            .replace('|', "%7C")
            .replace('\'', "%27");
        let whole = anyone
            .get(&format!("{}?{query}", records("notes")))
            .expect(200);
        let items = whole["items"].as_array().unwrap();
        let expected: Vec<Value> = items.iter().map(|item| item["id"].clone()).collect();
        assert_eq!(paged(&anyone, &query), expected, "{query}");
    }
}

#[test]
fn a_cursor_goes_on_while_records_come_and_go() {
    let Some((server, superuser)) = notes() else {
        return;
    };
    let path = |cursor: &str| {
        format!(
            "{}?perPage=5&sort=-amount&cursor={cursor}",
            records("notes")
        )
    };
    let first = server.anyone().get(&path("")).expect(200);
    let last = first["items"][4]["id"].as_str().unwrap().to_owned();
    superuser
        .ask(
            "DELETE",
            &format!("{}/{last}", records("notes")),
            &Value::Null,
        )
        .expect(204);
    superuser.record("notes", &json!({"title": "new", "amount": 99}));
    let next = server
        .anyone()
        .get(&path(first["nextCursor"].as_str().unwrap()))
        .expect(200);
    let whole = server
        .anyone()
        .get(&format!("{}?sort=-amount", records("notes")))
        .expect(200);
    // One came before the page and one of it went: the rest stands where it stood.
    assert_eq!(next["items"][0]["id"], whole["items"][5]["id"]);
}

/// A list in order of amounts behind its second record.
fn behind_two(anyone: &Persona) -> String {
    let first = anyone.get(&format!(
        "{}?perPage=2&sort=amount&cursor=",
        records("notes")
    ));
    let cursor = first.text_at("nextCursor");
    format!("sort=amount&cursor={cursor}")
}

fn of(collection: &str, query: &str) -> String {
    format!("{}?{query}", records(collection))
}

fn refused<'a>(persona: &'a Persona, path: &str, reason: &'a str) -> Case<'a> {
    Case::new(reason, persona, "GET", path)
        .status(400)
        .has(reason)
        .lacks("\"items\"")
}

#[test]
fn a_cursor_of_another_list_is_refused_with_the_reason() {
    let Some((server, superuser)) = notes() else {
        return;
    };
    let anyone = server.anyone();
    let query = behind_two(&anyone);
    let good = of("notes", &query);
    let sort = "it belongs to another sort";
    let excluded = "page and cursor exclude each other";
    let turned = good.replace("sort=amount", "sort=-amount");
    check(vec![
        Case::new("next", &anyone, "GET", &good)
            .is("totalItems", -1)
            .has("nextCursor"),
        Case::new("no cursor", &anyone, "GET", &records("notes")).lacks("nextCursor"),
        Case::new("counted", &anyone, "GET", &format!("{good}&skipTotal=0")).is("totalItems", 23),
        Case::new(
            "the end",
            &anyone,
            "GET",
            &of("notes", "perPage=23&cursor="),
        )
        .is("nextCursor", Value::Null),
        refused(&anyone, &good.replace("sort=amount", "sort="), sort),
        refused(&anyone, &turned, sort),
        refused(
            &anyone,
            &format!("{good}&filter=amount=1"),
            "another filter",
        ),
        refused(&anyone, &of("others", &query), "another collection"),
        refused(&superuser, &good, "another caller"),
        refused(&anyone, &format!("{good}&page=1"), excluded),
        refused(&anyone, &of("notes", "cursor=&page=2"), excluded),
        refused(&anyone, &of("notes", "sort=@random&cursor="), "@random"),
        refused(&anyone, &of("notes", "sort=secret&cursor="), "Invalid sort"),
    ]);
}

#[test]
fn what_is_no_cursor_is_refused_with_the_reason() {
    let Some((server, _)) = notes() else { return };
    let anyone = server.anyone();
    let good = of("notes", &behind_two(&anyone));
    let unknown = "it is not one that this server gave";
    let long = format!("cursor={}", "A".repeat(9000));
    check(vec![
        refused(&anyone, &of("notes", "cursor=abc"), unknown),
        refused(&anyone, &of("notes", "cursor=%00%FF"), unknown),
        refused(&anyone, &good[..good.len() - 2], unknown),
        refused(&anyone, &format!("{good}AAAA"), unknown),
        refused(&anyone, &good.replace("cursor=A", "cursor=B"), unknown),
        refused(&anyone, &of("notes", &long), unknown),
    ]);
}

#[test]
fn a_cursor_holds_after_a_restart() {
    let Some((mut server, _)) = notes() else {
        return;
    };
    let path = |cursor: &str| format!("{}?perPage=5&sort=title&cursor={cursor}", records("notes"));
    let first = server.anyone().get(&path("")).expect(200);
    let next = path(first["nextCursor"].as_str().unwrap());
    let before = server.anyone().get(&next).expect(200);
    server.terminate();
    server.restart();
    assert_eq!(server.anyone().get(&next).expect(200), before);
}
