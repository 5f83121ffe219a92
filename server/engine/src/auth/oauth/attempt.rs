//! Trying a provider out, for superusers: what has to be registered there, what it says of somebody
//! who signed in, and what would follow from that. Nothing is written.

use serde_json::{Map, Value as Json, json};

use super::account::{Found, Way};
use super::client::Client;
use super::exchange::{Person, Returned};
use super::{ProviderSignIn, named};
use crate::access::Compiled;
use crate::auth::Auth;
use crate::context::Context;
use crate::error::{Error, Result};

/// Where the SDK's flow comes back to, behind the address of the application.
const SDK_REDIRECT: &str = "/api/oauth2-redirect";

impl Auth {
    /// What a provider needs to know of us, and where it is asked: `{provider, redirectURLs,
    /// authURL, tokenURL, userInfoURL, jwksURL, issuers, pkce, trial}`. `trial` is a sign-in to be
    /// made in a browser: `{url, state, codeVerifier, redirectURL}`.
    ///
    /// # Errors
    /// [`Error::SignInNeeded`], [`Error::Forbidden`] for all but superusers;
    /// [`Error::MissingCollection`], [`Error::MissingAuthCollection`]; [`Error::Refused`] for a
    /// provider that the collection does not have; [`Error::BadRequest`] with the reason where it
    /// cannot be used.
    pub async fn begin_trial(
        &self,
        context: &Context,
        (collection, provider): (&str, &str),
    ) -> Result<Json> {
        context.require_superuser()?;
        let compiled = self.auth_collection(collection)?;
        let client = self.tried(context, &compiled, provider).await?;
        let departure = client.depart(&*self.random);
        let app_url = self.settings.current().meta.app_url.clone();
        let redirect = format!("{}{SDK_REDIRECT}", app_url.trim_end_matches('/'));
        let escaped: String = form_urlencoded::byte_serialize(redirect.as_bytes()).collect();
        Ok(json!({
            "provider": client.vendor.name,
            "redirectURLs": [redirect, self.callback()],
            "authURL": client.endpoints.auth,
            "tokenURL": client.endpoints.token,
            "userInfoURL": client.endpoints.user_info,
            "jwksURL": client.endpoints.keys,
            "issuers": client.endpoints.issuers,
            "pkce": client.uses_pkce(),
            "trial": {
                "url": format!("{}{escaped}", departure.url),
                "state": departure.state,
                "codeVerifier": departure.verifier,
                "redirectURL": redirect,
            },
        }))
    }

    /// What a provider says of somebody, and what a sign-in would do: `{claims, issuer, person,
    /// outcome, record, mapped}`.
    ///
    /// # Errors
    /// As for [`Self::begin_trial`]; [`Error::BadRequest`] with the reason where the provider's
    /// answer is not believed.
    pub async fn finish_trial(
        &self,
        context: &Context,
        collection: &str,
        sign_in: ProviderSignIn,
    ) -> Result<Json> {
        context.require_superuser()?;
        let compiled = self.auth_collection(collection)?;
        let provider = sign_in.provider.as_str();
        let client = self.tried(context, &compiled, provider).await?;
        let returned = Returned {
            code: sign_in.code,
            verifier: sign_in.code_verifier,
            redirect_url: sign_in.redirect_url,
        };
        let person = self.providers.person(context.now, &client, &returned);
        let person = person
            .await
            .map_err(|refusal| Error::BadRequest(refusal.to_string()))?;
        let nobody = Context::system(context.now);
        let found = self.account_of(&nobody, &compiled, (provider, &person))?;
        let (outcome, record) = outcome(&compiled, &person, &found);
        let email = person.profile.email.as_ref();
        Ok(json!({
            "claims": person.profile.raw,
            "issuer": person.issuer,
            "person": {
                "id": person.profile.subject,
                "name": person.profile.name,
                "username": person.profile.username,
                "email": email.map(|address| &address.text),
                "emailProved": email.is_some_and(|address| address.proved),
                "avatarURL": person.profile.avatar,
            },
            "outcome": outcome,
            "record": record,
            "mapped": mapped(&compiled, &person),
        }))
    }

    async fn tried(
        &self,
        context: &Context,
        compiled: &Compiled,
        provider: &str,
    ) -> Result<Client> {
        let options = named(compiled, provider)?;
        let client = Client::of(&self.providers.documents, context.now, options).await;
        client.map_err(Error::BadRequest)
    }
}

/// What a sign-in would do, and to which record.
fn outcome<'a>(
    compiled: &Compiled,
    person: &Person,
    found: &'a Found,
) -> (&'static str, Option<&'a str>) {
    if person.profile.subject.is_empty() {
        return ("refused: the provider names nobody", None);
    }
    match found {
        Found::Nobody => ("creates a record", None),
        Found::Stale(_) => ("forgets a link of another issuer and looks again", None),
        Found::Account(account) => {
            let proves = account.is_proved_by(compiled, person);
            let sentence = match (&account.way, proves) {
                (Way::Linked { .. }, false) => "signs in to the linked record",
                (Way::Linked { .. }, true) => "proves the address of the linked record",
                (_, false) => "links the record of the address",
                (_, true) => "takes over the record of the address, which was never proved",
            };
            (sentence, Some(account.record.id()))
        }
    }
}

/// What would stand in the fields of a new record.
fn mapped(compiled: &Compiled, person: &Person) -> Map<String, Json> {
    let profile = &person.profile;
    let mut mapped = Map::new();
    if let Some(address) = &profile.email {
        mapped.insert("email".to_owned(), address.text.as_str().into());
        mapped.insert("verified".to_owned(), address.proved.into());
    }
    let options = compiled.collection.auth();
    if let Some(options) = options {
        let fields = &options.oauth2.mapped_fields;
        for (field, value) in [
            (&fields.id, &profile.subject),
            (&fields.name, &profile.name),
            (&fields.username, &profile.username),
            (&fields.avatar_url, &profile.avatar),
        ] {
            if compiled.collection.field(field).is_some() && !value.is_empty() {
                mapped.insert(field.clone(), value.as_str().into());
            }
        }
    }
    mapped
}
