//! Which records may have a text somewhere in a field: what `~` looks at instead of all records.
//!
//! - `~` finds any part of a text, words or not. ASCII letters and digits that stand side by side
//!   are never parted into two words, and folding keeps them, so a text with a run of them has a
//!   word in the dictionary with that run.
//! - A word that was cut may have had anything behind it, and so may a record of which not all
//!   words were taken.
//! - What changed after the moment of the index is known from the log.

use std::io;
use std::sync::Arc;

use luge_model::collection::Collection;
use luge_model::filter::Contained;
use luge_model::id::CollectionNumber;
use luge_model::limits::{
    SEARCH_CONTAINING_BEHIND, SEARCH_CONTAINING_BYTES_MIN, SEARCH_TERM_BYTES_MAX,
};
use luge_model::search::Mode;
use memchr::memmem::Finder;
use tantivy::postings::TermInfo;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, InvertedIndexReader, TERMINATED};

use super::asked::unreadable;
use super::build::Words;
use super::segments::Segment;
use super::{Ready, Search, View, terms};
use crate::catalog::Snapshot;
use crate::changes;
use crate::error::Result;
use crate::store::Sequence;

/// Records that may have a text in a field. All others do not have it.
#[derive(Debug, Default)]
pub struct Containing {
    /// By their places in the order of insertion, each once.
    pub rowids: Vec<u64>,
    /// By id, of those that changed lately; some of them twice, or gone.
    pub ids: Vec<String>,
}

/// Where a text is looked for.
struct Look<'a> {
    view: &'a View,
    build: u32,
    finder: Finder<'a>,
    /// More records than this are not worth finding.
    most: usize,
}

impl Search {
    /// Whether the index may tell which records contain something.
    #[must_use]
    pub fn covers(&self, collection: &Collection, contained: &Contained) -> bool {
        let field = collection.field_by_number(contained.field);
        let options = collection.search.as_ref();
        let (Some(field), Some(options)) = (field, options) else {
            return false;
        };
        let mut searched = options.fields.iter();
        field.kind.type_name() == "text"
            && contained.run.len() >= SEARCH_CONTAINING_BYTES_MIN
            && searched.any(|one| one.path == field.name && one.mode != Mode::Keyword)
    }

    /// The records that may contain something; `None` where the index cannot tell now, or finds
    /// more than `most`. `spend` is told how much is looked at and says whether to go on.
    ///
    /// # Errors
    /// When the index or the log cannot be read.
    pub fn containing(
        &self,
        (collection, snapshot): (&Collection, &Snapshot),
        contained: &Contained,
        most: usize,
        spend: &mut dyn FnMut(u64) -> bool,
    ) -> Result<Option<Containing>> {
        // Asked before the view is taken, which has all of that, and perhaps more.
        let since = self.sequence();
        let view = self.0.view.load_full();
        let (Some(view), true) = (view, self.covers(collection, contained)) else {
            return Ok(None);
        };
        let Some(build) = view.whole_build(collection, snapshot) else {
            return Ok(None);
        };
        let look = Look {
            view: &view,
            build: build.number,
            finder: Finder::new(&contained.run),
            most,
        };
        let Some(rowids) = look.rowids(spend).map_err(unreadable)? else {
            return Ok(None);
        };
        let ids = self.changed_since(since, collection.number)?;
        Ok(ids.map(|ids| Containing { rowids, ids }))
    }

    /// The records of a collection that changed after a commit, durable or not; `None` where that
    /// is more than a few, or not known any more.
    fn changed_since(
        &self,
        since: Sequence,
        collection: CollectionNumber,
    ) -> Result<Option<Vec<String>>> {
        let store = Arc::clone(self.0.parts.committer.store());
        let entries = changes::applied(&*store, since, SEARCH_CONTAINING_BEHIND)?;
        if changes::trimmed(&*store)? > since {
            return Ok(None);
        }
        let changes = |entry: changes::LogEntry| {
            let mine = entry.changes.into_iter();
            let mine = mine.filter(|change| change.collection == collection);
            mine.map(|change| change.record).collect::<Vec<String>>()
        };
        Ok(entries.map(|entries| entries.into_iter().flat_map(changes).collect()))
    }
}

impl View {
    /// The build with all that the definition asks for now.
    fn whole_build(&self, collection: &Collection, snapshot: &Snapshot) -> Option<&Ready> {
        let words = Words::of(collection, snapshot)?;
        self.builds.iter().find(|build| {
            build.collection == collection.number
                && build.filling.is_none()
                && build.words.serve(&words)
        })
    }
}

impl Look<'_> {
    fn rowids(&self, spend: &mut dyn FnMut(u64) -> bool) -> io::Result<Option<Vec<u64>>> {
        let mut rowids = Vec::new();
        for segment in &self.view.segments {
            let Some(lists) = self.lists(&segment.terms, rowids.len(), spend)? else {
                return Ok(None);
            };
            gather(segment, &lists, &mut rowids)?;
        }
        rowids.sort_unstable();
        rowids.dedup();
        Ok(Some(rowids))
    }

    /// The lists of the words that may contain it; `None` for too many.
    fn lists(
        &self,
        reader: &InvertedIndexReader,
        before: usize,
        spend: &mut dyn FnMut(u64) -> bool,
    ) -> io::Result<Option<Vec<TermInfo>>> {
        let dictionary = reader.terms();
        let begin = terms::words_begin(self.build);
        let mut lists: Vec<TermInfo> = Vec::new();
        lists.extend(dictionary.get(terms::cut(self.build))?);
        let documents = |info: &TermInfo| usize::try_from(info.doc_freq).unwrap_or(usize::MAX);
        let mut found = lists.iter().map(documents).sum::<usize>() + before;
        let mut seen = 0;
        let words = dictionary
            .range()
            .ge(&begin)
            .lt(terms::words_end(self.build));
        let mut words = words.into_stream()?;
        while let Some((term, info)) = words.next() {
            seen += 1;
            if seen >= SPEND_STEP && !spend(std::mem::take(&mut seen)) {
                return Ok(None);
            }
            let word = term.get(begin.len()..).unwrap_or_default();
            if word.len() + CUT_BYTES_MAX > SEARCH_TERM_BYTES_MAX
                || self.finder.find(word).is_some()
            {
                found = found.saturating_add(documents(info));
                if found > self.most {
                    return Ok(None);
                }
                lists.push(info.clone());
            }
        }
        Ok(spend(seen).then_some(lists))
    }
}

/// Bytes that are cut off a word at most beside what is too much: the rest of a character.
const CUT_BYTES_MAX: usize = 4;

/// Words that are looked at between two reports.
const SPEND_STEP: u64 = 1_024;

/// Adds the records of some lists.
fn gather(segment: &Segment, lists: &[TermInfo], rowids: &mut Vec<u64>) -> io::Result<()> {
    for info in lists {
        let terms = &segment.terms;
        let mut postings = terms.read_postings_from_terminfo(info, IndexRecordOption::Basic)?;
        let mut document = postings.doc();
        while document != TERMINATED {
            if !segment.is_deleted(document) {
                rowids.push(segment.record(document).0);
            }
            document = postings.advance();
        }
    }
    Ok(())
}
