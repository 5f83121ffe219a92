//! Searches that are meant to cost: each is answered within the budget of a request, counted in
//! what is read of the index and of records, or refused.

use luge_model::limits::{QUERY_ROWS_MAX, SEARCH_PLACES_A_ROW};

use super::*;
use crate::error::Error;

const RECORDS: usize = 1_000;

/// Texts that have much of what is searched: every letter as a beginning, long words that are near
/// to each other, runs of signs, one word over and over.
fn text(number: usize) -> String {
    let letters = "abcdefghijklmnopqrstuvwxyz";
    let mut words: Vec<String> = letters
        .chars()
        .map(|letter| format!("{letter}{number}"))
        .collect();
    let near: String = ('a'..='p').cycle().skip(number % 16).take(60).collect();
    words.push(near);
    words.push("same ".repeat(20));
    words.push("東京都庁舎".to_owned());
    words.push("שלום 👩‍👩‍👧 e\u{301}a\u{300}".to_owned());
    words.join(" ")
}

fn world() -> World {
    let world = World::new();
    world.posts(
        &["text", "begun", "whole"],
        &json!({
            "fields": {
                "text": { "language": "en" }, "begun": { "mode": "prefix" },
                "whole": { "mode": "keyword" },
            },
            // They expand to each other.
            "synonyms": {
                "same": ["equal", "like one"], "equal": ["same"], "like": ["same", "equal"],
            },
            "typo": { "oneFrom": 2, "twoFrom": 3, "numbers": true },
        }),
    );
    for number in 0..RECORDS {
        let text = text(number);
        world.make(
            "posts",
            json!({ "text": text, "begun": text, "whole": number.to_string() }),
        );
    }
    world.settle();
    world
}

fn letters(count: usize) -> String {
    let letters: Vec<String> = ('a'..='z').cycle().take(count).map(String::from).collect();
    letters.join(" ")
}

/// What is searched, and whether it has to be refused: for its form, or for its cost.
fn searches() -> Vec<(&'static str, String)> {
    let long: String = ('a'..='p').cycle().take(64).collect();
    let near = |step: usize| -> String { ('a'..='p').cycle().skip(step).take(61).collect() };
    let many_near: Vec<String> = (0..32).map(near).collect();
    vec![
        ("100,000 words", "word ".repeat(100_000)),
        ("64 words", "same ".repeat(64)),
        ("64 beginnings of one letter", letters(64)),
        ("one of them", "a".to_owned()),
        (
            "64 unwanted ones",
            format!("-{}", letters(64).replace(' ', " -")),
        ),
        ("no word", "*?~^[]{}()".repeat(50)),
        ("wildcards", "a*b*c*d* ?a%b%_ **".repeat(8)),
        ("a long word", "w".repeat(2_000)),
        ("a word near many", long),
        ("many of them", many_near.join(" ")),
        ("open quotes", "\"same \"like \"one".to_owned()),
        ("quotes", "\"".repeat(2_000)),
        ("a long phrase", format!("\"{}\"", "same ".repeat(60))),
        ("unwanted phrases", "-\"same same\" ".repeat(20)),
        ("signs", "-".repeat(2_000)),
        (
            "control characters",
            "\u{0}same\u{1}\u{7f}\u{200b}equal\u{85}".to_owned(),
        ),
        ("synonyms", "same equal like ".repeat(10)),
        ("fields", "text:text:begun:".repeat(60)),
        (
            "unfinished fields",
            "text: begun:\" whole:- -text:-same \":\" :".repeat(8),
        ),
        ("pairs of signs", "東京都庁舎".repeat(12)),
        ("one sign", "東".to_owned()),
        (
            "from right to left",
            "\u{202e}שלום\u{202c} \u{feff}מולש".to_owned(),
        ),
        ("emoji", "👩‍👩‍👧".repeat(40)),
        ("marks", "e\u{301}".repeat(500)),
        ("only marks", "\u{301}".repeat(900)),
        ("numbers", "999 998 a999 z10 ".repeat(8)),
    ]
}

#[test]
fn hostile_searches_cost_no_more_than_a_request_may() {
    let world = world();
    let mut costliest = 0;
    let mut refused = Vec::new();
    for (name, search) in searches() {
        for sort in ["", "-id"] {
            let request = ListRequest {
                search: search.clone(),
                sort: sort.to_owned(),
                per_page: 1_000,
                highlight: vec!["*".to_owned()],
                explain: true,
                ..ListRequest::default()
            };
            let begun = Instant::now();
            let outcome = world.list(&system(), "posts", &request);
            let took = begun.elapsed();
            println!("{took:>10.1?} {name}");
            match outcome {
                Ok(page) => {
                    let told = page.explanation.unwrap();
                    let cost = told.entries + told.candidates + told.related;
                    assert!(cost <= QUERY_ROWS_MAX, "{name}: {cost}");
                    costliest = costliest.max(cost);
                }
                Err(Error::TooCostly(_) | Error::BadQuery(_)) => refused.push(name),
                Err(other) => panic!("{name}: {other}"),
            }
        }
    }
    println!("the costliest reads {costliest}; refused: {refused:?}");
    refused.dedup();
    // What is refused for its form has no cost, and one search is known to cost too much.
    assert!(refused.starts_with(&["100,000 words"]), "{refused:?}");
    assert!(refused.len() <= 6, "{refused:?}");
    // What all that left is a server that answers.
    assert_eq!(world.found(&guest(), "whole:999").len(), 1);
}

#[test]
fn what_is_read_of_the_index_counts() {
    let world = world();
    let cost = |search: &str| {
        let request = ListRequest {
            search: search.to_owned(),
            explain: true,
            ..ListRequest::default()
        };
        let page = world.list(&system(), "posts", &request).unwrap();
        page.explanation.unwrap().entries
    };
    let (one, all) = (cost("whole:999"), cost("begun:z"));
    assert!(one < 100, "{one}");
    // Each record has such a word, and each is a place that was read.
    let places = RECORDS as u64;
    assert!(all >= places + places / SEARCH_PLACES_A_ROW, "{all}");
    let many = cost("begun:z begun:y begun:x begun:w");
    assert!(
        many >= all + 3 * places / SEARCH_PLACES_A_ROW,
        "{many} for four, {all} for one"
    );
    // Places that are compared with each other count too.
    let same = cost("\"same\" \"same\" \"same\" \"same\"");
    assert!(same >= places * 3 * 20 * 20 / SEARCH_PLACES_A_ROW, "{same}");
}
