//! The body of a request as a JSON object: from JSON, a form or a multipart form.
//!
//! - An empty body is an empty object.
//! - Never more than the body limit is read, and never longer than the time limit.
//! - Form values are inferred (see `form.rs`); JSON values are taken as they are.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, combinators::BoxBody};
use luge_model::limits;
use poem::http::header;
use poem::{Body, Request, RequestBody};
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde_json::{Map, Value as Json};

use crate::http::error::Failure;
use crate::http::form::{self, Collected};
use crate::http::multipart::{BodyLimits, Part, Parts};

/// The body of a request, read but not yet parsed: the order in which a request is judged puts
/// some checks before the body's syntax.
pub(crate) struct RawBody {
    bytes: Bytes,
    content_type: Option<String>,
}

impl RawBody {
    /// A body that was read already.
    pub(crate) fn new(bytes: Bytes, content_type: String) -> Self {
        Self {
            bytes,
            content_type: Some(content_type),
        }
    }

    /// The body as an object.
    pub(crate) async fn into_object(self) -> Result<Map<String, Json>, Failure> {
        if self.bytes.is_empty() {
            return Ok(Map::new());
        }
        let content_type = self.content_type.unwrap_or_default();
        match Kind::of(&content_type) {
            Kind::Json => object_from_json(&self.bytes),
            Kind::Form => form::object_from_form(&self.bytes),
            Kind::Multipart => object_from_multipart(&content_type, self.bytes).await,
            Kind::Unsupported => Err(Failure::bad_request("Unsupported Content-Type.")),
        }
    }
}

/// How a body is written.
pub(crate) enum Kind {
    /// As JSON.
    Json,
    /// As a URL-encoded form.
    Form,
    /// As a form of parts, some of which may be files.
    Multipart,
    /// In another way.
    Unsupported,
}

impl Kind {
    /// What a content type says.
    pub(crate) fn of(content_type: &str) -> Self {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case("application/json") {
            Self::Json
        } else if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            Self::Form
        } else if essence.eq_ignore_ascii_case("multipart/form-data") {
            Self::Multipart
        } else {
            Self::Unsupported
        }
    }
}

/// The object of a `multipart/form-data` body; a part with a file is refused.
async fn object_from_multipart(
    content_type: &str,
    bytes: Bytes,
) -> Result<Map<String, Json>, Failure> {
    let limit = limits::BODY_BYTES_MAX as u64;
    let allowed = BodyLimits {
        whole: limit,
        texts: limit,
    };
    let body = futures_util::stream::iter([Ok::<_, std::io::Error>(bytes)]);
    let mut parts = Parts::new(content_type, body, allowed)?;
    let mut collected = Collected::default();
    while let Some(part) = parts.next().await? {
        match part {
            Part::Text { key, text } => collected.add(key, text)?,
            Part::File { key, .. } => {
                return Err(Failure::bad_request(format!(
                    "The part \"{key}\" is a file: this request takes none."
                )));
            }
        }
    }
    Ok(collected.into_object())
}

fn object_from_json(bytes: &[u8]) -> Result<Map<String, Json>, Failure> {
    match serde_json::from_slice::<Json>(bytes) {
        Ok(Json::Object(object)) => Ok(object),
        Ok(Json::Null) => Ok(Map::new()),
        Ok(_) => Err(Failure::bad_request(
            "The request body must be a JSON object.",
        )),
        Err(error) => Err(Failure::bad_request(format!("Malformed JSON: {error}."))),
    }
}

/// Reads a body up to `limit` bytes.
pub(crate) async fn read(body: Body, limit: usize) -> Result<Bytes, Failure> {
    let mut body: BoxBody<Bytes, std::io::Error> = body.into();
    let mut first: Option<Bytes> = None;
    let mut rest = BytesMut::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            tracing::debug!(%error, "a request body broke off");
            Failure::bad_request("The request body broke off.")
        })?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        length += data.len();
        if length > limit {
            return Err(Failure::too_large());
        }
        // Most bodies are one frame, which is passed on without a copy.
        match first.take() {
            None if rest.is_empty() => first = Some(data),
            None => rest.extend_from_slice(&data),
            Some(start) => {
                rest.extend_from_slice(&start);
                rest.extend_from_slice(&data);
            }
        }
    }
    Ok(first.unwrap_or_else(|| rest.freeze()))
}

/// How long the request says that its body is, in bytes; 0 where it does not say.
pub(crate) fn announced_length(request: &Request) -> u64 {
    let length = request.headers().get(header::CONTENT_LENGTH);
    length
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse().ok())
        .unwrap_or(0)
}

async fn read_in_time(request: &Request, body: Body) -> Result<RawBody, Failure> {
    if announced_length(request) > limits::BODY_BYTES_MAX as u64 {
        return Err(Failure::too_large());
    }
    let content_type = request.content_type().map(str::to_owned);
    if body.is_empty() {
        return Ok(RawBody {
            bytes: Bytes::new(),
            content_type,
        });
    }
    let time = Duration::from_secs(limits::BODY_READ_SECONDS_MAX);
    let bytes = tokio::time::timeout(time, read(body, limits::BODY_BYTES_MAX))
        .await
        .map_err(|_| Failure::bad_request("The request body did not arrive in time."))??;
    Ok(RawBody {
        bytes,
        content_type,
    })
}

impl<'a> ApiExtractor<'a> for RawBody {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(_registry: &mut Registry) {}

    fn request_meta() -> Option<MetaRequest> {
        let media = |content_type: &'static str| MetaMediaType {
            content_type,
            schema: MetaSchemaRef::Inline(Box::new(MetaSchema {
                additional_properties: Some(Box::new(MetaSchemaRef::Inline(Box::new(
                    MetaSchema::ANY,
                )))),
                ..MetaSchema::new("object")
            })),
        };
        Some(MetaRequest {
            description: None,
            content: vec![
                media("application/json"),
                media("application/x-www-form-urlencoded"),
                media("multipart/form-data"),
            ],
            required: false,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<Self::ParamType>,
    ) -> poem::Result<Self> {
        Ok(read_in_time(request, body.take()?).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(content_type: &str, bytes: &'static [u8]) -> Result<Map<String, Json>, Failure> {
        let body = RawBody {
            bytes: Bytes::from_static(bytes),
            content_type: (!content_type.is_empty()).then(|| content_type.to_owned()),
        };
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(body.into_object())
    }

    #[test]
    fn what_is_no_object_is_refused_with_the_reason() {
        for (bytes, reason) in [
            (
                b"{bad".as_slice(),
                "Malformed JSON: key must be a string at line 1 column 2.",
            ),
            (b"[1]", "The request body must be a JSON object."),
            (b"\"x\"", "The request body must be a JSON object."),
            (
                b"{} trailing",
                "Malformed JSON: trailing characters at line 1 column 4.",
            ),
            (
                b"{\"a\":1e999}",
                "Malformed JSON: number out of range at line 1 column 10.",
            ),
        ] {
            assert_eq!(
                object("application/json", bytes).unwrap_err().to_string(),
                reason
            );
        }
    }

    #[test]
    fn deep_nesting_is_refused_without_a_crash() {
        let deep = "[".repeat(100_000).leak().as_bytes();
        assert!(object("application/json", deep).is_err());
    }

    #[test]
    fn other_content_types_are_refused() {
        for content_type in ["", "text/plain", "application/xml", "application/jsonp"] {
            let failure = object(content_type, b"x").unwrap_err();
            assert_eq!(failure.to_string(), "Unsupported Content-Type.");
        }
    }

    #[test]
    fn an_empty_body_is_an_empty_object() {
        for content_type in ["", "application/json", "multipart/form-data; boundary=x"] {
            assert!(object(content_type, b"").unwrap().is_empty());
        }
    }

    #[test]
    fn a_charset_does_not_matter() {
        let object = object("Application/JSON; charset=utf-8", b"{\"a\":[1]}").unwrap();
        assert_eq!(Json::Object(object).to_string(), r#"{"a":[1]}"#);
    }

    #[test]
    fn a_file_is_refused_where_none_is_taken() {
        let content_type = "multipart/form-data; boundary=X";
        let body = b"--X\r\nContent-Disposition: form-data; name=\"avatar\"; \
                     filename=\"a.png\"\r\n\r\nx\r\n--X--\r\n";
        assert_eq!(
            object(content_type, body).unwrap_err().to_string(),
            "The part \"avatar\" is a file: this request takes none."
        );
        let body = b"--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n7\r\n\
                     --X\r\nContent-Disposition: form-data; name=\"@jsonPayload\"\r\n\r\n\
                     {\"b\":\"7\"}\r\n--X--\r\n";
        let object = object(content_type, body).unwrap();
        assert_eq!(Json::Object(object).to_string(), r#"{"a":7,"b":"7"}"#);
    }

    fn stream<const N: usize>(
        chunks: &[[u8; N]],
    ) -> impl futures_util::Stream<Item = std::io::Result<Bytes>> + use<N> {
        let chunks: Vec<_> = chunks
            .iter()
            .map(|chunk| Ok(Bytes::from(chunk.to_vec())))
            .collect();
        futures_util::stream::iter(chunks)
    }

    #[tokio::test]
    async fn more_than_the_limit_is_refused_also_without_an_announced_length() {
        let chunks = [[b' '; 60]; 2];
        let body = Body::from_bytes_stream(stream(&chunks));
        assert_eq!(
            read(body, 100).await.unwrap_err().to_string(),
            "Request entity too large."
        );

        let chunks = [*b"ab"; 3];
        let body = Body::from_bytes_stream(stream(&chunks));
        assert_eq!(read(body, 6).await.unwrap(), Bytes::from_static(b"ababab"));
    }
}
