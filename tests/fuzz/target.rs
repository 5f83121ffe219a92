//! What the texts are given to.

use crate::text;
use crate::world::World;
use luge_model::expand::Expand;
use luge_model::fields_param::Fields;
use luge_model::filter::{Audience, Filter, FilterError};
use luge_model::record::Record;
use luge_model::search::{
    Analyser, Language, Mode, Scratch, SearchField, SearchOptions, SearchQuery, Spelling,
};
use luge_model::sort::Sort;
use luge_tests::random::Random;
use serde_json::json;
use std::hint::black_box;

/// A parser and how its texts are made.
pub(crate) struct Target {
    /// What it reads.
    pub(crate) name: &'static str,
    /// Makes a text.
    pub(crate) text: fn(&mut Random) -> String,
    /// Parses it, and does with it what a request would.
    pub(crate) run: fn(&World, &str) -> Outcome,
}

/// What a parser made of a text.
pub(crate) enum Outcome {
    /// It means something.
    Accepted,
    /// It is wrong at this 1-based character.
    Refused(usize),
}

/// Every parser.
pub(crate) const TARGETS: &[Target] = &[
    Target {
        name: "rule",
        text: text::filter,
        run: |world, text| filter(world, text, Audience::Rule),
    },
    Target {
        name: "filter",
        text: text::filter,
        run: |world, text| filter(world, text, Audience::Client),
    },
    Target {
        name: "sort",
        text: text::sort,
        run: sort,
    },
    Target {
        name: "expand",
        text: text::expand,
        run: |_, text| outcome(Expand::parse(text).map(black_box)),
    },
    Target {
        name: "fields",
        text: text::fields,
        run: fields,
    },
    Target {
        name: "search",
        text: text::search,
        run: search,
    },
];

fn filter(world: &World, text: &str, audience: Audience) -> Outcome {
    outcome(Filter::parse(text, &world.scope(audience)).map(|filter| {
        let environment = world.environment();
        let prepared = filter.prepare(&environment);
        black_box(prepared.bounds());
        let constant = prepared.constant();
        for post in world.posts() {
            let answer = prepared.matches(post);
            assert!(
                constant.is_none_or(|constant| constant == answer),
                "said to be always {constant:?}, is {answer}"
            );
        }
    }))
}

fn sort(world: &World, text: &str) -> Outcome {
    outcome(
        Sort::parse(text, &world.scope(Audience::Client)).map(|sort| {
            let environment = world.environment();
            let prepared = sort.prepare(&environment, 1);
            let compare = |left: &Record, right: &Record| prepared.compare(left, right);
            for first in world.posts() {
                for second in world.posts() {
                    let order = compare(first, second);
                    assert_eq!(order, compare(second, first).reverse(), "two orders");
                    for third in world.posts() {
                        let last = compare(second, third);
                        let goes_on = order.is_le() && last.is_le();
                        assert!(!goes_on || compare(first, third).is_le(), "no order");
                    }
                }
            }
        }),
    )
}

fn fields(_: &World, text: &str) -> Outcome {
    outcome(Fields::parse(text).map(|fields| {
        let answer = json!({"id": "p1", "title": "<p>Ä &amp; b</p> long enough to be cut", "n": 1,
            "data": {"a": 1, "b": [{"a": null}, "x"]}, "expand": {"author": {"title": "A"}}});
        black_box(fields.pick(json!([answer])));
    }))
}

fn search(_: &World, text: &str) -> Outcome {
    let fields = ["title", "author.title"];
    let query = match SearchQuery::parse(text, &fields) {
        Ok(query) => query,
        Err(error) => return Outcome::Refused(error.position),
    };
    let again = SearchQuery::parse(&query.to_string(), &fields);
    assert_eq!(again.as_ref(), Ok(&query), "printed, it is another search");
    let mut scratch = Scratch::default();
    for language in [None, Some(Language::English), Some(Language::Turkish)] {
        let field = SearchField {
            path: "title".to_owned(),
            weight: 1,
            language,
            mode: Mode::Text,
            facet: false,
        };
        let analyser = Analyser::new(&field, &SearchOptions::default());
        for clause in &query.clauses {
            let wanted = clause.wanted.text();
            analyser.search(wanted, &mut scratch, |token| {
                assert!(
                    wanted.get(token.start..token.end).is_some(),
                    "no such place"
                );
                let spelling = Spelling::new(token.exact);
                black_box(spelling.prefix_distance(token.term, 2));
            });
        }
        analyser.text(text, &mut scratch, |token| {
            assert!(text.get(token.start..token.end).is_some(), "no such place");
        });
    }
    Outcome::Accepted
}

fn outcome(result: Result<impl Sized, FilterError>) -> Outcome {
    match result {
        Ok(_) => Outcome::Accepted,
        Err(error) => Outcome::Refused(error.position),
    }
}
