//! Writes what waits, once a second, on a thread of its own.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use luge_model::limits::{COMMIT_GROUP_BYTES_MAX, REQUEST_LOG_PERIOD_MILLISECONDS};
use luge_model::timestamp::Timestamp;

use super::RequestLog;
use super::entry::Entry;
use super::pack::packs;
use crate::commit::Proposal;
use crate::store::{CommitError, key};

/// Writes the log of a running server until it is dropped; then it writes what still waits.
#[derive(Debug)]
pub struct Writer {
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Begins to write.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(log: Arc<RequestLog>) -> io::Result<Self> {
        let stopping = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stopping);
        let thread = thread::Builder::new()
            .name("luge-requests".to_owned())
            .spawn(move || {
                log.queue.written_by(thread::current());
                while !told.load(Ordering::Acquire) {
                    thread::park_timeout(Duration::from_millis(REQUEST_LOG_PERIOD_MILLISECONDS));
                    log.write_waiting();
                }
                log.write_waiting();
            })?;
        Ok(Self {
            stopping,
            thread: Some(thread),
        })
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Release);
        let Some(thread) = self.thread.take() else {
            return;
        };
        thread.thread().unpark();
        if thread.join().is_err() {
            tracing::error!("the thread that writes request logs died");
        }
    }
}

impl RequestLog {
    /// Commits what waits and tells it to those who watch.
    pub(super) fn write_waiting(&self) {
        let mut waiting = self.queue.take();
        if waiting.is_empty() {
            return;
        }
        // Requests are answered side by side; a pack is in the order of time.
        waiting.sort_by_key(|answered| answered.at);
        let data_bytes_max = self.settings.current().logs.max_data_size;
        let times: Vec<Timestamp> = waiting.iter().map(|answered| answered.at).collect();
        // Drawing randomness for each entry would cost more than the rest of it.
        let seed = self.random.seed();
        let entries = (0..).zip(&waiting).map(|(place, answered)| {
            let number = seed.wrapping_add(place);
            Entry::of(answered, data_bytes_max, number)
        });
        let entries: Vec<Entry> = entries.collect();
        drop(waiting);
        match self.commit(&entries, &times) {
            Ok(()) => self.tails.tell(entries),
            // The server is stopping.
            Err(CommitError::Closed) => {}
            Err(error) => {
                self.queue.lose(entries.len() as u64);
                tracing::warn!(%error, entries = entries.len(), "request logs were lost");
            }
        }
    }

    fn commit(&self, entries: &[Entry], times: &[Timestamp]) -> Result<(), CommitError> {
        let mut proposal = Proposal::default();
        let mut bytes = 0;
        for (first, pack) in packs(entries, times) {
            if bytes + pack.len() > COMMIT_GROUP_BYTES_MAX && !proposal.puts.is_empty() {
                self.committer
                    .commit_in_background(&std::mem::take(&mut proposal))?;
                bytes = 0;
            }
            bytes += pack.len();
            let key = key::request_pack(first, self.committer.serial());
            proposal.puts.push((key, pack));
        }
        self.committer.commit_in_background(&proposal)?;
        self.empty.store(false, Ordering::Release);
        Ok(())
    }
}
