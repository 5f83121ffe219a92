//! Failures of a batch (contract §1.4).

use std::borrow::Cow;

use luge_model::invalid::Violations;
use poem::http::StatusCode;
use serde_json::{Map, Value as Json, json};

use super::Failure;

impl Failure {
    /// 403: the settings have batches switched off.
    pub(crate) fn batches_disabled() -> Self {
        Self::new(StatusCode::FORBIDDEN, "Batch requests are not allowed.")
    }

    /// 400: the body is no batch.
    pub(crate) fn unreadable_batch(reason: impl Into<Cow<'static, str>>) -> Self {
        let reason: Cow<'static, str> = reason.into();
        Self::bad_request(format!("Failed to read the submitted batch data. {reason}"))
    }

    /// 400 with what is wrong with the requests of a batch, found before any was carried out.
    pub(crate) fn invalid_batch(violations: &Violations) -> Self {
        Self::bad_request("Invalid batch request data.").with_data(violations)
    }

    /// 400: one request of a batch failed, so none was carried out.
    pub(crate) fn failed_batch(index: usize, failure: &Self) -> Self {
        let mut failed = Map::new();
        let one = json!({
            "code": "batch_request_failed",
            "message": "Batch request failed.",
            "response": failure.envelope(),
        });
        failed.insert(index.to_string(), one);
        let mut whole = Self::bad_request("Batch transaction failed.");
        whole
            .data
            .insert("requests".to_owned(), Json::Object(failed));
        whole
    }
}
