//! Writes a whole new store at once: what restoring and compacting do.
//!
//! - Nothing reads the store and nobody commits to it until it is finished. Until then its folder
//!   does not name its engine, so what a crash leaves of it is never opened as a database.
//! - Sequences go on behind the one that it is finished with.

use super::embedded::{FORMAT, Medium, Writes, sequence_key};
use super::{CommitError, Fill, Key, Sequence, StoreError, codec, key};

/// A store that is being written.
#[derive(Debug)]
pub(super) struct Filling<M>(M);

impl<M: Medium> Filling<M> {
    /// Begins to fill a medium that holds nothing.
    pub(super) fn begin(medium: M) -> Result<Self, StoreError> {
        let is_new = medium.folder().is_some_and(super::folder::Folder::is_new);
        if !is_new || medium.get(&key::meta("format"))?.is_some() {
            let reason = "the folder holds a database already: choose an empty one";
            return Err(StoreError::Engine(reason.to_owned()));
        }
        Ok(Self(medium))
    }
}

impl<M: Medium> Fill for Filling<M> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.get(key)
    }

    fn put(&mut self, entries: Vec<(Key, Vec<u8>)>) -> Result<(), StoreError> {
        let writes = entries.into_iter();
        let writes = writes.map(|(key, value)| (key, Some(value))).collect();
        self.0.apply(writes).map_err(failed)
    }

    fn finish(self: Box<Self>, last: Sequence) -> Result<(), StoreError> {
        let last = i64::try_from(last.0).unwrap_or(i64::MAX);
        let writes = Writes::from([
            (key::meta("format"), Some(FORMAT.to_le_bytes().to_vec())),
            (sequence_key(), Some(codec::counter_bytes(last))),
        ]);
        self.0.apply(writes).map_err(failed)?;
        self.0.flush().map_err(failed)?;
        self.0
            .folder()
            .map_or(Ok(()), super::folder::Folder::mark_used)
    }
}

fn failed(error: CommitError) -> StoreError {
    match error {
        CommitError::Store(error) => error,
        other => StoreError::Engine(other.to_string()),
    }
}
