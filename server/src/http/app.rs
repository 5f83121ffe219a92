//! What the handlers share, and how a request becomes a call of the engine.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arc_swap::ArcSwap;
use luge_engine::clock::Clock;
use luge_engine::context::{Account, Context, Part};
use luge_engine::engine::Engine;
use luge_engine::error::{Error, Result};
use luge_engine::jobs::Bell;
use luge_engine::random::Random;
use luge_engine::realtime::Caller;
use luge_model::collection::Collection;
use luge_model::limits;
use luge_model::principal::{Principal, RequestContext, RequestFacts};
use metrics_exporter_prometheus::PrometheusHandle;
use poem::Request;
use poem::http::header;
use serde_json::{Map, Value as Json};
use tokio::sync::Semaphore;

use crate::http::error::Failure;
use crate::http::graphql::Schemas;
use crate::http::middleware::Asker;
use crate::http::rate_limits::Windows;
use crate::http::{client_address, cookies, principal, query};

/// What the handlers share.
pub(crate) struct App {
    /// Does everything.
    pub(crate) engine: Arc<Engine>,
    /// Tells the time of every request.
    pub(crate) clock: Arc<dyn Clock>,
    /// Has crons run.
    pub(crate) crons: Bell,
    /// For request ids.
    pub(crate) random: Arc<dyn Random>,
    /// Where static files are served from; need not exist.
    pub(crate) public_folder: PathBuf,
    /// Everything that was measured.
    pub(crate) metrics: PrometheusHandle,
    /// One for each scan that may run now.
    pub(crate) scans: Semaphore,
    /// See [`RulesSeeHeaders`].
    pub(crate) rules_see_headers: ArcSwap<RulesSeeHeaders>,
    /// The schemas of GraphQL.
    pub(crate) graphql: Schemas,
    /// What clients asked lately, where that is limited.
    pub(crate) windows: Windows,
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
        let principal = self.principal(request);
        let headers = if self.headers_matter(&principal) {
            headers(request)
        } else {
            BTreeMap::new()
        };
        let facts = RequestFacts {
            context: RequestContext::Default,
            method: request.method().as_str().to_owned(),
            query: query::pairs(request),
            headers,
            body: Map::new(),
        };
        Context {
            now,
            principal,
            request: facts,
            client: self.client_address(request),
            device: None,
            account: request.data::<Account>().cloned().unwrap_or_default(),
        }
    }

    /// The same for a sign-in, which is remembered with what the client says it is. Whoever signs
    /// in proves who it is anew; an API key is nobody there.
    pub(crate) fn sign_in_context(&self, request: &Request) -> Context {
        let device = request.header(header::USER_AGENT).map(Into::into);
        let mut context = self.context(request);
        if context.principal.key().is_some() {
            context.principal = Principal::Guest;
        }
        Context { device, ..context }
    }

    /// Who asks, for a connection that goes on after this request.
    pub(crate) fn caller(&self, request: &Request) -> Caller {
        let token = self.token(request);
        token.map_or_else(Caller::default, |token| {
            self.engine.auth.caller(self.clock.now(), token)
        })
    }

    /// The token that a request is signed with: of its header, else of its cookie.
    pub(crate) fn token<'r>(&self, request: &'r Request) -> Option<&'r str> {
        principal::token(request).or_else(|| cookies::token(self, request))
    }

    /// Who asks. What surrounds the request may have found out already.
    pub(crate) fn principal(&self, request: &Request) -> Principal {
        let asker = request.data::<Asker>();
        let known = request.data::<Principal>();
        if let Some(known) = known.or_else(|| asker.and_then(Asker::known)) {
            return known.clone();
        }
        let principal = match self.token(request) {
            Some(token) => self.engine.auth.principal(self.clock.now(), token),
            None => Principal::Guest,
        };
        if let Some(asker) = asker {
            asker.learn(&principal);
        }
        principal
    }

    /// Where a request comes from, as far as proxies may be believed.
    pub(crate) fn client_address(&self, request: &Request) -> Option<IpAddr> {
        client_address::of(request, &self.engine.settings.current().trusted_proxy)
    }

    /// Whether anything that this caller's request evaluates can look at headers: a rule of some
    /// collection, or a superuser's filter. Most requests are spared a copy of their headers.
    fn headers_matter(&self, principal: &Principal) -> bool {
        if principal.skips_rules() {
            return true;
        }
        let snapshot = self.engine.catalog.snapshot();
        let version = snapshot.version();
        let known = **self.rules_see_headers.load();
        if known.version == version {
            return known.seen;
        }
        let seen = snapshot
            .all()
            .iter()
            .any(|collection| mentions_headers(collection));
        self.rules_see_headers
            .store(Arc::new(RulesSeeHeaders { version, seen }));
        seen
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

    /// The same for a call that also waits, such as for a commit.
    pub(crate) async fn scan_and_write<T, F>(
        &self,
        account: &Account,
        call: impl FnOnce(Arc<Engine>) -> F + Send + 'static,
    ) -> std::result::Result<T, Failure>
    where
        T: Send + 'static,
        F: Future<Output = Result<T>>,
    {
        let runtime = tokio::runtime::Handle::current();
        let engine = Arc::clone(&self.engine);
        self.scan_for(account, move |_| runtime.block_on(call(engine)))
            .await
    }

    /// Runs a short call that may wait for the disk.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        call: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> std::result::Result<T, Failure> {
        finished(tokio::task::spawn_blocking(call).await)
    }

    /// Runs a call that may read much on a thread that may block; more wait than run.
    pub(crate) async fn scan<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Engine) -> Result<T> + Send + 'static,
    ) -> std::result::Result<T, Failure> {
        self.scan_for(&Account::default(), call).await
    }

    /// The same, with the time that it waits noted in the account of the call.
    pub(crate) async fn scan_for<T: Send + 'static>(
        &self,
        account: &Account,
        call: impl FnOnce(&Engine) -> Result<T> + Send + 'static,
    ) -> std::result::Result<T, Failure> {
        let engine = Arc::clone(&self.engine);
        let permit = account.measured(Part::Wait, self.scans.acquire());
        let _permit = permit.await.map_err(|_| Error::Closed)?;
        finished(tokio::task::spawn_blocking(move || call(&engine)).await)
    }
}

fn finished<T>(
    outcome: std::result::Result<Result<T>, tokio::task::JoinError>,
) -> std::result::Result<T, Failure> {
    match outcome {
        Ok(result) => Ok(result?),
        Err(failed) => match failed.try_into_panic() {
            // Goes on to where panics of requests are caught and counted.
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(Error::Closed.into()),
        },
    }
}

/// Whether some rule of the definitions of one version looks at headers.
#[derive(Clone, Copy)]
pub(crate) struct RulesSeeHeaders {
    version: u64,
    seen: bool,
}

impl RulesSeeHeaders {
    /// Of no version yet.
    pub(crate) fn unknown() -> Self {
        Self {
            version: u64::MAX,
            seen: true,
        }
    }
}

/// Looked for in the whole definition, so that no kind of rule can be forgotten.
fn mentions_headers(collection: &Collection) -> bool {
    let definition = Json::Object(collection.to_json()).to_string();
    definition.contains("@request.headers")
}

/// As `@request.headers.*` names them.
pub(crate) fn headers(request: &Request) -> BTreeMap<String, String> {
    let mut headers = BTreeMap::new();
    for (name, value) in request.headers() {
        if let Ok(value) = value.to_str() {
            let name = name.as_str().replace('-', "_");
            headers.entry(name).or_insert_with(|| value.to_owned());
        }
    }
    headers
}
