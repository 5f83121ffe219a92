//! Lists: plan, fetch, filter, sort, page.
//!
//! - The plan only chooses candidates; the whole rule and the whole filter are evaluated on each
//!   record itself, so a plan can be slow but never wrong.
//! - The order is total: records that the sort keys leave equal stay in insertion order (reversed
//!   where the last key is descending), so pages neither overlap nor skip, whatever the plan.
//! - A list without `sort` is in insertion order, always.

use std::sync::Arc;

use luge_model::collection::Collections;
use luge_model::filter::{Audience, Filter, FilterError, FilterErrorKind, Prepared, Scope};
use luge_model::limits::{PER_PAGE_DEFAULT, PER_PAGE_MAX};
use luge_model::record::{Record, Row};
use luge_model::sort::Sort;

use crate::access::{Compiled, Grant, Operation};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::mirror::Mirror;
use crate::random::Random;
use crate::store::{Store, StoreError, codec, key};

mod collect;
mod plan;
mod related;
mod source;

use collect::Collector;

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
    random: Arc<dyn Random>,
}

/// What all steps of one list share.
struct Run<'a> {
    compiled: &'a Compiled,
    rule: Option<Prepared<'a>>,
    filter: Option<Prepared<'a>>,
    sort: Sort,
}

impl Query {
    /// A reader of `store` beside `mirror`; `random` shuffles what is sorted by `@random`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, mirror: Arc<Mirror>, random: Arc<dyn Random>) -> Self {
        Self {
            store,
            mirror,
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

    fn list_granted(
        &self,
        context: &Context,
        compiled: &Compiled,
        grant: &Grant,
        request: &ListRequest,
    ) -> Result<Page<Record>> {
        let scope = scope(context, compiled);
        let filter = client_filter(&request.filter, &scope)?;
        let sort = Sort::parse(&request.sort, &scope).map_err(|error| bad_query("sort", &error))?;
        let seed = if sort.is_random() {
            self.random.seed()
        } else {
            0
        };
        let environment = compiled.environment(context);
        let run = Run {
            compiled,
            rule: grant.prepare(&environment),
            filter: filter.as_ref().map(|filter| filter.prepare(&environment)),
            sort: sort.with_seed(seed),
        };
        let page = request.page.max(1);
        let per_page = match request.per_page {
            0 => PER_PAGE_DEFAULT,
            asked => asked.min(PER_PAGE_MAX),
        };
        let skip = (page - 1).saturating_mul(per_page);
        let counted = self.counted(&run, request.skip_total)?;
        let counts = !request.skip_total && counted.is_none();
        let mut collector = Collector::new(&run.sort, skip, per_page, counts);
        self.collect(&run, &mut collector)?;
        let (items, matched) = collector.finish();
        let total_items = (!request.skip_total).then(|| counted.unwrap_or(matched));
        Ok(Page {
            page,
            per_page,
            total_items,
            items,
        })
    }

    /// The total where it needs no counting: nothing is filtered, so the counter has it.
    fn counted(&self, run: &Run<'_>, skip_total: bool) -> Result<Option<u64>> {
        if skip_total || run.rule.is_some() || run.filter.is_some() {
            return Ok(None);
        }
        let number = run.compiled.collection.number;
        if let Some(count) = self.mirror.len(number) {
            return Ok(Some(count));
        }
        let bytes = self.store.get(&key::counter(number))?;
        Ok(Some(
            bytes
                .as_deref()
                .and_then(codec::counter_value)
                .unwrap_or(0)
                .try_into()
                .unwrap_or(0),
        ))
    }
}

impl Run<'_> {
    fn matches(&self, row: &dyn Row) -> bool {
        self.rule.as_ref().is_none_or(|rule| rule.matches(row))
            && self
                .filter
                .as_ref()
                .is_none_or(|filter| filter.matches(row))
    }

    fn filters(&self) -> bool {
        self.rule.is_some() || self.filter.is_some()
    }
}

/// How the texts of a caller are read.
fn scope<'a>(context: &Context, compiled: &'a Compiled) -> Scope<'a> {
    let audience = if context.principal.is_superuser() {
        Audience::Superuser
    } else {
        Audience::Client
    };
    Scope {
        collection: &compiled.collection,
        collections: &*compiled.snapshot as &dyn Collections,
        audience,
    }
}

fn client_filter(text: &str, scope: &Scope<'_>) -> Result<Option<Filter>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    Filter::parse(text, scope)
        .map(Some)
        .map_err(|error| bad_query("filter", &error))
}

fn bad_query(parameter: &str, error: &FilterError) -> Error {
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
