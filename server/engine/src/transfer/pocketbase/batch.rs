//! Records on their way into the store: many in one write, several writes under way.
//!
//! A value that a unique index has already refuses one record and no other: the write is repeated
//! without it, and the record is a loss.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::pin::Pin;
use std::sync::Arc;

use luge_model::collection::Collection;
use luge_model::limits::{IMPORT_BATCH_BYTES, IMPORT_BATCH_RECORDS, IMPORT_BATCHES_WAITING_MAX};
use luge_model::record::Record;
use luge_model::timestamp::Timestamp;

use super::PocketBaseReport;
use crate::catalog::definition_guard;
use crate::changes::{Change, ChangeKind};
use crate::commit::{Committer, Proposal};
use crate::error::{Error, Result};
use crate::index::{self, Entry};
use crate::store::{CommitError, Guard, Key, Sequence, key, wait};

type Commit = Pin<Box<dyn Future<Output = std::result::Result<Sequence, CommitError>> + Send>>;

/// Records of one collection that are written together.
pub(super) struct Batch {
    collection: Arc<Collection>,
    records: Vec<(Record, BTreeMap<Key, Entry>)>,
    /// Unique values that records of the batch have.
    taken: HashSet<Key>,
    bytes: usize,
}

impl Batch {
    pub(super) fn new(collection: &Arc<Collection>) -> Self {
        Self {
            collection: Arc::clone(collection),
            records: Vec::new(),
            taken: HashSet::new(),
            bytes: 0,
        }
    }

    /// Whether it holds as much as one write should.
    pub(super) fn is_full(&self) -> bool {
        self.records.len() >= IMPORT_BATCH_RECORDS || self.bytes >= IMPORT_BATCH_BYTES
    }

    /// Adds a record, unless one of the batch has a unique value of it; whether it did.
    pub(super) fn add(&mut self, record: Record, report: &mut PocketBaseReport) -> bool {
        let entries = index::entries(&self.collection, record.id(), &record);
        let unique = entries.iter().filter(|(_, entry)| entry.unique.is_some());
        for (key, entry) in unique {
            if self.taken.contains(key) {
                report.lose(self.taken_by_another(&record, entry.unique));
                return false;
            }
        }
        let unique = entries.iter().filter(|(_, entry)| entry.unique.is_some());
        self.taken.extend(unique.map(|(key, _)| key.clone()));
        self.bytes += record.as_bytes().len();
        self.records.push((record, entries));
        true
    }

    fn taken_by_another(&self, record: &Record, index: Option<usize>) -> String {
        let name = &self.collection.name;
        let index = index.and_then(|index| self.collection.indexes.get(index));
        let index = index.map(|index| index.name.as_str()).unwrap_or_default();
        let id = record.id();
        format!("Record {id} of {name}: another record has the same value in the index {index}.")
    }

    /// The write, and the number of guards up to each record.
    fn proposal(&mut self, now: Timestamp) -> (Proposal, Vec<Stakes>) {
        let number = self.collection.number;
        let mut proposal = Proposal {
            guards: vec![definition_guard(&self.collection)],
            now,
            ..Proposal::default()
        };
        for (record, _) in &self.records {
            let record_key = key::record(number, record.id());
            proposal.puts.push((record_key, record.as_bytes().to_vec()));
            proposal.changes.push(Change {
                kind: ChangeKind::Create,
                collection: number,
                record: record.id().to_owned(),
                revision: record.revision(),
                before: None,
            });
        }
        let count = i64::try_from(self.records.len()).unwrap_or(i64::MAX);
        proposal.count(key::counter(number), count);
        let mut stakes = Vec::new();
        for (record, entries) in &mut self.records {
            let free = Guard::Absent(key::record(number, record.id()));
            proposal.guards.push(free);
            let entries = std::mem::take(entries);
            let unique = index::plan(&mut proposal, BTreeMap::new(), entries);
            let end = proposal.guards.len();
            stakes.push(Stakes { end, unique });
        }
        (proposal, stakes)
    }

    /// Removes the record whose guard did not hold; `None` where the guard is of none.
    fn without(&mut self, stakes: &[Stakes], guard: usize) -> Option<(Record, Option<usize>)> {
        if guard == 0 {
            return None;
        }
        let at = stakes.iter().position(|stakes| guard < stakes.end)?;
        let unique = stakes.get(at)?.unique.iter();
        let index = unique.clone().find(|(position, _)| *position == guard);
        let index = index.map(|(_, index)| *index);
        let (record, _) = (at < self.records.len()).then(|| self.records.remove(at))?;
        for (record, entries) in &mut self.records {
            *entries = index::entries(&self.collection, record.id(), record);
        }
        Some((record, index))
    }
}

/// What the guards of one record in a write stand for.
struct Stakes {
    /// The position behind its last guard.
    end: usize,
    /// Guards of unique entries and the positions of their indexes.
    unique: Vec<(usize, usize)>,
}

struct Waiting {
    batch: Batch,
    stakes: Vec<Stakes>,
    commit: Commit,
}

/// Writes batches in their order.
pub(super) struct Writer<'a> {
    committer: &'a Committer,
    now: Timestamp,
    waiting: VecDeque<Waiting>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(committer: &'a Committer, now: Timestamp) -> Self {
        Self {
            committer,
            now,
            waiting: VecDeque::new(),
        }
    }

    /// Submits a batch; waits for earlier ones where many are under way.
    pub(super) fn write(&mut self, batch: Batch, report: &mut PocketBaseReport) -> Result<()> {
        if batch.records.is_empty() {
            return Ok(());
        }
        while self.waiting.len() >= IMPORT_BATCHES_WAITING_MAX {
            self.finish_one(report)?;
        }
        let waiting = self.submit(batch);
        self.waiting.push_back(waiting);
        Ok(())
    }

    /// Waits for everything that was submitted.
    pub(super) fn finish(&mut self, report: &mut PocketBaseReport) -> Result<()> {
        while !self.waiting.is_empty() {
            self.finish_one(report)?;
        }
        Ok(())
    }

    fn submit(&self, mut batch: Batch) -> Waiting {
        let (proposal, stakes) = batch.proposal(self.now);
        Waiting {
            batch,
            stakes,
            commit: Box::pin(self.committer.commit(proposal)),
        }
    }

    fn finish_one(&mut self, report: &mut PocketBaseReport) -> Result<()> {
        let Some(mut waiting) = self.waiting.pop_front() else {
            return Ok(());
        };
        loop {
            let guard = match wait(waiting.commit) {
                Ok(_) => {
                    report.records += waiting.batch.records.len() as u64;
                    return Ok(());
                }
                Err(CommitError::Guard(guard)) => guard,
                Err(error) => return Err(error.into()),
            };
            let mut batch = waiting.batch;
            let (record, index) = batch
                .without(&waiting.stakes, guard)
                .ok_or(Error::Contended)?;
            report.lose(batch.taken_by_another(&record, index));
            if batch.records.is_empty() {
                return Ok(());
            }
            waiting = self.submit(batch);
        }
    }
}
