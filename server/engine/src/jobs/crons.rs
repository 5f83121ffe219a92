//! Jobs that run by a cron expression and can be asked for (contract §1.7): a line in [`CRONS`].
//!
//! Ids and expressions of the built-in ones are the contract's. Whoever asks for one does not wait:
//! it runs on the thread of the jobs, and asking again before it has run changes nothing.

use std::sync::Arc;
use std::thread::Thread;

use luge_model::timestamp::Timestamp;
use parking_lot::Mutex;

use super::runs::{Known, Runs};
use super::{
    JOBS, Job, Past, Run, back_up, remove_departed, remove_expired, remove_old_logs, tend_files,
    trim_log,
};
use crate::context::Context;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::settings::Schedule;

/// Every cron, in the order in which they are listed; those whose expression is a setting at the
/// end.
pub const CRONS: &[Cron] = &[
    Cron {
        id: "__pbDBOptimize__",
        expression: |_| Some("0 0 * * *".to_owned()),
        run: optimize,
    },
    Cron {
        id: "__pbMFACleanup__",
        expression: |_| Some("0 * * * *".to_owned()),
        run: remove_expired::first_factors,
    },
    Cron {
        id: "__pbOTPCleanup__",
        expression: |_| Some("0 * * * *".to_owned()),
        run: remove_expired::codes,
    },
    Cron {
        id: "__pbLogsCleanup__",
        expression: |_| Some("0 */6 * * *".to_owned()),
        run: remove_old_logs::run,
    },
    Cron {
        id: "__pbAutoBackup__",
        expression: back_up::expression,
        run: back_up::run,
    },
];

/// Something that is done by a schedule.
#[derive(Clone, Copy, Debug)]
pub struct Cron {
    /// What it is asked for by.
    pub id: &'static str,
    /// When it runs; none where the settings say that it does not.
    pub expression: fn(&Engine) -> Option<String>,
    /// Does it.
    pub run: fn(&Run<'_>) -> Result<()>,
}

/// Asks the thread of the jobs for a cron.
#[derive(Clone, Debug)]
pub struct Bell {
    asked: Arc<Mutex<Vec<&'static str>>>,
    runs: Runs,
    thread: Thread,
}

/// A job or a cron, and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub id: &'static str,
    /// When it runs; `None` for what is not done by a schedule.
    pub expression: Option<String>,
    /// How it ran and when it does next.
    pub known: Known,
}

impl Cron {
    /// When it is to run next.
    pub(super) fn next(&self, engine: &Engine, past: Past) -> Option<Timestamp> {
        let expression = (self.expression)(engine)?;
        let schedule = Schedule::parse(&expression).ok()?;
        schedule.next_after(past.ended.unwrap_or(past.started))
    }
}

impl Bell {
    pub(super) fn new(asked: Arc<Mutex<Vec<&'static str>>>, runs: Runs, thread: Thread) -> Self {
        Self {
            asked,
            runs,
            thread,
        }
    }

    /// The crons that there are, each with its expression.
    ///
    /// # Errors
    /// When the caller is not a superuser.
    pub fn list(&self, context: &Context, engine: &Engine) -> Result<Vec<(&'static str, String)>> {
        context.require_superuser()?;
        let scheduled = |cron: &Cron| Some((cron.id, (cron.expression)(engine)?));
        Ok(CRONS.iter().filter_map(scheduled).collect())
    }

    /// Everything that the server does by itself: the crons that there are, then the other jobs.
    ///
    /// # Errors
    /// When the caller is not a superuser.
    pub fn jobs(&self, context: &Context, engine: &Engine) -> Result<Vec<Listed>> {
        let crons = self.list(context, engine)?.into_iter();
        let crons = crons.map(|(id, expression)| (id, Some(expression)));
        let all = crons.chain(JOBS.iter().map(|job| (job.name, None)));
        Ok(all
            .map(|(id, expression)| Listed {
                id,
                expression,
                known: self.runs.of(id),
            })
            .collect())
    }

    /// Has a cron run as soon as no other job does.
    ///
    /// # Errors
    /// When the caller is not a superuser, or there is no such cron.
    pub fn ring(&self, context: &Context, engine: &Engine, id: &str) -> Result<()> {
        let listed = self.list(context, engine)?;
        let (id, _) = listed
            .into_iter()
            .find(|(known, _)| *known == id)
            .ok_or(Error::MissingCron)?;
        let mut asked = self.asked.lock();
        if !asked.contains(&id) {
            asked.push(id);
        }
        drop(asked);
        self.thread.unpark();
        Ok(())
    }
}

/// What keeps the store small, whether or not it is due.
fn optimize(run: &Run<'_>) -> Result<()> {
    let jobs: [Job; 3] = [trim_log::JOB, remove_departed::JOB, tend_files::JOB];
    jobs.iter().try_for_each(|job| (job.run)(run))
}
