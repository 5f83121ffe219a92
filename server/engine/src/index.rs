//! The entries that a record owns beside itself: its place in insertion order, its id in lower
//! case, its values in the collection's indexes, and the records its relations name.
//!
//! - An entry is a function of the definition and the record alone: whoever has both can remake it.
//! - Entries are hints: a reader re-checks the record. Unique entries are also the guard of
//!   uniqueness.
//! - A unique index ignores records with a NULL among its values, as SQL does.
//! - An id without upper-case letters is its own lower case and has no entry for it. Whether there
//!   is one follows from the id alone, so no change of a definition makes or removes any.

use std::collections::BTreeMap;

use luge_model::collection::Collection;
use luge_model::id::FieldNumber;
use luge_model::index::{IndexColumn, IndexDefinition};
use luge_model::record::{Row, write_value_json};
use luge_model::value::{Value, ValueRef};

use crate::commit::Proposal;
use crate::store::key::{self, Column, Component};
use crate::store::{Guard, Key};

/// One key that a record owns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What the key points to: the record's id, or nothing where the key ends in it.
    pub value: Vec<u8>,
    /// For an entry of a unique index: the position of the index in the definition.
    pub unique: Option<usize>,
}

/// All entries of a record, by key.
#[must_use]
pub fn entries(collection: &Collection, id: &str, row: &dyn Row) -> BTreeMap<Key, Entry> {
    let mut entries = BTreeMap::new();
    let by_order = key::rowid(collection.number, row.rowid());
    entries.insert(
        by_order,
        Entry {
            value: id.as_bytes().to_vec(),
            unique: None,
        },
    );
    if id.bytes().any(|letter| letter.is_ascii_uppercase()) {
        entries.insert(
            key::folded_id(collection.number, id),
            Entry {
                value: id.as_bytes().to_vec(),
                unique: None,
            },
        );
    }
    for (position, definition) in collection.indexes.iter().enumerate() {
        if let Some((key, entry)) = index_entry(collection, (position, definition), id, row) {
            entries.insert(key, entry);
        }
    }
    for field in collection
        .fields
        .iter()
        .filter(|field| field.kind.as_relation().is_some())
    {
        for target in targets(field.number, row) {
            let key = key::reference(collection.number, field.number, target, id);
            entries.insert(
                key,
                Entry {
                    value: Vec::new(),
                    unique: None,
                },
            );
        }
    }
    entries
}

/// The entry of one index, or `None` where the index leaves the record out.
#[must_use]
pub fn index_entry(
    collection: &Collection,
    (position, definition): (usize, &IndexDefinition),
    id: &str,
    row: &dyn Row,
) -> Option<(Key, Entry)> {
    if !definition.covers(row) {
        return None;
    }
    let texts = texts(definition, row);
    let columns: Vec<_> = definition
        .columns
        .iter()
        .zip(&texts)
        .map(|(column, text)| Column {
            value: column_component(collection, column, row, text.as_deref()),
            descending: column.descending,
        })
        .collect();
    let has_null = columns.iter().any(|column| column.value == Component::Null);
    if definition.unique && !has_null {
        let values: Vec<_> = columns.iter().map(|column| column.value).collect();
        let key = key::unique_entry(collection.number, definition.number, &values);
        return Some((
            key,
            Entry {
                value: id.as_bytes().to_vec(),
                unique: Some(position),
            },
        ));
    }
    let owner = (row.rowid(), id);
    let key = key::index_entry(collection.number, definition.number, &columns, owner);
    Some((
        key,
        Entry {
            value: Vec::new(),
            unique: None,
        },
    ))
}

/// Plans the entries of a record that goes from `before` to `after`, either of which may be
/// missing.
///
/// Unique entries that are new are guarded; the result names, for each guard that was added here,
/// its position in the proposal and the position of the index.
pub fn plan(
    proposal: &mut Proposal,
    mut before: BTreeMap<Key, Entry>,
    after: BTreeMap<Key, Entry>,
) -> Vec<(usize, usize)> {
    let mut guarded = Vec::new();
    for (key, entry) in after {
        if before
            .remove(&key)
            .is_some_and(|old| old.value == entry.value)
        {
            continue;
        }
        if let Some(position) = entry.unique {
            guarded.push((proposal.guards.len(), position));
            proposal.guards.push(Guard::Absent(key.clone()));
        }
        proposal.puts.push((key, entry.value));
    }
    proposal.deletes.extend(before.into_keys());
    guarded
}

/// The ids that a relation field of a record names.
pub fn targets(field: FieldNumber, row: &dyn Row) -> Vec<&str> {
    match row.value(field) {
        Some(ValueRef::Text(id)) if !id.is_empty() => vec![id],
        Some(ValueRef::List(list)) => list.iter().collect(),
        _ => Vec::new(),
    }
}

/// The texts that have to be made for the columns of an index, where a record's own bytes will not
/// do: lists and points as JSON, and texts folded for columns that ignore case.
fn texts(definition: &IndexDefinition, row: &dyn Row) -> Vec<Option<String>> {
    let made = |column: &IndexColumn| {
        let value = row.value(column.field)?;
        let text = match value {
            ValueRef::List(_) | ValueRef::GeoPoint(_) => {
                let mut json = Vec::new();
                write_value_json(value, &mut json);
                String::from_utf8_lossy(&json).into_owned()
            }
            ValueRef::Text(text) | ValueRef::Json(text) if column.no_case => text.to_owned(),
            _ => return None,
        };
        Some(if column.no_case {
            text.to_ascii_lowercase()
        } else {
            text
        })
    };
    definition.columns.iter().map(made).collect()
}

/// A column's value as an index orders it: by SQLite's storage classes.
fn column_component<'a>(
    collection: &Collection,
    column: &IndexColumn,
    row: &'a dyn Row,
    made: Option<&'a str>,
) -> Component<'a> {
    match (row.value(column.field), made) {
        (None, _) => zero_component(collection, column),
        (Some(ValueRef::Json("null")), _) => Component::Null,
        (Some(_), Some(text)) => Component::Text(text),
        (Some(ValueRef::Bool(value)), None) => Component::Number(f64::from(u8::from(value))),
        (Some(ValueRef::Number(value)), None) => Component::Number(value),
        (Some(ValueRef::Text(text) | ValueRef::Json(text)), None) => Component::Text(text),
        (Some(ValueRef::List(_) | ValueRef::GeoPoint(_)), None) => Component::Null,
    }
}

/// What a record without the value counts as: the zero value of the field's type.
fn zero_component<'a>(collection: &Collection, column: &IndexColumn) -> Component<'a> {
    let zero = collection
        .field_by_number(column.field)
        .map(|field| field.kind.zero());
    match zero {
        None | Some(Value::Json(_)) => Component::Null,
        Some(Value::Bool(_) | Value::Number(_)) => Component::Number(0.0),
        Some(Value::Text(_)) => Component::Text(""),
        Some(Value::List(_)) => Component::Text("[]"),
        Some(Value::GeoPoint(_)) => Component::Text(r#"{"lon":0,"lat":0}"#),
    }
}
