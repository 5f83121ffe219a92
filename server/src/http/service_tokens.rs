//! Tokens by which other services know who is signed in, and the keys by which they verify them.

use std::sync::Arc;

use luge_model::limits::SERVICE_KEYS_KEPT_SECONDS;
use poem::Request;
use poem::http::{HeaderValue, header};
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use crate::http::answer::{Answer, JsonBytes};
use crate::http::app::App;
use crate::http::body::RawBody;
use crate::http::error::Failure;
use crate::http::query::AnswerOptions;
use crate::http::shapes::{ServiceKeyShape, ServiceKeysShape, ServiceTokenShape};

/// The routes.
pub(crate) struct ServiceTokensApi(pub(crate) Arc<App>);

#[OpenApi]
impl ServiceTokensApi {
    /// Gives a short token by which another service knows the caller.
    #[oai(
        path = "/api/collections/:collection/auth-token",
        method = "post",
        operation_id = "createServiceToken"
    )]
    async fn create(
        &self,
        request: &Request,
        collection: Path<String>,
        body: RawBody,
        options: AnswerOptions,
    ) -> Answer<ServiceTokenShape> {
        let context = self.0.context(request);
        let body = body.into_object().await?;
        let auth = &self.0.engine.auth;
        let token = auth.service_token(&context, &collection, &body).await;
        JsonBytes::of_json(token.map_err(Failure::of_sign_in)?, &options.fields)
    }

    /// Shows the public keys by which other services verify such tokens.
    #[oai(
        path = "/.well-known/jwks.json",
        method = "get",
        operation_id = "listServiceKeys"
    )]
    async fn keys(&self, options: AnswerOptions) -> Answer<ServiceKeysShape> {
        let keys = self.0.engine.auth.service_keys(self.0.clock.now()).await?;
        let shown = JsonBytes::of_json(keys, &options.fields)?;
        let kept = format!("public, max-age={SERVICE_KEYS_KEPT_SECONDS}");
        Ok(match HeaderValue::try_from(kept) {
            Ok(kept) => shown.with_header(header::CACHE_CONTROL, kept),
            Err(_) => shown,
        })
    }

    /// Replaces the key that signs such tokens.
    #[oai(
        path = "/api/service-keys/rotate",
        method = "post",
        operation_id = "rotateServiceKey"
    )]
    async fn rotate(&self, request: &Request, options: AnswerOptions) -> Answer<ServiceKeyShape> {
        let context = self.0.superuser_context(request)?;
        let rotated = self.0.engine.auth.rotate_service_key(&context).await?;
        JsonBytes::of_json(rotated, &options.fields)
    }
}
