//! What becomes of the records that match: counted, and the page of them kept.

use std::cmp::Ordering;
use std::ops::ControlFlow;

use luge_model::record::{Record, RecordRef, Row};
use luge_model::sort::Sort;

/// A record that a source shows: held by the mirror, or borrowed from the store for the moment.
#[derive(Clone, Copy)]
pub(super) enum Shown<'a> {
    Held(&'a Record),
    Borrowed(&'a RecordRef<'a>),
}

/// Keeps one page of the records it is offered, in order.
pub(super) struct Collector<'a> {
    sort: &'a Sort,
    skip: usize,
    take: usize,
    /// Whether every match must be seen, for the total.
    counts: bool,
    /// Whether records are offered in the order of the list already.
    in_order: bool,
    matched: u64,
    /// In order: the page. Else the best records so far, and behind them newer candidates.
    kept: Vec<Record>,
    /// Whether the record at the page's end is the worst of the best: the bar for later ones.
    cut: bool,
}

impl Shown<'_> {
    pub(super) fn row(&self) -> &dyn Row {
        match self {
            Self::Held(record) => *record,
            Self::Borrowed(record) => *record,
        }
    }

    fn to_record(self) -> Record {
        match self {
            Self::Held(record) => record.clone(),
            Self::Borrowed(record) => RecordRef::to_owned(*record),
        }
    }
}

impl<'a> Collector<'a> {
    pub(super) fn new(sort: &'a Sort, skip: usize, take: usize, counts: bool) -> Self {
        let in_order = sort.is_empty();
        Self {
            sort,
            skip,
            take,
            counts,
            in_order,
            matched: 0,
            kept: Vec::new(),
            cut: false,
        }
    }

    /// Whether the first records of the list are enough, so that a source in order may stop early.
    pub(super) fn stops_early(&self) -> bool {
        !self.counts
    }

    /// How many matches stand before the page.
    pub(super) fn skips(&self) -> usize {
        self.skip
    }

    /// The position after the page.
    pub(super) fn end(&self) -> usize {
        self.skip.saturating_add(self.take)
    }

    /// Says whether the source offers records in the order of the list.
    pub(super) fn expect_order(&mut self, in_order: bool) {
        self.in_order = in_order;
        self.matched = 0;
        self.kept.clear();
        self.cut = false;
    }

    /// Passes over matches that stand before the page and need not be looked at.
    pub(super) fn pass(&mut self, count: usize) {
        self.matched += count as u64;
    }

    /// Takes a record that matches.
    pub(super) fn offer(&mut self, shown: Shown<'_>) -> ControlFlow<()> {
        let position = usize::try_from(self.matched).unwrap_or(usize::MAX);
        self.matched += 1;
        if self.in_order {
            if position >= self.skip && position < self.end() {
                self.kept.push(shown.to_record());
            }
            let done = position.saturating_add(1) >= self.end() && self.stops_early();
            return if done {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            };
        }
        self.keep_top(shown);
        ControlFlow::Continue(())
    }

    /// The page and the number of all matches.
    pub(super) fn finish(mut self) -> (Vec<Record>, u64) {
        if !self.in_order {
            let sort = self.sort;
            self.kept
                .sort_unstable_by(|left, right| order(sort, left, right));
            self.kept.truncate(self.end());
            self.kept.drain(..self.skip.min(self.kept.len()));
        }
        (self.kept, self.matched)
    }

    /// A bounded top-k: at most twice the page's end is held; once it is full the worse half goes,
    /// and the last record of the better half becomes the bar that later ones must pass.
    fn keep_top(&mut self, shown: Shown<'_>) {
        let end = self.end();
        if end == 0 {
            return;
        }
        let sort = self.sort;
        let bar = self.kept.get(end - 1).filter(|_| self.cut);
        if bar.is_some_and(|bar| order(sort, bar, shown.row()) == Ordering::Less) {
            return;
        }
        self.kept.push(shown.to_record());
        if self.kept.len() >= end.saturating_mul(2) {
            self.kept
                .select_nth_unstable_by(end - 1, |left, right| order(sort, left, right));
            self.kept.truncate(end);
            self.cut = true;
        }
    }
}

/// The order of the list: by the sort keys, then by insertion, reversed where the last key is.
pub(super) fn order(sort: &Sort, left: &dyn Row, right: &dyn Row) -> Ordering {
    sort.compare(left, right).then_with(|| {
        let by_insertion = left.rowid().cmp(&right.rowid());
        if sort.ends_descending() {
            by_insertion.reverse()
        } else {
            by_insertion
        }
    })
}
