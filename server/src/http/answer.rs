//! What a successful request answers: JSON as bytes, or nothing.
//!
//! - The content type is `application/json` without a charset.
//! - No JSON leaves without having been asked which parts of it are wanted ([`Wanted`]).
//! - The length is always known, so that compression can decide by it.

use std::marker::PhantomData;

use poem::http::{HeaderName, HeaderValue, StatusCode, header};
use poem::{Body, IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema};
use poem_openapi::registry::{MetaSchemaRef, Registry};
use serde_json::Value as Json;

use crate::http::error::Failure;
use crate::http::query::Wanted;

/// What handlers answer.
pub(crate) type Answer<S> = Result<JsonBytes<S>, Failure>;

/// JSON text with status 200; `S` says in the OpenAPI document what it looks like.
pub(crate) struct JsonBytes<S> {
    bytes: Vec<u8>,
    header: Option<(HeaderName, HeaderValue)>,
    shape: PhantomData<fn() -> S>,
}

/// What a JSON answer looks like, for the OpenAPI document.
pub(crate) trait Shape {
    /// The name among the schemas of the document.
    const NAME: &'static str;

    /// The schema of that name.
    fn schema() -> MetaSchema;
}

impl<S> JsonBytes<S> {
    fn from_bytes(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            header: None,
            shape: PhantomData,
        }
    }

    fn from_json(json: &Json) -> Self {
        Self::from_bytes(json.to_string().into_bytes())
    }

    /// The text.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The same with a header.
    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.header = Some((name, value));
        self
    }

    /// The wanted parts of an object or array that was written by its owner.
    pub(crate) fn of_object(bytes: Vec<u8>, wanted: &Wanted) -> Answer<S> {
        picked(bytes, wanted).map(Self::from_bytes)
    }

    /// The wanted parts of a tree.
    pub(crate) fn of_json(json: Json, wanted: &Wanted) -> Answer<S> {
        Ok(Self::from_json(&wanted.fields()?.pick(json)))
    }

    /// A page with the wanted parts of each of its items; the numbers always stay.
    pub(crate) fn of_page(bytes: Vec<u8>, wanted: &Wanted) -> Answer<S> {
        let fields = wanted.fields()?;
        if fields.is_empty() {
            return Ok(Self::from_bytes(bytes));
        }
        let mut page = parsed(&bytes)?;
        if let Some(items) = page.get_mut("items") {
            *items = fields.pick(items.take());
        }
        Ok(Self::from_json(&page))
    }

    /// Groups of items with the wanted parts of each item; what surrounds them always stays.
    pub(crate) fn of_groups(bytes: Vec<u8>, wanted: &Wanted) -> Answer<S> {
        let fields = wanted.fields()?;
        if fields.is_empty() {
            return Ok(Self::from_bytes(bytes));
        }
        let mut answer = parsed(&bytes)?;
        let groups = answer.get_mut("groups").and_then(Json::as_array_mut);
        for items in groups
            .into_iter()
            .flatten()
            .filter_map(|group| group.get_mut("items"))
        {
            *items = fields.pick(items.take());
        }
        Ok(Self::from_json(&answer))
    }
}

/// The wanted parts of an object or array that was written by its owner.
pub(crate) fn picked(bytes: Vec<u8>, wanted: &Wanted) -> Result<Vec<u8>, Failure> {
    let fields = wanted.fields()?;
    if fields.is_empty() {
        return Ok(bytes);
    }
    Ok(fields.pick(parsed(&bytes)?).to_string().into_bytes())
}

fn parsed(bytes: &[u8]) -> Result<Json, Failure> {
    serde_json::from_slice(bytes).map_err(|error| {
        tracing::error!(%error, "an answer is no JSON");
        Failure::internal()
    })
}

impl<S> IntoResponse for JsonBytes<S> {
    fn into_response(self) -> Response {
        let mut response = json_response(StatusCode::OK, self.bytes);
        response.headers_mut().extend(self.header);
        response
    }
}

/// An answer of JSON text.
pub(crate) fn json_response(status: StatusCode, bytes: Vec<u8>) -> Response {
    bytes_response(status, HeaderValue::from_static("application/json"), bytes)
}

/// An answer of bytes with their length.
pub(crate) fn bytes_response(
    status: StatusCode,
    content_type: HeaderValue,
    bytes: impl Into<bytes::Bytes>,
) -> Response {
    let bytes: bytes::Bytes = bytes.into();
    let mut response = Response::default();
    response.set_status(status);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, content_type);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    response.set_body(Body::from_bytes(bytes));
    response
}

impl<S: Shape> ApiResponse for JsonBytes<S> {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "Done.",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: "application/json",
                    schema: MetaSchemaRef::Reference(S::NAME.to_owned()),
                }],
                headers: vec![],
            }],
        }
    }

    fn register(registry: &mut Registry) {
        registry
            .schemas
            .entry(S::NAME.to_owned())
            .or_insert_with(S::schema);
    }
}

/// 204 without a body.
pub(crate) struct NoContent;

impl IntoResponse for NoContent {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        response.set_status(StatusCode::NO_CONTENT);
        response
    }
}

impl ApiResponse for NoContent {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "Done.",
                status: Some(204),
                status_range: None,
                content: vec![],
                headers: vec![],
            }],
        }
    }

    fn register(_registry: &mut Registry) {}
}

/// Text for people and scrapers, not JSON.
pub(crate) struct PlainText {
    text: String,
    status: StatusCode,
}

impl PlainText {
    /// Text with a status.
    pub(crate) fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            status,
        }
    }
}

impl IntoResponse for PlainText {
    fn into_response(self) -> Response {
        let content_type = HeaderValue::from_static("text/plain; charset=utf-8");
        bytes_response(self.status, content_type, self.text)
    }
}

impl ApiResponse for PlainText {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "Text.",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: "text/plain",
                    schema: MetaSchemaRef::Inline(Box::new(MetaSchema::new("string"))),
                }],
                headers: vec![],
            }],
        }
    }

    fn register(_registry: &mut Registry) {}
}
