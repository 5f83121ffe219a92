//! Blobs in the database itself, in pieces that every store takes.
//!
//! - The pieces are committed before the head that makes them a blob, in commits of a limited size;
//!   so a blob is never seen half written, and the queue of writes is never held up for long.
//! - A blob that is removed or replaced loses its head at once, and its pieces when nobody reads
//!   them any more. Pieces that a crash left without a head are found at the next start.
//! - Each piece carries a checksum: damaged bytes are an error, never wrong content.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use luge_model::limits::{BLOB_CHUNK_BYTES, BLOB_COMMIT_CHUNKS, BLOB_LIST_KEYS};
use parking_lot::Mutex;

use super::blob::{Blob, BlobPath, BlobStore, Listed, VisitBlob};
use super::upload::Spool;
use crate::clock::Clock;
use crate::commit::{Committer, Proposal};
use crate::store::{CommitError, Direction, Guard, Key, KeyRange, StoreError, codec, key};

/// The version of a stored head.
const VERSION: u8 = 1;

/// The blobs of a database.
#[derive(Debug)]
pub(super) struct Database {
    committer: Arc<Committer>,
    clock: Arc<dyn Clock>,
    /// Numbers from here on are of this process.
    first: u64,
    readers: Arc<Readers>,
    /// Blobs without a head whose pieces are yet to be removed.
    gone: Mutex<BTreeSet<u64>>,
    /// Whether pieces of earlier processes were looked at.
    looked: AtomicBool,
}

/// How many read the pieces of a blob.
type Readers = Mutex<HashMap<u64, usize>>;

/// What is known of a blob beside its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Head {
    number: u64,
    length: u64,
    /// When it was stored, in milliseconds since 1970.
    modified: u64,
}

impl Database {
    /// The blobs of the database that is written by `committer`.
    pub(super) fn new(committer: Arc<Committer>, clock: Arc<dyn Clock>) -> Self {
        Self {
            first: committer.serial(),
            committer,
            clock,
            readers: Arc::default(),
            gone: Mutex::default(),
            looked: AtomicBool::new(false),
        }
    }

    fn head(&self, path: &BlobPath) -> io::Result<Option<Head>> {
        let key = key::blob(&path.key());
        match self.committer.store().get(&key).map_err(unreadable)? {
            None => Ok(None),
            Some(bytes) => Head::decode(&bytes).map(Some).ok_or_else(|| {
                let name = key::readable(&key);
                io::Error::new(io::ErrorKind::InvalidData, format!("damaged: {name}"))
            }),
        }
    }

    /// Writes the pieces and says how long they are together.
    fn write_pieces(&self, number: u64, mut source: impl Read) -> io::Result<u64> {
        let (mut length, mut index, mut proposal) = (0, 0, Proposal::default());
        loop {
            let mut piece = Vec::with_capacity(BLOB_CHUNK_BYTES);
            let limit = BLOB_CHUNK_BYTES as u64;
            source.by_ref().take(limit).read_to_end(&mut piece)?;
            let ended = piece.len() < BLOB_CHUNK_BYTES;
            if !piece.is_empty() {
                length += piece.len() as u64;
                let key = key::blob_chunk(number, index);
                proposal.puts.push((key, sealed(&piece)));
                index += 1;
            }
            if proposal.puts.len() >= BLOB_COMMIT_CHUNKS || ended {
                self.commit(&std::mem::take(&mut proposal))?;
            }
            if ended {
                return Ok(length);
            }
        }
    }

    /// Sets the head of a blob; gives the number that was there before.
    fn write_head(&self, path: &BlobPath, head: Head) -> io::Result<Option<u64>> {
        let key = key::blob(&path.key());
        loop {
            let before = self.head(path)?;
            let guard = match before {
                None => Guard::Absent(key.clone()),
                Some(before) => Guard::Unchanged {
                    key: key.clone(),
                    prefix: before.encode(),
                },
            };
            let proposal = Proposal {
                guards: vec![guard],
                puts: vec![(key.clone(), head.encode())],
                ..Proposal::default()
            };
            match self.committer.commit_in_background(&proposal) {
                // Somebody else replaced it at the same time.
                Err(CommitError::Guard(_)) => {}
                outcome => {
                    return outcome
                        .map_err(refused)
                        .map(|_| before.map(|before| before.number));
                }
            }
        }
    }

    fn commit(&self, proposal: &Proposal) -> io::Result<()> {
        if proposal.puts.is_empty() && proposal.deletes.is_empty() {
            return Ok(());
        }
        let committed = self.committer.commit_in_background(proposal);
        committed.map(|_| ()).map_err(refused)
    }

    /// The heads in a range of keys, a page at a time.
    fn heads(
        &self,
        range: KeyRange,
        visit: &mut dyn FnMut(&str, Head) -> io::Result<bool>,
    ) -> io::Result<()> {
        let mut rest = Some(range);
        while let Some(range) = rest {
            let mut page = Vec::new();
            let store = self.committer.store();
            let scanned = store.scan(
                &range,
                Direction::Forward,
                BLOB_LIST_KEYS,
                &mut |key, value| {
                    let found = key::blob_path(key).zip(Head::decode(value));
                    page.extend(found.map(|(path, head)| (path.to_owned(), head)));
                    ControlFlow::Continue(())
                },
            );
            rest = scanned.map_err(unreadable)?;
            for (path, head) in page {
                if !visit(&path, head)? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Notes the pieces of earlier processes that belong to no blob.
    fn look_for_orphans(&self) -> io::Result<()> {
        let mut numbers = HashSet::new();
        let mut from = 0;
        while let Some(number) = self.next_number(from)?.filter(|found| *found < self.first) {
            numbers.insert(number);
            from = number + 1;
        }
        if numbers.is_empty() {
            return Ok(());
        }
        self.heads(key::blob_range(None), &mut |_, head| {
            numbers.remove(&head.number);
            Ok(true)
        })?;
        self.gone.lock().extend(numbers);
        Ok(())
    }

    /// The first number from `from` on that has pieces.
    fn next_number(&self, from: u64) -> io::Result<Option<u64>> {
        let mut found = None;
        let range = key::blob_chunks_from(from);
        let store = self.committer.store();
        let scanned = store.scan(&range, Direction::Forward, 1, &mut |key, _| {
            found = key::blob_chunk_number(key);
            ControlFlow::Break(())
        });
        scanned.map_err(unreadable).map(|_| found)
    }

    fn remove_pieces(&self, number: u64) -> io::Result<()> {
        loop {
            let mut keys: Vec<Key> = Vec::new();
            let range = key::blob_chunk_range(number);
            let store = self.committer.store();
            let mut collect = |key: &[u8], _: &[u8]| {
                keys.push(key.to_vec());
                ControlFlow::Continue(())
            };
            let scanned = store.scan(&range, Direction::Forward, BLOB_COMMIT_CHUNKS, &mut collect);
            scanned.map_err(unreadable)?;
            if keys.is_empty() {
                return Ok(());
            }
            self.commit(&Proposal {
                deletes: keys,
                ..Proposal::default()
            })?;
        }
    }

    /// Removes the pieces of blobs without a head that nobody reads.
    fn remove_gone(&self) -> io::Result<()> {
        let unread: Vec<u64> = {
            let readers = self.readers.lock();
            let gone = self.gone.lock();
            let unread = gone.iter().filter(|number| !readers.contains_key(number));
            unread.copied().collect()
        };
        for number in unread {
            self.remove_pieces(number)?;
            self.gone.lock().remove(&number);
        }
        Ok(())
    }
}

impl BlobStore for Database {
    fn put(&self, path: &BlobPath, spool: &Spool) -> io::Result<()> {
        let number = self.committer.serial();
        let stored = self.write_pieces(number, spool.read()?).and_then(|length| {
            let head = Head {
                number,
                length,
                modified: u64::try_from(self.clock.now().0).unwrap_or_default(),
            };
            self.write_head(path, head)
        });
        match stored {
            Ok(before) => {
                self.gone.lock().extend(before);
                self.remove_gone()
            }
            Err(error) => {
                self.gone.lock().insert(number);
                Err(error)
            }
        }
    }

    fn open(&self, path: &BlobPath) -> io::Result<Option<Box<dyn Blob>>> {
        // The head is read while the readers are held, so that its pieces cannot go in between.
        let mut readers = self.readers.lock();
        let Some(head) = self.head(path)? else {
            return Ok(None);
        };
        *readers.entry(head.number).or_default() += 1;
        Ok(Some(Box::new(Opened {
            committer: Arc::clone(&self.committer),
            readers: Arc::clone(&self.readers),
            head,
        })))
    }

    fn remove(&self, path: &BlobPath) -> io::Result<()> {
        let mut proposal = Proposal::default();
        let mut numbers = Vec::new();
        let mut add = |path: &str, head: Head| {
            proposal.deletes.push(key::blob(path));
            numbers.push(head.number);
        };
        if let Some(head) = self.head(path)? {
            add(&path.key(), head);
        }
        if !path.is_preview() {
            let (collection, record) = (path.collection(), path.record());
            let folder = format!("{collection}/{record}/{}", path.preview_folder());
            self.heads(key::blob_range(Some(&folder)), &mut |path, head| {
                add(path, head);
                Ok(true)
            })?;
        }
        self.commit(&proposal)?;
        self.gone.lock().extend(numbers);
        self.remove_gone()
    }

    fn list(&self, collection: Option<&str>, visit: &mut VisitBlob<'_>) -> io::Result<()> {
        self.heads(key::blob_range(collection), &mut |path, head| {
            let bytes = head.length;
            match BlobPath::parse(path) {
                Some(path) => visit(&Listed { path, bytes }),
                None => Ok(true),
            }
        })
    }

    fn reclaim(&self) -> io::Result<()> {
        if !self.looked.load(Ordering::Acquire) {
            self.look_for_orphans()?;
            self.looked.store(true, Ordering::Release);
        }
        self.remove_gone()
    }
}

impl Head {
    fn encode(self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        for number in [self.number, self.length, self.modified] {
            codec::put_number(&mut bytes, number);
        }
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (version, rest) = bytes.split_first()?;
        let mut reader = codec::Reader::new(rest);
        let head = Self {
            number: reader.number()?,
            length: reader.number()?,
            modified: reader.number()?,
        };
        (*version == VERSION && reader.is_at_end()).then_some(head)
    }
}

/// A piece with its checksum before it.
fn sealed(piece: &[u8]) -> Vec<u8> {
    let mut bytes = crc32fast::hash(piece).to_le_bytes().to_vec();
    bytes.extend_from_slice(piece);
    bytes
}

fn unsealed(bytes: &[u8]) -> Option<&[u8]> {
    let (sum, piece) = bytes.split_first_chunk()?;
    (crc32fast::hash(piece) == u32::from_le_bytes(*sum)).then_some(piece)
}

/// An open blob.
#[derive(Debug)]
struct Opened {
    committer: Arc<Committer>,
    readers: Arc<Readers>,
    head: Head,
}

impl Blob for Opened {
    fn length(&self) -> u64 {
        self.head.length
    }

    fn modified(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.head.modified)
    }

    fn read(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let end = offset.saturating_add(length as u64).min(self.head.length);
        if offset >= end {
            return Ok(Vec::new());
        }
        let size = BLOB_CHUNK_BYTES as u64;
        let first = offset / size;
        let keys: Vec<Key> = (first..=(end - 1) / size)
            .map(|index| key::blob_chunk(self.head.number, index))
            .collect();
        let found = self.committer.store().get_many(&keys).map_err(unreadable)?;
        let mut bytes = Vec::with_capacity(length);
        for (key, value) in keys.iter().zip(found) {
            let piece = value.as_deref().and_then(unsealed).ok_or_else(|| {
                let name = key::readable(key);
                io::Error::new(io::ErrorKind::InvalidData, format!("damaged: {name}"))
            })?;
            bytes.extend_from_slice(piece);
        }
        let skipped = usize::try_from(offset - first * size).unwrap_or(usize::MAX);
        bytes.drain(..skipped.min(bytes.len()));
        bytes.truncate(usize::try_from(end - offset).unwrap_or(usize::MAX));
        Ok(bytes)
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        let mut readers = self.readers.lock();
        if let Some(count) = readers.get_mut(&self.head.number) {
            *count -= 1;
            if *count == 0 {
                readers.remove(&self.head.number);
            }
        }
    }
}

fn unreadable(error: StoreError) -> io::Error {
    io::Error::other(error)
}

fn refused(error: CommitError) -> io::Error {
    match error {
        CommitError::DiskFull => io::ErrorKind::StorageFull.into(),
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests;
