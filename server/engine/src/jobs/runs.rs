//! What came of the jobs, and when each is due next.
//!
//! - In memory it is always the last run. In the store it is as it was when a cron ended last, or a
//!   job failed or did so no more: what runs every few minutes and has nothing to do writes
//!   nothing of its own, and is written along with the others. Nobody misses more than the times of
//!   an hour after a crash; a server that stops well writes once more.
//! - All of it is one small value, since there are as many jobs as there are.

use std::collections::BTreeMap;
use std::sync::Arc;

use luge_model::timestamp::Timestamp;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use crate::commit::Proposal;
use crate::engine::Engine;
use crate::error::Result;
use crate::store::{Key, StoreError, key};

/// The last run of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastRun {
    /// When it began, in milliseconds since 1970.
    pub began: i64,
    /// How long it took.
    pub milliseconds: u64,
    /// Why it failed, for a person; `None` where it did not.
    pub problem: Option<String>,
}

/// What is known of a job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Since when it runs, if it does now.
    pub running: Option<Timestamp>,
    /// When it runs next; `None` where that is not for now.
    pub next: Option<Timestamp>,
    /// How it ran last.
    pub last: Option<LastRun>,
}

/// What is known of all jobs, by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Runs {
    known: Arc<Mutex<BTreeMap<String, Known>>>,
}

impl Runs {
    /// What the store remembers.
    pub(super) fn read(engine: &Engine) -> Self {
        let runs = Self::default();
        match kept(engine) {
            Ok(kept) => {
                let mut known = runs.known.lock();
                for (name, last) in kept {
                    known.entry(name).or_default().last = Some(last);
                }
            }
            Err(error) => tracing::warn!(%error, "what the jobs did last cannot be read"),
        }
        runs
    }

    pub(super) fn of(&self, name: &str) -> Known {
        self.known.lock().get(name).cloned().unwrap_or_default()
    }

    pub(super) fn due(&self, name: &str, next: Option<Timestamp>) {
        self.change(name, |known| known.next = next);
    }

    pub(super) fn begins(&self, name: &str, now: Timestamp) {
        self.change(name, |known| known.running = Some(now));
    }

    /// Whether it ended otherwise than before.
    pub(super) fn ends(&self, name: &str, last: LastRun) -> bool {
        let mut turned = false;
        self.change(name, |known| {
            let before = known
                .last
                .as_ref()
                .is_some_and(|last| last.problem.is_some());
            turned = before != last.problem.is_some();
            known.running = None;
            known.last = Some(last);
        });
        turned
    }

    /// Writes all of it.
    pub(super) fn keep(&self, engine: &Engine) {
        let lasts: BTreeMap<String, LastRun> = {
            let known = self.known.lock();
            let lasts = known.iter();
            lasts
                .filter_map(|(name, known)| Some((name.clone(), known.last.clone()?)))
                .collect()
        };
        if let Err(error) = write(engine, &lasts) {
            tracing::warn!(%error, "what the jobs did is not kept");
        }
    }

    fn change(&self, name: &str, change: impl FnOnce(&mut Known)) {
        let mut known = self.known.lock();
        if let Some(known) = known.get_mut(name) {
            return change(known);
        }
        change(known.entry(name.to_owned()).or_default());
    }
}

fn kept(engine: &Engine) -> Result<BTreeMap<String, LastRun>> {
    let bytes = engine.committer.store().get(&place())?;
    let read = bytes
        .map(|bytes| serde_json::from_slice(&bytes))
        .transpose();
    let read = read.map_err(|error| StoreError::damaged(&place(), error))?;
    Ok(read.unwrap_or_default())
}

fn write(engine: &Engine, lasts: &BTreeMap<String, LastRun>) -> Result<()> {
    let json = serde_json::to_vec(lasts).map_err(StoreError::unwritable)?;
    let proposal = Proposal {
        puts: vec![(place(), json)],
        ..Proposal::default()
    };
    engine.committer.commit_in_background(&proposal)?;
    Ok(())
}

fn place() -> Key {
    key::meta("job_runs")
}
