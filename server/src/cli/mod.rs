//! The command line: what can be asked, and how the answer becomes an exit code.
//!
//! - 0: done. 1: refused or failed; the reason and a remedy are on stderr. 2: not understood.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::cli::backup::BackupCommand;
use crate::cli::dump::DumpOptions;
use crate::cli::load::LoadOptions;
use crate::cli::openapi::OpenApiOptions;
use crate::cli::rules::RulesCommand;
use crate::cli::superuser::SuperuserCommand;
use crate::cli::transfer::{ExportOptions, ImportCommand};
use crate::cli::types::TypesOptions;
use crate::config::{Config, ConfigError, Texts};

mod backup;
mod check;
mod compact;
mod control;
mod dump;
mod files;
mod folder;
mod import_pocketbase;
mod load;
mod openapi;
mod order;
mod rules;
mod serve;
mod superuser;
mod transfer;
mod types;
mod welcome;

const EXAMPLES: &str = "\
Examples:
  luge                                         serve on 127.0.0.1:8090, data in ./luge_data
  luge serve --http :80 --dir /var/lib/luge    serve on every address, data elsewhere
  luge superuser upsert you@example.com 'a long password'
  luge import file movies.json --collection movies
  luge export movies --format csv --out movies.csv
  luge types ts --out src/luge.ts
  luge rules test
  luge backup create

Every option can also be set in the environment (--metrics-addr as LUGE_METRICS_ADDR) or in
luge.toml (metrics_addr = \"…\"). A flag beats the environment, the environment beats the file.
What is set in the dashboard can be set there too: LUGE_SETTINGS__smtp__host, or in luge.toml
[settings.smtp] host = \"…\".";

const SUPERUSER_EXAMPLES: &str = "\
Examples:
  luge superuser upsert you@example.com 'a long password'
  luge superuser create you@example.com --password-file secret.txt --dir /var/lib/luge
  luge superuser delete former@example.com";

const IMPORT_EXAMPLES: &str = "\
Examples:
  luge import file movies.json --collection movies
  luge import file zipcodes.csv --collection zipcodes --dir /var/lib/luge
  luge import file events.txt --format ndjson --collection events
  luge import pocketbase ../app/pb_data --dir /var/lib/luge";

const EXPORT_EXAMPLES: &str = "\
Examples:
  luge export movies --format csv --out movies.csv
  luge export movies --format ndjson | gzip > movies.ndjson.gz";

const RULES_EXAMPLES: &str = "\
Examples:
  luge rules test
  luge rules test --collection posts --dir /var/lib/luge
  luge rules test --json > results.json
  luge rules test --collection posts --action view --as users/4q1xlclmfloku33 --record 2n4z9i8b7c
  luge rules test --collection posts --action list --rule 'title = \"x\"'";

const TYPES_EXAMPLES: &str = "\
Examples:
  luge types ts --out src/luge.ts --watch
  luge types ts --out src/luge.ts --check || echo 'the types are not fresh'
  luge types rust --dir /var/lib/luge > src/records.rs
  LUGE_SUPERUSER_TOKEN=… luge types python --url https://api.example.com --out records.py";

const BACKUP_EXAMPLES: &str = "\
Examples:
  luge backup create before-upgrade.zip
  luge backup verify before-upgrade.zip
  luge backup restore /mnt/copies/luge_backup_acme_20261129093306.zip --dir /var/lib/luge";

const DUMP_EXAMPLES: &str = "\
Examples:
  luge dump --out database.dump
  luge load database.dump --dir moved --store fjall
  cp -r luge_data/storage moved/   (files are no part of a dump; a backup has both)";

const CHECK_EXAMPLES: &str = "\
Examples:
  luge check
  luge check --dir /var/lib/luge && echo all is well";

const OPENAPI_EXAMPLES: &str = "\
Examples:
  luge openapi > openapi.json
  luge openapi --public --out openapi.json --dir /var/lib/luge";

const COMPACT_EXAMPLES: &str = "\
Examples:
  luge compact --dir /var/lib/luge";

/// A backend in one binary: collections, REST, sign-in and a dashboard over an embedded store.
#[derive(Parser)]
#[command(name = "luge", version, after_help = EXAMPLES)]
struct Line {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API and the dashboard (also what `luge` alone does).
    Serve(ServeOptions),
    /// Make, change or remove superusers, who may do everything
    ///
    /// While a server runs, the command reaches it through the data folder.
    #[command(after_help = SUPERUSER_EXAMPLES)]
    Superuser {
        #[command(subcommand)]
        command: SuperuserCommand,
    },
    /// Read data in
    #[command(after_help = IMPORT_EXAMPLES)]
    Import {
        #[command(subcommand)]
        command: ImportCommand,
    },
    /// Write the records of a collection out
    #[command(after_help = EXPORT_EXAMPLES)]
    Export(ExportOptions),
    /// Write types of records for clients: TypeScript, JSON Schema, Dart, Python or Rust
    ///
    /// TypeScript is the `Schema` of `createClient<Schema>`. While a server runs, the command
    /// reaches it through the data folder.
    #[command(after_help = TYPES_EXAMPLES)]
    Types(TypesOptions),
    /// Run the saved tests of rules
    ///
    /// While a server runs, the command reaches it through the data folder.
    #[command(after_help = RULES_EXAMPLES)]
    Rules {
        #[command(subcommand)]
        command: RulesCommand,
    },
    /// Make, check and restore backups of everything
    ///
    /// While a server runs, the command reaches it through the data folder.
    #[command(after_help = BACKUP_EXAMPLES)]
    Backup {
        #[command(subcommand)]
        command: BackupCommand,
    },
    /// Write the whole database into a file that every store can read
    ///
    /// While a server runs, the command reaches it through the data folder, and writes go on.
    #[command(after_help = DUMP_EXAMPLES)]
    Dump(DumpOptions),
    /// Read such a file into an empty data folder
    #[command(after_help = DUMP_EXAMPLES)]
    Load(LoadOptions),
    /// Look for damage; the exit code is 1 when there is any
    ///
    /// While a server runs, the command reaches it through the data folder, and writes go on.
    #[command(after_help = CHECK_EXAMPLES)]
    Check,
    /// Make the database smaller; while no server runs
    #[command(after_help = COMPACT_EXAMPLES)]
    Compact,
    /// Write the OpenAPI document of the API, with every collection
    ///
    /// While a server runs, the command reaches it through the data folder. The server shows the
    /// same at /api/openapi.json, and to people at /api/docs.
    #[command(name = "openapi", after_help = OPENAPI_EXAMPLES)]
    OpenApi(OpenApiOptions),
}

/// Options that mean the same in every command.
#[derive(Args)]
struct Options {
    /// The data folder [default: luge_data]
    #[arg(long, global = true, value_name = "FOLDER")]
    dir: Option<String>,
    /// Which store keeps the data: sled, fjall or memory [default: sled]
    #[arg(long, global = true, value_name = "STORE")]
    store: Option<String>,
    /// Where files are kept that are in no bucket: folder or database; chosen when the database is
    /// made [default: folder]
    #[arg(long, global = true, value_name = "PLACE")]
    files: Option<String>,
    /// When a write is answered: strict (it is on disk) or relaxed (the last moments before a
    /// crash may be lost) [default: strict]
    #[arg(long, global = true, value_name = "MODE")]
    durability: Option<String>,
    /// Memory for the store's cache, such as 512MB [default: 256MB]
    #[arg(long, global = true, value_name = "SIZE")]
    cache: Option<String>,
    /// The configuration file [default: luge.toml, when there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Which log events are written, such as warn or luge=debug [default: info]
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
    /// How log events are written: auto, human or json [default: auto]
    #[arg(long, global = true, value_name = "FORMAT")]
    log_format: Option<String>,
}

#[derive(Args, Default)]
struct ServeOptions {
    /// Where to listen; `:8090` means every address of the machine [default: 127.0.0.1:8090]
    #[arg(long, value_name = "ADDRESS")]
    http: Option<String>,
    /// Where to serve /metrics without a sign-in, for a scraper [default: nowhere]
    #[arg(long, value_name = "ADDRESS")]
    metrics_addr: Option<String>,
    /// The folder of static files [default: luge_public]
    #[arg(long, value_name = "FOLDER")]
    public_dir: Option<String>,
    /// Where webhooks and other outbound requests may go beside public addresses on ports 80 and
    /// 443: networks and ports, such as `10.0.0.0/8,127.0.0.1:9000,*:8443` [default: nowhere]
    #[arg(long, value_name = "LIST")]
    outbound_allow: Option<String>,
    /// The variable of the environment with the 32 characters that secrets are encrypted with;
    /// other commands take LUGE_ENCRYPTION_ENV [default: none, secrets are stored as they are]
    #[arg(long, value_name = "VARIABLE", alias = "encryptionEnv")]
    encryption_env: Option<String>,
    /// Whether wrong passwords and codes make the next try wait: on or off, for tests and
    /// measurements [default: on]
    #[arg(long, value_name = "SWITCH")]
    sign_in_back_off: Option<String>,
}

/// Why a command did not do what was asked, and what to do about it.
#[derive(Debug)]
struct Refusal {
    reason: String,
    remedy: Option<String>,
}

impl Refusal {
    fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            remedy: None,
        }
    }

    fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

impl From<ConfigError> for Refusal {
    fn from(error: ConfigError) -> Self {
        Self::new(error.to_string()).remedy("`luge --help` lists every option")
    }
}

/// Runs what the command line asks for.
pub(crate) fn run() -> ExitCode {
    let line = Line::parse();
    match carry_out(line) {
        Ok(()) => ExitCode::SUCCESS,
        Err(refusal) => {
            eprintln!("luge: {}", refusal.reason);
            if let Some(remedy) = refusal.remedy {
                eprintln!("      {remedy}");
            }
            ExitCode::FAILURE
        }
    }
}

fn carry_out(line: Line) -> Result<(), Refusal> {
    let command = match line.command {
        None => return serve::run(&config(line.options, ServeOptions::default())?),
        Some(Command::Serve(serve)) => return serve::run(&config(line.options, serve)?),
        Some(command) => command,
    };
    let config = config(line.options, ServeOptions::default())?;
    match command {
        Command::Serve(_) => serve::run(&config),
        Command::Superuser { command } => superuser::run(&config, command),
        Command::Import { command } => transfer::import(&config, command),
        Command::Export(export) => transfer::export(&config, export),
        Command::Types(options) => types::run(&config, &options),
        Command::Rules { command } => rules::run(&config, command),
        Command::Backup { command } => backup::run(&config, command),
        Command::Dump(options) => dump::run(&config, &options),
        Command::Load(options) => load::run(&config, &options),
        Command::Check => check::run(&config),
        Command::Compact => compact::run(&config),
        Command::OpenApi(options) => openapi::run(&config, &options),
    }
}

fn config(options: Options, serve: ServeOptions) -> Result<Config, ConfigError> {
    let flags = [
        ("dir", options.dir),
        ("store", options.store),
        ("files", options.files),
        ("durability", options.durability),
        ("cache", options.cache),
        ("log", options.log),
        ("log-format", options.log_format),
        ("encryption-env", serve.encryption_env),
        ("sign-in-back-off", serve.sign_in_back_off),
        ("http", serve.http),
        ("metrics-addr", serve.metrics_addr),
        ("public-dir", serve.public_dir),
        ("outbound-allow", serve.outbound_allow),
    ];
    let environment = |name: &str| std::env::var(name).ok();
    let mut texts = Texts::gather(&flags, environment, options.config.as_deref())?;
    // A variable that is no text is none of ours.
    let texts_only = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    texts.add_settings(texts_only)?;
    Config::from_texts(&texts)
}
