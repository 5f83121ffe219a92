//! Files that a write under way will name.
//!
//! A claim begins before the file is there and ends when it is known whether the record names it.
//! A writer that goes away in between (its client hung up) abandons its claims: they end once every
//! commit that was submitted by then is decided.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use super::{BlobPath, BlobStore, Files, Upload};
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
    /// Where they were stored.
    blobs: Option<Arc<dyn BlobStore>>,
    paths: Vec<BlobPath>,
    /// The uploads of which some came piece by piece.
    uploads: Vec<Arc<Upload>>,
}

impl Placed {
    /// Of a write without files.
    pub(crate) fn none(files: &Arc<Files>) -> Self {
        Self {
            files: Arc::clone(files),
            blobs: None,
            paths: Vec::new(),
            uploads: Vec::new(),
        }
    }

    pub(super) fn claim(
        &mut self,
        blobs: Arc<dyn BlobStore>,
        paths: Vec<BlobPath>,
        uploads: &[Arc<Upload>],
    ) {
        self.uploads.extend(uploads.iter().cloned());
        self.blobs = Some(blobs);
        self.files.claims.lock().held.extend(paths.iter().cloned());
        self.paths.extend(paths);
    }

    /// The record was written: the files are its own now.
    pub fn kept(mut self) {
        let paths = std::mem::take(&mut self.paths);
        self.files.claims.lock().release(&paths);
        let taken = self
            .uploads
            .iter()
            .filter_map(|upload| upload.claimed.as_ref());
        for claimed in taken {
            self.files.forget_upload(claimed.id());
        }
    }

    /// The record was not written: the files go. They do also when nobody waits for it.
    pub async fn refused(mut self) {
        let paths = std::mem::take(&mut self.paths);
        let Some(blobs) = self.blobs.take().filter(|_| !paths.is_empty()) else {
            return;
        };
        let files = Arc::clone(&self.files);
        let removing = tokio::task::spawn_blocking(move || {
            for path in &paths {
                if let Err(error) = blobs.remove(path) {
                    tracing::warn!(?path, %error, "a file that is not needed waits for the sweep");
                }
            }
            files.claims.lock().release(&paths);
        });
        if let Err(died) = removing.await {
            tracing::warn!(%died, "files that are not needed wait for the sweep");
        }
    }
}

impl Placed {
    /// Says what became of the record: whether its commit happened.
    pub async fn settle(self, outcome: Result<&Sequence, &CommitError>) {
        match outcome {
            Ok(_) => self.kept(),
            Err(CommitError::Guard(_) | CommitError::Busy | CommitError::DiskFull) => {
                self.refused().await;
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
