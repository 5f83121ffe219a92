//! The thread that looks after channels: tells who came and went, and asks again who may be there.
//!
//! It runs while there are channels. Changes of who is present are gathered for a moment; rights
//! are asked again soon after a commit, and now and then because tokens end by themselves.

use std::collections::HashMap;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use luge_model::limits::{
    CHANNEL_REVIEW_IDLE_SECONDS, CHANNEL_REVIEW_SECONDS, CHANNEL_REVIEW_SHARE,
    PRESENCE_GATHER_MILLISECONDS,
};
use parking_lot::{Condvar, Mutex};

use super::Channels;
use super::room::{Room, Whom};
use super::rulebook::Stamp;
use crate::realtime::Shared;

/// What is to be done for channels, and by whom.
#[derive(Default)]
pub(super) struct Upkeep {
    state: Mutex<State>,
    woken: Condvar,
}

#[derive(Default)]
struct State {
    /// Where there are changes of who is present to tell.
    changed: HashMap<Box<str>, Arc<Room>>,
    tell_at: Option<Instant>,
    running: bool,
    closed: bool,
    thread: Option<JoinHandle<()>>,
}

/// When rights are asked again.
struct Review {
    at: Instant,
    /// When everybody was asked last, and what that stood on.
    last: Option<(Instant, Stamp)>,
}

impl Upkeep {
    /// Starts the thread where it does not run.
    pub(super) fn start(&self, shared: &Arc<Shared>) {
        let mut state = self.state.lock();
        if state.closed || state.running {
            return;
        }
        let running = Running(Arc::clone(shared));
        let started = thread::Builder::new()
            .name("luge-channels".to_owned())
            .spawn(move || run(&running.0));
        match started {
            Ok(thread) => {
                state.running = true;
                state.thread = Some(thread);
            }
            // The next one who asks to be in a channel tries again.
            Err(error) => tracing::error!(%error, "no thread can be started for channels"),
        }
    }

    /// There are changes of who is present to tell.
    pub(super) fn has_changed(&self, room: &Arc<Room>) {
        let mut state = self.state.lock();
        state.changed.insert(room.name.clone(), Arc::clone(room));
        if state.tell_at.is_none() {
            let pause = Duration::from_millis(PRESENCE_GATHER_MILLISECONDS);
            state.tell_at = Some(Instant::now() + pause);
            self.woken.notify_one();
        }
    }

    #[cfg(test)]
    pub(super) fn is_running(&self) -> bool {
        self.state.lock().running
    }

    /// Ends the thread.
    pub(super) fn close(&self) {
        let mut state = self.state.lock();
        state.closed = true;
        self.woken.notify_one();
        let thread = state.thread.take();
        drop(state);
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread of channels died");
        }
    }

    /// Waits until there is something to do: the rooms whose changes are to be told. `None` when
    /// the thread is to end.
    fn next(&self, channels: &Channels, review: Instant) -> Option<Vec<Arc<Room>>> {
        let mut state = self.state.lock();
        loop {
            if state.closed || channels.rooms.lock().is_empty() {
                state.changed.clear();
                state.tell_at = None;
                state.running = false;
                return None;
            }
            let now = Instant::now();
            if state.tell_at.is_some_and(|at| at <= now) {
                state.tell_at = None;
                let changed = std::mem::take(&mut state.changed);
                return Some(changed.into_values().collect());
            }
            if review <= now {
                return Some(Vec::new());
            }
            let until = state.tell_at.map_or(review, |at| at.min(review));
            self.woken.wait_until(&mut state, until);
        }
    }
}

/// Lets another thread be started when this one dies.
struct Running(Arc<Shared>);

impl Drop for Running {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.channels.upkeep.state.lock().running = false;
        }
    }
}

fn run(shared: &Arc<Shared>) {
    let channels = &shared.channels;
    let mut review = Review {
        at: Instant::now() + Duration::from_secs(CHANNEL_REVIEW_SECONDS),
        last: None,
    };
    while let Some(changed) = channels.upkeep.next(channels, review.at) {
        for room in &changed {
            Channels::tell_differences(shared, room);
        }
        if review.at <= Instant::now() {
            review.carry_out(shared);
        }
    }
}

impl Review {
    /// Asks everybody again, where that may matter.
    fn carry_out(&mut self, shared: &Shared) {
        let begun = Instant::now();
        let pause = Duration::from_secs(CHANNEL_REVIEW_SECONDS);
        let (parts, channels) = (&shared.parts, &shared.channels);
        let stamp = channels.rulebooks.current(parts).stamp(parts);
        let idle = Duration::from_secs(CHANNEL_REVIEW_IDLE_SECONDS);
        let nothing_new = self.last.is_some_and(|(at, last)| {
            stamp.is_quiet_since(last) && begun.duration_since(at) < idle
        });
        if nothing_new {
            self.at = begun + pause;
            return;
        }
        let rooms: Vec<_> = channels.rooms.lock().values().cloned().collect();
        for room in &rooms {
            let _telling = room.telling.lock();
            Channels::ask(shared, room, Whom::Everybody);
        }
        self.last = Some((begun, stamp));
        self.at = Instant::now() + pause.max(begun.elapsed() * CHANNEL_REVIEW_SHARE);
    }
}
