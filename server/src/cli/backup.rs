//! `luge backup`: copies of everything and their way back, seen from the terminal.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use luge_engine::backup::{self, Backups, Manifest, Verdict};
use luge_engine::clock::{Clock, SystemClock};
use luge_engine::context::Context;
use luge_engine::engine::Engine;
use luge_engine::error::{Error, Result};

use crate::cli::order::{Order, Report, sentence};
use crate::cli::{Refusal, folder};
use crate::config::Config;

/// What to do about backups.
#[derive(Subcommand)]
pub(super) enum BackupCommand {
    /// Make a backup of everything as it is now
    ///
    /// It is kept among the others: in the folder `backups` of the data folder, or in a bucket
    /// where the settings say so.
    Create {
        /// Its name, such as before-upgrade.zip [default: one with the time in it]
        name: Option<String>,
    },
    /// List the backups
    List,
    /// Check a backup wholly, without restoring it
    Verify {
        /// The name of a backup, or a file
        backup: String,
    },
    /// Put the data of a backup in the place of the data that is there
    ///
    /// Everything in the backup is checked before anything is touched. A running server starts
    /// again with the restored data.
    Restore {
        /// The name of a backup, or a file
        backup: String,
    },
}

/// Carries out the command.
pub(super) fn run(config: &Config, command: BackupCommand) -> std::result::Result<(), Refusal> {
    match command {
        BackupCommand::Create { name } => {
            let name = name.unwrap_or_default();
            tell(config, Order::BackupCreate { name })
        }
        BackupCommand::List => tell(config, Order::BackupList),
        BackupCommand::Verify { backup } => match found(config, &backup)? {
            Found::File(path) => {
                verify(config, &path)?;
                println!("The backup {backup} is whole and can be restored.");
                Ok(())
            }
            Found::Name(name) => tell(config, Order::BackupVerify { name }),
        },
        BackupCommand::Restore { backup } => match found(config, &backup)? {
            Found::File(path) => restore(config, &path),
            Found::Name(name) => restore_kept(config, name),
        },
    }
}

fn tell(config: &Config, order: Order) -> std::result::Result<(), Refusal> {
    let mut print = |report| {
        if let Report::Output { text } = report {
            print!("{text}");
        }
    };
    let done = folder::carry_out(config, order, &mut print)?;
    eprintln!("{done}");
    Ok(())
}

/// Where a backup is.
enum Found {
    File(PathBuf),
    /// In a bucket, if it is anywhere.
    Name(String),
}

/// A backup by its name or its place.
fn found(config: &Config, backup: &str) -> std::result::Result<Found, Refusal> {
    let kept = config.dir.value.join("backups").join(backup);
    let named = Path::new(backup).to_path_buf();
    let is_name = backup::is_key(backup);
    let mut places = [Some(kept).filter(|_| is_name), Some(named)]
        .into_iter()
        .flatten();
    if let Some(path) = places.find(|path| path.is_file()) {
        return Ok(Found::File(path));
    }
    // Only the data tells whether there is a bucket; where there is no data, none is made.
    if is_name && config.dir.value.is_dir() {
        return Ok(Found::Name(backup.to_owned()));
    }
    Err(Refusal::new(format!("there is no backup {backup}"))
        .remedy("`luge backup list` shows the names of those that are kept"))
}

fn verify(config: &Config, path: &Path) -> std::result::Result<(), Refusal> {
    let target = folder::target(config)?;
    let verdict = backup::verify_file(path, &target.vault)
        .map_err(|error| Refusal::new(format!("{}: {}", path.display(), sentence(&error))))?;
    let Verdict { manifest, problems } = verdict;
    if let Some(manifest) = &manifest {
        describe(manifest);
    }
    match problems.first() {
        None => Ok(()),
        Some(problem) => Err(Refusal::new(format!("{}: {problem}", path.display()))
            .remedy("restore another backup; this one changes nothing")),
    }
}

fn describe(manifest: &Manifest) {
    println!(
        "Made {} by Luge {} from {}: {} records of {} collections, {} files, {} bytes.",
        manifest.created,
        manifest.version,
        manifest.store,
        manifest.records,
        manifest.collections.len(),
        manifest.files,
        manifest.bytes,
    );
    if !manifest.missing_files.is_empty() {
        println!(
            "{} files that records name were missing when it was made.",
            manifest.missing_files.len()
        );
    }
}

/// A running server restores what it keeps itself; without one it is done here, also where the data
/// that is there cannot be opened any more.
fn restore(config: &Config, path: &Path) -> std::result::Result<(), Refusal> {
    let path = std::path::absolute(path)
        .map_err(|error| Refusal::new(format!("{}: {error}", path.display())))?;
    let order = Order::BackupRestore { path: path.clone() };
    if let Some(done) = folder::carry_out_running(config, &order)? {
        println!("{done}");
        return Ok(());
    }
    let target = folder::target(config)?;
    match backup::restore_file(&target, &path, SystemClock.now()) {
        Ok(manifest) => {
            describe(&manifest);
            println!("The data folder is restored.");
            Ok(())
        }
        Err(error) => Err(refusal(&path, &error)),
    }
}

/// What is in a bucket is reached through the settings, so the data that is there is opened.
fn restore_kept(config: &Config, name: String) -> std::result::Result<(), Refusal> {
    let order = Order::BackupRestoreKept { name };
    if let Some(done) = folder::carry_out_running(config, &order)? {
        println!("{done}");
        return Ok(());
    }
    folder::carry_out(config, order, &mut |_| {})?;
    folder::put_in_order(config)?;
    println!("The data folder is restored.");
    Ok(())
}

fn refusal(path: &Path, error: &Error) -> Refusal {
    let refusal = Refusal::new(format!("{}: {}", path.display(), sentence(error)));
    match error {
        Error::Unusable(_) | Error::Damaged { .. } => {
            refusal.remedy("nothing was changed; restore another backup")
        }
        Error::DiskFull => refusal.remedy("nothing was changed; make room and try again"),
        _ => refusal.remedy("nothing was changed; stop whatever uses the data folder"),
    }
}

/// Carries out an order about backups where the data folder is open.
pub(super) fn carry_out(
    engine: &Engine,
    context: &Context,
    order: Order,
    report: &mut dyn FnMut(String),
) -> Result<String> {
    let backups = &engine.backups;
    match order {
        Order::BackupCreate { name } => {
            let manifest = backups.create(context, &name, &|| false)?;
            Ok(format!(
                "The backup is made: {} records, {} files.",
                manifest.records, manifest.files
            ))
        }
        Order::BackupList => {
            let all = backups.list(context)?;
            for backup in &all {
                let line = format!("{}  {:>14}  {}\n", backup.modified, backup.size, backup.key);
                report(line);
            }
            Ok(format!("{} backups.", all.len()))
        }
        Order::BackupVerify { name } => {
            must_be_kept(backups, context, &name)?;
            let verdict = backups.judge(context, &name)?;
            match verdict.problems.into_iter().next() {
                None => Ok(format!("The backup {name} is whole and can be restored.")),
                Some(problem) => Err(Error::BadRequest(format!("{name}: {problem}"))),
            }
        }
        Order::BackupRestoreKept { name } => {
            must_be_kept(backups, context, &name)?;
            backups.restore(context, &name)?;
            Ok("The backup is loaded; the server starts again with it.".to_owned())
        }
        Order::BackupRestore { path } => {
            backups.restore_path(context, &path)?;
            Ok("The backup is loaded; the server starts again with it.".to_owned())
        }
        _ => Err(Error::BadRequest("this is not about backups".to_owned())),
    }
}

fn must_be_kept(backups: &Backups, context: &Context, name: &str) -> Result<()> {
    let mut all = backups.list(context)?.into_iter();
    if all.any(|backup| backup.key == name) {
        return Ok(());
    }
    let sentence =
        format!("there is no backup {name}; `luge backup list` shows those that are kept");
    Err(Error::BadRequest(sentence))
}
