//! One search of one collection, for one caller.

use std::collections::BinaryHeap;
use std::sync::Arc;

use luge_model::collection::Collection;
use luge_model::id::CollectionNumber;
use luge_model::record::Record;
use luge_model::search::{SearchPath, SearchQuery};

use super::candidates::{Candidates, Hit, Level};
use super::facts::Rank;
use super::judged::{Judge, RecordWords};
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
    /// Which build answers.
    build: usize,
    query: SearchQuery,
    wanted: Wanted,
    usable: Vec<Usable>,
    /// Weights of fields, by their numbers.
    weights: Vec<u8>,
    /// Fields whose texts the caller sees of some records only.
    checked: Fields,
    /// Those of them that are e-mail addresses.
    emails: Fields,
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
        let build = view.build_of(collection, snapshot)?;
        let ready = view.builds.get(build).ok_or(Error::SearchNotReady)?;
        let usable = ready.words.usable((collection, snapshot), sees_all);
        let paths: Vec<&str> = usable.iter().map(|one| one.field.path.as_str()).collect();
        let query = SearchQuery::parse(text, &paths)
            .map_err(|error| Error::BadQuery(format!("Invalid search: {error}")))?;
        let wanted = Wanted::of(&query, &usable, options);
        if query.is_empty() {
            return Ok(None);
        }
        let mut weights = vec![0; ready.words.fields.len()];
        for one in &usable {
            if let Some(weight) = weights.get_mut(one.number) {
                *weight = one.field.weight;
            }
        }
        let emails = emails(collection, snapshot, &usable);
        let related = usable.iter().filter(|one| {
            let source = ready.words.fields.get(one.number);
            source.is_some_and(|source| source.relation.is_some())
        });
        let related = related.fold(0, |all, one| all | bit(one.number));
        Ok(Some(Asked {
            build,
            snapshot: Arc::clone(snapshot),
            query,
            wanted,
            usable,
            weights,
            checked: if sees_all { 0 } else { emails | related },
            emails: if sees_all { 0 } else { emails },
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
        let Some(ready) = self.ready() else {
            return Ok(BinaryHeap::new());
        };
        let candidates = Candidates {
            searcher: &self.view.searcher,
            columns: &self.view.columns,
            build: ready.number,
            wanted: &self.wanted,
            weights: &self.weights,
            checked: self.checked,
        };
        candidates.find(level, spend).map_err(|error| {
            tracing::error!(%error, "the search index cannot be read");
            Error::Store(StoreError::Engine(format!("search: {error}")))
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
            weights: &self.weights,
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
        let usable = self.usable.iter();
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
        &self.usable
    }

    pub(super) fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// The paths of all fields that the caller may search, in the order of the definition.
    pub(super) fn paths(&self) -> Vec<String> {
        self.usable
            .iter()
            .map(|one| one.field.path.clone())
            .collect()
    }

    /// The field with a path, where the caller may search it.
    pub(super) fn usable(&self, path: &str) -> Option<&Usable> {
        self.usable.iter().find(|one| one.field.path == path)
    }

    /// Whether the caller may search a field in a record.
    pub(super) fn may_show(&self, number: usize, record: &Record, caller: &Caller<'_>) -> bool {
        self.fields_for(record, caller) & bit(number) != 0
    }

    fn ready(&self) -> Option<&Ready> {
        self.view.builds.get(self.build)
    }
}

impl View {
    /// The build that answers for a collection: the one that its definition asks for, else the one
    /// before it.
    fn build_of(&self, collection: &Collection, snapshot: &Snapshot) -> Result<usize> {
        let words = super::Words::of(collection, snapshot);
        let filled =
            self.builds.iter().enumerate().filter(|(_, build)| {
                build.collection == collection.number && build.filling.is_none()
            });
        let filled: Vec<(usize, &Ready)> = filled.collect();
        let serving = filled
            .iter()
            .find(|(_, build)| words.as_ref().is_some_and(|words| build.words.serve(words)));
        let chosen = serving.or(filled.last());
        chosen.map(|(at, _)| *at).ok_or(Error::SearchNotReady)
    }
}

/// The fields that are e-mail addresses of auth records.
fn emails(collection: &Collection, snapshot: &Snapshot, usable: &[Usable]) -> Fields {
    let is_email = |one: &&Usable| {
        let path = SearchPath::resolve(&one.field.path, collection, snapshot);
        path.is_ok_and(|path| path.is_address())
    };
    usable
        .iter()
        .filter(is_email)
        .fold(0, |all, one| all | bit(one.number))
}

/// Whether a place is in one of some fields.
pub(super) fn is_in(place: u32, fields: Fields) -> bool {
    bit(field_of(place)) & fields != 0
}
