//! Files into collections and back, as orders that are carried out where the data folder is open.

use std::io::Write;
use std::path::Path;

use luge_engine::context::Context;
use luge_engine::engine::Engine;
use luge_engine::error::Error;
use luge_engine::transfer::{self, Format, Import, ImportReport, Progress, TransferError};
use tokio::sync::mpsc::Sender;

use crate::cli::order::Report;

/// How many bytes of an export make a report.
const OUTPUT_BYTES: usize = 64 * 1024;

/// Reads a file, given with its format and the collection, into the collection.
pub(super) async fn import(
    engine: &Engine,
    context: &Context,
    (path, format, collection): (&Path, &str, &str),
    reports: &Sender<Report>,
) -> Report {
    let format = match named(format) {
        Some(format) => format,
        None => match Format::of_path(path) {
            Ok(format) => format,
            Err(error) => return refused(&error, path),
        },
    };
    let mut tell = |progress: Progress| {
        // When nobody keeps up with the reports, the next one says it all the same.
        let _ = reports.try_send(Report::Progress {
            done: progress.done,
            total: Some(progress.total),
        });
    };
    let import = Import {
        path,
        format,
        collection,
    };
    match transfer::import(engine, context, &import, &mut tell).await {
        Ok(report) => summary(report, collection, reports).await,
        Err(error) => refused(&error, path),
    }
}

async fn summary(report: ImportReport, collection: &str, reports: &Sender<Report>) -> Report {
    let ImportReport {
        new_collection,
        created,
        rejected,
        rejected_count,
        notes,
    } = report;
    let imported = Report::Imported {
        notes,
        rejected: rejected
            .into_iter()
            .map(|row| (row.line, row.reason))
            .collect(),
        rejected_count,
    };
    let _ = reports.send(imported).await;
    let made = if new_collection {
        "the new collection"
    } else {
        "the collection"
    };
    Report::Done {
        text: format!("{created} records are imported into {made} {collection}."),
    }
}

/// Writes a collection out, a report for every piece.
pub(super) fn export(
    engine: &Engine,
    context: &Context,
    collection: &str,
    format: &str,
    reports: &Sender<Report>,
) -> Report {
    let Some(format) = named(format) else {
        return refused(
            &TransferError::UnknownFormat(format.to_owned()),
            Path::new(collection),
        );
    };
    let mut pieces = Pieces {
        bytes: Vec::new(),
        reports,
    };
    let written = transfer::export(engine, context, collection, format, &mut pieces)
        .and_then(|count| Ok(pieces.send_all().map(|()| count)?));
    match written {
        Ok(count) => Report::Done {
            text: format!("{count} records are exported."),
        },
        Err(error) => refused(&error, Path::new(collection)),
    }
}

fn named(format: &str) -> Option<Format> {
    Format::named(&format.to_ascii_lowercase())
}

fn refused(error: &TransferError, subject: &Path) -> Report {
    let remedy = match error {
        TransferError::UnknownFormat(_) => "give --format csv, json or ndjson",
        TransferError::Io(_) => {
            "while a server runs, it is the server that must be able to read it"
        }
        TransferError::Malformed { .. } | TransferError::Empty => "correct the file and try again",
        TransferError::Engine {
            source: Error::MissingCollection,
            ..
        } => "look at the names of the collections in the dashboard",
        TransferError::Engine { .. } => "nothing more was imported; correct it and try again",
    };
    let reason = match error {
        TransferError::UnknownFormat(_) | TransferError::Engine { .. } => error.to_string(),
        _ => format!("{}: {error}", subject.display()),
    };
    Report::Refused {
        reason,
        remedy: Some(remedy.to_owned()),
    }
}

/// Cuts what is written into reports of whole characters.
struct Pieces<'a> {
    bytes: Vec<u8>,
    reports: &'a Sender<Report>,
}

impl Pieces<'_> {
    fn send_all(&mut self) -> std::io::Result<()> {
        let whole = match std::str::from_utf8(&self.bytes) {
            Ok(text) => text.len(),
            Err(error) => error.valid_up_to(),
        };
        let rest = self.bytes.split_off(whole);
        let bytes = std::mem::replace(&mut self.bytes, rest);
        let text = String::from_utf8(bytes).map_err(std::io::Error::other)?;
        self.reports
            .blocking_send(Report::Output { text })
            .map_err(|_| std::io::ErrorKind::BrokenPipe.into())
    }
}

impl Write for Pieces<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        if self.bytes.len() >= OUTPUT_BYTES {
            self.send_all()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
