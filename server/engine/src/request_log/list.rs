//! Lists of entries: the filter language of records on the fields of an entry.

use std::cmp::Ordering;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use luge_model::collection::{Collection, Collections};
use luge_model::filter::{
    Audience, Bound, Environment, Filter, FilterError, NoRelated, Operator, Prepared, Scalar, Scope,
};
use luge_model::id::{FieldNumber, ID_FIELD};
use luge_model::limits::{
    PER_PAGE_DEFAULT, PER_PAGE_MAX, QUERY_MS_MAX, QUERY_ROWS_MAX, REQUEST_LOG_SORTED_MAX,
};
use luge_model::sort::{PreparedSort, Sort};
use luge_model::timestamp::Timestamp;
use luge_model::value::Value;

use super::RequestLog;
use super::entry::{Entry, EntryRef, FIELDS, time_of};
use super::pack::{HOUR_MILLISECONDS, Header};
use super::packs::{Depth, Found, Span, Walk};
use crate::catalog::described;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::store::Direction;

const CREATED_FIELD: FieldNumber = FieldNumber(ID_FIELD.0 + 1);
const LEVEL_FIELD: FieldNumber = FieldNumber(ID_FIELD.0 + 4);

/// Which entries are wanted.
#[derive(Clone, Debug, Default)]
pub struct LogRequest {
    /// From 1; 0 counts as 1.
    pub page: usize,
    /// Entries on a page; 0 counts as the default, more than the most is clamped.
    pub per_page: usize,
    /// Sort keys; empty for the order of time.
    pub sort: String,
    /// A filter over `id`, `created`, `level`, `message`, `data` and `data.…`.
    pub filter: String,
    /// Whether the total need not be counted.
    pub skip_total: bool,
}

/// One page of entries.
#[derive(Clone, Debug)]
pub struct LogPage {
    /// From 1.
    pub page: usize,
    /// Entries on a full page.
    pub per_page: usize,
    /// All that match; none where they were not counted.
    pub total: Option<u64>,
    /// The page.
    pub items: Vec<Entry>,
}

/// No collection: entries are related to nothing.
struct NoCollections;

impl Collections for NoCollections {
    fn find(&self, _: &str) -> Option<&Arc<Collection>> {
        None
    }
}

/// Who asks for which entries in which order.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) context: &'a Context,
    pub(super) filter: Option<&'a Prepared<'a>>,
    pub(super) direction: Direction,
}

/// A checked filter of entries.
#[derive(Clone, Debug, Default)]
pub(super) struct LogFilter(Option<Filter>);

impl LogFilter {
    pub(super) fn parse(text: &str) -> Result<Self> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let filter = with_scope(|scope| Filter::parse(text, scope))?;
        Ok(Self(Some(
            filter.map_err(|error| bad("filter format", &error))?,
        )))
    }

    /// The filter for one call; none where everything is wanted.
    pub(super) fn prepare<'f>(&'f self, context: &'f Context) -> Option<Prepared<'f>> {
        self.0
            .as_ref()
            .map(|filter| filter.prepare(&environment(context)))
    }
}

impl RequestLog {
    /// One page of the entries that match and are not too old.
    ///
    /// # Errors
    /// When the caller is not a superuser, filter or sort are wrong, or it looks at too much.
    pub fn list(&self, context: &Context, request: &LogRequest) -> Result<LogPage> {
        context.require_superuser()?;
        let filter = LogFilter::parse(&request.filter)?;
        let sort = with_scope(|scope| Sort::parse(&request.sort, scope))?;
        let sort = sort.map_err(|error| bad("sort", &error))?;
        let page = request.page.max(1);
        let per_page = match request.per_page {
            0 => PER_PAGE_DEFAULT,
            asked => asked.min(PER_PAGE_MAX),
        };
        let end = page.saturating_mul(per_page);
        let prepared = filter.prepare(context);
        let ordered = sort.by_insertion();
        // Without a filter the total is known from the packs without opening them.
        let counted = !request.skip_total && prepared.is_none() && ordered.is_some();
        let mut look = Look::new(end - per_page, end, !request.skip_total && !counted);
        let asked = Asked {
            context,
            filter: prepared.as_ref(),
            direction: match ordered {
                Some(true) => Direction::Backward,
                _ => Direction::Forward,
            },
        };
        if ordered.is_some() {
            self.in_order(asked, &mut look)?;
        } else {
            let sort = sort.prepare(&environment(context), self.random.seed());
            self.sorted(asked, &sort, &mut look)?;
        }
        let total = if counted {
            self.count(context)?
        } else {
            look.total as u64
        };
        Ok(LogPage {
            page,
            per_page,
            total: (!request.skip_total).then_some(total),
            items: look.kept,
        })
    }

    /// One entry.
    ///
    /// # Errors
    /// When the caller is not a superuser, or there is no such entry.
    pub fn view(&self, context: &Context, id: &str) -> Result<Entry> {
        context.require_superuser()?;
        let at = time_of(id).ok_or(Error::MissingRecord)?;
        let shown = self.shown(context.now).ok_or(Error::MissingRecord)?;
        if at < shown.from {
            return Err(Error::MissingRecord);
        }
        let mut found = None;
        let around = Walk {
            span: Span { from: at, to: at },
            direction: Direction::Backward,
            depth: Depth::Entries,
        };
        self.walk(around, &|_| true, &mut |pack| {
            let pack = pack.pack.as_ref();
            let entry = pack.and_then(|pack| pack.entries().find(|entry| entry.id == id));
            found = entry.map(EntryRef::to_owned);
            Ok(if found.is_some() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            })
        })?;
        found.ok_or(Error::MissingRecord)
    }

    /// What the settings let be seen: nothing is shown beyond its days, also before it is removed.
    pub(super) fn shown(&self, now: Timestamp) -> Option<Span> {
        let days = self.settings.current().logs.max_days;
        if days <= 0 || !self.may_hold_entries() {
            return None;
        }
        let age = days.saturating_mul(24 * HOUR_MILLISECONDS);
        Some(Span {
            from: Timestamp(now.0.saturating_sub(age)),
            to: Timestamp(i64::MAX),
        })
    }

    /// Entries in the order of time; the walk ends when the page is full, unless the rest is to be
    /// counted.
    fn in_order(&self, asked: Asked<'_>, look: &mut Look) -> Result<()> {
        let mut take = |look: &mut Look, found: EntryRef<'_>| {
            if look.total > look.first && look.total <= look.end {
                look.kept.push(found.to_owned());
            }
        };
        self.matching(asked, &mut take, look)
    }

    /// The first entries by some other order, without keeping all of them.
    fn sorted(&self, asked: Asked<'_>, sort: &PreparedSort<'_>, look: &mut Look) -> Result<()> {
        let most = look.end.min(REQUEST_LOG_SORTED_MAX);
        let order = |left: &Ranked, right: &Ranked| sort.compare_values(&left.0, &right.0);
        let mut best: Vec<Ranked> = Vec::new();
        let mut dropped = false;
        let mut take = |_: &mut Look, found: EntryRef<'_>| {
            best.push((sort.values(&found), found.to_owned()));
            if best.len() >= most.max(PER_PAGE_MAX) * 2 {
                // Stable, so equal ones stay in the order of time.
                best.sort_by(order);
                best.truncate(most);
                dropped = true;
            }
        };
        let mut all = Look {
            end: usize::MAX,
            ..Look::new(0, 0, true)
        };
        self.matching(asked, &mut take, &mut all)?;
        if dropped && most < look.end {
            return Err(Error::TooCostly(format!(
                "The page is beyond the first {REQUEST_LOG_SORTED_MAX} entries of a sorted list. A \
                 filter helps."
            )));
        }
        best.sort_by(order);
        let page = best.into_iter().take(look.end).skip(look.first);
        look.kept = page.map(|(_, entry)| entry).collect();
        look.total = all.total;
        Ok(())
    }

    /// Hands over every entry that matches, as long as any is of interest.
    pub(super) fn matching(
        &self,
        asked: Asked<'_>,
        take: &mut dyn FnMut(&mut Look, EntryRef<'_>),
        look: &mut Look,
    ) -> Result<()> {
        let Asked {
            context,
            filter,
            direction,
        } = asked;
        let Some(shown) = self.shown(context.now) else {
            return Ok(());
        };
        let bounds = filter.map(Prepared::bounds).unwrap_or_default();
        let walk = Walk {
            span: shown.narrowed(&bounds),
            direction,
            depth: Depth::Entries,
        };
        let wanted = |header: &Header| may_match(header, &bounds);
        let oldest = shown.from.to_string();
        self.walk(walk, &wanted, &mut |found: Found| {
            let Some(pack) = &found.pack else {
                return Ok(ControlFlow::Continue(()));
            };
            let mut entries: Vec<_> = pack.entries().collect();
            if direction == Direction::Backward {
                entries.reverse();
            }
            look.count(entries.len())?;
            for entry in entries {
                let matches = filter.is_none_or(|filter| filter.matches(&entry));
                if matches && entry.created >= oldest.as_str() {
                    look.total += 1;
                    take(look, entry);
                }
            }
            let full = look.total >= look.end && !look.counts;
            Ok(if full {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            })
        })
    }
}

/// An entry with what a sort compares of it.
type Ranked = (Vec<Scalar<'static>>, Entry);

/// What a walk is after, and what it has cost so far.
pub(super) struct Look {
    /// How many entries are passed over.
    first: usize,
    /// Behind which entry no more are kept.
    end: usize,
    /// Whether all are counted.
    counts: bool,
    kept: Vec<Entry>,
    total: usize,
    seen: u64,
    started: Instant,
}

impl Look {
    pub(super) fn new(first: usize, end: usize, counts: bool) -> Self {
        Self {
            first,
            end,
            counts,
            kept: Vec::new(),
            total: 0,
            seen: 0,
            started: Instant::now(),
        }
    }

    fn count(&mut self, entries: usize) -> Result<()> {
        self.seen += entries as u64;
        if self.seen > QUERY_ROWS_MAX {
            return Err(Error::TooCostly(format!(
                "The list looks at more than {QUERY_ROWS_MAX} entries. A filter by created helps."
            )));
        }
        if self.started.elapsed() > Duration::from_millis(QUERY_MS_MAX) {
            return Err(Error::TooCostly(format!(
                "The list takes longer than {QUERY_MS_MAX} ms. A filter by created helps."
            )));
        }
        Ok(())
    }
}

impl Span {
    /// What is left of a span where all bounds hold.
    fn narrowed(self, bounds: &[Bound]) -> Self {
        let mut span = self;
        for bound in bounds.iter().filter(|bound| bound.field == CREATED_FIELD) {
            let Value::Text(text) = &bound.value else {
                continue;
            };
            // Only a text in the form of the entries is compared as a moment.
            let at = Timestamp::parse(text).filter(|at| at.to_string() == *text);
            let Some(at) = at else { continue };
            match bound.operator {
                Operator::Greater | Operator::GreaterOrEqual => span.from = span.from.max(at),
                Operator::Less | Operator::LessOrEqual => span.to = span.to.min(at),
                Operator::Equal => {
                    span = Self {
                        from: span.from.max(at),
                        to: span.to.min(at),
                    }
                }
                _ => {}
            }
        }
        span
    }
}

/// Whether a pack can have an entry whose level satisfies the bounds.
fn may_match(header: &Header, bounds: &[Bound]) -> bool {
    bounds
        .iter()
        .filter(|bound| bound.field == LEVEL_FIELD)
        .all(|bound| {
            let Value::Number(level) = bound.value else {
                return true;
            };
            let (lowest, highest) = (f64::from(header.lowest), f64::from(header.highest));
            match bound.operator {
                Operator::Greater => highest > level,
                Operator::GreaterOrEqual => highest >= level,
                Operator::Less => lowest < level,
                Operator::LessOrEqual => lowest <= level,
                Operator::Equal => {
                    lowest.total_cmp(&level) != Ordering::Greater
                        && highest.total_cmp(&level) != Ordering::Less
                }
                _ => true,
            }
        })
}

fn environment(context: &Context) -> Environment<'_> {
    Environment {
        now: context.now,
        principal: &context.principal,
        request: &context.request,
        related: &NoRelated,
    }
}

/// Entries as a collection of their own, for the names in filters and sorts.
fn with_scope<T>(call: impl FnOnce(&Scope<'_>) -> T) -> Result<T> {
    let collection = described("logs", FIELDS)?;
    Ok(call(&Scope {
        collection: &collection,
        collections: &NoCollections,
        audience: Audience::Superuser,
        caller: None,
    }))
}

fn bad(what: &str, error: &FilterError) -> Error {
    Error::BadQuery(format!("Invalid {what}: {error}"))
}
