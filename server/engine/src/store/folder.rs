//! The folder of a store on disk: which engine made it, and that only one process uses it.
//!
//! - The file `engine` names the engine. It is written once the database inside is complete, so a
//!   folder without it holds nothing that was ever acknowledged.
//! - The file `durable` holds the last commit that was durable, so that a database that lost its
//!   end is noticed. It is written after the flush and never synced: it may lag behind, never run
//!   ahead.
//! - The file `lock` is locked for as long as the store is open; the operating system releases the
//!   lock when the process ends, however it ends.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::{Sequence, StoreError};

const ENGINE_FILE: &str = "engine";
const DURABLE_FILE: &str = "durable";

/// The last commit of the store in a folder, as far as it was noted down; 0 where it was not. The
/// store is not opened, and may be damaged.
#[must_use]
pub fn noted_sequence(folder: &Path) -> Sequence {
    let noted = fs::read_to_string(folder.join(DURABLE_FILE)).unwrap_or_default();
    Sequence(noted.trim().parse().unwrap_or_default())
}

/// A folder that no other process uses.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    engine: &'static str,
    data: PathBuf,
    is_new: bool,
    durable: File,
    // Held for the lock.
    _lock: File,
}

impl Folder {
    /// Takes a folder for an engine; makes it when it is missing.
    pub(super) fn open(path: &Path, engine: &'static str) -> Result<Self, StoreError> {
        fs::create_dir_all(path).map_err(|error| failed("make the folder", path, &error))?;
        let lock_path = path.join("lock");
        let lock = File::create(&lock_path).map_err(|error| failed("open", &lock_path, &error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::InUse {
                    folder: path.display().to_string(),
                });
            }
            Err(TryLockError::Error(error)) => return Err(failed("lock", &lock_path, &error)),
        }
        let is_new = !is_made_by(path, engine)?;
        let durable_path = path.join(DURABLE_FILE);
        let durable = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&durable_path)
            .map_err(|error| failed("open", &durable_path, &error))?;
        Ok(Self {
            path: path.to_path_buf(),
            engine,
            data: path.join(engine),
            is_new,
            durable,
            _lock: lock,
        })
    }

    /// Whether the database inside was never complete.
    pub(super) fn is_new(&self) -> bool {
        self.is_new
    }

    /// Writes down that the database inside is complete, and makes that and the names of all its
    /// files survive a power loss.
    pub(super) fn mark_used(&self) -> Result<(), StoreError> {
        let name_path = self.path.join(ENGINE_FILE);
        fs::write(&name_path, format!("{}\n", self.engine))
            .and_then(|()| File::open(&name_path)?.sync_all())
            .map_err(|error| failed("write", &name_path, &error))?;
        let parent = self.path.parent();
        let parent = parent.filter(|parent| !parent.as_os_str().is_empty());
        for folder in [Some(self.data()), Some(&self.path), parent]
            .into_iter()
            .flatten()
        {
            sync_folder(folder).map_err(|error| failed("sync", folder, &error))?;
        }
        Ok(())
    }

    /// The engine's own folder inside.
    pub(super) fn data(&self) -> &Path {
        &self.data
    }

    /// Notes down up to where commits are durable.
    pub(super) fn note_durable(&self, durable: Sequence) {
        // Always of the same length, so that a shorter number needs no truncation.
        let line = format!("{:020}\n", durable.0);
        if let Err(error) = self.durable.write_all_at(line.as_bytes(), 0) {
            tracing::warn!(%error, "cannot note down the last durable commit");
        }
    }

    /// The note of [`Self::note_durable`]; 0 when there is none.
    pub(super) fn noted_durable(&self) -> Result<Sequence, StoreError> {
        let path = self.path.join(DURABLE_FILE);
        let line = fs::read_to_string(&path).map_err(|error| failed("read", &path, &error))?;
        if line.is_empty() {
            return Ok(Sequence(0));
        }
        line.trim().parse().map(Sequence).map_err(|_| {
            StoreError::Engine(format!(
                "{} does not hold a number: remove it if the database is complete",
                path.display()
            ))
        })
    }

    /// Room left on the disk, in bytes.
    pub(super) fn free_bytes(&self) -> io::Result<u64> {
        let space = rustix::fs::statvfs(&self.path)?;
        Ok(space.f_bavail.saturating_mul(space.f_frsize))
    }

    /// Bytes of all files in the folder.
    pub(super) fn size(&self) -> Result<u64, StoreError> {
        size_of(&self.path).map_err(|error| failed("measure", &self.path, &error))
    }
}

/// An error of the operating system with what was tried.
pub(super) fn failed(what: &str, path: &Path, error: &io::Error) -> StoreError {
    StoreError::Engine(format!("cannot {what} {}: {error}", path.display()))
}

/// An engine that cannot open its files.
pub(super) fn failed_open(path: &Path, error: &io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            unreadable(path, &error.to_string())
        }
        _ => failed("open the database in", path, error),
    }
}

/// An engine that does not understand its own files.
pub(super) fn unreadable(path: &Path, reason: &str) -> StoreError {
    let path = path.display();
    StoreError::Engine(format!(
        "the database in {path} is damaged, restore a backup: {reason}"
    ))
}

/// Whether a folder holds a complete database of this engine.
fn is_made_by(path: &Path, engine: &str) -> Result<bool, StoreError> {
    let name_path = path.join(ENGINE_FILE);
    let found = match fs::read_to_string(&name_path) {
        Ok(found) => found.trim().to_owned(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(failed("read", &name_path, &error)),
    };
    // A crash while the file was written can leave it empty.
    if found.is_empty() || found == engine {
        return Ok(!found.is_empty());
    }
    let folder = path.display().to_string();
    Err(StoreError::OtherEngine { folder, found })
}

fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

fn size_of(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // Engines remove files while this looks at them.
        let size = match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => size_of(&entry.path()),
            Ok(metadata) => Ok(metadata.len()),
            Err(error) => Err(error),
        };
        match size {
            Ok(size) => bytes += size,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(bytes)
}
