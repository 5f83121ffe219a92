//! One-time codes by mail (contract §1.3, `request-otp` and `auth-with-otp`).
//!
//! - A code is a record of `_otps` with its hash, mailed in the commit that makes it, and used by
//!   removing it in the commit of the sign-in.
//! - An address of nobody gets an id too, after the same work, which leads to nothing and is
//!   answered like a code of somebody.
//! - Tries are counted exactly, for each account and network as the contract has it, and for each
//!   code from everywhere.
//! - Who has a code has the mailbox: the address is proved, and an account whose address was not is
//!   taken over (see `claim.rs`).

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use luge_model::collection::OtpOptions;
use luge_model::field::email::is_email;
use luge_model::invalid::{Violation, Violations};
use luge_model::limits::{
    OTP_CHARS_MAX, OTP_LENGTH_DEFAULT, OTP_TRIES_MAX, OTP_TRIES_OF_CODE_MAX, OTPS_MAX,
    TRIES_WINDOW_MILLISECONDS, WRITE_ATTEMPTS_MAX,
};
use luge_model::network;
use luge_model::principal::RequestContext;
use luge_model::record::Record;
use luge_model::timestamp::Timestamp;
use luge_model::value::Value;
use serde_json::{Map, Value as Json};
use sha2::{Digest as _, Sha256};

use super::claim::{Claim, is_verified};
use super::password::invalid;
use super::session::Proven;
use super::{Auth, SignedIn, text};
use crate::access::Compiled;
use crate::belongings::{self, Belonging, Kind, Owner};
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::mail::{Envelope, Placeholders, compose};
use crate::records::{Body, Submitted};
use crate::secrets;
use crate::store::CommitError;

const CODES: &str = "_otps";
const DIGITS: &[u8] = b"0123456789";

impl Auth {
    /// Whether a collection lets its records sign in with mailed codes; what a request's body says
    /// is looked at only then.
    ///
    /// # Errors
    /// [`Error::MissingCollection`], [`Error::MissingAuthCollection`], [`Error::Forbidden`].
    pub fn one_time_codes_allowed(&self, collection: &str) -> Result<()> {
        let compiled = self.auth_collection(collection)?;
        code_options(&compiled).map(drop)
    }

    /// Mails a code to an address; the id that is to be brought back with it, also where nobody has
    /// the address.
    ///
    /// # Errors
    /// As for [`Self::one_time_codes_allowed`]; [`Error::Refused`] for what is no address;
    /// [`Error::Busy`] where too many mails wait.
    pub async fn request_one_time_code(
        &self,
        context: &Context,
        collection: &str,
        email: &str,
    ) -> Result<String> {
        let compiled = self.auth_collection(collection)?;
        let options = code_options(&compiled)?;
        check_email(email)?;
        let length = usize::try_from(options.length)
            .ok()
            .filter(|length| *length > 0);
        let length = length.unwrap_or(usize::try_from(OTP_LENGTH_DEFAULT).unwrap_or_default());
        let code = self.random.text(DIGITS, length.min(OTP_CHARS_MAX));
        for _ in 0..WRITE_ATTEMPTS_MAX {
            let found = self.find_by(&compiled, "email", email)?;
            let place = (&*compiled, options, email);
            let planned = match &found {
                Some(record) => self.plan_code_for(context, place, record, &code).await?,
                None => self.plan_code_for_nobody(context, place, &code).await?,
            };
            let (id, Some(proposal)) = planned else {
                return Ok(planned.0);
            };
            match self.committer.commit(proposal).await {
                Ok(_) => return Ok(id),
                Err(CommitError::Guard(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Contended)
    }

    /// Signs in with a mailed code.
    ///
    /// # Errors
    /// As for [`Self::one_time_codes_allowed`]; [`Error::Refused`] for input of the wrong form;
    /// [`Error::BadRequest`] for every code that does not hold; [`Error::TooManyCodes`];
    /// [`Error::SecondFactorNeeded`].
    pub async fn sign_in_with_one_time_code(
        &self,
        context: &Context,
        collection: &str,
        (id, code): (&str, &str),
    ) -> Result<SignedIn> {
        let compiled = self.auth_collection(collection)?;
        let options = code_options(&compiled)?;
        check_code(id, code)?;
        let mut context = context.clone();
        context.request.context = RequestContext::Otp;
        let mut is_proved = false;
        for _ in 0..WRITE_ATTEMPTS_MAX {
            let Some((kept, record)) = self.kept_code(&context, &compiled, options, id)? else {
                if !is_proved {
                    self.try_nothing(&context, &compiled, (id, code)).await?;
                }
                return Err(ended());
            };
            if !is_proved {
                let tried = (&*compiled, kept.id(), record.id());
                self.count_code(&context, tried, options.duration).await?;
                let codes = self.records.compiled(CODES)?;
                let hash = text(&codes, &kept, "password");
                if !self.hashes.verify(Some(hash), code).await? {
                    return Err(ended());
                }
                is_proved = true;
            }
            let signed_in = self.use_code(&context, &compiled, (kept, record)).await?;
            if let Some(signed_in) = signed_in {
                return Ok(signed_in);
            }
        }
        Err(Error::Contended)
    }

    /// Plans that somebody who has the mailbox of a record signs in: the record as it will be,
    /// where that proves its address.
    pub(super) async fn plan_mailbox_proof(
        &self,
        context: &Context,
        compiled: &Compiled,
        record: &Record,
        proposal: &mut Proposal,
    ) -> Result<Option<Record>> {
        if is_verified(compiled, record) {
            return Ok(None);
        }
        let options = compiled.collection.auth();
        if !options.is_some_and(|options| options.mfa.enabled) {
            let claim = (record, Claim::default());
            return self.plan_claim(context, compiled, claim, proposal).await;
        }
        // The password is the other factor, so it stays, as in the contract: whoever set it has no
        // use of it without the mailbox.
        let verified = Submitted::from(Body::new()).settling("verified", Value::Bool(true));
        let changed = self
            .records
            .plan_changed(context, compiled, (record, verified), proposal);
        changed.await.map(Some)
    }

    async fn use_code(
        &self,
        context: &Context,
        compiled: &Arc<Compiled>,
        (kept, record): (Record, Record),
    ) -> Result<Option<SignedIn>> {
        let codes = self.records.compiled(CODES)?;
        let sent_to = text(&codes, &kept, "sentTo").to_owned();
        let mut with = Proposal::default();
        let mut proven = Proven::by(record, "otp");
        if !sent_to.is_empty() && sent_to == text(compiled, &proven.record, "email") {
            let proved = self.plan_mailbox_proof(context, compiled, &proven.record, &mut with);
            if let Some(changed) = proved.await? {
                proven.record = changed;
                proven.changed = true;
            }
        }
        self.records
            .plan_detached(context, CODES, kept, &mut with)?;
        self.sign_in_proven(context, compiled, proven, with).await
    }

    /// A code of this collection that has not ended, and whose it is.
    fn kept_code(
        &self,
        context: &Context,
        compiled: &Compiled,
        options: &OtpOptions,
        id: &str,
    ) -> Result<Option<(Record, Record)>> {
        let codes = self.records.compiled(CODES)?;
        let Some(kept) = self.query.stored(&codes, id)? else {
            return Ok(None);
        };
        let is_of_this = text(&codes, &kept, "collectionRef") == compiled.collection.id;
        if !is_of_this || ends(&codes, &kept, options) <= context.now.0 {
            return Ok(None);
        }
        let record = text(&codes, &kept, "recordRef");
        let record = self.query.stored(compiled, record)?;
        Ok(record.map(|record| (kept, record)))
    }

    /// What trying a code of somebody does, for an id that leads to none.
    async fn try_nothing(
        &self,
        context: &Context,
        compiled: &Compiled,
        (id, code): (&str, &str),
    ) -> Result<()> {
        let owner = nobody(compiled, "");
        let store = &**self.committer.store();
        if let Some(account) = owner.found_by(store, Kind::Mailed, id)?
            && nobody(compiled, &account).has(store, Kind::Mailed, id, context.now)?
        {
            self.count_tries(context, (compiled, &account))?;
        }
        self.hashes.verify(None, code).await.map(drop)
    }

    /// Counts a try of a code before it is known whether it is right.
    async fn count_code(
        &self,
        context: &Context,
        (compiled, code, account): (&Compiled, &str, &str),
        seconds: i64,
    ) -> Result<()> {
        self.count_tries(context, (compiled, account))?;
        let window = seconds.saturating_mul(1_000);
        if self.tries.count(("code", code), window, context.now) <= OTP_TRIES_OF_CODE_MAX {
            return Ok(());
        }
        let system = Context::system(context.now);
        match self.records.delete(&system, CODES, code).await {
            Ok(()) | Err(Error::MissingRecord) => {}
            Err(error) => tracing::warn!(%error, "a code that was tried too often was not removed"),
        }
        Err(ended())
    }

    fn count_tries(&self, context: &Context, (compiled, account): (&Compiled, &str)) -> Result<()> {
        let network = context.client.map(network::counted);
        let what = ("codes", compiled.collection.number.0, account, network);
        let tries = self
            .tries
            .count(what, TRIES_WINDOW_MILLISECONDS, context.now);
        if tries > OTP_TRIES_MAX {
            let seconds = TRIES_WINDOW_MILLISECONDS / 1_000;
            return Err(Error::TooManyCodes {
                seconds: u64::try_from(seconds).unwrap_or_default(),
            });
        }
        Ok(())
    }

    /// The id of a new code for a record with what is to be committed; of the newest one where
    /// there are as many as there may be.
    async fn plan_code_for(
        &self,
        context: &Context,
        (compiled, options, email): (&Compiled, &OtpOptions, &str),
        record: &Record,
        code: &str,
    ) -> Result<(String, Option<Proposal>)> {
        let codes = self.records.compiled(CODES)?;
        let of = (&*compiled.collection, record);
        let mut live = self.records.attached(CODES, of, OTPS_MAX * 10)?;
        live.retain(|kept| ends(&codes, kept, options) > context.now.0);
        if live.len() >= OTPS_MAX {
            let newest = live.iter().max_by_key(|kept| text(&codes, kept, "created"));
            let id = newest.map_or("", |newest| newest.id());
            return Ok((id.to_owned(), None));
        }
        let to = match text(compiled, record, "email") {
            "" => email,
            stored => stored,
        };
        let body = [
            ("collectionRef", compiled.collection.id.as_str()),
            ("recordRef", record.id()),
            ("password", code),
            ("sentTo", to),
        ];
        let body: Map<String, Json> = body
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value.into()))
            .collect();
        let mut proposal = Proposal::default();
        let kept = self
            .records
            .plan_attached(context, CODES, body, &mut proposal)
            .await?;
        let values = Placeholders {
            record: Some(of),
            one_time_code: code,
            one_time_id: kept.id(),
            ..Placeholders::default()
        };
        self.post_code(context, options, (Some(to), &values), &mut proposal)?;
        Ok((kept.id().to_owned(), Some(proposal)))
    }

    /// The same work for an address that nobody has.
    async fn plan_code_for_nobody(
        &self,
        context: &Context,
        (compiled, options, email): (&Compiled, &OtpOptions, &str),
        code: &str,
    ) -> Result<(String, Option<Proposal>)> {
        let account = nobody_of(email);
        let owner = nobody(compiled, &account);
        let store = &**self.committer.store();
        let live: Vec<Belonging<String>> = owner.all(store, Kind::Mailed, context.now)?;
        let mut live: Vec<_> = live.iter().filter(|kept| kept.content == CODES).collect();
        live.sort_by_key(|kept| kept.used);
        if let Some(newest) = live.last().filter(|_| live.len() >= OTPS_MAX) {
            return Ok((newest.id.clone(), None));
        }
        // The hash is of no use; the work is.
        self.hashes.hash(code).await.map(drop)?;
        let id = secrets::record_id(&*self.random);
        let ends = Timestamp(context.now.0.saturating_add(milliseconds(options)));
        let mut proposal = Proposal::default();
        let kept = belongings::encode(ends, context.now, &CODES)?;
        proposal.puts.push((owner.key(Kind::Mailed, &id), kept));
        owner.plan_address(Kind::Mailed, &id, ends, &mut proposal)?;
        let values = Placeholders {
            one_time_code: code,
            one_time_id: &id,
            ..Placeholders::default()
        };
        self.post_code(context, options, (None, &values), &mut proposal)?;
        Ok((id, Some(proposal)))
    }

    fn post_code(
        &self,
        context: &Context,
        options: &OtpOptions,
        (to, values): (Option<&str>, &Placeholders<'_>),
        proposal: &mut Proposal,
    ) -> Result<()> {
        let until = Timestamp(context.now.0.saturating_add(milliseconds(options)));
        let envelope = Envelope {
            to,
            about: "otp",
            until: Some(until),
        };
        let meta = &self.settings.current().meta;
        let letter = compose(envelope, &options.email_template, meta, values);
        self.mail.post(context.now, &letter, proposal)
    }
}

fn code_options(compiled: &Compiled) -> Result<&OtpOptions> {
    let options = compiled.collection.auth().map(|options| &options.otp);
    options.filter(|options| options.enabled).ok_or_else(|| {
        Error::Forbidden("The collection is not configured to allow OTP authentication.".to_owned())
    })
}

/// That something is an address.
pub(super) fn check_email(email: &str) -> Result<()> {
    let violation = if email.is_empty() {
        Violation::required()
    } else if is_email(email) {
        return Ok(());
    } else {
        Violation::new("validation_is_email", "Must be a valid email address.")
    };
    Err(invalid(Violations::of("email", violation)))
}

fn check_code(id: &str, code: &str) -> Result<()> {
    let mut violations = Violations::new();
    for (name, text, max) in [("otpId", id, usize::MAX), ("password", code, OTP_CHARS_MAX)] {
        if text.is_empty() {
            violations.add(name, Violation::required());
        } else if text.chars().count() > max {
            let message = format!("The length must be between 1 and {max}.");
            let violation = Violation::new("validation_length_out_of_range", message);
            violations.add(name, violation.with("max", max).with("min", 1));
        }
    }
    violations.into_result().map_err(invalid)
}

fn milliseconds(options: &OtpOptions) -> i64 {
    options.duration.saturating_mul(1_000)
}

/// When a code ends, in milliseconds since 1970.
fn ends(codes: &Compiled, kept: &Record, options: &OtpOptions) -> i64 {
    let created = Timestamp::parse(text(codes, kept, "created"));
    created.map_or(0, |created| created.0.saturating_add(milliseconds(options)))
}

fn ended() -> Error {
    Error::BadRequest("Invalid or expired OTP.".to_owned())
}

/// Who has what was mailed to an address of nobody: no record has an id like that.
pub(super) fn nobody<'a>(compiled: &Compiled, account: &'a str) -> Owner<'a> {
    Owner {
        collection: compiled.collection.number,
        record: account,
    }
}

/// What an address of nobody is called, in any case.
pub(super) fn nobody_of(email: &str) -> String {
    let hash = Sha256::digest(email.to_ascii_lowercase());
    format!("~{}", URL_SAFE_NO_PAD.encode(hash))
}
