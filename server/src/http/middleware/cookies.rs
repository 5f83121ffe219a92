//! Signs browsers in and out by a cookie, and refuses what pages of elsewhere would do by it.
//!
//! It stands inside of everything else, so that it sees answers as handlers made them: whichever
//! way of signing in gave a token, it goes into the cookie and not into the page.

use std::sync::Arc;

use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::{Body, Endpoint, IntoResponse, Middleware, Request, Response, Result};
use serde_json::Value as Json;

use crate::http::app::App;
use crate::http::error::Failure;
use crate::http::{cookies, query};

/// Handles cookies.
pub(crate) struct Cookies(pub(crate) Arc<App>);

impl<E: Endpoint> Middleware<E> for Cookies {
    type Output = CookiesEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        CookiesEndpoint {
            inner,
            app: Arc::clone(&self.0),
        }
    }
}

/// See [`Cookies`].
pub(crate) struct CookiesEndpoint<E> {
    inner: E,
    app: Arc<App>,
}

/// What is to be done with the answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Plan {
    Nothing,
    /// The token goes into the cookie; one that does not hold is forgotten.
    Keep,
    /// The cookie is forgotten.
    Forget,
}

impl<E: Endpoint> Endpoint for CookiesEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let (plan, by_cookie) = self.judge(&request)?;
        let mut response = self.inner.call(request).await?.into_response();
        if by_cookie {
            let headers = response.headers_mut();
            headers.append(header::VARY, HeaderValue::from_static("Cookie"));
        }
        match plan {
            Plan::Keep if response.status() == StatusCode::OK => self.keep(response).await,
            Plan::Forget if response.status().is_success() => {
                put(&mut response, cookies::clear());
                Ok(response)
            }
            _ => Ok(response),
        }
    }
}

impl<E> CookiesEndpoint<E> {
    /// What is to be done with the answer, and whether the request is signed by a cookie.
    fn judge(&self, request: &Request) -> Result<(Plan, bool), Failure> {
        let cookie = cookies::of(&self.app, request);
        let by_cookie = cookie.is_some();
        if let Some(cookie) = cookie {
            self.refuse_foreign(request, &cookie.known.options)?;
        }
        let Some((collection, action)) = sign_in_route(request) else {
            return Ok((Plan::Nothing, by_cookie));
        };
        let pairs = query::pairs(request);
        let asked = pairs.get("cookie").map_or("", String::as_str);
        let asks = query::truth("cookie", asked)?;
        let plan = match action {
            "auth-logout" if by_cookie => Plan::Forget,
            "auth-refresh" if by_cookie => Plan::Keep,
            _ if asks => Plan::Keep,
            _ => Plan::Nothing,
        };
        if plan == Plan::Keep {
            let Some(options) = self.app.engine.auth.cookies_of(collection) else {
                return Err(Failure::bad_request(
                    "The collection has no sign-in by cookie: its option cookie.enabled is off.",
                ));
            };
            self.refuse_foreign(request, &options)?;
            if pairs.contains_key("fields") {
                let reason = "A sign-in by cookie answers the whole record: leave fields out.";
                return Err(Failure::bad_request(reason));
            }
        }
        Ok((plan, by_cookie))
    }

    fn refuse_foreign(
        &self,
        request: &Request,
        options: &luge_model::collection::CookieOptions,
    ) -> Result<(), Failure> {
        let trusted = || cookies::comes_from_trusted(&self.app, options, request);
        if !cookies::is_unsafe(request) || trusted() {
            return Ok(());
        }
        Err(Failure::forbidden(
            "A request that is signed by a cookie must come from a page of this server, of the \
             application's address or of an origin in the collection's cookie.origins.",
        ))
    }

    /// Moves the token of an answer into the cookie.
    async fn keep(&self, mut response: Response) -> Result<Response> {
        let bytes = response.take_body().into_bytes().await?;
        let mut answer: Json = serde_json::from_slice(&bytes).unwrap_or_default();
        let token = match answer.as_object_mut() {
            Some(answer) if answer.contains_key("record") => answer.shift_remove("token"),
            _ => None,
        };
        let token = token.as_ref().and_then(Json::as_str).unwrap_or_default();
        let Some(known) = self.app.engine.auth.cookie_token(token) else {
            // It gave no token, such as where a second factor is to follow.
            response.set_body(Body::from_bytes(bytes));
            return Ok(response);
        };
        put(
            &mut response,
            cookies::set(token, &known, self.app.clock.now()),
        );
        let body = answer.to_string();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response.set_body(body);
        Ok(response)
    }
}

/// Collection and last part of the path of a request that signs in or out.
fn sign_in_route(request: &Request) -> Option<(&str, &str)> {
    let path = request.uri().path().strip_prefix("/api/collections/")?;
    let (collection, action) = path.split_once('/')?;
    let signs = action.starts_with("auth-") && !action.contains('/');
    (signs && request.method() == Method::POST).then_some((collection, action))
}

fn put(response: &mut Response, cookie: String) {
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}
