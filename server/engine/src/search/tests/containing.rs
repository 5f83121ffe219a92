//! A `~` filter that the index serves selects what it selects without an index.

use std::collections::BTreeSet;

use luge_model::limits::{SEARCH_CONTAINING_RECORDS_MIN, SEARCH_FIELD_WORDS_MAX};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use super::*;
use crate::query::SourceKind;

/// Parts of texts that words, folding and cutting treat in their own ways.
const PARTS: [&str; 26] = [
    "needle",
    "NEEDLES",
    "pin-needle",
    "needle's",
    "l'needle",
    "o’needle’d",
    "x_needle_y",
    "ne\u{ad}edle",
    "need\u{301}le",
    "ne\u{301}edle\u{327}",
    "needl\u{e9}",
    "東needle京",
    "9needle9",
    "ﬁneedle",
    "\u{130}needle\u{131}",
    "ſneedle",
    "Kneedle",
    "needle@needle.com",
    "needle\u{200d}needle",
    "ǅneedle",
    "ßneedleß",
    "שneedleש",
    "a\u{fe0f}needle",
    "needle\u{1160}",
    "½needle²",
    "ñeedle",
];

fn part() -> impl Strategy<Value = String> {
    let long = (55..70_usize, any::<bool>()).prop_map(|(letters, wide)| {
        let letter = if wide { "é" } else { "w" };
        format!("{}needle", letter.repeat(letters))
    });
    prop_oneof![
        8 => prop::sample::select(PARTS.to_vec()).prop_map(str::to_owned),
        2 => "[a-e]{2,5}[0-9]{0,2}",
        1 => long,
    ]
}

fn text() -> impl Strategy<Value = String> {
    let separator = prop::sample::select(vec![" ", "", "-", "\n", "'", ", "]);
    prop::collection::vec((part(), separator), 1..5).prop_map(|parts| {
        let parts = parts.iter();
        parts
            .flat_map(|(part, separator)| [part.as_str(), separator])
            .collect()
    })
}

/// A part of some text, in another case, perhaps with wildcards.
fn literal() -> impl Strategy<Value = String> {
    (text(), any::<prop::sample::Index>(), 3..14_usize, 0..5_u8).prop_map(
        |(text, start, length, how)| {
            let letters: Vec<char> = text.chars().collect();
            let start = start.index(letters.len());
            let part: String = letters.iter().skip(start).take(length).collect();
            match how {
                0 => part.to_ascii_uppercase(),
                1 => format!("%{part}"),
                2 => format!("{part}%"),
                3 => {
                    part.chars()
                        .map(|one| if one == 'd' { '_' } else { one })
                        .collect::<String>()
                        + "%"
                }
                _ => part,
            }
        },
    )
}

const BOTH: [&str; 2] = ["posts", "plain"];

fn make(world: &World, number: usize, text: &str) {
    for collection in BOTH {
        let id = format!("{number:015}");
        world.make(collection, json!({ "id": id, "text": text }));
    }
}

/// Two collections with the same records, of which one has an index of words.
fn world() -> World {
    let world = World::new();
    for collection in BOTH {
        let mut definition = json!({ "name": collection, "type": "base", "listRule": "", "fields": [
            { "name": "text", "type": "text", "max": 2_000_000 }, { "name": "n", "type": "number" },
        ] });
        if collection == "posts" {
            definition["search"] = json!({ "fields": { "text": { "language": "en" } } });
        }
        world.collection(definition);
    }
    for number in 0..SEARCH_CONTAINING_RECORDS_MIN {
        make(&world, number, &format!("filler{number} of the rest"));
    }
    // Not all of its words are taken.
    let words = usize::try_from(SEARCH_FIELD_WORDS_MAX).unwrap();
    make(&world, 999_999, &format!("{}rarest", "w ".repeat(words)));
    world.settle();
    world
}

/// The ids that a filter selects and how many they are, in the order of a sort; and whether the
/// index served them.
fn selected(
    world: &World,
    collection: &str,
    filter: &str,
    sort: &str,
) -> ((Vec<String>, Option<u64>), bool) {
    let request = ListRequest {
        filter: filter.to_owned(),
        sort: sort.to_owned(),
        per_page: 500,
        explain: true,
        ..ListRequest::default()
    };
    let page = world.list(&system(), collection, &request).unwrap();
    let source = page.explanation.as_ref().unwrap().source.kind;
    ((ids(&page), page.total_items), source == SourceKind::Search)
}

#[test]
fn what_the_index_proposes_is_what_a_scan_selects() {
    let world = world();
    let mut runner = TestRunner::new(Config::with_cases(16));
    let strategy = (
        prop::collection::vec(text(), 1..6),
        prop::collection::vec(literal(), 6),
        any::<bool>(),
    );
    let mut next = SEARCH_CONTAINING_RECORDS_MIN;
    let next = std::cell::RefCell::new(&mut next);
    let served = std::cell::Cell::new(0);
    let outcome = runner.run(&strategy, |(texts, literals, settled)| {
        for text in &texts {
            let mut next = next.borrow_mut();
            make(&world, **next, text);
            **next += 1;
        }
        // Else the log tells what the index does not know yet.
        if settled {
            world.settle();
        }
        for literal in &literals {
            for filter in [
                format!("text ~ \"{literal}\""),
                format!("n = 0 && text ~ \"{literal}\" && text !~ \"京\""),
                format!("text ~ \"{literal}\" || n > 0"),
            ] {
                for sort in ["", "-text"] {
                    let (planned, by_index) = selected(&world, "posts", &filter, sort);
                    let (scanned, _) = selected(&world, "plain", &filter, sort);
                    served.set(served.get() + usize::from(by_index));
                    if planned != scanned {
                        let reason = format!("{filter:?}: {planned:?}, not {scanned:?}");
                        return Err(TestCaseError::fail(reason));
                    }
                }
            }
        }
        Ok(())
    });
    outcome.unwrap();
    assert!(served.get() > 40, "{served:?}");
    unsettled_and_cut(&world);
}

/// Changes that the index does not know, and words that it does not have.
fn unsettled_and_cut(world: &World) {
    let select = |filter: &str| {
        let found = BOTH.map(|collection| selected(world, collection, filter, ""));
        assert_eq!(found[0].0, found[1].0, "{filter}");
        (found[0].0.0.clone(), found[0].1)
    };
    assert_eq!(
        select("text ~ 'rarest'"),
        (vec![format!("{:015}", 999_999)], true)
    );
    assert_eq!(select("text ~ 'filler17 of'").0, [format!("{:015}", 17)]);
    for collection in BOTH {
        let change = |number: usize, text: &str| {
            let (id, body) = (format!("{number:015}"), object(json!({ "text": text })));
            let records = &world.engine.records;
            wait(records.update(&system(), collection, &id, body)).unwrap();
        };
        change(17, "changed");
        change(18, "filler17 of others");
        let id = format!("{:015}", 19);
        wait(world.engine.records.delete(&system(), collection, &id)).unwrap();
    }
    assert_eq!(select("text ~ 'filler17 of'").0, [format!("{:015}", 18)]);
    assert!(select("text ~ 'filler19 of'").0.is_empty());
    world.settle();
    let (found, by_index) = select("text ~ 'filler17 of'");
    assert!(found == [format!("{:015}", 18)] && by_index);
    // Too short, in too many records, or of another field: all records are looked at.
    for filter in [
        "text ~ 'r1'",
        "text ~ 'filler'",
        "n ~ '100'",
        "id ~ '0017'",
        "text ~ '東京'",
    ] {
        assert!(!select(filter).1, "{filter}");
    }
    let all: BTreeSet<String> = select("text ~ 'filler1999'").0.into_iter().collect();
    assert_eq!(all.len(), 1);
}
