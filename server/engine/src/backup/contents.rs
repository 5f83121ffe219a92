//! What is in a dump: every entry is opened, judged and counted as it passes by, when a dump is
//! made, verified and loaded alike.

use std::collections::BTreeMap;
use std::sync::Arc;

use luge_model::collection::Collection;
use luge_model::id::CollectionNumber;
use luge_model::record::Record;
use serde::{Deserialize, Serialize};

use super::unusable;
use crate::catalog;
use crate::changes;
use crate::error::{Error, Result};
use crate::files::{BlobPath, names_of};
use crate::secrets::Vault;
use crate::store::key::{self, Keyspace};

/// A collection and what of it there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionCount {
    /// Its name.
    pub name: String,
    /// How many records it has.
    pub records: u64,
}

/// What passed by.
#[derive(Debug)]
pub(super) struct Contents {
    vault: Arc<Vault>,
    collections: BTreeMap<CollectionNumber, (Arc<Collection>, u64)>,
    /// The files that records name.
    pub(super) files: Vec<BlobPath>,
}

/// An entry that was opened.
pub(super) enum Opened {
    /// A record of a collection.
    Record(Arc<Collection>, Record),
    /// An entry of the change log.
    Change,
    /// Anything else.
    Other,
}

impl Contents {
    /// Nothing yet; definitions may be encrypted under the key of `vault`.
    pub(super) fn new(vault: &Arc<Vault>) -> Self {
        Self {
            vault: Arc::clone(vault),
            collections: BTreeMap::new(),
            files: Vec::new(),
        }
    }

    /// Opens an entry.
    ///
    /// # Errors
    /// [`Error::Unusable`] or [`Error::Damaged`] where it is not what its key says.
    pub(super) fn see(&mut self, key: &[u8], value: &[u8]) -> Result<Opened> {
        let damaged = |reason: &dyn std::fmt::Display| {
            unusable(format!("{} is damaged: {reason}", key::readable(key)))
        };
        let keyspace = Keyspace::of(key)
            .filter(|keyspace| !keyspace.is_derived() && !keyspace.is_hidden())
            .ok_or_else(|| unusable(format!("{} does not belong here", key::readable(key))))?;
        match keyspace {
            Keyspace::Catalog => {
                let collection =
                    catalog::decode_definition(key, value, &self.vault).map_err(|e| damaged(&e))?;
                if key::catalog(collection.number) != key {
                    return Err(damaged(&"it names another collection"));
                }
                self.collections
                    .insert(collection.number, (Arc::new(collection), 0));
                Ok(Opened::Other)
            }
            Keyspace::Record => self.record(key, value),
            Keyspace::Change => {
                changes::decode(value).map_err(|reason| damaged(&reason))?;
                Ok(Opened::Change)
            }
            _ => Ok(Opened::Other),
        }
    }

    /// The records of collections that are gone wait for their removal and are nobody's.
    fn record(&mut self, key: &[u8], value: &[u8]) -> Result<Opened> {
        let number = key::collection_number(key);
        let Some((collection, count)) = number.and_then(|number| self.collections.get_mut(&number))
        else {
            return Ok(Opened::Other);
        };
        let id = key::record_id(key).unwrap_or_default();
        let damaged = |reason: &str| Error::Damaged {
            collection: collection.name.clone(),
            id: id.to_owned(),
            reason: reason.to_owned(),
        };
        let record = Record::open(value).map_err(|error| damaged(&error.to_string()))?;
        if record.id() != id {
            return Err(damaged("it has another id"));
        }
        *count += 1;
        for name in names_of(collection, &record) {
            let path = BlobPath::new(&collection.id, id, name);
            self.files
                .push(path.ok_or_else(|| damaged("a name of a file is none"))?);
        }
        Ok(Opened::Record(Arc::clone(collection), record))
    }

    /// Every collection with the number of its records, by name.
    pub(super) fn counts(&self) -> Vec<CollectionCount> {
        let all = self.collections.values();
        let mut counts: Vec<_> = all
            .map(|(collection, records)| CollectionCount {
                name: collection.name.clone(),
                records: *records,
            })
            .collect();
        counts.sort_by(|one, other| one.name.cmp(&other.name));
        counts
    }

    /// The number of records of every collection.
    pub(super) fn records(&self) -> impl Iterator<Item = (CollectionNumber, u64)> {
        self.collections
            .iter()
            .map(|(number, (_, records))| (*number, *records))
    }

    /// The definitions.
    pub(super) fn collections(&self) -> impl Iterator<Item = &Arc<Collection>> {
        self.collections.values().map(|(collection, _)| collection)
    }
}
