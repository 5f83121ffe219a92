//! What a filter, rule or sort finds beside the records it judges, and what finding it costs.
//!
//! - A look-up that fails finds nothing, and the call that made it fails: [`Lookups::check`].
//! - What a rule stands on can be asked for as guards, so that it still stands at the commit:
//!   [`Lookups::guards`].
//! - All look-ups and scans of one call share a budget; where it is used up they find nothing more.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use luge_model::filter::{Environment, Filter, Related};
use luge_model::id::{CollectionNumber, FieldNumber};
use luge_model::limits::{QUERY_CLOCK_ROWS, QUERY_MS_MAX, QUERY_ROWS_MAX, RULE_GUARDS_MAX};
use luge_model::record::Record;

use super::Query;
use crate::access::{Grant, Operation};
use crate::catalog::Snapshot;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::store::{Guard, Key, KeyRange, key};

/// The look-ups of one call.
#[derive(Debug)]
pub struct Lookups<'a> {
    query: &'a Query,
    snapshot: Arc<Snapshot>,
    context: &'a Context,
    budget: Budget,
    failure: RefCell<Option<Error>>,
    list_rules: RefCell<HashMap<CollectionNumber, ListRule>>,
    stands_on: RefCell<Foundations>,
}

/// What looking at records has cost so far; calls that have clones of one share what they may.
#[derive(Clone, Debug)]
pub struct Budget(Arc<Spent>);

#[derive(Debug)]
struct Spent {
    since: Instant,
    rows: AtomicU64,
}

/// The facts that look-ups found.
#[derive(Debug, Default)]
struct Foundations {
    /// The state that each record had, by its key; `None` for one that did not exist.
    records: BTreeMap<Key, Option<Vec<u8>>>,
    /// Ranges that were read whole, with their keys.
    ranges: BTreeMap<Key, (KeyRange, Vec<Key>)>,
}

/// Who may list a collection's records, as far as the caller is concerned.
#[derive(Clone, Debug)]
enum ListRule {
    Everyone,
    Nobody,
    Where(Arc<Filter>),
}

impl Query {
    /// The look-ups of one call against the collections of `snapshot`.
    #[must_use]
    pub fn lookups<'a>(&'a self, context: &'a Context, snapshot: &Arc<Snapshot>) -> Lookups<'a> {
        Lookups {
            query: self,
            snapshot: Arc::clone(snapshot),
            context,
            budget: Budget::new(),
            failure: RefCell::new(None),
            list_rules: RefCell::default(),
            stands_on: RefCell::default(),
        }
    }
}

impl Budget {
    /// Of a request that begins now.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Spent {
            since: Instant::now(),
            rows: AtomicU64::new(0),
        }))
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new()
    }
}

impl Lookups<'_> {
    /// The same within what others leave of a budget.
    #[must_use]
    pub fn within(mut self, budget: Option<&Budget>) -> Self {
        if let Some(budget) = budget {
            self.budget = budget.clone();
        }
        self
    }

    /// What rules and filters see of the call.
    #[must_use]
    pub fn environment(&self) -> Environment<'_> {
        Environment {
            now: self.context.now,
            principal: &self.context.principal,
            request: &self.context.request,
            related: self,
        }
    }

    /// Who asks.
    #[must_use]
    pub(super) fn context(&self) -> &Context {
        self.context
    }

    /// Loads what is going to be looked up, so that it is found in memory.
    ///
    /// # Errors
    /// When the store fails or a record is damaged.
    pub fn warm(&self, collections: impl Iterator<Item = CollectionNumber>) -> Result<()> {
        for collection in collections {
            self.query.mirror.warm(collection)?;
        }
        Ok(())
    }

    /// Whether everything that was asked for was found out.
    ///
    /// # Errors
    /// What a look-up failed of, or [`Error::TooCostly`].
    pub fn check(&self) -> Result<()> {
        match self.failure.borrow().as_ref() {
            Some(failure) => Err(failure.clone()),
            None => Ok(()),
        }
    }

    /// What must still hold when a write commits that a rule allowed: that the records which were
    /// looked up are as they were. None beyond [`RULE_GUARDS_MAX`]: a rule that goes through so
    /// many records is asked once, when the write is planned.
    #[must_use]
    pub fn guards(&self) -> Vec<Guard> {
        let Foundations { records, ranges } = self.stands_on.take();
        let of_ranges: usize = ranges.values().map(|(_, keys)| keys.len()).sum();
        if records.len() + of_ranges > RULE_GUARDS_MAX {
            return Vec::new();
        }
        let records = records.into_iter().map(|(key, prefix)| match prefix {
            Some(prefix) => Guard::Unchanged { key, prefix },
            None => Guard::Absent(key),
        });
        let ranges = ranges
            .into_values()
            .map(|(range, keys)| Guard::Only { range, keys });
        records.chain(ranges).collect()
    }

    /// How many records were looked at.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.budget.0.rows.load(Ordering::Relaxed)
    }

    /// How long the call has been at it.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.budget.0.since.elapsed()
    }

    /// Counts records that are looked at.
    pub(super) fn spend(&self, rows: u64) {
        // One call at a time spends of a budget.
        let before = self.rows();
        let after = before.saturating_add(rows);
        self.budget.0.rows.store(after, Ordering::Relaxed);
        if after > QUERY_ROWS_MAX {
            self.fail(Error::TooCostly(format!(
                "The request looked at more than {QUERY_ROWS_MAX} records. An index or a \
                 narrower filter helps."
            )));
        } else if before / QUERY_CLOCK_ROWS != after / QUERY_CLOCK_ROWS
            && self.elapsed() > Duration::from_millis(QUERY_MS_MAX)
        {
            self.fail(Error::TooCostly(format!(
                "The request took longer than {QUERY_MS_MAX} ms. An index or a narrower filter \
                 helps."
            )));
        }
    }

    /// Whether something could not be found out, so that the call is going to fail.
    pub(super) fn has_failed(&self) -> bool {
        self.failure.borrow().is_some()
    }

    fn stand_on(&self, collection: CollectionNumber, id: &str, record: Option<&Record>) {
        let mut facts = self.stands_on.borrow_mut();
        if facts.records.len() <= RULE_GUARDS_MAX {
            let prefix = record.map(|record| record.guard_prefix().to_vec());
            facts.records.insert(key::record(collection, id), prefix);
        }
    }

    fn stand_on_all<'r>(
        &self,
        collection: CollectionNumber,
        range: KeyRange,
        found: impl Iterator<Item = (Key, &'r Record)>,
    ) {
        let mut keys = Vec::new();
        for (key, record) in found.take(RULE_GUARDS_MAX + 1) {
            self.stand_on(collection, record.id(), Some(record));
            keys.push(key);
        }
        keys.sort_unstable();
        let start = range.start.clone();
        let mut facts = self.stands_on.borrow_mut();
        facts.ranges.insert(start, (range, keys));
    }

    fn found<T: Default>(&self, result: Result<T>) -> T {
        result.unwrap_or_else(|failure| {
            self.fail(failure);
            T::default()
        })
    }

    /// Has the call fail.
    pub(super) fn fail(&self, failure: Error) {
        self.failure.borrow_mut().get_or_insert(failure);
    }

    fn list_rule(&self, collection: CollectionNumber) -> ListRule {
        if let Some(known) = self.list_rules.borrow().get(&collection) {
            return known.clone();
        }
        let compiled = self
            .snapshot
            .by_number(collection)
            .map(|found| self.query.access.compiled(&self.snapshot, found));
        let rule = match compiled.map(|compiled| compiled.grant(self.context, Operation::List)) {
            Some(Ok(Grant::Everything)) => ListRule::Everyone,
            Some(Ok(Grant::Matching(filter))) => ListRule::Where(filter),
            Some(Err(_)) | None => ListRule::Nobody,
        };
        self.list_rules
            .borrow_mut()
            .insert(collection, rule.clone());
        rule
    }
}

impl Related for Lookups<'_> {
    fn record(&self, collection: CollectionNumber, id: &str) -> Option<Record> {
        self.spend(1);
        let found = self.found(self.query.related(collection, id));
        self.stand_on(collection, id, found.as_ref());
        found
    }

    fn referring(&self, collection: CollectionNumber, field: FieldNumber, id: &str) -> Vec<Record> {
        let found = self.query.referring(collection, field, id, usize::MAX);
        let found = self.found(found);
        self.spend(found.len() as u64 + 1);
        let range = key::reference_range(collection, field, id);
        let references = found
            .iter()
            .map(|record| (key::reference(collection, field, id, record.id()), record));
        self.stand_on_all(collection, range, references);
        found
    }

    fn all(&self, collection: CollectionNumber) -> Vec<Record> {
        let all = self.found(self.query.all(collection));
        self.spend(all.len() as u64);
        let keys = all
            .iter()
            .map(|record| (key::record(collection, record.id()), record));
        self.stand_on_all(collection, key::record_range(collection), keys);
        all
    }

    fn may_list(&self, collection: CollectionNumber, record: &Record) -> bool {
        match self.list_rule(collection) {
            ListRule::Everyone => true,
            ListRule::Nobody => false,
            ListRule::Where(filter) => filter.matches(record, &self.environment()),
        }
    }

    fn must_stop(&self) -> bool {
        self.has_failed()
    }
}
