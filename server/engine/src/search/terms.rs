//! How words stand in the index.
//!
//! - One dictionary holds the words of all collections. Every term begins with the number of the
//!   build it belongs to, so the words of one collection stand side by side and no search reads
//!   those of another.
//! - A place tells the field and the position in it: where a word stands in several fields, one
//!   list has all of them.

use luge_model::limits::SEARCH_FIELD_WORDS_MAX;
use tantivy::Term;
use tantivy::schema::{
    FAST, Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions,
};

/// Bits of a place that tell the position.
const POSITION_BITS: u32 = 16;
const _: () = assert!(SEARCH_FIELD_WORDS_MAX < 1 << POSITION_BITS);

/// The columns of the index.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    pub(super) schema: Schema,
    /// All terms.
    pub(super) terms: Field,
    /// Which record, by its place in the order of insertion, which no two records share.
    pub(super) rowid: Field,
    /// Which state of it.
    pub(super) revision: Field,
}

impl Columns {
    pub(super) fn new() -> Self {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_index_option(IndexRecordOption::WithFreqsAndPositions)
            .set_fieldnorms(false);
        let terms = TextOptions::default().set_indexing_options(indexing);
        let number = NumericOptions::from(FAST);
        Self {
            terms: schema.add_text_field("terms", terms),
            rowid: schema.add_u64_field("rowid", number.clone()),
            revision: schema.add_u64_field("revision", number),
            schema: schema.build(),
        }
    }

    /// What all documents of a record in a build have, and no other.
    pub(super) fn record(&self, build: u32, rowid: u64) -> Term {
        Term::from_field_text(self.terms, &record(build, rowid))
    }

    /// What all documents of a build have.
    pub(super) fn all(&self, build: u32) -> Term {
        Term::from_field_text(self.terms, &all(build))
    }
}

/// A word as it is written, folded.
pub(super) fn word(build: u32, word: &str) -> String {
    format!("{build}e{word}")
}

/// A stem that differs from the word.
pub(super) fn stem(build: u32, stem: &str) -> String {
    format!("{build}s{stem}")
}

/// The words of a build stand from here on, and before [`words_end`].
pub(super) fn words_begin(build: u32) -> String {
    word(build, "")
}

/// Behind all words of a build.
pub(super) fn words_end(build: u32) -> String {
    format!("{build}f")
}

/// One record.
pub(super) fn record(build: u32, rowid: u64) -> String {
    format!("{build}k{rowid}")
}

/// Every record.
pub(super) fn all(build: u32) -> String {
    format!("{build}a")
}

/// Every record of which not all words were taken.
pub(super) fn cut(build: u32) -> String {
    format!("{build}c")
}

/// Where a word stands: the field by its number in the build, and the position.
pub(super) fn place(field: usize, position: u32) -> u32 {
    let field = u32::try_from(field).unwrap_or(u32::MAX);
    (field << POSITION_BITS) | position.min((1 << POSITION_BITS) - 1)
}

/// The field of a place.
pub(super) fn field_of(place: u32) -> usize {
    usize::try_from(place >> POSITION_BITS).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_build_stand_together() {
        for (build, other) in [(1, 12), (12, 1), (9, 10), (0, 100)] {
            let (begin, end) = (words_begin(build), words_end(build));
            for text in ["", "a", "zebra", "ÿ", "日本", "\u{10ffff}"] {
                assert!((begin.as_str()..end.as_str()).contains(&word(build, text).as_str()));
                for foreign in [
                    word(other, text),
                    stem(build, text),
                    stem(other, text),
                    record(build, 7),
                    all(build),
                    cut(build),
                ] {
                    assert!(!(begin.as_str()..end.as_str()).contains(&foreign.as_str()));
                }
            }
        }
    }

    #[test]
    fn places_tell_field_and_position() {
        assert_eq!(field_of(place(3, 70_000)), 3);
        assert_eq!(place(0, 9), 9);
        assert_eq!(place(1, 9) - place(1, 4), 5);
        assert_eq!(field_of(place(49, 59_999)), 49);
    }
}
