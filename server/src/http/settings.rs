//! The settings of the server (contract §1.7). Superusers only, which the engine itself checks.

use std::sync::Arc;

use poem::Request;
use poem_openapi::OpenApi;
use serde_json::{Map, Value as Json};

use crate::http::answer::{Answer, JsonBytes};
use crate::http::app::App;
use crate::http::body::RawBody;
use crate::http::query::AnswerOptions;
use crate::http::shapes::{PreferencesShape, SettingsShape, SettingsSourcesShape};

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

    /// Says where each setting comes from: the default, the database, the environment or a file.
    #[oai(
        path = "/api/settings/sources",
        method = "get",
        operation_id = "readSettingsSources"
    )]
    async fn sources(
        &self,
        request: &Request,
        options: AnswerOptions,
    ) -> Answer<SettingsSourcesShape> {
        let context = self.0.context(request);
        let sources = self.0.engine.settings.sources(&context)?.into_iter();
        let shown = sources.map(|source| {
            let mut shown = Map::new();
            shown.insert("source".to_owned(), source.kind.into());
            if let Some(from) = source.from {
                shown.insert("from".to_owned(), from.into());
            }
            (source.path, Json::Object(shown))
        });
        JsonBytes::of_json(Json::Object(shown.collect()), &options.fields)
    }

    /// Shows what the superuser who asks prefers in the dashboard.
    #[oai(
        path = "/api/superusers/preferences",
        method = "get",
        operation_id = "readPreferences"
    )]
    async fn preferences(
        &self,
        request: &Request,
        options: AnswerOptions,
    ) -> Answer<PreferencesShape> {
        let context = self.0.superuser_context(request)?;
        let preferences = self.0.engine.settings.preferences(&context)?;
        JsonBytes::of_json(Json::Object(preferences), &options.fields)
    }

    /// Replaces it: any JSON object of at most 64 KiB.
    #[oai(
        path = "/api/superusers/preferences",
        method = "put",
        operation_id = "replacePreferences"
    )]
    async fn replace_preferences(
        &self,
        request: &Request,
        body: RawBody,
        options: AnswerOptions,
    ) -> Answer<PreferencesShape> {
        let context = self.0.superuser_context(request)?;
        let preferences = body.into_object().await?;
        let settings = &self.0.engine.settings;
        settings.set_preferences(&context, &preferences).await?;
        JsonBytes::of_json(Json::Object(preferences), &options.fields)
    }
}
