//! The outbox: what is to be told to the world outside, kept durably until it was.
//!
//! - A delivery is put into the outbox in the commit that causes it, or in the one that moves a
//!   follower past the change that does. From then on it is tried until it was taken, or given up
//!   for good: **at least once**. A crash between the answer and the commit that notes it repeats
//!   the last attempt, with the same id.
//! - Deliveries of one *lane* (one record, for a webhook) go one after another in the order of
//!   their numbers: the next is tried once the one before it was taken or given up. Between lanes
//!   there is no order. One that is replayed takes its place behind those that wait.
//! - Each *line* (one webhook) has its own turn: a slow or dead receiver delays nobody else's.
//! - Everything is bounded: what waits, what is tried at once, and how much of what is over is
//!   kept.
//! - What carries a delivery is a [`Courier`]; there is one for each kind.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use luge_model::limits::{
    OUTBOX_BYTES_MAX, OUTBOX_ID_CHARS, OUTBOX_LINE_BYTES_MAX, OUTBOX_LINE_WAITING_MAX,
};
use luge_model::timestamp::Timestamp;
use parking_lot::Mutex;
use tokio::sync::Notify;

use self::queue::Queue;
use crate::commit::{Committer, Proposal, Witness};
use crate::error::{Error, Result};
use crate::random::Random;
use crate::store::{CommitError, Guard, StoreError, key};

mod courier;
mod delivery;
mod queue;
mod remove;
mod running;
mod schedule;
mod settle;
mod shown;
mod stored;

#[cfg(test)]
mod tests;

pub use courier::{Carrying, Courier, Couriers};
pub(crate) use delivery::milliseconds;
pub use delivery::{Attempt, Attempted, Delivery, Line, NewDelivery, State, Verdict};
pub use queue::Counts;
pub use running::Running;
pub use shown::DeliveryPage;
pub(crate) use shown::{shown, state_of};

/// Letters of the part of an id that tells databases apart.
const ID_LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// What is to be told to the world outside.
pub struct Outbox {
    committer: Arc<Committer>,
    random: Arc<dyn Random>,
    queue: Mutex<Queue>,
    /// Something changed in the queue, or the outbox is to stop.
    changed: Notify,
    stopping: AtomicBool,
}

impl fmt::Debug for Outbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Outbox").finish_non_exhaustive()
    }
}

impl Outbox {
    /// Reads what the outbox holds.
    ///
    /// # Errors
    /// When the store fails or a delivery is damaged.
    pub fn open(committer: Arc<Committer>, random: Arc<dyn Random>) -> Result<Self> {
        let mut queue = Queue::default();
        for delivery in stored::all(&**committer.store())? {
            queue.restore(&delivery);
        }
        Ok(Self {
            committer,
            random,
            queue: Mutex::new(queue),
            changed: Notify::new(),
            stopping: AtomicBool::new(false),
        })
    }

    /// Whether a line has room for so many more bytes of one delivery.
    #[must_use]
    pub fn has_room(&self, line: &Line, bytes: u64) -> bool {
        let queue = self.queue.lock();
        let counts = queue.counts(line);
        counts.waiting < OUTBOX_LINE_WAITING_MAX
            && counts.waiting_bytes.saturating_add(bytes) <= OUTBOX_LINE_BYTES_MAX
            && queue.waiting_bytes().saturating_add(bytes) <= OUTBOX_BYTES_MAX
    }

    /// Adds a delivery to a write. Once that is committed, it goes.
    pub fn plan(self: &Arc<Self>, proposal: &mut Proposal, new: NewDelivery) {
        let number = self.committer.serial();
        let letters = self.random.text(ID_LETTERS, OUTBOX_ID_CHARS);
        let id = format!("msg_{number:016x}{letters}");
        let delivery = Delivery {
            number,
            bytes: new.body.len() as u64,
            line: new.line,
            lane: new.lane.unwrap_or_else(|| id.clone()),
            id,
            event: new.event,
            made: proposal.now,
            state: State::Waiting { due: proposal.now },
            attempts: 0,
            last: None,
        };
        proposal.puts.push(stored::put(&delivery));
        proposal.puts.push((key::delivery_body(number), new.body));
        proposal.witnesses.push(Arc::new(Planned {
            outbox: Arc::clone(self),
            delivery,
        }));
    }

    /// The deliveries of a line that are in a state, newest first: how many there are, and those of
    /// one page.
    ///
    /// # Errors
    /// When the store fails or a delivery is damaged.
    pub fn list(
        &self,
        line: &Line,
        state: Option<&str>,
        (skip, take): (usize, usize),
    ) -> Result<(usize, Vec<Delivery>)> {
        let numbers = self.queue.lock().numbers(line, state);
        let page: Vec<_> = numbers.iter().rev().skip(skip).take(take).collect();
        let mut deliveries = Vec::with_capacity(page.len());
        for number in page {
            // One that went meanwhile is left out.
            deliveries.extend(stored::one(&**self.committer.store(), *number)?);
        }
        Ok((numbers.len(), deliveries))
    }

    /// One delivery of a line, by its id; `None` where there is none.
    ///
    /// # Errors
    /// When the store fails or the delivery is damaged.
    pub fn find(&self, line: &Line, id: &str) -> Result<Option<Delivery>> {
        let digits = id.strip_prefix("msg_").and_then(|id| id.get(..16));
        let number = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
        let Some(number) = number else {
            return Ok(None);
        };
        let found = stored::one(&**self.committer.store(), number)?;
        Ok(found.filter(|found| found.id == id && found.line == *line))
    }

    /// What a delivery tells.
    ///
    /// # Errors
    /// When the store fails.
    pub fn body(&self, number: u64) -> Result<Option<Vec<u8>>> {
        Ok(self.committer.store().get(&key::delivery_body(number))?)
    }

    /// Tries a delivery again, whatever became of it: at once where nothing of its lane waits
    /// before it, with all its attempts before it.
    ///
    /// # Errors
    /// [`Error::MissingRecord`] where it is gone; [`Error::BadRequest`] where it is being tried or
    /// its line is full; else when it cannot be committed.
    pub async fn replay(&self, delivery: &Delivery, now: Timestamp) -> Result<Delivery> {
        let waits = self.queue.lock().waits(delivery.number);
        let refused = |reason: &str| Err(Error::BadRequest(reason.to_owned()));
        match waits {
            Some(true) => return refused("The delivery is being tried at this moment."),
            None if !self.has_room(&delivery.line, delivery.bytes) => {
                return refused("Too many deliveries wait already.");
            }
            _ => {}
        }
        let replayed = Delivery {
            state: State::Waiting { due: now },
            attempts: 0,
            ..delivery.clone()
        };
        let before = stored::put(delivery);
        let proposal = Proposal {
            guards: vec![
                Guard::Unchanged {
                    key: before.0,
                    prefix: before.1,
                },
                Guard::Present(key::delivery_body(delivery.number)),
            ],
            puts: vec![stored::put(&replayed)],
            now,
            ..Proposal::default()
        };
        match self.committer.commit(proposal).await {
            Ok(_) => {}
            Err(CommitError::Guard(_)) => return Err(Error::MissingRecord),
            Err(error) => return Err(error.into()),
        }
        self.queue.lock().replay(&replayed);
        self.changed.notify_one();
        Ok(replayed)
    }

    /// Holds the deliveries of a line back, or lets them go again.
    pub fn pause(&self, line: &Line, paused: bool) {
        self.queue.lock().pause(line, paused);
        self.changed.notify_one();
    }

    /// How much of a line there is.
    #[must_use]
    pub fn counts(&self, line: &Line) -> Counts {
        self.queue.lock().counts(line)
    }

    /// All lines that hold anything, by kind.
    #[must_use]
    pub fn lines(&self, kind: &str) -> Vec<Line> {
        self.queue.lock().lines(kind)
    }
}

/// A delivery that goes once its commit happened.
#[derive(Debug)]
struct Planned {
    outbox: Arc<Outbox>,
    delivery: Delivery,
}

impl Witness for Planned {
    fn committed(&self) {
        self.outbox.queue.lock().restore(&self.delivery);
        self.outbox.changed.notify_one();
    }
}

fn damaged(number: u64, reason: String) -> Error {
    Error::Store(StoreError::damaged(&key::delivery(number), reason))
}
