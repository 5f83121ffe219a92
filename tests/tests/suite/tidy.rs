//! The repository checks itself: direction of crates, ranks, lengths, names, words.
//!
//! Every rule is a pure function over sources that gives violations, and is shown to find one in
//! a small bad input, so that no rule can hold by looking at nothing.

mod layers;
mod lengths;
mod words;

use luge_tests::sources::{Source, all};

/// One violation: where, and what.
type Violation = String;

fn assert_clean(violations: &[Violation]) {
    assert!(violations.is_empty(), "\n{}", violations.join("\n"));
}

fn source(path: &str, text: &str) -> Source {
    Source {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}

fn rust_sources() -> Vec<Source> {
    let sources: Vec<Source> = all()
        .into_iter()
        .filter(|source| source.path.ends_with(".rs"))
        .collect();
    assert!(
        sources.len() > 50,
        "only {} Rust files were found",
        sources.len()
    );
    sources
}

/// The part of a Rust file before its test module.
fn without_tests(text: &str) -> &str {
    text.find("\n#[cfg(test)]\nmod ")
        .map_or(text, |end| &text[..end])
}
