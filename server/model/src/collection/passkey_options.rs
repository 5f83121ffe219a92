//! How passkeys work in an auth collection; an addition to the contract, so shown only where it is
//! not as everywhere.

use serde::{Deserialize, Serialize};

use crate::invalid::{Violation, Violations};
use crate::limits::PASSKEY_ORIGINS_MAX;

/// Origins of Android applications, which have no domain.
const ANDROID: &str = "android:apk-key-hash:";

/// Sign-in with passkeys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PasskeyOptions {
    /// Whether it is offered.
    pub enabled: bool,
    /// The domain that passkeys are bound to; empty for that of the application's address.
    pub rp_id: String,
    /// Where pages may ask for a passkey; empty for the application's address alone.
    pub origins: Vec<String>,
}

impl Default for PasskeyOptions {
    fn default() -> Self {
        Self {
            enabled: true,
            rp_id: String::new(),
            origins: Vec::new(),
        }
    }
}

impl PasskeyOptions {
    /// The key among the options of a collection.
    pub(super) const KEY: &'static str = "passkey";

    /// Whether nothing was chosen.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn violations(&self) -> Violations {
        let mut found = Violations::new();
        if !self.rp_id.is_empty() && !is_domain(&self.rp_id) {
            found.add("rpId", invalid("Must be a domain name in lower case."));
        }
        if self.origins.len() > PASSKEY_ORIGINS_MAX {
            let message = format!("No more than {PASSKEY_ORIGINS_MAX} origins.");
            found.add("origins", invalid(&message));
        } else if self.rp_id.is_empty() && !self.origins.is_empty() {
            found.add("rpId", Violation::required());
        } else if let Some(wrong) = self.origins.iter().find(|origin| !self.admits(origin)) {
            let message = format!(
                "{wrong} is no https origin of {} (http is for localhost), nor of an Android \
                 application ({ANDROID}…).",
                self.rp_id
            );
            found.add("origins", invalid(&message));
        }
        found
    }

    fn admits(&self, origin: &str) -> bool {
        if let Some(hash) = origin.strip_prefix(ANDROID) {
            return !hash.is_empty()
                && hash
                    .chars()
                    .all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter));
        }
        let (authority, plain) = match origin.strip_prefix("https://") {
            Some(authority) => (authority, false),
            None => (origin.strip_prefix("http://").unwrap_or_default(), true),
        };
        let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
        let local = host == "localhost" || host.ends_with(".localhost");
        let below = host
            .strip_suffix(self.rp_id.as_str())
            .is_some_and(|sub| sub.is_empty() || sub.ends_with('.'));
        is_domain(host) && port.parse::<u16>().is_ok() && (local || !plain) && below
    }
}

/// A name with at least one letter in its last part: an address of the network is none.
fn is_domain(name: &str) -> bool {
    let label = |label: &str| {
        let inner =
            |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        (1..=63).contains(&label.len())
            && label.chars().all(inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = name.rsplit('.').next().unwrap_or_default();
    name.len() <= 253
        && name.split('.').all(label)
        && last.chars().any(|letter| letter.is_ascii_lowercase())
}

fn invalid(message: &str) -> Violation {
    Violation::new("validation_invalid_value", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(rp_id: &str, origins: &[&str]) -> Vec<String> {
        let options = PasskeyOptions {
            enabled: true,
            rp_id: rp_id.to_owned(),
            origins: origins.iter().map(|&origin| origin.to_owned()).collect(),
        };
        let found = options.violations().to_json();
        found.into_iter().map(|(key, _)| key).collect()
    }

    #[test]
    fn origins_are_pages_of_the_domain() {
        for (rp_id, origins) in [
            ("", &[][..]),
            ("example.com", &[]),
            ("example.com", &["https://example.com"]),
            (
                "example.com",
                &["https://app.example.com:8443", "https://example.com"],
            ),
            ("localhost", &["http://localhost:5173", "https://localhost"]),
            ("example.com", &["android:apk-key-hash:abc-_9"]),
        ] {
            assert!(codes(rp_id, origins).is_empty(), "{rp_id} {origins:?}");
        }
    }

    #[test]
    fn everything_else_is_refused_by_name() {
        for origin in [
            "http://example.com",
            "https://example.com/",
            "https://example.com.evil.test",
            "https://evil-example.com",
            "https://example.com@evil.test",
            "https://EXAMPLE.com",
            "https://example.com:99999",
            "https://example.com:",
            "https://",
            "example.com",
            "//example.com",
            "null",
            "*",
            "https://*.example.com",
            "android:apk-key-hash:",
            "javascript:example.com",
            "",
        ] {
            assert_eq!(codes("example.com", &[origin]), ["origins"], "{origin}");
        }
        for rp_id in [
            "127.0.0.1",
            "Example.com",
            "exa mple",
            "a..b",
            ".",
            "-a.com",
            "[::1]",
            "com:80",
        ] {
            assert_eq!(codes(rp_id, &[]), ["rpId"], "{rp_id}");
        }
        assert_eq!(codes("", &["https://example.com"]), ["rpId"]);
        let many = vec!["https://example.com"; PASSKEY_ORIGINS_MAX + 1];
        assert_eq!(codes("example.com", &many), ["origins"]);
    }
}
