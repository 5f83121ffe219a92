//! Whether records of an auth collection may be signed in by a cookie; an addition to the contract,
//! so shown only where something was chosen.

use serde::{Deserialize, Serialize};

use crate::invalid::{Violation, Violations};
use crate::limits::COOKIE_ORIGINS_MAX;

/// Sign-in by a cookie, for applications whose pages are made on a server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CookieOptions {
    /// Whether a sign-in may ask for it.
    pub enabled: bool,
    /// When browsers send it along from pages elsewhere.
    pub same_site: SameSite,
    /// Whose pages may act by it, beside those of the application's address.
    pub origins: Vec<String>,
}

/// When a browser sends a cookie along with a request from a page of another site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SameSite {
    /// Where a link is followed.
    #[default]
    Lax,
    /// Never.
    Strict,
}

impl CookieOptions {
    /// The key among the options of a collection.
    pub(super) const KEY: &'static str = "cookie";

    /// Whether nothing was chosen.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn violations(&self) -> Violations {
        let mut found = Violations::new();
        let wrong = self.origins.iter().find(|origin| !is_origin(origin));
        let message = if self.origins.len() > COOKIE_ORIGINS_MAX {
            format!("No more than {COOKIE_ORIGINS_MAX} origins.")
        } else if let Some(wrong) = wrong {
            format!(
                "{wrong:?} is no origin such as https://app.example.com (in lower case, http for \
                 localhost only)."
            )
        } else {
            return found;
        };
        found.add(
            "origins",
            Violation::new("validation_invalid_value", message),
        );
        found
    }
}

impl SameSite {
    /// The attribute of the cookie.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Lax => "Lax",
            Self::Strict => "Strict",
        }
    }
}

/// As browsers write one: nothing is made equal when they are compared.
fn is_origin(origin: &str) -> bool {
    let (authority, plain) = match origin.strip_prefix("https://") {
        Some(authority) => (authority, false),
        None => match origin.strip_prefix("http://") {
            Some(authority) => (authority, true),
            None => return false,
        },
    };
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_label = |label: &str| {
        let mut bytes = label.bytes();
        !label.is_empty() && bytes.all(|byte| is_letter(byte) || byte == b'-')
    };
    let usual = if plain { "80" } else { "443" };
    let right_port = port.is_none_or(|port| {
        port != usual && !port.starts_with('0') && port.parse::<u16>().is_ok_and(|port| port > 0)
    });
    let local = ["localhost", "127.0.0.1"].contains(&host) || host.ends_with(".localhost");
    host.split('.').all(is_label) && right_port && (local || !plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_as_browsers_write_them() {
        for (origin, expected) in [
            ("https://app.example.com", true),
            ("https://app.example.com:8443", true),
            ("http://localhost:3000", true),
            ("http://127.0.0.1:8090", true),
            ("http://app.localhost", true),
            ("http://app.example.com", false),
            ("https://app.example.com/", false),
            ("https://app.example.com:443", false),
            ("https://app.example.com:", false),
            ("https://app.example.com:0", false),
            ("https://app.example.com:99999", false),
            ("https://App.example.com", false),
            ("https://*.example.com", false),
            ("https://user@example.com", false),
            ("https://", false),
            ("https://a..b", false),
            ("app.example.com", false),
            ("null", false),
            ("*", false),
            ("", false),
            ("https://a\r\nb", false),
        ] {
            let options = CookieOptions {
                origins: vec![origin.to_owned()],
                ..CookieOptions::default()
            };
            assert_eq!(options.violations().is_empty(), expected, "{origin}");
        }
        let options = CookieOptions {
            origins: vec!["https://example.com".to_owned(); COOKIE_ORIGINS_MAX + 1],
            ..CookieOptions::default()
        };
        assert!(!options.violations().is_empty());
    }
}
