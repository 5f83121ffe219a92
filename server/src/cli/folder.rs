//! Opens the data folder, and carries out orders in it or through the server that has it open.

use std::sync::Arc;

use luge_engine::backup::{self, Target};
use luge_engine::engine::{Engine, Options};
use luge_engine::error::Error;
use luge_engine::outside::Outbound;
use luge_engine::random::SystemRandom;
use luge_engine::secrets::Vault;
use luge_engine::store::{Durability, StoreError, StoreKind};
use tokio::sync::mpsc;

use crate::cli::order::{self, Order, Report};
use crate::cli::{Refusal, control};
use crate::config::{Config, StoreName};
use crate::outside::s3::S3;
use crate::outside::{Fetcher, Smtp};

/// Opens the data folder. Where a backup was restored, it is that which is opened; where it cannot
/// be, what it took the place of comes back.
pub(super) fn open(config: &Config) -> Result<Arc<Engine>, Refusal> {
    let swapped = backup::settle(&config.dir.value).map_err(|error| refusal(config, &error))?;
    let Some(swapped) = swapped else {
        return open_as_it_is(config);
    };
    let done = match open_as_it_is(config) {
        Ok(engine) => {
            tracing::info!("the restored data is in place");
            return match swapped.confirm() {
                Ok(()) => Ok(engine),
                Err(error) => Err(refusal(config, &error)),
            };
        }
        Err(refusal) => {
            tracing::error!(
                reason = refusal.reason,
                "the restored data cannot be opened"
            );
            swapped.undo()
        }
    };
    done.map_err(|error| refusal(config, &error))?;
    open_as_it_is(config)
}

/// Opens the data folder and closes it again: what was begun is ended by that.
pub(super) fn put_in_order(config: &Config) -> Result<(), Refusal> {
    let runtime = runtime()?;
    let _entered = runtime.enter();
    open(config)?
        .close()
        .map_err(|error| refusal(config, &error))
}

/// The data folder and its store.
pub(super) fn target(config: &Config) -> Result<Target, Refusal> {
    Ok(Target {
        data: config.dir.value.clone(),
        store: store(config),
        vault: Arc::new(vault(config)?),
    })
}

/// Opens what is encrypted.
pub(super) fn vault(config: &Config) -> Result<Vault, Refusal> {
    let key = encryption_key(config)?;
    Vault::new(key.as_deref()).map_err(|error| refusal(config, &error))
}

fn store(config: &Config) -> StoreKind {
    match config.store.value {
        StoreName::Sled => StoreKind::Sled,
        StoreName::Fjall => StoreKind::Fjall,
        StoreName::Memory => StoreKind::Memory,
    }
}

fn open_as_it_is(config: &Config) -> Result<Arc<Engine>, Refusal> {
    let options = Options {
        outbound: outbound(config)?,
        post: Arc::new(Smtp::default()),
        ..options(config)?
    };
    match Engine::open(options) {
        Ok(engine) => Ok(Arc::new(engine)),
        Err(error) => Err(refusal(config, &error)),
    }
}

/// How the data folder is opened, without a way to other servers.
pub(super) fn options(config: &Config) -> Result<Options, Refusal> {
    Ok(Options {
        settings: config.settings.clone(),
        encryption_key: encryption_key(config)?,
        store: store(config),
        durability: if config.relaxed.value {
            Durability::Relaxed
        } else {
            Durability::Strict
        },
        cache_bytes: config.cache_bytes.value,
        files: config.files.value,
        sign_in_back_off: config.sign_in_back_off.value,
        buckets: Some(Arc::new(S3::new(Arc::new(SystemRandom)))),
        ..Options::new(config.dir.value.clone())
    })
}

/// The key in the variable that the configuration names.
fn encryption_key(config: &Config) -> Result<Option<String>, Refusal> {
    let Some(name) = &config.encryption_env.value else {
        return Ok(None);
    };
    match std::env::var(name) {
        Ok(key) if !key.is_empty() => Ok(Some(key)),
        _ => Err(Refusal::new(format!(
            "the variable {name}, which is to hold the encryption key, is not set"
        ))
        .remedy(format!("set {name} to the 32 characters of the key"))),
    }
}

fn outbound(config: &Config) -> Result<Arc<dyn Outbound>, Refusal> {
    let allowed = config.outbound_allow.value.clone();
    match Fetcher::new(allowed) {
        Ok(fetcher) => Ok(Arc::new(fetcher)),
        Err(error) => Err(Refusal::new(format!("TLS cannot be set up: {error}"))),
    }
}

fn refusal(config: &Config, error: &Error) -> Refusal {
    let folder = config.dir.value.display();
    let reason = Refusal::new(format!(
        "the data folder {folder} cannot be opened: {error}"
    ));
    match error {
        Error::Store(StoreError::InUse { .. }) => reason.remedy(
            "stop the other process, or choose another folder with --dir; while a server runs, \
             commands reach it by themselves when they name its folder",
        ),
        Error::FilesElsewhere { found, .. } => reason.remedy(format!(
            "start with --files {found}, or without it; files are not moved from one to the other"
        )),
        Error::Store(StoreError::UnfinishedImport { .. }) => reason.remedy(
            "wait until it is done; if it broke off, run it again, which begins anew, or remove \
             the folder",
        ),
        Error::Store(StoreError::Format { .. }) => {
            reason.remedy("use the version of luge that wrote the folder, or restore a backup")
        }
        Error::Misconfigured { remedy, .. } => reason.remedy(*remedy),
        _ => reason
            .remedy("check the folder's permissions and the disk, or choose another with --dir"),
    }
}

/// Carries out an order through the running server, else in the folder itself; what comes before
/// the end is told to `tell`.
pub(super) fn carry_out(
    config: &Config,
    order: Order,
    tell: &mut dyn FnMut(Report),
) -> Result<String, Refusal> {
    let last = match control::ask(&config.dir.value, &order, tell) {
        Some(answer) => answer?,
        None => carry_out_here(config, order, tell)?,
    };
    ended(last)
}

/// Carries out an order through the running server; `None` where there is none.
pub(super) fn carry_out_running(config: &Config, order: &Order) -> Result<Option<String>, Refusal> {
    match control::ask(&config.dir.value, order, &mut |_| {}) {
        Some(answer) => ended(answer?).map(Some),
        None => Ok(None),
    }
}

fn ended(last: Report) -> Result<String, Refusal> {
    match last {
        Report::Done { text } => Ok(text),
        Report::Refused { reason, remedy } => Err(Refusal { reason, remedy }),
        _ => Err(Refusal::new("the command ended without saying how")),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Refusal> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Refusal::new(format!("no threads can be started: {error}")))
}

fn carry_out_here(
    config: &Config,
    order: Order,
    tell: &mut dyn FnMut(Report),
) -> Result<Report, Refusal> {
    let runtime = runtime()?;
    // The engine starts background work of its own while it is opened.
    let entered = runtime.enter();
    let engine = open(config)?;
    drop(entered);
    let last = runtime.block_on(async {
        let (sender, mut reports) = mpsc::channel(1);
        tokio::spawn(order::carry_out(Arc::clone(&engine), order, sender));
        let mut last = Report::Waiting;
        while let Some(report) = reports.recv().await {
            match report {
                Report::Done { .. } | Report::Refused { .. } => last = report,
                other => tell(other),
            }
        }
        last
    });
    engine.close().map_err(|error| {
        Refusal::new(format!("the last writes may be lost: {error}")).remedy("check the disk")
    })?;
    Ok(last)
}
