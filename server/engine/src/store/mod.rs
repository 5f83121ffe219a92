//! Where bytes are kept: the trait every store implements, and what a commit is made of.
//!
//! - A [`Batch`] commits whole or not at all, and only if all its guards hold at that moment.
//! - Every committed batch gets the next [`Sequence`]; its log entry is written in the same step.
//! - In [`Durability::Strict`] a commit is answered when it survives a power loss.
//! - No other thread than the store's own committer writes or flushes.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

pub mod codec;
#[cfg(test)]
mod conformance;
pub mod embedded;
#[cfg(test)]
mod failures;
mod filling;
pub mod fjall;
mod folder;
mod frozen;
mod group;
pub mod key;
#[cfg(test)]
mod measurement;
pub mod memory;
pub mod pending;
pub mod sled;
mod wait;

pub use folder::noted_sequence;
pub use pending::Pending;
pub use wait::wait;

/// The position of a commit in the order of all commits; strictly increasing, from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sequence(pub u64);

/// A key of the database; made only by `store/key.rs`.
pub type Key = Vec<u8>;

/// A half-open range of keys: `start <= key < end`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRange {
    /// The first key of the range.
    pub start: Key,
    /// The first key after the range.
    pub end: Key,
}

impl KeyRange {
    /// What of the range comes behind a key of it, in a direction.
    #[must_use]
    pub fn beyond(&self, direction: Direction, last: &[u8]) -> Self {
        match direction {
            Direction::Forward => {
                let mut start = last.to_vec();
                start.push(0);
                Self {
                    start,
                    end: self.end.clone(),
                }
            }
            Direction::Backward => Self {
                start: self.start.clone(),
                end: last.to_vec(),
            },
        }
    }
}

/// The order of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the smallest key.
    Forward,
    /// From the largest key.
    Backward,
}

/// A condition that must hold at the moment of the commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guard {
    /// The key has no value.
    Absent(Key),
    /// The key has a value.
    Present(Key),
    /// The key's value begins with these bytes: it is still the state that was read.
    Unchanged {
        /// The key.
        key: Key,
        /// How its value begins.
        prefix: Vec<u8>,
    },
    /// The range holds exactly these keys, given in ascending order.
    Only {
        /// The range.
        range: KeyRange,
        /// All its keys.
        keys: Vec<Key>,
    },
}

/// What one commit writes.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Checked in order; the first that fails is reported by its position.
    pub guards: Vec<Guard>,
    /// Values to set. A key is in at most one of `puts`, `deletes` and `increments`.
    pub puts: Vec<(Key, Vec<u8>)>,
    /// Keys to remove.
    pub deletes: Vec<Key>,
    /// Counters (8 bytes, little endian, signed) to change; an absent one counts from 0.
    pub increments: Vec<(Key, i64)>,
    /// The entry for the change log, stored under the commit's sequence; none when empty.
    pub log_entry: Vec<u8>,
    /// Handed to [`Store::announcements`] once the batch is durable.
    pub announcement: Option<Arc<dyn Announcement>>,
}

/// What a batch carries to live listeners; the store does not look inside.
pub trait Announcement: Any + fmt::Debug + Send + Sync {
    /// Called by the committer thread in the order of commits, before the commit is answered. Must
    /// be quick: every write waits for it.
    fn committed(&self) {}
}

/// A durable commit that carried an announcement. Listeners get them in the order of commits.
#[derive(Clone, Debug)]
pub struct Announced {
    /// The commit.
    pub sequence: Sequence,
    /// What its batch carried.
    pub announcement: Arc<dyn Announcement>,
}

/// Why a batch was not committed. Nothing of it was written.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CommitError {
    /// The guard at this position did not hold.
    #[error("guard {0} did not hold")]
    Guard(usize),
    /// The queue of commits is full; try again later.
    #[error("the queue of writes is full")]
    Busy,
    /// The disk has no room; deletes and reads go on.
    #[error("the disk is full")]
    DiskFull,
    /// The store is closed.
    #[error("the store is closed")]
    Closed,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a store could not be opened or read.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has the folder open.
    #[error("another process is using the data folder {folder}")]
    InUse {
        /// The data folder.
        folder: String,
    },
    /// The folder was written by a version that this one cannot read.
    #[error("the data folder has format {found}, this version reads format {expected}")]
    Format {
        /// What is in the folder.
        found: u32,
        /// What this version reads.
        expected: u32,
    },
    /// An import into the folder broke off.
    #[error("an import into the data folder {folder} was not finished")]
    UnfinishedImport {
        /// The data folder.
        folder: String,
    },
    /// The folder holds a database of another engine.
    #[error("the data folder {folder} holds a {found} database; start with --store {found}")]
    OtherEngine {
        /// The data folder.
        folder: String,
        /// What made the folder.
        found: String,
    },
    /// Stored bytes are not what was written.
    #[error("damaged value under key {key}: {reason}")]
    Damaged {
        /// The key, readable.
        key: String,
        /// What is wrong.
        reason: String,
    },
    /// The engine below or the operating system failed.
    #[error("{0}")]
    Engine(String),
}

impl StoreError {
    /// What is wrong with the bytes under a key.
    pub fn damaged(key: &[u8], reason: impl std::fmt::Display) -> Self {
        Self::Damaged {
            key: key::readable(key),
            reason: reason.to_string(),
        }
    }

    /// What is to be stored has no stored form.
    pub fn unwritable(reason: impl std::fmt::Display) -> Self {
        Self::Engine(format!("a value cannot be stored: {reason}"))
    }
}

/// The answer to a commit, once it is as durable as the store's mode promises.
pub type CommitFuture = Pin<Box<dyn Future<Output = Result<Sequence, CommitError>> + Send>>;

/// What a scan calls for each key and value. The value is borrowed only for the call.
pub type Visit<'a> = dyn FnMut(&[u8], &[u8]) -> ControlFlow<()> + 'a;

/// When a commit is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// After the data is on disk.
    #[default]
    Strict,
    /// After the data is applied; the last moments before a crash may be lost.
    Relaxed,
}

/// Which engine keeps the bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StoreKind {
    /// sled, the default.
    #[default]
    Sled,
    /// fjall: for large installations; smaller on disk.
    Fjall,
    /// Nothing is kept: for tests.
    Memory,
}

impl StoreKind {
    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sled => "sled",
            Self::Fjall => "fjall",
            Self::Memory => "memory",
        }
    }
}

/// How to open a store.
#[derive(Clone, Debug, Default)]
pub struct StoreOptions {
    /// The store's own folder; made when it is missing. Not used by a store in memory.
    pub folder: PathBuf,
    /// When a commit is answered.
    pub durability: Durability,
    /// The engine's cache, in bytes; 0 means the default of `limits.rs`.
    pub cache_bytes: u64,
}

/// Opens a store.
///
/// # Errors
/// When the folder is in use, of another engine or format, damaged or unreadable.
pub fn open(kind: StoreKind, options: &StoreOptions) -> Result<Arc<dyn Store>, StoreError> {
    match kind {
        StoreKind::Sled => self::sled::open(options),
        StoreKind::Fjall => self::fjall::open(options),
        StoreKind::Memory => memory::open(options),
    }
}

/// Begins to write a whole new store in an empty folder.
///
/// # Errors
/// When the folder holds a database, is in use or cannot be written; and for a store in memory.
pub fn fill(kind: StoreKind, options: &StoreOptions) -> Result<Box<dyn Fill>, StoreError> {
    match kind {
        StoreKind::Sled => self::sled::fill(options),
        StoreKind::Fjall => self::fjall::fill(options),
        StoreKind::Memory => {
            let reason = "a store in memory keeps nothing: choose sled or fjall";
            Err(StoreError::Engine(reason.to_owned()))
        }
    }
}

/// A store that is being written whole, before anybody reads it.
pub trait Fill: fmt::Debug + Send {
    /// The value of a key that was put.
    ///
    /// # Errors
    /// When the store fails.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Puts some entries, about as many as a group of commits has.
    ///
    /// # Errors
    /// When the store fails, for one because the disk is full.
    fn put(&mut self, entries: Vec<(Key, Vec<u8>)>) -> Result<(), StoreError>;

    /// Makes everything durable; it can be opened now. The next commit follows `last`.
    ///
    /// # Errors
    /// When the store fails.
    fn finish(self: Box<Self>, last: Sequence) -> Result<(), StoreError>;
}

/// A store as it was after one commit; commits go on meanwhile. Given up when this is dropped.
pub trait Frozen: fmt::Debug + Send + Sync {
    /// The commit.
    fn sequence(&self) -> Sequence;

    /// The value of a key.
    ///
    /// # Errors
    /// As for [`Store::get`], and when too much was written since.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// As [`Store::scan`], forward.
    ///
    /// # Errors
    /// As for [`Self::get`].
    fn scan(
        &self,
        range: &KeyRange,
        limit: usize,
        visit: &mut Visit<'_>,
    ) -> Result<Option<KeyRange>, StoreError>;
}

/// What can be read like a store: one, or one with writes on top of it ([`Pending`]).
pub trait ReadStore: fmt::Debug + Send + Sync {
    /// The value of a key.
    ///
    /// # Errors
    /// When the store fails or the value is damaged.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// The values of several keys, in their order, all of one moment.
    ///
    /// # Errors
    /// As for [`Self::get`].
    fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Vec<u8>>>, StoreError>;

    /// Visits at most `limit` entries of a range, all of one moment, and says where to go on:
    /// `Some(rest)` when `limit` ended the visit, `None` when the range was exhausted or the
    /// visitor broke off. The visitor must not call the store: it runs under the read lock.
    ///
    /// # Errors
    /// As for [`Self::get`].
    fn scan(
        &self,
        range: &KeyRange,
        direction: Direction,
        limit: usize,
        visit: &mut Visit<'_>,
    ) -> Result<Option<KeyRange>, StoreError>;
}

/// A store. Reads never see part of a batch.
pub trait Store: ReadStore {
    /// The store as it is after the last commit so far, to be read at leisure.
    ///
    /// # Errors
    /// When the store fails.
    fn frozen(&self) -> Result<Box<dyn Frozen>, StoreError>;

    /// Commits a batch. The future can be awaited on any thread; the commit happens whether or not
    /// it is awaited. Batches submitted from one thread commit in that order.
    fn commit(&self, batch: Batch) -> CommitFuture;

    /// The last commit that is durable; followers of the log read up to it.
    fn durable(&self) -> tokio::sync::watch::Receiver<Sequence>;

    /// Durable commits that carried an announcement, from now on. A receiver that lags behind is
    /// told how many it missed and reads the log instead.
    fn announcements(&self) -> tokio::sync::broadcast::Receiver<Announced>;

    /// Bytes on disk; 0 for a store in memory.
    ///
    /// # Errors
    /// When the folder cannot be read.
    fn size_on_disk(&self) -> Result<u64, StoreError>;

    /// Waits for the queue to empty, makes everything durable and refuses further commits.
    ///
    /// # Errors
    /// When the last flush fails.
    fn close(&self) -> Result<(), StoreError>;
}
