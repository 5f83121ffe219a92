//! Realtime messages as server-sent events, and subscribing to them (contract §1.5).
//!
//! Frames are `id:…\nevent:…\ndata:…\n\n`, without a space behind the colons; the id is always
//! that of the client, which the official SDK takes from there. With `resume=1` it is the place in
//! the order of messages instead, from which a client goes on after it connected again.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use luge_engine::realtime::{Arrival, Connection, Message, Subscribing};
use luge_model::invalid::{Violation, Violations};
use luge_model::limits;
use poem::http::{HeaderValue, header};
use poem::{Body, IntoResponse, Request, Response};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema};
use poem_openapi::registry::{MetaSchemaRef, Registry};
use poem_openapi::{ApiResponse, OpenApi};
use serde_json::{Map, Value as Json};
use tokio::time::{Instant, Sleep};

use crate::http::answer::NoContent;
use crate::http::app::App;
use crate::http::body::RawBody;
use crate::http::error::Failure;
use crate::http::listener::HangUp;
use crate::http::query;

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
        let hang_up = request.data::<HangUp>().cloned().unwrap_or_default();
        let hang_up = Box::new(move || hang_up.now());
        let arrival = self.arrival(request)?;
        let engine = Arc::clone(&self.0.engine);
        let connect = move || engine.realtime.connect(&arrival, hang_up);
        Ok(EventStream(self.0.blocking(connect).await?))
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
        self.0.engine.realtime.subscribe(Subscribing {
            client: &asked.client,
            address,
            caller,
            topics: &asked.topics,
            since: asked.since.as_deref(),
        })?;
        Ok(NoContent)
    }
}

impl RealtimeApi {
    fn arrival(&self, request: &Request) -> Result<Arrival, Failure> {
        let resume = query::pairs(request).remove("resume").unwrap_or_default();
        let place = request.header("last-event-id").map(str::to_owned);
        Ok(Arrival {
            address: self.0.client_address(request),
            resumes: query::truth("resume", &resume)?,
            place,
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
    let client = match body.get("clientId") {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(client)) => client.clone(),
        Some(_) => return Err(Failure::bad_request("The clientId must be a text.")),
    };
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
struct EventStream(Connection);

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
        response.set_body(Body::from_bytes_stream(Events::new(self.0)));
        response
    }
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

/// The frames of one client.
struct Events {
    connection: Connection,
    greeted: bool,
    /// When the connection ends if no message comes.
    idle: Pin<Box<Sleep>>,
    /// When it ends in any case.
    end: Instant,
}

impl Events {
    fn new(connection: Connection) -> Self {
        Self {
            connection,
            greeted: false,
            idle: Box::pin(tokio::time::sleep(idle_time())),
            end: Instant::now() + Duration::from_secs(limits::REALTIME_SECONDS_MAX),
        }
    }

    fn frames(&self, messages: &[Arc<Message>]) -> Bytes {
        let id = self.connection.id();
        let resumes = self.connection.place().is_some();
        let size =
            |message: &Arc<Message>| message.topic.len() + message.data.len() + id.len() + 28;
        let mut bytes = Vec::with_capacity(messages.iter().map(size).sum());
        for message in messages {
            if resumes {
                let place = message.position.to_string();
                frame(&mut bytes, &place, &message.topic, &message.data);
            } else {
                frame(&mut bytes, id, &message.topic, &message.data);
            }
        }
        bytes.into()
    }

    fn greeting(&self) -> Bytes {
        let client = self.connection.id();
        // The id needs no escapes.
        let data = format!("{{\"clientId\":\"{client}\"}}");
        let place = self.connection.place().map(|place| place.to_string());
        let mut bytes = Vec::new();
        let id = place.as_deref().unwrap_or(client);
        frame(&mut bytes, id, "PB_CONNECT", data.as_bytes());
        bytes.into()
    }
}

fn idle_time() -> Duration {
    Duration::from_secs(limits::REALTIME_IDLE_SECONDS_MAX)
}

fn frame(bytes: &mut Vec<u8>, id: &str, event: &str, data: &[u8]) {
    for part in [
        b"id:",
        id.as_bytes(),
        b"\nevent:",
        event.as_bytes(),
        b"\ndata:",
        data,
        b"\n\n",
    ] {
        bytes.extend_from_slice(part);
    }
}

impl Stream for Events {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if !std::mem::replace(&mut self.greeted, true) {
            return Poll::Ready(Some(Ok(self.greeting())));
        }
        match self.connection.poll_messages(context) {
            Poll::Ready(Some(messages)) => {
                let idle = (Instant::now() + idle_time()).min(self.end);
                self.idle.as_mut().reset(idle);
                Poll::Ready(Some(Ok(self.frames(&messages))))
            }
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => self.idle.as_mut().poll(context).map(|()| None),
        }
    }
}
