//! Which field each column of a file becomes.
//!
//! A type is chosen only where every value of the column has it: one leading zero or one word makes
//! a text. Nulls and empty cells say nothing, and become the zero value of the type.

use std::collections::{HashMap, HashSet};

use luge_model::field::email::is_email;
use luge_model::field::url::is_url;
use luge_model::limits::{JSON_BYTES_MAX, TEXT_CHARS_MAX};
use luge_model::timestamp::Timestamp;
use serde_json::{Map, Value as Json, json};

use crate::transfer::{Column, Format, Inference, Row, TransferError, names};

/// Longest id that is kept.
const ID_CHARS_MAX: usize = 100;

/// Infers fields from rows.
///
/// # Errors
/// [`TransferError::Empty`] when there are none.
pub fn infer_rows(
    rows: impl Iterator<Item = Row>,
    format: Format,
) -> Result<Inference, TransferError> {
    let mut columns = Columns::default();
    for row in rows {
        columns.see(row, format);
    }
    if columns.all.is_empty() {
        return Err(TransferError::Empty);
    }
    Ok(columns.finish())
}

#[derive(Default)]
struct Columns {
    all: Vec<Seen>,
    places: HashMap<String, usize>,
    rows: u64,
}

impl Columns {
    fn see(&mut self, row: Row, format: Format) {
        self.rows += 1;
        for (source, cell) in row.cells {
            let place = match self.places.get(&source) {
                Some(place) => *place,
                None => {
                    self.places.insert(source.clone(), self.all.len());
                    self.all.push(Seen::new(source));
                    self.all.len() - 1
                }
            };
            if let Some(seen) = self.all.get_mut(place) {
                seen.see(&cell, format);
            }
        }
    }

    fn finish(self) -> Inference {
        let mut inference = Inference {
            rows: self.rows,
            ..Inference::default()
        };
        let mut taken = HashSet::new();
        for seen in self.all {
            if seen.source == "id" && seen.ids.as_ref().is_some_and(|ids| ids.is_full(self.rows)) {
                inference.keep_ids(&seen);
            } else {
                let field = names::legal(&seen.source, &mut taken);
                inference.add(&seen, field, self.rows);
            }
        }
        inference
    }
}

impl Inference {
    fn keep_ids(&mut self, seen: &Seen) {
        let ids = seen.ids.as_ref();
        let (min, max) = ids.map_or((15, 15), |ids| (ids.shortest.min(15), seen.longest.max(15)));
        let field = json!({
            "name": "id", "type": "text", "primaryKey": true, "required": true, "system": true,
            "min": min, "max": max, "pattern": "^[a-z0-9]+$",
            "autogeneratePattern": "[a-z0-9]{15}",
        });
        self.fields.extend(field.as_object().cloned());
        self.notes
            .push("The values of \"id\" are kept as the ids of the records.".to_owned());
        self.columns.push(Column {
            source: "id".into(),
            field: "id".into(),
            kind: "text",
        });
    }

    fn add(&mut self, seen: &Seen, field: String, rows: u64) {
        let (kind, reason) = seen.kind();
        let source = &seen.source;
        let mut note = |text: String| self.notes.push(format!("Column \"{source}\" {text}"));
        if source.eq_ignore_ascii_case("id") {
            note(format!(
                "is not a list of unique ids and became the field {field}."
            ));
        } else if field != *source {
            note(format!("became the field {field}."));
        }
        if let Some(reason) = reason {
            note(format!("is {kind}: {reason}."));
        }
        let empty = rows.saturating_sub(seen.values);
        if empty > 0 && !matches!(kind, "text" | "email" | "url" | "date") {
            let zero = match kind {
                "number" => "0",
                "bool" => "false",
                _ => "null",
            };
            note(format!("has {empty} empty values, which became {zero}."));
        }
        let mut definition = Map::from_iter([
            ("name".to_owned(), field.clone().into()),
            ("type".to_owned(), kind.into()),
        ]);
        if kind == "text" && seen.longest > TEXT_CHARS_MAX {
            note(format!(
                "has texts of up to {} characters, set as its max.",
                seen.longest
            ));
            definition.insert("max".to_owned(), seen.longest.into());
        }
        if kind == "json" && seen.largest > JSON_BYTES_MAX {
            note(format!(
                "has values of up to {} bytes, set as its maxSize.",
                seen.largest
            ));
            definition.insert("maxSize".to_owned(), seen.largest.into());
        }
        self.fields.push(definition);
        self.columns.push(Column {
            source: source.clone(),
            field,
            kind,
        });
    }
}

/// What was seen of one column.
struct Seen {
    source: String,
    /// Values that are not null.
    values: u64,
    bools: u64,
    numbers: u64,
    dates: u64,
    emails: u64,
    urls: u64,
    structures: u64,
    leading_zeros: u64,
    inexact: u64,
    /// Characters of the longest text.
    longest: usize,
    /// Bytes of the largest value as JSON.
    largest: usize,
    /// Present as long as every value could be an id, in a column that is named so.
    ids: Option<Ids>,
}

struct Ids {
    all: HashSet<String>,
    shortest: usize,
}

impl Ids {
    fn is_full(&self, rows: u64) -> bool {
        u64::try_from(self.all.len()).is_ok_and(|count| count == rows)
    }
}

impl Seen {
    fn new(source: String) -> Self {
        let ids = (source == "id").then(|| Ids {
            all: HashSet::new(),
            shortest: usize::MAX,
        });
        Self {
            source,
            values: 0,
            bools: 0,
            numbers: 0,
            dates: 0,
            emails: 0,
            urls: 0,
            structures: 0,
            leading_zeros: 0,
            inexact: 0,
            longest: 0,
            largest: 0,
            ids,
        }
    }

    fn see(&mut self, cell: &Json, format: Format) {
        if !cell.is_null() {
            self.values += 1;
        }
        self.see_id(cell);
        match cell {
            Json::Null => {}
            Json::Bool(_) => self.bools += 1,
            Json::Number(number) => {
                if is_exact(number) {
                    self.numbers += 1;
                } else {
                    self.inexact += 1;
                }
            }
            Json::Array(_) | Json::Object(_) => {
                self.structures += 1;
                self.largest = self.largest.max(cell.to_string().len());
            }
            Json::String(text) => {
                self.longest = self.longest.max(text.chars().count());
                if !format.is_typed() {
                    self.see_untyped(text);
                }
                self.dates += u64::from(is_date(text));
                self.emails += u64::from(is_email(text));
                self.urls += u64::from(text.contains("://") && is_url(text));
            }
        }
    }

    fn see_untyped(&mut self, text: &str) {
        self.bools += u64::from(matches!(text, "true" | "false"));
        match spelled_number(text) {
            Spelled::Number => self.numbers += 1,
            Spelled::LeadingZero => self.leading_zeros += 1,
            Spelled::Inexact => self.inexact += 1,
            Spelled::Text => {}
        }
    }

    fn see_id(&mut self, cell: &Json) {
        let text = match cell {
            Json::String(text) => text.clone(),
            Json::Number(number) => number.to_string(),
            _ => String::new(),
        };
        let legal = (1..=ID_CHARS_MAX).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        self.ids = self.ids.take().filter(|_| legal).and_then(|mut ids| {
            self.longest = self.longest.max(text.len());
            ids.shortest = ids.shortest.min(text.len());
            ids.all.insert(text).then_some(ids)
        });
    }

    /// The type, and why when that may surprise.
    fn kind(&self) -> (&'static str, Option<&'static str>) {
        let every = |count: u64| self.values > 0 && count == self.values;
        if self.values == 0 {
            ("text", Some("it has no values"))
        } else if self.structures > 0 {
            let mixed = Some("some of its values are lists or objects");
            ("json", mixed.filter(|_| !every(self.structures)))
        } else if every(self.bools) {
            ("bool", None)
        } else if every(self.numbers) {
            ("number", None)
        } else if every(self.dates) {
            ("date", None)
        } else if every(self.emails) {
            ("email", None)
        } else if every(self.urls) {
            ("url", None)
        } else if self.leading_zeros > 0 {
            ("text", Some("some of its numbers begin with a zero"))
        } else if self.inexact > 0 {
            (
                "text",
                Some("some of its numbers have more digits than a number can hold"),
            )
        } else if self.numbers > 0 {
            ("text", Some("not all of its values are numbers"))
        } else if self.dates > 0 {
            ("text", Some("not all of its values are dates"))
        } else {
            ("text", None)
        }
    }
}

enum Spelled {
    Number,
    LeadingZero,
    Inexact,
    Text,
}

/// Judges a CSV cell as a number in JSON's spelling.
fn spelled_number(text: &str) -> Spelled {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let second_is_digit = digits.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
    let numeric = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    if digits.starts_with('0') && second_is_digit && numeric {
        return Spelled::LeadingZero;
    }
    match serde_json::from_str::<serde_json::Number>(text) {
        Ok(number) if text.trim() == text => {
            let significant = text.bytes().filter(u8::is_ascii_digit).count();
            let exact = is_exact(&number) && (significant <= 17 || text.contains('.'));
            if exact {
                Spelled::Number
            } else {
                Spelled::Inexact
            }
        }
        _ => Spelled::Text,
    }
}

/// Whether a whole number survives as a 64-bit float.
fn is_exact(number: &serde_json::Number) -> bool {
    const EXACT_MAX: u64 = 1 << 53;
    match (number.as_i64(), number.as_u64()) {
        (Some(whole), _) => whole.unsigned_abs() <= EXACT_MAX,
        (None, Some(whole)) => whole <= EXACT_MAX,
        (None, None) => number.as_f64().is_some_and(f64::is_finite),
    }
}

/// Only texts that begin with a year: other layouts are read too, but a column of them is more
/// likely to be texts.
fn is_date(text: &str) -> bool {
    let year = text.bytes().take(5).collect::<Vec<_>>();
    matches!(year.as_slice(), [year @ .., b'-'] if year.iter().all(u8::is_ascii_digit))
        && Timestamp::parse(text).is_some()
}

#[cfg(test)]
mod tests;
