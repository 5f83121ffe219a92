//! From a code to a person: what the provider gives for the code, and what it says of whoever that
//! is.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use luge_model::limits::{OAUTH_ANSWER_BYTES_MAX, OAUTH_SUBJECT_CHARS_MAX};
use luge_model::timestamp::Timestamp;
use serde_json::{Map, Value as Json};

use super::Providers;
use super::client::Client;
use super::id_token::{self, Doubt, Expected};
use super::vendor::{Asking, Email, Header, Profile};
use crate::error::Error;
use crate::outside::{OutboundAnswer, OutboundMethod, OutboundRequest};

/// What a client brings back from a provider.
#[derive(Clone, Debug, Default)]
pub(super) struct Returned {
    pub(super) code: String,
    pub(super) verifier: String,
    pub(super) redirect_url: String,
}

/// What the provider gave for a code.
#[derive(Clone, Debug, Default)]
pub(super) struct Tokens {
    pub(super) access: String,
    pub(super) refresh: String,
    pub(super) ends: Option<Timestamp>,
    id_token: String,
    all: Map<String, Json>,
}

/// Somebody who signed in at a provider.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) profile: Profile,
    /// Who vouches for the subject.
    pub(super) issuer: String,
    pub(super) tokens: Tokens,
}

/// Why nobody came of a code; the reasons are for operators and hold no secret.
#[derive(Clone, Debug, thiserror::Error)]
pub(super) enum Refusal {
    /// The provider gave no token.
    #[error("{0}")]
    Token(String),
    /// What it says of the person is not believed.
    #[error("{0}")]
    Person(String),
}

impl Refusal {
    /// As it is answered, which tells nothing of the provider (contract §1.3).
    pub(super) fn told(self, provider: &str) -> Error {
        tracing::warn!(provider, reason = %self, "a sign-in through a provider failed");
        let message = match self {
            Self::Token(_) => "Failed to fetch OAuth2 token.",
            Self::Person(_) => "Failed to fetch OAuth2 user.",
        };
        Error::BadRequest(message.to_owned())
    }
}

impl Providers {
    /// Exchanges a code and asks who it is.
    pub(super) async fn person(
        &self,
        now: Timestamp,
        client: &Client,
        returned: &Returned,
    ) -> Result<Person, Refusal> {
        let tokens = self.tokens(now, client, returned).await;
        let tokens = tokens.map_err(Refusal::Token)?;
        let found = self.identify(now, client, returned, tokens).await;
        found.map_err(Refusal::Person)
    }

    async fn tokens(
        &self,
        now: Timestamp,
        client: &Client,
        returned: &Returned,
    ) -> Result<Tokens, String> {
        let posts_secret = client.endpoints.posts_secret;
        let request = token_request(client, returned, posts_secret);
        let mut answer = self.ask(request).await?;
        // A provider that wants the secret elsewhere has not looked at the code yet.
        if !posts_secret && wants_secret_elsewhere(&answer) {
            answer = self.ask(token_request(client, returned, true)).await?;
        }
        tokens_of(now, &answer)
    }

    async fn identify(
        &self,
        now: Timestamp,
        client: &Client,
        returned: &Returned,
        tokens: Tokens,
    ) -> Result<Person, String> {
        let claims = self.claims(now, client, returned, &tokens).await?;
        let says = &client.vendor.says;
        let mut profile = match &claims {
            Some(claims) if client.endpoints.user_info.is_empty() => says.read(claims)?,
            _ => self.profile(client, &tokens).await?,
        };
        let subject = profile.subject.chars().count();
        if subject > OAUTH_SUBJECT_CHARS_MAX {
            return Err("the subject is too long".to_owned());
        }
        let signed = claims
            .as_ref()
            .and_then(|claims| claims.get("sub"))
            .cloned();
        let said = id_token::unverified(&tokens.id_token);
        let said = said.and_then(|claims| claims.get("sub").cloned());
        for other in [signed, said].into_iter().flatten() {
            if client.vendor.says.subject == "/sub" && other != profile.subject.as_str() {
                return Err("the ID token is of somebody else than the facts".to_owned());
            }
        }
        if client.vendor.name == "vk" {
            profile.email = Email::Unproved("/email").read(&Json::Object(tokens.all.clone()));
        }
        let signed_by = claims.as_ref().and_then(|claims| claims.get("iss"));
        let by_token = client.endpoints.discovered || client.endpoints.user_info.is_empty();
        let signed_by = signed_by.and_then(Json::as_str).filter(|_| by_token);
        Ok(Person {
            issuer: client.issuer(signed_by),
            profile,
            tokens,
        })
    }

    /// The claims of the ID token, where one is demanded or its keys are known.
    async fn claims(
        &self,
        now: Timestamp,
        client: &Client,
        returned: &Returned,
        tokens: &Tokens,
    ) -> Result<Option<Json>, String> {
        let endpoints = &client.endpoints;
        let demanded = endpoints.discovered || endpoints.user_info.is_empty();
        let token = tokens.id_token.as_str();
        if !demanded && (token.is_empty() || endpoints.keys.is_empty()) {
            return Ok(None);
        }
        if token.is_empty() {
            return Err("there is no ID token".to_owned());
        }
        if endpoints.keys.is_empty() || endpoints.issuers.is_empty() {
            return Err(
                "an ID token is believed only with extra.issuer, or extra.jwksURL and \
                 extra.issuers, in the definition of the provider"
                    .to_owned(),
            );
        }
        let nonce = client.nonce(&returned.verifier);
        let expected = Expected {
            issuers: &endpoints.issuers,
            client_id: &client.options.client_id,
            nonce: nonce.as_deref(),
            now,
        };
        let keys = self.documents.get(now, &endpoints.keys).await?;
        let mut outcome = id_token::verified(token, &keys, &expected);
        if outcome == Err(Doubt::UnknownKey) {
            let keys = self.documents.newest(now, &endpoints.keys).await?;
            outcome = id_token::verified(token, &keys, &expected);
        }
        outcome.map(Some).map_err(|doubt| match doubt {
            Doubt::UnknownKey => "the ID token is signed by no known key".to_owned(),
            Doubt::Refused(reason) => reason,
        })
    }

    /// What the provider says of the person whom the access token stands for.
    async fn profile(&self, client: &Client, tokens: &Tokens) -> Result<Profile, String> {
        let vendor = client.vendor;
        let place = &client.endpoints.user_info;
        let answer = self.facts(client, tokens, place, vendor.asking).await?;
        let mut profile = vendor.says.read(&answer)?;
        if let Email::Listed(listing) = vendor.says.email {
            let (path, query) = place.split_once('?').unwrap_or((place, ""));
            let mark = if query.is_empty() { "" } else { "?" };
            let place = format!("{path}{}{mark}{query}", listing.suffix);
            match self.facts(client, tokens, &place, Asking::Get).await {
                Ok(answer) => profile.email = listing.read(&answer),
                // Who did not allow it has no address here.
                Err(reason) => tracing::info!(%reason, "a provider does not list addresses"),
            }
        }
        Ok(profile)
    }

    async fn facts(
        &self,
        client: &Client,
        tokens: &Tokens,
        place: &str,
        asking: Asking,
    ) -> Result<Json, String> {
        let bearer = format!("Bearer {}", tokens.access);
        let mut headers = vec![
            ("accept".to_owned(), "application/json".to_owned()),
            ("authorization".to_owned(), bearer),
        ];
        for (name, value) in client.vendor.headers {
            let value = match value {
                Header::Fixed(value) => value,
                Header::ClientId => client.options.client_id.as_str(),
            };
            headers.push(((*name).to_owned(), value.to_owned()));
        }
        let (method, body) = match asking {
            Asking::Get => (OutboundMethod::Get, Vec::new()),
            Asking::Query(query) => {
                headers.push(("content-type".to_owned(), "application/json".to_owned()));
                let body = serde_json::json!({ "query": query });
                (OutboundMethod::Post, body.to_string().into_bytes())
            }
        };
        let answer = self.ask(OutboundRequest {
            method,
            url: place.to_owned(),
            headers,
            body,
            answer_bytes_max: OAUTH_ANSWER_BYTES_MAX,
        });
        let answer = answer.await?;
        if !(200..300).contains(&answer.status) {
            return Err(format!("the facts answer with status {}", answer.status));
        }
        serde_json::from_slice(&answer.body).map_err(|error| format!("the facts are: {error}"))
    }

    async fn ask(&self, request: OutboundRequest) -> Result<OutboundAnswer, String> {
        let answer = self.outbound.send(request).await;
        answer.map_err(|error| error.to_string())
    }
}

fn token_request(client: &Client, returned: &Returned, posts_secret: bool) -> OutboundRequest {
    let options = &client.options;
    let (id, secret) = (options.client_id.as_str(), options.client_secret.reveal());
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("code", &returned.code);
    if client.uses_pkce() && !returned.verifier.is_empty() {
        form.append_pair("code_verifier", &returned.verifier);
    }
    form.append_pair("grant_type", "authorization_code");
    form.append_pair("redirect_uri", &returned.redirect_url);
    let mut headers = vec![
        ("accept".to_owned(), "application/json".to_owned()),
        (
            "content-type".to_owned(),
            "application/x-www-form-urlencoded".to_owned(),
        ),
    ];
    if posts_secret {
        form.append_pair("client_id", id);
        form.append_pair("client_secret", secret);
    } else {
        let escaped =
            |text: &str| -> String { form_urlencoded::byte_serialize(text.as_bytes()).collect() };
        let pair = format!("{}:{}", escaped(id), escaped(secret));
        let basic = format!("Basic {}", STANDARD.encode(pair));
        headers.push(("authorization".to_owned(), basic));
    }
    OutboundRequest {
        method: OutboundMethod::Post,
        url: client.endpoints.token.clone(),
        headers,
        body: form.finish().into_bytes(),
        answer_bytes_max: OAUTH_ANSWER_BYTES_MAX,
    }
}

/// Any refusal but that of the code itself may be one of how the secret was sent.
fn wants_secret_elsewhere(answer: &OutboundAnswer) -> bool {
    let error = object_of(answer).and_then(|object| object.get("error").cloned());
    (400..500).contains(&answer.status) && error.is_none_or(|error| error != "invalid_grant")
}

/// Some providers answer in the form of a form.
fn object_of(answer: &OutboundAnswer) -> Option<Map<String, Json>> {
    let kind = answer.header("content-type").unwrap_or_default();
    if kind.starts_with("application/x-www-form-urlencoded") {
        let pairs = form_urlencoded::parse(&answer.body);
        let pairs = pairs.map(|(name, value)| (name.into_owned(), value.into_owned().into()));
        return Some(pairs.collect());
    }
    serde_json::from_slice(&answer.body).ok()
}

fn tokens_of(now: Timestamp, answer: &OutboundAnswer) -> Result<Tokens, String> {
    let all = object_of(answer).unwrap_or_default();
    let text = |name: &str| all.get(name).and_then(Json::as_str).unwrap_or_default();
    if !(200..300).contains(&answer.status) || all.contains_key("error") {
        let error: String = text("error").chars().take(100).collect();
        return Err(format!("status {} {error}", answer.status));
    }
    let access = text("access_token").to_owned();
    if access.is_empty() {
        return Err("there is no access token".to_owned());
    }
    let seconds = all.get("expires_in").and_then(|value| {
        let text = value.as_str().and_then(|text| text.parse().ok());
        value.as_i64().or(text)
    });
    let ends = seconds.filter(|seconds| *seconds > 0).map(|seconds| {
        let milliseconds = seconds.saturating_mul(1_000);
        Timestamp(now.0.saturating_add(milliseconds))
    });
    Ok(Tokens {
        access,
        refresh: text("refresh_token").to_owned(),
        ends,
        id_token: text("id_token").to_owned(),
        all,
    })
}
