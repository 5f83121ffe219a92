//! The one door for writes: a write is planned as a pure [`Proposal`] and committed here.

use crate::changes::Change;
use crate::store::{Guard, Key};

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
}
