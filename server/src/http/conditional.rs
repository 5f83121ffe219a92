//! Answers that a client may have already, and writes of what a client has (RFC 9110, §13).
//!
//! - A tag is of the answer as it is sent: what the caller may see, with the `fields` and the
//!   `expand` of the address. So it tells nothing that the answer does not, and a condition on a
//!   write is about what a `GET` of the same address would answer.
//! - Tags are compared without a `W/`, which proxies put before the tags of what they compress.

use luge_engine::secrets::Tags;
use poem::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use poem::{IntoResponse, Request, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaResponse, MetaResponses, Registry};

use crate::http::answer::{JsonBytes, Shape};
use crate::http::error::Failure;

/// What handlers answer that a client may have already.
pub(crate) type TaggedAnswer<S> = Result<Tagged<S>, Failure>;

/// A JSON answer under its tag, or only the tag where the client has the answer.
pub(crate) struct Tagged<S> {
    answer: JsonBytes<S>,
    tag: HeaderValue,
    is_known: bool,
}

impl<S> Tagged<S> {
    /// An answer to a request that reads.
    pub(crate) fn read(tags: &Tags, request: &Request, answer: JsonBytes<S>) -> Self {
        let tag = tag(tags, answer.bytes());
        let known = listed(request.headers(), &header::IF_NONE_MATCH);
        let is_known = known.is_some_and(|known| known.has(&tag));
        Self {
            answer,
            tag: header(&tag),
            is_known,
        }
    }

    /// An answer to a request that wrote what it shows.
    pub(crate) fn written(tags: &Tags, answer: JsonBytes<S>) -> Self {
        let tag = tag(tags, answer.bytes());
        Self {
            answer,
            tag: header(&tag),
            is_known: false,
        }
    }
}

/// The tags of a condition.
#[derive(Debug)]
pub(crate) struct Listed(Vec<String>);

impl Listed {
    /// What the record must be for a write to happen, if the request says so.
    pub(crate) fn if_match(request: &Request) -> Option<Self> {
        listed(request.headers(), &header::IF_MATCH)
    }

    /// Whether the answer that shows a record is one of these.
    pub(crate) fn names(&self, tags: &Tags, answer: Result<Vec<u8>, Failure>) -> bool {
        answer.is_ok_and(|answer| self.has(&tag(tags, &answer)))
    }

    fn has(&self, tag: &str) -> bool {
        self.0.iter().any(|listed| listed == "*" || listed == tag)
    }
}

/// Refuses a condition where there is nothing that it could be about.
pub(crate) fn refuse_condition(request: &Request) -> Result<(), Failure> {
    match Listed::if_match(request) {
        None => Ok(()),
        Some(_) => Err(Failure::bad_request(
            "If-Match is for the update or the delete of one record.",
        )),
    }
}

fn listed(headers: &HeaderMap, name: &HeaderName) -> Option<Listed> {
    let mut lines = headers.get_all(name).iter().peekable();
    lines.peek()?;
    let tags = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/").to_owned());
    Some(Listed(tags.collect()))
}

fn tag(tags: &Tags, answer: &[u8]) -> String {
    format!("\"{:016x}\"", tags.of(answer))
}

fn header(tag: &str) -> HeaderValue {
    HeaderValue::from_str(tag).unwrap_or(HeaderValue::from_static("\"\""))
}

impl<S> IntoResponse for Tagged<S> {
    fn into_response(self) -> Response {
        let mut response = if self.is_known {
            let mut response = Response::default();
            response.set_status(StatusCode::NOT_MODIFIED);
            response
        } else {
            self.answer.into_response()
        };
        response.headers_mut().insert(header::ETAG, self.tag);
        response
    }
}

impl<S: Shape> ApiResponse for Tagged<S> {
    fn meta() -> MetaResponses {
        let mut meta = JsonBytes::<S>::meta();
        meta.responses.push(MetaResponse {
            description: "The client has the answer already (`If-None-Match`).",
            status: Some(304),
            status_range: None,
            content: vec![],
            headers: vec![],
        });
        meta
    }

    fn register(registry: &mut Registry) {
        JsonBytes::<S>::register(registry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(lines: &[&str], tag: &str) -> Option<bool> {
        let mut request = Request::builder().finish();
        for line in lines {
            let line = HeaderValue::from_str(line).unwrap();
            request.headers_mut().append(header::IF_MATCH, line);
        }
        Listed::if_match(&request).map(|listed| listed.has(tag))
    }

    #[test]
    fn a_condition_lists_tags() {
        for (lines, expected) in [
            (&[][..], None),
            (&["\"a\""], Some(true)),
            (&["W/\"a\""], Some(true)),
            (&["\"b\", \"a\""], Some(true)),
            (&["\"b\"", "\"c\",\"a\""], Some(true)),
            (&["*"], Some(true)),
            (&[""], Some(false)),
            (&["a"], Some(false)),
            (&["\"A\""], Some(false)),
            (&["\"a"], Some(false)),
            (&["\"b\""], Some(false)),
            (&["\"*\""], Some(false)),
        ] {
            assert_eq!(names(lines, "\"a\""), expected, "{lines:?}");
        }
    }
}
