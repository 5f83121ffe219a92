//! Aborts the process when a commit hangs: the engine below has known deadlocks, and a process that
//! is killed loses nothing that was acknowledged, while one that hangs serves nobody.

use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

use luge_model::limits::COMMIT_HANG_SECONDS_MAX;
use parking_lot::Mutex;

/// Knows since when the committer is busy. The watching thread ends with it.
#[derive(Debug, Default)]
pub(super) struct Watchdog {
    busy_since: Arc<Mutex<Option<Instant>>>,
}

impl Watchdog {
    /// Starts watching.
    pub(super) fn start(&self) -> std::io::Result<()> {
        let watched = Arc::downgrade(&self.busy_since);
        thread::Builder::new()
            .name("commit watchdog".to_owned())
            .spawn(move || watch(&watched))?;
        Ok(())
    }

    pub(super) fn begin(&self) {
        *self.busy_since.lock() = Some(Instant::now());
    }

    pub(super) fn end(&self) {
        *self.busy_since.lock() = None;
    }
}

fn watch(watched: &Weak<Mutex<Option<Instant>>>) {
    let longest = Duration::from_secs(COMMIT_HANG_SECONDS_MAX);
    while let Some(busy_since) = watched.upgrade() {
        let hangs = busy_since
            .lock()
            .is_some_and(|since| since.elapsed() > longest);
        drop(busy_since);
        if hangs {
            tracing::error!(
                seconds = COMMIT_HANG_SECONDS_MAX,
                "a commit hangs: aborting the process, nothing acknowledged is lost"
            );
            std::process::abort();
        }
        thread::sleep(Duration::from_secs(1));
    }
}
