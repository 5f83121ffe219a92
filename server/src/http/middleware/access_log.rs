//! One log event per request, in the field names of the Elastic Common Schema.
//!
//! Never a token, a body or the query text, which may hold either.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use poem::http::{HeaderValue, header};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};

use crate::http::app::App;
use crate::http::middleware::request_id;

/// The target of the events, for log filters.
pub(crate) const TARGET: &str = "luge::access";

/// Logs every request when it is answered.
pub(crate) struct AccessLog(pub(crate) Arc<App>);

impl<E: Endpoint> Middleware<E> for AccessLog {
    type Output = AccessLogEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        AccessLogEndpoint {
            inner,
            app: Arc::clone(&self.0),
        }
    }
}

/// See [`AccessLog`].
pub(crate) struct AccessLogEndpoint<E> {
    inner: E,
    app: Arc<App>,
}

impl<E: Endpoint> Endpoint for AccessLogEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        if !tracing::event_enabled!(target: TARGET, tracing::Level::WARN) {
            return Ok(self.inner.call(request).await?.into_response());
        }
        let line = Line::of(&self.app, &request);
        let response = self.inner.call(request).await?.into_response();
        line.write(&response);
        Ok(response)
    }
}

struct Line {
    started: Instant,
    id: HeaderValue,
    method: poem::http::Method,
    uri: poem::http::Uri,
    client: Option<IpAddr>,
}

impl Line {
    fn of(app: &App, request: &Request) -> Self {
        Self {
            started: Instant::now(),
            id: request_id(request),
            method: request.method().clone(),
            uri: request.uri().clone(),
            client: app.client_address(request),
        }
    }

    fn write(&self, response: &Response) {
        let duration = u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let status = response.status().as_u16();
        let bytes = response
            .headers()
            .get(header::CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.parse::<u64>().ok());
        macro_rules! event {
            ($level:expr) => {
                tracing::event!(
                    target: TARGET,
                    $level,
                    http.request.id = self.id.to_str().unwrap_or_default(),
                    http.request.method = self.method.as_str(),
                    url.path = self.uri.path(),
                    http.response.status_code = status,
                    http.response.body.bytes = bytes,
                    event.duration = duration,
                    client.ip = self.client.as_ref().map(tracing::field::display),
                    "request"
                )
            };
        }
        if status >= 500 {
            event!(tracing::Level::WARN);
        } else {
            event!(tracing::Level::INFO);
        }
    }
}
