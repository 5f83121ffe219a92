//! How Luge is reached: HTTP, the command line and the embedded dashboard.

mod cli;
mod config;
mod http;
mod outside;
mod telemetry;
mod types;

/// Many small allocations per request on many threads: a tenth less processor time than the
/// allocator of the C library.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cli::run()
}
