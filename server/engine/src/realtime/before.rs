//! What was there before a commit: what the rules of a delete are asked of.
//!
//! A delete takes related records with it, in the same commit. Whether it may be told is judged by
//! what was there (contract §1.5), so everything that the commit changed is as it was.

use std::collections::HashSet;

use luge_model::filter::Related;
use luge_model::id::{CollectionNumber, FieldNumber};
use luge_model::record::Record;

use crate::commit::CommittedChange;
use crate::index::targets;
use crate::query::Lookups;

/// Look-ups in which a commit has not happened yet.
#[derive(Debug)]
pub(super) struct Before<'a> {
    pub(super) now: &'a Lookups<'a>,
    pub(super) changes: &'a [CommittedChange],
}

impl Before<'_> {
    /// The first change of each record of a collection: the state before it is the one before the
    /// commit.
    fn changed(&self, collection: CollectionNumber) -> impl Iterator<Item = &CommittedChange> {
        let mut seen = HashSet::new();
        self.changes.iter().filter(move |change| {
            change.change.collection == collection && seen.insert(change.change.record.as_str())
        })
    }

    /// Takes back what the commit did to records of a collection.
    fn undone(
        &self,
        collection: CollectionNumber,
        mut records: Vec<Record>,
        belongs: impl Fn(&Record) -> bool,
    ) -> Vec<Record> {
        let changed = records.len();
        records.retain(|record| {
            self.changed(collection)
                .all(|change| change.change.record != record.id())
        });
        let before = self.changed(collection).filter_map(before);
        let kept = records.len();
        records.extend(before.filter(belongs));
        if records.len() != kept || kept != changed {
            records.sort_by_key(Record::rowid);
        }
        records
    }
}

impl Related for Before<'_> {
    fn record(&self, collection: CollectionNumber, id: &str) -> Option<Record> {
        let mut changed = self.changed(collection);
        match changed.find(|change| change.change.record == id) {
            Some(change) => before(change),
            None => self.now.record(collection, id),
        }
    }

    fn referring(&self, collection: CollectionNumber, field: FieldNumber, id: &str) -> Vec<Record> {
        let found = self.now.referring(collection, field, id);
        self.undone(collection, found, |record| {
            targets(field, record).contains(&id)
        })
    }

    fn all(&self, collection: CollectionNumber) -> Vec<Record> {
        self.undone(collection, self.now.all(collection), |_| true)
    }

    fn may_list(&self, collection: CollectionNumber, record: &Record) -> bool {
        self.now.may_list(collection, record)
    }

    fn must_stop(&self) -> bool {
        self.now.must_stop()
    }
}

fn before(change: &CommittedChange) -> Option<Record> {
    let bytes = change.change.before.as_deref()?;
    match Record::open(bytes) {
        Ok(record) => Some(record),
        Err(error) => {
            tracing::error!(%error, record = change.change.record, "a commit has a bad record");
            None
        }
    }
}
