//! Removing what changes left behind: ranges of keys that nothing owns any more.
//!
//! The ranges are named under a durable key in the commit that gave them up, removed in small
//! batches, and the key goes with the last one; after a restart the work is taken up again.

use std::ops::ControlFlow;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Weak};
use std::thread;

use crate::commit::{Committer, Proposal};
use crate::error::{Error, Result};
use crate::store::codec::{Reader, put_bytes};
use crate::store::{Direction, Key, KeyRange, Store, StoreError, key};

/// How many keys are removed in one commit.
const BATCH: usize = 100;
/// How many pieces of work are looked at together.
const PAGE: usize = 16;
/// The first byte of this kind of work.
const KIND: u8 = 1;

/// Ranges that nothing owns any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Leftover {
    ranges: Vec<KeyRange>,
}

impl Leftover {
    /// The write that records the work; `None` when there is none.
    pub(super) fn proposal_entry(ranges: &[KeyRange], number: u64) -> Option<(Key, Vec<u8>)> {
        if ranges.is_empty() {
            return None;
        }
        let mut bytes = vec![KIND];
        for range in ranges {
            put_bytes(&mut bytes, &range.start);
            put_bytes(&mut bytes, &range.end);
        }
        Some((key::work(number), bytes))
    }

    /// Reads recorded work; `None` when it is of another kind.
    fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        if reader.byte()? != KIND {
            return None;
        }
        let mut ranges = Vec::new();
        while !reader.is_at_end() {
            let (start, end) = (reader.bytes()?.to_vec(), reader.bytes()?.to_vec());
            ranges.push(KeyRange { start, end });
        }
        Some(Self { ranges })
    }
}

/// Starts the thread that removes leftovers; it ends with the catalog or with the store.
pub(super) fn start(committer: &Arc<Committer>, woken: Receiver<()>) -> Result<()> {
    let committer = Arc::downgrade(committer);
    let failed = |error: std::io::Error| {
        Error::Store(StoreError::Engine(format!(
            "the clean-up thread cannot be started: {error}"
        )))
    };
    thread::Builder::new()
        .name("luge-cleanup".to_owned())
        .spawn(move || run(&committer, &woken))
        .map(drop)
        .map_err(failed)
}

/// Holds the store only while it works, so that closing it is not held up.
fn run(committer: &Weak<Committer>, woken: &Receiver<()>) {
    while let Some(committer) = committer.upgrade() {
        match clear(&committer) {
            Ok(()) => {}
            Err(Error::Closed) => return,
            // The work stays recorded: it is taken up with the next change or start.
            Err(error) => {
                tracing::warn!(%error, "removing what a change of collections left behind failed");
            }
        }
        drop(committer);
        if woken.recv().is_err() {
            return;
        }
    }
}

/// Removes everything that is recorded now.
pub(super) fn clear(committer: &Committer) -> Result<()> {
    let mut rest = Some(key::work_range());
    while let Some(range) = rest {
        let mut found = Vec::new();
        rest = committer
            .store()
            .scan(&range, Direction::Forward, PAGE, &mut |key, bytes| {
                if let Some(leftover) = Leftover::decode(bytes) {
                    found.push((key.to_vec(), leftover));
                }
                ControlFlow::Continue(())
            })?;
        for (key, leftover) in found {
            for range in leftover.ranges {
                clear_range(committer, range)?;
            }
            commit(committer, vec![key])?;
        }
    }
    Ok(())
}

fn clear_range(committer: &Committer, range: KeyRange) -> Result<()> {
    let mut rest = Some(range);
    while let Some(range) = rest {
        let mut keys = Vec::new();
        rest = keys_of(committer.store().as_ref(), &range, &mut keys)?;
        if !keys.is_empty() {
            commit(committer, keys)?;
        }
    }
    Ok(())
}

fn keys_of(store: &dyn Store, range: &KeyRange, keys: &mut Vec<Key>) -> Result<Option<KeyRange>> {
    let rest = store.scan(range, Direction::Forward, BATCH, &mut |key, _| {
        keys.push(key.to_vec());
        ControlFlow::Continue(())
    })?;
    Ok(rest)
}

fn commit(committer: &Committer, deletes: Vec<Key>) -> Result<()> {
    let proposal = Proposal {
        deletes,
        ..Proposal::default()
    };
    committer.commit_in_background(&proposal)?;
    Ok(())
}
