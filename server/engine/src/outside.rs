//! What the engine asks of the world outside: traits that the server implements, so that nothing
//! here opens a socket.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

mod post;

pub use post::{Login, LoginMethod, MailServer, NoPost, OutboundMail, Post, PostError, Posting};

/// One outbound HTTP request.
#[derive(Clone, Debug)]
pub struct OutboundRequest {
    /// What is asked for.
    pub method: OutboundMethod,
    /// An absolute `http` or `https` address.
    pub url: String,
    /// Names and values; `Host` and the length of the body are added.
    pub headers: Vec<(String, String)>,
    /// The body, empty for none.
    pub body: Vec<u8>,
    /// Most bytes of the answer's body; a longer one is an error, and 0 leaves it unread.
    pub answer_bytes_max: usize,
}

/// What an outbound request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutboundMethod {
    /// Something to read.
    Get,
    /// Something to take.
    Post,
}

/// What came back, whatever the status is: a redirect is an answer, never followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboundAnswer {
    /// The status.
    pub status: u16,
    /// Headers whose values are texts, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, as far as it was wanted.
    pub body: Vec<u8>,
}

impl OutboundAnswer {
    /// The first value of a header, by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Why there is no answer. The texts are for people and tell nothing of what was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutboundError {
    /// The request makes no sense: its address or one of its headers.
    #[error("{0}")]
    Malformed(String),
    /// The address leads where the server may not go.
    #[error("{0}")]
    Forbidden(String),
    /// Nobody answers there.
    #[error("{0}")]
    Unreachable(String),
    /// It took too long.
    #[error("{0}")]
    TimedOut(String),
    /// What came back is no answer, or too large.
    #[error("{0}")]
    BadAnswer(String),
}

/// An answer that is waited for.
pub type Answering =
    Pin<Box<dyn Future<Output = Result<OutboundAnswer, OutboundError>> + Send + 'static>>;

/// The one way out by HTTP: for webhooks, sign-in providers and whatever else asks other servers.
pub trait Outbound: fmt::Debug + Send + Sync {
    /// Whether an address could be asked at all, as far as that can be told without asking anybody:
    /// it is well formed, and is not the literal address of a forbidden place.
    ///
    /// # Errors
    /// [`OutboundError::Malformed`], [`OutboundError::Forbidden`].
    fn check(&self, url: &str) -> Result<(), OutboundError>;

    /// Sends a request.
    fn send(&self, request: OutboundRequest) -> Answering;
}

/// No way out: an engine that was given none.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoOutbound;

impl Outbound for NoOutbound {
    fn check(&self, _url: &str) -> Result<(), OutboundError> {
        Err(forbidden())
    }

    fn send(&self, _request: OutboundRequest) -> Answering {
        Box::pin(std::future::ready(Err(forbidden())))
    }
}

fn forbidden() -> OutboundError {
    OutboundError::Forbidden("This server asks no others.".to_owned())
}
