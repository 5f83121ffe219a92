//! Messages as server-sent events (contract §1.5).
//!
//! Frames are `id:…\nevent:…\ndata:…\n\n`, without a space behind the colons. The id is that of the
//! client, which the official SDK takes from there, or the place of the message for a client that
//! resumes. What a channel is told has no place, and no id then: the client stays where it was.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use luge_engine::realtime::{Connection, Message};
use luge_model::limits;
use tokio::time::Instant;

use super::gathering::Gathering;
use crate::http::take_over::Taken;

/// Tells a client what happens, until it goes away or was here for long.
pub(super) async fn stream(connection: Connection, mut taken: Taken) {
    let mut gathering = Gathering::new(connection);
    if let Ok(true) = tell(&mut gathering, &mut taken).await {
        // The client may be gone already.
        drop(taken.end().await);
    }
}

/// `true` when the stream is to end in order, `false` when the client went away.
async fn tell(gathering: &mut Gathering, taken: &mut Taken) -> io::Result<bool> {
    let end = Instant::now() + Duration::from_secs(limits::REALTIME_SECONDS_MAX);
    let mut idle = pin!(tokio::time::sleep(idle_time()));
    taken.write(&greeting(&gathering.connection)).await?;
    loop {
        let messages = tokio::select! {
            biased;
            messages = gathering.next() => messages,
            () = idle.as_mut() => None,
            () = taken.gone() => return Ok(false),
        };
        let Some(messages) = messages else {
            return Ok(true);
        };
        let until = (Instant::now() + idle_time()).min(end);
        idle.as_mut().reset(until);
        let frames = frames(&gathering.connection, &messages);
        taken.write(&frames).await?;
    }
}

fn greeting(connection: &Connection) -> Vec<u8> {
    let client = connection.id();
    // The id needs no escapes.
    let data = format!("{{\"clientId\":\"{client}\"}}");
    let place = connection.place().map(|place| place.to_string());
    let mut bytes = Vec::new();
    let id = place.as_deref().unwrap_or(client);
    frame(&mut bytes, Some(id), "PB_CONNECT", data.as_bytes());
    bytes
}

fn frames(connection: &Connection, messages: &[Arc<Message>]) -> Vec<u8> {
    let id = connection.id();
    let resumes = connection.place().is_some();
    let size = |message: &Arc<Message>| message.topic.len() + message.data.len() + id.len() + 28;
    let mut bytes = Vec::with_capacity(messages.iter().map(size).sum());
    for message in messages {
        if resumes {
            let place = message.position.map(|place| place.to_string());
            frame(&mut bytes, place.as_deref(), &message.topic, &message.data);
        } else {
            frame(&mut bytes, Some(id), &message.topic, &message.data);
        }
    }
    bytes
}

fn idle_time() -> Duration {
    Duration::from_secs(limits::REALTIME_IDLE_SECONDS_MAX)
}

fn frame(bytes: &mut Vec<u8>, id: Option<&str>, event: &str, data: &[u8]) {
    if let Some(id) = id {
        bytes.extend_from_slice(b"id:");
        bytes.extend_from_slice(id.as_bytes());
        bytes.push(b'\n');
    }
    for part in [b"event:", event.as_bytes(), b"\ndata:", data, b"\n\n"] {
        bytes.extend_from_slice(part);
    }
}
