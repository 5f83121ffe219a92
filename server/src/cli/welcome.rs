//! The first screen: where everything is, and what to do first.

use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use luge_engine::clock::Clock;
use luge_engine::engine::Engine;
use luge_engine::error::Result;
use luge_model::limits::{SETUP_CODE_MILLISECONDS, SETUP_LOOK_MILLISECONDS};
use luge_model::timestamp::Timestamp;

use crate::config::{Config, LogFormat, StoreName};

/// Says where everything is; shows the setup link, whenever there is another one, for as long as
/// there is no superuser.
pub(super) fn greet(
    config: &Config,
    address: SocketAddr,
    engine: &Arc<Engine>,
    clock: Arc<dyn Clock>,
) {
    let origin = origin(address);
    let people = is_for_people(config);
    if people {
        say(&screen(config, &origin, &mails(engine)));
    } else {
        tracing::info!(
            url.full = origin,
            version = env!("CARGO_PKG_VERSION"),
            mails = mails(engine),
            "serving"
        );
    }
    let engine = Arc::clone(engine);
    tokio::spawn(async move {
        let mut door = Door::default();
        loop {
            match door.look(&engine, clock.now()) {
                Ok(Seen::Another(code)) => offer(&format!("{origin}/_/setup?code={code}"), people),
                Ok(Seen::Same) => {}
                Ok(Seen::Superuser) => return,
                Err(error) => tracing::error!(%error, "the setup link cannot be made"),
            }
            tokio::time::sleep(Duration::from_millis(SETUP_LOOK_MILLISECONDS)).await;
        }
    });
}

/// What was shown last of how the first superuser is made.
#[derive(Default)]
struct Door {
    shown: Option<String>,
}

#[derive(Debug, PartialEq)]
enum Seen {
    /// Another code than the one that was shown.
    Another(String),
    /// What was shown still holds.
    Same,
    /// There is a superuser.
    Superuser,
}

impl Door {
    /// The code also ends before its time, after too many wrong ones.
    fn look(&mut self, engine: &Engine, now: Timestamp) -> Result<Seen> {
        let Some(setup) = engine.auth.setup_code(now)? else {
            return Ok(Seen::Superuser);
        };
        if self.shown.as_deref() == Some(setup.code.as_str()) {
            return Ok(Seen::Same);
        }
        self.shown = Some(setup.code.clone());
        Ok(Seen::Another(setup.code))
    }
}

fn offer(link: &str, people: bool) {
    if people {
        let minutes = Duration::from_millis(SETUP_CODE_MILLISECONDS.unsigned_abs()).as_secs() / 60;
        say(&format!(
            "  There is no superuser yet. Open this link within {minutes} minutes to make the \
             first one:\n\n    {link}\n\n  or run: luge superuser upsert EMAIL PASSWORD\n\n"
        ));
    } else {
        tracing::info!(
            url.full = link,
            "open this link to make the first superuser"
        );
    }
}

fn is_for_people(config: &Config) -> bool {
    match config.log_format.value {
        LogFormat::Automatic => std::io::stderr().is_terminal(),
        LogFormat::Human => true,
        LogFormat::Json => false,
    }
}

/// A listener on every address is reached as this machine.
fn origin(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        format!("http://localhost:{}", address.port())
    } else {
        format!("http://{address}")
    }
}

/// Where mails go.
fn mails(engine: &Engine) -> String {
    let smtp = &engine.settings.current().smtp;
    if smtp.enabled {
        format!("sent by {}:{}", smtp.host, smtp.port)
    } else {
        "kept to be read at /api/mails, until a mail server is set (settings.smtp)".to_owned()
    }
}

fn screen(config: &Config, origin: &str, mails: &str) -> String {
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
    screen.push_str(&format!("  Mails       {mails}\n"));
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

#[cfg(test)]
mod tests {
    use luge_engine::context::Context;
    use luge_engine::engine::Options;
    use luge_engine::store::StoreKind;
    use luge_model::principal::Principal;

    use super::*;

    const MINUTE: i64 = 60_000;

    fn at(minutes: i64) -> Timestamp {
        Timestamp(1_790_000_000_000 + minutes * MINUTE)
    }

    fn another(door: &mut Door, engine: &Engine, minutes: i64) -> String {
        match door.look(engine, at(minutes)) {
            Ok(Seen::Another(code)) => code,
            seen => panic!("{seen:?}"),
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_link_is_shown_when_it_is_another_until_there_is_a_superuser() {
        let options = Options {
            store: StoreKind::Memory,
            ..Options::new("unused".into())
        };
        let engine = Engine::open(options).unwrap();
        let mut door = Door::default();
        let same = |door: &mut Door, minutes| {
            assert_eq!(door.look(&engine, at(minutes)).unwrap(), Seen::Same);
        };
        let first = another(&mut door, &engine, 0);
        same(&mut door, 0);
        same(&mut door, 29);
        let second = another(&mut door, &engine, 30);
        assert_ne!(second, first);
        same(&mut door, 59);
        let guest = Context {
            principal: Principal::Guest,
            ..Context::system(at(59))
        };
        let password = "correct horse";
        let claim = async |code: &str| {
            let email = "first@example.com";
            engine.auth.setup(&guest, code, email, password).await
        };
        for _ in 0..99 {
            assert!(claim("wrong").await.is_err());
        }
        same(&mut door, 59);
        assert!(claim(&first).await.is_err());
        let third = another(&mut door, &engine, 59);
        assert_ne!(third, second);
        claim(&third).await.unwrap();
        assert_eq!(door.look(&engine, at(59)).unwrap(), Seen::Superuser);
    }
}
