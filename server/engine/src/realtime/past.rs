//! Reads commits back from the change log, with the states that their rules are asked of.
//!
//! - The state after a change is the record before its next change, or the record itself while its
//!   revision is that of the change.
//! - Next changes are found by revision, which no two states share. The log is searched for them
//!   once, however far ahead they are, as long as they fit into memory.

use std::collections::HashMap;

use luge_model::limits::{REALTIME_REPLAY_ENTRIES, REALTIME_REPLAY_REVISIONS_MAX};
use luge_model::record::Record;

use super::Parts;
use crate::changes::{self, Change, ChangeKind, LogEntry};
use crate::commit::{CommittedChange, CommittedChanges, Proposal};
use crate::error::Result;
use crate::store::{Sequence, wait};

/// A reader of the log.
#[derive(Debug)]
pub(super) struct Past<'p> {
    parts: &'p Parts,
    /// The commits before which records had these revisions.
    next: HashMap<u64, Sequence>,
    pub(super) revisions_max: usize,
    /// The commits, after the first and up to the second, that were searched for `next`.
    searched: (Sequence, Sequence),
    /// What was read last: the records of one commit are often changed by one commit again.
    recent: Option<LogEntry>,
}

/// A part of the log.
pub(super) struct Commits {
    pub(super) commits: Vec<CommittedChanges>,
    /// Everything up to here was seen.
    pub(super) up_to: Sequence,
}

impl<'p> Past<'p> {
    pub(super) fn new(parts: &'p Parts) -> Self {
        Self {
            parts,
            next: HashMap::new(),
            revisions_max: REALTIME_REPLAY_REVISIONS_MAX,
            searched: (Sequence(0), Sequence(0)),
            recent: None,
        }
    }

    /// The next commits after one. Where the log may have lost one of them, `None`: `known` is a
    /// commit not after it which must still be there.
    pub(super) fn commits(&self, after: Sequence, known: Sequence) -> Result<Option<Commits>> {
        let store = &**self.parts.committer.store();
        let page = changes::read(store, after, REALTIME_REPLAY_ENTRIES)?;
        // Asked after reading, since the log is trimmed meanwhile.
        if !page.entries.is_empty() && changes::is_trimmed_after(store, known)? {
            return Ok(None);
        }
        Ok(Some(Commits {
            commits: page.entries.into_iter().map(committed).collect(),
            up_to: page.up_to,
        }))
    }

    /// What the rules of a change are asked of; `None` where nobody can tell any more.
    pub(super) fn state(
        &mut self,
        commit: &CommittedChanges,
        place: usize,
    ) -> Result<Option<Record>> {
        let Some(CommittedChange { change, .. }) = commit.changes.get(place) else {
            return Ok(None);
        };
        if change.kind == ChangeKind::Delete {
            let before = change.before.as_deref().map(Record::open);
            return Ok(before.and_then(std::result::Result::ok));
        }
        if let Some(record) = self.stored(change)? {
            return Ok(Some(record));
        }
        if let Some(record) = self.replaced(commit.sequence, change)? {
            return Ok(Some(record));
        }
        // The next change may be applied, and not yet durable, and so not in the log.
        self.settle()?;
        match self.replaced(commit.sequence, change)? {
            Some(record) => Ok(Some(record)),
            None => self.stored(change),
        }
    }

    /// The record itself, as long as it is what the change made of it.
    fn stored(&self, change: &Change) -> Result<Option<Record>> {
        let stored = self
            .parts
            .query
            .related(change.collection, &change.record)?;
        Ok(stored.filter(|record| record.revision() == change.revision))
    }

    /// The record as the next change of it found it.
    fn replaced(&mut self, commit: Sequence, change: &Change) -> Result<Option<Record>> {
        let Some(next) = self.next_commit(commit, change.revision)? else {
            return Ok(None);
        };
        if self.recent.as_ref().map(|entry| entry.sequence) != Some(next) {
            let store = &**self.parts.committer.store();
            self.recent = changes::entry(store, next)?;
        }
        let changes = self.recent.iter().flat_map(|entry| &entry.changes);
        let mut of_record = changes
            .filter(|other| other.collection == change.collection && other.record == change.record);
        Ok(of_record.find_map(|other| {
            let before = Record::open(other.before.as_deref()?).ok()?;
            (before.revision() == change.revision).then_some(before)
        }))
    }

    /// The commit, not before this one, that found a record with a revision.
    fn next_commit(&mut self, commit: Sequence, revision: u64) -> Result<Option<Sequence>> {
        let before = Sequence(commit.0.saturating_sub(1));
        if before < self.searched.0 || self.searched == (Sequence(0), Sequence(0)) {
            self.search_from(before);
        }
        if let Some(known) = self.next.get(&revision) {
            return Ok(Some(*known));
        }
        let store = &**self.parts.committer.store();
        let mut from = self.searched.1.max(before);
        loop {
            let page = changes::read(store, from, REALTIME_REPLAY_ENTRIES)?;
            from = page.up_to;
            let last = page.entries.len() < REALTIME_REPLAY_ENTRIES;
            let found = self.note(&page.entries, revision);
            self.searched.1 = from;
            if found.is_some() || last {
                return Ok(found);
            }
        }
    }

    /// Notes what a part of the log found; says which of its commits found a revision.
    fn note(&mut self, entries: &[LogEntry], revision: u64) -> Option<Sequence> {
        let mut found = None;
        for entry in entries {
            if self.next.len() >= self.revisions_max {
                self.search_from(entry.sequence);
            }
            let before = entry.changes.iter().filter_map(|change| {
                let record = Record::open(change.before.as_deref()?).ok()?;
                Some(record.revision())
            });
            for before in before {
                self.next.insert(before, entry.sequence);
                if before == revision {
                    found = Some(entry.sequence);
                }
            }
        }
        found
    }

    fn search_from(&mut self, after: Sequence) {
        self.next = HashMap::new();
        self.searched = (after, after);
    }

    /// Waits until everything that is applied is durable.
    fn settle(&self) -> Result<()> {
        let committer = &self.parts.committer;
        let settled = committer.commit_in_background(&Proposal::default())?;
        let mut durable = committer.store().durable();
        let waited = wait(durable.wait_for(|durable| *durable >= settled)).is_ok();
        match waited {
            true => Ok(()),
            false => Err(crate::error::Error::Closed),
        }
    }
}

fn committed(entry: LogEntry) -> CommittedChanges {
    let after = None;
    CommittedChanges {
        sequence: entry.sequence,
        time: entry.time,
        checksum: entry.checksum,
        changes: entry
            .changes
            .into_iter()
            .map(|change| CommittedChange {
                change,
                after: after.clone(),
            })
            .collect(),
    }
}
