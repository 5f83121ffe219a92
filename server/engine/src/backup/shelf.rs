//! Where backups are kept: the trait, and the folder `backups` in the data folder.
//!
//! - A backup gets its name only when it is complete and durable, so none is ever half listed.
//! - Names are plain: no backup is outside of its place.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use luge_model::limits::BACKUP_NAME_CHARS_MAX;
use luge_model::timestamp::Timestamp;

use crate::files::{Blob, open_file, sync};

/// A backup that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupFile {
    /// Its name.
    pub key: String,
    /// Its bytes.
    pub size: u64,
    /// When it was put there.
    pub modified: Timestamp,
}

/// Keeps backups. All calls may block; every key is one that [`is_key`] accepts.
pub trait BackupStore: fmt::Debug + Send + Sync {
    /// Every backup, by name.
    ///
    /// # Errors
    /// When it cannot be read.
    fn list(&self) -> io::Result<Vec<BackupFile>>;

    /// Keeps a complete file under a name; it is durable when this returns. `false` where the name
    /// is taken. The file stays where it is.
    ///
    /// # Errors
    /// When it cannot be written.
    fn put(&self, key: &str, from: &Path) -> io::Result<bool>;

    /// Opens a backup; `None` where there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    fn open(&self, key: &str) -> io::Result<Option<Box<dyn Blob>>>;

    /// Removes a backup; `false` where there is none.
    ///
    /// # Errors
    /// When it cannot be removed.
    fn remove(&self, key: &str) -> io::Result<bool>;

    /// Whether each look at another place of a backup is a request to another server.
    fn is_far(&self) -> bool {
        false
    }
}

/// Whether a text can be the name of a backup: a plain name of a file that is not hidden.
#[must_use]
pub fn is_key(text: &str) -> bool {
    !text.is_empty()
        && text.chars().count() <= BACKUP_NAME_CHARS_MAX
        && text.len() <= 255
        && !text.starts_with('.')
        && !text.ends_with(['.', ' '])
        && !text
            .chars()
            .any(|one| one.is_control() || "/\\:".contains(one))
}

/// Whether a text is the name that a backup may be made under (contract §1.7).
#[must_use]
pub(super) fn is_new_key(text: &str) -> bool {
    let allowed =
        |one: u8| one.is_ascii_lowercase() || one.is_ascii_digit() || b"_-".contains(&one);
    let stem = text.strip_suffix(".zip").unwrap_or_default();
    !stem.is_empty() && stem.bytes().all(allowed)
}

/// The time of a clock; one of before 1970 is taken for its beginning.
pub(super) fn timestamp(time: SystemTime) -> Timestamp {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Backups in a folder.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// The backups of a folder, which need not exist.
    pub(super) fn new(folder: PathBuf) -> Self {
        Self(folder)
    }
}

impl BackupStore for Folder {
    fn list(&self) -> io::Result<Vec<BackupFile>> {
        let entries = match fs::read_dir(&self.0) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry?;
            let Ok(key) = entry.file_name().into_string() else {
                continue;
            };
            // Of the entry itself: a link is none.
            let metadata = match entry.metadata() {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                metadata => metadata?,
            };
            if !metadata.is_file() || !is_key(&key) {
                continue;
            }
            found.push(BackupFile {
                key,
                size: metadata.len(),
                modified: timestamp(metadata.modified()?),
            });
        }
        found.sort_by(|one, other| one.key.cmp(&other.key));
        Ok(found)
    }

    fn put(&self, key: &str, from: &Path) -> io::Result<bool> {
        fs::create_dir_all(&self.0)?;
        let place = self.0.join(key);
        match fs::hard_link(from, &place) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(false),
            // A file system without links: the name is taken by making it.
            Err(_) => match File::create_new(&place) {
                Ok(_) => fs::rename(from, &place)?,
                Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(false),
                Err(error) => return Err(error),
            },
        }
        sync(&self.0)?;
        Ok(true)
    }

    fn open(&self, key: &str) -> io::Result<Option<Box<dyn Blob>>> {
        let place = self.0.join(key);
        match fs::symlink_metadata(&place) {
            Ok(metadata) if metadata.is_file() => open_file(&place),
            Ok(_) => Ok(None),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn remove(&self, key: &str) -> io::Result<bool> {
        match fs::remove_file(self.0.join(key)) {
            Ok(()) => sync(&self.0).map(|()| true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_a_backup_leads_nowhere_else() {
        let long = "a".repeat(BACKUP_NAME_CHARS_MAX + 1);
        for bad in [
            "",
            ".",
            "..",
            "../x.zip",
            "a/b.zip",
            "a\\b.zip",
            "/etc/passwd",
            ".hidden",
            "C:x.zip",
            "a\0.zip",
            "a\n.zip",
            "a.zip.",
            "a.zip ",
            &long,
        ] {
            assert!(!is_key(bad), "{bad:?}");
            assert!(!is_new_key(bad) || bad == long, "{bad:?}");
        }
        for (name, new) in [
            ("a.zip", true),
            ("2026-11-29_x.zip", true),
            ("A.zip", false),
            ("a b.zip", false),
            ("a", false),
            (".zip", false),
            ("@auto_a.zip", false),
            ("a.zip.zip", false),
        ] {
            assert_eq!(is_new_key(name), new, "{name}");
        }
        assert!(is_key("Backup (1).zip") && is_key("@auto_a.zip") && is_key("noext"));
    }

    #[test]
    fn a_folder_lists_what_is_complete_and_never_replaces() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Folder::new(folder.path().join("backups"));
        assert_eq!(shelf.list().unwrap(), []);
        let from = folder.path().join("made");
        fs::write(&from, "abc").unwrap();
        assert!(shelf.put("b.zip", &from).unwrap());
        assert!(!shelf.put("b.zip", &from).unwrap());
        assert!(shelf.put("a.zip", &from).unwrap());
        fs::create_dir(folder.path().join("backups/.incoming")).unwrap();
        fs::create_dir(folder.path().join("backups/c.zip")).unwrap();
        std::os::unix::fs::symlink(&from, folder.path().join("backups/d.zip")).unwrap();
        let keys: Vec<_> = shelf
            .list()
            .unwrap()
            .into_iter()
            .map(|one| one.key)
            .collect();
        assert_eq!(keys, ["a.zip", "b.zip"]);
        assert_eq!(shelf.open("a.zip").unwrap().unwrap().length(), 3);
        assert!(shelf.open("c.zip").unwrap().is_none());
        assert!(shelf.open("d.zip").unwrap().is_none());
        assert!(shelf.remove("a.zip").unwrap());
        assert!(!shelf.remove("a.zip").unwrap());
        assert!(shelf.open("a.zip").unwrap().is_none());
    }
}
