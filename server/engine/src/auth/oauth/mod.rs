//! Sign-in through providers: OAuth 2 and OpenID Connect (contract §1.3, §5.5).
//!
//! - Somebody is who the provider says, by issuer and subject; an e-mail address is never who
//!   somebody is.
//! - An address leads to an account only where the provider says that it was proved, and takes an
//!   account over whose own address never was (`auth/claim.rs`).
//! - A code signs in once, however often and wherever it is brought.
//! - Other servers are asked through [`Outbound`] alone, and what they answer is bounded.

use std::sync::Arc;

use luge_model::collection::OAuth2Provider;
use luge_model::invalid::{Violation, Violations};
use luge_model::limits::OAUTH_TEXT_BYTES_MAX;
use serde_json::{Value as Json, json};

use self::client::Client;
use self::codes::Codes;
use self::documents::Documents;
use self::exchange::{Refusal, Returned};
use super::{Auth, SignedIn};
use crate::access::Compiled;
use crate::context::Context;
use crate::error::{Action, Error, Result, Subject};
use crate::outside::Outbound;
use crate::records::Body;

mod account;
mod apple_secret;
mod attempt;
mod avatar;
mod client;
mod codes;
mod documents;
mod enter;
mod exchange;
mod id_token;
mod names;
mod redirect;
mod sign_up;
mod vendor;
mod vendors;

pub use apple_secret::AppleSecret;
use names::Names;
pub use redirect::{Handed, RedirectAsked, RedirectBack};

/// The way to providers, and what is remembered of them.
#[derive(Debug)]
pub(super) struct Providers {
    outbound: Arc<dyn Outbound>,
    documents: Documents,
    names: Names,
    codes: Codes,
}

/// What a client brings back from a provider.
#[derive(Clone, Debug, Default)]
pub struct ProviderSignIn {
    /// The name of the provider.
    pub provider: String,
    /// What the provider gave.
    pub code: String,
    /// The secret that the code is bound to; empty where there is none.
    pub code_verifier: String,
    /// Where the provider sent the client, exactly as it was asked to.
    pub redirect_url: String,
    /// Values of a record that is made.
    pub create_data: Body,
}

/// The answer to a sign-in through a provider.
#[derive(Clone, Debug)]
pub struct ProviderSignedIn {
    /// As for every sign-in.
    pub signed_in: SignedIn,
    /// What the provider said (contract §1.3).
    pub meta: Json,
}

impl Providers {
    pub(super) fn new(outbound: Arc<dyn Outbound>) -> Self {
        Self {
            documents: Documents::new(Arc::clone(&outbound)),
            outbound,
            names: Names::default(),
            codes: Codes::default(),
        }
    }
}

impl Auth {
    /// Signs in with the code of a provider.
    ///
    /// # Errors
    /// As for [`Self::providers_allowed`]; [`Error::Refused`] for input of the wrong form, where
    /// the record that would be made is refused, and where the account has another link to the
    /// provider; [`Error::BadRequest`] where the provider does not vouch for anybody;
    /// [`Error::SignInFailed`] where the code was used; as for every sign-in.
    pub async fn sign_in_with_provider(
        &self,
        context: &Context,
        collection: &str,
        sign_in: ProviderSignIn,
    ) -> Result<ProviderSignedIn> {
        let compiled = self.auth_collection(collection)?;
        let options = chosen(&compiled, &sign_in)?;
        let returned = Returned {
            code: sign_in.code,
            verifier: sign_in.code_verifier,
            redirect_url: sign_in.redirect_url,
        };
        let exchanged = (options, &returned, sign_in.create_data);
        self.exchange(context, &compiled, exchanged).await
    }

    /// Signs in with what a provider gave for a code.
    async fn exchange(
        &self,
        context: &Context,
        compiled: &Arc<Compiled>,
        (options, returned, create_data): (&OAuth2Provider, &Returned, Body),
    ) -> Result<ProviderSignedIn> {
        let name = options.name.as_str();
        let client = Client::of(&self.providers.documents, context.now, options).await;
        let client = client.map_err(|reason| Refusal::Token(reason).told(name))?;
        let proof = enter::CodeProof::of(&client, &returned.code);
        let _exchanging = self.providers.codes.begin(proof.id())?;
        self.refuse_used(compiled, &proof)?;
        let person = self.providers.person(context.now, &client, returned);
        let mut person = person.await.map_err(|refusal| refusal.told(name))?;
        if person.profile.name.is_empty() {
            let names = &self.providers.names;
            person.profile.name = names.take(context.now, &returned.code);
        }
        self.enter(context, compiled, (&proof, person), create_data)
            .await
    }

    /// Whether a collection lets its records sign in through providers; what a request's body says
    /// is looked at only then.
    ///
    /// # Errors
    /// [`Error::MissingCollection`], [`Error::MissingAuthCollection`], [`Error::Forbidden`].
    pub fn providers_allowed(&self, collection: &str) -> Result<()> {
        let compiled = self.auth_collection(collection)?;
        configured(&compiled).map(drop)
    }

    /// The providers that a collection offers, each with what a sign-in is to be begun with
    /// (contract §1.3, `auth-methods`). One that cannot be reached is left out.
    pub(super) async fn offered_providers(
        &self,
        context: &Context,
        compiled: &Compiled,
    ) -> Vec<Json> {
        let options = configured(compiled).unwrap_or_default();
        let mut offered = Vec::with_capacity(options.len());
        for options in options {
            match Client::of(&self.providers.documents, context.now, options).await {
                Ok(client) => offered.push(self.offer(&client)),
                Err(reason) => {
                    let provider = &options.name;
                    tracing::warn!(provider, reason, "a provider is not offered");
                }
            }
        }
        offered
    }

    fn offer(&self, client: &Client) -> Json {
        let departure = client.depart(&*self.random);
        let known = luge_model::collection::PROVIDERS.iter();
        let mut known = known.filter(|known| known.name == client.vendor.name);
        let method = if departure.challenge.is_empty() {
            ""
        } else {
            "S256"
        };
        json!({
            "name": client.vendor.name,
            "displayName": client.display_name(),
            "logo": known.next().map(|known| known.logo()),
            "state": departure.state,
            "authURL": departure.url,
            "authUrl": departure.url,
            "codeVerifier": departure.verifier,
            "codeChallenge": departure.challenge,
            "codeChallengeMethod": method,
        })
    }
}

/// A provider of a collection by its name.
fn named<'a>(compiled: &'a Compiled, name: &str) -> Result<&'a OAuth2Provider> {
    let options = compiled.collection.auth();
    let options = options.ok_or(Error::MissingAuthCollection)?;
    let mut providers = options.oauth2.providers.iter();
    let found = providers.find(|provider| provider.name == name);
    found.ok_or_else(|| malformed(Violations::of("provider", unknown(name))))
}

fn unknown(name: &str) -> Violation {
    let message = format!("Provider with name {name} is missing or is not enabled.");
    Violation::new("validation_invalid_provider", message).with("name", name)
}

/// The providers of a collection, where it lets its records sign in through some.
fn configured(compiled: &Compiled) -> Result<&[OAuth2Provider]> {
    let options = compiled.collection.auth();
    let options = &options.ok_or(Error::MissingAuthCollection)?.oauth2;
    if !options.enabled {
        return Err(Error::Forbidden(
            "The collection is not configured to allow OAuth2 authentication.".to_owned(),
        ));
    }
    Ok(&options.providers)
}

/// The provider that a sign-in names, if the rest of it has the right form.
fn chosen<'a>(compiled: &'a Compiled, sign_in: &ProviderSignIn) -> Result<&'a OAuth2Provider> {
    let providers = configured(compiled)?;
    let name = sign_in.provider.as_str();
    let found = providers.iter().find(|provider| provider.name == name);
    let mut violations = Violations::new();
    if name.is_empty() {
        violations.add("provider", Violation::required());
    } else if found.is_none() {
        violations.add("provider", unknown(name));
    }
    if sign_in.code.is_empty() {
        violations.add("code", Violation::required());
    }
    for (key, text) in [
        ("code", &sign_in.code),
        ("codeVerifier", &sign_in.code_verifier),
        ("redirectURL", &sign_in.redirect_url),
    ] {
        if text.len() > OAUTH_TEXT_BYTES_MAX {
            let message = format!("The length must be no more than {OAUTH_TEXT_BYTES_MAX}.");
            let violation = Violation::new("validation_length_too_long", message);
            violations.add(key, violation.with("max", OAUTH_TEXT_BYTES_MAX));
        }
    }
    match (found, violations.is_empty()) {
        (Some(found), true) => Ok(found),
        _ => Err(malformed(violations)),
    }
}

/// The form of a request was wrong, before anything was done with it.
fn malformed(violations: Violations) -> Error {
    refused(
        violations,
        "An error occurred while loading the submitted data.",
    )
}

fn refused(violations: Violations, reason: &str) -> Error {
    Error::Refused {
        action: Action::Create,
        subject: Subject::Record,
        violations,
        reason: Some(reason.to_owned()),
    }
}
