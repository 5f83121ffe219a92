//! Whether the disk has room for more: below a reserve only deletes are accepted, so that they and
//! the engine's own housekeeping still work. Looks again every now and then, so it recovers by itself.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use luge_model::limits::{DISK_CHECK_MILLISECONDS, DISK_RESERVE_BYTES};

/// What is known about the disk.
#[derive(Debug)]
pub(super) struct Room {
    folder: Option<PathBuf>,
    checked: Option<Instant>,
    free_bytes: u64,
    was_enough: bool,
}

impl Room {
    pub(super) fn new(folder: Option<&Path>) -> Self {
        let folder = folder.map(Path::to_path_buf);
        Self {
            folder,
            checked: None,
            free_bytes: 0,
            was_enough: true,
        }
    }

    /// Whether `bytes` more leave the reserve alone.
    pub(super) fn is_enough(&mut self, bytes: usize) -> bool {
        let Some(folder) = &self.folder else {
            return true;
        };
        let pause = Duration::from_millis(DISK_CHECK_MILLISECONDS);
        if self
            .checked
            .is_none_or(|checked| checked.elapsed() >= pause)
        {
            self.checked = Some(Instant::now());
            self.free_bytes = match free_bytes(folder) {
                Ok(free) => free,
                Err(error) => {
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

fn free_bytes(folder: &Path) -> std::io::Result<u64> {
    let space = rustix::fs::statvfs(folder)?;
    Ok(space.f_bavail.saturating_mul(space.f_frsize))
}
