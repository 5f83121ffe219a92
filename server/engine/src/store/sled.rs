//! A store on sled 0.34.
//!
//! - `flush()` of sled does not survive a power loss on Linux: it is followed by `sync_data` on a
//!   handle of our own. `flush_async` and transactions deadlock and are forbidden by lint.
//! - No value over [`CHUNK_BYTES_MAX`] goes into sled: larger ones become files there that are
//!   neither synced nor removed. They are cut into chunks; see [`Chunked`].

use std::any::Any;
use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use luge_model::limits::{
    CACHE_BYTES_DEFAULT, CHUNK_BYTES_MAX, SLED_CLOSING_LOOK_MILLISECONDS,
    SLED_CLOSING_MILLISECONDS_MAX,
};
use parking_lot::Mutex;
use sled::{Db, IVec, Mode};

use super::codec::{Reader, put_number};
use super::embedded::{Embedded, Medium, Writes};
use super::filling::Filling;
use super::folder::{Folder, failed, failed_open, unreadable};
use super::key::{self, Keyspace};
use super::{CommitError, Direction, Fill, Key, KeyRange, Store, StoreError, StoreOptions, Visit};

/// Opens a store, made new when the folder is empty or missing.
///
/// # Errors
/// When the folder is in use, of another engine or format, or damaged.
pub fn open(options: &StoreOptions) -> Result<Arc<dyn Store>, StoreError> {
    let medium = Sled::open(options)?;
    Ok(Arc::new(Embedded::open(medium, options.durability)?))
}

/// Begins to write a whole new store in an empty folder.
///
/// # Errors
/// When the folder holds a database, is in use or cannot be written.
pub fn fill(options: &StoreOptions) -> Result<Box<dyn Fill>, StoreError> {
    Ok(Box::new(Filling::begin(Sled::open(options)?)?))
}

/// The last byte of a stored value: the value itself precedes it.
const WHOLE: u8 = 0;
/// The last byte of a stored value: what precedes it is a [`Chunked`].
const CHUNKED: u8 = 1;

// Fields are dropped in this order: the lock is given up last.
#[derive(Debug)]
struct Sled {
    database: Db,
    file: File,
    /// How many chunks the keys with large values have; used by the committer only.
    chunks: Mutex<HashMap<Key, u32>>,
    folder: Folder,
}

impl Sled {
    fn open(options: &StoreOptions) -> Result<Self, StoreError> {
        let folder = Folder::open(&options.folder, "sled")?;
        let file_path = folder.data().join("db");
        let cache = match options.cache_bytes {
            0 => CACHE_BYTES_DEFAULT,
            bytes => bytes,
        };
        let config = sled::Config::new()
            .path(folder.data())
            .mode(Mode::LowSpace)
            .cache_capacity(cache)
            .flush_every_ms(Some(200));
        let database = opened(&config, &folder)?;
        let file = File::open(&file_path).map_err(|error| failed("open", &file_path, &error))?;
        let chunks = Mutex::new(chunk_counts(&database)?);
        Ok(Self {
            database,
            file,
            chunks,
            folder,
        })
    }

    /// The value as it was put.
    fn whole(&self, key: &[u8], stored: &[u8]) -> Result<Vec<u8>, StoreError> {
        match stored.split_last() {
            Some((&WHOLE, value)) => Ok(value.to_vec()),
            Some((&CHUNKED, header)) => Chunked::decode(header)
                .ok_or_else(|| StoreError::damaged(key, "malformed header of a large value"))?
                .join(&self.database, key),
            _ => Err(StoreError::damaged(key, "unknown kind of value")),
        }
    }
}

impl Medium for Sled {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let stored = self
            .database
            .get(key)
            .map_err(|error| failed_read(&error))?;
        stored.map(|stored| self.whole(key, &stored)).transpose()
    }

    fn scan(
        &self,
        range: &KeyRange,
        direction: Direction,
        visit: &mut Visit<'_>,
    ) -> Result<(), StoreError> {
        let mut entries = self.database.range::<&[u8], _>(&*range.start..&*range.end);
        loop {
            let next = match direction {
                Direction::Forward => entries.next(),
                Direction::Backward => entries.next_back(),
            };
            let Some(entry) = next else {
                return Ok(());
            };
            let (key, stored) = entry.map_err(|error| failed_read(&error))?;
            let flow = match stored.split_last() {
                Some((&WHOLE, value)) => visit(&key, value),
                _ => visit(&key, &self.whole(&key, &stored)?),
            };
            if flow.is_break() {
                return Ok(());
            }
        }
    }

    fn apply(&self, writes: Writes) -> Result<(), CommitError> {
        let mut batch = sled::Batch::default();
        let mut chunks = self.chunks.lock();
        for (key, value) in writes {
            if let Some(count) = chunks.remove(&key) {
                for number in 0..count {
                    batch.remove(chunk_key(&key, number));
                }
                batch.remove(chunked_key(&key));
            }
            match value {
                None => batch.remove(key),
                Some(value) if value.len() > CHUNK_BYTES_MAX => {
                    let count = put_chunks(&mut batch, &key, &value);
                    chunks.insert(key, count);
                }
                Some(mut value) => {
                    value.push(WHOLE);
                    batch.insert(key, value);
                }
            }
        }
        self.database
            .apply_batch(batch)
            .map_err(|error| failed_write(&error))
    }

    fn flush(&self) -> Result<(), CommitError> {
        self.database
            .flush()
            .map_err(|error| failed_write(&error))?;
        self.file.sync_data().map_err(|error| failed_sync(&error))
    }

    fn folder(&self) -> Option<&Folder> {
        Some(&self.folder)
    }
}

/// What is stored under the key of a large value: its length and checksum. The chunks lie under
/// keys of their own; [`Keyspace::ChunkedKey`] lists the keys that have any.
struct Chunked {
    length: usize,
    checksum: u32,
}

impl Chunked {
    fn encode(&self) -> Vec<u8> {
        let mut header = Vec::with_capacity(16);
        put_number(&mut header, self.length as u64);
        header.extend_from_slice(&self.checksum.to_le_bytes());
        header
    }

    fn decode(header: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(header);
        let length = usize::try_from(reader.number()?).ok()?;
        let checksum = u32::from_le_bytes(reader.take(4)?.try_into().ok()?);
        reader.is_at_end().then_some(Self { length, checksum })
    }

    /// Puts the chunks together again.
    fn join(&self, database: &Db, key: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut value = Vec::new();
        let range = key::prefix_range(&chunks_prefix(key));
        for entry in database.range(range.start..range.end) {
            let (_, chunk) = entry.map_err(|error| failed_read(&error))?;
            value.extend_from_slice(&chunk);
        }
        if value.len() != self.length || crc32fast::hash(&value) != self.checksum {
            return Err(StoreError::damaged(
                key,
                "the parts of a large value do not fit together",
            ));
        }
        Ok(value)
    }
}

fn put_chunks(batch: &mut sled::Batch, key: &[u8], value: &[u8]) -> u32 {
    let mut count = 0;
    for chunk in value.chunks(CHUNK_BYTES_MAX) {
        batch.insert(chunk_key(key, count), chunk);
        count += 1;
    }
    let mut header = Chunked {
        length: value.len(),
        checksum: crc32fast::hash(value),
    }
    .encode();
    header.push(CHUNKED);
    batch.insert(key, header);
    batch.insert(chunked_key(key), &count.to_le_bytes());
    count
}

fn chunk_counts(database: &Db) -> Result<HashMap<Key, u32>, StoreError> {
    let range = Keyspace::ChunkedKey.range();
    database
        .range(range.start..range.end)
        .map(|entry| {
            let (listed, count): (IVec, IVec) = entry.map_err(|error| failed_read(&error))?;
            let count = (*count).try_into().map(u32::from_le_bytes);
            let count =
                count.map_err(|_| StoreError::damaged(&listed, "not a number of chunks"))?;
            Ok((listed.get(1..).unwrap_or_default().to_vec(), count))
        })
        .collect()
}

fn chunked_key(key: &[u8]) -> Key {
    let mut listed = vec![Keyspace::ChunkedKey as u8];
    listed.extend_from_slice(key);
    listed
}

/// The length precedes the key, so that no key's chunks lie among another's.
fn chunks_prefix(key: &[u8]) -> Key {
    let mut prefix = vec![Keyspace::Chunk as u8];
    prefix.extend_from_slice(&u32::try_from(key.len()).unwrap_or(u32::MAX).to_be_bytes());
    prefix.extend_from_slice(key);
    prefix
}

fn chunk_key(key: &[u8], number: u32) -> Key {
    let mut chunk = chunks_prefix(key);
    chunk.extend_from_slice(&number.to_be_bytes());
    chunk
}

/// The database in a folder that is ours: where its file is still locked, threads of a database
/// that this process closed are about to end (sled does not wait for them).
fn opened(config: &sled::Config, folder: &Folder) -> Result<Db, StoreError> {
    let patience = Instant::now() + Duration::from_millis(SLED_CLOSING_MILLISECONDS_MAX);
    loop {
        // sled panics on some kinds of damage.
        let database = panic::catch_unwind(AssertUnwindSafe(|| config.open()))
            .map_err(|panic| unreadable(folder.data(), &reason_of(panic.as_ref())))?;
        match database {
            Err(error) if is_locked(&error) && Instant::now() < patience => {
                thread::sleep(Duration::from_millis(SLED_CLOSING_LOOK_MILLISECONDS));
            }
            opened => return opened.map_err(|error| not_opened(folder.data(), &error)),
        }
    }
}

/// sled has no kind of its own for it.
fn is_locked(error: &sled::Error) -> bool {
    let sled::Error::Io(error) = error else {
        return false;
    };
    error.to_string().starts_with("could not acquire lock")
}

fn not_opened(path: &Path, error: &sled::Error) -> StoreError {
    match error {
        sled::Error::Io(error) => failed_open(path, error),
        other => unreadable(path, &other.to_string()),
    }
}

/// What sled said when it gave up.
fn reason_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no reason");
    text.to_owned()
}

fn failed_read(error: &sled::Error) -> StoreError {
    StoreError::Engine(format!("sled cannot read: {error}"))
}

fn failed_write(error: &sled::Error) -> CommitError {
    match error {
        sled::Error::Io(error) if error.kind() == io::ErrorKind::StorageFull => {
            CommitError::DiskFull
        }
        other => StoreError::Engine(format!("sled cannot write: {other}")).into(),
    }
}

fn failed_sync(error: &io::Error) -> CommitError {
    if error.kind() == io::ErrorKind::StorageFull {
        return CommitError::DiskFull;
    }
    StoreError::Engine(format!("cannot sync the database file: {error}")).into()
}
