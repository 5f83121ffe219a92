//! Fetches the candidates of a plan and offers those that match.
//!
//! A scan of the store goes in bounded steps, so commits are held back for one step at most; a
//! record that is written meanwhile is seen before or after the write, never half.

use std::ops::ControlFlow;

use luge_model::limits::{INDEX_SHARE_MIN, STORE_PAGE_KEYS};
use luge_model::record::{Record, RecordRef};

use super::collect::{Collector, Shown};
use super::plan::{self, IndexPlan, Plan};
use super::{Query, Run, open};
use crate::error::{Error, Result};
use crate::store::{Direction, Key, KeyRange, key};

impl Query {
    /// Offers every record that matches to the collector, or as many as it needs.
    pub(super) fn collect(&self, run: &Run<'_>, collector: &mut Collector<'_>) -> Result<()> {
        match plan::choose(run, collector.stops_early()) {
            Plan::Nothing => Ok(()),
            Plan::One(id) => self.offer_by_id(run, collector, &id),
            Plan::Unique(entry) => match self.store.get(&entry)? {
                Some(id) => self.offer_by_id(run, collector, &text(&id)),
                None => Ok(()),
            },
            Plan::Index(plan) => {
                if self.collect_index(run, collector, &plan)? {
                    return Ok(());
                }
                collector.expect_order(run.sort.sort().is_empty());
                self.collect_all(run, collector)
            }
            Plan::All => match self.hinted(run)? {
                Some(candidates) => {
                    collector.expect_order(run.sort.sort().is_empty());
                    let _ = candidates
                        .iter()
                        .try_for_each(|record| run.offer(collector, Shown::Held(record)));
                    Ok(())
                }
                None => self.collect_all(run, collector),
            },
        }
    }

    fn offer_by_id(&self, run: &Run<'_>, collector: &mut Collector<'_>, id: &str) -> Result<()> {
        if let Some(record) = self.record(run.compiled, id)? {
            let _ = run.offer(collector, Shown::Held(&record));
        }
        Ok(())
    }

    /// Reads an index range. `false` when it turned out not to pay or not to be in order: nothing
    /// that was offered counts then.
    fn collect_index(
        &self,
        run: &Run<'_>,
        collector: &mut Collector<'_>,
        plan: &IndexPlan,
    ) -> Result<bool> {
        collector.expect_order(plan.in_order);
        let number = run.compiled.collection.number;
        let mirrored = self.mirror.read(number, |resident| resident.len())?;
        match mirrored.filter(|_| !plan.in_order) {
            None => self.stream_index(run, collector, plan),
            Some(all) => match self.candidates(plan, all / INDEX_SHARE_MIN)? {
                Some(ids) => self.offer_ids(run, collector, &ids).map(|_| true),
                None => Ok(false),
            },
        }
    }

    /// Offers the records of an index range in its order, step by step until there are enough.
    fn stream_index(
        &self,
        run: &Run<'_>,
        collector: &mut Collector<'_>,
        plan: &IndexPlan,
    ) -> Result<bool> {
        let step = if plan.in_order {
            collector.end().min(STORE_PAGE_KEYS)
        } else {
            STORE_PAGE_KEYS
        };
        let mut rest = Some(plan.range.clone());
        while let Some(range) = rest {
            let (ids, cut, next) = self.index_step(&range, plan.direction, step)?;
            if cut && plan.in_order {
                return Ok(false);
            }
            if self.offer_ids(run, collector, &ids)?.is_break() {
                return Ok(true);
            }
            rest = next;
        }
        Ok(true)
    }

    /// The ids of an index range; `None` where there are more than `most`. A mirrored record is
    /// evaluated in a fraction of the time that an index entry takes to read, so an index must
    /// leave out most of a mirrored collection to be worth while.
    fn candidates(&self, plan: &IndexPlan, most: usize) -> Result<Option<Vec<String>>> {
        let step = most.saturating_add(1).min(STORE_PAGE_KEYS);
        let mut all = Vec::new();
        let mut rest = Some(plan.range.clone());
        while let Some(range) = rest {
            let (ids, _, next) = self.index_step(&range, plan.direction, step)?;
            all.extend(ids);
            if all.len() > most {
                return Ok(None);
            }
            rest = next;
        }
        Ok(Some(all))
    }

    /// One bounded step through an index: ids, whether a cut text was among the entries, the rest.
    fn index_step(
        &self,
        range: &KeyRange,
        direction: Direction,
        step: usize,
    ) -> Result<(Vec<String>, bool, Option<KeyRange>)> {
        let mut ids = Vec::with_capacity(step);
        let mut cut = false;
        let rest = self.store.scan(range, direction, step, &mut |entry, _| {
            cut |= key::has_truncated_text(entry);
            ids.extend(key::index_entry_id(entry).map(str::to_owned));
            CONTINUE
        })?;
        Ok((ids, cut, rest))
    }

    fn collect_all(&self, run: &Run<'_>, collector: &mut Collector<'_>) -> Result<()> {
        let number = run.compiled.collection.number;
        let mirrored = self.mirror.read(number, |resident| {
            if !run.filters() && run.sort.sort().is_empty() {
                let before = collector.skips();
                collector.pass(before.min(resident.len()));
                let _ = resident
                    .iter()
                    .skip(before)
                    .try_for_each(|record| collector.offer(Shown::Held(record)));
                return;
            }
            let _ = resident
                .iter()
                .try_for_each(|record| run.offer(collector, Shown::Held(record)));
        })?;
        match mirrored {
            Some(()) => Ok(()),
            // A filter that looks records up cannot be judged inside a scan of the store.
            None if run.sort.sort().is_empty() || run.looks_up => {
                self.collect_by_rowid(run, collector)
            }
            None => self.collect_records(run, collector),
        }
    }

    /// All records in insertion order, from the store.
    fn collect_by_rowid(&self, run: &Run<'_>, collector: &mut Collector<'_>) -> Result<()> {
        let mut passed = if run.filters() { usize::MAX } else { 0 };
        let mut rest = Some(key::rowid_range(run.compiled.collection.number));
        while let Some(range) = rest {
            let mut ids = Vec::new();
            rest = self.scan(&range, |_, id| {
                if passed < collector.skips() {
                    passed += 1;
                    collector.pass(1);
                } else {
                    ids.push(text(id));
                }
            })?;
            if self.offer_ids(run, collector, &ids)?.is_break() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// All records in the order of their ids, from the store: the cheapest when they are sorted
    /// anyway.
    fn collect_records(&self, run: &Run<'_>, collector: &mut Collector<'_>) -> Result<()> {
        let mut rest = Some(key::record_range(run.compiled.collection.number));
        while let Some(range) = rest {
            let mut damaged = None;
            rest = self.scan(&range, |key, bytes| match RecordRef::open(bytes) {
                Ok(record) => {
                    let _ = run.offer(collector, Shown::Borrowed(&record));
                }
                Err(damage) => damaged = Some((key.to_vec(), damage.to_string())),
            })?;
            if let Some((key, reason)) = damaged {
                return Err(Error::Damaged {
                    collection: run.compiled.collection.name.clone(),
                    id: key::record_id(&key).unwrap_or_default().to_owned(),
                    reason,
                });
            }
        }
        Ok(())
    }

    /// Offers the records of these ids that match; ids that lead nowhere are passed over.
    fn offer_ids(
        &self,
        run: &Run<'_>,
        collector: &mut Collector<'_>,
        ids: &[String],
    ) -> Result<ControlFlow<()>> {
        let number = run.compiled.collection.number;
        let mut offer = |record: &Record| run.offer(collector, Shown::Held(record));
        let mirrored = self.mirror.read(number, |resident| {
            ids.iter()
                .filter_map(|id| resident.get(id))
                .try_for_each(&mut offer)
        })?;
        if let Some(flow) = mirrored {
            return Ok(flow);
        }
        let keys: Vec<Key> = ids.iter().map(|id| key::record(number, id)).collect();
        for (id, bytes) in ids.iter().zip(self.store.get_many(&keys)?) {
            let Some(bytes) = bytes else { continue };
            if offer(&open(run.compiled, id, &bytes)?).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(CONTINUE)
    }

    fn scan(
        &self,
        range: &KeyRange,
        mut visit: impl FnMut(&[u8], &[u8]),
    ) -> Result<Option<KeyRange>> {
        let rest = self.store.scan(
            range,
            Direction::Forward,
            STORE_PAGE_KEYS,
            &mut |key, value| {
                visit(key, value);
                CONTINUE
            },
        )?;
        Ok(rest)
    }
}

const CONTINUE: ControlFlow<()> = ControlFlow::Continue(());

fn text(id: &[u8]) -> String {
    String::from_utf8_lossy(id).into_owned()
}
