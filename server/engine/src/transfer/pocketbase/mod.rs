//! Import of a whole PocketBase data folder (0.23 to 0.40) into an empty data folder, as it is:
//! definitions with ids, dates and token secrets; records with ids, dates, token keys and password
//! hashes; settings; files. Tokens, passwords and addresses of files go on working.
//!
//! - The source is read only, and never changed: not a byte, not a new file beside it.
//! - The target is complete or empty: what is under way is marked and is not opened (`target.rs`).
//! - Nothing is validated that the source has accepted; values are taken as the source reads them.
//! - Nothing is dropped in silence. What cannot be carried is a loss, and with a loss nothing is
//!   imported unless that is allowed; what is carried otherwise, or left on purpose, is a note.

use std::path::Path;

use crate::context::Context;
use crate::engine::{Engine, Options};
use crate::settings::Fixed;
use crate::store::Durability;
use crate::transfer::Progress;

mod batch;
mod collections;
mod definitions;
mod files;
mod records;
mod report;
mod settings;
mod source;
mod target;
#[cfg(test)]
mod tests;
mod values;

pub use definitions::{PocketBaseDefinitions, read_definitions};
pub use report::PocketBaseReport;
pub use target::REPORT;

use records::Origin;
use source::{Found, Source};
use target::Target;

/// What is imported, and how.
#[derive(Clone, Copy)]
pub struct PocketBaseImport<'a> {
    /// The data folder of PocketBase, usually `pb_data`.
    pub folder: &'a Path,
    /// The key under which it encrypted its settings, if it did.
    pub encryption_key: Option<&'a str>,
    /// Whether to import also where something cannot be carried.
    pub allow_losses: bool,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum PocketBaseError {
    /// The folder is none of PocketBase's.
    #[error("{folder} is no data folder of PocketBase: {reason}")]
    NoSource {
        /// The folder.
        folder: String,
        /// What is missing.
        reason: String,
    },
    /// The folder is of a PocketBase before 0.23, which had other tables.
    #[error("{0} was written by a PocketBase before 0.23")]
    Outdated(String),
    /// PocketBase has the folder open.
    #[error("a PocketBase is using {0}")]
    Running(String),
    /// A database cannot be read to its end.
    #[error("{file} is damaged or cannot be read: {reason}")]
    Damaged {
        /// The database.
        file: String,
        /// What SQLite says.
        reason: String,
    },
    /// The settings are encrypted and no key, or a wrong one, was given.
    #[error("the settings are encrypted{0}")]
    Encrypted(&'static str),
    /// There is something in the target.
    #[error("the data folder {folder} is not empty: it has {found}")]
    NotEmpty {
        /// The target.
        folder: String,
        /// What is in it.
        found: String,
    },
    /// Another import fills the target at this moment, or the target lies in the source.
    #[error("{0}")]
    BadTarget(String),
    /// A definition cannot be carried, not even in part.
    #[error("{0}")]
    Definition(String),
    /// The target cannot be written.
    #[error("{doing}: {source}")]
    Io {
        /// What was being done.
        doing: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// Something cannot be carried, and that was not allowed.
    #[error("{} things cannot be carried", .0.losses())]
    Losses(Box<PocketBaseReport>),
    /// The engine refused a write.
    #[error("{0}")]
    Engine(#[from] crate::error::Error),
}

/// Imports a data folder into the empty folder of `options` and tells about records as they go.
/// Takes as long as it takes: not for threads of an async runtime, but within one.
///
/// # Errors
/// Why nothing was imported. The target is then as empty as it was.
pub fn import_pocketbase(
    options: Options,
    import: &PocketBaseImport<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<PocketBaseReport, PocketBaseError> {
    let found = Found::at(import.folder)?;
    let target = Target::claim(&options.folder, import.folder)?;
    let source = found.open(&target.scratch())?;
    let settings = settings::read(&source, import.encryption_key)?;
    let context = Context::system(options.clock.now());
    let engine = Engine::open(Options {
        importing: true,
        // What is carried is stored, also where the environment sets something else.
        settings: Fixed::default(),
        // A target that is not finished is cleared, so nothing is lost with its last moments.
        durability: Durability::Relaxed,
        // Nobody reads records in between.
        mirror_bytes: 0,
        ..options
    })?;
    let mut report = PocketBaseReport::default();
    let outcome = carry(
        (&engine, &context),
        &source,
        settings,
        &mut report,
        progress,
    );
    let closed = engine.close();
    drop(engine);
    outcome?;
    closed?;
    source.tell_left(&mut report);
    if report.losses() > 0 && !import.allow_losses {
        return Err(PocketBaseError::Losses(Box::new(report)));
    }
    target.finish(&report)?;
    Ok(report)
}

/// Carries everything into an engine.
fn carry(
    (engine, context): (&Engine, &Context),
    source: &Source,
    settings: settings::Read,
    report: &mut PocketBaseReport,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), PocketBaseError> {
    let storage = (!settings.files_are_elsewhere()).then(|| source.storage());
    let ids = collections::carry(engine, context, source, report)?;
    settings::carry(engine, context, settings, report)?;
    let origin = Origin {
        source,
        storage: storage.as_deref(),
        ids: &ids,
    };
    records::carry(engine, context, &origin, report, progress)?;
    if let Some(storage) = &storage {
        files::tell_left(engine, storage, report)?;
    }
    Ok(())
}
