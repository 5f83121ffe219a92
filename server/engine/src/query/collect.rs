//! What becomes of the records that match: counted, and the page of them kept.

use std::cmp::Ordering;
use std::ops::ControlFlow;

use luge_model::filter::Scalar;
use luge_model::record::{Record, RecordRef, Row};
use luge_model::sort::PreparedSort;

/// A record that a source shows: held by the mirror, or borrowed from the store for the moment.
#[derive(Clone, Copy)]
pub(super) enum Shown<'a> {
    Held(&'a Record),
    Borrowed(&'a RecordRef<'a>),
}

/// Keeps one page of the records it is offered, in order.
pub(super) struct Collector<'a> {
    sort: &'a PreparedSort<'a>,
    skip: usize,
    take: usize,
    /// Whether every match must be seen, for the total.
    counts: bool,
    /// Whether records are offered in the order of the list already.
    in_order: bool,
    matched: u64,
    /// How many matches were met that stand behind the beginning of the list.
    passed: usize,
    /// In order: the page. Else the best records so far, and behind them newer candidates.
    kept: Vec<Kept>,
    /// Whether the record at the page's end is the worst of the best: the bar for later ones.
    cut: bool,
    /// Takes the records instead, if any.
    visitor: Option<Visitor<'a>>,
}

/// What is done with each record that matches; it may end the search.
pub(super) type Visitor<'a> = &'a mut (dyn FnMut(&dyn Row) -> ControlFlow<()> + 'a);

/// A record that was kept, and what the sort compares of it where that is found by look-ups.
struct Kept {
    record: Record,
    values: Vec<Scalar<'static>>,
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
    pub(super) fn new(sort: &'a PreparedSort<'a>, skip: usize, take: usize, counts: bool) -> Self {
        let in_order = sort.sort().is_empty();
        Self {
            sort,
            skip,
            take,
            counts,
            in_order,
            matched: 0,
            passed: 0,
            kept: Vec::new(),
            cut: false,
            visitor: None,
        }
    }

    /// Keeps nothing: every record goes to the visitor, in no particular order.
    pub(super) fn visiting(sort: &'a PreparedSort<'a>, visitor: Visitor<'a>) -> Self {
        Self {
            visitor: Some(visitor),
            ..Self::new(sort, 0, 0, true)
        }
    }

    /// Whether the first records of the list are enough, so that a source in order may stop early.
    pub(super) fn stops_early(&self) -> bool {
        !self.counts
    }

    /// Whether it has all it needs.
    pub(super) fn is_full(&self) -> bool {
        self.in_order && self.stops_early() && self.passed >= self.end()
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
        self.passed = 0;
        self.kept.clear();
        self.cut = false;
    }

    /// Whether every match must be seen, for the total.
    pub(super) fn counts(&self) -> bool {
        self.counts
    }

    /// Passes over matches that stand before the page and need not be looked at.
    pub(super) fn pass(&mut self, count: usize) {
        self.matched += count as u64;
        self.passed += count;
    }

    /// Counts a match that stands before the place where the list begins.
    pub(super) fn count(&mut self) {
        self.matched += 1;
    }

    /// Takes a record that matches.
    pub(super) fn offer(&mut self, shown: Shown<'_>) -> ControlFlow<()> {
        if let Some(visitor) = &mut self.visitor {
            return visitor(shown.row());
        }
        let position = self.passed;
        self.matched += 1;
        self.passed = self.passed.saturating_add(1);
        if self.in_order {
            if position >= self.skip && position < self.end() {
                self.kept.push(Kept {
                    record: shown.to_record(),
                    values: Vec::new(),
                });
            }
            return if self.is_full() {
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
                .sort_unstable_by(|left, right| left.order(sort, right));
            self.kept.truncate(self.end());
            self.kept.drain(..self.skip.min(self.kept.len()));
        }
        let kept = self.kept.into_iter().map(|kept| kept.record);
        (kept.collect(), self.matched)
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
        if !sort.sort().looks_up()
            && bar.is_some_and(|bar| order(sort, &bar.record, shown.row()) == Ordering::Less)
        {
            return;
        }
        let kept = Kept::new(sort, shown);
        if bar.is_some_and(|bar| bar.order(sort, &kept) == Ordering::Less) {
            return;
        }
        self.kept.push(kept);
        if self.kept.len() >= end.saturating_mul(2) {
            self.kept
                .select_nth_unstable_by(end - 1, |left, right| left.order(sort, right));
            self.kept.truncate(end);
            self.cut = true;
        }
    }
}

impl Kept {
    fn new(sort: &PreparedSort<'_>, shown: Shown<'_>) -> Self {
        let values = if sort.sort().looks_up() {
            sort.values(shown.row())
        } else {
            Vec::new()
        };
        Self {
            record: shown.to_record(),
            values,
        }
    }

    fn order(&self, sort: &PreparedSort<'_>, other: &Self) -> Ordering {
        if sort.sort().looks_up() {
            let order = sort.compare_values(&self.values, &other.values);
            return order.then_with(|| insertion(sort, &self.record, &other.record));
        }
        order(sort, &self.record, &other.record)
    }
}

/// The order of the list: by the sort keys, then by insertion, reversed where the last key is.
fn order(sort: &PreparedSort<'_>, left: &dyn Row, right: &dyn Row) -> Ordering {
    sort.compare(left, right)
        .then_with(|| insertion(sort, left, right))
}

fn insertion(sort: &PreparedSort<'_>, left: &dyn Row, right: &dyn Row) -> Ordering {
    let by_insertion = left.rowid().cmp(&right.rowid());
    if sort.sort().ends_descending() {
        by_insertion.reverse()
    } else {
        by_insertion
    }
}
