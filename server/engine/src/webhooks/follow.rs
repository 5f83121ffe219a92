//! Follows the change log and makes the deliveries of webhooks.
//!
//! - The position is saved in the commit that makes deliveries, so each change is handled once;
//!   where nothing is to be delivered, it is saved every now and then.
//! - A change whose state after it is not durable yet waits for that.
//! - Without webhooks nothing is followed and the log is not held.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use luge_model::limits::{
    WEBHOOK_COMMIT_BYTES, WEBHOOK_COMMIT_DELIVERIES, WEBHOOK_FOLLOW_ENTRIES,
    WEBHOOK_PAUSE_MILLISECONDS, WEBHOOK_SAVE_MILLISECONDS, WEBHOOK_STATE_SECONDS_MAX,
};

use super::gaps::{self, Gaps};
use super::judge::{Judged, Watcher};
use super::position::Position;
use super::states::States;
use super::{KIND, Shared, line};
use crate::changes::{self, Change, ChangeKind, LogEntry};
use crate::commit::{Hold, Proposal};
use crate::error::{Error, Result};
use crate::outbox::NewDelivery;
use crate::store::{Sequence, key, wait};

/// What became of the changes that were looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// There may be more.
    Moved,
    /// There is nothing more for now.
    Done,
}

/// Follows until the service stops.
pub(super) fn follow(shared: &Arc<Shared>) {
    let mut durable = shared.parts.committer.store().durable();
    let mut follower = match Follower::new(shared) {
        Ok(follower) => follower,
        Err(error) => {
            tracing::error!(%error, "webhooks cannot be told anything");
            return;
        }
    };
    while !shared.is_stopping() {
        match follower.catch_up() {
            Ok(()) => {}
            Err(Error::Closed) => return,
            Err(error) => {
                tracing::warn!(%error, "webhooks fall behind");
                thread::park_timeout(Duration::from_millis(WEBHOOK_PAUSE_MILLISECONDS));
                continue;
            }
        }
        let goes_on = wait(async {
            tokio::select! {
                changed = durable.changed() => changed.is_ok(),
                () = shared.changed.notified() => true,
            }
        });
        if !goes_on {
            return;
        }
    }
    if let Err(error) = follower.save() {
        tracing::debug!(%error, "the position of webhooks in the log was not saved");
    }
}

/// What follows the log.
pub(super) struct Follower<'a> {
    shared: &'a Arc<Shared>,
    /// Those who are told, by the id of their collection.
    watchers: HashMap<String, Vec<Watcher>>,
    /// The definitions of collections that those were made from.
    version: Option<u64>,
    position: Position,
    saved: (Position, Instant),
    hold: Option<Hold>,
    /// The change whose state is not there yet, and since when.
    missing: Option<(Position, Instant)>,
}

/// What one commit is going to hold.
#[derive(Default)]
struct Step {
    proposal: Proposal,
    deliveries: usize,
    bytes: usize,
    gaps: HashMap<String, Gaps>,
}

impl Step {
    fn is_full(&self) -> bool {
        self.deliveries >= WEBHOOK_COMMIT_DELIVERIES || self.bytes >= WEBHOOK_COMMIT_BYTES
    }

    fn is_empty(&self) -> bool {
        self.deliveries == 0 && self.gaps.is_empty()
    }
}

impl<'a> Follower<'a> {
    /// From where the log was followed last.
    pub(super) fn new(shared: &'a Arc<Shared>) -> Result<Self> {
        let position = Position::read(&**shared.parts.committer.store())?;
        Ok(Self {
            shared,
            watchers: HashMap::new(),
            version: None,
            position,
            saved: (position, Instant::now()),
            hold: None,
            missing: None,
        })
    }

    /// Handles everything that is durable.
    pub(super) fn catch_up(&mut self) -> Result<()> {
        while !self.shared.is_stopping() {
            self.refresh()?;
            if self.watchers.is_empty() || self.step()? == Progress::Done {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Reads the definitions anew where they may have changed.
    fn refresh(&mut self) -> Result<()> {
        let parts = &self.shared.parts;
        let snapshot = parts.catalog.snapshot();
        let dirty = self.shared.dirty.swap(false, Ordering::AcqRel);
        if !dirty && self.version == Some(snapshot.version()) {
            return Ok(());
        }
        // Whatever fails below is to be done again.
        self.version = None;
        let all = self.shared.all()?;
        for gone in parts.outbox.lines(KIND) {
            if !all.iter().any(|webhook| webhook.id == gone.owner) {
                self.forget(&gone.owner)?;
            }
        }
        self.watchers.clear();
        let mut since = None;
        for webhook in all {
            parts.outbox.pause(&line(&webhook.id), !webhook.enabled);
            if !webhook.enabled {
                continue;
            }
            since = Some(since.map_or(webhook.since, |since: u64| since.min(webhook.since)));
            let watchers = self.watchers.entry(webhook.collection.clone()).or_default();
            watchers.extend(Watcher::new(parts, &snapshot, webhook));
        }
        self.watchers.retain(|_, watchers| !watchers.is_empty());
        match since {
            Some(since) => {
                self.position = self.position.not_before(since);
                let hold = || parts.committer.hold(self.position.up_to);
                self.hold.get_or_insert_with(hold);
            }
            None => self.hold = None,
        }
        self.version = Some(snapshot.version());
        Ok(())
    }

    fn forget(&self, webhook: &str) -> Result<()> {
        let parts = &self.shared.parts;
        parts.outbox.forget(&line(webhook), parts.clock.now())?;
        let proposal = Proposal {
            deletes: vec![key::webhook_gaps(webhook)],
            now: parts.clock.now(),
            ..Proposal::default()
        };
        parts.committer.commit_in_background(&proposal)?;
        Ok(())
    }

    /// Handles one page of the log.
    fn step(&mut self) -> Result<Progress> {
        let store = Arc::clone(self.shared.parts.committer.store());
        let page = changes::read(&*store, self.position.up_to, WEBHOOK_FOLLOW_ENTRIES)?;
        let mut step = Step::default();
        // Asked after the log was read, so that nothing can go unnoticed between the two.
        let trimmed = changes::trimmed(&*store)?;
        if trimmed > self.position.up_to {
            self.note_trimmed(trimmed, &mut step)?;
        }
        let states = self.states(&page.entries, page.up_to)?;
        for entry in &page.entries {
            if entry.sequence <= self.position.up_to {
                continue;
            }
            if !self.handle(entry, &states, &mut step)? {
                self.commit(step)?;
                return Ok(Progress::Done);
            }
            if step.is_full() {
                self.commit(std::mem::take(&mut step))?;
            }
        }
        self.position = self.position.not_before(page.up_to.0);
        self.commit(step)?;
        Ok(match page.entries.is_empty() {
            true => Progress::Done,
            false => Progress::Moved,
        })
    }

    fn note_trimmed(&mut self, trimmed: Sequence, step: &mut Step) -> Result<()> {
        let lost = (self.position.up_to, trimmed);
        let ids = self.watchers.values().flatten();
        let ids: Vec<_> = ids
            .filter(|watcher| watcher.webhook.since < trimmed.0)
            .map(|watcher| watcher.webhook.id.clone())
            .collect();
        for id in ids {
            let reason = "The change log was trimmed before it could be followed.";
            self.note_gap(&id, (reason, lost, None), step)?;
        }
        self.position = self.position.not_before(trimmed.0);
        Ok(())
    }

    /// The states after those changes of a page that somebody is told of.
    fn states(&self, entries: &[LogEntry], up_to: Sequence) -> Result<States> {
        let parts = &self.shared.parts;
        let snapshot = parts.catalog.snapshot();
        let told = |change: &&Change| {
            let collection = snapshot.by_number(change.collection);
            let watchers = collection.and_then(|found| self.watchers.get(&found.id));
            change.kind != ChangeKind::Delete
                && watchers.is_some_and(|all| all.iter().any(|one| one.is_told(change)))
        };
        let changes = entries.iter().flat_map(|entry| &entry.changes);
        let wanted = changes.filter(told);
        let wanted = wanted.map(|change| {
            let record = change.record.clone();
            (change.collection, record, change.revision)
        });
        States::find(&**parts.committer.store(), (entries, up_to), wanted)
    }

    /// Handles the changes of one commit; false where one has to wait.
    fn handle(&mut self, entry: &LogEntry, states: &States, step: &mut Step) -> Result<bool> {
        let snapshot = self.shared.parts.catalog.snapshot();
        step.proposal.now = entry.time;
        for change in entry.changes.iter().skip(self.position.handled()) {
            let collection = snapshot.by_number(change.collection);
            let id = collection.map(|found| found.id.clone()).unwrap_or_default();
            let watchers = self.watchers.remove(&id).unwrap_or_default();
            let told = watchers.iter().filter(|watcher| {
                watcher.is_told(change) && watcher.webhook.since < entry.sequence.0
            });
            let mut outcome = Ok(true);
            for watcher in told {
                outcome = self.tell(watcher, (entry, change), states, step);
                if !matches!(outcome, Ok(true)) {
                    break;
                }
            }
            if !watchers.is_empty() {
                self.watchers.insert(id, watchers);
            }
            if !outcome? {
                return Ok(false);
            }
            self.position.handle_one();
            if step.is_full() {
                self.commit(std::mem::take(step))?;
                step.proposal.now = entry.time;
            }
        }
        self.position = Position::after(entry.sequence);
        Ok(true)
    }

    /// Makes the delivery of a change for one webhook; false where it has to wait.
    fn tell(
        &mut self,
        watcher: &Watcher,
        (entry, change): (&LogEntry, &Change),
        states: &States,
        step: &mut Step,
    ) -> Result<bool> {
        let id = &watcher.webhook.id;
        let place = (entry.sequence, entry.sequence);
        let after = states.after(change);
        if after.is_none() && change.kind != ChangeKind::Delete && !self.is_lost() {
            return Ok(false);
        }
        let judged = watcher.judge(&self.shared.parts, (entry, change), after)?;
        let body = match judged {
            Judged::Nothing => return Ok(true),
            Judged::Missed(reason) => {
                self.note_gap(id, (&reason, place, Some(1)), step)?;
                return Ok(true);
            }
            Judged::Tell(body) => body,
        };
        let outbox = &self.shared.parts.outbox;
        if !outbox.has_room(&line(id), body.len() as u64) {
            let reason = "Too many deliveries wait already.";
            self.note_gap(id, (reason, place, Some(1)), step)?;
            return Ok(true);
        }
        step.bytes += body.len();
        let new = NewDelivery {
            line: line(id),
            lane: Some(format!("{}/{}", watcher.webhook.collection, change.record)),
            event: watcher.event(change).to_owned(),
            body,
        };
        outbox.plan(&mut step.proposal, new);
        step.deliveries += 1;
        Ok(true)
    }

    /// Whether the state that is waited for will not come any more.
    fn is_lost(&mut self) -> bool {
        let since = match self.missing {
            Some((position, since)) if position == self.position => since,
            _ => Instant::now(),
        };
        self.missing = Some((self.position, since));
        since.elapsed() > Duration::from_secs(WEBHOOK_STATE_SECONDS_MAX)
    }

    fn note_gap(
        &self,
        webhook: &str,
        (reason, lost, changes): (&str, (Sequence, Sequence), Option<u64>),
        step: &mut Step,
    ) -> Result<()> {
        let parts = &self.shared.parts;
        if !step.gaps.contains_key(webhook) {
            let known = gaps::read(&**parts.committer.store(), webhook)?;
            tracing::warn!(webhook, reason, "a webhook is not told of something");
            step.gaps.insert(webhook.to_owned(), known);
        }
        if let Some(gaps) = step.gaps.get_mut(webhook) {
            gaps.add(reason, lost, changes, parts.clock.now());
        }
        metrics::counter!("luge_webhook_missed_total").increment(changes.unwrap_or(1));
        Ok(())
    }

    /// Commits what a step holds with the position that it leads to.
    fn commit(&mut self, step: Step) -> Result<()> {
        if step.is_empty() {
            let (saved, at) = self.saved;
            let due = at.elapsed() > Duration::from_millis(WEBHOOK_SAVE_MILLISECONDS);
            if due && saved != self.position {
                self.save()?;
            }
        } else {
            let mut proposal = step.proposal;
            let gaps = step.gaps.iter();
            proposal.puts.extend(gaps.map(|(id, gaps)| gaps.put(id)));
            self.commit_position(proposal)?;
        }
        if let Some(hold) = &self.hold {
            hold.advance(self.saved.0.up_to);
        }
        Ok(())
    }

    fn save(&mut self) -> Result<()> {
        if self.saved.0 == self.position {
            return Ok(());
        }
        self.commit_position(Proposal {
            now: self.shared.parts.clock.now(),
            ..Proposal::default()
        })
    }

    fn commit_position(&mut self, mut proposal: Proposal) -> Result<()> {
        proposal.puts.push(self.position.put());
        match self.shared.parts.committer.commit_in_background(&proposal) {
            Ok(_) => {
                self.saved = (self.position, Instant::now());
                Ok(())
            }
            Err(error) => {
                // What was not committed is handled again.
                self.position = self.saved.0;
                Err(error.into())
            }
        }
    }
}
