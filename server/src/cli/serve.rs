//! `luge serve`: opens the data folder, listens, says where everything is, stops in order.

use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use luge_engine::clock::{Clock, SystemClock};
use luge_engine::context::Context;
use luge_engine::engine::Engine;
use luge_engine::jobs::Jobs;
use luge_engine::random::SystemRandom;
use luge_engine::request_log::Writer;
use luge_engine::{outbox, search, webhooks};
use luge_model::limits::RESTART_MILLISECONDS;
use poem::EndpointExt;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::{Refusal, control, folder, order, superuser, welcome};
use crate::config::Config;
use crate::http::app::{self, App};
use crate::http::graphql::Schemas;
use crate::http::{self, listener, metrics, metrics_history, rate_limits};
use crate::telemetry;

const EMAIL: &str = "LUGE_SUPERUSER_EMAIL";
const PASSWORD_FILE: &str = "LUGE_SUPERUSER_PASSWORD_FILE";

/// Serves until the process is told to stop.
pub(super) fn run(config: &Config) -> Result<(), Refusal> {
    let _telemetry = telemetry::start(config.log_format.value, &config.log.value);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("luge-http")
        .build()
        .map_err(|error| Refusal::new(format!("no threads can be started: {error}")))?;
    let ended = runtime.block_on(serve(config))?;
    drop(runtime);
    match ended {
        Ended::Stopped => Ok(()),
        Ended::StartAgain => Err(start_again()),
    }
}

/// How serving ended.
enum Ended {
    /// The process was told to stop.
    Stopped,
    /// A backup was restored: what is open is no longer what is in the data folder.
    StartAgain,
}

/// Becomes a new process of the same program with the same arguments. Nothing of this one is left,
/// as an embedded store keeps things for as long as its process lives. Returns only when it fails.
fn start_again() -> Refusal {
    let itself = Path::new("/proc/self/exe");
    let program = match std::env::current_exe() {
        // The program was replaced since: this one goes on until somebody restarts it.
        Ok(program) if !program.exists() && itself.exists() => itself.to_path_buf(),
        Ok(program) => program,
        Err(_) => itself.to_path_buf(),
    };
    let mut arguments = std::env::args_os();
    let mut command = Command::new(&program);
    if let Some(name) = arguments.next() {
        command.arg0(name);
    }
    let error = command.args(arguments).exec();
    Refusal::new(format!("{} cannot start again: {error}", program.display()))
        .remedy("the backup is restored; start the server")
}

async fn serve(config: &Config) -> Result<Ended, Refusal> {
    let listening = bind(config.http.value, "--http").await?;
    let metrics = metrics::install().map_err(|error| Refusal::new(error.to_string()))?;
    tokio::spawn(metrics::upkeep(metrics.clone()));
    let engine = open(config).await?;
    let control = control::listen(&config.dir.value, &engine).inspect_err(|error| {
        // A folder with too long a name, for one: the server itself does not need the socket.
        tracing::warn!(%error, "commands such as `luge superuser` cannot reach this server");
    });
    first_superuser(&engine).await?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    // Before the jobs: what it has not followed yet of the change log must stay.
    let webhooks = engine
        .webhooks
        .start()
        .map_err(|error| Refusal::new(format!("webhooks cannot be told anything: {error}")))?;
    let search = start_search(&engine)?;
    let outbox = engine.start_outbox(Arc::clone(&clock));
    let jobs = Jobs::start(Arc::clone(&engine), Arc::clone(&clock))
        .map_err(|error| Refusal::new(format!("no thread can be started for jobs: {error}")))?;
    let logs = Writer::start(Arc::clone(&engine.request_log))
        .map_err(|error| Refusal::new(format!("no thread can be started for logs: {error}")))?;
    let app = Arc::new(App {
        engine: Arc::clone(&engine),
        clock: Arc::clone(&clock),
        crons: jobs
            .bell()
            .ok_or_else(|| Refusal::new("the jobs do not run"))?,
        random: Arc::new(SystemRandom),
        public_folder: config.public_folder.value.clone(),
        metrics,
        scans: app::scans(),
        rules_see_headers: ArcSwap::from_pointee(app::RulesSeeHeaders::unknown()),
        graphql: Schemas::default(),
        windows: rate_limits::Windows::default(),
        stopping: AtomicBool::new(false),
    });
    tokio::spawn(metrics_history::sample(Arc::clone(&app)));
    let endpoint = http::endpoint(&app)
        .map_err(|error| Refusal::new(format!("the routes contradict each other: {error}")))?;
    serve_metrics(config, &app).await?;
    let address = listening.local_addr().unwrap_or(config.http.value);
    welcome::greet(config, address, &engine, clock);
    let told = stop_signal()?;
    let again = AtomicBool::new(false);
    let stop = async {
        tokio::select! {
            () = told => {}
            () = app.engine.backups.restored() => {
                again.store(true, Ordering::Relaxed);
                // Whoever asked for it by a command is told first.
                tokio::time::sleep(Duration::from_millis(RESTART_MILLISECONDS)).await;
            }
        }
        app.stopping.store(true, Ordering::Relaxed);
        tracing::info!("stopping: running requests are finished first");
        // Realtime connections would go on for half an hour.
        let engine = Arc::clone(&app.engine);
        engine.request_log.end_tails();
        drop(tokio::task::spawn_blocking(move || engine.realtime.close()));
    };
    listener::serve(listening, endpoint, stop).await;
    drop(control);
    close(engine, (jobs, webhooks, search, outbox, logs)).await?;
    if again.into_inner() {
        Ok(Ended::StartAgain)
    } else {
        Ok(Ended::Stopped)
    }
}

/// Shows the metrics to everybody on an address of their own, where one is configured.
async fn serve_metrics(config: &Config, app: &Arc<App>) -> Result<(), Refusal> {
    if let Some(address) = config.metrics_address.value {
        let listening = bind(address, "--metrics-addr").await?;
        let open = metrics::OpenMetrics(Arc::clone(app));
        tokio::spawn(listener::serve(
            listening,
            open.map_to_response(),
            std::future::pending(),
        ));
    }
    Ok(())
}

async fn open(config: &Config) -> Result<Arc<Engine>, Refusal> {
    let config = config.clone();
    tokio::task::spawn_blocking(move || folder::open(&config))
        .await
        .map_err(|error| Refusal::new(format!("the data folder cannot be opened: {error}")))?
}

fn start_search(engine: &Engine) -> Result<search::Running, Refusal> {
    let failed = |error| Refusal::new(format!("no thread can be started for search: {error}"));
    engine.search.start().map_err(failed)
}

/// What runs beside the requests, in the order in which it ends.
type Running = (
    Jobs,
    webhooks::Running,
    search::Running,
    outbox::Running,
    Writer,
);

async fn close(engine: Arc<Engine>, running: Running) -> Result<(), Refusal> {
    let stop = move || {
        drop(running);
        engine.close()
    };
    let closed = tokio::task::spawn_blocking(stop).await;
    let reason = match closed {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => error.to_string(),
        Err(error) => error.to_string(),
    };
    Err(Refusal::new(format!("the last writes may be lost: {reason}")).remedy("check the disk"))
}

/// Makes the first superuser from the environment; does nothing once there is any.
async fn first_superuser(engine: &Engine) -> Result<(), Refusal> {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let (email, file) = match (variable(EMAIL), variable(PASSWORD_FILE)) {
        (None, None) => return Ok(()),
        (Some(email), Some(file)) => (email, file),
        _ => {
            return Err(
                Refusal::new(format!("only one of {EMAIL} and {PASSWORD_FILE} is set"))
                    .remedy("set both, or neither"),
            );
        }
    };
    let needed = engine
        .auth
        .setup_needed()
        .map_err(|error| Refusal::new(error.to_string()))?;
    if !needed {
        return Ok(());
    }
    let password = superuser::password_in(Path::new(&file))?;
    let context = Context::system(SystemClock.now());
    match engine
        .auth
        .create_superuser(&context, &email, &password)
        .await
    {
        Ok(_) => Ok(()),
        Err(error) => Err(Refusal::new(format!(
            "the first superuser cannot be made from {EMAIL}: {}",
            order::sentence(&error)
        ))),
    }
}

async fn bind(address: SocketAddr, flag: &str) -> Result<TcpListener, Refusal> {
    TcpListener::bind(address).await.map_err(|error| {
        let refusal = Refusal::new(format!("cannot listen on {address}: {error}"));
        match error.kind() {
            std::io::ErrorKind::AddrInUse => refusal.remedy(format!(
                "another program listens there; stop it or choose another address with {flag}"
            )),
            std::io::ErrorKind::PermissionDenied => refusal.remedy(format!(
                "ports below 1024 need privileges; choose another address with {flag}"
            )),
            _ => refusal.remedy(format!("choose another address with {flag}")),
        }
    })
}

/// Done when the process is told to stop.
fn stop_signal() -> Result<impl Future<Output = ()>, Refusal> {
    let failed = |error: std::io::Error| {
        Refusal::new(format!("the signals to stop cannot be heard: {error}"))
    };
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
