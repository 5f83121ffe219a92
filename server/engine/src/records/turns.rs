//! Turns: writers of one record go one after the other.
//!
//! Correctness does not rest on this (the guards of a commit do that); it keeps many writers of
//! one record, such as a counter's, from failing at each other's commits.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};

use luge_model::limits::WRITE_TURNS;
use tokio::sync::{Mutex, MutexGuard};

use super::Records;
use crate::context::{Context, Part};

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

impl Records {
    /// Waits until nobody else writes the record.
    pub(super) async fn turn(
        &self,
        context: &Context,
        (collection, id): (&str, &str),
    ) -> Option<MutexGuard<'_, ()>> {
        let turn = self.turns.take(collection, id);
        context.account.measured(Part::Wait, turn).await
    }
}

impl Turns {
    /// Waits until nobody else writes the record.
    pub(super) async fn take(&self, collection: &str, id: &str) -> Option<MutexGuard<'_, ()>> {
        match self.locks.get(self.position(collection, id)) {
            Some(lock) => Some(lock.lock().await),
            None => None,
        }
    }

    /// The same for several records. Everybody waits in the same order, so nobody waits for ever.
    pub(super) async fn take_all<'r>(
        &self,
        records: impl Iterator<Item = (&'r str, &'r str)>,
    ) -> Vec<MutexGuard<'_, ()>> {
        let positions: BTreeSet<usize> = records
            .map(|(collection, id)| self.position(collection, id))
            .collect();
        let mut turns = Vec::with_capacity(positions.len());
        for position in positions {
            if let Some(lock) = self.locks.get(position) {
                turns.push(lock.lock().await);
            }
        }
        turns
    }

    fn position(&self, collection: &str, id: &str) -> usize {
        let hash = self.hasher.hash_one((collection, id));
        usize::try_from(hash).unwrap_or_default() % WRITE_TURNS
    }
}
