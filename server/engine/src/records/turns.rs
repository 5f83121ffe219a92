//! Turns: writers of one record go one after the other.
//!
//! Correctness does not rest on this (the guards of a commit do that); it keeps many writers of
//! one record, such as a counter's, from failing at each other's commits.

use std::hash::{BuildHasher, RandomState};

use luge_model::limits::WRITE_TURNS;
use tokio::sync::{Mutex, MutexGuard};

/// Locks that records share by hash.
#[derive(Debug)]
pub(super) struct Turns {
    hasher: RandomState,
    locks: Vec<Mutex<()>>,
}

impl Default for Turns {
    fn default() -> Self {
        let locks = (0..WRITE_TURNS).map(|_| Mutex::default()).collect();
        Self {
            hasher: RandomState::new(),
            locks,
        }
    }
}

impl Turns {
    /// Waits until nobody else writes the record.
    pub(super) async fn take(&self, collection: &str, id: &str) -> Option<MutexGuard<'_, ()>> {
        let hash = self.hasher.hash_one((collection, id));
        let position = usize::try_from(hash).unwrap_or_default() % WRITE_TURNS;
        match self.locks.get(position) {
            Some(lock) => Some(lock.lock().await),
            None => None,
        }
    }
}
