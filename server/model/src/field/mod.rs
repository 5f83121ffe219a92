//! A field of a collection: what all types share ([`Field`]) and what each brings ([`FieldType`]).
//!
//! A field type is one file in this folder plus one line in [`FIELD_TYPES`]. Types know nothing of
//! storage, clocks or randomness: what a type needs from outside (a hash, the time, a random
//! suffix, whether a related record exists) the engine asks for through the `as_…` methods.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::field::shape::Form;
use crate::id::FieldNumber;
use crate::invalid::{Violation, Violations};
use crate::value::Value;

mod cast;
mod definition;
mod names;
mod options;
mod pattern;

pub mod autodate;
pub mod boolean;
pub mod date;
pub mod domains;
pub mod editor;
pub mod email;
pub mod file;
pub mod geo_point;
pub mod json;
pub mod number;
pub mod password;
pub mod relation;
pub mod select;
pub mod shape;
pub mod submit;
pub mod text;
pub mod url;

pub use options::Options;
pub use submit::Submission;

/// A field as a collection defines it.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its stable number in encoded records.
    pub number: FieldNumber,
    /// Its public id.
    pub id: String,
    /// Its name, unique in the collection without regard to case.
    pub name: String,
    /// Made by the system; cannot be removed or changed.
    pub system: bool,
    /// Output to superusers only.
    pub hidden: bool,
    /// Part of a record's label in the dashboard.
    pub presentable: bool,
    /// Whether the zero value is refused.
    pub required: bool,
    /// A hint for people, at most 300 characters.
    pub help: String,
    /// What a create without this field gets instead of the zero value (an addition to the
    /// contract); JSON as a client would submit it.
    pub default: Option<Json>,
    /// The options and behaviour of its type.
    pub kind: Arc<dyn FieldType>,
}

impl Field {
    /// What an empty value is answered.
    ///
    /// # Errors
    /// `validation_required` where the field needs a value.
    pub(crate) fn allow_empty(&self) -> Result<(), Violation> {
        if self.required {
            return Err(Violation::required());
        }
        Ok(())
    }
}

/// How a submitted key changes a field: `f`, `f+`, `+f`, `f-`, `f:autogenerate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Modifier {
    /// `f+`: add to a number, append to a list.
    Append,
    /// `+f`: prepend to a list.
    Prepend,
    /// `f-`: subtract from a number, remove from a list.
    Remove,
    /// `f:autogenerate`: the value followed by generated text.
    Autogenerate,
}

impl Modifier {
    /// All of them, in the order in which they are applied after the plain value.
    pub const ALL: [Self; 4] = [
        Self::Append,
        Self::Prepend,
        Self::Remove,
        Self::Autogenerate,
    ];

    /// The key under which a client submits this modifier of a field.
    #[must_use]
    pub fn key(self, field: &str) -> String {
        match self {
            Self::Append => format!("{field}+"),
            Self::Prepend => format!("+{field}"),
            Self::Remove => format!("{field}-"),
            Self::Autogenerate => format!("{field}:autogenerate"),
        }
    }
}

/// What one type of field is. Implementations hold the type's options.
pub trait FieldType: fmt::Debug + Send + Sync {
    /// The `type` of the contract, such as `text`.
    fn type_name(&self) -> &'static str;

    /// Set for the types whose values are names: how many, as defined; up to one means a single
    /// name, more a list. All other values are texts unless their type says otherwise.
    fn max_select(&self) -> Option<i64> {
        None
    }

    /// Whether values are lists.
    fn is_multiple(&self) -> bool {
        self.max_select().is_some_and(|max| max > 1)
    }

    /// The value of a field that was never set.
    fn zero(&self) -> Value {
        if self.is_multiple() {
            Value::List(Vec::new())
        } else {
            Value::empty_text()
        }
    }

    /// What its values look like on the wire, when they are not empty.
    fn form(&self) -> Form;

    /// `one` where a value is a single name, else a list of them with least and most.
    fn listed(&self, one: Form, (min, max): (usize, usize)) -> Form {
        if self.is_multiple() {
            let of = Box::new(one);
            Form::List { of, min, max }
        } else {
            one
        }
    }

    /// The type's own options as the contract shows them, in alphabetical order.
    fn options(&self) -> Map<String, Json>;

    /// Whether the options make sense by themselves, e.g. `max >= min`.
    fn check_options(&self) -> Violations;

    /// Casts what a client submitted. As in the contract, bad input casts silently to the zero or
    /// nearest value where §2.2 and §10 say so; what must be refused is kept for
    /// [`Self::validate`].
    fn cast(&self, submitted: &Json) -> Value {
        match self.max_select() {
            Some(_) => names::cast(submitted, self.is_multiple()),
            None => Value::Text(cast::text(submitted)),
        }
    }

    /// Checks a cast value, `required` included.
    ///
    /// # Errors
    /// The code and message of contract §2.2.
    fn validate(&self, field: &Field, value: &Value) -> Result<(), Violation>;

    /// Which modifiers the type has.
    fn modifiers(&self) -> &'static [Modifier] {
        match self.max_select() {
            Some(_) => names::MODIFIERS,
            None => &[],
        }
    }

    /// The value after `modifier` with `submitted` is applied to `current`.
    fn modify(&self, current: &Value, modifier: Modifier, submitted: &Json) -> Value {
        match self.max_select() {
            Some(_) => names::modify(current, modifier, submitted, self.is_multiple()),
            None => self.cast(submitted),
        }
    }

    /// The stored value when options changed, e.g. from single to multiple or back.
    fn convert(&self, stored: Value) -> Value {
        match self.max_select() {
            Some(_) => names::convert(&stored, self.is_multiple()),
            None => stored,
        }
    }

    /// How many bytes the body of a write may have for this field beyond the general limit
    /// (contract §1.2).
    fn body_bytes(&self) -> u64 {
        0
    }

    /// Whether definitions show `help` and `required`; only autodate fields have neither.
    fn has_help_and_required(&self) -> bool {
        true
    }

    /// Set for text fields.
    fn as_text(&self) -> Option<&text::TextField> {
        None
    }
    /// Set for relation fields.
    fn as_relation(&self) -> Option<&relation::RelationField> {
        None
    }
    /// Set for password fields: the engine hashes their values.
    fn as_password(&self) -> Option<&password::PasswordField> {
        None
    }
    /// Set for autodate fields: the engine sets their values.
    fn as_autodate(&self) -> Option<&autodate::AutodateField> {
        None
    }
    /// Set for file fields.
    fn as_file(&self) -> Option<&file::FileField> {
        None
    }
    /// Set for select fields.
    fn as_select(&self) -> Option<&select::SelectField> {
        None
    }
}

/// One entry of [`FIELD_TYPES`].
#[derive(Clone, Copy, Debug)]
pub struct Descriptor {
    /// The `type` of the contract.
    pub name: &'static str,
    /// Reads the options of a definition; what is wrong with them is left in the [`Options`].
    pub read: fn(&mut Options<'_>) -> Arc<dyn FieldType>,
}

/// Every field type, in the order in which the dashboard offers them.
pub const FIELD_TYPES: &[Descriptor] = &[
    Descriptor {
        name: text::NAME,
        read: text::read,
    },
    Descriptor {
        name: editor::NAME,
        read: editor::read,
    },
    Descriptor {
        name: number::NAME,
        read: number::read,
    },
    Descriptor {
        name: boolean::NAME,
        read: boolean::read,
    },
    Descriptor {
        name: email::NAME,
        read: email::read,
    },
    Descriptor {
        name: url::NAME,
        read: url::read,
    },
    Descriptor {
        name: date::NAME,
        read: date::read,
    },
    Descriptor {
        name: autodate::NAME,
        read: autodate::read,
    },
    Descriptor {
        name: select::NAME,
        read: select::read,
    },
    Descriptor {
        name: file::NAME,
        read: file::read,
    },
    Descriptor {
        name: relation::NAME,
        read: relation::read,
    },
    Descriptor {
        name: json::NAME,
        read: json::read,
    },
    Descriptor {
        name: geo_point::NAME,
        read: geo_point::read,
    },
    Descriptor {
        name: password::NAME,
        read: password::read,
    },
];

/// The field type of a `type`.
#[must_use]
pub fn type_named(name: &str) -> Option<&'static Descriptor> {
    FIELD_TYPES
        .iter()
        .find(|descriptor| descriptor.name == name)
}

#[cfg(test)]
mod tests;
