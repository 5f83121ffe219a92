//! Which ways to sign in a collection offers (contract §1.3, `auth-methods`).

use luge_model::collection::AuthOptions;
use serde_json::{Value as Json, json};

use super::Auth;
use crate::context::Context;
use crate::error::{Error, Result};

impl Auth {
    /// The ways to sign in, in the contract's order of keys, ours behind. Everyone may ask.
    ///
    /// # Errors
    /// [`Error::MissingCollection`], [`Error::MissingAuthCollection`].
    pub async fn methods(&self, context: &Context, collection: &str) -> Result<Json> {
        let compiled = self.auth_collection(collection)?;
        let options = compiled
            .collection
            .auth()
            .ok_or(Error::MissingAuthCollection)?;
        let providers = self.offered_providers(context, &compiled).await;
        Ok(describe(options, &providers))
    }
}

/// What is switched off is shown as nothing: no identity fields, durations of 0.
fn describe(options: &AuthOptions, providers: &[Json]) -> Json {
    let password = &options.password_auth;
    let identity_fields: &[String] = if password.enabled {
        &password.identity_fields
    } else {
        &[]
    };
    let has = |name: &str| identity_fields.iter().any(|field| field == name);
    let duration = |enabled: bool, seconds: i64| if enabled { seconds } else { 0 };
    let without_logos = providers.iter().cloned().map(|mut provider| {
        if let Some(logo) = provider.get_mut("logo") {
            *logo = "".into();
        }
        provider
    });
    let without_logos: Vec<Json> = without_logos.collect();
    json!({
        "password": {"identityFields": identity_fields, "enabled": password.enabled},
        "oauth2": {"providers": providers, "enabled": options.oauth2.enabled},
        "mfa": {
            "enabled": options.mfa.enabled,
            "duration": duration(options.mfa.enabled, options.mfa.duration),
        },
        "otp": {
            "enabled": options.otp.enabled,
            "duration": duration(options.otp.enabled, options.otp.duration),
        },
        "authProviders": without_logos,
        "usernamePassword": has("username"),
        "emailPassword": has("email"),
        "passkey": {"enabled": options.passkey.enabled},
        "anonymous": {"enabled": options.anonymous.enabled},
        "magicLink": {
            "enabled": options.magic_link.enabled,
            "duration": duration(options.magic_link.enabled, options.magic_link.duration),
        },
    })
}
