//! A survey under way: one keyspace after another, then the files of one collection after another.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use luge_model::collection::Collection;
use luge_model::id::CollectionNumber;
use luge_model::limits::{SURVEY_STEP_BYTES, SURVEY_STEP_ENTRIES};
use luge_model::timestamp::Timestamp;

use super::{Bytes, FileBytes, Parts};
use crate::error::{Error, Result};
use crate::files::Files;
use crate::store::key::{self, Keyspace};
use crate::store::{Direction, Key, KeyRange, ReadStore};

/// What is walked through, in this order.
const KEYSPACES: [Keyspace; 9] = [
    Keyspace::Record,
    Keyspace::Belonging,
    Keyspace::Rowid,
    Keyspace::Index,
    Keyspace::Unique,
    Keyspace::Reference,
    Keyspace::FoldedId,
    Keyspace::Change,
    Keyspace::RequestPack,
];

/// What a survey found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// When it ended.
    pub(super) taken: Option<Timestamp>,
    /// Bytes in the database of every collection that it saw.
    pub(super) database: HashMap<CollectionNumber, Bytes>,
    /// Files of every collection; `None` where their storage could not be asked.
    pub(super) files: HashMap<CollectionNumber, Option<FileBytes>>,
    /// Bytes of the log of requests.
    pub(super) request_log: u64,
    /// Bytes of the log of changes.
    pub(super) change_log: u64,
}

/// A survey that has not ended yet.
#[derive(Debug)]
pub(super) struct Walk {
    /// What is left of the database, the next range last.
    ranges: Vec<(Keyspace, KeyRange)>,
    /// The collections whose files are still to be listed; `None` while there are ranges.
    unlisted: Option<Vec<Arc<Collection>>>,
    found: Found,
}

impl Walk {
    /// At its beginning.
    pub(super) fn begin() -> Self {
        let ranges = KEYSPACES.into_iter().rev();
        Self {
            ranges: ranges.map(|one| (one, one.range())).collect(),
            unlisted: None,
            found: Found::default(),
        }
    }

    /// Goes on until all is seen, which is told, or until `leaves_off` says so between two steps.
    pub(super) fn go_on(&mut self, parts: &Parts, leaves_off: &dyn Fn() -> bool) -> Result<bool> {
        while let Some((keyspace, range)) = self.ranges.pop() {
            let store = &**parts.committer.store();
            if let Some(rest) = self.step(store, keyspace, &range)? {
                self.ranges.push((keyspace, rest));
            }
            if leaves_off() {
                return Ok(false);
            }
        }
        let snapshot = parts.catalog.snapshot();
        let unlisted = self.unlisted.get_or_insert_with(|| snapshot.all().to_vec());
        while let Some(collection) = unlisted.pop() {
            // Whatever has nothing in the database has nothing, and was seen all the same.
            self.found.database.entry(collection.number).or_default();
            let files = listed(&parts.files, &collection)?;
            self.found.files.insert(collection.number, files);
            if leaves_off() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What was found.
    pub(super) fn done(self, now: Timestamp) -> Found {
        let taken = Some(now);
        Found {
            taken,
            ..self.found
        }
    }

    /// Reads a bounded part of a range, and gives what is left of it.
    fn step(
        &mut self,
        store: &(impl ReadStore + ?Sized),
        keyspace: Keyspace,
        range: &KeyRange,
    ) -> Result<Option<KeyRange>> {
        let mut read = 0;
        let mut last: Option<Key> = None;
        let rest = store.scan(
            range,
            Direction::Forward,
            SURVEY_STEP_ENTRIES,
            &mut |key, value| {
                let bytes = (key.len() + value.len()) as u64;
                self.found.count(keyspace, key, bytes);
                read += bytes;
                if read >= SURVEY_STEP_BYTES {
                    last = Some(key.to_vec());
                    return ControlFlow::Break(());
                }
                ControlFlow::Continue(())
            },
        )?;
        Ok(match last {
            Some(last) => Some(range.beyond(Direction::Forward, &last)),
            None => rest,
        })
    }
}

impl Found {
    fn count(&mut self, keyspace: Keyspace, key: &[u8], bytes: u64) {
        let total = match (keyspace, key::collection_number(key)) {
            (Keyspace::Change, _) => &mut self.change_log,
            (Keyspace::RequestPack, _) => &mut self.request_log,
            (Keyspace::Record | Keyspace::Belonging, Some(number)) => {
                &mut self.database.entry(number).or_default().records
            }
            (_, Some(number)) => &mut self.database.entry(number).or_default().indexes,
            (_, None) => return,
        };
        *total = total.saturating_add(bytes);
    }
}

/// The files of a collection; `None` where their storage cannot be asked now.
fn listed(files: &Files, collection: &Collection) -> Result<Option<FileBytes>> {
    let mut found = FileBytes::default();
    let outcome = files.list_of(&collection.id, &mut |listed| {
        let (number, bytes) = if listed.path.is_preview() {
            (&mut found.previews, &mut found.preview_bytes)
        } else {
            (&mut found.files, &mut found.bytes)
        };
        *number += 1;
        *bytes = bytes.saturating_add(listed.bytes);
        Ok(true)
    });
    match outcome {
        Ok(()) => Ok(Some(found)),
        Err(Error::FilesUnreachable(reason)) => {
            tracing::warn!(%reason, "the files of a collection cannot be counted");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
