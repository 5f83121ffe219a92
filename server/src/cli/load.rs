//! `luge load`: what `luge dump` wrote, read into an empty data folder with any store.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use clap::Args;
use luge_engine::backup;
use luge_engine::clock::{Clock, SystemClock};
use luge_engine::store::{self, Durability, StoreOptions};

use crate::cli::order::sentence;
use crate::cli::{Refusal, folder};
use crate::config::Config;

/// Where from.
#[derive(Args)]
pub(super) struct LoadOptions {
    /// The file that `luge dump` wrote
    file: PathBuf,
}

/// Reads such a file into an empty data folder.
pub(super) fn run(config: &Config, options: &LoadOptions) -> Result<(), Refusal> {
    let path = &options.file;
    let unreadable = |reason: String| {
        Refusal::new(format!("{}: {reason}", path.display()))
            .remedy("nothing was loaded; give a file that `luge dump` wrote")
    };
    let file = File::open(path).map_err(|error| unreadable(error.to_string()))?;
    let target = folder::target(config)?;
    refuse_used(&target.data)?;
    let folder = target.data.join("store");
    let fill = store::fill(
        target.store,
        &StoreOptions {
            folder: folder.clone(),
            durability: Durability::Strict,
            cache_bytes: config.cache_bytes.value,
        },
    );
    let fill = fill.map_err(|error| {
        Refusal::new(format!("the data folder cannot be made: {error}"))
            .remedy("choose another with --dir")
    })?;
    let log = (backup::Log::Kept, SystemClock.now());
    match backup::load(&mut BufReader::new(file), fill, &target.vault, log) {
        Ok(loaded) => {
            println!(
                "{} records of {} collections are loaded.",
                loaded.records(),
                loaded.collections()
            );
            Ok(())
        }
        Err(error) => {
            // It was empty before, and what is in it now is no database.
            if let Err(error) = std::fs::remove_dir_all(&folder) {
                eprintln!("luge: {} could not be removed: {error}", folder.display());
            }
            Err(unreadable(sentence(&error)))
        }
    }
}

fn refuse_used(data: &Path) -> Result<(), Refusal> {
    let is_empty = match std::fs::read_dir(data) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    };
    if is_empty {
        return Ok(());
    }
    Err(
        Refusal::new(format!("the data folder {} is not empty", data.display()))
            .remedy("choose a new one with --dir"),
    )
}
