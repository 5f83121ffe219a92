//! Passkeys: a key pair on somebody's device in place of a password (WebAuthn, level 3).
//!
//! - Every passkey can be found by the device without an account being named, and the device always
//!   verifies its user: one passkey is two factors.
//! - A passkey leads to its record by its own id; whom the device says it is for must be the same.
//! - Adding or removing one needs a sign-in of the last few minutes.
//! - Asking for a passkey of an account tells nobody whether there is such an account.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use luge_model::invalid::{Violation, Violations};
use luge_model::limits::PASSKEY_NAME_CHARS_MAX;
use luge_model::record::Record;
use luge_model::timestamp::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use webauthn_rs::Webauthn;
use webauthn_rs::prelude::Passkey;

use super::Auth;
use super::password::invalid;
use super::session::owner;
use crate::access::Compiled;
use crate::belongings::{self, Belonging, Kind, Owner};
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::store::CommitError;

mod ceremony;
mod party;
mod register;
mod sign_in;

/// A passkey never ends by itself.
const NEVER: Timestamp = Timestamp(i64::MAX);
const NAME: &str = "Passkey";

/// What comes back from a device, and what it was asked with.
#[derive(Clone, Debug)]
pub struct PasskeyAnswer {
    /// What the options said to bring back.
    pub ceremony: String,
    /// The credential in its JSON form (WebAuthn §5.1).
    pub credential: Json,
}

/// What is kept of a passkey.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    /// What its owner calls it.
    name: String,
    /// When it was registered, in milliseconds since 1970.
    created: i64,
    /// What devices know the account by; the same for all passkeys of a record.
    handle: Uuid,
    key: Passkey,
}

impl Auth {
    /// The passkeys of a record, in the order in which they were registered, each `{id, name,
    /// created, used}`: the caller's own, or for superusers those of `record`.
    ///
    /// # Errors
    /// As for [`Self::sessions`].
    pub fn passkeys(
        &self,
        context: &Context,
        collection: &str,
        record: Option<&str>,
    ) -> Result<Vec<Json>> {
        let compiled = self.auth_collection(collection)?;
        let record = self.holder(context, &compiled, record)?;
        let mut passkeys = self.kept(owner(&compiled, &record))?;
        passkeys.sort_by_key(|passkey| passkey.content.created);
        Ok(passkeys.iter().map(describe).collect())
    }

    /// Gives a passkey another name.
    ///
    /// # Errors
    /// As for [`Self::sessions`]; [`Error::MissingPasskey`]; [`Error::Refused`] for a name that is
    /// empty or too long.
    pub async fn rename_passkey(
        &self,
        context: &Context,
        collection: &str,
        id: &str,
        name: &str,
    ) -> Result<Json> {
        let compiled = self.auth_collection(collection)?;
        let record = self.holder(context, &compiled, None)?;
        let owner = owner(&compiled, &record);
        let store = &**self.committer.store();
        let known: Option<Belonging<Kept>> = owner.get(store, Kind::Passkey, id, context.now)?;
        let mut passkey = known.ok_or(Error::MissingPasskey)?;
        let name = name.trim();
        if name.is_empty() {
            return Err(invalid(Violations::of("name", Violation::required())));
        }
        passkey.content.name = checked_name(name)?;
        let proposal = Proposal {
            guards: vec![passkey.unchanged(owner, Kind::Passkey)],
            puts: vec![(
                owner.key(Kind::Passkey, id),
                belongings::encode(NEVER, passkey.used, &passkey.content)?,
            )],
            ..Proposal::default()
        };
        self.committer.commit(proposal).await?;
        Ok(describe(&passkey))
    }

    /// Removes a passkey; who removes it must have signed in lately.
    ///
    /// # Errors
    /// As for [`Self::sessions`]; [`Error::Forbidden`] where the sign-in is too long ago;
    /// [`Error::MissingPasskey`].
    pub async fn remove_passkey(
        &self,
        context: &Context,
        collection: &str,
        record: Option<&str>,
        id: &str,
    ) -> Result<()> {
        let compiled = self.auth_collection(collection)?;
        let record = self.holder(context, &compiled, record)?;
        self.require_fresh(context)?;
        let owner = owner(&compiled, &record);
        let key = owner.key(Kind::Passkey, id);
        let removal = Proposal {
            guards: vec![crate::store::Guard::Present(key.clone())],
            deletes: vec![key, owner.address(Kind::Passkey, id)],
            ..Proposal::default()
        };
        match self.committer.commit(removal).await {
            Ok(_) => Ok(()),
            Err(CommitError::Guard(_)) => Err(Error::MissingPasskey),
            Err(error) => Err(error.into()),
        }
    }

    fn kept(&self, owner: Owner<'_>) -> Result<Vec<Belonging<Kept>>> {
        // Whatever the time is: a passkey never ends.
        owner.all(&**self.committer.store(), Kind::Passkey, Timestamp(0))
    }

    fn relying_party(&self, compiled: &Compiled) -> Result<Webauthn> {
        let options = compiled.collection.auth();
        let options = options.ok_or(Error::MissingAuthCollection)?;
        party::relying_party(&options.passkey, &self.settings.current().meta)
    }
}

/// What a passkey is called in addresses: its own id may be long.
fn id_of(credential: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(credential))
}

fn describe(passkey: &Belonging<Kept>) -> Json {
    json!({
        "id": passkey.id,
        "name": passkey.content.name,
        "created": Timestamp(passkey.content.created).to_string(),
        "used": passkey.used.to_string(),
    })
}

/// The name, or the usual one where there is none.
fn checked_name(name: &str) -> Result<String> {
    let name = match name.trim() {
        "" => NAME,
        name => name,
    };
    if name.chars().count() > PASSKEY_NAME_CHARS_MAX {
        let violation = Violation::new(
            "validation_length_out_of_range",
            format!("The length must be between 1 and {PASSKEY_NAME_CHARS_MAX}."),
        );
        let violation = violation.with("max", PASSKEY_NAME_CHARS_MAX).with("min", 1);
        return Err(invalid(Violations::of("name", violation)));
    }
    Ok(name.to_owned())
}

/// A credential that a device made or used.
fn read<T: DeserializeOwned>(credential: &Json) -> Result<T> {
    T::deserialize(credential).map_err(|error| {
        unacceptable(&format!(
            "Must be a public key credential as JSON: {error}."
        ))
    })
}

fn unacceptable(message: &str) -> Error {
    let violation = Violation::new("validation_invalid_credential", message);
    invalid(Violations::of("credential", violation))
}

/// What devices are told of the account beside its handle: the name people know it by.
pub(super) fn shown_name(compiled: &Compiled, record: &Record) -> String {
    let options = compiled.collection.auth();
    let names = options.map_or(&[][..], |options| &options.password_auth.identity_fields);
    let texts = ["email"]
        .into_iter()
        .chain(names.iter().map(String::as_str));
    let mut texts = texts.filter_map(|name| {
        let field = compiled.collection.field(name)?;
        Some(record.text(field.number)).filter(|text| !text.is_empty())
    });
    texts.next().unwrap_or_else(|| record.id()).to_owned()
}
