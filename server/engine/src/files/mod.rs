//! The files that records name: their bytes, the names they get, and when they go.
//!
//! - The record is the truth: a file can be read exactly as long as its record names it.
//! - Bytes are durable before the commit that names them, and go after the commit that drops the
//!   name. What is in between is claimed, so that nothing else takes it for left over.
//! - What no record names and nobody claims is removed, also after a crash (`sweep.rs`).
//! - Nothing here is ever held in memory as a whole, but a preview.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use luge_model::limits::DISK_RESERVE_BYTES;
use parking_lot::Mutex;

use crate::catalog::Catalog;
use crate::commit::Committer;
use crate::error::{Error, Result};
use crate::random::Random;
use crate::store::StoreError;

mod blob;
mod carry;
mod claim;
mod folder;
pub mod media;
mod name;
mod preview;
mod sweep;
#[cfg(test)]
mod tests;
mod upload;

pub use blob::{Blob, BlobPath, BlobStore, VisitRecord};
use claim::Claims;
pub use claim::Placed;
pub(crate) use folder::{make_folders, open_file, sync};
use sweep::Tended;
pub(crate) use sweep::names_of;
pub use upload::{Announced, Receiving, Spool, Upload};

/// Where uploads are received; no collection can have this id.
const SPOOL_FOLDER: &str = ".uploads";

/// The service of files.
pub struct Files {
    committer: Arc<Committer>,
    catalog: Arc<Catalog>,
    random: Arc<dyn Random>,
    folder: PathBuf,
    blobs: Arc<dyn BlobStore>,
    claims: Arc<Mutex<Claims>>,
    tended: Mutex<Tended>,
    held: AtomicUsize,
    previews: preview::Previews,
}

/// What the service of files stands on.
#[derive(Debug)]
pub struct Parts {
    /// Reads records and the log.
    pub committer: Arc<Committer>,
    /// What collections there are.
    pub catalog: Arc<Catalog>,
    /// For names.
    pub random: Arc<dyn Random>,
    /// Where files are; need not exist.
    pub folder: PathBuf,
}

impl Files {
    /// The service over its parts. Removes what uploads of an earlier process left half received.
    ///
    /// # Errors
    /// When that cannot be removed.
    pub fn open(parts: Parts) -> Result<Self> {
        let Parts {
            committer,
            catalog,
            random,
            folder,
        } = parts;
        match std::fs::remove_dir_all(folder.join(SPOOL_FOLDER)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(failed("remove half received uploads", &error));
            }
            _ => {}
        }
        Ok(Self {
            committer,
            catalog,
            random,
            blobs: Arc::new(folder::Folder::new(folder.clone())),
            folder,
            claims: Arc::default(),
            tended: Mutex::default(),
            held: AtomicUsize::new(0),
            previews: preview::Previews::default(),
        })
    }

    /// While this is held, nothing that a record ever named is removed.
    #[must_use]
    pub fn hold(self: &Arc<Self>) -> Held {
        self.held.fetch_add(1, Ordering::AcqRel);
        // Waits for the removal under way.
        drop(self.tended.lock());
        Held(Arc::clone(self))
    }

    /// The ids of the collections that have files.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn collections(&self) -> Result<Vec<String>> {
        self.blobs
            .collections()
            .map_err(|error| failed("look for files", &error))
    }

    /// The stored files of a collection, record by record.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn visit(&self, collection: &str, visit: &mut VisitRecord<'_>) -> Result<()> {
        self.blobs
            .visit(collection, visit)
            .map_err(|error| failed("look for files", &error))
    }

    /// Begins to receive a file. May block, as all calls here may.
    ///
    /// # Errors
    /// [`Error::DiskFull`], or when no temporary file can be made.
    pub fn receive(&self, announced: Announced) -> Result<Receiving> {
        let folder = self.folder.join(SPOOL_FOLDER);
        let begun = Receiving::begin(&folder, &*self.random, announced);
        let receiving = begun.map_err(|error| failed("receive an upload", &error))?;
        let space = rustix::fs::statvfs(&folder)
            .map_err(|error| failed("see how much room the disk has", &error.into()))?;
        if space.f_bavail.saturating_mul(space.f_frsize) < DISK_RESERVE_BYTES {
            return Err(Error::DiskFull);
        }
        Ok(receiving)
    }

    /// Makes a received file durable and gives it its stored name.
    ///
    /// # Errors
    /// [`Error::DiskFull`], or when it cannot be written.
    pub fn received(&self, receiving: Receiving) -> Result<Upload> {
        receiving.finish(&*self.random)
    }

    /// Opens a file, which its record must name; `None` where its bytes are missing.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(&self, path: &BlobPath) -> Result<Option<Box<dyn Blob>>> {
        self.blobs
            .open(path)
            .map_err(|error| failed("read a file", &error))
    }

    /// At most `length` bytes of an open file.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn part(&self, blob: &dyn Blob, offset: u64, length: usize) -> Result<Vec<u8>> {
        blob.read(offset, length)
            .map_err(|error| failed("read a file", &error))
    }

    /// Stores the uploads of a record that is about to be written. Dropping what is returned
    /// without saying what became of the record leaves the files to be swept, once that is known.
    ///
    /// # Errors
    /// [`Error::DiskFull`], [`Error::BadRequest`] where the record's id is no name for a folder, or
    /// when they cannot be written; then none is stored.
    pub async fn place(
        self: &Arc<Self>,
        collection: &str,
        record: &str,
        uploads: Vec<Arc<Upload>>,
    ) -> Result<Placed> {
        let mut placed = Placed::none(self);
        if uploads.is_empty() {
            return Ok(placed);
        }
        let path = |upload: &Arc<Upload>| BlobPath::new(collection, record, &upload.uploaded.name);
        let paths: Option<Vec<BlobPath>> = uploads.iter().map(path).collect();
        let paths = paths.ok_or_else(|| {
            Error::BadRequest("A record with this id cannot have files.".to_owned())
        })?;
        if uploads.iter().any(|upload| !upload.whole) {
            // The field took less when the upload began.
            return Err(Error::Contended);
        }
        placed.claim(paths.clone());
        let blobs = Arc::clone(&self.blobs);
        let stored = tokio::task::spawn_blocking(move || {
            let mut pairs = paths.iter().zip(&uploads);
            pairs.try_for_each(|(path, upload)| blobs.put(path, &upload.spool))
        });
        let outcome = match stored.await {
            Ok(outcome) => outcome,
            Err(died) => Err(io::Error::other(died)),
        };
        if let Err(error) = outcome {
            placed.refused();
            return Err(failed("store a file", &error));
        }
        Ok(placed)
    }
}

/// Holds back the removal of files; see [`Files::hold`].
#[derive(Debug)]
pub struct Held(Arc<Files>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.held.fetch_sub(1, Ordering::AcqRel);
    }
}

impl fmt::Debug for Files {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Files")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

/// What an error of the disk means.
fn failed(doing: &str, error: &io::Error) -> Error {
    use io::ErrorKind::{QuotaExceeded, StorageFull};
    if matches!(error.kind(), StorageFull | QuotaExceeded) {
        return Error::DiskFull;
    }
    Error::Store(StoreError::Engine(format!("cannot {doing}: {error}")))
}
