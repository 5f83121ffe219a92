//! Operations over a WebSocket: the protocol graphql-transport-ws.
//!
//! - Who the client is is said once, in the payload of `connection_init` (`Authorization`), else by
//!   the request to upgrade; it is looked up anew for each operation.
//! - An operation passes the same gates as one over HTTP: limits of requests, superusers'
//!   addresses, and what a document may cost.
//! - Operations run beside each other. One that is told faster than the client reads ends the
//!   connection, as for every realtime client.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Response as Outcome;
use futures_util::{SinkExt, StreamExt};
use luge_engine::context::Context;
use luge_engine::realtime::Caller;
use luge_model::limits;
use luge_model::principal::RequestFacts;
use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::{IntoResponse, Request, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaResponse, MetaResponses, Registry};
use serde_json::{Map, Value as Json, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::Instant;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message as Frame};

use super::asked::Query;
use super::call::Listener;
use super::{PATH, Ready};
use crate::http::app::{App, headers};
use crate::http::error::Failure;
use crate::http::listener::HangUp;
use crate::http::realtime::upgrade;
use crate::http::take_over::{TakeOver, Taken};
use crate::http::{principal, query, rate_limits};

const PROTOCOL: &str = "graphql-transport-ws";

type Stream = WebSocketStream<TcpStream>;

/// The answer after which a connection speaks the protocol.
pub(super) struct Upgraded {
    accept: HeaderValue,
    client: Client,
}

/// A client on a WebSocket.
struct Client {
    app: Arc<App>,
    /// What rules see of the request to upgrade.
    context: Context,
    token: Option<String>,
    hang_up: HangUp,
    known: bool,
    running: HashMap<String, Running>,
    /// Where the window began in which `said` messages were sent.
    window: Instant,
    said: usize,
}

/// An operation that goes on; it ends when this is dropped.
struct Running(AbortHandle);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What an operation has to tell.
enum Told {
    Outcome(String, Box<Outcome>),
    /// There is no more of it.
    Complete(String),
    /// It broke off.
    Broken,
}

/// Why a connection ends; `None` where the client ended it.
type Ending = Option<(u16, &'static str)>;

impl Upgraded {
    /// Accepts a request to upgrade.
    pub(super) fn of(app: &Arc<App>, request: &Request) -> Result<Self, Failure> {
        let accept = upgrade::accept(request)?;
        if !upgrade::names(request.headers(), header::SEC_WEBSOCKET_PROTOCOL, PROTOCOL) {
            return Err(Failure::bad_request(format!(
                "This address speaks {PROTOCOL} only: the header Sec-WebSocket-Protocol must name \
                 it."
            )));
        }
        // A cookie is believed for the pages of named origins only, wherever it comes from.
        let by_header = request.headers().contains_key(header::AUTHORIZATION);
        let foreign = by_header && upgrade::is_foreign(request.headers());
        let token = app.token(request).filter(|_| !foreign);
        let facts = RequestFacts {
            method: Method::GET.as_str().to_owned(),
            query: query::pairs(request),
            headers: headers(request),
            ..RequestFacts::default()
        };
        let context = Context {
            request: facts,
            client: app.client_address(request),
            device: request.header(header::USER_AGENT).map(Into::into),
            ..Context::default()
        };
        let client = Client {
            app: Arc::clone(app),
            context,
            token: token.map(str::to_owned),
            hang_up: request.data::<HangUp>().cloned().unwrap_or_default(),
            known: false,
            running: HashMap::new(),
            window: Instant::now(),
            said: 0,
        };
        Ok(Self { accept, client })
    }
}

impl IntoResponse for Upgraded {
    fn into_response(self) -> Response {
        let mut response = Response::builder()
            .status(StatusCode::SWITCHING_PROTOCOLS)
            .header(header::UPGRADE, "websocket")
            .header(header::CONNECTION, "Upgrade")
            .header(header::SEC_WEBSOCKET_ACCEPT, self.accept)
            .header(header::SEC_WEBSOCKET_PROTOCOL, PROTOCOL)
            .finish();
        let client = self.client;
        TakeOver::by(&mut response, |taken| speak(client, taken));
        response
    }
}

impl ApiResponse for Upgraded {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "The connection is a WebSocket from then on.",
                status: Some(101),
                status_range: None,
                content: vec![],
                headers: vec![],
            }],
        }
    }

    fn register(_registry: &mut Registry) {}
}

async fn speak(mut client: Client, taken: Taken) {
    let config = WebSocketConfig::default()
        .read_buffer_size(limits::REALTIME_SOCKET_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_message_size(Some(limits::GRAPHQL_SOCKET_MESSAGE_BYTES_MAX))
        .max_frame_size(Some(limits::GRAPHQL_SOCKET_MESSAGE_BYTES_MAX));
    let (socket, read) = taken.into_socket();
    let role = Role::Server;
    let stream = WebSocketStream::from_partially_read(socket, read.to_vec(), role, Some(config));
    let mut stream = stream.await;
    let ending = client.speak(&mut stream).await;
    let ending = ending.unwrap_or_else(|error| match error {
        Error::Capacity(_) => Some((CloseCode::Size.into(), "the message is too large")),
        Error::Utf8(_) => Some((CloseCode::Invalid.into(), "the message is no text")),
        Error::Protocol(_) => Some((CloseCode::Protocol.into(), "this is no WebSocket")),
        _ => None,
    });
    if let Some((code, reason)) = ending {
        let frame = CloseFrame {
            code: code.into(),
            reason: reason.into(),
        };
        // The client may be gone already.
        drop(stream.close(Some(frame)).await);
    }
}

impl Client {
    async fn speak(&mut self, stream: &mut Stream) -> Result<Ending, Error> {
        let (tell, mut told) = mpsc::channel(limits::GRAPHQL_SOCKET_WAITING_MAX);
        let end = Instant::now() + Duration::from_secs(limits::REALTIME_SECONDS_MAX);
        let pause = Duration::from_secs(limits::REALTIME_SOCKET_PING_SECONDS);
        let init = Duration::from_secs(limits::GRAPHQL_SOCKET_INIT_SECONDS_MAX);
        let mut quiet = std::pin::pin!(tokio::time::sleep(init));
        let mut pinged = false;
        loop {
            tokio::select! {
                biased;
                Some(told) = told.recv() => {
                    let Some(text) = self.text(told) else {
                        return Ok(Some((CloseCode::Away.into(), "the connection is over")));
                    };
                    stream.send(Frame::text(text)).await?;
                }
                said = stream.next() => {
                    let Some(said) = said else {
                        return Ok(None);
                    };
                    match self.hear(said?, &tell).await {
                        Ok(None) => {}
                        Ok(Some(answer)) => stream.send(Frame::text(answer)).await?,
                        Err(ending) => return Ok(ending),
                    }
                    if self.known {
                        pinged = false;
                        quiet.as_mut().reset((Instant::now() + pause).min(end));
                    }
                }
                () = quiet.as_mut() => {
                    if !self.known {
                        return Ok(Some((4408, "Connection initialisation timeout")));
                    }
                    if pinged || Instant::now() >= end {
                        return Ok(Some((CloseCode::Away.into(), "the connection is over")));
                    }
                    pinged = true;
                    quiet.as_mut().reset((Instant::now() + pause).min(end));
                    stream.send(Frame::Ping(Default::default())).await?;
                }
            }
        }
    }

    /// What an operation tells; `None` where the connection is to end.
    fn text(&mut self, told: Told) -> Option<String> {
        match told {
            Told::Outcome(id, outcome) => {
                Some(json!({"id": id, "type": "next", "payload": outcome}).to_string())
            }
            Told::Complete(id) => {
                self.running.remove(&id);
                Some(json!({"id": id, "type": "complete"}).to_string())
            }
            Told::Broken => None,
        }
    }

    /// The answer to what a client said, if there is one.
    async fn hear(
        &mut self,
        frame: Frame,
        tell: &mpsc::Sender<Told>,
    ) -> Result<Option<String>, Ending> {
        let text = match frame {
            Frame::Text(text) => text,
            Frame::Binary(_) => {
                return Err(Some((CloseCode::Unsupported.into(), "messages are texts")));
            }
            Frame::Close(_) => return Err(None),
            Frame::Ping(_) | Frame::Pong(_) | Frame::Frame(_) => return Ok(None),
        };
        if !self.may_say_more() {
            return Err(Some((CloseCode::Policy.into(), "too many messages")));
        }
        let Ok(Json::Object(said)) = serde_json::from_str(text.as_str()) else {
            return Err(Some((4400, "A message is a JSON object")));
        };
        let id = said.get("id").and_then(Json::as_str).unwrap_or_default();
        match said.get("type").and_then(Json::as_str) {
            Some("connection_init") => self.init(&said).map(Some),
            Some("ping") => Ok(Some(json!({"type": "pong"}).to_string())),
            Some("pong") => Ok(None),
            Some("subscribe") => self.begin(id, &said, tell).await,
            Some("complete") => {
                self.running.remove(id);
                Ok(None)
            }
            _ => Err(Some((4400, "There is no such type of message"))),
        }
    }

    fn may_say_more(&mut self) -> bool {
        let window = Duration::from_secs(limits::REALTIME_SOCKET_WINDOW_SECONDS);
        if self.window.elapsed() > window {
            self.window = Instant::now();
            self.said = 0;
        }
        self.said += 1;
        self.said <= limits::REALTIME_SOCKET_MESSAGES_MAX
    }

    fn init(&mut self, said: &Map<String, Json>) -> Result<String, Ending> {
        if std::mem::replace(&mut self.known, true) {
            return Err(Some((4429, "Too many initialisation requests")));
        }
        let payload = said.get("payload").and_then(Json::as_object);
        let names = ["Authorization", "authorization", "token"];
        let token = payload.and_then(|payload| names.iter().find_map(|name| payload.get(*name)));
        if let Some(token) = token.filter(|token| !token.is_null()) {
            let token = token.as_str().ok_or(Some((4400, "The token is a text")))?;
            self.token = principal::token_of(token).map(str::to_owned);
        }
        Ok(json!({"type": "connection_ack"}).to_string())
    }

    /// Begins an operation; answers with an error where it cannot be carried out.
    async fn begin(
        &mut self,
        id: &str,
        said: &Map<String, Json>,
        tell: &mpsc::Sender<Told>,
    ) -> Result<Option<String>, Ending> {
        if !self.known {
            return Err(Some((4401, "Unauthorized")));
        }
        if id.is_empty() || id.len() > limits::GRAPHQL_OPERATION_ID_BYTES_MAX {
            return Err(Some((4400, "An operation has an id of 1 to 128 bytes")));
        }
        if self.running.contains_key(id) {
            return Err(Some((4409, "Subscriber already exists")));
        }
        let Some(Json::Object(payload)) = said.get("payload").cloned() else {
            return Err(Some((4400, "An operation has a payload")));
        };
        let ready = match self.ready(payload).await {
            Ok(ready) => ready,
            Err(failure) => {
                let errors = failure.to_graphql_answer();
                let errors = errors.get("errors").cloned();
                let told = json!({"id": id, "type": "error", "payload": errors});
                return Ok(Some(told.to_string()));
            }
        };
        let running = tokio::spawn(carry_out(ready, id.to_owned(), tell.clone()));
        let running = Running(running.abort_handle());
        self.running.insert(id.to_owned(), running);
        Ok(None)
    }

    async fn ready(&self, payload: Map<String, Json>) -> Result<Ready, Failure> {
        let app = &self.app;
        super::check_switched_on(app)?;
        if self.running.len() >= limits::GRAPHQL_SOCKET_OPERATIONS_MAX {
            return Err(Failure::bad_request("Too many operations go on already."));
        }
        let now = app.clock.now();
        let token = self.token.as_deref();
        let caller = token.map_or_else(Caller::default, |token| app.engine.auth.caller(now, token));
        let context = Context {
            now,
            principal: caller.principal.clone(),
            ..self.context.clone()
        };
        let address = context.client;
        if context.principal.skips_rules() {
            app.engine.settings.superuser_may_come_from(address)?;
        }
        let client = (address, &context.principal);
        if rate_limits::admit_as(app, client, &Method::POST, PATH).is_err() {
            metrics::counter!("luge_http_limited_total").increment(1);
            return Err(Failure::too_many_requests());
        }
        let listener = Listener {
            caller,
            address,
            hang_up: self.hang_up.clone(),
        };
        let asking = (context, self.token.clone());
        Ready::new(app, asking, Query::of_json(payload)?, Some(listener)).await
    }
}

async fn carry_out(ready: Ready, id: String, tell: mpsc::Sender<Told>) {
    let (mut outcomes, endless) = ready.outcomes();
    let mut failed = false;
    while let Some(outcome) = outcomes.next().await {
        failed = !outcome.errors.is_empty();
        let told = Told::Outcome(id.clone(), Box::new(outcome));
        if tell.send(told).await.is_err() {
            return;
        }
    }
    let last = match endless && !failed {
        true => Told::Broken,
        false => Told::Complete(id),
    };
    // Nobody listens any more where the connection is over.
    drop(tell.send(last).await);
}
