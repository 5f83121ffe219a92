//! Lists with a search: what they answer, and what they refuse.

mod many;

use super::field;
use luge_tests::persona::records;
use luge_tests::{Case, Persona, Requests, Server, check};
use serde_json::{Value, json};

/// Public notes with a hidden field, notes that nobody lists, and one collection without a search.
/// `None` for the real PocketBase.
fn notes() -> Option<(Server, Persona)> {
    let server = Server::start();
    if server.is_reference() {
        return None;
    }
    let superuser = server.superuser();
    let fields = [
        field("title", "text", json!({})),
        field("body", "editor", json!({})),
        field("secret", "text", json!({"hidden": true})),
        field("open", "bool", json!({})),
    ];
    let search =
        json!({"fields": {"title": {"weight": 5}, "body": {"language": "en"}, "secret": {}}});
    superuser.collection(&json!({
        "name": "notes", "type": "base", "fields": fields, "listRule": "open = true",
        "search": search,
    }));
    superuser.collection(&json!({
        "name": "locked", "type": "base", "fields": [field("title", "text", json!({}))],
        "search": {"fields": {"title": {}}},
    }));
    superuser.collection(&json!({
        "name": "plain", "type": "base", "fields": [field("title", "text", json!({}))],
        "listRule": "",
    }));
    for (id, title, body, secret, open) in [
        (
            "aaaaaaaaaaaaaaa",
            "Needles",
            "<p>in a <b>hay</b>stack &amp; more</p>",
            "pearl",
            true,
        ),
        (
            "bbbbbbbbbbbbbbb",
            "Other",
            "a needle was searched",
            "",
            true,
        ),
        (
            "ccccccccccccccc",
            "Needles",
            "of nobody's business",
            "pearl",
            false,
        ),
        ("ddddddddddddddd", "Stones", "and pearls", "", true),
    ] {
        superuser.record(
            "notes",
            &json!({"id": id, "title": title, "body": body, "secret": secret, "open": open}),
        );
    }
    superuser.record("locked", &json!({"title": "needle"}));
    Some((server, superuser))
}

fn found(query: &str) -> String {
    format!("{}?wait=1&{query}", records("notes"))
}

#[test]
fn hits_obey_the_rules_of_lists() {
    let Some((server, superuser)) = notes() else {
        return;
    };
    let anyone = server.anyone();
    let row = |name, query: &str| Case::new(name, &anyone, "GET", &found(query));
    let all = |name, query: &str| Case::new(name, &superuser, "GET", &found(query));
    check(vec![
        row("the better field is first", "search=needles")
            .is("totalItems", 2)
            .is("items.0.id", "aaaaaaaaaaaaaaa")
            .is("items.1.id", "bbbbbbbbbbbbbbb")
            .lacks("ccccccccccccccc"),
        row("an error is forgiven", "search=neddles%20").is("totalItems", 1),
        row("a beginning is enough", "search=hays").is("totalItems", 1),
        row("tags are no text", "search=strong").is("totalItems", 0),
        row(
            "a filter stands beside",
            "search=needle&filter=title=%22Other%22",
        )
        .is("totalItems", 1)
        .is("items.0.id", "bbbbbbbbbbbbbbb"),
        row("a sort replaces the rank", "search=needle&sort=-id")
            .is("items.0.id", "bbbbbbbbbbbbbbb"),
        row("snippets are escaped", "search=more&highlight=body").is(
            "items.0.@search.highlights.body",
            "in a haystack &amp; <mark>more</mark>",
        ),
        row(
            "fields can pick them",
            "search=more&highlight=body&fields=id,@search.score",
        )
        .has("\"score\"")
        .lacks("highlights"),
        row("a hidden field is not searched", "search=pearl%20").is("totalItems", 1),
        row("nor named", "search=secret:pearl").is("totalItems", 0),
        row("nor shown", "search=needle&highlight=secret,*").lacks("secret"),
        row("without words nothing is left out", "search=%20").is("totalItems", 3),
        all("superusers search everything", "search=pearl%20").is("totalItems", 3),
        all("and may name it", "search=secret:pearl").is("totalItems", 2),
        all("and are told how", "search=needle&explain=1").is("explain.source.kind", "search"),
    ]);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let Some((server, superuser)) = notes() else {
        return;
    };
    let anyone = server.anyone();
    let row = |name, path: &str, status| {
        Case::new(name, &anyone, "GET", path)
            .status(status)
            .lacks("\"items\"")
    };
    let plain = format!("{}?search=x", records("plain"));
    let locked = format!("{}?wait=1&search=needle", records("locked"));
    let long = found(&format!("search={}", "x".repeat(2_100)));
    let many = found(&format!("search={}", "a%20".repeat(65)));
    check(vec![
        row("no search", &plain, 400).has("not searchable"),
        row("a locked list", &locked, 403),
        row("too long", &long, 400).has("2048 bytes"),
        row("too many words", &many, 400).has("64 words"),
        row("a total", &found("search=x&searchTotal=some"), 400).has("searchTotal"),
        row(
            "a wait",
            &format!("{}?search=x&wait=7", records("notes")),
            400,
        )
        .has("wait"),
        row("a cursor by rank", &found("search=x&cursor="), 400).has("cursor"),
        row("a wrong filter", &found("search=x&filter=nope=1"), 400),
        row("the status", "/api/search/status", 401),
        Case::new("the status", &superuser, "GET", "/api/search/status")
            .is("collections.0.collection", "notes")
            .is("collections.0.searchable", true)
            .is("collections.0.building", false),
    ]);
}

#[test]
fn what_was_written_is_found_also_after_a_restart() {
    let Some((mut server, superuser)) = notes() else {
        return;
    };
    for number in 0..20 {
        let title = format!("fresh{number}x");
        superuser.record("notes", &json!({"title": title, "open": true}));
        let path = found(&format!("search={title}%20"));
        let answer = server.anyone().get(&path).expect(200);
        assert_eq!(answer["totalItems"], 1, "{title}");
    }
    server.kill();
    server.restart();
    for (search, hits) in [("fresh7x%20", 1), ("needles%20", 2), ("fresh99x%20", 0)] {
        let path = found(&format!("search={search}"));
        let answer = server.anyone().get(&path).expect(200);
        assert_eq!(answer["totalItems"], hits, "{search}");
    }
}

/// Ids in the order of the answer.
fn ids(answer: &Value) -> Vec<String> {
    let items = answer["items"].as_array().expect("a list");
    let ids = items
        .iter()
        .map(|item| item["id"].as_str().expect("an id").to_owned());
    ids.collect()
}

/// What is asked over and over: exact words, a typing error, two, phrases, beginnings, words that
/// are missing or not wanted, two words as one, and the same in the order of a sort.
const SEARCHES: [&str; 10] = [
    "search=common%20",
    "search=comon%20",
    "search=tigehtly%20common%20",
    "search=%22word3%20common%22%20",
    "search=tigh",
    "search=word1%20common%20needle%20",
    "search=-word2%20common%20",
    "search=word3common%20",
    "search=body:tightly%20cycle1%20",
    "search=comon%20tightly%20&sort=-title",
];

/// The hits of one search: how many, and the first of them in their order, with the scores that
/// group them.
type Hits = (u64, Vec<(f64, String)>);

/// The hits of each search for somebody.
fn buckets(persona: &Persona) -> Vec<Hits> {
    let ask = |search: &&str| {
        let path = found(&format!("{search}&searchTotal=exact&perPage=1000"));
        let answer = persona.get(&path).expect(200);
        let items = answer["items"].as_array().expect("a list").clone();
        let total = answer["totalItems"].as_u64().expect("a total");
        assert_eq!(total.min(1_000), items.len() as u64, "{search}");
        let hit = |item: &Value| {
            let score = item["@search"]["score"].as_f64().expect("a score");
            (score, item["id"].as_str().expect("an id").to_owned())
        };
        (total, items.iter().map(hit).collect())
    };
    SEARCHES.iter().map(ask).collect()
}

/// Stops the server, takes the index away, and lets the server make it anew.
fn without_index(server: &mut Server) {
    server.kill();
    let index = server.folder.join("data/search");
    std::fs::remove_dir_all(index).expect("there is an index");
    server.restart();
}

/// `SEARCH_KILLS=50` does it at length.
#[test]
fn kills_while_words_are_indexed_leave_what_a_fresh_index_has() {
    let Some((mut server, superuser)) = notes() else {
        return;
    };
    let kills = std::env::var("SEARCH_KILLS")
        .ok()
        .and_then(|kills| kills.parse().ok());
    for cycle in 0..kills.unwrap_or(4_u64) {
        for number in 0..40 {
            let body = ["", "tightly", "loosely tight", "of <b>tightly</b> common"];
            superuser.record(
                "notes",
                &json!({
                    "title": format!("cycle{cycle} word{} common", number % 7),
                    "body": body[number % body.len()], "open": number % 3 > 0,
                }),
            );
        }
        let listed = server.anyone().get(&found("search=common&perPage=2"));
        let listed = ids(&listed.expect(200));
        let path = |id: &str| format!("{}/{id}", records("notes"));
        superuser
            .ask("DELETE", &path(&listed[0]), &json!({}))
            .expect(204);
        superuser
            .patch(&path(&listed[1]), &json!({"title": "changed comon"}))
            .expect(200);
        superuser.record("notes", &json!({"title": "last common", "open": true}));
        // At another moment of the index each time.
        std::thread::sleep(std::time::Duration::from_millis(cycle * 67 % 400));
        server.kill();
        server.restart();
        let of = |server: &Server| [server.anyone(), server.superuser()].map(|one| buckets(&one));
        let kept = of(&server);
        without_index(&mut server);
        let fresh = of(&server);
        for (who, (kept, fresh)) in kept.iter().zip(&fresh).enumerate() {
            for (search, (kept, fresh)) in SEARCHES.iter().zip(kept.iter().zip(fresh)) {
                assert_eq!(kept, fresh, "cycle {cycle}, persona {who}, {search}");
                assert!(!kept.1.iter().any(|(_, id)| *id == listed[0]), "{search}");
            }
        }
        // Each search tells something, and what was changed and removed is part of it.
        let totals: Vec<u64> = kept[0].iter().map(|(total, _)| *total).collect();
        assert!(totals.iter().all(|hits| *hits > 0), "{totals:?}");
        let records = superuser.get(&format!("{}?perPage=1", records("notes")));
        let records = records.expect(200)["totalItems"].as_u64().expect("a total");
        assert!(kept[1][0].0 > records * 3 / 4, "{totals:?}");
    }
}
