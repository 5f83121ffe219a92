//! Where rows of joins are chosen: a record is accepted if *some* choice of one row for each join
//! makes the filter hold (SQL's joins with DISTINCT), and every comparison without `?` holds for
//! *all* rows of its own joins (contract §3.3).
//!
//! - A join is chosen as far inside as can be: where parts of a conjunction share it, around them;
//!   else around the one comparison that reads it.
//! - What does not read the record is decided once.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use super::answers::{Answers, Known};
use super::compare::Comparing;
use super::evaluate::{NoRow, PreparedJoins};
use super::frame::{Bound, Frame};
use super::join::{Joins, Step, Whose};
use super::source::Source;
use crate::id::FieldNumber;
use crate::record::Row;

/// A part of a prepared filter.
#[derive(Clone, Debug)]
pub(super) enum PreparedNode<'f> {
    /// The same for every record.
    Known(bool),
    And(Vec<PreparedNode<'f>>),
    Or(Vec<PreparedNode<'f>>),
    Test(Box<PreparedTest<'f>>),
    /// Some row of a join makes the body hold.
    Some {
        join: usize,
        body: Box<PreparedNode<'f>>,
        /// Where the body is told by the record that the join leads to.
        answers: Option<Box<Answers>>,
    },
    /// The same for a join whose rows are the same for every record: only those that make the
    /// premise hold are gone through.
    SomeOf {
        join: usize,
        premise: Box<PreparedNode<'f>>,
        kept: OnceCell<Vec<Bound>>,
        body: Box<PreparedNode<'f>>,
    },
}

/// A comparison that depends on the record or on joins.
#[derive(Clone, Debug)]
pub(super) struct PreparedTest<'f> {
    pub(super) comparing: Comparing<'f>,
    left: Reads,
    right: Reads,
    /// What must hold for all rows of its joins.
    every: Option<Comparing<'f>>,
    /// Whether a row of them makes it fail, where that is the same for every record.
    fails: OnceCell<bool>,
}

/// What one side of a comparison reads.
#[derive(Clone, Debug, Default)]
struct Reads {
    /// The joins, each behind the one it starts from.
    joins: Vec<usize>,
    /// Where each column is read.
    places: Vec<Whose>,
    /// Where an e-mail address is read, and the field that shows it.
    shown_by: Vec<(Whose, FieldNumber)>,
    record: bool,
}

impl<'f> PreparedTest<'f> {
    pub(super) fn new(comparing: Comparing<'f>, any: bool, joins: &Joins) -> Self {
        let left = Reads::of(&comparing.left.source, joins);
        let right = Reads::of(&comparing.right.source, joins);
        let asks_all = |source: &Source<'_>, reads: &Reads| {
            let many = |join: &usize| joins.get(*join).is_some_and(|join| join.many);
            source.asks_all() && reads.joins.iter().any(many)
        };
        let all_left = asks_all(&comparing.left.source, &left);
        let all_right = asks_all(&comparing.right.source, &right);
        let asks = !any && (all_left || all_right);
        let every = asks.then(|| comparing.for_all((all_left, all_right)));
        Self {
            comparing,
            left,
            right,
            every,
            fails: OnceCell::new(),
        }
    }

    fn needs(&self) -> BTreeSet<usize> {
        self.left
            .joins
            .iter()
            .chain(&self.right.joins)
            .copied()
            .collect()
    }

    fn reads_record(&self) -> bool {
        self.left.record || self.right.record
    }

    /// Whether it is told by the row of a join: it reads only what stands behind, and where it asks
    /// all rows, the join has one.
    fn is_behind(&self, join: usize, joins: &Joins) -> bool {
        let is_many = |join: &usize| joins.get(*join).is_some_and(|join| join.many);
        let is_one = || !joins.chain(Whose::Joined(join)).iter().any(is_many);
        let mut places = self.left.places.iter().chain(&self.right.places);
        places.all(|place| joins.chain(*place).contains(&join))
            && (self.every.is_none() || is_one())
    }
}

impl Reads {
    fn of(source: &Source<'_>, joins: &Joins) -> Self {
        let mut reads = Self::default();
        let mut chains = BTreeSet::new();
        source.columns(&mut |column| {
            chains.extend(joins.chain(column.whose));
            reads.places.push(column.whose);
            reads.record |= joins.reads_record(column.whose);
            reads
                .shown_by
                .extend(column.shown_by.map(|shown_by| (column.whose, shown_by)));
        });
        reads.joins = chains.into_iter().collect();
        reads
    }
}

impl<'f> PreparedNode<'f> {
    /// The same with the joins chosen where they are needed.
    pub(super) fn quantified(self, joins: &PreparedJoins<'f>) -> Self {
        if joins.joins.is_empty() {
            return self;
        }
        self.chosen(&BTreeSet::new(), joins)
    }

    fn chosen(self, bound: &BTreeSet<usize>, joins: &PreparedJoins<'f>) -> Self {
        let chosen = match self {
            Self::And(parts) => Self::conjunction(parts, bound, joins),
            Self::Or(parts) => joined(
                parts.into_iter().map(|part| part.chosen(bound, joins)),
                true,
                Self::Or,
            ),
            Self::Test(test) => {
                let free = test.needs().difference(bound).copied().collect();
                Self::Test(test).with_some(&free, joins)
            }
            other => other,
        };
        if bound.is_empty() && !chosen.reads_record() && !chosen.reads_collections(joins) {
            let mut frame = Frame::new(&NoRow, joins.joins.len());
            return Self::Known(chosen.holds(joins, &mut frame));
        }
        chosen
    }

    /// Parts that share a join that is not chosen yet are about the same row of it.
    fn conjunction(parts: Vec<Self>, bound: &BTreeSet<usize>, joins: &PreparedJoins<'f>) -> Self {
        let mut groups: Vec<(BTreeSet<usize>, Vec<Self>)> = Vec::new();
        for part in parts {
            let mut free: BTreeSet<usize> = part.needs().difference(bound).copied().collect();
            let mut members = Vec::new();
            let mut position = groups.len();
            for index in (0..groups.len()).rev() {
                let shares = groups
                    .get(index)
                    .is_some_and(|(other, _)| !other.is_disjoint(&free));
                if shares {
                    let (other, mut earlier) = groups.remove(index);
                    free.extend(other);
                    earlier.append(&mut members);
                    members = earlier;
                    position = index;
                }
            }
            members.push(part);
            groups.insert(position.min(groups.len()), (free, members));
        }
        // What needs no other record is decided first.
        groups.sort_by_key(|(free, _)| !free.is_empty());
        let groups = groups
            .into_iter()
            .map(|(_, members)| Self::group(members, bound, joins));
        joined(groups, false, Self::And)
    }

    fn group(mut members: Vec<Self>, bound: &BTreeSet<usize>, joins: &PreparedJoins<'f>) -> Self {
        if members.len() == 1 {
            return members
                .pop()
                .map_or(Self::Known(true), |only| only.chosen(bound, joins));
        }
        let mut seen = BTreeSet::new();
        let mut shared = BTreeSet::new();
        for member in &members {
            for join in member.needs().difference(bound) {
                if !seen.insert(*join) {
                    shared.insert(*join);
                }
            }
        }
        let inside: BTreeSet<usize> = bound.union(&shared).copied().collect();
        let members = members
            .into_iter()
            .map(|member| member.chosen(&inside, joins));
        joined(members, false, Self::And).with_some(&shared, joins)
    }

    /// Some row of each of the joins makes it hold.
    fn with_some(self, free: &BTreeSet<usize>, joins: &PreparedJoins<'f>) -> Self {
        free.iter().rev().fold(self, |body, join| {
            let is_same_for_all = joins
                .joins
                .get(*join)
                .is_some_and(|join| matches!(join.step, Step::All { .. }));
            if !is_same_for_all {
                return Self::some(*join, body, joins.joins);
            }
            let parts = match body {
                Self::And(parts) => parts,
                single => vec![single],
            };
            let (premise, body): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| {
                !part.reads_record() && part.roots(joins).is_subset(&BTreeSet::from([*join]))
            });
            Self::SomeOf {
                join: *join,
                premise: Box::new(joined(premise.into_iter(), false, Self::And)),
                kept: OnceCell::new(),
                body: Box::new(joined(body.into_iter(), false, Self::And)),
            }
        })
    }

    fn some(join: usize, body: Self, joins: &Joins) -> Self {
        let mut is_told = Answers::may_hold(join, joins);
        body.tests(&mut |test| is_told &= test.is_behind(join, joins));
        Self::Some {
            join,
            body: Box::new(body),
            answers: is_told.then(Box::default),
        }
    }

    /// Whether the part holds, with the joins outside it standing at the rows of the frame.
    pub(super) fn holds(&self, joins: &PreparedJoins<'f>, frame: &mut Frame<'_>) -> bool {
        match self {
            Self::Known(answer) => *answer,
            Self::And(parts) => parts.iter().all(|part| part.holds(joins, frame)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(joins, frame)),
            Self::Test(test) => test.holds(joins, frame),
            Self::Some {
                join,
                body,
                answers,
            } => {
                let known = answers
                    .as_ref()
                    .map(|answers| answers.look(*join, joins, frame));
                if let Some(Known::Answer(answer)) = known {
                    return answer;
                }
                let answer = joins.rows(*join, frame, &mut |frame| body.holds(joins, frame));
                if let (Some(answers), Some(Known::Nothing(id))) = (answers, known) {
                    answers.keep(id, answer);
                }
                answer
            }
            Self::SomeOf {
                join,
                premise,
                kept,
                body,
            } => {
                let rows = kept.get_or_init(|| kept_rows(*join, premise, joins));
                rows.iter().any(|row| {
                    frame.bind(*join, row.clone());
                    !joins.related.must_stop() && body.holds(joins, frame)
                })
            }
        }
    }

    fn tests<'n>(&'n self, visit: &mut dyn FnMut(&'n PreparedTest<'f>)) {
        match self {
            Self::Known(_) => {}
            Self::And(parts) | Self::Or(parts) => {
                parts.iter().for_each(|part| part.tests(visit));
            }
            Self::Test(test) => visit(test),
            Self::Some { body, .. } => body.tests(visit),
            Self::SomeOf { premise, body, .. } => {
                premise.tests(visit);
                body.tests(visit);
            }
        }
    }

    fn needs(&self) -> BTreeSet<usize> {
        let mut needs = BTreeSet::new();
        self.tests(&mut |test| needs.extend(test.needs()));
        needs
    }

    fn reads_record(&self) -> bool {
        let mut reads = false;
        self.tests(&mut |test| reads |= test.reads_record());
        reads
    }

    fn reads_collections(&self, joins: &PreparedJoins<'f>) -> bool {
        !self.roots(joins).is_empty()
    }

    /// The whole collections that are gone through, by join.
    fn roots(&self, joins: &PreparedJoins<'f>) -> BTreeSet<usize> {
        let whole = |join: &usize| {
            let join = joins.joins.get(*join);
            join.is_some_and(|join| matches!(join.step, Step::All { .. }))
        };
        self.needs().into_iter().filter(whole).collect()
    }
}

impl<'f> PreparedTest<'f> {
    fn holds(&self, joins: &PreparedJoins<'f>, frame: &Frame<'_>) -> bool {
        self.left.is_shown(joins, frame)
            && self.right.is_shown(joins, frame)
            && self.comparing.holds(joins, frame)
            && !self
                .every
                .as_ref()
                .is_some_and(|every| self.fails(every, joins, frame.row))
    }

    /// Whether some pair of a row left and a row right makes the comparison fail.
    fn fails(&self, every: &Comparing<'f>, joins: &PreparedJoins<'f>, row: &dyn Row) -> bool {
        if self.reads_record() {
            return self.fails_for(every, joins, row);
        }
        *self
            .fails
            .get_or_init(|| self.fails_for(every, joins, &NoRow))
    }

    fn fails_for(&self, every: &Comparing<'f>, joins: &PreparedJoins<'f>, row: &dyn Row) -> bool {
        let mut left = Frame::new(row, joins.joins.len());
        joins.each(&self.left.joins, &mut left, &mut |left| {
            let mut right = Frame::new(row, joins.joins.len());
            self.left.is_shown(joins, left)
                && joins.each(&self.right.joins, &mut right, &mut |right| {
                    self.right.is_shown(joins, right)
                        && every.judge(joins, left, right) == Some(false)
                })
        })
    }
}

impl Reads {
    fn is_shown(&self, joins: &PreparedJoins<'_>, frame: &Frame<'_>) -> bool {
        self.shown_by
            .iter()
            .all(|(whose, shown_by)| joins.shows(*whose, *shown_by, frame))
    }
}

fn kept_rows(join: usize, premise: &PreparedNode<'_>, joins: &PreparedJoins<'_>) -> Vec<Bound> {
    let mut kept = Vec::new();
    let mut frame = Frame::new(&NoRow, joins.joins.len());
    joins.rows(join, &mut frame, &mut |frame| {
        if premise.holds(joins, frame) {
            kept.push(frame.bound(join).clone());
        }
        false
    });
    kept
}

/// Joins the parts; one that is known to be `decisive` decides the whole.
pub(super) fn joined<'f>(
    parts: impl Iterator<Item = PreparedNode<'f>>,
    decisive: bool,
    join: fn(Vec<PreparedNode<'f>>) -> PreparedNode<'f>,
) -> PreparedNode<'f> {
    let mut open = Vec::new();
    for part in parts {
        match part {
            PreparedNode::Known(answer) if answer == decisive => {
                return PreparedNode::Known(decisive);
            }
            PreparedNode::Known(_) => {}
            part => open.push(part),
        }
    }
    match open.pop() {
        None => PreparedNode::Known(!decisive),
        Some(only) if open.is_empty() => only,
        last => {
            open.extend(last);
            join(open)
        }
    }
}
