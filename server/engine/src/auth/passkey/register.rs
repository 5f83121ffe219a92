//! Registering a passkey: options for the device, and what the device made of them.

use luge_model::limits::{PASSKEYS_MAX, WRITE_ATTEMPTS_MAX};
use luge_model::record::Record;
use luge_model::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use uuid::Uuid;
use webauthn_rs::prelude::{PasskeyRegistration, RegisterPublicKeyCredential};

use super::ceremony::{self, Ceremony, Purpose};
use super::{
    Kept, NEVER, PasskeyAnswer, checked_name, describe, id_of, read, shown_name, unacceptable,
};
use crate::access::Compiled;
use crate::auth::session::{own_identity, owner};
use crate::auth::{Auth, unchanged};
use crate::belongings::{self, Belonging, Kind};
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::store::CommitError;

/// What must be known again when the device has made its key.
#[derive(Serialize, Deserialize)]
struct Begun {
    handle: Uuid,
    state: PasskeyRegistration,
}

impl Auth {
    /// What the caller's device needs to make a passkey: `{ceremony, publicKey}`.
    ///
    /// # Errors
    /// As for [`Self::sessions`]; [`Error::Forbidden`] where passkeys are switched off or the
    /// sign-in is too long ago; [`Error::BadRequest`] where there are as many as there may be.
    pub fn passkey_registration(&self, context: &Context, collection: &str) -> Result<Json> {
        let compiled = self.auth_collection(collection)?;
        let party = self.relying_party(&compiled)?;
        let record = own_identity(context, &compiled)?.record.clone();
        self.require_fresh(context)?;
        let owner = owner(&compiled, &record);
        let known = self.kept(owner)?;
        if known.len() >= PASSKEYS_MAX {
            return Err(too_many());
        }
        let handle = known.first().map(|passkey| passkey.content.handle);
        let handle = handle.unwrap_or_else(|| {
            let mut bytes = [0; 16];
            self.random.fill(&mut bytes);
            Uuid::from_bytes(bytes)
        });
        let name = shown_name(&compiled, &record);
        let excluded = known
            .iter()
            .map(|passkey| passkey.content.key.cred_id().clone())
            .collect();
        let (options, state) = party
            .start_passkey_registration(handle, &name, &name, Some(excluded))
            .map_err(|error| Error::BadRequest(format!("No passkey can be made: {error}.")))?;
        let ceremony = ceremony::begin(
            &self.ceremonies,
            (Purpose::Registration, owner),
            context.now,
            Begun { handle, state },
        )?;
        let mut options = json!(options);
        // Else the device may make one that it finds only when the account is named.
        if let Some(Json::Object(selection)) =
            options.pointer_mut("/publicKey/authenticatorSelection")
        {
            selection.insert("residentKey".to_owned(), "required".into());
            selection.insert("requireResidentKey".to_owned(), true.into());
        }
        Ok(json!({
            "ceremony": ceremony,
            "publicKey": options.get("publicKey"),
        }))
    }

    /// Keeps the passkey that the caller's device made.
    ///
    /// # Errors
    /// As for [`Self::passkey_registration`]; [`Error::Refused`] for a credential that does not
    /// answer the ceremony, a ceremony that ended or was used, and a name that is too long.
    pub async fn register_passkey(
        &self,
        context: &Context,
        collection: &str,
        answer: &PasskeyAnswer,
        name: &str,
    ) -> Result<Json> {
        let compiled = self.auth_collection(collection)?;
        let party = self.relying_party(&compiled)?;
        let record = own_identity(context, &compiled)?.record.clone();
        self.require_fresh(context)?;
        let name = checked_name(name)?;
        let credential: RegisterPublicKeyCredential = read(&answer.credential)?;
        let owner = owner(&compiled, &record);
        let place = (Purpose::Registration, owner);
        let ceremony: Ceremony<Begun> =
            ceremony::resume(&self.ceremonies, place, context.now, &answer.ceremony)
                .ok_or_else(ended)?;
        let Begun { handle, state } = &ceremony.state;
        let key = party
            .finish_passkey_registration(&credential, state)
            .map_err(|error| unacceptable(&format!("It cannot be verified: {error}.")))?;
        let kept = Kept {
            name,
            created: context.now.0,
            handle: *handle,
            key,
        };
        self.keep(context, &compiled, (record, kept), &ceremony)
            .await
    }

    async fn keep(
        &self,
        context: &Context,
        compiled: &Compiled,
        (mut record, kept): (Record, Kept),
        ceremony: &Ceremony<Begun>,
    ) -> Result<Json> {
        let id = id_of(kept.key.cred_id());
        let stored = belongings::encode(NEVER, context.now, &kept)?;
        for _ in 0..WRITE_ATTEMPTS_MAX {
            let owner = owner(compiled, &record);
            let store = &**self.committer.store();
            if ceremony.was_used(owner, store)? {
                return Err(ended());
            }
            if owner.found_by(store, Kind::Passkey, &id)?.is_some() {
                return Err(unacceptable("It is registered already."));
            }
            let known = self.kept(owner)?;
            if known.len() >= PASSKEYS_MAX {
                return Err(too_many());
            }
            let mut proposal = Proposal {
                guards: vec![
                    unchanged(compiled, &record),
                    owner.only(Kind::Passkey, known.iter().map(|passkey| &*passkey.id)),
                ],
                puts: vec![(owner.key(Kind::Passkey, &id), stored.clone())],
                ..Proposal::default()
            };
            owner.plan_address(Kind::Passkey, &id, NEVER, &mut proposal)?;
            ceremony.plan_use(owner, context.now, &mut proposal)?;
            match self.committer.commit(proposal).await {
                Ok(_) => return self.shown(compiled, &record, &id),
                Err(CommitError::Guard(_)) => {}
                Err(error) => return Err(error.into()),
            }
            let current = self.query.stored(compiled, record.id())?;
            record = current.ok_or(Error::SignInNeeded)?;
        }
        Err(Error::Contended)
    }

    fn shown(&self, compiled: &Compiled, record: &Record, id: &str) -> Result<Json> {
        let store = &**self.committer.store();
        let kept: Option<Belonging<Kept>> =
            owner(compiled, record).get(store, Kind::Passkey, id, Timestamp(0))?;
        kept.map(|kept| describe(&kept))
            .ok_or(Error::MissingPasskey)
    }
}

fn ended() -> Error {
    unacceptable("The ceremony has ended or was used: ask for new options.")
}

fn too_many() -> Error {
    Error::BadRequest(format!(
        "There are {PASSKEYS_MAX} passkeys already: remove one first."
    ))
}
