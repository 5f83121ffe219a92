//! What the values of a field look like on the wire, said without regard to any language: types and
//! schemas that are written for clients all follow from it.
//!
//! - A [`Form`] describes a value that is not empty. Whether it may be empty is `required` of the
//!   [`Shape`]: the text `""`, the number 0, the empty list, false, the point 0,0, the JSON `null`,
//!   `""`, `[]` and `{}`. An empty value is within every bound.
//! - A form is what a field is meant to be given. The server casts what is of another type (§2.2),
//!   often to the empty value, so clients do well to refuse it.
//! - What a definition says now need not hold for records from before it was changed.

use crate::field::domains::Domains;
use crate::field::{Field, Modifier};
use crate::id::ID_FIELD;
use crate::timestamp::Timestamp;

/// A value that is not empty.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// A JSON text.
    Text(TextForm),
    /// A JSON number.
    Number(NumberForm),
    /// `true` or `false`.
    Bool,
    /// A moment in UTC, read as `2026-11-29 09:33:06.123Z`; RFC 3339 is written too.
    Date {
        /// The earliest, if any.
        min: Option<Timestamp>,
        /// The latest, if any.
        max: Option<Timestamp>,
    },
    /// One of these texts.
    Choice(Vec<String>),
    /// The id of a record of the collection with this public id.
    Relation(String),
    /// The name of a stored file. What is written is the name of a file that the record has, a part
    /// of a multipart form, or `upload:ID` for what was uploaded in pieces.
    File {
        /// Most bytes of the file.
        max_bytes: usize,
        /// Accepted media types; empty for any.
        media_types: Vec<String>,
    },
    /// Any JSON.
    Json {
        /// Most bytes of the compact text.
        max_bytes: usize,
    },
    /// `{"lon": -180..=180, "lat": -90..=90}`, both numbers.
    Point,
    /// A JSON list without duplicates.
    List {
        /// What each item is; none of them is empty.
        of: Box<Form>,
        /// Fewest items of a list that is not empty.
        min: usize,
        /// Most items.
        max: usize,
    },
}

/// What a text must be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TextForm {
    /// What it says.
    pub format: TextFormat,
    /// Fewest characters (Unicode scalar values).
    pub min_chars: usize,
    /// Most characters, if bounded.
    pub max_chars: Option<usize>,
    /// Most bytes of its UTF-8, if bounded.
    pub max_bytes: Option<usize>,
    /// What it must match somewhere, in the syntax of RE2; empty for anything.
    pub pattern: String,
    /// Which domains an address may have.
    pub domains: Domains,
}

/// What a text says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextFormat {
    /// Anything.
    #[default]
    Plain,
    /// Rich text.
    Html,
    /// An e-mail address.
    Email,
    /// An address of the web; its scheme may be left out.
    Url,
    /// A password, which is never read.
    Password,
}

/// What a number must be. Zero is empty, so the bounds do not hold for it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct NumberForm {
    /// The least, if any.
    pub min: Option<f64>,
    /// The greatest, if any.
    pub max: Option<f64>,
    /// Whether fractions are refused.
    pub whole: bool,
}

/// How a field is read, created and updated.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// Its values that are not empty.
    pub form: Form,
    /// Whether an empty value is refused when it is written.
    pub required: bool,
    /// Whether what it holds is ever read. A password never is: where its field is shown, the
    /// empty text stands there.
    pub readable: bool,
    /// Its key in the body of a create.
    pub create: Presence,
    /// Its key in the body of an update.
    pub update: Presence,
    /// Further keys (see [`Modifier::key`]), and what stands under them. For a list the value may
    /// also be a single item.
    pub modifiers: Vec<(Modifier, Form)>,
}

/// Whether a body has a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It is refused without; a modifier of it will do.
    Needed,
    /// It may be left out: a create gives the default or generated or empty value, an update
    /// leaves the field as it is.
    Optional,
    /// What stands there is ignored, or refused where it is another value than the stored one.
    Never,
}

impl Field {
    /// What its values look like, and which keys of it a body may have.
    #[must_use]
    pub fn shape(&self) -> Shape {
        let kind = &self.kind;
        let is_id = self.number == ID_FIELD;
        let generated = kind
            .as_text()
            .is_some_and(|text| !text.autogenerate_pattern.is_empty());
        let required = self.required || is_id;
        let written = kind.as_autodate().is_none();
        let create = match (written, required) {
            (false, _) => Presence::Never,
            (true, true) if self.default.is_none() && !generated => Presence::Needed,
            (true, _) => Presence::Optional,
        };
        let update = match written && !is_id {
            true => Presence::Optional,
            false => Presence::Never,
        };
        let form = kind.form();
        let modifiers = kind.modifiers().iter();
        let modifiers = modifiers
            .filter(|modifier| generated || **modifier != Modifier::Autogenerate)
            .map(|modifier| (*modifier, form.modified()))
            .collect();
        Shape {
            form,
            required,
            readable: kind.as_password().is_none(),
            create,
            update,
            modifiers,
        }
    }
}

impl Form {
    /// What stands under a modifier: the bounds hold for what comes of it.
    fn modified(&self) -> Self {
        match self {
            Self::Number(_) => Self::Number(NumberForm::default()),
            Self::Text(_) => Self::Text(TextForm::default()),
            Self::List { of, max, .. } => Self::List {
                of: of.clone(),
                min: 0,
                max: *max,
            },
            other => other.clone(),
        }
    }

    /// What one value is, of a list or alone.
    #[must_use]
    pub fn one(&self) -> &Self {
        match self {
            Self::List { of, .. } => of,
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::id::FieldNumber;

    fn shape(definition: &Json) -> Shape {
        let mut map = definition.as_object().unwrap().clone();
        let number = if map.contains_key("primaryKey") { 1 } else { 2 };
        map.entry("name").or_insert_with(|| "x".into());
        let field = Field::from_json(&map, FieldNumber(number)).unwrap();
        field.shape()
    }

    fn keys(shape: &Shape) -> Vec<String> {
        let keys = shape.modifiers.iter();
        keys.map(|(modifier, _)| modifier.key("x")).collect()
    }

    /// Whether a value that is not empty is one of the form, as far as types and counts go.
    fn admits(form: &Form, value: &Json) -> bool {
        match form {
            Form::Text(text) => value.as_str().is_some_and(|value| {
                let length = value.chars().count();
                length >= text.min_chars && text.max_chars.is_none_or(|max| length <= max)
            }),
            Form::Number(number) => value.as_f64().is_some_and(|value| {
                number.min.is_none_or(|min| value >= min)
                    && number.max.is_none_or(|max| value <= max)
                    && !(number.whole && value.fract() != 0.0)
            }),
            Form::Bool => value.is_boolean(),
            Form::Date { min, max } => value.as_str().is_some_and(|text| {
                Timestamp::parse(text).is_some_and(|moment| {
                    min.is_none_or(|min| moment >= min) && max.is_none_or(|max| moment <= max)
                })
            }),
            Form::Choice(values) => values.iter().any(|one| value == one),
            Form::Relation(_) | Form::File { .. } => value.is_string(),
            Form::Json { max_bytes } => value.to_string().len() <= *max_bytes,
            Form::Point => value["lon"].is_number() && value["lat"].is_number(),
            Form::List { of, min, max } => value.as_array().is_some_and(|items| {
                (*min..=*max).contains(&items.len()) && items.iter().all(|item| admits(of, item))
            }),
        }
    }

    #[test]
    fn every_recorded_value_is_of_its_form() {
        let recorded = include_str!("tests/values.json");
        let recorded: Vec<Json> = serde_json::from_str(recorded).unwrap();
        let mut rows = 0;
        for group in &recorded {
            let mut definition = group["field"].as_object().unwrap().clone();
            definition.entry("name").or_insert_with(|| "x".into());
            let field = Field::from_json(&definition, FieldNumber(2)).unwrap();
            let shape = field.shape();
            for row in group["rows"].as_array().unwrap() {
                let Some(value) = row[1].get("value") else {
                    continue;
                };
                rows += 1;
                let empty = field.kind.cast(value).is_zero();
                assert!(
                    empty || admits(&shape.form, value),
                    "{value} is not {:?}",
                    shape.form
                );
            }
        }
        assert!(rows > 200, "{rows} rows");
    }

    #[test]
    fn one_name_stands_alone_and_several_in_a_list() {
        let one = shape(&json!({"type": "select", "values": ["a", "b"], "maxSelect": 1}));
        assert_eq!(one.form, Form::Choice(vec!["a".to_owned(), "b".to_owned()]));
        let several =
            json!({"type": "relation", "collectionId": "c", "minSelect": 2, "maxSelect": 3});
        let several = shape(&several);
        let of = Box::new(Form::Relation("c".to_owned()));
        let list = |min| Form::List {
            of: of.clone(),
            min,
            max: 3,
        };
        assert_eq!(several.form, list(2));
        assert_eq!(keys(&several), ["x+", "+x", "x-"]);
        assert!(several.modifiers.iter().all(|(_, form)| *form == list(0)));
    }

    #[test]
    fn a_create_needs_what_nothing_else_gives() {
        let create = |definition: &Json| shape(definition).create;
        assert_eq!(create(&json!({"type": "text"})), Presence::Optional);
        let needed = json!({"type": "text", "required": true});
        assert_eq!(create(&needed), Presence::Needed);
        let given = json!({"type": "text", "required": true, "default": "a"});
        assert_eq!(create(&given), Presence::Optional);
        let made = json!({"type": "text", "required": true, "autogeneratePattern": "[a-z]{5}"});
        assert_eq!(create(&made), Presence::Optional);
        assert_eq!(keys(&shape(&made)), ["x:autogenerate"]);
        assert_eq!(keys(&shape(&needed)), [""; 0]);
    }

    #[test]
    fn some_are_never_written_and_some_never_read() {
        let autodate = shape(&json!({"type": "autodate", "onCreate": true}));
        assert_eq!(autodate.create, Presence::Never);
        assert_eq!(autodate.update, Presence::Never);
        let password = shape(&json!({"type": "password", "required": true}));
        assert!(!password.readable);
        assert_eq!(password.create, Presence::Needed);
        let id = shape(
            &json!({"type": "text", "primaryKey": true, "pattern": "^[a-z0-9]+$",
            "autogeneratePattern": "[a-z0-9]{15}"}),
        );
        assert_eq!(id.create, Presence::Optional);
        assert_eq!(id.update, Presence::Never);
        assert!(id.required);
    }

    #[test]
    fn what_is_added_to_a_number_has_no_bounds() {
        let number = shape(&json!({"type": "number", "min": 5, "max": 9, "onlyInt": true}));
        let bounds = NumberForm {
            min: Some(5.0),
            max: Some(9.0),
            whole: true,
        };
        assert_eq!(number.form, Form::Number(bounds));
        let free = Form::Number(NumberForm::default());
        let expected = [(Modifier::Append, free.clone()), (Modifier::Remove, free)];
        assert_eq!(number.modifiers, expected);
    }
}
