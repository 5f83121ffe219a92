//! Serial numbers: they only grow, also over restarts.
//!
//! Numbers are reserved in blocks by adding to a stored counter; a number is handed out only after
//! the commit that reserves its block was answered. The next block is asked for when half of the
//! current one is used, so nobody waits.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use luge_model::limits::SERIAL_BLOCK;
use parking_lot::Mutex;

use crate::store::{Batch, CommitError, CommitFuture, Key, Sequence, Store, StoreError};
use crate::store::{codec, key, wait};

/// The numbers of one process.
pub(super) struct Serials {
    state: Mutex<State>,
}

struct State {
    next: u64,
    /// The first number that is not reserved.
    end: u64,
    /// A reservation of the block from `end` on.
    reserving: Option<CommitFuture>,
}

impl std::fmt::Debug for Serials {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = self.state.lock();
        formatter
            .debug_struct("Serials")
            .field("next", &state.next)
            .field("end", &state.end)
            .finish_non_exhaustive()
    }
}

impl Serials {
    /// Reserves the first block.
    pub(super) fn open(store: &Arc<dyn Store>) -> Result<Self, CommitError> {
        wait(reserve(store))?;
        let key = counter_key();
        let end = store.get(&key)?.as_deref().and_then(codec::counter_value);
        let end = end
            .and_then(|end| u64::try_from(end).ok())
            .ok_or_else(|| StoreError::damaged(&key, "not a count of serial numbers"))?;
        // 0 is no serial number, so that it can mean "none".
        let next = end.saturating_sub(SERIAL_BLOCK).max(1);
        Ok(Self {
            state: Mutex::new(State {
                next,
                end,
                reserving: None,
            }),
        })
    }

    /// The next number. Waits only when a whole block was used while its successor was refused.
    pub(super) fn next(&self, store: &Arc<dyn Store>) -> u64 {
        let mut state = self.state.lock();
        if state.end - state.next <= SERIAL_BLOCK / 2 {
            state.extend(store);
        }
        let number = state.next;
        state.next += 1;
        number
    }
}

impl State {
    fn extend(&mut self, store: &Arc<dyn Store>) {
        let mut reserving = self.reserving.take().unwrap_or_else(|| reserve(store));
        if self.next < self.end {
            match poll(&mut reserving) {
                None => self.reserving = Some(reserving),
                Some(Ok(_)) => self.end += SERIAL_BLOCK,
                // Tried again with the next number; there are many left.
                Some(Err(_)) => {}
            }
            return;
        }
        while let Err(CommitError::Busy | CommitError::DiskFull) = wait(reserving) {
            std::thread::sleep(Duration::from_millis(1));
            reserving = reserve(store);
        }
        // Either the block is reserved, or nothing will ever be committed again.
        self.end += SERIAL_BLOCK;
    }
}

fn reserve(store: &Arc<dyn Store>) -> CommitFuture {
    let block = i64::try_from(SERIAL_BLOCK).unwrap_or(i64::MAX);
    // An increment alone is accepted also when the disk is full.
    store.commit(Batch {
        increments: vec![(counter_key(), block)],
        ..Batch::default()
    })
}

fn counter_key() -> Key {
    key::meta("serial")
}

/// The outcome of a commit if it is there.
fn poll(commit: &mut CommitFuture) -> Option<Result<Sequence, CommitError>> {
    match commit
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(outcome) => Some(outcome),
        Poll::Pending => None,
    }
}
