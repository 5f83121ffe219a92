//! Chooses where the candidates of a list come from.
//!
//! - A bound is a comparison that every match satisfies (a top-level conjunct of the rule or the
//!   filter), so an index range made from bounds holds every match, and usually little else.
//! - An index is in the order of a list only as far as its entries compare what the sort compares:
//!   not where it ignores case, and not for json.

use std::ops::Bound as Edge;

use luge_model::collection::Collection;
use luge_model::filter::{Bound, Operator, Prepared, Scalar};
use luge_model::id::{FieldNumber, ID_FIELD};
use luge_model::index::{IndexColumn, IndexDefinition};
use luge_model::limits::TEXT_KEY_BYTES_MAX;
use luge_model::sort::{Operand, Sort};
use luge_model::value::Value;

use super::Run;
use super::cursor::Position;
use super::explain::{Source, SourceKind, bound_text};
use crate::store::key::{self, Column, Component, Entries, Reach};
use crate::store::{Direction, Key, KeyRange};

/// Where candidates come from.
#[derive(Debug)]
pub(super) enum Plan<'a> {
    /// No record matches.
    Nothing,
    /// The record with this id, if there is one.
    One(String),
    /// The record that this unique entry names, if there is one.
    Unique(&'a IndexDefinition, Key),
    /// An index that has them in the order of the list.
    InOrder(IndexPlan<'a>, Walk),
    /// To be looked for: from the selective end of the filter, else everywhere.
    Search,
}

/// A range of an index.
#[derive(Clone, Debug)]
pub(super) struct IndexPlan<'a> {
    pub(super) definition: &'a IndexDefinition,
    pub(super) range: KeyRange,
    /// How many of the first columns have one value.
    equals: usize,
    /// Whether the column behind them is bounded.
    reaches: bool,
}

/// How to go through an index range in the order of a list.
#[derive(Clone, Debug)]
pub(super) struct Walk {
    /// Through the values.
    pub(super) direction: Direction,
    /// Through the records that have the same values.
    pub(super) ties: Direction,
    /// For each column behind those with one value, the sort key that orders by it.
    keys: Vec<usize>,
}

/// The best plan; `stops_early` says that the first records in order are enough.
pub(super) fn choose<'a>(run: &Run<'a>, stops_early: bool) -> Plan<'a> {
    if run.filter.as_ref().and_then(Prepared::constant) == Some(false) {
        return Plan::Nothing;
    }
    let bounds = &run.bounds;
    let collection = &*run.compiled.collection;
    if let Some(id) = equal_text(bounds, ID_FIELD) {
        return Plan::One(id.to_owned());
    }
    if let Some((definition, key)) = unique_by(collection, bounds) {
        return Plan::Unique(definition, key);
    }
    let in_order = stops_early.then(|| in_order(collection, bounds, run.sort.sort()));
    match in_order.flatten() {
        Some((plan, walk)) => Plan::InOrder(plan, walk),
        None => Plan::Search,
    }
}

/// The unique entry of the one record that bounds leave, if they name all columns of one.
pub(super) fn unique_by<'a>(
    collection: &'a Collection,
    bounds: &[Bound],
) -> Option<(&'a IndexDefinition, Key)> {
    usable(collection, bounds)
        .filter(|index| index.unique)
        .find_map(|definition| Some((definition, unique(collection, definition, bounds)?)))
}

/// The index ranges that bounds leave, the best first.
pub(super) fn narrowing<'a>(collection: &'a Collection, bounds: &[Bound]) -> Vec<IndexPlan<'a>> {
    let mut plans: Vec<_> = usable(collection, bounds)
        .filter(|definition| has_all_entries(collection, definition))
        .map(|definition| index(collection, definition, bounds))
        .filter(IndexPlan::narrows)
        .collect();
    plans.sort_by_key(|plan| std::cmp::Reverse(plan.score()));
    plans
}

impl IndexPlan<'_> {
    /// Whether it leaves records out.
    pub(super) fn narrows(&self) -> bool {
        self.equals > 0 || self.reaches
    }

    /// What is told of it.
    pub(super) fn source(&self, collection: &Collection, bounds: &[Bound]) -> Source {
        let bounds = self.bounds(bounds);
        Source {
            index: Some(self.definition.name.clone()),
            bounds: bounds.map(|bound| bound_text(collection, bound)).collect(),
            ..Source::of(SourceKind::IndexRange)
        }
    }

    /// The bounds that made the range.
    pub(super) fn bounds<'b>(&self, bounds: &'b [Bound]) -> impl Iterator<Item = &'b Bound> {
        let used = self.equals + usize::from(self.reaches);
        let columns = self.definition.columns.iter().take(used);
        let fields: Vec<_> = columns.map(|column| column.field).collect();
        let equals = self.equals;
        bounds.iter().filter(move |bound| {
            let place = fields.iter().position(|field| *field == bound.field);
            match place {
                Some(place) if place < equals => bound.operator == Operator::Equal,
                Some(_) => true,
                None => false,
            }
        })
    }

    /// Where a list goes on behind a place: the key that all entries begin with that have the
    /// values of the place. `None` where a value is cut in keys, so that they do not tell.
    pub(super) fn group(
        &self,
        collection: &Collection,
        (bounds, walk): (&[Bound], &Walk),
        position: &Position,
    ) -> Option<Key> {
        let folded = folded(bounds);
        let mut values = Vec::new();
        for (place, column) in self.definition.columns.iter().enumerate() {
            let value = match place.checked_sub(self.equals) {
                None => equal(bounds, &folded, column)?,
                Some(behind) => component(position.values.get(*walk.keys.get(behind)?)?)?,
            };
            values.push(Column {
                value,
                descending: descends(self.definition, column),
            });
        }
        Some(entries(collection, self.definition, &values).group())
    }

    /// More columns with one value are better than a bounded one.
    fn score(&self) -> usize {
        2 * self.equals + usize::from(self.reaches)
    }
}

/// The indexes that have every record which the bounds leave.
fn usable<'a>(
    collection: &'a Collection,
    bounds: &[Bound],
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

/// Whether all entries of an index stand in one keyspace: a unique one keeps records with NULL, of
/// which only json has any, apart.
fn has_all_entries(collection: &Collection, definition: &IndexDefinition) -> bool {
    let is_json = |column: &IndexColumn| is_json(collection, column.field);
    !definition.unique || !definition.columns.iter().any(is_json)
}

fn is_json(collection: &Collection, field: FieldNumber) -> bool {
    let field = collection.field_by_number(field);
    field.is_none_or(|field| matches!(field.kind.zero(), Value::Json(_)))
}

/// The entry of a unique index when all its columns are bound to values.
fn unique(collection: &Collection, definition: &IndexDefinition, bounds: &[Bound]) -> Option<Key> {
    let mut values = Vec::new();
    for column in &definition.columns {
        if column.no_case {
            return None;
        }
        values.push(Column {
            value: equal(bounds, &[], column)?,
            descending: false,
        });
    }
    let values: Vec<_> = values.iter().map(|column| column.value).collect();
    Some(key::unique_entry(
        collection.number,
        definition.number,
        &values,
    ))
}

/// The range of an index that the bounds leave.
fn index<'a>(
    collection: &Collection,
    definition: &'a IndexDefinition,
    bounds: &[Bound],
) -> IndexPlan<'a> {
    let folded = folded(bounds);
    let equals: Vec<_> = definition
        .columns
        .iter()
        .map_while(|column| {
            Some(Column {
                value: equal(bounds, &folded, column)?,
                descending: descends(definition, column),
            })
        })
        .collect();
    let entries = entries(collection, definition, &equals);
    let next = definition.columns.get(equals.len());
    let range = next.and_then(|column| {
        let descending = descends(definition, column);
        if column.no_case {
            let beginning = beginning(bounds, column.field)?;
            return Some(entries.text_prefix_range(beginning, descending));
        }
        let reach = reach(bounds, column.field, descending)?;
        Some(entries.reach_range(&reach))
    });
    IndexPlan {
        definition,
        equals: equals.len(),
        reaches: range.is_some(),
        range: range.unwrap_or_else(|| entries.range()),
    }
}

/// Unique entries are ascending in every column.
fn descends(definition: &IndexDefinition, column: &IndexColumn) -> bool {
    column.descending && !definition.unique
}

fn entries<'a>(
    collection: &Collection,
    definition: &IndexDefinition,
    equal: &'a [Column<'a>],
) -> Entries<'a> {
    Entries {
        unique: definition.unique,
        collection: collection.number,
        index: definition.number,
        equal,
    }
}

/// The best index that has the records in the order of `sort`.
fn in_order<'a>(
    collection: &'a Collection,
    bounds: &[Bound],
    sort: &Sort,
) -> Option<(IndexPlan<'a>, Walk)> {
    let mut best: Option<(IndexPlan<'a>, Walk)> = None;
    for definition in usable(collection, bounds) {
        if !has_all_entries(collection, definition) {
            continue;
        }
        let plan = index(collection, definition, bounds);
        let is_better = best
            .as_ref()
            .is_none_or(|(other, _)| plan.score() > other.score());
        if let Some(walk) = walk(collection, &plan, bounds, sort).filter(|_| is_better) {
            best = Some((plan, walk));
        }
    }
    best
}

/// How to go through an index range in the order of `sort`, if it has that order.
fn walk(
    collection: &Collection,
    plan: &IndexPlan<'_>,
    bounds: &[Bound],
    sort: &Sort,
) -> Option<Walk> {
    let definition = plan.definition;
    let mut direction = None;
    let mut keys = Vec::new();
    let mut columns = definition.columns.iter().skip(plan.equals).peekable();
    for (place, sort_key) in sort.keys().iter().enumerate() {
        // No two records have the same values; what follows decides nothing.
        if definition.unique && columns.peek().is_none() {
            break;
        }
        let field = match sort_key.operand {
            Operand::Field(field) => field,
            Operand::Rowid => break,
            Operand::Derived | Operand::Random => return None,
        };
        if has_one_value(bounds, field) {
            continue;
        }
        let column = columns.next()?;
        if column.field != field || column.no_case || is_json(collection, field) {
            return None;
        }
        let needed = match descends(definition, column) == sort_key.descending {
            true => Direction::Forward,
            false => Direction::Backward,
        };
        if *direction.get_or_insert(needed) != needed {
            return None;
        }
        keys.push(place);
    }
    let ties = match sort.ends_descending() {
        true => Direction::Backward,
        false => Direction::Forward,
    };
    columns.next().is_none().then_some(Walk {
        direction: direction.unwrap_or(ties),
        ties,
        keys,
    })
}

fn has_one_value(bounds: &[Bound], field: FieldNumber) -> bool {
    bounds
        .iter()
        .any(|bound| bound.field == field && bound.operator == Operator::Equal)
}

fn equal_text(bounds: &[Bound], field: FieldNumber) -> Option<&str> {
    bounds
        .iter()
        .find(|bound| bound.field == field && bound.operator == Operator::Equal)
        .and_then(|bound| bound.value.as_text())
}

/// The texts that fields are equal to, as an index has them that ignores case.
fn folded(bounds: &[Bound]) -> Vec<(FieldNumber, String)> {
    let equal = bounds
        .iter()
        .filter(|bound| bound.operator == Operator::Equal);
    equal
        .filter_map(|bound| Some((bound.field, bound.value.as_text()?.to_ascii_lowercase())))
        .collect()
}

/// The one value that a column has in the entries of all matches.
fn equal<'b>(
    bounds: &'b [Bound],
    folded: &'b [(FieldNumber, String)],
    column: &IndexColumn,
) -> Option<Component<'b>> {
    let text = folded.iter().find(|(field, _)| *field == column.field);
    if let (true, Some((_, text))) = (column.no_case, text) {
        return Some(Component::Text(text));
    }
    bounds
        .iter()
        .filter(|bound| bound.field == column.field && bound.operator == Operator::Equal)
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

/// What a sort compared, as an index orders it; `None` for a text that keys do not hold whole.
fn component<'v>(value: &'v Scalar<'_>) -> Option<Component<'v>> {
    match value {
        Scalar::Null => Some(Component::Null),
        #[expect(clippy::cast_precision_loss, reason = "it was a number of a field")]
        Scalar::Integer(number) => Some(Component::Number(*number as f64)),
        Scalar::Real(number) => Some(Component::Number(*number)),
        Scalar::Text(text) if text.len() > TEXT_KEY_BYTES_MAX => None,
        Scalar::Text(text) => Some(Component::Text(text)),
    }
}
