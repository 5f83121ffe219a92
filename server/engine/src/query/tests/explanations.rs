//! Each shape of a query is served by the plan that it should be served by.

use super::super::{Explanation, ListRequest, Next, Order, Source, SourceKind, Start};
use luge_model::timestamp::Timestamp;
use serde_json::json;

use super::{engine, list, make};
use crate::context::Context;
use crate::engine::Engine;

fn explained(engine: &Engine, request: &ListRequest) -> Explanation {
    let request = ListRequest {
        explain: true,
        ..request.clone()
    };
    *list(engine, &request).explanation.unwrap()
}

fn plan(source: &Source) -> String {
    let kind = match source.kind {
        SourceKind::Nothing => "nothing",
        SourceKind::Id => "id",
        SourceKind::UniqueEntry => "unique",
        SourceKind::IndexRange => "index",
        SourceKind::Relation => "relation",
        SourceKind::Union => "union",
        SourceKind::Intersection => "intersection",
        SourceKind::Scan => "scan",
        SourceKind::Search => "search",
    };
    let index = source.index.iter().map(|name| format!(" {name}"));
    let bounds = source.bounds.iter().map(|bound| format!(" [{bound}]"));
    let text: String = std::iter::once(kind.to_owned())
        .chain(index)
        .chain(bounds)
        .collect();
    if source.parts.is_empty() {
        return text;
    }
    let parts: Vec<_> = source.parts.iter().map(plan).collect();
    format!("{text} ({})", parts.join("; "))
}

fn check(engine: &Engine, rows: &[(&str, &str, &str, Order)]) {
    let mut wrong = Vec::new();
    for (filter, sort, expected, order) in rows {
        let request = ListRequest {
            filter: (*filter).to_owned(),
            sort: (*sort).to_owned(),
            skip_total: true,
            per_page: 20,
            ..ListRequest::default()
        };
        let found = explained(engine, &request);
        if plan(&found.source) != *expected || found.order != *order {
            let told = (plan(&found.source), found.order, found.given_up);
            wrong.push(format!(
                "{filter} / {sort}\n  expected {expected}, {order:?}\n  {told:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Filter, sort, the plan that should serve, and how the list should be put in order.
const SERVED: &[(&str, &str, &str, Order)] = &[
    ("", "", "scan", Order::Insertion),
    ("", "-@rowid", "scan", Order::Insertion),
    ("open = true", "", "scan", Order::Insertion),
    ("1 = 2", "", "nothing", Order::Insertion),
    ("id = 'abc'", "-n", "id [id = \"abc\"]", Order::Insertion),
    (
        "title = 'at1'",
        "",
        "unique d [title = \"at1\"]",
        Order::Insertion,
    ),
    (
        "code = 'c7' && n = 7",
        "",
        "unique g [code = \"c7\"] [n = 7]",
        Order::Insertion,
    ),
    // Order by an index: up, down, with ties turned round, mixed, unique.
    ("", "kind,n", "index a", Order::Index),
    ("", "-kind,-n", "index a", Order::Index),
    ("", "-tag", "index f", Order::Index),
    ("", "tag", "index f", Order::Index),
    ("", "-kind,tag", "index e", Order::Index),
    ("", "kind,-tag", "index e", Order::Index),
    ("", "code,n", "index g", Order::Index),
    ("", "-code,-n,title", "index g", Order::Index),
    ("", "kind,-n", "scan", Order::Sorted),
    ("", "kind", "scan", Order::Sorted),
    ("", "data", "scan", Order::Sorted),
    ("", "author.name", "scan", Order::Sorted),
    // Composite: equality, then a range and the order.
    ("kind = 'b'", "n", "index a [kind = \"b\"]", Order::Index),
    (
        "kind = 'b' && n > 3 && n <= 9",
        "-n",
        "index a [kind = \"b\"] [n > 3] [n <= 9]",
        Order::Index,
    ),
    (
        "kind = 'b' && n = 5",
        "",
        "index a [kind = \"b\"] [n = 5]",
        Order::Index,
    ),
    (
        "kind = 'b' && n = 5",
        "-kind",
        "index a [kind = \"b\"] [n = 5]",
        Order::Index,
    ),
    (
        "code = 'c7'",
        "",
        "index g [code = \"c7\"]",
        Order::Insertion,
    ),
    (
        "code >= 'c70' && code < 'c75'",
        "n",
        "index g [code >= \"c70\"] [code < \"c75\"]",
        Order::Sorted,
    ),
    (
        "title ~ 'at12%'",
        "",
        "index b [title ~ \"at12%\"]",
        Order::Insertion,
    ),
    // One of several values, and several ways at once.
    (
        "kind = 'b' && n = 1 || kind = 'c' && n = 2",
        "title",
        "union (index a [kind = \"b\"] [n = 1]; index a [kind = \"c\"] [n = 2])",
        Order::Sorted,
    ),
    (
        "code = 'c7' || code = 'c8'",
        "",
        "union (index g [code = \"c7\"]; index g [code = \"c8\"])",
        Order::Insertion,
    ),
    ("code = 'c7' || open = true", "", "scan", Order::Insertion),
];

#[tokio::test]
async fn the_plan_is_the_one_that_should_serve() {
    for mirror_bytes in [0, 1 << 30] {
        check(&engine(mirror_bytes).await, SERVED);
    }
}

#[tokio::test]
async fn relations_are_followed_from_their_selective_end() {
    use Order::{Insertion, Sorted};
    let engine = engine(1 << 30).await;
    let author = "relation [author.name = \"n9\"] (scan [name = \"n9\"])";
    let rows = [
        ("author.name = 'n9'", "", author, Insertion),
        ("author.name = 'n9' && open = true", "-n", author, Sorted),
        (
            "author.id = 'abc'",
            "",
            "index i [author = \"abc\"]",
            Order::Index,
        ),
        (
            "readers.id ?= 'abc'",
            "title",
            "relation [readers.id = \"abc\"] (id [id = \"abc\"])",
            Sorted,
        ),
        (
            "author = 'abc'",
            "title",
            "relation [author = \"abc\"]",
            Sorted,
        ),
        ("author.name = 'n1'", "", "scan", Insertion),
    ];
    check(&engine, &rows);
}

#[tokio::test]
async fn an_explanation_tells_what_was_read() {
    let engine = engine(1 << 30).await;
    let request = ListRequest {
        sort: "kind,n".to_owned(),
        per_page: 10,
        skip_total: true,
        cursor: Some(String::new()),
        ..ListRequest::default()
    };
    let first = explained(&engine, &request);
    assert!(first.in_memory && !first.filters && first.cursor.is_none());
    assert_eq!(
        (first.entries, first.candidates, first.related),
        (11, 11, 0)
    );
    let Next::Cursor(cursor) = list(&engine, &request).next else {
        panic!("there is a next page");
    };
    let next = ListRequest {
        cursor: Some(cursor),
        ..request
    };
    let second = explained(&engine, &next);
    assert_eq!(second.cursor, Some(Start::Sought));
    assert!(
        second.entries <= 22 && second.candidates == 11,
        "{second:?}"
    );
    let counted = explained(
        &engine,
        &ListRequest {
            skip_total: false,
            filter: String::new(),
            ..next
        },
    );
    assert_eq!(
        counted.cursor,
        Some(Start::Sought),
        "the number of all is known: {counted:?}"
    );

    let filtered = ListRequest {
        filter: "author.name = 'n1'".to_owned(),
        ..ListRequest::default()
    };
    let filtered = explained(&engine, &filtered);
    assert_eq!((filtered.candidates, filtered.filters), (240, true));
    assert!(
        filtered.related > 0 && !filtered.given_up.is_empty(),
        "{filtered:?}"
    );
}

/// In memory, a sample tells which index to read: the equality is not always the best, what holds
/// far too much is not begun, and what was left off for another end of the filter is read on.
#[tokio::test]
async fn memory_is_read_by_the_index_that_leaves_least() {
    let engine = engine(1 << 30).await;
    let system = Context::system(Timestamp(1));
    let posts = engine.records.compiled("posts").unwrap();
    let posts = posts.collection.id.clone();
    let fields = ["a", "n"].map(|name| json!({"name": name, "type": "number"}));
    let [a, n] = fields;
    let post = json!({"name": "post", "type": "relation", "collectionId": posts, "maxSelect": 1});
    let definition = json!({"name": "many", "type": "base", "fields": [a, n, post], "indexes": [
        "CREATE INDEX `many_a` ON `many` (`a`)", "CREATE INDEX `many_n` ON `many` (`n`)",
    ]});
    let definition = definition.as_object().unwrap();
    engine.catalog.create(&system, definition).await.unwrap();
    let target = list(&engine, &ListRequest::default()).items;
    let target = target.first().unwrap().record().id().to_owned();
    for number in 0..4_500 {
        let body = json!({"a": number % 17, "n": number, "post": target});
        make(&engine, "many", body).await;
    }
    // Once it was gone through, it is in memory.
    let everything = ListRequest::default();
    engine.records.list(&system, "many", &everything).unwrap();
    let wide = "index many_n: holds too much";
    let title = "post.code = \"c0\": more than";
    for (filter, index, entries, given_up) in [
        ("a = 3 && n >= 0", "many_a [a = 3]", 265, vec![wide]),
        ("a = 3 && n >= 4490", "many_n [n >= 4490]", 10, vec![]),
        // Three of the entries are those of the posts with this code.
        (
            "a = 3 && post.code = 'c0'",
            "many_a [a = 3]",
            265 + 3,
            vec!["index many_a: more than 256 entries", title],
        ),
    ] {
        let request = ListRequest {
            filter: filter.to_owned(),
            explain: true,
            ..ListRequest::default()
        };
        let page = engine.records.list(&system, "many", &request).unwrap();
        let found = page.explanation.unwrap();
        assert_eq!(plan(&found.source), format!("index {index}"), "{found:?}");
        assert_eq!(found.entries, entries, "{found:?}");
        let told = |expected: &&str| found.given_up.iter().any(|told| told.contains(*expected));
        assert_eq!(found.given_up.len(), given_up.len(), "{found:?}");
        assert!(given_up.iter().all(told), "{found:?}");
    }
}

/// Records with two indexes that leave a hundred each, and few in common.
#[tokio::test]
async fn the_store_is_read_for_what_two_indexes_have_in_common() {
    let engine = engine(0).await;
    let system = Context::system(Timestamp(1));
    let fields = ["a", "b"].map(|name| json!({"name": name, "type": "number"}));
    let definition = json!({"name": "pairs", "type": "base", "fields": fields, "indexes": [
        "CREATE INDEX `pairs_a` ON `pairs` (`a`)", "CREATE INDEX `pairs_b` ON `pairs` (`b`)",
    ]});
    let definition = definition.as_object().unwrap();
    engine.catalog.create(&system, definition).await.unwrap();
    for number in 0..1_700 {
        make(
            &engine,
            "pairs",
            json!({"a": number % 17, "b": number % 19}),
        )
        .await;
    }
    let request = |filter: &str| ListRequest {
        filter: filter.to_owned(),
        explain: true,
        ..ListRequest::default()
    };
    let both = request("a = 3 && b = 5");
    let page = engine.records.list(&system, "pairs", &both).unwrap();
    assert_eq!(page.total_items, Some(5));
    let found = page.explanation.unwrap();
    let expected = "intersection (index pairs_a [a = 3]; index pairs_b [b = 5])";
    assert_eq!(plan(&found.source), expected, "{found:?}");
    assert_eq!(found.candidates, 5);
    // One that leaves much is not asked.
    let wide = request("a = 3 && b >= 0");
    let page = engine.records.list(&system, "pairs", &wide).unwrap();
    let found = page.explanation.unwrap();
    assert_eq!(plan(&found.source), "index pairs_a [a = 3]", "{found:?}");
}

/// Filter, sort, and the columns of the index that is missed.
const MISSED: &[(&str, &str, &[&str])] = &[
    ("who = 'w3'", "", &["`who`"]),
    ("n > 590 && who = 'w3'", "", &["`who`", "`n`"]),
    ("who = 'w3' && n > 590", "-n", &["`who`", "`n`"]),
    ("who ~ 'w30%'", "", &["`who` COLLATE NOCASE"]),
    ("", "-n", &["`n` DESC"]),
    ("", "who,n", &["`who`", "`n`"]),
    // One that narrows as much is there.
    ("code = 'c3'", "", &[]),
    // Nothing that an index orders is compared, or not for every match.
    ("", "", &[]),
    ("", "@random", &[]),
    ("", "data", &[]),
    ("who ~ '3'", "", &[]),
    ("who != 'w3'", "", &[]),
    ("who = 'w3' || n = 4", "", &[]),
    ("data = 'w3'", "", &[]),
    ("1 = 2", "", &[]),
    ("id = 'nothere00000000'", "", &[]),
    // Much of what was looked at matched.
    ("half = true", "", &[]),
    ("who ~ 'w3%'", "", &[]),
    ("n >= 0", "", &[]),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_looks_at_much_in_vain_tells_the_index_it_misses() {
    let engine = engine(64 << 20).await;
    let system = Context::system(Timestamp(1));
    let definition = json!({"name": "rows", "type": "base", "fields": [
        {"name": "who", "type": "text"}, {"name": "n", "type": "number"},
        {"name": "half", "type": "bool"}, {"name": "data", "type": "json"},
        {"name": "code", "type": "text"},
    ], "indexes": ["CREATE INDEX `r` ON `rows` (`code`)"]});
    let definition = definition.as_object().unwrap();
    engine.catalog.create(&system, definition).await.unwrap();
    let ask = |filter: &str, sort: &str| {
        let request = ListRequest {
            filter: filter.to_owned(),
            sort: sort.to_owned(),
            explain: true,
            ..ListRequest::default()
        };
        let page = engine.records.list(&system, "rows", &request).unwrap();
        page.explanation.unwrap().missing_index
    };
    for number in 0..600 {
        if number == 400 {
            // There is not enough yet for an index to matter.
            assert_eq!(ask("who = 'w3'", ""), Vec::<String>::new());
        }
        let row = json!({"who": format!("w{}", number % 100), "n": number,
            "half": number % 2 == 0, "data": number, "code": format!("c{}", number % 100)});
        make(&engine, "rows", row).await;
    }
    for (filter, sort, columns) in MISSED {
        assert_eq!(ask(filter, sort), *columns, "{filter} / {sort}");
    }
    let indexes = json!({"indexes": ["CREATE INDEX `r` ON `rows` (`code`)",
        "CREATE INDEX `s` ON `rows` (`who`, `n`)"]});
    let indexes = indexes.as_object().unwrap();
    engine
        .catalog
        .update(&system, "rows", indexes)
        .await
        .unwrap();
    assert_eq!(ask("who = 'w3' && n > 590", ""), Vec::<String>::new());
}
