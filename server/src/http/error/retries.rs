//! Failures of conditional and of repeated requests.

use poem::http::StatusCode;
use serde_json::Value as Json;

use super::Failure;

impl Failure {
    /// 409: the record is not the one that the caller has. `data` is what it is now, as far as the
    /// caller may view it.
    pub(crate) fn changed(current: Option<Json>) -> Self {
        let message = "The record was changed since you read it. Nothing was written.";
        let mut failure = Self::new(StatusCode::CONFLICT, message);
        if let Some(Json::Object(current)) = current {
            failure.data = current;
        }
        failure
    }

    /// 422: the idempotency key stands for another request.
    pub(super) fn key_reused() -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "The Idempotency-Key was used for another request. Nothing was written.",
        )
    }
}
