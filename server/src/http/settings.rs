//! The settings of the server (contract §1.7). Superusers only, which the engine itself checks.

use std::sync::Arc;

use luge_engine::auth::trial_mail::TrialMail;
use luge_engine::error::Error;
use luge_model::invalid::{Violation, Violations};
use poem::Request;
use poem_openapi::OpenApi;
use serde_json::{Map, Value as Json};

use crate::http::answer::{Answer, JsonBytes, NoContent};
use crate::http::app::App;
use crate::http::auth::text;
use crate::http::body::RawBody;
use crate::http::error::Failure;
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

    /// Sends a mail of a kind, with a token that is worth nothing.
    #[oai(
        path = "/api/settings/test/email",
        method = "post",
        operation_id = "testEmail"
    )]
    async fn test_email(&self, request: &Request, body: RawBody) -> Result<NoContent, Failure> {
        let context = self.0.superuser_context(request)?;
        let body = body.into_object().await?;
        let field = |key| text(&body, key).unwrap_or_default();
        let trial = TrialMail {
            email: field("email"),
            template: field("template"),
            collection: field("collection"),
        };
        match self.0.engine.auth.send_trial(&context, &trial).await? {
            Ok(()) => Ok(NoContent),
            Err(error) => Err(Failure::of_mail_test(&error.to_string())),
        }
    }

    /// Stores a file in the bucket of files or of backups, and removes it again.
    #[oai(
        path = "/api/settings/test/s3",
        method = "post",
        operation_id = "testBucket"
    )]
    async fn test_bucket(&self, request: &Request, body: RawBody) -> Result<NoContent, Failure> {
        self.0.superuser_context(request)?;
        let body = body.into_object().await?;
        let settings = self.0.engine.settings.current();
        let bucket = match filesystem(&body)? {
            Filesystem::Storage => settings.s3.clone(),
            Filesystem::Backups => settings.backups.s3.clone(),
        };
        if !bucket.enabled {
            let reason = "S3 storage filesystem is not enabled";
            return Err(Failure::of_bucket_test(reason));
        }
        let files = Arc::clone(&self.0.engine.files);
        let tested = tokio::task::spawn_blocking(move || files.test_bucket(&bucket)).await;
        match tested.map_err(|_| Error::Closed)? {
            Err(Error::FilesUnreachable(reason)) => Err(Failure::of_bucket_test(&reason)),
            tested => Ok(tested.map(|()| NoContent)?),
        }
    }
}

/// What can be in a bucket.
enum Filesystem {
    Storage,
    Backups,
}

fn filesystem(body: &Map<String, Json>) -> Result<Filesystem, Failure> {
    let mut violations = Violations::new();
    match body.get("filesystem") {
        Some(Json::String(name)) if name == "storage" => return Ok(Filesystem::Storage),
        Some(Json::String(name)) if name == "backups" => return Ok(Filesystem::Backups),
        None | Some(Json::Null) => violations.add("filesystem", Violation::required()),
        Some(Json::String(name)) if name.is_empty() => {
            violations.add("filesystem", Violation::required());
        }
        Some(Json::String(_)) => {
            let violation = Violation::new("validation_in_invalid", "Must be a valid value.");
            violations.add("filesystem", violation);
        }
        Some(_) => return Err(Failure::bad_request("The filesystem must be a text.")),
    }
    Err(Failure::invalid_bucket_test(&violations))
}
