//! Candidates from index ranges: of one index, or of several where the store is read, since it
//! costs less to read an index entry than to fetch a record that it rules out.

use std::collections::HashSet;

use luge_model::collection::Collection;
use luge_model::filter::Bound;
use luge_model::limits::{
    INTERSECTION_CANDIDATES_MIN, INTERSECTION_ENTRIES, INTERSECTION_INDEXES_MAX, STORE_PAGE_KEYS,
};
use luge_model::record::Record;

use super::explain::{Source, SourceKind};
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

impl Query {
    /// The records that the indexes of a collection leave of those that satisfy the bounds; `None`
    /// where that are more than `most`.
    pub(super) fn narrowed(
        &self,
        run: &Run<'_>,
        (collection, bounds): (&Collection, &[Bound]),
        most: usize,
    ) -> Result<Option<(Vec<Record>, Source)>> {
        let is_mirrored = self.mirror.len(collection.number).is_some();
        let mut best: Option<Vec<String>> = None;
        let mut sources = Vec::new();
        let plans = plan::narrowing(collection, bounds);
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
        Ok(Some((found.into_iter().flatten().collect(), source)))
    }

    /// The ids of an index range; `None` where there are more than `most`.
    fn candidates(
        &self,
        run: &Run<'_>,
        plan: &IndexPlan<'_>,
        most: usize,
    ) -> Result<Option<Vec<String>>> {
        let step = most.saturating_add(1).min(STORE_PAGE_KEYS);
        let mut all = Vec::new();
        let mut rest = Some(plan.range.clone());
        while let Some(range) = rest {
            let (entries, next) = self.index_step(run, &range, (Direction::Forward, step))?;
            all.extend(entries.into_iter().map(|entry| entry.id));
            if all.len() > most || run.lookups.has_failed() {
                return Ok(None);
            }
            rest = next;
        }
        Ok(Some(all))
    }

    /// One bounded step through an index: its entries, and the rest of the range.
    pub(super) fn index_step(
        &self,
        run: &Run<'_>,
        range: &KeyRange,
        (direction, step): (Direction, usize),
    ) -> Result<(Vec<IndexEntry>, Option<KeyRange>)> {
        let mut entries = Vec::with_capacity(step);
        let rest = self
            .store
            .scan(range, direction, step, &mut |entry, value| {
                // The value of a unique entry is the id; the key of any other ends in it.
                let id = match value {
                    [] => key::index_entry_id(entry).map(str::to_owned),
                    id => String::from_utf8(id.to_vec()).ok(),
                };
                entries.extend(id.map(|id| IndexEntry {
                    key: entry.to_vec(),
                    id,
                }));
                std::ops::ControlFlow::Continue(())
            })?;
        run.read_entries(entries.len());
        Ok((entries, rest))
    }
}
