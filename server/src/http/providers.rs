//! Sign-in through providers (contract §1.3, §5.5).

use std::sync::Arc;

use luge_engine::auth::oauth::{AppleSecret, ProviderSignIn};
use luge_engine::context::Context;
use poem::Request;
use poem::http::{StatusCode, header};
use poem::{IntoResponse, Response};
use poem_openapi::param::Path;
use poem_openapi::registry::{MetaResponse, MetaResponses, Registry};
use poem_openapi::{ApiResponse, OpenApi};
use serde_json::{Map, Value as Json, json};

use crate::http::answer::{Answer, JsonBytes};
use crate::http::app::App;
use crate::http::auth::{shown_with, text};
use crate::http::body::RawBody;
use crate::http::error::Failure;
use crate::http::query::{AnswerOptions, RecordOptions, pairs};
use crate::http::shapes::{AppleSecretShape, ProviderSignedInShape};

/// The topic that a client waits on while somebody is at a provider (contract §1.5).
const TOPIC: &str = "@oauth2";
const PAGE: &str = "../_/#/auth/oauth2-redirect-";

/// The routes.
pub(crate) struct ProvidersApi(pub(crate) Arc<App>);

#[OpenApi]
impl ProvidersApi {
    /// Signs in with the code that a provider gave.
    #[oai(
        path = "/api/collections/:collection/auth-with-oauth2",
        method = "post",
        operation_id = "authWithOAuth2"
    )]
    async fn sign_in(
        &self,
        request: &Request,
        collection: Path<String>,
        body: RawBody,
        options: RecordOptions,
    ) -> Answer<ProviderSignedInShape> {
        let context = self.0.sign_in_context(request);
        let auth = &self.0.engine.auth;
        // Told before a malformed body is (contract §4).
        auth.providers_allowed(&collection)
            .map_err(Failure::of_sign_in)?;
        let context = context.with_body(body.into_object().await?);
        let sign_in = provider_sign_in(&context)?;
        let signed_in = auth.sign_in_with_provider(&context, &collection, sign_in);
        let signed_in = signed_in.await.map_err(Failure::of_sign_in)?;
        let (signed_in, meta) = (signed_in.signed_in, signed_in.meta);
        shown_with(&self.0, context, (signed_in, Some(meta)), options).await
    }

    /// Tells the client that waits for it what a provider sent its user back with.
    #[oai(
        path = "/api/oauth2-redirect",
        method = "get",
        operation_id = "oauth2Redirect"
    )]
    async fn come_back(&self, request: &Request) -> Redirected {
        let brought: Vec<_> = pairs(request).into_iter().collect();
        let told = self.tell(request, &brought);
        Redirected::to_page(StatusCode::TEMPORARY_REDIRECT, told)
    }

    /// The same for providers that send it as a form.
    #[oai(
        path = "/api/oauth2-redirect",
        method = "post",
        operation_id = "oauth2RedirectForm"
    )]
    async fn come_back_by_form(&self, request: &Request, body: RawBody) -> Redirected {
        // Whoever follows this sees a page, not JSON.
        let body = body.into_object().await.unwrap_or_default();
        let mut brought: Vec<(String, String)> = pairs(request).into_iter().collect();
        for key in ["state", "code", "error", "user"] {
            brought.extend(text(&body, key).map(|value| (key.to_owned(), value)));
        }
        let told = self.tell(request, &brought);
        Redirected::to_page(StatusCode::SEE_OTHER, told)
    }

    /// Makes a client secret for Apple.
    #[oai(
        path = "/api/settings/apple/generate-client-secret",
        method = "post",
        operation_id = "generateAppleClientSecret"
    )]
    async fn apple_secret(
        &self,
        request: &Request,
        body: RawBody,
        options: AnswerOptions,
    ) -> Answer<AppleSecretShape> {
        let context = self.0.superuser_context(request)?;
        let secret = apple_secret(&body.into_object().await?)?.sign(&context)?;
        JsonBytes::of_json(json!({ "secret": secret }), &options.fields)
    }
}

impl ProvidersApi {
    /// Whether somebody waited for it, and it was a code.
    fn tell(&self, request: &Request, brought: &[(String, String)]) -> bool {
        let value = |key: &str| {
            let mut found = brought.iter().filter(|(name, _)| name == key);
            found.next_back().map_or("", |(_, value)| value.as_str())
        };
        let (state, code, error) = (value("state"), value("code"), value("error"));
        let mut message = Map::new();
        message.insert("state".to_owned(), state.into());
        message.insert("code".to_owned(), code.into());
        if !error.is_empty() {
            message.insert("error".to_owned(), error.into());
        }
        let address = self.0.client_address(request);
        let engine = &self.0.engine;
        let data = Json::Object(message).to_string();
        let told = engine.realtime.answer(state, address, TOPIC, data);
        let is_code = told && error.is_empty() && !code.is_empty();
        if is_code {
            let user = value("user");
            engine.auth.remember_name(self.0.clock.now(), code, user);
        }
        is_code
    }
}

/// A page that somebody is sent to.
pub(crate) struct Redirected {
    status: StatusCode,
    location: String,
    cookie: Option<String>,
}

impl Redirected {
    /// Somebody goes on at an address.
    pub(crate) fn to(status: StatusCode, location: String) -> Self {
        Self {
            status,
            location,
            cookie: None,
        }
    }

    /// The browser is to send this along from now on.
    pub(crate) fn with_cookie(mut self, cookie: String) -> Self {
        self.cookie = Some(cookie);
        self
    }

    /// Somebody sees a page of the dashboard that says how it went.
    pub(crate) fn to_page(status: StatusCode, success: bool) -> Self {
        let end = if success { "success" } else { "failure" };
        Self::to(status, format!("{PAGE}{end}"))
    }
}

impl IntoResponse for Redirected {
    fn into_response(self) -> Response {
        let mut response = Response::builder()
            .status(self.status)
            .header(header::LOCATION, self.location)
            .header(header::REFERRER_POLICY, "no-referrer")
            .header(header::CACHE_CONTROL, "no-store");
        if let Some(cookie) = self.cookie {
            response = response.header(header::SET_COOKIE, cookie);
        }
        response.finish()
    }
}

impl ApiResponse for Redirected {
    fn meta() -> MetaResponses {
        let answer = |status: u16| MetaResponse {
            description: "A page to go on with.",
            status: Some(status),
            status_range: None,
            content: vec![],
            headers: vec![],
        };
        MetaResponses {
            responses: vec![answer(303), answer(307)],
        }
    }

    fn register(_registry: &mut Registry) {}
}

/// The engine says what is missing or unknown.
pub(crate) fn provider_sign_in(context: &Context) -> Result<ProviderSignIn, Failure> {
    let body = &context.request.body;
    let of_text = |key: &str| match body.get(key) {
        None | Some(Json::Null) => Ok(text(body, key).unwrap_or_default()),
        Some(Json::String(text)) => Ok(text.clone()),
        Some(_) => Err(Failure::malformed_sign_in(key, "a text")),
    };
    let mut redirect_url = of_text("redirectURL")?;
    if redirect_url.is_empty() {
        redirect_url = of_text("redirectUrl")?;
    }
    Ok(ProviderSignIn {
        provider: of_text("provider")?,
        code: of_text("code")?,
        code_verifier: of_text("codeVerifier")?,
        redirect_url,
        create_data: create_data(body)?,
    })
}

/// Values of a record that a sign-in may make.
pub(crate) fn create_data(body: &Map<String, Json>) -> Result<Map<String, Json>, Failure> {
    match body.get("createData") {
        None | Some(Json::Null) => Ok(Map::new()),
        Some(Json::Object(values)) => Ok(values.clone()),
        Some(_) => Err(Failure::malformed_sign_in("createData", "an object")),
    }
}

fn apple_secret(body: &Map<String, Json>) -> Result<AppleSecret, Failure> {
    let seconds = match body.get("duration") {
        None | Some(Json::Null) => 0,
        Some(value) => {
            let text = value.as_str().and_then(|text| text.parse().ok());
            value.as_i64().or(text).ok_or_else(|| {
                Failure::bad_request("The duration must be a whole number of seconds.")
            })?
        }
    };
    let of_text = |key: &str| text(body, key).unwrap_or_default();
    Ok(AppleSecret {
        client_id: of_text("clientId"),
        team_id: of_text("teamId"),
        key_id: of_text("keyId"),
        private_key: of_text("privateKey"),
        seconds,
    })
}
