//! `luge openapi`: the OpenAPI document of a data folder, with or without a running server.

use std::path::PathBuf;

use clap::Args;
use luge_engine::engine::Engine;

use crate::cli::order::{Order, Report};
use crate::cli::{Refusal, folder};
use crate::config::Config;
use crate::http::openapi::{Reader, document};

/// For whom, and where to.
#[derive(Args)]
pub(super) struct OpenApiOptions {
    /// Only what everybody may see: no hidden fields, no collections for superusers alone
    #[arg(long)]
    public: bool,
    /// The file to write [default: the standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Writes the document.
pub(super) fn run(config: &Config, options: &OpenApiOptions) -> Result<(), Refusal> {
    let order = Order::OpenApi {
        public: options.public,
    };
    let mut document = String::new();
    let mut tell = |report| {
        if let Report::Output { text } = report {
            document.push_str(&text);
        }
    };
    folder::carry_out(config, order, &mut tell)?;
    match &options.out {
        None => print!("{document}"),
        Some(path) => std::fs::write(path, document)
            .map_err(|error| Refusal::new(format!("{}: {error}", path.display())))?,
    }
    Ok(())
}

/// The document of the folder that is open here.
pub(super) fn carry_out(engine: &Engine, public: bool) -> String {
    let reader = match public {
        true => Reader::Anyone,
        false => Reader::Superuser,
    };
    format!("{:#}\n", document(&engine.catalog.snapshot(), reader))
}
