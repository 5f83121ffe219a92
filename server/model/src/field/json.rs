//! The json field: any JSON, kept as compact text.
//!
//! A submitted text that looks like JSON (a number, a text in quotes, a list, an object, or one of
//! null, true, false) and is valid is taken as JSON; its numbers and the order of its keys stay as
//! they were written. Any other text is a JSON text.

use std::sync::Arc;

use serde::de::IgnoredAny;
use serde_json::{Map, Value as Json};

use crate::field::options::{Options, check_size, size_or};
use crate::field::shape::Form;
use crate::field::{Field, FieldType};
use crate::invalid::{Violation, Violations};
use crate::limits::JSON_BYTES_MAX;
use crate::record::{write_number_json, write_text_json};
use crate::value::Value;

pub(super) const NAME: &str = "json";

/// A json field.
#[derive(Clone, Debug, Default)]
pub struct JsonField {
    /// Most bytes of the compact text; zero means the default.
    pub max_size: i64,
}

pub(super) fn read(options: &mut Options<'_>) -> Arc<dyn FieldType> {
    Arc::new(JsonField {
        max_size: options.whole("maxSize"),
    })
}

/// JSON as the contract's server writes a decoded value: compact, keys sorted, every number as a
/// 64-bit float.
#[must_use]
pub fn canonical_text(json: &Json) -> String {
    let mut out = Vec::new();
    write_canonical(json, &mut out);
    String::from_utf8(out).unwrap_or_default()
}

impl FieldType for JsonField {
    fn type_name(&self) -> &'static str {
        NAME
    }

    fn zero(&self) -> Value {
        Value::Json("null".to_owned())
    }

    fn form(&self) -> Form {
        Form::Json {
            max_bytes: size_or(self.max_size, JSON_BYTES_MAX),
        }
    }

    fn options(&self) -> Map<String, Json> {
        Map::from_iter([("maxSize".to_owned(), self.max_size.into())])
    }

    fn check_options(&self) -> Violations {
        let mut all = Violations::new();
        check_size(&mut all, "maxSize", self.max_size, 0);
        all
    }

    fn cast(&self, submitted: &Json) -> Value {
        Value::Json(match submitted {
            Json::String(text) if looks_like_json(text) => match compact(text) {
                Some(compact) => compact,
                None => canonical_text(submitted),
            },
            other => canonical_text(other),
        })
    }

    fn body_bytes(&self) -> u64 {
        size_or(self.max_size, JSON_BYTES_MAX) as u64
    }

    fn validate(&self, field: &Field, value: &Value) -> Result<(), Violation> {
        let Value::Json(text) = value else {
            let message = "Must be a valid json value.";
            return Err(Violation::new("validation_invalid_json", message));
        };
        if field.required && matches!(text.as_str(), "null" | "\"\"" | "[]" | "{}") {
            return Err(Violation::required());
        }
        let max = size_or(self.max_size, JSON_BYTES_MAX);
        if text.len() > max {
            let message = format!("The maximum allowed JSON size is {max} bytes.");
            let violation = Violation::new("validation_json_size_limit", message);
            return Err(violation.with("maxSize", max));
        }
        Ok(())
    }
}

fn looks_like_json(text: &str) -> bool {
    let start = text.bytes().next();
    matches!(text, "null" | "true" | "false")
        || start.is_some_and(|byte| byte.is_ascii_digit() || b"-\"[{".contains(&byte))
}

/// The text without white space between its parts; none when it is not JSON.
fn compact(text: &str) -> Option<String> {
    serde_json::from_str::<IgnoredAny>(text).ok()?;
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if letter == '"' {
            let mut parsed = serde_json::Deserializer::from_str(rest).into_iter::<String>();
            write_text_json(&parsed.next()?.ok()?, &mut out);
            rest = rest.get(parsed.byte_offset()..)?;
            continue;
        }
        if !letter.is_ascii_whitespace() {
            out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
        }
        rest = rest.get(letter.len_utf8()..)?;
    }
    String::from_utf8(out).ok()
}

fn write_canonical(json: &Json, out: &mut Vec<u8>) {
    match json {
        Json::Null => out.extend_from_slice(b"null"),
        Json::Bool(flag) => out.extend_from_slice(if *flag { b"true" } else { b"false" }),
        Json::Number(number) => write_number_json(number.as_f64().unwrap_or_default(), out),
        Json::String(text) => write_text_json(text, out),
        Json::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_canonical(item, out);
            }
            out.push(b']');
        }
        Json::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            out.push(b'{');
            for (index, (key, value)) in entries.into_iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_text_json(key, out);
                out.push(b':');
                write_canonical(value, out);
            }
            out.push(b'}');
        }
    }
}
