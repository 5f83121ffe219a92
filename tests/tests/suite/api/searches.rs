//! One search of many collections: what it finds, what it refuses, and what it does not tell.

use super::field;
use luge_tests::{Case, Persona, Requests, Server, check};
use serde_json::{Value, json};

/// Three searchable collections: open to everybody, to some, to nobody; and one that is not
/// searchable. `None` for the real PocketBase.
fn shelves() -> Option<(Server, Persona)> {
    let server = Server::start();
    if server.is_reference() {
        return None;
    }
    let superuser = server.superuser();
    let fields = json!([
        field("title", "text", json!({})),
        field("body", "text", json!({})),
        field("secret", "text", json!({"hidden": true})),
        field("open", "bool", json!({}))
    ]);
    let search = json!({"fields": {"title": {"weight": 5}, "body": {}, "secret": {}}});
    for (name, rule, search) in [
        ("books", json!(""), search.clone()),
        ("papers", json!("open = true"), search.clone()),
        ("vault", Value::Null, search),
        ("plain", json!(""), Value::Null),
    ] {
        superuser.collection(&json!({"name": name, "type": "base", "fields": fields,
            "listRule": rule, "search": search}));
    }
    for (collection, title, body, open) in [
        ("books", "about stones", "a needle in it", true),
        ("books", "more", "of <b>needles</b>", true),
        ("papers", "needle", "found", true),
        ("papers", "needle", "for nobody", false),
        ("vault", "needle", "locked", true),
        ("plain", "needle", "not searched", true),
    ] {
        let record = json!({"title": title, "body": body, "secret": "pearl", "open": open});
        superuser.record(collection, &record);
    }
    Some((server, superuser))
}

fn search(query: &str) -> String {
    format!("/api/search?wait=1&{query}")
}

#[test]
fn collections_with_hits_are_told_the_best_first() {
    let Some((server, superuser)) = shelves() else {
        return;
    };
    let anyone = server.anyone();
    let row = |name, query: &str| Case::new(name, &anyone, "GET", &search(query));
    let all = |name, query: &str| Case::new(name, &superuser, "GET", &search(query));
    check(vec![
        row("the better group is first", "search=needle")
            .is("groups.0.collectionName", "papers")
            .is("groups.0.totalItems", 1)
            .is("groups.0.items.0.body", "found")
            .is("groups.1.collectionName", "books")
            .is("groups.1.totalItems", 2)
            .has("\"@search\":{\"score\":")
            .lacks("nobody")
            .lacks("vault")
            .lacks("plain")
            .lacks("secret")
            .lacks("notReady"),
        row("some by name", "search=needle&collections=books")
            .is("groups.0.collectionName", "books")
            .lacks("papers"),
        row(
            "each once",
            "search=needle&collections=books,%20papers,books",
        )
        .is("groups.0.collectionName", "papers")
        .is("groups.1.collectionName", "books"),
        row("with snippets", "search=needles&highlight=body")
            .has("of &lt;b&gt;<mark>needles</mark>&lt;/b&gt;"),
        row("with some keys", "search=needle&fields=title,@search.score")
            .is("groups.0.items.0.title", "needle")
            .has("collectionName")
            .lacks("body"),
        row("nothing is found", "search=zzz").is("groups", json!([])),
        row("no words", "search=!%20!").is("groups", json!([])),
        row("control characters", "search=%00%07").is("groups", json!([])),
        row("a hidden field is not searched", "search=pearl%20").is("groups", json!([])),
        row("nor named", "search=secret:pearl").is("groups", json!([])),
        all("superusers search everything", "search=pearl%20")
            .is("groups.0.collectionName", "books")
            .is("groups.1.totalItems", 2)
            .is("groups.2.collectionName", "vault"),
    ]);
    let few = anyone
        .get(&search("search=needle&perCollection=1"))
        .expect(200);
    assert_eq!(few["groups"][1]["items"].as_array().map(Vec::len), Some(1));
    let of_list = anyone.get("/api/collections/papers/records?search=needle&wait=1");
    let of_many = anyone.get(&search("search=needle&collections=papers"));
    let (of_list, of_many) = (of_list.expect(200), of_many.expect(200));
    assert_eq!(of_list["items"], of_many["groups"][0]["items"]);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let Some((server, superuser)) = shelves() else {
        return;
    };
    let anyone = server.anyone();
    let refused = |name, query: &str| {
        let case = Case::new(name, &anyone, "GET", &search(query));
        case.status(400).lacks("groups")
    };
    let none = "no collection that you can search";
    let many = vec!["books"; 101].join(",");
    check(vec![
        refused("no search", "").has("search is required"),
        refused("an empty search", "search=").has("search is required"),
        refused("a space", "search=%20").has("search is required"),
        refused("an unknown collection", "search=x&collections=nope")
            .has(none)
            .has("nope"),
        refused("a locked one", "search=x&collections=vault").has(none),
        refused("one without a search", "search=x&collections=plain").has(none),
        refused("one of the system", "search=x&collections=_superusers").has(none),
        refused("an empty name", "search=x&collections=books,").has(none),
        refused("a name with control characters", "search=x&collections=%00").has(none),
        refused("too many names", &format!("search=x&collections={many}")).has("at most 100"),
        refused("none of each", "search=x&perCollection=0").has("perCollection"),
        refused("too many of each", "search=x&perCollection=51").has("perCollection"),
        refused("no number", "search=x&perCollection=few").has("perCollection"),
        refused("a total", "search=x&searchTotal=some").has("searchTotal"),
        refused("a filter", "search=x&filter=title='x'").has("filter"),
        refused("a sort", "search=x&sort=title").has("sort"),
        refused("a page", "search=x&page=2").has("page"),
        refused("facets", "search=x&facets=title").has("facets"),
        refused("suggestions", "search=x&suggest=x").has("suggest"),
        refused("too long", &format!("search={}", "x".repeat(2_100))).has("2048 bytes"),
        refused("too many words", &format!("search={}", "a%20".repeat(65))).has("64 words"),
        refused("wrong fields", "search=needle&fields=a:b").has("fields"),
        Case::new("a wait", &anyone, "GET", "/api/search?search=x&wait=7")
            .status(400)
            .has("wait"),
        Case::new("another method", &superuser, "POST", "/api/search?search=x").status(404),
        Case::new(
            "a locked one of a superuser",
            &superuser,
            "GET",
            &search("search=needle&collections=vault"),
        )
        .is("groups.0.totalItems", 1),
    ]);
    let message = |name: &str| {
        let answer = anyone.get(&search(&format!("search=x&collections={name}")));
        answer.expect(400)["message"]
            .to_string()
            .replace(name, "NAME")
    };
    assert_eq!(message("vault"), message("nope"));
    assert_eq!(message("plain"), message("nope"));
}

#[test]
fn what_was_lost_is_found_no_more_at_once() {
    let Some((server, superuser)) = shelves() else {
        return;
    };
    let anyone = server.anyone();
    let found = |query: &str| {
        let answer = anyone
            .get(&format!("/api/search?search=needle{query}"))
            .expect(200);
        let groups = answer["groups"].as_array().expect("groups").iter();
        let shown =
            groups.map(|group| format!("{}:{}", group["collectionName"], group["totalItems"]));
        shown.collect::<Vec<_>>().join(" ").replace('"', "")
    };
    anyone.get(&search("search=needle")).expect(200);
    assert_eq!(found(""), "papers:1 books:2");
    let paper = superuser
        .get("/api/collections/papers/records?filter=open=true")
        .expect(200);
    let id = paper["items"][0]["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/collections/papers/records/{id}");
    superuser.patch(&path, &json!({"open": false})).expect(200);
    assert_eq!(found(""), "books:2");
    superuser
        .patch(&path, &json!({"open": true, "title": "gone", "body": ""}))
        .expect(200);
    assert_eq!(found("%20"), "books:2");
    let locked = json!({"listRule": null});
    superuser
        .patch("/api/collections/books", &locked)
        .expect(200);
    assert_eq!(found(""), "");
    anyone
        .get("/api/search?search=needle&collections=books")
        .expect(400);
    superuser
        .patch(
            "/api/collections/books",
            &json!({"listRule": "", "search": null}),
        )
        .expect(200);
    assert_eq!(found(""), "");
    anyone
        .get("/api/search?search=needle&collections=books")
        .expect(400);
}
