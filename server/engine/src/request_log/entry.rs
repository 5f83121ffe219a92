//! One entry of the log, as it is stored and shown.
//!
//! An id is the time of its entry in milliseconds (8 digits to the base of 36) and 7 more digits,
//! which begin at random for each write: `[a-z0-9]{15}`, as records have them.

use std::borrow::Cow;
use std::fmt::Write as _;

use luge_model::id::{FieldNumber, ID_FIELD};
use luge_model::limits::{
    REQUEST_LOG_DATA_BYTES_DEFAULT, REQUEST_LOG_HEADER_CHARS_MAX, REQUEST_LOG_URL_CHARS_MAX,
};
use luge_model::record::{Row, write_text_json};
use luge_model::timestamp::Timestamp;
use luge_model::value::ValueRef;
use serde_json::Value as Json;

use super::answered::Answered;
use super::judged;

const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
/// How much of an id is the time.
const TIME_CHARS: usize = 8;
/// How much tells entries of one moment apart.
const NUMBER_CHARS: usize = 7;
/// Says that a part of the data was too large to be kept (contract §5.2).
const TRUNCATED: &str = "__pb_truncated__";
/// Parameters of an address whose values are secrets.
const SECRET_PARAMETERS: [&str; 8] = [
    "token",
    "access_token",
    "refresh_token",
    "password",
    "passwordconfirm",
    "oldpassword",
    "secret",
    "code",
];
const REDACTED: &str = "REDACTED";

/// The fields of an entry with their types, in the order of their numbers.
pub(super) const FIELDS: [(&str, &str); 5] = [
    ("id", "text"),
    ("created", "date"),
    ("data", "json"),
    ("message", "text"),
    ("level", "number"),
];

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// See the module.
    pub id: String,
    /// When the request was answered, as text.
    pub created: String,
    /// What is known of the request: a JSON object.
    pub data: String,
    /// `GET /path?query`.
    pub message: String,
    /// 0, or 8 for a request that failed.
    pub level: i32,
    /// Its place in the order of the log.
    pub(super) place: u64,
}

/// The same where its bytes are.
#[derive(Clone, Copy, Debug)]
pub(super) struct EntryRef<'a> {
    pub(super) id: &'a str,
    pub(super) created: &'a str,
    pub(super) data: &'a str,
    pub(super) message: &'a str,
    pub(super) level: i32,
    pub(super) place: u64,
}

impl Entry {
    /// Makes an entry of what was answered; `number` tells it from others of its moment, and
    /// `data_bytes_max` is a setting.
    pub(super) fn of(answered: &Answered, data_bytes_max: i64, number: u64) -> Self {
        let url = shortened(&redacted(&answered.url), REQUEST_LOG_URL_CHARS_MAX).into_owned();
        Self {
            id: new_id(answered.at, number),
            created: answered.at.to_string(),
            message: format!("{} {url}", answered.method),
            level: answered.level(),
            data: data(answered, url, data_bytes_max),
            place: 0,
        }
    }

    /// Appends the entry as JSON (contract §1.7).
    pub fn write_json(&self, out: &mut Vec<u8>) {
        for (key, text) in [("{\"id\":", &self.id), (",\"created\":", &self.created)] {
            out.extend_from_slice(key.as_bytes());
            write_text_json(text, out);
        }
        out.extend_from_slice(b",\"data\":");
        out.extend_from_slice(self.data.as_bytes());
        out.extend_from_slice(b",\"message\":");
        write_text_json(&self.message, out);
        out.extend_from_slice(format!(",\"level\":{}}}", self.level).as_bytes());
    }

    pub(super) fn borrowed(&self) -> EntryRef<'_> {
        EntryRef {
            id: &self.id,
            created: &self.created,
            data: &self.data,
            message: &self.message,
            level: self.level,
            place: self.place,
        }
    }
}

impl EntryRef<'_> {
    pub(super) fn to_owned(self) -> Entry {
        Entry {
            id: self.id.to_owned(),
            created: self.created.to_owned(),
            data: self.data.to_owned(),
            message: self.message.to_owned(),
            level: self.level,
            place: self.place,
        }
    }
}

impl Row for EntryRef<'_> {
    fn value(&self, field: FieldNumber) -> Option<ValueRef<'_>> {
        let place = usize::from(field.0.checked_sub(ID_FIELD.0)?);
        match FIELDS.get(place)?.0 {
            "id" => Some(ValueRef::Text(self.id)),
            "created" => Some(ValueRef::Text(self.created)),
            "data" => Some(ValueRef::Json(self.data)),
            "message" => Some(ValueRef::Text(self.message)),
            _ => Some(ValueRef::Number(f64::from(self.level))),
        }
    }

    fn rowid(&self) -> u64 {
        self.place
    }
}

/// The moment that an id begins with; none of a text that is no id.
pub(super) fn time_of(id: &str) -> Option<Timestamp> {
    if id.len() != TIME_CHARS + NUMBER_CHARS {
        return None;
    }
    let digits = id.get(..TIME_CHARS)?;
    let is_digit = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_lowercase();
    if !id.bytes().all(is_digit) {
        return None;
    }
    i64::from_str_radix(digits, 36).ok().map(Timestamp)
}

fn new_id(at: Timestamp, number: u64) -> String {
    let mut id = digits::<TIME_CHARS>(u64::try_from(at.0).unwrap_or(0));
    id.push_str(&digits::<NUMBER_CHARS>(number));
    id
}

/// The last digits of a number to the base of 36.
fn digits<const N: usize>(mut number: u64) -> String {
    let mut digits = [b'0'; N];
    for digit in digits.iter_mut().rev() {
        let place = usize::try_from(number % 36).unwrap_or(0);
        *digit = DIGITS.get(place).copied().unwrap_or(b'0');
        number /= 36;
    }
    digits.into_iter().map(char::from).collect()
}

/// The object of an entry, its keys in alphabetical order.
fn data(answered: &Answered, url: String, data_bytes_max: i64) -> String {
    let most = match usize::try_from(data_bytes_max) {
        Ok(0) | Err(_) => REQUEST_LOG_DATA_BYTES_DEFAULT,
        Ok(most) => most.min(REQUEST_LOG_DATA_BYTES_DEFAULT),
    };
    let text = |text: &str| Json::from(shortened(text, REQUEST_LOG_HEADER_CHARS_MAX));
    let identity = answered.principal.identity();
    let mut members: Vec<(&str, Json)> = Vec::with_capacity(20);
    let noted = answered.account.noted();
    let deed = judged::deed(&noted, &answered.principal);
    members.extend(deed.map(|deed| ("audit", deed)));
    let collection = identity.map_or("", |identity| identity.collection.name.as_str());
    members.push(("auth", collection.into()));
    if answered.shows_id {
        let id = identity.map_or("", |identity| identity.record.id());
        members.push(("authId", id.into()));
    }
    if let Some(failed) = &answered.failed {
        members.push(("details", failed.details()));
        members.push(("error", failed.message.as_str().into()));
    }
    members.push(("execTime", milliseconds(answered.nanoseconds)));
    members.push(("method", answered.method.as_str().into()));
    members.extend(judged::listed(&noted).map(|listed| ("query", listed)));
    members.push(("referer", text(&redacted(&answered.referer))));
    let address = |at: Option<std::net::IpAddr>| Json::from(at.map_or(String::new(), display));
    if let Some(addresses) = answered.addresses {
        members.push(("remoteIP", address(addresses.remote)));
    }
    members.push(("requestId", answered.request_id.as_str().into()));
    if let Some(route) = &answered.route {
        members.push(("route", (&**route).into()));
    }
    members.extend(judged::rule(&noted).map(|rule| ("rule", rule)));
    members.extend(judged::others(&noted).map(|rules| ("rules", rules)));
    members.push(("status", answered.status.into()));
    members.extend(judged::timings(&noted).map(|timings| ("timings", timings)));
    members.push(("type", "request".into()));
    members.push(("url", url.into()));
    members.push(("userAgent", text(&answered.user_agent)));
    if let Some(addresses) = answered.addresses {
        members.push(("userIP", address(addresses.user)));
    }
    object(&members, most)
}

/// Writes members as long as there is room; what is larger than what is left becomes null.
fn object(members: &[(&str, Json)], most: usize) -> String {
    let texts: Vec<_> = members
        .iter()
        .map(|(key, value)| (*key, value.to_string()))
        .collect();
    let total: usize = texts.iter().map(|(_, value)| value.len()).sum();
    let truncated = total > most;
    let mut left = most;
    let mut out = String::with_capacity(total.min(most) + texts.len() * 16 + 32);
    out.push('{');
    if truncated {
        // Writing to a text does not fail.
        let _ = write!(out, "\"{TRUNCATED}\":true,");
    }
    for (position, (key, value)) in texts.iter().enumerate() {
        let fits = value.len() <= left || !value.starts_with(['"', '{', '[']);
        let shown = if fits { value.as_str() } else { "null" };
        left = left.saturating_sub(shown.len());
        let comma = if position > 0 { "," } else { "" };
        let _ = write!(out, "{comma}\"{key}\":{shown}");
    }
    out.push('}');
    out
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a time beyond 2^53 nanoseconds may be rounded"
)]
pub(super) fn milliseconds(nanoseconds: u64) -> Json {
    Json::from(nanoseconds as f64 / 1e6)
}

fn display(address: std::net::IpAddr) -> String {
    address.to_canonical().to_string()
}

/// A long text with `...` for the rest.
pub(super) fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((end, _)) => Cow::Owned(format!("{}...", text.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(text),
    }
}

/// An address without the values of parameters that are secrets.
fn redacted(url: &str) -> Cow<'_, str> {
    let Some((path, query)) = url.split_once('?') else {
        return Cow::Borrowed(url);
    };
    let is_secret = |pair: &str| {
        let name = pair.split('=').next().unwrap_or_default();
        let decoded = form_urlencoded::parse(name.as_bytes()).next();
        decoded.is_some_and(|(name, _)| {
            SECRET_PARAMETERS.contains(&name.to_ascii_lowercase().as_str())
        })
    };
    if !query.split(['&', ';', '?', '#']).any(is_secret) {
        return Cow::Borrowed(url);
    }
    let mut out = format!("{path}?");
    let mut rest = query;
    loop {
        let end = rest.find(['&', ';', '?', '#']).unwrap_or(rest.len());
        let (pair, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        match pair.split_once('=') {
            Some((name, _)) if is_secret(pair) => {
                let _ = write!(out, "{name}={REDACTED}");
            }
            _ => out.push_str(pair),
        }
        let Some(separator) = after.chars().next() else {
            return Cow::Owned(out);
        };
        out.push(separator);
        rest = after.get(separator.len_utf8()..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_its_time() {
        for milliseconds in [0, 1, 35, 36, 1_790_000_000_123, 2_821_109_907_455] {
            let id = new_id(Timestamp(milliseconds), u64::MAX);
            assert_eq!(id.len(), 15);
            assert_eq!(time_of(&id), Some(Timestamp(milliseconds)), "{id}");
            assert_ne!(id, new_id(Timestamp(milliseconds), 0));
        }
        for bad in [
            "",
            "abc",
            "ABCDEFGHIJKLMNO",
            "0123456789abcdé",
            "-0000000abcdefg",
        ] {
            assert_eq!(time_of(bad), None, "{bad}");
        }
    }

    #[test]
    fn secrets_in_addresses_are_redacted_however_they_are_written() {
        for (before, after) in [
            ("/a", "/a"),
            ("/a?b=c&d", "/a?b=c&d"),
            ("/a?token=x.y.z&d=1", "/a?token=REDACTED&d=1"),
            ("/a?d=1&token=", "/a?d=1&token=REDACTED"),
            ("/a?%74oken=x", "/a?%74oken=REDACTED"),
            ("/a?TOKEN=x", "/a?TOKEN=REDACTED"),
            ("/a?x=1;token=x", "/a?x=1;token=REDACTED"),
            ("/a?x?token=x#token=y", "/a?x?token=REDACTED#token=REDACTED"),
            (
                "http://h/a?code=1&state=2",
                "http://h/a?code=REDACTED&state=2",
            ),
            ("/a?tokens=x&mytoken=y", "/a?tokens=x&mytoken=y"),
            ("/a?é=1&token=é", "/a?é=1&token=REDACTED"),
        ] {
            assert_eq!(redacted(before), after);
        }
    }

    #[test]
    fn what_is_too_large_is_left_out_and_said_to_be() {
        let long = "x".repeat(400);
        let members = [
            ("a", Json::from("short")),
            ("b", Json::from(long.as_str())),
            ("c", Json::from(7)),
            ("d", Json::from("end")),
        ];
        let text = object(&members, 100);
        let json: Json = serde_json::from_str(&text).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "__pb_truncated__": true, "a": "short", "b": null, "c": 7, "d": "end"
            })
        );
        assert!(!object(&members, 1_000).contains(TRUNCATED));
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(shortened("ééé", 3), "ééé");
        assert_eq!(shortened("éééé", 3), "ééé...");
    }
}
