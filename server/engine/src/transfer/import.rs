//! Rows of a file into records, through the ordinary write path.

use std::collections::HashMap;
use std::path::Path;

use futures_util::future::join_all;
use luge_model::collection::{Collection, Collections};
use luge_model::limits::{IMPORT_BATCH_RECORDS, IMPORT_REJECTED_MAX};
use serde_json::{Map, Value as Json};

use crate::context::Context;
use crate::engine::Engine;
use crate::error::Error;
use crate::transfer::{
    Column, Format, ImportReport, Inference, Progress, Rejected, Row, TransferError, infer, rows,
};

/// What is imported, and where to.
#[derive(Clone, Copy, Debug)]
pub struct Import<'a> {
    /// The file.
    pub path: &'a Path,
    /// What it is.
    pub format: Format,
    /// The collection's name; made from the file's columns where it is missing.
    pub collection: &'a str,
}

/// Imports a file. Rows that are refused are reported and do not stop the others.
///
/// # Errors
/// When the file cannot be read as a whole, the collection cannot be made, or the engine cannot
/// write at all; the records that were created by then stay.
pub async fn import(
    engine: &Engine,
    context: &Context,
    import: &Import<'_>,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<ImportReport, TransferError> {
    let inference = infer(import.path, import.format)?;
    let mut report = ImportReport::default();
    let columns = prepare(engine, context, import.collection, &inference, &mut report).await?;
    let mut state = Progress {
        total: inference.rows,
        ..Progress::default()
    };
    let mut all = rows(import.path, import.format)?;
    loop {
        let mut batch = Vec::with_capacity(IMPORT_BATCH_RECORDS);
        for row in all.by_ref().take(IMPORT_BATCH_RECORDS) {
            match row {
                Ok(row) => batch.push((row.line, body(row, &columns))),
                Err(rejected) => {
                    state.total += 1;
                    report.reject(rejected);
                }
            }
        }
        let read = batch.len();
        let creates = batch.into_iter().map(|(line, body)| async move {
            (
                line,
                engine
                    .records
                    .create(context, import.collection, body)
                    .await,
            )
        });
        // Polled in order, so records keep the order of the rows; the committer writes what waits
        // together in one group.
        for (line, result) in join_all(creates).await {
            match result {
                Ok(_) => report.created += 1,
                Err(error) => report.reject(Rejected {
                    line,
                    reason: reason(error)?,
                }),
            }
        }
        let done = report.created + report.rejected_count;
        let finished = read == 0 && done == state.done;
        state = Progress {
            done,
            rejected: report.rejected_count,
            ..state
        };
        progress(state);
        if finished {
            report.rejected.sort_by_key(|rejected| rejected.line);
            return Ok(report);
        }
    }
}

impl ImportReport {
    fn reject(&mut self, rejected: Rejected) {
        self.rejected_count += 1;
        if self.rejected.len() < IMPORT_REJECTED_MAX {
            self.rejected.push(rejected);
        }
    }
}

/// The field that a column fills.
struct Target {
    field: String,
    kind: &'static str,
}

impl Target {
    fn of(column: &Column) -> Self {
        Self {
            field: column.field.clone(),
            kind: column.kind,
        }
    }
}

/// Finds or makes the collection, and says which field each column fills.
async fn prepare(
    engine: &Engine,
    context: &Context,
    name: &str,
    inference: &Inference,
    report: &mut ImportReport,
) -> Result<HashMap<String, Target>, TransferError> {
    let existing = engine.catalog.snapshot().find(name).cloned();
    if let Some(collection) = existing {
        return Ok(match_columns(inference, &collection, &mut report.notes));
    }
    create_collection(engine, context, name, inference).await?;
    report.new_collection = true;
    report.notes.clone_from(&inference.notes);
    let columns = inference.columns.iter();
    Ok(columns
        .map(|column| (column.source.clone(), Target::of(column)))
        .collect())
}

async fn create_collection(
    engine: &Engine,
    context: &Context,
    name: &str,
    inference: &Inference,
) -> Result<(), TransferError> {
    let fields = inference.fields.iter().cloned().map(Json::Object).collect();
    let definition = Map::from_iter([
        ("name".to_owned(), name.into()),
        ("type".to_owned(), "base".into()),
        ("fields".to_owned(), Json::Array(fields)),
    ]);
    match engine.catalog.create(context, &definition).await {
        Ok(_) => Ok(()),
        Err(source) => {
            let message = format!("Failed to create the collection {name}: {}", said(&source));
            Err(TransferError::Engine { message, source })
        }
    }
}

/// Which field of an existing collection each column fills, by name.
fn match_columns(
    inference: &Inference,
    collection: &Collection,
    notes: &mut Vec<String>,
) -> HashMap<String, Target> {
    let mut matched = HashMap::new();
    for column in &inference.columns {
        match collection
            .field(&column.source)
            .or_else(|| collection.field(&column.field))
        {
            Some(field) => {
                let target = Target {
                    field: field.name.clone(),
                    kind: field.kind.type_name(),
                };
                matched.insert(column.source.clone(), target);
            }
            None => notes.push(format!(
                "Column \"{}\" was left out: the collection has no field of that name.",
                column.source
            )),
        }
    }
    matched
}

fn body(row: Row, columns: &HashMap<String, Target>) -> Map<String, Json> {
    let cells = row.cells.into_iter();
    let fill = |(source, cell): (String, Json)| {
        let target = columns.get(&source)?;
        Some((target.field.clone(), submitted(cell, target.kind)))
    };
    cells.filter_map(fill).collect()
}

/// A cell as a client would submit it so that nothing of it is lost: numbers keep their digits in
/// a text field, and a text in a json field stays a text even where it looks like JSON.
fn submitted(cell: Json, kind: &str) -> Json {
    match (kind, &cell) {
        ("text", Json::Number(number)) => Json::String(number.to_string()),
        ("json", Json::String(_)) => Json::String(cell.to_string()),
        _ => cell,
    }
}

/// Why a row was refused; an error when no further row could be written either.
fn reason(error: Error) -> Result<String, TransferError> {
    match error {
        Error::Refused { .. } | Error::BadRequest(_) => Ok(said(&error)),
        source => {
            let message = format!("The import stopped: {source}");
            Err(TransferError::Engine { message, source })
        }
    }
}

/// An engine's error with the fields and messages that it carries.
fn said(error: &Error) -> String {
    match error {
        Error::Refused {
            violations, reason, ..
        } => {
            let mut parts: Vec<String> = reason.iter().cloned().collect();
            for (field, entry) in violations.to_json() {
                match entry.get("message").and_then(Json::as_str) {
                    Some(message) => parts.push(format!("{field}: {message}")),
                    None => parts.push(format!("{field}: {entry}")),
                }
            }
            if parts.is_empty() {
                error.to_string()
            } else {
                parts.join(" ")
            }
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use luge_model::field::Field;
    use luge_model::id::FieldNumber;
    use serde_json::json;

    use super::*;

    #[test]
    fn cells_lose_nothing() {
        for (kind, cell, stored) in [
            (
                "text",
                json!(9_007_199_254_740_993_u64),
                json!("9007199254740993"),
            ),
            ("text", json!(1.5), json!("1.5")),
            ("text", json!(true), json!("true")),
            ("text", json!(null), json!("")),
            ("json", json!("[1]"), json!("[1]")),
            ("json", json!("a \"b\""), json!("a \"b\"")),
            ("json", json!("1"), json!("1")),
            ("json", json!([1, "2"]), json!([1, "2"])),
            ("json", json!(null), json!(null)),
            ("number", json!("1.5"), json!(1.5)),
            ("number", json!(null), json!(0)),
            ("bool", json!("true"), json!(true)),
            (
                "date",
                json!("2024-01-02"),
                json!("2024-01-02 00:00:00.000Z"),
            ),
        ] {
            let definition = json!({"name": "x", "type": kind});
            let field = Field::from_json(definition.as_object().unwrap(), FieldNumber(2)).unwrap();
            let value = field.kind.cast(&submitted(cell.clone(), kind));
            assert_eq!(value.to_json(), stored, "{kind} {cell}");
        }
    }

    #[test]
    fn refusals_name_fields_and_reasons() {
        use luge_model::invalid::{Violation, Violations};

        use crate::error::{Action, Subject};

        let violations = Violations::of("email", Violation::required());
        let refused = |violations, reason| Error::Refused {
            action: Action::Create,
            subject: Subject::Record,
            violations,
            reason,
        };
        let said = |error| reason(error).unwrap();
        assert_eq!(said(refused(violations, None)), "email: Cannot be blank.");
        let with_reason = refused(Violations::new(), Some("No.".to_owned()));
        assert_eq!(said(with_reason), "No.");
        for stopping in [Error::DiskFull, Error::Closed, Error::MissingCollection] {
            assert!(reason(stopping).is_err());
        }
    }

    #[test]
    fn rejected_rows_are_counted_beyond_the_list() {
        let mut report = ImportReport::default();
        for line in 0..1_500 {
            report.reject(Rejected {
                line,
                reason: String::new(),
            });
        }
        assert_eq!(
            (report.rejected.len(), report.rejected_count),
            (IMPORT_REJECTED_MAX, 1_500)
        );
    }
}
