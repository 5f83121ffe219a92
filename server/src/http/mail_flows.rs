//! What is done through a mail: confirming an address, replacing a forgotten password, changing
//! one's address (contract §1.3).

use std::sync::Arc;

use luge_engine::auth::password_reset::NewPassword;
use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use serde_json::{Map, Value as Json};

use crate::http::answer::NoContent;
use crate::http::app::App;
use crate::http::auth::text;
use crate::http::body::RawBody;
use crate::http::error::Failure;

/// The routes.
pub(crate) struct MailFlowsApi(pub(crate) Arc<App>);

#[OpenApi]
impl MailFlowsApi {
    /// Mails a link that confirms an address to whoever has it.
    #[oai(
        path = "/api/collections/:collection/request-verification",
        method = "post",
        operation_id = "requestVerification"
    )]
    async fn request_verification(
        &self,
        request: &Request,
        collection: Path<String>,
        body: RawBody,
    ) -> Result<NoContent, Failure> {
        let context = self.0.context(request);
        let auth = &self.0.engine.auth;
        auth.verification_allowed(&collection)
            .map_err(Failure::of_mail_flows)?;
        let email = field(&body.into_object().await?, "email");
        let asked = auth.request_verification(&context, &collection, &email);
        asked.await.map_err(Failure::of_mail_flows)?;
        Ok(NoContent)
    }

    /// Confirms an address with the token of the mail.
    #[oai(
        path = "/api/collections/:collection/confirm-verification",
        method = "post",
        operation_id = "confirmVerification"
    )]
    async fn confirm_verification(
        &self,
        request: &Request,
        collection: Path<String>,
        body: RawBody,
    ) -> Result<NoContent, Failure> {
        let context = self.0.context(request);
        let auth = &self.0.engine.auth;
        auth.verification_allowed(&collection)
            .map_err(Failure::of_mail_flows)?;
        let token = field(&body.into_object().await?, "token");
        let confirmed = auth.confirm_verification(&context, &collection, &token);
        confirmed.await.map_err(Failure::of_mail_flows)?;
        Ok(NoContent)
    }

    /// Mails a link that replaces a forgotten password to whoever has an address.
    #[oai(
        path = "/api/collections/:collection/request-password-reset",
        method = "post",
        operation_id = "requestPasswordReset"
    )]
    async fn request_password_reset(
        &self,
        request: &Request,
        collection: Path<String>,
        body: RawBody,
    ) -> Result<NoContent, Failure> {
        let context = self.0.context(request);
        let auth = &self.0.engine.auth;
        auth.password_reset_allowed(&collection)
            .map_err(Failure::of_mail_flows)?;
        let email = field(&body.into_object().await?, "email");
        let asked = auth.request_password_reset(&context, &collection, &email);
        asked.await.map_err(Failure::of_mail_flows)?;
        Ok(NoContent)
    }

    /// Replaces a password with the token of the mail; everything signed in with it ends.
    #[oai(
        path = "/api/collections/:collection/confirm-password-reset",
        method = "post",
        operation_id = "confirmPasswordReset"
    )]
    async fn confirm_password_reset(
        &self,
        request: &Request,
        collection: Path<String>,
        body: RawBody,
    ) -> Result<NoContent, Failure> {
        let context = self.0.context(request);
        let body = body.into_object().await?;
        let submitted = NewPassword {
            token: field(&body, "token"),
            password: field(&body, "password"),
            confirmation: field(&body, "passwordConfirm"),
        };
        let auth = &self.0.engine.auth;
        let confirmed = auth.confirm_password_reset(&context, &collection, &submitted);
        confirmed.await.map_err(Failure::of_mail_flows)?;
        Ok(NoContent)
    }

    /// Mails a link to the address that the caller wants to have.
    #[oai(
        path = "/api/collections/:collection/request-email-change",
        method = "post",
        operation_id = "requestEmailChange"
    )]
    async fn request_email_change(
        &self,
        request: &Request,
        collection: Path<String>,
        body: RawBody,
    ) -> Result<NoContent, Failure> {
        let context = self.0.context(request);
        let auth = &self.0.engine.auth;
        auth.email_change_allowed(&context, &collection)
            .map_err(Failure::of_mail_flows)?;
        let address = field(&body.into_object().await?, "newEmail");
        let asked = auth.request_email_change(&context, &collection, &address);
        asked.await.map_err(Failure::of_mail_flows)?;
        Ok(NoContent)
    }

    /// Changes an address with the token of the mail and the password.
    #[oai(
        path = "/api/collections/:collection/confirm-email-change",
        method = "post",
        operation_id = "confirmEmailChange"
    )]
    async fn confirm_email_change(
        &self,
        request: &Request,
        collection: Path<String>,
        body: RawBody,
    ) -> Result<NoContent, Failure> {
        let context = self.0.context(request);
        let auth = &self.0.engine.auth;
        auth.email_change_confirmable(&collection)
            .map_err(Failure::of_mail_flows)?;
        let body = body.into_object().await?;
        let (token, password) = (field(&body, "token"), field(&body, "password"));
        let confirmed = auth.confirm_email_change(&context, &collection, (&token, &password));
        confirmed.await.map_err(Failure::of_mail_flows)?;
        Ok(NoContent)
    }
}

/// A text of the body; empty where it is missing, which the engine refuses.
fn field(body: &Map<String, Json>, key: &str) -> String {
    text(body, key).unwrap_or_default()
}
