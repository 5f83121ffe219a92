//! How Luge is reached: HTTP, the command line and the embedded dashboard.

mod cli;
mod config;
mod http;
mod telemetry;

fn main() -> std::process::ExitCode {
    cli::run()
}
