//! What a filter looks at while it judges one record: the record, and the row that each join stands
//! at.

use super::join::Whose;
use crate::record::{Record, Row};

/// The record that is judged and the rows of the joins.
pub(super) struct Frame<'r> {
    pub(super) row: &'r dyn Row,
    bound: Vec<Bound>,
}

/// The row that a join stands at.
#[derive(Clone, Debug)]
pub(super) enum Bound {
    /// It leads nowhere, or nobody asked yet.
    Missing,
    /// A record.
    Record(Record),
    /// One of several values, by its place.
    Item(usize),
}

/// A record to start a step from, free of the frame it was found in.
pub(super) enum Holder<'r> {
    Own(&'r dyn Row),
    Joined(Record),
}

impl<'r> Frame<'r> {
    pub(super) fn new(row: &'r dyn Row, joins: usize) -> Self {
        Self {
            row,
            bound: vec![Bound::Missing; joins],
        }
    }

    pub(super) fn bind(&mut self, join: usize, row: Bound) {
        if let Some(place) = self.bound.get_mut(join) {
            *place = row;
        }
    }

    pub(super) fn bound(&self, join: usize) -> &Bound {
        self.bound.get(join).unwrap_or(&Bound::Missing)
    }

    /// The record that a column is read from.
    pub(super) fn row(&self, whose: Whose) -> Option<&dyn Row> {
        match whose {
            Whose::Own => Some(self.row),
            Whose::Joined(join) => match self.bound(join) {
                Bound::Record(record) => Some(record),
                Bound::Missing | Bound::Item(_) => None,
            },
        }
    }

    pub(super) fn holder(&self, whose: Whose) -> Option<Holder<'r>> {
        match whose {
            Whose::Own => Some(Holder::Own(self.row)),
            Whose::Joined(join) => match self.bound(join) {
                Bound::Record(record) => Some(Holder::Joined(record.clone())),
                Bound::Missing | Bound::Item(_) => None,
            },
        }
    }
}

impl Holder<'_> {
    pub(super) fn row(&self) -> &dyn Row {
        match self {
            Self::Own(row) => *row,
            Self::Joined(record) => record,
        }
    }
}
