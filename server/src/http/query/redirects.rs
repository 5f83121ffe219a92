//! Options of a sign-in by redirects.

use poem::Request;

use super::{Properties, option, property};
use crate::http::error::Failure;

/// Where a browser is to come back to, and who may fetch what it brings.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RedirectOptions {
    /// The page of the application.
    pub(crate) redirect_url: String,
    /// What the secret of the application is compared with.
    pub(crate) challenge: String,
}

impl RedirectOptions {
    pub(super) fn of(request: &Request) -> Result<Self, Failure> {
        let text = |name: &str| option(request, name).unwrap_or_default();
        Ok(Self {
            redirect_url: text("redirectURL"),
            challenge: text("codeChallenge"),
        })
    }

    pub(super) fn properties() -> Properties {
        let page = "Where the browser is to come back to with a `code`.";
        let challenge = "The SHA-256 of a secret, in base64 for URLs without padding.";
        vec![
            ("redirectURL", property(page, "string")),
            ("codeChallenge", property(challenge, "string")),
        ]
    }
}
