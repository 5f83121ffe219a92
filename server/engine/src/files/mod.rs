//! The files that records name: their bytes, the names they get, and when they go.
//!
//! - The record is the truth: a file can be read exactly as long as its record names it.
//! - Bytes are durable before the commit that names them, and go after the commit that drops the
//!   name. What is in between is claimed, so that nothing else takes it for left over.
//! - What no record names and nobody claims is removed, also after a crash (`sweep.rs`).
//! - Nothing here is ever held in memory as a whole, but a preview.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use luge_model::limits::DISK_RESERVE_BYTES;
use parking_lot::Mutex;

use crate::catalog::Catalog;
use crate::clock::Clock;
use crate::commit::Committer;
use crate::error::{Error, Result};
use crate::random::Random;
use crate::settings::{S3Settings, Settings};
use crate::store::StoreError;

mod blob;
mod carry;
mod claim;
#[cfg(test)]
mod conformance;
mod database;
mod folder;
pub mod media;
mod name;
mod objects;
mod places;
mod preview;
mod resumable;
mod sweep;
#[cfg(test)]
mod tests;
mod upload;

pub use blob::{Blob, BlobPath, BlobStore, Listed, VisitBlob};
use claim::Claims;
pub use claim::Placed;
pub(crate) use folder::{make_folders, open_file, sync};
pub use objects::{Object, Objects};
pub(crate) use places::LastBucket;
use places::Places;
pub use places::{BucketFailure, Buckets, FileStoreKind, chosen};
pub use preview::Format;
use resumable::Resumable;
pub use resumable::{Appending, Begin, Checksum, UPLOAD_PREFIX, Unusable, UploadState};
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
    places: Places,
    claims: Arc<Mutex<Claims>>,
    tended: Mutex<Tended>,
    held: AtomicUsize,
    previews: preview::Previews,
    resumable: Resumable,
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
    /// Where files are that are in no bucket and not in the database; need not exist.
    pub folder: PathBuf,
    /// Where files are that are in no bucket.
    pub kind: FileStoreKind,
    /// Reaches buckets, where this program can.
    pub buckets: Option<Arc<dyn Buckets>>,
    /// Say whether files are in a bucket.
    pub settings: Arc<Settings>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Files {
    /// The service over its parts. Removes what uploads of an earlier process left half received.
    ///
    /// # Errors
    /// When that cannot be removed.
    pub fn open(parts: Parts) -> Result<Self> {
        match std::fs::remove_dir_all(parts.folder.join(SPOOL_FOLDER)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(failed("remove half received uploads", &error));
            }
            _ => {}
        }
        let local: Arc<dyn BlobStore> = match parts.kind {
            FileStoreKind::Folder => Arc::new(folder::Folder::new(parts.folder.clone())),
            FileStoreKind::Database => {
                let committer = Arc::clone(&parts.committer);
                Arc::new(database::Database::new(committer, Arc::clone(&parts.clock)))
            }
        };
        let resumable = Resumable::new(&parts.folder);
        resumable.clean(&parts.committer)?;
        Ok(Self {
            resumable,
            places: Places::new(local, &parts),
            committer: parts.committer,
            catalog: parts.catalog,
            random: parts.random,
            folder: parts.folder,
            claims: Arc::default(),
            tended: Mutex::default(),
            held: AtomicUsize::new(0),
            previews: preview::Previews::default(),
        })
    }

    /// Where files are stored and looked for now.
    ///
    /// # Errors
    /// When the settings name a bucket that there cannot be.
    pub fn blobs(&self) -> Result<Arc<dyn BlobStore>> {
        let current = self.places.current();
        current.map_err(|error| failed("reach the storage of files", &error))
    }

    /// Stores something in a bucket and removes it again. May block.
    ///
    /// # Errors
    /// [`Error::FilesUnreachable`] when that is refused.
    pub fn test_bucket(&self, settings: &S3Settings) -> Result<()> {
        let buckets = self.places.buckets();
        let tested = buckets.and_then(|buckets| buckets.test(settings));
        tested.map_err(|error| failed("use the bucket", &error))
    }

    /// What a bucket holds beside files of records; connects to nothing yet.
    pub(crate) fn objects(&self, settings: &S3Settings) -> io::Result<Arc<dyn Objects>> {
        self.places.buckets()?.objects(settings)
    }

    /// While this is held, nothing that a record ever named is removed.
    #[must_use]
    pub fn hold(self: &Arc<Self>) -> Held {
        self.held.fetch_add(1, Ordering::AcqRel);
        // Waits for the removal under way.
        drop(self.tended.lock());
        Held(Arc::clone(self))
    }

    /// Whether files lie in the folder beside the database: in the database itself they go where
    /// that goes, and what is in a bucket stays there.
    #[must_use]
    pub fn are_beside(&self) -> bool {
        self.places.are_beside()
    }

    /// Shows every stored file and preview.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub fn list(&self, visit: &mut VisitBlob<'_>) -> Result<()> {
        self.blobs()?
            .list(None, visit)
            .map_err(|error| failed("look for files", &error))
    }

    /// Shows every stored file and preview of the records of a collection.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub fn list_of(&self, collection: &str, visit: &mut VisitBlob<'_>) -> Result<()> {
        self.blobs()?
            .list(Some(collection), visit)
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
        if disk_room(&folder)? < DISK_RESERVE_BYTES {
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
        self.blobs()?
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
        let blobs = self.blobs()?;
        placed.claim(Arc::clone(&blobs), paths.clone(), &uploads);
        let stored = tokio::task::spawn_blocking(move || {
            let mut pairs = paths.iter().zip(&uploads);
            pairs.try_for_each(|(path, upload)| blobs.put(path, &upload.spool))
        });
        let outcome = match stored.await {
            Ok(outcome) => outcome,
            Err(died) => Err(io::Error::other(died)),
        };
        if let Err(error) = outcome {
            placed.refused().await;
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

/// How many bytes the disk of a folder has room for; the folder need not exist yet.
pub(crate) fn disk_room(folder: &Path) -> Result<u64> {
    let there = folder.ancestors().find(|folder| folder.exists());
    let space = rustix::fs::statvfs(there.unwrap_or_else(|| Path::new(".")))
        .map_err(|error| failed("see how much room the disk has", &error.into()))?;
    Ok(space.f_bavail.saturating_mul(space.f_frsize))
}

/// What an error of the disk means.
fn failed(doing: &str, error: &io::Error) -> Error {
    use io::ErrorKind::{QuotaExceeded, StorageFull};
    if matches!(error.kind(), StorageFull | QuotaExceeded) {
        return Error::DiskFull;
    }
    let inside = error.get_ref().and_then(|inside| inside.downcast_ref());
    if let Some(BucketFailure(reason)) = inside {
        return Error::FilesUnreachable(format!("cannot {doing}: {reason}"));
    }
    Error::Store(StoreError::Engine(format!("cannot {doing}: {error}")))
}
