//! The settings of the server (contract §1.7). Superusers only, which the engine itself checks.

use std::sync::Arc;

use poem::Request;
use poem_openapi::OpenApi;
use serde_json::Value as Json;

use crate::http::answer::{Answer, JsonBytes};
use crate::http::app::App;
use crate::http::body::RawBody;
use crate::http::query::AnswerOptions;
use crate::http::shapes::SettingsShape;

/// The routes.
pub(crate) struct SettingsApi(pub(crate) Arc<App>);

#[OpenApi]
impl SettingsApi {
    /// Shows the settings without their secrets.
    #[oai(path = "/api/settings", method = "get", operation_id = "readSettings")]
    async fn read(&self, request: &Request, options: AnswerOptions) -> Answer<SettingsShape> {
        let context = self.0.context(request);
        let settings = self.0.engine.settings.view(&context)?;
        JsonBytes::of_json(Json::Object(settings), &options.fields)
    }

    /// Changes settings; what is not sent stays.
    #[oai(
        path = "/api/settings",
        method = "patch",
        operation_id = "updateSettings"
    )]
    async fn update(
        &self,
        request: &Request,
        body: RawBody,
        options: AnswerOptions,
    ) -> Answer<SettingsShape> {
        let context = self.0.superuser_context(request)?;
        let body = body.into_object().await?;
        let settings = self.0.engine.settings.update(&context, &body).await?;
        JsonBytes::of_json(Json::Object(settings), &options.fields)
    }
}
