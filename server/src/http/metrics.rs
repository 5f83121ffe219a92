//! What was measured, in the text format of Prometheus.

use std::sync::Arc;
use std::time::Duration;

use metrics::Unit;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use poem::http::StatusCode;
use poem::{Endpoint, IntoResponse, Request, Response};
use poem_openapi::OpenApi;

use crate::http::answer::{Answer, JsonBytes, PlainText};
use crate::http::app::App;
use crate::http::error::Failure;
use crate::http::metrics_history;
use crate::http::query::HistoryOptions;
use crate::http::shapes::HistoryShape;

/// Upper bounds of the histograms of durations, in seconds.
const DURATION_BUCKETS: [f64; 14] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// Why nothing can be measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MetricsError {
    /// The bounds of the histograms are refused.
    #[error("metrics cannot be set up: {0}")]
    Build(#[from] BuildError),
    /// Something else in this process measures already.
    #[error("metrics are set up already")]
    Taken,
}

/// Starts measuring.
pub(crate) fn install() -> Result<PrometheusHandle, MetricsError> {
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &DURATION_BUCKETS)?
        .build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).map_err(|_| MetricsError::Taken)?;
    describe();
    Ok(handle)
}

fn describe() {
    metrics::describe_counter!("luge_http_requests_total", "Requests answered.");
    metrics::describe_counter!("luge_http_panics_total", "Handlers that panicked.");
    metrics::describe_counter!(
        "luge_http_limited_total",
        "Requests refused by a rate limit."
    );
    metrics::describe_counter!(
        "luge_graphql_refused_total",
        "Documents of GraphQL refused for what they would cost."
    );
    metrics::describe_counter!(
        "luge_request_log_lost_total",
        "Requests whose log was lost because more came than could be written."
    );
    metrics::describe_histogram!(
        "luge_http_request_duration_seconds",
        Unit::Seconds,
        "Time from the head of a request to the head of its answer."
    );
    metrics::describe_counter!(
        "luge_outbox_attempts_total",
        "Attempts to deliver something, by kind and by what became of the delivery."
    );
    metrics::describe_gauge!("luge_outbox_waiting", "Deliveries that are to be tried.");
    metrics::describe_gauge!("luge_outbox_dead", "Deliveries that were given up.");
    metrics::describe_counter!(
        "luge_webhook_missed_total",
        "Changes that a webhook was not told of."
    );
    metrics::describe_gauge!(
        "luge_search_lag_seconds",
        Unit::Seconds,
        "Age of the oldest change that searches do not see yet."
    );
    metrics::describe_gauge!(
        "luge_store_bytes",
        Unit::Bytes,
        "Size of the store on disk."
    );
    metrics::describe_gauge!(
        "process_resident_memory_bytes",
        Unit::Bytes,
        "Memory of the process that is in RAM."
    );
}

/// Condenses what histograms collected, for as long as the process runs.
pub(crate) async fn upkeep(handle: PrometheusHandle) {
    let mut ticks = tokio::time::interval(Duration::from_secs(5));
    loop {
        ticks.tick().await;
        handle.run_upkeep();
    }
}

/// The routes.
pub(crate) struct MetricsApi(pub(crate) Arc<App>);

#[OpenApi]
impl MetricsApi {
    /// What was measured, for superusers.
    #[oai(path = "/metrics", method = "get", operation_id = "readMetrics")]
    async fn read(&self, request: &Request) -> Result<PlainText, Failure> {
        self.0.superuser_context(request)?;
        Ok(PlainText::new(StatusCode::OK, rendered(&self.0)))
    }

    /// How the server fared: requests, latency, memory and so on by time, for up to 30 days.
    #[oai(
        path = "/api/metrics/history",
        method = "get",
        operation_id = "readMetricHistory"
    )]
    async fn history(&self, request: &Request, options: HistoryOptions) -> Answer<HistoryShape> {
        let context = self.0.superuser_context(request)?;
        let HistoryOptions { span, step, fields } = options;
        let span = span.until(context.now);
        let course = self
            .0
            .scan(move |engine| engine.metric_history.course(&context, span, step))
            .await?;
        JsonBytes::of_json(metrics_history::shown(&course), &fields)
    }
}

fn rendered(app: &App) -> String {
    if let Some(bytes) = resident_memory_bytes() {
        set("process_resident_memory_bytes", bytes);
    }
    match app.engine.committer.store().size_on_disk() {
        Ok(bytes) => set("luge_store_bytes", bytes),
        Err(error) => tracing::warn!(%error, "the size of the store is not known"),
    }
    app.metrics.render()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a size beyond 2^53 bytes may be rounded"
)]
fn set(gauge: &'static str, bytes: u64) {
    metrics::gauge!(gauge).set(bytes as f64);
}

/// From Linux; `None` elsewhere.
pub(super) fn resident_memory_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

/// The same without a sign-in, for an address of its own that only the scraper reaches.
pub(crate) struct OpenMetrics(pub(crate) Arc<App>);

impl Endpoint for OpenMetrics {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        if request.uri().path() != "/metrics" {
            return Ok(Failure::not_found().into_response());
        }
        Ok(PlainText::new(StatusCode::OK, rendered(&self.0)).into_response())
    }
}
