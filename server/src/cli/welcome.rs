//! The first screen: where everything is, and what to do first.

use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use luge_engine::clock::{Clock, SystemClock};
use luge_engine::engine::Engine;

use crate::config::{Config, LogFormat, StoreName};

/// Says where everything is; prints the setup link for as long as there is no superuser.
pub(super) fn greet(config: &Config, address: SocketAddr, engine: &Arc<Engine>) {
    let origin = origin(address);
    if is_for_people(config) {
        say(&screen(config, &origin));
    } else {
        tracing::info!(
            url.full = origin,
            version = env!("CARGO_PKG_VERSION"),
            "serving"
        );
    }
    let (engine, people) = (Arc::clone(engine), is_for_people(config));
    tokio::spawn(async move {
        while let Some(wait) = offer_setup(&engine, &origin, people) {
            tokio::time::sleep(wait).await;
        }
    });
}

fn is_for_people(config: &Config) -> bool {
    match config.log_format.value {
        LogFormat::Automatic => std::io::stderr().is_terminal(),
        LogFormat::Human => true,
        LogFormat::Json => false,
    }
}

/// Prints the link; says when it must be printed anew. `None` once there is a superuser.
fn offer_setup(engine: &Engine, origin: &str, people: bool) -> Option<Duration> {
    let now = SystemClock.now();
    let setup = match engine.auth.setup_code(now) {
        Ok(setup) => setup?,
        Err(error) => {
            tracing::error!(%error, "the setup link cannot be made");
            return None;
        }
    };
    let link = format!("{origin}/_/setup?code={}", setup.code);
    if people {
        say(&format!(
            "  There is no superuser yet. Open this link within 30 minutes to make the first \
             one:\n\n    {link}\n\n  or run: luge superuser upsert EMAIL PASSWORD\n\n"
        ));
    } else {
        tracing::info!(
            url.full = link,
            "open this link to make the first superuser"
        );
    }
    let left = setup.expires.0.saturating_sub(now.0);
    // A moment later than its end, so that the next code is a new one.
    Some(Duration::from_millis(
        u64::try_from(left).unwrap_or(0) + 1_000,
    ))
}

/// A listener on every address is reached as this machine.
fn origin(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        format!("http://localhost:{}", address.port())
    } else {
        format!("http://{address}")
    }
}

fn screen(config: &Config, origin: &str) -> String {
    let store = match config.store.value {
        StoreName::Sled => "sled",
        StoreName::Fjall => "fjall",
        StoreName::Memory => "in memory only: nothing is kept when this process ends",
    };
    let durability = if config.relaxed.value {
        ", relaxed: the last moments before a crash may be lost"
    } else {
        ""
    };
    let mut screen = format!(
        "\n  Luge {}\n\n  Dashboard   {origin}/_/\n  API         {origin}/api/\n  \
         Data        {} ({store}{durability})\n",
        env!("CARGO_PKG_VERSION"),
        config.dir.value.display(),
    );
    if config.public_folder.value.is_dir() {
        let folder = config.public_folder.value.display();
        screen.push_str(&format!("  Static      {origin}/ from {folder}\n"));
    }
    if let Some(address) = config.metrics_address.value {
        screen.push_str(&format!("  Metrics     http://{address}/metrics\n"));
    }
    screen.push('\n');
    screen
}

fn say(text: &str) {
    // Whoever closed the terminal does not want to read it.
    let _ = std::io::stderr().write_all(text.as_bytes());
}
