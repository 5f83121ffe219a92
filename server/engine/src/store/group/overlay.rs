//! The store as the next batch of a group sees it: what is stored plus what the batches before it
//! are going to write.

use std::collections::BTreeSet;
use std::ops::{Bound, ControlFlow};
use std::sync::Arc;

use crate::store::embedded::{Medium, Shared, Writes, sequence_key};
use crate::store::{
    Batch, CommitError, Direction, Guard, Key, KeyRange, Sequence, StoreError, codec, key,
};

/// The writes of a group so far.
#[derive(Debug)]
pub(super) struct Overlay<M> {
    shared: Arc<Shared<M>>,
    writes: Writes,
}

impl<M: Medium> Overlay<M> {
    pub(super) fn new(shared: Arc<Shared<M>>) -> Self {
        Self {
            shared,
            writes: Writes::new(),
        }
    }

    /// Adds a batch, whole or not at all: nothing is added unless all guards hold and all counters
    /// can be read.
    pub(super) fn add(&mut self, batch: Batch, sequence: Sequence) -> Result<(), CommitError> {
        for (position, guard) in batch.guards.iter().enumerate() {
            if !self.holds(guard)? {
                return Err(CommitError::Guard(position));
            }
        }
        let mut counters = Vec::with_capacity(batch.increments.len());
        for (key, difference) in batch.increments {
            let count = self.counter(&key)?;
            let Some(count) = count.checked_add(difference) else {
                return Err(StoreError::damaged(&key, "the counter is out of range").into());
            };
            counters.push((key, Some(codec::counter_bytes(count))));
        }
        self.writes.extend(
            batch
                .puts
                .into_iter()
                .map(|(key, value)| (key, Some(value))),
        );
        self.writes
            .extend(batch.deletes.into_iter().map(|key| (key, None)));
        self.writes.extend(counters);
        if !batch.log_entry.is_empty() {
            self.writes
                .insert(key::change(sequence), Some(batch.log_entry));
        }
        Ok(())
    }

    /// Everything the group writes, with its last sequence.
    pub(super) fn into_writes(mut self, last: Sequence) -> Writes {
        let last = i64::try_from(last.0).unwrap_or(i64::MAX);
        self.writes
            .insert(sequence_key(), Some(codec::counter_bytes(last)));
        self.writes
    }

    fn holds(&self, guard: &Guard) -> Result<bool, StoreError> {
        match guard {
            Guard::Absent(key) => Ok(self.value(key)?.is_none()),
            Guard::Present(key) => Ok(self.value(key)?.is_some()),
            Guard::Unchanged { key, prefix } => Ok(self
                .value(key)?
                .is_some_and(|value| value.starts_with(prefix))),
            Guard::Only { range, keys } => self.holds_only(range, keys),
        }
    }

    fn value(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.writes.get(key) {
            Some(written) => Ok(written.clone()),
            None => self.shared.medium.get(key),
        }
    }

    fn counter(&self, key: &[u8]) -> Result<i64, StoreError> {
        match self.value(key)? {
            None => Ok(0),
            Some(bytes) => codec::counter_value(&bytes)
                .ok_or_else(|| StoreError::damaged(key, "not a counter")),
        }
    }

    fn holds_only(&self, range: &KeyRange, keys: &[Key]) -> Result<bool, StoreError> {
        if range.start >= range.end {
            return Ok(keys.is_empty());
        }
        let bounds = (Bound::Included(&range.start), Bound::Excluded(&range.end));
        let written: Vec<_> = self.writes.range::<Key, _>(bounds).collect();
        // More stored keys than these cannot be made right by what the group removes.
        let most = keys.len() + written.iter().filter(|(_, value)| value.is_none()).count();
        let mut found = BTreeSet::new();
        self.shared
            .medium
            .scan(range, Direction::Forward, &mut |key, _| {
                found.insert(key.to_vec());
                if found.len() > most {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            })?;
        for (key, value) in written {
            if value.is_some() {
                found.insert(key.clone());
            } else {
                found.remove(key);
            }
        }
        Ok(found.iter().eq(keys))
    }
}
