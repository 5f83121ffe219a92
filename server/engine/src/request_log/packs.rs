//! Walking over stored packs, a bounded number of bytes at a time.

use std::ops::ControlFlow;

use luge_model::limits::{REQUEST_LOG_PACK_MILLISECONDS_MAX, REQUEST_LOG_READ_BYTES};
use luge_model::timestamp::Timestamp;

use super::RequestLog;
use super::pack::{Header, Pack};
use crate::error::{Error, Result};
use crate::store::{Direction, Key, KeyRange, StoreError, key};

/// Moments from and up to which entries are wanted, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

/// Whether packs are opened or only counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    Headers,
    Entries,
}

/// Where a walk goes, and how deep.
#[derive(Clone, Copy, Debug)]
pub(super) struct Walk {
    pub(super) span: Span,
    pub(super) direction: Direction,
    pub(super) depth: Depth,
}

/// What a walk finds of a pack.
pub(super) struct Found {
    pub(super) header: Header,
    /// None where only headers are wanted.
    pub(super) pack: Option<Pack>,
}

impl Span {
    /// The keys under which packs with entries of the span can be.
    pub(super) fn keys(self) -> KeyRange {
        let from = self
            .from
            .0
            .saturating_sub(REQUEST_LOG_PACK_MILLISECONDS_MAX);
        key::request_pack_range(Timestamp(from), self.to)
    }

    fn touches(self, header: &Header) -> bool {
        header.last >= self.from && header.first <= self.to
    }
}

impl RequestLog {
    /// Visits the packs that have entries of a span. `wanted` chooses by header what is opened.
    pub(super) fn walk(
        &self,
        walk: Walk,
        wanted: &dyn Fn(&Header) -> bool,
        visit: &mut dyn FnMut(Found) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        let Walk {
            span,
            direction,
            depth,
        } = walk;
        let mut rest = Some(span.keys());
        while let Some(range) = rest.take() {
            let mut read: Vec<(Key, Vec<u8>)> = Vec::new();
            let mut bytes = 0;
            let mut last = None;
            let left =
                self.committer
                    .store()
                    .scan(&range, direction, usize::MAX, &mut |key, value| {
                        last = Some(key.to_vec());
                        let header = Header::decode(value).ok();
                        // A damaged one is read too, so that it is told.
                        if header.is_none_or(|header| span.touches(&header) && wanted(&header)) {
                            let kept = match depth {
                                Depth::Headers => value.get(..64).unwrap_or(value),
                                Depth::Entries => value,
                            };
                            read.push((key.to_vec(), kept.to_vec()));
                        }
                        bytes += value.len();
                        if bytes < REQUEST_LOG_READ_BYTES {
                            ControlFlow::Continue(())
                        } else {
                            ControlFlow::Break(())
                        }
                    })?;
            rest = left;
            if bytes >= REQUEST_LOG_READ_BYTES
                && let Some(last) = last
            {
                rest = beyond(range, &last, direction);
            }
            for (key, value) in read {
                if visit(open(&key, &value, depth)?)?.is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

fn open(key: &[u8], value: &[u8], depth: Depth) -> Result<Found> {
    let damaged = |reason: String| Error::Store(StoreError::damaged(key, reason));
    let header = Header::decode(value).map_err(damaged)?;
    let pack = match depth {
        Depth::Headers => None,
        Depth::Entries => Some(Pack::open(value).map_err(damaged)?),
    };
    Ok(Found { header, pack })
}

/// The rest of a range behind a key.
fn beyond(range: KeyRange, passed: &[u8], direction: Direction) -> Option<KeyRange> {
    let rest = match direction {
        Direction::Forward => {
            let mut start = passed.to_vec();
            start.push(0);
            KeyRange {
                start,
                end: range.end,
            }
        }
        Direction::Backward => KeyRange {
            start: range.start,
            end: passed.to_vec(),
        },
    };
    (rest.start < rest.end).then_some(rest)
}
