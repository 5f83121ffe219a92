//! Which entries are kept: those of the last days that the settings name, as many as there is room
//! for.

use std::ops::ControlFlow;
use std::sync::atomic::Ordering;

use luge_model::limits::{
    PACKS_REMOVED_AT_ONCE, REQUEST_LOG_BYTES_MAX, REQUEST_LOG_PACK_MILLISECONDS_MAX,
};
use luge_model::timestamp::Timestamp;

use super::RequestLog;
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::Result;
use crate::store::{Direction, Key, KeyRange, key};

impl RequestLog {
    /// Removes all entries.
    ///
    /// # Errors
    /// When the caller is not a superuser or the store fails.
    pub fn clear(&self, context: &Context) -> Result<()> {
        context.require_superuser()?;
        self.queue.take();
        self.remove_all(&|| false)
    }

    /// Removes what is older than the settings allow, and the oldest entries beyond the most bytes.
    /// Leaves off when `stop` says so.
    ///
    /// # Errors
    /// When the store fails.
    pub fn remove_old(&self, now: Timestamp, stop: &dyn Fn() -> bool) -> Result<()> {
        let Some(shown) = self.shown(now) else {
            if self.may_hold_entries() {
                self.remove_all(stop)?;
            }
            return Ok(());
        };
        // A pack begins at most so long before its last entry.
        let from = shown
            .from
            .0
            .saturating_sub(REQUEST_LOG_PACK_MILLISECONDS_MAX);
        let old = key::request_pack_range(Timestamp(i64::MIN), Timestamp(from));
        self.remove(&old, stop)?;
        if let Some(excess) = self.excess()? {
            self.remove(&excess, stop)?;
        }
        Ok(())
    }

    /// Whether entries wait to be removed because the settings keep none.
    #[must_use]
    pub fn is_unwanted(&self) -> bool {
        self.settings.current().logs.max_days <= 0 && self.may_hold_entries()
    }

    /// The oldest packs beyond the most bytes.
    fn excess(&self) -> Result<Option<KeyRange>> {
        let all = everything();
        let mut bytes = 0;
        let mut end: Option<Key> = None;
        let store = self.committer.store();
        let mut rest = Some(all.clone());
        while let Some(range) = rest.take() {
            let limit = PACKS_REMOVED_AT_ONCE;
            rest = store.scan(&range, Direction::Backward, limit, &mut |key, value| {
                bytes += value.len() as u64;
                if bytes <= REQUEST_LOG_BYTES_MAX {
                    return ControlFlow::Continue(());
                }
                end = Some(key.to_vec());
                ControlFlow::Break(())
            })?;
        }
        Ok(end.map(|mut end| {
            end.push(0);
            KeyRange {
                start: all.start,
                end,
            }
        }))
    }

    /// An entry that is written meanwhile may go too, and is not forgotten where it does not.
    fn remove_all(&self, stop: &dyn Fn() -> bool) -> Result<()> {
        self.empty.store(true, Ordering::Release);
        let outcome = self.remove(&everything(), stop);
        if outcome.is_err() || stop() {
            self.empty.store(false, Ordering::Release);
        }
        outcome
    }

    fn remove(&self, range: &KeyRange, stop: &dyn Fn() -> bool) -> Result<()> {
        while !stop() {
            let mut deletes: Vec<Key> = Vec::new();
            let store = self.committer.store();
            let limit = PACKS_REMOVED_AT_ONCE;
            store.scan(range, Direction::Forward, limit, &mut |key, _| {
                deletes.push(key.to_vec());
                ControlFlow::Continue(())
            })?;
            if deletes.is_empty() {
                break;
            }
            self.committer.commit_in_background(&Proposal {
                deletes,
                ..Proposal::default()
            })?;
        }
        Ok(())
    }
}

fn everything() -> KeyRange {
    key::request_pack_range(Timestamp(i64::MIN), Timestamp(i64::MAX))
}
