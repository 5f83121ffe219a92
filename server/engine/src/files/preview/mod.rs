//! Previews of images: made when one is first asked for, stored beside the image, removed with it.
//!
//! - However many ask for the same preview at the same time, it is made once.
//! - The memory of all previews that are made at the same time is limited; further ones wait.
//! - An image that cannot be shown smaller (it is none, damaged, or too large) is shown as it is.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Weak};
use std::time::Duration;

use luge_model::limits::{
    PREVIEW_AT_ONCE_MAX, PREVIEW_FAILURES_KEPT, PREVIEW_MEMORY_BYTES_MAX, PREVIEW_SIZE_ALWAYS,
    PREVIEW_WAIT_SECONDS_MAX,
};
use parking_lot::Mutex;
use tokio::sync::{Mutex as Turn, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use super::media::{self, HEAD_BYTES};
use super::upload::Spool;
use super::{BlobPath, Files, SPOOL_FOLDER, failed};
use crate::error::Result;

mod format;
mod render;
mod size;
#[cfg(test)]
mod tests;

pub use format::Format;
use render::Source;
use size::Size;

/// What stands for the size of a whole image in another format.
const WHOLE: &str = "0x0";

/// A unit of the memory that previews take.
const MEBIBYTE: u64 = 1 << 20;

/// What is known of previews that are being made, or could not be.
#[derive(Debug)]
pub(super) struct Previews {
    turns: Mutex<HashMap<BlobPath, Weak<Turn<()>>>>,
    impossible: Mutex<HashSet<BlobPath>>,
    memory: Arc<Semaphore>,
}

impl Default for Previews {
    fn default() -> Self {
        let units = usize::try_from(PREVIEW_MEMORY_BYTES_MAX / MEBIBYTE).unwrap_or(usize::MAX);
        Self {
            turns: Mutex::default(),
            impossible: Mutex::default(),
            memory: Arc::new(Semaphore::new(units)),
        }
    }
}

impl Previews {
    async fn turn(&self, preview: &BlobPath) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.turns.lock();
            turns.retain(|_, turn| turn.strong_count() > 0);
            let known = turns.get(preview).and_then(Weak::upgrade);
            let turn = known.unwrap_or_default();
            turns.insert(preview.clone(), Arc::downgrade(&turn));
            turn
        };
        turn.lock_owned().await
    }

    fn is_impossible(&self, preview: &BlobPath) -> bool {
        self.impossible.lock().contains(preview)
    }

    /// Remembers for a while that there is no such preview, so that nobody tries again and again.
    fn give_up(&self, preview: &BlobPath) {
        let mut impossible = self.impossible.lock();
        if impossible.len() >= PREVIEW_FAILURES_KEPT {
            impossible.clear();
        }
        impossible.insert(preview.clone());
    }

    async fn room(&self, bytes: u64) -> Option<OwnedSemaphorePermit> {
        let all = PREVIEW_MEMORY_BYTES_MAX / MEBIBYTE;
        let units = bytes
            .div_ceil(MEBIBYTE)
            .clamp(all / PREVIEW_AT_ONCE_MAX, all);
        let units = u32::try_from(units).unwrap_or(u32::MAX);
        let acquiring = Arc::clone(&self.memory).acquire_many_owned(units);
        let time = Duration::from_secs(PREVIEW_WAIT_SECONDS_MAX);
        tokio::time::timeout(time, acquiring).await.ok()?.ok()
    }
}

/// What looking for a preview found.
enum Found {
    Ready,
    Missing(Source),
    Impossible,
}

impl Files {
    /// Whether a field with these sizes has previews of a size (contract §1.6).
    #[must_use]
    pub fn has_size(sizes: &[String], size: &str) -> bool {
        size == PREVIEW_SIZE_ALWAYS || sizes.iter().any(|known| known == size)
    }

    /// The preview of an image in a size, and perhaps in another format, made now if there is none
    /// yet; without a size the whole image in that format. `None` where the file is to be shown as
    /// it is.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn preview(
        self: &Arc<Self>,
        path: &BlobPath,
        size: Option<&str>,
        format: Option<Format>,
    ) -> Result<Option<BlobPath>> {
        let parsed = match size {
            Some(text) => Size::parse(text),
            None => format.map(|_| Size::WHOLE),
        };
        let ending = format.map_or("", Format::ending);
        let preview = path.preview(size.unwrap_or(WHOLE), ending);
        let (Some(size), Some(preview)) = (parsed, preview) else {
            return Ok(None);
        };
        let wish = (size, format);
        if self.previews.is_impossible(&preview) {
            return Ok(None);
        }
        let turn = self.previews.turn(&preview).await;
        let (files, original, wanted) = (Arc::clone(self), path.clone(), preview.clone());
        let looking = tokio::task::spawn_blocking(move || files.look(&original, &wanted, wish));
        let found = match looking.await {
            Ok(found) => found?,
            Err(died) => {
                tracing::warn!(?preview, %died, "looking at an image failed");
                Found::Impossible
            }
        };
        let source = match found {
            Found::Ready => return Ok(Some(preview)),
            Found::Impossible => {
                self.previews.give_up(&preview);
                return Ok(None);
            }
            Found::Missing(source) => source,
        };
        let Some(room) = self.previews.room(source.bytes).await else {
            tracing::warn!(?preview, "a preview waited too long to be made");
            return Ok(None);
        };
        self.make(path, &preview, source, (turn, room)).await
    }

    fn look(
        &self,
        original: &BlobPath,
        preview: &BlobPath,
        (size, format): (Size, Option<Format>),
    ) -> Result<Found> {
        if self.read(preview)?.is_some() {
            return Ok(Found::Ready);
        }
        let Some(blob) = self.read(original)? else {
            return Ok(Found::Impossible);
        };
        let head = self.part(&*blob, 0, HEAD_BYTES)?;
        let media_type = media::of_content(&head).media_type;
        match Source::open(blob, media_type, size, format) {
            Ok(Some(source)) => Ok(Found::Missing(source)),
            Ok(None) => Ok(Found::Impossible),
            Err(error) => {
                tracing::debug!(?preview, %error, "a file is no image after all");
                Ok(Found::Impossible)
            }
        }
    }

    /// Makes a preview. What is held is held until that is done, whoever waits for it.
    async fn make(
        self: &Arc<Self>,
        original: &BlobPath,
        preview: &BlobPath,
        source: Source,
        held: (OwnedMutexGuard<()>, OwnedSemaphorePermit),
    ) -> Result<Option<BlobPath>> {
        let (files, original, made) = (Arc::clone(self), original.clone(), preview.clone());
        let making = tokio::task::spawn_blocking(move || {
            let outcome = source
                .render()
                .map(|bytes| files.keep(&original, &made, &bytes));
            drop(held);
            outcome
        });
        match making.await {
            Ok(Ok(kept)) => {
                kept?;
                metrics::counter!("luge_previews_made_total").increment(1);
                return Ok(Some(preview.clone()));
            }
            Ok(Err(error)) => tracing::debug!(?preview, %error, "an image is damaged"),
            Err(died) => tracing::warn!(?preview, %died, "making a preview failed"),
        }
        self.previews.give_up(preview);
        Ok(None)
    }

    /// Stores a preview, unless its image went meanwhile.
    fn keep(&self, original: &BlobPath, preview: &BlobPath, mut bytes: &[u8]) -> Result<()> {
        let blobs = self.blobs()?;
        let folder = self.folder.join(SPOOL_FOLDER);
        let stored = Spool::of_reader(&folder, &*self.random, &mut bytes)
            .and_then(|spool| blobs.put(preview, &spool))
            .and_then(|()| match blobs.open(original)? {
                Some(_) => Ok(()),
                None => blobs.remove(original),
            });
        stored.map_err(|error| failed("store a preview", &error))
    }
}
