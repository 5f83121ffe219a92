//! The ways from a record to others that the names of one filter take.
//!
//! - Names that begin with the same way share it: `team.name ?= "a" && team.size ?= 2` speaks of
//!   one team (contract §3.3).
//! - A join stands behind the one it starts from.
//! - A join that leads nowhere gives one missing row, as SQL's LEFT JOIN does.

use super::term::Column;
use crate::id::{CollectionNumber, FieldNumber};

/// Where a value is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// In the record that is filtered.
    Own,
    /// In what a join leads to, by its place in [`Joins`].
    Joined(usize),
}

/// One step from a record to others.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Join {
    /// Where it starts; of no meaning for a step that starts anew.
    pub(super) from: Whose,
    pub(super) step: Step,
    /// Whether it can lead to several rows: a comparison without `?` must hold for all of them.
    pub(super) many: bool,
    /// Whether it leads only to records that the caller may list.
    pub(super) guarded: bool,
}

/// What a join leads to.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    /// The record that a single relation field names.
    Named {
        field: FieldNumber,
        collection: CollectionNumber,
    },
    /// The record that one of several values names.
    Item { collection: CollectionNumber },
    /// The records of a collection whose relation field names the record.
    Referring {
        field: FieldNumber,
        collection: CollectionNumber,
    },
    /// All records of a collection, under a name of their own.
    All {
        collection: CollectionNumber,
        alias: String,
    },
    /// The caller's own record.
    Caller,
    /// The records whose ids are submitted for a relation field.
    Submitted {
        key: String,
        collection: CollectionNumber,
    },
    /// Each value of a field, `:each`.
    Items(Box<Column>),
    /// Each submitted value, `:each`.
    SubmittedItems { key: String },
}

/// The joins of one filter or sort.
#[derive(Clone, Debug, Default)]
pub(crate) struct Joins {
    all: Vec<Join>,
}

impl Joins {
    /// The place of a join, which is shared with an equal one.
    pub(super) fn add(&mut self, join: Join) -> Whose {
        let place = self.all.iter().position(|known| *known == join);
        Whose::Joined(place.unwrap_or_else(|| {
            self.all.push(join);
            self.all.len() - 1
        }))
    }

    pub(super) fn get(&self, place: usize) -> Option<&Join> {
        self.all.get(place)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Join> {
        self.all.iter()
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The joins from the beginning to this one, each behind the one it starts from.
    pub(super) fn chain(&self, whose: Whose) -> Vec<usize> {
        let mut chain = Vec::new();
        let mut next = whose;
        while let Whose::Joined(place) = next {
            chain.push(place);
            next = match self.get(place) {
                Some(join) if !join.step.starts_anew() => join.from,
                _ => Whose::Own,
            };
        }
        chain.reverse();
        chain
    }

    /// Whether what a join leads to depends on the record that is filtered.
    pub(super) fn reads_record(&self, whose: Whose) -> bool {
        match self.chain(whose).first() {
            None => true,
            Some(first) => self
                .get(*first)
                .is_some_and(|join| !join.step.starts_anew()),
        }
    }

    /// The collections whose records are looked up.
    pub(crate) fn collections(&self) -> impl Iterator<Item = CollectionNumber> {
        self.all.iter().filter_map(|join| match join.step {
            Step::Named { collection, .. }
            | Step::Item { collection }
            | Step::Referring { collection, .. }
            | Step::All { collection, .. }
            | Step::Submitted { collection, .. } => Some(collection),
            Step::Caller | Step::Items(_) | Step::SubmittedItems { .. } => None,
        })
    }
}

impl Step {
    /// Whether it needs no row to start from.
    pub(super) fn starts_anew(&self) -> bool {
        match self {
            Self::All { .. } | Self::Caller | Self::Submitted { .. } => true,
            Self::SubmittedItems { .. } => true,
            Self::Named { .. } | Self::Item { .. } | Self::Referring { .. } | Self::Items(_) => {
                false
            }
        }
    }
}
