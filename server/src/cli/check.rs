//! `luge check`: is everything in the data folder as it should be.

use luge_engine::engine::Engine;
use luge_engine::error::Result;

use crate::cli::order::{Order, Report};
use crate::cli::{Refusal, folder};
use crate::config::Config;

/// Looks for damage; findings are listed, and make the exit code 1.
pub(super) fn run(config: &Config) -> std::result::Result<(), Refusal> {
    let mut found = 0;
    let mut tell = |report| match report {
        Report::Output { text } => print!("{text}"),
        Report::Findings { count } => found = count,
        _ => {}
    };
    let done = folder::carry_out(config, Order::Check, &mut tell)?;
    println!("{done}");
    if found == 0 {
        return Ok(());
    }
    Err(Refusal::new(format!("{found} things are not as they should be")).remedy(
        "`luge dump` and `luge load` make anew what follows from records; else restore a backup",
    ))
}

/// Carries out the check where the data folder is open; how many findings there are, and a summary.
pub(super) fn carry_out(engine: &Engine, report: &mut dyn FnMut(String)) -> Result<(u64, String)> {
    let found = engine.backups.check()?;
    for finding in &found.findings {
        report(format!("{}: {}\n", finding.place, finding.reason));
    }
    let more = found.count.saturating_sub(found.findings.len() as u64);
    if more > 0 {
        report(format!("… and {more} more\n"));
    }
    if found.orphans > 0 {
        let orphans = found.orphans;
        report(format!(
            "{orphans} files that no record names; the server removes them.\n"
        ));
    }
    let summary = format!(
        "{} records of {} collections, {} entries and {} files are checked.",
        found.records, found.collections, found.entries, found.files
    );
    Ok((found.count, summary))
}
