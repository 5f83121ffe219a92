//! Codes of an authenticator app as a second factor (RFC 6238: HMAC-SHA-1, six digits, 30 s).
//!
//! - An app counts once a code of it confirmed that the secret arrived; until then it neither asks
//!   nor satisfies.
//! - A code is used at most once: the commit that uses it guards that no later one was used.
//! - The secret is sealed where the database has a key, for its record alone.
//! - Changing any of it needs a sign-in of the last few minutes; without the app, all other
//!   sessions end.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use luge_model::invalid::{Violation, Violations};
use luge_model::limits::{
    CODE_BYTES_MAX, TOTP_CONFIRM_MILLISECONDS, TOTP_DIGITS, TOTP_SECRET_BYTES,
    TOTP_STEP_MILLISECONDS, TOTP_STEPS_AROUND, TRIES_WINDOW_MILLISECONDS, WRITE_ATTEMPTS_MAX,
    WRONG_CODES_OF_SIGN_IN_MAX,
};
use luge_model::record::Record;
use luge_model::timestamp::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use sha1::Sha1;

use super::back_off::{Attempt, Tried, Way};
use super::mfa::MFAS;
use super::passkey::shown_name;
use super::password::invalid;
use super::session::{Proven, own_identity, owner};
use super::{Auth, SignedIn, text, unchanged};
use crate::access::Compiled;
use crate::belongings::{self, Belonging, Kind, Owner};
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::secrets;
use crate::store::{CommitError, Guard, StoreError};

/// An app that counts, and one that is yet to be confirmed.
const ON: &str = "on";
const BEGUN: &str = "begun";
const NEVER: Timestamp = Timestamp(i64::MAX);
const BASE_32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What is kept of an app.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    /// The sealed secret in base64.
    secret: String,
    /// When it was confirmed or begun, in milliseconds since 1970.
    created: i64,
    /// The time of the last code that was used, in steps since 1970.
    step: i64,
}

/// What completes a sign-in that was begun, if it is right.
#[derive(Clone, Copy)]
pub(super) enum Code<'a> {
    App(&'a str),
    Recovery(&'a str),
}

impl Auth {
    /// Whether a record has an app, as `{enabled, created, recoveryCodes}`; the last says how many
    /// are left.
    ///
    /// # Errors
    /// As for [`Self::sessions`].
    pub fn totp(&self, context: &Context, collection: &str, record: Option<&str>) -> Result<Json> {
        let compiled = self.auth_collection(collection)?;
        let record = self.holder(context, &compiled, record)?;
        let owner = owner(&compiled, &record);
        let on = self.app_of(owner)?;
        let created = on.as_ref().map(|on| Timestamp(on.content.created));
        Ok(json!({
            "enabled": on.is_some(),
            "created": created.map_or_else(String::new, |created| created.to_string()),
            "recoveryCodes": self.recovery_codes_left(owner)?,
        }))
    }

    /// A new secret for an app: `{secret, uri}`, base 32 and the address that apps read from a
    /// QR code.
    ///
    /// # Errors
    /// As for [`Self::sessions`]; [`Error::Forbidden`] where the sign-in is too long ago;
    /// [`Error::BadRequest`] where there is an app.
    pub async fn begin_totp(&self, context: &Context, collection: &str) -> Result<Json> {
        let compiled = self.auth_collection(collection)?;
        let record = own_identity(context, &compiled)?.record.clone();
        self.require_fresh(context)?;
        let owner = owner(&compiled, &record);
        if self.app_of(owner)?.is_some() {
            return Err(exists());
        }
        let mut secret = [0; TOTP_SECRET_BYTES];
        self.random.fill(&mut secret);
        let sealed = self.settings.vault().close(&purpose(owner), &secret);
        let kept = Kept {
            secret: URL_SAFE_NO_PAD.encode(sealed),
            created: context.now.0,
            step: 0,
        };
        let ends = Timestamp(context.now.0.saturating_add(TOTP_CONFIRM_MILLISECONDS));
        let begun = belongings::encode(ends, context.now, &kept)?;
        let proposal = Proposal {
            guards: vec![Guard::Present(crate::store::key::record(
                compiled.collection.number,
                record.id(),
            ))],
            puts: vec![(owner.key(Kind::Totp, BEGUN), begun)],
            ..Proposal::default()
        };
        self.committer.commit(proposal).await?;
        let name = shown_name(&compiled, &record);
        let issuer = &self.settings.current().meta.app_name;
        let secret = base_32(&secret);
        let uri = uri(issuer, &name, &secret);
        Ok(json!({"secret": secret, "uri": uri}))
    }

    /// Switches an app on with a code of it; the recovery codes, which are shown this once.
    ///
    /// # Errors
    /// As for [`Self::begin_totp`]; [`Error::BadRequest`] where none was begun in time;
    /// [`Error::Refused`] for a wrong code; [`Error::TooManyTries`].
    pub async fn confirm_totp(
        &self,
        context: &Context,
        collection: &str,
        code: &str,
    ) -> Result<Vec<String>> {
        let compiled = self.auth_collection(collection)?;
        let record = own_identity(context, &compiled)?.record.clone();
        self.require_fresh(context)?;
        let owner = owner(&compiled, &record);
        let store = &**self.committer.store();
        if self.app_of(owner)?.is_some() {
            return Err(exists());
        }
        let begun: Option<Belonging<Kept>> = owner.get(store, Kind::Totp, BEGUN, context.now)?;
        let begun = begun.ok_or_else(|| {
            let sentence = "No authenticator app is waiting to be confirmed: begin anew.";
            Error::BadRequest(sentence.to_owned())
        })?;
        let attempt = self.begin_code(context, &compiled, &record)?;
        let Some(step) = self.step_of(owner, &begun.content, code, context.now)? else {
            attempt.failed();
            return Err(wrong_code());
        };
        attempt.succeeded();
        let kept = Kept {
            created: context.now.0,
            step,
            ..begun.content.clone()
        };
        let on = owner.key(Kind::Totp, ON);
        let mut proposal = Proposal {
            guards: vec![
                unchanged(&compiled, &record),
                begun.unchanged(owner, Kind::Totp),
                Guard::Absent(on.clone()),
            ],
            puts: vec![(on, belongings::encode(NEVER, context.now, &kept)?)],
            deletes: vec![owner.key(Kind::Totp, BEGUN)],
            ..Proposal::default()
        };
        let codes = self.plan_recovery_codes(context.now, owner, &mut proposal)?;
        self.committer.commit(proposal).await?;
        Ok(codes)
    }

    /// Takes the app of a record away with its recovery codes, and ends its other sessions.
    ///
    /// # Errors
    /// As for [`Self::sessions`]; [`Error::Forbidden`] where the sign-in is too long ago;
    /// [`Error::BadRequest`] where there is no app.
    pub async fn remove_totp(
        &self,
        context: &Context,
        collection: &str,
        record: Option<&str>,
    ) -> Result<()> {
        let compiled = self.auth_collection(collection)?;
        let record = self.holder(context, &compiled, record)?;
        self.require_fresh(context)?;
        let owner = owner(&compiled, &record);
        let on = owner.key(Kind::Totp, ON);
        let mut proposal = Proposal {
            guards: vec![Guard::Present(on.clone())],
            deletes: vec![on],
            ..Proposal::default()
        };
        let store = &**self.committer.store();
        owner.plan_removal_of(store, Kind::RecoveryCode, &mut proposal)?;
        self.plan_other_ends(context, &compiled, &record, &mut proposal)?;
        match self.committer.commit(proposal).await {
            Ok(_) => Ok(()),
            Err(CommitError::Guard(0)) => Err(without_app()),
            Err(error) => Err(error.into()),
        }
    }

    /// Completes a sign-in that was begun (`mfaId`) with a code of the app.
    ///
    /// # Errors
    /// As for [`Self::sign_in_with_password`]; [`Error::BadRequest`] where no sign-in was begun.
    pub async fn sign_in_with_totp(
        &self,
        context: &Context,
        collection: &str,
        code: &str,
    ) -> Result<SignedIn> {
        self.complete(context, collection, Code::App(code)).await
    }

    /// The same with a recovery code, which is used up.
    ///
    /// # Errors
    /// As for [`Self::sign_in_with_totp`].
    pub async fn sign_in_with_recovery_code(
        &self,
        context: &Context,
        collection: &str,
        code: &str,
    ) -> Result<SignedIn> {
        self.complete(context, collection, Code::Recovery(code))
            .await
    }

    /// The app of a record.
    pub(super) fn app_of(&self, owner: Owner<'_>) -> Result<Option<Belonging<Kept>>> {
        // Whatever the time is: it never ends.
        owner.get(&**self.committer.store(), Kind::Totp, ON, Timestamp(0))
    }

    async fn complete(
        &self,
        context: &Context,
        collection: &str,
        code: Code<'_>,
    ) -> Result<SignedIn> {
        let compiled = self.auth_collection(collection)?;
        let id = check(context, code)?;
        for _ in 0..WRITE_ATTEMPTS_MAX {
            let begun = self.begun(context, &compiled, id).await?;
            let mfas = self.records.compiled(MFAS)?;
            let record = self
                .query
                .stored(&compiled, text(&mfas, &begun, "recordRef"))?;
            let record = record.ok_or(Error::SignInFailed)?;
            let attempt = self.begin_code(context, &compiled, &record)?;
            let Some(with) = self.plan_code(context, owner(&compiled, &record), code)? else {
                attempt.failed();
                self.count_wrong(context, id).await;
                return Err(Error::SignInFailed);
            };
            let proven = Proven::by(record, code.method());
            let signed_in = self.sign_in_proven(context, &compiled, proven, with);
            if let Some(signed_in) = signed_in.await? {
                attempt.succeeded();
                return Ok(signed_in);
            }
            // Somebody used the code: it is wrong now.
        }
        Err(Error::Contended)
    }

    /// The use of a code, `None` where it is wrong.
    fn plan_code(
        &self,
        context: &Context,
        owner: Owner<'_>,
        code: Code<'_>,
    ) -> Result<Option<Proposal>> {
        let Some(on) = self.app_of(owner)? else {
            return Ok(None);
        };
        let code = match code {
            Code::Recovery(code) => return self.plan_recovery(owner, code),
            Code::App(code) => code,
        };
        let Some(step) = self.step_of(owner, &on.content, code, context.now)? else {
            return Ok(None);
        };
        let used = Kept {
            step,
            ..on.content.clone()
        };
        Ok(Some(Proposal {
            guards: vec![on.unchanged(owner, Kind::Totp)],
            puts: vec![(
                owner.key(Kind::Totp, ON),
                belongings::encode(NEVER, context.now, &used)?,
            )],
            ..Proposal::default()
        }))
    }

    /// The time of a code that is right and was not used, in steps since 1970.
    fn step_of(
        &self,
        owner: Owner<'_>,
        kept: &Kept,
        code: &str,
        now: Timestamp,
    ) -> Result<Option<i64>> {
        let sealed = URL_SAFE_NO_PAD.decode(&kept.secret).unwrap_or_default();
        let secret = self.settings.vault().open(&purpose(owner), &sealed)?;
        let code: String = code.split_whitespace().collect();
        let present = now.0.div_euclid(TOTP_STEP_MILLISECONDS);
        let mut found = None;
        // All of them are compared, so that the time does not tell which one it was.
        for step in present - TOTP_STEPS_AROUND..=present + TOTP_STEPS_AROUND {
            let expected = code_at(&secret, step)?;
            if secrets::equal(expected.as_bytes(), code.as_bytes()) && step > kept.step {
                found = Some(step);
            }
        }
        Ok(found)
    }

    fn begin_code(
        &self,
        context: &Context,
        compiled: &Arc<Compiled>,
        record: &Record,
    ) -> Result<Attempt<'_>> {
        let tried = Tried {
            way: Way::SecondFactor,
            collection: compiled.collection.number,
            account: record.id(),
            client: context.client,
            is_known_there: self.is_known_there(context, compiled, record)?,
        };
        self.back_off.begin(tried, context.now)
    }

    /// A sign-in that was begun ends after some wrong codes: who goes on shows the first factor
    /// again.
    async fn count_wrong(&self, context: &Context, id: &str) {
        let wrong = self
            .tries
            .count(("mfa", id), TRIES_WINDOW_MILLISECONDS, context.now);
        if wrong < WRONG_CODES_OF_SIGN_IN_MAX {
            return;
        }
        let system = Context::system(context.now);
        match self.records.delete(&system, MFAS, id).await {
            Ok(()) | Err(Error::MissingRecord) => {}
            Err(error) => tracing::warn!(%error, "a sign-in with wrong codes was not ended"),
        }
    }
}

impl Code<'_> {
    fn method(self) -> &'static str {
        match self {
            Self::App(_) => "totp",
            Self::Recovery(_) => "recoveryCode",
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::App(code) | Self::Recovery(code) => code,
        }
    }
}

/// The sign-in that a code is to complete.
fn check<'c>(context: &'c Context, code: Code<'_>) -> Result<&'c str> {
    let mut violations = Violations::new();
    let id = context.first_factor();
    if id.is_none() {
        violations.add("mfaId", Violation::required());
    }
    if code.text().is_empty() {
        violations.add("code", Violation::required());
    } else if code.text().len() > CODE_BYTES_MAX {
        let message = format!("The length must be between 1 and {CODE_BYTES_MAX}.");
        let violation = Violation::new("validation_length_out_of_range", message);
        let violation = violation.with("max", CODE_BYTES_MAX).with("min", 1);
        violations.add("code", violation);
    }
    violations.into_result().map_err(invalid)?;
    Ok(id.unwrap_or_default())
}

/// The code of a step (RFC 4226 §5.3).
pub(super) fn code_at(secret: &[u8], step: i64) -> Result<String> {
    let failed = || Error::Store(StoreError::Engine("no code can be computed".to_owned()));
    let mut mac: Hmac<Sha1> = Hmac::new_from_slice(secret).map_err(|_| failed())?;
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash.last().copied().unwrap_or_default() & 0x0f);
    let word = hash.get(offset..).and_then(|rest| rest.first_chunk::<4>());
    let word = u32::from_be_bytes(*word.ok_or_else(failed)?) & 0x7fff_ffff;
    let power = 10_u32.pow(u32::try_from(TOTP_DIGITS).unwrap_or_default());
    Ok(format!("{:0TOTP_DIGITS$}", word % power))
}

fn base_32(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(5) {
        let mut bits = 0_u64;
        for place in 0..5 {
            bits = bits << 8 | u64::from(group.get(place).copied().unwrap_or_default());
        }
        for place in 0..(group.len() * 8).div_ceil(5) {
            let index = (bits >> (35 - 5 * place)) & 31;
            let letter = usize::try_from(index)
                .ok()
                .and_then(|index| BASE_32.get(index));
            text.extend(letter.copied().map(char::from));
        }
    }
    text
}

/// What apps read from a QR code.
fn uri(issuer: &str, name: &str, secret: &str) -> String {
    let issuer = utf8_percent_encode(issuer, NON_ALPHANUMERIC);
    let name = utf8_percent_encode(name, NON_ALPHANUMERIC);
    let period = TOTP_STEP_MILLISECONDS / 1_000;
    format!(
        "otpauth://totp/{issuer}:{name}?secret={secret}&issuer={issuer}&algorithm=SHA1\
         &digits={TOTP_DIGITS}&period={period}"
    )
}

fn purpose(owner: Owner<'_>) -> Vec<u8> {
    format!("totp {} {}", owner.collection.0, owner.record).into_bytes()
}

fn exists() -> Error {
    Error::BadRequest("There is an authenticator app already: remove it first.".to_owned())
}

pub(super) fn without_app() -> Error {
    Error::BadRequest("The account has no authenticator app.".to_owned())
}

fn wrong_code() -> Error {
    let violation = Violation::new("validation_invalid_code", "Wrong or used code.");
    invalid(Violations::of("code", violation))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, of which six digits are ours.
        let secret = b"12345678901234567890";
        for (seconds, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code_at(secret, seconds / 30).unwrap(), expected);
        }
    }

    #[test]
    fn base_32_is_that_of_the_standard() {
        // RFC 4648 §10, without padding.
        for (plain, expected) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base_32(plain.as_bytes()), expected);
        }
    }

    #[test]
    fn an_address_holds_any_name() {
        let made = uri("Ä & Co", "a?b@example.com", "ABC");
        let expected = "otpauth://totp/%C3%84%20%26%20Co:a%3Fb%40example%2Ecom?secret=ABC\
                        &issuer=%C3%84%20%26%20Co&algorithm=SHA1&digits=6&period=30";
        assert_eq!(made, expected);
    }
}
