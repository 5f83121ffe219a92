//! Counts requests by route template, method and status, and measures how long they take.
//!
//! The labels are known routes, methods and statuses only, so that no client can make new series.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use luge_engine::engine::Engine;
use metrics::{Counter, Histogram};
use parking_lot::RwLock;
use poem::http::Method;

use poem::{Endpoint, IntoResponse, Middleware, PathPattern, Request, Response, Result};

/// The meters of every route.
pub(crate) struct Meters {
    /// Where the history of the server is counted too.
    engine: Arc<Engine>,
    routes: HashMap<String, RouteMeters>,
    other: RouteMeters,
}

struct RouteMeters {
    template: String,
    /// Whether it is a sign-in.
    signs_in: bool,
    answers: RwLock<Vec<AnswerMeters>>,
}

#[derive(Clone)]
struct AnswerMeters {
    method: &'static str,
    status: u16,
    count: Counter,
    seconds: Histogram,
}

impl Meters {
    /// Meters for routes, given as the router's pattern and the template to show.
    pub(crate) fn new(
        engine: &Arc<Engine>,
        routes: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let routes = routes
            .into_iter()
            .map(|(pattern, template)| (pattern, RouteMeters::new(template)))
            .collect();
        Self {
            engine: Arc::clone(engine),
            routes,
            other: RouteMeters::new("other".to_owned()),
        }
    }

    fn record(&self, method: &Method, started: Instant, response: &Response) {
        let route = response
            .data::<PathPattern>()
            .and_then(|pattern| self.routes.get(&*pattern.0))
            .unwrap_or(&self.other);
        let status = response.status().as_u16();
        let taken = started.elapsed();
        let answer = route.answer(shown_method(method), status);
        answer.count.increment(1);
        answer.seconds.record(taken);
        let nanoseconds = u64::try_from(taken.as_nanos()).unwrap_or(u64::MAX);
        let traffic = self.engine.metric_history.traffic();
        traffic.count(status, nanoseconds, route.signs_in);
    }
}

impl RouteMeters {
    fn new(template: String) -> Self {
        Self {
            signs_in: template.contains("/auth-with-"),
            template,
            answers: RwLock::new(Vec::new()),
        }
    }

    fn answer(&self, method: &'static str, status: u16) -> AnswerMeters {
        let known = |answers: &[AnswerMeters]| {
            answers
                .iter()
                .find(|answer| answer.status == status && answer.method == method)
                .cloned()
        };
        if let Some(answer) = known(&self.answers.read()) {
            return answer;
        }
        let mut answers = self.answers.write();
        if let Some(answer) = known(&answers) {
            return answer;
        }
        let answer = self.registered(method, status);
        answers.push(answer.clone());
        answer
    }

    fn registered(&self, method: &'static str, status: u16) -> AnswerMeters {
        AnswerMeters {
            method,
            status,
            count: metrics::counter!(
                "luge_http_requests_total",
                "method" => method,
                "route" => self.template.clone(),
                "status" => status.to_string()
            ),
            seconds: metrics::histogram!(
                "luge_http_request_duration_seconds",
                "method" => method,
                "route" => self.template.clone()
            ),
        }
    }
}

fn shown_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Records every request in the [`Meters`].
pub(crate) struct Metrics(pub(crate) Arc<Meters>);

impl<E: Endpoint> Middleware<E> for Metrics {
    type Output = MetricsEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        MetricsEndpoint {
            inner,
            meters: Arc::clone(&self.0),
        }
    }
}

/// See [`Metrics`].
pub(crate) struct MetricsEndpoint<E> {
    inner: E,
    meters: Arc<Meters>,
}

impl<E: Endpoint> Endpoint for MetricsEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let started = Instant::now();
        let method = request.method().clone();
        let response = self.inner.call(request).await?.into_response();
        self.meters.record(&method, started, &response);
        Ok(response)
    }
}
