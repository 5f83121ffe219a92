//! Who asks for something, when, and with what request: the first argument of every service method.

use std::net::IpAddr;

use luge_model::principal::{Principal, RequestFacts};
use luge_model::timestamp::Timestamp;
use serde_json::{Map, Value as Json};

use crate::error::{Error, Result};

mod account;

#[cfg(test)]
mod tests;

pub use account::{Account, Deed, Judgement, Listed, Noted, Part, Verdict};

/// The circumstances of one call.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// The time at which everything in this call happens.
    pub now: Timestamp,
    /// Who asks.
    pub principal: Principal,
    /// What rules may see of the request.
    pub request: RequestFacts,
    /// Where the request comes from; `None` where it comes from no network.
    pub client: Option<IpAddr>,
    /// What the client says it is (`User-Agent`), where the call keeps it: at sign-in.
    pub device: Option<Box<str>>,
    /// Where it is noted how the call was judged and how long it took, for the log of requests.
    pub account: Account,
}

impl Context {
    /// The server's own doing.
    #[must_use]
    pub fn system(now: Timestamp) -> Self {
        Self {
            now,
            principal: Principal::System,
            request: RequestFacts::default(),
            client: None,
            device: None,
            account: Account::default(),
        }
    }

    /// What is for superusers only is refused to everybody else.
    ///
    /// # Errors
    /// [`Error::SignInNeeded`] for guests, [`Error::Forbidden`] for others.
    pub fn require_superuser(&self) -> Result<()> {
        if self.principal.is_superuser() {
            Ok(())
        } else if self.principal.identity().is_none() {
            Err(Error::SignInNeeded)
        } else {
            let sentence = "The authorized record is not allowed to perform this action.";
            Err(Error::Forbidden(sentence.to_owned()))
        }
    }

    /// The sign-in by another method that this one is to complete: `mfaId` of the query, else of
    /// the body.
    #[must_use]
    pub fn first_factor(&self) -> Option<&str> {
        let query = self.request.query.get("mfaId").map(String::as_str);
        let body = self.request.body.iter();
        let mut body = body.filter(|(key, _)| key.eq_ignore_ascii_case("mfaId"));
        let body = || body.next().and_then(|(_, value)| value.as_str());
        query
            .filter(|id| !id.is_empty())
            .or_else(body)
            .filter(|id| !id.is_empty())
    }

    /// What changes how anybody signs in is refused to API keys, whatever their scope.
    ///
    /// # Errors
    /// [`Error::Forbidden`] where a machine asks by an API key.
    pub fn refuse_key(&self) -> Result<()> {
        match self.principal.key() {
            None => Ok(()),
            Some(_) => Err(Error::Forbidden(
                "An API key may not do this: it needs somebody who signed in.".to_owned(),
            )),
        }
    }

    /// The same circumstances with another `@request.body`.
    #[must_use]
    pub fn with_body(&self, body: Map<String, Json>) -> Self {
        let mut context = self.clone();
        context.request.body = body;
        context
    }
}
