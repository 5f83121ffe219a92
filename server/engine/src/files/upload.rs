//! An upload under way: received into a temporary file, whatever its size, and stored only once the
//! record that names it may be written.
//!
//! The temporary file goes when the upload is dropped, so a refused request leaves nothing behind;
//! what a killed process leaves is removed at the next start.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use luge_model::field::file::Uploaded;

use super::media::{self, HEAD_BYTES};
use super::resumable::Claimed;
use super::{failed, name};
use crate::error::Result;
use crate::random::Random;

/// A file with the bytes of a blob. A temporary one is removed when this is dropped.
#[derive(Debug)]
pub struct Spool {
    path: PathBuf,
    temporary: bool,
}

impl Spool {
    /// Makes an empty one.
    pub(super) fn create(folder: &Path, random: &dyn Random) -> io::Result<(Self, File)> {
        fs::create_dir_all(folder)?;
        let path = folder.join(format!("{:016x}{:016x}", random.seed(), random.seed()));
        let file = File::options().write(true).create_new(true).open(&path)?;
        let temporary = true;
        Ok((Self { path, temporary }, file))
    }

    /// A file that stays when this is dropped.
    pub(super) fn kept(path: PathBuf) -> Self {
        let temporary = false;
        Self { path, temporary }
    }

    /// Makes one in a folder of what `source` gives, synced.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn of_reader(
        folder: &Path,
        random: &dyn Random,
        source: &mut dyn io::Read,
    ) -> io::Result<Self> {
        let (spool, mut file) = Self::create(folder, random)?;
        io::copy(source, &mut file)?;
        file.sync_all()?;
        Ok(spool)
    }

    /// Where the bytes are.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The bytes from the first one on.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn read(&self) -> io::Result<File> {
        File::open(&self.path)
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        if self.temporary
            && let Err(error) = fs::remove_file(&self.path)
        {
            tracing::warn!(%error, "a temporary file of an upload stays until the next start");
        }
    }
}

/// What a client says about a file that it sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announced {
    /// The key of the body under which it comes: `field`, `field+` or `+field`.
    pub key: String,
    /// What the client calls it.
    pub original: String,
    /// How many of its bytes are kept: the field takes no larger file.
    pub bytes_max: u64,
}

/// A file that is being received.
#[derive(Debug)]
pub struct Receiving {
    announced: Announced,
    spool: Spool,
    file: File,
    head: Vec<u8>,
    bytes: u64,
}

/// A file that was received whole.
#[derive(Debug)]
pub struct Upload {
    /// The key of the body under which it came.
    pub key: String,
    /// What the record will be told about it.
    pub uploaded: Uploaded,
    pub(super) spool: Spool,
    /// Whether all of its bytes were kept.
    pub(super) whole: bool,
    /// What the write that takes it has to do, where it came piece by piece.
    pub(crate) claimed: Option<Claimed>,
}

impl Upload {
    /// Where its bytes are until this is dropped; `None` where they were too many to be kept.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.whole.then(|| self.spool.path())
    }
}

impl Receiving {
    pub(super) fn begin(
        folder: &Path,
        random: &dyn Random,
        announced: Announced,
    ) -> io::Result<Self> {
        let (spool, file) = Spool::create(folder, random)?;
        Ok(Self {
            announced,
            spool,
            file,
            head: Vec::new(),
            bytes: 0,
        })
    }

    /// Takes the next bytes. Those of a file that is too large are counted, not kept. May block.
    ///
    /// # Errors
    /// [`crate::error::Error::DiskFull`], or when they cannot be written.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let wanted = HEAD_BYTES.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend(bytes.iter().take(wanted));
        self.bytes = self.bytes.saturating_add(bytes.len() as u64);
        if self.bytes > self.announced.bytes_max {
            return Ok(());
        }
        self.file
            .write_all(bytes)
            .map_err(|error| failed("receive an upload", &error))
    }

    /// Makes what was received durable and gives it the name under which it will be stored. May
    /// block.
    ///
    /// # Errors
    /// [`crate::error::Error::DiskFull`], or when it cannot be written.
    pub fn finish(self, random: &dyn Random) -> Result<Upload> {
        let Announced {
            key,
            original,
            bytes_max,
        } = self.announced;
        let whole = self.bytes <= bytes_max;
        if whole {
            self.file
                .sync_all()
                .map_err(|error| failed("receive an upload", &error))?;
        }
        let media = media::of_content(&self.head);
        Ok(Upload {
            key,
            uploaded: Uploaded {
                name: name::stored(&original, media.extension, random),
                original: name::base(&original).to_owned(),
                bytes: self.bytes,
                media_type: media.media_type.to_owned(),
            },
            spool: self.spool,
            whole,
            claimed: None,
        })
    }
}
