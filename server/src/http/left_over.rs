//! What is left of a body when its request was answered is read away: else the connection would
//! be of no use for the next request, and the client would learn that by losing it.
//!
//! - Little is read, and not for long; where more is left, the answer says that the connection
//!   ends.
//! - Nobody is made to send what nobody reads: who waits for `100 Continue` gets the answer
//!   instead.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use http_body_util::combinators::BoxBody;
use hyper::body::{Body, Frame, SizeHint};
use luge_model::limits;
use parking_lot::Mutex;
use poem::http::HeaderValue;
use poem::http::header::{CONNECTION, EXPECT};
use poem::{Request, Response};

type Incoming = BoxBody<Bytes, io::Error>;

/// Where a body comes back to.
#[derive(Default)]
pub(super) struct LeftOver {
    body: Arc<Mutex<Option<Incoming>>>,
    expects: bool,
}

impl LeftOver {
    /// Puts into a request a body that comes back when it is dropped before its end.
    pub(super) fn of(request: &mut Request) -> Self {
        let body = request.take_body();
        if body.is_empty() {
            return Self::default();
        }
        let left_over = Self {
            body: Arc::default(),
            expects: request.headers().contains_key(EXPECT),
        };
        let lent = Lent {
            body: Some(body.into()),
            back: Arc::clone(&left_over.body),
        };
        request.set_body(BoxBody::new(lent));
        left_over
    }

    /// Reads what came back; `response` is the answer that was made meanwhile.
    pub(super) async fn read_away(self, response: &mut Response) {
        let time = Duration::from_secs(limits::BODY_READ_AWAY_SECONDS_MAX);
        self.read_away_within(time, response).await;
    }

    async fn read_away_within(self, time: Duration, response: &mut Response) {
        let Some(body) = self.body.lock().take() else {
            return;
        };
        let is_read = !self.expects
            && tokio::time::timeout(time, is_read(body))
                .await
                .unwrap_or(false);
        if !is_read {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(CONNECTION, close);
        }
    }
}

/// Reads a body; whether it came to its end.
async fn is_read(mut body: Incoming) -> bool {
    let mut left = limits::BODY_READ_AWAY_BYTES;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return false;
        };
        let length = frame.data_ref().map_or(0, Bytes::len);
        match left.checked_sub(length) {
            Some(less) => left = less,
            None => return false,
        }
    }
    true
}

/// A body that somebody else wants back.
struct Lent {
    body: Option<Incoming>,
    back: Arc<Mutex<Option<Incoming>>>,
}

impl Body for Lent {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let polled = Pin::new(body).poll_frame(context);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.body = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let hint = self.body.as_ref().map(Body::size_hint);
        hint.unwrap_or_else(|| SizeHint::with_exact(0))
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if !self.is_end_stream() {
            *self.back.lock() = self.body.take();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;

    use super::*;

    fn request(pieces: &'static [&'static [u8]]) -> Request {
        let pieces = futures_util::stream::iter(pieces).map(|piece| Ok::<_, io::Error>(*piece));
        Request::builder().body(poem::Body::from_bytes_stream(pieces))
    }

    fn says_close(response: &Response) -> bool {
        response.header(CONNECTION) == Some("close")
    }

    #[tokio::test]
    async fn a_body_that_was_read_or_is_short_keeps_the_connection() {
        for read in [0, 1, 2, 3] {
            let mut request = request(&[b"ab", b"cd"]);
            let left_over = LeftOver::of(&mut request);
            let mut body: Incoming = request.take_body().into();
            for _ in 0..read {
                body.frame().await;
            }
            drop((body, request));
            assert_eq!(left_over.body.lock().is_some(), read < 3, "{read} frames");
            let mut response = Response::default();
            left_over.read_away(&mut response).await;
            assert!(!says_close(&response));
        }
    }

    #[tokio::test]
    async fn a_long_rest_ends_the_connection() {
        static PIECE: [u8; 1024 * 1024] = [0; 1024 * 1024];
        static PIECES: [&[u8]; 2] = [&PIECE, b"x"];
        let mut request = request(&PIECES);
        let left_over = LeftOver::of(&mut request);
        drop(request);
        let mut response = Response::default();
        left_over.read_away(&mut response).await;
        assert!(says_close(&response));
    }

    #[tokio::test]
    async fn a_rest_that_never_comes_ends_the_connection() {
        let never = futures_util::stream::pending::<io::Result<&[u8]>>();
        let mut request = Request::builder().body(poem::Body::from_bytes_stream(never));
        let left_over = LeftOver::of(&mut request);
        drop(request);
        let mut response = Response::default();
        let time = Duration::from_millis(10);
        left_over.read_away_within(time, &mut response).await;
        assert!(says_close(&response));
    }

    #[tokio::test]
    async fn who_waits_before_sending_is_answered_without_it() {
        let mut request = request(&[b"ab"]);
        let expects = HeaderValue::from_static("100-continue");
        request.headers_mut().insert(EXPECT, expects);
        let left_over = LeftOver::of(&mut request);
        drop(request);
        let mut response = Response::default();
        left_over.read_away(&mut response).await;
        assert!(says_close(&response));
    }

    #[tokio::test]
    async fn a_request_without_a_body_is_left_alone() {
        let mut request = Request::builder().finish();
        let left_over = LeftOver::of(&mut request);
        assert!(request.take_body().is_empty());
        let mut response = Response::default();
        left_over.read_away(&mut response).await;
        assert!(!says_close(&response));
    }
}
