//! Makes backups, and says beforehand how large one would be.

use std::fs;

use luge_model::timestamp::Timestamp;

use super::archive::{Watch, write};
use super::ledger::{Status, Success, Work};
use super::spool::Spool;
use super::{Backups, Manifest, failed};
use crate::context::Context;
use crate::error::Result;
use crate::files::disk_room;

/// What a backup would hold now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// The bytes of the database on the disk; its part of the backup is smaller.
    pub database_bytes: u64,
    /// How many files there are.
    pub files: u64,
    /// Their bytes.
    pub file_bytes: u64,
    /// Room left where backups are made, in bytes.
    pub free_bytes: u64,
    /// About how large the backup would be, in bytes: as the last one was for its database, and at
    /// most where there was none.
    pub expected_bytes: u64,
}

/// A backup that is kept.
struct Made {
    manifest: Manifest,
    /// Its bytes.
    size: u64,
    /// What the database took on the disk, in bytes.
    database_bytes: u64,
}

impl Backups {
    /// What goes on now, and what came of the last ones.
    ///
    /// # Errors
    /// When the caller is not a superuser.
    pub fn status(&self, ctx: &Context) -> Result<Status> {
        ctx.require_superuser()?;
        Ok(self.ledger.status())
    }

    /// What a backup would hold now.
    ///
    /// # Errors
    /// When the caller is not a superuser, or something cannot be read.
    pub fn estimate(&self, ctx: &Context) -> Result<Estimate> {
        ctx.require_superuser()?;
        let (files, file_bytes) = self.file_bytes()?;
        let database_bytes = self.committer.store().size_on_disk()?;
        let packed = |last: &Success| last.size.saturating_sub(last.file_bytes);
        Ok(Estimate {
            database_bytes,
            files,
            file_bytes,
            free_bytes: disk_room(&self.target.data)?,
            expected_bytes: self.scaled(database_bytes, packed) + file_bytes,
        })
    }

    /// Makes a backup and keeps it under a name; `None` where that is taken. Whoever calls this has
    /// the turn. What came of it is noted.
    pub(super) fn make_as(
        &self,
        key: &str,
        now: Timestamp,
        stopping: &dyn Fn() -> bool,
    ) -> Result<Option<Manifest>> {
        let watched = self.ledger.begin(Work::Backup, key, now);
        let watch = Watch {
            stopping,
            counted: watched.counted(),
        };
        match self.make_and_put(key, now, watch) {
            Ok(None) => Ok(None),
            Ok(Some(made)) => {
                let files = made.manifest.entries.iter().skip(1);
                let file_bytes = files.map(|entry| entry.size).sum();
                watched.succeeded(|success| Success {
                    size: made.size,
                    file_bytes,
                    dump_bytes: made.manifest.bytes.saturating_sub(file_bytes),
                    database_bytes: made.database_bytes,
                    ..success
                });
                Ok(Some(made.manifest))
            }
            Err(error) => {
                watched.failed(&error);
                Err(error)
            }
        }
    }

    fn make_and_put(&self, key: &str, now: Timestamp, watch: Watch<'_>) -> Result<Option<Made>> {
        let database_bytes = self.committer.store().size_on_disk()?;
        let (manifest, spool) = self.make(now, database_bytes, watch)?;
        let metadata = fs::metadata(&spool.0).map_err(|error| failed("read a backup", &error))?;
        let made = Made {
            manifest,
            size: metadata.len(),
            database_bytes,
        };
        Ok(self.put(key, &spool)?.then_some(made))
    }

    fn make(
        &self,
        now: Timestamp,
        database_bytes: u64,
        watch: Watch<'_>,
    ) -> Result<(Manifest, Spool)> {
        let (spool, file) = self.spool()?;
        let (_, file_bytes) = self.file_bytes()?;
        let dumped = self.scaled(database_bytes, |last| last.dump_bytes);
        watch.counted.expect(dumped.saturating_add(file_bytes));
        // Before the moment of the backup, so that every file that is named then is still there.
        let _held = self.files.hold();
        let frozen = self.committer.store().frozen()?;
        let made = self.target.made(now);
        let manifest = write(file, frozen, (&self.files, file_bytes), made, watch)?;
        Ok((manifest, spool))
    }

    pub(super) fn put(&self, key: &str, spool: &Spool) -> Result<bool> {
        self.shelves
            .current()?
            .put(key, &spool.0)
            .map_err(|error| failed("keep a backup", &error))
    }

    /// What of the last backup was so large for its database, for the one that there is now; all of
    /// the database where there was none.
    fn scaled(&self, database_bytes: u64, part: impl Fn(&Success) -> u64) -> u64 {
        let last = self.ledger.last_success();
        let last = last.filter(|last| last.database_bytes > 0);
        last.map_or(database_bytes, |last| {
            let scaled = u128::from(part(&last)) * u128::from(database_bytes)
                / u128::from(last.database_bytes);
            u64::try_from(scaled).unwrap_or(u64::MAX)
        })
    }

    /// How many files a backup would hold, and their bytes.
    fn file_bytes(&self) -> Result<(u64, u64)> {
        let (mut files, mut bytes) = (0, 0);
        if self.files.are_beside() {
            self.files.list(&mut |listed| {
                if !listed.path.is_preview() {
                    files += 1;
                    bytes += listed.bytes;
                }
                Ok(true)
            })?;
        }
        Ok((files, bytes))
    }
}
