//! Leaves every answered request to the log of requests (contract §1.7).
//!
//! - It costs a request some copies of short texts and one value in a queue.
//! - What is asked all the time and says nothing is logged only where it failed: preflights, static
//!   files, the dashboard, event streams and the log itself.
//! - Never a body, a cookie or the token of the request.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use luge_engine::context::Account;
use luge_engine::request_log::{Addresses, Answered, Failed};
use luge_model::principal::Principal;
use poem::http::{HeaderMap, HeaderValue, Method, header};
use poem::{Endpoint, IntoResponse, Middleware, PathPattern, Request, Response, Result};

use crate::http::app::App;
use crate::http::dashboard::CLIENT;
use crate::http::middleware::request_id;

/// Logs requests.
pub(crate) struct RequestLogs {
    app: Arc<App>,
    /// By the router's pattern, the template to show.
    templates: Arc<HashMap<String, Arc<str>>>,
}

impl RequestLogs {
    /// Logs requests of routes, given as the router's pattern and the template to show.
    pub(crate) fn new(app: &Arc<App>, routes: &[(String, String)]) -> Self {
        let routes = routes.iter();
        let templates =
            routes.map(|(pattern, template)| (pattern.clone(), template.as_str().into()));
        Self {
            app: Arc::clone(app),
            templates: Arc::new(templates.collect()),
        }
    }
}

/// Where what handles a request leaves who asked, once that is known.
#[derive(Clone, Default)]
pub(crate) struct Asker(Arc<OnceLock<Principal>>);

impl Asker {
    /// Who asked, if that is known.
    pub(crate) fn known(&self) -> Option<&Principal> {
        self.0.get()
    }

    /// Remembers who asked.
    pub(crate) fn learn(&self, principal: &Principal) {
        // Who found out first is right.
        let _ = self.0.set(principal.clone());
    }
}

impl<E: Endpoint> Middleware<E> for RequestLogs {
    type Output = RequestLogsEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        RequestLogsEndpoint {
            inner,
            app: Arc::clone(&self.app),
            templates: Arc::clone(&self.templates),
        }
    }
}

/// See [`RequestLogs`].
pub(crate) struct RequestLogsEndpoint<E> {
    inner: E,
    app: Arc<App>,
    templates: Arc<HashMap<String, Arc<str>>>,
}

impl<E: Endpoint> Endpoint for RequestLogsEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let keeps_any = self.app.engine.settings.current().logs.max_days > 0;
        if !keeps_any || *request.method() == Method::OPTIONS {
            return Ok(self.inner.call(request).await?.into_response());
        }
        let asked = Asked::of(&self.app, &mut request);
        let response = self.inner.call(request).await?.into_response();
        let pattern = response.data::<PathPattern>();
        let route = pattern.and_then(|pattern| self.templates.get(&*pattern.0));
        if let Some(answered) = asked.answered(&self.app, route.cloned(), &response) {
            self.app.engine.request_log.add(answered);
        }
        Ok(response)
    }
}

/// What is noted of a request before it is handled.
struct Asked {
    started: Instant,
    method: Method,
    uri: poem::http::Uri,
    addresses: Addresses,
    referer: Option<HeaderValue>,
    user_agent: Option<HeaderValue>,
    request_id: HeaderValue,
    /// Where there is none, nobody is signed in.
    token: Option<String>,
    asker: Asker,
    account: Account,
}

impl Asked {
    fn of(app: &App, request: &mut Request) -> Self {
        let remote = request
            .remote_addr()
            .as_socket_addr()
            .map(std::net::SocketAddr::ip);
        let token = app.token(request).map(str::to_owned);
        let asker = Asker::default();
        if token.is_some() {
            request.set_data(asker.clone());
        }
        let account = Account::kept(&app.clock);
        request.set_data(account.clone());
        Self {
            started: Instant::now(),
            method: request.method().clone(),
            uri: request.uri().clone(),
            addresses: Addresses {
                user: app.client_address(request),
                remote,
            },
            referer: request.headers().get(header::REFERER).cloned(),
            user_agent: request.headers().get(header::USER_AGENT).cloned(),
            request_id: request_id(request),
            token,
            asker,
            account,
        }
    }

    /// What is logged; none of what is asked all the time.
    fn answered(self, app: &App, route: Option<Arc<str>>, response: &Response) -> Option<Answered> {
        let status = response.status().as_u16();
        if status < 400 && is_quiet(route.as_deref(), response.headers()) {
            return None;
        }
        let now = app.clock.now();
        let principal = match (self.asker.known(), &self.token) {
            (Some(known), _) => known.clone(),
            // Nothing that handled the request asked who it was.
            (None, Some(token)) => app.engine.auth.principal(now, token),
            (None, None) => Principal::Guest,
        };
        let url = self.uri.path_and_query().map_or("/", |url| url.as_str());
        Some(Answered {
            at: now,
            method: self.method.as_str().to_owned(),
            url: url.to_owned(),
            route,
            status,
            nanoseconds: u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX),
            addresses: Some(self.addresses),
            referer: text(self.referer.as_ref()),
            user_agent: text(self.user_agent.as_ref()),
            request_id: text(Some(&self.request_id)),
            principal,
            failed: response.data::<Failed>().cloned(),
            account: self.account,
            shows_id: false,
        })
    }
}

/// Whether a success says nothing.
fn is_quiet(route: Option<&str>, headers: &HeaderMap) -> bool {
    let streams = || {
        let kind = headers.get(header::CONTENT_TYPE);
        kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
    };
    match route {
        Some("/{path}" | "/" | CLIENT) => true,
        Some(route) => route.starts_with("/_") || route.starts_with("/api/logs") || streams(),
        None => false,
    }
}

fn text(value: Option<&HeaderValue>) -> String {
    let bytes = value.map(HeaderValue::as_bytes).unwrap_or_default();
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_all_the_time_is_quiet() {
        let plain = HeaderMap::new();
        for (route, quiet) in [
            (Some("/{path}"), true),
            (Some("/"), true),
            (Some("/_/{path}"), true),
            (Some("/_"), true),
            (Some(CLIENT), true),
            (Some("/api/logs"), true),
            (Some("/api/logs/{id}"), true),
            (Some("/api/health"), false),
            (Some("/api/realtime"), false),
            (None, false),
        ] {
            assert_eq!(is_quiet(route, &plain), quiet, "{route:?}");
        }
        let mut events = HeaderMap::new();
        let kind = HeaderValue::from_static("text/event-stream");
        events.insert(header::CONTENT_TYPE, kind);
        assert!(is_quiet(Some("/api/realtime"), &events));
    }
}
