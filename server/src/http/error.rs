//! The only place that decides status, code and message of a failed request.
//!
//! - Every failure answers `{"data":{…},"message":"…","status":N}` in this key order.
//! - Causes inside the server are logged here and never sent.
//! - A message is a sentence: first letter upper case, ends in `.`, `?` or `!`.

use std::borrow::Cow;
use std::fmt;

use luge_engine::error::{Action, Error, MISSING_CHANNEL, Subject, UploadError};
use luge_engine::request_log::Failed;
use luge_model::invalid::Violations;
use poem::error::{MethodNotAllowedError, NotFoundError, ReadBodyError, ResponseError};
use poem::http::{HeaderValue, StatusCode, header};
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema};
use poem_openapi::registry::{MetaSchemaRef, Registry};
use serde_json::{Map, Value as Json};

use crate::http::answer::json_response;

mod batch;
mod database;
mod graphql;
mod retries;
mod sign_in;

const SOMETHING_WRONG: &str = "Something went wrong while processing your request.";

const BUCKET_TEST_FAILED: &str = "Failed to test the S3 filesystem.";

/// A failed request as it is answered.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    status: StatusCode,
    message: Cow<'static, str>,
    data: Map<String, Json>,
    /// Whether `data` is all of the body.
    bare: bool,
    /// After how many seconds it is worth trying again.
    retry_after: Option<u64>,
}

impl Failure {
    /// A failure with a message of its own.
    pub(crate) fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            message: sentence(message.into()),
            data: Map::new(),
            bare: false,
            retry_after: None,
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

    /// 429 with how long to wait.
    pub(crate) fn wait(seconds: u64, message: impl Into<Cow<'static, str>>) -> Self {
        let failure = Self::new(StatusCode::TOO_MANY_REQUESTS, message);
        Self {
            retry_after: Some(seconds),
            ..failure
        }
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

    /// What an engine call about what is done through mails failed with.
    pub(crate) fn of_mail_flows(error: Error) -> Self {
        Self::of_files(error)
    }

    /// 400 with the contract's message and what the bucket said (contract §1.7).
    pub(crate) fn of_bucket_test(reason: &str) -> Self {
        Self::bad_request(format!("{BUCKET_TEST_FAILED} Raw error: \n{reason}"))
    }

    /// 400 with what is wrong with the request for a test of a bucket.
    pub(crate) fn invalid_bucket_test(violations: &Violations) -> Self {
        Self::bad_request(BUCKET_TEST_FAILED).with_data(violations)
    }

    /// 400 with the contract's message and what the mail server said (contract §1.7).
    pub(crate) fn of_mail_test(reason: &str) -> Self {
        Self::bad_request(format!(
            "Failed to send the test email. Raw error: \n{reason}"
        ))
    }

    /// 412: the request speaks another version of the protocol of uploads.
    pub(crate) fn other_protocol(version: &str) -> Self {
        let message = format!("The header Tus-Resumable must be {version}.");
        Self::new(StatusCode::PRECONDITION_FAILED, message)
    }

    /// 415: the body is not the bytes of an upload.
    pub(crate) fn bytes_expected(media_type: &str) -> Self {
        let message = format!("The Content-Type of bytes of an upload must be {media_type}.");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message)
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

    /// What is answered.
    pub(crate) fn to_json(&self) -> Map<String, Json> {
        if self.bare {
            return self.data.clone();
        }
        let mut envelope = Map::with_capacity(3);
        envelope.insert("data".to_owned(), Json::Object(self.data.clone()));
        envelope.insert(
            "message".to_owned(),
            Json::String(self.message.clone().into_owned()),
        );
        envelope.insert("status".to_owned(), self.status.as_u16().into());
        envelope
    }

    fn with_data(mut self, violations: &Violations) -> Self {
        self.data = violations.to_json();
        self
    }

    fn envelope(&self) -> Json {
        Json::Object(self.to_json())
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
            Error::MissingSession => Self::new(StatusCode::NOT_FOUND, "Missing session."),
            Error::MissingPasskey => Self::new(StatusCode::NOT_FOUND, "Missing passkey."),
            Error::MissingApiKey => Self::new(StatusCode::NOT_FOUND, "Missing API key."),
            Error::MissingCron => Self::new(StatusCode::NOT_FOUND, "Missing or invalid cron job."),
            Error::MissingClient => {
                Self::new(StatusCode::NOT_FOUND, "Missing or invalid client id.")
            }
            Error::MissingChannel => Self::new(StatusCode::NOT_FOUND, MISSING_CHANNEL),
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
            wait @ (Error::TooManyTries { .. }
            | Error::TooManyCodes { .. }
            | Error::TooManyHashes
            | Error::SecondFactorNeeded { .. }) => sign_in::unfinished(wait),
            Error::SignInFailed => Self::bad_request("Failed to authenticate."),
            unavailable @ (Error::Contended
            | Error::Busy
            | Error::SearchNotReady
            | Error::DiskFull
            | Error::TooManyClients
            | Error::Closed) => unavailable_failure(&unavailable),
            Error::Upload(error) => upload_failure(error),
            Error::FilesUnreachable(reason) => files_failure(&reason),
            Error::BackupsUnreachable(reason) => backups_failure(&reason),
            internal @ (Error::Damaged { .. }
            | Error::FilesElsewhere { .. }
            | Error::Misconfigured { .. }
            | Error::Store(_)) => {
                tracing::error!(error = %internal, "a request failed inside the server");
                Self::internal()
            }
        }
    }
}

fn files_failure(reason: &str) -> Failure {
    tracing::error!(%reason, "where files are kept fails");
    let message = "The storage of files cannot be used now; try again.";
    Failure::new(StatusCode::SERVICE_UNAVAILABLE, message)
}

/// Only superusers meet this, who can mend it: the reason is told.
fn backups_failure(reason: &str) -> Failure {
    tracing::error!(%reason, "the bucket of backups fails");
    let message = format!("The bucket of backups cannot be used: {reason}.");
    Failure::new(StatusCode::SERVICE_UNAVAILABLE, message)
}

fn unavailable_failure(error: &Error) -> Failure {
    let message = match error {
        Error::Contended => {
            "The data changed again and again while the request was carried out; try again."
        }
        Error::Busy => "The server is busy: too many writes are waiting; try again.",
        Error::SearchNotReady => "The search index is not ready yet; try again.",
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

/// As the protocol of uploads has it.
fn upload_failure(error: UploadError) -> Failure {
    let (status, message) = match error {
        UploadError::Missing => return Failure::not_found(),
        UploadError::Offset(at) => (409, format!("The upload has {at} bytes so far.")),
        UploadError::TooLong(most) => (413, format!("The upload may have {most} bytes.")),
        UploadError::Checksum => (460, "The checksum does not match the bytes.".to_owned()),
        UploadError::Busy => (423, "Another request works on the upload.".to_owned()),
        UploadError::TooMany(reason) => (400, reason),
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    Failure::new(status, message)
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
        (Subject::Webhook, Action::Create) => "Failed to create webhook.",
        (Subject::Webhook, _) => "Failed to update webhook.",
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
    if let Some(failure) = error.downcast_ref::<Failure>() {
        return failure.as_response();
    }
    if error.is_from_response() {
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
        self.answered(&self.envelope())
    }
}

impl Failure {
    /// An answer with this body, and what else a failure comes with.
    fn answered(&self, body: &Json) -> Response {
        let mut response = json_response(self.status, body.to_string().into_bytes());
        if let Some(seconds) = self.retry_after {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        // For the log of requests.
        response.set_data(Failed {
            message: self.message.clone().into_owned(),
            data: self.data.clone(),
        });
        response
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
mod tests;
