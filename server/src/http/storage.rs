//! What is stored, by collection. Superusers only, which the engine itself checks.

use std::sync::Arc;

use luge_engine::backup::BackupFile;
use luge_engine::survey::{CollectionStored, Stored};
use poem::Request;
use poem_openapi::OpenApi;
use serde_json::{Value as Json, json};

use crate::http::answer::{Answer, JsonBytes, NoContent};
use crate::http::app::App;
use crate::http::error::Failure;
use crate::http::query::AnswerOptions;
use crate::http::shapes::StorageShape;

/// The routes.
pub(crate) struct StorageApi(pub(crate) Arc<App>);

#[OpenApi]
impl StorageApi {
    /// What is stored, by collection and beside the collections, as the last survey found it.
    #[oai(path = "/api/storage", method = "get", operation_id = "readStorage")]
    async fn read(&self, request: &Request, options: AnswerOptions) -> Answer<StorageShape> {
        let context = self.0.superuser_context(request)?;
        let told = self.0.scan(move |engine| {
            let backups = engine.backups.list(&context);
            // Those in a bucket that does not answer are not known; all else is.
            Ok((engine.survey.told(&context)?, backups.ok()))
        });
        let (stored, backups) = told.await?;
        JsonBytes::of_json(shown(&stored, backups.as_deref()), &options.fields)
    }

    /// Has another survey of what is stored taken soon.
    #[oai(
        path = "/api/storage/survey",
        method = "post",
        operation_id = "surveyStorage"
    )]
    async fn survey(&self, request: &Request) -> Result<NoContent, Failure> {
        let context = self.0.superuser_context(request)?;
        self.0.engine.survey.ask(&context)?;
        Ok(NoContent)
    }
}

fn shown(stored: &Stored, backups: Option<&[BackupFile]>) -> Json {
    let backup_bytes = backups.map(|all| all.iter().map(|backup| backup.size).sum::<u64>());
    json!({
        "taken": stored.taken.map_or_else(String::new, |taken| taken.to_string()),
        "surveying": stored.surveying,
        "collections": stored.collections.iter().map(collection).collect::<Json>(),
        "databaseBytes": stored.database_bytes,
        "searchBytes": stored.search_bytes,
        "requestLogBytes": stored.request_log_bytes,
        "changeLogBytes": stored.change_log_bytes,
        "backups": backups.map(<[_]>::len),
        "backupBytes": backup_bytes,
        "freeBytes": stored.free_bytes,
    })
}

fn collection(stored: &CollectionStored) -> Json {
    let files = stored.files;
    json!({
        "id": stored.collection.id,
        "name": stored.collection.name,
        "records": stored.records,
        "recordBytes": stored.bytes.map(|bytes| bytes.records),
        "indexBytes": stored.bytes.map(|bytes| bytes.indexes),
        "files": files.map(|files| files.files),
        "fileBytes": files.map(|files| files.bytes),
        "previews": files.map(|files| files.previews),
        "previewBytes": files.map(|files| files.preview_bytes),
    })
}
