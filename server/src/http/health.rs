//! Whether the server is well: for clients, and for what supervises the process.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use poem::Request;
use poem::http::StatusCode;
use poem_openapi::OpenApi;
use serde_json::json;

use crate::http::answer::{Answer, JsonBytes, PlainText};
use crate::http::app::App;
use crate::http::query::AnswerOptions;
use crate::http::shapes::HealthShape;

/// The routes.
pub(crate) struct HealthApi(pub(crate) Arc<App>);

#[OpenApi]
impl HealthApi {
    /// Says that the server is well; to superusers a little more.
    #[oai(path = "/api/health", method = "get", operation_id = "checkHealth")]
    async fn check(&self, request: &Request, options: AnswerOptions) -> Answer<HealthShape> {
        let data = if self.0.context(request).principal.is_superuser() {
            json!({
                "canBackup": self.0.engine.backups.is_idle(),
                "realIP": self.0.client_address(request).map(|address| address.to_string()),
                "possibleProxyHeader": proxy_header(request),
            })
        } else {
            json!({})
        };
        let answer = json!({ "message": "API is healthy.", "code": 200, "data": data });
        JsonBytes::of_json(answer, &options.fields)
    }

    /// Whether the process is alive.
    #[oai(path = "/livez", method = "get", operation_id = "checkAlive")]
    async fn alive(&self) -> PlainText {
        PlainText::new(StatusCode::OK, "ok\n")
    }

    /// Whether requests should be sent here.
    #[oai(path = "/readyz", method = "get", operation_id = "checkReady")]
    async fn ready(&self) -> PlainText {
        if self.0.stopping.load(Ordering::Relaxed) {
            return PlainText::new(StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
        }
        PlainText::new(StatusCode::OK, "ok\n")
    }
}

/// The name of a header by which a proxy may have told the client's address, trusted or not.
fn proxy_header(request: &Request) -> &'static str {
    [
        "CF-Connecting-IP",
        "Fly-Client-IP",
        "X-Real-IP",
        "X-Forwarded-For",
    ]
    .into_iter()
    .find(|name| request.headers().contains_key(*name))
    .unwrap_or_default()
}
