//! A mail as it waits to be sent: JSON, encrypted where secrets are.

use luge_model::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::secrets::Vault;
use crate::store::StoreError;

/// What letters are encrypted for.
const PURPOSE: &[u8] = b"letters";

/// A mail to one receiver. See [`super::compose`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The address it goes to. To nobody it is the same work and never goes: who asks for a mail
    /// learns nothing about who exists.
    pub to: Option<String>,
    /// What it is about, such as `verification`.
    pub about: String,
    /// Its subject.
    pub subject: String,
    /// It as HTML.
    pub html: String,
    /// It as plain text.
    pub text: String,
    /// When it is of no use any more, such as when its token ends; in milliseconds since 1970.
    pub until: Option<i64>,
}

impl Letter {
    /// What is stored of it. A letter may hold a token, which is worth an account for a while.
    pub(super) fn close(&self, vault: &Vault) -> Result<Vec<u8>> {
        let json = serde_json::to_vec(self).map_err(|error| unreadable(&error))?;
        Ok(vault.close(PURPOSE, &json))
    }

    /// What was stored.
    pub(super) fn open(kept: &[u8], vault: &Vault) -> Result<Self> {
        let json = vault.open(PURPOSE, kept)?;
        serde_json::from_slice(&json).map_err(|error| unreadable(&error))
    }

    /// Whether it is of use still.
    pub(super) fn is_timely(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| until > now.0)
    }
}

fn unreadable(error: &serde_json::Error) -> Error {
    Error::Store(StoreError::Engine(format!("a letter is damaged: {error}")))
}
