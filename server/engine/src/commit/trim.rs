//! Keeps the change log small.

use std::ops::ControlFlow;

use luge_model::limits::{
    LOG_AGE_MILLISECONDS_MAX, LOG_BYTES_MAX, LOG_ENTRIES_MAX, LOG_HOLD_FACTOR, LOG_TRIM_STEP,
};
use luge_model::timestamp::Timestamp;

use super::Proposal;
use crate::changes::{self, log_bytes_key, log_entries_key, log_trimmed_key};
use crate::store::{Direction, Guard, Sequence, Store, StoreError, codec, key};

/// What the log may hold at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Entries.
    pub entries: u64,
    /// Bytes of entries.
    pub bytes: u64,
    /// Milliseconds since an entry was planned.
    pub age: i64,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            entries: LOG_ENTRIES_MAX,
            bytes: LOG_BYTES_MAX,
            age: LOG_AGE_MILLISECONDS_MAX,
        }
    }
}

impl Retention {
    /// What is enforced even against followers.
    fn hard(self) -> Self {
        Self {
            entries: self.entries.saturating_mul(LOG_HOLD_FACTOR),
            bytes: self.bytes.saturating_mul(LOG_HOLD_FACTOR),
            age: i64::try_from(LOG_HOLD_FACTOR)
                .map_or(i64::MAX, |factor| self.age.saturating_mul(factor)),
        }
    }

    fn is_exceeded(self, entries: u64, bytes: u64, age: i64) -> bool {
        entries > self.entries || bytes > self.bytes || age > self.age
    }
}

/// The next step of trimming: removes the oldest entries that are over the limits, or nothing when
/// none are. Entries after `follower`, the position of the slowest follower, stay unless they are
/// over the limits by [`LOG_HOLD_FACTOR`]. Commit it and plan again until there is nothing left.
///
/// # Errors
/// When the store fails or an entry is damaged.
pub fn plan_trim(
    store: &dyn Store,
    retention: Retention,
    follower: Option<Sequence>,
    now: Timestamp,
) -> Result<Option<Proposal>, StoreError> {
    let mut entries = counter(store, &log_entries_key())?;
    let mut bytes = counter(store, &log_bytes_key())?;
    let (entries_before, bytes_before) = (entries, bytes);
    let durable = *store.durable().borrow();
    let range = key::change_range(Sequence(0), durable);
    let mut deletes = Vec::new();
    let mut failed = None;
    store.scan(
        &range,
        Direction::Forward,
        LOG_TRIM_STEP,
        &mut |key, value| {
            let entry = match changes::decode_at(key, value) {
                Ok(entry) => entry,
                Err(error) => {
                    failed = Some(error);
                    return ControlFlow::Break(());
                }
            };
            let needed = follower.is_some_and(|position| entry.sequence > position);
            let limits = if needed { retention.hard() } else { retention };
            if !limits.is_exceeded(entries, bytes, now.0.saturating_sub(entry.time.0)) {
                return ControlFlow::Break(());
            }
            deletes.push(key.to_vec());
            entries = entries.saturating_sub(1);
            bytes = bytes.saturating_sub(value.len() as u64);
            ControlFlow::Continue(())
        },
    )?;
    if let Some(error) = failed {
        return Err(error);
    }
    let (Some(oldest), Some(newest)) = (deletes.first(), deletes.last()) else {
        return Ok(None);
    };
    let trimmed = key::change_sequence(newest).unwrap_or_default();
    // Two trimmers must not both count the same entries as removed.
    let guards = vec![Guard::Present(oldest.clone())];
    let increments = vec![
        (log_entries_key(), difference(entries_before, entries)),
        (log_bytes_key(), difference(bytes_before, bytes)),
    ];
    Ok(Some(Proposal {
        guards,
        puts: vec![(log_trimmed_key(), changes::trimmed_bytes(trimmed))],
        deletes,
        increments,
        now,
        ..Proposal::default()
    }))
}

fn counter(store: &dyn Store, key: &[u8]) -> Result<u64, StoreError> {
    let Some(bytes) = store.get(key)? else {
        return Ok(0);
    };
    codec::counter_value(&bytes)
        .and_then(|count| u64::try_from(count).ok())
        .ok_or_else(|| StoreError::damaged(key, "not a count"))
}

fn difference(before: u64, after: u64) -> i64 {
    i64::try_from(before - after).map_or(i64::MIN, |removed| -removed)
}
