//! Candidates from index ranges: of one index, or of several where the store is read, since it
//! costs less to read an index entry than to fetch a record that it rules out.
//!
//! - About how much an index leaves of a mirrored collection is asked of a sample of its records:
//!   the index that leaves least is read first, and one that leaves far too much is not begun.
//! - A range that was left off because it held more than was worth it is read on from there, when
//!   more turns out to be worth it.

use std::collections::HashSet;
use std::ops::ControlFlow;

use luge_model::collection::Collection;
use luge_model::filter::Bound;
use luge_model::limits::{
    INTERSECTION_CANDIDATES_MIN, INTERSECTION_ENTRIES, INTERSECTION_INDEXES_MAX, SAMPLE_MARGIN,
    SAMPLE_RECORDS, STORE_PAGE_KEYS,
};
use luge_model::record::Record;

use super::explain::{Source, SourceKind};
use super::hinted::may_hold;
use super::plan::{self, IndexPlan};
use super::{Query, Run};
use crate::error::Result;
use crate::store::{Direction, Key, KeyRange, key};

/// An entry of an index.
pub(super) struct IndexEntry {
    pub(super) key: Key,
    /// Of its record.
    pub(super) id: String,
}

/// An index range that was read in part.
pub(super) struct Reading {
    range: KeyRange,
    ids: Vec<String>,
    rest: Option<KeyRange>,
}

impl Query {
    /// The records that the indexes of a collection leave of those that satisfy the bounds, in
    /// insertion order; `None` where that are more than `most`.
    pub(super) fn narrowed(
        &self,
        run: &Run<'_>,
        (collection, bounds): (&Collection, &[Bound]),
        most: usize,
    ) -> Result<Option<(Vec<Record>, Source)>> {
        let is_mirrored = self.mirror.len(collection.number).is_some();
        let mut best: Option<Vec<String>> = None;
        let mut sources = Vec::new();
        let plans = self.promising(run, (collection, bounds), most);
        for plan in plans.iter().take(INTERSECTION_INDEXES_MAX) {
            let most = best
                .as_ref()
                .map_or(most, |best| best.len().saturating_mul(INTERSECTION_ENTRIES));
            let Some(ids) = self.candidates(run, plan, most)? else {
                run.gave_up(|| format!("index {}: more than {most} entries", plan.definition.name));
                continue;
            };
            sources.push(plan.source(collection, bounds));
            let common = match best {
                None => ids,
                Some(mut best) => {
                    let others: HashSet<String> = ids.into_iter().collect();
                    best.retain(|id| others.contains(id));
                    best
                }
            };
            let is_enough = is_mirrored || common.len() < INTERSECTION_CANDIDATES_MIN;
            best = Some(common);
            if is_enough {
                break;
            }
        }
        let Some(ids) = best else { return Ok(None) };
        let source = match sources.len() {
            1 => sources.pop().unwrap_or_default(),
            _ => Source::made_of(SourceKind::Intersection, sources),
        };
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let found = self.related_many(collection.number, &ids)?;
        let mut found: Vec<Record> = found.into_iter().flatten().collect();
        found.sort_unstable_by_key(Record::rowid);
        // One that changed while the range was read may stand there twice.
        found.dedup_by_key(|record| record.rowid());
        Ok(Some((found, source)))
    }

    /// The index ranges that bounds leave and that may hold no more than `most`, the best first.
    fn promising<'a>(
        &self,
        run: &Run<'_>,
        (collection, bounds): (&'a Collection, &[Bound]),
        most: usize,
    ) -> Vec<IndexPlan<'a>> {
        let plans = plan::narrowing(collection, bounds);
        if plans.is_empty() {
            return plans;
        }
        let sampled = self.mirror.look(collection.number, |resident| {
            let sample: Vec<&Record> = resident.sample(SAMPLE_RECORDS).collect();
            let shares = plans.iter().map(|plan| {
                let bounds: Vec<&Bound> = plan.bounds(bounds).collect();
                let left = sample
                    .iter()
                    .filter(|record| bounds.iter().all(|bound| may_hold(bound, **record)));
                left.count()
            });
            (sample.len(), resident.len(), shares.collect::<Vec<_>>())
        });
        let Some((size, all, shares)) = sampled else {
            return plans;
        };
        let mut promising = Vec::new();
        for (plan, share) in plans.into_iter().zip(shares) {
            if share * all > SAMPLE_MARGIN * size * most {
                run.gave_up(|| format!("index {}: holds too much", plan.definition.name));
            } else {
                promising.push((share, plan));
            }
        }
        promising.sort_by_key(|(share, _)| *share);
        promising.into_iter().map(|(_, plan)| plan).collect()
    }

    /// The ids of an index range; `None` where there are more than `most`.
    fn candidates(
        &self,
        run: &Run<'_>,
        plan: &IndexPlan<'_>,
        most: usize,
    ) -> Result<Option<Vec<String>>> {
        let mut reading = run.reading(&plan.range);
        while reading.ids.len() <= most
            && let Some(range) = reading.rest.take()
        {
            let step = (most - reading.ids.len()).saturating_add(1);
            let step = (Direction::Forward, step.min(STORE_PAGE_KEYS));
            let ids = &mut reading.ids;
            let mut visit = |_: &[u8], id: &str| ids.push(id.to_owned());
            reading.rest = self.visit_index(run, &range, step, &mut visit)?;
            if run.lookups.has_failed() {
                return Ok(None);
            }
        }
        if reading.ids.len() > most {
            run.readings.borrow_mut().push(reading);
            return Ok(None);
        }
        Ok(Some(reading.ids))
    }

    /// One bounded step through an index: its entries, and the rest of the range.
    pub(super) fn index_step(
        &self,
        run: &Run<'_>,
        range: &KeyRange,
        (direction, step): (Direction, usize),
    ) -> Result<(Vec<IndexEntry>, Option<KeyRange>)> {
        let mut entries = Vec::with_capacity(step);
        let mut visit = |key: &[u8], id: &str| {
            entries.push(IndexEntry {
                key: key.to_vec(),
                id: id.to_owned(),
            });
        };
        let rest = self.visit_index(run, range, (direction, step), &mut visit)?;
        Ok((entries, rest))
    }

    /// The same, showing each entry and the id of its record.
    fn visit_index(
        &self,
        run: &Run<'_>,
        range: &KeyRange,
        (direction, step): (Direction, usize),
        visit: &mut dyn FnMut(&[u8], &str),
    ) -> Result<Option<KeyRange>> {
        let mut count = 0;
        let rest = self
            .store
            .scan(range, direction, step, &mut |entry, value| {
                count += 1;
                // The value of a unique entry is the id; the key of any other ends in it.
                let id = match value {
                    [] => key::index_entry_id(entry),
                    id => std::str::from_utf8(id).ok(),
                };
                if let Some(id) = id {
                    visit(entry, id);
                }
                ControlFlow::Continue(())
            })?;
        run.read_entries(count);
        Ok(rest)
    }
}

impl Run<'_> {
    /// How far an index range was read.
    fn reading(&self, range: &KeyRange) -> Reading {
        let mut readings = self.readings.borrow_mut();
        let begun = readings.iter().position(|reading| reading.range == *range);
        begun.map_or_else(
            || Reading {
                range: range.clone(),
                ids: Vec::new(),
                rest: Some(range.clone()),
            },
            |place| readings.swap_remove(place),
        )
    }
}
