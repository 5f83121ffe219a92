//! JSON Schema (2020-12) of the values of a field: what [`Form`] says, in that language.
//!
//! - What is written is held to every bound of the definition, so that a client can check it before
//!   it is sent. What is read is held to types and choices alone, since records stay as they were
//!   written when bounds of a definition change.
//! - A pattern is part of a schema only where it means the same in every dialect of expressions.

use serde_json::{Map, Value as Json, json};

use crate::field::options::number_json;
use crate::field::shape::{Form, NumberForm, TextForm, TextFormat};

/// A moment as it is read, or nothing.
const MOMENT_READ: &str = r"^(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{3}Z)?$";

/// A moment as it is written: as it is read, or RFC 3339.
const MOMENT_WRITTEN: &str =
    r"^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$";

impl Form {
    /// The schema of a value as it is read; `filled` where no record has an empty one.
    #[must_use]
    pub fn read_schema(&self, filled: bool) -> Json {
        match self {
            Self::Text(_) | Self::Relation(_) | Self::File { .. } => json!({"type": "string"}),
            Self::Number(number) => json!({"type": number_type(number)}),
            Self::Bool => json!({"type": "boolean"}),
            Self::Date { .. } => json!({"type": "string", "pattern": MOMENT_READ}),
            Self::Choice(values) => choice(values, filled),
            Self::Json { .. } => json!({}),
            Self::Point => point(&json!({"type": "number"}), &json!({"type": "number"})),
            Self::List { of, .. } => json!({"type": "array", "items": of.read_schema(true)}),
        }
    }

    /// The schema of a value as it is written; `filled` where an empty one is refused.
    #[must_use]
    pub fn written_schema(&self, filled: bool) -> Json {
        match self {
            Self::Text(text) => written_text(text, filled),
            Self::Number(number) => written_number(number, filled),
            Self::Bool if filled => json!({"const": true}),
            Self::Bool => json!({"type": "boolean"}),
            Self::Date { .. } => {
                let moment = json!({"type": "string", "pattern": MOMENT_WRITTEN});
                or_empty(moment, filled, "".into())
            }
            Self::Choice(values) => choice(values, filled),
            Self::Relation(_) | Self::File { .. } => with_least(json!({"type": "string"}), filled),
            Self::Json { .. } if filled => json!({"not": {"enum": [null, "", [], {}]}}),
            Self::Json { .. } => json!({}),
            Self::Point => written_point(filled),
            Self::List { of, min, max } => written_list(of, (*min, *max), filled),
        }
    }
}

fn number_type(number: &NumberForm) -> &'static str {
    if number.whole { "integer" } else { "number" }
}

fn choice(values: &[String], filled: bool) -> Json {
    let empty = (!filled).then(String::new);
    let values: Vec<&String> = empty.iter().chain(values).collect();
    json!({"type": "string", "enum": values})
}

fn point(lon: &Json, lat: &Json) -> Json {
    json!({
        "type": "object",
        "properties": {"lon": lon, "lat": lat},
        "required": ["lon", "lat"],
    })
}

fn written_point(filled: bool) -> Json {
    let lon = json!({"type": "number", "minimum": -180, "maximum": 180});
    let lat = json!({"type": "number", "minimum": -90, "maximum": 90});
    let mut schema = point(&lon, &lat);
    if filled && let Some(schema) = schema.as_object_mut() {
        let nowhere = json!({"properties": {"lon": {"const": 0}, "lat": {"const": 0}}});
        schema.insert("not".to_owned(), nowhere);
    }
    schema
}

fn written_text(text: &TextForm, filled: bool) -> Json {
    let mut schema = Map::from_iter([("type".to_owned(), "string".into())]);
    let least = text.min_chars.max(usize::from(filled));
    if least > 0 {
        schema.insert("minLength".to_owned(), least.into());
    }
    if let Some(max) = text.max_chars {
        schema.insert("maxLength".to_owned(), max.into());
    }
    let format = match text.format {
        TextFormat::Plain => None,
        TextFormat::Html => Some(("contentMediaType", "text/html")),
        TextFormat::Email => Some(("format", "email")),
        TextFormat::Url => Some(("format", "uri")),
        TextFormat::Password => Some(("format", "password")),
    };
    let refuses_empty = matches!(text.format, TextFormat::Email | TextFormat::Url);
    schema.extend(format.map(|(key, value)| (key.to_owned(), value.into())));
    let has_pattern = is_portable(&text.pattern);
    if has_pattern {
        schema.insert("pattern".to_owned(), text.pattern.clone().into());
    }
    let bounded = least > 0 || has_pattern || refuses_empty;
    or_empty(Json::Object(schema), filled || !bounded, "".into())
}

fn written_number(number: &NumberForm, filled: bool) -> Json {
    let mut schema = Map::from_iter([("type".to_owned(), number_type(number).into())]);
    let bounds = [("minimum", number.min), ("maximum", number.max)];
    for (key, bound) in bounds {
        schema.extend(bound.map(|bound| (key.to_owned(), number_json(bound))));
    }
    let zero_is_within =
        number.min.is_none_or(|min| min <= 0.0) && number.max.is_none_or(|max| max >= 0.0);
    if filled && zero_is_within {
        schema.insert("not".to_owned(), json!({"const": 0}));
    }
    or_empty(Json::Object(schema), filled || zero_is_within, 0.into())
}

fn written_list(of: &Form, (min, max): (usize, usize), filled: bool) -> Json {
    let least = min.max(usize::from(filled));
    let mut schema = json!({
        "type": "array",
        "items": of.written_schema(true),
        "maxItems": max,
        "uniqueItems": true,
    });
    if least > 0
        && let Some(schema) = schema.as_object_mut()
    {
        schema.insert("minItems".to_owned(), least.into());
    }
    or_empty(schema, filled || least == 0, json!([]))
}

fn with_least(mut schema: Json, filled: bool) -> Json {
    if filled && let Some(schema) = schema.as_object_mut() {
        schema.insert("minLength".to_owned(), 1.into());
    }
    schema
}

/// The schema, or the empty value beside it where the schema leaves that out and it is allowed.
fn or_empty(schema: Json, leaves_none_out: bool, empty: Json) -> Json {
    match leaves_none_out {
        true => schema,
        false => json!({"anyOf": [schema, {"const": empty}]}),
    }
}

/// Whether a pattern in RE2's syntax means the same in ECMAScript and elsewhere: no flags, no
/// classes by name, no anchors and escapes that others read differently.
fn is_portable(pattern: &str) -> bool {
    let mut escaped = false;
    for letter in pattern.chars() {
        if escaped && letter.is_ascii_alphabetic() && !"dDwWsSbBnrt".contains(letter) {
            return false;
        }
        escaped = letter == '\\' && !escaped;
    }
    let groups = pattern.matches("(?").count();
    let plain_groups = pattern.matches("(?:").count();
    !pattern.is_empty() && groups == plain_groups && !pattern.contains("[:")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Field;
    use crate::id::FieldNumber;

    fn written(definition: Json) -> Json {
        let mut definition = definition.as_object().cloned().unwrap();
        definition.insert("name".to_owned(), "x".into());
        let shape = Field::from_json(&definition, FieldNumber(2))
            .unwrap()
            .shape();
        shape.form.written_schema(shape.required)
    }

    #[test]
    fn bounds_hold_for_what_is_written() {
        let text = json!({"type": "text", "required": true, "min": 2, "max": 5,
            "pattern": "^[a-z]+$"});
        assert_eq!(
            written(text),
            json!({"type": "string", "minLength": 2, "maxLength": 5, "pattern": "^[a-z]+$"})
        );
        let number = json!({"type": "number", "min": 3, "max": 7, "onlyInt": true});
        assert_eq!(
            written(number),
            json!({"anyOf": [{"type": "integer", "minimum": 3, "maximum": 7}, {"const": 0}]})
        );
        let list = json!({"type": "select", "values": ["a", "b"], "maxSelect": 2,
            "required": true});
        let items = json!({"type": "string", "enum": ["a", "b"]});
        assert_eq!(
            written(list),
            json!({"type": "array", "items": items, "maxItems": 2, "uniqueItems": true,
                "minItems": 1})
        );
    }

    #[test]
    fn an_empty_value_stands_beside_bounds_that_leave_it_out() {
        for (definition, empty) in [
            (json!({"type": "text", "min": 2}), json!("")),
            (json!({"type": "email"}), json!("")),
            (json!({"type": "date"}), json!("")),
            (json!({"type": "number", "max": -1}), json!(0)),
            (
                json!({"type": "relation", "collectionId": "c", "minSelect": 2, "maxSelect": 3}),
                json!([]),
            ),
        ] {
            let schema = written(definition.clone());
            assert_eq!(
                schema.pointer("/anyOf/1/const"),
                Some(&empty),
                "{definition}"
            );
        }
        assert_eq!(written(json!({"type": "bool"})), json!({"type": "boolean"}));
        let required = json!({"type": "bool", "required": true});
        assert_eq!(written(required), json!({"const": true}));
    }

    #[test]
    fn what_is_read_may_be_of_before_a_bound() {
        let form = Form::Text(TextForm {
            min_chars: 5,
            pattern: "^x".to_owned(),
            ..TextForm::default()
        });
        assert_eq!(form.read_schema(true), json!({"type": "string"}));
        let choice = Form::Choice(vec!["a".to_owned()]);
        assert_eq!(
            choice.read_schema(false),
            json!({"type": "string", "enum": ["", "a"]})
        );
    }

    #[test]
    fn a_pattern_of_one_dialect_is_left_out() {
        for portable in ["^[a-z0-9]+$", r"^\d{3}(?:-\w+)?$", r"a\\z"] {
            assert!(is_portable(portable), "{portable}");
        }
        for other in [
            "",
            "(?i)a",
            r"\Aa\z",
            r"^\pL+$",
            "[[:alpha:]]",
            "(?P<name>a)",
        ] {
            assert!(!is_portable(other), "{other}");
        }
    }
}
