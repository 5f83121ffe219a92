//! Makes backups when the settings say so, and removes the oldest of them.
//!
//! Other jobs wait meanwhile, of which those that remove files could do nothing anyway.

use luge_model::timestamp::Timestamp;

use super::{Job, Past, Run};
use crate::engine::Engine;
use crate::error::Result;
use crate::settings::Schedule;

pub(super) const JOB: Job = Job {
    name: "back_up",
    next,
    run,
};

fn next(engine: &Engine, past: Past) -> Option<Timestamp> {
    // Empty means never; anything else was checked when it was set.
    let schedule = Schedule::parse(&engine.settings.current().backups.cron).ok()?;
    schedule.next_after(past.ended.unwrap_or(past.started))
}

fn run(run: &Run<'_>) -> Result<()> {
    let backups = &run.engine.backups;
    backups.create_automatic(run.now(), &|| run.is_stopping())
}
