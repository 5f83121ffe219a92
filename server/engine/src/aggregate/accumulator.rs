//! What is computed of one column in one group, value by value.

use std::cmp::Ordering;

use luge_model::filter::{Purpose, ReadColumn, Scalar};
use luge_model::record::write_number_json;

/// What can be computed of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Sum,
    Average,
    Least,
    Greatest,
}

/// A computation that is under way.
#[derive(Clone, Debug)]
pub(super) struct Accumulator {
    function: Function,
    /// Numbers that were added.
    count: u64,
    sum: f64,
    /// What rounding took from the sum, so that the order of the numbers does not matter to it.
    lost: f64,
    best: Scalar<'static>,
}

impl Function {
    /// In the order of the answer.
    pub(super) const ALL: [Self; 4] = [Self::Sum, Self::Average, Self::Least, Self::Greatest];

    /// The parameter that asks for it, and its name in the answer.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Average => "avg",
            Self::Least => "min",
            Self::Greatest => "max",
        }
    }

    pub(super) fn purpose(self) -> Purpose {
        match self {
            Self::Sum | Self::Average => Purpose::Numbers,
            Self::Least | Self::Greatest => Purpose::Ordered,
        }
    }
}

impl Accumulator {
    pub(super) fn new(function: Function) -> Self {
        Self {
            function,
            count: 0,
            sum: 0.0,
            lost: 0.0,
            best: Scalar::Null,
        }
    }

    /// Takes a value, and says how many bytes it keeps of it.
    pub(super) fn take(&mut self, value: Scalar<'_>) -> usize {
        match self.function {
            Function::Sum | Function::Average => {
                self.add(&value);
                0
            }
            Function::Least => self.keep(value, Ordering::Less),
            Function::Greatest => self.keep(value, Ordering::Greater),
        }
    }

    /// The result as JSON; `null` where there was no value.
    pub(super) fn json(&self, column: &ReadColumn) -> String {
        let mut json = Vec::new();
        let sum = self.sum + self.lost;
        #[expect(clippy::cast_precision_loss, reason = "a count is far below 2^53")]
        let count = self.count as f64;
        match self.function {
            Function::Sum | Function::Average if self.count == 0 => {
                json.extend_from_slice(b"null");
            }
            Function::Sum => write_number_json(sum, &mut json),
            Function::Average => write_number_json(sum / count, &mut json),
            Function::Least | Function::Greatest => column.write_json(&self.best, &mut json),
        }
        String::from_utf8(json).unwrap_or_default()
    }

    /// Adds a number as Neumaier does; what is no number is passed over.
    fn add(&mut self, value: &Scalar<'_>) {
        #[expect(clippy::cast_precision_loss, reason = "numbers are f64 everywhere")]
        let number = match value {
            Scalar::Integer(number) => *number as f64,
            Scalar::Real(number) => *number,
            Scalar::Null | Scalar::Text(_) => return,
        };
        self.count += 1;
        let sum = self.sum + number;
        let (larger, smaller) = if self.sum.abs() >= number.abs() {
            (self.sum, number)
        } else {
            (number, self.sum)
        };
        if sum.is_finite() {
            self.lost += (larger - sum) + smaller;
        }
        self.sum = sum;
    }

    fn keep(&mut self, value: Scalar<'_>, wanted: Ordering) -> usize {
        let bytes = match &value {
            Scalar::Null => return 0,
            Scalar::Text(text) if text.is_empty() => return 0,
            Scalar::Text(text) => text.len(),
            Scalar::Integer(_) | Scalar::Real(_) => 0,
        };
        let before = match &self.best {
            Scalar::Null => 0,
            best if value.order(best) != wanted => return 0,
            Scalar::Text(text) => text.len(),
            Scalar::Integer(_) | Scalar::Real(_) => 0,
        };
        self.best = value.into_owned();
        bytes.saturating_sub(before)
    }
}
