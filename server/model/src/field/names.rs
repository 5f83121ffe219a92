//! Values of select, file and relation fields: one name, or a list of names without duplicates.

use serde_json::Value as Json;

use crate::field::{Modifier, cast};
use crate::invalid::Violation;
use crate::value::Value;

/// The modifiers of fields that hold names.
pub(super) const MODIFIERS: &[Modifier] = &[Modifier::Append, Modifier::Prepend, Modifier::Remove];

/// Casts a submitted value; a single-valued field keeps the last name.
pub(super) fn cast(submitted: &Json, multiple: bool) -> Value {
    shape(read(submitted), multiple)
}

/// Applies a modifier to the names of `current`.
pub(super) fn modify(
    current: &Value,
    modifier: Modifier,
    submitted: &Json,
    multiple: bool,
) -> Value {
    let current = current.names().to_vec();
    let given = read(submitted);
    let names = match modifier {
        Modifier::Append => [current, given].concat(),
        Modifier::Prepend => [given, current].concat(),
        Modifier::Remove => current
            .into_iter()
            .filter(|name| !given.contains(name))
            .collect(),
        Modifier::Autogenerate => current,
    };
    shape(names, multiple)
}

/// A stored value as a field with other options holds it.
pub(super) fn convert(stored: &Value, multiple: bool) -> Value {
    shape(stored.names().to_vec(), multiple)
}

/// More names than the field has room for.
pub(super) fn too_many(max: usize) -> Violation {
    let message = format!("Select no more than {max}.");
    Violation::new("validation_too_many_values", message).with("maxSelect", max)
}

fn shape(names: Vec<String>, multiple: bool) -> Value {
    let mut unique: Vec<String> = Vec::with_capacity(names.len());
    for name in names {
        if !name.is_empty() && !unique.contains(&name) {
            unique.push(name);
        }
    }
    if multiple {
        Value::List(unique)
    } else {
        Value::Text(unique.pop().unwrap_or_default())
    }
}

/// The names in a submitted value; a text that holds a JSON list counts as that list.
fn read(submitted: &Json) -> Vec<String> {
    match submitted {
        Json::Array(items) => items.iter().map(cast::text).collect(),
        Json::String(text) if text.trim_start().starts_with('[') => {
            match serde_json::from_str::<Vec<Option<String>>>(text) {
                Ok(items) => items.into_iter().flatten().collect(),
                Err(_) => vec![text.clone()],
            }
        }
        other => vec![cast::text(other)],
    }
}
