//! `luge compact`: makes the database smaller, while no server runs.

use luge_engine::backup;
use luge_engine::clock::{Clock, SystemClock};
use luge_engine::error::Error;
use luge_engine::store::StoreError;

use crate::cli::order::sentence;
use crate::cli::{Refusal, folder};
use crate::config::Config;

/// Writes the live data into a fresh store.
pub(super) fn run(config: &Config) -> Result<(), Refusal> {
    let refusal = |error: &Error| {
        let refusal = Refusal::new(format!("nothing was compacted: {}", sentence(error)));
        match error {
            Error::Store(StoreError::InUse { .. }) => {
                refusal.remedy("stop the server first, then start it again")
            }
            Error::DiskFull => refusal.remedy("make room for a second copy of the database"),
            Error::Unusable(_) | Error::Damaged { .. } => {
                refusal.remedy("`luge check` lists everything that is damaged")
            }
            _ => refusal.remedy("check the folder's permissions and the disk"),
        }
    };
    folder::put_in_order(config)?;
    let target = folder::target(config)?;
    let (before, after) =
        backup::compact(&target, SystemClock.now()).map_err(|error| refusal(&error))?;
    println!("The database took {before} bytes and takes {after} now.");
    Ok(())
}
