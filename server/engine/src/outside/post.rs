//! The way out for mails.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use luge_model::collection::Secret;
use luge_model::timestamp::Timestamp;

/// A server that takes mails.
#[derive(Clone, Debug)]
pub struct MailServer {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// TLS from the first byte; else as soon as the server offers it.
    pub tls: bool,
    /// Whom it knows this server as; `None` where it asks nobody.
    pub login: Option<Login>,
    /// The name this server gives itself; may be empty.
    pub local_name: String,
}

/// An account on a mail server.
#[derive(Clone, Debug)]
pub struct Login {
    /// Its name.
    pub username: String,
    /// Its password.
    pub password: Secret,
    /// How it is told.
    pub method: LoginMethod,
}

/// How a password is told to a mail server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginMethod {
    /// `AUTH PLAIN`.
    Plain,
    /// `AUTH LOGIN`.
    Login,
}

/// One mail to one receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboundMail {
    /// What it is known by, the same in every attempt.
    pub id: String,
    /// When it was made.
    pub date: Timestamp,
    /// The name it comes from.
    pub sender_name: String,
    /// The address it comes from.
    pub sender_address: String,
    /// The address it goes to.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// It as HTML.
    pub html: String,
    /// It as plain text.
    pub text: String,
}

/// Why a mail was not taken. The texts are for superusers and tell no secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PostError {
    /// It can never be sent: an address is none.
    #[error("{0}")]
    Malformed(String),
    /// The server does not take this mail, and never will.
    #[error("{reason}")]
    Refused {
        /// What it answered.
        status: u16,
        /// What it said.
        reason: String,
    },
    /// It was not taken this time.
    #[error("{reason}")]
    Failed {
        /// What the server answered, where it did.
        status: Option<u16>,
        /// What went wrong.
        reason: String,
    },
}

/// A mail on its way.
pub type Posting = Pin<Box<dyn Future<Output = Result<(), PostError>> + Send + 'static>>;

/// The one way out for mails.
pub trait Post: fmt::Debug + Send + Sync {
    /// Hands a mail to a server; ends by itself within a bounded time.
    fn send(&self, server: MailServer, mail: OutboundMail) -> Posting;
}

/// No way out: an engine that was given none.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoPost;

impl Post for NoPost {
    fn send(&self, _server: MailServer, _mail: OutboundMail) -> Posting {
        Box::pin(std::future::ready(Err(PostError::Failed {
            status: None,
            reason: "This server sends no mails.".to_owned(),
        })))
    }
}
