//! The mirror but for some collections: what a reader sees for whom these are not what was
//! committed.
//!
//! What is left out is as if it did not fit: it is read from the store that the reader has.

use std::collections::HashSet;
use std::sync::Arc;

use luge_model::id::{CollectionNumber, FieldNumber};
use luge_model::record::Record;

use super::{Lookup, Mirror, Resident};
use crate::error::Result;

/// A mirror, or a part of one.
#[derive(Clone, Debug)]
pub struct Shown {
    mirror: Arc<Mirror>,
    without: HashSet<CollectionNumber>,
}

impl Shown {
    /// All of it.
    #[must_use]
    pub fn all(mirror: Arc<Mirror>) -> Self {
        Self {
            mirror,
            without: HashSet::new(),
        }
    }

    /// The same mirror without these collections.
    #[must_use]
    pub fn without(&self, without: HashSet<CollectionNumber>) -> Self {
        Self {
            mirror: Arc::clone(&self.mirror),
            without,
        }
    }

    /// Whether a collection is left out, since it is not as it was committed.
    #[must_use]
    pub fn leaves_out(&self, collection: CollectionNumber) -> bool {
        self.without.contains(&collection)
    }

    /// As [`Mirror::len`].
    #[must_use]
    pub fn len(&self, collection: CollectionNumber) -> Option<u64> {
        self.of(collection)?.len(collection)
    }

    /// As [`Mirror::get`].
    #[must_use]
    pub fn get(&self, collection: CollectionNumber, id: &str) -> Lookup {
        let mirror = self.of(collection);
        mirror.map_or(Lookup::Unknown, |mirror| mirror.get(collection, id))
    }

    /// As [`Mirror::look`].
    #[must_use]
    pub fn look<R>(
        &self,
        collection: CollectionNumber,
        looker: impl FnOnce(&Resident) -> R,
    ) -> Option<R> {
        self.of(collection)?.look(collection, looker)
    }

    /// As [`Mirror::referring`].
    #[must_use]
    pub fn referring(
        &self,
        (source, field): (CollectionNumber, FieldNumber),
        target: &str,
        limit: usize,
    ) -> Option<Vec<Record>> {
        self.of(source)?.referring((source, field), target, limit)
    }

    /// As [`Mirror::warm`].
    ///
    /// # Errors
    /// When the store fails or a record is damaged.
    pub fn warm(&self, collection: CollectionNumber) -> Result<()> {
        self.of(collection)
            .map_or(Ok(()), |mirror| mirror.warm(collection))
    }

    /// As [`Mirror::read`].
    ///
    /// # Errors
    /// When the store fails or a record is damaged.
    pub fn read<R>(
        &self,
        collection: CollectionNumber,
        reader: impl FnOnce(&Resident) -> R,
    ) -> Result<Option<R>> {
        self.of(collection)
            .map_or(Ok(None), |mirror| mirror.read(collection, reader))
    }

    fn of(&self, collection: CollectionNumber) -> Option<&Mirror> {
        (!self.without.contains(&collection)).then_some(&*self.mirror)
    }
}
