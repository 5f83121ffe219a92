//! What all embedded stores share: one committer thread, and reads that never see half a batch.
//!
//! - Only the committer thread applies and flushes ([`super::group`]).
//! - It applies a group under the write side of a fair lock; reads hold the read side. Flushing
//!   holds nothing.
//! - After an engine failed to apply or flush, nothing is written any more: what is on disk is no
//!   longer known. Reads go on.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use luge_model::limits::{ANNOUNCEMENTS_MAX, COMMIT_QUEUE_MAX};
use parking_lot::{Mutex, RwLock};
use tokio::sync::{broadcast, oneshot, watch};

use super::folder::Folder;
use super::frozen::{At, Views};
use super::group::{Committing, Message, Waiting};
use super::key;
use super::{
    Announced, Batch, CommitError, CommitFuture, Direction, Durability, Frozen, Key, KeyRange,
    ReadStore, Sequence, Store, StoreError, Visit, codec,
};

/// The version of everything below the [`Store`] trait and of the keys; checked when a store opens.
pub const FORMAT: u32 = 1;

/// What a group writes: `Some` sets a value, `None` removes it.
pub type Writes = BTreeMap<Key, Option<Vec<u8>>>;

/// The engine below an embedded store. Only the committer thread calls `apply` and `flush`.
pub trait Medium: fmt::Debug + Send + Sync + 'static {
    /// The value of a key.
    ///
    /// # Errors
    /// When the engine fails.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Visits a range until the visitor breaks off.
    ///
    /// # Errors
    /// When the engine fails.
    fn scan(
        &self,
        range: &KeyRange,
        direction: Direction,
        visit: &mut Visit<'_>,
    ) -> Result<(), StoreError>;

    /// Applies all writes in one step that survives a crash whole or not at all.
    ///
    /// # Errors
    /// When the engine fails; what was applied is then unknown.
    fn apply(&self, writes: Writes) -> Result<(), CommitError>;

    /// Makes everything applied survive a power loss.
    ///
    /// # Errors
    /// When the engine fails; what is on disk is then unknown.
    fn flush(&self) -> Result<(), CommitError>;

    /// Where it keeps its files; none for a medium in memory.
    fn folder(&self) -> Option<&Folder> {
        None
    }

    /// Room left on the disk, in bytes; `None` for a medium in memory.
    fn free_bytes(&self) -> Option<io::Result<u64>> {
        self.folder().map(Folder::free_bytes)
    }

    /// Complains about a scan that makes no sense.
    fn check_scan(&self, range: &KeyRange, limit: usize) {
        let _ = (range, limit);
    }

    /// Complains about a batch that makes no sense.
    fn check_batch(&self, batch: &Batch) {
        let _ = batch;
    }
}

/// What the readers and the committer thread share.
#[derive(Debug)]
pub(super) struct Shared<M> {
    pub(super) medium: M,
    /// Held for writing while a group is applied.
    pub(super) gate: RwLock<()>,
    pub(super) views: Views,
    pub(super) durable: watch::Sender<Sequence>,
    pub(super) announcements: broadcast::Sender<Announced>,
    pub(super) queued: AtomicUsize,
    pub(super) closed: AtomicBool,
}

/// A store on one medium.
pub struct Embedded<M: Medium> {
    shared: Arc<Shared<M>>,
    queue: SyncSender<Message>,
    committer: Mutex<Option<JoinHandle<()>>>,
}

impl<M: Medium> Embedded<M> {
    /// Checks the format of the medium, continues its sequence and starts the committer thread.
    ///
    /// # Errors
    /// When the format is another one, or the medium or the operating system fails.
    pub fn open(medium: M, durability: Durability) -> Result<Self, StoreError> {
        check_format(&medium)?;
        let last = last_sequence(&medium)?;
        let (queue, received) = sync_channel(COMMIT_QUEUE_MAX);
        let shared = Arc::new(Shared {
            medium,
            gate: RwLock::new(()),
            views: Views::default(),
            durable: watch::Sender::new(last),
            announcements: broadcast::Sender::new(ANNOUNCEMENTS_MAX),
            queued: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
        });
        let committing = Committing::new(Arc::clone(&shared), received, durability, last);
        let committer = committing
            .start()
            .map_err(|error| StoreError::Engine(format!("no committer thread: {error}")))?;
        Ok(Self {
            shared,
            queue,
            committer: Mutex::new(Some(committer)),
        })
    }
}

impl<M: Medium> fmt::Debug for Embedded<M> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("Embedded")
            .field(&self.shared.medium)
            .finish()
    }
}

impl<M: Medium> ReadStore for Embedded<M> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        refuse_inside_scan()?;
        let _reading = self.shared.gate.read();
        self.shared.medium.get(key)
    }

    fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        refuse_inside_scan()?;
        let _reading = self.shared.gate.read();
        keys.iter().map(|key| self.shared.medium.get(key)).collect()
    }

    fn scan(
        &self,
        range: &KeyRange,
        direction: Direction,
        limit: usize,
        visit: &mut Visit<'_>,
    ) -> Result<Option<KeyRange>, StoreError> {
        self.shared.medium.check_scan(range, limit);
        if range.start >= range.end {
            return Ok(None);
        }
        if limit == 0 {
            return Ok(Some(range.clone()));
        }
        let _scanning = Scanning::begin()?;
        let _reading = self.shared.gate.read();
        let mut visited = 0;
        let mut rest = None;
        let mut last = Key::new();
        self.shared
            .medium
            .scan(range, direction, &mut |key, value| {
                if visited == limit {
                    rest = Some(range.beyond(direction, &last));
                    return ControlFlow::Break(());
                }
                visited += 1;
                if visited == limit {
                    last = key.to_vec();
                }
                visit(key, value)
            })?;
        Ok(rest)
    }
}

impl<M: Medium> Store for Embedded<M> {
    fn frozen(&self) -> Result<Box<dyn Frozen>, StoreError> {
        refuse_inside_scan()?;
        let _reading = self.shared.gate.read();
        let sequence = stored_sequence(&self.shared.medium)?;
        Ok(Box::new(At::begin(&self.shared, sequence)))
    }

    fn commit(&self, batch: Batch) -> CommitFuture {
        self.shared.medium.check_batch(&batch);
        if self.shared.closed.load(Ordering::Acquire) {
            return answered(CommitError::Closed);
        }
        let (answer, answered_later) = oneshot::channel();
        self.shared.queued.fetch_add(1, Ordering::Relaxed);
        let sent = self
            .queue
            .try_send(Message::Commit(Waiting { batch, answer }));
        if let Err(refused) = sent {
            self.shared.queued.fetch_sub(1, Ordering::Relaxed);
            return answered(match refused {
                TrySendError::Full(_) => {
                    metrics::counter!("luge_store_refused_total", "reason" => "busy").increment(1);
                    CommitError::Busy
                }
                TrySendError::Disconnected(_) => CommitError::Closed,
            });
        }
        Box::pin(async move { answered_later.await.unwrap_or(Err(CommitError::Closed)) })
    }

    fn durable(&self) -> watch::Receiver<Sequence> {
        self.shared.durable.subscribe()
    }

    fn announcements(&self) -> broadcast::Receiver<Announced> {
        self.shared.announcements.subscribe()
    }

    fn size_on_disk(&self) -> Result<u64, StoreError> {
        self.shared.medium.folder().map_or(Ok(0), Folder::size)
    }

    fn close(&self) -> Result<(), StoreError> {
        self.shared.closed.store(true, Ordering::Release);
        let Some(committer) = self.committer.lock().take() else {
            return Ok(());
        };
        let (answer, mut outcome) = oneshot::channel();
        // A committer that is gone has nothing left to write; joining tells whether it died.
        let _ = self.queue.send(Message::Close(answer));
        if committer.join().is_err() {
            return Err(StoreError::Engine("the committer thread died".to_owned()));
        }
        outcome.try_recv().unwrap_or(Ok(()))
    }
}

impl<M: Medium> Drop for Embedded<M> {
    fn drop(&mut self) {
        if let Err(error) = self.close() {
            tracing::error!(%error, "the store was not closed cleanly");
        }
    }
}

thread_local! {
    static IN_SCAN: Cell<bool> = const { Cell::new(false) };
}

/// Marks that this thread is inside a scan. A visitor that reads would wait for a commit that
/// waits for the scan.
pub(super) struct Scanning;

impl Scanning {
    pub(super) fn begin() -> Result<Self, StoreError> {
        refuse_inside_scan()?;
        IN_SCAN.set(true);
        Ok(Self)
    }
}

impl Drop for Scanning {
    fn drop(&mut self) {
        IN_SCAN.set(false);
    }
}

pub(super) fn refuse_inside_scan() -> Result<(), StoreError> {
    if IN_SCAN.get() {
        return Err(StoreError::Engine(
            "a scan's visitor must not read the store".to_owned(),
        ));
    }
    Ok(())
}

fn answered(error: CommitError) -> CommitFuture {
    Box::pin(std::future::ready(Err(error)))
}

fn check_format(medium: &impl Medium) -> Result<(), StoreError> {
    let key = key::meta("format");
    match medium.get(&key)? {
        Some(bytes) => {
            let found = bytes.as_slice().try_into().map(u32::from_le_bytes);
            let found = found.map_err(|_| StoreError::damaged(&key, "not a format version"))?;
            if found != FORMAT {
                return Err(StoreError::Format {
                    found,
                    expected: FORMAT,
                });
            }
        }
        None => write_format(medium, key)?,
    }
    if let Some(new) = medium.folder().filter(|folder| folder.is_new()) {
        new.mark_used()?;
    }
    Ok(())
}

/// Begins a database, only where there is none: one that lost its content must not start empty.
fn write_format(medium: &impl Medium, key: Key) -> Result<(), StoreError> {
    let mut is_empty = true;
    let everything = KeyRange {
        start: vec![0],
        end: vec![u8::MAX; 2],
    };
    medium.scan(&everything, Direction::Forward, &mut |_, _| {
        is_empty = false;
        ControlFlow::Break(())
    })?;
    let is_used = medium.folder().is_some_and(|folder| !folder.is_new());
    if is_used || !is_empty {
        return Err(StoreError::damaged(
            &key,
            "the database lost its format version, so it may have lost more: restore a backup",
        ));
    }
    let writes = Writes::from([(key, Some(FORMAT.to_le_bytes().to_vec()))]);
    medium
        .apply(writes)
        .and_then(|()| medium.flush())
        .map_err(|error| StoreError::Engine(format!("cannot write the first value: {error}")))
}

/// The last sequence of the store: kept beside the log, which may be trimmed. Engines that find
/// damage cut off what follows it without a word, so it is compared with the note.
fn last_sequence(medium: &impl Medium) -> Result<Sequence, StoreError> {
    let last = stored_sequence(medium)?.0;
    let noted = medium
        .folder()
        .map_or(Ok(Sequence(0)), Folder::noted_durable)?
        .0;
    if noted > last {
        let reason = format!(
            "the database ends at commit {last}, but commit {noted} was acknowledged: restore a \
             backup, or remove the file `durable` to go on without what was lost"
        );
        return Err(StoreError::damaged(&sequence_key(), &reason));
    }
    Ok(Sequence(last))
}

/// The last commit that was applied.
fn stored_sequence(medium: &impl Medium) -> Result<Sequence, StoreError> {
    let key = sequence_key();
    let Some(bytes) = medium.get(&key)? else {
        return Ok(Sequence(0));
    };
    codec::counter_value(&bytes)
        .and_then(|last| u64::try_from(last).ok())
        .map(Sequence)
        .ok_or_else(|| StoreError::damaged(&key, "not a sequence"))
}

/// What every store writes by itself: its format and its last sequence.
pub(crate) fn own_keys() -> [Key; 2] {
    [key::meta("format"), sequence_key()]
}

pub(super) fn sequence_key() -> Key {
    key::meta("sequence")
}
