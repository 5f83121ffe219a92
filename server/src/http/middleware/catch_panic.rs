//! Answers 500 when a handler panics; the process and the connection live on.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};

use crate::http::error::Failure;
use crate::http::middleware::request_id;

/// Catches panics.
pub(crate) struct CatchPanic;

impl<E: Endpoint> Middleware<E> for CatchPanic {
    type Output = CatchPanicEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        CatchPanicEndpoint { inner }
    }
}

/// See [`CatchPanic`].
pub(crate) struct CatchPanicEndpoint<E> {
    inner: E,
}

impl<E: Endpoint> Endpoint for CatchPanicEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let id = request_id(&request);
        match AssertUnwindSafe(self.inner.call(request))
            .catch_unwind()
            .await
        {
            Ok(result) => Ok(result?.into_response()),
            Err(panic) => {
                let reason = panic
                    .downcast_ref::<&str>()
                    .map(|text| (*text).to_owned())
                    .or_else(|| panic.downcast_ref::<String>().cloned())
                    .unwrap_or_default();
                metrics::counter!("luge_http_panics_total").increment(1);
                tracing::error!(
                    http.request.id = ?id,
                    error.message = reason,
                    "a handler panicked"
                );
                Ok(Failure::internal().into_response())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use poem::EndpointExt;
    use poem::endpoint::make;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_answered_and_the_next_request_too() {
        let endpoint = make(|request: Request| async move {
            assert!(request.uri().path() != "/panic", "on purpose");
        })
        .with(CatchPanic);
        let call =
            |path: &'static str| endpoint.get_response(Request::builder().uri_str(path).finish());
        let mut response = call("/panic").await;
        assert_eq!(response.status().as_u16(), 500);
        let body = response.take_body().into_string().await.unwrap();
        assert!(!body.contains("on purpose"), "{body}");
        assert_eq!(call("/fine").await.status().as_u16(), 200);
    }
}
