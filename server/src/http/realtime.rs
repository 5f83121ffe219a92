//! Connecting to realtime messages, and subscribing to them (contract §1.5).

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use luge_engine::realtime::{Arrival, Caller, Connection, Subscribing};
use luge_model::invalid::{Violation, Violations};
use luge_model::limits;
use luge_model::timestamp::Timestamp;
use poem::http::{HeaderValue, header};
use poem::{IntoResponse, Request, Response};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema};
use poem_openapi::registry::{MetaSchemaRef, Registry};
use poem_openapi::{ApiResponse, OpenApi};
use serde_json::{Map, Value as Json};

pub(crate) use self::channels::ChannelsApi;
use self::upgrade::Upgraded;
use crate::http::answer::NoContent;
use crate::http::app::App;
use crate::http::body::RawBody;
use crate::http::error::Failure;
use crate::http::listener::HangUp;
use crate::http::query;
use crate::http::take_over::TakeOver;

mod channels;
mod events;
mod gathering;
mod socket;
pub(super) mod upgrade;

const PATH: &str = "/api/realtime";

/// The routes.
pub(crate) struct RealtimeApi(pub(crate) Arc<App>);

#[OpenApi]
impl RealtimeApi {
    /// Opens a stream of events; the first one, `PB_CONNECT`, names the client.
    #[oai(
        path = "/api/realtime",
        method = "get",
        operation_id = "connectRealtime"
    )]
    async fn connect(&self, request: &Request) -> Result<EventStream, Failure> {
        let arrival = self.arrival(request)?;
        Ok(EventStream {
            connection: self.let_in(request, arrival).await?,
            now: self.0.clock.now(),
        })
    }

    /// Opens a WebSocket that carries the same messages, and requests to subscribe.
    #[oai(
        path = "/api/realtime/ws",
        method = "get",
        operation_id = "connectRealtimeSocket"
    )]
    async fn connect_socket(&self, request: &Request) -> Result<Upgraded, Failure> {
        let accept = upgrade::accept(request)?;
        let arrival = Arrival {
            caller: Upgraded::caller(&self.0, request),
            ..self.arrival(request)?
        };
        let connection = self.let_in(request, arrival).await?;
        Ok(Upgraded::new(accept, Arc::clone(&self.0), connection))
    }

    /// Replaces the topics that a client is told about; its token says who the client is.
    #[oai(
        path = "/api/realtime",
        method = "post",
        operation_id = "subscribeRealtime"
    )]
    async fn subscribe(&self, request: &Request, body: RawBody) -> Result<NoContent, Failure> {
        let body = body.into_object().await?;
        let asked = asked(&body)?;
        let caller = self.0.caller(request);
        let address = self.0.client_address(request);
        let engine = Arc::clone(&self.0.engine);
        let subscribe = move || {
            engine.realtime.subscribe(Subscribing {
                client: &asked.client,
                address,
                caller: Some(caller),
                topics: &asked.topics,
                since: asked.since.as_deref(),
            })
        };
        self.0.blocking(subscribe).await?;
        Ok(NoContent)
    }
}

impl RealtimeApi {
    async fn let_in(&self, request: &Request, arrival: Arrival) -> Result<Connection, Failure> {
        let hang_up = request.data::<HangUp>().cloned().unwrap_or_default();
        let hang_up = Box::new(move || hang_up.now());
        let engine = Arc::clone(&self.0.engine);
        let connect = move || engine.realtime.connect(arrival, hang_up);
        self.0.blocking(connect).await
    }

    fn arrival(&self, request: &Request) -> Result<Arrival, Failure> {
        let resume = query::pairs(request).remove("resume").unwrap_or_default();
        let place = request.header("last-event-id").map(str::to_owned);
        Ok(Arrival {
            address: self.0.client_address(request),
            resumes: query::truth("resume", &resume)?,
            place,
            caller: Caller::default(),
        })
    }
}

/// The body of a request to subscribe.
struct Asked {
    client: String,
    topics: Vec<String>,
    since: Option<String>,
}

fn asked(body: &Map<String, Json>) -> Result<Asked, Failure> {
    let client = client_id(body)?;
    let topics = match body.get("subscriptions") {
        None | Some(Json::Null) => Vec::new(),
        Some(Json::Array(topics)) => topics.iter().map(topic).collect::<Result<_, _>>()?,
        // A form with one topic.
        Some(Json::String(one)) => vec![one.clone()],
        Some(_) => return Err(no_topics()),
    };
    let since = match body.get("since") {
        None | Some(Json::Null) => None,
        Some(Json::String(since)) => Some(since.clone()),
        Some(_) => return Err(Failure::bad_request("The since must be a text.")),
    };
    let violations = violations(&client, &topics);
    if violations.is_empty() {
        Ok(Asked {
            client,
            topics,
            since,
        })
    } else {
        Err(Failure::invalid_quietly(&violations))
    }
}

/// The client that a request is about; empty where it names none.
fn client_id(body: &Map<String, Json>) -> Result<String, Failure> {
    match body.get("clientId") {
        None | Some(Json::Null) => Ok(String::new()),
        Some(Json::String(client)) => Ok(client.clone()),
        Some(_) => Err(Failure::bad_request("The clientId must be a text.")),
    }
}

fn topic(value: &Json) -> Result<String, Failure> {
    value.as_str().map(str::to_owned).ok_or_else(no_topics)
}

fn no_topics() -> Failure {
    Failure::bad_request("The subscriptions must be a list of texts.")
}

fn violations(client: &str, topics: &[String]) -> Violations {
    let mut violations = Violations::new();
    if client.is_empty() {
        violations.add("clientId", Violation::required());
    } else if client.len() > limits::REALTIME_CLIENT_ID_BYTES_MAX {
        let most = limits::REALTIME_CLIENT_ID_BYTES_MAX;
        let message = format!("The length must be between 1 and {most}.");
        let violation = Violation::new("validation_length_out_of_range", message);
        violations.add("clientId", violation.with("max", most).with("min", 1));
    }
    let too_long = |most: usize| {
        let message = format!("The length must be no more than {most}.");
        let violation = Violation::new("validation_length_too_long", message);
        violation.with("max", most).with("min", 0)
    };
    if topics.len() > limits::REALTIME_TOPICS_MAX {
        violations.add("subscriptions", too_long(limits::REALTIME_TOPICS_MAX));
        return violations;
    }
    let mut each = Violations::new();
    for (place, topic) in topics.iter().enumerate() {
        if topic.len() > limits::REALTIME_TOPIC_BYTES_MAX {
            let violation = too_long(limits::REALTIME_TOPIC_BYTES_MAX);
            each.add(&place.to_string(), violation);
        }
    }
    if !each.is_empty() {
        violations.nest("subscriptions", each);
    }
    violations
}

/// The answer that goes on until the client has enough.
struct EventStream {
    connection: Connection,
    now: Timestamp,
}

impl IntoResponse for EventStream {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        let headers = response.headers_mut();
        for (name, value) in [
            (header::CONTENT_TYPE, "text/event-stream"),
            (header::CACHE_CONTROL, "no-store"),
            (header::HeaderName::from_static("x-accel-buffering"), "no"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if let Some(date) = date(self.now) {
            headers.insert(header::DATE, date);
        }
        let connection = self.connection;
        TakeOver::by(&mut response, |taken| events::stream(connection, taken));
        response
    }
}

/// Nobody else adds it to a response that takes the connection over.
fn date(now: Timestamp) -> Option<HeaderValue> {
    let since = Duration::from_millis(u64::try_from(now.0).ok()?);
    let date = SystemTime::UNIX_EPOCH.checked_add(since)?;
    HeaderValue::try_from(httpdate::fmt_http_date(date)).ok()
}

impl ApiResponse for EventStream {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "Events until the client goes away or has been here for long.",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: "text/event-stream",
                    schema: MetaSchemaRef::Inline(Box::new(MetaSchema::new("string"))),
                }],
                headers: vec![],
            }],
        }
    }

    fn register(_registry: &mut Registry) {}
}
