//! What an attempt leaves behind: one commit, then the next of the lane may go.

use luge_model::limits::{OUTBOX_ERROR_CHARS_MAX, OUTBOX_UNSAVED_MILLISECONDS};
use luge_model::timestamp::Timestamp;

use super::schedule::next_attempt;
use super::{Attempt, Attempted, Delivery, Outbox, State, Verdict, remove, stored};
use crate::commit::Proposal;
use crate::error::Result;
use crate::store::{CommitError, Guard, key};

impl Outbox {
    /// What may be tried now, with what it tells. Each has to be settled.
    pub(super) fn take(&self, now: Timestamp) -> Vec<u64> {
        let mut queue = self.queue.lock();
        let taken = queue.take(now);
        let (waiting, dead) = queue.totals();
        drop(queue);
        #[expect(
            clippy::cast_precision_loss,
            reason = "limits keep both far below 2^52"
        )]
        {
            metrics::gauge!("luge_outbox_waiting").set(waiting as f64);
            metrics::gauge!("luge_outbox_dead").set(dead as f64);
        }
        taken
    }

    /// A delivery with what it tells; `None` where it is gone.
    pub(super) fn load(&self, number: u64) -> Result<Option<(Delivery, Vec<u8>)>> {
        let delivery = stored::one(&**self.committer.store(), number)?;
        let body = self.body(number)?;
        Ok(delivery.zip(body))
    }

    /// Notes how an attempt ended. Where that cannot be saved, the delivery is tried again: at
    /// least once is what is promised.
    pub(super) async fn settle(
        &self,
        before: Delivery,
        attempted: Attempted,
        milliseconds: u64,
        now: Timestamp,
    ) {
        let Some(after) = self.after(&before, attempted, milliseconds, now) else {
            self.settle_gone(before, now).await;
            return;
        };
        let gone = self.queue.lock().surplus(&after);
        if matches!(after.state, State::Dead) && !gone.is_empty() {
            let (owner, count) = (&after.line.owner, gone.len());
            tracing::warn!(
                owner,
                count,
                "the oldest dead letters make room for another"
            );
        }
        let proposal = Proposal {
            guards: vec![Guard::Present(key::delivery(after.number))],
            puts: vec![stored::put(&after)],
            deletes: remove::keys(&gone),
            now,
            ..Proposal::default()
        };
        let settled = match self.committer.commit(proposal).await {
            // A guard fails where the delivery was forgotten meanwhile.
            Ok(_) | Err(CommitError::Guard(_)) => after,
            Err(error) => unsaved(before, &error, now),
        };
        self.queue.lock().settle(&settled, &gone);
        self.changed.notify_one();
    }

    /// The same where nothing is kept.
    async fn settle_gone(&self, before: Delivery, now: Timestamp) {
        let proposal = Proposal {
            deletes: remove::keys(&[before.number]),
            now,
            ..Proposal::default()
        };
        match self.committer.commit(proposal).await {
            Ok(_) => self.queue.lock().remove(&before),
            Err(error) => {
                let settled = unsaved(before, &error, now);
                self.queue.lock().settle(&settled, &[]);
            }
        }
        self.changed.notify_one();
    }

    /// What is known of a delivery after an attempt; `None` where nothing is kept.
    fn after(
        &self,
        before: &Delivery,
        attempted: Attempted,
        milliseconds: u64,
        now: Timestamp,
    ) -> Option<Delivery> {
        let attempts = before.attempts.saturating_add(1);
        let state = match attempted.verdict {
            Verdict::Delivered | Verdict::Gone => State::Delivered,
            Verdict::GiveUp => State::Dead,
            Verdict::Retry { wait } => match next_attempt(attempts, wait, now, &*self.random) {
                Some(due) => State::Waiting { due },
                None => State::Dead,
            },
        };
        let (kind, outcome) = (before.line.kind.clone(), state.name());
        metrics::counter!("luge_outbox_attempts_total", "kind" => kind, "outcome" => outcome)
            .increment(1);
        if attempted.verdict == Verdict::Gone {
            return None;
        }
        let shortened = |error: String| error.chars().take(OUTBOX_ERROR_CHARS_MAX).collect();
        Some(Delivery {
            state,
            attempts,
            last: Some(Attempt {
                at: now,
                milliseconds,
                status: attempted.status,
                error: attempted.error.map(shortened),
            }),
            ..before.clone()
        })
    }
}

/// An attempt that could not be noted is made again.
fn unsaved(before: Delivery, error: &CommitError, now: Timestamp) -> Delivery {
    tracing::warn!(delivery = before.id, %error, "an attempt could not be noted");
    let due = Timestamp(now.0.saturating_add(OUTBOX_UNSAVED_MILLISECONDS));
    Delivery {
        state: State::Waiting { due },
        ..before
    }
}
