//! The log of requests (contract §1.7): what was asked, by whom, and how it was answered.
//!
//! - A request leaves one value in a bounded queue ([`RequestLog::add`]) and goes on. Once a second
//!   a thread of its own ([`Writer`]) makes entries of what waits and commits them packed and
//!   compressed, never one by one.
//! - What does not fit into the queue is counted and lost; requests never wait for their log.
//! - Tokens and passwords in addresses are redacted before anything is stored; headers but the
//!   agent and the referer are not looked at.
//! - An id begins with the time of its entry, so one entry is found without an index.

mod answered;
mod entry;
mod hours;
mod judged;
mod keep;
mod list;
mod pack;
mod packs;
mod queue;
mod tail;
mod writer;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::commit::Committer;
use crate::random::Random;
use crate::settings::{LogSettings, Settings};

pub use answered::{Addresses, Answered, Failed};
pub use entry::Entry;
pub use hours::Hour;
pub use list::{LogPage, LogRequest};
pub use tail::{Heard, Tail};
pub use writer::Writer;

use queue::Queue;
use tail::Tails;

/// The log of requests.
pub struct RequestLog {
    committer: Arc<Committer>,
    settings: Arc<Settings>,
    random: Arc<dyn Random>,
    queue: Queue,
    tails: Tails,
    /// Whether the store is known to hold no entry, so that nothing need be looked for.
    empty: AtomicBool,
}

/// What the log works with.
pub struct Parts {
    /// The door for writes.
    pub committer: Arc<Committer>,
    /// What is logged, and for how long.
    pub settings: Arc<Settings>,
    /// Makes ids.
    pub random: Arc<dyn Random>,
}

impl fmt::Debug for RequestLog {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RequestLog")
            .field("lost", &self.lost())
            .finish_non_exhaustive()
    }
}

impl RequestLog {
    /// The log of a database. Nothing is written before a [`Writer`] is started.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self {
            committer: parts.committer,
            settings: parts.settings,
            random: parts.random,
            queue: Queue::default(),
            tails: Tails::new(),
            empty: AtomicBool::new(false),
        }
    }

    /// Leaves an answered request to be logged, as the settings say.
    pub fn add(&self, mut answered: Answered) {
        let settings = self.settings.current();
        let LogSettings {
            max_days,
            min_level,
            log_ip,
            log_auth_id,
            ..
        } = settings.logs;
        if max_days == 0 {
            return;
        }
        // What was done to the server itself is told however little else is.
        if i64::from(answered.level()) < min_level && !answered.account.has_deed() {
            return;
        }
        if !log_ip {
            answered.addresses = None;
        }
        answered.shows_id = log_auth_id;
        self.queue.add(answered);
    }

    /// How many requests were lost because more came than could be written, since the start.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.queue.lost()
    }

    /// Ends every live tail; the server stops.
    pub fn end_tails(&self) {
        self.tails.end();
    }

    fn may_hold_entries(&self) -> bool {
        !self.empty.load(Ordering::Acquire)
    }
}
