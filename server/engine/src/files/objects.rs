//! What a bucket holds at its root under plain names, beside the files of records: backups.

use std::fmt;
use std::io;
use std::path::Path;
use std::time::SystemTime;

use super::blob::Blob;

/// An object that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its name.
    pub key: String,
    /// How long it is, in bytes.
    pub bytes: u64,
    /// When it was stored.
    pub modified: SystemTime,
}

/// The objects at the root of a bucket. All calls may block, also for as long as a network takes;
/// what they fail with is a [`super::BucketFailure`].
pub trait Objects: fmt::Debug + Send + Sync {
    /// Every object whose name has no `/`, in no order.
    ///
    /// # Errors
    /// When they cannot be listed.
    fn list(&self) -> io::Result<Vec<Object>>;

    /// Stores a file; it is there as a whole when this returns, or not at all. What was there is
    /// replaced.
    ///
    /// # Errors
    /// When the file cannot be read, or is refused.
    fn put(&self, key: &str, from: &Path) -> io::Result<()>;

    /// Opens an object; `None` where there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    fn open(&self, key: &str) -> io::Result<Option<Box<dyn Blob>>>;

    /// Removes an object. That there is none is no error.
    ///
    /// # Errors
    /// When it cannot be removed.
    fn remove(&self, key: &str) -> io::Result<()>;
}
