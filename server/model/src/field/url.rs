//! The url field.

use std::sync::{Arc, LazyLock};

use regex::Regex;
use serde_json::{Map, Value as Json};

use crate::field::domains::Domains;
use crate::field::shape::{Form, TextForm, TextFormat};
use crate::field::{Field, FieldType, Options};
use crate::invalid::{Violation, Violations};
use crate::limits::URL_CHARS_MAX;
use crate::value::Value;

pub(super) const NAME: &str = "url";

/// Fewest bytes of a URL, one less.
const TOO_SHORT: usize = 3;

/// A url field.
#[derive(Clone, Debug, Default)]
pub struct UrlField {
    /// Which hosts it may have, port included, compared exactly.
    pub domains: Domains,
}

pub(super) fn read(options: &mut Options<'_>) -> Arc<dyn FieldType> {
    Arc::new(UrlField {
        domains: Domains::read(options),
    })
}

/// Whether a text is a URL as the contract's server accepts them: an optional scheme (ftp, tcp,
/// udp, ws, wss, http, https), a host name or IP address, an optional port and path.
#[must_use]
pub fn is_url(text: &str) -> bool {
    if text.len() <= TOO_SHORT || text.chars().count() > URL_CHARS_MAX || text.starts_with('.') {
        return false;
    }
    let parts = Parts::of(text);
    let named = !parts.host.is_empty() || parts.path.is_empty() || parts.path.contains('.');
    named
        && !parts.host.starts_with('.')
        && has_valid_port(parts.host)
        && has_valid_escapes(parts.path)
        && has_valid_escapes(parts.fragment)
        && !text.chars().any(|letter| letter.is_ascii_control())
        && SHAPE.as_ref().is_some_and(|shape| shape.is_match(text))
}

/// The grammar of the whole text. The host is either an address or labels; what cannot be said
/// in it (escapes, ports behind user names) is checked on [`Parts`].
static SHAPE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let scheme = "(?:(?:ftp|tcp|udp|wss?|https?)://)?";
    let user = r"(?:\S+(?::\S*)?@)?";
    let byte = r"(?:\d{1,2}|1\d\d|2[0-4]\d|25[0-5])";
    let first = r"(?:[1-9]\d?|1\d\d|2[01]\d|22[0-3]|24\d|25[0-5])";
    let last = r"(?:\d\d?|1\d\d|2[0-4]\d|25[0-4])";
    let ipv4 = format!(r"{first}(?:\.{byte}){{2}}\.{last}");
    let ipv6 = r"\[(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F:.]{0,45}(?:%25[^\s\]]+)?\]";
    let dotted = r"[a-zA-Z0-9](?:[a-zA-Z0-9\-_]+)?[a-zA-Z0-9](?:[-.][a-zA-Z0-9]+)*";
    let sub = r"www\.|[a-zA-Z0-9]+(?:[-_.]?[a-zA-Z0-9])*[a-zA-Z0-9]\.[a-zA-Z0-9]+";
    let letter = r"a-zA-Z\x{00a1}-\x{ffff}";
    let label = format!("(?:[{letter}0-9]+-?-?)*[{letter}0-9]+");
    let name = format!(r"(?:{dotted}|(?:{sub})?)?{label}(?:\.[{letter}]+)?");
    let tail = r"\.?(?::\d{1,5})?(?:[/?#][^\s]*)?";
    Regex::new(&format!("^{scheme}{user}(?:{ipv4}|{ipv6}|{name}){tail}$")).ok()
});

/// The parts of a URL that are checked by themselves.
struct Parts<'a> {
    host: &'a str,
    path: &'a str,
    fragment: &'a str,
}

impl<'a> Parts<'a> {
    /// A text with a colon but without a scheme is read as host and port.
    fn of(text: &'a str) -> Self {
        let (rest, fragment) = text.split_once('#').unwrap_or((text, ""));
        let (rest, _query) = rest.split_once('?').unwrap_or((rest, ""));
        let after_scheme = match rest.split_once("://") {
            Some((_, after)) => Some(after),
            None if text.contains(':') => Some(rest),
            None => None,
        };
        let Some(rest) = after_scheme else {
            return Self {
                host: "",
                path: rest,
                fragment,
            };
        };
        let end = rest.find('/').unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let host = authority.rsplit('@').next().unwrap_or_default();
        Self {
            host,
            path,
            fragment,
        }
    }
}

fn has_valid_port(host: &str) -> bool {
    let after_address = host.rsplit(']').next().unwrap_or(host);
    after_address
        .split_once(':')
        .is_none_or(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether every `%` is followed by two hexadecimal digits.
fn has_valid_escapes(text: &str) -> bool {
    text.split('%').skip(1).all(|after| {
        let mut digits = after.bytes().take(2);
        let mut is_digit = || digits.next().is_some_and(|byte| byte.is_ascii_hexdigit());
        is_digit() && is_digit()
    })
}

impl FieldType for UrlField {
    fn type_name(&self) -> &'static str {
        NAME
    }

    fn form(&self) -> Form {
        Form::Text(TextForm {
            format: TextFormat::Url,
            max_chars: Some(URL_CHARS_MAX),
            domains: self.domains.clone(),
            ..TextForm::default()
        })
    }

    fn options(&self) -> Map<String, Json> {
        self.domains.options()
    }

    fn check_options(&self) -> Violations {
        self.domains.check()
    }

    fn validate(&self, field: &Field, value: &Value) -> Result<(), Violation> {
        let text = value.as_text().unwrap_or_default();
        if text.is_empty() {
            return field.allow_empty();
        }
        if !is_url(text) {
            return Err(Violation::new(
                "validation_invalid_url",
                "Must be a valid url.",
            ));
        }
        if !self.domains.allow(Parts::of(text).host) {
            let message = "Url domain is not allowed.";
            return Err(Violation::new("validation_url_domain_not_allowed", message));
        }
        Ok(())
    }
}
