//! Short tokens by which other services know a signed-in record, verified without asking us.
//!
//! - They are signed by a key of their own (ES256), and never believed here.
//! - Nobody can see from outside that a sign-in ended, so they end within minutes.
//! - Who asks must go on with a session and pass the auth rule, as for every auth answer.
//! - The key is made when it is needed first, and kept encrypted where the secrets of others are. A
//!   replaced one leaves its public half for as long as its tokens hold.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use luge_model::invalid::{Violation, Violations};
use luge_model::limits::{
    SERVICE_AUDIENCE_CHARS_MAX, SERVICE_KEY_RETIRED_SECONDS, SERVICE_TOKEN_ID_BYTES,
    SERVICE_TOKEN_SECONDS, WRITE_ATTEMPTS_MAX,
};
use luge_model::record::Record;
use luge_model::timestamp::Timestamp;
use luge_model::value::ValueRef;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::Auth;
use super::password::invalid;
use super::session::own_identity;
use crate::access::Compiled;
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::secrets::{Signing, is_closed};
use crate::store::{CommitError, Guard, StoreError, key};

/// The name of what is kept, and the purpose that it is encrypted for.
const NAME: &str = "service keys";

/// What is kept of the keys.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Kept {
    /// The private half of the key that signs, in base64.
    current: String,
    /// The public halves of replaced ones.
    retired: Vec<Retired>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Retired {
    /// When it is not shown any more, in milliseconds since 1970.
    ends: i64,
    public: Json,
}

/// The keys as they were read.
struct Keys {
    signing: Signing,
    kept: Kept,
    /// The stored bytes, for guards.
    bytes: Vec<u8>,
}

impl Auth {
    /// A token of the caller for other services: `{token, expires}`. `audience` says which is to
    /// accept it; without it, it is the application's address.
    ///
    /// # Errors
    /// As for [`Self::sessions`]; [`Error::Forbidden`] for API keys, for tokens that name no
    /// session and where the auth rule does not hold; [`Error::Refused`] for an audience that is
    /// none; [`Error::BadRequest`] where the application has no address.
    pub async fn service_token(
        &self,
        context: &Context,
        collection: &str,
        body: &Map<String, Json>,
    ) -> Result<Json> {
        let compiled = self.auth_collection(collection)?;
        let identity = own_identity(context, &compiled)?;
        if identity.session.is_none() {
            let reason = "The token names no session: sign in, or refresh it first.";
            return Err(Error::Forbidden(reason.to_owned()));
        }
        self.admit(context, &compiled, &identity.record)?;
        let issuer = self.issuer()?;
        let audience = audience(body)?.unwrap_or_else(|| issuer.clone());
        let keys = self.keys().await?;
        let ends = context.now.0.div_euclid(1_000) + SERVICE_TOKEN_SECONDS;
        let mut claims = json!({
            "iss": issuer,
            "sub": identity.record.id(),
            "aud": audience,
            "iat": context.now.0.div_euclid(1_000),
            "exp": ends,
            "jti": self.token_id(),
            "collectionId": compiled.collection.id,
            "collectionName": compiled.collection.name,
        });
        add_facts(&compiled, &identity.record, &mut claims);
        let expires = Timestamp(ends * 1_000).to_string();
        Ok(json!({"token": keys.sign(&claims), "expires": expires}))
    }

    /// The public keys by which others verify such tokens, as a JSON Web Key Set (RFC 7517).
    ///
    /// # Errors
    /// When the store fails.
    pub async fn service_keys(&self, now: Timestamp) -> Result<Json> {
        let Keys { signing, kept, .. } = self.keys().await?;
        let retired = kept.retired.into_iter().filter(|one| one.ends > now.0);
        let mut public = vec![signing.public()];
        public.extend(retired.map(|one| one.public));
        Ok(json!({ "keys": public }))
    }

    /// Replaces the key: `{kid}` of the new one. What the old one signed is verified by its public
    /// half until it ends.
    ///
    /// # Errors
    /// When the caller is no superuser, or an API key; when the store fails.
    pub async fn rotate_service_key(&self, context: &Context) -> Result<Json> {
        context.require_superuser()?;
        context.refuse_key()?;
        for _ in 0..WRITE_ATTEMPTS_MAX {
            let before = self.keys().await?;
            let next = Signing::draw(&*self.random);
            let mut retired = before.kept.retired;
            retired.retain(|one| one.ends > context.now.0);
            retired.push(Retired {
                ends: context.now.0 + SERVICE_KEY_RETIRED_SECONDS * 1_000,
                public: before.signing.public(),
            });
            let kept = Kept {
                current: URL_SAFE_NO_PAD.encode(next.private()),
                retired,
            };
            let guard = Guard::Unchanged {
                key: key::secret(NAME),
                prefix: before.bytes,
            };
            if self.keep_service_keys(&kept, guard).await? {
                return Ok(json!({"kid": next.public().get("kid")}));
            }
        }
        Err(Error::Contended)
    }

    /// The keys, made where there are none.
    async fn keys(&self) -> Result<Keys> {
        for _ in 0..WRITE_ATTEMPTS_MAX {
            if let Some(keys) = self.known_keys().await? {
                return Ok(keys);
            }
            let made = Kept {
                current: URL_SAFE_NO_PAD.encode(Signing::draw(&*self.random).private()),
                retired: Vec::new(),
            };
            self.keep_service_keys(&made, Guard::Absent(key::secret(NAME)))
                .await?;
        }
        Err(Error::Contended)
    }

    async fn known_keys(&self) -> Result<Option<Keys>> {
        let place = key::secret(NAME);
        let Some(bytes) = self.committer.store().get(&place)? else {
            return Ok(None);
        };
        let vault = self.settings.vault();
        let json = vault.open(NAME.as_bytes(), &bytes)?;
        let damaged = |reason: &str| Error::Store(StoreError::damaged(&place, reason));
        let kept: Kept =
            serde_json::from_slice(&json).map_err(|error| damaged(&error.to_string()))?;
        let private = URL_SAFE_NO_PAD.decode(&kept.current).unwrap_or_default();
        let signing = Signing::of(&private).ok_or_else(|| damaged("no key of the curve"))?;
        if vault.encrypts() && !is_closed(&bytes) {
            // It was made before there was a key to encrypt under.
            let guard = Guard::Unchanged {
                key: place.clone(),
                prefix: bytes.clone(),
            };
            self.keep_service_keys(&kept, guard).await?;
        }
        Ok(Some(Keys {
            signing,
            kept,
            bytes,
        }))
    }

    /// Whether it was kept; not where the guard failed.
    async fn keep_service_keys(&self, kept: &Kept, guard: Guard) -> Result<bool> {
        let json = json!(kept).to_string();
        let closed = self
            .settings
            .vault()
            .close(NAME.as_bytes(), json.as_bytes());
        let proposal = Proposal {
            guards: vec![guard],
            puts: vec![(key::secret(NAME), closed)],
            ..Proposal::default()
        };
        match self.committer.commit(proposal).await {
            Ok(_) => Ok(true),
            Err(CommitError::Guard(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Who signs: the application's address, without a slash at its end.
    fn issuer(&self) -> Result<String> {
        let settings = self.settings.current();
        let address = settings.meta.app_url.trim_end_matches('/');
        if address.is_empty() {
            return Err(Error::BadRequest(
                "The settings have no address of the application (meta.appURL), which tokens for \
                 other services name."
                    .to_owned(),
            ));
        }
        Ok(address.to_owned())
    }

    fn token_id(&self) -> String {
        let mut bytes = [0; SERVICE_TOKEN_ID_BYTES];
        self.random.fill(&mut bytes);
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

impl Keys {
    fn sign(&self, claims: &Json) -> String {
        let public = self.signing.public();
        let header = json!({"alg": "ES256", "kid": public.get("kid"), "typ": "JWT"});
        let part = |json: &Json| URL_SAFE_NO_PAD.encode(json.to_string());
        let message = format!("{}.{}", part(&header), part(claims));
        let signature = self.signing.sign(message.as_bytes());
        format!("{message}.{signature}")
    }
}

/// What the record itself sees of who it is.
fn add_facts(compiled: &Compiled, record: &Record, claims: &mut Json) {
    let Some(claims) = claims.as_object_mut() else {
        return;
    };
    let value = |name| record.value(compiled.collection.field(name)?.number);
    if let Some(ValueRef::Text(email)) = value("email")
        && !email.is_empty()
    {
        claims.insert("email".to_owned(), email.into());
    }
    let verified = matches!(value("verified"), Some(ValueRef::Bool(true)));
    claims.insert("verified".to_owned(), verified.into());
}

fn audience(body: &Map<String, Json>) -> Result<Option<String>> {
    let text = match body.get("audience") {
        None | Some(Json::Null) => return Ok(None),
        Some(Json::String(text)) => text.trim(),
        Some(_) => return Err(wrong("Must be a text.")),
    };
    match text.chars().count() {
        0 => Err(wrong("Must not be empty.")),
        long if long > SERVICE_AUDIENCE_CHARS_MAX => Err(wrong(&format!(
            "Must have no more than {SERVICE_AUDIENCE_CHARS_MAX} characters."
        ))),
        _ => Ok(Some(text.to_owned())),
    }
}

fn wrong(message: &str) -> Error {
    let violation = Violation::new("validation_invalid_audience", message);
    invalid(Violations::of("audience", violation))
}
