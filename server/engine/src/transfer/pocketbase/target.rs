//! The data folder that an import fills: empty before, and complete or empty afterwards.
//!
//! - While an import is under way a mark lies in the folder, which no engine opens then. The mark
//!   goes when everything else is on the disk.
//! - A process that is killed leaves the mark; the next import clears what it left and begins anew.
//!   Only what an import makes is ever cleared.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::{PocketBaseError, PocketBaseReport};
use crate::engine::UNFINISHED_IMPORT;

/// The name of the account that lies in the data folder afterwards.
pub const REPORT: &str = "import-report.json";

/// Where a copy of the source's databases is put while it is read.
const SCRATCH: &str = "import-source";

/// What an import makes.
const OWN: [&str; 4] = ["store", "storage", SCRATCH, REPORT];

/// What is in an empty folder that is the root of a file system.
const ALLOWED: &str = "lost+found";

/// A folder that belongs to this import; cleared when this is dropped before the end.
#[derive(Debug)]
pub(super) struct Target {
    folder: PathBuf,
    /// Locked for as long as the import lives.
    mark: File,
    /// Whether the folder was missing before.
    made: bool,
    finished: bool,
}

impl Target {
    /// Claims a folder that is missing or empty, or that an import has left unfinished.
    pub(super) fn claim(folder: &Path, source: &Path) -> Result<Self, PocketBaseError> {
        let made = !folder.exists();
        fs::create_dir_all(folder).map_err(|error| failed("the data folder", folder, error))?;
        let checked = check_place(folder, source).and_then(|()| check_empty(folder));
        let marked = checked.and_then(|()| mark(folder));
        let mark = marked.inspect_err(|_| {
            if made {
                // What cannot be removed is an empty folder.
                let _ = fs::remove_dir(folder);
            }
        })?;
        let target = Self {
            folder: folder.to_owned(),
            mark,
            made,
            finished: false,
        };
        target
            .clear()
            .and_then(|()| sync(folder))
            .map_err(|error| failed("the data folder", folder, error))?;
        Ok(target)
    }

    /// A folder for copies of the source.
    pub(super) fn scratch(&self) -> PathBuf {
        self.folder.join(SCRATCH)
    }

    /// Leaves the account and takes the mark away.
    pub(super) fn finish(mut self, report: &PocketBaseReport) -> Result<(), PocketBaseError> {
        self.settle(report)
            .map_err(|error| failed("the data folder", &self.folder, error))?;
        self.finished = true;
        Ok(())
    }

    fn settle(&self, report: &PocketBaseReport) -> io::Result<()> {
        remove(&self.scratch())?;
        let mut file = File::create(self.folder.join(REPORT))?;
        writeln!(file, "{:#}", report.to_json())?;
        file.sync_all()?;
        sync(&self.folder)?;
        fs::remove_file(self.folder.join(UNFINISHED_IMPORT))?;
        sync(&self.folder)
    }

    fn clear(&self) -> io::Result<()> {
        OWN.iter()
            .try_for_each(|name| remove(&self.folder.join(name)))
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        let mark = self.folder.join(UNFINISHED_IMPORT);
        let mut cleared = self.clear().and_then(|()| fs::remove_file(mark));
        if cleared.is_ok() && self.made {
            cleared = fs::remove_dir(&self.folder);
        }
        if let Err(error) = cleared {
            tracing::warn!(%error, "the unfinished import stays, marked as such");
        }
        // Nobody else begins before everything is gone.
        let _ = self.mark.unlock();
    }
}

/// A target in the source would change it.
fn check_place(folder: &Path, source: &Path) -> Result<(), PocketBaseError> {
    let (Ok(inner), Ok(outer)) = (folder.canonicalize(), source.canonicalize()) else {
        return Ok(());
    };
    if inner.starts_with(outer) {
        let folder = folder.display();
        return Err(PocketBaseError::BadTarget(format!(
            "the data folder {folder} lies in the folder that is to be imported"
        )));
    }
    Ok(())
}

fn check_empty(folder: &Path) -> Result<(), PocketBaseError> {
    let unreadable = |error| failed("the data folder", folder, error);
    let unfinished = folder.join(UNFINISHED_IMPORT).exists();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        let is_own = name == UNFINISHED_IMPORT || OWN.iter().any(|own| name == **own);
        if name != ALLOWED && !(unfinished && is_own) {
            return Err(PocketBaseError::NotEmpty {
                folder: folder.display().to_string(),
                found: name.to_string_lossy().into_owned(),
            });
        }
    }
    Ok(())
}

/// The mark, locked.
fn mark(folder: &Path) -> Result<File, PocketBaseError> {
    let path = folder.join(UNFINISHED_IMPORT);
    let unwritable = |error| failed("the data folder", folder, error);
    let file = File::create(path).map_err(unwritable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(PocketBaseError::BadTarget(format!(
            "another import is filling the data folder {}",
            folder.display()
        ))),
        Err(TryLockError::Error(error)) => Err(unwritable(error)),
    }
}

fn remove(path: &Path) -> io::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// Makes the names in a folder survive a power loss.
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn failed(what: &str, path: &Path, source: io::Error) -> PocketBaseError {
    PocketBaseError::Io {
        doing: format!("{what} {} cannot be written", path.display()),
        source,
    }
}
