//! An upload that a record is about to take.
//!
//! - It is held from when the record is planned until its write is over, so that no two writes,
//!   also of one batch, take the same.
//! - Whether it is still there is a guard of the commit, which removes its key.

use std::fs::File;
use std::os::unix::fs::FileExt;

use luge_model::field::file::Uploaded;

use super::{Files, Turn, owner};
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Error, Result, UploadError};
use crate::files::media::{self, HEAD_BYTES};
use crate::files::name;
use crate::files::upload::{Spool, Upload};
use crate::store::{Guard, key};

/// What stands before the id of an upload where a record names it. No stored file is called so:
/// names have no colon.
pub const UPLOAD_PREFIX: &str = "upload:";

/// Why an upload cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// There is none, it is somebody else's, or its time is over.
    Missing,
    /// It has only so many of its bytes.
    Incomplete(u64, u64),
    /// Something works on it, or another field or record takes it.
    Busy,
}

/// What a write that takes an upload has to do besides.
#[derive(Debug)]
pub(crate) struct Claimed {
    id: String,
    _turn: Turn,
}

impl Claimed {
    /// What takes the upload must still be able to, and nothing after it is.
    pub(crate) fn consume(&self, proposal: &mut Proposal) {
        let key = key::upload(&self.id);
        proposal.guards.push(Guard::Present(key.clone()));
        proposal.deletes.push(key);
    }

    /// Its id.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }
}

impl Files {
    /// The upload that a value of a file field names, for the field under `key`.
    ///
    /// # Errors
    /// When the store or the disk fails; the inner error is the client's.
    pub(crate) fn claim_upload(
        &self,
        context: &Context,
        key: &str,
        id: &str,
    ) -> Result<std::result::Result<Upload, Unusable>> {
        let known = match self.known_upload(context, id) {
            Err(Error::Upload(UploadError::Missing)) => return Ok(Err(Unusable::Missing)),
            known => known?,
        };
        let Ok(turn) = self.resumable.try_turn(id) else {
            return Ok(Err(Unusable::Busy));
        };
        let bytes = match self.synced_length(id) {
            Err(Error::Upload(UploadError::Missing)) => return Ok(Err(Unusable::Missing)),
            bytes => bytes?,
        };
        if bytes < known.length {
            return Ok(Err(Unusable::Incomplete(bytes, known.length)));
        }
        let path = self.resumable.path(id);
        let head = head(&path).map_err(|error| super::failed("read an upload", &error))?;
        let media = media::of_content(&head);
        tracing::debug!(
            owner = owner(&context.principal),
            "an upload is taken by a record"
        );
        Ok(Ok(Upload {
            key: key.to_owned(),
            uploaded: Uploaded {
                name: name::stored(&known.original, media.extension, &*self.random),
                original: name::base(&known.original).to_owned(),
                bytes,
                media_type: media.media_type.to_owned(),
            },
            spool: Spool::kept(path),
            whole: true,
            claimed: Some(Claimed {
                id: id.to_owned(),
                _turn: turn,
            }),
        }))
    }

    /// Removes the bytes of an upload that a record took.
    pub(in crate::files) fn forget_upload(&self, id: &str) {
        self.resumable.remove_bytes(id);
    }
}

fn head(path: &std::path::Path) -> std::io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    let mut head = vec![0; HEAD_BYTES.min(length)];
    file.read_exact_at(&mut head, 0)?;
    Ok(head)
}
