//! Realtime messages over a WebSocket, and requests the other way.
//!
//! - The server says `{"id","event","data"}`, the same as in an event stream; the client says
//!   `{"ask","subscriptions","since","token"}`, to channels `{"ask","channel","event","payload",
//!   "self"}` or `{"ask","channel","state"}`, or `{"ask"}` alone, and is answered
//!   `{"answer","status"}`, where it is refused also `data` and `message`.
//! - A request passes the same gates as one over HTTP: limits of requests, superusers' addresses.
//! - A client that says nothing for long is asked whether it is there; one that says too much, or
//!   something too large, is hung up on.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use luge_engine::realtime::{Announcing, Connection, Message, Sending, Subscribing};
use luge_model::limits;
use luge_model::principal::Principal;
use luge_model::record::write_text_json;
use poem::http::Method;
use serde_json::{Map, Value as Json, json};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message as Frame};

use super::channels::{self, Said};
use super::gathering::Gathering;
use super::{Asked, asked};
use crate::http::app::App;
use crate::http::error::Failure;
use crate::http::rate_limits;
use crate::http::take_over::Taken;

type Stream = WebSocketStream<TcpStream>;

/// A client on a WebSocket.
struct Client {
    app: Arc<App>,
    gathering: Gathering,
    /// Where the window began in which `said` requests were made.
    window: Instant,
    said: usize,
}

/// Why a connection ends; `None` where the client ended it.
type Ending = Option<(CloseCode, &'static str)>;

/// Speaks with a client, until it goes away or was here for long.
pub(super) async fn speak(app: Arc<App>, connection: Connection, taken: Taken) {
    let config = WebSocketConfig::default()
        .read_buffer_size(limits::REALTIME_SOCKET_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_message_size(Some(limits::REALTIME_SOCKET_MESSAGE_BYTES_MAX))
        .max_frame_size(Some(limits::REALTIME_SOCKET_MESSAGE_BYTES_MAX));
    let (socket, read) = taken.into_socket();
    let role = Role::Server;
    let stream = WebSocketStream::from_partially_read(socket, read.to_vec(), role, Some(config));
    let mut stream = stream.await;
    let mut client = Client {
        app,
        gathering: Gathering::new(connection),
        window: Instant::now(),
        said: 0,
    };
    let ending = client.speak(&mut stream).await;
    let ending = ending.unwrap_or_else(|error| ending_of(&error));
    if let Some((code, reason)) = ending {
        let frame = CloseFrame {
            code,
            reason: reason.into(),
        };
        // The client may be gone already.
        drop(stream.close(Some(frame)).await);
    }
}

fn ending_of(error: &Error) -> Ending {
    match error {
        Error::Capacity(_) => Some((CloseCode::Size, "the message is too large")),
        Error::Utf8(_) => Some((CloseCode::Invalid, "the message is no text")),
        Error::Protocol(_) => Some((CloseCode::Protocol, "this is no WebSocket")),
        _ => None,
    }
}

impl Client {
    async fn speak(&mut self, stream: &mut Stream) -> Result<Ending, Error> {
        stream.send(Frame::text(self.greeting())).await?;
        let end = Instant::now() + Duration::from_secs(limits::REALTIME_SECONDS_MAX);
        let pause = Duration::from_secs(limits::REALTIME_SOCKET_PING_SECONDS);
        let mut quiet = std::pin::pin!(tokio::time::sleep(pause));
        let mut pinged = false;
        loop {
            tokio::select! {
                biased;
                messages = self.gathering.next() => {
                    let Some(messages) = messages else {
                        return Ok(Some((CloseCode::Away, "the connection is over")));
                    };
                    for message in &messages {
                        stream.feed(Frame::text(told(&self.gathering.connection, message))).await?;
                    }
                    stream.flush().await?;
                }
                said = stream.next() => {
                    pinged = false;
                    quiet.as_mut().reset((Instant::now() + pause).min(end));
                    let Some(said) = said else {
                        return Ok(None);
                    };
                    match self.hear(said?).await {
                        Ok(None) => {}
                        Ok(Some(answer)) => stream.send(Frame::text(answer)).await?,
                        Err(ending) => return Ok(ending),
                    }
                }
                () = quiet.as_mut() => {
                    if pinged || Instant::now() >= end {
                        return Ok(Some((CloseCode::Away, "the connection is over")));
                    }
                    pinged = true;
                    quiet.as_mut().reset((Instant::now() + pause).min(end));
                    stream.send(Frame::Ping(Default::default())).await?;
                }
            }
        }
    }

    fn greeting(&self) -> String {
        let client = self.gathering.connection.id();
        let place = self
            .gathering
            .connection
            .place()
            .map(|place| place.to_string());
        let id = place.as_deref().unwrap_or(client);
        json!({"id": id, "event": "PB_CONNECT", "data": {"clientId": client}}).to_string()
    }

    /// The answer to what a client said, if there is one.
    async fn hear(&mut self, frame: Frame) -> Result<Option<String>, Ending> {
        match frame {
            Frame::Text(text) => {
                if !self.may_say_more() {
                    return Err(Some((CloseCode::Policy, "too many messages")));
                }
                Ok(Some(self.answer(text.as_str()).await))
            }
            Frame::Binary(_) => Err(Some((CloseCode::Unsupported, "messages are texts"))),
            Frame::Close(_) => Err(None),
            Frame::Ping(_) | Frame::Pong(_) | Frame::Frame(_) => Ok(None),
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

    async fn answer(&self, text: &str) -> String {
        let (ask, outcome) = match serde_json::from_str(text) {
            Ok(Json::Object(said)) => {
                let ask = said.get("ask").cloned().unwrap_or_default();
                (ask, self.carry_out(&said).await)
            }
            Ok(_) => (Json::Null, Err(no_object("something else"))),
            Err(error) => (Json::Null, Err(no_object(&error.to_string()))),
        };
        let mut answer = Map::new();
        answer.insert("answer".to_owned(), ask);
        match outcome {
            Ok(()) => drop(answer.insert("status".to_owned(), json!(204))),
            Err(failure) => answer.extend(failure.to_json()),
        }
        Json::Object(answer).to_string()
    }

    async fn carry_out(&self, said: &Map<String, Json>) -> Result<(), Failure> {
        const TOPICS: [&str; 4] = ["ask", "subscriptions", "since", "token"];
        const SENT: [&str; 5] = ["ask", "channel", "event", "payload", "self"];
        const STATE: [&str; 3] = ["ask", "channel", "state"];
        if let Some(channel) = said.get("channel") {
            let Some(channel) = channel.as_str() else {
                return Err(Failure::bad_request("The channel must be a text."));
            };
            if said.contains_key("state") {
                check_keys(said, &STATE)?;
                return self.announce(channel, said).await;
            }
            check_keys(said, &SENT)?;
            return self.send(channel, said).await;
        }
        check_keys(said, &TOPICS)?;
        if !said.contains_key("subscriptions") {
            // Whoever only asks wants to know whether somebody is there.
            return match said.keys().find(|key| *key != "ask") {
                Some(key) => Err(Failure::bad_request(format!(
                    "The {key} comes with subscriptions."
                ))),
                None => Ok(()),
            };
        }
        let mut body = said.clone();
        body.insert("clientId".to_owned(), json!(self.gathering.connection.id()));
        let asked = asked(&body)?;
        let token = match said.get("token") {
            None | Some(Json::Null) => None,
            Some(Json::String(token)) => Some(token.clone()),
            Some(_) => return Err(Failure::bad_request("The token must be a text.")),
        };
        self.subscribe(asked, token).await
    }

    async fn subscribe(&self, asked: Asked, token: Option<String>) -> Result<(), Failure> {
        let (app, address) = (&self.app, self.gathering.connection.address());
        let now = app.clock.now();
        let caller = token.map(|token| app.engine.auth.caller(now, &token));
        let known = self.gathering.connection.caller();
        let principal = &caller.as_ref().unwrap_or(&known).principal;
        self.admit((address, principal), (&Method::POST, super::PATH))?;
        let engine = Arc::clone(&app.engine);
        app.blocking(move || {
            engine.realtime.subscribe(Subscribing {
                client: &asked.client,
                address,
                caller,
                topics: &asked.topics,
                since: asked.since.as_deref(),
            })
        })
        .await
    }

    async fn send(&self, channel: &str, said: &Map<String, Json>) -> Result<(), Failure> {
        let said = Said::of(said)?;
        let connection = &self.gathering.connection;
        let (address, caller) = (connection.address(), connection.caller());
        let path = channels::path(channel);
        self.admit((address, &caller.principal), (&Method::POST, &path))?;
        let (channel, client) = (channel.to_owned(), connection.id().to_owned());
        let engine = Arc::clone(&self.app.engine);
        let send = move || {
            engine.realtime.send(Sending {
                channel: &channel,
                client: Some(&client),
                address,
                caller,
                query: Default::default(),
                headers: Default::default(),
                event: said.event,
                payload: said.payload,
                echo: said.echo,
            })
        };
        self.app.blocking(send).await
    }

    async fn announce(&self, channel: &str, said: &Map<String, Json>) -> Result<(), Failure> {
        let connection = &self.gathering.connection;
        let (address, caller) = (connection.address(), connection.caller());
        let path = channels::path(channel) + "/presence";
        self.admit((address, &caller.principal), (&Method::PUT, &path))?;
        let (channel, client) = (channel.to_owned(), connection.id().to_owned());
        let state = said.get("state").cloned().unwrap_or_default();
        let engine = Arc::clone(&self.app.engine);
        let announce = move || {
            engine.realtime.announce(&Announcing {
                channel: &channel,
                client: &client,
                address,
                caller,
                state,
            })
        };
        self.app.blocking(announce).await
    }

    /// The gates that a request passes over HTTP.
    fn admit(
        &self,
        (address, principal): (Option<IpAddr>, &Principal),
        (method, path): (&Method, &str),
    ) -> Result<(), Failure> {
        let settings = &self.app.engine.settings;
        if principal.skips_rules() {
            settings.superuser_may_come_from(address)?;
        }
        let client = (address, principal);
        if rate_limits::admit_as(&self.app, client, method, path).is_err() {
            metrics::counter!("luge_http_limited_total").increment(1);
            return Err(Failure::too_many_requests());
        }
        Ok(())
    }
}

/// What makes no sense is told rather than passed over.
fn check_keys(said: &Map<String, Json>, known: &[&str]) -> Result<(), Failure> {
    match said.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(Failure::bad_request(format!(
            "There is no {key:?} in a message; there may be {known:?}."
        ))),
        None => Ok(()),
    }
}

fn no_object(found: &str) -> Failure {
    Failure::bad_request(format!("A message is a JSON object: {found}."))
}

/// `{"id":…,"event":…,"data":…}`; the data is JSON already. What has no place has no id for a
/// client that is to know its place.
fn told(connection: &Connection, message: &Message) -> String {
    let id = match connection.place() {
        Some(_) => message.position.map(|place| place.to_string()),
        None => Some(connection.id().to_owned()),
    };
    let id = id.map(|id| format!("\"id\":\"{id}\","));
    let mut json = format!("{{{}\"event\":", id.unwrap_or_default()).into_bytes();
    write_text_json(&message.topic, &mut json);
    json.extend_from_slice(b",\"data\":");
    json.extend_from_slice(&message.data);
    json.push(b'}');
    // What it is made of is text.
    String::from_utf8(json).unwrap_or_default()
}
