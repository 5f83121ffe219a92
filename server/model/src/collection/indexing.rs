//! The indexes of a submitted definition: parsed, moved to the collection's table, matched with the
//! stored ones, and completed by those that an auth collection must have.

use super::{Collection, CollectionKind};
use crate::index::{
    Comparison, IndexCondition, IndexDefinition, IndexError, IndexStatement, Literal,
};
use crate::invalid::{Violation, Violations};
use crate::limits::INDEXES_MAX;

/// The indexes that could be read.
pub(super) fn indexes(
    sent: Vec<String>,
    collection: &Collection,
    before: Option<&Collection>,
    violations: &mut Violations,
) -> Vec<IndexDefinition> {
    if collection.is_view() {
        if !sent.is_empty() {
            let message = "View collections don't support indexes.";
            violations.add(
                "indexes",
                Violation::new("validation_indexes_not_supported", message),
            );
        }
        return Vec::new();
    }
    if sent.len() > INDEXES_MAX {
        let message = format!("A collection has at most {INDEXES_MAX} indexes.");
        violations.add(
            "indexes",
            Violation::new("validation_length_too_long", message),
        );
        return Vec::new();
    }
    let sent = with_required(sent, collection);
    let mut below = Violations::new();
    let mut statements: Vec<IndexStatement> = Vec::new();
    let mut indexes = Vec::new();
    for (position, text) in sent.iter().enumerate() {
        match read(text, collection, &statements) {
            Ok((statement, index)) => {
                statements.push(statement);
                indexes.push(index);
            }
            Err(violation) => below.add(&position.to_string(), violation),
        }
    }
    violations.nest("indexes", below);
    let stored = before
        .map(|before| before.indexes.as_slice())
        .unwrap_or_default();
    keep_numbers(&mut indexes, stored);
    indexes
}

fn read(
    text: &str,
    collection: &Collection,
    earlier: &[IndexStatement],
) -> Result<(IndexStatement, IndexDefinition), Violation> {
    let statement = IndexStatement::parse(text)
        .map_err(|error| invalid(None, &error))?
        .on_table(&collection.name);
    if earlier
        .iter()
        .any(|other| other.name.eq_ignore_ascii_case(&statement.name))
    {
        let message = "The index name already exists.";
        return Err(Violation::new("validation_duplicated_index_name", message));
    }
    if earlier
        .iter()
        .any(|other| other.same_definition(&statement))
    {
        let message = "The index definition already exists.";
        return Err(Violation::new(
            "validation_duplicated_index_definition",
            message,
        ));
    }
    let index = IndexDefinition::resolve(&statement, &collection.fields)
        .map_err(|error| invalid(Some(&statement.name), &error))?;
    Ok((statement, index))
}

fn invalid(name: Option<&str>, error: &IndexError) -> Violation {
    let message = match name {
        Some(name) => format!("Failed to create index {name} - {error}."),
        None => format!("Invalid CREATE INDEX expression. Raw error: {error}."),
    };
    Violation::new("validation_invalid_index_expression", message)
}

/// An index with the same entries as a stored one keeps its number; the name decides between two.
fn keep_numbers(indexes: &mut [IndexDefinition], stored: &[IndexDefinition]) {
    let mut left: Vec<_> = stored.iter().filter(|index| index.is_ready()).collect();
    for by_name in [true, false] {
        for index in indexes.iter_mut().filter(|index| index.number.0 == 0) {
            let matches = |old: &&IndexDefinition| {
                old.same_entries(index) && (!by_name || old.name == index.name)
            };
            if let Some(position) = left.iter().position(matches) {
                index.number = left.swap_remove(position).number;
            }
        }
    }
}

/// Adds the unique indexes of an auth collection where none was sent for the field.
fn with_required(mut sent: Vec<String>, collection: &Collection) -> Vec<String> {
    if !matches!(collection.kind, CollectionKind::Auth(_)) {
        return sent;
    }
    let parsed: Vec<_> = sent
        .iter()
        .filter_map(|text| IndexStatement::parse(text).ok())
        .collect();
    for (field, condition) in [("tokenKey", ""), ("email", " WHERE `email` != ''")] {
        let is_for_field = |statement: &IndexStatement| {
            statement.unique
                && matches!(statement.columns.as_slice(),
                [only] if only.name.eq_ignore_ascii_case(field))
        };
        if !parsed.iter().any(is_for_field) {
            let (id, table) = (&collection.id, &collection.name);
            sent.push(format!(
                "CREATE UNIQUE INDEX `idx_{field}_{id}` ON `{table}` (`{field}`){condition}"
            ));
        }
    }
    sent
}

/// Checks that the unique indexes of an auth collection leave out empty values at most.
pub(super) fn check_required(collection: &Collection, violations: &mut Violations) {
    for name in ["tokenKey", "email"] {
        let Some(field) = collection.field(name) else {
            continue;
        };
        let covers_values = |index: &&IndexDefinition| {
            index.unique
                && index.single_field() == Some(field.number)
                && index.condition.as_ref().is_none_or(leaves_out_empty_only)
        };
        if !collection.indexes.iter().any(|index| covers_values(&index)) {
            let message =
                format!("Unique index definition on system fields ({name}) is invalid or missing.");
            let violation = Violation::new("validation_invalid_unique_system_field_index", message);
            violations.add("indexes", violation.with("fieldName", name));
        }
    }
}

fn leaves_out_empty_only(condition: &IndexCondition) -> bool {
    matches!(condition, IndexCondition::Compare { comparison: Comparison::NotEqual, literal, .. }
        if *literal == Literal::Text(String::new()))
}
