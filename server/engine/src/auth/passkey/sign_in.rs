//! Signing in with a passkey.

use luge_model::limits::WRITE_ATTEMPTS_MAX;
use luge_model::record::Record;
use luge_model::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use std::sync::Arc;
use webauthn_rs::Webauthn;
use webauthn_rs::prelude::{DiscoverableAuthentication, PublicKeyCredential};

use super::ceremony::{self, Ceremony, Purpose};
use super::{Kept, NEVER, PasskeyAnswer, id_of, read};
use crate::access::Compiled;
use crate::auth::password::PasswordSignIn;
use crate::auth::session::owner;
use crate::auth::{Auth, SignedIn};
use crate::belongings::{self, Belonging, Kind, Owner};
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Error, Result};

/// What must be known again when the device has answered.
#[derive(Serialize, Deserialize)]
struct Asked {
    /// Whose passkey it must be; empty for anybody's.
    identity: String,
    state: DiscoverableAuthentication,
}

impl Auth {
    /// What a device needs to sign in: `{ceremony, publicKey}`. The device offers what it has;
    /// where an identity is given, only a passkey of that account signs in. Its passkeys are not
    /// named, since their ids and their number would tell of the account.
    ///
    /// # Errors
    /// [`Error::MissingCollection`], [`Error::MissingAuthCollection`]; [`Error::Forbidden`] where
    /// passkeys are switched off; [`Error::BadRequest`] where there is no domain to bind them to.
    pub fn passkey_challenge(
        &self,
        context: &Context,
        collection: &str,
        identity: &str,
    ) -> Result<Json> {
        let compiled = self.auth_collection(collection)?;
        let party = self.relying_party(&compiled)?;
        let (options, state) = party
            .start_discoverable_authentication()
            .map_err(|error| Error::BadRequest(format!("No passkey can be asked for: {error}.")))?;
        let place = (Purpose::SignIn, anybody(&compiled));
        let identity = identity.to_owned();
        let asked = Asked { identity, state };
        let ceremony = ceremony::begin(&self.ceremonies, place, context.now, asked)?;
        let options = json!(options);
        Ok(json!({
            "ceremony": ceremony,
            "publicKey": options.get("publicKey"),
        }))
    }

    /// Signs in with what a device answered.
    ///
    /// # Errors
    /// As for [`Self::passkey_challenge`]; [`Error::Refused`] for what is no credential;
    /// [`Error::SignInFailed`] for every other reason; [`Error::Forbidden`] where the auth rule
    /// does not hold.
    pub async fn sign_in_with_passkey(
        &self,
        context: &Context,
        collection: &str,
        answer: &PasskeyAnswer,
    ) -> Result<SignedIn> {
        let compiled = self.auth_collection(collection)?;
        let party = self.relying_party(&compiled)?;
        let credential: PublicKeyCredential = read(&answer.credential)?;
        let place = (Purpose::SignIn, anybody(&compiled));
        let ceremony: Ceremony<Asked> =
            ceremony::resume(&self.ceremonies, place, context.now, &answer.ceremony)
                .ok_or(Error::SignInFailed)?;
        for _ in 0..WRITE_ATTEMPTS_MAX {
            let (record, passkey) = self.presented(&compiled, &credential)?;
            self.expect_named(&compiled, &ceremony.state.identity, &record)?;
            let used = verified(&party, &credential, &ceremony, passkey)?;
            let mut with = Proposal::default();
            let owner = owner(&compiled, &record);
            ceremony.plan_use(owner, context.now, &mut with)?;
            with.guards.push(used.unchanged(owner, Kind::Passkey));
            with.puts.push((
                owner.key(Kind::Passkey, &used.id),
                belongings::encode(NEVER, context.now, &used.content)?,
            ));
            let signed_in =
                self.sign_in_with(context, &compiled, (record.clone(), "passkey"), with);
            if let Some(signed_in) = signed_in.await? {
                return Ok(signed_in);
            }
            if ceremony.was_used(owner, &**self.committer.store())? {
                return Err(Error::SignInFailed);
            }
        }
        Err(Error::Contended)
    }

    /// The record and the passkey that a credential names, which is yet to be verified.
    fn presented(
        &self,
        compiled: &Arc<Compiled>,
        credential: &PublicKeyCredential,
    ) -> Result<(Record, Belonging<Kept>)> {
        let store = &**self.committer.store();
        let id = id_of(credential.get_credential_id());
        let found = anybody(compiled).found_by(store, Kind::Passkey, &id)?;
        let record = self
            .query
            .stored(compiled, &found.ok_or(Error::SignInFailed)?)?;
        let record = record.ok_or(Error::SignInFailed)?;
        let passkey: Option<Belonging<Kept>> =
            owner(compiled, &record).get(store, Kind::Passkey, &id, Timestamp(0))?;
        let passkey = passkey.ok_or(Error::SignInFailed)?;
        let said = credential.get_user_unique_id();
        if said.is_some_and(|said| said != passkey.content.handle.as_bytes()) {
            return Err(Error::SignInFailed);
        }
        Ok((record, passkey))
    }

    /// Refuses a passkey of another account than the one that was named.
    fn expect_named(
        &self,
        compiled: &Arc<Compiled>,
        identity: &str,
        record: &Record,
    ) -> Result<()> {
        if identity.is_empty() {
            return Ok(());
        }
        let sought = PasswordSignIn {
            identity: identity.to_owned(),
            ..PasswordSignIn::default()
        };
        match self.find(compiled, &sought)? {
            Some(named) if named.id() == record.id() => Ok(()),
            _ => Err(Error::SignInFailed),
        }
    }
}

/// The passkey after its use, if the answer holds.
fn verified(
    party: &Webauthn,
    credential: &PublicKeyCredential,
    ceremony: &Ceremony<Asked>,
    mut passkey: Belonging<Kept>,
) -> Result<Belonging<Kept>> {
    let state = ceremony.state.state.clone();
    let outcome =
        party.finish_discoverable_authentication_v2(credential, state, &passkey.content.key);
    let outcome = outcome.map_err(|error| {
        tracing::info!(%error, "a passkey was refused");
        Error::SignInFailed
    })?;
    if !outcome.user_verified() {
        return Err(Error::SignInFailed);
    }
    passkey.content.key.update_credential(&outcome);
    Ok(passkey)
}

/// Whoever it will be of a collection.
fn anybody(compiled: &Compiled) -> Owner<'static> {
    Owner {
        collection: compiled.collection.number,
        record: "",
    }
}
