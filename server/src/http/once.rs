//! Requests that are carried out once, however often they arrive: `Idempotency-Key`.
//!
//! Two requests are the same when method, address, values and files are; how a form separates its
//! parts, or JSON its words, does not matter.

use luge_engine::error::Error;
use luge_engine::records::{Answered, Once};
use luge_engine::secrets::Fingerprint;
use luge_model::limits::IDEMPOTENCY_KEY_CHARS_MAX;
use luge_model::principal::Principal;
use poem::Request;
use poem::http::{HeaderName, HeaderValue};
use serde_json::Value as Json;

use crate::http::answer::{JsonBytes, picked};
use crate::http::error::Failure;
use crate::http::query::Wanted;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// A request with a key, while its body is read.
#[derive(Debug)]
pub(crate) struct Keyed {
    key: String,
    /// Takes in the files as they arrive.
    pub(crate) fingerprint: Fingerprint,
}

impl Keyed {
    /// The key of a request, if it has one.
    pub(crate) fn of(request: &Request) -> Result<Option<Self>, Failure> {
        let mut keys = request.headers().get_all(&KEY).iter();
        let Some(key) = keys.next() else {
            return Ok(None);
        };
        let key = key.to_str().unwrap_or_default();
        if key.is_empty() || key.len() > IDEMPOTENCY_KEY_CHARS_MAX || keys.next().is_some() {
            return Err(Failure::bad_request(format!(
                "Idempotency-Key must be one text of 1 to {IDEMPOTENCY_KEY_CHARS_MAX} ASCII \
                 characters."
            )));
        }
        let mut fingerprint = Fingerprint::default();
        fingerprint.part(request.method().as_str().as_bytes());
        fingerprint.part(request.uri().path().as_bytes());
        fingerprint.part(request.uri().query().unwrap_or_default().as_bytes());
        Ok(Some(Self {
            key: key.to_owned(),
            fingerprint,
        }))
    }

    /// The request of somebody with these values.
    pub(crate) fn once(mut self, principal: &Principal, values: &Json) -> Once {
        self.fingerprint.part(values.to_string().as_bytes());
        Once::new(principal, &self.key, self.fingerprint)
    }
}

/// The wanted parts of a record. What is wanted was checked before anything was written.
pub(crate) fn shown(record: Vec<u8>, wanted: &Wanted) -> Result<Vec<u8>, Error> {
    picked(record, wanted).map_err(|failure| Error::BadRequest(failure.to_string()))
}

/// The bytes of an answer, and whether they were given before.
pub(crate) fn bytes(answered: Answered) -> (Vec<u8>, bool) {
    match answered {
        Answered::Now(bytes) => (bytes, false),
        Answered::Before(bytes) => (bytes, true),
    }
}

/// Says of an answer that it was given before.
pub(crate) fn replayed<S>(answer: JsonBytes<S>, before: bool) -> JsonBytes<S> {
    match before {
        false => answer,
        true => answer.with_header(REPLAYED, HeaderValue::from_static("true")),
    }
}
