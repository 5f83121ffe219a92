//! Whether the disk has room for more: below a reserve only deletes are accepted, so that they and
//! the engine's own housekeeping still work. Looks again every now and then, so it recovers by
//! itself.

use std::io;
use std::time::{Duration, Instant};

use luge_model::limits::{DISK_CHECK_MILLISECONDS, DISK_RESERVE_BYTES};

/// What is known about the disk.
#[derive(Debug)]
pub(super) struct Room {
    checked: Option<Instant>,
    free_bytes: u64,
    was_enough: bool,
}

impl Room {
    pub(super) fn new() -> Self {
        Self {
            checked: None,
            free_bytes: 0,
            was_enough: true,
        }
    }

    /// Whether `bytes` more leave the reserve alone. Looks with `measure` when the last look was a
    /// while ago, and reckons in between.
    pub(super) fn is_enough(
        &mut self,
        bytes: usize,
        measure: impl FnOnce() -> Option<io::Result<u64>>,
    ) -> bool {
        let pause = Duration::from_millis(DISK_CHECK_MILLISECONDS);
        if self
            .checked
            .is_none_or(|checked| checked.elapsed() >= pause)
        {
            self.checked = Some(Instant::now());
            self.free_bytes = match measure() {
                None => u64::MAX,
                Some(Ok(free)) => free,
                Some(Err(error)) => {
                    tracing::warn!(%error, "cannot see how much room the disk has");
                    u64::MAX
                }
            };
        }
        self.free_bytes = self.free_bytes.saturating_sub(bytes as u64);
        let enough = self.free_bytes >= DISK_RESERVE_BYTES;
        if enough != self.was_enough {
            self.was_enough = enough;
            if enough {
                tracing::info!("the disk has room again: writes are accepted");
            } else {
                tracing::error!("the disk is full: only deletes are accepted");
            }
        }
        enough
    }
}
