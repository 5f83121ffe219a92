//! Follows joins to their rows, and judges comparisons at them.

use std::cell::OnceCell;

use super::frame::{Bound, Frame};
use super::join::{Join, Joins, Step, Whose};
use super::related::Related;
use super::scalar::Scalar;
use super::source::{column_value, item, item_count, missing_value};
use super::term::Column;
use crate::id::{FieldNumber, ID_FIELD};
use crate::record::{Record, Row};
use crate::value::ValueRef;

/// The joins of a filter with what the request gives them.
#[derive(Clone, Debug)]
pub(crate) struct PreparedJoins<'f> {
    pub(super) joins: &'f Joins,
    pub(super) related: &'f dyn Related,
    pub(super) caller: Option<&'f Record>,
    /// By the place of the join.
    pub(super) given: Vec<Given<'f>>,
}

/// What the request gives one join.
#[derive(Clone, Debug)]
pub(super) enum Given<'f> {
    Nothing,
    /// The ids submitted for a relation.
    Ids(Vec<&'f str>),
    /// The submitted values.
    Items(Vec<Scalar<'f>>),
    /// All records of a collection, once they were asked for.
    All(OnceCell<Vec<Record>>),
}

/// What is done at each row of a join; `true` ends the search.
pub(super) type Then<'t> = dyn FnMut(&mut Frame<'_>) -> bool + 't;

impl<'f> PreparedJoins<'f> {
    /// What a column holds at the rows that the joins stand at.
    pub(super) fn value<'r>(&'r self, column: &Column, frame: &'r Frame<'_>) -> Scalar<'r> {
        let Whose::Joined(join) = column.whose else {
            return column_value(column, frame.row);
        };
        if column.is_item() {
            return self.item(join, frame);
        }
        match frame.row(column.whose) {
            Some(row) => column_value(column, row),
            None => missing_value(column),
        }
    }

    /// What a column holds at the first rows of its joins; where a client may not read it, nothing.
    pub(crate) fn first_value(&self, column: &Column, row: &dyn Row) -> Scalar<'static> {
        let mut first = Scalar::Null;
        let mut frame = Frame::new(row, self.joins.len());
        self.each(&self.joins.chain(column.whose), &mut frame, &mut |frame| {
            let hidden = column
                .shown_by
                .is_some_and(|shown_by| !self.shows(column.whose, shown_by, frame));
            first = if hidden {
                Scalar::Text("".into())
            } else {
                self.value(column, frame).into_owned()
            };
            true
        });
        first
    }

    /// Whether a column is read behind a submitted relation for which no id was submitted: as in
    /// the contract, it is then no column but a constant, NULL.
    pub(super) fn names_nothing(&self, column: &Column) -> bool {
        let start = self.joins.chain(column.whose).first().copied();
        let given = start.and_then(|start| self.given.get(start));
        matches!(given, Some(Given::Ids(ids)) if ids.is_empty())
    }

    /// Whether a bool field is true.
    pub(super) fn shows(&self, whose: Whose, shown_by: FieldNumber, frame: &Frame<'_>) -> bool {
        frame.row(whose).is_some_and(|row| {
            row.value(shown_by)
                .and_then(ValueRef::as_bool)
                .unwrap_or_default()
        })
    }

    /// Goes through the rows of several joins, each inside the one before.
    pub(super) fn each(&self, joins: &[usize], frame: &mut Frame<'_>, then: &mut Then<'_>) -> bool {
        match joins.split_first() {
            None => then(frame),
            Some((join, rest)) => {
                self.rows(*join, frame, &mut |frame| self.each(rest, frame, then))
            }
        }
    }

    /// Goes through the rows of one join, or one missing row where there is none.
    pub(super) fn rows(&self, place: usize, frame: &mut Frame<'_>, then: &mut Then<'_>) -> bool {
        let Some(join) = self.joins.get(place) else {
            return false;
        };
        if self.related.must_stop() {
            return false;
        }
        let mut found = false;
        let mut visit = |frame: &mut Frame<'_>, row: Bound| {
            found = true;
            frame.bind(place, row);
            then(frame)
        };
        if self.visit(place, join, frame, &mut visit) {
            return true;
        }
        if found {
            return false;
        }
        frame.bind(place, Bound::Missing);
        then(frame)
    }

    fn visit(
        &self,
        place: usize,
        join: &Join,
        frame: &mut Frame<'_>,
        visit: &mut dyn FnMut(&mut Frame<'_>, Bound) -> bool,
    ) -> bool {
        let given = self.given.get(place).unwrap_or(&Given::Nothing);
        match (&join.step, given) {
            (Step::Caller, _) => match self.caller {
                Some(caller) => visit(frame, Bound::Record(caller.clone())),
                None => false,
            },
            (Step::Items(column), _) => {
                let count = frame
                    .row(join.from)
                    .map_or(0, |row| item_count(column, row));
                (0..count).any(|place| visit(frame, Bound::Item(place)))
            }
            (Step::SubmittedItems { .. }, Given::Items(items)) => {
                (0..items.len()).any(|place| visit(frame, Bound::Item(place)))
            }
            (Step::Submitted { collection, .. }, Given::Ids(ids)) => ids
                .iter()
                .filter_map(|id| self.related.record(*collection, id))
                .any(|record| visit(frame, Bound::Record(record))),
            (Step::All { collection, .. }, Given::All(records)) => records
                .get_or_init(|| self.related.all(*collection))
                .iter()
                .any(|record| visit(frame, Bound::Record(record.clone()))),
            _ => self.visit_related(join, frame, visit),
        }
    }

    fn visit_related(
        &self,
        join: &Join,
        frame: &mut Frame<'_>,
        visit: &mut dyn FnMut(&mut Frame<'_>, Bound) -> bool,
    ) -> bool {
        if let (Step::Item { collection }, Whose::Joined(items)) = (&join.step, join.from) {
            let record = match self.item(items, frame) {
                Scalar::Text(id) => self.related.record(*collection, &id),
                _ => None,
            };
            return record
                .filter(|record| !join.guarded || self.related.may_list(*collection, record))
                .is_some_and(|record| visit(frame, Bound::Record(record)));
        }
        let Some(holder) = frame.holder(join.from) else {
            return false;
        };
        match join.step {
            Step::Named { field, collection } => {
                let Some(names) = holder.row().value(field) else {
                    return false;
                };
                names
                    .names()
                    .filter_map(|id| self.related.record(collection, id))
                    .filter(|record| !join.guarded || self.related.may_list(collection, record))
                    .any(|record| visit(frame, Bound::Record(record)))
            }
            Step::Referring { field, collection } => {
                let id = holder.row().value(ID_FIELD).and_then(ValueRef::as_text);
                self.related
                    .referring(collection, field, id.unwrap_or_default())
                    .into_iter()
                    .filter(|record| !join.guarded || self.related.may_list(collection, record))
                    .any(|record| visit(frame, Bound::Record(record)))
            }
            _ => false,
        }
    }

    /// The value that `:each` stands at.
    pub(super) fn item<'r>(&'r self, join: usize, frame: &'r Frame<'_>) -> Scalar<'r> {
        let Bound::Item(place) = frame.bound(join) else {
            return Scalar::Null;
        };
        match (
            self.joins.get(join).map(|join| &join.step),
            self.given.get(join),
        ) {
            (Some(Step::Items(column)), _) => match frame.row(column.whose) {
                Some(row) => item(column, row, *place),
                None => Scalar::Null,
            },
            (_, Some(Given::Items(items))) => {
                items.get(*place).map_or(Scalar::Null, Scalar::borrowed)
            }
            _ => Scalar::Null,
        }
    }
}

/// Stands for the record where none is read.
pub(super) struct NoRow;

impl Row for NoRow {
    fn value(&self, _: FieldNumber) -> Option<ValueRef<'_>> {
        None
    }

    fn rowid(&self) -> u64 {
        0
    }
}
