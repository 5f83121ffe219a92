//! How a command reaches the server that has the data folder open: lines of JSON over a socket in
//! that folder, which only its owner can open.
//!
//! A command writes one order and reads reports until the last one.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream as BlockingStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use luge_engine::engine::Engine;
use luge_model::limits;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;

use crate::cli::Refusal;
use crate::cli::order::{self, Order, Report};

/// How many reports wait for a command to read them.
const REPORTS_WAITING: usize = 64;

/// The socket of a running server; gone when this is dropped.
pub(super) struct Control {
    path: PathBuf,
}

impl Drop for Control {
    fn drop(&mut self) {
        // Left behind, it only costs the next command a refused connection.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Takes orders from now on.
pub(super) fn listen(folder: &Path, engine: &Arc<Engine>) -> std::io::Result<Control> {
    std::fs::create_dir_all(folder)?;
    let path = order::socket(folder);
    // Whoever holds the folder's lock may replace what an earlier server left behind. The socket
    // gets its name only after its mode, so that nobody else can open it in between.
    let unnamed = path.with_extension("sock.new");
    for stale in [&path, &unnamed] {
        match std::fs::remove_file(stale) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    let listener = UnixListener::bind(&unnamed)?;
    std::fs::set_permissions(&unnamed, std::fs::Permissions::from_mode(0o600))?;
    std::fs::rename(&unnamed, &path)?;
    let engine = Arc::clone(engine);
    tokio::spawn(async move {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => {
                    tokio::spawn(answer(stream, Arc::clone(&engine)));
                }
                Err(error) => {
                    tracing::warn!(%error, "a command could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    });
    Ok(Control { path })
}

async fn answer(mut stream: UnixStream, engine: Arc<Engine>) {
    let (reader, mut writer) = stream.split();
    let mut line = String::new();
    let mut reader = tokio::io::BufReader::new(reader.take(limits::CONTROL_LINE_BYTES_MAX));
    if let Err(error) = reader.read_line(&mut line).await {
        tracing::debug!(%error, "a command broke off");
        return;
    }
    let (sender, mut reports) = mpsc::channel(REPORTS_WAITING);
    match serde_json::from_str::<Order>(&line) {
        Ok(order) => {
            tokio::spawn(order::carry_out(engine, order, sender));
        }
        // A command of another version; the line may hold a password and is not repeated.
        Err(_) => {
            let report = Report::Refused {
                reason: "the running server does not understand this command".to_owned(),
                remedy: Some("use the same version of luge for both".to_owned()),
            };
            let _ = sender.send(report).await;
        }
    }
    let heartbeat = Duration::from_secs(limits::CONTROL_SECONDS_MAX / 4);
    loop {
        let report = match tokio::time::timeout(heartbeat, reports.recv()).await {
            Ok(Some(report)) => report,
            Ok(None) => return,
            // Nothing to tell yet, but still at it.
            Err(_) => Report::Waiting,
        };
        let mut text = serde_json::to_vec(&report).unwrap_or_default();
        text.push(b'\n');
        if let Err(error) = writer.write_all(&text).await {
            tracing::debug!(%error, "a command did not wait for its answer");
            return;
        }
    }
}

/// Whether a running server has the folder open.
pub(super) fn is_running(folder: &Path) -> bool {
    BlockingStream::connect(order::socket(folder)).is_ok()
}

/// Asks the running server; `None` when none has the folder open.
pub(super) fn ask(
    folder: &Path,
    order: &Order,
    tell: &mut dyn FnMut(Report),
) -> Option<Result<Report, Refusal>> {
    let mut stream = BlockingStream::connect(order::socket(folder)).ok()?;
    Some(converse(&mut stream, order, tell))
}

fn converse(
    stream: &mut BlockingStream,
    order: &Order,
    tell: &mut dyn FnMut(Report),
) -> Result<Report, Refusal> {
    let broke_off = |error: std::io::Error| {
        Refusal::new(format!("the running server did not answer: {error}"))
            .remedy("look at the server's log; the command may have been carried out")
    };
    let limit = Duration::from_secs(limits::CONTROL_SECONDS_MAX);
    stream.set_read_timeout(Some(limit)).map_err(broke_off)?;
    let mut text = serde_json::to_vec(order).unwrap_or_default();
    text.push(b'\n');
    stream.write_all(&text).map_err(broke_off)?;
    for line in BufReader::new(stream).lines() {
        let line = line.map_err(broke_off)?;
        match serde_json::from_str(&line) {
            Ok(report @ (Report::Done { .. } | Report::Refused { .. })) => return Ok(report),
            Ok(report) => tell(report),
            Err(_) => {
                return Err(
                    Refusal::new("the running server answers in another language")
                        .remedy("use the same version of luge for both"),
                );
            }
        }
    }
    Err(broke_off(std::io::ErrorKind::UnexpectedEof.into()))
}
