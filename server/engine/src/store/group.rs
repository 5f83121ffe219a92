//! The committer thread: turns waiting batches into groups and writes each group in one step.
//!
//! - A batch sees the store plus the batches before it in its group ([`Overlay`]).
//! - The order is: apply, flush, publish the durable sequence, announce, answer. Relaxed durability
//!   answers after the apply and flushes a little later.
//! - A failed apply or flush is never tried again and never acknowledged.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use luge_model::limits::{
    COMMIT_GROUP_BYTES_MAX, COMMIT_GROUP_MAX, COMMIT_HANG_SECONDS_MAX, RELAXED_FLUSH_MILLISECONDS,
};
use tokio::sync::oneshot;

use self::overlay::Overlay;
use self::room::Room;
use self::watchdog::Watchdog;
use super::embedded::{Medium, Shared};
use super::{Announced, Announcement, Batch, CommitError, Durability, Sequence, StoreError};

mod overlay;
mod room;
mod watchdog;

/// What the committer thread is sent.
#[derive(Debug)]
pub(super) enum Message {
    Commit(Waiting),
    Close(oneshot::Sender<Result<(), StoreError>>),
}

/// A batch and who waits for it.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) batch: Batch,
    pub(super) answer: oneshot::Sender<Result<Sequence, CommitError>>,
}

/// The committer thread's own state.
#[derive(Debug)]
pub(super) struct Committing<M> {
    shared: Arc<Shared<M>>,
    received: Receiver<Message>,
    durability: Durability,
    last: Sequence,
    /// Applied but not flushed, in the order of commits.
    unflushed: Vec<Announced>,
    flush_due: Option<Instant>,
    /// Set for good once the medium failed.
    failed: Option<CommitError>,
    room: Room,
    watchdog: Watchdog,
}

struct Accepted {
    sequence: Sequence,
    announcement: Option<Arc<dyn Announcement>>,
    answer: oneshot::Sender<Result<Sequence, CommitError>>,
}

impl<M: Medium> Committing<M> {
    pub(super) fn new(
        shared: Arc<Shared<M>>,
        received: Receiver<Message>,
        durability: Durability,
        last: Sequence,
    ) -> Self {
        Self {
            shared,
            received,
            durability,
            last,
            unflushed: Vec::new(),
            flush_due: None,
            failed: None,
            room: Room::new(),
            watchdog: Watchdog::default(),
        }
    }

    /// Starts the thread.
    pub(super) fn start(self) -> std::io::Result<JoinHandle<()>> {
        if self.shared.medium.free_bytes().is_some() {
            self.watchdog
                .start(Duration::from_secs(COMMIT_HANG_SECONDS_MAX))?;
        }
        thread::Builder::new()
            .name("committer".to_owned())
            .spawn(move || self.run())
    }

    fn run(mut self) {
        let _closing = CloseOnEnd(Arc::clone(&self.shared));
        let mut held = None;
        loop {
            let first = match held.take().map_or_else(|| self.wait(), Ok) {
                Ok(message) => message,
                Err(RecvTimeoutError::Timeout) => {
                    self.flush();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            };
            match first {
                Message::Commit(waiting) => {
                    let (group, next) = self.gather(waiting);
                    held = next;
                    self.commit(group);
                }
                Message::Close(answer) => {
                    self.flush();
                    let outcome = self.failed.clone().map_or(Ok(()), |error| {
                        Err(StoreError::Engine(format!(
                            "the last writes may be lost: {error}"
                        )))
                    });
                    // The one who closes may have stopped waiting.
                    let _ = answer.send(outcome);
                    return;
                }
            }
        }
        self.flush();
    }

    fn wait(&self) -> Result<Message, RecvTimeoutError> {
        match self.flush_due {
            Some(due) => self
                .received
                .recv_timeout(due.saturating_duration_since(Instant::now())),
            None => self
                .received
                .recv()
                .map_err(|_| RecvTimeoutError::Disconnected),
        }
    }

    /// Takes what else is waiting, up to the size of a group, and what has to wait for the next.
    fn gather(&self, first: Waiting) -> (Vec<Waiting>, Option<Message>) {
        let mut bytes = size(&first.batch);
        let mut group = vec![first];
        let mut next = None;
        while group.len() < COMMIT_GROUP_MAX && bytes < COMMIT_GROUP_BYTES_MAX {
            match self.received.try_recv() {
                Ok(Message::Commit(waiting)) => {
                    bytes += size(&waiting.batch);
                    if bytes > COMMIT_GROUP_BYTES_MAX {
                        next = Some(Message::Commit(waiting));
                        break;
                    }
                    group.push(waiting);
                }
                Ok(close @ Message::Close(_)) => {
                    next = Some(close);
                    break;
                }
                Err(_) => break,
            }
        }
        let left = self.shared.queued.fetch_sub(group.len(), Ordering::Relaxed) - group.len();
        #[expect(
            clippy::cast_precision_loss,
            reason = "the queue is far shorter than 2^52"
        )]
        metrics::gauge!("luge_store_queue_depth").set(left as f64);
        (group, next)
    }

    fn commit(&mut self, group: Vec<Waiting>) {
        self.watchdog.begin();
        let mut overlay = Overlay::new(Arc::clone(&self.shared));
        let accepted = self.accept(group, &mut overlay);
        if !accepted.is_empty() {
            self.write(overlay, accepted);
        }
        self.watchdog.end();
    }

    /// Answers the batches that cannot be committed and gives the others their sequences.
    fn accept(&mut self, group: Vec<Waiting>, overlay: &mut Overlay<M>) -> Vec<Accepted> {
        let mut accepted = Vec::with_capacity(group.len());
        for Waiting { batch, answer } in group {
            let sequence = Sequence(self.last.0 + 1);
            let announcement = batch.announcement.clone();
            match self
                .admit(&batch)
                .and_then(|()| overlay.add(batch, sequence))
            {
                Ok(()) => {
                    self.last = sequence;
                    if let Some(announcement) = announcement.clone() {
                        self.unflushed.push(Announced {
                            sequence,
                            announcement,
                        });
                    }
                    accepted.push(Accepted {
                        sequence,
                        announcement,
                        answer,
                    });
                }
                Err(error) => refuse(answer, error),
            }
        }
        accepted
    }

    fn admit(&mut self, batch: &Batch) -> Result<(), CommitError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        // What only removes makes room in the end, so it may use the reserve.
        let medium = &self.shared.medium;
        if !batch.puts.is_empty() && !self.room.is_enough(size(batch), || medium.free_bytes()) {
            return Err(CommitError::DiskFull);
        }
        Ok(())
    }

    fn write(&mut self, overlay: Overlay<M>, accepted: Vec<Accepted>) {
        metrics::counter!("luge_store_commit_groups_total").increment(1);
        #[expect(
            clippy::cast_precision_loss,
            reason = "a group is far smaller than 2^52"
        )]
        metrics::histogram!("luge_store_group_commits").record(accepted.len() as f64);
        let begun = Instant::now();
        let applied = {
            let writes = overlay.into_writes(self.last);
            let _writing = self.shared.gate.write();
            self.shared.views.keep(&self.shared.medium, &writes);
            self.shared.medium.apply(writes)
        };
        metrics::histogram!("luge_store_apply_seconds").record(begun.elapsed());
        if let Err(error) = applied {
            self.fail(error);
        } else if self.durability == Durability::Strict {
            self.flush_due = Some(Instant::now());
            self.make_durable();
        } else if self.flush_due.is_none() {
            let pause = Duration::from_millis(RELAXED_FLUSH_MILLISECONDS);
            self.flush_due = Some(Instant::now() + pause);
        }
        self.answer(accepted);
        if self.flush_due.is_some_and(|due| due <= Instant::now()) {
            self.flush();
        }
    }

    /// Observers see a commit before anybody else hears of it, so that who hears of it reads what
    /// they keep.
    fn answer(&mut self, accepted: Vec<Accepted>) {
        if self.failed.is_none() {
            accepted
                .iter()
                .filter_map(|accepted| accepted.announcement.as_ref())
                .for_each(|announcement| announcement.committed());
            if self.durability == Durability::Strict {
                self.publish();
            }
        }
        for accepted in accepted {
            match &self.failed {
                // Who does not wait for the answer does not need it.
                None => drop(accepted.answer.send(Ok(accepted.sequence))),
                Some(error) => refuse(accepted.answer, error.clone()),
            }
        }
    }

    /// Makes everything applied durable and says so.
    fn flush(&mut self) {
        if self.make_durable() {
            self.publish();
        }
    }

    /// Whether something was made durable now.
    fn make_durable(&mut self) -> bool {
        if self.flush_due.take().is_none() || self.failed.is_some() {
            return false;
        }
        self.watchdog.begin();
        let begun = Instant::now();
        let flushed = self.shared.medium.flush();
        metrics::histogram!("luge_store_flush_seconds").record(begun.elapsed());
        self.watchdog.end();
        if let Err(error) = flushed {
            self.fail(error);
            return false;
        }
        if let Some(folder) = self.shared.medium.folder() {
            folder.note_durable(self.last);
        }
        true
    }

    /// Says what is durable.
    fn publish(&mut self) {
        self.shared.durable.send_replace(self.last);
        for announced in self.unflushed.drain(..) {
            // Without listeners there is nobody to tell.
            let _ = self.shared.announcements.send(announced);
        }
    }

    fn fail(&mut self, error: CommitError) {
        tracing::error!(%error, "the store failed to write: no more writes until a restart");
        self.unflushed.clear();
        self.failed = Some(error);
    }
}

/// Lets later commits know that nobody listens, also when the thread dies.
struct CloseOnEnd<M>(Arc<Shared<M>>);

impl<M> Drop for CloseOnEnd<M> {
    fn drop(&mut self) {
        self.0.closed.store(true, Ordering::Release);
    }
}

fn refuse(answer: oneshot::Sender<Result<Sequence, CommitError>>, error: CommitError) {
    let reason = match &error {
        CommitError::Guard(_) => "guard",
        CommitError::Busy => "busy",
        CommitError::DiskFull => "disk_full",
        CommitError::Closed => "closed",
        CommitError::Store(_) => "store",
    };
    metrics::counter!("luge_store_refused_total", "reason" => reason).increment(1);
    // Who does not wait for the answer does not need it.
    let _ = answer.send(Err(error));
}

/// The bytes that a batch writes, roughly.
fn size(batch: &Batch) -> usize {
    let puts: usize = batch
        .puts
        .iter()
        .map(|(key, value)| key.len() + value.len())
        .sum();
    let deletes: usize = batch.deletes.iter().map(Vec::len).sum();
    let increments: usize = batch.increments.iter().map(|(key, _)| key.len() + 8).sum();
    puts + deletes + increments + batch.log_entry.len()
}
