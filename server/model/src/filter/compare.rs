//! One comparison of two sides, with SQL's three answers: yes, no, and not decidable (`None`).

use std::cmp::Ordering;

use super::evaluate::PreparedJoins;
use super::expr::Operator;
use super::frame::Frame;
use super::like::Pattern;
use super::scalar::{Affinity, Scalar};
use super::source::Source;

/// One side of a comparison.
#[derive(Clone, Debug)]
pub(super) struct Side<'f> {
    pub(super) source: Source<'f>,
    /// What it does to the other side.
    pub(super) affinity: Affinity,
    /// NULL and the empty text are different values.
    pub(super) strict: bool,
    /// Not written in the filter or given by the request.
    pub(super) is_column: bool,
}

/// A comparison whose way of comparing is settled.
#[derive(Clone, Debug)]
pub(super) struct Comparing<'f> {
    pub(super) left: Side<'f>,
    pub(super) operator: Operator,
    pub(super) right: Side<'f>,
    /// What the sides are converted to before they are compared, unless it was done before.
    convert: (Affinity, Affinity),
    equality: Equality,
    /// Of LIKE with a right side that is the same for all records.
    pattern: Option<Pattern>,
}

/// What `=` and `!=` make of NULL and the empty text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Equality {
    /// NULL is a value like others, different from the empty text.
    Strict,
    /// The left side is a constant without a value: is the right one NULL or empty?
    RightEmpty,
    /// The same with the sides exchanged.
    LeftEmpty,
    /// A constant with a value: NULL equals nothing.
    Plain,
    /// Two columns: NULL counts as the empty text, and nothing is converted.
    Coalesced,
}

impl<'f> Comparing<'f> {
    pub(super) fn new(left: Side<'f>, operator: Operator, right: Side<'f>) -> Self {
        let equality = equality(&left, &right);
        let pattern = match (operator, &right.source) {
            (Operator::Like | Operator::NotLike, Source::One(value)) => pattern(value, &right),
            _ => None,
        };
        let is_equality = matches!(operator, Operator::Equal | Operator::NotEqual);
        let convert = if is_equality && equality == Equality::Coalesced {
            (Affinity::None, Affinity::None)
        } else {
            conversions(left.affinity, right.affinity)
        };
        let mut comparing = Self {
            left,
            operator,
            right,
            convert,
            equality,
            pattern,
        };
        if !matches!(operator, Operator::Like | Operator::NotLike) {
            convert_once(&mut comparing.left.source, &mut comparing.convert.0);
            convert_once(&mut comparing.right.source, &mut comparing.convert.1);
        }
        comparing
    }

    /// The comparison as all rows are asked it: only a side with several values says whether NULL
    /// and the empty text differ (as PocketBase does it).
    pub(super) fn for_all(&self, (left, right): (bool, bool)) -> Self {
        let side = |side: &Side<'f>, many: bool| Side {
            strict: side.strict && many,
            ..side.clone()
        };
        Self::new(
            side(&self.left, left),
            self.operator,
            side(&self.right, right),
        )
    }

    pub(super) fn equality(&self) -> Equality {
        self.equality
    }

    /// Of LIKE, how every text begins that it holds for, ASCII letters in lower case.
    pub(super) fn beginning(&self) -> Option<String> {
        let pattern = self.pattern.as_ref();
        pattern
            .filter(|_| self.operator == Operator::Like)
            .and_then(Pattern::beginning)
    }

    /// Of LIKE, the longest run of ASCII letters and digits in every text that it holds for, in
    /// lower case.
    pub(super) fn run(&self) -> Option<String> {
        let pattern = self.pattern.as_ref();
        pattern
            .filter(|_| self.operator == Operator::Like)
            .and_then(Pattern::run)
    }

    /// Whether no record is read.
    pub(super) fn is_constant(&self) -> bool {
        self.left.source.is_constant() && self.right.source.is_constant()
    }

    /// Whether the comparison holds at the rows that the joins stand at.
    pub(super) fn holds(&self, joins: &PreparedJoins<'f>, frame: &Frame<'_>) -> bool {
        self.judge(joins, frame, frame) == Some(true)
    }

    /// The answer for the left side at one frame and the right side at another.
    pub(super) fn judge(
        &self,
        joins: &PreparedJoins<'f>,
        left: &Frame<'_>,
        right: &Frame<'_>,
    ) -> Option<bool> {
        self.decide(
            self.left.source.value(joins, left),
            self.right.source.value(joins, right),
        )
    }

    fn decide(&self, left: Scalar<'_>, right: Scalar<'_>) -> Option<bool> {
        match self.operator {
            Operator::Like => self.like(&left, &right),
            Operator::NotLike => self.like(&left, &right).map(|like| !like),
            operator => {
                let left = left.converted(self.convert.0);
                let right = right.converted(self.convert.1);
                match operator {
                    Operator::Equal => self.equal(&left, &right),
                    Operator::NotEqual => Some(self.equal(&left, &right) != Some(true)),
                    _ if left.is_null() || right.is_null() => None,
                    _ => Some(admits(operator, left.order(&right))),
                }
            }
        }
    }

    fn equal(&self, left: &Scalar<'_>, right: &Scalar<'_>) -> Option<bool> {
        match self.equality {
            Equality::RightEmpty => Some(right.is_empty()),
            Equality::LeftEmpty => Some(left.is_empty()),
            Equality::Plain if left.is_null() || right.is_null() => None,
            Equality::Coalesced if left.is_empty() && right.is_empty() => Some(true),
            _ => Some(left.order(right) == Ordering::Equal),
        }
    }

    fn like(&self, left: &Scalar<'_>, right: &Scalar<'_>) -> Option<bool> {
        let text = left.as_text()?;
        match &self.pattern {
            Some(pattern) => Some(pattern.matches(&text)),
            None => Some(pattern(right, &self.right)?.matches(&text)),
        }
    }
}

/// `None` for NULL, which is like nothing and unlike nothing.
fn pattern(value: &Scalar<'_>, side: &Side<'_>) -> Option<Pattern> {
    match value {
        Scalar::Null => None,
        value
            if matches!(
                side.source,
                Source::GeoDistance(_) | Source::Strftime { .. }
            ) =>
        {
            Some(Pattern::of_result(&value.as_text()?))
        }
        value if side.is_column => Some(Pattern::of_value(&value.as_text()?)),
        // A constant is written as JSON writes it, without the point that SQL adds to it.
        Scalar::Real(number) => Some(Pattern::of_constant(&number.to_string())),
        value => Some(Pattern::of_constant(&value.as_text()?)),
    }
}

fn equality(left: &Side<'_>, right: &Side<'_>) -> Equality {
    let is_nothing = |side: &Side<'_>| match &side.source {
        Source::One(value) => !side.is_column && value.is_empty(),
        _ => false,
    };
    if left.strict || right.strict {
        Equality::Strict
    } else if is_nothing(left) {
        Equality::RightEmpty
    } else if is_nothing(right) {
        Equality::LeftEmpty
    } else if left.is_column && right.is_column {
        Equality::Coalesced
    } else {
        Equality::Plain
    }
}

/// What each side is converted to, as SQLite decides it from the affinities.
fn conversions(left: Affinity, right: Affinity) -> (Affinity, Affinity) {
    match (left, right) {
        (Affinity::Numeric, Affinity::Numeric) => (Affinity::None, Affinity::None),
        (Affinity::Numeric, _) => (Affinity::None, Affinity::Numeric),
        (_, Affinity::Numeric) => (Affinity::Numeric, Affinity::None),
        (Affinity::Text, Affinity::None) => (Affinity::None, Affinity::Text),
        (Affinity::None, Affinity::Text) => (Affinity::Text, Affinity::None),
        _ => (Affinity::None, Affinity::None),
    }
}

/// Converts what is the same for all records.
fn convert_once(source: &mut Source<'_>, convert: &mut Affinity) {
    if let Source::One(value) = source {
        *value = std::mem::replace(value, Scalar::Null).converted(*convert);
        *convert = Affinity::None;
    }
}

fn admits(operator: Operator, order: Ordering) -> bool {
    match operator {
        Operator::Equal => order.is_eq(),
        Operator::NotEqual => order.is_ne(),
        Operator::Greater => order.is_gt(),
        Operator::GreaterOrEqual => order.is_ge(),
        Operator::Less => order.is_lt(),
        Operator::LessOrEqual => order.is_le(),
        Operator::Like | Operator::NotLike => false,
    }
}
