//! What a filter, rule or sort finds beside the records it judges, and what finding it costs.
//!
//! - A look-up that fails finds nothing, and the call that made it fails: [`Lookups::check`].
//! - All look-ups and scans of one call share a budget; where it is used up they find nothing more.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use luge_model::filter::{Environment, Filter, Related};
use luge_model::id::{CollectionNumber, FieldNumber};
use luge_model::limits::{QUERY_CLOCK_ROWS, QUERY_MS_MAX, QUERY_ROWS_MAX};
use luge_model::record::Record;

use super::Query;
use crate::access::{Grant, Operation};
use crate::catalog::Snapshot;
use crate::context::Context;
use crate::error::{Error, Result};

/// The look-ups of one call.
#[derive(Debug)]
pub struct Lookups<'a> {
    query: &'a Query,
    snapshot: Arc<Snapshot>,
    context: &'a Context,
    started: Instant,
    rows: Cell<u64>,
    failure: RefCell<Option<Error>>,
    list_rules: RefCell<HashMap<CollectionNumber, ListRule>>,
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
            started: Instant::now(),
            rows: Cell::new(0),
            failure: RefCell::new(None),
            list_rules: RefCell::default(),
        }
    }
}

impl Lookups<'_> {
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

    /// How many records were looked at.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows.get()
    }

    /// How long the call has been at it.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Counts records that are looked at.
    pub(super) fn spend(&self, rows: u64) {
        let before = self.rows.get();
        let after = before.saturating_add(rows);
        self.rows.set(after);
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

    fn found<T: Default>(&self, result: Result<T>) -> T {
        result.unwrap_or_else(|failure| {
            self.fail(failure);
            T::default()
        })
    }

    fn fail(&self, failure: Error) {
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
        self.found(self.query.related(collection, id))
    }

    fn referring(&self, collection: CollectionNumber, field: FieldNumber, id: &str) -> Vec<Record> {
        let found = self.query.referring(collection, field, id, usize::MAX);
        let found = self.found(found);
        self.spend(found.len() as u64 + 1);
        found
    }

    fn all(&self, collection: CollectionNumber) -> Vec<Record> {
        let all = self.found(self.query.all(collection));
        self.spend(all.len() as u64);
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
        self.failure.borrow().is_some()
    }
}
