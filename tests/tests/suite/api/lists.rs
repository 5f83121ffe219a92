//! Lists: pages, totals, sort, fields, and filters that are refused or must find exact rows.

use super::{field, public_collection};
use luge_tests::persona::records;
use luge_tests::{Case, Requests, Server, check};
use serde_json::{Value, json};

fn server_with_notes() -> Server {
    let server = Server::start();
    let superuser = server.superuser();
    let fields = [
        field("title", "text", json!({})),
        field("amount", "number", json!({})),
        field("done", "bool", json!({})),
        field("due", "date", json!({})),
        field("data", "json", json!({})),
        field("secret", "text", json!({"hidden": true})),
        field("body", "editor", json!({})),
    ];
    public_collection(&superuser, "notes", &fields);
    let rows = [
        json!({"title": "Anna's", "amount": 3, "done": true, "due": "2024-01-01", "secret": "a"}),
        json!({"title": "beta 50%", "amount": -1.5, "due": "2024-06-01", "secret": "b"}),
        json!({"title": "Ünïcode", "amount": 10, "data": {"a": [1, {"b": "x"}]}, "secret": "c"}),
        json!({"title": "", "amount": 0, "body": "<p>One  two</p> <b>three</b>"}),
        json!({"title": "zeta_\\", "amount": 2, "done": true, "due": "2025-01-01"}),
    ];
    for row in rows {
        superuser.record("notes", &row);
    }
    server
}

fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn filters_find_exactly_their_rows() {
    let server = server_with_notes();
    let anyone = server.anyone();
    // (filter, amounts in order of amount)
    let table: Vec<(&str, Vec<f64>)> = vec![
        ("amount > 2", vec![3.0, 10.0]),
        ("amount >= 2 && amount <= 3", vec![2.0, 3.0]),
        ("amount = -1.5", vec![-1.5]),
        ("amount != 3", vec![-1.5, 0.0, 2.0, 10.0]),
        ("title = 'Anna\\'s'", vec![3.0]),
        ("title = \"Anna's\"", vec![3.0]),
        ("title ~ 'ANNA'", vec![3.0]),
        ("title ~ '50%'", vec![]),
        ("title ~ '50\\%'", vec![-1.5]),
        ("title ~ '%50_'", vec![-1.5]),
        ("title !~ 'a'", vec![0.0, 10.0]),
        ("title ~ 'ü'", vec![]),
        ("title ~ 'Ü'", vec![10.0]),
        ("title = ''", vec![0.0]),
        ("title = null", vec![0.0]),
        ("title:lower = 'anna\\'s'", vec![3.0]),
        ("done = true", vec![2.0, 3.0]),
        ("done != true", vec![-1.5, 0.0, 10.0]),
        ("due > '2024-03-01 00:00:00.000Z'", vec![-1.5, 2.0]),
        ("due != '' && due < @now", vec![-1.5, 2.0, 3.0]),
        ("due = ''", vec![0.0, 10.0]),
        ("data.a.0 = 1", vec![10.0]),
        ("data.a.1.b ~ 'x'", vec![10.0]),
        ("data.nothing = 1", vec![]),
        ("amount > 2 || title = '' && done = true", vec![3.0, 10.0]),
        ("(amount > 2 || title = '') && done = true", vec![3.0]),
        ("amount > 2 // && done = true", vec![3.0, 10.0]),
        ("2 < amount", vec![3.0, 10.0]),
        ("1 = 1", vec![-1.5, 0.0, 2.0, 3.0, 10.0]),
        ("1 = 2", vec![]),
        ("id = 'nothing'", vec![]),
        ("amount > amount", vec![]),
    ];
    let cases = table.iter().map(|(filter, amounts)| {
        let path = format!(
            "{}?sort=amount&fields=amount&filter={}",
            records("notes"),
            encode(filter)
        );
        let items: Vec<Value> = amounts
            .iter()
            .map(|amount| json!({ "amount": amount }))
            .collect();
        let case = Case::new(filter, &anyone, "GET", &path).is("totalItems", amounts.len());
        items
            .into_iter()
            .enumerate()
            .fold(case, |case, (number, item)| {
                let path: &'static str = ITEM_PATHS[number];
                case.is(path, item["amount"].clone())
            })
    });
    check(cases.collect());
}

const ITEM_PATHS: [&str; 5] = [
    "items.0.amount",
    "items.1.amount",
    "items.2.amount",
    "items.3.amount",
    "items.4.amount",
];

#[test]
fn filters_and_sorts_that_mean_nothing_are_400_and_show_nothing() {
    let server = server_with_notes();
    let anyone = server.anyone();
    let long = format!("title = '{}'", "x".repeat(4000));
    let terms = ["amount = 1"; 250].join("||");
    let parentheses = format!("{}amount = 1{}", "(".repeat(1500), ")".repeat(1500));
    let filters = [
        "title",
        "title =",
        "= 1",
        "title = 'open",
        "title == 1",
        "nothing = 1",
        "title.x.y = 1",
        "(title = 1",
        "title = 1)",
        "title = 1 &&",
        "title = 1 & done = 1",
        "secret = 'a'",
        "secret ~ 'a'",
        "'a' = secret",
        "title = secret",
        "secret:lower = 'a'",
        "title:nothing = 1",
        "title = @nothing",
        "title = nothing()",
        "strftime(1) = 2",
        "// only a comment",
        "title = 1e",
        "1 = 1; drop",
        "password = 'x'",
        "\u{0}",
        long.as_str(),
        terms.as_str(),
    ];
    let refuse = |key: &str, value: &str| {
        let path = format!("{}?{key}={}", records("notes"), encode(value));
        Case::new("", &anyone, "GET", &path)
            .status(400)
            .is("status", 400)
            .is("data", json!({}))
            .lacks("items")
    };
    let mut cases: Vec<Case<'_>> = filters
        .iter()
        .map(|filter| refuse("filter", filter))
        .collect();
    for sort in ["nothing", "secret", "-secret", "title,nothing", "@nothing"] {
        cases.push(refuse("sort", sort));
    }
    cases.push(refuse("sort", &["title"; 9].join(",")));
    cases.push(refuse("filter", &parentheses).unless(server.is_reference()));
    for guarded in [
        "@request.auth.id != ''",
        "@collection.notes.id = 'x'",
        "title = '@request.x'",
    ] {
        let path = format!("{}?filter={}", records("notes"), encode(guarded));
        cases.push(
            Case::new(guarded, &anyone, "GET", &path)
                .status(403)
                .is("data", json!({})),
        );
    }
    check(cases);
}

#[test]
fn pages_totals_sort_and_fields() {
    let server = server_with_notes();
    let anyone = server.anyone();
    let get = |query: &'static str| {
        Case::new(
            query,
            &anyone,
            "GET",
            &format!("{}?{query}", records("notes")),
        )
    };
    check(vec![
        get("")
            .is("page", 1)
            .is("perPage", 30)
            .is("totalItems", 5)
            .is("totalPages", 1)
            .is("items.0.title", "Anna's")
            .is("items.4.amount", 2),
        get("perPage=2&page=3")
            .is("totalPages", 3)
            .is("items.0.amount", 2)
            .lacks("beta"),
        get("page=9")
            .is("items", json!([]))
            .is("page", 9)
            .is("totalItems", 5),
        get("page=0&perPage=0").is("page", 1).is("perPage", 30),
        get("page=-1&perPage=-5").is("page", 1).is("perPage", 30),
        get("perPage=5000").is("perPage", 1000),
        get("page=x").status(400).is("data", json!({})),
        get("perPage=1.5").status(400),
        get("page=99999999999999999999").status(400),
        get("skipTotal=1")
            .is("totalItems", -1)
            .is("totalPages", -1)
            .has("beta"),
        get("skipTotal=true&perPage=1")
            .is("totalItems", -1)
            .lacks("beta"),
        get("skipTotal=false").is("totalItems", 5),
        get("skipTotal=maybe").status(400),
        get("sort=-amount")
            .is("items.0.amount", 10)
            .is("items.4.amount", -1.5),
        get("sort=%2Bamount").is("items.0.amount", -1.5),
        get("sort=-done,title")
            .is("items.0.title", "Anna's")
            .is("items.1.amount", 2)
            .is("items.2.title", ""),
        get("sort=-@rowid&perPage=1").is("items.0.amount", 2),
        get("sort=@random").is("totalItems", 5),
        get("fields=id,title")
            .lacks("amount")
            .lacks("collectionId")
            .has("Anna")
            .is("perPage", 30),
        get("fields=body:excerpt(7)&sort=-body").is("items.0.body", "One two"),
        get("fields=body:excerpt(5,true)&sort=-body").is("items.0.body", "One t..."),
        get("fields=body:nothing(1)").status(400),
        get("fields=nothing")
            .is("items.0", json!({}))
            .is("totalItems", 5),
        get("fields=secret").is("items.0", json!({})),
        get("expand=nothing").lacks("expand").is("totalItems", 5),
    ]);
}

#[test]
fn hidden_fields_are_listed_for_superusers_only() {
    let server = server_with_notes();
    let anyone = server.anyone();
    let one = format!("{}?perPage=1", records("notes"));
    let hidden = format!("{}?filter={}", records("notes"), encode("secret = 'b'"));
    check(vec![
        Case::new("a superuser", &server.superuser(), "GET", &hidden)
            .is("totalItems", 1)
            .is("items.0.secret", "b"),
        Case::new("anyone", &anyone, "GET", &one).lacks("secret"),
    ]);
    let keys = anyone.get(&one).text;
    assert!(keys.starts_with("{\"items\":[{"), "{keys}");
    assert!(
        keys.contains("\"page\":1,\"perPage\":1,\"totalItems\":5,\"totalPages\":5}"),
        "{keys}"
    );
}
