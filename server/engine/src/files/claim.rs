//! Files that a write under way will name.
//!
//! A claim begins before the file is there and ends when it is known whether the record names it.
//! A writer that goes away in between (its client hung up) abandons its claims: they end once every
//! commit that was submitted by then is decided.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use super::{BlobPath, Files};
use crate::store::{CommitError, Sequence};

/// All claims.
#[derive(Debug, Default)]
pub(super) struct Claims {
    held: HashSet<BlobPath>,
    abandoned: Vec<BlobPath>,
}

impl Claims {
    /// Whether somebody may be about to name this file.
    pub(super) fn is_held(&self, path: &BlobPath) -> bool {
        self.held.contains(path)
    }

    /// Whether a writer went away.
    pub(super) fn are_abandoned(&self) -> bool {
        !self.abandoned.is_empty()
    }

    /// The claims of writers that went away; they are still held.
    pub(super) fn abandoned(&mut self) -> Vec<BlobPath> {
        std::mem::take(&mut self.abandoned)
    }

    /// Notes that the writer of these went away.
    pub(super) fn abandon(&mut self, paths: Vec<BlobPath>) {
        self.abandoned.extend(paths);
    }

    /// Ends claims.
    pub(super) fn release(&mut self, paths: &[BlobPath]) {
        for path in paths {
            self.held.remove(path);
        }
    }
}

/// Stored files of a record that is being written. Say what became of it.
pub struct Placed {
    files: Arc<Files>,
    paths: Vec<BlobPath>,
}

impl Placed {
    /// Of a write without files.
    pub(crate) fn none(files: &Arc<Files>) -> Self {
        Self {
            files: Arc::clone(files),
            paths: Vec::new(),
        }
    }

    pub(super) fn claim(&mut self, paths: Vec<BlobPath>) {
        self.files.claims.lock().held.extend(paths.iter().cloned());
        self.paths.extend(paths);
    }

    /// The record was written: the files are its own now.
    pub fn kept(mut self) {
        let paths = std::mem::take(&mut self.paths);
        self.files.claims.lock().release(&paths);
    }

    /// The record was not written: the files go.
    pub fn refused(mut self) {
        let paths = std::mem::take(&mut self.paths);
        for path in &paths {
            if let Err(error) = self.files.blobs.remove(path) {
                tracing::warn!(?path, %error, "a file that is not needed waits for the sweep");
            }
        }
        self.files.claims.lock().release(&paths);
    }
}

impl Placed {
    /// Says what became of the record: whether its commit happened.
    pub fn settle(self, outcome: Result<&Sequence, &CommitError>) {
        match outcome {
            Ok(_) => self.kept(),
            Err(CommitError::Guard(_) | CommitError::Busy | CommitError::DiskFull) => {
                self.refused();
            }
            // The commit may be there at the next start: what becomes of the files is seen then.
            Err(CommitError::Closed | CommitError::Store(_)) => drop(self),
        }
    }
}

impl Drop for Placed {
    fn drop(&mut self) {
        let paths = std::mem::take(&mut self.paths);
        if !paths.is_empty() {
            self.files.claims.lock().abandon(paths);
        }
    }
}

impl fmt::Debug for Placed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Placed").field(&self.paths).finish()
    }
}
