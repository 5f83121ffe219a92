//! What goes through a mail: a token that only who reads an account's mails has (contract §1.3).
//!
//! - Whoever asks learns nothing about who exists: an unknown address is the same work, the same
//!   commit and the same answer, and its letter goes to nobody.
//! - A letter goes to the address that is stored, never to the one that was typed.
//! - A token is signed with the token key of its record, so it is worth nothing once that changed,
//!   and it names the address that it was sent to.
//! - A token is used in the commit of what it allows, which guards the record that it was read for.

use std::sync::Arc;

use luge_model::collection::{AuthOptions, EmailTemplate, TokenOptions};
use luge_model::field::email;
use luge_model::invalid::{Violation, Violations};
use luge_model::limits::MAIL_ADDRESS_CHARS_MAX;
use luge_model::record::Record;
use luge_model::timestamp::Timestamp;

use super::pauses::Addressee;
use super::token::{Claims, TokenKey, TokenKind, Unverified};
use super::{Auth, text, token_key};
use crate::access::Compiled;
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::mail::{Envelope, Letter, Placeholders, compose};
use crate::secrets::{self, Fingerprint};

/// What is done through a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// The address of a record is confirmed.
    Verification,
    /// A forgotten password is replaced.
    PasswordReset,
    /// The address is changed.
    EmailChange,
}

/// Whom a letter is about and where it goes.
#[derive(Clone, Copy)]
pub(super) struct Mailed<'a> {
    /// The record; `None` where there is none, and the token is worth nothing.
    pub(super) record: Option<&'a Record>,
    /// The address of the record, or the one that was asked for.
    pub(super) email: &'a str,
    /// The address that the record is to have.
    pub(super) new_email: Option<&'a str>,
    /// Whether the letter goes to anybody.
    pub(super) is_sent: bool,
}

/// What a token proves.
pub(super) enum Proof {
    /// That its bearer reads the mails of this record.
    Of(Record, Claims),
    /// The same of a record of another collection.
    OfAnother,
    /// Nothing.
    Nothing,
}

impl Flow {
    /// What its letters are about, as the contract names their templates.
    fn about(self) -> &'static str {
        match self {
            Self::Verification => "verification",
            Self::PasswordReset => "password-reset",
            Self::EmailChange => "email-change",
        }
    }

    fn kind(self) -> TokenKind {
        match self {
            Self::Verification => TokenKind::Verification,
            Self::PasswordReset => TokenKind::PasswordReset,
            Self::EmailChange => TokenKind::EmailChange,
        }
    }

    fn token(self, options: &AuthOptions) -> &TokenOptions {
        match self {
            Self::Verification => &options.verification_token,
            Self::PasswordReset => &options.password_reset_token,
            Self::EmailChange => &options.email_change_token,
        }
    }

    fn template(self, options: &AuthOptions) -> &EmailTemplate {
        match self {
            Self::Verification => &options.verification_template,
            Self::PasswordReset => &options.reset_password_template,
            Self::EmailChange => &options.confirm_email_change_template,
        }
    }
}

impl Auth {
    /// Mails a token to the record that has an address, where `wants` it; the same work for nobody.
    pub(super) async fn mail_to_address(
        &self,
        context: &Context,
        compiled: &Arc<Compiled>,
        (flow, address): (Flow, &str),
        wants: impl Fn(&Record) -> bool,
    ) -> Result<()> {
        check_address(address, "email")
            .into_result()
            .map_err(super::password::invalid)?;
        let record = self.find_by(compiled, "email", address)?;
        let whom = addressee(compiled, flow, (record.as_ref(), address));
        if !self.pauses.begin(whom, context.now) {
            return Ok(());
        }
        let stored = record
            .as_ref()
            .map(|record| text(compiled, record, "email"));
        let mailed = Mailed {
            record: record.as_ref(),
            email: stored.unwrap_or(address),
            new_email: None,
            is_sent: record.as_ref().is_some_and(wants),
        };
        let sent = self.mail_token(context, compiled, (flow, mailed)).await;
        if sent.is_err() {
            self.pauses.end(&whom);
        }
        sent
    }

    /// Mails a token, in a commit of its own.
    pub(super) async fn mail_token(
        &self,
        context: &Context,
        compiled: &Compiled,
        (flow, mailed): (Flow, Mailed<'_>),
    ) -> Result<()> {
        let letter = self.letter(context.now, compiled, (flow, mailed))?;
        let mut proposal = Proposal::default();
        self.mail.post(context.now, &letter, &mut proposal)?;
        self.committer.commit(proposal).await?;
        Ok(())
    }

    /// The letter with a new token.
    pub(super) fn letter(
        &self,
        now: Timestamp,
        compiled: &Compiled,
        (flow, mailed): (Flow, Mailed<'_>),
    ) -> Result<Letter> {
        let collection = &compiled.collection;
        let options = collection.auth().ok_or(Error::MissingAuthCollection)?;
        let signing = flow.token(options);
        let seconds = u64::try_from(signing.duration).unwrap_or_default();
        let nobody = (
            secrets::record_id(&*self.random),
            secrets::token_key(&*self.random),
        );
        let (id, key) = match mailed.record {
            Some(record) => (record.id(), token_key(compiled, signing, record)),
            None => {
                let key = TokenKey {
                    record: &nobody.1,
                    collection: signing.secret.reveal(),
                    sign_in: None,
                };
                (nobody.0.as_str(), key)
            }
        };
        let claims = Claims {
            email: Some(mailed.email.to_owned()),
            new_email: mailed.new_email.map(str::to_owned),
            refreshable: None,
            kind: flow.kind(),
            ..Claims::auth(&collection.id, id, now, seconds)
        };
        let ends = Timestamp(claims.exp.saturating_mul(1_000));
        let token = claims.sign(key)?;
        let values = Placeholders {
            record: mailed.record.map(|record| (&*compiled.collection, record)),
            token: &token,
            ..Placeholders::default()
        };
        let envelope = Envelope {
            to: mailed
                .is_sent
                .then(|| mailed.new_email.unwrap_or(mailed.email)),
            about: flow.about(),
            until: Some(ends),
        };
        let meta = &self.settings.current().meta;
        Ok(compose(envelope, flow.template(options), meta, &values))
    }

    /// What a token of a mail proves.
    pub(super) fn proof(
        &self,
        now: Timestamp,
        compiled: &Compiled,
        (flow, token): (Flow, &str),
    ) -> Result<Proof> {
        let Some(unverified) = Unverified::read(token) else {
            return Ok(Proof::Nothing);
        };
        let Some((own, record)) = self.claimed(&unverified)? else {
            return Ok(Proof::Nothing);
        };
        let Some(options) = own.collection.auth() else {
            return Ok(Proof::Nothing);
        };
        let key = token_key(&own, flow.token(options), &record);
        let Some(claims) = unverified.verify(flow.kind(), key, now) else {
            return Ok(Proof::Nothing);
        };
        if own.collection.id != compiled.collection.id {
            return Ok(Proof::OfAnother);
        }
        Ok(Proof::Of(record, claims))
    }
}

/// What is wrong with an address that was submitted.
pub(super) fn check_address(address: &str, name: &str) -> Violations {
    let mut violations = Violations::new();
    if address.is_empty() {
        violations.add(name, Violation::required());
    } else if address.chars().count() > MAIL_ADDRESS_CHARS_MAX {
        violations.add(name, length_between(1, MAIL_ADDRESS_CHARS_MAX));
    } else if !email::is_email(address) {
        let message = "Must be a valid email address.";
        violations.add(name, Violation::new("validation_is_email", message));
    }
    violations
}

pub(super) fn length_between(min: usize, max: usize) -> Violation {
    let message = format!("The length must be between {min} and {max}.");
    let violation = Violation::new("validation_length_out_of_range", message);
    violation.with("max", max).with("min", min)
}

/// What is wrong with a token that proves nothing.
pub(super) fn bad_token() -> Violation {
    Violation::new("validation_invalid_token", "Invalid or expired token.")
}

/// What is wrong with one of another collection.
pub(super) fn token_of_another() -> Violation {
    Violation::new(
        "validation_token_collection_mismatch",
        "The provided token is for different auth collection.",
    )
}

/// Spellings of an address that find the same record are the same.
fn addressee(
    compiled: &Compiled,
    flow: Flow,
    (record, address): (Option<&Record>, &str),
) -> Addressee {
    let mut fingerprint = Fingerprint::default();
    fingerprint.part(flow.about().as_bytes());
    fingerprint.part(compiled.collection.id.as_bytes());
    match record {
        Some(record) => fingerprint.part(record.id().as_bytes()),
        None => {
            fingerprint.part(b"");
            fingerprint.part(address.to_lowercase().as_bytes());
        }
    }
    fingerprint.finish()
}
