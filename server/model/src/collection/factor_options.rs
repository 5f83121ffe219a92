//! Further ways to sign in to an auth collection; additions to the contract, so each is shown only
//! where something was chosen.

use serde::{Deserialize, Serialize};

use super::EmailTemplate;
use crate::limits::MAGIC_LINK_SECONDS_DEFAULT;

/// Accounts without any credential.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AnonymousOptions {
    /// Whether they can be made.
    pub enabled: bool,
}

/// Sign-in with a mailed link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MagicLinkOptions {
    /// Whether it can be used.
    pub enabled: bool,
    /// Seconds a link is valid.
    pub duration: i64,
    /// The mail.
    pub email_template: EmailTemplate,
}

impl Default for MagicLinkOptions {
    fn default() -> Self {
        Self {
            enabled: false,
            duration: MAGIC_LINK_SECONDS_DEFAULT,
            email_template: EmailTemplate::magic_link(),
        }
    }
}

impl AnonymousOptions {
    /// The key among the options of a collection.
    pub(super) const KEY: &'static str = "anonymous";

    /// Whether nothing was chosen.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl MagicLinkOptions {
    /// The key among the options of a collection.
    pub(super) const KEY: &'static str = "magicLink";

    /// Whether nothing was chosen.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
