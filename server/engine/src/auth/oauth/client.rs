//! A provider as a collection configured it: its addresses, and where people are sent.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use luge_model::collection::OAuth2Provider;
use luge_model::limits::{OAUTH_STATE_CHARS, OAUTH_VERIFIER_CHARS};
use luge_model::timestamp::Timestamp;
use serde_json::{Map, Value as Json};
use sha2::{Digest as _, Sha256};

use super::documents::Documents;
use super::vendor::Vendor;
use super::vendors;
use crate::random::Random;

const LETTERS_AND_DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const DISCOVERY: &str = "/.well-known/openid-configuration";

/// A configured provider.
#[derive(Clone, Debug)]
pub(super) struct Client {
    pub(super) vendor: &'static Vendor,
    pub(super) options: OAuth2Provider,
    pub(super) endpoints: Endpoints,
}

/// Where it is asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Endpoints {
    pub(super) auth: String,
    pub(super) token: String,
    /// Empty where an ID token holds the facts.
    pub(super) user_info: String,
    /// Where its keys are; empty where ID tokens are of no interest.
    pub(super) keys: String,
    /// Who may have issued its ID tokens.
    pub(super) issuers: Vec<String>,
    /// Whether the provider said all this itself, so that its ID token is demanded.
    pub(super) discovered: bool,
    /// Whether the secret is sent in the body rather than in a header.
    pub(super) posts_secret: bool,
    /// Whether it names itself when it sends people back (RFC 9207).
    pub(super) names_itself: bool,
}

/// What somebody is sent to the provider with.
#[derive(Clone, Debug)]
pub(super) struct Departure {
    pub(super) state: String,
    /// Empty where there is none.
    pub(super) verifier: String,
    /// Empty without PKCE.
    pub(super) challenge: String,
    /// The address of the sign-in page, to which the place to come back to is to be appended.
    pub(super) url: String,
}

impl Client {
    /// The provider with its addresses, asked for them where only its issuer is configured; a
    /// reason for people where it cannot be used.
    pub(super) async fn of(
        documents: &Documents,
        now: Timestamp,
        options: &OAuth2Provider,
    ) -> Result<Self, String> {
        let vendor = vendors::find(&options.name)
            .ok_or_else(|| format!("There is no provider {}.", options.name))?;
        let mut endpoints = Endpoints {
            auth: chosen(&options.auth_url, vendor.auth_url),
            token: chosen(&options.token_url, vendor.token_url),
            user_info: chosen(&options.user_info_url, vendor.user_info_url),
            keys: chosen(text(options.extra.get("jwksURL")), vendor.keys_url),
            issuers: issuers(&options.extra, vendor),
            ..Endpoints::default()
        };
        let issuer = text(options.extra.get("issuer"));
        if !issuer.is_empty() {
            endpoints.discover(documents, now, issuer).await?;
        }
        Ok(Self {
            vendor,
            options: options.clone(),
            endpoints,
        })
    }

    /// Whether the codes of this provider are bound to who asked for them.
    pub(super) fn uses_pkce(&self) -> bool {
        self.options.pkce.unwrap_or(self.vendor.pkce)
    }

    /// What people call it.
    pub(super) fn display_name(&self) -> &str {
        let known = luge_model::collection::PROVIDERS.iter();
        let mut known = known.filter(|known| known.name == self.vendor.name);
        match self.options.display_name.as_str() {
            "" => known.next().map_or("", |known| known.display_name),
            chosen => chosen,
        }
    }

    /// Begins a sign-in.
    pub(super) fn depart(&self, random: &dyn Random) -> Departure {
        let state = random.text(LETTERS_AND_DIGITS, OAUTH_STATE_CHARS);
        let with_verifier = self.uses_pkce() || self.endpoints.discovered;
        let verifier = if with_verifier {
            random.text(LETTERS_AND_DIGITS, OAUTH_VERIFIER_CHARS)
        } else {
            String::new()
        };
        let challenge = if self.uses_pkce() {
            URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
        } else {
            String::new()
        };
        let url = self.sign_in_page(&state, &verifier, &challenge);
        Departure {
            state,
            verifier,
            challenge,
            url,
        }
    }

    /// The same sign-in under another state.
    pub(super) fn depart_with(&self, departure: Departure, state: String) -> Departure {
        let Departure {
            verifier,
            challenge,
            ..
        } = departure;
        Departure {
            url: self.sign_in_page(&state, &verifier, &challenge),
            state,
            verifier,
            challenge,
        }
    }

    /// The question that the ID token must answer: it follows from the verifier, which only who
    /// began the sign-in has.
    pub(super) fn nonce(&self, verifier: &str) -> Option<String> {
        let asked = self.endpoints.discovered;
        asked.then(|| {
            let digest = Sha256::new_with_prefix(b"nonce ").chain_update(verifier.as_bytes());
            URL_SAFE_NO_PAD.encode(digest.finalize())
        })
    }

    /// Who vouches for a subject: the issuer of the ID token that named it, else the vendor, or the
    /// address that was configured in place of the vendor's.
    pub(super) fn issuer(&self, signed_by: Option<&str>) -> String {
        if let Some(issuer) = signed_by {
            return issuer.to_owned();
        }
        let user_info = &self.endpoints.user_info;
        if !self.vendor.issuer.is_empty() && user_info == self.vendor.user_info_url {
            return self.vendor.issuer.to_owned();
        }
        user_info.split('?').next().unwrap_or_default().to_owned()
    }

    fn sign_in_page(&self, state: &str, verifier: &str, challenge: &str) -> String {
        let nonce = self.nonce(verifier);
        let mut parameters: Vec<(&str, &str)> = vec![
            ("client_id", &self.options.client_id),
            ("response_type", "code"),
            ("state", state),
        ];
        if !self.vendor.scopes.is_empty() {
            parameters.push(("scope", self.vendor.scopes));
        }
        if !challenge.is_empty() {
            parameters.push(("code_challenge", challenge));
            parameters.push(("code_challenge_method", "S256"));
        }
        parameters.extend(nonce.as_deref().map(|nonce| ("nonce", nonce)));
        parameters.extend(self.vendor.parameters);
        parameters.sort_unstable();
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(parameters)
            .finish();
        let page = &self.endpoints.auth;
        let separator = if page.contains('?') { '&' } else { '?' };
        format!("{page}{separator}{query}&redirect_uri=")
    }
}

impl Endpoints {
    /// Takes what was not configured from what the provider says of itself.
    async fn discover(
        &mut self,
        documents: &Documents,
        now: Timestamp,
        issuer: &str,
    ) -> Result<(), String> {
        let address = format!("{}{DISCOVERY}", issuer.trim_end_matches('/'));
        let found = documents.get(now, &address).await?;
        if found.get("issuer").and_then(Json::as_str) != Some(issuer) {
            return Err(format!("{address} names another issuer than {issuer}"));
        }
        let secure = issuer.starts_with("https://");
        for (place, name) in [
            (&mut self.auth, "authorization_endpoint"),
            (&mut self.token, "token_endpoint"),
            (&mut self.user_info, "userinfo_endpoint"),
            (&mut self.keys, "jwks_uri"),
        ] {
            let told = text(found.get(name));
            if secure && !told.is_empty() && !told.starts_with("https://") {
                return Err(format!("{address} leads away from https ({name})"));
            }
            if place.is_empty() {
                told.clone_into(place);
            }
            if place.is_empty() && name != "userinfo_endpoint" {
                return Err(format!("{address} has no {name}"));
            }
        }
        self.issuers = vec![issuer.to_owned()];
        self.discovered = true;
        let ways = found.get("token_endpoint_auth_methods_supported");
        let ways = ways.and_then(Json::as_array);
        self.posts_secret = ways.is_some_and(|ways| {
            let has = |way: &str| ways.iter().any(|one| one == way);
            has("client_secret_post") && !has("client_secret_basic")
        });
        let named = "authorization_response_iss_parameter_supported";
        self.names_itself = found.get(named) == Some(&Json::Bool(true));
        Ok(())
    }
}

fn chosen(configured: &str, known: &str) -> String {
    let chosen = if configured.is_empty() {
        known
    } else {
        configured
    };
    chosen.to_owned()
}

fn text(value: Option<&Json>) -> &str {
    value.and_then(Json::as_str).unwrap_or_default()
}

fn issuers(extra: &Map<String, Json>, vendor: &Vendor) -> Vec<String> {
    let configured = extra.get("issuers").and_then(Json::as_array);
    let configured = configured.into_iter().flatten().filter_map(Json::as_str);
    let mut issuers: Vec<String> = configured.map(str::to_owned).collect();
    if issuers.is_empty() && !vendor.issuer.is_empty() {
        issuers.push(vendor.issuer.to_owned());
    }
    issuers
}
