//! The settings (contract §5.2): one object under one key, kept in memory.
//!
//! - A change is checked whole, committed, and only then seen; two changes never mix.
//! - Passwords and secrets are stored and never shown; a change that leaves them out, or sends
//!   [`MASK`] for them, keeps them. They are encrypted where a key was given.
//! - What the environment or a file fixes is laid over what is stored, and cannot be changed here.

use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwap;
use luge_model::changed::changed_names;
use luge_model::invalid::Violations;
use luge_model::network;
use luge_model::overlay::lay_over;
use serde_json::{Map, Value as Json};
use tokio::sync::Mutex;

use crate::commit::{Committer, Proposal};
use crate::context::Context;
use crate::error::{Action, Error, Result, Subject};
use crate::secrets::{Vault, is_closed};
use crate::store::{Guard, Key, StoreError, key, wait};

mod cron;
mod fixed;
mod labels;
mod preferences;
mod sources;
mod validate;
mod values;

pub use cron::Schedule;
pub use fixed::{Fixed, Given, Origin};
pub use sources::Source;
pub use values::{
    BackupSettings, BatchSettings, ChannelSettings, GraphqlSettings, LogSettings, MetaSettings,
    RateLimitRule, RateLimitSettings, S3Settings, SettingsValues, SmtpSettings,
    TrustedProxySettings,
};

/// The version of the stored form.
const VERSION: u8 = 1;
/// What the settings are encrypted for.
const PURPOSE: &[u8] = b"settings";
/// What stands for a secret that is not to be changed.
pub const MASK: &str = "******";

/// Finds what is wrong with settings beside what is known here: in what changed, from the first to
/// the second.
pub type Examiner = Box<dyn Fn(&SettingsValues, &SettingsValues) -> Violations + Send + Sync>;

/// The settings of this database.
pub struct Settings {
    committer: Arc<Committer>,
    vault: Arc<Vault>,
    fixed: Fixed,
    /// What holds: the stored ones with the fixed ones on top.
    values: ArcSwap<SettingsValues>,
    /// As they are stored.
    own: ArcSwap<SettingsValues>,
    examiner: OnceLock<Examiner>,
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
    /// Reads the settings; a database without any has the defaults. Those that were stored before
    /// there was a key are encrypted now, which waits for a commit.
    ///
    /// # Errors
    /// When the store fails, the settings are damaged or encrypted under another key, or fixed ones
    /// make no sense.
    pub fn open(committer: Arc<Committer>, fixed: Fixed, vault: Arc<Vault>) -> Result<Self> {
        let mut stored = committer.store().get(&settings_key())?;
        let own = match &stored {
            None => SettingsValues::default(),
            Some(bytes) => decode(bytes, &vault)?,
        };
        if let Some(plain) = &stored
            && vault.encrypts()
            && !plain.get(1..).is_some_and(is_closed)
        {
            let bytes = encode(&own, &vault);
            let (guard, put) = stored_guard(stored.clone(), bytes.clone());
            wait(committer.commit(Proposal {
                guards: vec![guard],
                puts: vec![put],
                ..Proposal::default()
            }))?;
            stored = Some(bytes);
        }
        let values = effective(&own, &fixed).map_err(|reason| Error::Misconfigured {
            reason: format!("the settings that are given from outside are refused: {reason}"),
            remedy: "change them in the environment or in the configuration file",
        })?;
        Ok(Self {
            committer,
            vault,
            fixed,
            values: ArcSwap::from_pointee(values),
            own: ArcSwap::from_pointee(own),
            examiner: OnceLock::new(),
            changing: Mutex::new(stored),
        })
    }

    /// Has every change examined also by somebody who knows what the settings speak of: rules name
    /// collections. The first one stays.
    pub fn examined_by(&self, examiner: Examiner) {
        // There is one engine, which sets it once.
        drop(self.examiner.set(examiner));
    }

    /// Encrypts secrets of other parts of the database.
    #[must_use]
    pub fn vault(&self) -> &Arc<Vault> {
        &self.vault
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
        ctx.refuse_key()?;
        let mut body = body.clone();
        let refused = self.fixed.take_out(&mut body);
        if !refused.is_empty() {
            return Err(refusal(refused));
        }
        let mut stored = self.changing.lock().await;
        let mut merged = self.own.load().with_secrets();
        values::drop_masks(&mut body);
        lay_over(&mut merged, &body, |_| None);
        let own: SettingsValues =
            serde_json::from_value(Json::Object(merged)).map_err(|error| {
                let sentence = "An error occurred while loading the submitted data.";
                Error::BadRequest(format!("{sentence} Raw error: {error}."))
            })?;
        let values = laid(&own, &self.fixed).map_err(|error| {
            Error::BadRequest(format!("The settings contradict each other: {error}."))
        })?;
        values.check().map_err(refusal)?;
        if let Some(examiner) = self.examiner.get() {
            let found = examiner(&self.current(), &values);
            found.into_result().map_err(refusal)?;
        }
        let bytes = encode(&own, &self.vault);
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
        let changed = changed_names(&self.own.load().with_secrets(), &own.with_secrets());
        let previous_own = self.own.swap(Arc::new(own));
        let before = stored.replace(bytes);
        if let Err(error) = committed.await {
            self.values.store(previous);
            self.own.store(previous_own);
            *stored = before;
            return Err(error.into());
        }
        ctx.account.did("settings.update", "", || changed);
        Ok(values.to_json())
    }
}

fn refusal(violations: Violations) -> Error {
    Error::Refused {
        action: Action::Update,
        subject: Subject::Settings,
        violations,
        reason: Some("An error occurred while saving the new settings.".to_owned()),
    }
}

/// Stored settings with the fixed ones on top.
fn laid(own: &SettingsValues, fixed: &Fixed) -> serde_json::Result<SettingsValues> {
    let mut object = own.with_secrets();
    fixed.lay_over(&mut object);
    serde_json::from_value(Json::Object(object))
}

/// The same, checked; says in words what is wrong.
fn effective(own: &SettingsValues, fixed: &Fixed) -> std::result::Result<SettingsValues, String> {
    let values = laid(own, fixed).map_err(|error| error.to_string())?;
    match values.check() {
        Ok(()) => Ok(values),
        // What was stored was checked then; only what is new can be wrong.
        Err(_) if own == &values => Ok(values),
        Err(violations) => Err(fixed.explained(&violations.to_json())),
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

fn encode(values: &SettingsValues, vault: &Vault) -> Vec<u8> {
    let json = Json::Object(values.with_secrets()).to_string();
    let mut bytes = vec![VERSION];
    bytes.extend_from_slice(&vault.close(PURPOSE, json.as_bytes()));
    bytes
}

fn decode(bytes: &[u8], vault: &Vault) -> Result<SettingsValues> {
    let damaged = |reason: String| Error::Store(StoreError::damaged(&settings_key(), reason));
    match bytes.split_first() {
        Some((&VERSION, kept)) => {
            let json = vault.open(PURPOSE, kept)?;
            serde_json::from_slice(&json).map_err(|error| damaged(error.to_string()))
        }
        Some((version, _)) => Err(damaged(format!(
            "the settings have version {version}, this program reads {VERSION}"
        ))),
        None => Err(damaged("the value is empty".to_owned())),
    }
}

#[cfg(test)]
mod tests;
