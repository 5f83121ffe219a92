//! Records found through relations, whoever asks: what a filter, a rule and an expansion follow.
//!
//! These look-ups may happen inside a read of the mirror, but never inside a scan of the store.

use std::collections::HashMap;
use std::ops::ControlFlow;

use luge_model::id::{CollectionNumber, FieldNumber};
use luge_model::limits::{CANDIDATES_MAX, QUERY_ROWS_MAX, STORE_PAGE_KEYS};
use luge_model::record::Record;

use super::Query;
use crate::error::Result;
use crate::index::targets;
use crate::mirror::Lookup;
use crate::store::{Direction, Key, StoreError, key};

impl Query {
    /// One record, whoever asks: rules are the caller's affair.
    ///
    /// # Errors
    /// When the store fails or the record is damaged.
    pub fn related(&self, number: CollectionNumber, id: &str) -> Result<Option<Record>> {
        match self.mirror.get(number, id) {
            Lookup::Found(record) => Ok(Some(record)),
            Lookup::Missing => Ok(None),
            Lookup::Unknown => {
                let key = key::record(number, id);
                let bytes = self.store.get(&key)?;
                bytes.map(|bytes| opened(&key, &bytes)).transpose()
            }
        }
    }

    /// The records with these ids, in their order.
    pub(super) fn related_many(
        &self,
        number: CollectionNumber,
        ids: &[&str],
    ) -> Result<Vec<Option<Record>>> {
        let mirrored = self.mirror.look(number, |resident| {
            let found = ids.iter().map(|id| resident.get(id).cloned());
            found.collect()
        });
        if let Some(found) = mirrored {
            return Ok(found);
        }
        let mut found = Vec::with_capacity(ids.len());
        for ids in ids.chunks(STORE_PAGE_KEYS) {
            let keys: Vec<Key> = ids.iter().map(|id| key::record(number, id)).collect();
            for (key, bytes) in keys.iter().zip(self.store.get_many(&keys)?) {
                let record = bytes.map(|bytes| opened(key, &bytes)).transpose()?;
                found.push(record);
            }
        }
        Ok(found)
    }

    /// The first `limit` records of `source`, in insertion order, whose relation `field` names the
    /// record `target`.
    ///
    /// # Errors
    /// When the store fails or a record is damaged.
    pub fn referring(
        &self,
        source: CollectionNumber,
        field: FieldNumber,
        target: &str,
        limit: usize,
    ) -> Result<Vec<Record>> {
        match self.mirror.referring((source, field), target, limit) {
            Some(found) => Ok(found),
            None => self.referring_in_store(source, field, target, limit),
        }
    }

    /// The same for many records at once, in their order, where that takes fewer reads of the store
    /// than one record after the other: all references of the field are walked, some of which are
    /// others'. `None` where it does not, or the collection is in memory.
    pub(super) fn referring_many(
        &self,
        (source, field): (CollectionNumber, FieldNumber),
        targets: &[&str],
        limit: usize,
    ) -> Result<Option<Vec<Vec<Record>>>> {
        let mirrored = self.mirror.len(source).is_some();
        if mirrored || targets.len() <= self.size(source)?.div_ceil(STORE_PAGE_KEYS) {
            return Ok(None);
        }
        let Some(references) = self.references(source, field, targets)? else {
            return Ok(None);
        };
        let mut found: Vec<Vec<Record>> = targets.iter().map(|_| Vec::new()).collect();
        for references in references.chunks(STORE_PAGE_KEYS) {
            let keys: Vec<Key> = references.iter().map(|(key, _)| key.clone()).collect();
            let records = self.store.get_many(&keys)?;
            for ((key, target), bytes) in references.iter().zip(records) {
                let record = bytes.map(|bytes| opened(key, &bytes)).transpose()?;
                let named = targets.get(*target).copied().unwrap_or_default();
                // The record may have changed since the reference was read.
                let record = record.filter(|record| self::targets(field, record).contains(&named));
                if let Some(found) = found.get_mut(*target) {
                    found.extend(record);
                }
            }
        }
        for found in &mut found {
            found.sort_unstable_by_key(Record::rowid);
            found.truncate(limit);
        }
        Ok(Some(found))
    }

    /// The records that refer to one of `targets`, each with the position of that one; `None` where
    /// they are too many to be held.
    fn references(
        &self,
        source: CollectionNumber,
        field: FieldNumber,
        targets: &[&str],
    ) -> Result<Option<Vec<(Key, usize)>>> {
        let prefixes = targets.iter().enumerate().map(|(position, target)| {
            (key::reference_range(source, field, target).start, position)
        });
        let prefixes: HashMap<Key, usize> = prefixes.collect();
        let mut found = Vec::new();
        let mut rest = Some(key::reference_field_range(source, field));
        while let Some(range) = rest {
            rest = self.store.scan(
                &range,
                Direction::Forward,
                STORE_PAGE_KEYS,
                &mut |reference, _| {
                    if let Some(id) = key::reference_source(reference) {
                        let prefix = reference.len().saturating_sub(id.len());
                        let target = reference.get(..prefix).and_then(|one| prefixes.get(one));
                        found.extend(target.map(|target| (key::record(source, id), *target)));
                    }
                    ControlFlow::Continue(())
                },
            )?;
            if found.len() > CANDIDATES_MAX {
                return Ok(None);
            }
        }
        Ok(Some(found))
    }

    /// All records of a collection, in insertion order.
    ///
    /// # Errors
    /// When the store fails or a record is damaged.
    pub fn all(&self, collection: CollectionNumber) -> Result<Vec<Record>> {
        let mirrored = self.mirror.read(collection, |resident| {
            resident.iter().cloned().collect::<Vec<_>>()
        })?;
        match mirrored {
            Some(all) => Ok(all),
            None => self.all_in_store(collection),
        }
    }

    fn all_in_store(&self, collection: CollectionNumber) -> Result<Vec<Record>> {
        let mut all = Vec::new();
        let mut rest = Some(key::record_range(collection));
        while let Some(range) = rest {
            let mut step: Vec<(Key, Vec<u8>)> = Vec::new();
            rest = self.store.scan(
                &range,
                Direction::Forward,
                STORE_PAGE_KEYS,
                &mut |key, bytes| {
                    step.push((key.to_vec(), bytes.to_vec()));
                    ControlFlow::Continue(())
                },
            )?;
            for (key, bytes) in step {
                all.push(opened(&key, &bytes)?);
            }
            if all.len() as u64 > QUERY_ROWS_MAX {
                break;
            }
        }
        all.sort_unstable_by_key(Record::rowid);
        Ok(all)
    }

    /// The references stand in the order of ids, so all of them are looked at; what is held is
    /// bounded by the limit and one step of the scan.
    fn referring_in_store(
        &self,
        source: CollectionNumber,
        field: FieldNumber,
        target: &str,
        limit: usize,
    ) -> Result<Vec<Record>> {
        let mut found = Vec::new();
        let mut rest = Some(key::reference_range(source, field, target));
        while let Some(range) = rest {
            let mut keys: Vec<Key> = Vec::new();
            rest = self.store.scan(
                &range,
                Direction::Forward,
                STORE_PAGE_KEYS,
                &mut |reference, _| {
                    let id = key::reference_source(reference);
                    keys.extend(id.map(|id| key::record(source, id)));
                    ControlFlow::Continue(())
                },
            )?;
            for (key, bytes) in keys.iter().zip(self.store.get_many(&keys)?) {
                let Some(bytes) = bytes else { continue };
                let record = opened(key, &bytes)?;
                // The record may have changed since the reference was read.
                if targets(field, &record).contains(&target) {
                    found.push(record);
                }
            }
            found.sort_unstable_by_key(Record::rowid);
            found.truncate(limit);
        }
        Ok(found)
    }
}

fn opened(key: &[u8], bytes: &[u8]) -> Result<Record> {
    let opened = Record::open(bytes);
    Ok(opened.map_err(|damage| StoreError::damaged(key, damage))?)
}
