//! One search of one collection, for one caller.

use std::collections::BinaryHeap;
use std::sync::Arc;

use luge_model::collection::Collection;
use luge_model::id::CollectionNumber;
use luge_model::record::Record;
use luge_model::search::SearchQuery;

use super::candidates::{Candidates, Expansions, Hit, Level};
use super::facts::Rank;
use super::judged::{Judge, RecordWords};
use super::searchable::Searchable;
use super::terms::field_of;
use super::wanted::{Fields, Usable, Wanted, bit};
use super::words::{Related, WordReader};
use super::{Ready, Search, View};
use crate::catalog::Snapshot;
use crate::error::{Error, Result};
use crate::store::StoreError;

/// What a caller may see of records, which the service cannot know.
pub struct Caller<'a> {
    /// Related records that the caller may list.
    pub related: &'a Related<'a>,
    /// Whether the caller sees the e-mail address of a record.
    pub sees_email: &'a dyn Fn(&Record) -> bool,
}

/// A search that was read.
pub struct Asked {
    view: Arc<View>,
    snapshot: Arc<Snapshot>,
    searchable: Arc<Searchable>,
    query: SearchQuery,
    wanted: Wanted,
    /// Fields whose texts the caller sees of some records only.
    checked: Fields,
    /// Those of them that are e-mail addresses.
    emails: Fields,
    expansions: Vec<Expansions>,
}

impl Search {
    /// Reads a search; `None` where it has no word, so that it leaves nothing out.
    ///
    /// # Errors
    /// [`Error::BadQuery`] where the text is wrong or the collection is not searchable,
    /// [`Error::SearchNotReady`] while its first index is being built.
    pub fn ask(
        &self,
        (collection, snapshot): (&Collection, &Arc<Snapshot>),
        text: &str,
        sees_all: bool,
    ) -> Result<Option<Asked>> {
        let Some(options) = &collection.search else {
            return Err(Error::BadQuery(format!(
                "Invalid search: the collection {} is not searchable. Its option search says what \
                 is searched.",
                collection.name
            )));
        };
        let view = self.0.view.load_full().ok_or(Error::SearchNotReady)?;
        let searchable = view.searchable((collection, snapshot), sees_all)?;
        let usable = &searchable.usable;
        let paths: Vec<&str> = usable.iter().map(|one| one.field.path.as_str()).collect();
        let query = SearchQuery::parse(text, &paths)
            .map_err(|error| Error::BadQuery(format!("Invalid search: {error}")))?;
        if query.is_empty() {
            return Ok(None);
        }
        let wanted = Wanted::of(&query, usable, options);
        let checked = searchable.emails | searchable.related;
        Ok(Some(Asked {
            snapshot: Arc::clone(snapshot),
            query,
            wanted,
            checked: if sees_all { 0 } else { checked },
            emails: if sees_all { 0 } else { searchable.emails },
            expansions: view
                .segments
                .iter()
                .map(|_| Expansions::default())
                .collect(),
            searchable,
            view,
        }))
    }
}

impl Asked {
    /// How tolerant the search can be, step by step.
    #[must_use]
    pub fn levels(&self) -> Vec<Level> {
        Level::all(&self.wanted)
    }

    /// The collections whose records have texts of the searched ones.
    #[must_use]
    pub fn related(&self) -> Vec<CollectionNumber> {
        let Some(ready) = self.ready() else {
            return Vec::new();
        };
        let hops = self
            .searchable
            .usable
            .iter()
            .filter_map(|one| ready.words.fields.get(one.number)?.hop());
        hops.map(|(_, target)| target).collect()
    }

    /// What one level finds, the best first; `spend` is told how much is looked at and says whether
    /// to go on.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn find(
        &self,
        level: Level,
        spend: &mut dyn FnMut(u64) -> bool,
    ) -> Result<BinaryHeap<Hit>> {
        let Some(candidates) = self.candidates() else {
            return Ok(BinaryHeap::new());
        };
        candidates.find(level, spend).map_err(unreadable)
    }

    fn candidates(&self) -> Option<Candidates<'_>> {
        Some(Candidates {
            segments: &self.view.segments,
            build: self.ready()?.number,
            wanted: &self.wanted,
            weights: &self.searchable.weights,
            checked: self.checked,
            expansions: &self.expansions,
        })
    }

    /// How a record ranks for the caller, as it is now; `None` where it is no hit of this level.
    #[must_use]
    pub fn judge(
        &self,
        record: &Record,
        (hit, level): (&Hit, Level),
        caller: &Caller<'_>,
    ) -> Option<Rank> {
        if record.revision() == hit.revision && self.checked == 0 {
            return Some(hit.rank);
        }
        let words = self.words(record, caller);
        Judge {
            wanted: &self.wanted,
            weights: &self.searchable.weights,
        }
        .rank(&words, level)
    }

    /// The words of a record that the caller may find.
    fn words(&self, record: &Record, caller: &Caller<'_>) -> RecordWords {
        let mut words = RecordWords::default();
        let fields = self.fields_for(record, caller);
        if let Some(reader) = self.reader() {
            let wants = |number| fields & bit(number) != 0;
            reader.read(record, caller.related, wants, |word| words.push(word));
        }
        words
    }

    /// The fields that the caller may search in a record.
    fn fields_for(&self, record: &Record, caller: &Caller<'_>) -> Fields {
        let usable = self.searchable.usable.iter();
        let all: Fields = usable.fold(0, |all, one| all | bit(one.number));
        match self.emails != 0 && !(caller.sees_email)(record) {
            true => all & !self.emails,
            false => all,
        }
    }

    pub(super) fn reader(&self) -> Option<WordReader<'_>> {
        let ready = self.ready()?;
        Some(WordReader {
            snapshot: &self.snapshot,
            collection: ready.collection,
            words: &ready.words,
            analysers: &ready.analysers,
        })
    }

    /// The search as it was read.
    pub(super) fn query(&self) -> &SearchQuery {
        &self.query
    }

    /// The fields that the caller may search.
    pub(super) fn all_usable(&self) -> &[Usable] {
        &self.searchable.usable
    }

    pub(super) fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// The paths of all fields that the caller may search, in the order of the definition.
    pub(super) fn paths(&self) -> Vec<String> {
        self.searchable
            .usable
            .iter()
            .map(|one| one.field.path.clone())
            .collect()
    }

    /// The field with a path, where the caller may search it.
    pub(super) fn usable(&self, path: &str) -> Option<&Usable> {
        self.searchable
            .usable
            .iter()
            .find(|one| one.field.path == path)
    }

    /// Whether the caller may search a field in a record.
    pub(super) fn may_show(&self, number: usize, record: &Record, caller: &Caller<'_>) -> bool {
        self.fields_for(record, caller) & bit(number) != 0
    }

    fn ready(&self) -> Option<&Ready> {
        self.view.builds.get(self.searchable.build)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the form that map_err takes")]
fn unreadable(error: std::io::Error) -> Error {
    tracing::error!(%error, "the search index cannot be read");
    Error::Store(StoreError::Engine(format!("search: {error}")))
}

/// Whether a place is in one of some fields.
pub(super) fn is_in(place: u32, fields: Fields) -> bool {
    bit(field_of(place)) & fields != 0
}
