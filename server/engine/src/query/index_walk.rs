//! Goes through an index that has the records in the order of the list, from where the list begins
//! until there are enough.
//!
//! - Records with equal values stand in insertion order in an index. Where the list has them the
//!   other way round, each group of them is read backwards.
//! - A record is offered only at the entry that it has now. One that was changed while the index
//!   was read stands elsewhere, and a page that ended at it would leave out what lies between.

use std::ops::ControlFlow;

use luge_model::limits::{
    CANDIDATES_FEW, INDEX_SHARE_MIN, INDEX_WALK_ENTRIES_MIN, STORE_PAGE_KEYS,
};
use luge_model::record::Record;

use super::collect::{Collector, Shown};
use super::explain::Order;
use super::narrow::IndexEntry;
use super::plan::{self, IndexPlan, Walk};
use super::{Query, Run};
use crate::error::Result;
use crate::index::index_entry;
use crate::store::{Direction, Key, KeyRange, key};

/// A part of the way.
struct Leg {
    range: KeyRange,
    direction: Direction,
    /// Whether the records of each group are to be turned round.
    turns_groups: bool,
}

/// An index on the way.
struct Walked<'a> {
    plan: &'a IndexPlan<'a>,
    /// Entries read at a time.
    step: usize,
    /// Entries that may be read; more are not worth it.
    most: usize,
    read: usize,
}

/// Why the way ended.
enum Ended {
    /// There is no more, or enough was found.
    Well,
    /// Too many entries, or their order does not tell the order of the list.
    InVain(&'static str),
}

impl Query {
    /// Offers the records of an index in its order. `false` when it turned out not to pay or not to
    /// be in order: nothing that was offered counts then.
    pub(super) fn walk_index(
        &self,
        run: &Run<'_>,
        collector: &mut Collector<'_>,
        (plan, walk): (&IndexPlan<'_>, &Walk),
        most: usize,
    ) -> Result<bool> {
        collector.expect_order(true);
        let mut walked = Walked {
            plan,
            step: collector.end().clamp(1, STORE_PAGE_KEYS),
            most,
            read: 0,
        };
        let ended = match legs(run, collector, plan, walk) {
            None => Ended::InVain("the cursor holds a text that is longer than in an index"),
            Some(legs) => self.walk_legs(run, collector, &mut walked, legs)?,
        };
        let collection = &run.compiled.collection;
        match ended {
            Ended::Well => run.served_by(Order::Index, || plan.source(collection, &run.bounds)),
            Ended::InVain(reason) => {
                let name = &plan.definition.name;
                run.gave_up(|| format!("index {name}, in order: {reason}"));
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// How many entries of an index may be read in order. A mirrored record is evaluated in a
    /// fraction of the time that an index entry takes to read.
    pub(super) fn walk_most(&self, run: &Run<'_>) -> Result<usize> {
        let collection = &run.compiled.collection;
        if let Some(all) = self.mirror.read(collection.number, |all| all.len())? {
            return Ok((all / INDEX_SHARE_MIN).max(INDEX_WALK_ENTRIES_MIN));
        }
        let has_others = !plan::narrowing(collection, &run.bounds).is_empty();
        Ok(if has_others {
            CANDIDATES_FEW * INDEX_SHARE_MIN
        } else {
            usize::MAX
        })
    }

    fn walk_legs(
        &self,
        run: &Run<'_>,
        collector: &mut Collector<'_>,
        walked: &mut Walked<'_>,
        legs: Vec<Leg>,
    ) -> Result<Ended> {
        for leg in legs {
            let mut rest = Some(leg.range.clone()).filter(|range| range.start < range.end);
            while let Some(range) = rest {
                let step = (leg.direction, walked.step);
                let (mut entries, mut next) = self.index_step(run, &range, step)?;
                if let Err(reason) = walked.check(&entries) {
                    return Ok(Ended::InVain(reason));
                }
                let mut unfinished = None;
                if leg.turns_groups {
                    unfinished = turned(&mut entries, next.is_some());
                }
                if self
                    .offer_entries(run, collector, (walked.plan, &entries))?
                    .is_break()
                {
                    return Ok(Ended::Well);
                }
                if let Some(group) = unfinished {
                    let group = key::prefix_range(&group);
                    next = Some(beyond(&range, &group, leg.direction));
                    let turned = Leg {
                        range: within(&range, group),
                        direction: opposite(leg.direction),
                        turns_groups: false,
                    };
                    match self.walk_legs(run, collector, walked, vec![turned])? {
                        Ended::Well if collector.is_full() => return Ok(Ended::Well),
                        Ended::Well => {}
                        in_vain => return Ok(in_vain),
                    }
                }
                if run.lookups.has_failed() {
                    return Ok(Ended::Well);
                }
                rest = next.filter(|range| range.start < range.end);
            }
        }
        Ok(Ended::Well)
    }

    /// Offers the records that are where these entries say; ids that lead nowhere are passed over.
    fn offer_entries(
        &self,
        run: &Run<'_>,
        collector: &mut Collector<'_>,
        (plan, entries): (&IndexPlan<'_>, &[IndexEntry]),
    ) -> Result<ControlFlow<()>> {
        let collection = &run.compiled.collection;
        let ids: Vec<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
        let is_there = |place: usize, record: &Record| {
            let entry = index_entry(collection, (0, plan.definition), record.id(), record);
            let now = entry.map(|(key, _)| key);
            entries.get(place).map(|entry| &entry.key) == now.as_ref()
        };
        self.each_of(run, &ids, &mut |place, record| {
            if is_there(place, record) {
                return run.offer(collector, Shown::Held(record));
            }
            ControlFlow::Continue(())
        })
    }
}

impl Walked<'_> {
    fn check(&mut self, entries: &[IndexEntry]) -> std::result::Result<(), &'static str> {
        self.read = self.read.saturating_add(entries.len());
        if self.read > self.most {
            return Err("too few of its records match");
        }
        if entries
            .iter()
            .any(|entry| key::has_truncated_text(&entry.key))
        {
            return Err("it holds texts that are longer than in an index");
        }
        Ok(())
    }
}

/// The way through an index from where the list begins; `None` where that cannot be told.
fn legs(
    run: &Run<'_>,
    collector: &Collector<'_>,
    plan: &IndexPlan<'_>,
    walk: &Walk,
) -> Option<Vec<Leg>> {
    let is_unique = plan.definition.unique;
    let turns_groups = !is_unique && walk.ties != walk.direction;
    let leg = |range, direction, turns_groups| Leg {
        range,
        direction,
        turns_groups,
    };
    let Some(start) = run.start(collector) else {
        return Some(vec![leg(plan.range.clone(), walk.direction, turns_groups)]);
    };
    let collection = &run.compiled.collection;
    let group = plan.group(collection, (&run.bounds, walk), start)?;
    let whole = key::prefix_range(&group);
    let behind = leg(
        beyond(&plan.range, &whole, walk.direction),
        walk.direction,
        turns_groups,
    );
    if is_unique {
        return Some(vec![behind]);
    }
    let ties = match walk.ties {
        Direction::Forward => key::group_after(&group, start.rowid),
        Direction::Backward => key::group_before(&group, start.rowid),
    };
    let ties = leg(within(&plan.range, ties), walk.ties, false);
    Some(vec![ties, behind])
}

/// Turns the records of each group round. Where the range goes on, the last group may do so too:
/// it is taken out and given back by what its entries begin with.
fn turned(entries: &mut Vec<IndexEntry>, goes_on: bool) -> Option<Key> {
    let group_of = |entry: &IndexEntry| key::index_entry_group(&entry.key).map(<[u8]>::to_vec);
    let last = entries.last().and_then(group_of);
    let unfinished = last.filter(|_| goes_on);
    if let Some(unfinished) = &unfinished {
        entries.retain(|entry| !entry.key.starts_with(unfinished));
    }
    let groups = entries.chunk_by_mut(|one, next| group_of(one) == group_of(next));
    groups.for_each(<[IndexEntry]>::reverse);
    unfinished
}

/// What of a range comes behind a part of it, in a direction.
fn beyond(range: &KeyRange, part: &KeyRange, direction: Direction) -> KeyRange {
    let behind = match direction {
        Direction::Forward => KeyRange {
            start: part.end.clone(),
            end: range.end.clone(),
        },
        Direction::Backward => KeyRange {
            start: range.start.clone(),
            end: part.start.clone(),
        },
    };
    within(range, behind)
}

/// What both ranges have in common; empty rather than upside down.
fn within(range: &KeyRange, part: KeyRange) -> KeyRange {
    let start = part.start.max(range.start.clone());
    let end = part.end.min(range.end.clone()).max(start.clone());
    KeyRange { start, end }
}

fn opposite(direction: Direction) -> Direction {
    match direction {
        Direction::Forward => Direction::Backward,
        Direction::Backward => Direction::Forward,
    }
}
