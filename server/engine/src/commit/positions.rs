//! Up to where live listeners have heard: what comes after must stay in the log, because one that
//! lags behind reads it there.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

use crate::store::Sequence;

/// The positions of all listeners.
#[derive(Debug, Default)]
pub(super) struct Positions(Mutex<Vec<Arc<AtomicU64>>>);

/// The position of one listener; forgotten when this is dropped.
#[derive(Debug)]
pub(super) struct Position {
    heard: Arc<AtomicU64>,
    all: Arc<Positions>,
}

impl Positions {
    /// A listener that needs what comes after a sequence.
    pub(super) fn begin(all: &Arc<Self>, after: Sequence) -> Position {
        let heard = Arc::new(AtomicU64::new(after.0));
        all.0.lock().push(Arc::clone(&heard));
        let all = Arc::clone(all);
        Position { heard, all }
    }

    /// The smallest position; `None` when nobody listens.
    pub(super) fn slowest(&self) -> Option<Sequence> {
        let positions = self.0.lock();
        let heard = positions.iter().map(|one| one.load(Ordering::Relaxed));
        heard.min().map(Sequence)
    }
}

impl Position {
    /// Everything up to a sequence was heard.
    pub(super) fn advance(&self, heard: Sequence) {
        self.heard.store(heard.0, Ordering::Relaxed);
    }
}

impl Drop for Position {
    fn drop(&mut self) {
        let mut positions = self.all.0.lock();
        positions.retain(|one| !Arc::ptr_eq(one, &self.heard));
    }
}
