//! Puts new data in the place of the old, so that a crash at any moment leaves one of the two.
//!
//! - The new data is made whole and durable in `.restore/new` in the data folder. Then `ready` is
//!   written: from there on the folder is the new one, whoever opens it next.
//! - Whoever opens the folder first moves the parts ([`settle`]); nobody may have the old store
//!   open then. A crash in between is gone on with at the next time.
//! - The old data stays in `.restore/old` until the new one was opened ([`Swapped::confirm`]), and
//!   is put back where it cannot be ([`Swapped::undo`]).

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files::sync;
use crate::store::StoreError;

use super::failed;

const FOLDER: &str = ".restore";
const READY: &str = "ready";
const UNDO: &str = "undo";
const LOCK: &str = "lock";
/// What takes part, where there is a new one.
const PARTS: [&str; 2] = ["store", "storage"];

/// New data that is being made.
#[derive(Debug)]
pub(super) struct Building {
    data: PathBuf,
    done: bool,
}

/// New data that took the place of the old.
#[derive(Debug)]
pub struct Swapped {
    data: PathBuf,
    // Held so that nobody else moves anything.
    _lock: File,
}

impl Building {
    /// Begins anew. The caller sees to it that nobody else does.
    pub(super) fn begin(data: &Path) -> Result<Self> {
        clear(data)?;
        fs::create_dir_all(data.join(FOLDER).join("new"))
            .map_err(|error| failed("make a folder for the new data", &error))?;
        Ok(Self {
            data: data.to_path_buf(),
            done: false,
        })
    }

    /// Where a part of the new data goes.
    pub(super) fn part(&self, part: &str) -> PathBuf {
        self.data.join(FOLDER).join("new").join(part)
    }

    /// The new data is whole and durable: it takes the place of the old.
    pub(super) fn ready(mut self) -> Result<()> {
        let folder = self.data.join(FOLDER);
        let made = sync(&folder.join("new"))
            .and_then(|()| mark(&folder, READY))
            .and_then(|()| sync(&self.data));
        made.map_err(|error| failed("complete the new data", &error))?;
        self.done = true;
        Ok(())
    }
}

impl Drop for Building {
    fn drop(&mut self) {
        if !self.done
            && let Err(error) = clear(&self.data)
        {
            tracing::warn!(%error, "what was made for a restore stays until the next start");
        }
    }
}

/// Removes what a restore that was never ready left behind.
pub(super) fn clear_unfinished(data: &Path) -> Result<()> {
    let folder = data.join(FOLDER);
    if folder.join(READY).exists() || folder.join(UNDO).exists() {
        return Ok(());
    }
    clear(data)
}

/// Puts new data that is ready in its place; `None` where there is none. To be called before the
/// folder is opened.
///
/// # Errors
/// [`StoreError::InUse`] where somebody has the old data open, and when nothing can be moved.
pub fn settle(data: &Path) -> Result<Option<Swapped>> {
    let folder = data.join(FOLDER);
    if !folder.join(READY).exists() && !folder.join(UNDO).exists() {
        return Ok(None);
    }
    let moving = |error: io::Error| failed("put the restored data in its place", &error);
    let lock = locked(&folder.join(LOCK), data)?;
    let live = data.join("store").join(LOCK);
    let _old = if live.exists() {
        Some(locked(&live, data)?)
    } else {
        None
    };
    if folder.join(UNDO).exists() {
        go_back(data).map_err(moving)?;
        return Ok(None);
    }
    // Somebody else was faster.
    if !folder.join(READY).exists() {
        return Ok(None);
    }
    go_on(data).map_err(moving)?;
    Ok(Some(Swapped {
        data: data.to_path_buf(),
        _lock: lock,
    }))
}

impl Swapped {
    /// The new data was opened: the old one goes.
    ///
    /// # Errors
    /// When it cannot be removed; it then stays until the next start.
    pub fn confirm(self) -> Result<()> {
        let ready = self.data.join(FOLDER).join(READY);
        let removed = allow_missing(fs::remove_file(ready));
        removed.map_err(|error| failed("remove the replaced data", &error))?;
        clear(&self.data)
    }

    /// The new data cannot be opened: the old one comes back.
    ///
    /// # Errors
    /// When it cannot be moved.
    pub fn undo(self) -> Result<()> {
        let folder = self.data.join(FOLDER);
        mark(&folder, UNDO)
            .and_then(|()| go_back(&self.data))
            .map_err(|error| failed("put the old data back", &error))
    }
}

fn go_on(data: &Path) -> io::Result<()> {
    let (new, old) = (data.join(FOLDER).join("new"), data.join(FOLDER).join("old"));
    fs::create_dir_all(&old)?;
    for part in PARTS {
        if !new.join(part).exists() {
            continue;
        }
        // After a crash in between, the old part is away already.
        if !old.join(part).exists() && data.join(part).exists() {
            fs::rename(data.join(part), old.join(part))?;
            sync(&old)?;
        }
        fs::rename(new.join(part), data.join(part))?;
        sync(data)?;
    }
    Ok(())
}

fn go_back(data: &Path) -> io::Result<()> {
    let folder = data.join(FOLDER);
    let (old, refused) = (folder.join("old"), folder.join("refused"));
    fs::create_dir_all(&refused)?;
    for part in PARTS {
        if !old.join(part).exists() {
            continue;
        }
        if data.join(part).exists() {
            allow_missing(fs::remove_dir_all(refused.join(part)))?;
            fs::rename(data.join(part), refused.join(part))?;
        }
        fs::rename(old.join(part), data.join(part))?;
        sync(data)?;
    }
    allow_missing(fs::remove_file(folder.join(READY)))?;
    sync(&folder)?;
    allow_missing(fs::remove_dir_all(&folder))?;
    sync(data)
}

fn mark(folder: &Path, name: &str) -> io::Result<()> {
    File::create(folder.join(name))?.sync_all()?;
    sync(folder)
}

fn clear(data: &Path) -> Result<()> {
    allow_missing(fs::remove_dir_all(data.join(FOLDER)))
        .map_err(|error| failed("remove what an earlier restore left", &error))
}

fn allow_missing(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Takes a lock, which the operating system gives up when the file is closed.
fn locked(path: &Path, data: &Path) -> Result<File> {
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(|error| failed("lock the data folder", &error))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(Error::Store(StoreError::InUse {
            folder: data.display().to_string(),
        })),
        Err(TryLockError::Error(error)) => Err(failed("lock the data folder", &error)),
    }
}

/// Keeps everybody from opening the store of a data folder until this is dropped.
pub(super) fn hold_closed(data: &Path) -> Result<Option<File>> {
    let live = data.join("store").join(LOCK);
    if live.exists() {
        return locked(&live, data).map(Some);
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn old(data: &Path) {
        write(&data.join("store/db"), "old");
        write(&data.join("store/lock"), "");
        write(&data.join("storage/c/r/f"), "old");
    }

    fn build(data: &Path) -> Building {
        let building = Building::begin(data).unwrap();
        write(&building.part("store").join("db"), "new");
        write(&building.part("storage").join("c/r/g"), "new");
        building
    }

    fn state(data: &Path) -> (String, bool, bool) {
        let text = fs::read_to_string(data.join("store/db")).unwrap();
        let exists = |path| data.join(path).exists();
        (text, exists("storage/c/r/f"), exists("storage/c/r/g"))
    }

    #[test]
    fn new_data_takes_the_place_of_the_old_and_can_be_undone() {
        for confirmed in [true, false] {
            let folder = tempfile::tempdir().unwrap();
            let data = folder.path();
            old(data);
            assert!(settle(data).unwrap().is_none());
            build(data).ready().unwrap();
            let swapped = settle(data).unwrap().unwrap();
            assert_eq!(state(data), ("new".to_owned(), false, true));
            if confirmed {
                swapped.confirm().unwrap();
                assert_eq!(state(data), ("new".to_owned(), false, true));
            } else {
                swapped.undo().unwrap();
                assert_eq!(state(data), ("old".to_owned(), true, false));
            }
            assert!(!data.join(FOLDER).exists());
            assert!(settle(data).unwrap().is_none());
        }
    }

    #[test]
    fn what_was_never_ready_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path();
        old(data);
        drop(build(data));
        assert!(!data.join(FOLDER).exists());
        std::mem::forget(build(data));
        assert!(settle(data).unwrap().is_none());
        assert_eq!(state(data), ("old".to_owned(), true, false));
        clear_unfinished(data).unwrap();
        assert!(!data.join(FOLDER).exists());
    }

    /// Every state that a crash between two steps can leave, on the way there and back.
    #[test]
    fn a_crash_between_any_two_steps_leaves_one_of_the_two() {
        for steps in 0..=4 {
            let folder = tempfile::tempdir().unwrap();
            let data = folder.path();
            old(data);
            build(data).ready().unwrap();
            let (new, away) = (data.join(".restore/new"), data.join(".restore/old"));
            fs::create_dir_all(&away).unwrap();
            let moves = [
                (data.join("store"), away.join("store")),
                (new.join("store"), data.join("store")),
                (data.join("storage"), away.join("storage")),
                (new.join("storage"), data.join("storage")),
            ];
            for (from, to) in &moves[..steps] {
                fs::rename(from, to).unwrap();
            }
            let swapped = settle(data).unwrap().unwrap();
            assert_eq!(state(data), ("new".to_owned(), false, true), "{steps}");
            if steps % 2 == 0 {
                // The way back is cut off after its first step.
                mark(&data.join(FOLDER), UNDO).unwrap();
                fs::create_dir_all(data.join(".restore/refused")).unwrap();
                fs::rename(data.join("store"), data.join(".restore/refused/store")).unwrap();
                drop(swapped);
                assert!(settle(data).unwrap().is_none());
                assert_eq!(state(data), ("old".to_owned(), true, false), "{steps}");
            }
        }
    }

    #[test]
    fn nothing_is_moved_while_somebody_has_the_old_data_open() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path();
        old(data);
        build(data).ready().unwrap();
        let open = hold_closed(data).unwrap().unwrap();
        assert!(matches!(
            settle(data),
            Err(Error::Store(StoreError::InUse { .. }))
        ));
        assert_eq!(state(data), ("old".to_owned(), true, false));
        drop(open);
        assert!(settle(data).unwrap().is_some());
    }
}
