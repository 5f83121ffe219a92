//! Uploads that are received piece by piece, over several requests and restarts, and then taken by
//! the record that names them as `upload:ID`.
//!
//! - What is known of an upload is a key of the database; its bytes are a file beside it, and how
//!   long that is, is how far the upload is. What is told to have arrived is synced.
//! - An upload belongs to who began it; for anybody else it is not there. One that a guest began
//!   belongs to whoever knows its id, which cannot be guessed.
//! - One request at a time works on an upload. One that appends gives way to the next: its client
//!   may be gone without the server knowing.
//! - The commit that names an upload removes its key, so it is taken once or not at all.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use luge_model::key_scope::RecordAction;
use luge_model::limits::{
    DISK_RESERVE_BYTES, UPLOAD_ID_CHARS, UPLOAD_MILLISECONDS, UPLOAD_TURN_LOOK_MILLISECONDS,
    UPLOAD_TURN_MILLISECONDS_MAX, UPLOADS_BYTES_MAX, UPLOADS_CALLER_BYTES_MAX, UPLOADS_CALLER_MAX,
    UPLOADS_MAX,
};
use luge_model::network;
use luge_model::principal::Principal;
use luge_model::timestamp::Timestamp;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use super::{Files, failed};
use crate::catalog::Snapshot;
use crate::commit::{Committer, Proposal};
use crate::context::Context;
use crate::error::{Error, Result, UploadError};
use crate::store::{CommitError, Direction, Guard, KeyRange, key};

mod append;
mod checksum;
mod claim;
#[cfg(test)]
mod tests;

pub use append::Appending;
pub use checksum::Checksum;
pub(crate) use claim::Claimed;
pub use claim::{UPLOAD_PREFIX, Unusable};

/// Where the bytes are, in the folder of files; no collection can have this id.
const FOLDER: &str = ".resumable";
const ID_ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// What a client says about an upload that it begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Begin {
    /// How long the file is, in bytes.
    pub length: u64,
    /// What the client calls it.
    pub original: String,
    /// What the client wants to be told again, as it was sent.
    pub metadata: String,
}

/// An upload as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadState {
    /// Its id.
    pub id: String,
    /// How many bytes have arrived.
    pub offset: u64,
    /// How long the file is, in bytes.
    pub length: u64,
    /// As it was sent at the beginning.
    pub metadata: String,
    /// When it ends if no record has named it by then.
    pub expires: Timestamp,
}

/// What is known of an upload, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    /// Collection and id of the record that began it; empty for guests.
    owner: String,
    /// Who it is counted for: the owner, or where a guest came from.
    counted: String,
    length: u64,
    original: String,
    metadata: String,
    /// In milliseconds since 1970.
    expires: i64,
}

/// The uploads that are worked on now, and who is to be told that another one wants to.
type Turns = Arc<Mutex<HashMap<String, Arc<Notify>>>>;

/// What a [`Files`] has for uploads.
#[derive(Debug)]
pub(super) struct Resumable {
    folder: PathBuf,
    turns: Turns,
    /// Held while an upload is counted and begun.
    beginning: tokio::sync::Mutex<()>,
}

/// The right to work on an upload.
#[derive(Debug)]
struct Turn {
    turns: Turns,
    id: String,
    /// Told when another one wants to work on it.
    wanted: Arc<Notify>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.lock().remove(&self.id);
    }
}

impl Resumable {
    /// The uploads below the folder of files.
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.join(FOLDER),
            turns: Turns::default(),
            beginning: tokio::sync::Mutex::default(),
        }
    }

    /// Removes bytes of uploads that nothing is known of, and takes back what was not checked.
    pub(super) fn clean(&self, committer: &Committer) -> Result<()> {
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries.map_err(|error| failed("look for uploads", &error))?,
        };
        for entry in entries {
            let path = entry
                .map_err(|error| failed("look for uploads", &error))?
                .path();
            let id = path.file_stem().and_then(|name| name.to_str());
            let known = match id.filter(|id| is_id(id)) {
                Some(id) => committer.store().get(&key::upload(id))?.is_some(),
                None => false,
            };
            let cleaned = if !known {
                fs::remove_file(&path)
            } else if path.extension().is_some() {
                append::take_back(&path)
            } else {
                Ok(())
            };
            cleaned.map_err(|error| failed("clean up uploads", &error))?;
        }
        Ok(())
    }

    fn path(&self, id: &str) -> PathBuf {
        self.folder.join(id)
    }

    fn try_turn(&self, id: &str) -> std::result::Result<Turn, Arc<Notify>> {
        let mut turns = self.turns.lock();
        if let Some(working) = turns.get(id) {
            return Err(Arc::clone(working));
        }
        let wanted = Arc::new(Notify::new());
        turns.insert(id.to_owned(), Arc::clone(&wanted));
        Ok(Turn {
            turns: Arc::clone(&self.turns),
            id: id.to_owned(),
            wanted,
        })
    }

    /// One's turn at an upload; who has it is told to leave off.
    async fn turn(&self, id: &str) -> Result<Turn> {
        let look = Duration::from_millis(UPLOAD_TURN_LOOK_MILLISECONDS);
        let most = Duration::from_millis(UPLOAD_TURN_MILLISECONDS_MAX);
        let taking = async {
            loop {
                match self.try_turn(id) {
                    Ok(turn) => return turn,
                    Err(working) => working.notify_one(),
                }
                tokio::time::sleep(look).await;
            }
        };
        let taken = tokio::time::timeout(most, taking).await;
        taken.map_err(|_| Error::Upload(UploadError::Busy))
    }

    fn remove_bytes(&self, id: &str) {
        let bytes = self.path(id);
        for path in [append::unchecked(&bytes), bytes] {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    tracing::warn!(%error, "the bytes of an upload stay until the next start");
                }
                _ => {}
            }
        }
    }
}

impl Files {
    /// The largest file that this caller could name in some record, in bytes; 0 where it could name
    /// none. Superusers may in every collection; others where a rule is not locked; guests where it
    /// does not ask who they are.
    #[must_use]
    pub fn upload_length_max(&self, principal: &Principal) -> u64 {
        length_max(&self.catalog.snapshot(), principal)
    }

    /// Begins an upload.
    ///
    /// # Errors
    /// [`Error::Forbidden`] where the caller could name no file, [`UploadError::TooLong`],
    /// [`UploadError::TooMany`], [`Error::DiskFull`].
    pub async fn begin_upload(&self, context: &Context, begin: Begin) -> Result<UploadState> {
        let max = self.upload_length_max(&context.principal);
        if max == 0 {
            let reason = "There is no file field that you may upload a file for.";
            return Err(Error::Forbidden(reason.to_owned()));
        }
        if begin.length > max {
            return Err(Error::Upload(UploadError::TooLong(max)));
        }
        let _one_by_one = self.resumable.beginning.lock().await;
        let known = Known {
            owner: owner(&context.principal),
            counted: counted(context),
            length: begin.length,
            original: begin.original,
            metadata: begin.metadata,
            expires: context.now.0.saturating_add(UPLOAD_MILLISECONDS),
        };
        self.check_room(&known)?;
        let id = self.random.text(ID_ALPHABET, UPLOAD_ID_CHARS);
        self.make_file(&id, known.length)?;
        let value = serde_json::to_vec(&known)
            .map_err(|error| failed("write an upload", &io::Error::other(error)))?;
        let committed = self.committer.commit(Proposal {
            guards: vec![Guard::Absent(key::upload(&id))],
            puts: vec![(key::upload(&id), value)],
            now: context.now,
            ..Proposal::default()
        });
        if let Err(error) = committed.await {
            self.resumable.remove_bytes(&id);
            return Err(error.into());
        }
        Ok(state(id, 0, known))
    }

    /// How far an upload is. May block for a moment.
    ///
    /// # Errors
    /// [`UploadError::Missing`].
    pub fn upload(&self, context: &Context, id: &str) -> Result<UploadState> {
        let known = self.known_upload(context, id)?;
        let offset = self.synced_length(id)?;
        Ok(state(id.to_owned(), offset, known))
    }

    /// Ends an upload: its bytes go.
    ///
    /// # Errors
    /// [`UploadError::Missing`], [`UploadError::Busy`] while a record takes it.
    pub async fn end_upload(&self, context: &Context, id: &str) -> Result<()> {
        self.known_upload(context, id)?;
        let _turn = self.resumable.turn(id).await?;
        let committed = self.committer.commit(removal(id)).await;
        match committed {
            Err(CommitError::Guard(_)) => Err(Error::Upload(UploadError::Missing)),
            committed => {
                committed?;
                self.resumable.remove_bytes(id);
                Ok(())
            }
        }
    }

    /// Removes the uploads whose time is over. May block.
    pub(super) fn expire_uploads(&self, now: Timestamp) -> Result<()> {
        let mut over = Vec::new();
        self.each_upload(&mut |id, known| {
            if known.expires <= now.0 {
                over.push(id.to_owned());
            }
        })?;
        for id in over {
            // One that is worked on is removed when that ends.
            let Ok(_turn) = self.resumable.try_turn(&id) else {
                continue;
            };
            match self.committer.commit_in_background(&removal(&id)) {
                Ok(_) | Err(CommitError::Guard(_)) => self.resumable.remove_bytes(&id),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn known_upload(&self, context: &Context, id: &str) -> Result<Known> {
        let missing = Error::Upload(UploadError::Missing);
        if !is_id(id) {
            return Err(missing);
        }
        let stored = self.committer.store().get(&key::upload(id))?;
        let known = stored.as_deref().and_then(read);
        let is_there = |known: &Known| {
            known.expires > context.now.0
                && (known.owner.is_empty() || known.owner == owner(&context.principal))
        };
        known.filter(is_there).ok_or(missing)
    }

    fn synced_length(&self, id: &str) -> Result<u64> {
        let file = match File::options().write(true).open(self.resumable.path(id)) {
            // A record took it since it was looked up.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(Error::Upload(UploadError::Missing));
            }
            file => file,
        };
        let length = file.and_then(|file| {
            file.sync_data()?;
            Ok(file.metadata()?.len())
        });
        length.map_err(|error| failed("read an upload", &error))
    }

    fn make_file(&self, id: &str, length: u64) -> Result<()> {
        let folder = &self.resumable.folder;
        let made = fs::create_dir_all(folder)
            .and_then(|()| File::create_new(self.resumable.path(id)))
            .and_then(|_| File::open(folder)?.sync_all());
        made.map_err(|error| failed("begin an upload", &error))?;
        let room = super::disk_room(folder)?;
        if room < length.saturating_add(DISK_RESERVE_BYTES) {
            self.resumable.remove_bytes(id);
            return Err(Error::DiskFull);
        }
        Ok(())
    }

    /// Refuses an upload beyond the limits of its owner or of all.
    fn check_room(&self, new: &Known) -> Result<()> {
        let (mut count, mut bytes, mut all, mut all_bytes) = (0, new.length, 0, new.length);
        self.each_upload(&mut |_, known| {
            all += 1;
            all_bytes = all_bytes.saturating_add(known.length);
            if known.counted == new.counted {
                count += 1;
                bytes = bytes.saturating_add(known.length);
            }
        })?;
        let too_many = |what: String| Err(Error::Upload(UploadError::TooMany(what)));
        if count >= UPLOADS_CALLER_MAX {
            return too_many(format!(
                "You have {count} uploads that no record has named yet."
            ));
        }
        if bytes > UPLOADS_CALLER_BYTES_MAX {
            return too_many(format!(
                "Your uploads that no record has named yet may have {UPLOADS_CALLER_BYTES_MAX} \
                 bytes together."
            ));
        }
        if all >= UPLOADS_MAX || all_bytes > UPLOADS_BYTES_MAX {
            return too_many("The server has as many uploads as it can take.".to_owned());
        }
        Ok(())
    }

    fn each_upload(&self, visit: &mut dyn FnMut(&str, &Known)) -> Result<()> {
        let mut rest: Option<KeyRange> = Some(key::upload_range());
        while let Some(range) = rest {
            let store = self.committer.store();
            rest = store.scan(
                &range,
                Direction::Forward,
                UPLOADS_MAX,
                &mut |key, value| {
                    if let Some((id, known)) = key::upload_id(key).zip(read(value)) {
                        visit(id, &known);
                    }
                    ControlFlow::Continue(())
                },
            )?;
        }
        Ok(())
    }
}

/// Whether a text can be the id of an upload, and so the name of a file.
fn is_id(id: &str) -> bool {
    id.len() == UPLOAD_ID_CHARS && id.bytes().all(|byte| ID_ALPHABET.contains(&byte))
}

fn removal(id: &str) -> Proposal {
    Proposal {
        guards: vec![Guard::Present(key::upload(id))],
        deletes: vec![key::upload(id)],
        ..Proposal::default()
    }
}

fn read(value: &[u8]) -> Option<Known> {
    serde_json::from_slice(value).ok()
}

fn state(id: String, offset: u64, known: Known) -> UploadState {
    UploadState {
        id,
        offset,
        length: known.length,
        metadata: known.metadata,
        expires: Timestamp(known.expires),
    }
}

fn owner(principal: &Principal) -> String {
    let identity = principal.identity();
    identity.map_or_else(String::new, |identity| {
        let record = format!("{}/{}", identity.collection.id, identity.record.id());
        match &identity.key {
            None => record,
            Some(key) => format!("{record}/{}", key.id),
        }
    })
}

fn counted(context: &Context) -> String {
    let owner = owner(&context.principal);
    match context.client.map(network::counted) {
        Some(address) if owner.is_empty() => format!("at {address}"),
        _ => owner,
    }
}

fn length_max(snapshot: &Snapshot, principal: &Principal) -> u64 {
    let lets = |rule: &Option<String>| match (rule, principal.identity()) {
        (None, _) => false,
        (Some(_), Some(_)) => true,
        (Some(rule), None) => !rule.contains("@request.auth"),
    };
    let mut most = 0;
    for collection in snapshot.all() {
        let rules = &collection.rules;
        let may = |rule, action| {
            (principal.skips_rules() || lets(rule)) && principal.may(collection, action)
        };
        let creates = may(&rules.create, RecordAction::Create);
        if !creates && !may(&rules.update, RecordAction::Update) {
            continue;
        }
        for file in collection
            .fields
            .iter()
            .filter_map(|field| field.kind.as_file())
        {
            most = most.max(file.max_bytes() as u64);
        }
    }
    most
}
