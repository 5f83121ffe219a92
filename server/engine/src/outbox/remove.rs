//! Removing deliveries before their time is over.

use luge_model::limits::OUTBOX_FORGET_STEP;
use luge_model::timestamp::Timestamp;

use super::{Delivery, Line, Outbox, State, stored};
use crate::commit::Proposal;
use crate::error::{Error, Result};
use crate::store::{CommitError, Guard, Key, key};

impl Outbox {
    /// Removes everything of a line, in steps of one commit. On a thread that may block.
    ///
    /// # Errors
    /// When the store fails.
    pub fn forget(&self, line: &Line, now: Timestamp) -> Result<()> {
        let numbers = self.queue.lock().forget(line);
        for step in numbers.chunks(OUTBOX_FORGET_STEP) {
            let proposal = Proposal {
                deletes: keys(step),
                now,
                ..Proposal::default()
            };
            self.committer.commit_in_background(&proposal)?;
        }
        Ok(())
    }

    /// Removes one delivery.
    ///
    /// # Errors
    /// [`Error::MissingRecord`] where it is gone or something became of it meanwhile;
    /// [`Error::BadRequest`] where it is being tried.
    pub async fn remove(&self, delivery: &Delivery, now: Timestamp) -> Result<()> {
        if self.queue.lock().waits(delivery.number) == Some(true) {
            let reason = "The delivery is being tried at this moment.";
            return Err(Error::BadRequest(reason.to_owned()));
        }
        let (key, prefix) = stored::put(delivery);
        let proposal = Proposal {
            guards: vec![Guard::Unchanged { key, prefix }],
            deletes: keys(&[delivery.number]),
            now,
            ..Proposal::default()
        };
        match self.committer.commit(proposal).await {
            Ok(_) => {}
            Err(CommitError::Guard(_)) => return Err(Error::MissingRecord),
            Err(error) => return Err(error.into()),
        }
        self.queue.lock().remove(delivery);
        self.changed.notify_one();
        Ok(())
    }

    /// Removes what is over of a line and was made before a time; gives how many went.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn clear(&self, line: &Line, before: Timestamp, now: Timestamp) -> Result<usize> {
        let mut removed = 0;
        for state in [State::Delivered, State::Dead] {
            let numbers = self.queue.lock().numbers(line, Some(state.name()));
            for step in numbers.chunks(OUTBOX_FORGET_STEP) {
                removed += self.clear_step(step, before, now).await?;
            }
        }
        Ok(removed)
    }

    async fn clear_step(
        &self,
        numbers: &[u64],
        before: Timestamp,
        now: Timestamp,
    ) -> Result<usize> {
        let mut old = Vec::new();
        for number in numbers {
            let found = stored::one(&**self.committer.store(), *number)?;
            old.extend(found.filter(|found| found.made < before));
        }
        if old.is_empty() {
            return Ok(0);
        }
        let unchanged = old.iter().map(stored::put);
        let numbers: Vec<u64> = old.iter().map(|delivery| delivery.number).collect();
        let proposal = Proposal {
            guards: unchanged
                .map(|(key, prefix)| Guard::Unchanged { key, prefix })
                .collect(),
            deletes: keys(&numbers),
            now,
            ..Proposal::default()
        };
        match self.committer.commit(proposal).await {
            Ok(_) => {}
            // One of them is replayed at this moment: the next time will do.
            Err(CommitError::Guard(_)) => return Ok(0),
            Err(error) => return Err(error.into()),
        }
        let mut queue = self.queue.lock();
        for delivery in &old {
            queue.remove(delivery);
        }
        Ok(old.len())
    }
}

/// The keys of deliveries and their bodies.
pub(super) fn keys(numbers: &[u64]) -> Vec<Key> {
    let keys = numbers.iter();
    keys.flat_map(|one| [key::delivery(*one), key::delivery_body(*one)])
        .collect()
}
