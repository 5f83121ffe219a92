//! The address of an outbound request, read once: what is connected to is what was checked.
//!
//! The reading is the one of browsers, which understands every spelling of an IPv4 address
//! (`0x7f.1`, `2130706433`), full-width digits and names outside of ASCII, and gives each its one
//! form. What it would silently repair (line breaks, backslashes) is refused.

use hyper::http::uri::PathAndQuery;
use luge_engine::outside::OutboundError;
use luge_model::limits::URL_CHARS_MAX;
use url::{Host, Url};

/// Where a request goes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Target {
    /// Whether the connection is encrypted.
    pub(super) secure: bool,
    /// The machine.
    pub(super) host: Host<String>,
    /// The port.
    pub(super) port: u16,
    /// The `Host` header.
    pub(super) authority: String,
    /// Path and query.
    pub(super) path: String,
}

impl Target {
    /// Reads an absolute `http` or `https` address.
    pub(super) fn parse(text: &str) -> Result<Self, OutboundError> {
        let malformed = |reason: &str| Err(OutboundError::Malformed(reason.to_owned()));
        if text.chars().count() > URL_CHARS_MAX {
            return malformed("The address is too long.");
        }
        if text.chars().any(is_repaired) {
            return malformed("The address holds spaces, control characters or backslashes.");
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            return malformed("The address must begin with https:// or http://.");
        };
        let secure = scheme.eq_ignore_ascii_case("https");
        if !secure && !scheme.eq_ignore_ascii_case("http") {
            return malformed("The address must begin with https:// or http://.");
        }
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.is_empty() {
            return malformed("The address names no server.");
        }
        if authority.contains('@') {
            return malformed("The address must not hold a user name or password.");
        }
        let url = match Url::parse(text) {
            Ok(url) => url,
            Err(error) => return malformed(&format!("The address is malformed: {error}.")),
        };
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return malformed("The address names no server.");
        };
        if port == 0 {
            return malformed("The address has no port that can be reached.");
        }
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        if path.parse::<PathAndQuery>().is_err() {
            return malformed("The address holds characters that must be percent-encoded.");
        }
        Ok(Self {
            secure,
            host: host.to_owned(),
            port,
            authority: match url.port() {
                Some(port) => format!("{host}:{port}"),
                None => host.to_string(),
            },
            path,
        })
    }

    /// The name or address of the machine, for people.
    pub(super) fn name(&self) -> String {
        self.host.to_string()
    }
}

fn is_repaired(letter: char) -> bool {
    letter.is_control() || letter.is_whitespace() || letter == '\\'
}
