//! One connected client.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

use super::caller::Caller;
use super::channels::Room;
use super::outbox::Outbox;
use crate::store::Sequence;

/// What is known of a client for as long as it is connected.
pub(super) struct Client {
    pub(super) id: Box<str>,
    pub(super) address: Option<IpAddr>,
    /// Whether it knows where it is in the order of messages, and may go on from there.
    pub(super) resumes: bool,
    pub(super) outbox: Outbox,
    pub(super) caller: Mutex<Caller>,
    /// The channels in which it has a seat; held by whoever changes which those are.
    pub(super) rooms: Mutex<Vec<Arc<Room>>>,
    told_up_to: AtomicU64,
    hang_up: Box<dyn Fn() + Send + Sync>,
}

impl Client {
    pub(super) fn new(
        id: String,
        address: Option<IpAddr>,
        resumes: bool,
        hang_up: Box<dyn Fn() + Send + Sync>,
    ) -> Self {
        Self {
            id: id.into(),
            address,
            resumes,
            outbox: Outbox::default(),
            caller: Mutex::default(),
            rooms: Mutex::default(),
            told_up_to: AtomicU64::new(0),
            hang_up,
        }
    }

    /// Ends its connection, even while something is being written to it.
    pub(super) fn hang_up(&self) {
        self.outbox.close();
        (self.hang_up)();
    }

    /// Remembers that everything up to a commit was told from the log, or is not asked for.
    pub(super) fn was_told(&self, up_to: Sequence) {
        self.told_up_to.store(up_to.0, Ordering::Relaxed);
    }

    /// Whether a commit is not to be told any more.
    pub(super) fn knows(&self, commit: Sequence) -> bool {
        commit.0 <= self.told_up_to.load(Ordering::Relaxed)
    }
}
