//! The one outbound HTTP client.
//!
//! - A name is resolved once, every address it has is judged, and the connection is made to an
//!   address that was found allowed: what a second look-up would say does not matter.
//! - No redirects, no proxies, no cookies, no compression; one request for each connection.
//! - Connecting, the whole exchange, headers and body have limits.
//! - TLS by rustls with ring, as everywhere in this binary, and the roots of Mozilla's programme.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::{Method, Request, Response, header};
use hyper_util::rt::TokioIo;
use luge_engine::outside::{
    Answering, Outbound, OutboundAnswer, OutboundError, OutboundMethod, OutboundRequest,
};
use luge_model::limits;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};
use url::Host;

use super::destination::Destinations;
use super::target::Target;

/// What a client calls itself; a version would help attackers only.
const USER_AGENT: &str = "Luge";

/// Addresses that are waited for.
pub(super) type Resolving = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Finds the addresses of a name.
pub(super) trait Resolve: std::fmt::Debug + Send + Sync {
    /// All addresses of a name, best first.
    fn resolve(&self, name: &str) -> Resolving;
}

/// The resolver of the operating system.
#[derive(Debug)]
struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, name: &str) -> Resolving {
        let name = name.to_owned();
        Box::pin(async move {
            // The port is of no interest here.
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// The client.
#[derive(Debug)]
pub(crate) struct Fetcher(Arc<Parts>);

struct Parts {
    destinations: Destinations,
    resolver: Arc<dyn Resolve>,
    tls: TlsConnector,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Parts")
            .field("destinations", &self.destinations)
            .finish_non_exhaustive()
    }
}

impl Fetcher {
    /// A client that goes where the operator allows it.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub(crate) fn new(destinations: Destinations) -> Result<Self, rustls::Error> {
        let mut roots = RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        Self::over(destinations, Arc::new(SystemResolver), roots)
    }

    /// The same with another resolver and other roots.
    pub(super) fn over(
        destinations: Destinations,
        resolver: Arc<dyn Resolve>,
        roots: RootCertStore,
    ) -> Result<Self, rustls::Error> {
        let provider = Arc::new(ring::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(Arc::new(Parts {
            destinations,
            resolver,
            tls: TlsConnector::from(Arc::new(config)),
        })))
    }
}

impl Outbound for Fetcher {
    fn check(&self, url: &str) -> Result<(), OutboundError> {
        let target = Target::parse(url)?;
        match literal(&target.host) {
            Some(address) => self.0.permitted(&target, vec![address]).map(drop),
            None => Ok(()),
        }
    }

    fn send(&self, request: OutboundRequest) -> Answering {
        let parts = Arc::clone(&self.0);
        Box::pin(async move {
            let time = Duration::from_secs(limits::OUTBOUND_SECONDS_MAX);
            match tokio::time::timeout(time, parts.exchange(request)).await {
                Ok(outcome) => outcome,
                Err(_) => Err(OutboundError::TimedOut(format!(
                    "There was no whole answer within {} s.",
                    time.as_secs()
                ))),
            }
        })
    }
}

impl Parts {
    async fn exchange(&self, request: OutboundRequest) -> Result<OutboundAnswer, OutboundError> {
        let target = Target::parse(&request.url)?;
        let answer_bytes_max = request.answer_bytes_max;
        let message = message(&target, request)?;
        let addresses = self.addresses(&target).await?;
        let time = Duration::from_secs(limits::OUTBOUND_CONNECT_SECONDS_MAX);
        let connecting = tokio::time::timeout(time, connect(&target, &addresses));
        let stream = connecting.await.map_err(|_| {
            let seconds = time.as_secs();
            OutboundError::TimedOut(format!("No connection was made within {seconds} s."))
        })??;
        if !target.secure {
            return converse(stream, message, answer_bytes_max).await;
        }
        let stream = self.tls.connect(server_name(&target)?, stream).await;
        let stream = stream.map_err(|error| {
            OutboundError::Unreachable(format!("No encrypted connection was made: {error}."))
        })?;
        converse(stream, message, answer_bytes_max).await
    }

    /// The addresses of the target that may be connected to.
    async fn addresses(&self, target: &Target) -> Result<Vec<SocketAddr>, OutboundError> {
        let found = match (&target.host, literal(&target.host)) {
            (_, Some(address)) => vec![address],
            (host, None) => {
                let name = host.to_string();
                let found = self.resolver.resolve(&name).await;
                found.map_err(|error| {
                    OutboundError::Unreachable(format!("The name {name} was not found: {error}."))
                })?
            }
        };
        self.permitted(target, found)
    }

    /// One address that is allowed is enough: only that one is connected to.
    fn permitted(
        &self,
        target: &Target,
        found: Vec<IpAddr>,
    ) -> Result<Vec<SocketAddr>, OutboundError> {
        let (name, port) = (target.name(), target.port);
        if found.is_empty() {
            let reason = format!("The name {name} has no address.");
            return Err(OutboundError::Unreachable(reason));
        }
        let allowed = found.into_iter();
        let allowed = allowed.filter(|address| self.destinations.allow(*address, port));
        let allowed: Vec<_> = allowed
            .map(|address| SocketAddr::new(address, port))
            .take(limits::OUTBOUND_ADDRESSES_TRIED_MAX)
            .collect();
        if allowed.is_empty() {
            return Err(OutboundError::Forbidden(format!(
                "{name} on port {port} is not a public address on an allowed port; the server's \
                 configuration (outbound-allow) can allow it."
            )));
        }
        Ok(allowed)
    }
}

/// The address that stands in place of a name.
fn literal(host: &Host<String>) -> Option<IpAddr> {
    match host {
        Host::Domain(_) => None,
        Host::Ipv4(four) => Some(IpAddr::V4(*four)),
        Host::Ipv6(six) => Some(IpAddr::V6(*six)),
    }
}

/// The name that the other side's certificate must be for.
fn server_name(target: &Target) -> Result<ServerName<'static>, OutboundError> {
    let name = match &target.host {
        // Certificates name no root zone.
        Host::Domain(name) => ServerName::try_from(name.trim_end_matches('.').to_owned()),
        Host::Ipv4(four) => Ok(IpAddr::V4(*four).into()),
        Host::Ipv6(six) => Ok(IpAddr::V6(*six).into()),
    };
    name.map_err(|_| OutboundError::Malformed("The address has no valid name.".to_owned()))
}

/// The request as it is sent.
fn message(
    target: &Target,
    request: OutboundRequest,
) -> Result<Request<Full<Bytes>>, OutboundError> {
    let method = match request.method {
        OutboundMethod::Get => Method::GET,
        OutboundMethod::Post => Method::POST,
    };
    let mut builder = Request::builder()
        .method(method)
        .uri(target.path.as_str())
        .header(header::HOST, target.authority.as_str())
        .header(header::USER_AGENT, USER_AGENT);
    for (name, value) in &request.headers {
        builder = builder.header(name.as_str(), value.as_str());
    }
    builder
        .body(Full::new(Bytes::from(request.body)))
        .map_err(|error| OutboundError::Malformed(format!("The request is malformed: {error}.")))
}

/// Connects to the first address that answers.
async fn connect(target: &Target, addresses: &[SocketAddr]) -> Result<TcpStream, OutboundError> {
    let mut failure = None;
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => failure = Some(error),
        }
    }
    let name = target.name();
    let reason = failure.map_or_else(String::new, |error| format!(": {error}"));
    let reason = format!(
        "No connection to {name} on port {} was made{reason}.",
        target.port
    );
    Err(OutboundError::Unreachable(reason))
}

/// One request and its answer on a connection.
async fn converse<S>(
    stream: S,
    message: Request<Full<Bytes>>,
    answer_bytes_max: usize,
) -> Result<OutboundAnswer, OutboundError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::Builder::new()
        .max_headers(limits::OUTBOUND_HEADERS_MAX)
        .max_buf_size(limits::OUTBOUND_HEADER_BYTES_MAX)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|error| bad_answer(&error))?;
    // The connection ends with this call, however it ends.
    let mut driving = JoinSet::new();
    driving.spawn(connection);
    let response = sender.send_request(message).await;
    let response = response.map_err(|error| bad_answer(&error))?;
    let (status, headers) = (response.status().as_u16(), texts(&response));
    let body = match answer_bytes_max {
        0 => Vec::new(),
        most => read(response.into_body(), most).await?,
    };
    Ok(OutboundAnswer {
        status,
        headers,
        body,
    })
}

async fn read(mut body: Incoming, most: usize) -> Result<Vec<u8>, OutboundError> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| bad_answer(&error))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if bytes.len().saturating_add(data.len()) > most {
            let reason = format!("The answer is larger than {most} bytes.");
            return Err(OutboundError::BadAnswer(reason));
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

fn texts(response: &Response<Incoming>) -> Vec<(String, String)> {
    let headers = response.headers().iter();
    let texts = headers.filter_map(|(name, value)| {
        let value = value.to_str().ok()?;
        Some((name.as_str().to_owned(), value.to_owned()))
    });
    texts.collect()
}

fn bad_answer(error: &hyper::Error) -> OutboundError {
    OutboundError::BadAnswer(format!("There was no answer in HTTP: {error}."))
}
