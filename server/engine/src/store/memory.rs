//! A store in memory, for tests. Stricter than the real ones: it panics in debug builds where they
//! would quietly do something that nobody meant.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use parking_lot::RwLock;

use super::embedded::{Embedded, Medium, Writes};
use super::{
    Batch, CommitError, Direction, Guard, Key, KeyRange, Store, StoreError, StoreOptions, Visit,
};

/// Opens an empty store.
///
/// # Errors
/// When no thread can be started.
pub fn open(options: &StoreOptions) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(Embedded::open(
        Memory::default(),
        options.durability,
    )?))
}

#[derive(Debug, Default)]
pub(super) struct Memory {
    entries: RwLock<BTreeMap<Key, Vec<u8>>>,
}

impl Medium for Memory {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.entries.read().get(key).cloned())
    }

    fn scan(
        &self,
        range: &KeyRange,
        direction: Direction,
        visit: &mut Visit<'_>,
    ) -> Result<(), StoreError> {
        let entries = self.entries.read();
        let bounds = (Bound::Included(&range.start), Bound::Excluded(&range.end));
        let mut found = entries.range::<Key, _>(bounds);
        let mut next = || match direction {
            Direction::Forward => found.next(),
            Direction::Backward => found.next_back(),
        };
        while let Some((key, value)) = next() {
            if visit(key, value).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn apply(&self, writes: Writes) -> Result<(), CommitError> {
        let mut entries = self.entries.write();
        for (key, value) in writes {
            match value {
                Some(value) => drop(entries.insert(key, value)),
                None => drop(entries.remove(&key)),
            }
        }
        Ok(())
    }

    fn flush(&self) -> Result<(), CommitError> {
        Ok(())
    }

    fn check_scan(&self, range: &KeyRange, limit: usize) {
        debug_assert!(limit > 0, "a scan of nothing");
        debug_assert!(
            !range.start.is_empty() && !range.end.is_empty(),
            "a scan without bounds"
        );
        debug_assert!(range.start <= range.end, "a scan upside down: {range:?}");
    }

    fn check_batch(&self, batch: &Batch) {
        let mut seen = BTreeSet::new();
        let puts = batch.puts.iter().map(|(key, _)| key);
        let increments = batch.increments.iter().map(|(key, _)| key);
        for key in puts.chain(&batch.deletes).chain(increments) {
            debug_assert!(!key.is_empty(), "an empty key");
            debug_assert!(
                seen.insert(key),
                "one batch writes twice: {}",
                super::key::readable(key)
            );
        }
        for guard in &batch.guards {
            if let Guard::Only { range, keys } = guard {
                debug_assert!(range.start <= range.end, "a guard upside down: {range:?}");
                debug_assert!(
                    keys.is_sorted_by(|one, next| one < next),
                    "unsorted guard keys"
                );
            }
        }
    }
}
