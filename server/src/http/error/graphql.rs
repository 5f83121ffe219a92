//! Failures as GraphQL tells them: the same message, and the rest in `extensions`.

use async_graphql::{Error, ErrorExtensionValues, Value};
use poem::Response;
use poem::http::StatusCode;
use serde_json::{Map, Value as Json, json};

use super::Failure;

impl Failure {
    /// As the error of a field, with `code`, `status` and `data`.
    pub(crate) fn to_graphql(&self) -> Error {
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", code(self.status));
        extensions.set("status", self.status.as_u16());
        let data = Json::Object(self.data.clone());
        extensions.set("data", Value::from_json(data).unwrap_or_default());
        Error {
            message: self.message.clone().into_owned(),
            source: None,
            extensions: Some(extensions),
        }
    }

    /// As the answer to a request of which nothing was carried out.
    pub(crate) fn as_graphql_response(&self) -> Response {
        self.answered(&self.to_graphql_answer())
    }

    /// As the JSON of an answer.
    pub(crate) fn to_graphql_answer(&self) -> Json {
        let extensions = json!({
            "code": code(self.status),
            "status": self.status.as_u16(),
            "data": self.data,
        });
        json!({"errors": [{"message": self.message, "extensions": extensions}]})
    }

    /// 403: the settings have it switched off.
    pub(crate) fn graphql_disabled() -> Self {
        Self::forbidden("GraphQL is switched off.")
    }

    /// 415: what a page of elsewhere could send without being asked, or nobody can read.
    pub(crate) fn graphql_content_type() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "The Content-Type of a GraphQL request must be application/json.",
        )
    }

    /// 410: the changes since the place that a client named are not to be had any more.
    pub(crate) fn graphql_resync(reason: Map<String, Json>) -> Self {
        let mut failure = Self::new(
            StatusCode::GONE,
            "The changes since then are not kept any more: read anew, and subscribe without since.",
        );
        failure.data = reason;
        failure
    }

    /// 405: a request that may only read is to write.
    pub(crate) fn graphql_needs_post() -> Self {
        let message = "A GET carries no mutations; send them by POST.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, message)
    }
}

fn code(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "BAD_REQUEST",
        StatusCode::UNAUTHORIZED => "UNAUTHENTICATED",
        StatusCode::FORBIDDEN => "FORBIDDEN",
        StatusCode::NOT_FOUND => "NOT_FOUND",
        StatusCode::CONFLICT => "CONFLICT",
        StatusCode::GONE => "GONE",
        StatusCode::PAYLOAD_TOO_LARGE => "PAYLOAD_TOO_LARGE",
        StatusCode::TOO_MANY_REQUESTS => "TOO_MANY_REQUESTS",
        StatusCode::SERVICE_UNAVAILABLE => "UNAVAILABLE",
        status if status.is_server_error() => "INTERNAL_SERVER_ERROR",
        _ => "REFUSED",
    }
}
