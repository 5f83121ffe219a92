//! The log of requests (contract §1.7). Superusers only, which the engine itself checks.

use std::sync::Arc;

use luge_engine::context::Context;
use luge_engine::request_log::{Entry, LogRequest};
use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use serde_json::{Map, Value as Json, json};

use crate::http::answer::{Answer, JsonBytes, NoContent};
use crate::http::app::App;
use crate::http::error::Failure;
use crate::http::page::Envelope;
use crate::http::query::{AnswerOptions, FilterOptions, ListOptions};
use crate::http::shapes::{LogHoursShape, LogShape, LogsShape};
use crate::http::tail::TailStream;

/// The routes.
pub(crate) struct LogsApi(pub(crate) Arc<App>);

#[OpenApi]
impl LogsApi {
    /// Lists what was asked and how it was answered, oldest first.
    #[oai(path = "/api/logs", method = "get", operation_id = "listLogs")]
    async fn list(&self, request: &Request, options: ListOptions) -> Answer<LogsShape> {
        let context = self.0.superuser_context(request)?;
        let fields = options.fields.clone();
        let bytes = self
            .0
            .scan(move |engine| {
                let page = engine.request_log.list(&context, &asked(options))?;
                let envelope = Envelope {
                    page: page.page as u64,
                    per_page: page.per_page,
                    total: page.total,
                    more: lost(engine.request_log.lost()),
                };
                let mut bytes = Vec::new();
                envelope.write(&page.items, &mut bytes, Entry::write_json);
                Ok(bytes)
            })
            .await?;
        JsonBytes::of_page(bytes, &fields)
    }

    /// Removes all of them.
    #[oai(path = "/api/logs", method = "delete", operation_id = "deleteLogs")]
    async fn clear(&self, request: &Request) -> Result<NoContent, Failure> {
        let context = self.0.superuser_context(request)?;
        self.0
            .scan(move |engine| engine.request_log.clear(&context))
            .await?;
        Ok(NoContent)
    }

    /// How many there are in each hour.
    #[oai(
        path = "/api/logs/stats",
        method = "get",
        operation_id = "readLogStats"
    )]
    async fn stats(&self, request: &Request, options: FilterOptions) -> Answer<LogHoursShape> {
        let context = self.0.superuser_context(request)?;
        let filter = options.filter;
        let hours = self
            .0
            .scan(move |engine| engine.request_log.hours(&context, &filter))
            .await?;
        let hours = hours.into_iter();
        let hours = hours.map(|hour| json!({"date": hour.begin.to_string(), "total": hour.total}));
        JsonBytes::of_json(Json::Array(hours.collect()), &options.fields)
    }

    /// Tells them as they are written, as events.
    #[oai(path = "/api/logs/tail", method = "get", operation_id = "tailLogs")]
    async fn tail(&self, request: &Request, options: FilterOptions) -> Result<TailStream, Failure> {
        let context = self.0.superuser_context(request)?;
        TailStream::begin(&self.0, request, context, &options.filter)
    }

    /// Shows one.
    #[oai(path = "/api/logs/:id", method = "get", operation_id = "viewLog")]
    async fn view(
        &self,
        request: &Request,
        id: Path<String>,
        options: AnswerOptions,
    ) -> Answer<LogShape> {
        let context = self.0.superuser_context(request)?;
        let bytes = self
            .0
            .scan(move |engine| one(engine, &context, &id))
            .await?;
        JsonBytes::of_object(bytes, &options.fields)
    }
}

fn one(
    engine: &luge_engine::engine::Engine,
    context: &Context,
    id: &str,
) -> luge_engine::error::Result<Vec<u8>> {
    let entry = engine.request_log.view(context, id)?;
    let mut bytes = Vec::new();
    entry.write_json(&mut bytes);
    Ok(bytes)
}

fn asked(options: ListOptions) -> LogRequest {
    LogRequest {
        page: usize::try_from(options.page).unwrap_or(usize::MAX),
        per_page: options.per_page,
        sort: options.sort,
        filter: options.filter,
        skip_total: options.skip_total,
    }
}

/// Said only where there is something to say.
fn lost(count: u64) -> Map<String, Json> {
    let mut more = Map::new();
    if count > 0 {
        more.insert("lost".to_owned(), count.into());
    }
    more
}
