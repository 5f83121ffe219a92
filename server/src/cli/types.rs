//! `luge types`: types of records for clients, from a data folder or a running server.
//!
//! - The file is written whole or not at all, and not touched while what is in it is right.
//! - `--watch` looks again and again. It goes on while the server is away, and ends in order with
//!   the signals that end a server.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use clap::Args;
use clap::builder::PossibleValuesParser;
use luge_engine::engine::Engine;
use luge_engine::outside::{Outbound, OutboundError, OutboundMethod, OutboundRequest};
use luge_model::limits::{TYPES_BYTES_MAX, TYPES_WATCH_MILLISECONDS};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::Sender;

use crate::cli::order::{Order, Report};
use crate::cli::{Refusal, control, folder};
use crate::config::Config;
use crate::outside::{Destinations, Fetcher};
use crate::types::{LANGUAGES, Language};

/// The variable with the token of a superuser.
const TOKEN: &str = "LUGE_SUPERUSER_TOKEN";

/// Which types, and where they go.
#[derive(Args)]
pub(super) struct TypesOptions {
    /// The language
    #[arg(value_parser = PossibleValuesParser::new(LANGUAGES.iter().map(|one| one.name)))]
    language: String,
    /// The file to write [default: the standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write the file anew whenever the collections change, until the command is stopped
    #[arg(long, requires = "out")]
    watch: bool,
    /// Write nothing; the exit code is 1 when the file is not what would be written
    #[arg(long, requires = "out", conflicts_with = "watch")]
    check: bool,
    /// With hidden fields and the collections of the system, as superusers see them
    #[arg(long)]
    all: bool,
    /// Ask the server at this address instead of the data folder
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// The token of a superuser for --url [default: what LUGE_SUPERUSER_TOKEN holds]
    #[arg(long, requires = "url")]
    token: Option<String>,
}

/// Carries out the command.
pub(super) fn run(config: &Config, options: &TypesOptions) -> Result<(), Refusal> {
    let source = Source::of(config, options)?;
    let text = source.read()?;
    let Some(out) = &options.out else {
        print!("{text}");
        return Ok(());
    };
    if options.check {
        return check(out, &text, options);
    }
    write(out, &text)?;
    if options.watch {
        return watch(&source, out, text);
    }
    Ok(())
}

/// Writes the types where the folder is open.
pub(super) fn carry_out(
    engine: &Engine,
    (language, all): (&str, bool),
    reports: &Sender<Report>,
) -> Report {
    let Some(language) = Language::named(language) else {
        return Report::Refused {
            reason: format!("there are no types in {language}"),
            remedy: Some("use the same version of luge for both".to_owned()),
        };
    };
    let text = language.written(engine.catalog.snapshot().all(), all);
    // Whoever asked may have gone; nothing was changed.
    let _ = reports.blocking_send(Report::Output { text });
    Report::Done {
        text: String::new(),
    }
}

/// Where the definitions are.
enum Source<'a> {
    Folder {
        config: &'a Config,
        order: Order,
    },
    Server {
        /// Of the types.
        url: String,
        token: String,
    },
}

impl<'a> Source<'a> {
    fn of(config: &'a Config, options: &TypesOptions) -> Result<Self, Refusal> {
        let language = options.language.clone();
        let all = options.all;
        let Some(url) = &options.url else {
            let folder = &config.dir.value;
            if !folder.exists() {
                let reason = format!("there is no data folder {}", folder.display());
                return Err(Refusal::new(reason)
                    .remedy("name it with --dir, or the address of a server with --url"));
            }
            let order = Order::Types { language, all };
            return Ok(Self::Folder { config, order });
        };
        let token = match &options.token {
            Some(token) => Some(token.clone()),
            None => std::env::var(TOKEN).ok(),
        };
        let Some(token) = token.filter(|token| !token.is_empty()) else {
            return Err(Refusal::new("--url needs the token of a superuser")
                .remedy(format!("give it with --token or in the variable {TOKEN}")));
        };
        let base = url.trim_end_matches('/');
        let query = if all { "?all=true" } else { "" };
        let url = format!("{base}/api/types/{language}{query}");
        Ok(Self::Server { url, token })
    }

    /// The types as they are now.
    fn read(&self) -> Result<String, Refusal> {
        match self {
            Self::Folder { config, order } => {
                let mut types = String::new();
                let mut tell = |report| collect(&mut types, report);
                folder::carry_out(config, order.clone(), &mut tell)?;
                Ok(types)
            }
            Self::Server { url, token } => match ask(url, token) {
                Ok(text) => Ok(text),
                Err(Failure::Away(refusal) | Failure::Lasting(refusal)) => Err(refusal),
            },
        }
    }

    /// The same while somebody waits for changes: `None` while no server can tell any. Nothing
    /// else is to open a data folder that a server may want.
    fn read_again(&self) -> Result<Option<String>, Refusal> {
        match self {
            Self::Folder { config, order } => {
                let mut types = String::new();
                let mut tell = |report| collect(&mut types, report);
                match control::ask(&config.dir.value, order, &mut tell) {
                    Some(Ok(Report::Done { .. })) => Ok(Some(types)),
                    Some(Ok(Report::Refused { reason, remedy })) => Err(Refusal { reason, remedy }),
                    // It stops, or starts.
                    Some(Ok(_) | Err(_)) | None => Ok(None),
                }
            }
            Self::Server { url, token } => match ask(url, token) {
                Ok(text) => Ok(Some(text)),
                Err(Failure::Away(_)) => Ok(None),
                Err(Failure::Lasting(refusal)) => Err(refusal),
            },
        }
    }
}

fn collect(types: &mut String, report: Report) {
    if let Report::Output { text } = report {
        types.push_str(&text);
    }
}

/// Why a server did not tell.
enum Failure {
    /// It may come back.
    Away(Refusal),
    /// Asking again gives the same.
    Lasting(Refusal),
}

fn ask(url: &str, token: &str) -> Result<String, Failure> {
    let lasting = |reason: String| Failure::Lasting(Refusal::new(reason));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| lasting(format!("no threads can be started: {error}")))?;
    // Whoever types an address may go there.
    let fetcher = Fetcher::new(Destinations::everywhere())
        .map_err(|error| lasting(format!("TLS cannot be set up: {error}")))?;
    let request = OutboundRequest {
        method: OutboundMethod::Get,
        url: url.to_owned(),
        headers: vec![("Authorization".to_owned(), token.to_owned())],
        body: Vec::new(),
        answer_bytes_max: TYPES_BYTES_MAX,
    };
    let answer = runtime.block_on(fetcher.send(request)).map_err(|error| {
        let refusal = Refusal::new(format!("{url} cannot be asked: {error}"));
        match error {
            OutboundError::Malformed(_) | OutboundError::Forbidden(_) => Failure::Lasting(refusal),
            _ => Failure::Away(refusal.remedy("check the address, and that the server runs")),
        }
    })?;
    let refused = |reason: &str, remedy: &str| {
        let status = answer.status;
        Refusal::new(format!("{url} {reason} (status {status})")).remedy(remedy)
    };
    match answer.status {
        200 => String::from_utf8(answer.body)
            .map_err(|_| lasting(format!("{url} answers what is no text"))),
        401 | 403 => Err(Failure::Lasting(refused(
            "does not take the token",
            "give the token of a superuser that is not over, or an API key of one",
        ))),
        404 => Err(Failure::Lasting(refused(
            "is not there",
            "check the address; the server must be Luge, and not older than this command",
        ))),
        429 | 500..=599 => Err(Failure::Away(refused("cannot tell now", "try again"))),
        _ => Err(Failure::Lasting(refused(
            "tells nothing",
            "check the address",
        ))),
    }
}

fn check(out: &Path, text: &str, options: &TypesOptions) -> Result<(), Refusal> {
    let shown = out.display();
    let reason = match std::fs::read(out) {
        Ok(bytes) if bytes == text.as_bytes() => return Ok(()),
        Ok(_) => format!("{shown} is not what the collections are now"),
        Err(error) => format!("{shown} cannot be read: {error}"),
    };
    let language = &options.language;
    Err(Refusal::new(reason).remedy(format!("`luge types {language} --out {shown}` writes it")))
}

fn watch(source: &Source<'_>, out: &Path, mut known: String) -> Result<(), Refusal> {
    let stopped = signals()?;
    let mut is_away = false;
    eprintln!("{} is written; it follows the collections.", out.display());
    loop {
        let pause = Duration::from_millis(TYPES_WATCH_MILLISECONDS);
        match stopped.recv_timeout(pause) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
        match source.read_again()? {
            Some(text) if text != known => {
                write(out, &text)?;
                eprintln!("{} is written anew.", out.display());
                known = text;
                is_away = false;
            }
            Some(_) => is_away = false,
            None if is_away => {}
            None => {
                eprintln!("no server runs there; waiting for one");
                is_away = true;
            }
        }
    }
}

/// Tells once that the process is to stop.
fn signals() -> Result<Receiver<()>, Refusal> {
    let failed = |error: std::io::Error| Refusal::new(format!("no signals are heard: {error}"));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(failed)?;
    let entered = runtime.enter();
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    drop(entered);
    let (stop, stopped) = channel();
    std::thread::spawn(move || {
        runtime.block_on(async {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        });
        // Nobody listens where the command has ended already.
        let _ = stop.send(());
    });
    Ok(stopped)
}

/// Puts the text into the file, unless it is there. Who reads the file sees one or the other.
fn write(out: &Path, text: &str) -> Result<(), Refusal> {
    // A link stays one.
    let place = std::fs::canonicalize(out).unwrap_or_else(|_| out.to_path_buf());
    if std::fs::read(&place).is_ok_and(|bytes| bytes == text.as_bytes()) {
        return Ok(());
    }
    let mut name = place.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.unfinished", std::process::id()));
    let unfinished = place.with_file_name(name);
    let written = written(&unfinished, text).and_then(|()| std::fs::rename(&unfinished, &place));
    written.map_err(|error| {
        // What is left of it is of no use; that it cannot be removed changes nothing.
        let _ = std::fs::remove_file(&unfinished);
        Refusal::new(format!("{} cannot be written: {error}", out.display()))
            .remedy("choose another file with --out")
    })
}

fn written(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = std::fs::File::create_new(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
