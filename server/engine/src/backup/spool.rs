//! Backups on their way: made or received in a temporary file, until they are complete.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use luge_model::limits::{DISK_RESERVE_BYTES, UPLOAD_WRITE_BYTES};

use super::failures::{failed, name_taken, refused};
use super::{Backups, FOLDER, INCOMING, is_key, restore};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::files::media::{self, HEAD_BYTES};
use crate::files::{Blob, disk_room, open_file};

/// A backup that is being received.
#[derive(Debug)]
pub struct Incoming {
    spool: Spool,
    file: File,
}

/// A temporary file; removed when this is dropped.
#[derive(Debug)]
pub(super) struct Spool(pub(super) PathBuf);

impl Drop for Spool {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.0) {
            // Moved to its place where there are no links.
            tracing::debug!(%error, "a temporary backup was not removed");
        }
    }
}

impl Backups {
    /// Begins to receive a backup that was made elsewhere.
    ///
    /// # Errors
    /// When the caller is not a superuser, the disk is full, or no temporary file can be made.
    pub fn receive(&self, ctx: &Context) -> Result<Incoming> {
        ctx.require_superuser()?;
        let (spool, file) = self.spool()?;
        Ok(Incoming { spool, file })
    }

    /// Keeps what was received under the name that the client gave it.
    ///
    /// # Errors
    /// When it is no zip archive, or the name is refused or taken.
    pub fn received(&self, ctx: &Context, incoming: Incoming, name: &str) -> Result<()> {
        let spool = incoming.into_spool()?;
        if media::of_content(&head(&spool)?).media_type != "application/zip" {
            let sentence = format!("{name:?} mime type must be one of: application/zip.");
            return Err(refused("file", "validation_invalid_mime_type", sentence));
        }
        let plain = name.rsplit(['/', '\\']).next().unwrap_or_default();
        if !is_key(plain) {
            let sentence = "The name of the file cannot be that of a backup.";
            return Err(refused("file", "validation_match_invalid", sentence));
        }
        if !self.put(plain, &spool)? {
            let sentence = "Backup file with the specified name already exists.";
            return Err(name_taken("file", sentence));
        }
        ctx.account.did("backups.upload", plain, Vec::new);
        Ok(())
    }

    /// A copy of a backup that lies elsewhere. The file has no name any more: it goes when it is
    /// closed.
    pub(super) fn fetched(&self, blob: &dyn Blob) -> Result<Box<dyn Blob>> {
        let needed = blob.length().saturating_add(DISK_RESERVE_BYTES);
        if disk_room(&self.target.data)? < needed {
            return Err(Error::DiskFull);
        }
        let (spool, mut file) = self.spool()?;
        let mut offset = 0;
        while offset < blob.length() {
            let read = blob.read(offset, UPLOAD_WRITE_BYTES).and_then(|bytes| {
                file.write_all(&bytes)?;
                Ok(bytes.len() as u64)
            });
            match read.map_err(|error| failed("fetch a backup", &error))? {
                0 => return Err(failed("fetch a backup", &ErrorKind::UnexpectedEof.into())),
                read => offset += read,
            }
        }
        restore::opened(&spool.0)
    }

    /// An empty temporary file.
    pub(super) fn spool(&self) -> Result<(Spool, File)> {
        if disk_room(&self.target.data)? < DISK_RESERVE_BYTES {
            return Err(Error::DiskFull);
        }
        let folder = self.target.data.join(FOLDER).join(INCOMING);
        let path = folder.join(format!(
            "{:016x}{:016x}",
            self.random.seed(),
            self.random.seed()
        ));
        let made = fs::create_dir_all(&folder).and_then(|()| {
            let mut options = File::options();
            // It holds everybody's password hashes.
            options.write(true).create_new(true).mode(0o600).open(&path)
        });
        let file = made.map_err(|error| failed("make a backup", &error))?;
        Ok((Spool(path), file))
    }
}

impl Incoming {
    /// The whole of it, as a file that goes when this is dropped.
    pub(super) fn into_spool(self) -> Result<Spool> {
        let synced = self.file.sync_all();
        synced.map_err(|error| failed("receive a backup", &error))?;
        Ok(self.spool)
    }

    /// Takes the next bytes. May block.
    ///
    /// # Errors
    /// [`Error::DiskFull`], or when they cannot be written.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.file
            .write_all(bytes)
            .map_err(|error| failed("receive a backup", &error))
    }
}

/// What a file begins with.
fn head(spool: &Spool) -> Result<Vec<u8>> {
    let blob = open_file(&spool.0).and_then(|blob| blob.ok_or(io::ErrorKind::NotFound.into()));
    let read = blob.and_then(|blob| blob.read(0, HEAD_BYTES));
    read.map_err(|error| failed("read a backup", &error))
}
