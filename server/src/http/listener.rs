//! Accepts connections and serves the endpoint on them with HTTP/1.1.
//!
//! - Every wait for a client has a limit: headers, bodies (see `body.rs`), idle connections.
//! - More than `limits::CONNECTIONS_MAX` connections wait in the operating system's queue.
//! - After the stop signal no connection is accepted, running requests are finished within
//!   `limits::SHUTDOWN_SECONDS_MAX`, and then the rest is dropped.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use hyper::Method;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use luge_model::limits;
use poem::http::uri::Scheme;
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Endpoint, Response};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};

use crate::http::left_over::LeftOver;
use crate::http::take_over::Handing;

/// Connections that are open now, on every address.
static OPEN: AtomicU64 = AtomicU64::new(0);

/// How many connections are open now.
pub(crate) fn open_connections() -> u64 {
    OPEN.load(Ordering::Relaxed)
}

/// Serves until `stop` is done.
pub(crate) async fn serve<E>(listener: TcpListener, endpoint: E, stop: impl Future<Output = ()>)
where
    E: Endpoint<Output = Response> + 'static,
{
    let endpoint = Arc::new(endpoint);
    let (stopping, stopped) = watch::channel(false);
    let permits = Arc::new(Semaphore::new(limits::CONNECTIONS_MAX));
    let mut stop = std::pin::pin!(stop);
    loop {
        let permit = tokio::select! {
            permit = Arc::clone(&permits).acquire_owned() => permit,
            () = &mut stop => break,
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((socket, remote)) => {
                let connection = Connection {
                    endpoint: Arc::clone(&endpoint),
                    local: listener
                        .local_addr()
                        .map(|address| LocalAddr(address.into()))
                        .ok(),
                    remote: RemoteAddr(remote.into()),
                    stopped: stopped.clone(),
                    open: Open::new(permit.ok()),
                };
                tokio::spawn(connection.serve(socket));
            }
            Err(error) => {
                // Out of file descriptors, most likely: wait for some to be freed.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    let _ = stopping.send(true);
    let all = u32::try_from(limits::CONNECTIONS_MAX).unwrap_or(u32::MAX);
    let limit = Duration::from_secs(limits::SHUTDOWN_SECONDS_MAX);
    if tokio::time::timeout(limit, permits.acquire_many(all))
        .await
        .is_err()
    {
        tracing::warn!("some requests did not end in time and were dropped");
    }
}

/// Breaks off the connection of a request, also while something is being written to it.
#[derive(Clone, Default)]
pub(crate) struct HangUp(Arc<Notify>);

impl HangUp {
    /// Breaks off.
    pub(crate) fn now(&self) {
        self.0.notify_one();
    }
}

struct Connection<E> {
    endpoint: Arc<E>,
    local: Option<LocalAddr>,
    remote: RemoteAddr,
    stopped: watch::Receiver<bool>,
    open: Open,
}

/// One open connection, also while it is taken over: counted, and one of those that there may be.
struct Open {
    /// Given back when the connection ends.
    _permit: Option<OwnedSemaphorePermit>,
}

impl Open {
    fn new(permit: Option<OwnedSemaphorePermit>) -> Self {
        OPEN.fetch_add(1, Ordering::Relaxed);
        Self { _permit: permit }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        OPEN.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<E: Endpoint<Output = Response> + 'static> Connection<E> {
    async fn serve(mut self, socket: TcpStream) {
        if let Err(error) = socket.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY could not be set");
        }
        let endpoint = Arc::clone(&self.endpoint);
        let local = self.local.unwrap_or_default();
        let remote = self.remote;
        let hang_up = HangUp::default();
        let hung_up = hang_up.clone();
        let handing = Handing::default();
        let handed = handing.clone();
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let endpoint = Arc::clone(&endpoint);
            let handing = handing.clone();
            let version = request.version();
            let takes_over = [Method::GET, Method::POST].contains(request.method());
            let mut request: poem::Request =
                (request, local.clone(), remote.clone(), Scheme::HTTP).into();
            request.set_data(hang_up.clone());
            let left_over = LeftOver::of(&mut request);
            // In a box of its own: a connection keeps the room of its request for as long as it
            // lives, and event streams live long.
            Box::pin(async move {
                let mut response = endpoint.get_response(request).await;
                left_over.read_away(&mut response).await;
                if takes_over {
                    response = match handing.leave(response, version) {
                        Some(response) => response,
                        None => std::future::pending().await,
                    };
                }
                let response: hyper::Response<BoxBody<Bytes, std::io::Error>> = response.into();
                Ok::<_, Infallible>(response)
            })
        });
        let mut connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(Duration::from_secs(limits::HEADER_READ_SECONDS_MAX))
            .max_buf_size(limits::HEADER_BYTES_MAX)
            .serve_connection(TokioIo::new(socket), service);
        // The borrow that the watch hands out must not be held while the connection ends.
        let stopped = async { drop(self.stopped.wait_for(|stopped| *stopped).await) };
        let result = tokio::select! {
            result = &mut connection => result,
            () = hung_up.0.notified() => return,
            () = handed.left() => {
                let parts = connection.into_parts();
                let socket = (parts.io.into_inner(), parts.read_buf);
                // In a task of its own, which is as small as what it does.
                tokio::spawn(speak(handed, socket, hung_up, self.open));
                return;
            }
            () = stopped => {
                Pin::new(&mut connection).graceful_shutdown();
                tokio::select! {
                    result = &mut connection => result,
                    () = hung_up.0.notified() => return,
                }
            }
        };
        if let Err(error) = result {
            tracing::trace!(%error, "a connection broke off");
        }
    }
}

/// Speaks on a connection that was taken over, to its end.
async fn speak(handed: Handing, (socket, read): (TcpStream, Bytes), hung_up: HangUp, open: Open) {
    tokio::select! {
        () = handed.speak(socket, read) => {}
        () = hung_up.0.notified() => {}
    }
    drop(open);
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use poem::endpoint::make_sync;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::oneshot;

    use super::*;
    use crate::http::take_over::TakeOver;

    #[tokio::test]
    async fn a_connection_that_is_taken_over_is_open_until_it_ends() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let endpoint = make_sync(|_| {
            let mut response = Response::default();
            TakeOver::by(&mut response, |taken| async move { taken.gone().await });
            response
        });
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(serve(listener, endpoint, async { drop(stopped.await) }));
        let mut clients = Vec::new();
        for _ in 0..3 {
            let mut client = TcpStream::connect(address).await.unwrap();
            let request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";
            client.write_all(request).await.unwrap();
            let mut head = [0; 12];
            client.read_exact(&mut head).await.unwrap();
            assert_eq!(&head, b"HTTP/1.1 200");
            clients.push(client);
        }
        // What served the requests until then has ended meanwhile.
        tokio::time::sleep(Duration::from_millis(200)).await;
        for left in [3, 2, 1, 0] {
            let deadline = Instant::now() + Duration::from_secs(10);
            while open_connections() != left {
                assert!(Instant::now() < deadline, "{} are open", open_connections());
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            clients.pop();
        }
        stop.send(()).unwrap();
        serving.await.unwrap();
    }
}
