//! The definitions alone, of a database (`data.db`) that somebody sent.
//!
//! - Anybody may have made it: only its table of collections is looked at, which has to be a plain
//!   one, and how long that takes and how much it gives is limited.
//! - It is read where it lies, and not changed.
//! - Secrets stay behind: what is given has the form of the list of collections, which shows none.

use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use luge_model::limits::{DEFINITIONS_BYTES_MAX, DEFINITIONS_MAX, DEFINITIONS_READ_MILLISECONDS};
use rusqlite::InterruptHandle;
use serde_json::{Map, Value as Json};

use super::source::Source;
use super::{PocketBaseError, PocketBaseReport, collections};
use crate::catalog::Original;

/// Options of collections that hold a secret to sign tokens with.
const TOKENS: [&str; 5] = [
    "authToken",
    "fileToken",
    "verificationToken",
    "passwordResetToken",
    "emailChangeToken",
];

/// How often in the time of reading it is interrupted once that is over.
const INTERRUPTIONS: u32 = 200;

/// What a database defines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PocketBaseDefinitions {
    /// The collections as they are exported, in the order in which they were made.
    pub collections: Vec<Map<String, Json>>,
    /// What is not among them, in sentences.
    pub notes: Vec<String>,
}

/// Reads the definitions of a database that nobody else has open. May block.
///
/// # Errors
/// Why it is no such database, or cannot be read within the limits.
pub fn read_definitions(database: &Path) -> Result<PocketBaseDefinitions, PocketBaseError> {
    let limit = Duration::from_millis(DEFINITIONS_READ_MILLISECONDS);
    read_within(database, limit)
}

fn read_within(database: &Path, limit: Duration) -> Result<PocketBaseDefinitions, PocketBaseError> {
    let source = Source::sent(database)?;
    let (done, finished) = mpsc::channel::<()>();
    let interrupt = source.database().get_interrupt_handle();
    thread::scope(|scope| {
        let watch = thread::Builder::new()
            .name("luge-definitions".to_owned())
            .spawn_scoped(scope, move || keep_time(&interrupt, &finished, limit));
        let outcome = watch
            .map_err(|error| damaged(format!("no thread can be started: {error}")))
            .and_then(|_| definitions(&source));
        // Ends the watch, also where reading failed.
        drop(done);
        outcome
    })
}

/// Ends what the database does when its time is over.
fn keep_time(interrupt: &InterruptHandle, finished: &mpsc::Receiver<()>, limit: Duration) {
    let mut waited = finished.recv_timeout(limit);
    // Between two statements nothing is interrupted: it is said again until all has ended.
    while waited == Err(RecvTimeoutError::Timeout) {
        interrupt.interrupt();
        waited = finished.recv_timeout(limit / INTERRUPTIONS);
    }
}

fn definitions(source: &Source) -> Result<PocketBaseDefinitions, PocketBaseError> {
    source.check_sent()?;
    let mut report = PocketBaseReport::default();
    let sizes = "SELECT count(*), coalesce(sum(length(`fields`) + length(`options`) \
                 + length(`indexes`)), 0) FROM `_collections`";
    let read = source.database().query_row(sizes, [], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
    });
    let (count, bytes) = read.map_err(|error| source.damaged(&error))?;
    let within = |found, most| usize::try_from(found).is_ok_and(|found| found <= most);
    if !within(count, DEFINITIONS_MAX) || !within(bytes, DEFINITIONS_BYTES_MAX) {
        return Err(damaged("it defines more than can be read at once"));
    }
    let originals = collections::read(source, &mut report)?;
    Ok(PocketBaseDefinitions {
        collections: originals.into_iter().map(exported).collect(),
        notes: report.lost(),
    })
}

/// As the list of collections shows it.
fn exported(original: Original) -> Map<String, Json> {
    let mut body = original.body;
    for (key, moment) in [("created", original.created), ("updated", original.updated)] {
        body.insert(key.to_owned(), moment.to_string().into());
    }
    for key in TOKENS {
        if let Some(token) = body.get_mut(key).and_then(Json::as_object_mut) {
            token.shift_remove("secret");
        }
    }
    let oauth2 = body.get_mut("oauth2").and_then(Json::as_object_mut);
    let providers = oauth2.and_then(|oauth2| oauth2.get_mut("providers"));
    if let Some(providers) = providers {
        // Older releases keep a list of none like this.
        if providers.is_null() {
            *providers = Json::Array(Vec::new());
        }
        let all = providers.as_array_mut().into_iter().flatten();
        for provider in all.filter_map(Json::as_object_mut) {
            provider.shift_remove("clientSecret");
        }
    }
    body
}

fn damaged(reason: impl Into<String>) -> PocketBaseError {
    PocketBaseError::Damaged {
        file: "data.db".to_owned(),
        reason: reason.into(),
    }
}

#[cfg(test)]
mod tests;
