//! What an index can make use of: the comparisons of a field with a constant that every accepted
//! record satisfies.

use super::compare::{Comparing, Equality, Side};
use super::expr::Operator;
use super::join::Whose;
use super::prepare::Prepared;
use super::quantify::PreparedNode;
use super::scalar::Scalar;
use super::source::Source;
use super::term::Storage;
use crate::id::FieldNumber;
use crate::value::Value;

/// `field operator value`. It holds for every record that the filter accepts, and perhaps for
/// others: the filter must still be asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// Left of the operator.
    pub field: FieldNumber,
    /// `Equal`, `Greater`, `GreaterOrEqual`, `Less` or `LessOrEqual`.
    pub operator: Operator,
    /// A text for a text field, a number for a number field, a bool for a bool field.
    pub value: Value,
}

impl Prepared<'_> {
    /// The bounds of the filter, in the order written.
    #[must_use]
    pub fn bounds(&self) -> Vec<Bound> {
        let mut bounds = Vec::new();
        collect(&self.root, &mut bounds);
        bounds
    }
}

fn collect(node: &PreparedNode<'_>, bounds: &mut Vec<Bound>) {
    match node {
        PreparedNode::And(parts) => parts.iter().for_each(|part| collect(part, bounds)),
        PreparedNode::Test(test) => bounds.extend(bound(&test.comparing)),
        PreparedNode::Known(_)
        | PreparedNode::Or(_)
        | PreparedNode::Some { .. }
        | PreparedNode::SomeOf { .. } => {}
    }
}

fn bound(comparing: &Comparing<'_>) -> Option<Bound> {
    let (left, right) = (&comparing.left, &comparing.right);
    let (column, constant, operator) = match (&left.source, &right.source) {
        (Source::Column(column), Source::One(value)) => (column, value, comparing.operator),
        (Source::One(value), Source::Column(column)) => {
            (column, value, comparing.operator.mirrored()?)
        }
        _ => return None,
    };
    if column.whose != Whose::Own || !column.is_whole() || is_strict(left, right) {
        return None;
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
    is_bound.then_some(Bound {
        field: column.field,
        operator,
        value,
    })
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
