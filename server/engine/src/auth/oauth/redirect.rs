//! Sign-in through a provider by plain redirects, for applications without an SDK.
//!
//! - The application sends a browser here, and gets it back with a code of ours; who brings that
//!   code and the verifier behind the challenge of the beginning is signed in.
//! - Nothing is stored: what the server must know again travels sealed, once as the `state` of the
//!   provider and once as our code. Each is for its purpose, ends soon and is used once.
//! - The browser that comes back is the one that was sent away: it has a cookie that the state
//!   names. The application that brings the code is the one that began: it has the verifier.
//! - Browsers are sent nowhere but to pages of the configured address of the application and to
//!   addresses that the collection lists, which are compared as texts.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use luge_model::collection::OAuth2Provider;
use luge_model::invalid::{Violation, Violations};
use luge_model::limits::{
    OAUTH_HANDOVER_MILLISECONDS, OAUTH_REDIRECT_MILLISECONDS, OAUTH_TEXT_BYTES_MAX,
};
use luge_model::timestamp::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::client::Client;
use super::exchange::{Refusal, Returned};
use super::{ProviderSignedIn, configured, malformed, unknown};
use crate::access::Compiled;
use crate::auth::Auth;
use crate::belongings::{self, Kind, Owner};
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::records::Body;
use crate::secrets;
use crate::store::{CommitError, Guard};

/// Where providers send people back to, behind the address of the application.
const CALLBACK: &str = "/api/oauth2-callback";
const STATE: &[u8] = b"oauth2 redirect";
const HANDOVER: &[u8] = b"oauth2 hand-over";
/// How long a SHA-256 is in base64.
const DIGEST_CHARS: usize = 43;

/// What an application sends a browser here with.
#[derive(Clone, Debug, Default)]
pub struct RedirectAsked {
    /// Where the browser is to be sent back to.
    pub redirect_url: String,
    /// The SHA-256 of a secret of the application, in base64 for URLs.
    pub challenge: String,
    /// What the cookie of the browser says.
    pub browser: String,
}

/// What a provider sends a browser back with.
#[derive(Clone, Debug, Default)]
pub struct RedirectBack {
    /// What it was sent there with.
    pub state: String,
    /// The code of the provider; empty where it gives none.
    pub code: String,
    /// Why it gives none.
    pub error: String,
    /// Who the provider says that it is (RFC 9207).
    pub issuer: Option<String>,
    /// What the cookie of the browser says.
    pub browser: String,
}

/// What an application brings to sign in with.
#[derive(Clone, Debug, Default)]
pub struct Handed {
    /// Our code.
    pub code: String,
    /// The secret behind the challenge.
    pub verifier: String,
    /// Values of a record that is made.
    pub create_data: Body,
}

/// A sign-in that a browser was sent away for.
#[derive(Serialize, Deserialize)]
struct Away {
    collection: String,
    /// Ids may come back with another collection, numbers never do.
    number: u32,
    provider: String,
    redirect_url: String,
    challenge: String,
    verifier: String,
    browser: String,
    ends: i64,
}

/// A sign-in that an application may fetch.
#[derive(Serialize, Deserialize)]
struct Fetchable {
    number: u32,
    provider: String,
    code: String,
    verifier: String,
    challenge: String,
    ends: i64,
}

impl Auth {
    /// The page of the provider that a browser is to be sent to.
    ///
    /// # Errors
    /// As for [`Self::providers_allowed`]; [`Error::Refused`] for an unknown provider, an address
    /// that is not allowed and what is no challenge; [`Error::BadRequest`] where the provider
    /// cannot be asked.
    pub async fn begin_redirect(
        &self,
        context: &Context,
        (collection, provider): (&str, &str),
        asked: &RedirectAsked,
    ) -> Result<String> {
        let compiled = self.auth_collection(collection)?;
        let options = offered(&compiled, provider)?;
        let mut violations = Violations::new();
        if !self.may_return_to(&compiled, &asked.redirect_url) {
            let message = "Must be an address of the application (meta.appURL) or one of the \
                           collection's oauth2.redirectURLs.";
            violations.add("redirectURL", invalid(message));
        }
        if !is_digest(&asked.challenge) {
            let message = "Must be the SHA-256 of a secret, in base64 for URLs without padding.";
            violations.add("codeChallenge", invalid(message));
        }
        violations.into_result().map_err(malformed)?;
        let client = Client::of(&self.providers.documents, context.now, options).await;
        let client = client.map_err(|reason| Refusal::Token(reason).told(provider))?;
        let mut departure = client.depart(&*self.random);
        let away = Away {
            collection: compiled.collection.id.clone(),
            number: compiled.collection.number.0,
            provider: provider.to_owned(),
            redirect_url: asked.redirect_url.clone(),
            challenge: asked.challenge.clone(),
            verifier: departure.verifier.clone(),
            browser: digest(&asked.browser),
            ends: context.now.0.saturating_add(OAUTH_REDIRECT_MILLISECONDS),
        };
        departure = client.depart_with(departure, self.sealed(STATE, &away)?);
        let back: String = form_urlencoded::byte_serialize(self.callback().as_bytes()).collect();
        Ok(departure.url + &back)
    }

    /// Where a browser that comes back goes on: to the application, with a code of ours or an
    /// error. `None` where nobody knows which application that would be.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn return_from_redirect(
        &self,
        context: &Context,
        back: &RedirectBack,
    ) -> Result<Option<String>> {
        let Some(away) = self.unsealed::<Away>(STATE, &back.state) else {
            return Ok(None);
        };
        let found = self.auth_collection(&away.collection).ok();
        let found = found.filter(|found| found.collection.number.0 == away.number);
        let Some(compiled) = found else {
            return Ok(None);
        };
        // Used up whatever else is wrong with it.
        if !self
            .use_up(&compiled, (&back.state, away.ends), context.now)
            .await?
            || context.now.0 >= away.ends
            || !secrets::equal(digest(&back.browser).as_bytes(), away.browser.as_bytes())
            || !self.may_return_to(&compiled, &away.redirect_url)
        {
            return Ok(None);
        }
        let Ok(mut url) = Url::parse(&away.redirect_url) else {
            return Ok(None);
        };
        match self.handover(context, &compiled, &away, back).await {
            Ok(code) => url.query_pairs_mut().append_pair("code", &code),
            Err(error) => url.query_pairs_mut().append_pair("error", &error),
        };
        Ok(Some(url.into()))
    }

    /// Signs in with a code of ours.
    ///
    /// # Errors
    /// As for [`Self::sign_in_with_provider`]; [`Error::SignInFailed`] where the code is not one of
    /// this collection, has ended, or the verifier is not the one.
    pub async fn sign_in_with_handover(
        &self,
        context: &Context,
        collection: &str,
        handed: Handed,
    ) -> Result<ProviderSignedIn> {
        let compiled = self.auth_collection(collection)?;
        let mut violations = Violations::new();
        for (key, text) in [("code", &handed.code), ("codeVerifier", &handed.verifier)] {
            if text.is_empty() {
                violations.add(key, Violation::required());
            }
        }
        violations.into_result().map_err(malformed)?;
        let fetchable: Fetchable = self
            .unsealed(HANDOVER, &handed.code)
            .ok_or(Error::SignInFailed)?;
        let challenge = digest(&handed.verifier);
        if fetchable.number != compiled.collection.number.0
            || context.now.0 >= fetchable.ends
            || !secrets::equal(challenge.as_bytes(), fetchable.challenge.as_bytes())
        {
            return Err(Error::SignInFailed);
        }
        let options = offered(&compiled, &fetchable.provider)?;
        let returned = Returned {
            code: fetchable.code,
            verifier: fetchable.verifier,
            redirect_url: self.callback(),
        };
        let exchanged = (options, &returned, handed.create_data);
        self.exchange(context, &compiled, exchanged).await
    }

    /// Where providers are to send people back to in this flow: part of what is registered there.
    pub(super) fn callback(&self) -> String {
        let settings = self.settings.current();
        format!("{}{CALLBACK}", settings.meta.app_url.trim_end_matches('/'))
    }

    /// Our code for what the provider gave, or an error for the application.
    async fn handover(
        &self,
        context: &Context,
        compiled: &Arc<Compiled>,
        away: &Away,
        back: &RedirectBack,
    ) -> std::result::Result<String, String> {
        let failed = |_error: Error| "server_error".to_owned();
        if back.code.is_empty() || !back.error.is_empty() {
            let known = |letter: char| letter.is_ascii_lowercase() || letter == '_';
            let plain = !back.error.is_empty() && back.error.chars().all(known);
            let error = if plain {
                back.error.as_str()
            } else {
                "access_denied"
            };
            return Err(error.to_owned());
        }
        let options = offered(compiled, &away.provider).map_err(failed)?;
        let client = Client::of(&self.providers.documents, context.now, options).await;
        let client = client.map_err(|_reason| "temporarily_unavailable".to_owned())?;
        let issuers = &client.endpoints.issuers;
        let is_other = match &back.issuer {
            Some(issuer) => !issuers.is_empty() && !issuers.contains(issuer),
            None => client.endpoints.names_itself,
        };
        if is_other {
            return Err("invalid_request".to_owned());
        }
        let fetchable = Fetchable {
            number: away.number,
            provider: away.provider.clone(),
            code: back.code.clone(),
            verifier: away.verifier.clone(),
            challenge: away.challenge.clone(),
            ends: context.now.0.saturating_add(OAUTH_HANDOVER_MILLISECONDS),
        };
        self.sealed(HANDOVER, &fetchable).map_err(failed)
    }

    fn may_return_to(&self, compiled: &Compiled, url: &str) -> bool {
        let options = compiled.collection.auth();
        let listed = options.map_or(&[][..], |options| &options.oauth2.redirect_urls);
        is_allowed(url, &self.settings.current().meta.app_url, listed)
    }

    /// Whether this is the first use.
    async fn use_up(
        &self,
        compiled: &Compiled,
        (state, ends): (&str, i64),
        now: Timestamp,
    ) -> Result<bool> {
        let anybody = Owner {
            collection: compiled.collection.number,
            record: "",
        };
        let key = anybody.address(Kind::Used, &digest(state));
        let used = belongings::encode(Timestamp(ends), now, &())?;
        let proposal = Proposal {
            guards: vec![Guard::Absent(key.clone())],
            puts: vec![(key, used)],
            ..Proposal::default()
        };
        match self.committer.commit(proposal).await {
            Ok(_) => Ok(true),
            Err(CommitError::Guard(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn sealed<T: Serialize>(&self, purpose: &[u8], content: &T) -> Result<String> {
        let plain = serde_json::to_vec(content).ok();
        let sealed = plain.and_then(|plain| self.ceremonies.seal(purpose, &plain));
        sealed
            .map(|sealed| URL_SAFE_NO_PAD.encode(sealed))
            .ok_or(Error::Closed)
    }

    fn unsealed<T: DeserializeOwned>(&self, purpose: &[u8], text: &str) -> Option<T> {
        if text.len() > OAUTH_TEXT_BYTES_MAX * 2 {
            return None;
        }
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        let plain = self.ceremonies.unseal(purpose, &sealed)?;
        serde_json::from_slice(&plain).ok()
    }
}

fn offered<'a>(compiled: &'a Compiled, name: &str) -> Result<&'a OAuth2Provider> {
    let mut providers = configured(compiled)?.iter();
    let found = providers.find(|provider| provider.name == name);
    found.ok_or_else(|| malformed(Violations::of("provider", unknown(name))))
}

fn invalid(message: &str) -> Violation {
    Violation::new("validation_invalid_value", message)
}

fn digest(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes()))
}

fn is_digest(text: &str) -> bool {
    let known = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    text.len() == DIGEST_CHARS && text.chars().all(known)
}

/// Whether somebody may be sent to an address: a page of the application, or one that is listed.
fn is_allowed(url: &str, app_url: &str, listed: &[String]) -> bool {
    let plain = |letter: char| letter.is_ascii_graphic() && !"\\#@".contains(letter);
    if url.len() > OAUTH_TEXT_BYTES_MAX || !url.chars().all(plain) {
        return false;
    }
    let (Ok(parsed), Ok(own)) = (Url::parse(url), Url::parse(app_url)) else {
        return false;
    };
    if listed
        .iter()
        .any(|known| known == url || is_loopback(known, &parsed))
    {
        return true;
    }
    // Only what is written as browsers read it: `https:evil.test` is an address to them.
    let written = url.starts_with("https://") || url.starts_with("http://");
    written && own.has_host() && parsed.origin() == own.origin()
}

/// Whether both are the same page of the machine that the browser runs on, on whatever port: native
/// applications do not know theirs beforehand (RFC 8252 §7.3).
fn is_loopback(listed: &str, url: &Url) -> bool {
    let Ok(mut listed) = Url::parse(listed) else {
        return false;
    };
    let local = ["127.0.0.1", "[::1]"];
    let is_local =
        listed.scheme() == "http" && listed.host_str().is_some_and(|host| local.contains(&host));
    is_local && listed.set_port(url.port()).is_ok() && listed == *url
}

#[cfg(test)]
mod tests {
    use super::*;

    const APP: &str = "https://app.example.com";

    #[test]
    fn pages_of_the_application_and_listed_addresses_are_allowed() {
        let listed = [
            "com.example.app:/done".to_owned(),
            "http://127.0.0.1/done".to_owned(),
            "https://other.example.com/done?a=1".to_owned(),
        ];
        for url in [
            "https://app.example.com",
            "https://app.example.com/",
            "https://app.example.com:443/deep/page?x=1",
            "com.example.app:/done",
            "http://127.0.0.1/done",
            "http://127.0.0.1:54321/done",
            "https://other.example.com/done?a=1",
        ] {
            assert!(is_allowed(url, APP, &listed), "{url}");
        }
    }

    #[test]
    fn nothing_else_is() {
        let listed = [
            "http://127.0.0.1/done".to_owned(),
            "https://other.example.com/done".to_owned(),
        ];
        for url in [
            "",
            "/",
            "//evil.test",
            "/\\evil.test",
            "https:evil.test",
            "https:/app.example.com",
            "https:app.example.com",
            "http://app.example.com/",
            "https://app.example.com.evil.test/",
            "https://app.example.com./",
            "https://evil.test/https://app.example.com",
            "https://app.example.com@evil.test/",
            "https://app.example.com:8443/",
            "https://sub.app.example.com/",
            "https://evil.test\\@app.example.com/",
            "https://app.example.com\t.evil.test/",
            "https://app.example.com/\r\nx: y",
            "https://app.example.com/#fragment",
            " https://app.example.com/",
            "https://other.example.com/",
            "https://other.example.com/done/more",
            "https://other.example.com/done?x",
            "https://other.example.com:444/done",
            "http://127.0.0.1:1/other",
            "http://127.0.0.2:1/done",
            "http://localhost:1/done",
            "javascript:alert(1)",
            "data:text/html,x",
            "null",
        ] {
            assert!(!is_allowed(url, APP, &listed), "{url}");
        }
        assert!(!is_allowed("https://app.example.com/", "", &[]));
    }
}
