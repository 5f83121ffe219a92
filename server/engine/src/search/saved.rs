//! Searches that are kept, and asked of single records as they change.
//!
//! - A search of a list forgives errors where it finds little without. Of a single record nobody
//!   can say that, so a saved search forgives nothing: its hits are those that a list finds first.
//! - It is read once for each state of the definitions, and judges by the record's own words; there
//!   need not be an index, and none is asked.

use std::collections::HashMap;
use std::sync::Arc;

use luge_model::collection::Collection;
use luge_model::id::CollectionNumber;
use luge_model::record::Record;
use parking_lot::Mutex;

use super::asked::Caller;
use super::build::Words;
use super::candidates::Level;
use super::judged::RecordWords;
use super::sought::{Searchable, Sought, check_searchable};
use super::{Search, wanted::Fields};
use crate::catalog::Snapshot;
use crate::error::Result;

/// A search that is asked of single records.
#[derive(Debug)]
pub struct Saved {
    sought: Sought,
    level: Level,
}

/// How the texts of collections are read, in one state of the definitions.
#[derive(Debug, Default)]
pub(super) struct Readers(Mutex<(u64, HashMap<Kind, Arc<Searchable>>)>);

/// A collection, and whether all its fields may be searched.
type Kind = (CollectionNumber, bool);

impl Search {
    /// Reads a search that is going to be asked of single records of a collection; `None` where it
    /// has no word, so that it leaves nothing out.
    ///
    /// # Errors
    /// [`Error::BadQuery`](crate::error::Error::BadQuery) where the text is wrong or the collection
    /// is not searchable.
    pub fn saved(
        &self,
        (collection, snapshot): (&Collection, &Snapshot),
        text: &str,
        sees_all: bool,
    ) -> Result<Option<Saved>> {
        check_searchable(collection)?;
        let searchable = self.0.readers.of((collection, snapshot), sees_all);
        let sought = Sought::read(searchable, text)?;
        Ok(sought.map(|sought| Saved {
            level: Level::strict(&sought.wanted),
            sought,
        }))
    }
}

impl Saved {
    /// Whether callers who see the same fields may find different words in a record.
    #[must_use]
    pub fn is_personal(&self) -> bool {
        self.sought.searchable.checked() != Fields::MIN
    }

    /// The collections whose records have texts of the searched ones.
    #[must_use]
    pub fn related(&self) -> Vec<CollectionNumber> {
        self.sought.searchable.related()
    }

    /// The words of a record that the caller may find. Other saved searches of the collection find
    /// them too, for a caller who sees the same fields.
    #[must_use]
    pub fn words(&self, snapshot: &Snapshot, record: &Record, caller: &Caller<'_>) -> RecordWords {
        self.sought.searchable.words(snapshot, record, caller)
    }

    /// Whether a record with these words is a hit.
    #[must_use]
    pub fn finds(&self, words: &RecordWords) -> bool {
        self.sought.rank(words, self.level).is_some()
    }
}

impl Readers {
    fn of(&self, place: (&Collection, &Snapshot), sees_all: bool) -> Arc<Searchable> {
        let (collection, snapshot) = place;
        let mut known = self.0.lock();
        let (version, readers) = &mut *known;
        if *version != snapshot.version() {
            *version = snapshot.version();
            readers.clear();
        }
        let kind = (collection.number, sees_all);
        let reader = readers.entry(kind).or_insert_with(|| {
            let words = Words::of(collection, snapshot).unwrap_or_default();
            let analysers = words.analysers().into();
            let words = (Arc::new(words), analysers);
            Arc::new(Searchable::of(place, words, sees_all))
        });
        Arc::clone(reader)
    }
}
