//! Changing one's address (contract §1.3, `request-email-change`).
//!
//! - The new address gets the link, and the change needs the password too: neither who reads the
//!   mails of the new address nor who took over a session can do it alone.
//! - A new address is a new token key, so the token is used up with everything that was signed
//!   before it.

use std::sync::Arc;

use luge_model::invalid::{Violation, Violations};
use luge_model::limits::{SIGN_IN_BYTES_MAX, WRITE_ATTEMPTS_MAX};
use luge_model::record::Record;
use luge_model::timestamp::Timestamp;
use serde_json::{Map, Value as Json};

use super::mailed::{
    Flow, Mailed, Proof, bad_token, check_address, length_between, token_of_another,
};
use super::password::invalid;
use super::{Auth, other_collection, text, token, unchanged};
use crate::access::Compiled;
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::store::CommitError;

impl Auth {
    /// Whether the caller may change the address of its record through a mail; what a request's
    /// body says is looked at only then.
    ///
    /// # Errors
    /// [`Error::MissingCollection`]; [`Error::SignInNeeded`]; [`Error::Forbidden`] for callers of
    /// other collections and API keys; [`Error::BadRequest`] for superusers.
    pub fn email_change_allowed(&self, context: &Context, collection: &str) -> Result<()> {
        let compiled = self.records.compiled(collection)?;
        context.refuse_key()?;
        let identity = context.principal.identity().ok_or(Error::SignInNeeded)?;
        if identity.collection.id != compiled.collection.id {
            return Err(other_collection(identity));
        }
        not_superusers(&compiled)
    }

    /// Mails a link to the address that the caller wants to have.
    ///
    /// # Errors
    /// As for [`Self::email_change_allowed`]; [`Error::Refused`] where it is no address, the same
    /// or taken; [`Error::Busy`].
    pub async fn request_email_change(
        &self,
        context: &Context,
        collection: &str,
        address: &str,
    ) -> Result<()> {
        self.email_change_allowed(context, collection)?;
        let compiled = self.auth_collection(collection)?;
        let identity = context.principal.identity().ok_or(Error::SignInNeeded)?;
        let record = &identity.record;
        let own = text(&compiled, record, "email");
        let mut violations = check_address(address, "newEmail");
        if address == own {
            let violation = Violation::new("validation_not_in_invalid", "Must not be in list.");
            violations.add("newEmail", violation);
        }
        if violations.is_empty() && self.find_by(&compiled, "email", address)?.is_some() {
            let message = "Invalid new email address.";
            let violation = Violation::new("validation_invalid_new_email", message);
            violations.add("newEmail", violation);
        }
        violations.into_result().map_err(invalid)?;
        let mailed = Mailed {
            record: Some(record),
            email: own,
            new_email: Some(address),
            is_sent: true,
        };
        self.mail_token(context, &compiled, (Flow::EmailChange, mailed))
            .await
    }

    /// Whether addresses of a collection's records are changed through a mail.
    ///
    /// # Errors
    /// [`Error::MissingCollection`], [`Error::MissingAuthCollection`]; [`Error::BadRequest`] for
    /// superusers.
    pub fn email_change_confirmable(&self, collection: &str) -> Result<()> {
        let compiled = self.auth_collection(collection)?;
        not_superusers(&compiled)
    }

    /// Changes the address of the record that a token names.
    ///
    /// # Errors
    /// As for [`Self::email_change_confirmable`]; [`Error::Refused`] where the token or the
    /// password does not hold, or the address is taken; [`Error::Busy`].
    pub async fn confirm_email_change(
        &self,
        context: &Context,
        collection: &str,
        (token, password): (&str, &str),
    ) -> Result<()> {
        self.email_change_confirmable(collection)?;
        let compiled = self.auth_collection(collection)?;
        for _ in 0..WRITE_ATTEMPTS_MAX {
            let found = self.change_proof(context.now, &compiled, token)?;
            let (record, address) = self.change_admitted(&compiled, found, password).await?;
            let mut proposal = Proposal {
                guards: vec![unchanged(&compiled, &record)],
                ..Proposal::default()
            };
            let changes = Map::from_iter([
                ("email".to_owned(), Json::from(address)),
                ("verified".to_owned(), true.into()),
            ]);
            let changed =
                self.records
                    .plan_changed(context, &compiled, (&record, changes), &mut proposal);
            changed.await?;
            match self.committer.commit(proposal).await {
                Ok(_) => return Ok(()),
                // Used or taken meanwhile: the next look finds it.
                Err(CommitError::Guard(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Contended)
    }

    /// The record of a token and the address that it is to have, or what is wrong with the token.
    fn change_proof(
        &self,
        now: Timestamp,
        compiled: &Arc<Compiled>,
        token: &str,
    ) -> Result<std::result::Result<(Record, String), Violation>> {
        if token.is_empty() {
            return Ok(Err(Violation::required()));
        }
        if token::stated(token, "newEmail").is_none() {
            return Ok(Err(Violation::new(
                "validation_invalid_token_payload",
                "Invalid token payload - newEmail must be set.",
            )));
        }
        let (record, claims) = match self.proof(now, compiled, (Flow::EmailChange, token))? {
            Proof::Of(record, claims) => (record, claims),
            Proof::OfAnother => return Ok(Err(token_of_another())),
            Proof::Nothing => return Ok(Err(bad_token())),
        };
        let own = text(compiled, &record, "email");
        let Some(address) = claims
            .new_email
            .filter(|_| claims.email.as_deref() == Some(own))
        else {
            return Ok(Err(bad_token()));
        };
        if self.find_by(compiled, "email", &address)?.is_some() {
            return Ok(Err(Violation::new(
                "validation_invalid_token_email",
                "The new email address is invalid.",
            )));
        }
        Ok(Ok((record, address)))
    }

    /// The same once the password is the record's own.
    async fn change_admitted(
        &self,
        compiled: &Arc<Compiled>,
        found: std::result::Result<(Record, String), Violation>,
        password: &str,
    ) -> Result<(Record, String)> {
        let mut violations = Violations::new();
        let mut proven = false;
        if password.is_empty() {
            violations.add("password", Violation::required());
        } else if password.len() > SIGN_IN_BYTES_MAX {
            violations.add("password", length_between(1, SIGN_IN_BYTES_MAX));
        } else if let Ok((record, _)) = &found {
            let hash = text(compiled, record, "password");
            proven = self.hashes.verify(Some(hash), password).await?;
        }
        if !proven {
            let message = "Missing or invalid auth record password.";
            let violation = Violation::new("validation_invalid_password", message);
            violations.add("password", violation);
        }
        match found {
            Ok(found) if proven => return Ok(found),
            Ok(_) => {}
            Err(violation) => violations.add("token", violation),
        }
        Err(invalid(violations))
    }
}

fn not_superusers(compiled: &Compiled) -> Result<()> {
    if compiled.collection.is_superusers() {
        let reason = "All superusers can change their emails directly.";
        return Err(Error::BadRequest(reason.to_owned()));
    }
    Ok(())
}
