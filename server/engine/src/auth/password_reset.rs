//! Replacing a forgotten password (contract §1.3, `request-password-reset`).
//!
//! - A new password is a new token key, so the token is used up with everything that was signed
//!   before it.
//! - Who has the token reads the mails of the account: the address is proved. Where nobody had
//!   proved it before, nothing is left of what others did to the account.
//! - No session begins: whoever signs in afterwards passes what every sign-in passes.

use luge_model::invalid::{Violation, Violations};
use luge_model::limits::{NEW_PASSWORD_CHARS_MAX, WRITE_ATTEMPTS_MAX};
use luge_model::record::Record;
use luge_model::timestamp::Timestamp;
use serde_json::{Map, Value as Json};

use super::claim::Claim;
use super::mailed::{Flow, Proof, bad_token, length_between, token_of_another};
use super::password::invalid;
use super::{Auth, text, unchanged};
use crate::access::Compiled;
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::store::CommitError;

/// What was submitted to replace a password.
#[derive(Clone, Debug, Default)]
pub struct NewPassword {
    /// The token of the mail.
    pub token: String,
    /// The new password.
    pub password: String,
    /// The same.
    pub confirmation: String,
}

impl Auth {
    /// Whether passwords of a collection can be replaced; what a request's body says is looked at
    /// only then.
    ///
    /// # Errors
    /// [`Error::MissingCollection`], [`Error::MissingAuthCollection`]; [`Error::BadRequest`] where
    /// passwords are switched off.
    pub fn password_reset_allowed(&self, collection: &str) -> Result<()> {
        match self.password_allowed(collection) {
            Err(Error::Forbidden(reason)) => Err(Error::BadRequest(reason)),
            outcome => outcome,
        }
    }

    /// Mails a link that replaces a password to the record that has an address. Whether there is
    /// one is not told.
    ///
    /// # Errors
    /// As for [`Self::password_reset_allowed`]; [`Error::Refused`] where it is no address;
    /// [`Error::Busy`].
    pub async fn request_password_reset(
        &self,
        context: &Context,
        collection: &str,
        address: &str,
    ) -> Result<()> {
        self.password_reset_allowed(collection)?;
        let compiled = self.auth_collection(collection)?;
        let what = (Flow::PasswordReset, address);
        self.mail_to_address(context, &compiled, what, |_| true)
            .await
    }

    /// Replaces the password of the record that a token was mailed to.
    ///
    /// # Errors
    /// [`Error::MissingCollection`], [`Error::MissingAuthCollection`]; [`Error::Refused`] where the
    /// token does not hold or the password is not acceptable; [`Error::Busy`].
    pub async fn confirm_password_reset(
        &self,
        context: &Context,
        collection: &str,
        submitted: &NewPassword,
    ) -> Result<()> {
        let compiled = self.auth_collection(collection)?;
        for _ in 0..WRITE_ATTEMPTS_MAX {
            let record = self.reset_proof(context.now, &compiled, submitted)?;
            let mut proposal = Proposal {
                guards: vec![unchanged(&compiled, &record)],
                ..Proposal::default()
            };
            self.plan_reset(context, &compiled, (&record, submitted), &mut proposal)
                .await
                .map_err(not_set)?;
            match self.committer.commit(proposal).await {
                Ok(_) => return Ok(()),
                // Where the token was used meanwhile, the next look finds that it does not hold.
                Err(CommitError::Guard(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Contended)
    }

    async fn plan_reset(
        &self,
        context: &Context,
        compiled: &Compiled,
        (record, submitted): (&Record, &NewPassword),
        proposal: &mut Proposal,
    ) -> Result<()> {
        let changes: Map<String, Json> = [
            ("password", &submitted.password),
            ("passwordConfirm", &submitted.confirmation),
        ]
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value.as_str().into()))
        .collect();
        let claim = Claim {
            changes: changes.clone(),
            keeps: None,
        };
        let claimed = self.plan_claim(context, compiled, (record, claim), proposal);
        if claimed.await?.is_none() {
            let changed = self
                .records
                .plan_changed(context, compiled, (record, changes), proposal);
            changed.await?;
        }
        Ok(())
    }

    /// The record of a token, once everything that was submitted has the right form.
    fn reset_proof(
        &self,
        now: Timestamp,
        compiled: &Compiled,
        submitted: &NewPassword,
    ) -> Result<Record> {
        let mut violations = check(compiled, submitted);
        let mut proven = None;
        if submitted.token.is_empty() {
            violations.add("token", Violation::required());
        } else {
            match self.proof(now, compiled, (Flow::PasswordReset, &submitted.token))? {
                Proof::Of(record, claims)
                    if claims.email.as_deref() == Some(text(compiled, &record, "email")) =>
                {
                    proven = Some(record);
                }
                Proof::OfAnother => violations.add("token", token_of_another()),
                Proof::Of(..) | Proof::Nothing => violations.add("token", bad_token()),
            }
        }
        violations.into_result().map_err(invalid)?;
        proven.ok_or(Error::SignInFailed)
    }
}

fn check(compiled: &Compiled, submitted: &NewPassword) -> Violations {
    let mut violations = Violations::new();
    let field = compiled.collection.field("password");
    let field = field.and_then(|field| field.kind.as_password());
    let min = field.map_or(0, |field| field.min);
    let min = usize::try_from(min).unwrap_or_default().max(1);
    let length = submitted.password.chars().count();
    if length == 0 {
        violations.add("password", Violation::required());
    } else if !(min..=NEW_PASSWORD_CHARS_MAX).contains(&length) {
        violations.add("password", length_between(min, NEW_PASSWORD_CHARS_MAX));
    }
    if submitted.confirmation.is_empty() {
        violations.add("passwordConfirm", Violation::required());
    } else if submitted.confirmation != submitted.password {
        let violation = Violation::new("validation_values_mismatch", "Values don't match.");
        violations.add("passwordConfirm", violation);
    }
    violations
}

/// What the fields of the collection do not accept.
fn not_set(error: Error) -> Error {
    match error {
        Error::Refused {
            action,
            subject,
            violations,
            ..
        } => Error::Refused {
            action,
            subject,
            violations,
            reason: Some("Failed to set new password.".to_owned()),
        },
        other => other,
    }
}
