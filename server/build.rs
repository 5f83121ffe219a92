//! Makes the dashboard, and the client that pages are given, with npm when there is no built one to
//! embed.
//!
//! Without the feature `dashboard` nothing happens. With it, `admin-ui/dist` is built when it is
//! missing or older than its sources; packaged sources carry a built one and need no Node.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::SystemTime;

/// What the dashboard is made of, below the repository.
const SOURCES: [&str; 11] = [
    "admin-ui/src",
    "admin-ui/public",
    "admin-ui/index.html",
    "admin-ui/package.json",
    "admin-ui/package-lock.json",
    "admin-ui/vite.config.ts",
    "admin-ui/vite.served.config.ts",
    "admin-ui/svelte.config.js",
    "admin-ui/tsconfig.json",
    "sdk/src",
    "sdk/served",
];

fn main() -> ExitCode {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_DASHBOARD").is_none() {
        return ExitCode::SUCCESS;
    }
    let Some(root) = repository() else {
        return fail("the folder of the repository is not known");
    };
    for source in SOURCES {
        println!("cargo:rerun-if-changed={}", root.join(source).display());
    }
    let dashboard = root.join("admin-ui");
    let built = dashboard.join("dist/index.html");
    println!("cargo:rerun-if-changed={}", built.display());
    if is_fresh(&root, &built) {
        return ExitCode::SUCCESS;
    }
    if built.exists() && !has_npm() {
        // Packaged sources carry a built dashboard and may not keep the order of dates.
        println!("cargo:warning=npm is not installed: the dashboard is embedded as it was built");
        return ExitCode::SUCCESS;
    }
    match build(&dashboard).and_then(|()| date_back(&root, &built)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => fail(&reason),
    }
}

fn repository() -> Option<PathBuf> {
    let manifest = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR")?);
    Some(manifest.parent()?.to_owned())
}

fn is_fresh(root: &Path, built: &Path) -> bool {
    let Some(built) = changed(built) else {
        return false;
    };
    if !root.join("admin-ui/package.json").exists() {
        return true;
    }
    newest_source(root).is_none_or(|newest| newest <= built)
}

fn newest_source(root: &Path) -> Option<SystemTime> {
    SOURCES
        .iter()
        .filter_map(|source| newest_below(&root.join(source)))
        .max()
}

fn changed(path: &Path) -> Option<SystemTime> {
    path.metadata().ok()?.modified().ok()
}

fn newest_below(path: &Path) -> Option<SystemTime> {
    let Ok(entries) = std::fs::read_dir(path) else {
        return changed(path);
    };
    entries
        .filter_map(|entry| newest_below(&entry.ok()?.path()))
        .max()
}

fn build(dashboard: &Path) -> Result<(), String> {
    let stamp = dashboard.join("node_modules/.package-lock.json");
    let locked = changed(&dashboard.join("package-lock.json"));
    if changed(&stamp).is_none_or(|installed| locked.is_some_and(|locked| installed < locked)) {
        npm(dashboard, &["ci", "--no-audit", "--no-fund"])?;
    }
    npm(dashboard, &["run", "build"])?;
    if dashboard.join("dist/index.html").exists() {
        Ok(())
    } else {
        Err("`npm run build` in admin-ui did not make dist/index.html".to_owned())
    }
}

/// Dates the built index like its newest source: Cargo takes what a build script writes while it
/// runs for a change, and would build everything again the next time.
fn date_back(root: &Path, built: &Path) -> Result<(), String> {
    let Some(newest) = newest_source(root) else {
        return Ok(());
    };
    let file = std::fs::File::options().write(true).open(built);
    file.and_then(|file| file.set_modified(newest))
        .map_err(|error| format!("{} cannot be dated: {error}", built.display()))
}

fn has_npm() -> bool {
    Command::new("npm")
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success())
}

fn npm(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let shown = format!("npm {}", arguments.join(" "));
    match Command::new("npm")
        .args(arguments)
        .current_dir(folder)
        .output()
    {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!(
            "`{shown}` in admin-ui failed:\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(format!(
            "`{shown}` cannot be run: npm is not installed. The dashboard is built with Node 20.19 \
             or newer (https://nodejs.org). Install it, or build without the dashboard: \
             cargo build --no-default-features"
        )),
        Err(error) => Err(format!("`{shown}` cannot be run: {error}")),
    }
}

fn fail(reason: &str) -> ExitCode {
    for line in reason.lines() {
        println!("cargo:warning={line}");
    }
    eprintln!("the dashboard cannot be built: {reason}");
    ExitCode::FAILURE
}
