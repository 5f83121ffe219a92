//! Backups (contract §1.7). Superusers only, which the engine itself checks; a download is opened
//! by a superuser's file token, since it stands in an address.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use luge_engine::backup::{BackupFile, Difference, Estimate, Incoming, Status, Verdict, Work};
use luge_engine::context::Context;
use luge_engine::files::Blob;
use luge_model::timestamp::Timestamp;
use poem::http::header;
use poem::{Body, IntoResponse, Request, RequestBody, Response};
use poem_openapi::param::Path;
use poem_openapi::registry::{MetaParamIn, MetaResponses, MetaSchema};
use poem_openapi::registry::{MetaSchemaRef, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ApiResponse, ExtractParamOptions, OpenApi};
use serde_json::{Value as Json, json};

use crate::http::answer::{Answer, JsonBytes, NoContent};
use crate::http::app::App;
use crate::http::body::RawBody;
use crate::http::error::Failure;
use crate::http::file_body::{FileBody, SentFile};
use crate::http::files::{FileAnswer, describe, parts, set};
use crate::http::query::{self, AnswerOptions, FileOptions};
use crate::http::ranges::{Validators, Wanted};
use crate::http::shapes::{BackupStatusShape, BackupsShape, EstimateShape, VerdictShape};

/// The routes.
pub(crate) struct BackupsApi(pub(crate) Arc<App>);

#[OpenApi]
impl BackupsApi {
    /// Lists the backups.
    #[oai(path = "/api/backups", method = "get", operation_id = "listBackups")]
    async fn list(&self, request: &Request, options: AnswerOptions) -> Answer<BackupsShape> {
        let context = self.0.superuser_context(request)?;
        let backups = Arc::clone(&self.0.engine.backups);
        let all = self.0.blocking(move || backups.list(&context)).await?;
        JsonBytes::of_json(all.iter().map(shown).collect(), &options.fields)
    }

    /// Makes a backup of everything as it is now.
    #[oai(path = "/api/backups", method = "post", operation_id = "createBackup")]
    async fn create(&self, request: &Request, body: RawBody) -> Result<NoContent, Failure> {
        let context = self.0.superuser_context(request)?;
        let name = match body.into_object().await?.remove("name") {
            None | Some(Json::Null) => String::new(),
            Some(Json::String(name)) => name,
            Some(_) => return Err(Failure::bad_request("The name must be a text.")),
        };
        let app = Arc::clone(&self.0);
        let made = self.0.blocking(move || {
            let stopping = || app.stopping.load(Ordering::Relaxed);
            app.engine.backups.create(&context, &name, &stopping)
        });
        made.await?;
        Ok(NoContent)
    }

    /// Keeps a backup that was made elsewhere: the part `file` of a multipart body, of any size.
    #[oai(
        path = "/api/backups/upload",
        method = "post",
        operation_id = "uploadBackup"
    )]
    async fn upload(&self, request: &Request, body: FileBody) -> Result<NoContent, Failure> {
        let context = self.0.superuser_context(request)?;
        let mut parts = body.parts(u64::MAX)?;
        let file = parts.file().await?;
        let name = file.name.clone();
        let incoming = receive(&self.0, context.clone(), file).await?;
        parts.end().await?;
        let backups = Arc::clone(&self.0.engine.backups);
        self.0
            .blocking(move || backups.received(&context, incoming, &name))
            .await?;
        Ok(NoContent)
    }

    /// What a backup would hold now, and how much room there is.
    #[oai(
        path = "/api/backups/estimate",
        method = "get",
        operation_id = "estimateBackup"
    )]
    async fn estimate(&self, request: &Request, options: AnswerOptions) -> Answer<EstimateShape> {
        let context = self.0.superuser_context(request)?;
        let measured = self.0.scan(move |engine| engine.backups.estimate(&context));
        let Estimate {
            database_bytes,
            files,
            file_bytes,
            free_bytes,
            expected_bytes,
        } = measured.await?;
        let estimate = json!({
            "databaseBytes": database_bytes,
            "files": files,
            "fileBytes": file_bytes,
            "freeBytes": free_bytes,
            "expectedBytes": expected_bytes,
        });
        JsonBytes::of_json(estimate, &options.fields)
    }

    /// Tells how far the backup is that is being made or restored, and what came of the last ones.
    #[oai(
        path = "/api/backups/status",
        method = "get",
        operation_id = "backupStatus"
    )]
    async fn status(&self, request: &Request, options: AnswerOptions) -> Answer<BackupStatusShape> {
        let context = self.0.context(request);
        let status = self.0.engine.backups.status(&context)?;
        JsonBytes::of_json(told_of(status), &options.fields)
    }

    /// Sends a backup to whoever has a file token of a superuser.
    #[oai(
        path = "/api/backups/:key",
        method = "get",
        operation_id = "readBackup"
    )]
    async fn read(
        &self,
        request: &Request,
        key: Path<String>,
        options: FileOptions,
    ) -> Result<FileAnswer, Failure> {
        let app = &self.0;
        let now = app.clock.now();
        let principal = app.engine.auth.file_principal(now, &options.token);
        let client = app.client_address(request);
        let settings = &app.engine.settings;
        if !principal.is_superuser() || settings.superuser_may_come_from(client).is_err() {
            return Err(Failure::forbidden(
                "Insufficient permissions to access the resource.",
            ));
        }
        let backups = Arc::clone(&app.engine.backups);
        let asked = key.0.clone();
        let blob = app.blocking(move || backups.open_backup(&asked)).await?;
        Ok(FileAnswer(sent(request, &key, Arc::from(blob))))
    }

    /// Removes a backup.
    #[oai(
        path = "/api/backups/:key",
        method = "delete",
        operation_id = "deleteBackup"
    )]
    async fn delete(&self, request: &Request, key: Path<String>) -> Result<NoContent, Failure> {
        let context = self.0.superuser_context(request)?;
        let backups = Arc::clone(&self.0.engine.backups);
        let key = key.0;
        self.0
            .blocking(move || backups.delete(&context, &key))
            .await?;
        Ok(NoContent)
    }

    /// Puts the data of a backup in the place of the live data, after all of it was checked; the
    /// server starts again. With `dryRun` it only tells what would happen; with `backupFirst` it
    /// makes a backup of the live data before, and restores nothing where that fails.
    #[oai(
        path = "/api/backups/:key/restore",
        method = "post",
        operation_id = "restoreBackup"
    )]
    async fn restore(
        &self,
        request: &Request,
        key: Path<String>,
        options: RestoreOptions,
    ) -> Result<RestoreAnswer, Failure> {
        let context = self.0.superuser_context(request)?;
        let backups = Arc::clone(&self.0.engine.backups);
        let key = key.0;
        if options.dry_run {
            let judged = self.0.blocking(move || {
                let verdict = backups.judge(&context, &key)?;
                let manifest = verdict.manifest.as_ref();
                let differences = manifest.map(|manifest| backups.compare(&context, manifest));
                Ok((verdict, differences.transpose()?.unwrap_or_default()))
            });
            let (verdict, differences) = judged.await?;
            let told = JsonBytes::of_json(told(verdict, &differences), &options.fields)?;
            return Ok(RestoreAnswer::Told(told));
        }
        let app = Arc::clone(&self.0);
        let restored = self.0.blocking(move || {
            if options.backup_first {
                let stopping = || app.stopping.load(Ordering::Relaxed);
                backups.restore_after_backup(&context, &key, &stopping)
            } else {
                backups.restore(&context, &key)
            }
        });
        restored.await?;
        Ok(RestoreAnswer::Restored)
    }
}

/// Options of a restore.
pub(crate) struct RestoreOptions {
    /// Whether only to tell what would happen.
    dry_run: bool,
    /// Whether to make a backup before.
    backup_first: bool,
    fields: query::Wanted,
}

impl<'a> ApiExtractor<'a> for RestoreOptions {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];

    type ParamType = ();
    type ParamRawType = ();

    fn register(_registry: &mut Registry) {}

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Query)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        let property = |description: &'static str, kind: &'static str| {
            MetaSchemaRef::Inline(Box::new(MetaSchema {
                description: Some(description),
                ..MetaSchema::new(kind)
            }))
        };
        let dry_run = "Whether only to tell what would happen.";
        let first = "Whether to make a backup of the live data before.";
        Some(MetaSchemaRef::Inline(Box::new(MetaSchema {
            properties: vec![
                ("dryRun", property(dry_run, "boolean")),
                ("backupFirst", property(first, "boolean")),
                ("fields", property("The keys to show.", "string")),
            ],
            ..MetaSchema::new("object")
        })))
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<Self::ParamType>,
    ) -> poem::Result<Self> {
        let pairs = query::pairs(request);
        let truth = |name: &'static str| {
            let text = pairs.get(name).map_or("", String::as_str);
            query::truth(name, text)
        };
        Ok(Self {
            dry_run: truth("dryRun")?,
            backup_first: truth("backupFirst")?,
            fields: AnswerOptions::of(request)?.fields,
        })
    }
}

/// A backup in the order of the contract.
fn shown(backup: &BackupFile) -> Json {
    json!({
        "modified": backup.modified.to_string(),
        "key": backup.key,
        "size": backup.size,
    })
}

/// What goes on and what came of the last ones.
fn told_of(status: Status) -> Json {
    let work = |work: Work| match work {
        Work::Backup => "backup",
        Work::Restore => "restore",
    };
    let running = status.running.map(|running| {
        json!({
            "work": work(running.work),
            "key": running.key,
            "began": running.began.to_string(),
            "done": running.done,
            "expected": running.expected,
        })
    });
    let success = status.last_success.map(|success| {
        json!({
            "key": success.key,
            "began": Timestamp(success.began).to_string(),
            "milliseconds": success.milliseconds,
            "size": success.size,
        })
    });
    let failure = status.last_failure.map(|failure| {
        json!({
            "work": work(failure.work),
            "key": failure.key,
            "began": Timestamp(failure.began).to_string(),
            "problem": failure.problem,
        })
    });
    json!({ "running": running, "lastSuccess": success, "lastFailure": failure })
}

/// What a restore would bring; the list of entries is left out, since it may be very long.
pub(crate) fn told(verdict: Verdict, differences: &[Difference]) -> Json {
    let differences = differences.iter().map(|differing| {
        let Difference { name, now, then } = differing;
        json!({ "name": name, "now": now, "then": then })
    });
    let mut told = json!({
        "valid": verdict.problems.is_empty(),
        "problems": verdict.problems,
        "differences": differences.collect::<Vec<_>>(),
    });
    let manifest = verdict.manifest.map(serde_json::to_value);
    if let (Json::Object(told), Some(Ok(Json::Object(manifest)))) = (&mut told, manifest) {
        told.extend(manifest);
        told.shift_remove("entries");
    }
    told
}

/// Receives a backup for whom the engine lets.
pub(crate) async fn receive(
    app: &App,
    context: Context,
    file: SentFile,
) -> Result<Incoming, Failure> {
    let backups = Arc::clone(&app.engine.backups);
    let incoming = app.blocking(move || backups.receive(&context)).await?;
    file.pour(app, incoming, Incoming::write).await
}

/// All of a backup, or the range of it that is asked for.
fn sent(request: &Request, key: &str, blob: Arc<dyn Blob>) -> Response {
    let length = blob.length();
    let validators = Validators::new(key, blob.modified());
    let (offset, sent) = match validators.wanted(request.headers(), length) {
        Wanted::Unsatisfiable => return Failure::range_not_satisfiable().into_response(),
        Wanted::Unchanged | Wanted::Whole => (0, length),
        Wanted::Part { offset, length } => (offset, length),
    };
    let mut response = Response::default();
    response.set_body(Body::from_bytes_stream(parts(blob, offset, sent)));
    let headers = response.headers_mut();
    describe(headers, key, "application/zip", true);
    set(headers, header::CONTENT_TYPE, "application/zip");
    set(headers, header::CONTENT_LENGTH, &sent.to_string());
    set(headers, header::ACCEPT_RANGES, "bytes");
    set(headers, header::CACHE_CONTROL, "private, no-store");
    let modified = httpdate::fmt_http_date(validators.modified);
    set(headers, header::LAST_MODIFIED, &modified);
    if sent < length {
        let range = format!("bytes {offset}-{}/{length}", offset + sent - 1);
        set(headers, header::CONTENT_RANGE, &range);
        response.set_status(poem::http::StatusCode::PARTIAL_CONTENT);
    }
    response
}

/// What a restore answers.
pub(crate) enum RestoreAnswer {
    /// It is done once the server has started again.
    Restored,
    /// What it would bring.
    Told(JsonBytes<VerdictShape>),
}

impl IntoResponse for RestoreAnswer {
    fn into_response(self) -> Response {
        match self {
            Self::Restored => NoContent.into_response(),
            Self::Told(told) => told.into_response(),
        }
    }
}

impl ApiResponse for RestoreAnswer {
    fn meta() -> MetaResponses {
        let mut responses = NoContent::meta().responses;
        responses.extend(JsonBytes::<VerdictShape>::meta().responses);
        MetaResponses { responses }
    }

    fn register(registry: &mut Registry) {
        JsonBytes::<VerdictShape>::register(registry);
    }
}
