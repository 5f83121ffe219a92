//! What is being backed up or restored, how far that is, and what came of the last ones.
//!
//! - How far it is, whoever copies bytes counts in memory.
//! - What came of the last ones is a small file beside the backups, not in the database: a backup
//!   changes nothing of what it copies, a restore takes nothing of this back, and it can be told
//!   that the database failed.
//! - What cannot be noted is logged, and stops nothing. Where the data is kept in memory, so is
//!   this.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use luge_model::timestamp::Timestamp;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use super::INCOMING;
use crate::error::Error;
use crate::files::sync;

/// No backup can have this name.
pub(super) const FILE: &str = ".outcomes.json";

/// What is done with backups that takes long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Work {
    /// One is made.
    Backup,
    /// One is restored.
    Restore,
}

/// What goes on now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// What is done.
    pub work: Work,
    /// The name of the backup.
    pub key: String,
    /// When it began.
    pub began: Timestamp,
    /// Bytes that were copied so far, before they are packed.
    pub done: u64,
    /// About how many there are; exact once the database is copied.
    pub expected: u64,
}

/// A backup that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Success {
    /// Its name.
    pub key: String,
    /// When it was begun, in milliseconds since 1970.
    pub began: i64,
    /// How long it took.
    pub milliseconds: u64,
    /// Its bytes.
    pub size: u64,
    /// What was copied, before it was packed, in bytes: of the database.
    pub(super) dump_bytes: u64,
    /// The same, of files.
    pub(super) file_bytes: u64,
    /// What the database took on the disk, in bytes.
    pub(super) database_bytes: u64,
}

/// A backup that could not be made, or not be restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Failed {
    /// What was to be done.
    pub work: Work,
    /// The name of the backup.
    pub key: String,
    /// When it was begun, in milliseconds since 1970.
    pub began: i64,
    /// Why it failed, for a person.
    pub problem: String,
}

/// What is known of backups beside what they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// What goes on now.
    pub running: Option<Running>,
    /// The last backup that was made here.
    pub last_success: Option<Success>,
    /// What failed last.
    pub last_failure: Option<Failed>,
}

/// Keeps what is known.
#[derive(Debug)]
pub(super) struct Ledger {
    /// None where nothing is to outlive the process.
    folder: Option<PathBuf>,
    running: Mutex<Option<Begun>>,
    kept: Mutex<Kept>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Kept {
    last_success: Option<Success>,
    last_failure: Option<Failed>,
}

#[derive(Clone, Debug)]
struct Begun {
    work: Work,
    key: String,
    began: Timestamp,
    counted: Arc<Counted>,
}

/// Counts bytes that are copied.
#[derive(Debug, Default)]
pub(super) struct Counted {
    done: AtomicU64,
    expected: AtomicU64,
}

impl Counted {
    pub(super) fn add(&self, bytes: usize) {
        self.done.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn expect(&self, bytes: u64) {
        self.expected.store(bytes, Ordering::Relaxed);
    }

    /// So many more are to come.
    pub(super) fn expect_more(&self, bytes: u64) {
        self.expect(self.done.load(Ordering::Relaxed).saturating_add(bytes));
    }
}

/// Something that goes on until this is dropped.
#[derive(Debug)]
pub(super) struct Watched<'a> {
    ledger: &'a Ledger,
    begun: Begun,
    since: Instant,
}

impl Ledger {
    /// What is known in the folder of the backups, which need not exist.
    pub(super) fn open(folder: Option<PathBuf>) -> Self {
        let noted = folder.as_ref().map(|folder| fs::read(folder.join(FILE)));
        let kept = match noted.unwrap_or_else(|| Err(io::ErrorKind::NotFound.into())) {
            Ok(text) => serde_json::from_slice(&text).unwrap_or_else(|error| {
                tracing::warn!(%error, "what came of the last backups cannot be read");
                Kept::default()
            }),
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::warn!(%error, "what came of the last backups cannot be read");
                }
                Kept::default()
            }
        };
        Self {
            folder,
            running: Mutex::default(),
            kept: Mutex::new(kept),
        }
    }

    pub(super) fn status(&self) -> Status {
        let running = self.running.lock().clone().map(|begun| Running {
            work: begun.work,
            key: begun.key,
            began: begun.began,
            done: begun.counted.done.load(Ordering::Relaxed),
            expected: begun.counted.expected.load(Ordering::Relaxed),
        });
        let Kept {
            last_success,
            last_failure,
        } = self.kept.lock().clone();
        Status {
            running,
            last_success,
            last_failure,
        }
    }

    pub(super) fn last_success(&self) -> Option<Success> {
        self.kept.lock().last_success.clone()
    }

    /// Something begins; whoever calls this has the turn.
    pub(super) fn begin(&self, work: Work, key: &str, began: Timestamp) -> Watched<'_> {
        let begun = Begun {
            work,
            key: key.to_owned(),
            began,
            counted: Arc::default(),
        };
        *self.running.lock() = Some(begun.clone());
        Watched {
            ledger: self,
            begun,
            since: Instant::now(),
        }
    }

    fn keep(&self, change: impl FnOnce(&mut Kept)) {
        let mut kept = self.kept.lock();
        change(&mut kept);
        let Some(folder) = &self.folder else {
            return;
        };
        if let Err(error) = write(folder, &kept) {
            tracing::warn!(%error, "what came of a backup is not noted");
        }
    }
}

impl Watched<'_> {
    /// Counts what of it was done.
    pub(super) fn counted(&self) -> &Counted {
        &self.begun.counted
    }

    /// A backup was made.
    pub(super) fn succeeded(&self, made: impl FnOnce(Success) -> Success) {
        let took = self.since.elapsed().as_millis();
        let success = made(Success {
            key: self.begun.key.clone(),
            began: self.begun.began.0,
            milliseconds: u64::try_from(took).unwrap_or(u64::MAX),
            size: 0,
            dump_bytes: 0,
            file_bytes: 0,
            database_bytes: 0,
        });
        self.ledger.keep(|kept| kept.last_success = Some(success));
    }

    /// It could not be done.
    pub(super) fn failed(&self, error: &Error) {
        let failed = Failed {
            work: self.begun.work,
            key: self.begun.key.clone(),
            began: self.begun.began.0,
            problem: error.to_string(),
        };
        self.ledger.keep(|kept| kept.last_failure = Some(failed));
    }
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        *self.ledger.running.lock() = None;
    }
}

/// Whole or not at all.
fn write(folder: &Path, kept: &Kept) -> io::Result<()> {
    let text = serde_json::to_vec(kept).map_err(io::Error::other)?;
    fs::create_dir_all(folder)?;
    let place = folder.join(FILE);
    // Where what a crash leaves is removed at the next start.
    let incoming = folder.join(INCOMING);
    fs::create_dir_all(&incoming)?;
    let beside = incoming.join(FILE);
    let mut file = File::create(&beside)?;
    file.write_all(&text)?;
    file.sync_all()?;
    fs::rename(&beside, &place)?;
    sync(folder)
}
