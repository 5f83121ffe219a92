//! A store as it was after one commit, however much is written meanwhile.
//!
//! - It begins between two groups, so it is what one commit left. Before a group is applied, the
//!   values that it replaces are kept for every open view; a reader lays them over what is stored.
//! - What is kept for one view is bounded in bytes: a view for which more would have to be kept is
//!   lost, and every read of it says so. It never shows anything newer.
//! - While no view is open, a commit costs nothing more.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::{Bound, ControlFlow};
use std::sync::{Arc, Weak};

use luge_model::limits::FROZEN_BYTES_MAX;
use parking_lot::{Mutex, MutexGuard};

use super::embedded::{Medium, Scanning, Shared, Writes, refuse_inside_scan};
use super::{Direction, Frozen, Key, KeyRange, Sequence, StoreError, Visit};

/// What a key costs beside its own bytes and those of its value.
const OVERHEAD_BYTES: usize = 64;

/// All open views of a store.
#[derive(Debug, Default)]
pub(super) struct Views(Mutex<Vec<Weak<Mutex<Kept>>>>);

/// What one view needs that is no longer stored.
#[derive(Debug, Default)]
struct Kept {
    /// The values at the moment of the view, of everything that was written since.
    values: BTreeMap<Key, Option<Vec<u8>>>,
    bytes: usize,
    /// Why the view is lost.
    lost: Option<StoreError>,
}

/// One view.
pub(super) struct At<M> {
    shared: Arc<Shared<M>>,
    kept: Arc<Mutex<Kept>>,
    sequence: Sequence,
}

impl Views {
    /// Keeps what a group is about to replace. Called under the write side of the gate.
    pub(super) fn keep(&self, medium: &impl Medium, writes: &Writes) {
        let mut open = self.0.lock();
        open.retain(|view| view.strong_count() > 0);
        for kept in open.iter().filter_map(Weak::upgrade) {
            kept.lock().keep(medium, writes);
        }
    }

    fn open(&self) -> Arc<Mutex<Kept>> {
        let kept = Arc::default();
        self.0.lock().push(Arc::downgrade(&kept));
        kept
    }
}

impl Kept {
    fn keep(&mut self, medium: &impl Medium, writes: &Writes) {
        for key in writes.keys() {
            if self.lost.is_some() {
                return;
            }
            if self.values.contains_key(key) {
                continue;
            }
            match medium.get(key) {
                Ok(value) => {
                    let length = value.as_ref().map_or(0, Vec::len);
                    self.bytes += key.len() + length + OVERHEAD_BYTES;
                    self.values.insert(key.clone(), value);
                }
                Err(error) => self.lose(error),
            }
            if self.bytes > FROZEN_BYTES_MAX {
                let reason = "too much was written while it was read: try again at a quieter time";
                self.lose(StoreError::Engine(reason.to_owned()));
            }
        }
    }

    fn lose(&mut self, reason: StoreError) {
        self.lost = Some(reason);
        self.values.clear();
    }
}

impl<M: Medium> At<M> {
    /// The store after the last commit that was applied. Called under the read side of the gate.
    pub(super) fn begin(shared: &Arc<Shared<M>>, sequence: Sequence) -> Self {
        Self {
            kept: shared.views.open(),
            shared: Arc::clone(shared),
            sequence,
        }
    }

    fn kept(&self) -> Result<MutexGuard<'_, Kept>, StoreError> {
        let kept = self.kept.lock();
        match &kept.lost {
            Some(reason) => Err(reason.clone()),
            None => Ok(kept),
        }
    }
}

impl<M: Medium> Frozen for At<M> {
    fn sequence(&self) -> Sequence {
        self.sequence
    }

    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        refuse_inside_scan()?;
        let _reading = self.shared.gate.read();
        match self.kept()?.values.get(key) {
            Some(value) => Ok(value.clone()),
            None => self.shared.medium.get(key),
        }
    }

    fn scan(
        &self,
        range: &KeyRange,
        limit: usize,
        visit: &mut Visit<'_>,
    ) -> Result<Option<KeyRange>, StoreError> {
        self.shared.medium.check_scan(range, limit);
        if range.start >= range.end {
            return Ok(None);
        }
        if limit == 0 {
            return Ok(Some(range.clone()));
        }
        let _scanning = Scanning::begin()?;
        let _reading = self.shared.gate.read();
        let kept = self.kept()?;
        let bounds = (Bound::Included(&range.start), Bound::Excluded(&range.end));
        let mut older = kept.values.range::<Key, _>(bounds).peekable();
        let mut page = Page::new(range, limit, visit);
        let mut flow = ControlFlow::Continue(());
        let direction = Direction::Forward;
        self.shared.medium.scan(range, direction, &mut |key, now| {
            while let Some((gone, value)) = older.next_if(|(kept, _)| kept.as_slice() < key) {
                flow = page.offer(gone, value.as_deref());
                if flow.is_break() {
                    return flow;
                }
            }
            flow = match older.next_if(|(kept, _)| kept.as_slice() == key) {
                Some((_, value)) => page.offer(key, value.as_deref()),
                None => page.offer(key, Some(now)),
            };
            flow
        })?;
        while flow.is_continue()
            && let Some((gone, value)) = older.next()
        {
            flow = page.offer(gone, value.as_deref());
        }
        Ok(page.rest)
    }
}

impl<M: Medium> fmt::Debug for At<M> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("At")
            .field("sequence", &self.sequence)
            .finish_non_exhaustive()
    }
}

/// The entries of one step of a scan.
struct Page<'a, 'v> {
    range: &'a KeyRange,
    left: usize,
    last: Key,
    rest: Option<KeyRange>,
    visit: &'a mut Visit<'v>,
}

impl<'a, 'v> Page<'a, 'v> {
    fn new(range: &'a KeyRange, limit: usize, visit: &'a mut Visit<'v>) -> Self {
        Self {
            range,
            left: limit,
            last: Key::new(),
            rest: None,
            visit,
        }
    }

    /// An entry, or the key of what was not there yet.
    fn offer(&mut self, key: &[u8], value: Option<&[u8]>) -> ControlFlow<()> {
        let Some(value) = value else {
            return ControlFlow::Continue(());
        };
        if self.left == 0 {
            self.rest = Some(self.range.beyond(Direction::Forward, &self.last));
            return ControlFlow::Break(());
        }
        self.left -= 1;
        if self.left == 0 {
            self.last = key.to_vec();
        }
        (self.visit)(key, value)
    }
}

#[cfg(test)]
mod tests {
    use super::super::memory::Memory;
    use super::*;

    #[test]
    fn a_view_for_which_too_much_would_be_kept_is_lost_for_good() {
        let medium = Memory::default();
        let write = |key: &[u8], value: Option<Vec<u8>>| Writes::from([(key.to_vec(), value)]);
        medium.apply(write(b"k", Some(vec![1; 100]))).unwrap();
        let mut kept = Kept {
            bytes: FROZEN_BYTES_MAX - 200,
            ..Kept::default()
        };
        kept.keep(&medium, &write(b"k", None));
        assert!(kept.lost.is_none());
        assert_eq!(kept.values.get(b"k".as_slice()), Some(&Some(vec![1; 100])));
        // What is kept already is kept once.
        kept.keep(&medium, &write(b"k", None));
        assert!(kept.lost.is_none());
        kept.keep(&medium, &write(b"new", Some(vec![2; 1_000])));
        assert!(kept.lost.is_some() && kept.values.is_empty());
        kept.keep(&medium, &write(b"k", None));
        assert!(kept.values.is_empty());
    }
}
