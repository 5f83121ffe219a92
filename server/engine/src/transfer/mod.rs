//! Import of files into records, export of records into files, and import of a whole PocketBase
//! data folder (`pocketbase/`, which has rules of its own).
//!
//! - Reading and inference are pure: [`rows`] and [`infer_rows`] know nothing of an engine.
//! - An import goes through the ordinary write path, so every check and rule of the collection
//!   holds for imported records too.
//! - Nothing is dropped in silence: whatever was renamed, retyped or refused is in the report.

mod export;
mod import;
mod infer;
mod names;
mod pocketbase;
mod read;

use std::path::Path;

use serde_json::{Map, Value as Json};

pub use export::export;
pub use import::{Import, import};
pub use infer::infer_rows;
pub use pocketbase::{
    PocketBaseDefinitions, PocketBaseError, PocketBaseImport, PocketBaseReport, REPORT,
    import_pocketbase, read_definitions,
};
pub use read::{Rows, rows};

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values with a header line.
    Csv,
    /// One array of objects.
    Json,
    /// One object per line.
    Ndjson,
}

/// Why a file cannot be imported or a collection not exported, as a whole.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The ending of the name says nothing.
    #[error("{0}: unknown format; name it .csv, .json, .ndjson or .jsonl, or give the format")]
    UnknownFormat(String),
    /// The file cannot be read, or the output not written.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The file as a whole is not what its format says.
    #[error("line {line}: {reason}")]
    Malformed {
        /// Where, counted from 1.
        line: u64,
        /// Why.
        reason: String,
    },
    /// There is nothing in it.
    #[error("the file has no rows")]
    Empty,
    /// The engine refused something that concerns all rows.
    #[error("{message}")]
    Engine {
        /// What was refused and why.
        message: String,
        /// The engine's own words.
        source: crate::error::Error,
    },
}

/// One row of a file: values by column.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Where it starts in the file, counted from 1; in a JSON array, which object it is.
    pub line: u64,
    /// In the order of the file. Cells of a CSV file are texts, empty ones null.
    pub cells: Vec<(String, Json)>,
}

/// A row that was not imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// See [`Row::line`].
    pub line: u64,
    /// Why.
    pub reason: String,
}

/// What a file's columns become.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inference {
    /// In the order of their first appearance.
    pub columns: Vec<Column>,
    /// The definitions of the fields, as a collection takes them.
    pub fields: Vec<Map<String, Json>>,
    /// Everything that was decided or changed, in sentences.
    pub notes: Vec<String>,
    /// How many rows could be read.
    pub rows: u64,
}

/// One column of a file and the field that it fills.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in the file.
    pub source: String,
    /// The name of the field.
    pub field: String,
    /// The type of the field.
    pub kind: &'static str,
}

/// How far an import is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Rows that were created or rejected.
    pub done: u64,
    /// Rows in the file.
    pub total: u64,
    /// Rows that were rejected.
    pub rejected: u64,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Whether the collection was made by the import.
    pub new_collection: bool,
    /// Records that were created.
    pub created: u64,
    /// Rows that were not, in the order of the file; the first ones when there are very many.
    pub rejected: Vec<Rejected>,
    /// How many rows were not.
    pub rejected_count: u64,
    /// Everything that was decided or changed, in sentences.
    pub notes: Vec<String>,
}

impl Format {
    /// The format that the ending of a file's name says.
    ///
    /// # Errors
    /// [`TransferError::UnknownFormat`].
    pub fn of_path(path: &Path) -> Result<Self, TransferError> {
        let ending = path
            .extension()
            .and_then(|ending| ending.to_str())
            .unwrap_or_default();
        Self::named(&ending.to_ascii_lowercase())
            .ok_or_else(|| TransferError::UnknownFormat(path.display().to_string()))
    }

    /// A format by its name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            _ => None,
        }
    }

    /// Whether values carry their types; the cells of a CSV file are texts.
    #[must_use]
    pub fn is_typed(self) -> bool {
        self != Self::Csv
    }
}

/// What the columns of a file would become.
///
/// # Errors
/// When the file cannot be read as a whole; single bad rows are left for the import to report.
pub fn infer(path: &Path, format: Format) -> Result<Inference, TransferError> {
    infer_rows(rows(path, format)?.filter_map(Result::ok), format)
}

#[cfg(test)]
mod tests;
