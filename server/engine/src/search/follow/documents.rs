//! Puts records into builds: those that were there before a build, and those that changed.

use std::ops::ControlFlow;
use std::sync::Arc;

use luge_model::limits::SEARCH_FILL_RECORDS;
use luge_model::record::Record;
use luge_model::search::Analyser;
use tantivy::TantivyDocument;
use tantivy::tokenizer::{PreTokenizedString, Token};

use super::super::build::{Build, Filling};
use super::super::terms;
use super::super::words::WordReader;
use super::{Follower, Outcome, records};
use crate::store::{Direction, key};

impl Follower<'_> {
    pub(super) fn add(&self, number: u32, record: &Record) -> Outcome<()> {
        let build = self
            .saved
            .builds
            .iter()
            .find(|build| build.number == number);
        if let Some((build, reading)) = build.zip(self.reading(number)) {
            let document = self.document(build, &reading.analysers, record)?;
            self.index.writer.add_document(document)?;
        }
        Ok(())
    }

    fn document(
        &self,
        build: &Build,
        analysers: &[Analyser],
        record: &Record,
    ) -> Outcome<TantivyDocument> {
        let failure = std::cell::RefCell::new(None);
        let related = |collection, id: &str| {
            let found = records(self.shared, collection, &[id.to_owned()]);
            found
                .unwrap_or_else(|error| {
                    failure.borrow_mut().get_or_insert(error);
                    Vec::new()
                })
                .pop()
        };
        let number = build.number;
        let mut tokens = vec![
            token(terms::all(number), 0),
            token(terms::record(number, record.rowid()), 0),
        ];
        let reader = WordReader {
            snapshot: &self.snapshot,
            collection: build.collection(),
            words: &build.words,
            analysers,
        };
        let whole = reader.read(
            record,
            &related,
            |_| true,
            |found| {
                tokens.push(token(terms::word(number, found.exact), found.place));
                if found.stem != found.exact {
                    tokens.push(token(terms::stem(number, found.stem), found.place));
                }
            },
        );
        if !whole {
            tokens.push(token(terms::cut(number), 0));
        }
        if let Some(error) = failure.into_inner() {
            return Err(error.into());
        }
        let columns = &self.index.columns;
        let mut document = TantivyDocument::new();
        let text = String::new();
        document.add_pre_tokenized_text(columns.terms, PreTokenizedString { text, tokens });
        document.add_u64(columns.rowid, record.rowid());
        document.add_u64(columns.revision, record.revision());
        Ok(document)
    }

    /// Adds some records that were there before a build; whether any build is still to be filled.
    pub(super) fn fill(&mut self) -> Outcome<bool> {
        let build = self
            .saved
            .builds
            .iter()
            .find(|build| build.filling.is_some());
        let Some((build, filling)) = build.and_then(|build| Some((build, build.filling.clone()?)))
        else {
            return Ok(false);
        };
        let (number, collection) = (build.number, build.collection());
        let range = key::rowid_range_beyond(collection, filling.passed, Direction::Forward);
        let mut ids = Vec::new();
        let mut passed = filling.passed;
        let store = Arc::clone(self.shared.parts.committer.store());
        let rest = store.scan(
            &range,
            Direction::Forward,
            SEARCH_FILL_RECORDS,
            &mut |at, id| match key::rowid_of(at) {
                Some(rowid) if rowid < filling.end => {
                    passed = rowid;
                    ids.push(String::from_utf8_lossy(id).into_owned());
                    ControlFlow::Continue(())
                }
                _ => ControlFlow::Break(()),
            },
        )?;
        for record in records(self.shared, collection, &ids)? {
            self.add(number, &record)?;
        }
        self.filled = true;
        let done = rest.is_none();
        if let Some(build) = self
            .saved
            .builds
            .iter_mut()
            .find(|build| build.number == number)
        {
            build.filling = (!done).then_some(Filling {
                passed,
                records: filling.records + ids.len() as u64,
                ..filling
            });
        }
        if done {
            // The one before it has served.
            self.settled = false;
            self.changed = true;
        }
        Ok(true)
    }
}

/// A term at a place.
pub(in crate::search) fn token(text: String, place: u32) -> Token {
    Token {
        offset_from: 0,
        offset_to: 0,
        position: usize::try_from(place).unwrap_or(usize::MAX),
        text,
        position_length: 1,
    }
}
