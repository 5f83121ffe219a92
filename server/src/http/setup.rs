//! The first superuser: made once, by whoever can read the server's terminal, who may restore a
//! backup instead.

use std::sync::Arc;

use luge_model::invalid::{Violation, Violations};
use poem::Request;
use poem_openapi::OpenApi;
use serde_json::json;

use crate::http::answer::{Answer, JsonBytes, NoContent};
use crate::http::app::App;
use crate::http::auth::{answer, required_text, text};
use crate::http::backups;
use crate::http::body::RawBody;
use crate::http::error::Failure;
use crate::http::file_body::FileBody;
use crate::http::query::AnswerOptions;
use crate::http::shapes::{SetupShape, SignedInShape, VerdictShape};

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
        self.0.engine.backups.withdraw_offer();
        answer(&signed_in, &options.fields)
    }

    /// Takes a backup that is to be restored before there is a superuser, and tells what it holds:
    /// the part `file` of a multipart body, behind the part `code`. It is held until it is
    /// restored, another one is sent, or the first superuser is made.
    #[oai(
        path = "/api/setup/backup",
        method = "post",
        operation_id = "offerBackup"
    )]
    async fn offer(
        &self,
        request: &Request,
        body: FileBody,
        options: AnswerOptions,
    ) -> Answer<VerdictShape> {
        let context = self.0.sign_in_context(request);
        let engine = &self.0.engine;
        let mut parts = body.parts(u64::MAX)?;
        let file = parts.file().await?;
        // Before anything of the file is kept.
        let code = parts.text("code").unwrap_or_default();
        let context = engine.auth.admit_setup(&context, code)?;
        let incoming = backups::receive(&self.0, context.clone(), file).await?;
        parts.end().await?;
        let service = Arc::clone(&engine.backups);
        let judged = self.0.blocking(move || service.offer(&context, incoming));
        JsonBytes::of_json(backups::told(judged.await?, &[]), &options.fields)
    }

    /// Puts the data of the backup that was sent in the place of what is there; the server starts
    /// again, and the accounts of the backup sign in.
    #[oai(
        path = "/api/setup/restore",
        method = "post",
        operation_id = "restoreOffered"
    )]
    async fn restore(&self, request: &Request, body: RawBody) -> Result<NoContent, Failure> {
        let context = self.0.sign_in_context(request);
        let body = body.into_object().await?;
        let mut violations = Violations::new();
        let code = required_text(&body, "code", &mut violations);
        violations
            .into_result()
            .map_err(|violations| Failure::invalid(&violations))?;
        let context = self.0.engine.auth.admit_setup(&context, &code)?;
        let service = Arc::clone(&self.0.engine.backups);
        self.0
            .blocking(move || service.restore_offered(&context))
            .await?;
        Ok(NoContent)
    }
}
