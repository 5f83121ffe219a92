//! One side of a checked comparison.

use super::join::Whose;
use super::json_path::Segment;
use super::macros::Macro;
use super::scalar::{Affinity, Scalar};
use crate::field::Field;
use crate::id::FieldNumber;
use crate::value::Value;

/// What a side of a comparison reads.
#[derive(Clone, Debug)]
pub(super) enum Term {
    /// Written in the filter.
    Constant(Scalar<'static>),
    /// The time of the request.
    Macro(Macro),
    /// A field of the record, or of one that a join leads to.
    Column(Column),
    /// A field of the caller's record; a plain one is compared like a constant.
    Caller { column: Column, plain: bool },
    /// What the caller's record cannot give: every comparison with it fails, negated ones too.
    Unreadable,
    /// Anything else of `@request.…`.
    Request(RequestTerm),
    /// `@request.body.x:changed`
    Changed { key: String, column: Column },
    /// Kilometres between two places: lonA, latA, lonB, latB.
    GeoDistance(Box<[Term; 4]>),
    /// Format, time value, modifiers.
    Strftime(Vec<Term>),
}

/// A field of a record and how it is read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Column {
    /// In which record.
    pub(crate) whose: Whose,
    pub(crate) field: FieldNumber,
    pub(super) storage: Storage,
    pub(super) access: Access,
    /// `:lower`
    pub(super) lower: bool,
    /// Whether the field holds dates.
    pub(super) is_date: bool,
    /// Readable only where this bool field is true: a client sees an e-mail address only where it
    /// is shown.
    pub(crate) shown_by: Option<FieldNumber>,
}

/// How the values of a field are stored, by the kind of its zero value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Storage {
    Text,
    Number,
    Bool,
    List,
    GeoPoint,
    Json,
}

/// What of a field is read.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Access {
    /// The value.
    Whole,
    /// A part of a json or geoPoint value.
    Path(Vec<Segment>),
    /// One of its values: the row of a join made by `:each`.
    Item,
    /// `:length`
    Length,
}

/// A word behind a colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Modifier {
    IsSet,
    Changed,
    Length,
    Each,
    Lower,
}

/// A part of the request.
#[derive(Clone, Debug)]
pub(super) enum RequestTerm {
    Context,
    Method,
    Query {
        key: String,
        path: Vec<Segment>,
        modifier: Option<Modifier>,
    },
    Header {
        key: String,
        path: Vec<Segment>,
        modifier: Option<Modifier>,
    },
    Body {
        key: String,
        path: Vec<Segment>,
        modifier: Option<Modifier>,
        /// Of the collection's field with this name.
        storage: Option<Storage>,
    },
}

impl Term {
    /// Whether no comparison with it can hold.
    pub(super) fn is_unreadable(&self) -> bool {
        match self {
            Self::Unreadable => true,
            Self::GeoDistance(terms) => terms.iter().any(Self::is_unreadable),
            Self::Strftime(terms) => terms.iter().any(Self::is_unreadable),
            _ => false,
        }
    }
}

impl Column {
    /// The field as it is.
    pub(super) fn whole(field: &Field, whose: Whose) -> Self {
        let storage = Storage::of(field);
        Self {
            whose,
            field: field.number,
            storage,
            access: Access::Whole,
            lower: false,
            is_date: matches!(field.kind.type_name(), "date" | "autodate"),
            shown_by: None,
        }
    }

    /// Whether the value is read as it is.
    pub(crate) fn is_whole(&self) -> bool {
        self.access == Access::Whole && !self.lower
    }

    /// The field, where its value in the filtered record is read as it is, for everyone.
    pub(crate) fn own_whole_field(&self) -> Option<FieldNumber> {
        let plain = self.whose == Whose::Own && self.is_whole() && self.shown_by.is_none();
        plain.then_some(self.field)
    }

    /// What the column does to a value that it is compared with.
    pub(super) fn affinity(&self) -> Affinity {
        if !self.is_whole() {
            return Affinity::None;
        }
        match self.storage {
            Storage::Text => Affinity::Text,
            Storage::Number | Storage::Bool | Storage::List | Storage::GeoPoint => {
                Affinity::Numeric
            }
            Storage::Json => Affinity::None,
        }
    }

    /// Whether it is what `:each` gives.
    pub(super) fn is_item(&self) -> bool {
        self.access == Access::Item
    }

    /// Whether NULL and the empty text are different values.
    pub(super) fn is_strict(&self) -> bool {
        self.storage == Storage::Json || matches!(self.access, Access::Path(_))
    }
}

impl Storage {
    pub(super) fn of(field: &Field) -> Self {
        match field.kind.zero() {
            Value::Text(_) => Self::Text,
            Value::Number(_) => Self::Number,
            Value::Bool(_) => Self::Bool,
            Value::List(_) => Self::List,
            Value::GeoPoint(_) => Self::GeoPoint,
            Value::Json(_) => Self::Json,
        }
    }
}

impl Modifier {
    /// Every modifier by its name.
    pub(super) const ALL: [(&'static str, Self); 5] = [
        ("isset", Self::IsSet),
        ("changed", Self::Changed),
        ("length", Self::Length),
        ("each", Self::Each),
        ("lower", Self::Lower),
    ];

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, found)| *found)
    }
}

/// Whether `:each` and `:length` mean something for a field.
pub(super) fn holds_names(field: &Field) -> bool {
    matches!(field.kind.type_name(), "select" | "file" | "relation")
}
