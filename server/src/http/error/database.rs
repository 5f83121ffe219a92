//! Failures of reading a database that was sent.

use luge_engine::transfer::PocketBaseError;
use luge_model::invalid::{Violation, Violations};
use luge_model::limits::DEFINITIONS_DATABASE_BYTES_MAX;

use super::Failure;
use crate::http::pocketbase::Sent;

/// What to do instead, which has no limits.
const COMMAND: &str = "`luge import pocketbase` takes the whole folder where it is";

impl Failure {
    /// 400 with why a database of PocketBase is not taken, at `file`.
    pub(crate) fn of_database(sent: Sent) -> Self {
        let refused = match sent {
            Sent::TooLarge => {
                let message = format!(
                    "The database may have {} MiB at most; {COMMAND}.",
                    DEFINITIONS_DATABASE_BYTES_MAX >> 20
                );
                Violation::new("validation_file_size_limit", message)
            }
            Sent::Refused(error) => match reason(error) {
                Ok(reason) => Violation::new("validation_invalid_database", reason),
                Err(failure) => return failure,
            },
        };
        Self::invalid(&Violations::of("file", refused))
    }
}

/// Why a database is not taken, or what else failed.
fn reason(error: PocketBaseError) -> Result<String, Failure> {
    Ok(match error {
        PocketBaseError::NoSource { reason, .. } => {
            format!("This is no data.db of PocketBase: {reason}.")
        }
        PocketBaseError::Outdated(_) => "This data.db was written by a PocketBase before 0.23. \
             Start PocketBase 0.23 or later on it once, or import what the old one exports as JSON."
            .to_owned(),
        PocketBaseError::Damaged { reason, .. } => {
            format!("This data.db is damaged, or cannot be read within the limits: {reason}.")
        }
        PocketBaseError::Definition(reason) => format!("This data.db cannot be read: {reason}."),
        PocketBaseError::Engine(error) => return Err(error.into()),
        other => {
            tracing::error!(error = %other, "a database that was sent cannot be read");
            return Err(Failure::internal());
        }
    })
}
