//! The response headers of the contract on every answer: security and CORS.
//!
//! Any origin may call the API, since a caller proves itself by a token in a header. Cookies ride
//! along only from origins that some collection names for that, each told by its own name.

use std::sync::Arc;

use poem::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};

use crate::http::app::App;
use crate::http::uploads;

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// What scripts of other pages may read of an answer beside what browsers always show.
const EXPOSED: &str = "ETag,Idempotent-Replayed,Retry-After,X-Request-Id";

/// Set on an answer that other pages may show in a frame.
#[derive(Clone, Copy)]
pub(crate) struct Framable;

/// Sets the headers and answers CORS preflights.
pub(crate) struct Headers(pub(crate) Arc<App>);

impl<E: Endpoint> Middleware<E> for Headers {
    type Output = HeadersEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        HeadersEndpoint {
            inner,
            app: Arc::clone(&self.0),
        }
    }
}

/// See [`Headers`].
pub(crate) struct HeadersEndpoint<E> {
    inner: E,
    app: Arc<App>,
}

impl<E: Endpoint> Endpoint for HeadersEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let allowed = allowed(&self.app, request.headers());
        if request.method() == Method::OPTIONS && !uploads::is_asked_about(&request) {
            return Ok(preflight(request.headers(), allowed));
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
        if let Some(allowed) = allowed {
            allowed.set(headers);
            set(headers, header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
        Ok(response)
    }
}

/// Whose pages may read an answer.
enum Allowed {
    /// Everybody's, where nothing rode along.
    All,
    /// Those of one origin, whose cookies may.
    One(HeaderValue),
}

impl Allowed {
    fn set(self, headers: &mut HeaderMap) {
        match self {
            Self::All => set(headers, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
            Self::One(origin) => {
                headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
                set(headers, header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
            }
        }
    }
}

fn allowed(app: &App, headers: &HeaderMap) -> Option<Allowed> {
    let origin = headers.get(header::ORIGIN)?;
    let text = origin.to_str().unwrap_or_default();
    Some(match app.engine.auth.shares_with_origin(text) {
        true => Allowed::One(origin.clone()),
        false => Allowed::All,
    })
}

fn preflight(asked: &HeaderMap, allowed: Option<Allowed>) -> Response {
    let mut response = Response::default();
    response.set_status(StatusCode::NO_CONTENT);
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    let Some(allowed) = allowed else {
        return response;
    };
    headers.append(
        header::VARY,
        HeaderValue::from_static("Access-Control-Request-Method"),
    );
    headers.append(
        header::VARY,
        HeaderValue::from_static("Access-Control-Request-Headers"),
    );
    allowed.set(headers);
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
