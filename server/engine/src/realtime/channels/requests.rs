//! What is asked of channels: sending something, and announcing oneself.
//!
//! Whoever speaks for a client must be who the client is, and at its address.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use luge_model::principal::{Principal, RequestContext, RequestFacts};
use serde_json::{Map, Value as Json};

use super::Channels;
use super::messages::{self, Shown};
use super::room::{Announced, Whom};
use super::rulebook::Deed;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::realtime::caller::{Caller, Callers};
use crate::realtime::client::Client;
use crate::realtime::topic::state_text;
use crate::realtime::{NOT_THE_SAME, Realtime, Shared, WRONG_ADDRESS, is_same};

/// Something to be told to everybody in a channel.
#[derive(Debug)]
pub struct Sending<'a> {
    /// The name of the channel.
    pub channel: &'a str,
    /// The id of the client that sends it, where one does.
    pub client: Option<&'a str>,
    /// From where the request comes.
    pub address: Option<IpAddr>,
    /// Who sends it.
    pub caller: Caller,
    /// What rules see as `@request.query.*`.
    pub query: BTreeMap<String, String>,
    /// What rules see as `@request.headers.*`.
    pub headers: BTreeMap<String, String>,
    /// What the sender calls it.
    pub event: String,
    /// Any JSON.
    pub payload: Json,
    /// Whether the client that sends it is told, too.
    pub echo: bool,
}

/// What a client announces of itself to the others in a channel.
#[derive(Debug)]
pub struct Announcing<'a> {
    /// The name of the channel.
    pub channel: &'a str,
    /// The id of the client.
    pub client: &'a str,
    /// From where the request comes.
    pub address: Option<IpAddr>,
    /// Who asks.
    pub caller: Caller,
    /// A small JSON object; null to be listed no longer.
    pub state: Json,
}

impl Realtime {
    /// Puts something into the outboxes of everybody who is in a channel.
    ///
    /// # Errors
    /// [`Error::MissingChannel`] where there is no such channel or the rule says no;
    /// [`Error::SuperusersOnly`]; [`Error::MissingClient`], [`Error::BadRequest`] and
    /// [`Error::Forbidden`] where the client is not the caller's; when the store fails.
    pub fn send(&self, request: Sending<'_>) -> Result<()> {
        let shared = &self.0;
        let parts = &shared.parts;
        let book = shared.channels.rulebooks.current(parts);
        let now = parts.clock.now();
        let mut callers = Callers::new(&parts.query, &book.snapshot, now);
        let principal = callers.current(&request.caller)?;
        let speaker = (request.address, &principal);
        let client = request
            .client
            .map(|id| speaks_for(shared, id, speaker, &mut callers))
            .transpose()?;
        let found = book.find(request.channel).ok_or(Error::MissingChannel)?;
        let payload = request.payload.to_string();
        let context = Context {
            now,
            principal,
            request: RequestFacts {
                context: RequestContext::Realtime,
                method: "POST".to_owned(),
                query: request.query,
                headers: request.headers,
                body: Map::from_iter([
                    ("event".to_owned(), request.event.as_str().into()),
                    ("payload".to_owned(), request.payload),
                ]),
            },
            client: request.address,
            ..Context::default()
        };
        if !found.allows(parts, &book.snapshot, Deed::Send, &context)? {
            return Err(Error::MissingChannel);
        }
        metrics::counter!("luge_realtime_channel_messages_total").increment(1);
        let Some(room) = shared.channels.room(request.channel) else {
            return Ok(());
        };
        let shown = match found.definition.presence {
            true => Shown::of(&context.principal),
            false => Shown::default(),
        };
        let _telling = room.telling.lock();
        Channels::ask(shared, &room, Whom::Members);
        let member = client.as_ref().and_then(|client| room.member(client));
        let data = messages::sent(&request.event, &payload, member.as_deref(), &shown);
        let except = client.as_deref().filter(|_| !request.echo);
        Channels::tell(shared, &room, &data, except);
        Ok(())
    }

    /// Lists a client that is in a channel with a state, or no longer; the others are told soon.
    ///
    /// # Errors
    /// [`Error::MissingChannel`] where the client is not in such a channel; [`Error::BadRequest`]
    /// where the state is malformed, or members are not listed or too many;
    /// [`Error::MissingClient`] and [`Error::Forbidden`] where the client is not the caller's; when
    /// the store fails.
    pub fn announce(&self, request: &Announcing<'_>) -> Result<()> {
        let shared = &self.0;
        let parts = &shared.parts;
        let refused = |reason: &str| Error::BadRequest(format!("Invalid state: it {reason}."));
        let state = state_text(&request.state).map_err(|reason| refused(&reason))?;
        let book = shared.channels.rulebooks.current(parts);
        let mut callers = Callers::new(&parts.query, &book.snapshot, parts.clock.now());
        let principal = callers.current(&request.caller)?;
        let speaker = (request.address, &principal);
        let client = speaks_for(shared, request.client, speaker, &mut callers)?;
        let found = book.find(request.channel).ok_or(Error::MissingChannel)?;
        let room = shared.channels.room(request.channel);
        let room = room.ok_or(Error::MissingChannel)?;
        {
            let _telling = room.telling.lock();
            Channels::ask(shared, &room, Whom::One(&client));
        }
        room.member(&client).ok_or(Error::MissingChannel)?;
        if !found.definition.presence {
            let reason = "The members of this channel are not listed.";
            return Err(Error::BadRequest(reason.to_owned()));
        }
        match room.announce(&client, state) {
            Announced::Yes => {
                shared.channels.upkeep.has_changed(&room);
                Ok(())
            }
            Announced::Absent => Err(Error::MissingChannel),
            Announced::Full => {
                let reason = "As many members of this channel are listed as there may be.";
                Err(Error::BadRequest(reason.to_owned()))
            }
        }
    }
}

/// The client with an id, where whoever asks is who the client is.
fn speaks_for(
    shared: &Shared,
    id: &str,
    (address, principal): (Option<IpAddr>, &Principal),
    callers: &mut Callers<'_>,
) -> Result<Arc<Client>> {
    let client = shared.hub.client(id).ok_or(Error::MissingClient)?;
    if client.address != address {
        return Err(Error::BadRequest(WRONG_ADDRESS.to_owned()));
    }
    let known = client.caller.lock().clone();
    let known = callers.current(&known)?;
    let same = match (known.identity(), principal.identity()) {
        (None, None) => true,
        (Some(known), Some(asking)) => is_same(known, asking),
        _ => false,
    };
    match same {
        true => Ok(client),
        false => Err(Error::Forbidden(NOT_THE_SAME.to_owned())),
    }
}
