//! The state of a record after a change, which the log does not hold: it is the state before the
//! next change of that record, or the record as it is now.
//!
//! States are told apart by their revision, so a state of another moment is never taken for it.

use std::collections::HashMap;

use luge_model::id::CollectionNumber;
use luge_model::limits::WEBHOOK_LOOK_AHEAD_ENTRIES;
use luge_model::record::Record;

use crate::changes::{self, Change, LogEntry};
use crate::error::Result;
use crate::store::{Sequence, Store, StoreError, key};

/// Which state of which record.
pub(super) type StateOf = (CollectionNumber, String, u64);

/// States that were looked for: by record, then by revision.
#[derive(Debug, Default)]
pub(super) struct States(HashMap<(CollectionNumber, String), HashMap<u64, Option<Record>>>);

impl States {
    /// Looks for states that come about in some entries of the log, which end at `up_to`.
    pub(super) fn find(
        store: &dyn Store,
        (entries, up_to): (&[LogEntry], Sequence),
        wanted: impl Iterator<Item = StateOf>,
    ) -> Result<Self> {
        let mut states = Self::default();
        for (collection, record, revision) in wanted {
            let of_record = states.0.entry((collection, record)).or_default();
            of_record.insert(revision, None);
        }
        states.take_from(entries)?;
        // Before the rest of the log: what replaces a record meanwhile is found there.
        states.take_current(store)?;
        let mut position = up_to;
        while states.is_incomplete() {
            let page = changes::read(store, position, WEBHOOK_LOOK_AHEAD_ENTRIES)?;
            states.take_from(&page.entries)?;
            if page.entries.is_empty() {
                break;
            }
            position = page.up_to;
        }
        Ok(states)
    }

    /// The state after a change; `None` where it is not to be found, or not yet.
    pub(super) fn after(&self, change: &Change) -> Option<&Record> {
        let of_record = self.0.get(&(change.collection, change.record.clone()))?;
        of_record.get(&change.revision)?.as_ref()
    }

    fn is_incomplete(&self) -> bool {
        let mut states = self.0.values().flat_map(HashMap::values);
        states.any(Option::is_none)
    }

    fn take_from(&mut self, entries: &[LogEntry]) -> Result<()> {
        for change in entries.iter().flat_map(|entry| &entry.changes) {
            let wanted = self.0.get_mut(&(change.collection, change.record.clone()));
            if let (Some(wanted), Some(before)) = (wanted, &change.before) {
                take(wanted, opened(change.collection, &change.record, before)?);
            }
        }
        Ok(())
    }

    fn take_current(&mut self, store: &dyn Store) -> Result<()> {
        for ((collection, record), wanted) in &mut self.0 {
            if wanted.values().all(Option::is_some) {
                continue;
            }
            if let Some(bytes) = store.get(&key::record(*collection, record))? {
                take(wanted, opened(*collection, record, &bytes)?);
            }
        }
        Ok(())
    }
}

fn take(wanted: &mut HashMap<u64, Option<Record>>, state: Record) {
    if let Some(place) = wanted.get_mut(&state.revision()) {
        *place = Some(state);
    }
}

/// A record from stored bytes.
pub(super) fn opened(collection: CollectionNumber, id: &str, bytes: &[u8]) -> Result<Record> {
    let place = || key::record(collection, id);
    let opened = Record::open(bytes);
    Ok(opened.map_err(|damage| StoreError::damaged(&place(), damage))?)
}
