//! The first superuser: made once, by whoever can read the server's terminal.

use std::sync::Arc;

use luge_model::invalid::{Violation, Violations};
use poem::Request;
use poem_openapi::OpenApi;
use serde_json::json;

use crate::http::answer::{Answer, JsonBytes};
use crate::http::app::App;
use crate::http::auth::{answer, required_text, text};
use crate::http::body::RawBody;
use crate::http::error::Failure;
use crate::http::query::AnswerOptions;
use crate::http::shapes::{SetupShape, SignedInShape};

/// The routes.
pub(crate) struct SetupApi(pub(crate) Arc<App>);

#[OpenApi]
impl SetupApi {
    /// Whether the first superuser is still to be made.
    #[oai(path = "/api/setup", method = "get", operation_id = "readSetup")]
    async fn read(&self, options: AnswerOptions) -> Answer<SetupShape> {
        let required = self.0.engine.auth.setup_needed()?;
        JsonBytes::of_json(json!({ "required": required }), &options.fields)
    }

    /// Makes the first superuser with the code that the server printed, and signs in.
    #[oai(path = "/api/setup", method = "post", operation_id = "setUp")]
    async fn set_up(
        &self,
        request: &Request,
        body: RawBody,
        options: AnswerOptions,
    ) -> Answer<SignedInShape> {
        let context = self.0.sign_in_context(request);
        let body = body.into_object().await?;
        let mut violations = Violations::new();
        let code = required_text(&body, "code", &mut violations);
        let email = required_text(&body, "email", &mut violations);
        let password = required_text(&body, "password", &mut violations);
        if text(&body, "passwordConfirm").as_deref() != Some(password.as_str()) {
            let mismatch = Violation::new("validation_values_mismatch", "Values don't match.");
            violations.add("passwordConfirm", mismatch);
        }
        violations
            .into_result()
            .map_err(|violations| Failure::invalid(&violations))?;
        let signed_in = self
            .0
            .engine
            .auth
            .setup(&context, &code, &email, &password)
            .await?;
        answer(&signed_in, &options.fields)
    }
}
