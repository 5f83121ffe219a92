//! Records of a collection into a file: what the caller may see of them, in the order in which they
//! were created.

use std::io::Write;

use luge_model::collection::{Collection, Collections};
use luge_model::limits::PER_PAGE_MAX;
use serde_json::{Map, Value as Json};

use crate::context::Context;
use crate::engine::Engine;
use crate::error::Error;
use crate::query::ListRequest;
use crate::transfer::{Format, TransferError};

/// Writes all records that the caller may list, and says how many.
///
/// # Errors
/// When there is no such collection, or the output cannot be written.
pub fn export(
    engine: &Engine,
    context: &Context,
    collection: &str,
    format: Format,
    out: &mut dyn Write,
) -> Result<u64, TransferError> {
    let snapshot = engine.catalog.snapshot();
    let found = snapshot
        .find(collection)
        .ok_or_else(|| refused(collection, Error::MissingCollection))?;
    let mut writer = Writer {
        format,
        columns: columns(found),
        written: 0,
        out,
    };
    writer.start()?;
    for page in 1.. {
        let request = ListRequest {
            page,
            per_page: PER_PAGE_MAX,
            sort: "@rowid".to_owned(),
            skip_total: true,
            ..ListRequest::default()
        };
        let listed = engine
            .records
            .list(context, collection, &request)
            .map_err(|source| refused(collection, source))?;
        for view in &listed.items {
            let mut text = Vec::new();
            view.write_json(&mut text);
            writer.record(&text)?;
        }
        if listed.items.len() < PER_PAGE_MAX {
            break;
        }
    }
    writer.finish()
}

struct Writer<'a> {
    format: Format,
    columns: Vec<String>,
    written: u64,
    out: &'a mut dyn Write,
}

impl Writer<'_> {
    fn start(&mut self) -> std::io::Result<()> {
        match self.format {
            Format::Csv => write_csv_line(self.columns.iter().cloned(), self.out),
            Format::Json => self.out.write_all(b"["),
            Format::Ndjson => Ok(()),
        }
    }

    fn record(&mut self, json: &[u8]) -> std::io::Result<()> {
        let mut map: Map<String, Json> = serde_json::from_slice(json)?;
        map.retain(|key, _| self.columns.contains(key));
        match self.format {
            Format::Csv => {
                let cells = self.columns.iter().map(|column| cell(map.get(column)));
                write_csv_line(cells, self.out)?;
            }
            Format::Json => {
                self.out
                    .write_all(if self.written == 0 { b"\n" } else { b",\n" })?;
                serde_json::to_writer(&mut *self.out, &map)?;
            }
            Format::Ndjson => {
                serde_json::to_writer(&mut *self.out, &map)?;
                self.out.write_all(b"\n")?;
            }
        }
        self.written += 1;
        Ok(())
    }

    fn finish(self) -> Result<u64, TransferError> {
        if self.format == Format::Json {
            self.out.write_all(b"\n]\n")?;
        }
        self.out.flush()?;
        Ok(self.written)
    }
}

/// The names of the fields that an answer can hold: everything but secrets.
fn columns(collection: &Collection) -> Vec<String> {
    let is_secret = |name: &str| collection.auth().is_some() && name == "tokenKey";
    collection
        .fields
        .iter()
        .filter(|field| field.kind.as_password().is_none() && !is_secret(&field.name))
        .map(|field| field.name.clone())
        .collect()
}

/// Texts as they are, everything else as JSON; nothing for null.
fn cell(value: Option<&Json>) -> String {
    match value {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn write_csv_line(cells: impl Iterator<Item = String>, out: &mut dyn Write) -> std::io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(cells)?;
    writer.flush()
}

fn refused(collection: &str, source: Error) -> TransferError {
    TransferError::Engine {
        message: format!("Failed to export {collection}: {source}"),
        source,
    }
}
