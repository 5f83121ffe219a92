//! Sending to broadcast channels, and announcing oneself in them: over HTTP, and the same said on a
//! WebSocket.

use std::sync::Arc;

use luge_engine::realtime::{Announcing, Sending};
use luge_model::invalid::{Violation, Violations};
use luge_model::limits;
use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use serde_json::{Map, Value as Json};

use super::client_id;
use crate::http::answer::NoContent;
use crate::http::app::{App, headers};
use crate::http::body::RawBody;
use crate::http::error::Failure;
use crate::http::query;

/// The path of a channel, for rules that limit requests.
pub(super) fn path(channel: &str) -> String {
    format!("{}/channels/{channel}", super::PATH)
}

/// The routes.
pub(crate) struct ChannelsApi(pub(crate) Arc<App>);

#[OpenApi]
impl ChannelsApi {
    /// Tells everybody who is in a channel something, at most once.
    #[oai(
        path = "/api/realtime/channels/:channel",
        method = "post",
        operation_id = "sendToChannel"
    )]
    async fn send(
        &self,
        request: &Request,
        channel: Path<String>,
        body: RawBody,
    ) -> Result<NoContent, Failure> {
        let body = body.into_object().await?;
        let said = Said::of(&body)?;
        let client = body.get("clientId").filter(|client| !client.is_null());
        let client = client.map(|_| client_id(&body)).transpose()?;
        let address = self.0.client_address(request);
        let caller = self.0.caller(request);
        let query = query::pairs(request);
        let headers = headers(request);
        let engine = Arc::clone(&self.0.engine);
        let send = move || {
            engine.realtime.send(Sending {
                channel: &channel,
                client: client.as_deref(),
                address,
                caller,
                query,
                headers,
                event: said.event,
                payload: said.payload,
                echo: said.echo,
            })
        };
        self.0.blocking(send).await?;
        Ok(NoContent)
    }

    /// Announces a client to the others in a channel with a small state; null withdraws it.
    #[oai(
        path = "/api/realtime/channels/:channel/presence",
        method = "put",
        operation_id = "announceInChannel"
    )]
    async fn announce(
        &self,
        request: &Request,
        channel: Path<String>,
        body: RawBody,
    ) -> Result<NoContent, Failure> {
        let body = body.into_object().await?;
        let client = client_id(&body)?;
        if client.is_empty() {
            let violations = Violations::of("clientId", Violation::required());
            return Err(Failure::invalid(&violations));
        }
        let state = body.get("state").cloned().unwrap_or_default();
        let address = self.0.client_address(request);
        let caller = self.0.caller(request);
        let engine = Arc::clone(&self.0.engine);
        let announce = move || {
            engine.realtime.announce(&Announcing {
                channel: &channel,
                client: &client,
                address,
                caller,
                state,
            })
        };
        self.0.blocking(announce).await?;
        Ok(NoContent)
    }
}

/// What is sent to a channel.
pub(super) struct Said {
    pub(super) event: String,
    pub(super) payload: Json,
    pub(super) echo: bool,
}

impl Said {
    /// Reads `event`, `payload` and `self`.
    pub(super) fn of(body: &Map<String, Json>) -> Result<Self, Failure> {
        let mut violations = Violations::new();
        let event = match body.get("event") {
            None | Some(Json::Null) => "",
            Some(Json::String(event)) => event,
            Some(_) => return Err(Failure::bad_request("The event must be a text.")),
        };
        if event.is_empty() {
            violations.add("event", Violation::required());
        } else if event.chars().count() > limits::CHANNEL_EVENT_CHARS_MAX {
            violations.add("event", too_long(limits::CHANNEL_EVENT_CHARS_MAX));
        }
        let payload = body.get("payload").cloned().unwrap_or_default();
        if payload.to_string().len() > limits::CHANNEL_PAYLOAD_BYTES_MAX {
            violations.add("payload", too_long(limits::CHANNEL_PAYLOAD_BYTES_MAX));
        }
        let echo = match body.get("self") {
            None | Some(Json::Null) => false,
            Some(Json::Bool(echo)) => *echo,
            Some(_) => return Err(Failure::bad_request("The self must be true or false.")),
        };
        if violations.is_empty() {
            Ok(Self {
                event: event.to_owned(),
                payload,
                echo,
            })
        } else {
            Err(Failure::invalid(&violations))
        }
    }
}

fn too_long(most: usize) -> Violation {
    let message = format!("The length must be no more than {most}.");
    let violation = Violation::new("validation_length_too_long", message);
    violation.with("max", most).with("min", 0)
}
