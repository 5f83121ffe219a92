//! Suggestions: how the last word of a text may go on, from the records that a caller may list.
//!
//! - Words are read from records that passed the rule and the filter and have the words before, as
//!   these records are now, in fields that the caller may search.
//! - Which records are read where not all are does not depend on others: they are taken in the
//!   order of their creation.

use std::collections::HashMap;
use std::ops::ControlFlow;

use luge_model::limits::{
    SEARCH_STEP, SUGGESTION_RECORDS_MAX, SUGGESTION_SPELLINGS_MAX, SUGGESTION_TEXT_BYTES_MAX,
    SUGGESTION_WORDS_MAX, SUGGESTIONS_MAX,
};

use super::searched::Searching;
use super::{ListRequest, Query};
use crate::access::{Compiled, Grant};
use crate::context::Context;
use crate::error::Result;
use crate::search::Beginning;

/// A word that goes on from the last one of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The word, as it is written most often.
    pub word: String,
    /// The text with it.
    pub text: String,
}

/// The words that were met, by their folded form.
#[derive(Default)]
struct Words {
    records: usize,
    /// Bytes of text that were read.
    bytes: usize,
    met: HashMap<String, Met>,
}

/// A word that was met.
#[derive(Default)]
struct Met {
    records: usize,
    /// The last of them, by its place among those read.
    last: usize,
    /// How often it is written in which way.
    written: HashMap<String, usize>,
}

impl Query {
    /// How a text may go on.
    pub(super) fn suggestions(
        &self,
        context: &Context,
        (compiled, grant): (&Compiled, &Grant),
        (request, text): (&ListRequest, &str),
    ) -> Result<Vec<Suggestion>> {
        let sees_all = context.principal.is_superuser();
        let place = (&*compiled.collection, &compiled.snapshot);
        let Some(searched) = self.search.ask(place, text, sees_all)? else {
            return Ok(Vec::new());
        };
        let Some(beginning) = searched.beginning() else {
            return Ok(Vec::new());
        };
        let words = self.searching(
            (context, compiled, grant),
            (request, "", &searched),
            &[],
            |run, caller| {
                let searching = Searching {
                    query: self,
                    run: &run,
                    searched: &searched,
                    caller,
                };
                searching.words(&beginning)
            },
        )?;
        let before = text.strip_suffix(beginning.written.as_str());
        Ok(words.best(before.unwrap_or_default()))
    }
}

impl Searching<'_> {
    /// The words of hits that go on from a beginning.
    fn words(&self, beginning: &Beginning) -> Result<Words> {
        let mut words = Words::default();
        // The first level forgives nothing: all words are there as they are written.
        let Some(level) = self.searched.levels().into_iter().next() else {
            return Ok(words);
        };
        let mut hits = self.find(level)?.into_vec();
        hits.sort_unstable_by_key(|hit| hit.rowid);
        for step in hits.chunks(SEARCH_STEP) {
            self.each(step, &mut |hit, record| {
                self.run.look();
                let judge = || self.searched.judge(record, (hit, level), self.caller);
                if self.run.matches(record) && judge().is_some() {
                    words.records += 1;
                    let mut each = |word: &str, written: &str| words.meet(word, written);
                    let searched = self.searched;
                    let bytes = searched.completions(beginning, record, self.caller, &mut each);
                    words.bytes += bytes;
                }
                match words.are_enough() || self.run.lookups.has_failed() {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                }
            })?;
            self.run.lookups.check()?;
            if words.are_enough() {
                break;
            }
        }
        Ok(words)
    }
}

impl Words {
    /// Notes a word of the record that is being read.
    fn meet(&mut self, word: &str, written: &str) {
        let record = self.records;
        let is_full = self.met.len() >= SUGGESTION_WORDS_MAX;
        let met = match self.met.get_mut(word) {
            Some(met) => met,
            None if is_full => return,
            None => self.met.entry(word.to_owned()).or_default(),
        };
        if met.last != record {
            met.last = record;
            met.records += 1;
        }
        let knows_enough = met.written.len() >= SUGGESTION_SPELLINGS_MAX;
        match met.written.get_mut(written) {
            Some(count) => *count += 1,
            None if knows_enough => {}
            None => drop(met.written.insert(written.to_owned(), 1)),
        }
    }

    /// Whether no further record is read.
    fn are_enough(&self) -> bool {
        self.records >= SUGGESTION_RECORDS_MAX || self.bytes >= SUGGESTION_TEXT_BYTES_MAX
    }

    /// The words of most records, behind what stands before them.
    fn best(self, before: &str) -> Vec<Suggestion> {
        let mut met: Vec<(String, Met)> = self.met.into_iter().collect();
        met.sort_unstable_by(|(left, often), (right, less)| {
            less.records
                .cmp(&often.records)
                .then_with(|| left.cmp(right))
        });
        let best = met.into_iter().take(SUGGESTIONS_MAX);
        let best = best.filter_map(|(_, met)| {
            let word = met.spelling()?;
            let text = format!("{before}{word}");
            Some(Suggestion { word, text })
        });
        best.collect()
    }
}

impl Met {
    /// The most frequent way in which it is written; of equal ones the first in their order.
    fn spelling(self) -> Option<String> {
        let order = |(left, often): &(String, usize), (right, less): &(String, usize)| {
            less.cmp(often).then_with(|| left.cmp(right))
        };
        let written = self.written.into_iter().min_by(order);
        written.map(|(written, _)| written)
    }
}
