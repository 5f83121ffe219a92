//! Values: what a column of SQLite holds, as PocketBase reads it for a field.
//!
//! A value is cast like a submitted one, since both go the same way there. Differences: dates that
//! are kept by the server are read like any date, of numbers only 1 is true, and integers in json
//! fields keep their digits.

use luge_model::field::{Field, FieldType};
use luge_model::timestamp::Timestamp;
use luge_model::value::Value;
use rusqlite::types::ValueRef;
use serde_json::{Number, Value as Json};

/// A value and whether reading it left something of the stored one out.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Read {
    pub(super) value: Value,
    pub(super) partial: bool,
}

/// The value of a field.
pub(super) fn read(field: &Field, raw: ValueRef<'_>) -> Read {
    let zero = field.kind.zero();
    let (is_json, is_flag) = (matches!(zero, Value::Json(_)), zero == Value::Bool(false));
    let mut partial = matches!(raw, ValueRef::Blob(_));
    let json = match raw {
        ValueRef::Null => Json::Null,
        ValueRef::Integer(number) if is_json => Json::String(number.to_string()),
        ValueRef::Integer(number) if is_flag => Json::Bool(number == 1),
        ValueRef::Integer(number) => Json::Number(number.into()),
        ValueRef::Real(number) => Number::from_f64(number).map_or(Json::Null, Json::Number),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            let text = String::from_utf8_lossy(bytes);
            partial |= matches!(text, std::borrow::Cow::Owned(_));
            Json::String(text.into_owned())
        }
    };
    let value = match (field.kind.as_autodate(), &json) {
        (Some(_), Json::String(text)) => {
            let moment = Timestamp::parse(text).map(|moment| moment.to_string());
            Value::Text(moment.unwrap_or_default())
        }
        _ => field.kind.cast(&json),
    };
    partial |= value.is_zero() && !is_empty(raw, &*field.kind);
    Read { value, partial }
}

/// Whether a column holds what its field holds when it was never set.
fn is_empty(raw: ValueRef<'_>, kind: &dyn FieldType) -> bool {
    match raw {
        ValueRef::Null | ValueRef::Integer(0) => true,
        ValueRef::Real(number) => number == 0.0,
        ValueRef::Text(text) | ValueRef::Blob(text) => {
            let empty: [&[u8]; 5] = [b"", b"[]", b"null", b"0", b"false"];
            let is_point = matches!(kind.zero(), Value::GeoPoint(_));
            empty.contains(&text) || is_point && text.starts_with(b"{")
        }
        ValueRef::Integer(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use luge_model::id::FieldNumber;
    use luge_model::value::GeoPoint;
    use serde_json::json;

    use super::*;

    fn field(kind: &str, max_select: u8) -> Field {
        let definition = json!({
            "name": "f", "type": kind, "maxSelect": max_select, "values": ["a", "b"],
            "collectionId": "c", "onCreate": true,
        });
        let Json::Object(definition) = definition else {
            panic!("an object")
        };
        Field::from_json(&definition, FieldNumber(2)).unwrap()
    }

    fn text(text: &str) -> ValueRef<'_> {
        ValueRef::Text(text.as_bytes())
    }

    #[test]
    fn columns_are_read_as_their_fields_say() {
        let list = |items: &[&str]| Value::List(items.iter().map(|one| (*one).into()).collect());
        let json = |text: &str| Value::Json(text.to_owned());
        let point = GeoPoint {
            lon: 1.5,
            lat: -2.0,
        };
        let moment = "2024-01-02 03:04:05.678Z";
        let table = [
            ("text", 0, text("ä 1"), Value::from("ä 1")),
            ("number", 0, ValueRef::Integer(7), Value::Number(7.0)),
            ("number", 0, ValueRef::Real(0.1), Value::Number(0.1)),
            ("bool", 0, ValueRef::Integer(1), Value::Bool(true)),
            ("bool", 0, ValueRef::Integer(0), Value::Bool(false)),
            ("date", 0, text(moment), Value::from(moment)),
            ("autodate", 0, text(moment), Value::from(moment)),
            ("autodate", 0, text(""), Value::from("")),
            ("select", 1, text("a"), Value::from("a")),
            ("select", 2, text(r#"["a","b"]"#), list(&["a", "b"])),
            ("relation", 2, text("[]"), list(&[])),
            ("file", 1, text("x.png"), Value::from("x.png")),
            ("json", 0, ValueRef::Null, json("null")),
            ("json", 0, text(""), json("\"\"")),
            ("json", 0, text("plain"), json("\"plain\"")),
            (
                "json",
                0,
                text(r#"{"b":1,"a":1.50}"#),
                json(r#"{"b":1,"a":1.50}"#),
            ),
            ("json", 0, text(r#""[1]""#), json(r#""[1]""#)),
            (
                "json",
                0,
                ValueRef::Integer(9_007_199_254_740_993),
                json("9007199254740993"),
            ),
            ("password", 0, text("$2a$10$x"), Value::from("$2a$10$x")),
            (
                "geoPoint",
                0,
                text(r#"{"lon":1.5,"lat":-2}"#),
                Value::GeoPoint(point),
            ),
            (
                "geoPoint",
                0,
                text(r#"{"lon":0,"lat":0}"#),
                Value::GeoPoint(GeoPoint::default()),
            ),
        ];
        for (kind, max_select, raw, value) in table {
            let read = read(&field(kind, max_select), raw);
            assert_eq!(
                read,
                Read {
                    value,
                    partial: false
                },
                "{kind} {raw:?}"
            );
        }
    }

    #[test]
    fn what_is_left_out_is_told() {
        for (kind, raw) in [
            ("number", text("abc")),
            ("number", ValueRef::Real(f64::INFINITY)),
            ("bool", text("yes")),
            ("bool", ValueRef::Integer(7)),
            ("date", text("soon")),
            ("autodate", text("soon")),
            ("text", ValueRef::Text(b"a\xff")),
            ("text", ValueRef::Blob(b"a")),
        ] {
            assert!(read(&field(kind, 0), raw).partial, "{kind} {raw:?}");
        }
    }
}
