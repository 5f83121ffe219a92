//! The only place that decides status, code and message of a failed request.
//!
//! - Every failure answers `{"data":{…},"message":"…","status":N}` in this key order.
//! - Causes inside the server are logged here and never sent.
//! - A message is a sentence: first letter upper case, ends in `.`, `?` or `!`.

use std::borrow::Cow;
use std::fmt;

use luge_engine::error::{Action, Error, Subject};
use luge_model::invalid::Violations;
use poem::error::{MethodNotAllowedError, NotFoundError, ReadBodyError, ResponseError};
use poem::http::StatusCode;
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema};
use poem_openapi::registry::{MetaSchemaRef, Registry};
use serde_json::{Map, Value as Json};

use crate::http::answer::json_response;

mod batch;
mod retries;

const SOMETHING_WRONG: &str = "Something went wrong while processing your request.";

/// A failed request as it is answered.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    status: StatusCode,
    message: Cow<'static, str>,
    data: Map<String, Json>,
}

impl Failure {
    /// A failure with a message of its own.
    pub(crate) fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            message: sentence(message.into()),
            data: Map::new(),
        }
    }

    /// 400 with a message of its own.
    pub(crate) fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// Whether it is the fault of what was sent, and no more particular one.
    pub(crate) fn is_bad_request(&self) -> bool {
        self.status == StatusCode::BAD_REQUEST
    }

    /// 404 with the contract's message.
    pub(crate) fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "The requested resource wasn't found.",
        )
    }

    /// 403 with a message of its own.
    pub(crate) fn forbidden(message: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    /// 404 of the static file handler.
    pub(crate) fn file_not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "File not found.")
    }

    /// 413 with the contract's message.
    pub(crate) fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "Request entity too large.")
    }

    /// 429 with the contract's message.
    pub(crate) fn too_many_requests() -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests.")
    }

    /// 500 with the contract's message, which tells nothing; the caller has logged the cause.
    pub(crate) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, SOMETHING_WRONG)
    }

    /// 400 with what is wrong, by field, and the message that tells nothing (contract §1.5).
    pub(crate) fn invalid_quietly(violations: &Violations) -> Self {
        Self::bad_request(SOMETHING_WRONG).with_data(violations)
    }

    /// 400 with what is wrong, by field, found before the engine was asked.
    pub(crate) fn invalid(violations: &Violations) -> Self {
        Self::bad_request("An error occurred while validating the submitted data.")
            .with_data(violations)
    }

    /// What an engine call about collections failed with.
    pub(crate) fn of_collections(error: Error) -> Self {
        match error {
            Error::MissingCollection => Self::not_found(),
            other => other.into(),
        }
    }

    /// What an engine call about files failed with.
    pub(crate) fn of_files(error: Error) -> Self {
        match error {
            Error::MissingCollection => Self::new(
                StatusCode::NOT_FOUND,
                "Missing or invalid collection context.",
            ),
            other => other.into(),
        }
    }

    /// 416: there is nothing in the range that was asked for.
    pub(crate) fn range_not_satisfiable() -> Self {
        Self::new(StatusCode::RANGE_NOT_SATISFIABLE, "Invalid range.")
    }

    /// What an engine call about sign-in failed with.
    pub(crate) fn of_sign_in(error: Error) -> Self {
        match error {
            Error::MissingCollection => Error::MissingAuthCollection.into(),
            other => other.into(),
        }
    }

    fn with_data(mut self, violations: &Violations) -> Self {
        self.data = violations.to_json();
        self
    }

    /// What is answered.
    fn envelope(&self) -> Json {
        let mut envelope = Map::with_capacity(3);
        envelope.insert("data".to_owned(), Json::Object(self.data.clone()));
        envelope.insert(
            "message".to_owned(),
            Json::String(self.message.clone().into_owned()),
        );
        envelope.insert("status".to_owned(), self.status.as_u16().into());
        Json::Object(envelope)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::MissingCollection => {
                Self::new(StatusCode::NOT_FOUND, "Missing collection context.")
            }
            Error::MissingRecord | Error::MissingBackup => Self::not_found(),
            Error::MissingAuthCollection => Self::new(
                StatusCode::NOT_FOUND,
                "Missing or invalid auth collection context.",
            ),
            Error::MissingClient => {
                Self::new(StatusCode::NOT_FOUND, "Missing or invalid client id.")
            }
            Error::SuperusersOnly => Self::new(
                StatusCode::FORBIDDEN,
                "Only superusers can perform this action.",
            ),
            Error::SignInNeeded => Self::new(
                StatusCode::UNAUTHORIZED,
                "The request requires valid record authorization token.",
            ),
            Error::Forbidden(reason) => Self::new(StatusCode::FORBIDDEN, reason),
            Error::Refused {
                action,
                subject,
                violations,
                reason,
            } => {
                let message = reason.map_or(Cow::Borrowed(refusal(action, subject)), Cow::Owned);
                Self::bad_request(message).with_data(&violations)
            }
            Error::BatchFailed { index, error } => Self::failed_batch(index, &Self::from(*error)),
            Error::BadQuery(reason)
            | Error::TooCostly(reason)
            | Error::BadRequest(reason)
            | Error::Unusable(reason)
            | Error::SetupRefused(reason) => Self::bad_request(reason),
            Error::BackupRunning => Self::bad_request(
                "Try again later - another backup/restore process has already been started.",
            ),
            Error::KeyReused => Self::key_reused(),
            Error::SignInFailed => Self::bad_request("Failed to authenticate."),
            unavailable @ (Error::Contended
            | Error::Busy
            | Error::DiskFull
            | Error::TooManyClients
            | Error::Closed) => unavailable_failure(&unavailable),
            internal @ (Error::Damaged { .. } | Error::Store(_)) => {
                tracing::error!(error = %internal, "a request failed inside the server");
                Self::internal()
            }
        }
    }
}

fn unavailable_failure(error: &Error) -> Failure {
    let message = match error {
        Error::Contended => {
            "The data changed again and again while the request was carried out; try again."
        }
        Error::Busy => "The server is busy: too many writes are waiting; try again.",
        Error::TooManyClients => {
            "The server has as many realtime clients as it can serve; try again later."
        }
        Error::DiskFull => {
            "The disk of the server is full: nothing can be written until there is room again."
        }
        _ => "The server is stopping.",
    };
    Failure::new(StatusCode::SERVICE_UNAVAILABLE, message)
}

fn refusal(action: Action, subject: Subject) -> &'static str {
    match (subject, action) {
        (Subject::Collection, Action::Create) => "Failed to create collection.",
        (Subject::Collection, Action::Update) => "Failed to update collection.",
        (Subject::Collection, Action::Delete) => "Failed to delete collection.",
        (Subject::Record, Action::Create) => "Failed to create record.",
        (Subject::Record, Action::Update) => "Failed to update record.",
        (Subject::Record, Action::Delete) => {
            "Failed to delete record. Make sure that the record is not part of a required \
             relation reference."
        }
        (Subject::Backup, _) => "Failed to create backup.",
        (Subject::Settings, _) => "An error occurred while saving the new settings.",
    }
}

/// Trimmed, with a first letter in upper case and a mark at the end.
fn sentence(text: Cow<'static, str>) -> Cow<'static, str> {
    let trimmed = text.trim();
    let starts_upper = trimmed
        .chars()
        .next()
        .is_none_or(|first| !first.is_lowercase());
    let ends_marked = trimmed.is_empty() || trimmed.ends_with(['.', '?', '!']);
    if starts_upper && ends_marked && trimmed.len() == text.len() {
        return text;
    }
    let mut characters = trimmed.chars();
    let mut sentence = String::with_capacity(trimmed.len() + 1);
    if let Some(first) = characters.next() {
        sentence.extend(first.to_uppercase());
    }
    sentence.push_str(characters.as_str());
    if !ends_marked {
        sentence.push('.');
    }
    Cow::Owned(sentence)
}

/// What an error that reached the end of the chain is answered with.
pub(crate) fn failure_of(error: poem::Error) -> Response {
    if error.is_from_response() || error.is::<Failure>() {
        return error.into_response();
    }
    let failure = if error.is::<NotFoundError>() || error.is::<MethodNotAllowedError>() {
        Failure::not_found()
    } else if error.is::<ReadBodyError>() {
        Failure::bad_request("Failed to read the request body.")
    } else if error.status().is_server_error() {
        tracing::error!(%error, "a request failed inside the server");
        Failure::internal()
    } else {
        Failure::bad_request(error.to_string())
    };
    failure.into_response()
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        self.as_response()
    }
}

impl ResponseError for Failure {
    fn status(&self) -> StatusCode {
        self.status
    }

    fn as_response(&self) -> Response {
        json_response(self.status, self.envelope().to_string().into_bytes())
    }
}

const SCHEMA: &str = "Error";

impl ApiResponse for Failure {
    fn meta() -> MetaResponses {
        let answer = |status: u16, description: &'static str| MetaResponse {
            description,
            status: Some(status),
            status_range: None,
            content: vec![MetaMediaType {
                content_type: "application/json",
                schema: MetaSchemaRef::Reference(SCHEMA.to_owned()),
            }],
            headers: vec![],
        };
        MetaResponses {
            responses: vec![
                answer(400, "The request is refused; `data` names the fields."),
                answer(401, "A sign-in is needed."),
                answer(403, "The caller may not do this."),
                answer(
                    404,
                    "There is no such thing, or the caller may not know that there is.",
                ),
                answer(409, "The record is not the one of `If-Match`."),
                answer(413, "The body is too large."),
                answer(422, "The `Idempotency-Key` was used for another request."),
                answer(429, "Too many requests; `Retry-After` says when to go on."),
                answer(500, "The server failed."),
                answer(503, "The server cannot do this now; try again."),
            ],
        }
    }

    fn register(registry: &mut Registry) {
        registry
            .schemas
            .entry(SCHEMA.to_owned())
            .or_insert_with(|| {
                let inline = |schema| MetaSchemaRef::Inline(Box::new(schema));
                MetaSchema {
                    description: Some("What every failed request answers."),
                    required: vec!["data", "message", "status"],
                    properties: vec![
                        ("data", inline(MetaSchema::new("object"))),
                        ("message", inline(MetaSchema::new("string"))),
                        (
                            "status",
                            inline(MetaSchema::new_with_format("integer", "int32")),
                        ),
                    ],
                    ..MetaSchema::new("object")
                }
            });
    }
}

#[cfg(test)]
mod tests {
    use luge_model::invalid::Violation;

    use super::*;

    fn text(failure: &Failure) -> String {
        let mut response = failure.as_response();
        let body = response.take_body().into_string();
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(body)
            .unwrap()
    }

    #[test]
    fn the_envelope_has_the_key_order_of_the_contract() {
        let violations = Violations::of("title", Violation::required());
        let error = Error::Refused {
            action: Action::Create,
            subject: Subject::Record,
            violations,
            reason: None,
        };
        assert_eq!(
            text(&Failure::from(error)),
            r#"{"data":{"title":{"code":"validation_required","message":"Cannot be blank."}},"#
                .to_owned()
                + r#""message":"Failed to create record.","status":400}"#
        );
    }

    #[test]
    fn every_error_has_its_status_and_message() {
        let table = [
            (Error::MissingCollection, 404, "Missing collection context."),
            (
                Error::MissingRecord,
                404,
                "The requested resource wasn't found.",
            ),
            (
                Error::MissingAuthCollection,
                404,
                "Missing or invalid auth collection context.",
            ),
            (
                Error::SuperusersOnly,
                403,
                "Only superusers can perform this action.",
            ),
            (
                Error::SignInNeeded,
                401,
                "The request requires valid record authorization token.",
            ),
            (Error::Forbidden("not you".to_owned()), 403, "Not you."),
            (
                Error::BadQuery("unexpected `)`".to_owned()),
                400,
                "Unexpected `)`.",
            ),
            (Error::SignInFailed, 400, "Failed to authenticate."),
            (Error::Closed, 503, "The server is stopping."),
        ];
        for (error, status, message) in table {
            let failure = Failure::from(error);
            assert_eq!(
                (failure.status.as_u16(), &*failure.message),
                (status, message)
            );
        }
        for error in [Error::Busy, Error::DiskFull, Error::Contended] {
            assert_eq!(Failure::from(error).status.as_u16(), 503);
        }
    }

    #[test]
    fn what_happened_inside_is_never_told() {
        let error = Error::Damaged {
            collection: "secrets".to_owned(),
            id: "abc".to_owned(),
            reason: "checksum".to_owned(),
        };
        let answer = text(&Failure::from(error));
        assert_eq!(
            answer,
            format!(r#"{{"data":{{}},"message":"{SOMETHING_WRONG}","status":500}}"#)
        );
    }

    #[test]
    fn messages_become_sentences() {
        for (before, after) in [
            ("", ""),
            (" word ", "Word."),
            ("Really?", "Really?"),
            ("ärger!", "Ärger!"),
            ("Done.", "Done."),
        ] {
            assert_eq!(sentence(Cow::Borrowed(before)), after);
        }
    }
}
