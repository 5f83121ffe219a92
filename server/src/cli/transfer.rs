//! `luge import` and `luge export`: files into collections and back, seen from the terminal.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use crate::cli::import_pocketbase::{self, PocketBaseOptions};
use crate::cli::order::{Order, Report};
use crate::cli::{Refusal, folder};
use crate::config::Config;

/// What to import.
#[derive(Subcommand)]
pub(super) enum ImportCommand {
    /// Read a CSV, JSON or NDJSON file into a collection
    ///
    /// A collection that does not exist is made, with fields inferred from the file; every decision
    /// is told. Rows that do not fit are listed with their line and reason, and do not stop the
    /// others.
    File {
        /// The file
        path: PathBuf,
        /// The name of the collection
        #[arg(long, value_name = "NAME")]
        collection: String,
        /// csv, json or ndjson [default: what the name of the file says]
        #[arg(long)]
        format: Option<String>,
    },
    /// Read a whole PocketBase data folder (0.23 to 0.40) into an empty data folder
    ///
    /// Collections, records, settings and files are carried as they are, so that tokens, passwords
    /// and addresses of files go on working. PocketBase must be stopped; its folder is not changed.
    /// What is carried otherwise is told. Where something cannot be carried, it is named and
    /// nothing is imported, unless --allow-losses is given. The account is left as
    /// import-report.json in the data folder.
    Pocketbase(PocketBaseOptions),
}

/// What to export.
#[derive(Args)]
pub(super) struct ExportOptions {
    /// The name of the collection
    collection: String,
    /// csv, json or ndjson [default: what the name of the output says, else json]
    #[arg(long)]
    format: Option<String>,
    /// The file to write [default: the standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Imports.
pub(super) fn import(config: &Config, command: ImportCommand) -> Result<(), Refusal> {
    match command {
        ImportCommand::File {
            path,
            collection,
            format,
        } => import_file(config, (path, collection, format)),
        ImportCommand::Pocketbase(options) => import_pocketbase::run(config, &options),
    }
}

fn import_file(
    config: &Config,
    (path, collection, format): (PathBuf, String, Option<String>),
) -> Result<(), Refusal> {
    let path = std::path::absolute(&path)
        .map_err(|error| Refusal::new(format!("{}: {error}", path.display())))?;
    let order = Order::ImportFile {
        path,
        format: format.unwrap_or_default(),
        collection,
    };
    let bar = ProgressBar::new_spinner();
    let (mut rejected_count, mut lost) = (0, Vec::new());
    let mut tell = |report| match report {
        Report::Progress { done, total } => show(&bar, "rows", done, total),
        Report::Imported {
            notes,
            rejected,
            rejected_count: count,
        } => {
            bar.finish_and_clear();
            for note in notes {
                println!("{note}");
            }
            rejected_count = count;
            lost = rejected;
        }
        _ => {}
    };
    let done = folder::carry_out(config, order, &mut tell);
    bar.finish_and_clear();
    println!("{}", done?);
    if rejected_count == 0 {
        return Ok(());
    }
    for (line, reason) in &lost {
        eprintln!("line {line}: {reason}");
    }
    let more = rejected_count.saturating_sub(lost.len() as u64);
    if more > 0 {
        eprintln!("… and {more} more");
    }
    Err(Refusal::new(format!("{rejected_count} rows were rejected"))
        .remedy("correct them and import a file of only these rows"))
}

/// Shows how many of the things that are imported are done.
pub(super) fn show(bar: &ProgressBar, things: &str, done: u64, total: Option<u64>) {
    if let Some(total) = total
        && bar.length() != Some(total)
    {
        let counts = "{human_pos}/{human_len}";
        let template = format!("{{bar:30}} {counts} {things}, {{rate}}/s, {{eta}} left");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style.with_key("rate", whole_rate));
        }
        bar.set_length(total);
    }
    bar.set_position(done);
}

/// Rows a second, without a fraction.
fn whole_rate(state: &ProgressState, out: &mut dyn std::fmt::Write) {
    // A terminal that cannot be written to has nobody to tell.
    let _ = write!(out, "{:.0}", state.per_sec());
}

/// Exports.
pub(super) fn export(config: &Config, options: ExportOptions) -> Result<(), Refusal> {
    let ExportOptions {
        collection,
        format,
        out,
    } = options;
    let format = format.unwrap_or_else(|| {
        let ending = out
            .as_ref()
            .and_then(|out| out.extension())
            .and_then(|ending| ending.to_str());
        ending.unwrap_or("json").to_owned()
    });
    let mut output: Box<dyn Write> = match &out {
        Some(path) => Box::new(BufWriter::new(File::create(path).map_err(|error| {
            Refusal::new(format!("{} cannot be written: {error}", path.display()))
                .remedy("choose another file with --out")
        })?)),
        None => Box::new(BufWriter::new(std::io::stdout())),
    };
    let mut failed = None;
    let mut tell = |report| {
        if let (Report::Output { text }, None) = (report, &failed) {
            failed = output.write_all(text.as_bytes()).err();
        }
    };
    let done = folder::carry_out(config, Order::Export { collection, format }, &mut tell)?;
    let written = match failed {
        Some(error) => Err(error),
        None => output.flush(),
    };
    written.map_err(|error| Refusal::new(format!("the output cannot be written: {error}")))?;
    eprintln!("{done}");
    Ok(())
}
