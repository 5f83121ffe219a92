//! Confirming the address of a record (contract §1.3, `request-verification`).
//!
//! - A token confirms once: what it confirmed is noted, since the token key stays the same.
//! - One that confirms what is confirmed already changes nothing and is no error.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use luge_model::invalid::{Violation, Violations};
use luge_model::limits::WRITE_ATTEMPTS_MAX;
use luge_model::record::Record;
use luge_model::timestamp::Timestamp;
use serde_json::Map;
use sha2::{Digest, Sha256};

use super::claim::is_verified;
use super::mailed::{Flow, Proof, bad_token, token_of_another};
use super::password::invalid;
use super::token::{self, Claims};
use super::{Auth, session, text, unchanged};
use crate::access::Compiled;
use crate::belongings::{self, Kind};
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::store::{CommitError, Guard};

impl Auth {
    /// Whether the addresses of a collection's records are to be confirmed; what a request's body
    /// says is looked at only then.
    ///
    /// # Errors
    /// [`Error::MissingCollection`], [`Error::MissingAuthCollection`]; [`Error::BadRequest`] for
    /// superusers.
    pub fn verification_allowed(&self, collection: &str) -> Result<()> {
        let compiled = self.auth_collection(collection)?;
        if compiled.collection.is_superusers() {
            let reason = "All superusers are verified by default.";
            return Err(Error::BadRequest(reason.to_owned()));
        }
        Ok(())
    }

    /// Mails a link that confirms an address to the record that has it, if it is not confirmed.
    /// Whether there is one is not told.
    ///
    /// # Errors
    /// As for [`Self::verification_allowed`]; [`Error::Refused`] where it is no address;
    /// [`Error::Busy`].
    pub async fn request_verification(
        &self,
        context: &Context,
        collection: &str,
        address: &str,
    ) -> Result<()> {
        self.verification_allowed(collection)?;
        let compiled = self.auth_collection(collection)?;
        let unconfirmed = |record: &Record| !is_verified(&compiled, record);
        let what = (Flow::Verification, address);
        self.mail_to_address(context, &compiled, what, unconfirmed)
            .await
    }

    /// Confirms the address of the record that a token was mailed to.
    ///
    /// # Errors
    /// As for [`Self::verification_allowed`]; [`Error::Refused`] where the token is missing, does
    /// not hold or was used.
    pub async fn confirm_verification(
        &self,
        context: &Context,
        collection: &str,
        token: &str,
    ) -> Result<()> {
        self.verification_allowed(collection)?;
        let compiled = self.auth_collection(collection)?;
        for _ in 0..WRITE_ATTEMPTS_MAX {
            let (record, claims) = self.verification_proof(context.now, &compiled, token)?;
            if is_verified(&compiled, &record) {
                return Ok(());
            }
            let mut proposal = Proposal {
                guards: vec![unchanged(&compiled, &record)],
                ..Proposal::default()
            };
            self.plan_use(
                context.now,
                &compiled,
                (token, &record, &claims),
                &mut proposal,
            )?;
            let mut body = Map::new();
            body.insert("verified".to_owned(), true.into());
            let changed =
                self.records
                    .plan_changed(context, &compiled, (&record, body), &mut proposal);
            changed.await?;
            match self.committer.commit(proposal).await {
                Ok(_) => return Ok(()),
                Err(CommitError::Guard(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Contended)
    }

    fn verification_proof(
        &self,
        now: Timestamp,
        compiled: &Compiled,
        token: &str,
    ) -> Result<(Record, Claims)> {
        let refused = |violation| Err(invalid(Violations::of("token", violation)));
        if token.is_empty() {
            return refused(Violation::required());
        }
        if token::stated(token, "email").is_none() {
            return refused(Violation::new(
                "validation_invalid_token_claims",
                "Missing email token claim.",
            ));
        }
        match self.proof(now, compiled, (Flow::Verification, token))? {
            Proof::Of(record, claims)
                if claims.email.as_deref() == Some(text(compiled, &record, "email")) =>
            {
                Ok((record, claims))
            }
            Proof::Of(..) => refused(Violation::new(
                "validation_token_email_mismatch",
                "The record email doesn't match with the requested token claims.",
            )),
            Proof::OfAnother => refused(token_of_another()),
            Proof::Nothing => refused(bad_token()),
        }
    }

    /// Plans that a token is used, which fails where it was.
    fn plan_use(
        &self,
        now: Timestamp,
        compiled: &Compiled,
        (token, record, claims): (&str, &Record, &Claims),
        proposal: &mut Proposal,
    ) -> Result<()> {
        let owner = session::owner(compiled, record);
        let id = URL_SAFE_NO_PAD.encode(Sha256::digest(token));
        let key = owner.address(Kind::Used, &id);
        if self.committer.store().get(&key)?.is_some() {
            return Err(invalid(Violations::of("token", bad_token())));
        }
        let ends = Timestamp(claims.exp.saturating_mul(1_000));
        proposal.guards.push(Guard::Absent(key.clone()));
        proposal
            .puts
            .push((key, belongings::encode(ends, now, &())?));
        Ok(())
    }
}
