//! Chooses where the candidates of a list come from.
//!
//! A bound is a comparison that every match satisfies (a top-level conjunct of the rule or the
//! filter), so an index range made from bounds holds every match, and usually little else.

use std::ops::Bound as Edge;

use luge_model::collection::Collection;
use luge_model::filter::{Bound, Operator, Prepared};
use luge_model::id::{FieldNumber, ID_FIELD};
use luge_model::index::IndexDefinition;
use luge_model::sort::{Operand, Sort};
use luge_model::value::Value;

use super::Run;
use crate::store::key::{self, Column, Component, Reach};
use crate::store::{Direction, Key, KeyRange};

/// Where candidates come from.
#[derive(Debug)]
pub(super) enum Plan {
    /// No record matches.
    Nothing,
    /// The record with this id, if there is one.
    One(String),
    /// The record that this unique entry names, if there is one.
    Unique(Key),
    /// The records of an index range.
    Index(IndexPlan),
    /// All records, in insertion order.
    All,
}

/// A range of an index.
#[derive(Debug)]
pub(super) struct IndexPlan {
    pub(super) range: KeyRange,
    pub(super) direction: Direction,
    /// Whether the entries are in the order of the list.
    pub(super) in_order: bool,
}

/// The best plan; `stops_early` says that the first records in order are enough.
pub(super) fn choose(run: &Run<'_>, stops_early: bool) -> Plan {
    if run.filter.as_ref().and_then(Prepared::constant) == Some(false) {
        return Plan::Nothing;
    }
    let bounds = run
        .filter
        .as_ref()
        .map(Prepared::bounds)
        .unwrap_or_default();
    let collection = &run.compiled.collection;
    if let Some(id) = equal_text(&bounds, ID_FIELD) {
        return Plan::One(id.to_owned());
    }
    if let Some(key) = unique_by(collection, &bounds) {
        return Plan::Unique(key);
    }
    let mut best: Option<(u32, IndexPlan)> = None;
    for definition in usable(collection, &bounds).filter(|index| !index.unique) {
        if let Some((score, plan)) = index(
            collection,
            definition,
            &bounds,
            run.sort.sort(),
            stops_early,
        ) && best.as_ref().is_none_or(|(other, _)| score > *other)
        {
            best = Some((score, plan));
        }
    }
    best.map_or(Plan::All, |(_, plan)| Plan::Index(plan))
}

/// The unique entry of the one record that bounds leave, if they name all columns of one.
pub(super) fn unique_by(collection: &Collection, bounds: &[Bound]) -> Option<Key> {
    usable(collection, bounds)
        .filter(|index| index.unique)
        .find_map(|definition| unique(collection, definition, bounds))
}

/// The indexes that have every record which the bounds leave.
fn usable<'a>(
    collection: &'a Collection,
    bounds: &'a [Bound],
) -> impl Iterator<Item = &'a IndexDefinition> {
    collection.ready_indexes().filter(|index| {
        index.condition.as_ref().is_none_or(|condition| {
            bounds.iter().any(|bound| {
                bound.operator == Operator::Equal
                    && condition.is_implied_by(bound.field, bound.value.as_ref())
            })
        })
    })
}

/// The entry of a unique index when all its columns are bound to values.
fn unique(collection: &Collection, definition: &IndexDefinition, bounds: &[Bound]) -> Option<Key> {
    let mut values = Vec::new();
    for column in &definition.columns {
        if column.no_case {
            return None;
        }
        values.push(equal(bounds, column.field)?);
    }
    Some(key::unique_entry(
        collection.number,
        definition.number,
        &values,
    ))
}

/// The range of an index that the bounds leave, and how good it is; `None` where it is of no use.
fn index(
    collection: &Collection,
    definition: &IndexDefinition,
    bounds: &[Bound],
    sort: &Sort,
    stops_early: bool,
) -> Option<(u32, IndexPlan)> {
    let mut equals = Vec::new();
    let mut columns = definition.columns.iter();
    let mut next = columns.next();
    while let Some(column) = next.filter(|column| !column.no_case) {
        let Some(value) = equal(bounds, column.field) else {
            break;
        };
        equals.push(Column {
            value,
            descending: column.descending,
        });
        next = columns.next();
    }
    let reach = next
        .filter(|column| !column.no_case)
        .and_then(|column| reach(bounds, column.field, column.descending));
    let beginning = next
        .filter(|column| column.no_case)
        .and_then(|column| Some((column, beginning(bounds, column.field)?)));
    let direction = order(definition, equals.len(), bounds, sort);
    let in_order = direction.is_some() && stops_early;
    let narrows = !equals.is_empty() || reach.is_some() || beginning.is_some();
    if !narrows && !in_order {
        return None;
    }
    let index = (collection.number, definition.number);
    let range = match (&reach, beginning) {
        (Some(reach), _) => key::index_reach_range(index.0, index.1, &equals, reach),
        (None, Some((column, text))) => {
            key::index_text_prefix_range(index.0, index.1, &equals, text, column.descending)
        }
        (None, None) => key::index_prefix_range(index.0, index.1, &equals),
    };
    let score = 4 * u32::try_from(equals.len()).unwrap_or(u32::MAX / 8)
        + 2 * u32::from(reach.is_some() || beginning.is_some())
        + 3 * u32::from(in_order);
    let direction = direction.unwrap_or(Direction::Forward);
    Some((
        score,
        IndexPlan {
            range,
            direction,
            in_order,
        },
    ))
}

/// The direction in which the index, behind its `bound` first columns, is in the order of `sort`.
fn order(
    definition: &IndexDefinition,
    bound: usize,
    bounds: &[Bound],
    sort: &Sort,
) -> Option<Direction> {
    let mut direction = None;
    let mut columns = definition.columns.iter().skip(bound);
    for sort_key in sort.keys() {
        let Operand::Field(field) = &sort_key.operand else {
            return None;
        };
        let fixed = definition
            .columns
            .iter()
            .take(bound)
            .any(|column| column.field == *field);
        if fixed && bounds.iter().any(|bound| bound.field == *field) {
            continue;
        }
        let column = columns.next()?;
        if column.field != *field || column.no_case {
            return None;
        }
        let needed = if column.descending == sort_key.descending {
            Direction::Forward
        } else {
            Direction::Backward
        };
        if *direction.get_or_insert(needed) != needed {
            return None;
        }
    }
    let direction = direction?;
    // Equal keys stand in insertion order, which the last sort key reverses or not (see `collect`).
    let ends_backward = direction == Direction::Backward;
    (columns.next().is_none() && ends_backward == sort.ends_descending()).then_some(direction)
}

fn equal_text(bounds: &[Bound], field: FieldNumber) -> Option<&str> {
    bounds
        .iter()
        .find(|bound| bound.field == field && bound.operator == Operator::Equal)
        .and_then(|bound| bound.value.as_text())
}

fn equal(bounds: &[Bound], field: FieldNumber) -> Option<Component<'_>> {
    bounds
        .iter()
        .filter(|bound| bound.field == field && bound.operator == Operator::Equal)
        .find_map(comparable)
}

/// How the texts of a column begin, folded as in an index that ignores case.
fn beginning(bounds: &[Bound], field: FieldNumber) -> Option<&str> {
    bounds
        .iter()
        .find(|bound| bound.field == field && bound.operator == Operator::Like)
        .and_then(|bound| bound.value.as_text())
}

fn reach(bounds: &[Bound], field: FieldNumber, descending: bool) -> Option<Reach<'_>> {
    let mut reach = Reach {
        lower: Edge::Unbounded,
        upper: Edge::Unbounded,
        descending,
    };
    for bound in bounds.iter().filter(|bound| bound.field == field) {
        let Some(value) = comparable(bound) else {
            continue;
        };
        match bound.operator {
            Operator::Greater => reach.lower = Edge::Excluded(value),
            Operator::GreaterOrEqual => reach.lower = Edge::Included(value),
            Operator::Less => reach.upper = Edge::Excluded(value),
            Operator::LessOrEqual => reach.upper = Edge::Included(value),
            _ => {}
        }
    }
    let unbounded = matches!(
        (reach.lower, reach.upper),
        (Edge::Unbounded, Edge::Unbounded)
    );
    (!unbounded).then_some(reach)
}

/// The constant of a bound as an index orders it.
fn comparable(bound: &Bound) -> Option<Component<'_>> {
    match &bound.value {
        Value::Number(number) => Some(Component::Number(*number)),
        Value::Bool(value) => Some(Component::Number(f64::from(u8::from(*value)))),
        Value::Text(text) => Some(Component::Text(text)),
        Value::List(_) | Value::GeoPoint(_) | Value::Json(_) => None,
    }
}
