//! Whole collections kept in memory, so that views and scans touch no store.
//!
//! - A collection that is read by scan is loaded once and then fed by every commit, in commit
//!   order, before the commit is answered: who waited for a write reads it here.
//! - A mirrored collection is complete: a record that is not here does not exist.
//! - The total of all mirrored bytes is bounded; a collection that does not fit is read from the
//!   store, and the one read longest ago makes room for one that fits.
//! - What is newer is told by revision: revisions of one record grow in commit order.

use std::collections::{BTreeMap, HashMap};
use std::ops::{Bound, ControlFlow};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use luge_model::id::CollectionNumber;
use luge_model::limits::{MIRROR_RECORD_OVERHEAD_BYTES, STORE_PAGE_KEYS};
use luge_model::record::Record;
use parking_lot::{Mutex, RwLock};

use crate::commit::{CommittedChange, Observer};
use crate::error::{Error, Result};
use crate::store::{Direction, Store, StoreError, key};

/// What a commit did to one record: the state after it, `None` for a delete.
#[derive(Clone, Debug)]
struct Applied {
    id: String,
    after: Option<Record>,
}

/// The mirrored collections.
#[derive(Debug)]
pub struct Mirror {
    store: Arc<dyn Store>,
    bytes_max: u64,
    uses: AtomicU64,
    slots: RwLock<HashMap<CollectionNumber, Arc<Slot>>>,
    loading: Mutex<()>,
}

/// What the mirror knows of one record.
#[derive(Debug)]
pub enum Lookup {
    /// Its current state.
    Found(Record),
    /// It does not exist.
    Missing,
    /// The collection is not mirrored: ask the store.
    Unknown,
}

/// The records of one collection in memory.
#[derive(Debug, Default)]
pub struct Resident {
    by_rowid: BTreeMap<u64, Record>,
    rowids: HashMap<Box<str>, u64>,
    bytes: u64,
}

#[derive(Debug)]
struct Slot {
    last_use: AtomicU64,
    state: RwLock<State>,
}

#[derive(Debug)]
enum State {
    /// Commits are noted here while the records are read from the store.
    Loading(Vec<Applied>),
    Ready(Resident),
    /// Larger than the mirror may be; read from the store until the server restarts.
    TooLarge,
}

impl Mirror {
    /// An empty mirror of `store` that holds at most `bytes_max` bytes.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, bytes_max: u64) -> Self {
        Self {
            store,
            bytes_max,
            uses: AtomicU64::new(0),
            slots: RwLock::default(),
            loading: Mutex::default(),
        }
    }

    /// How many records a collection has, if it is mirrored. Never loads.
    #[must_use]
    pub fn len(&self, collection: CollectionNumber) -> Option<u64> {
        let slot = self.slots.read().get(&collection).cloned()?;
        match &*slot.state.read() {
            State::Ready(resident) => Some(resident.len() as u64),
            State::Loading(_) | State::TooLarge => None,
        }
    }

    /// The current state of a record, if its collection is mirrored. Never loads.
    #[must_use]
    pub fn get(&self, collection: CollectionNumber, id: &str) -> Lookup {
        let Some(slot) = self.slots.read().get(&collection).cloned() else {
            return Lookup::Unknown;
        };
        match &*slot.state.read() {
            State::Ready(resident) => resident
                .get(id)
                .cloned()
                .map_or(Lookup::Missing, Lookup::Found),
            State::Loading(_) | State::TooLarge => Lookup::Unknown,
        }
    }

    /// Reads a whole collection at one moment, loading it first where needed.
    /// `None` where it does not fit: read the store instead.
    ///
    /// # Errors
    /// When the store fails or a record is damaged.
    pub fn read<R>(
        &self,
        collection: CollectionNumber,
        reader: impl FnOnce(&Resident) -> R,
    ) -> Result<Option<R>> {
        let slot = self.slots.read().get(&collection).cloned();
        let slot = match slot {
            Some(slot) if !slot.is_loading() => slot,
            _ => self.load(collection)?,
        };
        slot.last_use
            .store(self.uses.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        let state = slot.state.read();
        Ok(match &*state {
            State::Ready(resident) => Some(reader(resident)),
            State::Loading(_) | State::TooLarge => None,
        })
    }

    /// Drops a collection, e.g. when it was deleted.
    pub fn forget(&self, collection: CollectionNumber) {
        self.slots.write().remove(&collection);
    }

    /// How many bytes are mirrored.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let slots: Vec<_> = self.slots.read().values().cloned().collect();
        slots.iter().map(|slot| slot.bytes()).sum()
    }

    /// Loads are one at a time, so that two readers do not read the same collection twice.
    fn load(&self, collection: CollectionNumber) -> Result<Arc<Slot>> {
        let _one_at_a_time = self.loading.lock();
        let known = self.slots.read().get(&collection).cloned();
        if let Some(slot) = known {
            return Ok(slot);
        }
        let slot = Arc::new(Slot {
            last_use: AtomicU64::new(self.uses.load(Ordering::Relaxed)),
            state: RwLock::new(State::Loading(Vec::new())),
        });
        // From here on every commit is noted; what the scan below sees is at least as new.
        self.slots.write().insert(collection, Arc::clone(&slot));
        let loaded = self
            .read_store(collection)
            .inspect_err(|_| self.forget(collection))?;
        let mut state = slot.state.write();
        let noted = match &mut *state {
            State::Loading(noted) => std::mem::take(noted),
            State::Ready(_) | State::TooLarge => Vec::new(),
        };
        *state = match loaded {
            Some(mut resident) => {
                noted.into_iter().for_each(|change| resident.apply(change));
                State::Ready(resident)
            }
            None => State::TooLarge,
        };
        drop(state);
        self.make_room(collection);
        Ok(slot)
    }

    fn read_store(&self, collection: CollectionNumber) -> Result<Option<Resident>> {
        let mut resident = Resident::default();
        let mut rest = Some(key::record_range(collection));
        while let Some(range) = rest {
            let mut damaged = None;
            let mut visit = |key: &[u8], value: &[u8]| match Record::open(value) {
                Ok(record) => {
                    resident.put(record);
                    ControlFlow::Continue(())
                }
                Err(error) => {
                    damaged = Some((key.to_vec(), error.to_string()));
                    ControlFlow::Break(())
                }
            };
            rest = self
                .store
                .scan(&range, Direction::Forward, STORE_PAGE_KEYS, &mut visit)?;
            if let Some((key, reason)) = damaged {
                let key = key::readable(&key);
                return Err(Error::Store(StoreError::Damaged { key, reason }));
            }
            if resident.bytes > self.bytes_max {
                return Ok(None);
            }
        }
        Ok(Some(resident))
    }

    /// Forgets the collections read longest ago until the rest fits; never `keep`.
    fn make_room(&self, keep: CollectionNumber) {
        while self.bytes() > self.bytes_max {
            let oldest = self
                .slots
                .read()
                .iter()
                .filter(|(number, slot)| **number != keep && slot.bytes() > 0)
                .min_by_key(|(_, slot)| slot.last_use.load(Ordering::Relaxed))
                .map(|(number, _)| *number);
            let Some(oldest) = oldest else { return };
            self.forget(oldest);
        }
    }
}

impl Observer for Mirror {
    fn committed(&self, changes: &[CommittedChange]) {
        for CommittedChange { change, after } in changes {
            let slot = self.slots.read().get(&change.collection).cloned();
            let Some(slot) = slot else { continue };
            let after = match after.as_deref().map(Record::open).transpose() {
                Ok(after) => after,
                Err(error) => {
                    tracing::error!(%error, record = change.record, "a commit wrote a bad record");
                    self.forget(change.collection);
                    continue;
                }
            };
            slot.apply(
                Applied {
                    id: change.record.clone(),
                    after,
                },
                self.bytes_max,
            );
        }
    }
}

impl Slot {
    fn apply(&self, change: Applied, bytes_max: u64) {
        let mut state = self.state.write();
        match &mut *state {
            State::Loading(noted) => noted.push(change),
            State::Ready(resident) => {
                resident.apply(change);
                if resident.bytes > bytes_max {
                    *state = State::TooLarge;
                }
            }
            State::TooLarge => {}
        }
    }

    fn is_loading(&self) -> bool {
        matches!(&*self.state.read(), State::Loading(_))
    }

    fn bytes(&self) -> u64 {
        match &*self.state.read() {
            State::Ready(resident) => resident.bytes,
            State::Loading(_) | State::TooLarge => 0,
        }
    }
}

impl Resident {
    /// A record by its id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Record> {
        self.rowids
            .get(id)
            .and_then(|rowid| self.by_rowid.get(rowid))
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_rowid.len()
    }

    /// Whether there is no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_rowid.is_empty()
    }

    /// All records in the order in which they were made.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Record> {
        self.by_rowid.values()
    }

    /// The records made after the one with this rowid.
    pub fn after(&self, rowid: u64) -> impl Iterator<Item = &Record> {
        self.by_rowid
            .range((Bound::Excluded(rowid), Bound::Unbounded))
            .map(|(_, record)| record)
    }

    fn apply(&mut self, change: Applied) {
        match change.after {
            Some(record) => self.put(record),
            None => self.remove(&change.id),
        }
    }

    fn put(&mut self, record: Record) {
        if self
            .get(record.id())
            .is_some_and(|known| known.revision() > record.revision())
        {
            return;
        }
        self.remove(record.id());
        self.bytes += footprint(&record);
        self.rowids.insert(record.id().into(), record.rowid());
        self.by_rowid.insert(record.rowid(), record);
    }

    fn remove(&mut self, id: &str) {
        let Some(rowid) = self.rowids.remove(id) else {
            return;
        };
        if let Some(record) = self.by_rowid.remove(&rowid) {
            self.bytes = self.bytes.saturating_sub(footprint(&record));
        }
    }
}

fn footprint(record: &Record) -> u64 {
    record.as_bytes().len() as u64 + MIRROR_RECORD_OVERHEAD_BYTES
}
