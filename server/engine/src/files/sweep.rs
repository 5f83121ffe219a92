//! Removing files that no record names any more.
//!
//! - What commits drop is found by following the change log from where the last full sweep began.
//! - A full sweep compares everything that is stored with the records: at the start, every now and
//!   then, and where the log was trimmed before it was followed. A collection that went, was
//!   emptied, or lost a file field is swept by itself.
//! - A file is looked at in this order: it is there, nobody claims it, its record does not name it.
//!   So a file whose record is being written is never taken for left over: its claim begins before
//!   it is there, and ends after the record can be seen.
//! - What a damaged record names is not known, so all its files stay. A file that cannot be removed
//!   does not hold the others up.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use luge_model::collection::{Collection, Collections};
use luge_model::id::{CollectionNumber, FieldNumber};
use luge_model::limits::{FILES_FOLLOW_ENTRIES, FILES_REST_MILLISECONDS, FILES_SWEEP_MILLISECONDS};
use luge_model::record::Record;
use luge_model::timestamp::Timestamp;

use super::{BlobPath, BlobStore, Files, failed};
use crate::catalog::Snapshot;
use crate::changes;
use crate::commit::Proposal;
use crate::error::{Error, Result};
use crate::store::{Sequence, key};

/// How far files were tended.
#[derive(Debug, Default)]
pub(super) struct Tended {
    /// Everything that commits up to here dropped is removed; `None` before the first full sweep.
    up_to: Option<Sequence>,
    swept: Option<Timestamp>,
    /// The definitions that were last looked at.
    version: u64,
    footprints: HashMap<String, Footprint>,
    /// Where files were then: another store is swept from the start.
    blobs: Option<Arc<dyn BlobStore>>,
    /// Until when a store that cannot be reached is left alone.
    rest_until: Option<Timestamp>,
}

/// Files of one record.
#[derive(Debug, Default)]
struct Group {
    collection: String,
    record: String,
    names: Vec<String>,
}

impl Group {
    /// Adds a file; gives what was gathered before where that is of another record.
    fn add(&mut self, path: &BlobPath) -> Option<Self> {
        let same = self.collection == path.collection() && self.record == path.record();
        let before = (!same).then(|| {
            let next = Self {
                collection: path.collection().to_owned(),
                record: path.record().to_owned(),
                names: Vec::new(),
            };
            std::mem::replace(self, next)
        });
        if self.names.last().is_none_or(|last| last != path.file()) {
            self.names.push(path.file().to_owned());
        }
        before
    }
}

/// What of a definition decides which files its records name.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Footprint {
    number: CollectionNumber,
    fields: Vec<FieldNumber>,
}

impl Footprint {
    fn of(collection: &Collection) -> Self {
        let files = collection.fields.iter();
        let files = files.filter(|field| field.kind.as_file().is_some());
        Self {
            number: collection.number,
            fields: files.map(|field| field.number).collect(),
        }
    }

    /// Whether files that were named may be named no longer.
    fn shrank(&self, now: Option<&Self>) -> bool {
        let same = |now: &&Self| {
            let kept = |field| now.fields.contains(field);
            now.number == self.number && self.fields.iter().all(kept)
        };
        !self.fields.is_empty() && now.filter(same).is_none()
    }
}

impl Files {
    /// Removes what became superfluous since the last call. Leaves off when `stopping` says so, and
    /// goes on with the next call.
    ///
    /// # Errors
    /// When the store fails or what is stored cannot be listed.
    pub fn tend(&self, now: Timestamp, stopping: &dyn Fn() -> bool) -> Result<()> {
        self.expire_uploads(now)?;
        let reclaimed = self.places.reclaim();
        reclaimed.map_err(|error| failed("take back the room of removed files", &error))?;
        let mut tended = self.tended.lock();
        if self.held.load(Ordering::Acquire) > 0 {
            return Ok(());
        }
        if tended.rest_until.is_some_and(|until| now < until) {
            return Ok(());
        }
        tended.rest_until = None;
        let outcome = self.tend_blobs(&mut tended, now, stopping);
        if let Err(Error::FilesUnreachable(_)) = outcome {
            tended.rest_until = Some(Timestamp(now.0.saturating_add(FILES_REST_MILLISECONDS)));
        }
        outcome
    }

    fn tend_blobs(
        &self,
        tended: &mut Tended,
        now: Timestamp,
        stopping: &dyn Fn() -> bool,
    ) -> Result<()> {
        let blobs = self.blobs()?;
        self.settle_abandoned(&*blobs)?;
        let same = |known: &Arc<dyn BlobStore>| Arc::ptr_eq(known, &blobs);
        if !tended.blobs.as_ref().is_some_and(same) {
            *tended = Tended {
                blobs: Some(blobs),
                ..Tended::default()
            };
        }
        let snapshot = self.catalog.snapshot();
        let due = tended.swept.is_none_or(|swept| {
            now.0.saturating_sub(swept.0) >= FILES_SWEEP_MILLISECONDS || now < swept
        });
        match tended.up_to.filter(|_| !due) {
            Some(up_to) if !self.is_trimmed(up_to)? => {
                self.sweep_shrunken(tended, &snapshot, stopping)?;
                self.follow(tended, up_to, stopping)
            }
            _ => self.sweep_all(tended, &snapshot, now, stopping),
        }
    }

    /// Ends the claims of writers that went away, once their commits are decided: commits are
    /// decided in the order in which they were submitted.
    fn settle_abandoned(&self, blobs: &dyn BlobStore) -> Result<()> {
        if !self.claims.lock().are_abandoned() {
            return Ok(());
        }
        let abandoned = self.claims.lock().abandoned();
        if let Err(error) = self.committer.commit_in_background(&Proposal::default()) {
            self.claims.lock().abandon(abandoned);
            return Err(error.into());
        }
        self.claims.lock().release(&abandoned);
        for path in abandoned {
            let names = [path.file().to_owned()];
            remove(
                blobs,
                &self.unnamed(path.collection(), path.record(), &names)?,
            );
        }
        Ok(())
    }

    fn is_trimmed(&self, up_to: Sequence) -> Result<bool> {
        let oldest = changes::oldest(&**self.committer.store())?;
        Ok(oldest.is_some_and(|oldest| oldest.0 > up_to.0.saturating_add(1)))
    }

    fn sweep_all(
        &self,
        tended: &mut Tended,
        snapshot: &Snapshot,
        now: Timestamp,
        stopping: &dyn Fn() -> bool,
    ) -> Result<()> {
        let durable = *self.committer.store().durable().borrow();
        let Some(blobs) = tended.blobs.clone() else {
            return Ok(());
        };
        self.sweep(&*blobs, None, stopping)?;
        if stopping() {
            return Ok(());
        }
        *tended = Tended {
            up_to: Some(durable),
            swept: Some(now),
            version: snapshot.version(),
            footprints: footprints(snapshot),
            blobs: Some(blobs),
            rest_until: None,
        };
        Ok(())
    }

    fn sweep_shrunken(
        &self,
        tended: &mut Tended,
        snapshot: &Snapshot,
        stopping: &dyn Fn() -> bool,
    ) -> Result<()> {
        if tended.version == snapshot.version() {
            return Ok(());
        }
        let Some(blobs) = tended.blobs.clone() else {
            return Ok(());
        };
        let now = footprints(snapshot);
        for (id, before) in &tended.footprints {
            if before.shrank(now.get(id)) {
                self.sweep(&*blobs, Some(id), stopping)?;
            }
            if stopping() {
                return Ok(());
            }
        }
        tended.version = snapshot.version();
        tended.footprints = now;
        Ok(())
    }

    /// Compares what is stored, all of it or of one collection, with the records.
    fn sweep(
        &self,
        blobs: &dyn BlobStore,
        collection: Option<&str>,
        stopping: &dyn Fn() -> bool,
    ) -> Result<()> {
        let mut group = Group::default();
        let mut outcome = Ok(());
        let listed = blobs.list(collection, &mut |blob| {
            if let Some(whole) = group.add(&blob.path) {
                outcome = self.remove_left_over(blobs, &whole);
            }
            Ok(outcome.is_ok() && !stopping())
        });
        outcome?;
        listed.map_err(|error| failed("look for files", &error))?;
        if stopping() {
            return Ok(());
        }
        self.remove_left_over(blobs, &group)
    }

    fn remove_left_over(&self, blobs: &dyn BlobStore, group: &Group) -> Result<()> {
        let mut unnamed = self.unnamed(&group.collection, &group.record, &group.names)?;
        unnamed.retain(|path| match blobs.is_own(path) {
            Ok(own) => own,
            Err(error) => {
                tracing::warn!(?path, %error, "a file stays until the next full sweep");
                false
            }
        });
        remove(blobs, &unnamed);
        Ok(())
    }

    /// Removes the files that the changes after `up_to` dropped.
    fn follow(
        &self,
        tended: &mut Tended,
        up_to: Sequence,
        stopping: &dyn Fn() -> bool,
    ) -> Result<()> {
        let Some(blobs) = tended.blobs.clone() else {
            return Ok(());
        };
        let store = self.committer.store();
        let mut up_to = up_to;
        while !stopping() && up_to < *store.durable().borrow() {
            let page = match changes::read(&**store, up_to, FILES_FOLLOW_ENTRIES) {
                Ok(page) => page,
                Err(error) => {
                    // A damaged entry cannot be followed; a full sweep needs none.
                    tended.up_to = None;
                    return Err(error.into());
                }
            };
            let snapshot = self.catalog.snapshot();
            let changes = page.entries.iter().flat_map(|entry| &entry.changes);
            for change in changes {
                let (Some(before), Some(collection)) =
                    (&change.before, snapshot.by_number(change.collection))
                else {
                    continue;
                };
                let Ok(before) = opened(collection, &change.record, before) else {
                    continue;
                };
                let names: Vec<String> = names_of(collection, &before).map(str::to_owned).collect();
                if !names.is_empty() {
                    let unnamed = self.unnamed(&collection.id, before.id(), &names)?;
                    remove(&*blobs, &unnamed);
                }
            }
            up_to = page.up_to;
            tended.up_to = Some(up_to);
        }
        Ok(())
    }

    /// Those of these files of a record that nobody claims and the record does not name.
    fn unnamed(&self, collection: &str, record: &str, names: &[String]) -> Result<Vec<BlobPath>> {
        let mut unclaimed: Vec<BlobPath> = {
            let claims = self.claims.lock();
            let paths = names
                .iter()
                .filter_map(|name| BlobPath::new(collection, record, name));
            paths.filter(|path| !claims.is_held(path)).collect()
        };
        if unclaimed.is_empty() {
            return Ok(Vec::new());
        }
        let named = match self.named(collection, record) {
            Err(error @ Error::Damaged { .. }) => {
                tracing::debug!(%error, "the files of a record stay");
                return Ok(Vec::new());
            }
            named => named?,
        };
        unclaimed.retain(|path| named.iter().all(|name| name != path.file()));
        Ok(unclaimed)
    }

    /// The files that a record names now; none where there is no such record.
    fn named(&self, collection: &str, record: &str) -> Result<Vec<String>> {
        let snapshot = self.catalog.snapshot();
        let found = snapshot.find(collection);
        let Some(collection) = found.filter(|found| found.id == collection) else {
            return Ok(Vec::new());
        };
        let key = key::record(collection.number, record);
        let Some(bytes) = self.committer.store().get(&key)? else {
            return Ok(Vec::new());
        };
        let record = opened(collection, record, &bytes)?;
        Ok(names_of(collection, &record).map(str::to_owned).collect())
    }
}

/// Removes files; one that cannot be removed does not hold the others up.
fn remove(blobs: &dyn BlobStore, paths: &[BlobPath]) {
    for path in paths {
        tracing::debug!(?path, "removing a file that no record names");
        if let Err(error) = blobs.remove(path) {
            tracing::warn!(?path, %error, "a file stays until the next full sweep");
        }
    }
}

fn footprints(snapshot: &Snapshot) -> HashMap<String, Footprint> {
    let all = snapshot.all().iter();
    all.map(|collection| (collection.id.clone(), Footprint::of(collection)))
        .collect()
}

/// The files that a record names.
pub(crate) fn names_of<'a>(
    collection: &'a Collection,
    record: &'a Record,
) -> impl Iterator<Item = &'a str> {
    let files = collection.fields.iter();
    files
        .filter(|field| field.kind.as_file().is_some())
        .filter_map(|field| record.value(field.number))
        .flat_map(luge_model::value::ValueRef::names)
        .filter(|name| !name.is_empty())
}

fn opened(collection: &Collection, id: &str, bytes: &[u8]) -> Result<Record> {
    Record::open(bytes).map_err(|damaged| Error::Damaged {
        collection: collection.name.clone(),
        id: id.to_owned(),
        reason: damaged.to_string(),
    })
}
