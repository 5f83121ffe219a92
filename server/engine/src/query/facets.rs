//! Facets of a list: how many of the records that match have each value.
//!
//! - Values are counted of records that passed the rule and the filter, as the caller sees them:
//!   not of related records that they may not list, nor of addresses that they are not shown.
//! - Which records are counted where not all are does not depend on others: whoever offers them
//!   does so in the order of their creation.
//! - A record counts once for each of its values.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use luge_model::filter::Related;
use luge_model::id::CollectionNumber;
use luge_model::limits::{FACET_HITS_MAX, FACET_VALUE_BYTES_MAX, FACET_VALUES_MAX};
use luge_model::record::{Record, Row};
use luge_model::search::{Buckets, Facet, FacetRange, FacetValue, SearchPath, facets};

use super::lookups::Lookups;
use super::{ListRequest, Query};
use crate::access::{Compiled, Projection};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::index::targets;

/// What the facets of a list counted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facets {
    /// In the order in which they were asked for.
    pub counts: Vec<FacetCounts>,
    /// Whether there are more records than were counted.
    pub are_least: bool,
}

/// What one facet counted.
#[derive(Clone, Debug, PartialEq)]
pub struct FacetCounts {
    /// The path of the facet.
    pub path: String,
    /// How many records have what.
    pub counted: Counted,
}

/// How many records have what.
#[derive(Clone, Debug, PartialEq)]
pub enum Counted {
    /// Each value.
    Values {
        /// The most frequent ones, those first.
        values: Vec<(FacetValue<'static>, u64)>,
        /// Whether there are others.
        more: bool,
    },
    /// A value in each range, in the order in which they were asked for.
    Ranges(Vec<(FacetRange, u64)>),
}

/// Counts the records of one list that it is shown.
pub(super) struct Counter<'a> {
    facets: Vec<Counting<'a>>,
    lookups: &'a Lookups<'a>,
    projection: Projection<'a>,
    /// How many records are counted at most.
    most: u64,
    tallies: RefCell<Tallies>,
}

/// One facet and where its values are.
struct Counting<'a> {
    facet: &'a Facet,
    path: SearchPath<'a>,
}

/// What was counted so far.
#[derive(Default)]
struct Tallies {
    records: u64,
    overflows: bool,
    bytes: usize,
    of_facets: Vec<Tally>,
}

/// What was counted of one facet.
#[derive(Default)]
struct Tally {
    texts: HashMap<Box<str>, Count>,
    /// By their bits.
    numbers: HashMap<u64, Count>,
    /// `false` and `true`.
    flags: [Count; 2],
    ranges: Vec<Count>,
}

/// How many records have a value.
#[derive(Clone, Copy, Default)]
struct Count {
    records: u64,
    /// The last of them, by its place among those counted.
    last: u64,
}

/// What is noted of a value beside its text, in bytes.
const NOTE: usize = size_of::<(Box<str>, Count)>();

impl Query {
    /// The facets that a request asks for.
    ///
    /// # Errors
    /// [`Error::BadQuery`] where it names what the caller cannot have counted.
    pub(super) fn facets(
        &self,
        context: &Context,
        compiled: &Compiled,
        request: &ListRequest,
    ) -> Result<Vec<Facet>> {
        let Some(text) = &request.facets else {
            return Ok(Vec::new());
        };
        let collection = &*compiled.collection;
        if collection.search.is_none() {
            return Err(Error::BadQuery(format!(
                "Invalid facets: the collection {} is not searchable. Its option search says what \
                 is counted.",
                collection.name
            )));
        }
        let sees_hidden = context.principal.is_superuser();
        facets(text, (collection, &*compiled.snapshot), sees_hidden)
            .map_err(|reason| Error::BadQuery(format!("Invalid facets: {reason}")))
    }

    /// Counts these facets; `None` where there are none.
    pub(super) fn counter<'a>(
        &self,
        compiled: &'a Compiled,
        lookups: &'a Lookups<'a>,
        (facets, request): (&'a [Facet], &ListRequest),
    ) -> Result<Option<Counter<'a>>> {
        if facets.is_empty() {
            return Ok(None);
        }
        let snapshot = &compiled.snapshot;
        let counting = facets.iter().filter_map(|facet| {
            let path = SearchPath::resolve(&facet.path, &compiled.collection, &**snapshot);
            path.ok().map(|path| Counting { facet, path })
        });
        let counting: Vec<Counting<'a>> = counting.collect();
        let hops = counting.iter().flat_map(|one| &one.path.hops);
        lookups.warm(hops.map(|hop| hop.target.number))?;
        let of_caller = self.access.compiled(snapshot, &compiled.collection);
        let counts_all = request.search.trim().is_empty() || request.counts_all_hits;
        Ok(Some(Counter {
            tallies: RefCell::new(Tallies {
                of_facets: counting.iter().map(Tally::of).collect(),
                ..Tallies::default()
            }),
            facets: counting,
            lookups,
            projection: Projection::new(Arc::clone(&of_caller), lookups.environment()),
            most: match counts_all {
                true => u64::MAX,
                false => FACET_HITS_MAX as u64,
            },
        }))
    }
}

impl Counter<'_> {
    /// Whether the values of a record lie in others, or it depends on others who sees them.
    pub(super) fn looks_up(&self) -> bool {
        let mut paths = self.facets.iter().map(|one| &one.path);
        paths.any(|path| !path.hops.is_empty() || path.is_address())
    }

    /// Counts a record; whether more of them can be counted.
    pub(super) fn take(&self, row: &dyn Row) -> bool {
        let mut tallies = self.tallies.borrow_mut();
        if tallies.records == self.most {
            tallies.overflows = true;
            return false;
        }
        tallies.records += 1;
        let Tallies {
            records,
            bytes,
            of_facets,
            ..
        } = &mut *tallies;
        for (counting, tally) in self.facets.iter().zip(of_facets) {
            self.each_value(&counting.path, row, &mut |value| {
                *bytes += tally.take(&counting.facet.buckets, value, *records);
            });
        }
        if *bytes > FACET_VALUE_BYTES_MAX {
            self.lookups.fail(Error::TooCostly(format!(
                "The values of the facets take more than {FACET_VALUE_BYTES_MAX} bytes. A filter, \
                 ranges, or facets with fewer values help."
            )));
        }
        true
    }

    /// What was counted.
    pub(super) fn finish(self) -> Facets {
        let Tallies {
            overflows,
            of_facets,
            ..
        } = self.tallies.into_inner();
        let counts = self.facets.iter().zip(of_facets);
        Facets {
            counts: counts
                .map(|(counting, tally)| FacetCounts {
                    path: counting.facet.path.clone(),
                    counted: tally.finish(&counting.facet.buckets),
                })
                .collect(),
            are_least: overflows,
        }
    }

    /// Shows the values that the caller sees at the end of a path.
    fn each_value(
        &self,
        path: &SearchPath<'_>,
        row: &dyn Row,
        each: &mut dyn FnMut(FacetValue<'_>),
    ) {
        let Some(hop) = path.hops.first() else {
            if !path.is_address() || self.projection.shows_email(row) {
                values(path, row, each);
            }
            return;
        };
        for id in targets(hop.relation.number, row) {
            if let Some(related) = self.related(hop.target.number, id) {
                values(path, &related, each);
            }
        }
    }

    /// A related record that the caller may list.
    fn related(&self, collection: CollectionNumber, id: &str) -> Option<Record> {
        let record = Related::record(self.lookups, collection, id)?;
        self.lookups.may_list(collection, &record).then_some(record)
    }
}

/// Shows the values of the field at the end of a path.
fn values(path: &SearchPath<'_>, row: &dyn Row, each: &mut dyn FnMut(FacetValue<'_>)) {
    match row.value(path.field.number) {
        Some(value) => Facet::each_value(path, value, each),
        // A record from before the field was there.
        None => Facet::each_value(path, path.field.kind.zero().as_ref(), each),
    }
}

impl Tally {
    fn of(counting: &Counting<'_>) -> Self {
        let ranges = match &counting.facet.buckets {
            Buckets::Ranges(ranges) => ranges.len(),
            Buckets::Values | Buckets::Periods(_) => 0,
        };
        Self {
            ranges: vec![Count::default(); ranges],
            ..Self::default()
        }
    }

    /// Counts a value of a record, and says how many bytes that takes.
    fn take(&mut self, buckets: &Buckets, value: FacetValue<'_>, record: u64) -> usize {
        match (buckets, value) {
            (Buckets::Ranges(ranges), value) => {
                for (range, count) in ranges.iter().zip(&mut self.ranges) {
                    if range.has(&value) {
                        count.add(record);
                    }
                }
                0
            }
            (Buckets::Periods(period), FacetValue::Text(date)) => {
                self.text(period.of(&date), record)
            }
            (_, FacetValue::Text(text)) => self.text(&text, record),
            (_, FacetValue::Number(number)) => {
                let known = self.numbers.len();
                // Zero has no sign.
                let bits = (number + 0.0).to_bits();
                self.numbers.entry(bits).or_default().add(record);
                (self.numbers.len() - known) * NOTE
            }
            (_, FacetValue::Flag(flag)) => {
                let [no, yes] = &mut self.flags;
                if flag { yes } else { no }.add(record);
                0
            }
        }
    }

    fn text(&mut self, text: &str, record: u64) -> usize {
        if let Some(count) = self.texts.get_mut(text) {
            count.add(record);
            return 0;
        }
        let mut count = Count::default();
        count.add(record);
        self.texts.insert(text.into(), count);
        NOTE + text.len()
    }

    fn finish(self, buckets: &Buckets) -> Counted {
        if let Buckets::Ranges(ranges) = buckets {
            let counts = self.ranges.iter().map(|count| count.records);
            return Counted::Ranges(ranges.iter().cloned().zip(counts).collect());
        }
        let [no, yes] = self.flags;
        let flags = [(false, no), (true, yes)].into_iter();
        let flags = flags.map(|(flag, count)| (FacetValue::Flag(flag), count));
        let numbers = self.numbers.into_iter();
        let numbers =
            numbers.map(|(bits, count)| (FacetValue::Number(f64::from_bits(bits)), count));
        let texts = self.texts.into_iter();
        let texts = texts.map(|(text, count)| (FacetValue::Text(String::from(text).into()), count));
        let all = flags.chain(numbers).chain(texts);
        let mut values: Vec<(FacetValue<'static>, u64)> = all
            .map(|(value, count)| (value, count.records))
            .filter(|(_, records)| *records > 0)
            .collect();
        values.sort_unstable_by(|(left, often), (right, less)| {
            less.cmp(often).then_with(|| left.order(right))
        });
        let more = values.len() > FACET_VALUES_MAX;
        values.truncate(FACET_VALUES_MAX);
        Counted::Values { values, more }
    }
}

impl Count {
    /// Counts a record, once.
    fn add(&mut self, record: u64) {
        if self.last != record {
            self.last = record;
            self.records += 1;
        }
    }
}
