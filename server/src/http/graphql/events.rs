//! Outcomes as server-sent events: the protocol graphql-sse, one operation for each connection.
//!
//! `event:next` carries an outcome; `event:complete` says that there are no more. A stream that
//! ends without it broke off, and the client begins again.

use std::io;
use std::pin::pin;
use std::time::Duration;

use async_graphql::Response as Outcome;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use luge_model::limits;
use poem::Response;
use poem::http::{HeaderName, HeaderValue, header};
use tokio::time::Instant;

use super::Ready;
use crate::http::take_over::{TakeOver, Taken};

/// The outcomes of an operation, as they come.
pub(super) type Outcomes = BoxStream<'static, Outcome>;

/// An answer that goes on until there is nothing more to tell.
pub(super) fn response(ready: Ready) -> Response {
    let mut response = Response::default();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    TakeOver::by(&mut response, |taken| stream(ready, taken));
    response
}

async fn stream(ready: Ready, mut taken: Taken) {
    let outcomes = ready.outcomes();
    if let Ok(true) = tell(outcomes, &mut taken).await {
        // The client may be gone already.
        drop(taken.end().await);
    }
}

/// `true` when the stream is to end in order, `false` when the client went away.
async fn tell((mut outcomes, endless): (Outcomes, bool), taken: &mut Taken) -> io::Result<bool> {
    let end = Instant::now() + Duration::from_secs(limits::REALTIME_SECONDS_MAX);
    let pause = Duration::from_secs(limits::GRAPHQL_PING_SECONDS);
    let mut quiet = pin!(tokio::time::sleep(pause));
    let mut failed = false;
    loop {
        tokio::select! {
            biased;
            outcome = outcomes.next() => {
                let Some(outcome) = outcome else {
                    if failed || !endless {
                        taken.write(b"event:complete\ndata:\n\n").await?;
                    }
                    return Ok(true);
                };
                failed = !outcome.errors.is_empty();
                taken.write(&frame(&outcome)).await?;
            }
            () = quiet.as_mut() => {
                if Instant::now() >= end {
                    return Ok(true);
                }
                taken.write(b":\n\n").await?;
            }
            () = taken.gone() => return Ok(false),
        }
        quiet
            .as_mut()
            .reset((Instant::now() + pause).min(end.max(Instant::now())));
    }
}

fn frame(outcome: &Outcome) -> Vec<u8> {
    let mut frame = b"event:next\ndata:".to_vec();
    if let Err(error) = serde_json::to_writer(&mut frame, outcome) {
        tracing::error!(%error, "an outcome cannot be written as JSON");
    }
    frame.extend_from_slice(b"\n\n");
    frame
}
