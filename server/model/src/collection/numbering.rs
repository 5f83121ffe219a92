//! The fields of a submitted definition: their ids, their numbers, and which of them are new.

use serde_json::{Map, Value as Json};

use super::Collection;
use super::submission::{Malformed, find_key};
use super::system_fields::{self, Shape};
use crate::field::{Field, type_named};
use crate::id::{FieldNumber, ID_FIELD, derived_id};
use crate::invalid::{Violation, Violations};
use crate::limits::FIELDS_MAX;

/// The fields that could be read, and the position of each in the completed list.
pub(super) fn fields(
    (sent, shape): (Vec<Map<String, Json>>, Shape),
    before: Option<&Collection>,
    next: &mut FieldNumber,
    violations: &mut Violations,
) -> Result<(Vec<Field>, Vec<usize>), Malformed> {
    if shape == Shape::View {
        return Ok((Vec::new(), Vec::new()));
    }
    let mut sent = with_ids(sent, before)?;
    system_fields::complete(&mut sent, shape);
    if sent.len() > FIELDS_MAX {
        return Err(Malformed(format!(
            "fields: a collection has at most {FIELDS_MAX} fields"
        )));
    }
    let mut below = Violations::new();
    let mut fields = Vec::new();
    let mut positions = Vec::new();
    for (position, definition) in sent.iter().enumerate() {
        let id = text(definition, "id");
        let stored = before.and_then(|before| before.field_by_id(id));
        if stored.is_some_and(|stored| stored.kind.type_name() != text(definition, "type")) {
            let message = "Field type cannot be changed.";
            let changed = Violation::new("validation_field_type_change", message);
            below.add(&position.to_string(), changed);
            continue;
        }
        match numbered(definition, stored, next)? {
            Ok(field) => {
                fields.push(field);
                positions.push(position);
            }
            Err(found) => below.nest(&position.to_string(), found),
        }
    }
    violations.nest("fields", below);
    Ok((fields, positions))
}

/// The field under its number. One that changes between a single value and a list gets a new
/// number: its old values stay readable under the old one until all of them are converted.
fn numbered(
    definition: &Map<String, Json>,
    stored: Option<&Field>,
    next: &mut FieldNumber,
) -> Result<Result<Field, Violations>, Malformed> {
    let number = match stored {
        Some(stored) => stored.number,
        None if text(definition, "name") == "id" => ID_FIELD,
        None => take(next)?,
    };
    let read = Field::from_json(definition, number);
    if let (Some(stored), Ok(field)) = (stored, &read)
        && stored.kind.is_multiple() != field.kind.is_multiple()
    {
        return Ok(Field::from_json(definition, take(next)?));
    }
    Ok(read)
}

/// Numbers are not reused: an old record may still have bytes under one.
fn take(next: &mut FieldNumber) -> Result<FieldNumber, Malformed> {
    let number = *next;
    let after = number.0.checked_add(1);
    next.0 = after.ok_or_else(|| Malformed("fields: no field number is left".to_owned()))?;
    Ok(number)
}

/// Gives every field an id; of two with one id the last wins, at the place of the first.
fn with_ids(
    sent: Vec<Map<String, Json>>,
    before: Option<&Collection>,
) -> Result<Vec<Map<String, Json>>, Malformed> {
    let mut fields: Vec<Map<String, Json>> = Vec::new();
    let sent_ids: Vec<_> = sent
        .iter()
        .map(|field| text(field, "id").to_owned())
        .collect();
    for (position, definition) in sent.into_iter().enumerate() {
        let mut definition = known_keys(definition);
        let type_name = match definition.get("type") {
            Some(Json::String(name)) if type_named(name).is_some() => name.clone(),
            Some(Json::String(name)) => {
                return Err(Malformed(format!(
                    "fields.{position}.type: unknown field type {name:?}"
                )));
            }
            _ => {
                return Err(Malformed(format!(
                    "fields.{position}.type: a field type is missing"
                )));
            }
        };
        for key in ["id", "name"] {
            if definition
                .get(key)
                .is_some_and(|value| !value.is_string() && !value.is_null())
            {
                return Err(Malformed(format!(
                    "fields.{position}.{key}: expected a text"
                )));
            }
        }
        if text(&definition, "id").is_empty() {
            let id = new_id(
                (&type_name, text(&definition, "name")),
                &fields,
                &sent_ids,
                before,
            );
            definition.insert("id".to_owned(), id.into());
        }
        let id = text(&definition, "id");
        match fields.iter().position(|field| text(field, "id") == id) {
            Some(same) => {
                if let Some(field) = fields.get_mut(same) {
                    *field = definition;
                }
            }
            None => fields.push(definition),
        }
    }
    Ok(fields)
}

/// The id of the stored field with this name and type, unless the stored one was sent under
/// another name, or else one derived from both.
fn new_id(
    (type_name, name): (&str, &str),
    fields: &[Map<String, Json>],
    sent_ids: &[String],
    before: Option<&Collection>,
) -> String {
    let stored = before.and_then(|before| before.field(name));
    let is_same =
        |stored: &&Field| stored.kind.type_name() == type_name && !sent_ids.contains(&stored.id);
    if let Some(stored) = stored.filter(is_same) {
        return stored.id.clone();
    }
    let derived = derived_id(type_name, name);
    let is_taken = |id: &str| {
        fields
            .iter()
            .any(|field| text(field, "id") == id && text(field, "name") != name)
            || before.is_some_and(|before| before.field_by_id(id).is_some())
    };
    if !is_taken(&derived) {
        return derived;
    }
    let mut with_suffix = (2_u32..).map(|suffix| format!("{derived}{suffix}"));
    with_suffix.find(|id| !is_taken(id)).unwrap_or(derived)
}

/// Keys as the contract spells them, whatever their case, without those that are `null`.
fn known_keys(mut definition: Map<String, Json>) -> Map<String, Json> {
    definition.retain(|_, value| !value.is_null());
    for key in ["id", "name", "type", "system", "hidden", "required"] {
        if !definition.contains_key(key)
            && let Some(value) = find_key(&definition, key).cloned()
        {
            definition.insert(key.to_owned(), value);
        }
    }
    definition
}

fn text<'a>(definition: &'a Map<String, Json>, key: &str) -> &'a str {
    definition
        .get(key)
        .and_then(Json::as_str)
        .unwrap_or_default()
}
