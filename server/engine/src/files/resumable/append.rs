//! Receiving the next bytes of an upload.
//!
//! - Bytes stay also when their request breaks off: the client asks how far it is and goes on.
//! - Bytes that come with a checksum stay only if it is right. Until that is known, a file beside
//!   the upload says how long it was, so that a crash keeps nothing that was not checked.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::Notify;

use super::checksum::{Checksum, Hasher};
use super::{Files, Turn, failed};
use crate::context::Context;
use crate::error::{Error, Result, UploadError};

/// What the name of the file that says how long an upload was ends in.
const UNCHECKED: &str = "unchecked";

/// Takes the next bytes of an upload. Its calls may block.
#[derive(Debug)]
pub struct Appending {
    file: File,
    path: PathBuf,
    /// How long the upload was, is, and will be, in bytes.
    start: u64,
    offset: u64,
    length: u64,
    checked: Option<(Checksum, Hasher)>,
    turn: Turn,
}

impl Files {
    /// Goes on with an upload where it is. Whoever is doing so is told to leave off.
    ///
    /// # Errors
    /// [`UploadError::Missing`]; [`UploadError::Offset`] where it is elsewhere;
    /// [`UploadError::TooLong`] where `announced` bytes are more than are missing;
    /// [`UploadError::Busy`].
    pub async fn append(
        self: &Arc<Self>,
        context: &Context,
        id: &str,
        offset: u64,
        next: (u64, Option<Checksum>),
    ) -> Result<Appending> {
        self.known_upload(context, id)?;
        let turn = self.resumable.turn(id).await?;
        let (files, context, id) = (Arc::clone(self), context.clone(), id.to_owned());
        let beginning =
            tokio::task::spawn_blocking(move || files.go_on(&context, &id, (offset, next), turn));
        beginning.await.map_err(|_| Error::Closed)?
    }

    fn go_on(
        &self,
        context: &Context,
        id: &str,
        (offset, (announced, checksum)): (u64, (u64, Option<Checksum>)),
        turn: Turn,
    ) -> Result<Appending> {
        // Looked up again: what had the turn may have ended the upload.
        let known = self.known_upload(context, id)?;
        let is_at = self.synced_length(id)?;
        if is_at != offset {
            return Err(Error::Upload(UploadError::Offset(is_at)));
        }
        if announced > known.length.saturating_sub(offset) {
            return Err(Error::Upload(UploadError::TooLong(known.length)));
        }
        let path = self.resumable.path(id);
        let opened = File::options().append(true).open(&path);
        let file = opened.map_err(|error| failed("receive an upload", &error))?;
        if checksum.is_some() && offset < known.length {
            let noted = note(&path, offset);
            noted.map_err(|error| failed("receive an upload", &error))?;
        }
        Ok(Appending {
            file,
            path,
            start: offset,
            offset,
            length: known.length,
            checked: checksum.map(|checksum| {
                let hasher = checksum.hasher();
                (checksum, hasher)
            }),
            turn,
        })
    }
}

impl Appending {
    /// Told when another request wants to go on with the upload: its client has given this one up.
    #[must_use]
    pub fn given_up(&self) -> Arc<Notify> {
        Arc::clone(&self.turn.wanted)
    }

    /// Takes bytes.
    ///
    /// # Errors
    /// [`UploadError::TooLong`] where they are more than are missing: then none of this request
    /// stay. [`Error::DiskFull`].
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let after = self.offset.saturating_add(bytes.len() as u64);
        if after > self.length {
            self.checked = None;
            self.roll_back();
            return Err(Error::Upload(UploadError::TooLong(self.length)));
        }
        let written = self.file.write_all(bytes);
        written.map_err(|error| failed("receive an upload", &error))?;
        self.offset = after;
        if let Some((_, hasher)) = &mut self.checked {
            hasher.update(bytes);
        }
        Ok(())
    }

    /// Makes what arrived durable; says how far the upload is.
    ///
    /// # Errors
    /// [`UploadError::Checksum`] where it is wrong: then none of this request's bytes stay.
    pub fn finish(mut self) -> Result<u64> {
        if let Some((checksum, hasher)) = self.checked.take()
            && !checksum.matches(hasher)
        {
            self.roll_back();
            return Err(Error::Upload(UploadError::Checksum));
        }
        let synced = self.file.sync_data().and_then(|()| forget(&self.path));
        synced.map_err(|error| failed("receive an upload", &error))?;
        Ok(self.offset)
    }

    /// Keeps what arrived before the request broke off, unless it was to be checked; says how far
    /// the upload is.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn break_off(mut self) -> Result<u64> {
        if self.checked.take().is_some() {
            self.roll_back();
            return Ok(self.offset);
        }
        self.finish()
    }

    fn roll_back(&mut self) {
        self.offset = self.start;
        let shortened = self
            .file
            .set_len(self.start)
            .and_then(|()| self.file.sync_data())
            .and_then(|()| forget(&self.path));
        if let Err(error) = shortened {
            // The note stays, so the next start does it.
            tracing::warn!(%error, "unchecked bytes of an upload could not be taken back");
        }
    }
}

impl Drop for Appending {
    fn drop(&mut self) {
        // The request broke off before its checksum was compared.
        if self.checked.take().is_some() {
            self.roll_back();
        }
    }
}

/// Where it is noted how long an upload was before bytes came that are yet to be checked.
pub(super) fn unchecked(bytes: &Path) -> PathBuf {
    bytes.with_extension(UNCHECKED)
}

fn note(bytes: &Path, length: u64) -> io::Result<()> {
    let mut file = File::create(unchecked(bytes))?;
    file.write_all(length.to_string().as_bytes())?;
    file.sync_all()?;
    sync_folder(bytes)
}

fn forget(bytes: &Path) -> io::Result<()> {
    match fs::remove_file(unchecked(bytes)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed.and_then(|()| sync_folder(bytes)),
    }
}

fn sync_folder(bytes: &Path) -> io::Result<()> {
    bytes
        .parent()
        .map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// Takes back what a crash kept from being checked.
pub(super) fn take_back(note: &Path) -> io::Result<()> {
    let bytes = note.with_extension("");
    // A note that is not whole was written before any byte came.
    if let Ok(length) = fs::read_to_string(note)?.parse::<u64>() {
        let file = File::options().write(true).open(&bytes)?;
        if file.metadata()?.len() > length {
            file.set_len(length)?;
            file.sync_all()?;
        }
    }
    forget(&bytes)
}
