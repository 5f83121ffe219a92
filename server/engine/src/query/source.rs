//! Fetches the candidates of a plan and offers those that match.
//!
//! A scan of the store goes in bounded steps, so commits are held back for one step at most; a
//! record that is written meanwhile is seen before or after the write, never half.

use std::ops::ControlFlow;

use luge_model::limits::{CANDIDATES_FEW, CANDIDATES_MAX, STORE_PAGE_KEYS};
use luge_model::record::{Record, RecordRef};

use super::collect::{Collector, Shown};
use super::explain::{Order, Source, SourceKind, bound_text};
use super::plan::{self, IndexPlan, Plan, Walk};
use super::{Query, Run, open};
use crate::error::{Error, Result};
use crate::store::{Direction, Key, KeyRange, key};

impl Query {
    /// Offers every record that matches to the collector, or as many as it needs.
    pub(super) fn collect(&self, run: &Run<'_>, collector: &mut Collector<'_>) -> Result<()> {
        match plan::choose(run, collector.stops_early()) {
            Plan::Nothing => Ok(()),
            Plan::One(id) => {
                run.served_by(Order::Insertion, || one(run, SourceKind::Id, None));
                self.offer_by_id(run, collector, &id)
            }
            Plan::Unique(definition, entry) => {
                let index = Some(definition.name.clone());
                run.served_by(Order::Insertion, || {
                    one(run, SourceKind::UniqueEntry, index)
                });
                match self.store.get(&entry)? {
                    Some(id) => self.offer_by_id(run, collector, &text(&id)),
                    None => Ok(()),
                }
            }
            Plan::InOrder(plan, walk) => self.collect_in_order(run, collector, &plan, &walk),
            Plan::Search => self.search(run, collector),
        }
    }

    fn offer_by_id(&self, run: &Run<'_>, collector: &mut Collector<'_>, id: &str) -> Result<()> {
        if let Some(record) = self.record(run.compiled, id)? {
            let _ = run.offer(collector, Shown::Held(&record));
        }
        Ok(())
    }

    /// Reads an index in the order of the list, unless another end of the filter leaves few records
    /// or the index turns out to hold too few that match.
    fn collect_in_order(
        &self,
        run: &Run<'_>,
        collector: &mut Collector<'_>,
        plan: &IndexPlan<'_>,
        walk: &Walk,
    ) -> Result<()> {
        if !plan.narrows() && self.offer_hinted(run, collector, CANDIDATES_FEW)? {
            return Ok(());
        }
        let most = self.walk_most(run)?;
        if self.walk_index(run, collector, (plan, walk), most)? {
            return Ok(());
        }
        self.search(run, collector)
    }

    /// Looks for candidates from the selective end of the filter, else everywhere.
    fn search(&self, run: &Run<'_>, collector: &mut Collector<'_>) -> Result<()> {
        if self.offer_hinted(run, collector, CANDIDATES_MAX)? {
            return Ok(());
        }
        let number = run.compiled.collection.number;
        if self.mirror.read(number, |_| ())?.is_none()
            && let Some(plan) = plan::narrowing(&run.compiled.collection, &run.bounds).first()
        {
            return self.stream_index(run, collector, plan);
        }
        // A list that ends with its first page may well be done before the words are gone through.
        if !collector.stops_early()
            && let Some(found) = self.contained(run)?
        {
            offer_found(run, collector, found);
            return Ok(());
        }
        self.collect_all(run, collector)
    }

    /// Offers the candidates that the filter hints at; `false` where it hints at none, or at more
    /// than `most`.
    fn offer_hinted(
        &self,
        run: &Run<'_>,
        collector: &mut Collector<'_>,
        most: usize,
    ) -> Result<bool> {
        let Some(found) = self.hinted(run, most)? else {
            return Ok(false);
        };
        offer_found(run, collector, found);
        Ok(true)
    }

    /// Offers the records of an index range step by step, in no order.
    fn stream_index(
        &self,
        run: &Run<'_>,
        collector: &mut Collector<'_>,
        plan: &IndexPlan<'_>,
    ) -> Result<()> {
        let collection = &run.compiled.collection;
        run.served_by(Order::Sorted, || plan.source(collection, &run.bounds));
        collector.expect_order(false);
        let mut rest = Some(plan.range.clone());
        while let Some(range) = rest {
            let step = (Direction::Forward, STORE_PAGE_KEYS);
            let (entries, next) = self.index_step(run, &range, step)?;
            let ids: Vec<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
            if self.offer_ids(run, collector, &ids)?.is_break() {
                return Ok(());
            }
            rest = next;
        }
        Ok(())
    }

    fn collect_all(&self, run: &Run<'_>, collector: &mut Collector<'_>) -> Result<()> {
        let number = run.compiled.collection.number;
        let direction = run.by_insertion();
        let order = direction.map_or(Order::Sorted, |_| Order::Insertion);
        run.served_by(order, || Source::of(SourceKind::Scan));
        collector.expect_order(direction.is_some());
        let start = direction.and_then(|_| run.start(collector));
        let passed = start.map(|start| start.rowid);
        let mirrored = self.mirror.read(number, |resident| {
            let mut records = resident.beyond(passed, direction == Some(Direction::Backward));
            if run.may_skip() && direction.is_some() {
                let before = collector.skips().min(resident.len());
                collector.pass(before);
                records = Box::new(records.skip(before));
            }
            let _ = records.try_for_each(|record| run.offer(collector, Shown::Held(record)));
        })?;
        match (mirrored, direction) {
            (Some(()), _) => Ok(()),
            (None, Some(direction)) => self.collect_by_rowid(run, collector, direction, passed),
            // A filter that looks records up cannot be judged inside a scan of the store.
            (None, None) if run.looks_up => {
                self.collect_by_rowid(run, collector, Direction::Forward, None)
            }
            (None, None) => self.collect_records(run, collector),
        }
    }

    /// All records in insertion order, from the store, behind a rowid if there is one.
    fn collect_by_rowid(
        &self,
        run: &Run<'_>,
        collector: &mut Collector<'_>,
        direction: Direction,
        passed: Option<u64>,
    ) -> Result<()> {
        let number = run.compiled.collection.number;
        let passes = run.may_skip() && run.by_insertion().is_some();
        let mut skips = if passes { collector.skips() } else { 0 };
        let mut rest = Some(match passed {
            Some(passed) => key::rowid_range_beyond(number, passed, direction),
            None => key::rowid_range(number),
        });
        while let Some(range) = rest {
            let mut ids = Vec::new();
            rest = self.scan(&range, direction, |_, id| {
                if skips > 0 {
                    skips -= 1;
                    collector.pass(1);
                } else {
                    ids.push(text(id));
                }
            })?;
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
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
            rest = self.scan(
                &range,
                Direction::Forward,
                |key, bytes| match RecordRef::open(bytes) {
                    Ok(record) => {
                        let _ = run.offer(collector, Shown::Borrowed(&record));
                    }
                    Err(damage) => damaged = Some((key.to_vec(), damage.to_string())),
                },
            )?;
            if let Some((key, reason)) = damaged {
                return Err(Error::Damaged {
                    collection: run.compiled.collection.name.clone(),
                    id: key::record_id(&key).unwrap_or_default().to_owned(),
                    reason,
                });
            }
            if run.lookups.has_failed() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Offers the records of these ids that match; ids that lead nowhere are passed over.
    fn offer_ids(
        &self,
        run: &Run<'_>,
        collector: &mut Collector<'_>,
        ids: &[&str],
    ) -> Result<ControlFlow<()>> {
        self.each_of(run, ids, &mut |_, record| {
            run.offer(collector, Shown::Held(record))
        })
    }

    /// Shows the records of these ids with the place of the id; ids that lead nowhere are passed
    /// over.
    pub(super) fn each_of(
        &self,
        run: &Run<'_>,
        ids: &[&str],
        visit: &mut dyn FnMut(usize, &Record) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>> {
        let number = run.compiled.collection.number;
        let mirrored = self.mirror.read(number, |resident| {
            ids.iter()
                .enumerate()
                .filter_map(|(place, id)| Some((place, resident.get(id)?)))
                .try_for_each(|(place, record)| visit(place, record))
        })?;
        if let Some(flow) = mirrored {
            return Ok(flow);
        }
        let keys: Vec<Key> = ids.iter().map(|id| key::record(number, id)).collect();
        let found = self.store.get_many(&keys)?;
        for (place, (id, bytes)) in ids.iter().zip(found).enumerate() {
            let Some(bytes) = bytes else { continue };
            if visit(place, &open(run.compiled, id, &bytes)?).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn scan(
        &self,
        range: &KeyRange,
        direction: Direction,
        mut visit: impl FnMut(&[u8], &[u8]),
    ) -> Result<Option<KeyRange>> {
        let rest = self
            .store
            .scan(range, direction, STORE_PAGE_KEYS, &mut |key, value| {
                visit(key, value);
                ControlFlow::Continue(())
            })?;
        Ok(rest)
    }
}

/// Offers candidates that were gathered in insertion order.
fn offer_found(
    run: &Run<'_>,
    collector: &mut Collector<'_>,
    (candidates, source): (Vec<Record>, Source),
) {
    let direction = run.by_insertion();
    let order = direction.map_or(Order::Sorted, |_| Order::Insertion);
    run.served_by(order, || source);
    collector.expect_order(direction.is_some());
    let mut offer = |record| run.offer(collector, Shown::Held(record));
    let _ = match direction {
        Some(Direction::Backward) => candidates.iter().rev().try_for_each(&mut offer),
        _ => candidates.iter().try_for_each(&mut offer),
    };
}

/// The source of one record, and the equalities that name it.
fn one(run: &Run<'_>, kind: SourceKind, index: Option<String>) -> Source {
    let collection = &run.compiled.collection;
    let columns = index
        .as_ref()
        .and_then(|name| collection.indexes.iter().find(|index| index.name == *name))
        .map_or_else(
            || vec![luge_model::id::ID_FIELD],
            |definition| {
                definition
                    .columns
                    .iter()
                    .map(|column| column.field)
                    .collect()
            },
        );
    let equalities = run.bounds.iter().filter(|bound| {
        bound.operator == luge_model::filter::Operator::Equal && columns.contains(&bound.field)
    });
    Source {
        index,
        bounds: equalities
            .map(|bound| bound_text(collection, bound))
            .collect(),
        ..Source::of(kind)
    }
}

fn text(id: &[u8]) -> String {
    String::from_utf8_lossy(id).into_owned()
}
