//! Codes of an authenticator app: to add one, to complete a sign-in with one or with a recovery
//! code, to take it away.

use std::sync::Arc;

use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use serde_json::json;

use crate::http::answer::{Answer, JsonBytes, NoContent};
use crate::http::app::App;
use crate::http::auth::{shown, text};
use crate::http::body::RawBody;
use crate::http::error::Failure;
use crate::http::query::{AnswerOptions, HolderOptions, RecordOptions};
use crate::http::shapes::{RecoveryCodesShape, SignedInShape, TotpSecretShape, TotpShape};

/// The routes.
pub(crate) struct TotpApi(pub(crate) Arc<App>);

#[OpenApi]
impl TotpApi {
    /// Shows whether a record has an authenticator app, and how many recovery codes are left.
    #[oai(
        path = "/api/collections/:collection/totp",
        method = "get",
        operation_id = "viewTotp"
    )]
    async fn view(
        &self,
        request: &Request,
        collection: Path<String>,
        options: HolderOptions,
    ) -> Answer<TotpShape> {
        let context = self.0.context(request);
        let auth = &self.0.engine.auth;
        let totp = auth.totp(&context, &collection, options.record.as_deref());
        JsonBytes::of_json(totp.map_err(Failure::of_sign_in)?, &options.fields)
    }

    /// Gives the caller the secret for a new authenticator app.
    #[oai(
        path = "/api/collections/:collection/totp/begin",
        method = "post",
        operation_id = "beginTotp"
    )]
    async fn begin(
        &self,
        request: &Request,
        collection: Path<String>,
        _body: RawBody,
        options: AnswerOptions,
    ) -> Answer<TotpSecretShape> {
        let context = self.0.context(request);
        options.fields.fields()?;
        let begun = self.0.engine.auth.begin_totp(&context, &collection).await;
        JsonBytes::of_json(begun.map_err(Failure::of_sign_in)?, &options.fields)
    }

    /// Switches the app on with a code of it, and gives the recovery codes.
    #[oai(
        path = "/api/collections/:collection/totp/confirm",
        method = "post",
        operation_id = "confirmTotp"
    )]
    async fn confirm(
        &self,
        request: &Request,
        collection: Path<String>,
        body: RawBody,
        options: AnswerOptions,
    ) -> Answer<RecoveryCodesShape> {
        let context = self.0.context(request);
        options.fields.fields()?;
        let code = text(&body.into_object().await?, "code").unwrap_or_default();
        let auth = &self.0.engine.auth;
        let codes = auth.confirm_totp(&context, &collection, &code).await;
        let codes = codes.map_err(Failure::of_sign_in)?;
        JsonBytes::of_json(json!({ "recoveryCodes": codes }), &options.fields)
    }

    /// Gives new recovery codes in place of those that are left.
    #[oai(
        path = "/api/collections/:collection/totp/recovery-codes",
        method = "post",
        operation_id = "renewRecoveryCodes"
    )]
    async fn renew(
        &self,
        request: &Request,
        collection: Path<String>,
        _body: RawBody,
        options: AnswerOptions,
    ) -> Answer<RecoveryCodesShape> {
        let context = self.0.context(request);
        options.fields.fields()?;
        let auth = &self.0.engine.auth;
        let codes = auth.new_recovery_codes(&context, &collection).await;
        let codes = codes.map_err(Failure::of_sign_in)?;
        JsonBytes::of_json(json!({ "recoveryCodes": codes }), &options.fields)
    }

    /// Takes the app of a record away, with its recovery codes.
    #[oai(
        path = "/api/collections/:collection/totp",
        method = "delete",
        operation_id = "removeTotp"
    )]
    async fn remove(
        &self,
        request: &Request,
        collection: Path<String>,
        options: HolderOptions,
    ) -> Result<NoContent, Failure> {
        let context = self.0.context(request);
        let auth = &self.0.engine.auth;
        let removed = auth.remove_totp(&context, &collection, options.record.as_deref());
        removed.await.map_err(Failure::of_sign_in)?;
        Ok(NoContent)
    }

    /// Completes a sign-in that was begun with a code of the app.
    #[oai(
        path = "/api/collections/:collection/auth-with-totp",
        method = "post",
        operation_id = "authWithTotp"
    )]
    async fn with_code(
        &self,
        request: &Request,
        collection: Path<String>,
        body: RawBody,
        options: RecordOptions,
    ) -> Answer<SignedInShape> {
        let context = self.0.sign_in_context(request);
        let context = context.with_body(body.into_object().await?);
        let code = text(&context.request.body, "code").unwrap_or_default();
        let auth = &self.0.engine.auth;
        let signed_in = auth.sign_in_with_totp(&context, &collection, &code).await;
        let signed_in = signed_in.map_err(Failure::of_sign_in)?;
        shown(&self.0, context, signed_in, options).await
    }

    /// Completes a sign-in that was begun with a recovery code, which is used up.
    #[oai(
        path = "/api/collections/:collection/auth-with-recovery-code",
        method = "post",
        operation_id = "authWithRecoveryCode"
    )]
    async fn with_recovery_code(
        &self,
        request: &Request,
        collection: Path<String>,
        body: RawBody,
        options: RecordOptions,
    ) -> Answer<SignedInShape> {
        let context = self.0.sign_in_context(request);
        let context = context.with_body(body.into_object().await?);
        let code = text(&context.request.body, "code").unwrap_or_default();
        let auth = &self.0.engine.auth;
        let signed_in = auth.sign_in_with_recovery_code(&context, &collection, &code);
        let signed_in = signed_in.await.map_err(Failure::of_sign_in)?;
        shown(&self.0, context, signed_in, options).await
    }
}
