//! Answers that are the same for all records that name the same other one: `team.region.name = "x"`
//! of a record is that of its team, so it is found out once for each team.
//!
//! - Only for a step that leads to one record by its id, and for a part of the filter that reads
//!   nothing but what stands behind this step.
//! - Answers live as long as the prepared filter, which is one request.

use std::cell::RefCell;
use std::collections::HashMap;

use super::evaluate::PreparedJoins;
use super::frame::Frame;
use super::join::{Joins, Step, Whose};
use super::scalar::Scalar;
use crate::limits::JOIN_ANSWERS_MAX;
use crate::value::ValueRef;

/// What a part of a filter answered, by the id of the record that it is asked of.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers {
    by_id: RefCell<HashMap<Box<str>, bool>>,
}

/// What is known before a part is asked.
pub(super) enum Known {
    Answer(bool),
    /// Nothing yet of this id; empty where the step leads nowhere.
    Nothing(Box<str>),
    /// The step does not name one record.
    Unnamed,
}

impl Answers {
    /// Whether what a step leads to is told by one id, whoever it starts from.
    pub(super) fn may_hold(join: usize, joins: &Joins) -> bool {
        joins.get(join).is_some_and(|join| {
            matches!(join.step, Step::Named { .. }) || matches!(join.step, Step::Item { .. })
        })
    }

    /// What was answered of the record that a step leads to from where the frame stands.
    pub(super) fn look(&self, join: usize, joins: &PreparedJoins<'_>, frame: &Frame<'_>) -> Known {
        let by_id = self.by_id.borrow();
        let known = |id: &str| match by_id.get(id) {
            Some(answer) => Known::Answer(*answer),
            None => Known::Nothing(id.into()),
        };
        let Some(found) = joins.joins.get(join) else {
            return Known::Unnamed;
        };
        match (&found.step, found.from) {
            (Step::Named { field, .. }, from) => {
                let names = frame.row(from).and_then(|row| row.value(*field));
                let mut names = names.into_iter().flat_map(ValueRef::names);
                match (names.next(), names.next()) {
                    (name, None) => known(name.unwrap_or_default()),
                    _ => Known::Unnamed,
                }
            }
            (Step::Item { .. }, Whose::Joined(items)) => match joins.item(items, frame) {
                Scalar::Text(id) => known(&id),
                _ => known(""),
            },
            _ => Known::Unnamed,
        }
    }

    /// Keeps an answer, as long as there are not too many.
    pub(super) fn keep(&self, id: Box<str>, answer: bool) {
        let mut by_id = self.by_id.borrow_mut();
        if by_id.len() < JOIN_ANSWERS_MAX {
            by_id.insert(id, answer);
        }
    }
}
