//! What waits to be written: bounded in number and bytes, so that a flood of requests costs its
//! entries and not the server's memory.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::Thread;

use luge_model::limits::{
    REQUEST_LOG_WAITING_BYTES_MAX, REQUEST_LOG_WAITING_MANY, REQUEST_LOG_WAITING_MAX,
};
use parking_lot::Mutex;

use super::answered::Answered;

/// Answered requests in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    lost: AtomicU64,
    /// Who is woken when much waits.
    writer: OnceLock<Thread>,
}

#[derive(Debug, Default)]
struct Waiting {
    answered: Vec<Answered>,
    bytes: usize,
}

impl Queue {
    pub(super) fn add(&self, answered: Answered) {
        let weight = answered.weight();
        let mut waiting = self.waiting.lock();
        if waiting.answered.len() >= REQUEST_LOG_WAITING_MAX
            || waiting.bytes + weight > REQUEST_LOG_WAITING_BYTES_MAX
        {
            drop(waiting);
            self.lose(1);
            return;
        }
        waiting.bytes += weight;
        waiting.answered.push(answered);
        let many = waiting.answered.len() == REQUEST_LOG_WAITING_MANY;
        drop(waiting);
        if many && let Some(writer) = self.writer.get() {
            writer.unpark();
        }
    }

    /// Everything that waits.
    pub(super) fn take(&self) -> Vec<Answered> {
        let mut waiting = self.waiting.lock();
        waiting.bytes = 0;
        std::mem::take(&mut waiting.answered)
    }

    /// Counts entries that could not be kept.
    pub(super) fn lose(&self, count: u64) {
        self.lost.fetch_add(count, Ordering::Relaxed);
        metrics::counter!("luge_request_log_lost_total").increment(count);
    }

    pub(super) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Says whom to wake.
    pub(super) fn written_by(&self, writer: Thread) {
        // A second writer would write as well as the first.
        let _ = self.writer.set(writer);
    }
}
