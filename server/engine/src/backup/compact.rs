//! Writes the live keys of a data folder into a fresh store, which takes the place of the old one:
//! stores grow and do not shrink by themselves.

use std::io;
use std::path::Path;
use std::thread;

use luge_model::timestamp::Timestamp;

use super::dump::{Log, Made, dump, load};
use super::restore::Target;
use super::swap::{self, Building};
use super::{failed, unusable};
use crate::error::{Error, Result};
use crate::store::{self, Durability, Store, StoreOptions};

/// Compacts the store of a data folder that nobody else has open; the bytes on the disk before and
/// after. Everything in it stays as it is: ids, sequences, the change log.
///
/// # Errors
/// When somebody has the folder open, there is no room for a second store, or something is
/// damaged; then everything is as it was.
pub fn compact(target: &Target, now: Timestamp) -> Result<(u64, u64)> {
    let options = |folder: &Path| StoreOptions {
        folder: folder.to_path_buf(),
        durability: Durability::Strict,
        cache_bytes: 0,
    };
    let live = target.data.join("store");
    if !live.exists() {
        return Err(unusable("there is no database in this folder"));
    }
    let old = store::open(target.store, &options(&live))?;
    let before = old.size_on_disk()?;
    let building = Building::begin(&target.data)?;
    let fill = store::fill(target.store, &options(&building.part("store")))?;
    copy(&*old, fill, target.made(now))?;
    building.ready()?;
    old.close()?;
    drop(old);
    if let Some(swapped) = swap::settle(&target.data)? {
        swapped.confirm()?;
    }
    let new = store::open(target.store, &options(&live))?;
    let after = new.size_on_disk()?;
    new.close()?;
    Ok((before, after))
}

/// What one thread writes, another one reads.
fn copy(old: &dyn Store, fill: Box<dyn store::Fill>, made: Made<'_>) -> Result<()> {
    let (mut input, mut output) =
        io::pipe().map_err(|error| failed("connect two threads", &error))?;
    let frozen = old.frozen()?;
    thread::scope(|scope| {
        let writing = scope.spawn(move || dump(&*frozen, made, &mut output).map(drop));
        let loaded = load(&mut input, fill, made.vault, (Log::Kept, made.now));
        // A writer that nobody reads from any more ends.
        drop(input);
        let written = match writing.join() {
            Ok(written) => written,
            Err(_) => Err(Error::Closed),
        };
        match (written, loaded) {
            // What the reader misses is what the writer could not give.
            (Err(error), Err(Error::Unusable(_))) => Err(error),
            (_, Err(error)) | (Err(error), Ok(_)) => Err(error),
            (Ok(()), Ok(_)) => Ok(()),
        }
    })
}
