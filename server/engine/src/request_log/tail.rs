//! Entries as they are written, for whoever watches.
//!
//! A watcher that reads slower than entries come is told how many packs of them it missed.

use std::sync::Arc;

use luge_model::limits::{LOG_TAIL_WAITING_MAX, LOG_TAILS_MAX};
use parking_lot::Mutex;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast};

use super::RequestLog;
use super::entry::Entry;
use super::list::LogFilter;
use crate::context::Context;
use crate::error::{Error, Result};

/// Everybody who watches.
#[derive(Debug)]
pub(super) struct Tails {
    /// None when the server stops.
    sender: Mutex<Option<broadcast::Sender<Arc<Vec<Entry>>>>>,
    permits: Arc<Semaphore>,
}

/// One who watches.
#[derive(Debug)]
pub struct Tail {
    receiver: broadcast::Receiver<Arc<Vec<Entry>>>,
    filter: LogFilter,
    _permit: OwnedSemaphorePermit,
}

/// What a watcher is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// New entries that match; there may be none.
    Entries(Vec<Entry>),
    /// Entries were written so fast that so many writes of them were missed.
    Missed(u64),
    /// The server stops.
    Ended,
}

impl Tails {
    pub(super) fn new() -> Self {
        let (sender, _) = broadcast::channel(LOG_TAIL_WAITING_MAX);
        Self {
            sender: Mutex::new(Some(sender)),
            permits: Arc::new(Semaphore::new(LOG_TAILS_MAX)),
        }
    }

    pub(super) fn tell(&self, entries: Vec<Entry>) {
        if let Some(sender) = &*self.sender.lock()
            && sender.receiver_count() > 0
        {
            // Nobody hears it when the last one has just gone.
            let _ = sender.send(Arc::new(entries));
        }
    }

    pub(super) fn end(&self) {
        drop(self.sender.lock().take());
    }
}

impl RequestLog {
    /// Watches the entries that match from now on.
    ///
    /// # Errors
    /// When the caller is not a superuser, the filter is wrong, or too many watch.
    pub fn watch(&self, context: &Context, filter: &str) -> Result<Tail> {
        context.require_superuser()?;
        let filter = LogFilter::parse(filter)?;
        let permit = Arc::clone(&self.tails.permits)
            .try_acquire_owned()
            .map_err(|_| Error::TooManyClients)?;
        let sender = self.tails.sender.lock();
        let receiver = sender.as_ref().ok_or(Error::Closed)?.subscribe();
        Ok(Tail {
            receiver,
            filter,
            _permit: permit,
        })
    }
}

impl Tail {
    /// Waits for what comes next; `context` is that of the watcher, as it is now.
    pub async fn next(&mut self, context: &Context) -> Heard {
        match self.receiver.recv().await {
            Ok(entries) => {
                let filter = self.filter.prepare(context);
                let matches = |entry: &&Entry| {
                    filter
                        .as_ref()
                        .is_none_or(|filter| filter.matches(&entry.borrowed()))
                };
                Heard::Entries(entries.iter().filter(matches).cloned().collect())
            }
            Err(RecvError::Lagged(missed)) => Heard::Missed(missed),
            Err(RecvError::Closed) => Heard::Ended,
        }
    }
}
