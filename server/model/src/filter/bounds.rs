//! What a planner can make use of: the comparisons of a field with a constant that every accepted
//! record satisfies, or that one of the records does which it is joined with.

use super::compare::{Comparing, Equality, Side};
use super::expr::Operator;
use super::join::{Joins, Step, Whose};
use super::prepare::Prepared;
use super::quantify::PreparedNode;
use super::scalar::Scalar;
use super::source::Source;
use super::term::{Column, Storage};
use crate::id::{CollectionNumber, FieldNumber};
use crate::value::Value;

/// `field operator value`. It holds for every record that the filter accepts, and perhaps for
/// others: the filter must still be asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// Left of the operator.
    pub field: FieldNumber,
    /// `Equal`, `Greater`, `GreaterOrEqual`, `Less` or `LessOrEqual`; `Like` for a text that begins
    /// with the value, ASCII letters of either case.
    pub operator: Operator,
    /// A text for a text field, a number for a number field, a bool for a bool field.
    pub value: Value,
}

/// A text that is somewhere in a text field of every accepted record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contained {
    /// The field.
    pub field: FieldNumber,
    /// ASCII letters, in lower case here and of either case there, and digits.
    pub run: String,
}

/// What every accepted record satisfies.
#[derive(Clone, Debug, PartialEq)]
pub enum Hint {
    /// All of these.
    All(Vec<Hint>),
    /// One of these.
    Any(Vec<Hint>),
    /// A bound, after the steps from the record to the one it speaks of.
    Bound {
        /// From the record on; none where the bound is of the record itself.
        path: Vec<Hop>,
        /// What holds there.
        bound: Bound,
    },
    /// Nothing that helps.
    Nothing,
}

/// One step to other records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hop {
    /// To the records of a collection that a relation field names.
    Named {
        /// The field of the record that the step starts from.
        field: FieldNumber,
        /// Of the records it leads to.
        collection: CollectionNumber,
    },
    /// To the records of a collection whose relation field names the record.
    Referring {
        /// The field of the records that the step leads to.
        field: FieldNumber,
        /// Of the records it leads to.
        collection: CollectionNumber,
    },
}

impl Hop {
    /// Of the records it leads to.
    #[must_use]
    pub fn collection(&self) -> CollectionNumber {
        match self {
            Self::Named { collection, .. } | Self::Referring { collection, .. } => *collection,
        }
    }
}

impl Prepared<'_> {
    /// What every accepted record satisfies.
    #[must_use]
    pub fn hint(&self) -> Hint {
        hint(&self.root, self.joins.joins)
    }

    /// The bounds of the filter, in the order written.
    #[must_use]
    pub fn bounds(&self) -> Vec<Bound> {
        let mut bounds = Vec::new();
        collect(&self.root, &mut bounds);
        bounds
    }
}

impl Prepared<'_> {
    /// What fields contain by the filter, in the order written.
    #[must_use]
    pub fn contained(&self) -> Vec<Contained> {
        let mut found = Vec::new();
        collect_contained(&self.root, &mut found);
        found
    }
}

fn collect_contained(node: &PreparedNode<'_>, found: &mut Vec<Contained>) {
    match node {
        PreparedNode::And(parts) => {
            let parts = parts.iter();
            parts.for_each(|part| collect_contained(part, found));
        }
        PreparedNode::Test(test) => found.extend(contained(&test.comparing)),
        PreparedNode::Known(_)
        | PreparedNode::Or(_)
        | PreparedNode::Some { .. }
        | PreparedNode::SomeOf { .. } => {}
    }
}

fn contained(comparing: &Comparing<'_>) -> Option<Contained> {
    let Source::Column(column) = &comparing.left.source else {
        return None;
    };
    let is_own = column.whose == Whose::Own && column.is_whole() && !column.is_item();
    let is_text = is_own && column.storage == Storage::Text;
    let run = comparing.run().filter(|_| is_text)?;
    Some(Contained {
        field: column.field,
        run,
    })
}

fn hint(node: &PreparedNode<'_>, joins: &Joins) -> Hint {
    match node {
        PreparedNode::And(parts) => {
            let hints = parts.iter().map(|part| hint(part, joins));
            let useful: Vec<_> = hints.filter(|hint| *hint != Hint::Nothing).collect();
            if useful.is_empty() {
                return Hint::Nothing;
            }
            Hint::All(useful)
        }
        PreparedNode::Or(parts) => {
            let hints: Vec<_> = parts.iter().map(|part| hint(part, joins)).collect();
            if hints.contains(&Hint::Nothing) {
                return Hint::Nothing;
            }
            Hint::Any(hints)
        }
        PreparedNode::Some { body, .. } => hint(body, joins),
        PreparedNode::Test(test) => test_hint(&test.comparing, joins).unwrap_or(Hint::Nothing),
        PreparedNode::Known(_) | PreparedNode::SomeOf { .. } => Hint::Nothing,
    }
}

fn test_hint(comparing: &Comparing<'_>, joins: &Joins) -> Option<Hint> {
    let (column, bound) = bound(comparing)?;
    let mut path = Vec::new();
    for place in joins.chain(column.whose) {
        path.push(match &joins.get(place)?.step {
            Step::Named { field, collection } => Hop::Named {
                field: *field,
                collection: *collection,
            },
            Step::Referring { field, collection } => Hop::Referring {
                field: *field,
                collection: *collection,
            },
            // The record of an item is what the field of the items names.
            Step::Items(_) => continue,
            Step::Item { collection } => Hop::Named {
                field: item_field(joins.get(place)?.from, joins)?,
                collection: *collection,
            },
            _ => return None,
        });
    }
    if column.is_item() {
        return None;
    }
    // A path that leads nowhere compares NULL, which equals the empty text.
    let is_empty = bound.value.as_text() == Some("");
    (path.is_empty() || !is_empty).then_some(Hint::Bound { path, bound })
}

fn item_field(items: Whose, joins: &Joins) -> Option<FieldNumber> {
    let Whose::Joined(place) = items else {
        return None;
    };
    match &joins.get(place)?.step {
        Step::Items(column) => Some(column.field),
        _ => None,
    }
}

fn collect(node: &PreparedNode<'_>, bounds: &mut Vec<Bound>) {
    match node {
        PreparedNode::And(parts) => parts.iter().for_each(|part| collect(part, bounds)),
        PreparedNode::Test(test) => bounds.extend(
            bound(&test.comparing)
                .filter(|(column, _)| column.whose == Whose::Own)
                .map(|(_, bound)| bound),
        ),
        PreparedNode::Known(_)
        | PreparedNode::Or(_)
        | PreparedNode::Some { .. }
        | PreparedNode::SomeOf { .. } => {}
    }
}

fn bound<'f>(comparing: &Comparing<'f>) -> Option<(&'f Column, Bound)> {
    let (left, right) = (&comparing.left, &comparing.right);
    let (column, constant, operator) = match (&left.source, &right.source) {
        (Source::Column(column), Source::One(value)) => (*column, value, comparing.operator),
        (Source::One(value), Source::Column(column)) => {
            (*column, value, comparing.operator.mirrored()?)
        }
        _ => return None,
    };
    if !column.is_whole() || is_strict(left, right) {
        return None;
    }
    if let (Some(beginning), Source::Column(_)) = (comparing.beginning(), &left.source) {
        let value = Value::Text(beginning);
        let field = column.field;
        return (column.storage == Storage::Text).then_some((
            column,
            Bound {
                field,
                operator,
                value,
            },
        ));
    }
    let value = match (operator, column.storage, constant) {
        // NULL equals the empty text.
        (Operator::Equal, Storage::Text, Scalar::Null)
            if comparing.equality() != Equality::Plain =>
        {
            Value::empty_text()
        }
        (_, Storage::Text, Scalar::Text(text)) => Value::Text(text.clone().into_owned()),
        (_, Storage::Number, Scalar::Integer(_) | Scalar::Real(_)) => number(constant)?,
        (Operator::Equal, Storage::Bool, Scalar::Integer(_) | Scalar::Real(_)) => flag(constant)?,
        // A value of another class than the column's is above or below all of its values.
        _ => return None,
    };
    let is_bound = !matches!(
        operator,
        Operator::NotEqual | Operator::Like | Operator::NotLike
    );
    is_bound.then_some((
        column,
        Bound {
            field: column.field,
            operator,
            value,
        },
    ))
}

fn is_strict(left: &Side<'_>, right: &Side<'_>) -> bool {
    left.strict || right.strict
}

/// Only a number that the column can hold exactly: a rounded bound could exclude a record.
fn number(constant: &Scalar<'_>) -> Option<Value> {
    let number = constant.as_number()?;
    let same = Scalar::Real(number).order(constant).is_eq();
    (same && number.is_finite()).then_some(Value::Number(number))
}

fn flag(constant: &Scalar<'_>) -> Option<Value> {
    match constant.as_number() {
        Some(1.0) => Some(Value::Bool(true)),
        Some(0.0) => Some(Value::Bool(false)),
        _ => None,
    }
}
