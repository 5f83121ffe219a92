//! In which order hits come, and that the index and the records themselves agree on it.

use proptest::prelude::*;

use super::*;
use crate::search::asked::Caller;

#[test]
fn hits_of_the_same_rank_are_in_the_order_of_the_collection() {
    let world = World::new();
    world.collection(json!({
        "name": "posts", "type": "base", "listRule": "",
        "fields": [{"name": "text", "type": "text"}, {"name": "likes", "type": "number"}],
        "search": {"fields": {"text": {}}, "rankBy": ["-likes"]},
    }));
    let mut made = Vec::new();
    for (text, likes) in [
        ("a fox", 1),
        ("a fox", 7),
        ("a hen", 9),
        ("a fox", 3),
        ("a fox too many", 50),
        ("a fox", 7),
    ] {
        made.push(world.make("posts", json!({"text": text, "likes": likes})));
    }
    world.settle();
    let expected: Vec<&String> = [1, 5, 3, 0].iter().map(|place| &made[*place]).collect();
    let found = world.found(&guest(), "a fox");
    let same: Vec<&String> = found.iter().filter(|id| **id != made[4]).collect();
    assert_eq!(same[..4], expected);
    // Also on pages that end between hits of the same rank.
    for size in 1..=4 {
        let request = ListRequest {
            search: "a fox".to_owned(),
            per_page: size,
            ..ListRequest::default()
        };
        let page = world.list(&guest(), "posts", &request).unwrap();
        assert_eq!(ids(&page), found[..size], "{size} on a page");
    }
}

#[test]
fn the_better_hit_is_first() {
    let world = World::new();
    let search = json!({ "fields": { "text": { "weight": 1 }, "title": { "weight": 5 } } });
    world.posts(&["title", "text"], &search);
    let make = |number: usize, title: &str, text: &str| {
        let id = format!("{number:015}");
        world.make("posts", json!({ "id": id, "title": title, "text": text }));
    };
    make(0, "", "near x x x x words");
    make(1, "", "near words");
    make(2, "near words", "");
    make(3, "", "words near");
    make(4, "", "neer words");
    make(5, "", "near");
    // Field, then nearness and order, then errors, then missing words.
    assert_eq!(world.numbers("near words "), [2, 1, 3, 0, 4, 5]);
}

#[test]
fn the_words_themselves_are_better_than_nearer_forms_of_them() {
    let world = World::new();
    world.posts(
        &["text"],
        &json!({ "fields": { "text": { "language": "en" } } }),
    );
    world.make_posts(&[
        "the rules of attraction",
        "the slaughter rule",
        "the wardrobe",
        "the lonely ward",
    ]);
    assert_eq!(world.numbers("the rule")[..2], [1, 0]);
    assert_eq!(world.numbers("the ward"), [3, 2]);
}

fn text() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "house",
        "horse",
        "hose",
        "mouse",
        "houses",
        "green",
        "greener",
        "tree",
        "treehouse",
        "the",
    ]);
    prop::collection::vec(word, 0..8).prop_map(|words| words.join(" "))
}

fn search() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "house",
        "huose",
        "hou",
        "green",
        "greenest",
        "tree",
        "tree house",
        "treehouse",
        "-mouse",
        "\"green house\"",
        "the",
        "b:horse",
        "c:gre",
        "d:tree",
        "e:house",
        "-a:tree",
        "gren",
    ]);
    let end = prop::sample::select(vec!["", " "]);
    (prop::collection::vec(part, 1..4), end).prop_map(|(parts, end)| parts.join(" ") + end)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn records_rank_as_the_index_says(
        texts in prop::collection::vec((text(), text(), text()), 1..12),
        searches in prop::collection::vec(search(), 12),
    ) {
        let world = World::new();
        let option = json!({ "fields": {
            "a": { "weight": 3, "language": "en" },
            "b": {},
            "c": { "mode": "prefix", "weight": 2 },
            "d": { "mode": "keyword" },
            "e": { "mode": "exact" },
            "f": { "language": "de" },
        } });
        world.posts(&["a", "b", "c", "d", "e", "f"], &option);
        for (a, b, c) in &texts {
            let body = json!({ "a": a, "b": b, "c": c, "d": b, "e": c, "f": a });
            world.make("posts", body);
        }
        world.settle();
        let compiled = world.engine.records.compiled("posts").unwrap();
        let place = (&*compiled.collection, &compiled.snapshot);
        let all = world.list(&system(), "posts", &ListRequest::default()).unwrap();
        let nobody = Caller { related: &|_, _| None, sees_email: &|_| true };
        for search in &searches {
            let Some(asked) = world.engine.search.ask(place, search, true).unwrap() else {
                continue;
            };
            for level in asked.levels() {
                let mut hits = asked.find(level, &mut |_| true).unwrap().into_sorted_vec();
                hits.reverse();
                let mut judged: Vec<_> = all.items.iter().filter_map(|view| {
                    let record = view.record();
                    let unknown = super::super::Hit {
                        rank: hits.first()?.rank,
                        rowid: record.rowid(),
                        revision: 0,
                    };
                    let rank = asked.judge(record, (&unknown, level), &nobody)?;
                    Some((std::cmp::Reverse(rank), record.rowid()))
                }).collect();
                judged.sort();
                let found: Vec<_> = hits.iter()
                    .map(|hit| (std::cmp::Reverse(hit.rank), hit.rowid))
                    .collect();
                prop_assert_eq!(found, judged, "{} {:?} {:?}", search, level, texts);
            }
        }
    }
}
