//! Tells clients that connected again what they missed, from the change log.
//!
//! - One thread, which runs while there is such a client, tells each a little in turn and waits
//!   where a client reads slowly; those who are told what happens now are not held up.
//! - What a client was told before is left out, down to the single message. When the log has
//!   nothing more for it, it joins the others ([`Hub::join`]).
//! - Where the log does not reach back to where the client was, it is told so (`resync`), and goes
//!   on with what happens from then on.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use parking_lot::{Condvar, Mutex};

use super::caller::Callers;
use super::client::Client;
use super::hub::{Hub, Joined};
use super::judge::{self, Shown};
use super::outbox::Message;
use super::past::{Commits, Past};
use super::position::Position;
use super::topics::Topics;
use super::{Parts, Shared};
use crate::changes;
use crate::commit::{CommittedChanges, Hold};
use crate::error::{Error, Result};
use crate::store::{Store, StoreError};

/// What a client is told where it cannot go on from where it was.
const RESYNC: &str = "resync";

/// The clients that are told what they missed.
#[derive(Default)]
pub(super) struct Replays {
    state: Mutex<State>,
    woken: Condvar,
    /// Whether waking does anything; most clients miss nothing.
    running: AtomicBool,
}

#[derive(Default)]
struct State {
    arrived: Vec<Replay>,
    /// Whether there may be something to do.
    due: bool,
    closed: bool,
    thread: Option<thread::JoinHandle<()>>,
}

/// One client, and where it is.
pub(super) struct Replay {
    client: Arc<Client>,
    at: Position,
    lost: Option<Lost>,
    hold: Hold,
}

/// Why a client cannot go on from where it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lost {
    /// The log was trimmed.
    Trimmed,
    /// No commit of this history is the one that the client names.
    Unknown,
    /// An entry of the log, or a state that it stands for, cannot be read.
    Unreadable,
}

/// What became of a turn.
enum Turn {
    Told,
    /// The client reads slowly.
    Full,
    Over,
}

/// The place behind everything that is durable.
pub(super) fn newest(store: &dyn Store) -> Result<Position> {
    let newest = changes::newest(store)?;
    Ok(newest.map_or(Position::BEGINNING, |entry| {
        Position::end_of(entry.sequence, entry.checksum)
    }))
}

impl Replay {
    /// A client that was at a place.
    pub(super) fn new(parts: &Parts, client: Arc<Client>, at: Position) -> Result<Self> {
        // Held first, so that what is found below stays.
        let hold = parts.committer.hold(at.whole_commits());
        let lost = lost(&**parts.committer.store(), at)?;
        Ok(Self {
            client,
            at,
            lost,
            hold,
        })
    }

    fn turn(&mut self, parts: &Parts, hub: &Hub, past: &mut Past<'_>) -> Turn {
        let Some(topics) = hub.aside(&self.client) else {
            return Turn::Over;
        };
        if !self.client.outbox.has_room() {
            return Turn::Full;
        }
        let told = match self.lost.take() {
            Some(lost) => self.begin_anew(parts, lost).map(|()| Turn::Told),
            None => self.read_on(parts, hub, past, &topics),
        };
        told.unwrap_or_else(|error| {
            tracing::error!(%error, "a client cannot be told what it missed");
            match error {
                Error::Store(StoreError::Damaged { .. }) => {
                    self.lost = Some(Lost::Unreadable);
                    Turn::Told
                }
                _ => {
                    hub.remove(&self.client.id);
                    self.client.hang_up();
                    Turn::Over
                }
            }
        })
    }

    /// Says that something is left out, and goes on behind it.
    fn begin_anew(&mut self, parts: &Parts, lost: Lost) -> Result<()> {
        let reason = match lost {
            Lost::Trimmed => "trimmed",
            Lost::Unknown => "unknown",
            Lost::Unreadable => "unreadable",
        };
        self.at = newest(&**parts.committer.store())?;
        self.hold.advance(self.at.commit());
        self.client.outbox.add(&Arc::new(Message {
            topic: RESYNC.into(),
            data: format!("{{\"reason\":\"{reason}\"}}").into(),
            position: Some(self.at),
        }));
        Ok(())
    }

    fn read_on(
        &mut self,
        parts: &Parts,
        hub: &Hub,
        past: &mut Past<'_>,
        topics: &Topics,
    ) -> Result<Turn> {
        let after = self.at.whole_commits();
        let Some(Commits { commits, up_to }) = past.commits(after, self.at.commit())? else {
            self.lost = Some(Lost::Trimmed);
            return Ok(Turn::Told);
        };
        for commit in &commits {
            if !self.tell(parts, past, topics, commit)? {
                return Ok(Turn::Full);
            }
            if self.lost.is_some() {
                return Ok(Turn::Told);
            }
            self.at = Position::end_of(commit.sequence, commit.checksum);
        }
        self.hold.advance(self.at.commit());
        Ok(match hub.join(&self.client, up_to) {
            Joined::NotYet => Turn::Told,
            Joined::Yes | Joined::Gone => Turn::Over,
        })
    }

    /// Tells what is left of a commit; `false` where the client has to read some of it first.
    fn tell(
        &mut self,
        parts: &Parts,
        past: &mut Past<'_>,
        topics: &Topics,
        commit: &CommittedChanges,
    ) -> Result<bool> {
        let snapshot = parts.catalog.snapshot();
        let mut callers = Callers::new(&parts.query, &snapshot, parts.clock.now());
        for (place, change) in commit.changes.iter().enumerate() {
            let Some(targets) = judge::targets(&snapshot, &change.change) else {
                continue;
            };
            let mut subscribed = topics.subscribed(&targets);
            let behind = |rank| Position::behind(commit, place, rank);
            subscribed.retain(|one| !self.at.is_at_or_behind(behind(one.rank)));
            if subscribed.is_empty() {
                continue;
            }
            let Some(record) = past.state(commit, place)? else {
                self.lost = Some(Lost::Unreadable);
                return Ok(true);
            };
            let Some(shown) = Shown::new(parts, &snapshot, (commit, place), record) else {
                continue;
            };
            for one in &subscribed {
                if !self.client.outbox.has_room() {
                    return Ok(false);
                }
                shown.tell(one, &mut callers, &mut |client, message| {
                    client.outbox.add(message);
                });
                self.at = behind(one.rank);
            }
        }
        Ok(true)
    }
}

/// Why a client cannot go on from a place; `None` where it can.
fn lost(store: &dyn Store, at: Position) -> Result<Option<Lost>> {
    if at.commit() > *store.durable().borrow() {
        return Ok(Some(Lost::Unknown));
    }
    if at == newest(store)? {
        return Ok(None);
    }
    let trimmed = changes::is_trimmed_after(store, at.commit())?;
    match changes::entry(store, at.commit()) {
        Ok(Some(entry)) if entry.checksum == at.checksum() => Ok(None),
        Ok(Some(_)) => Ok(Some(Lost::Unknown)),
        Ok(None) if trimmed => Ok(Some(Lost::Trimmed)),
        // The log began after it.
        Ok(None) if at == Position::BEGINNING => Ok(None),
        Ok(None) => Ok(Some(Lost::Unknown)),
        Err(StoreError::Damaged { .. }) => Ok(Some(Lost::Unreadable)),
        Err(error) => Err(error.into()),
    }
}

impl Replays {
    /// Begins to tell a client what it missed.
    pub(super) fn begin(&self, shared: &Arc<Shared>, replay: Replay) -> Result<()> {
        let mut state = self.state.lock();
        if state.closed {
            return Err(Error::Closed);
        }
        if !self.running.load(Ordering::Relaxed) {
            let shared = Arc::clone(shared);
            let started = thread::Builder::new()
                .name("luge-replay".to_owned())
                .spawn(move || run(&Running(shared)));
            let thread = started.map_err(|error| {
                let reason = format!("no thread can be started for missed messages: {error}");
                Error::Store(StoreError::Engine(reason))
            })?;
            state.thread = Some(thread);
            self.running.store(true, Ordering::Relaxed);
        }
        state.arrived.push(replay);
        state.due = true;
        self.woken.notify_one();
        Ok(())
    }

    /// A client took what waited for it.
    pub(super) fn wake(&self) {
        if self.running.load(Ordering::Relaxed) {
            self.state.lock().due = true;
            self.woken.notify_one();
        }
    }

    /// Ends the thread.
    pub(super) fn close(&self) {
        let mut state = self.state.lock();
        state.closed = true;
        self.woken.notify_one();
        let thread = state.thread.take();
        drop(state);
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread of missed realtime messages died");
        }
    }

    /// Adds those who came; waits where `idle`. `false` when the thread is to end.
    fn next(&self, replays: &mut VecDeque<Replay>, idle: bool) -> bool {
        let mut state = self.state.lock();
        while idle && !state.due && !state.closed && !replays.is_empty() {
            self.woken.wait(&mut state);
        }
        state.due = false;
        replays.extend(state.arrived.drain(..));
        if state.closed || replays.is_empty() {
            self.running.store(false, Ordering::Relaxed);
            return false;
        }
        true
    }
}

/// Ends all connections when the thread dies, rather than leave something out.
struct Running(Arc<Shared>);

impl Drop for Running {
    fn drop(&mut self) {
        if thread::panicking() {
            let replays = &self.0.replays;
            replays.running.store(false, Ordering::Relaxed);
            replays.state.lock().arrived.clear();
            self.0.hub.hang_up(false);
        }
    }
}

fn run(Running(shared): &Running) {
    let (parts, hub) = (&shared.parts, &shared.hub);
    let mut past = Past::new(parts);
    let mut replays = VecDeque::new();
    let mut idle = false;
    while shared.replays.next(&mut replays, idle) {
        idle = true;
        for _ in 0..replays.len() {
            let Some(mut replay) = replays.pop_front() else {
                break;
            };
            match replay.turn(parts, hub, &mut past) {
                Turn::Over => {}
                Turn::Full => replays.push_back(replay),
                Turn::Told => {
                    idle = false;
                    replays.push_back(replay);
                }
            }
        }
    }
}
