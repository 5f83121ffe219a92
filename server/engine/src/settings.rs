//! The settings (contract §5.2): one object under one key, kept in memory.
//!
//! - A change is checked whole, committed, and only then seen; two changes never mix.
//! - Passwords and secrets are stored and never shown; a change that leaves them out keeps them.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use arc_swap::ArcSwap;
use luge_model::network;
use luge_model::overlay::lay_over;
use serde_json::{Map, Value as Json};
use tokio::sync::Mutex;

use crate::commit::{Committer, Proposal};
use crate::context::Context;
use crate::error::{Action, Error, Result, Subject};
use crate::store::{Guard, Key, StoreError, key};

mod cron;
mod labels;
mod validate;
mod values;

pub use cron::Schedule;
pub use values::{
    BackupSettings, BatchSettings, LogSettings, MetaSettings, RateLimitRule, RateLimitSettings,
    S3Settings, SettingsValues, SmtpSettings, TrustedProxySettings,
};

/// The version of the stored form.
const VERSION: u8 = 1;

/// The settings of this database.
pub struct Settings {
    committer: Arc<Committer>,
    values: ArcSwap<SettingsValues>,
    /// Held by whoever changes them; the stored bytes, so that a commit can tell that they are
    /// still the ones that were read.
    changing: Mutex<Option<Vec<u8>>>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Settings")
            .field("values", &self.current())
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// Reads the settings; a database without any has the defaults.
    ///
    /// # Errors
    /// When the store fails or the settings are damaged.
    pub fn open(committer: Arc<Committer>) -> Result<Self> {
        let stored = committer.store().get(&settings_key())?;
        let values = match &stored {
            None => SettingsValues::default(),
            Some(bytes) => decode(bytes).map_err(|reason| {
                Error::Store(StoreError::Damaged {
                    key: key::readable(&settings_key()),
                    reason,
                })
            })?,
        };
        Ok(Self {
            committer,
            values: ArcSwap::from_pointee(values),
            changing: Mutex::new(stored),
        })
    }

    /// The settings as they are now.
    #[must_use]
    pub fn current(&self) -> Arc<SettingsValues> {
        self.values.load_full()
    }

    /// Whether a superuser may be at this address (`superuserIPs`); from no network only where
    /// every address will do.
    ///
    /// # Errors
    /// [`Error::Forbidden`] when not.
    pub fn superuser_may_come_from(&self, client: Option<IpAddr>) -> Result<()> {
        let allowed = &self.current().superuser_ips;
        if allowed.is_empty() || client.is_some_and(|at| network::any_contains(allowed, at)) {
            return Ok(());
        }
        let reason = "You are not allowed to perform this request.";
        Err(Error::Forbidden(reason.to_owned()))
    }

    /// The settings as the contract shows them.
    ///
    /// # Errors
    /// When the caller is not a superuser.
    pub fn view(&self, ctx: &Context) -> Result<Map<String, Json>> {
        ctx.require_superuser()?;
        Ok(self.current().to_json())
    }

    /// Lays `body` over the settings and gives them back as the contract shows them.
    ///
    /// # Errors
    /// When the caller is not a superuser, a value has the wrong type or makes no sense.
    pub async fn update(
        &self,
        ctx: &Context,
        body: &Map<String, Json>,
    ) -> Result<Map<String, Json>> {
        ctx.require_superuser()?;
        let mut stored = self.changing.lock().await;
        let mut merged = self.current().with_secrets();
        lay_over(&mut merged, body, |_| None);
        let values: SettingsValues =
            serde_json::from_value(Json::Object(merged)).map_err(|error| {
                let sentence = "An error occurred while loading the submitted data.";
                Error::BadRequest(format!("{sentence} Raw error: {error}."))
            })?;
        values.check().map_err(|violations| Error::Refused {
            action: Action::Update,
            subject: Subject::Settings,
            violations,
            reason: Some("An error occurred while saving the new settings.".to_owned()),
        })?;
        let bytes = encode(&values);
        let (guard, put) = stored_guard(stored.clone(), bytes.clone());
        let proposal = Proposal {
            guards: vec![guard],
            puts: vec![put],
            now: ctx.now,
            ..Proposal::default()
        };
        let committed = self.committer.commit(proposal);
        // From here on the change happens even if nobody waits for it, so it is shown at once.
        let previous = self.values.swap(Arc::new(values.clone()));
        let before = stored.replace(bytes);
        if let Err(error) = committed.await {
            self.values.store(previous);
            *stored = before;
            return Err(error.into());
        }
        Ok(values.to_json())
    }
}

fn settings_key() -> Key {
    key::setting("settings")
}

/// A write of the settings, and the guard that they are still the stored ones.
fn stored_guard(stored: Option<Vec<u8>>, bytes: Vec<u8>) -> (Guard, (Key, Vec<u8>)) {
    let key = settings_key();
    let guard = match stored {
        None => Guard::Absent(key.clone()),
        Some(prefix) => Guard::Unchanged {
            key: key.clone(),
            prefix,
        },
    };
    (guard, (key, bytes))
}

fn encode(values: &SettingsValues) -> Vec<u8> {
    let mut bytes = vec![VERSION];
    bytes.extend_from_slice(Json::Object(values.with_secrets()).to_string().as_bytes());
    bytes
}

fn decode(bytes: &[u8]) -> std::result::Result<SettingsValues, String> {
    match bytes.split_first() {
        Some((&VERSION, json)) => serde_json::from_slice(json).map_err(|error| error.to_string()),
        Some((version, _)) => Err(format!(
            "the settings have version {version}, this program reads {VERSION}"
        )),
        None => Err("the value is empty".to_owned()),
    }
}

#[cfg(test)]
mod tests;
