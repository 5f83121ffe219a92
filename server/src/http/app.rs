//! What the handlers share, and how a request becomes a call of the engine.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use luge_engine::clock::Clock;
use luge_engine::context::Context;
use luge_engine::engine::Engine;
use luge_engine::error::{Error, Result};
use luge_engine::random::Random;
use luge_model::limits;
use luge_model::principal::{Principal, RequestContext, RequestFacts};
use metrics_exporter_prometheus::PrometheusHandle;
use poem::Request;
use serde_json::Map;
use tokio::sync::Semaphore;

use crate::http::error::Failure;
use crate::http::{principal, query};

/// What the handlers share.
pub(crate) struct App {
    /// Does everything.
    pub(crate) engine: Arc<Engine>,
    /// Tells the time of every request.
    pub(crate) clock: Arc<dyn Clock>,
    /// For request ids.
    pub(crate) random: Arc<dyn Random>,
    /// Where static files are served from; need not exist.
    pub(crate) public_folder: PathBuf,
    /// Everything that was measured.
    pub(crate) metrics: PrometheusHandle,
    /// One for each scan that may run now.
    pub(crate) scans: Semaphore,
    /// Set when no more requests should be sent here.
    pub(crate) stopping: AtomicBool,
}

/// How many scans may run at one time on this machine.
pub(crate) fn scans() -> Semaphore {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    Semaphore::new(processors * limits::SCANS_PER_PROCESSOR)
}

impl App {
    /// Who asks, when, and what rules may see of the request.
    pub(crate) fn context(&self, request: &Request) -> Context {
        let now = self.clock.now();
        let principal = match principal::token(request) {
            Some(token) => self.engine.auth.principal(now, token),
            None => Principal::Guest,
        };
        Context {
            now,
            principal,
            request: facts(request),
        }
    }

    /// The same when it is a superuser who asks, so that nobody else's body is even parsed.
    pub(crate) fn superuser_context(&self, request: &Request) -> Result<Context> {
        let context = self.context(request);
        if context.principal.is_superuser() {
            Ok(context)
        } else if context.principal.identity().is_none() {
            Err(Error::SignInNeeded)
        } else {
            let reason = "The authorized record is not allowed to perform this action.";
            Err(Error::Forbidden(reason.to_owned()))
        }
    }

    /// Runs a call that may read much on a thread that may block; more wait than run.
    pub(crate) async fn scan<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Engine) -> Result<T> + Send + 'static,
    ) -> std::result::Result<T, Failure> {
        let engine = Arc::clone(&self.engine);
        let _permit = self.scans.acquire().await.map_err(|_| Error::Closed)?;
        match tokio::task::spawn_blocking(move || call(&engine)).await {
            Ok(result) => Ok(result?),
            Err(failed) => match failed.try_into_panic() {
                // Goes on to where panics of requests are caught and counted.
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Err(Error::Closed.into()),
            },
        }
    }
}

fn facts(request: &Request) -> RequestFacts {
    RequestFacts {
        context: RequestContext::Default,
        method: request.method().as_str().to_owned(),
        query: query::pairs(request),
        headers: headers(request),
        body: Map::new(),
    }
}

/// As `@request.headers.*` names them.
fn headers(request: &Request) -> BTreeMap<String, String> {
    let mut headers = BTreeMap::new();
    for (name, value) in request.headers() {
        if let Ok(value) = value.to_str() {
            let name = name.as_str().replace('-', "_");
            headers.entry(name).or_insert_with(|| value.to_owned());
        }
    }
    headers
}
