//! Signing in with a passkey.

use luge_model::limits::WRITE_ATTEMPTS_MAX;
use luge_model::record::Record;
use luge_model::timestamp::Timestamp;
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
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

/// How long the id of a passkey that nobody has is, in bytes.
const NOBODYS_ID_BYTES: usize = 32;
const FOR_NOBODY: &[u8] = b"passkey of nobody";

impl Auth {
    /// What a device needs to sign in: `{ceremony, publicKey}`. Without an identity the device
    /// offers what it has; with one, the passkeys of that account are named, or one that nobody
    /// has.
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
        let ceremony = ceremony::begin(&self.ceremonies, place, context.now, state)?;
        let mut options = json!(options);
        if !identity.is_empty()
            && let Some(Json::Object(options)) = options.get_mut("publicKey")
        {
            let named = self.named(&compiled, identity)?;
            options.insert("allowCredentials".to_owned(), named);
        }
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
        let ceremony: Ceremony<DiscoverableAuthentication> =
            ceremony::resume(&self.ceremonies, place, context.now, &answer.ceremony)
                .ok_or(Error::SignInFailed)?;
        for _ in 0..WRITE_ATTEMPTS_MAX {
            let (record, passkey) = self.presented(&compiled, &credential)?;
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

    /// The passkeys of an account, or where there is none, one that looks like its.
    fn named(&self, compiled: &Arc<Compiled>, identity: &str) -> Result<Json> {
        let sought = PasswordSignIn {
            identity: identity.to_owned(),
            ..PasswordSignIn::default()
        };
        let found = self.find(compiled, &sought)?;
        let kept = found.map(|record| self.kept(owner(compiled, &record)));
        let kept = kept.transpose()?.unwrap_or_default();
        let ids = kept
            .iter()
            .map(|passkey| passkey.content.key.cred_id().as_slice().to_vec());
        let mut ids: Vec<Vec<u8>> = ids.collect();
        if ids.is_empty() {
            let sealed = self.ceremonies.seal(FOR_NOBODY, identity.as_bytes());
            let nobodys = Sha256::digest(sealed.unwrap_or_default());
            ids.push(nobodys.iter().copied().take(NOBODYS_ID_BYTES).collect());
        }
        Ok(ids.iter().map(|id| descriptor(id)).collect())
    }
}

/// The passkey after its use, if the answer holds.
fn verified(
    party: &Webauthn,
    credential: &PublicKeyCredential,
    ceremony: &Ceremony<DiscoverableAuthentication>,
    mut passkey: Belonging<Kept>,
) -> Result<Belonging<Kept>> {
    let state = ceremony.state.clone();
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

fn descriptor(id: &[u8]) -> Json {
    use base64::Engine as _;
    let id = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(id);
    json!({"type": "public-key", "id": id})
}
