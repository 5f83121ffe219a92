//! Signing in with what was mailed, a code or a link, and without anything.

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
use crate::http::query::{AnswerOptions, RecordOptions};
use crate::http::shapes::{CodeShape, SignedInShape};

/// The routes.
pub(crate) struct CodesApi(pub(crate) Arc<App>);

#[OpenApi]
impl CodesApi {
    /// Mails a one-time code, if somebody has the address.
    #[oai(
        path = "/api/collections/:collection/request-otp",
        method = "post",
        operation_id = "requestOTP"
    )]
    async fn request_code(
        &self,
        request: &Request,
        collection: Path<String>,
        body: RawBody,
        options: AnswerOptions,
    ) -> Answer<CodeShape> {
        let context = self.0.context(request);
        let auth = &self.0.engine.auth;
        // Told before a malformed body is (contract §4).
        auth.one_time_codes_allowed(&collection)
            .map_err(Failure::of_sign_in)?;
        options.fields.fields()?;
        let email = text(&body.into_object().await?, "email").unwrap_or_default();
        let id = auth.request_one_time_code(&context, &collection, &email);
        let id = id.await.map_err(Failure::of_sign_in)?;
        JsonBytes::of_json(json!({ "otpId": id }), &options.fields)
    }

    /// Signs in with a one-time code.
    #[oai(
        path = "/api/collections/:collection/auth-with-otp",
        method = "post",
        operation_id = "authWithOTP"
    )]
    async fn with_code(
        &self,
        request: &Request,
        collection: Path<String>,
        body: RawBody,
        options: RecordOptions,
    ) -> Answer<SignedInShape> {
        let auth = &self.0.engine.auth;
        auth.one_time_codes_allowed(&collection)
            .map_err(Failure::of_sign_in)?;
        let context = self.0.sign_in_context(request);
        let context = context.with_body(body.into_object().await?);
        let id = text(&context.request.body, "otpId").unwrap_or_default();
        let code = text(&context.request.body, "password").unwrap_or_default();
        let signed_in = auth.sign_in_with_one_time_code(&context, &collection, (&id, &code));
        let signed_in = signed_in.await.map_err(Failure::of_sign_in)?;
        shown(&self.0, context, signed_in, options).await
    }

    /// Mails a link that signs in, if somebody has the address.
    #[oai(
        path = "/api/collections/:collection/request-magic-link",
        method = "post",
        operation_id = "requestMagicLink"
    )]
    async fn request_link(
        &self,
        request: &Request,
        collection: Path<String>,
        body: RawBody,
    ) -> Result<NoContent, Failure> {
        let context = self.0.context(request);
        let auth = &self.0.engine.auth;
        auth.magic_links_allowed(&collection)
            .map_err(Failure::of_sign_in)?;
        let email = text(&body.into_object().await?, "email").unwrap_or_default();
        let requested = auth.request_magic_link(&context, &collection, &email);
        requested.await.map_err(Failure::of_sign_in)?;
        Ok(NoContent)
    }

    /// Signs in with the token of a mailed link.
    #[oai(
        path = "/api/collections/:collection/auth-with-magic-link",
        method = "post",
        operation_id = "authWithMagicLink"
    )]
    async fn with_link(
        &self,
        request: &Request,
        collection: Path<String>,
        body: RawBody,
        options: RecordOptions,
    ) -> Answer<SignedInShape> {
        let auth = &self.0.engine.auth;
        auth.magic_links_allowed(&collection)
            .map_err(Failure::of_sign_in)?;
        let context = self.0.sign_in_context(request);
        let context = context.with_body(body.into_object().await?);
        let token = text(&context.request.body, "token").unwrap_or_default();
        let signed_in = auth.sign_in_with_magic_link(&context, &collection, &token);
        let signed_in = signed_in.await.map_err(Failure::of_sign_in)?;
        shown(&self.0, context, signed_in, options).await
    }

    /// Makes an account without any credential and signs in to it.
    #[oai(
        path = "/api/collections/:collection/auth-anonymously",
        method = "post",
        operation_id = "authAnonymously"
    )]
    async fn anonymously(
        &self,
        request: &Request,
        collection: Path<String>,
        body: RawBody,
        options: RecordOptions,
    ) -> Answer<SignedInShape> {
        let auth = &self.0.engine.auth;
        auth.anonymous_allowed(&collection)
            .map_err(Failure::of_sign_in)?;
        let context = self.0.sign_in_context(request);
        let body = body.into_object().await?;
        let context = context.with_body(body.clone());
        let signed_in = auth.sign_up_anonymously(&context, &collection, body);
        let signed_in = signed_in.await.map_err(Failure::of_sign_in)?;
        shown(&self.0, context, signed_in, options).await
    }
}
