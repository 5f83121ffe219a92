//! What is stored, by collection: a survey that a job takes in the background, bit by bit.
//!
//! - Nobody waits for a survey: who asks is told the last one, and when it was taken.
//! - A step reads a bounded number of entries and bytes; commits and readers go on between two.
//! - A survey that leaves off goes on where it was. None outlives the process: the first one of a
//!   server is taken shortly after its start.
//! - Numbers of records, the sizes of the folders and the room on the disk are those of the moment.
//!   Collections that are gone are never told, whatever the last survey found of them.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use luge_model::collection::Collection;
use luge_model::id::CollectionNumber;
use luge_model::limits::SURVEY_TURN_MILLISECONDS;
use luge_model::timestamp::Timestamp;
use parking_lot::Mutex;

use crate::catalog::Catalog;
use crate::commit::Committer;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::files::{Files, disk_room};
use crate::store::{StoreError, codec, key};

mod folder;
#[cfg(test)]
mod tests;
mod walk;

use walk::{Found, Walk};

/// The service of surveys.
pub struct Survey {
    parts: Parts,
    last: Mutex<Last>,
    /// The survey under way; held for a whole turn.
    walk: Mutex<Option<Walk>>,
}

/// What surveys stand on.
pub struct Parts {
    /// Reads the store.
    pub committer: Arc<Committer>,
    /// What collections there are.
    pub catalog: Arc<Catalog>,
    /// Lists files.
    pub files: Arc<Files>,
    /// The data folder; its disk is asked for room.
    pub data: PathBuf,
    /// Where the index of searches is; need not exist.
    pub search: PathBuf,
}

#[derive(Default)]
struct Last {
    found: Option<Arc<Found>>,
    /// Whether one is asked for that has not begun.
    asked: bool,
    /// Whether one is under way.
    under_way: bool,
}

impl Last {
    fn is_wanted(&self) -> bool {
        self.asked || self.under_way
    }
}

/// What is stored.
#[derive(Clone, Debug)]
pub struct Stored {
    /// When the last survey ended; `None` before the first one did.
    pub taken: Option<Timestamp>,
    /// Whether another one is asked for or under way.
    pub surveying: bool,
    /// Every collection that has records, in the order of their creation.
    pub collections: Vec<CollectionStored>,
    /// Bytes of the database on the disk.
    pub database_bytes: u64,
    /// Bytes of the index of searches on the disk.
    pub search_bytes: u64,
    /// Bytes of the log of requests, within the database.
    pub request_log_bytes: Option<u64>,
    /// Bytes of the log of changes, within the database.
    pub change_log_bytes: Option<u64>,
    /// Room left on the disk of the data folder, in bytes.
    pub free_bytes: u64,
}

/// What is stored of a collection. `None` where no survey has seen it yet.
#[derive(Clone, Debug)]
pub struct CollectionStored {
    /// The definition.
    pub collection: Arc<Collection>,
    /// How many records it has now.
    pub records: u64,
    /// What a survey found in the database.
    pub bytes: Option<Bytes>,
    /// What a survey found of files; also `None` where their storage could not be asked.
    pub files: Option<FileBytes>,
}

/// What a collection takes within the database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bytes {
    /// Its records, with what belongs to them beside their fields, such as sessions.
    pub records: u64,
    /// Everything that follows from its records: indexes, references, order.
    pub indexes: u64,
}

/// The files of a collection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileBytes {
    /// How many there are.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// How many previews of images are kept.
    pub previews: u64,
    /// Their bytes.
    pub preview_bytes: u64,
}

impl Survey {
    /// The service over its parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self {
            parts,
            last: Mutex::default(),
            walk: Mutex::default(),
        }
    }

    /// What is stored, by the last survey. Looks into a folder of few files, so it may block.
    ///
    /// # Errors
    /// When the caller is not a superuser, or the store or the disk cannot be asked.
    pub fn told(&self, ctx: &Context) -> Result<Stored> {
        ctx.require_superuser()?;
        let (found, surveying) = {
            let last = self.last.lock();
            (last.found.clone(), last.is_wanted())
        };
        let snapshot = self.parts.catalog.snapshot();
        let mut collections = Vec::new();
        for collection in snapshot.all().iter().filter(|one| !one.is_view()) {
            collections.push(CollectionStored {
                records: self.records(collection.number)?,
                bytes: found.as_ref().and_then(|found| found.bytes(collection)),
                files: found.as_ref().and_then(|found| found.files(collection)),
                collection: Arc::clone(collection),
            });
        }
        let search_bytes = folder::bytes(&self.parts.search);
        Ok(Stored {
            taken: found.as_ref().and_then(|found| found.taken),
            surveying,
            collections,
            database_bytes: self.parts.committer.store().size_on_disk()?,
            search_bytes: search_bytes.map_err(|error| {
                let reason = format!("the folder of the search index cannot be read: {error}");
                Error::Store(StoreError::Engine(reason))
            })?,
            request_log_bytes: found.as_ref().map(|found| found.request_log),
            change_log_bytes: found.as_ref().map(|found| found.change_log),
            free_bytes: disk_room(&self.parts.data)?,
        })
    }

    /// Asks for a survey soon, also where one was taken lately.
    ///
    /// # Errors
    /// When the caller is not a superuser.
    pub fn ask(&self, ctx: &Context) -> Result<()> {
        ctx.require_superuser()?;
        self.last.lock().asked = true;
        Ok(())
    }

    /// Whether a survey is to begin or to go on soon.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        self.last.lock().is_wanted()
    }

    /// Goes on with a survey for a while, or begins one. May block.
    ///
    /// # Errors
    /// When the store fails; the survey begins anew the next time.
    pub fn take_turn(&self, now: Timestamp, stopping: &dyn Fn() -> bool) -> Result<()> {
        let mut walk = self.walk.lock();
        let mut current = walk.take().unwrap_or_else(|| {
            let mut last = self.last.lock();
            (last.asked, last.under_way) = (false, true);
            Walk::begin()
        });
        let until = Instant::now() + Duration::from_millis(SURVEY_TURN_MILLISECONDS);
        let leaves_off = || stopping() || Instant::now() >= until;
        let outcome = current.go_on(&self.parts, &leaves_off);
        if matches!(outcome, Ok(false)) {
            *walk = Some(current);
            return Ok(());
        }
        let mut last = self.last.lock();
        last.under_way = false;
        outcome?;
        last.found = Some(Arc::new(current.done(now)));
        Ok(())
    }

    fn records(&self, number: CollectionNumber) -> Result<u64> {
        let counter = self.parts.committer.store().get(&key::counter(number))?;
        let counted = counter.as_deref().and_then(codec::counter_value);
        Ok(counted.and_then(|it| u64::try_from(it).ok()).unwrap_or(0))
    }
}

impl Found {
    /// Collections that did not exist then are not known; those without anything have nothing.
    fn bytes(&self, collection: &Collection) -> Option<Bytes> {
        self.database.get(&collection.number).copied()
    }

    fn files(&self, collection: &Collection) -> Option<FileBytes> {
        self.files.get(&collection.number).copied().flatten()
    }
}

impl fmt::Debug for Survey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Survey").finish_non_exhaustive()
    }
}
