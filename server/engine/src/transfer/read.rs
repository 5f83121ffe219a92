//! Rows of a file, one after another. A bad row is an item of its own, so that reading goes on.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use luge_model::limits::{IMPORT_JSON_BYTES_MAX, IMPORT_LINE_BYTES_MAX};
use serde_json::{Map, Value as Json};

use crate::transfer::{Format, Rejected, Row, TransferError, names};

/// The rows of a file, good and bad.
pub type Rows = Box<dyn Iterator<Item = Result<Row, Rejected>> + Send>;

/// Opens a file. CSV and NDJSON are read as a stream; a JSON array is read whole.
///
/// # Errors
/// When the file cannot be opened, is empty, or is JSON but not an array.
pub fn rows(path: &Path, format: Format) -> Result<Rows, TransferError> {
    let file = File::open(path)?;
    match format {
        Format::Csv => csv_rows(BufReader::new(file)),
        Format::Json => {
            if file.metadata()?.len() > IMPORT_JSON_BYTES_MAX {
                let reason = format!(
                    "a JSON array of more than {IMPORT_JSON_BYTES_MAX} bytes; \
                     split it, or write one object per line (.ndjson)"
                );
                return Err(TransferError::Malformed { line: 1, reason });
            }
            json_rows(BufReader::new(file))
        }
        Format::Ndjson => Ok(ndjson_rows(BufReader::new(file))),
    }
}

pub(super) fn csv_rows(input: impl Read + Send + 'static) -> Result<Rows, TransferError> {
    // Only a line feed ends a line, and the last one always does: that makes line numbers exact.
    // The carriage return before it is taken off the last cell.
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .terminator(csv::Terminator::Any(b'\n'))
        .from_reader(input.chain(&b"\n"[..]));
    let malformed = |reason: String| TransferError::Malformed { line: 1, reason };
    let header = reader
        .byte_headers()
        .map_err(|error| malformed(error.to_string()))?;
    let header = cells_of(header).ok_or_else(|| malformed("not UTF-8".to_owned()))?;
    if header.iter().all(String::is_empty) {
        return Err(TransferError::Empty);
    }
    let columns = names::unique_sources(header.iter().map(String::as_str));
    let mut record = csv::ByteRecord::new();
    Ok(Box::new(std::iter::from_fn(move || {
        loop {
            match reader.read_byte_record(&mut record) {
                Ok(false) => return None,
                Ok(true) if record.len() == 1 && record.get(0) == Some(b"\r") => {}
                Ok(true) => {
                    let after = reader.position().line();
                    return Some(csv_row(&columns, &record, after));
                }
                Err(error) => {
                    let line = reader.position().line();
                    return Some(Err(Rejected {
                        line,
                        reason: error.to_string(),
                    }));
                }
            }
        }
    })))
}

/// A row, given the line after it.
fn csv_row(columns: &[String], record: &csv::ByteRecord, after: u64) -> Result<Row, Rejected> {
    let breaks = record
        .as_slice()
        .iter()
        .filter(|byte| **byte == b'\n')
        .count();
    let line = after.saturating_sub(1 + u64::try_from(breaks).unwrap_or_default());
    let Some(cells) = cells_of(record) else {
        return Err(Rejected {
            line,
            reason: "not UTF-8".to_owned(),
        });
    };
    if cells.len() != columns.len() {
        let reason = format!(
            "{} cells where the header has {}",
            cells.len(),
            columns.len()
        );
        return Err(Rejected { line, reason });
    }
    let cell = |text: String| {
        if text.is_empty() {
            Json::Null
        } else {
            text.into()
        }
    };
    let cells = columns
        .iter()
        .cloned()
        .zip(cells.into_iter().map(cell))
        .collect();
    Ok(Row { line, cells })
}

fn cells_of(record: &csv::ByteRecord) -> Option<Vec<String>> {
    let cells = record
        .iter()
        .map(|cell| std::str::from_utf8(cell).map(str::to_owned));
    let mut cells = cells.collect::<Result<Vec<_>, _>>().ok()?;
    if let Some(last) = cells.last_mut()
        && last.ends_with('\r')
    {
        last.pop();
    }
    Some(cells)
}

pub(super) fn json_rows(input: impl Read) -> Result<Rows, TransferError> {
    let items: Vec<Json> = serde_json::from_reader(input).map_err(|error| {
        let line = u64::try_from(error.line()).unwrap_or_default();
        TransferError::Malformed {
            line,
            reason: error.to_string(),
        }
    })?;
    let rows = items.into_iter().zip(1..).map(|(item, line)| match item {
        Json::Object(map) => Ok(object_row(line, map)),
        other => Err(not_an_object(line, &other)),
    });
    Ok(Box::new(rows))
}

pub(super) fn ndjson_rows(mut input: impl BufRead + Send + 'static) -> Rows {
    let mut line = 0;
    let mut ended = false;
    Box::new(std::iter::from_fn(move || {
        while !ended {
            line += 1;
            let mut text = Vec::new();
            let read = input
                .by_ref()
                .take(IMPORT_LINE_BYTES_MAX)
                .read_until(b'\n', &mut text);
            match read {
                Ok(0) => ended = true,
                Ok(_) if text.trim_ascii().is_empty() => {}
                Ok(_) => return Some(ndjson_row(line, &text)),
                Err(error) => {
                    ended = true;
                    return Some(Err(Rejected {
                        line,
                        reason: error.to_string(),
                    }));
                }
            }
        }
        None
    }))
}

fn ndjson_row(line: u64, text: &[u8]) -> Result<Row, Rejected> {
    match serde_json::from_slice(text) {
        Ok(Json::Object(map)) => Ok(object_row(line, map)),
        Ok(other) => Err(not_an_object(line, &other)),
        Err(error) => {
            let column = error.column();
            Err(Rejected {
                line,
                reason: format!("not JSON at column {column}: {error}"),
            })
        }
    }
}

fn object_row(line: u64, map: Map<String, Json>) -> Row {
    Row {
        line,
        cells: map.into_iter().collect(),
    }
}

fn not_an_object(line: u64, json: &Json) -> Rejected {
    let found = match json {
        Json::Null => "null",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    };
    Rejected {
        line,
        reason: format!("{found} where an object was expected"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(rows: Rows) -> Vec<String> {
        rows.map(|row| match row {
            Ok(row) => {
                let cells: Map<String, Json> = row.cells.into_iter().collect();
                format!("{}: {}", row.line, Json::Object(cells))
            }
            Err(rejected) => format!("{}! {}", rejected.line, rejected.reason),
        })
        .collect()
    }

    #[test]
    fn csv() {
        let text: &[u8] = b"\xef\xbb\xbfa,b\n1,\"x, \"\"y\"\"\nz\"\n\n2\n3,4,5\n,\n\xff,1\n6,7\n";
        assert_eq!(
            shown(csv_rows(text).unwrap()),
            [
                r#"2: {"a":"1","b":"x, \"y\"\nz"}"#,
                "5! 1 cells where the header has 2",
                "6! 3 cells where the header has 2",
                r#"7: {"a":null,"b":null}"#,
                "8! not UTF-8",
                r#"9: {"a":"6","b":"7"}"#,
            ]
        );
        let text: &[u8] = b"a,b\r\n1,\"x\r\ny\"\r\n\r\n2\r\n3,\"4\"\r\n5,6";
        assert_eq!(
            shown(csv_rows(text).unwrap()),
            [
                r#"2: {"a":"1","b":"x\r\ny"}"#,
                "5! 1 cells where the header has 2",
                r#"6: {"a":"3","b":"4"}"#,
                r#"7: {"a":"5","b":"6"}"#,
            ]
        );
        for empty in [&b""[..], b"\n\n", b"\r\n"] {
            assert!(matches!(csv_rows(empty), Err(TransferError::Empty)));
        }
    }

    #[test]
    fn json() {
        let text = br#"[{"a":1}, 5, null, [1], {"b":{"c":[]}}]"#;
        assert_eq!(
            shown(json_rows(&text[..]).unwrap()),
            [
                r#"1: {"a":1}"#,
                "2! a number where an object was expected",
                "3! null where an object was expected",
                "4! a list where an object was expected",
                r#"5: {"b":{"c":[]}}"#,
            ]
        );
        for bad in ["", "{}", "[1", "[{}]x", "nope"] {
            assert!(json_rows(bad.as_bytes()).is_err(), "{bad:?}");
        }
        let error = json_rows(&b"[\n{},\n{]"[..]).err().unwrap();
        assert!(
            matches!(error, TransferError::Malformed { line: 3, .. }),
            "{error}"
        );
    }

    #[test]
    fn ndjson() {
        let text: &[u8] = b"{\"a\":1}\n\n  \r\n{\"a\":\n7\n{\"a\":null}";
        let shown = shown(ndjson_rows(text));
        assert_eq!(shown.len(), 4);
        assert_eq!(shown[0], r#"1: {"a":1}"#);
        assert!(
            shown[1].starts_with("4! not JSON at column "),
            "{}",
            shown[1]
        );
        assert_eq!(shown[2], "5! a number where an object was expected");
        assert_eq!(shown[3], r#"6: {"a":null}"#);
        assert_eq!(json!(ndjson_rows(&b""[..]).count()), 0);
    }
}
