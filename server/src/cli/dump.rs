//! `luge dump`: the whole database as one stream, which every store can read.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use luge_engine::clock::{Clock, SystemClock};
use luge_engine::engine::Engine;

use crate::cli::order::{Order, Report, sentence};
use crate::cli::{Refusal, folder};
use crate::config::Config;

/// Where to.
#[derive(Args)]
pub(super) struct DumpOptions {
    /// The file to write; it must not exist yet
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Writes everything in the database, as it was after one commit, into a file.
pub(super) fn run(config: &Config, options: &DumpOptions) -> Result<(), Refusal> {
    let path = std::path::absolute(&options.out)
        .map_err(|error| Refusal::new(format!("{}: {error}", options.out.display())))?;
    if path.exists() {
        return Err(Refusal::new(format!("{} exists already", path.display()))
            .remedy("choose another file with --out"));
    }
    let done = folder::carry_out(config, Order::Dump { path }, &mut |_| {})?;
    println!("{done}");
    Ok(())
}

/// Writes the dump where the data folder is open. It gets its name once it is complete.
pub(super) fn carry_out(engine: &Engine, path: &Path) -> Report {
    let unfinished = path.with_extension("unfinished");
    let made = write(engine, &unfinished).and_then(|done| {
        std::fs::rename(&unfinished, path).map_err(|error| error.to_string())?;
        Ok(done)
    });
    match made {
        Ok(text) => Report::Done { text },
        Err(reason) => {
            // What is left of it is of no use; that it cannot be removed changes nothing.
            let _ = std::fs::remove_file(&unfinished);
            Report::Refused {
                reason: format!("{}: {reason}", path.display()),
                remedy: Some(
                    "while a server runs, it is the server that must be able to write it"
                        .to_owned(),
                ),
            }
        }
    }
}

fn write(engine: &Engine, path: &Path) -> Result<String, String> {
    use std::os::unix::fs::OpenOptionsExt;
    let failed = |error: std::io::Error| error.to_string();
    let mut options = File::options();
    // It holds everybody's password hashes.
    let file = options.write(true).create_new(true).mode(0o600).open(path);
    let mut out = BufWriter::new(file.map_err(failed)?);
    let dumped = engine
        .backups
        .dump(SystemClock.now(), &mut out)
        .map_err(|error| sentence(&error))?;
    out.flush().map_err(failed)?;
    out.get_ref().sync_all().map_err(failed)?;
    Ok(format!(
        "{} records of {} collections are dumped, as they were after commit {}.",
        dumped.records(),
        dumped.collections(),
        dumped.header.sequence
    ))
}
