//! What can be wrong with a backup or its name, in the engine's words.

use std::io;

use luge_model::invalid::{Violation, Violations};
use luge_model::limits::BACKUP_NAME_CHARS_MAX;

use super::shelf;
use crate::error::{Action, Error, Result, Subject};
use crate::files::BucketFailure;
use crate::store::StoreError;

/// The name under which a backup may be made (contract §1.7).
pub(super) fn check_new_name(name: &str) -> Result<()> {
    if name.chars().count() > BACKUP_NAME_CHARS_MAX {
        let sentence = format!("The length must be between 1 and {BACKUP_NAME_CHARS_MAX}.");
        let violation = Violation::new("validation_length_out_of_range", sentence)
            .with("max", BACKUP_NAME_CHARS_MAX)
            .with("min", 1);
        return Err(invalid(Violations::of("name", violation)));
    }
    if !shelf::is_new_key(name) {
        let sentence = "Must be in a valid format.";
        return Err(refused("name", "validation_match_invalid", sentence));
    }
    Ok(())
}

pub(super) fn name_taken(field: &str, sentence: &str) -> Error {
    refused(field, "validation_backup_name_exists", sentence)
}

pub(super) fn refused(field: &str, code: &'static str, sentence: impl Into<String>) -> Error {
    invalid(Violations::of(field, Violation::new(code, sentence)))
}

fn invalid(violations: Violations) -> Error {
    Error::Refused {
        action: Action::Create,
        subject: Subject::Backup,
        violations,
        reason: Some("An error occurred while validating the submitted data.".to_owned()),
    }
}

pub(super) fn unusable(reason: impl Into<String>) -> Error {
    Error::Unusable(reason.into())
}

pub(super) fn unreadable(error: &io::Error) -> Error {
    unusable(format!("it cannot be read: {error}"))
}

pub(super) fn version(what: &str, found: u32, expected: u32) -> Error {
    unusable(format!(
        "the {what} has version {found}, this program reads version {expected}"
    ))
}

/// What an error of the disk or of a bucket means.
pub(super) fn failed(doing: &str, error: &io::Error) -> Error {
    use io::ErrorKind::{QuotaExceeded, StorageFull};
    if matches!(error.kind(), StorageFull | QuotaExceeded) {
        return Error::DiskFull;
    }
    let inside = error.get_ref().and_then(|inside| inside.downcast_ref());
    if let Some(BucketFailure(reason)) = inside {
        return Error::BackupsUnreachable(reason.clone());
    }
    Error::Store(StoreError::Engine(format!("cannot {doing}: {error}")))
}
