//! What the server does by itself, again and again: a job is a file plus a line in [`JOBS`].
//!
//! - Jobs run one after another on a thread of their own, so they take little from requests.
//! - When a job is due is asked of the clock, also when that is set forward or back.
//! - A job works in steps that are each one commit, and leaves off between two when the server
//!   stops; what it did not do is done the next time.
//! - What runs by a cron expression, and can be asked for, is a line in [`CRONS`].
//! - A job that fails is logged and run again when it is due next; how each ran last is told
//!   (`runs.rs`).

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use luge_model::limits::{JOB_FIRST_MILLISECONDS, JOB_LOOK_MILLISECONDS};
use luge_model::timestamp::Timestamp;
use parking_lot::Mutex;

use crate::clock::Clock;
use crate::engine::Engine;
use crate::error::{Error, Result};
use runs::Runs;

mod back_up;
mod crons;
mod forget_answers;
mod remove_departed;
mod remove_expired;
mod remove_old_logs;
mod runs;
mod survey_storage;
mod tend_belongings;
mod tend_files;
mod tend_mails;
mod trim_log;

#[cfg(test)]
mod runs_tests;
#[cfg(test)]
mod tests;

pub use crons::{Bell, CRONS, Cron, Listed};
pub use runs::{Known, LastRun};

/// Every job, in the order in which those that are due at the same time run.
pub const JOBS: &[Job] = &[
    trim_log::JOB,
    remove_departed::JOB,
    tend_files::JOB,
    tend_belongings::JOB,
    remove_old_logs::JOB,
    forget_answers::JOB,
    tend_mails::JOB,
    survey_storage::JOB,
];

/// Something the server does by itself.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    /// What it is called, in the log for one.
    pub name: &'static str,
    /// When it is to run next; `None` when it is not for now.
    pub next: fn(&Engine, Past) -> Option<Timestamp>,
    /// Does it.
    pub run: fn(&Run<'_>) -> Result<()>,
}

/// When a job could have run and did run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Past {
    /// When the server started.
    pub started: Timestamp,
    /// When the job ended last.
    pub ended: Option<Timestamp>,
}

/// What a job runs with.
#[derive(Debug)]
pub struct Run<'a> {
    /// All services.
    pub engine: &'a Engine,
    clock: &'a dyn Clock,
    stopping: &'a AtomicBool,
}

/// The jobs of a running server; they stop when this is dropped.
#[derive(Debug)]
pub struct Jobs {
    stopping: Arc<AtomicBool>,
    /// The crons that somebody asked for.
    asked: Arc<Mutex<Vec<&'static str>>>,
    runs: Runs,
    thread: Option<JoinHandle<()>>,
}

impl Jobs {
    /// Runs jobs from now on.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(engine: Arc<Engine>, clock: Arc<dyn Clock>) -> io::Result<Self> {
        let stopping = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stopping);
        let asked: Arc<Mutex<Vec<&'static str>>> = Arc::default();
        let rung = Arc::clone(&asked);
        let runs = Runs::read(&engine);
        let noted = runs.clone();
        let thread = thread::Builder::new()
            .name("luge-jobs".to_owned())
            .spawn(move || {
                let run = Run {
                    engine: &engine,
                    clock: &*clock,
                    stopping: &told,
                };
                let mut diary = Diary::new((JOBS, CRONS), clock.now(), noted);
                while !run.is_stopping() {
                    diary.run_due(&run);
                    diary.run_asked(&run, &std::mem::take(&mut *rung.lock()));
                    thread::park_timeout(Duration::from_millis(JOB_LOOK_MILLISECONDS));
                }
                diary.runs.keep(&engine);
            })?;
        Ok(Self {
            stopping,
            asked,
            runs,
            thread: Some(thread),
        })
    }

    /// What asks for crons; none once the jobs stop.
    #[must_use]
    pub fn bell(&self) -> Option<Bell> {
        let thread = self.thread.as_ref()?.thread().clone();
        Some(Bell::new(
            Arc::clone(&self.asked),
            self.runs.clone(),
            thread,
        ))
    }
}

impl Drop for Jobs {
    /// Waits for the step under way.
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Release);
        let Some(thread) = self.thread.take() else {
            return;
        };
        thread.thread().unpark();
        if thread.join().is_err() {
            tracing::error!("the thread of the jobs died");
        }
    }
}

impl Run<'_> {
    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whether to leave off.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }
}

impl Past {
    /// Shortly after the start, and then so many milliseconds after each end.
    #[must_use]
    pub fn every(self, milliseconds: i64) -> Timestamp {
        match self.ended {
            None => Timestamp(self.started.0.saturating_add(JOB_FIRST_MILLISECONDS)),
            Some(ended) => Timestamp(ended.0.saturating_add(milliseconds)),
        }
    }

    /// A clock that was set back must not keep a job waiting until the old time comes again.
    fn not_after(self, now: Timestamp) -> Self {
        Self {
            started: self.started.min(now),
            ended: self.ended.map(|ended| ended.min(now)),
        }
    }
}

/// Which job and which cron ran when.
struct Diary {
    jobs: Vec<(Job, Past)>,
    crons: Vec<(Cron, Past)>,
    runs: Runs,
}

impl Diary {
    fn new((jobs, crons): (&[Job], &[Cron]), started: Timestamp, runs: Runs) -> Self {
        let ended = None;
        let past = Past { started, ended };
        Self {
            jobs: jobs.iter().map(|job| (*job, past)).collect(),
            crons: crons.iter().map(|cron| (*cron, past)).collect(),
            runs,
        }
    }

    fn run_due(&mut self, run: &Run<'_>) {
        let mut noteworthy = false;
        for (job, past) in &mut self.jobs {
            *past = past.not_after(run.now());
            let mut next = (job.next)(run.engine, *past);
            if is_due(next, run) {
                noteworthy |= carry_out((job.name, job.run), run, &self.runs);
                past.ended = Some(run.now());
                next = (job.next)(run.engine, *past);
            }
            self.runs.due(job.name, next);
        }
        for (cron, past) in &mut self.crons {
            *past = past.not_after(run.now());
            let mut next = cron.next(run.engine, *past);
            if is_due(next, run) {
                carry_out((cron.id, cron.run), run, &self.runs);
                past.ended = Some(run.now());
                noteworthy = true;
                next = cron.next(run.engine, *past);
            }
            self.runs.due(cron.id, next);
        }
        if noteworthy {
            self.runs.keep(run.engine);
        }
    }

    fn run_asked(&mut self, run: &Run<'_>, asked: &[&'static str]) {
        for (cron, past) in &mut self.crons {
            if asked.contains(&cron.id) && !run.is_stopping() {
                carry_out((cron.id, cron.run), run, &self.runs);
                past.ended = Some(run.now());
                self.runs.keep(run.engine);
            }
        }
    }
}

fn is_due(next: Option<Timestamp>, run: &Run<'_>) -> bool {
    !run.is_stopping() && next.is_some_and(|next| run.now() >= next)
}

/// Whether it ended otherwise than the last time.
fn carry_out(
    (name, work): (&'static str, fn(&Run<'_>) -> Result<()>),
    run: &Run<'_>,
    runs: &Runs,
) -> bool {
    let began = run.now();
    let since = Instant::now();
    runs.begins(name, began);
    let outcome = work(run);
    let milliseconds = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
    let problem = match outcome {
        Ok(()) => {
            tracing::debug!(job = name, milliseconds, "a job ended");
            None
        }
        // The store was closed before the jobs were stopped: nothing can be done any more.
        Err(Error::Closed) => None,
        Err(error) => {
            tracing::warn!(job = name, milliseconds, %error, "a job failed");
            Some(error.to_string())
        }
    };
    let last = LastRun {
        began: began.0,
        milliseconds,
        problem,
    };
    runs.ends(name, last)
}
