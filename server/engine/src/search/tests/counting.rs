//! Facets: which values are counted how often, and that it makes no difference how a list is found.

use luge_model::limits::{FACET_HITS_MAX, FACET_VALUES_MAX};
use luge_model::search::FacetValue;

use super::*;
use crate::query::{Counted, Facets};

/// Things of every kind that can be counted.
fn things() -> World {
    let world = World::new();
    world.collection(
        json!({ "name": "makers", "type": "base", "listRule": "open = true",
        "fields": [{ "name": "name", "type": "text" }, { "name": "open", "type": "bool" }] }),
    );
    let makers = world.engine.records.compiled("makers").unwrap();
    let makers = makers.collection.id.clone();
    for (id, name, open) in [("a", "Ann", true), ("b", "Bob", true), ("c", "Cid", false)] {
        let id = id.repeat(15);
        world.make("makers", json!({ "id": id, "name": name, "open": open }));
    }
    let facet = || json!({ "facet": true });
    world.collection(
        json!({ "name": "things", "type": "base", "listRule": "open = true",
        "indexes": ["CREATE INDEX price ON things (price)"],
        "fields": [
            { "name": "name", "type": "text" },
            { "name": "kind", "type": "select", "values": ["book", "cup", "pen"] },
            { "name": "tags", "type": "select", "maxSelect": 3, "values": ["x", "y", "z"] },
            { "name": "price", "type": "number" },
            { "name": "sold", "type": "bool" },
            { "name": "made", "type": "date" },
            { "name": "data", "type": "json" },
            { "name": "makers", "type": "relation", "collectionId": makers, "maxSelect": 5 },
            { "name": "secret", "type": "text", "hidden": true },
            { "name": "open", "type": "bool" },
        ],
        "search": { "fields": { "name": {}, "kind": facet(), "tags": facet(), "price": facet(),
            "sold": facet(), "made": facet(), "data.sizes": facet(), "makers": facet(),
            "makers.name": facet(), "secret": facet() } } }),
    );
    let (ann, bob, cid) = ("a".repeat(15), "b".repeat(15), "c".repeat(15));
    for (number, thing) in [
        json!({ "kind": "book", "tags": ["x", "y"], "price": 5, "sold": true,
            "made": "2020-05-01 10:00:00.000Z", "data": { "sizes": [1, 2, 2, "xl", null] },
            "makers": [ann, bob] }),
        json!({ "kind": "book", "tags": ["y"], "price": 10, "made": "2020-06-30 10:00:00.000Z",
            "data": { "sizes": "xl" }, "makers": [cid], "secret": "s" }),
        json!({ "kind": "cup", "price": 10, "made": "2021-01-01 00:00:00.000Z",
            "data": { "sizes": { "a": 1 } }, "makers": [ann, cid] }),
        json!({ "price": -1, "data": [{ "sizes": true }] }),
        json!({ "kind": "pen", "tags": ["z"], "price": 99, "open": false, "secret": "s" }),
    ]
    .into_iter()
    .enumerate()
    {
        let mut thing = object(thing);
        thing.insert("name".to_owned(), json!(format!("thing number{number}")));
        thing.entry("open").or_insert(json!(true));
        world.make("things", Json::Object(thing));
    }
    world.settle();
    world
}

fn asking(facets: &str) -> ListRequest {
    ListRequest {
        facets: Some(facets.to_owned()),
        ..ListRequest::default()
    }
}

/// The counts of all facets: `value:count value:count`, with `…` where there are others.
fn shown(facets: &Facets) -> String {
    let each = facets.counts.iter().map(|counts| match &counts.counted {
        Counted::Values { values, more } => {
            let value = |value: &FacetValue<'_>| match value {
                FacetValue::Flag(flag) => flag.to_string(),
                FacetValue::Number(number) => number.to_string(),
                FacetValue::Text(text) => text.to_string(),
            };
            let each = values.iter();
            let each = each.map(|(one, count)| format!("{}:{count}", value(one)));
            let more = if *more { " …" } else { "" };
            each.collect::<Vec<_>>().join(" ") + more
        }
        Counted::Ranges(ranges) => {
            let each = ranges.iter().map(|(_, count)| count.to_string());
            each.collect::<Vec<_>>().join(" ")
        }
    });
    each.collect::<Vec<_>>().join(" | ")
}

fn counted(world: &World, context: &Context, request: &ListRequest) -> String {
    let page = world.list(context, "things", request).unwrap();
    shown(&page.facets.unwrap())
}

#[test]
fn values_of_every_kind_are_counted_the_most_frequent_first() {
    let world = things();
    let (ann, bob, cid) = ("a".repeat(15), "b".repeat(15), "c".repeat(15));
    for (facets, expected) in [
        ("kind", "book:2 cup:1"),
        ("tags", "y:2 x:1"),
        ("price", "10:2 -1:1 5:1"),
        ("sold", "false:3 true:1"),
        ("made:year", "2020:2 2021:1"),
        ("made:month", "2020-05:1 2020-06:1 2021-01:1"),
        (
            "made:hour",
            "2020-05-01 10:1 2020-06-30 10:1 2021-01-01 00:1",
        ),
        (
            "made",
            "2020-05-01 10:00:00.000Z:1 2020-06-30 10:00:00.000Z:1 2021-01-01 00:00:00.000Z:1",
        ),
        // Of one record each value counts once; lists are followed, objects are no values.
        ("data.sizes", "xl:2 true:1 1:1 2:1"),
        ("makers", &format!("{ann}:2 {cid}:2 {bob}:1")),
        ("makers.name", "Ann:2 Bob:1"),
        ("price:0..10|10..|..0|5..11", "1 2 1 3"),
        ("data.sizes:1..2|2..", "1 1"),
        ("made:2020..2021|2020-06..|..2020-05-01 10:00", "2 2 0"),
        ("kind,sold", "book:2 cup:1 | false:3 true:1"),
    ] {
        assert_eq!(
            counted(&world, &guest(), &asking(facets)),
            expected,
            "{facets}"
        );
    }
    let all = |facets: &str| counted(&world, &system(), &asking(facets));
    assert_eq!(all("kind"), "book:2 cup:1 pen:1");
    assert_eq!(all("secret"), "s:2");
    assert_eq!(all("makers.name"), "Ann:2 Cid:2 Bob:1");
}

#[test]
fn how_a_list_is_found_makes_no_difference() {
    let world = things();
    let facets = "kind,tags,price,makers.name";
    let whole = counted(&world, &guest(), &asking(facets));
    let cheap = counted(
        &world,
        &guest(),
        &ListRequest {
            filter: "price >= 10".to_owned(),
            ..asking(facets)
        },
    );
    assert_ne!(whole, cheap);
    for search in ["", "thing", "thing ", "thimg ", "number"] {
        for (sort, cursor) in [
            ("", None),
            ("-price", None),
            ("-price", Some("")),
            ("name", Some("")),
        ] {
            for skip_total in [false, true] {
                for (filter, expected) in [("", &whole), ("price >= 10", &cheap)] {
                    let request = ListRequest {
                        search: search.to_owned(),
                        sort: sort.to_owned(),
                        filter: filter.to_owned(),
                        per_page: 1,
                        skip_total,
                        cursor: cursor.map(str::to_owned),
                        ..asking(facets)
                    };
                    assert_eq!(
                        counted(&world, &guest(), &request),
                        *expected,
                        "{request:?}"
                    );
                    let everybody = counted(&world, &system(), &request);
                    assert_ne!(everybody, *expected, "{request:?}");
                }
            }
        }
    }
    // Behind a cursor the whole list is counted too.
    let mut request = ListRequest {
        sort: "-price".to_owned(),
        per_page: 1,
        cursor: Some(String::new()),
        ..asking(facets)
    };
    for _ in 0..3 {
        let page = world.list(&guest(), "things", &request).unwrap();
        assert_eq!(shown(page.facets.as_ref().unwrap()), whole);
        if let crate::query::Next::Cursor(next) = page.next {
            request.cursor = Some(next);
        }
    }
}

#[test]
fn facets_leave_the_page_as_it_is() {
    let world = things();
    for (search, sort, page) in [
        ("", "", 2),
        ("thing", "", 1),
        ("thing", "-price", 2),
        ("", "price", 1),
    ] {
        let plain = ListRequest {
            search: search.to_owned(),
            sort: sort.to_owned(),
            page,
            per_page: 2,
            ..ListRequest::default()
        };
        let with = ListRequest {
            facets: Some("kind".to_owned()),
            ..plain.clone()
        };
        let [plain, with] =
            [plain, with].map(|request| world.list(&guest(), "things", &request).unwrap());
        assert_eq!(ids(&plain), ids(&with));
        assert_eq!(plain.total_items, with.total_items);
        assert_eq!(plain.found, with.found);
    }
}

#[test]
fn more_values_than_are_answered_are_told() {
    let world = World::new();
    world.posts(
        &["text"],
        &json!({ "fields": { "text": { "facet": true } } }),
    );
    for number in 0..=FACET_VALUES_MAX {
        world.make("posts", json!({ "text": format!("value {number:04}") }));
    }
    world.make("posts", json!({ "text": "value 0100" }));
    let page = world.list(&guest(), "posts", &asking("text")).unwrap();
    let shown = shown(&page.facets.unwrap());
    assert!(shown.starts_with("value 0100:2 value 0000:1"), "{shown}");
    assert!(shown.ends_with("value 0098:1 …"), "{shown}");
}

#[test]
fn no_facets_where_there_are_none() {
    let world = World::new();
    world.posts(&["text"], &json!({ "fields": { "text": {} } }));
    world.collection(json!({ "name": "plain", "type": "base", "listRule": "",
        "fields": fields(&["text"]) }));
    for (collection, reason) in [
        ("posts", "\"text\" is no field"),
        ("plain", "not searchable"),
    ] {
        let refused = world.list(&guest(), collection, &asking("text"));
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains(reason), "{refused}");
    }
    let page = world
        .list(&guest(), "posts", &ListRequest::default())
        .unwrap();
    assert_eq!(page.facets, None);
}

/// More hits than are counted; in between some that only superusers list, which rank better.
fn crowd(hidden_every: usize) -> World {
    let world = World::new();
    world.collection(
        json!({ "name": "things", "type": "base", "listRule": "open = true",
        "fields": [{ "name": "text", "type": "text" }, { "name": "open", "type": "bool" },
            { "name": "half", "type": "number" }],
        "search": { "fields": { "text": {}, "half": { "facet": true } } } }),
    );
    for number in 0..FACET_HITS_MAX + 10 {
        if number % hidden_every == 0 {
            world.make(
                "things",
                json!({ "text": "common", "half": 9, "open": false }),
            );
        }
        let half = number * 2 / FACET_HITS_MAX;
        // The last ones are the best, and are not among those that are counted.
        let text = if half == 2 {
            "common"
        } else {
            "uncommon or common"
        };
        world.make(
            "things",
            json!({ "text": text, "half": half, "open": true }),
        );
    }
    world.settle();
    world
}

#[test]
fn which_hits_are_counted_depends_on_those_that_are_seen() {
    let worlds = [usize::MAX, 997].map(crowd);
    let counted = |world: &World, context: &Context, counts_all_hits| {
        let request = ListRequest {
            search: "common ".to_owned(),
            counts_all_hits,
            ..asking("half")
        };
        let page = world.list(context, "things", &request).unwrap();
        let facets = page.facets.unwrap();
        (shown(&facets), facets.are_least)
    };
    let half = FACET_HITS_MAX / 2;
    for world in &worlds {
        let told = counted(world, &guest(), false);
        assert_eq!(told, (format!("0:{half} 1:{half}"), true));
        let told = counted(world, &guest(), true);
        assert_eq!(told, (format!("0:{half} 1:{half} 2:10"), false));
    }
    let everything = counted(&worlds[1], &system(), false);
    assert!(everything.0.contains("9:"), "{everything:?}");
}
