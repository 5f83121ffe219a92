//! How many entries there are in each hour.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use luge_model::timestamp::Timestamp;

use super::RequestLog;
use super::entry::EntryRef;
use super::list::{Asked, LogFilter, Look};
use super::pack::{HOUR_MILLISECONDS, Header, Pack};
use super::packs::{Depth, Span, Walk};
use crate::context::Context;
use crate::error::Result;
use crate::store::Direction;

/// An hour with entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hour {
    /// When it begins.
    pub begin: Timestamp,
    /// How many entries it has.
    pub total: u64,
}

impl RequestLog {
    /// The hours that have entries which match, in the order of time.
    ///
    /// # Errors
    /// When the caller is not a superuser, the filter is wrong, or too much is to be looked at.
    pub fn hours(&self, context: &Context, filter: &str) -> Result<Vec<Hour>> {
        context.require_superuser()?;
        let filter = LogFilter::parse(filter)?;
        let mut hours = BTreeMap::new();
        match filter.prepare(context) {
            None => self.count_packs(context, &mut hours)?,
            Some(filter) => {
                let mut look = Look::new(0, 0, true);
                let mut take = |_: &mut Look, entry: EntryRef<'_>| {
                    let at = Timestamp::parse(entry.created).unwrap_or_default();
                    *hours.entry(hour_of(at)).or_default() += 1;
                };
                let asked = Asked {
                    context,
                    filter: Some(&filter),
                    direction: Direction::Forward,
                };
                self.matching(asked, &mut take, &mut look)?;
            }
        }
        let hour = |(hour, total): (i64, u64)| Hour {
            begin: Timestamp(hour.saturating_mul(HOUR_MILLISECONDS)),
            total,
        };
        let hours = hours.into_iter().filter(|(_, total)| *total > 0);
        Ok(hours.map(hour).collect())
    }

    /// How many entries are shown.
    pub(super) fn count(&self, context: &Context) -> Result<u64> {
        let mut hours = BTreeMap::new();
        self.count_packs(context, &mut hours)?;
        Ok(hours.values().sum())
    }

    /// A pack belongs to one hour, so without a filter none is opened but those that reach back
    /// beyond what is shown.
    fn count_packs(&self, context: &Context, hours: &mut BTreeMap<i64, u64>) -> Result<()> {
        let Some(shown) = self.shown(context.now) else {
            return Ok(());
        };
        let whole = |header: &Header| header.first >= shown.from;
        let headers = Walk {
            span: shown,
            direction: Direction::Forward,
            depth: Depth::Headers,
        };
        self.walk(headers, &whole, &mut |found| {
            let total = u64::from(found.header.entries);
            *hours.entry(hour_of(found.header.first)).or_default() += total;
            Ok(ControlFlow::Continue(()))
        })?;
        let oldest = shown.from.to_string();
        let edge = Walk {
            span: Span {
                to: shown.from,
                ..shown
            },
            depth: Depth::Entries,
            ..headers
        };
        self.walk(edge, &|header| !whole(header), &mut |found| {
            let entries = found.pack.iter().flat_map(Pack::entries);
            let shown = entries.filter(|entry| entry.created >= oldest.as_str());
            *hours.entry(hour_of(found.header.first)).or_default() += shown.count() as u64;
            Ok(ControlFlow::Continue(()))
        })
    }
}

fn hour_of(at: Timestamp) -> i64 {
    at.0.div_euclid(HOUR_MILLISECONDS)
}
