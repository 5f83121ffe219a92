//! The response headers of the contract on every answer: security and CORS.
//!
//! Any origin may call the API, since a caller proves itself by a token in a header and never by a
//! cookie; so credentials are never allowed to ride along.

use poem::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// What scripts of other pages may read of an answer beside what browsers always show.
const EXPOSED: &str = "ETag,Idempotent-Replayed,Retry-After,X-Request-Id";

/// Set on an answer that other pages may show in a frame.
#[derive(Clone, Copy)]
pub(crate) struct Framable;

/// Sets the headers and answers CORS preflights.
pub(crate) struct Headers;

impl<E: Endpoint> Middleware<E> for Headers {
    type Output = HeadersEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        HeadersEndpoint { inner }
    }
}

/// See [`Headers`].
pub(crate) struct HeadersEndpoint<E> {
    inner: E,
}

impl<E: Endpoint> Endpoint for HeadersEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let from_other_page = request.headers().contains_key(header::ORIGIN);
        if request.method() == Method::OPTIONS {
            return Ok(preflight(request.headers()));
        }
        let mut response = self.inner.call(request).await?.into_response();
        let framable = response.data::<Framable>().is_some();
        let headers = response.headers_mut();
        set(headers, header::X_XSS_PROTECTION, "1; mode=block");
        set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        if !framable {
            set(headers, header::X_FRAME_OPTIONS, "SAMEORIGIN");
        }
        set(headers, OPENER_POLICY, "same-origin");
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
        if from_other_page {
            set(headers, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
            set(headers, header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
        Ok(response)
    }
}

fn preflight(asked: &HeaderMap) -> Response {
    let mut response = Response::default();
    response.set_status(StatusCode::NO_CONTENT);
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if !asked.contains_key(header::ORIGIN) {
        return response;
    }
    headers.append(
        header::VARY,
        HeaderValue::from_static("Access-Control-Request-Method"),
    );
    headers.append(
        header::VARY,
        HeaderValue::from_static("Access-Control-Request-Headers"),
    );
    set(headers, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    set(
        headers,
        header::ACCESS_CONTROL_ALLOW_METHODS,
        "GET,HEAD,PUT,PATCH,POST,DELETE",
    );
    if let Some(names) = asked.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    response
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}
