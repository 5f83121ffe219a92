//! The one door for writes: a write is planned as a pure [`Proposal`] and committed here.
//!
//! - Nothing else in the engine calls [`Store::commit`].
//! - Serial numbers grow for ever: a number is handed out only after the block it belongs to is
//!   reserved in a commit that precedes every commit that can use the number.

use std::any::Any;
use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use luge_model::limits::BACKGROUND_BUSY_MILLISECONDS;
use luge_model::timestamp::Timestamp;
use tokio::sync::broadcast;

use self::positions::{Position, Positions};
use self::serial::Serials;
use crate::changes::{self, Change};
use crate::store::{
    Announced, Announcement, Batch, CommitError, Guard, Key, Sequence, Store, key, wait,
};

mod positions;
mod serial;
mod trim;

pub use trim::{Retention, plan_trim};

/// A planned write. Planning reads; only committing writes.
#[derive(Clone, Debug, Default)]
pub struct Proposal {
    /// What must still hold.
    pub guards: Vec<Guard>,
    /// Values to set.
    pub puts: Vec<(Key, Vec<u8>)>,
    /// Keys to remove.
    pub deletes: Vec<Key>,
    /// Counters to change.
    pub increments: Vec<(Key, i64)>,
    /// What this means, for the log.
    pub changes: Vec<Change>,
    /// Who is told once it happened.
    pub witnesses: Vec<Arc<dyn Witness>>,
    /// When it was planned, for the log.
    pub now: Timestamp,
}

/// Is told of the commit of a proposal, whoever awaits that: nothing that has to follow a commit
/// depends on its maker.
pub trait Witness: std::fmt::Debug + Send + Sync {
    /// Called on the committer thread, in the order of commits: every write waits for it.
    fn committed(&self);
}

impl Proposal {
    /// Does also what another proposal does, behind the guards of this one.
    pub fn join(&mut self, other: Self) {
        self.guards.extend(other.guards);
        self.puts.extend(other.puts);
        self.deletes.extend(other.deletes);
        for (counter, by) in other.increments {
            self.count(counter, by);
        }
        self.changes.extend(other.changes);
        self.witnesses.extend(other.witnesses);
        self.now = self.now.max(other.now);
    }

    /// Changes a counter, together with what the proposal already does to it.
    pub fn count(&mut self, counter: Key, by: i64) {
        match self.increments.iter_mut().find(|(key, _)| *key == counter) {
            Some((_, sum)) => *sum += by,
            None => self.increments.push((counter, by)),
        }
    }
}

/// What a durable commit changed, for live listeners.
#[derive(Clone, Debug, PartialEq)]
pub struct CommittedChanges {
    /// The commit.
    pub sequence: Sequence,
    /// When it was planned.
    pub time: Timestamp,
    /// What it changed, in the order of the changes, each with the state after it.
    pub changes: Vec<CommittedChange>,
    /// The checksum of its entry in the log.
    pub checksum: u32,
}

/// One change with the state after it.
#[derive(Clone, Debug, PartialEq)]
pub struct CommittedChange {
    /// What happened.
    pub change: Change,
    /// The encoded record after the change; `None` for a delete.
    pub after: Option<Vec<u8>>,
}

/// Sees what every commit changed, in the order of commits, before the commit is answered.
pub trait Observer: std::fmt::Debug + Send + Sync {
    /// Called on the committer thread: every write waits for it.
    fn committed(&self, changes: &[CommittedChange]);
}

/// Commits proposals and hands out serial numbers.
#[derive(Debug)]
pub struct Committer {
    store: Arc<dyn Store>,
    observer: Option<Arc<dyn Observer>>,
    serials: Serials,
    // Without a listener, nothing is prepared for listeners.
    listeners: Arc<Positions>,
    answered: Arc<AtomicU64>,
}

impl Committer {
    /// Makes a store writable. Reserves serial numbers, so it waits for a commit.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn open(store: Arc<dyn Store>) -> Result<Self, CommitError> {
        let serials = Serials::open(&store)?;
        Ok(Self {
            store,
            serials,
            observer: None,
            listeners: Arc::default(),
            answered: Arc::default(),
        })
    }

    /// The same committer, whose commits `observer` sees.
    #[must_use]
    pub fn observed_by(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// What reads go to.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// A number greater than every one before it, also before a restart; for rowids and revisions.
    #[must_use]
    pub fn serial(&self) -> u64 {
        self.serials.next(&self.store)
    }

    /// Commits a proposal: it is submitted when this is called and happens whether or not the
    /// future is awaited. The future ends when the commit is as durable as the store promises.
    pub fn commit(
        &self,
        proposal: Proposal,
    ) -> impl Future<Output = Result<Sequence, CommitError>> + Send + use<> {
        let answer = self.store.commit(self.batch(proposal));
        let answered = Arc::clone(&self.answered);
        async move {
            let outcome = answer.await;
            answered.fetch_add(1, Ordering::AcqRel);
            outcome
        }
    }

    /// A number that has grown since whoever waited for a commit was answered: what was read under
    /// the same number is as new as anybody can know.
    #[must_use]
    pub fn answered(&self) -> u64 {
        self.answered.load(Ordering::Acquire)
    }

    /// Commits on a thread that may block, and waits where the queue of writes is full: for work
    /// that nobody is waiting for.
    ///
    /// # Errors
    /// As for [`Self::commit`], but never [`CommitError::Busy`].
    pub fn commit_in_background(&self, proposal: &Proposal) -> Result<Sequence, CommitError> {
        loop {
            match wait(self.commit(proposal.clone())) {
                Err(CommitError::Busy) => {
                    thread::sleep(Duration::from_millis(BACKGROUND_BUSY_MILLISECONDS));
                }
                outcome => return outcome,
            }
        }
    }

    /// Durable commits from now on, in their order. Commits without changes are left out.
    #[must_use]
    pub fn listen(&self) -> Listener {
        // What is durable is asked last, so that everything after it is heard.
        let announced = self.store.announcements();
        let begun = *self.store.durable().borrow();
        Listener {
            hold: self.hold(begun),
            announced,
            begun,
        }
    }

    /// Keeps the log after a sequence from being trimmed, as for a listener.
    #[must_use]
    pub fn hold(&self, after: Sequence) -> Hold {
        Hold(Positions::begin(&self.listeners, after))
    }

    /// What the listener that is furthest behind has heard last; the log after it is still needed.
    #[must_use]
    pub fn slowest_listener(&self) -> Option<Sequence> {
        self.listeners.slowest()
    }

    fn batch(&self, proposal: Proposal) -> Batch {
        let Proposal {
            guards,
            puts,
            deletes,
            mut increments,
            changes,
            witnesses,
            now,
        } = proposal;
        if changes.is_empty() {
            let seen = !witnesses.is_empty();
            return Batch {
                guards,
                puts,
                deletes,
                increments,
                announcement: seen.then(|| Arc::new(Seen(witnesses)) as Arc<dyn Announcement>),
                ..Batch::default()
            };
        }
        let log_entry = changes::encode(now, &changes);
        let bytes = i64::try_from(log_entry.len()).unwrap_or(i64::MAX);
        increments.push((changes::log_entries_key(), 1));
        increments.push((changes::log_bytes_key(), bytes));
        let attended =
            self.observer.is_some() || !witnesses.is_empty() || self.listeners.slowest().is_some();
        let announcement = attended.then(|| {
            let mut prepared = Prepared::new(now, changes, &puts);
            prepared.observer = self.observer.clone();
            prepared.witnesses = witnesses;
            prepared.checksum = changes::checksum_in(&log_entry).unwrap_or_default();
            Arc::new(prepared) as Arc<dyn Announcement>
        });
        Batch {
            guards,
            puts,
            deletes,
            increments,
            log_entry,
            announcement,
        }
    }
}

/// What a listener hears.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// The next commit with changes.
    Changes(Arc<CommittedChanges>),
    /// This many commits were missed: read the log from the last sequence that was heard.
    Missed(u64),
    /// The store is closed; nothing will follow.
    Closed,
}

/// Hears every durable commit that has changes, in the order of commits.
#[derive(Debug)]
pub struct Listener {
    announced: broadcast::Receiver<Announced>,
    hold: Hold,
    begun: Sequence,
}

/// Keeps a part of the log for a reader, up to a multiple of the limits, until it is dropped.
#[derive(Debug)]
pub struct Hold(Position);

impl Hold {
    /// The reader needs no more than what comes after a sequence.
    pub fn advance(&self, after: Sequence) {
        self.0.advance(after);
    }
}

impl Listener {
    /// The last commit before those that it hears.
    #[must_use]
    pub fn begun(&self) -> Sequence {
        self.begun
    }

    /// Waits for what comes next.
    pub async fn next(&mut self) -> Heard {
        loop {
            match self.announced.recv().await {
                Ok(announced) => {
                    let new = announced.sequence > self.begun;
                    if let Some(changes) = Prepared::finish(&announced).filter(|_| new) {
                        self.hold.advance(changes.sequence);
                        return Heard::Changes(changes);
                    }
                }
                Err(broadcast::error::RecvError::Lagged(missed)) => return Heard::Missed(missed),
                Err(broadcast::error::RecvError::Closed) => return Heard::Closed,
            }
        }
    }
}

/// What a commit will say once it has its sequence and is durable.
#[derive(Debug)]
struct Prepared {
    time: Timestamp,
    changes: Vec<CommittedChange>,
    checksum: u32,
    observer: Option<Arc<dyn Observer>>,
    witnesses: Vec<Arc<dyn Witness>>,
    finished: std::sync::OnceLock<Arc<CommittedChanges>>,
}

/// A commit that changes no records, which listeners do not hear of.
#[derive(Debug)]
struct Seen(Vec<Arc<dyn Witness>>);

impl Announcement for Seen {
    fn committed(&self) {
        self.0.iter().for_each(|witness| witness.committed());
    }
}

impl Announcement for Prepared {
    fn committed(&self) {
        self.observer
            .iter()
            .for_each(|observer| observer.committed(&self.changes));
        self.witnesses
            .iter()
            .for_each(|witness| witness.committed());
    }
}

impl Prepared {
    fn new(time: Timestamp, changes: Vec<Change>, puts: &[(Key, Vec<u8>)]) -> Self {
        let states = states_after(&changes, puts);
        let changes = changes.into_iter().zip(states);
        let changes = changes
            .map(|(change, after)| CommittedChange { change, after })
            .collect();
        Self {
            time,
            changes,
            checksum: 0,
            observer: None,
            witnesses: Vec::new(),
            finished: std::sync::OnceLock::new(),
        }
    }

    /// The changes with their sequence; made once however many listen.
    fn finish(announced: &Announced) -> Option<Arc<CommittedChanges>> {
        let any: &dyn Any = announced.announcement.as_ref();
        let prepared = any.downcast_ref::<Self>()?;
        let finished = prepared.finished.get_or_init(|| {
            Arc::new(CommittedChanges {
                sequence: announced.sequence,
                time: prepared.time,
                changes: prepared.changes.clone(),
                checksum: prepared.checksum,
            })
        });
        Some(Arc::clone(finished))
    }
}

/// The state after each change: the one before the next change of the same record, or what is put.
fn states_after(changes: &[Change], puts: &[(Key, Vec<u8>)]) -> Vec<Option<Vec<u8>>> {
    let mut next: HashMap<Key, Option<&Vec<u8>>> = HashMap::new();
    next.extend(puts.iter().map(|(key, value)| (key.clone(), Some(value))));
    let mut states = Vec::with_capacity(changes.len());
    for change in changes.iter().rev() {
        let record = key::record(change.collection, &change.record);
        let after = next.insert(record, change.before.as_ref());
        states.push(after.flatten().cloned());
    }
    states.reverse();
    states
}

#[cfg(test)]
mod tests;
