//! API keys, by which machines act as an auth record: to make, see and revoke one's own.
//!
//! Without `record` they are the caller's own; a superuser names the record.

use std::sync::Arc;

use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use serde_json::json;

use crate::http::answer::{Answer, JsonBytes, NoContent};
use crate::http::app::App;
use crate::http::body::RawBody;
use crate::http::error::Failure;
use crate::http::query::HolderOptions;
use crate::http::shapes::{ApiKeysShape, NewApiKeyShape};

/// The routes.
pub(crate) struct ApiKeysApi(pub(crate) Arc<App>);

#[OpenApi]
impl ApiKeysApi {
    /// Makes an API key; its text is in this answer only.
    #[oai(
        path = "/api/collections/:collection/api-keys",
        method = "post",
        operation_id = "createApiKey"
    )]
    async fn create(
        &self,
        request: &Request,
        collection: Path<String>,
        body: RawBody,
        options: HolderOptions,
    ) -> Answer<NewApiKeyShape> {
        let context = self.0.context(request);
        options.fields.fields()?;
        let body = body.into_object().await?;
        let auth = &self.0.engine.auth;
        let made = auth.make_api_key(&context, &collection, options.record.as_deref(), &body);
        JsonBytes::of_json(made.await.map_err(Failure::of_sign_in)?, &options.fields)
    }

    /// Shows the API keys of a record, without their texts.
    #[oai(
        path = "/api/collections/:collection/api-keys",
        method = "get",
        operation_id = "listApiKeys"
    )]
    async fn list(
        &self,
        request: &Request,
        collection: Path<String>,
        options: HolderOptions,
    ) -> Answer<ApiKeysShape> {
        let context = self.0.context(request);
        let auth = &self.0.engine.auth;
        let keys = auth.api_keys(&context, &collection, options.record.as_deref());
        let keys = keys.map_err(Failure::of_sign_in)?;
        JsonBytes::of_json(json!({ "items": keys }), &options.fields)
    }

    /// Revokes an API key.
    #[oai(
        path = "/api/collections/:collection/api-keys/:id",
        method = "delete",
        operation_id = "revokeApiKey"
    )]
    async fn revoke(
        &self,
        request: &Request,
        collection: Path<String>,
        id: Path<String>,
        options: HolderOptions,
    ) -> Result<NoContent, Failure> {
        let context = self.0.context(request);
        let auth = &self.0.engine.auth;
        let revoked = auth.revoke_api_key(&context, &collection, options.record.as_deref(), &id);
        revoked.await.map_err(Failure::of_sign_in)?;
        Ok(NoContent)
    }
}
