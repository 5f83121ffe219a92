//! Makes backups when the settings say so, and removes the oldest of them.
//!
//! Other jobs wait meanwhile, of which those that remove files could do nothing anyway.

use super::Run;
use crate::engine::Engine;
use crate::error::Result;

/// When backups are made; empty in the settings means never.
pub(super) fn expression(engine: &Engine) -> Option<String> {
    let settings = engine.settings.current();
    Some(settings.backups.cron.clone()).filter(|cron| !cron.is_empty())
}

pub(super) fn run(run: &Run<'_>) -> Result<()> {
    let backups = &run.engine.backups;
    backups.create_automatic(run.now(), &|| run.is_stopping())
}
