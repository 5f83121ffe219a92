//! Keeps the index up to date: follows the change log, and fills new builds with the records that
//! were there before them.
//!
//! - One thread does both, so what it adds of a record is never older than what it added before.
//! - Records are read as they are now, whatever the change was. Before the index is committed, all
//!   that was read is durable, so the index never has a state that a crash takes back.
//! - The position in the log and what is built are saved in the commit of the index itself.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use luge_model::id::{CollectionNumber, FieldNumber};
use luge_model::limits::{
    SEARCH_COMMIT_MILLISECONDS, SEARCH_FILL_COMMIT_MILLISECONDS, SEARCH_FILL_RECORDS,
    SEARCH_FOLLOW_ENTRIES, SEARCH_PAUSE_MILLISECONDS, SEARCH_PURGE_SECONDS,
    SEARCH_SAVE_MILLISECONDS, SEARCH_TICK_MILLISECONDS,
};
use luge_model::record::Record;
use luge_model::search::Analyser;
use tantivy::TantivyError;

use super::build::{Build, Saved, Source, Words};
use super::folder::{self, OpenIndex};
use super::merging::Merging;
use super::searchable::Searchables;
use super::segments::Segment;
use super::{Ready, Shared, View};
use crate::catalog::Snapshot;
use crate::changes::{self, Change, ChangeKind};
use crate::commit::{Hold, Proposal};
use crate::error::{Error, Result};
use crate::store::{Direction, Key, Sequence, StoreError, key};

mod definitions;
mod documents;

#[cfg(test)]
pub(super) use documents::token;

/// Follows until the service stops. What fails is tried again; an index that fails twice is made
/// anew.
pub(super) fn follow(shared: &Arc<Shared>) {
    let mut failures = 0;
    while !shared.is_stopping() {
        match Follower::run(shared) {
            Ok(()) => return,
            Err(Failed::Engine(Error::Closed)) => return,
            Err(Failed::Engine(error)) => tracing::warn!(%error, "search falls behind"),
            Err(Failed::Index(error)) => {
                failures += 1;
                tracing::warn!(%error, "the search index failed");
                if failures > 1
                    && let Err(error) = folder::remove(&shared.parts.folder)
                {
                    tracing::error!(%error, "the search index cannot be removed");
                }
            }
        }
        thread::park_timeout(Duration::from_millis(SEARCH_PAUSE_MILLISECONDS));
    }
}

/// What went wrong.
#[derive(Debug)]
enum Failed {
    Engine(Error),
    Index(TantivyError),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Engine(error)
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Engine(error.into())
    }
}

impl From<TantivyError> for Failed {
    fn from(error: TantivyError) -> Self {
        Self::Index(error)
    }
}

type Outcome<T> = std::result::Result<T, Failed>;

/// How the texts of a build are read: made once, since a commit of the index shows all builds anew.
struct Reading {
    build: u32,
    words: Arc<Words>,
    analysers: Arc<[Analyser]>,
}

/// What follows the log.
struct Follower<'a> {
    shared: &'a Arc<Shared>,
    index: OpenIndex,
    merging: Merging,
    saved: Saved,
    /// How the texts of each build are read; shared with the searches that it answers.
    readings: Vec<Reading>,
    snapshot: Arc<Snapshot>,
    /// Whether the definitions in `snapshot` were looked at.
    settled: bool,
    hold: Hold,
    /// Whether the log changed what is in the index, or only old records were added.
    changed: bool,
    filled: bool,
    /// Whether the log went on, with or without anything for the index.
    moved: bool,
    committed: Instant,
    purged: Instant,
    deletes: bool,
}

impl<'a> Follower<'a> {
    fn run(shared: &'a Arc<Shared>) -> Outcome<()> {
        if !wait_until_needed(shared) {
            return Ok(());
        }
        let index = OpenIndex::open(&shared.parts.folder)?;
        let mut saved = index.saved.clone();
        if !belongs_here(shared, &saved)? {
            tracing::info!("the search index is of another moment and is made anew");
            index.writer.delete_all_documents()?;
            saved.builds.clear();
        }
        if saved.builds.is_empty() {
            begin(shared, &mut saved)?;
        }
        let hold = shared.parts.committer.hold(saved.sequence());
        let snapshot = shared.parts.catalog.snapshot();
        let mut follower = Self {
            shared,
            index,
            merging: Merging::default(),
            saved,
            readings: Vec::new(),
            snapshot,
            settled: false,
            hold,
            changed: true,
            filled: false,
            moved: false,
            committed: Instant::now(),
            purged: Instant::now(),
            deletes: true,
        };
        let outcome = follower.follow();
        shared.view.store(None);
        outcome
    }

    fn follow(&mut self) -> Outcome<()> {
        self.settle();
        self.publish()?;
        while !self.shared.is_stopping() {
            self.settle();
            let more = self.catch_up()?;
            let filling = self.fill()?;
            self.commit_if_due(!more && !filling)?;
            self.merge()?;
            self.purge_if_due()?;
            if !more && !filling {
                thread::park_timeout(Duration::from_millis(SEARCH_TICK_MILLISECONDS));
            }
        }
        if self.changed || self.filled {
            self.commit()?;
        }
        Ok(())
    }

    /// Handles a page of the log; whether there may be more.
    fn catch_up(&mut self) -> Outcome<bool> {
        let store = Arc::clone(self.shared.parts.committer.store());
        let page = changes::read(&*store, self.saved.sequence(), SEARCH_FOLLOW_ENTRIES)?;
        // Asked after the log was read, so that nothing can go unnoticed between the two.
        if changes::trimmed(&*store)? > self.saved.sequence() {
            self.start_over()?;
            return Ok(true);
        }
        self.shared.note_lag(page.entries.first());
        let mut seen = HashSet::new();
        for entry in &page.entries {
            for change in &entry.changes {
                self.apply(change, &mut seen)?;
            }
        }
        let moved = page.up_to > self.saved.sequence();
        if let Some(last) = page.entries.last() {
            self.saved.last = Some((last.sequence.0, last.checksum));
        }
        self.saved.sequence = page.up_to.0;
        self.moved |= moved;
        if !self.changed {
            self.shared.see(page.up_to);
        }
        Ok(!page.entries.is_empty())
    }

    /// Every build is filled anew, beside the old one, since changes were missed.
    fn start_over(&mut self) -> Outcome<()> {
        tracing::warn!("the change log was trimmed before search had followed it");
        begin(self.shared, &mut self.saved)?;
        let numbers: Vec<u32> = self.saved.builds.iter().map(|build| build.number).collect();
        self.saved.builds.clear();
        numbers
            .into_iter()
            .for_each(|number| self.drop_build(number));
        self.settled = false;
        Ok(())
    }

    fn apply(&mut self, change: &Change, seen: &mut HashSet<(u32, String)>) -> Outcome<()> {
        let number = change.collection;
        let store = Arc::clone(self.shared.parts.committer.store());
        let mine = self.builds_of(number);
        let related = self.related_builds(number);
        if mine.is_empty() && related.is_empty() {
            return Ok(());
        }
        if let (Some(before), false) = (&change.before, mine.is_empty()) {
            let before = opened(number, &change.record, before)?;
            if change.kind == ChangeKind::Delete {
                mine.iter()
                    .for_each(|build| self.remove(*build, before.rowid()));
            }
        }
        if change.kind == ChangeKind::Delete || !seen.insert((number.0, change.record.clone())) {
            return Ok(());
        }
        let bytes = store.get(&key::record(number, &change.record))?;
        // One that is gone is removed by the change that removed it.
        let Some(bytes) = bytes else { return Ok(()) };
        let record = opened(number, &change.record, &bytes)?;
        for build in mine {
            self.replace(build, &record)?;
        }
        self.follow_references(&related, &record)
    }

    /// The builds of a collection.
    fn builds_of(&self, number: CollectionNumber) -> Vec<u32> {
        let builds = self.saved.builds.iter();
        let builds = builds.filter(|build| build.collection == number.0);
        builds.map(|build| build.number).collect()
    }

    /// The builds that have texts of a collection's records, and through which relations.
    fn related_builds(&self, target: CollectionNumber) -> Vec<(u32, FieldNumber)> {
        let mut found = Vec::new();
        for build in &self.saved.builds {
            for (relation, to) in build.words.fields.iter().filter_map(Source::hop) {
                if to == target && !found.contains(&(build.number, relation)) {
                    found.push((build.number, relation));
                }
            }
        }
        found
    }

    /// Puts the records that name a changed one anew into builds that have texts of it.
    fn follow_references(
        &mut self,
        related: &[(u32, FieldNumber)],
        target: &Record,
    ) -> Outcome<()> {
        let store = Arc::clone(self.shared.parts.committer.store());
        for (number, relation) in related {
            let build = self
                .saved
                .builds
                .iter()
                .find(|build| build.number == *number);
            let Some(collection) = build.map(Build::collection) else {
                continue;
            };
            let mut rest = Some(key::reference_range(collection, *relation, target.id()));
            while let Some(range) = rest {
                let mut ids: Vec<String> = Vec::new();
                rest = store.scan(
                    &range,
                    Direction::Forward,
                    SEARCH_FILL_RECORDS,
                    &mut |at, _| {
                        ids.extend(key::reference_source(at).map(str::to_owned));
                        ControlFlow::Continue(())
                    },
                )?;
                for record in records(self.shared, collection, &ids)? {
                    self.replace(*number, &record)?;
                }
            }
        }
        Ok(())
    }

    fn remove(&mut self, build: u32, rowid: u64) {
        let term = self.index.columns.record(build, rowid);
        self.index.writer.delete_term(term);
        self.changed = true;
        self.deletes = true;
    }

    fn replace(&mut self, build: u32, record: &Record) -> Outcome<()> {
        let known = self.saved.builds.iter().find(|known| known.number == build);
        if known.is_some_and(|build| build.will_meet(record.rowid())) {
            return Ok(());
        }
        self.remove(build, record.rowid());
        self.add(build, record)
    }

    fn commit_if_due(&mut self, idle: bool) -> Outcome<()> {
        let due = match (self.changed, self.filled) {
            (false, false) if self.moved => SEARCH_SAVE_MILLISECONDS,
            (false, false) => return Ok(()),
            (true, _) => SEARCH_COMMIT_MILLISECONDS,
            (false, true) if idle => SEARCH_COMMIT_MILLISECONDS,
            (false, true) => SEARCH_FILL_COMMIT_MILLISECONDS,
        };
        let is_awaited = self.changed && self.shared.is_awaited();
        if !is_awaited && self.committed.elapsed() < Duration::from_millis(due) {
            return Ok(());
        }
        self.settle();
        self.commit()
    }

    fn commit(&mut self) -> Outcome<()> {
        // Behind this, everything that was read is durable.
        let barrier = Proposal {
            now: self.shared.parts.clock.now(),
            ..Proposal::default()
        };
        let committed = self.shared.parts.committer.commit_in_background(&barrier);
        committed.map_err(Error::from)?;
        self.saved.format = folder::FORMAT;
        self.index.commit(&self.saved)?;
        self.hold.advance(self.saved.sequence());
        self.changed = false;
        self.filled = false;
        self.moved = false;
        self.committed = Instant::now();
        self.publish()
    }

    /// Lets searches see segments that were put together, and goes on with the next; not before a
    /// commit that is to come, since what it brings cannot be found yet.
    fn merge(&mut self) -> Outcome<()> {
        if self.changed || self.filled {
            return Ok(());
        }
        if self.merging.is_done() {
            self.index.reader.reload()?;
            self.publish()?;
        }
        self.merging.begin(&mut self.index);
        Ok(())
    }

    /// Rewrites what holds deleted texts, every now and then.
    fn purge_if_due(&mut self) -> Outcome<()> {
        let due = self.purged.elapsed() >= Duration::from_secs(SEARCH_PURGE_SECONDS);
        let is_busy = self.changed || self.filled || self.merging.is_on_its_way();
        if !due || !self.deletes || is_busy {
            return Ok(());
        }
        let rewritten = self.index.purge()?;
        tracing::debug!(rewritten, "deleted texts left the search index");
        self.purged = Instant::now();
        self.deletes = false;
        self.publish()
    }

    /// Lets searches see what was committed last.
    fn publish(&self) -> Outcome<()> {
        let ready = |build: &Build| {
            let reading = self.reading(build.number)?;
            Some(Ready {
                number: build.number,
                collection: build.collection(),
                words: Arc::clone(&reading.words),
                analysers: Arc::clone(&reading.analysers),
                filling: build.filling.clone(),
            })
        };
        let shared = self.shared;
        let view = shared.view.load_full();
        let before = view.as_ref().map_or(&[][..], |view| &view.segments);
        let place = (&self.index.reader.searcher(), &self.index.columns);
        let segments = Segment::open_all(place, before, &shared.memory)?;
        let builds: Vec<Ready> = self.saved.builds.iter().filter_map(ready).collect();
        let numbers: Vec<u32> = builds.iter().map(|build| build.number).collect();
        for segment in &segments {
            segment.forget_all_but(&numbers);
        }
        let is_searched = |build: &u32| before.iter().any(|segment| segment.knows_words(*build));
        let searched: Vec<u32> = numbers.into_iter().filter(is_searched).collect();
        shared.publish(
            View {
                segments,
                builds,
                searchables: Searchables::default(),
            },
            self.saved.sequence(),
        );
        // What is gone has given its memory back.
        drop(view);
        let view = shared.view.load_full();
        let segments = view.iter().flat_map(|view| &view.segments);
        let mut wanted =
            segments.flat_map(|segment| searched.iter().map(move |one| (segment, *one)));
        let read = wanted.try_for_each(|(segment, build)| segment.vocabulary(build).map(drop));
        Ok(read.map_err(TantivyError::from)?)
    }

    fn reading(&self, build: u32) -> Option<&Reading> {
        self.readings.iter().find(|reading| reading.build == build)
    }
}

/// Waits until there is a searchable collection, or an index of one that was; `false` where the
/// service stopped.
fn wait_until_needed(shared: &Shared) -> bool {
    loop {
        if shared.is_stopping() {
            return false;
        }
        let snapshot = shared.parts.catalog.snapshot();
        let searchable = snapshot.all().iter().any(|one| one.search.is_some());
        if searchable || shared.parts.folder.exists() {
            return true;
        }
        shared.see(shared.durable());
        thread::park_timeout(Duration::from_millis(SEARCH_COMMIT_MILLISECONDS));
    }
}

/// Follows the log from now on: what is there is added as it is.
fn begin(shared: &Shared, saved: &mut Saved) -> Result<()> {
    let newest = changes::newest(&**shared.parts.committer.store())?;
    saved.last = newest.map(|entry| (entry.sequence.0, entry.checksum));
    saved.sequence = saved.last.map_or(0, |(sequence, _)| sequence);
    Ok(())
}

/// Whether an index was made from this database: the log goes on from where the index ends.
fn belongs_here(shared: &Shared, saved: &Saved) -> Result<bool> {
    let store = &**shared.parts.committer.store();
    let position = saved.sequence();
    let trimmed = changes::trimmed(store)?;
    if shared.durable() < position || trimmed > position {
        return Ok(false);
    }
    let Some((last, checksum)) = saved.last else {
        // Nothing had happened before.
        return Ok(changes::read(store, Sequence(0), 1)?
            .entries
            .first()
            .is_none_or(|first| first.sequence > position));
    };
    Ok(match changes::entry(store, Sequence(last))? {
        Some(entry) => entry.checksum == checksum,
        // It may have been trimmed since, as it was followed.
        None => trimmed >= Sequence(last),
    })
}

/// The records with these ids that there are.
fn records(shared: &Shared, collection: CollectionNumber, ids: &[String]) -> Result<Vec<Record>> {
    let keys: Vec<Key> = ids.iter().map(|id| key::record(collection, id)).collect();
    let found = shared.parts.committer.store().get_many(&keys)?;
    let found = ids.iter().zip(found);
    let found = found.filter_map(|(id, bytes)| Some(opened(collection, id, &bytes?)));
    found.collect()
}

fn opened(collection: CollectionNumber, id: &str, bytes: &[u8]) -> Result<Record> {
    let place = || key::record(collection, id);
    let opened = Record::open(bytes);
    Ok(opened.map_err(|damage| StoreError::damaged(&place(), damage))?)
}
