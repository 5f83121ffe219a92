//! Lists: plan, fetch, filter, sort, page.
//!
//! - The plan only chooses candidates; the whole rule and the whole filter are evaluated on each
//!   record itself, so a plan can be slow but never wrong.
//! - The order is total: records that the sort keys leave equal stay in insertion order (reversed
//!   where the last key is descending), so pages neither overlap nor skip, whatever the plan.
//! - A list without `sort` is in insertion order, always.

use std::ops::ControlFlow;
use std::sync::Arc;

use luge_model::collection::Collections;
use luge_model::filter::Related;
use luge_model::filter::{
    Audience, Environment, Filter, FilterError, FilterErrorKind, Prepared, Scope,
};
use luge_model::id::CollectionNumber;
use luge_model::limits::{PER_PAGE_DEFAULT, PER_PAGE_MAX};
use luge_model::record::{Record, Row};
use luge_model::sort::{PreparedSort, Sort};

use crate::access::{Access, Compiled, Grant, Operation};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::mirror::Mirror;
use crate::random::Random;
use crate::store::{Store, StoreError, codec, key};

mod collect;
mod expand;
mod hinted;
mod lookups;
mod plan;
mod related;
mod source;
#[cfg(test)]
mod tests;

use collect::{Collector, Shown};
pub use lookups::Lookups;

/// What a list asks for (contract §1.2).
#[derive(Clone, Debug, Default)]
pub struct ListRequest {
    /// From 1; 0 counts as 1.
    pub page: usize,
    /// Records on a page; 0 counts as the default, more than the most is clamped.
    pub per_page: usize,
    /// Sort keys; empty for insertion order.
    pub sort: String,
    /// A filter; empty for none.
    pub filter: String,
    /// Leaves the total out.
    pub skip_total: bool,
}

/// A page of records.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// From 1.
    pub page: usize,
    /// Records on a full page.
    pub per_page: usize,
    /// How many records match; `None` when the request left it out.
    pub total_items: Option<u64>,
    /// The records.
    pub items: Vec<T>,
}

/// Reads records, from the mirror where it holds them and else from the store.
#[derive(Debug)]
pub struct Query {
    store: Arc<dyn Store>,
    mirror: Arc<Mirror>,
    access: Arc<Access>,
    random: Arc<dyn Random>,
}

/// What a reader stands on.
#[derive(Debug)]
pub struct Parts {
    /// Where records are kept.
    pub store: Arc<dyn Store>,
    /// Records in memory.
    pub mirror: Arc<Mirror>,
    /// The rules of collections.
    pub access: Arc<Access>,
    /// Shuffles what is sorted by `@random`.
    pub random: Arc<dyn Random>,
}

/// The list rule and the filter of a request together, and its sort.
struct Asked {
    filter: Option<Arc<Filter>>,
    sort: Sort,
}

/// What all steps of one list share.
struct Run<'a> {
    compiled: &'a Compiled,
    lookups: &'a Lookups<'a>,
    /// The list rule and the filter of the request, together.
    filter: Option<Prepared<'a>>,
    sort: PreparedSort<'a>,
    /// Whether judging a record looks others up.
    looks_up: bool,
}

impl Query {
    /// A reader over its parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let Parts {
            store,
            mirror,
            access,
            random,
        } = parts;
        Self {
            store,
            mirror,
            access,
            random,
        }
    }

    /// One record, whoever asks: rules are the caller's affair.
    ///
    /// # Errors
    /// When the store fails or the record is damaged.
    pub fn record(&self, compiled: &Compiled, id: &str) -> Result<Option<Record>> {
        let number = compiled.collection.number;
        self.related(number, id).map_err(|error| match error {
            Error::Store(StoreError::Damaged { reason, .. }) => Error::Damaged {
                collection: compiled.collection.name.clone(),
                id: id.to_owned(),
                reason,
            },
            other => other,
        })
    }

    /// One record as it is in the store, which has a commit a moment before it is answered and
    /// mirrored: for whoever found the id there.
    ///
    /// # Errors
    /// When the store fails or the record is damaged.
    pub fn stored(&self, compiled: &Compiled, id: &str) -> Result<Option<Record>> {
        let bytes = self
            .store
            .get(&key::record(compiled.collection.number, id))?;
        bytes.map(|bytes| open(compiled, id, &bytes)).transpose()
    }

    /// The records that a caller may list and that match, a page of them.
    ///
    /// # Errors
    /// [`Error::SuperusersOnly`] when the list rule is locked, [`Error::BadQuery`] when the filter
    /// or sort is wrong; else when the store fails.
    pub fn list(
        &self,
        context: &Context,
        compiled: &Compiled,
        request: &ListRequest,
    ) -> Result<Page<Record>> {
        let grant = compiled.grant(context, Operation::List)?;
        self.list_granted(context, compiled, &grant, request)
    }

    /// The same for a caller to whom these records are granted.
    ///
    /// # Errors
    /// As [`Self::list`].
    pub fn list_granted(
        &self,
        context: &Context,
        compiled: &Compiled,
        grant: &Grant,
        request: &ListRequest,
    ) -> Result<Page<Record>> {
        let asked = Asked::parse((context, compiled), grant, (&request.filter, &request.sort))?;
        let lookups = self.lookups(context, &compiled.snapshot);
        asked.warm(&lookups)?;
        let environment = lookups.environment();
        let run = asked.run((compiled, &lookups), &environment, self.seed(&asked.sort));
        let (page, per_page) = page_of(request.page, request.per_page);
        let skip = (page - 1).saturating_mul(per_page);
        let counted = self.counted(&run, request.skip_total)?;
        let counts = !request.skip_total && counted.is_none();
        let mut collector = Collector::new(&run.sort, skip, per_page, counts);
        self.collect(&run, &mut collector)?;
        lookups.check()?;
        let (items, matched) = collector.finish();
        let total_items = (!request.skip_total).then(|| counted.unwrap_or(matched));
        Ok(Page {
            page,
            per_page,
            total_items,
            items,
        })
    }

    /// Shows a visitor every record that the caller may list and that matches, each once.
    ///
    /// # Errors
    /// As for [`Self::list`].
    pub fn visit(
        &self,
        lookups: &Lookups<'_>,
        compiled: &Compiled,
        filter: &str,
        visitor: &mut dyn FnMut(&dyn Row),
    ) -> Result<()> {
        let context = lookups.context();
        let grant = compiled.grant(context, Operation::List)?;
        let asked = Asked::parse((context, compiled), &grant, (filter, ""))?;
        asked.warm(lookups)?;
        let environment = lookups.environment();
        let mut run = asked.run((compiled, lookups), &environment, 0);
        // The visitor may look others up too.
        run.looks_up = true;
        let mut visit = |row: &dyn Row| {
            if !run.filters() {
                lookups.spend(1);
            }
            visitor(row);
            if lookups.must_stop() {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        };
        let mut collector = Collector::visiting(&run.sort, &mut visit);
        self.collect(&run, &mut collector)?;
        lookups.check()
    }

    fn seed(&self, sort: &Sort) -> u64 {
        if sort.is_random() {
            self.random.seed()
        } else {
            0
        }
    }

    /// The total where it needs no counting: nothing is filtered, so the counter has it.
    fn counted(&self, run: &Run<'_>, skip_total: bool) -> Result<Option<u64>> {
        if skip_total || run.filters() {
            return Ok(None);
        }
        let size = self.size(run.compiled.collection.number)?;
        Ok(Some(size as u64))
    }

    /// How many records a collection has.
    fn size(&self, number: CollectionNumber) -> Result<usize> {
        if let Some(count) = self.mirror.len(number) {
            return Ok(usize::try_from(count).unwrap_or(usize::MAX));
        }
        let bytes = self.store.get(&key::counter(number))?;
        let count = bytes.as_deref().and_then(codec::counter_value);
        Ok(count.unwrap_or(0).try_into().unwrap_or(0))
    }
}

impl Asked {
    fn parse(
        (context, compiled): (&Context, &Compiled),
        grant: &Grant,
        (filter, sort): (&str, &str),
    ) -> Result<Self> {
        let scope = scope(context, compiled);
        Ok(Self {
            filter: whole_filter(grant, filter, &scope)?,
            sort: Sort::parse(sort, &scope).map_err(|error| bad_query("sort", &error))?,
        })
    }

    fn warm(&self, lookups: &Lookups<'_>) -> Result<()> {
        lookups.warm(self.filter.iter().flat_map(|filter| filter.collections()))?;
        lookups.warm(self.sort.collections())
    }

    fn run<'a>(
        &'a self,
        (compiled, lookups): (&'a Compiled, &'a Lookups<'a>),
        environment: &Environment<'a>,
        seed: u64,
    ) -> Run<'a> {
        Run {
            compiled,
            lookups,
            filter: prepared(self.filter.as_deref(), environment),
            sort: self.sort.prepare(environment, seed),
            looks_up: self
                .filter
                .as_ref()
                .is_some_and(|filter| filter.collections().next().is_some()),
        }
    }
}

impl Run<'_> {
    fn matches(&self, row: &dyn Row) -> bool {
        self.lookups.spend(1);
        self.filter
            .as_ref()
            .is_none_or(|filter| filter.matches(row))
    }

    fn filters(&self) -> bool {
        self.filter.is_some()
    }

    /// Offers a record if it matches.
    fn offer(&self, collector: &mut Collector<'_>, shown: Shown<'_>) -> ControlFlow<()> {
        if self.matches(shown.row()) {
            collector.offer(shown)?;
        }
        if self.lookups.must_stop() {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }
}

/// The page that is meant, and how much is on it.
#[must_use]
pub fn page_of(page: usize, per_page: usize) -> (usize, usize) {
    let per_page = match per_page {
        0 => PER_PAGE_DEFAULT,
        asked => asked.min(PER_PAGE_MAX),
    };
    (page.max(1), per_page)
}

/// How the texts of a caller are read.
#[must_use]
pub fn scope<'a>(context: &'a Context, compiled: &'a Compiled) -> Scope<'a> {
    let audience = if context.principal.is_superuser() {
        Audience::Superuser
    } else {
        Audience::Client
    };
    let identity = context.principal.identity();
    Scope {
        collection: &compiled.collection,
        collections: &*compiled.snapshot as &dyn Collections,
        audience,
        caller: identity.map(|identity| &*identity.collection),
    }
}

/// The rule and the request's filter as one; `None` where neither leaves anything out.
///
/// # Errors
/// [`Error::BadQuery`] and [`Error::Forbidden`] where the text is wrong.
pub fn whole_filter(grant: &Grant, text: &str, scope: &Scope<'_>) -> Result<Option<Arc<Filter>>> {
    let whole = match grant {
        Grant::Matching(rule) if text.trim().is_empty() => return Ok(Some(Arc::clone(rule))),
        Grant::Everything if text.trim().is_empty() => return Ok(None),
        Grant::Matching(rule) => rule.and(text, scope),
        Grant::Everything => Filter::parse(text, scope),
    };
    whole
        .map(|filter| Some(Arc::new(filter)))
        .map_err(|error| bad_query("filter", &error))
}

/// `None` where the answer is yes for every record.
fn prepared<'a>(filter: Option<&'a Filter>, environment: &Environment<'a>) -> Option<Prepared<'a>> {
    filter
        .map(|filter| filter.prepare(environment))
        .filter(|prepared| prepared.constant() != Some(true))
}

/// What is wrong with a parameter.
#[must_use]
pub fn bad_query(parameter: &str, error: &FilterError) -> Error {
    match error.kind {
        FilterErrorKind::SuperusersOnly => Error::Forbidden(error.message.clone()),
        FilterErrorKind::Invalid => Error::BadQuery(format!("Invalid {parameter}: {error}")),
    }
}

fn open(compiled: &Compiled, id: &str, bytes: &[u8]) -> Result<Record> {
    Record::open(bytes).map_err(|damage| Error::Damaged {
        collection: compiled.collection.name.clone(),
        id: id.to_owned(),
        reason: damage.to_string(),
    })
}
