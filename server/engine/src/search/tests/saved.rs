//! A saved search and the first level of a list agree on every record.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use super::super::Caller;
use super::*;

fn words(count: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "apple",
        "apples",
        "ample",
        "the",
        "grape",
        "fruit",
        "grapefruit",
        "tv",
        "television",
        "çéàs",
        "東京",
        "京",
        "a1",
    ]);
    prop::collection::vec(word, count).prop_map(|words| words.join(" "))
}

fn searches() -> impl Strategy<Value = String> {
    let term = (words(1..3), 0..6_u8).prop_map(|(words, how)| match how {
        0 => format!("\"{words}\""),
        1 => format!("-{words}"),
        2 => format!("text:{words}"),
        3 => format!("-\"{words}\""),
        4 => words.chars().take(3).collect(),
        _ => words,
    });
    (prop::collection::vec(term, 1..4), any::<bool>())
        .prop_map(|(terms, ends)| terms.join(" ") + if ends { " " } else { "" })
}

#[test]
fn a_saved_search_finds_what_the_first_level_of_a_list_finds() {
    let world = World::new();
    world.posts(
        &["text", "more"],
        &json!({ "fields": { "text": { "language": "en", "weight": 3 }, "more": {} },
            "synonyms": { "tv": ["television"] } }),
    );
    let mut runner = TestRunner::new(Config::with_cases(12));
    let posts = prop::collection::vec((words(0..5), words(0..3)), 1..12);
    let strategy = (posts, prop::collection::vec(searches(), 12));
    let outcome = runner.run(&strategy, |(posts, searches)| {
        let engine = &world.engine;
        let ids: Vec<String> = posts
            .iter()
            .map(|(text, more)| world.make("posts", json!({ "text": text, "more": more })))
            .collect();
        world.settle();
        for search in &searches {
            compare(&world, search).map_err(TestCaseError::fail)?;
        }
        for id in ids {
            wait(engine.records.delete(&system(), "posts", &id)).unwrap();
        }
        Ok(())
    });
    outcome.unwrap();
}

fn compare(world: &World, search: &str) -> std::result::Result<(), String> {
    let engine = &world.engine;
    let compiled = engine.records.compiled("posts").unwrap();
    let (collection, snapshot) = (&*compiled.collection, &compiled.snapshot);
    let asked = engine.search.ask((collection, snapshot), search, true);
    let saved = engine.search.saved((collection, snapshot), search, true);
    let (Some(asked), Some(saved)) = (asked.unwrap(), saved.unwrap()) else {
        return Ok(());
    };
    let hits = asked.find(asked.levels()[0], &mut |_| true).unwrap();
    let listed: BTreeSet<u64> = hits.iter().map(|hit| hit.rowid).collect();
    let request = ListRequest {
        per_page: 100,
        ..ListRequest::default()
    };
    let all = world.list(&system(), "posts", &request).unwrap().items;
    let caller = Caller {
        related: &|_, _| None,
        sees_email: &|_| true,
    };
    let found = all.iter().map(View::record).filter(|record| {
        let words = saved.words(snapshot, record, &caller);
        saved.finds(&words)
    });
    let found: BTreeSet<u64> = found.map(|record| record.rowid()).collect();
    match found == listed {
        true => Ok(()),
        false => Err(format!("{search:?}: saved {found:?}, listed {listed:?}")),
    }
}
