//! Which blob store files are in: a bucket where the settings say so, else the folder or the
//! database, as was chosen when the database was made.
//!
//! - The settings are looked at for every call, so that a change counts from the next call on. What
//!   is stored already stays where it is (contract §5.2).
//! - What was chosen is written in the database: another choice later is refused, since files would
//!   seem to be missing.

use std::fmt;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;

use super::Parts;
use super::blob::BlobStore;
use super::objects::Objects;
use crate::commit::{Committer, Proposal};
use crate::error::{Error, Result};
use crate::random::Random;
use crate::settings::{S3Settings, Settings};
use crate::store::{Direction, key};

/// The file that makes an installation known to itself, in the folder of files.
const INSTALLATION: &str = ".installation";

/// Where files are kept that are in no bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileStoreKind {
    /// In a folder beside the database.
    Folder,
    /// In the database, in pieces.
    Database,
}

impl FileStoreKind {
    /// As `--files` names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Folder => "folder",
            Self::Database => "database",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let kinds = [Self::Folder, Self::Database];
        kinds.into_iter().find(|kind| kind.name() == name)
    }
}

/// Reaches buckets.
pub trait Buckets: fmt::Debug + Send + Sync {
    /// The blobs of a bucket. `installation` is who stores them; it connects to nothing yet.
    ///
    /// # Errors
    /// When the settings can mean no bucket.
    fn open(&self, settings: &S3Settings, installation: &str) -> io::Result<Arc<dyn BlobStore>>;

    /// The objects at the root of a bucket; it connects to nothing yet.
    ///
    /// # Errors
    /// When the settings can mean no bucket.
    fn objects(&self, settings: &S3Settings) -> io::Result<Arc<dyn Objects>>;

    /// Stores something in a bucket and removes it again.
    ///
    /// # Errors
    /// When that is refused, with the reason in words that hold no secret.
    fn test(&self, settings: &S3Settings) -> io::Result<()>;
}

/// What a bucket failed with; holds no secret. Inside of an [`io::Error`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BucketFailure(pub String);

/// The bucket that was opened last, for as long as the settings name the same one.
#[derive(Debug)]
pub(crate) struct LastBucket<T: ?Sized>(Mutex<Option<(S3Settings, Arc<T>)>>);

impl<T: ?Sized> Default for LastBucket<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T: ?Sized> LastBucket<T> {
    /// The bucket of these settings, opened where that was another one.
    pub(crate) fn get(
        &self,
        settings: &S3Settings,
        open: impl FnOnce() -> io::Result<Arc<T>>,
    ) -> io::Result<Arc<T>> {
        let mut last = self.0.lock();
        if let Some((known, opened)) = &*last
            && known == settings
        {
            return Ok(Arc::clone(opened));
        }
        let opened = open()?;
        *last = Some((settings.clone(), Arc::clone(&opened)));
        Ok(opened)
    }
}

/// Knows where files are now.
#[derive(Debug)]
pub(super) struct Places {
    kind: FileStoreKind,
    local: Arc<dyn BlobStore>,
    buckets: Option<Arc<dyn Buckets>>,
    settings: Arc<Settings>,
    /// Where the installation keeps its name.
    folder: PathBuf,
    random: Arc<dyn Random>,
    bucket: LastBucket<dyn BlobStore>,
}

impl Places {
    pub(super) fn new(local: Arc<dyn BlobStore>, parts: &Parts) -> Self {
        Self {
            kind: parts.kind,
            local,
            buckets: parts.buckets.clone(),
            settings: Arc::clone(&parts.settings),
            folder: parts.folder.clone(),
            random: Arc::clone(&parts.random),
            bucket: LastBucket::default(),
        }
    }

    /// Where files are stored and looked for now.
    pub(super) fn current(&self) -> io::Result<Arc<dyn BlobStore>> {
        let settings = self.settings.current();
        if !settings.s3.enabled {
            return Ok(Arc::clone(&self.local));
        }
        self.bucket.get(&settings.s3, || {
            let installation = installation(&self.folder, &*self.random)?;
            self.buckets()?.open(&settings.s3, &installation)
        })
    }

    /// Whether files lie in the folder now.
    pub(super) fn are_beside(&self) -> bool {
        self.kind == FileStoreKind::Folder && !self.settings.current().s3.enabled
    }

    /// What reaches buckets.
    pub(super) fn buckets(&self) -> io::Result<&Arc<dyn Buckets>> {
        let missing = || io::Error::other(BucketFailure("this program reaches no buckets".into()));
        self.buckets.as_ref().ok_or_else(missing)
    }

    /// Takes back what cut off blobs occupy beside the database, wherever files are now.
    pub(super) fn reclaim(&self) -> io::Result<()> {
        self.local.reclaim()
    }
}

/// Where the files of this database are; a new one remembers what is wanted.
///
/// # Errors
/// [`Error::FilesElsewhere`] where they are not where they are wanted.
pub fn chosen(committer: &Committer, wanted: Option<FileStoreKind>) -> Result<FileStoreKind> {
    let key = key::meta("files");
    let store = committer.store();
    let recorded = store.get(&key)?;
    let recorded = recorded
        .as_deref()
        .and_then(|name| FileStoreKind::named(std::str::from_utf8(name).ok()?));
    // A database without the note is new, or was made when there was only the folder.
    let is_used = || {
        let mut used = false;
        let all = key::catalog_range();
        let scanned = store.scan(&all, Direction::Forward, 1, &mut |_, _| {
            used = true;
            std::ops::ControlFlow::Break(())
        });
        scanned.map(|_| used)
    };
    let found = match recorded {
        None if is_used()? => Some(FileStoreKind::Folder),
        recorded => recorded,
    };
    let chosen = found.or(wanted).unwrap_or(FileStoreKind::Folder);
    if let Some(wanted) = wanted.filter(|wanted| *wanted != chosen) {
        return Err(Error::FilesElsewhere {
            found: chosen.name(),
            wanted: wanted.name(),
        });
    }
    if recorded.is_none() {
        committer.commit_in_background(&Proposal {
            puts: vec![(key, chosen.name().as_bytes().to_vec())],
            ..Proposal::default()
        })?;
    }
    Ok(chosen)
}

/// Who stores files from this folder. A copy of the folder is somebody else: the name holds only
/// for the very file that it is written in.
fn installation(folder: &Path, random: &dyn Random) -> io::Result<String> {
    let path = folder.join(INSTALLATION);
    if let Some(known) = known_installation(&path)? {
        return Ok(known);
    }
    fs::create_dir_all(folder)?;
    let name = format!("{:016x}{:016x}", random.seed(), random.seed());
    let mut file = fs::File::create(&path)?;
    let inode = file.metadata()?.ino();
    write!(file, "{name} {inode}")?;
    file.sync_all()?;
    Ok(name)
}

fn known_installation(path: &Path) -> io::Result<Option<String>> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        text => text?,
    };
    let inode = fs::metadata(path)?.ino().to_string();
    let parts = text.split_once(' ');
    Ok(parts.and_then(|(name, written)| (written == inode).then(|| name.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandom;

    #[test]
    fn a_copy_of_the_folder_is_another_installation() {
        let folder = tempfile::TempDir::new().unwrap();
        let (one, other) = (folder.path().join("one"), folder.path().join("other"));
        let name = installation(&one, &SystemRandom).unwrap();
        assert_eq!(installation(&one, &SystemRandom).unwrap(), name);
        fs::create_dir(&other).unwrap();
        fs::copy(one.join(INSTALLATION), other.join(INSTALLATION)).unwrap();
        let copied = installation(&other, &SystemRandom).unwrap();
        assert_ne!(copied, name);
        assert_eq!(installation(&other, &SystemRandom).unwrap(), copied);
        for damaged in ["", "abc", "abc def", "abc "] {
            fs::write(one.join(INSTALLATION), damaged).unwrap();
            let name = installation(&one, &SystemRandom).unwrap();
            assert_eq!(installation(&one, &SystemRandom).unwrap(), name);
        }
    }
}
