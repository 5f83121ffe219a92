//! Runs programs, shows what they say, and keeps the lines in which they sum up.

use std::cell::RefCell;
use std::ffi::OsStr;
use std::fmt;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Why something could not be done.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) String);

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Starts of lines in which test runners and loops sum up.
const SUMMARIES: [&str; 9] = [
    "test result:",
    "# tests",
    "# pass",
    "# fail",
    "ℹ tests",
    "ℹ pass",
    "ℹ fail",
    "Tests ",
    "kill -9",
];

/// Where the repository and its builds are, and what was summed up so far.
pub(crate) struct Runner {
    /// The root of the repository.
    pub(crate) root: PathBuf,
    /// Cargo's target folder.
    pub(crate) target: PathBuf,
    summaries: RefCell<Vec<String>>,
}

impl Runner {
    pub(crate) fn new() -> Self {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = here.ancestors().nth(2).unwrap_or(here).to_path_buf();
        let target = std::env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| root.join("target"), |target| root.join(target));
        Self {
            root,
            target,
            summaries: RefCell::default(),
        }
    }

    /// What was summed up so far.
    pub(crate) fn summaries(&self) -> Vec<String> {
        self.summaries.borrow().clone()
    }

    /// A program built with the profile `fast`.
    pub(crate) fn built(&self, name: &str) -> PathBuf {
        self.target.join("fast").join(name)
    }

    /// Cargo, in the root, as if it were typed by hand.
    ///
    /// What `cargo run` tells this program of its own package would make the build script of `ring`
    /// run again, and compile all that needs it.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = self.command(cargo, arguments, &self.root);
        for (name, _) in std::env::vars_os() {
            let shown = name.to_string_lossy();
            if shown.starts_with("CARGO_PKG_") || shown.starts_with("CARGO_MANIFEST_") {
                command.env_remove(name);
            }
        }
        command
    }

    /// A program in a folder.
    pub(crate) fn command(
        &self,
        program: impl AsRef<OsStr>,
        arguments: &[&str],
        folder: &Path,
    ) -> Command {
        let mut command = Command::new(program);
        // Colours would hide the lines that sum up.
        command
            .args(arguments)
            .current_dir(folder)
            .env("NO_COLOR", "1")
            .env_remove("FORCE_COLOR");
        command
    }

    /// Runs a program to its end and shows what it prints; an error when it fails.
    pub(crate) fn run(&self, mut command: Command) -> Result<(), Failure> {
        let name = described(&command);
        println!("$ {name}");
        let started = command.stdout(Stdio::piped()).spawn();
        let mut child = started.map_err(|error| Failure(format!("{name}: {error}")))?;
        if let Some(output) = child.stdout.take() {
            for line in BufReader::new(output).split(b'\n') {
                let line = line.map_err(|error| Failure(format!("{name}: {error}")))?;
                self.show(String::from_utf8_lossy(&line).trim_end());
            }
        }
        let status = child
            .wait()
            .map_err(|error| Failure(format!("{name}: {error}")))?;
        if status.success() {
            Ok(())
        } else {
            Err(Failure(format!("{name}: {status}")))
        }
    }

    fn show(&self, line: &str) {
        println!("{line}");
        let summary = SUMMARIES
            .iter()
            .any(|start| line.trim_start().starts_with(start));
        // Crates without tests say so in a line of their own, which is no news.
        if summary && !line.contains(" 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered") {
            self.summaries.borrow_mut().push(line.to_owned());
        }
    }
}

fn described(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
