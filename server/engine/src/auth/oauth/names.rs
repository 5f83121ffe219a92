//! Names that a provider tells beside the code instead of behind it: Apple does, and only the first
//! time. They are kept for the minute until the code is brought.
//!
//! - They come from whoever sent the form, so they are worth no more than a name that somebody
//!   chose, and count only where the provider itself told none.

use std::collections::VecDeque;

use luge_model::limits::{
    OAUTH_NAME_CHARS_MAX, OAUTH_NAME_MILLISECONDS, OAUTH_NAMES_MAX, OAUTH_TEXT_BYTES_MAX,
};
use luge_model::timestamp::Timestamp;
use parking_lot::Mutex;
use serde_json::Value as Json;

use super::vendor::joined;
use crate::auth::Auth;

/// Names by code, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Names(Mutex<VecDeque<(Timestamp, String, String)>>);

impl Auth {
    /// Remembers the name in what Apple sends as `user` beside a code: `{"name":{"firstName",
    /// "lastName"}}`.
    pub fn remember_name(&self, now: Timestamp, code: &str, user: &str) {
        if user.len() > OAUTH_TEXT_BYTES_MAX || code.len() > OAUTH_TEXT_BYTES_MAX {
            return;
        }
        let user: Json = serde_json::from_str(user).unwrap_or_default();
        let name = joined(&user, &["/name/firstName", "/name/lastName"]);
        let name: String = name.chars().take(OAUTH_NAME_CHARS_MAX).collect();
        if name.is_empty() {
            return;
        }
        let mut names = self.providers.names.0.lock();
        if names.len() >= OAUTH_NAMES_MAX {
            names.pop_front();
        }
        names.push_back((now, code.to_owned(), name));
    }
}

impl Names {
    /// The name that came with a code; empty where none did.
    pub(super) fn take(&self, now: Timestamp, code: &str) -> String {
        let mut names = self.0.lock();
        let oldest = now.0.saturating_sub(OAUTH_NAME_MILLISECONDS);
        names.retain(|(told, ..)| told.0 > oldest);
        let place = names.iter().position(|(_, known, _)| known == code);
        let found = place.and_then(|place| names.remove(place));
        found.map(|(.., name)| name).unwrap_or_default()
    }
}
