//! What all steps of one list share: the rule and filter it obeys, its order, where it goes on
//! from, and what is noted of how its records are found.

use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;
use std::sync::Arc;

use luge_model::filter::{Bound, Environment, Filter, Prepared, Related, Scope};
use luge_model::record::Row;
use luge_model::sort::{PreparedSort, Sort};

use super::advice;
use super::collect::{Collector, Shown};
use super::cursor::Position;
use super::explain::{Explanation, Order, Source, SourceKind, Start};
use super::facets::Counter;
use super::narrow::Reading;
use super::{Lookups, bad_query, scope};
use crate::access::{Compiled, Grant};
use crate::context::{Context, Listed};
use crate::error::Result;
use crate::store::Direction;

/// The list rule and the filter of a request together, and its sort.
pub(super) struct Asked {
    filter: Option<Arc<Filter>>,
    pub(super) sort: Sort,
}

/// One list on its way.
pub(super) struct Run<'a> {
    pub(super) compiled: &'a Compiled,
    pub(super) lookups: &'a Lookups<'a>,
    /// The list rule and the filter of the request, together.
    pub(super) filter: Option<Prepared<'a>>,
    /// What holds for every match, of fields of the record itself.
    pub(super) bounds: Vec<Bound>,
    pub(super) sort: PreparedSort<'a>,
    /// Whether judging or ordering records looks others up.
    pub(super) looks_up: bool,
    /// Behind which place the list begins.
    pub(super) after: Option<Position>,
    /// Whether to note how records are found.
    pub(super) explains: bool,
    /// Counts values of the records that match, all of which must be looked at then.
    pub(super) counter: Option<Counter<'a>>,
    /// Index ranges that were begun and left off.
    pub(super) readings: RefCell<Vec<Reading>>,
    notes: RefCell<Explanation>,
    entries: Cell<u64>,
    candidates: Cell<u64>,
}

impl Asked {
    pub(super) fn parse(
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

    pub(super) fn warm(&self, lookups: &Lookups<'_>) -> Result<()> {
        lookups.warm(self.filter.iter().flat_map(|filter| filter.collections()))?;
        lookups.warm(self.sort.collections())
    }

    pub(super) fn run<'a>(
        &'a self,
        (compiled, lookups): (&'a Compiled, &'a Lookups<'a>),
        environment: &Environment<'a>,
        seed: u64,
    ) -> Run<'a> {
        let filter_looks_up = self
            .filter
            .as_ref()
            .is_some_and(|filter| filter.collections().next().is_some());
        let filter = prepared(self.filter.as_deref(), environment);
        Run {
            compiled,
            lookups,
            bounds: filter.as_ref().map(Prepared::bounds).unwrap_or_default(),
            filter,
            sort: self.sort.prepare(environment, seed),
            looks_up: filter_looks_up || self.sort.looks_up(),
            after: None,
            explains: false,
            counter: None,
            readings: RefCell::default(),
            notes: RefCell::default(),
            entries: Cell::new(0),
            candidates: Cell::new(0),
        }
    }
}

impl<'a> Run<'a> {
    pub(super) fn filters(&self) -> bool {
        self.filter.is_some()
    }

    /// Counts values of all records that match.
    pub(super) fn count_with(&mut self, counter: Option<Counter<'a>>) {
        self.looks_up |= counter.as_ref().is_some_and(Counter::looks_up);
        self.counter = counter;
    }

    /// Whether records that match may be passed over unseen.
    pub(super) fn may_skip(&self) -> bool {
        !self.filters() && self.after.is_none() && self.counter.is_none()
    }

    /// In which direction the list goes through the records as they were made, if it does.
    pub(super) fn by_insertion(&self) -> Option<Direction> {
        let reversed = self.sort.sort().by_insertion()?;
        Some(if reversed {
            Direction::Backward
        } else {
            Direction::Forward
        })
    }

    /// The place before which nothing needs to be read.
    pub(super) fn start(&self, collector: &Collector<'_>) -> Option<&Position> {
        let after = self.after.as_ref()?;
        let start = (!collector.counts()).then_some(after);
        self.note(|notes| {
            notes.cursor = Some(match start {
                Some(_) => Start::Sought,
                None => Start::PassedOver,
            });
        });
        start
    }

    /// Offers a record if it matches and stands behind the place where the list begins.
    pub(super) fn offer(&self, collector: &mut Collector<'_>, shown: Shown<'_>) -> ControlFlow<()> {
        self.look();
        let row = shown.row();
        // Where the order takes look-ups, the filter is asked first.
        let counts = collector.counts() || self.sort.sort().looks_up();
        if (counts || self.is_behind(row)) && self.matches(row) {
            if let Some(counter) = &self.counter {
                counter.take(row);
            }
            if !counts || self.is_behind(row) {
                collector.offer(shown)?;
            } else {
                collector.count();
            }
        }
        if self.lookups.must_stop() {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    /// Counts a record that is looked at.
    pub(super) fn look(&self) {
        self.lookups.spend(1);
        self.candidates.set(self.candidates.get() + 1);
    }

    /// Counts index entries that were read.
    pub(super) fn read_entries(&self, count: usize) {
        self.entries.set(self.entries.get() + count as u64);
        self.lookups.spend(count as u64);
    }

    /// Notes what serves the list, if that is asked for.
    pub(super) fn note(&self, note: impl FnOnce(&mut Explanation)) {
        if self.explains {
            note(&mut self.notes.borrow_mut());
        }
    }

    /// Notes a source and how its candidates are put in order.
    pub(super) fn served_by(&self, order: Order, source: impl FnOnce() -> Source) {
        self.note(|notes| {
            notes.source = source();
            notes.order = order;
        });
    }

    /// Notes what was begun in vain.
    pub(super) fn gave_up(&self, what: impl FnOnce() -> String) {
        self.note(|notes| notes.given_up.push(what()));
    }

    /// What was noted, once the list is found.
    pub(super) fn explanation(&self) -> Explanation {
        let mut notes = self.notes.borrow().clone();
        let (entries, candidates) = (self.entries.get(), self.candidates.get());
        notes.filters = self.filters() && notes.source.kind != SourceKind::Nothing;
        notes.cursor = self
            .after
            .as_ref()
            .map(|_| notes.cursor.unwrap_or(Start::PassedOver));
        notes.entries = entries;
        notes.candidates = candidates;
        let looked_at = self.lookups.rows();
        notes.related = looked_at.saturating_sub(entries.saturating_add(candidates));
        notes.microseconds = u64::try_from(self.lookups.elapsed().as_micros()).unwrap_or(u64::MAX);
        notes
    }

    /// Notes in the account of the call how the list was found, and in what is explained which
    /// index it misses: so many matched, and so many are shown.
    pub(super) fn tell(&self, context: &Context, (matched, returned): (u64, usize)) {
        if !self.explains {
            return;
        }
        let candidates = self.candidates.get();
        let scans = self.notes.borrow().source.kind == SourceKind::Scan;
        if scans {
            // Of records that are only put in order, what is not shown was looked at in vain.
            let kept = if self.filters() {
                matched
            } else {
                returned as u64
            };
            let missing_index = advice::missing_index(self, candidates, kept);
            self.note(|notes| notes.missing_index = missing_index);
        }
        context.account.listed(|| {
            let notes = self.notes.borrow();
            Listed {
                collection: Arc::clone(&self.compiled.collection),
                plan: notes.source.in_words(),
                looked: self.lookups.rows(),
                returned: returned as u64,
                missing_index: notes.missing_index.clone(),
            }
        });
    }

    fn is_behind(&self, row: &dyn Row) -> bool {
        let after = self.after.as_ref();
        after.is_none_or(|after| after.is_before(&self.sort, row))
    }

    /// Whether the rule and the filter accept a record.
    pub(super) fn matches(&self, row: &dyn Row) -> bool {
        self.filter
            .as_ref()
            .is_none_or(|filter| filter.matches(row))
    }
}

/// The rule and the request's filter as one; `None` where neither leaves anything out.
///
/// # Errors
/// [`Error::BadQuery`](crate::error::Error::BadQuery) and
/// [`Error::Forbidden`](crate::error::Error::Forbidden) where the text is wrong.
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
