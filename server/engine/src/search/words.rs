//! The words of a record, field by field.

use std::cell::RefCell;

use luge_model::id::{CollectionNumber, FieldNumber};
use luge_model::limits::{SEARCH_FIELD_WORDS_MAX, SEARCH_VALUE_GAP};
use luge_model::record::Record;
use luge_model::search::{Analyser, Scratch, SearchPath, Token};

use super::build::{Source, Words};
use super::terms::place;
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
    pub(super) analysers: &'a [Analyser],
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// The words of a text that is to be found. `visit` must not read words itself.
pub(super) fn words_of(analyser: &Analyser, text: &str, visit: impl FnMut(&Token<'_>)) {
    SCRATCH.with_borrow_mut(|scratch| analyser.text(text, scratch, visit));
}

/// The words of a text that is searched for. `visit` must not read words itself.
pub(super) fn words_wanted(analyser: &Analyser, text: &str, visit: impl FnMut(&Token<'_>)) {
    SCRATCH.with_borrow_mut(|scratch| analyser.search(text, scratch, visit));
}

impl WordReader<'_> {
    /// Shows every word of some fields of a record, by field and position; whether those were all.
    pub(super) fn read(
        self,
        record: &Record,
        related: &Related<'_>,
        wants: impl Fn(usize) -> bool,
        mut visit: impl FnMut(&RecordWord<'_>),
    ) -> bool {
        let mut whole = true;
        let fields = self.words.fields.iter().zip(self.analysers);
        for (number, (source, analyser)) in fields.enumerate().filter(|(number, _)| wants(*number))
        {
            let mut base = 0;
            self.each_text(source, record, related, &mut |text| {
                let (end, read) = read_text(analyser, text, (number, base), &mut visit);
                base = end;
                whole &= read;
            });
        }
        whole
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
        let number = FieldNumber(source.field);
        let Some(collection) = self.snapshot.by_number(collection) else {
            return;
        };
        let field = collection.field_by_number(number);
        if let Some((field, value)) = field.zip(record.value(number)) {
            let path = SearchPath {
                hops: Vec::new(),
                owner: collection,
                field,
                keys: source.keys.iter().map(String::as_str).collect(),
            };
            path.each_text(value, &mut |text| visit(&text));
        }
    }
}

/// Shows the words of one value; where the next one begins, and whether those were all.
fn read_text(
    analyser: &Analyser,
    text: &str,
    (number, base): (usize, u32),
    visit: &mut impl FnMut(&RecordWord<'_>),
) -> (u32, bool) {
    let (mut end, mut whole) = (base, true);
    words_of(analyser, text, |token| {
        let position = u32::try_from(token.position).unwrap_or(u32::MAX);
        let position = base.saturating_add(position);
        if position < SEARCH_FIELD_WORDS_MAX {
            end = position + SEARCH_VALUE_GAP;
            visit(&RecordWord {
                place: place(number, position),
                exact: token.exact,
                stem: token.term,
            });
        } else {
            whole = false;
        }
    });
    (end, whole)
}
