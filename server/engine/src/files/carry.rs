//! Files of another data folder, under the names that its records have for them.

use std::io::Read;

use luge_model::limits::UPLOAD_WRITE_BYTES;

use super::{Announced, BlobPath, Files, failed};
use crate::error::{Error, Result};

impl Files {
    /// Stores a copy of a file under its path, durable when this returns, and says how many bytes
    /// it has. For a database that nobody else writes to: the path is not claimed, so the commit
    /// that names it has to follow before anything is swept. May block.
    ///
    /// # Errors
    /// [`Error::BadRequest`] when the source cannot be read, [`Error::DiskFull`], or when it cannot
    /// be written.
    pub(crate) fn carry(&self, path: &BlobPath, source: &mut dyn Read) -> Result<u64> {
        let mut receiving = self.receive(Announced {
            key: String::new(),
            original: path.file().to_owned(),
            bytes_max: u64::MAX,
        })?;
        let mut bytes = vec![0; UPLOAD_WRITE_BYTES];
        loop {
            let read = source.read(&mut bytes).map_err(|error| {
                Error::BadRequest(format!("the file {path:?} cannot be read: {error}"))
            })?;
            if read == 0 {
                break;
            }
            receiving.write(bytes.get(..read).unwrap_or_default())?;
        }
        let upload = self.received(receiving)?;
        let stored = self.blobs.put(path, &upload.spool);
        stored.map_err(|error| failed("store a file", &error))?;
        Ok(upload.uploaded.bytes)
    }
}
