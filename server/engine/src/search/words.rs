//! The words of a record, field by field.

use std::borrow::Cow;

use luge_model::id::CollectionNumber;
use luge_model::limits::{SEARCH_FIELD_WORDS_MAX, SEARCH_VALUE_GAP};
use luge_model::record::{Record, Row};
use luge_model::search::Analyzer;
use luge_model::value::ValueRef;

use super::build::{Source, Words};
use super::terms::place;
use super::texts::texts;
use crate::catalog::Snapshot;
use crate::index::targets;

/// Finds related records; `None` also for one whose texts are nobody's business.
pub(super) type Related<'a> = dyn Fn(CollectionNumber, &str) -> Option<Record> + 'a;

/// One word of a record.
pub(super) struct RecordWord<'w> {
    /// Field and position.
    pub(super) place: u32,
    /// Folded.
    pub(super) exact: &'w str,
    /// Its stem, or the word itself.
    pub(super) stem: &'w str,
}

/// Reads the words of records of one collection.
#[derive(Clone, Copy)]
pub(super) struct WordReader<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) collection: CollectionNumber,
    pub(super) words: &'a Words,
    pub(super) analyzers: &'a [Analyzer],
}

impl WordReader<'_> {
    /// Shows every word of some fields of a record, by field and position.
    pub(super) fn read(
        self,
        record: &Record,
        related: &Related<'_>,
        wants: impl Fn(usize) -> bool,
        mut visit: impl FnMut(RecordWord<'_>),
    ) {
        let fields = self.words.fields.iter().zip(self.analyzers);
        for (number, (source, analyzer)) in fields.enumerate().filter(|(number, _)| wants(*number))
        {
            let mut base = 0;
            self.each_text(source, record, related, &mut |text| {
                base = read_text(analyzer, text, (number, base), &mut visit);
            });
        }
    }

    /// Shows the texts of one field.
    pub(super) fn each_text(
        self,
        source: &Source,
        record: &Record,
        related: &Related<'_>,
        visit: &mut dyn FnMut(&str),
    ) {
        let Some((relation, target)) = source.hop() else {
            self.texts_of(self.collection, source, record, visit);
            return;
        };
        for id in targets(relation, record) {
            if let Some(record) = related(target, id) {
                self.texts_of(target, source, &record, visit);
            }
        }
    }

    fn texts_of(
        self,
        collection: CollectionNumber,
        source: &Source,
        record: &Record,
        visit: &mut dyn FnMut(&str),
    ) {
        let number = luge_model::id::FieldNumber(source.field);
        let Some(collection) = self.snapshot.by_number(collection) else {
            return;
        };
        let Some(field) = collection.field_by_number(number) else {
            return;
        };
        let value: Option<ValueRef<'_>> = Row::value(record, number);
        let kind = field.kind.type_name();
        let found: Vec<Cow<'_, str>> = value
            .map(|value| texts(value, kind, &source.keys))
            .unwrap_or_default();
        found.iter().for_each(|text| visit(text));
    }
}

/// Shows the words of one value; where the next one begins.
fn read_text(
    analyzer: &Analyzer,
    text: &str,
    (number, base): (usize, u32),
    visit: &mut impl FnMut(RecordWord<'_>),
) -> u32 {
    let mut end = base;
    for token in analyzer.tokens(text) {
        let position = base.saturating_add(token.position);
        if usize::try_from(position).is_ok_and(|position| position >= SEARCH_FIELD_WORDS_MAX) {
            break;
        }
        end = position + SEARCH_VALUE_GAP;
        visit(RecordWord {
            place: place(number, position),
            exact: &token.exact,
            stem: &token.term,
        });
    }
    end
}
