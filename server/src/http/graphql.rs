//! GraphQL: the collections as one graph, at `/api/graphql`.
//!
//! - A field of the root is one call of the engine that REST makes too, with the relations that are
//!   selected below it as its `expand`; what is below is taken from that answer. So access,
//!   projection and limits are those of REST, and no selection looks records up one by one.
//! - What a request may cost is decided before it is carried out (`measure.rs`), and what its
//!   answer holds while it is made (`call.rs`).
//! - A GET, which a page of elsewhere can cause, only reads; a POST must be JSON.

use std::sync::Arc;

use async_graphql::dynamic::Schema;
use async_graphql::parser::types::OperationType;
use async_graphql::{Request as Operation, Response as Outcome};
use futures_util::{StreamExt, stream};
use luge_engine::context::Context;
use poem::http::{Method, StatusCode, header};
use poem::{IntoResponse, Request, Response};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema};
use poem_openapi::registry::{MetaSchemaRef, Registry};
use poem_openapi::{ApiResponse, OpenApi};

use self::asked::Query;
use self::call::{Call, Listener};
use self::events::Outcomes;
use self::measure::{Measured, measured};
pub(crate) use self::schema::Schemas;
use self::socket::Upgraded;
use crate::http::answer::json_response;
use crate::http::app::App;
use crate::http::body::RawBody;
use crate::http::conditional::refuse_condition;
use crate::http::error::Failure;
use crate::http::listener::HangUp;

mod arguments;
mod asked;
mod batch;
mod call;
mod condition;
mod events;
mod inputs;
mod measure;
mod mutations;
mod names;
mod objects;
mod outline;
mod queries;
mod related;
mod schema;
mod searches;
mod sign_in;
mod socket;
mod subscriptions;
mod values;

const PATH: &str = "/api/graphql";

/// The routes.
pub(crate) struct GraphqlApi(pub(crate) Arc<App>);

#[OpenApi]
impl GraphqlApi {
    /// Answers a query that stands in the address.
    #[oai(path = "/api/graphql", method = "get", operation_id = "queryGraphql")]
    async fn read(&self, request: &Request) -> Answered {
        let body = RawBody::new(bytes::Bytes::new(), String::new());
        self.answered(request, body).await
    }

    /// Carries out a query or mutation.
    #[oai(path = "/api/graphql", method = "post", operation_id = "runGraphql")]
    async fn run(&self, request: &Request, body: RawBody) -> Answered {
        self.answered(request, body).await
    }

    /// Opens a WebSocket that carries operations (graphql-transport-ws).
    #[oai(
        path = "/api/graphql/ws",
        method = "get",
        operation_id = "connectGraphqlSocket"
    )]
    async fn connect_socket(&self, request: &Request) -> Result<Upgraded, Failure> {
        check_switched_on(&self.0)?;
        Upgraded::of(&self.0, request)
    }
}

impl GraphqlApi {
    async fn answered(&self, request: &Request, body: RawBody) -> Answered {
        match self.carry_out(request, body).await {
            Ok(answered) => answered,
            Err(failure) => Answered::Refused(failure),
        }
    }

    async fn carry_out(&self, request: &Request, body: RawBody) -> Result<Answered, Failure> {
        check_switched_on(&self.0)?;
        refuse_condition(request)?;
        if request.headers().contains_key("idempotency-key") {
            return Err(Failure::bad_request(
                "Idempotency-Key is for creates and batches of REST.",
            ));
        }
        let query = Query::of(request, body).await?;
        let streams = wants_events(request);
        let listener = streams.then(|| self.listener(request));
        let ready = Ready::new(&self.0, self.caller(request), query, listener).await?;
        let is_mutation = ready.kind == OperationType::Mutation;
        if request.method() != Method::POST && is_mutation {
            return Err(Failure::graphql_needs_post());
        }
        if streams {
            return Ok(Answered::Events(Box::new(ready)));
        }
        let outcome = ready.schema.execute(ready.operation).await;
        Ok(Answered::Outcome(outcome))
    }

    /// Who asks, and by which token.
    fn caller(&self, request: &Request) -> (Context, Option<String>) {
        let context = Context {
            device: request.header(header::USER_AGENT).map(Into::into),
            ..self.0.context(request)
        };
        (context, self.0.token(request).map(str::to_owned))
    }

    /// Who is told of changes on the stream that answers a request.
    fn listener(&self, request: &Request) -> Listener {
        Listener {
            caller: self.0.caller(request),
            address: self.0.client_address(request),
            hang_up: request.data::<HangUp>().cloned().unwrap_or_default(),
        }
    }
}

/// Whether the answer is to be a stream of events.
fn wants_events(request: &Request) -> bool {
    let accepted = request.header(header::ACCEPT).unwrap_or_default();
    let mut kinds = accepted
        .split(',')
        .map(|kind| kind.split(';').next().unwrap_or_default());
    kinds.any(|kind| kind.trim().eq_ignore_ascii_case("text/event-stream"))
}

fn check_switched_on(app: &App) -> Result<(), Failure> {
    match app.engine.settings.current().graphql.enabled {
        true => Ok(()),
        false => Err(Failure::graphql_disabled()),
    }
}

/// An operation that may be carried out.
struct Ready {
    schema: Schema,
    operation: Operation,
    kind: OperationType,
}

impl Ready {
    /// Measures what is asked, and finds the schema of who asks.
    async fn new(
        app: &Arc<App>,
        (context, token): (Context, Option<String>),
        query: Query,
        listener: Option<Listener>,
    ) -> Result<Self, Failure> {
        let Query {
            document,
            operation: name,
            variables,
        } = query;
        let measured = measured(&document, name.as_deref());
        let measured = measured.inspect_err(|_| {
            metrics::counter!("luge_graphql_refused_total").increment(1);
        });
        let Measured {
            document: parsed,
            kind,
            introspects,
        } = measured?;
        let everything = context.principal.skips_rules();
        let may_introspect =
            context.principal.is_superuser() || app.engine.settings.current().graphql.introspection;
        if introspects && !may_introspect {
            return Err(Failure::forbidden(
                "The schema is shown to superusers only (settings: graphql.introspection).",
            ));
        }
        let schema = app.graphql.current(app, everything).await?;
        let mut operation = Operation::new(document).variables(variables);
        operation.operation_name = name;
        operation.set_parsed_query(parsed);
        let call = Call::new(app, (context, token), listener);
        Ok(Self {
            schema,
            operation: operation.data(Arc::new(call)),
            kind,
        })
    }
}

impl Ready {
    /// The outcomes as they come, and whether only a failure ends them.
    fn outcomes(self) -> (Outcomes, bool) {
        let Self {
            schema,
            operation,
            kind,
        } = self;
        if kind == OperationType::Subscription {
            return (schema.execute_stream(operation), true);
        }
        let outcome = async move { schema.execute(operation).await };
        (stream::once(outcome).boxed(), false)
    }
}

/// What is answered.
enum Answered {
    Outcome(Outcome),
    Events(Box<Ready>),
    Refused(Failure),
}

impl IntoResponse for Answered {
    fn into_response(self) -> Response {
        match self {
            Self::Outcome(outcome) => match serde_json::to_vec(&outcome) {
                Ok(bytes) => json_response(StatusCode::OK, bytes),
                Err(error) => {
                    tracing::error!(%error, "an answer cannot be written as JSON");
                    Failure::internal().into_response()
                }
            },
            Self::Events(ready) => events::response(*ready),
            Self::Refused(failure) => failure.as_graphql_response(),
        }
    }
}

impl ApiResponse for Answered {
    fn meta() -> MetaResponses {
        let answer = |status: u16, description: &'static str| MetaResponse {
            description,
            status: Some(status),
            status_range: None,
            content: vec![MetaMediaType {
                content_type: "application/json",
                schema: MetaSchemaRef::Inline(Box::new(MetaSchema::new("object"))),
            }],
            headers: vec![],
        };
        MetaResponses {
            responses: vec![
                answer(
                    200,
                    "The operation was carried out; `errors` tell what was not.",
                ),
                answer(400, "Nothing was carried out; `errors` tell why."),
                answer(
                    403,
                    "GraphQL is switched off, or the schema is not for the caller.",
                ),
                answer(405, "A mutation or subscription was sent by GET."),
                answer(415, "The body is no JSON."),
            ],
        }
    }

    fn register(_registry: &mut Registry) {}
}
