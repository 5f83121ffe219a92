//! Removes request logs that are older than the settings allow, or more than there is room for.

use super::{Job, Run};
use crate::error::Result;

/// At once where the settings say that nothing is kept; else it is a cron's turn.
pub(super) const JOB: Job = Job {
    name: "remove_old_logs",
    next: |engine, past| engine.request_log.is_unwanted().then_some(past.started),
    run,
};

pub(super) fn run(run: &Run<'_>) -> Result<()> {
    let log = &run.engine.request_log;
    log.remove_old(run.now(), &|| run.is_stopping())
}
