//! The log of requests as server-sent events: `log` for each entry, `missed` where they come faster
//! than they are read.
//!
//! - Who watches is asked for again whenever something is told: a token that ended ends the stream.
//! - Without entries a comment says now and then that the stream lives.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use luge_engine::context::Context;
use luge_engine::request_log::{Heard, Tail};
use luge_model::limits;
use poem::http::{HeaderValue, header};
use poem::{Body, IntoResponse, Request, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema};
use poem_openapi::registry::{MetaSchemaRef, Registry};
use tokio::time::Instant;

use crate::http::app::App;
use crate::http::error::Failure;

/// The answer that goes on until the client has enough.
pub(crate) struct TailStream(Watcher);

struct Watcher {
    app: Arc<App>,
    token: String,
    context: Context,
    tail: Tail,
    begun: bool,
    end: Instant,
}

impl TailStream {
    /// Watches for a superuser from now on.
    pub(crate) fn begin(
        app: &Arc<App>,
        request: &Request,
        context: Context,
        filter: &str,
    ) -> Result<Self, Failure> {
        let tail = app.engine.request_log.watch(&context, filter)?;
        Ok(Self(Watcher {
            app: Arc::clone(app),
            token: app.token(request).unwrap_or_default().to_owned(),
            context,
            tail,
            begun: false,
            end: Instant::now() + Duration::from_secs(limits::REALTIME_SECONDS_MAX),
        }))
    }
}

impl Watcher {
    /// What is sent next; none when the stream ends.
    async fn next(&mut self) -> Option<Bytes> {
        if !std::mem::replace(&mut self.begun, true) {
            return Some(Bytes::from_static(b": watching\n\n"));
        }
        loop {
            if Instant::now() >= self.end {
                return None;
            }
            self.context.now = self.app.clock.now();
            let pause = Duration::from_secs(limits::LOG_TAIL_PAUSE_SECONDS_MAX);
            let heard = tokio::time::timeout(pause, self.tail.next(&self.context)).await;
            let principal = self
                .app
                .engine
                .auth
                .principal(self.context.now, &self.token);
            if !principal.is_superuser() {
                return None;
            }
            match heard {
                Ok(Heard::Entries(entries)) if entries.is_empty() => {}
                Ok(Heard::Entries(entries)) => {
                    let mut bytes = Vec::new();
                    for entry in entries {
                        bytes.extend_from_slice(b"event:log\ndata:");
                        entry.write_json(&mut bytes);
                        bytes.extend_from_slice(b"\n\n");
                    }
                    return Some(bytes.into());
                }
                Ok(Heard::Missed(writes)) => {
                    let text = format!("event:missed\ndata:{{\"writes\":{writes}}}\n\n");
                    return Some(text.into());
                }
                Ok(Heard::Ended) => return None,
                Err(_) => return Some(Bytes::from_static(b": waiting\n\n")),
            }
        }
    }
}

impl IntoResponse for TailStream {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        let headers = response.headers_mut();
        let stream_type = HeaderValue::from_static("text/event-stream");
        headers.insert(header::CONTENT_TYPE, stream_type);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let proxies = header::HeaderName::from_static("x-accel-buffering");
        headers.insert(proxies, HeaderValue::from_static("no"));
        let events = stream::unfold(self.0, |mut watcher| async {
            let bytes = watcher.next().await?;
            Some((Ok::<_, std::io::Error>(bytes), watcher))
        });
        response.set_body(Body::from_bytes_stream(events));
        response
    }
}

impl ApiResponse for TailStream {
    fn meta() -> MetaResponses {
        let content = MetaMediaType {
            content_type: "text/event-stream",
            schema: MetaSchemaRef::Inline(Box::new(MetaSchema::new("string"))),
        };
        MetaResponses {
            responses: vec![MetaResponse {
                description: "Entries until the client goes away or has watched for long.",
                status: Some(200),
                status_range: None,
                content: vec![content],
                headers: vec![],
            }],
        }
    }

    fn register(_registry: &mut Registry) {}
}
