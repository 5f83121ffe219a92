//! `luge import pocketbase`: a whole data folder of PocketBase, seen from the terminal.
//!
//! It is carried out in this process and never by a running server, whose folder is not empty.

use std::path::PathBuf;

use clap::Args;
use indicatif::ProgressBar;
use luge_engine::error::Error;
use luge_engine::transfer::{
    PocketBaseError, PocketBaseImport, PocketBaseReport, Progress, REPORT, import_pocketbase,
};

use crate::cli::{Refusal, control, folder, order, transfer};
use crate::config::{Config, StoreName};

/// What to import.
#[derive(Args)]
pub(super) struct PocketBaseOptions {
    /// The data folder of PocketBase, usually pb_data
    folder: PathBuf,
    /// The environment variable with the key under which PocketBase encrypted its settings (what
    /// its --encryptionEnv named)
    #[arg(long, value_name = "NAME")]
    encryption_env: Option<String>,
    /// Import also where something cannot be carried; it is named all the same
    #[arg(long)]
    allow_losses: bool,
}

/// Imports.
pub(super) fn run(config: &Config, options: &PocketBaseOptions) -> Result<(), Refusal> {
    let target = config.dir.value.display();
    if config.store.value == StoreName::Memory {
        let reason = "the memory store keeps nothing, so nothing can be imported into it";
        return Err(Refusal::new(reason).remedy("choose another one with --store"));
    }
    if control::is_running(&config.dir.value) {
        let reason = format!("a server is running in the data folder {target}");
        return Err(Refusal::new(reason).remedy("import into another, empty folder with --dir"));
    }
    let key = options.encryption_env.as_deref().map(key).transpose()?;
    let import = PocketBaseImport {
        folder: &options.folder,
        encryption_key: key.as_deref(),
        allow_losses: options.allow_losses,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Refusal::new(format!("no threads can be started: {error}")))?;
    let _entered = runtime.enter();
    let bar = ProgressBar::new_spinner();
    let mut tell =
        |Progress { done, total, .. }| transfer::show(&bar, "records", done, Some(total));
    let outcome = import_pocketbase(folder::options(config), &import, &mut tell);
    bar.finish_and_clear();
    match outcome {
        Ok(report) => {
            print(&report);
            println!(
                "{} records of {} collections and {} files ({} bytes) are imported into {target}.",
                report.records, report.collections, report.files, report.file_bytes
            );
            println!(
                "The account of it is {}.",
                config.dir.value.join(REPORT).display()
            );
            Ok(())
        }
        Err(error) => Err(refusal(&error)),
    }
}

fn key(variable: &str) -> Result<String, Refusal> {
    std::env::var(variable).map_err(|_| {
        Refusal::new(format!("the environment variable {variable} is not set"))
            .remedy("set it to the key that PocketBase had, 32 characters")
    })
}

fn print(report: &PocketBaseReport) {
    for note in report.notes() {
        println!("Note: {note}");
    }
    for lost in report.lost() {
        eprintln!("Lost: {lost}");
    }
}

fn refusal(error: &PocketBaseError) -> Refusal {
    let remedy = match error {
        PocketBaseError::NoSource { .. } => "name the folder that holds data.db, usually pb_data",
        PocketBaseError::Outdated(_) => {
            "start PocketBase 0.23 or later on it once, which brings it up to date"
        }
        PocketBaseError::Running(_) => "stop it, and import again",
        PocketBaseError::Damaged { .. } => "repair the database with SQLite, or use a backup",
        PocketBaseError::Encrypted(_) => {
            "give --encryption-env the name of the variable that holds their key"
        }
        PocketBaseError::NotEmpty { .. } | PocketBaseError::BadTarget(_) => {
            "import into another, empty folder with --dir"
        }
        PocketBaseError::Definition(_) => "correct it with PocketBase, and import again",
        PocketBaseError::Io { .. } => "check the folder's permissions and the disk",
        PocketBaseError::Losses(report) => {
            print(report);
            "correct them with PocketBase, or import the rest with --allow-losses"
        }
        PocketBaseError::Engine(Error::DiskFull) => "make room and import again",
        PocketBaseError::Engine(_) => "correct it and import again",
    };
    let reason = match error {
        PocketBaseError::Engine(error) => order::sentence(error),
        other => other.to_string(),
    };
    Refusal::new(format!("{reason}; nothing was imported")).remedy(remedy)
}
