//! Whole collections kept in memory, so that views and scans touch no store.
//!
//! - A collection that is read by scan is loaded once and then fed by every commit, in commit
//!   order, before the commit is answered: who waited for a write reads it here.
//! - A mirrored collection is complete: a record that is not here does not exist.
//! - The total of all mirrored bytes is bounded; a collection that does not fit is read from the
//!   store, and the one read longest ago makes room for one that fits.
//! - What is newer is told by revision: revisions of one record grow in commit order.
//!
//! Locks. A filter that is evaluated while one collection is read looks up records of others, so
//! reads nest, and the committer waits for all of them. What keeps them from waiting in a circle:
//! - A reader inside [`Mirror::read`] never waits for a writer that is itself still waiting: a
//!   nested lock of a state is recursive. An outermost one takes its turn behind waiting writers,
//!   so that overlapping scans do not keep commits out.
//! - Whoever holds `loading` waits for no writer of a state but those that already hold it.
//! - `slots` and the references of a [`Resident`] are leaves: nothing is locked under them.
//! - Commits hold one lock at a time.
//!
//! A load under a nested read would hold up every commit, so look-ups never load: [`Mirror::warm`]
//! is called before the reading begins.

use std::cell::Cell;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use luge_model::id::{CollectionNumber, FieldNumber};
use luge_model::limits::STORE_PAGE_KEYS;
use luge_model::record::Record;
use parking_lot::{Mutex, RwLock, RwLockReadGuard};

use crate::commit::{CommittedChange, Observer};
use crate::error::{Error, Result};
use crate::store::{Direction, Store, StoreError, key};

mod resident;
mod shown;
#[cfg(test)]
mod tests;

pub use resident::Resident;
pub use shown::Shown;

/// What a commit did to one record: the state after it, `None` for a delete.
#[derive(Clone, Debug)]
struct Applied {
    id: String,
    after: Option<Record>,
}

impl Applied {
    fn to(self, resident: &mut Resident) {
        match self.after {
            Some(record) => resident.put(record),
            None => resident.remove(&self.id),
        }
    }
}

/// The mirrored collections.
#[derive(Debug)]
pub struct Mirror {
    store: Arc<dyn Store>,
    bytes_max: u64,
    /// How often a collection was read whole: the clock of [`Slot::last_use`].
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
        self.look(collection, |resident| resident.len() as u64)
    }

    /// Looks at a whole collection at one moment, if it is mirrored. Never loads.
    #[must_use]
    pub fn look<R>(
        &self,
        collection: CollectionNumber,
        looker: impl FnOnce(&Resident) -> R,
    ) -> Option<R> {
        let slot = self.slots.read().get(&collection).cloned()?;
        slot.touch(&self.uses);
        let state = slot.read();
        let _inside = Inside::enter();
        match &*state {
            State::Ready(resident) => Some(looker(resident)),
            State::Loading(_) | State::TooLarge => None,
        }
    }

    /// The current state of a record, if its collection is mirrored. Never loads.
    #[must_use]
    pub fn get(&self, collection: CollectionNumber, id: &str) -> Lookup {
        let Some(slot) = self.slots.read().get(&collection).cloned() else {
            return Lookup::Unknown;
        };
        slot.touch(&self.uses);
        match &*slot.read() {
            State::Ready(resident) => resident
                .get(id)
                .cloned()
                .map_or(Lookup::Missing, Lookup::Found),
            State::Loading(_) | State::TooLarge => Lookup::Unknown,
        }
    }

    /// The first `limit` records of `source`, in insertion order, whose relation `field` names
    /// `target`; `None` where the collection is not mirrored. Never loads.
    #[must_use]
    pub fn referring(
        &self,
        (source, field): (CollectionNumber, FieldNumber),
        target: &str,
        limit: usize,
    ) -> Option<Vec<Record>> {
        let slot = self.slots.read().get(&source).cloned()?;
        slot.touch(&self.uses);
        let (found, grown) = match &*slot.read() {
            State::Ready(resident) => resident.referring(field, target, limit),
            State::Loading(_) | State::TooLarge => return None,
        };
        if grown {
            self.make_room(source);
        }
        Some(found)
    }

    /// Loads a collection ahead of time, so that look-ups inside a read find it here.
    ///
    /// # Errors
    /// When the store fails or a record is damaged.
    pub fn warm(&self, collection: CollectionNumber) -> Result<()> {
        self.slot(collection).map(|_| ())
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
        let slot = self.slot(collection)?;
        self.uses.fetch_add(1, Ordering::Relaxed);
        slot.touch(&self.uses);
        let state = slot.read();
        let _inside = Inside::enter();
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

    /// The slot of a collection, loaded.
    fn slot(&self, collection: CollectionNumber) -> Result<Arc<Slot>> {
        let slot = self.slots.read().get(&collection).cloned();
        match slot {
            Some(slot) if !slot.is_loading() => Ok(slot),
            _ => self.load(collection),
        }
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
                noted
                    .into_iter()
                    .for_each(|change| change.to(&mut resident));
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
                return Err(Error::Store(StoreError::damaged(&key, reason)));
            }
            if resident.bytes() > self.bytes_max {
                return Ok(None);
            }
        }
        Ok(Some(resident))
    }

    /// Forgets the collections read longest ago until the rest fits; never `keep`.
    fn make_room(&self, keep: CollectionNumber) {
        while self.bytes() > self.bytes_max {
            let slots = self.slots.read().clone();
            let oldest = slots
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
    fn read(&self) -> RwLockReadGuard<'_, State> {
        if Inside::any() {
            self.state.read_recursive()
        } else {
            self.state.read()
        }
    }

    /// Readers on all processors do this for every record that they look up, so it writes nothing
    /// where it can be helped.
    fn touch(&self, uses: &AtomicU64) {
        let use_number = uses.load(Ordering::Relaxed);
        if self.last_use.load(Ordering::Relaxed) != use_number {
            self.last_use.store(use_number, Ordering::Relaxed);
        }
    }

    fn apply(&self, change: Applied, bytes_max: u64) {
        let mut state = self.state.write();
        match &mut *state {
            State::Loading(noted) => noted.push(change),
            State::Ready(resident) => {
                change.to(resident);
                if resident.bytes() > bytes_max {
                    *state = State::TooLarge;
                }
            }
            State::TooLarge => {}
        }
    }

    fn is_loading(&self) -> bool {
        matches!(&*self.read(), State::Loading(_))
    }

    /// Asked while `loading` is held, so it must not stand behind a waiting writer.
    fn bytes(&self) -> u64 {
        match &*self.state.read_recursive() {
            State::Ready(resident) => resident.bytes(),
            State::Loading(_) | State::TooLarge => 0,
        }
    }
}

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Marks the thread as being inside [`Mirror::read`], until it is dropped.
struct Inside {
    was_inside: bool,
}

impl Inside {
    fn enter() -> Self {
        Self {
            was_inside: INSIDE.replace(true),
        }
    }

    fn any() -> bool {
        INSIDE.get()
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.set(self.was_inside);
    }
}
