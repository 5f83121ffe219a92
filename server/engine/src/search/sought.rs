//! A search that was read: what it is after in which fields, and how it judges a record by the
//! record's own words.
//!
//! - Nothing here reads the index; what does comes to the same answers (`asked`).
//! - A field that the caller may not search is none of a record's fields here.

use std::sync::Arc;

use luge_model::collection::Collection;
use luge_model::id::CollectionNumber;
use luge_model::record::Record;
use luge_model::search::{Analyser, SearchPath, SearchQuery};

use super::asked::Caller;
use super::build::Words;
use super::candidates::Level;
use super::facts::Rank;
use super::judged::{Judge, RecordWords};
use super::usable::Usable;
use super::wanted::{Fields, Wanted, bit};
use super::words::WordReader;
use crate::catalog::Snapshot;
use crate::error::{Error, Result};

/// What of a collection some callers may search, and how its texts are read.
#[derive(Debug)]
pub(super) struct Searchable {
    collection: CollectionNumber,
    words: Arc<Words>,
    analysers: Arc<[Analyser]>,
    usable: Vec<Usable>,
    /// Weights of fields, by their numbers.
    weights: Vec<u8>,
    /// Fields whose texts the callers see of some records only.
    checked: Fields,
    /// Those of them that are e-mail addresses.
    emails: Fields,
}

/// A search of these callers.
#[derive(Debug)]
pub(super) struct Sought {
    pub(super) searchable: Arc<Searchable>,
    /// The search as it was read.
    pub(super) query: SearchQuery,
    pub(super) wanted: Wanted,
    /// The same, where nothing is forgiven.
    pub(super) strict: Wanted,
}

/// Refuses to search a collection that has no option for it.
///
/// # Errors
/// [`Error::BadQuery`] where it is not searchable.
pub(super) fn check_searchable(collection: &Collection) -> Result<()> {
    match collection.search {
        Some(_) => Ok(()),
        None => Err(Error::BadQuery(format!(
            "Invalid search: the collection {} is not searchable. Its option search says what is \
             searched.",
            collection.name
        ))),
    }
}

impl Searchable {
    /// What these words of a collection are for callers who see all fields, or only those that are
    /// not hidden.
    pub(super) fn of(
        (collection, snapshot): (&Collection, &Snapshot),
        (words, analysers): (Arc<Words>, Arc<[Analyser]>),
        sees_all: bool,
    ) -> Self {
        let usable = words.usable((collection, snapshot), sees_all);
        let mut weights = vec![0; words.fields.len()];
        for one in &usable {
            if let Some(weight) = weights.get_mut(one.number) {
                *weight = one.field.weight;
            }
        }
        let emails = emails(collection, snapshot, &usable);
        let related = usable.iter().filter(|one| {
            let source = words.fields.get(one.number);
            source.is_some_and(|source| source.relation.is_some())
        });
        let related = related.fold(0, |all, one| all | bit(one.number));
        Self {
            collection: collection.number,
            words,
            analysers,
            usable,
            weights,
            checked: if sees_all { 0 } else { emails | related },
            emails: if sees_all { 0 } else { emails },
        }
    }

    pub(super) fn weights(&self) -> &[u8] {
        &self.weights
    }

    pub(super) fn checked(&self) -> Fields {
        self.checked
    }

    /// The collections whose records have texts of the searched ones.
    pub(super) fn related(&self) -> Vec<CollectionNumber> {
        let hops = self
            .usable
            .iter()
            .filter_map(|one| self.words.fields.get(one.number)?.hop());
        hops.map(|(_, target)| target).collect()
    }

    /// The words of a record that the caller may find.
    pub(super) fn words(
        &self,
        snapshot: &Snapshot,
        record: &Record,
        caller: &Caller<'_>,
    ) -> RecordWords {
        let mut words = RecordWords::default();
        let fields = self.fields_for(record, caller);
        let wants = |number| fields & bit(number) != 0;
        self.reader(snapshot)
            .read(record, caller.related, wants, |word| words.push(word));
        words
    }

    pub(super) fn reader<'a>(&'a self, snapshot: &'a Snapshot) -> WordReader<'a> {
        WordReader {
            snapshot,
            collection: self.collection,
            words: &self.words,
            analysers: &self.analysers,
        }
    }

    /// The paths of all fields that the caller may search, in the order of the definition.
    pub(super) fn paths(&self) -> Vec<String> {
        self.usable
            .iter()
            .map(|one| one.field.path.clone())
            .collect()
    }

    /// The fields that the callers may search.
    pub(super) fn all_usable(&self) -> &[Usable] {
        &self.usable
    }

    /// The field with a path, where the caller may search it.
    pub(super) fn usable(&self, path: &str) -> Option<&Usable> {
        self.usable.iter().find(|one| one.field.path == path)
    }

    /// Whether the caller may search a field in a record.
    pub(super) fn may_show(&self, number: usize, record: &Record, caller: &Caller<'_>) -> bool {
        self.fields_for(record, caller) & bit(number) != 0
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
}

impl Sought {
    /// Reads a search; `None` where it has no word, so that it leaves nothing out.
    ///
    /// # Errors
    /// [`Error::BadQuery`] where the text is wrong.
    pub(super) fn read(searchable: Arc<Searchable>, text: &str) -> Result<Option<Self>> {
        let usable = &searchable.usable;
        let paths: Vec<&str> = usable.iter().map(|one| one.field.path.as_str()).collect();
        let query = SearchQuery::parse(text, &paths)
            .map_err(|error| Error::BadQuery(format!("Invalid search: {error}")))?;
        if query.is_empty() {
            return Ok(None);
        }
        let wanted = Wanted::of(&query, usable);
        Ok(Some(Self {
            searchable,
            query,
            strict: wanted.strict(),
            wanted,
        }))
    }

    /// What is wanted, with or without typing errors.
    pub(super) fn wanted(&self, typos: bool) -> &Wanted {
        if typos { &self.wanted } else { &self.strict }
    }

    /// How words rank; `None` where they are no hit of a level.
    pub(super) fn rank(&self, words: &RecordWords, level: Level) -> Option<Rank> {
        Judge {
            wanted: self.wanted(level.typos),
            weights: &self.searchable.weights,
        }
        .rank(words, level)
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
