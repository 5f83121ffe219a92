//! Lists: plan, fetch, filter, sort, page.
//!
//! - The plan only chooses candidates; the whole rule and the whole filter are evaluated on each
//!   record itself, so a plan can be slow but never wrong.
//! - The order is total: records that the sort keys leave equal stay in insertion order (reversed
//!   where the last key is descending), so pages neither overlap nor skip, whatever the plan.
//! - A list without `sort` is in insertion order, always.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use luge_model::collection::Collections;
use luge_model::filter::{Audience, FilterError, FilterErrorKind, Related, Scope};
use luge_model::id::CollectionNumber;
use luge_model::limits::{PER_PAGE_DEFAULT, PER_PAGE_MAX};
use luge_model::record::{Record, Row};
use luge_model::sort::Sort;

use crate::access::{Access, Compiled, Grant, Operation};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::mirror::{Mirror, Shown};
use crate::random::Random;
use crate::search::Search;
use crate::secrets::Seal;
use crate::store::{ReadStore, StoreError, codec, key};

mod advice;
mod collect;
mod contained;
mod cursor;
mod expand;
mod explain;
mod facets;
mod hinted;
mod index_walk;
mod lookups;
mod narrow;
mod plan;
mod related;
mod run;
mod searched;
mod source;
mod suggest;
#[cfg(test)]
mod tests;

use collect::Collector;
use cursor::{Origin, Position};
pub use explain::{Explanation, Order, Source, SourceKind, Start};
use facets::Counter;
pub use facets::{Counted, FacetCounts, Facets};
pub use lookups::{Budget, Lookups};
pub use run::whole_filter;
use run::{Asked, Run};
pub use searched::Found;
pub use suggest::Suggestion;

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
    /// The place to go on from instead of a page: empty for the beginning, else what
    /// [`Page::next`] was.
    pub cursor: Option<String>,
    /// Also tell how the records were found; for superusers.
    pub explain: bool,
    /// What is searched for; empty for no search.
    pub search: String,
    /// The fields that are shown as snippets with what was found.
    pub highlight: Vec<String>,
    /// Whether all hits of a search are counted, however many.
    pub counts_all_hits: bool,
    /// The facets whose values are counted; `None` for no facets.
    pub facets: Option<String>,
    /// A text whose last word is completed; `None` for no suggestions.
    pub suggest: Option<String>,
    /// What it may cost, where that is shared with others.
    pub budget: Option<Budget>,
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
    /// What comes behind them.
    pub next: Next,
    /// How they were found, where that was asked for.
    pub explanation: Option<Box<Explanation>>,
    /// What a search tells of them, in the same order; empty without a search.
    pub found: Vec<Found>,
    /// Whether there are more matches than [`Self::total_items`].
    pub more_than_total: bool,
    /// What was counted, where that was asked for.
    pub facets: Option<Facets>,
    /// How a text may go on, where that was asked for.
    pub suggestions: Option<Vec<Suggestion>>,
}

/// What comes behind the records of a [`Page`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Next {
    /// Another page perhaps: there was no cursor to go on from.
    #[default]
    Page,
    /// Nothing: the list ends here.
    End,
    /// The records behind this cursor.
    Cursor(String),
}

impl<T> Page<T> {
    /// The same page with other items.
    #[must_use]
    pub fn with_items<U>(self, items: Vec<U>) -> Page<U> {
        Page {
            page: self.page,
            per_page: self.per_page,
            total_items: self.total_items,
            items,
            next: self.next,
            explanation: self.explanation,
            found: self.found,
            more_than_total: self.more_than_total,
            facets: self.facets,
            suggestions: self.suggestions,
        }
    }
}

/// Reads records, from the mirror where it holds them and else from the store.
#[derive(Debug)]
pub struct Query {
    store: Arc<dyn ReadStore>,
    mirror: Shown,
    access: Arc<Access>,
    random: Arc<dyn Random>,
    cursors: Arc<Seal>,
    search: Search,
}

/// What a reader stands on.
#[derive(Debug)]
pub struct Parts {
    /// Where records are kept.
    pub store: Arc<dyn ReadStore>,
    /// Records in memory.
    pub mirror: Arc<Mirror>,
    /// The rules of collections.
    pub access: Arc<Access>,
    /// Shuffles what is sorted by `@random`.
    pub random: Arc<dyn Random>,
    /// Seals cursors.
    pub cursors: Seal,
    /// Finds words in records.
    pub search: Search,
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
            cursors,
            search,
        } = parts;
        Self {
            store,
            mirror: Shown::all(mirror),
            access,
            random,
            cursors: Arc::new(cursors),
            search,
        }
    }

    /// The same reader over another state: that of `store`, which differs from the committed one
    /// in these collections only.
    #[must_use]
    pub fn over(&self, store: Arc<dyn ReadStore>, changed: HashSet<CollectionNumber>) -> Self {
        Self {
            store,
            mirror: self.mirror.without(changed),
            access: Arc::clone(&self.access),
            random: Arc::clone(&self.random),
            cursors: Arc::clone(&self.cursors),
            search: self.search.clone(),
        }
    }

    /// Where records are kept.
    pub(crate) fn store(&self) -> &dyn ReadStore {
        &*self.store
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
        if request.explain && !context.principal.is_superuser() {
            let reason = "Only superusers may ask how a list is found (explain).";
            return Err(Error::Forbidden(reason.to_owned()));
        }
        let grant = compiled.admit(context, Operation::List)?;
        let Some(text) = &request.suggest else {
            return self.list_granted(context, compiled, &grant, request);
        };
        let request = ListRequest {
            budget: Some(request.budget.clone().unwrap_or_default()),
            ..request.clone()
        };
        let mut page = self.list_granted(context, compiled, &grant, &request)?;
        let suggestions = self.suggestions(context, (compiled, &grant), (&request, text))?;
        page.suggestions = Some(suggestions);
        Ok(page)
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
        let facets = self.facets(context, compiled, request)?;
        if let Some(searched) = self.searched(context, compiled, request)? {
            return self.list_searched(context, (compiled, grant), (request, &searched, &facets));
        }
        let asked = Asked::parse((context, compiled), grant, (&request.filter, &request.sort))?;
        let lookups = self.lookups(context, &compiled.snapshot);
        let lookups = lookups.within(request.budget.as_ref());
        asked.warm(&lookups)?;
        let environment = lookups.environment();
        let mut run = asked.run((compiled, &lookups), &environment, self.seed(&asked.sort));
        run.explains = request.explain || context.account.is_kept();
        run.count_with(self.counter(compiled, &lookups, (&facets, request))?);
        let origin = Origin::of((context, compiled), &request.sort, &request.filter);
        run.after = self.place(&run, &origin, request.cursor.as_deref())?;
        let (page, per_page) = page_of(request.page, request.per_page);
        let skip = (page - 1).saturating_mul(per_page);
        let counted = self.counted(&run, request.skip_total)?;
        let counts = (!request.skip_total && counted.is_none()) || run.counter.is_some();
        let mut collector = match &request.cursor {
            // The record behind the page tells whether there is a next one.
            Some(_) => Collector::new(&run.sort, 0, per_page + 1, counts),
            None => Collector::new(&run.sort, skip, per_page, counts),
        };
        self.collect(&run, &mut collector)?;
        run.note(|notes| notes.in_memory = self.mirror.len(compiled.collection.number).is_some());
        let (mut items, matched) = collector.finish();
        run.tell(context, (matched, items.len().min(per_page)));
        lookups.check()?;
        let next = match &request.cursor {
            Some(_) => self.next(&run, &origin, &mut items, per_page)?,
            None => Next::Page,
        };
        Ok(Page {
            page,
            per_page,
            total_items: (!request.skip_total).then(|| counted.unwrap_or(matched)),
            items,
            next,
            explanation: request.explain.then(|| Box::new(run.explanation())),
            found: Vec::new(),
            more_than_total: false,
            facets: run.counter.take().map(Counter::finish),
            suggestions: None,
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
        let grant = compiled.admit(context, Operation::List)?;
        let asked = Asked::parse((context, compiled), &grant, (filter, ""))?;
        asked.warm(lookups)?;
        let environment = lookups.environment();
        let mut run = asked.run((compiled, lookups), &environment, 0);
        // The visitor may look others up too.
        run.looks_up = true;
        let mut visit = |row: &dyn Row| {
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

    /// The place that a list goes on from.
    fn place(
        &self,
        run: &Run<'_>,
        origin: &Origin,
        cursor: Option<&str>,
    ) -> Result<Option<Position>> {
        match cursor {
            None => Ok(None),
            Some(_) if run.sort.sort().is_random() => Err(cursor::refused(
                "a list in random order (@random) cannot be gone on with",
            )),
            Some("") => Ok(None),
            Some(text) => cursor::read(&self.cursors, origin, text).map(Some),
        }
    }

    /// Cuts the page to its length; what comes behind it.
    fn next(
        &self,
        run: &Run<'_>,
        origin: &Origin,
        items: &mut Vec<Record>,
        per_page: usize,
    ) -> Result<Next> {
        if items.len() <= per_page {
            return Ok(Next::End);
        }
        items.truncate(per_page);
        let Some(last) = items.last() else {
            return Ok(Next::End);
        };
        let position = Position::behind(&run.sort, last);
        // What the sort looked up of the record must have been found out.
        run.lookups.check()?;
        cursor::write(&self.cursors, origin, &position).map(Next::Cursor)
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
    let principal = &context.principal;
    let audience = match (principal.skips_rules(), principal.has_scopes()) {
        (true, false) => Audience::Superuser,
        (true, true) => Audience::SuperuserKey,
        (false, false) => Audience::Client,
        (false, true) => Audience::Key,
    };
    let identity = context.principal.identity();
    Scope {
        collection: &compiled.collection,
        collections: &*compiled.snapshot as &dyn Collections,
        audience,
        caller: identity.map(|identity| &*identity.collection),
    }
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
