//! API keys: how machines act as an auth record, each within its own scopes.
//!
//! - The secret is shown once. What is kept is its SHA-256: it has 256 random bits, so there is
//!   nothing to guess that a slow hash would protect.
//! - A key is worth what the record is worth: it ends with the record, with its token key, with the
//!   secret of the collection, at its own time, and when it is revoked.
//! - A key makes, shows and revokes no keys, and changes nothing about how anybody signs in.
//! - Making one needs a sign-in of the last few minutes; revoking one does not.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use luge_model::invalid::{Violation, Violations};
use luge_model::key_scope::KeyScopes;
use luge_model::limits::{API_KEY_NAME_CHARS_MAX, API_KEYS_MAX, WRITE_ATTEMPTS_MAX};
use luge_model::principal::{ApiKey, Identity};
use luge_model::record::Record;
use luge_model::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::password::invalid;
use super::session::owner;
use super::{Auth, token_key};
use crate::access::Compiled;
use crate::belongings::{self, Belonging, Kind, Owner};
use crate::catalog::Snapshot;
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::secrets::{self, Fingerprint};
use crate::store::{CommitError, Guard};

mod form;

use form::Form;
pub(super) use form::is_one;

/// The end of a key that does not end by itself.
const NEVER: Timestamp = Timestamp(i64::MAX);

/// What is kept of a key.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    name: String,
    /// When it was made, in milliseconds since 1970.
    created: i64,
    scopes: KeyScopes,
    /// SHA-256 of the secret, in base64.
    secret: String,
    /// SHA-256 of what signs the tokens of the record, in base64: what ends those ends the key.
    signer: String,
}

/// What was asked for.
struct Asked {
    name: String,
    scopes: KeyScopes,
    ends: Timestamp,
}

impl Auth {
    /// Makes a key of the caller, or for superusers of `record`, from `{name, scopes, expires}`:
    /// `{id, name, scopes, created, used, expires, key}`, where `key` is never shown again.
    ///
    /// # Errors
    /// As for [`Self::sessions`]; [`Error::Forbidden`] where the sign-in is too long ago or a key
    /// asks; [`Error::Refused`] for what is asked wrongly; [`Error::BadRequest`] where there are as
    /// many as there may be.
    pub async fn make_api_key(
        &self,
        context: &Context,
        collection: &str,
        record: Option<&str>,
        body: &Map<String, Json>,
    ) -> Result<Json> {
        let compiled = self.auth_collection(collection)?;
        let record = self.holder(context, &compiled, record)?;
        self.require_fresh(context)?;
        let asked = Asked::read(body, &compiled.snapshot, context.now)?;
        let id = secrets::record_id(&*self.random);
        let secret = secrets::api_key_secret(&*self.random);
        let kept = Kept {
            name: asked.name,
            created: context.now.0,
            scopes: asked.scopes,
            secret: digest(&[&secret]),
            signer: signer(&compiled, &record)?,
        };
        self.keep_key(context, &compiled, record, (&id, asked.ends, &kept))
            .await?;
        let form = Form {
            collection: compiled.collection.number,
            id: &id,
            secret: &secret,
        };
        let mut shown = describe(&id, (asked.ends, None), &kept, &compiled.snapshot);
        if let Json::Object(shown) = &mut shown {
            shown.insert("key".to_owned(), form.write().into());
        }
        Ok(shown)
    }

    /// The keys of a record, in the order in which they were made, without their secrets.
    ///
    /// # Errors
    /// As for [`Self::sessions`].
    pub fn api_keys(
        &self,
        context: &Context,
        collection: &str,
        record: Option<&str>,
    ) -> Result<Vec<Json>> {
        let compiled = self.auth_collection(collection)?;
        let record = self.holder(context, &compiled, record)?;
        let signer = signer(&compiled, &record)?;
        let mut keys = self.kept_keys(owner(&compiled, &record), context.now)?;
        keys.retain(|key| key.content.signer == signer);
        keys.sort_by(|one, other| {
            (one.content.created, &one.id).cmp(&(other.content.created, &other.id))
        });
        let shown = keys.iter().map(|key| {
            let used = Some(key.used).filter(|used| used.0 > 0);
            describe(&key.id, (key.ends, used), &key.content, &compiled.snapshot)
        });
        Ok(shown.collect())
    }

    /// Revokes a key: it is worth nothing from then on.
    ///
    /// # Errors
    /// As for [`Self::sessions`]; [`Error::MissingApiKey`].
    pub async fn revoke_api_key(
        &self,
        context: &Context,
        collection: &str,
        record: Option<&str>,
        id: &str,
    ) -> Result<()> {
        let compiled = self.auth_collection(collection)?;
        let record = self.holder(context, &compiled, record)?;
        let owner = owner(&compiled, &record);
        let key = owner.key(Kind::ApiKey, id);
        let removal = Proposal {
            guards: vec![Guard::Present(key.clone())],
            deletes: vec![key, owner.address(Kind::ApiKey, id)],
            ..Proposal::default()
        };
        match self.committer.commit(removal).await {
            Ok(_) => Ok(()),
            Err(CommitError::Guard(_)) => Err(Error::MissingApiKey),
            Err(error) => Err(error.into()),
        }
    }

    /// Whose key this is, and when it ends.
    pub(super) fn by_key(
        &self,
        now: Timestamp,
        token: &str,
    ) -> Result<Option<(Identity, Timestamp)>> {
        let Some(form) = Form::read(token) else {
            return Ok(None);
        };
        let of_collection = Owner {
            collection: form.collection,
            record: "",
        };
        let store = &**self.committer.store();
        let Some(record) = of_collection.found_by(store, Kind::ApiKey, form.id)? else {
            return Ok(None);
        };
        let Some(compiled) = self.records.compiled_by_number(form.collection) else {
            return Ok(None);
        };
        let Some(record) = self.query.record(&compiled, &record)? else {
            return Ok(None);
        };
        let Some(kept) = self.live_kept(&compiled, &record, form.id, now)? else {
            return Ok(None);
        };
        let presented = digest(&[form.secret]);
        if !secrets::equal(presented.as_bytes(), kept.content.secret.as_bytes()) {
            return Ok(None);
        }
        owner(&compiled, &record).note(&self.committer, Kind::ApiKey, &kept, now);
        let identity = Identity {
            collection: Arc::clone(&compiled.collection),
            record,
            session: None,
            key: Some(presented_key(&kept)),
        };
        Ok(Some((identity, kept.ends)))
    }

    /// A key that a token names, if it has not ended.
    pub(super) fn live_key(
        &self,
        compiled: &Compiled,
        record: &Record,
        id: &str,
        now: Timestamp,
    ) -> Result<Option<Arc<ApiKey>>> {
        let kept = self.live_kept(compiled, record, id, now)?;
        Ok(kept.as_ref().map(presented_key))
    }

    fn live_kept(
        &self,
        compiled: &Compiled,
        record: &Record,
        id: &str,
        now: Timestamp,
    ) -> Result<Option<Belonging<Kept>>> {
        let store = &**self.committer.store();
        let kept: Option<Belonging<Kept>> =
            owner(compiled, record).get(store, Kind::ApiKey, id, now)?;
        let signer = signer(compiled, record)?;
        Ok(kept.filter(|kept| kept.content.signer == signer))
    }

    fn kept_keys(&self, owner: Owner<'_>, now: Timestamp) -> Result<Vec<Belonging<Kept>>> {
        owner.all(&**self.committer.store(), Kind::ApiKey, now)
    }

    async fn keep_key(
        &self,
        context: &Context,
        compiled: &Compiled,
        mut record: Record,
        (id, ends, kept): (&str, Timestamp, &Kept),
    ) -> Result<()> {
        let stored = belongings::encode(ends, Timestamp(0), kept)?;
        for _ in 0..WRITE_ATTEMPTS_MAX {
            let owner = owner(compiled, &record);
            let store = &**self.committer.store();
            let known: Vec<Belonging<Kept>> = owner.all(store, Kind::ApiKey, Timestamp(0))?;
            let live = known.iter().filter(|key| key.ends > context.now);
            if live.count() >= API_KEYS_MAX {
                return Err(Error::BadRequest(format!(
                    "There are {API_KEYS_MAX} API keys already: revoke one first."
                )));
            }
            let mut proposal = Proposal {
                guards: vec![
                    super::unchanged(compiled, &record),
                    owner.only(Kind::ApiKey, known.iter().map(|key| &*key.id)),
                ],
                puts: vec![(owner.key(Kind::ApiKey, id), stored.clone())],
                ..Proposal::default()
            };
            owner.plan_address(Kind::ApiKey, id, ends, &mut proposal)?;
            match self.committer.commit(proposal).await {
                Ok(_) => return Ok(()),
                Err(CommitError::Guard(_)) => {}
                Err(error) => return Err(error.into()),
            }
            let current = self.query.stored(compiled, record.id())?;
            record = current.ok_or(Error::SignInNeeded)?;
            // A new password in between ends what was asked for before it.
            if signer(compiled, &record)? != kept.signer {
                return Err(Error::SignInNeeded);
            }
        }
        Err(Error::Contended)
    }
}

impl Asked {
    fn read(body: &Map<String, Json>, snapshot: &Arc<Snapshot>, now: Timestamp) -> Result<Self> {
        let mut violations = Violations::new();
        let name = match body.get("name") {
            None | Some(Json::Null) => String::new(),
            Some(Json::String(name)) => name.trim().to_owned(),
            Some(_) => {
                violations.add("name", wrong("Must be a text."));
                String::new()
            }
        };
        if name.is_empty() {
            violations.add("name", Violation::required());
        } else if name.chars().count() > API_KEY_NAME_CHARS_MAX {
            let message = format!("The length must be between 1 and {API_KEY_NAME_CHARS_MAX}.");
            let violation = Violation::new("validation_length_out_of_range", message);
            let violation = violation.with("max", API_KEY_NAME_CHARS_MAX).with("min", 1);
            violations.add("name", violation);
        }
        let ends = ends(body.get("expires"), now).unwrap_or_else(|violation| {
            violations.add("expires", violation);
            NEVER
        });
        let scopes = KeyScopes::parse(body.get("scopes"), &**snapshot);
        match (scopes, violations.is_empty()) {
            (Ok(scopes), true) => Ok(Self { name, scopes, ends }),
            (scopes, _) => {
                scopes
                    .err()
                    .into_iter()
                    .for_each(|found| violations.join(found));
                Err(invalid(violations))
            }
        }
    }
}

fn ends(submitted: Option<&Json>, now: Timestamp) -> std::result::Result<Timestamp, Violation> {
    match submitted {
        None | Some(Json::Null) => Ok(NEVER),
        Some(Json::String(text)) if text.is_empty() => Ok(NEVER),
        Some(Json::String(text)) => match Timestamp::parse(text) {
            None => Err(wrong("Must be a date such as 2030-01-31 12:00:00.000Z.")),
            Some(ends) if ends <= now => Err(wrong("Must be in the future.")),
            Some(ends) => Ok(ends),
        },
        Some(_) => Err(wrong("Must be a date as text, or nothing for no end.")),
    }
}

fn wrong(message: &str) -> Violation {
    Violation::new("validation_invalid_value", message)
}

fn presented_key(kept: &Belonging<Kept>) -> Arc<ApiKey> {
    Arc::new(ApiKey {
        id: kept.id.as_str().into(),
        scopes: kept.content.scopes.clone(),
    })
}

fn signer(compiled: &Compiled, record: &Record) -> Result<String> {
    let options = compiled.collection.auth();
    let options = options.ok_or(Error::MissingAuthCollection)?;
    let key = token_key(compiled, &options.auth_token, record);
    Ok(digest(&[key.record, key.collection]))
}

fn digest(parts: &[&str]) -> String {
    let mut fingerprint = Fingerprint::default();
    for part in parts {
        fingerprint.part(part.as_bytes());
    }
    URL_SAFE_NO_PAD.encode(fingerprint.finish())
}

fn describe(
    id: &str,
    (ends, used): (Timestamp, Option<Timestamp>),
    kept: &Kept,
    snapshot: &Arc<Snapshot>,
) -> Json {
    let time = |time: Option<Timestamp>| time.map_or_else(String::new, |time| time.to_string());
    json!({
        "id": id,
        "name": kept.name,
        "scopes": kept.scopes.to_json(&**snapshot),
        "created": Timestamp(kept.created).to_string(),
        "used": time(used),
        "expires": time(Some(ends).filter(|ends| *ends != NEVER)),
    })
}
