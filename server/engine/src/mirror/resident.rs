//! The records of one mirrored collection: by rowid, by id, and by what their relations name.
//!
//! The references of a relation field are gathered by the first reader that asks for them and from
//! then on follow every change. Readers share a resident, so they stand behind a lock of their own,
//! under which nothing else is locked.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use luge_model::id::FieldNumber;
use luge_model::limits::{
    MIRROR_RECORD_OVERHEAD_BYTES, MIRROR_REFERENCE_BYTES, MIRROR_TARGET_OVERHEAD_BYTES,
};
use luge_model::record::Record;
use parking_lot::RwLock;

use crate::index::targets;

/// Spreads small numbers over all of 64 bits.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// The records of one collection in memory.
#[derive(Debug, Default)]
pub struct Resident {
    by_rowid: BTreeMap<u64, Record>,
    rowids: HashMap<Box<str>, u64>,
    record_bytes: u64,
    references: RwLock<HashMap<FieldNumber, References>>,
}

/// Who refers to whom through one relation field.
#[derive(Debug, Default)]
struct References {
    /// For each target the rowids of the records that name it, ascending.
    rowids: HashMap<Box<str>, Vec<u64>>,
    bytes: u64,
}

impl Resident {
    /// A record by its id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Record> {
        self.rowids
            .get(id)
            .and_then(|rowid| self.by_rowid.get(rowid))
    }

    /// A record by its place in the order of insertion.
    #[must_use]
    pub fn at(&self, rowid: u64) -> Option<&Record> {
        self.by_rowid.get(&rowid)
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_rowid.len()
    }

    /// Whether there is no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_rowid.is_empty()
    }

    /// All records in the order in which they were made.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Record> {
        self.by_rowid.values()
    }

    /// All records as they were made or, reversed, the newest first; behind the one with a rowid.
    pub fn beyond(
        &self,
        passed: Option<u64>,
        reversed: bool,
    ) -> Box<dyn Iterator<Item = &Record> + '_> {
        let passed = passed.map_or(Bound::Unbounded, Bound::Excluded);
        if reversed {
            let records = self.by_rowid.range((Bound::Unbounded, passed));
            Box::new(records.rev().map(|(_, record)| record))
        } else {
            let records = self.by_rowid.range((passed, Bound::Unbounded));
            Box::new(records.map(|(_, record)| record))
        }
    }

    /// At most `count` records from all times, the same ones as long as the collection stays the
    /// same; one that stands behind a gap may be among them more than once.
    pub fn sample(&self, count: usize) -> impl Iterator<Item = &Record> {
        let first = self.by_rowid.keys().next().copied().unwrap_or_default();
        let last = self
            .by_rowid
            .keys()
            .next_back()
            .copied()
            .unwrap_or_default();
        let step = ((last - first) / (count as u64).max(1)).max(1);
        let place = move |number: u64| {
            // Not at even distances: what was made by turns would look as if it were all the same.
            let spread = number.wrapping_mul(SPREAD).rotate_right(32) % step;
            first + number * step + spread
        };
        (0..count as u64).filter_map(move |number| {
            let next = self.by_rowid.range(place(number)..).next();
            next.map(|(_, record)| record)
        })
    }

    /// The first `limit` records, in insertion order, whose relation `field` names `target`, and
    /// whether this was the first question of that field, so that [`Self::bytes`] grew.
    pub(super) fn referring(
        &self,
        field: FieldNumber,
        target: &str,
        limit: usize,
    ) -> (Vec<Record>, bool) {
        if let Some(references) = self.references.read().get(&field) {
            return (self.named_by(references, target, limit), false);
        }
        let mut all = self.references.write();
        let references = all.entry(field).or_insert_with(|| {
            let mut references = References::default();
            self.iter()
                .for_each(|record| references.insert(field, record));
            references
        });
        (self.named_by(references, target, limit), true)
    }

    /// How much memory this takes.
    pub(super) fn bytes(&self) -> u64 {
        let references = self.references.read();
        let reference_bytes: u64 = references.values().map(|references| references.bytes).sum();
        self.record_bytes + reference_bytes
    }

    pub(super) fn put(&mut self, record: Record) {
        let before = self.get(record.id()).cloned();
        if let Some(before) = &before
            && before.revision() > record.revision()
        {
            return;
        }
        for (field, references) in self.references.get_mut() {
            let before = before.as_ref();
            if before.is_none_or(|before| before.value(*field) != record.value(*field)) {
                before.inspect(|before| references.remove(*field, before));
                references.insert(*field, &record);
            }
        }
        if let Some(before) = before {
            self.drop_record(&before);
        }
        self.record_bytes += footprint(&record);
        self.rowids.insert(record.id().into(), record.rowid());
        self.by_rowid.insert(record.rowid(), record);
    }

    pub(super) fn remove(&mut self, id: &str) {
        let Some(record) = self.get(id).cloned() else {
            return;
        };
        for (field, references) in self.references.get_mut() {
            references.remove(*field, &record);
        }
        self.drop_record(&record);
    }

    fn drop_record(&mut self, record: &Record) {
        self.rowids.remove(record.id());
        self.by_rowid.remove(&record.rowid());
        self.record_bytes = self.record_bytes.saturating_sub(footprint(record));
    }

    fn named_by(&self, references: &References, target: &str, limit: usize) -> Vec<Record> {
        let rowids = references.rowids.get(target).into_iter().flatten();
        rowids
            .take(limit)
            .filter_map(|rowid| self.by_rowid.get(rowid).cloned())
            .collect()
    }
}

impl References {
    fn insert(&mut self, field: FieldNumber, record: &Record) {
        for target in targets(field, record) {
            if !self.rowids.contains_key(target) {
                self.rowids.insert(target.into(), Vec::new());
                self.bytes += target_footprint(target);
            }
            let Some(rowids) = self.rowids.get_mut(target) else {
                continue;
            };
            // Most records are new, so their place is at the end.
            if let Err(place) = rowids.binary_search(&record.rowid()) {
                rowids.insert(place, record.rowid());
                self.bytes += MIRROR_REFERENCE_BYTES;
            }
        }
    }

    fn remove(&mut self, field: FieldNumber, record: &Record) {
        for target in targets(field, record) {
            let Some(rowids) = self.rowids.get_mut(target) else {
                continue;
            };
            if let Ok(place) = rowids.binary_search(&record.rowid()) {
                rowids.remove(place);
                self.bytes = self.bytes.saturating_sub(MIRROR_REFERENCE_BYTES);
            }
            if rowids.is_empty() {
                self.rowids.remove(target);
                self.bytes = self.bytes.saturating_sub(target_footprint(target));
            }
        }
    }
}

fn footprint(record: &Record) -> u64 {
    record.as_bytes().len() as u64 + MIRROR_RECORD_OVERHEAD_BYTES
}

fn target_footprint(target: &str) -> u64 {
    target.len() as u64 + MIRROR_TARGET_OVERHEAD_BYTES
}
