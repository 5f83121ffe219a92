//! Passkeys: to make one, to sign in with one, to see, name and remove one's own.

use std::sync::Arc;

use luge_engine::auth::passkey::PasskeyAnswer;
use luge_model::invalid::{Violation, Violations};
use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use serde_json::{Map, Value as Json, json};

use crate::http::answer::{Answer, JsonBytes, NoContent};
use crate::http::app::App;
use crate::http::auth::{shown, text};
use crate::http::body::RawBody;
use crate::http::error::Failure;
use crate::http::query::{AnswerOptions, HolderOptions, RecordOptions};
use crate::http::shapes::{CeremonyShape, PasskeyShape, PasskeysShape, SignedInShape};

/// The routes.
pub(crate) struct PasskeysApi(pub(crate) Arc<App>);

#[OpenApi]
impl PasskeysApi {
    /// Gives what the caller's device needs to make a passkey.
    #[oai(
        path = "/api/collections/:collection/passkeys/register-options",
        method = "post",
        operation_id = "passkeyRegisterOptions"
    )]
    async fn registration(
        &self,
        request: &Request,
        collection: Path<String>,
        options: AnswerOptions,
    ) -> Answer<CeremonyShape> {
        let context = self.0.context(request);
        let begun = self
            .0
            .engine
            .auth
            .passkey_registration(&context, &collection);
        JsonBytes::of_json(begun.map_err(Failure::of_sign_in)?, &options.fields)
    }

    /// Keeps the passkey that the caller's device made.
    #[oai(
        path = "/api/collections/:collection/passkeys/register",
        method = "post",
        operation_id = "registerPasskey"
    )]
    async fn register(
        &self,
        request: &Request,
        collection: Path<String>,
        body: RawBody,
        options: AnswerOptions,
    ) -> Answer<PasskeyShape> {
        let context = self.0.context(request);
        options.fields.fields()?;
        let body = body.into_object().await?;
        let answer = answer_of(&body)?;
        let name = text(&body, "name").unwrap_or_default();
        let auth = &self.0.engine.auth;
        let kept = auth.register_passkey(&context, &collection, &answer, &name);
        JsonBytes::of_json(kept.await.map_err(Failure::of_sign_in)?, &options.fields)
    }

    /// Gives what a device needs to sign in; with `identity`, for one account.
    #[oai(
        path = "/api/collections/:collection/passkeys/auth-options",
        method = "post",
        operation_id = "passkeyAuthOptions"
    )]
    async fn challenge(
        &self,
        request: &Request,
        collection: Path<String>,
        body: RawBody,
        options: AnswerOptions,
    ) -> Answer<CeremonyShape> {
        let context = self.0.context(request);
        let identity = text(&body.into_object().await?, "identity").unwrap_or_default();
        let auth = &self.0.engine.auth;
        let begun = auth.passkey_challenge(&context, &collection, &identity);
        JsonBytes::of_json(begun.map_err(Failure::of_sign_in)?, &options.fields)
    }

    /// Signs in with what a device answered.
    #[oai(
        path = "/api/collections/:collection/auth-with-passkey",
        method = "post",
        operation_id = "authWithPasskey"
    )]
    async fn sign_in(
        &self,
        request: &Request,
        collection: Path<String>,
        body: RawBody,
        options: RecordOptions,
    ) -> Answer<SignedInShape> {
        let context = self.0.sign_in_context(request);
        let context = context.with_body(body.into_object().await?);
        let answer = answer_of(&context.request.body)?;
        let auth = &self.0.engine.auth;
        let signed_in = auth.sign_in_with_passkey(&context, &collection, &answer);
        let signed_in = signed_in.await.map_err(Failure::of_sign_in)?;
        shown(&self.0, context, signed_in, options).await
    }

    /// Shows the passkeys of a record.
    #[oai(
        path = "/api/collections/:collection/passkeys",
        method = "get",
        operation_id = "listPasskeys"
    )]
    async fn list(
        &self,
        request: &Request,
        collection: Path<String>,
        options: HolderOptions,
    ) -> Answer<PasskeysShape> {
        let context = self.0.context(request);
        let auth = &self.0.engine.auth;
        let passkeys = auth.passkeys(&context, &collection, options.record.as_deref());
        let passkeys = passkeys.map_err(Failure::of_sign_in)?;
        JsonBytes::of_json(json!({ "items": passkeys }), &options.fields)
    }

    /// Gives a passkey of the caller another name.
    #[oai(
        path = "/api/collections/:collection/passkeys/:id",
        method = "patch",
        operation_id = "renamePasskey"
    )]
    async fn rename(
        &self,
        request: &Request,
        collection: Path<String>,
        id: Path<String>,
        body: RawBody,
    ) -> Answer<PasskeyShape> {
        let context = self.0.context(request);
        let options = AnswerOptions::of(request)?;
        options.fields.fields()?;
        let name = text(&body.into_object().await?, "name").unwrap_or_default();
        let auth = &self.0.engine.auth;
        let renamed = auth.rename_passkey(&context, &collection, &id, &name);
        JsonBytes::of_json(renamed.await.map_err(Failure::of_sign_in)?, &options.fields)
    }

    /// Removes a passkey.
    #[oai(
        path = "/api/collections/:collection/passkeys/:id",
        method = "delete",
        operation_id = "removePasskey"
    )]
    async fn remove(
        &self,
        request: &Request,
        collection: Path<String>,
        id: Path<String>,
        options: HolderOptions,
    ) -> Result<NoContent, Failure> {
        let context = self.0.context(request);
        let auth = &self.0.engine.auth;
        let removed = auth.remove_passkey(&context, &collection, options.record.as_deref(), &id);
        removed.await.map_err(Failure::of_sign_in)?;
        Ok(NoContent)
    }
}

/// The engine says what is wrong with either; that they are there is seen here.
fn answer_of(body: &Map<String, Json>) -> Result<PasskeyAnswer, Failure> {
    let mut violations = Violations::new();
    let ceremony = text(body, "ceremony").unwrap_or_default();
    if ceremony.is_empty() {
        violations.add("ceremony", Violation::required());
    }
    let credential = body.get("credential").cloned().unwrap_or_default();
    if credential.is_null() {
        violations.add("credential", Violation::required());
    }
    let read = violations.into_result().map(|()| PasskeyAnswer {
        ceremony,
        credential,
    });
    read.map_err(|violations| Failure::invalid(&violations))
}
