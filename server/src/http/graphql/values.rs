//! What each type of field is in GraphQL, and a value of a record as one.
//!
//! [`SHAPES`] mirrors `FIELD_TYPES`: a type of field that says nothing of itself here does not
//! compile.

use std::collections::HashSet;

use async_graphql::Value;
use async_graphql::dynamic::{FieldValue, TypeRef};
use luge_model::collection::Collection;
use luge_model::field::{Descriptor, FIELD_TYPES, Field};
use serde_json::Value as Json;

/// The scalar of any JSON.
pub(super) const JSON: &str = "JSON";
/// The scalar of moments, as RFC 3339 has them.
pub(super) const DATE_TIME: &str = "DateTime";
/// The object of points.
pub(super) const GEO_POINT: &str = "GeoPoint";
/// The object of stored files.
pub(super) const FILE: &str = "File";

/// What values of a type look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `String`
    Text,
    /// `Float`
    Number,
    /// `Boolean`
    Truth,
    /// `DateTime`, null for no date.
    Moment,
    /// An enum where the values are names, else `String`.
    Choice,
    /// `File`
    File,
    /// The related record, with the ids beside it.
    Relation,
    /// `JSON`
    Json,
    /// `GeoPoint`
    Point,
    /// Written and never shown.
    Secret,
}

/// What each type of field is, in the order of `FIELD_TYPES`.
const SHAPES: [(&str, Shape); FIELD_TYPES.len()] = [
    ("text", Shape::Text),
    ("editor", Shape::Text),
    ("number", Shape::Number),
    ("bool", Shape::Truth),
    ("email", Shape::Text),
    ("url", Shape::Text),
    ("date", Shape::Moment),
    ("autodate", Shape::Moment),
    ("select", Shape::Choice),
    ("file", Shape::File),
    ("relation", Shape::Relation),
    ("json", Shape::Json),
    ("geoPoint", Shape::Point),
    ("password", Shape::Secret),
];

const _: () = assert!(
    mirrors(&SHAPES, FIELD_TYPES),
    "SHAPES names the field types in their order"
);

const fn mirrors(mut shapes: &[(&str, Shape)], mut types: &[Descriptor]) -> bool {
    while let ([(name, _), shapes_left @ ..], [one, types_left @ ..]) = (shapes, types) {
        if !is_same(name.as_bytes(), one.name.as_bytes()) {
            return false;
        }
        (shapes, types) = (shapes_left, types_left);
    }
    shapes.is_empty() && types.is_empty()
}

const fn is_same(mut one: &[u8], mut other: &[u8]) -> bool {
    while let ([first, one_left @ ..], [second, other_left @ ..]) = (one, other) {
        if *first != *second {
            return false;
        }
        (one, other) = (one_left, other_left);
    }
    one.is_empty() && other.is_empty()
}

impl Shape {
    /// That of a field.
    pub(super) fn of(field: &Field) -> Self {
        let name = field.kind.type_name();
        let known = SHAPES.iter().find(|(known, _)| *known == name);
        known.map_or(Self::Json, |(_, shape)| *shape)
    }

    /// The scalar or object of one value, where it needs no name of its own.
    pub(super) fn type_name(self) -> &'static str {
        match self {
            Self::Text | Self::Choice | Self::Secret => TypeRef::STRING,
            Self::Number => TypeRef::FLOAT,
            Self::Truth => TypeRef::BOOLEAN,
            Self::Moment => DATE_TIME,
            Self::File => FILE,
            Self::Relation => TypeRef::ID,
            Self::Json => JSON,
            Self::Point => GEO_POINT,
        }
    }

    /// Whether a single value may be null: what has no value that the type could show.
    pub(super) fn may_be_null(self) -> bool {
        match self {
            Self::Text | Self::Number | Self::Truth | Self::Point => false,
            Self::Moment | Self::Choice | Self::File | Self::Relation | Self::Json => true,
            Self::Secret => true,
        }
    }
}

/// Whether a field is never shown by anybody.
pub(super) fn is_kept(collection: &Collection, field: &Field) -> bool {
    let of_sign_in = collection.auth().is_some() && field.system;
    Shape::of(field) == Shape::Secret || (of_sign_in && field.name == "tokenKey")
}

/// A stored file: where its record is, and its name.
pub(super) struct StoredFile {
    record: String,
    name: String,
}

impl StoredFile {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The path at which it is served.
    pub(super) fn path(&self) -> String {
        let encoded: String = form_urlencoded::byte_serialize(self.name.as_bytes()).collect();
        format!("/api/files/{}/{encoded}", self.record)
    }
}

/// A value of a record; `None` where there is none to show. `choices` are the values of an enum.
pub(super) fn shown<'a>(
    shape: Shape,
    choices: Option<&[String]>,
    record: &'a Json,
    value: &'a Json,
) -> Option<FieldValue<'a>> {
    if let (Json::Array(values), false) = (value, shape == Shape::Json) {
        let values = values.iter();
        let values = values.filter_map(|value| shown(shape, choices, record, value));
        return Some(FieldValue::list(values));
    }
    match shape {
        Shape::Text | Shape::Number | Shape::Truth => scalar(value),
        Shape::Moment => {
            let text = value.as_str().filter(|text| !text.is_empty())?;
            Some(FieldValue::value(text.replacen(' ', "T", 1)))
        }
        Shape::Choice => {
            let text = value.as_str().filter(|text| !text.is_empty())?;
            let is_one = |choices: &[String]| choices.iter().any(|choice| choice == text);
            choices.is_none_or(is_one).then(|| FieldValue::value(text))
        }
        Shape::Relation => {
            let id = value.as_str().filter(|id| !id.is_empty())?;
            Some(FieldValue::value(id))
        }
        Shape::File => {
            let name = value.as_str().filter(|name| !name.is_empty())?;
            let of = |key: &str| record.get(key).and_then(Json::as_str).unwrap_or_default();
            Some(FieldValue::owned_any(StoredFile {
                record: format!("{}/{}", of("collectionId"), of("id")),
                name: name.to_owned(),
            }))
        }
        Shape::Json => scalar(value),
        Shape::Point => Some(FieldValue::borrowed_any(value)),
        Shape::Secret => None,
    }
}

/// JSON as it is.
pub(super) fn scalar<'a>(value: &Json) -> Option<FieldValue<'a>> {
    Value::from_json(value.clone()).ok().map(FieldValue::value)
}

/// Whether texts can be the values of an enum.
pub(super) fn are_names(values: &[String]) -> bool {
    let different: HashSet<&String> = values.iter().collect();
    let plain = values.iter().all(|value| is_name(value));
    plain && !values.is_empty() && different.len() == values.len()
}

fn is_name(text: &str) -> bool {
    let begins = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let taken = ["true", "false", "null"].contains(&text) || text.starts_with("__");
    begins && plain && !taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_texts_are_names() {
        for text in ["a", "A1", "_x", "draft_2", "True"] {
            assert!(is_name(text), "{text}");
        }
        for text in [
            "", "1a", "a b", "a-b", "é", "true", "false", "null", "__x", "a\n",
        ] {
            assert!(!is_name(text), "{text:?}");
        }
        assert!(!are_names(&[]));
        let values = |values: [&str; 2]| values.map(str::to_owned);
        assert!(are_names(&values(["a", "A"])));
        assert!(!are_names(&values(["a", "a"])));
    }

    #[test]
    fn every_type_has_its_own_line() {
        assert!(mirrors(&SHAPES, FIELD_TYPES));
        let (_, shorter) = SHAPES.split_last().unwrap();
        assert!(!mirrors(shorter, FIELD_TYPES));
        let mut exchanged = SHAPES;
        exchanged.swap(0, 1);
        assert!(!mirrors(&exchanged, FIELD_TYPES));
    }
}
