//! The steps of `cargo xtask test`, in order: what fails quickly comes first.
//!
//! One build is made and no more, with the profile `fast`: the server, the programs that load it
//! and Rust's own tests. All have the same features, so that a dependency is compiled once.

use crate::command::{Failure, Runner};
use crate::tools;
use std::num::NonZero;
use std::path::PathBuf;
use std::process::Command;
use std::thread;

/// The whole workspace, as the steps build it.
const BUILD: [&str; 3] = ["--profile", "fast", "--workspace"];

/// One step.
pub(crate) struct Step {
    /// The word after `cargo xtask test`.
    pub(crate) name: &'static str,
    /// What it does.
    pub(crate) what: &'static str,
    /// Does it.
    pub(crate) run: fn(&Runner) -> Result<(), Failure>,
}

/// Every step, in order.
pub(crate) const STEPS: &[Step] = &[
    Step {
        name: "format",
        what: "cargo fmt --check",
        run: format,
    },
    Step {
        name: "dashboard",
        what: "types, build and tests of the dashboard",
        run: dashboard,
    },
    Step {
        name: "lint",
        what: "clippy on everything, warnings denied",
        run: lint,
    },
    Step {
        name: "build",
        what: "the server, and all that the steps below run",
        run: build,
    },
    Step {
        name: "tidy",
        what: "the repository checks itself",
        run: tidy,
    },
    Step {
        name: "rust",
        what: "unit, property, conformance and harness tests",
        run: rust,
    },
    Step {
        name: "contract",
        what: "PocketBase's SDKs, against both servers",
        run: contract,
    },
    Step {
        name: "sdk",
        what: "the TypeScript client, in Node, with nothing but fetch, and as others install it",
        run: sdk,
    },
    Step {
        name: "openapi",
        what: "the OpenAPI document: linted, true, and tried with 20 requests per operation",
        run: openapi,
    },
    Step {
        name: "browser",
        what: "the dashboard, the client, its frameworks and examples in Chromium",
        run: browser,
    },
    Step {
        name: "kill",
        what: "kill -9 under load, 10 cycles and the controls",
        run: kill_slice,
    },
    Step {
        name: "fuzz",
        what: "random texts for every parser of parameters",
        run: |runner| fuzz(runner, &[]),
    },
];

fn format(runner: &Runner) -> Result<(), Failure> {
    runner.run(runner.cargo(&["fmt", "--all", "--check"]))
}

fn dashboard(runner: &Runner) -> Result<(), Failure> {
    let folder = runner.root.join("admin-ui");
    tools::node_packages(runner, &runner.root.join("sdk"))?;
    tools::node_packages(runner, &folder)?;
    runner.run(runner.command("npm", &["test"], &folder))
}

fn lint(runner: &Runner) -> Result<(), Failure> {
    let words = ["--all-targets", "--", "-D", "warnings"];
    runner.run(runner.cargo(&[&["clippy"], &BUILD[..], &words].concat()))
}

fn build(runner: &Runner) -> Result<(), Failure> {
    runner.run(runner.cargo(&[&["build"], &BUILD[..], &["--all-targets"]].concat()))
}

fn tidy(runner: &Runner) -> Result<(), Failure> {
    runner.run(rust_tests(runner, &["--test", "suite", "tidy::"]))
}

fn rust(runner: &Runner) -> Result<(), Failure> {
    let mut command = rust_tests(runner, &[]);
    command.env("LUGE_BIN", server(runner)?);
    runner.run(command)?;
    let words = ["--bin", "luge", "--", "--ignored", "outside::s3::"];
    let mut command = rust_tests(runner, &words);
    command.env("S3_BIN", tools::s3(runner)?);
    runner.run(command)
}

fn rust_tests(runner: &Runner, words: &[&str]) -> Command {
    let mut command = runner.cargo(&[&["test"], &BUILD[..], words].concat());
    // Half of their time they wait for a disk or a server.
    let threads = thread::available_parallelism().map_or(1, NonZero::get) * 2;
    command.env("RUST_TEST_THREADS", threads.to_string());
    command
}

fn contract(runner: &Runner) -> Result<(), Failure> {
    let folder = runner.root.join("tests").join("sdk");
    tools::node_packages(runner, &folder)?;
    let express = runner.root.join("sdk").join("examples").join("express");
    tools::node_packages(runner, &express)?;
    // Its compiler judges the types that are written.
    tools::node_packages(runner, &runner.root.join("sdk"))?;
    let mut command = runner.command("npm", &["test"], &folder);
    command.env("LUGE_BIN", server(runner)?);
    command.env("POCKETBASE_BIN", tools::pocketbase(runner)?);
    command.env("S3_BIN", tools::s3(runner)?);
    command.env("POCKETBASE_OLDEST_BIN", tools::oldest_pocketbase(runner)?);
    command.env("PYTHON_SDK_BIN", tools::python_sdk(runner)?);
    command.env("DJANGO_PYTHON_BIN", tools::django(runner)?);
    command.env("MYPY_BIN", tools::mypy(runner)?);
    runner.run(command)
}

fn sdk(runner: &Runner) -> Result<(), Failure> {
    let folder = runner.root.join("sdk");
    tools::node_packages(runner, &folder)?;
    let starter = runner
        .root
        .join("tests")
        .join("sdk")
        .join("with-server.mjs");
    let starter = starter.to_string_lossy();
    // Twice: in Node, and where there is little more than `fetch`.
    for script in [&["test"][..], &["run", "test:fetch-only"]] {
        let words = [&[&*starter, "npm"], script].concat();
        let mut command = runner.command("node", &words, &folder);
        command.env("LUGE_BIN", server(runner)?);
        runner.run(command)?;
    }
    runner.run(runner.command("npm", &["run", "check:package"], &folder))
}

fn openapi(runner: &Runner) -> Result<(), Failure> {
    documented(runner, "npm", &["test"])
}

/// `cargo xtask openapi`: the random requests alone, at any length.
pub(crate) fn openapi_requests(runner: &Runner, options: &[&str]) -> Result<(), Failure> {
    build(runner)?;
    documented(runner, "node", &[&["main.mjs"], options].concat())
}

fn documented(runner: &Runner, program: &str, words: &[&str]) -> Result<(), Failure> {
    let folder = runner.root.join("tests").join("openapi");
    tools::node_packages(runner, &folder)?;
    let mut command = runner.command(program, words, &folder);
    command.env("LUGE_BIN", server(runner)?);
    command.env("SCHEMATHESIS_BIN", tools::schemathesis(runner)?);
    runner.run(command)
}

fn browser(runner: &Runner) -> Result<(), Failure> {
    let folder = runner.root.join("tests").join("browser");
    tools::node_packages(runner, &folder)?;
    // The pages that are tried use the client as it is installed.
    let client = runner.root.join("sdk");
    tools::node_packages(runner, &client)?;
    runner.run(runner.command("npm", &["run", "build"], &client))?;
    for example in ["chat", "pages", "script"] {
        tools::node_packages(runner, &client.join("examples").join(example))?;
    }
    let mut command = runner.command("npm", &["test"], &folder);
    command.env("LUGE_BIN", server(runner)?);
    command.env("CHROMIUM_BIN", tools::chromium(runner)?);
    command.env("POCKETBASE_BIN", tools::pocketbase(runner)?);
    runner.run(command)
}

fn kill_slice(runner: &Runner) -> Result<(), Failure> {
    kill_loop(runner, &["--cycles", "10", "--seed", "1"])
}

/// `cargo xtask kill`: the loop, and the controls that it must catch.
pub(crate) fn kill(runner: &Runner, options: &[&str]) -> Result<(), Failure> {
    build(runner)?;
    let whole = if options.is_empty() {
        &["--cycles", "50", "--seed", "1"]
    } else {
        options
    };
    kill_loop(runner, whole)
}

fn kill_loop(runner: &Runner, options: &[&str]) -> Result<(), Failure> {
    for control in [&[][..], &["--control"], &["--tamper"]] {
        let words = [options, control].concat();
        let mut command = runner.command(runner.built("luge-kill"), &words, &runner.root);
        command.env("LUGE_BIN", server(runner)?);
        runner.run(command)?;
    }
    Ok(())
}

/// `cargo xtask fuzz`: random texts; the slice of `test` unless it is told otherwise.
pub(crate) fn fuzz(runner: &Runner, options: &[&str]) -> Result<(), Failure> {
    build(runner)?;
    runner.run(runner.command(runner.built("luge-fuzz"), options, &runner.root))
}

/// `cargo xtask differential`, `interference` and `timing`: a program of the contract tests, at any
/// length.
pub(crate) fn compare(runner: &Runner, name: &str, options: &[&str]) -> Result<(), Failure> {
    build(runner)?;
    let script = format!("{name}/main.mjs");
    let words = [&[script.as_str()], options].concat();
    let folder = runner.root.join("tests").join("sdk");
    let mut command = runner.command("node", &words, &folder);
    command.env("LUGE_BIN", server(runner)?);
    command.env("POCKETBASE_BIN", tools::pocketbase(runner)?);
    runner.run(command)
}

/// `cargo xtask bench`: the table, of the server that users build.
pub(crate) fn bench(runner: &Runner, options: &[&str]) -> Result<(), Failure> {
    let words = [
        "build",
        "--release",
        "-p",
        "luge",
        "-p",
        "luge-tests",
        "--bins",
    ];
    runner.run(runner.cargo(&words))?;
    if options.contains(&"search") {
        tools::node_packages(runner, &runner.root.join("tests/sdk"))?;
    }
    let built = |name| runner.target.join("release").join(name);
    let mut command = runner.command(built("luge-bench"), options, &runner.root);
    command.env("LUGE_BIN", server_or(built("luge"))?);
    command.env("POCKETBASE_BIN", tools::pocketbase(runner)?);
    runner.run(command)
}

fn server(runner: &Runner) -> Result<PathBuf, Failure> {
    server_or(runner.built("luge"))
}

/// The server that `LUGE_BIN` names, else this one.
fn server_or(built: PathBuf) -> Result<PathBuf, Failure> {
    let path = std::env::var_os("LUGE_BIN").map_or(built, PathBuf::from);
    if path.exists() {
        Ok(path)
    } else {
        Err(Failure(format!(
            "{} is not there; run `cargo xtask test build`",
            path.display()
        )))
    }
}
