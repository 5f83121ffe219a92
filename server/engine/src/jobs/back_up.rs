//! Makes backups when the settings say so, and removes the oldest of them.
//!
//! Other jobs wait meanwhile, of which those that remove files could do nothing anyway. A failure
//! is mailed to the superusers, at most once a day: the time is kept in the commit of the letters.

use luge_model::collection::EmailTemplate;
use luge_model::limits::{BACKUP_FAILURE_MAIL_MILLISECONDS, BACKUP_FAILURE_MAILS_MAX};
use luge_model::timestamp::Timestamp;

use super::Run;
use crate::commit::Proposal;
use crate::context::Context;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::identity::SUPERUSERS;
use crate::mail::{Envelope, Placeholders, compose};
use crate::query::ListRequest;
use crate::store::key;

/// When backups are made; empty in the settings means never.
pub(super) fn expression(engine: &Engine) -> Option<String> {
    let settings = engine.settings.current();
    Some(settings.backups.cron.clone()).filter(|cron| !cron.is_empty())
}

pub(super) fn run(run: &Run<'_>) -> Result<()> {
    let backups = &run.engine.backups;
    let made = backups.create_automatic(run.now(), &|| run.is_stopping());
    match &made {
        // One is being made, which is what was wanted; or the server stops.
        Ok(()) | Err(Error::BackupRunning | Error::Closed) => {}
        Err(_) if run.is_stopping() => {}
        Err(error) => {
            if let Err(error) = tell(run.engine, run.now(), error) {
                tracing::warn!(%error, "nobody is mailed that the backup failed");
            }
        }
    }
    made
}

/// Mails the superusers that a backup failed, unless they were mailed lately.
fn tell(engine: &Engine, now: Timestamp, error: &Error) -> Result<()> {
    let place = key::meta("backup_failure_mailed");
    let last = engine.committer.store().get(&place)?;
    let last = last.and_then(|bytes| Some(i64::from_be_bytes(bytes.try_into().ok()?)));
    let pause = 0..BACKUP_FAILURE_MAIL_MILLISECONDS;
    if last.is_some_and(|last| pause.contains(&now.0.saturating_sub(last))) {
        return Ok(());
    }
    let mut proposal = Proposal {
        puts: vec![(place, now.0.to_be_bytes().to_vec())],
        ..Proposal::default()
    };
    let reason = error.to_string();
    let values = Placeholders {
        alert: &reason,
        ..Placeholders::default()
    };
    let meta = &engine.settings.current().meta;
    for address in addresses(engine, now)? {
        let envelope = Envelope {
            to: Some(&address),
            about: "backup-failed",
            until: None,
        };
        let letter = compose(envelope, &EmailTemplate::backup_failed(), meta, &values);
        engine.mail.post(now, &letter, &mut proposal)?;
    }
    engine.committer.commit_in_background(&proposal)?;
    Ok(())
}

/// The addresses of the superusers.
fn addresses(engine: &Engine, now: Timestamp) -> Result<Vec<String>> {
    let request = ListRequest {
        per_page: BACKUP_FAILURE_MAILS_MAX,
        ..ListRequest::default()
    };
    let system = Context::system(now);
    let superusers = engine.records.list(&system, SUPERUSERS, &request)?;
    let compiled = engine.records.compiled(SUPERUSERS)?;
    let Some(field) = compiled.collection.field("email") else {
        return Ok(Vec::new());
    };
    let all = superusers.items.iter();
    let all = all.map(|view| view.record().text(field.number).to_owned());
    Ok(all.filter(|address| !address.is_empty()).collect())
}
