//! One request while it is carried out: who asks, and how much was answered already.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_graphql::dynamic::ResolverContext;
use luge_engine::context::Context;
use luge_engine::engine::Engine;
use luge_engine::error::Result as EngineResult;
use luge_engine::realtime::Caller;
use luge_model::limits::GRAPHQL_VALUES_MAX;
use poem::http::Method;

use crate::http::app::App;
use crate::http::error::Failure;
use crate::http::listener::HangUp;
use crate::http::rate_limits;

/// What the resolvers of a request share.
pub(super) struct Call {
    pub(super) app: Arc<App>,
    pub(super) context: Context,
    /// The token by which the caller is who they are.
    pub(super) token: Option<String>,
    /// Who listens, where the request may listen.
    pub(super) listener: Option<Listener>,
    values: AtomicUsize,
}

/// Who is told of changes.
#[derive(Clone)]
pub(super) struct Listener {
    pub(super) caller: Caller,
    pub(super) address: Option<IpAddr>,
    pub(super) hang_up: HangUp,
}

impl Call {
    pub(super) fn new(
        app: &Arc<App>,
        (context, token): (Context, Option<String>),
        listener: Option<Listener>,
    ) -> Self {
        Self {
            app: Arc::clone(app),
            context,
            token,
            listener,
            values: AtomicUsize::new(0),
        }
    }

    /// That of a field that is being resolved.
    pub(super) fn of<'c>(context: &ResolverContext<'c>) -> async_graphql::Result<&'c Arc<Self>> {
        context.ctx.data::<Arc<Self>>()
    }

    /// What a field of the root answers: null where it failed, which is told with its place.
    pub(super) fn answered<T>(
        context: &async_graphql::Context<'_>,
        answered: Result<Option<T>, Failure>,
    ) -> Option<T> {
        answered.unwrap_or_else(|failure| {
            let error = failure.to_graphql();
            let error = error.into_server_error(context.item.pos);
            context.add_error(context.set_error_path(error));
            None
        })
    }

    /// What rules see where this is done by itself, as over REST.
    pub(super) fn context(&self, method: &Method) -> Context {
        let mut context = self.context.clone();
        method.as_str().clone_into(&mut context.request.method);
        context
    }

    /// Reads what a field asks for, as [`App::scan_for`] does.
    pub(super) async fn scan<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Engine) -> EngineResult<T> + Send + 'static,
    ) -> Result<T, Failure> {
        self.app.scan_for(&self.context.account, read).await
    }

    /// Counts what a field does as the request that it would be alone.
    pub(super) fn admit(&self, method: &Method, path: &str) -> Result<(), Failure> {
        let client = (self.context.client, &self.context.principal);
        rate_limits::admit_as(&self.app, client, method, path).map_err(|_| {
            metrics::counter!("luge_http_limited_total").increment(1);
            Failure::too_many_requests()
        })
    }

    /// Counts values that are to be answered.
    pub(super) fn answer(&self, records: usize, fields: usize) -> Result<(), Failure> {
        let more = records.saturating_mul(fields);
        let before = self.values.fetch_add(more, Ordering::Relaxed);
        if before.saturating_add(more) > GRAPHQL_VALUES_MAX {
            return Err(Failure::bad_request(format!(
                "The answer would have more than {GRAPHQL_VALUES_MAX} values; ask for fewer \
                 records or fields."
            )));
        }
        Ok(())
    }

    /// The answers so far count no longer: the next one is another message.
    pub(super) fn begin_anew(&self) {
        self.values.store(0, Ordering::Relaxed);
    }
}

/// The path at which REST has the records of a collection, or one of them.
pub(super) fn records_path(collection: &str, id: Option<&str>) -> String {
    let all = format!("/api/collections/{collection}/records");
    match id {
        Some(id) => format!("{all}/{id}"),
        None => all,
    }
}
