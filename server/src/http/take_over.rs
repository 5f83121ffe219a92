//! Connections that are taken out of HTTP's hands: event streams and WebSockets.
//!
//! - What surrounds a request (log, headers, limits) sees an ordinary response. In it is what
//!   speaks on the connection once the head of that response is written.
//! - hyper keeps buffers of 16 KiB and the state of a request for as long as a connection lives; a
//!   stream that is silent most of the time needs none of that, and writes its frames at once.

use std::fmt::Write as _;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use hyper::Version;
use parking_lot::Mutex;
use poem::Response;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Notify;

/// What is said on a connection, to its end.
type Speaking = Pin<Box<dyn Future<Output = ()> + Send>>;
type Speak = Box<dyn FnOnce(Taken) -> Speaking + Send>;

/// A connection that is no longer hyper's.
pub(crate) struct Taken {
    socket: TcpStream,
    /// What the client sent behind its request.
    read: Bytes,
    chunked: bool,
}

/// In a response: what takes the connection over.
#[derive(Clone)]
pub(crate) struct TakeOver(Arc<Mutex<Option<Speak>>>);

/// Where the service of a connection leaves a response that takes it over.
#[derive(Clone, Default)]
pub(crate) struct Handing(Arc<Handed>);

#[derive(Default)]
struct Handed {
    response: Mutex<Option<(Response, Version)>>,
    left: Notify,
}

impl TakeOver {
    /// Adds to a response what speaks on the connection behind its head.
    pub(crate) fn by<F>(response: &mut Response, speak: impl FnOnce(Taken) -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let speak: Speak = Box::new(move |taken| Box::pin(speak(taken)));
        let take_over = Self(Arc::new(Mutex::new(Some(speak))));
        response.extensions_mut().insert(take_over);
    }
}

impl Handing {
    /// Leaves a response that takes the connection over; others are given back.
    pub(crate) fn leave(&self, response: Response, version: Version) -> Option<Response> {
        if response.extensions().get::<TakeOver>().is_none() {
            return Some(response);
        }
        *self.0.response.lock() = Some((response, version));
        self.0.left.notify_one();
        None
    }

    /// Waits until a response was left.
    pub(crate) async fn left(&self) {
        self.0.left.notified().await;
    }

    /// Writes the head of the response that was left, and speaks to the end.
    pub(crate) async fn speak(self, mut socket: TcpStream, read: Bytes) {
        let left = self.0.response.lock().take();
        drop(self);
        let Some((response, version)) = left else {
            return;
        };
        let chunked = version >= Version::HTTP_11 && response.is_success();
        let head = head(&response, chunked);
        let speak = response.extensions().get::<TakeOver>();
        let speak = speak.and_then(|take_over| take_over.0.lock().take());
        drop(response);
        if let Some(speak) = speak
            && socket.write_all(&head).await.is_ok()
        {
            drop(head);
            let taken = Taken {
                socket,
                read,
                chunked,
            };
            speak(taken).await;
        }
    }
}

fn head(response: &Response, chunked: bool) -> Vec<u8> {
    let mut head = String::new();
    // Writing to a text does not fail.
    let _ = write!(head, "HTTP/1.1 {}\r\n", response.status());
    let mut head = head.into_bytes();
    for (name, value) in response.headers() {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            head.extend_from_slice(part);
        }
    }
    if chunked {
        head.extend_from_slice(b"transfer-encoding: chunked\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head
}

impl Taken {
    /// The connection itself, with what the client sent behind its request.
    pub(crate) fn into_socket(self) -> (TcpStream, Bytes) {
        (self.socket, self.read)
    }

    /// Writes one part of the body.
    pub(crate) async fn write(&mut self, body: &[u8]) -> io::Result<()> {
        if !self.chunked {
            return self.socket.write_all(body).await;
        }
        let mut chunk = format!("{:x}\r\n", body.len()).into_bytes();
        chunk.reserve_exact(body.len() + 2);
        chunk.extend_from_slice(body);
        chunk.extend_from_slice(b"\r\n");
        self.socket.write_all(&chunk).await
    }

    /// Waits until the client went away; what it says meanwhile is nothing to anybody.
    pub(crate) async fn gone(&self) {
        loop {
            if self.socket.readable().await.is_err() {
                return;
            }
            match self.socket.try_read(&mut [0; 64]) {
                Ok(read) if read > 0 => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Ok(_) | Err(_) => return,
            }
        }
    }

    /// Ends the body and the connection.
    pub(crate) async fn end(mut self) -> io::Result<()> {
        if self.chunked {
            self.socket.write_all(b"0\r\n\r\n").await?;
        }
        self.socket.shutdown().await
    }
}
