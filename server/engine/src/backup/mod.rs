//! Copies of everything: dumps of the database, backups of database and files, and their way back.
//!
//! - A copy is what one commit left: writes go on while it is made, and none of them is in it.
//! - A backup is made or restored one at a time.
//! - How far one is, and what came of the last ones, is told (`ledger.rs`).
//! - A backup is judged wholly before anything that is live is touched, and restored beside it.
//! - There is one writer and one reader: `dump.rs` and `archive.rs` serve the command line, the
//!   backups of the API, compaction and checks alike.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use luge_model::timestamp::Timestamp;
use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::commit::Committer;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::files::{Blob, Files};
use crate::random::Random;
use crate::settings::Settings;
use crate::store::StoreKind;

mod archive;
mod check;
mod compact;
mod compare;
mod contents;
mod dump;
mod failures;
mod ledger;
mod making;
mod offered;
mod restore;
mod shelf;
mod shelves;
mod spool;
mod stream;
mod swap;
#[cfg(test)]
mod tests;

pub use archive::{Manifest, ManifestEntry};
use check::check;
pub use check::{Finding, Findings};
pub use compact::compact;
pub use compare::Difference;
pub use contents::CollectionCount;
pub use dump::{Dumped, Log, Made, dump, load, verify};
pub use ledger::{Failed, Running, Status, Success, Work};
pub use making::Estimate;
pub use restore::{Target, Verdict, restore_file, verify_file};
pub use shelf::{BackupFile, BackupStore, is_key};
pub use spool::Incoming;
pub use stream::{DUMP_VERSION, Header};
pub use swap::{Swapped, settle};

use failures::{check_new_name, failed, name_taken, unreadable, unusable, version};
use ledger::Ledger;
use shelves::Shelves;
use spool::Spool;

/// Where backups are kept, in the data folder.
const FOLDER: &str = "backups";
/// Where backups are made and received; no backup can have this name.
const INCOMING: &str = ".incoming";
/// What the names of automatic backups begin with; no other backup can be made under such a name.
const AUTOMATIC: &str = "@auto_";
/// What the names of backups begin with that are made before another one is restored.
const BEFORE_RESTORE: &str = "before_restore_";
/// What is said of a name that another backup has.
const TAKEN: &str = "The backup file name is invalid or already exists.";

/// The service of backups.
pub struct Backups {
    committer: Arc<Committer>,
    files: Arc<Files>,
    settings: Arc<Settings>,
    random: Arc<dyn Random>,
    target: Target,
    shelves: Shelves,
    running: Arc<AtomicBool>,
    ledger: Ledger,
    /// The backup that is being restored.
    used: Mutex<Option<String>>,
    /// A backup that was sent to be restored.
    offered: Mutex<Option<Spool>>,
    restored: Notify,
}

/// What the service of backups stands on.
#[derive(Debug)]
pub struct Parts {
    /// Reads the store.
    pub committer: Arc<Committer>,
    /// Reads files.
    pub files: Arc<Files>,
    /// How many automatic backups are kept, and the name of the application.
    pub settings: Arc<Settings>,
    /// For names of temporary files.
    pub random: Arc<dyn Random>,
    /// The data folder, and what keeps the data.
    pub target: Target,
}

/// The right to make or restore a backup; nobody else has it meanwhile.
struct Turn(Arc<AtomicBool>);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl Backups {
    /// The service over its parts. Removes what an earlier process left half made.
    ///
    /// # Errors
    /// When that cannot be removed.
    pub fn open(parts: Parts) -> Result<Self> {
        let Parts {
            committer,
            files,
            settings,
            random,
            target,
        } = parts;
        let folder = target.data.join(FOLDER);
        match fs::remove_dir_all(folder.join(INCOMING)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(failed("remove half made backups", &error));
            }
            _ => {}
        }
        swap::clear_unfinished(&target.data)?;
        Ok(Self {
            ledger: Ledger::open((target.store != StoreKind::Memory).then(|| folder.clone())),
            shelves: Shelves::new(
                Arc::new(shelf::Folder::new(folder)),
                Arc::clone(&files),
                Arc::clone(&settings),
            ),
            committer,
            files,
            settings,
            random,
            target,
            running: Arc::default(),
            used: Mutex::default(),
            offered: Mutex::default(),
            restored: Notify::new(),
        })
    }

    /// Every backup, by name. May block, as all calls here may.
    ///
    /// # Errors
    /// When the caller is not a superuser, or they cannot be listed.
    pub fn list(&self, ctx: &Context) -> Result<Vec<BackupFile>> {
        ctx.require_superuser()?;
        self.listed()
    }

    /// Makes a backup of everything as it is now, under a name or, where that is empty, one of its
    /// own. It is listed once it is complete. Leaves off when `stopping` says so.
    ///
    /// # Errors
    /// When the caller is not a superuser, the name is refused or taken, another backup is being
    /// made or restored, the disk is full, or something that belongs into it is damaged.
    pub fn create(
        &self,
        ctx: &Context,
        name: &str,
        stopping: &dyn Fn() -> bool,
    ) -> Result<Manifest> {
        ctx.require_superuser()?;
        let name = if name.is_empty() {
            self.own_name("", ctx.now)
        } else {
            check_new_name(name)?;
            name.to_owned()
        };
        if self.opened(&name)?.is_some() {
            return Err(name_taken("name", TAKEN));
        }
        let _turn = self.turn()?;
        let made = self.make_as(&name, ctx.now, stopping)?;
        let manifest = made.ok_or_else(|| name_taken("name", TAKEN))?;
        ctx.account.did("backups.create", &name, Vec::new);
        Ok(manifest)
    }

    /// Makes an automatic backup, and removes the oldest ones beyond how many are kept.
    ///
    /// # Errors
    /// As for [`Self::create`].
    pub fn create_automatic(&self, now: Timestamp, stopping: &dyn Fn() -> bool) -> Result<()> {
        let turn = self.turn()?;
        let name = self.own_name(AUTOMATIC, now);
        // Two in one second: the first one is as good.
        self.make_as(&name, now, stopping)?;
        drop(turn);
        let kept = usize::try_from(self.settings.current().backups.cron_max_keep).unwrap_or(1);
        let all = self.listed()?;
        let mut automatic: Vec<_> = all
            .into_iter()
            .filter(|backup| backup.key.starts_with(AUTOMATIC))
            .collect();
        automatic.sort_by_key(|backup| std::cmp::Reverse(backup.modified));
        for old in automatic.into_iter().skip(kept) {
            if self.used.lock().as_deref() != Some(&old.key) {
                self.removed(&old.key)?;
            }
        }
        Ok(())
    }

    /// Opens a backup to be sent.
    ///
    /// # Errors
    /// [`Error::MissingBackup`], or when it cannot be read. Whether the caller may read it is asked
    /// before.
    pub fn open_backup(&self, key: &str) -> Result<Box<dyn Blob>> {
        self.opened(key)?.ok_or(Error::MissingBackup)
    }

    /// Removes a backup.
    ///
    /// # Errors
    /// When the caller is not a superuser, there is none or it is being restored.
    pub fn delete(&self, ctx: &Context, key: &str) -> Result<()> {
        ctx.require_superuser()?;
        if self.used.lock().as_deref() == Some(key) {
            let sentence = "The backup is currently being used and cannot be deleted.";
            return Err(Error::BadRequest(sentence.to_owned()));
        }
        if is_key(key) && self.removed(key)? {
            ctx.account.did("backups.delete", key, Vec::new);
            Ok(())
        } else {
            let sentence = format!("Invalid or already deleted backup file: {key:?}.");
            Err(Error::BadRequest(sentence))
        }
    }

    /// Judges a backup wholly, without writing anything.
    ///
    /// # Errors
    /// When the caller is not a superuser, or there is no such backup; what is wrong with it is in
    /// the verdict.
    pub fn judge(&self, ctx: &Context, key: &str) -> Result<Verdict> {
        ctx.require_superuser()?;
        self.target.judge(self.to_restore(key)?)
    }

    /// Loads a backup beside the data. The server is to start again after this
    /// ([`Self::restored`]), and does so with the data of the backup; nothing else may be backed up
    /// or restored until then.
    ///
    /// # Errors
    /// When the caller is not a superuser, there is no such backup or it cannot be used, the data
    /// is kept in memory, another backup is being made or restored, or the disk is full. Then
    /// everything is as it was.
    pub fn restore(&self, ctx: &Context, key: &str) -> Result<Manifest> {
        ctx.require_superuser()?;
        ctx.refuse_key()?;
        let blob = self.to_restore(key)?;
        let manifest = self.restore_from(blob, key, (ctx.now, None))?;
        ctx.account.did("backups.restore", key, Vec::new);
        Ok(manifest)
    }

    /// The same after a backup of the data that is there now; where that cannot be made, nothing is
    /// restored. It leaves off when `stopping` says so.
    ///
    /// # Errors
    /// As for [`Self::create`] and [`Self::restore`].
    pub fn restore_after_backup(
        &self,
        ctx: &Context,
        key: &str,
        stopping: &dyn Fn() -> bool,
    ) -> Result<Manifest> {
        ctx.require_superuser()?;
        ctx.refuse_key()?;
        let blob = self.to_restore(key)?;
        let manifest = self.restore_from(blob, key, (ctx.now, Some(stopping)))?;
        ctx.account.did("backups.restore", key, Vec::new);
        Ok(manifest)
    }

    /// The same with a file that is not among the backups.
    ///
    /// # Errors
    /// As for [`Self::restore`].
    pub fn restore_path(&self, ctx: &Context, archive: &Path) -> Result<Manifest> {
        ctx.require_superuser()?;
        ctx.refuse_key()?;
        let name = archive.file_name().unwrap_or_default().to_string_lossy();
        self.restore_from(restore::opened(archive)?, &name, (ctx.now, None))
    }

    fn restore_from(
        &self,
        blob: Box<dyn Blob>,
        key: &str,
        (now, backing_up): (Timestamp, Option<&dyn Fn() -> bool>),
    ) -> Result<Manifest> {
        let turn = self.turn()?;
        if self.target.store == StoreKind::Memory {
            let sentence = "The data is kept in memory only, so nothing can be restored.";
            return Err(Error::BadRequest(sentence.to_owned()));
        }
        *self.used.lock() = Some(key.to_owned());
        let restored = match backing_up {
            Some(stopping) => self.make_before(now, stopping),
            None => Ok(()),
        };
        let restored = restored.and_then(|()| {
            let known = *self.committer.store().durable().borrow();
            let watched = self.ledger.begin(Work::Restore, key, now);
            let restored = self.target.restore(blob, (known, now), watched.counted());
            restored.inspect_err(|error| watched.failed(error))
        });
        match restored {
            Ok(manifest) => {
                // Nobody gets a turn any more: this process ends soon.
                std::mem::forget(turn);
                self.restored.notify_one();
                Ok(manifest)
            }
            Err(error) => {
                *self.used.lock() = None;
                Err(error)
            }
        }
    }

    fn make_before(&self, now: Timestamp, stopping: &dyn Fn() -> bool) -> Result<()> {
        let name = self.own_name(BEFORE_RESTORE, now);
        let made = self.make_as(&name, now, stopping)?;
        made.map(drop).ok_or_else(|| name_taken("name", TAKEN))
    }

    /// Waits until a backup was restored, so that the server has to start again.
    pub async fn restored(&self) {
        self.restored.notified().await;
    }

    /// Whether a backup can be made or restored now.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        !self.running.load(Ordering::Acquire)
    }

    /// Writes a dump of the database as it is now.
    ///
    /// # Errors
    /// When the output or the store fails, or something in the database is damaged.
    pub fn dump(&self, now: Timestamp, out: &mut dyn Write) -> Result<Dumped> {
        let frozen = self.committer.store().frozen()?;
        dump(&*frozen, self.target.made(now), out)
    }

    /// Looks for damage in everything that is there now.
    ///
    /// # Errors
    /// When the store or the files cannot be read at all; everything else is a finding.
    pub fn check(&self) -> Result<Findings> {
        let _held = self.files.hold();
        let frozen = self.committer.store().frozen()?;
        check(&*frozen, &self.files, &self.target.vault)
    }

    /// What is to be judged and read here and there; it stays as it is meanwhile.
    fn to_restore(&self, key: &str) -> Result<Box<dyn Blob>> {
        let blob = self
            .opened(key)?
            .ok_or_else(|| Error::BadRequest("Missing or invalid backup file.".to_owned()))?;
        if self.shelves.current()?.is_far() {
            self.fetched(&*blob)
        } else {
            Ok(blob)
        }
    }

    fn turn(&self) -> Result<Turn> {
        let taken = self.running.swap(true, Ordering::AcqRel);
        if taken {
            return Err(Error::BackupRunning);
        }
        Ok(Turn(Arc::clone(&self.running)))
    }

    fn listed(&self) -> Result<Vec<BackupFile>> {
        self.shelves
            .current()?
            .list()
            .map_err(|error| failed("list the backups", &error))
    }

    fn opened(&self, key: &str) -> Result<Option<Box<dyn Blob>>> {
        if !is_key(key) {
            return Ok(None);
        }
        self.shelves
            .current()?
            .open(key)
            .map_err(|error| failed("read a backup", &error))
    }

    fn removed(&self, key: &str) -> Result<bool> {
        self.shelves
            .current()?
            .remove(key)
            .map_err(|error| failed("remove a backup", &error))
    }

    /// A name of the server's own, such as `luge_backup_acme_20261129093306.zip`.
    fn own_name(&self, beginning: &str, now: Timestamp) -> String {
        let application = &self.settings.current().meta.app_name;
        let letter = |one: char| {
            let one = one.to_ascii_lowercase();
            if one.is_ascii_alphanumeric() {
                one
            } else {
                '_'
            }
        };
        let application: String = application.chars().map(letter).take(50).collect();
        let time = now.to_string();
        let digits: String = time.chars().filter(char::is_ascii_digit).take(14).collect();
        format!("{beginning}luge_backup_{application}_{digits}.zip")
    }
}

impl fmt::Debug for Backups {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Backups")
            .field("target", &self.target)
            .field("shelves", &self.shelves)
            .finish_non_exhaustive()
    }
}
