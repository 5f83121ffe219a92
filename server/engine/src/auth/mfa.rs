//! The second factor (contract §1.3, MFA): a sign-in that is not enough by itself begins one that a
//! sign-in by another method completes.
//!
//! - It is asked for where every sign-in ends, so no method goes past it.
//! - What was begun is a record of `_mfas`, and is used by removing it: the commit that completes
//!   the sign-in guards that it is there.
//! - Two ways to show the same thing are one factor: a mailed code and a mailed link are.
//! - A passkey whose device verified its user is two factors by itself. An account without any
//!   credential, which signs up anonymously, has none to be asked for.
//! - An account that has an authenticator app is asked for a code of it whatever the collection
//!   says, and whatever else its owner could show: who has the mailbox must not be enough.

use std::sync::Arc;

use luge_model::collection::AuthOptions;
use luge_model::limits::{BEGUN_SIGN_INS_MAX, MFA_SECONDS_DEFAULT};
use luge_model::record::Record;
use luge_model::timestamp::Timestamp;
use serde_json::Map;

use super::session::{Proven, owner};
use super::{Auth, text};
use crate::access::{Compiled, Grant, Operation};
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Error, Result};

/// Where sign-ins are that were begun.
pub(super) const MFAS: &str = "_mfas";
/// What a code of an authenticator app shows, or one that was kept in its place.
const APP: &str = "app";

/// What a sign-in still needs.
pub(super) enum Factors {
    /// Nothing.
    Enough {
        /// What came before it, where it is the second factor.
        first: Option<First>,
    },
    /// Another factor, of the sign-in that was begun.
    Begun {
        /// Its id.
        id: String,
        /// Whether it must be one of the account's authenticator app.
        by_app: bool,
    },
}

/// A first factor that a second one completes.
pub(super) struct First {
    /// The id of the sign-in that it began.
    pub(super) id: String,
    /// Its method.
    pub(super) method: String,
}

impl Auth {
    /// Plans what the second factor asks for: that a sign-in is begun, or that the one that this
    /// one completes is used.
    ///
    /// # Errors
    /// [`Error::BadRequest`] where there is no such sign-in, or it was begun by the same factor.
    pub(super) async fn plan_factors(
        &self,
        context: &Context,
        compiled: &Arc<Compiled>,
        proven: &Proven<'_>,
        proposal: &mut Proposal,
    ) -> Result<Factors> {
        if is_whole(proven.method) {
            return Ok(Factors::Enough { first: None });
        }
        let by_app = self.app_of(owner(compiled, &proven.record))?.is_some();
        if !by_app && !self.asks_for_second(context, compiled, &proven.record)? {
            return Ok(Factors::Enough { first: None });
        }
        let Some(id) = context.first_factor() else {
            let begun = self.plan_begun(context, compiled, proven, proposal);
            let id = begun.await?;
            return Ok(Factors::Begun { id, by_app });
        };
        let begun = self.begun(context, compiled, id).await?;
        let mfas = self.records.compiled(MFAS)?;
        if text(&mfas, &begun, "recordRef") != proven.record.id() {
            return Err(Error::BadRequest("Invalid MFA session.".to_owned()));
        }
        if factor(text(&mfas, &begun, "method")) == factor(proven.method) {
            let sentence = "A different authentication method is required.";
            return Err(Error::BadRequest(sentence.to_owned()));
        }
        if by_app && factor(proven.method) != APP {
            let sentence = "The account asks for a code of its authenticator app.";
            return Err(Error::BadRequest(sentence.to_owned()));
        }
        let first = First {
            id: id.to_owned(),
            method: text(&mfas, &begun, "method").to_owned(),
        };
        self.records.plan_detached(context, MFAS, begun, proposal)?;
        Ok(Factors::Enough { first: Some(first) })
    }

    /// A sign-in to this collection that was begun and not completed in time or otherwise.
    pub(super) async fn begun(
        &self,
        context: &Context,
        compiled: &Compiled,
        id: &str,
    ) -> Result<Record> {
        let ended = || Error::BadRequest("Invalid or expired MFA session.".to_owned());
        let mfas = self.records.compiled(MFAS)?;
        let begun = self.query.stored(&mfas, id)?.ok_or_else(ended)?;
        if text(&mfas, &begun, "collectionRef") != compiled.collection.id {
            return Err(Error::BadRequest("Invalid MFA session.".to_owned()));
        }
        let created = Timestamp::parse(text(&mfas, &begun, "created"));
        let duration = compiled.collection.auth().map_or(0, duration);
        let ends = created.map_or(0, |created| {
            created.0.saturating_add(duration.saturating_mul(1_000))
        });
        if ends <= context.now.0 {
            let system = Context::system(context.now);
            match self.records.delete(&system, MFAS, id).await {
                Ok(()) | Err(Error::MissingRecord) => {}
                Err(error) => tracing::warn!(%error, "a sign-in that ended was not removed"),
            }
            return Err(ended());
        }
        Ok(begun)
    }

    /// Whether the collection's rule asks this record for a second factor.
    fn asks_for_second(
        &self,
        context: &Context,
        compiled: &Arc<Compiled>,
        record: &Record,
    ) -> Result<bool> {
        let options = compiled.collection.auth();
        if !options.is_some_and(|options| options.mfa.enabled) {
            return Ok(false);
        }
        // A rule that does not compile asks everybody.
        let Ok(Grant::Matching(rule)) = compiled.grant(context, Operation::ProveTwice) else {
            return Ok(true);
        };
        let lookups = self.query.lookups(context, &compiled.snapshot);
        let asked = Grant::Matching(rule).allows(&lookups.environment(), record);
        lookups.check().map(|()| asked)
    }

    async fn plan_begun(
        &self,
        context: &Context,
        compiled: &Compiled,
        proven: &Proven<'_>,
        proposal: &mut Proposal,
    ) -> Result<String> {
        let body = [
            ("collectionRef", compiled.collection.id.as_str()),
            ("recordRef", proven.record.id()),
            ("method", proven.method),
        ];
        let body: Map<_, _> = body
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value.into()))
            .collect();
        let of = (&*compiled.collection, &proven.record);
        let mut earlier = self.records.attached(MFAS, of, BEGUN_SIGN_INS_MAX * 2)?;
        let created = self.records.compiled(MFAS)?;
        earlier.sort_by_key(|begun| std::cmp::Reverse(text(&created, begun, "created").to_owned()));
        for begun in earlier.into_iter().skip(BEGUN_SIGN_INS_MAX - 1) {
            self.records.plan_detached(context, MFAS, begun, proposal)?;
        }
        let begun = self.records.plan_attached(context, MFAS, body, proposal);
        Ok(begun.await?.id().to_owned())
    }
}

/// Seconds between the two factors; a collection whose own setting is off may have none.
fn duration(options: &AuthOptions) -> i64 {
    match options.mfa.duration {
        seconds if seconds > 0 => seconds,
        _ => MFA_SECONDS_DEFAULT,
    }
}

/// Whether a method is never asked for a second one.
fn is_whole(method: &str) -> bool {
    matches!(method, "passkey" | "anonymous")
}

/// What a method shows: two with the same are no two factors.
fn factor(method: &str) -> &str {
    match method {
        "otp" | "magicLink" => "mail",
        "totp" | "recoveryCode" => APP,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailed_code_and_a_mailed_link_are_one_factor() {
        assert_eq!(factor("otp"), factor("magicLink"));
        assert_eq!(factor("totp"), factor("recoveryCode"));
        for (one, other) in [("password", "otp"), ("otp", "totp"), ("oauth2", "password")] {
            assert_ne!(factor(one), factor(other), "{one} {other}");
        }
        assert!(is_whole("passkey") && !is_whole("password") && !is_whole("otp"));
    }
}
