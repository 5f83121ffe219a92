//! The folder of a store on disk: which engine made it, and that only one process uses it.
//!
//! The file `engine` names the engine. The file `lock` is locked for as long as the store is open;
//! the operating system releases the lock when the process ends, however it ends.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::StoreError;

/// A folder that no other process uses.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    data: PathBuf,
    // Held for the lock.
    _lock: File,
}

impl Folder {
    /// Takes a folder for an engine; makes it when it is missing.
    pub(super) fn open(path: &Path, engine: &str) -> Result<Self, StoreError> {
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
        claim(path, engine)?;
        Ok(Self {
            path: path.to_path_buf(),
            data: path.join(engine),
            _lock: lock,
        })
    }

    /// The engine's own folder inside.
    pub(super) fn data(&self) -> &Path {
        &self.data
    }

    /// Makes the names of new files in the folder and in the engine's folder survive a power loss.
    pub(super) fn sync_names(&self) -> Result<(), StoreError> {
        let parent = self
            .path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty());
        for folder in [Some(self.data()), Some(&self.path), parent]
            .into_iter()
            .flatten()
        {
            sync_folder(folder).map_err(|error| failed("sync", folder, &error))?;
        }
        Ok(())
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

/// Checks or writes the name of the engine.
fn claim(path: &Path, engine: &str) -> Result<(), StoreError> {
    let name_path = path.join("engine");
    match fs::read_to_string(&name_path) {
        Ok(found) if found.trim() == engine => Ok(()),
        // A crash while the folder was made can leave the file empty.
        Ok(found) if !found.trim().is_empty() => Err(StoreError::OtherEngine {
            folder: path.display().to_string(),
            found: found.trim().to_owned(),
        }),
        Ok(_) => write_name(&name_path, engine),
        Err(error) if error.kind() == io::ErrorKind::NotFound => write_name(&name_path, engine),
        Err(error) => Err(failed("read", &name_path, &error)),
    }
}

fn write_name(path: &Path, engine: &str) -> Result<(), StoreError> {
    fs::write(path, format!("{engine}\n"))
        .and_then(|()| File::open(path)?.sync_all())
        .map_err(|error| failed("write", path, &error))
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
