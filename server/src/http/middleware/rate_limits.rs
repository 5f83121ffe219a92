//! Refuses a client that asks too often (contract §5.3), before the body is read.
//!
//! Superusers and `excludedIPs` are not counted. While limits are off a request is only passed on.

use std::sync::Arc;

use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};

use crate::http::app::App;
use crate::http::error::Failure;
use crate::http::rate_limits;

/// Refuses what is too much.
pub(crate) struct RateLimits(pub(crate) Arc<App>);

impl<E: Endpoint> Middleware<E> for RateLimits {
    type Output = RateLimitsEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        RateLimitsEndpoint {
            inner,
            app: Arc::clone(&self.0),
        }
    }
}

/// See [`RateLimits`].
pub(crate) struct RateLimitsEndpoint<E> {
    inner: E,
    app: Arc<App>,
}

impl<E: Endpoint> Endpoint for RateLimitsEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        if self.app.engine.settings.current().rate_limits.enabled {
            let principal = self.app.principal(&request);
            request.set_data(principal.clone());
            if let Err(seconds) = rate_limits::admit(&self.app, &request, &principal) {
                metrics::counter!("luge_http_limited_total").increment(1);
                return Ok(refused(seconds));
            }
        }
        Ok(self.inner.call(request).await?.into_response())
    }
}

fn refused(seconds: u64) -> Response {
    Failure::wait(seconds, "Too Many Requests.").into_response()
}
