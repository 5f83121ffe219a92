//! Sign-in through providers without an SDK: by redirects, and by a code that the application gets.

use std::sync::Arc;

use luge_engine::auth::oauth::{Handed, ProviderSignIn, RedirectAsked, RedirectBack};
use luge_engine::context::Context;
use luge_model::limits::{OAUTH_REDIRECT_MILLISECONDS, OAUTH_VERIFIER_CHARS};
use poem::Request;
use poem::http::{StatusCode, header};
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use crate::http::answer::{Answer, JsonBytes};
use crate::http::app::App;
use crate::http::auth::{shown_with, text};
use crate::http::body::RawBody;
use crate::http::error::Failure;
use crate::http::providers::{Redirected, create_data, provider_sign_in};
use crate::http::query::{AnswerOptions, RecordOptions, RedirectOptions, pairs};
use crate::http::shapes::{ProviderSignedInShape, ProviderTrialShape};

const CALLBACK: &str = "/api/oauth2-callback";
/// What a provider brings back that counts.
const BROUGHT: [&str; 4] = ["state", "code", "error", "iss"];
const COOKIE_LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The routes.
pub(crate) struct ProviderRedirectsApi(pub(crate) Arc<App>);

#[OpenApi]
impl ProviderRedirectsApi {
    /// Sends a browser to a provider; it comes back to `redirectURL` with a `code`.
    #[oai(
        path = "/api/collections/:collection/oauth2/:provider/start",
        method = "get",
        operation_id = "beginProviderRedirect"
    )]
    async fn begin(
        &self,
        request: &Request,
        collection: Path<String>,
        provider: Path<String>,
        options: RedirectOptions,
    ) -> Result<Redirected, Failure> {
        let context = self.0.context(request);
        let browser = self
            .browser(request)
            .unwrap_or_else(|| self.0.random.text(COOKIE_LETTERS, OAUTH_VERIFIER_CHARS));
        let asked = RedirectAsked {
            redirect_url: options.redirect_url,
            challenge: options.challenge,
            browser: browser.clone(),
        };
        let auth = &self.0.engine.auth;
        let page = auth.begin_redirect(&context, (&collection, &provider), &asked);
        let page = page.await.map_err(Failure::of_sign_in)?;
        let cookie = self.cookie(&browser);
        Ok(Redirected::to(StatusCode::SEE_OTHER, page).with_cookie(cookie))
    }

    /// Takes a browser that comes back from a provider on to its application.
    #[oai(
        path = "/api/oauth2-callback",
        method = "get",
        operation_id = "oauth2Callback"
    )]
    async fn come_back(&self, request: &Request) -> Result<Redirected, Failure> {
        let context = self.0.context(request);
        let mut brought = pairs(request);
        let mut value = |key: &str| brought.remove(key);
        let back = RedirectBack {
            state: value("state").unwrap_or_default(),
            code: value("code").unwrap_or_default(),
            error: value("error").unwrap_or_default(),
            issuer: value("iss"),
            browser: self.browser(request).unwrap_or_default(),
        };
        let auth = &self.0.engine.auth;
        let url = auth.return_from_redirect(&context, &back).await?;
        Ok(match url {
            Some(url) => Redirected::to(StatusCode::SEE_OTHER, url),
            None => Redirected::to_page(StatusCode::SEE_OTHER, false),
        })
    }

    /// The same for providers that send a form, with which browsers send no cookie: they are
    /// sent here once more.
    #[oai(
        path = "/api/oauth2-callback",
        method = "post",
        operation_id = "oauth2CallbackForm"
    )]
    async fn come_back_by_form(
        &self,
        request: &Request,
        body: RawBody,
    ) -> Result<Redirected, Failure> {
        let body = body.into_object().await?;
        let code = text(&body, "code").unwrap_or_default();
        let user = text(&body, "user").unwrap_or_default();
        let auth = &self.0.engine.auth;
        auth.remember_name(self.0.context(request).now, &code, &user);
        let brought = BROUGHT
            .into_iter()
            .filter_map(|key| Some((key, text(&body, key)?)));
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(brought)
            .finish();
        let again = format!("{CALLBACK}?{query}");
        Ok(Redirected::to(StatusCode::SEE_OTHER, again))
    }

    /// Signs in with the code that an application got.
    #[oai(
        path = "/api/collections/:collection/auth-with-code",
        method = "post",
        operation_id = "authWithCode"
    )]
    async fn sign_in(
        &self,
        request: &Request,
        collection: Path<String>,
        body: RawBody,
        options: RecordOptions,
    ) -> Answer<ProviderSignedInShape> {
        let context = self.0.sign_in_context(request);
        let context = context.with_body(body.into_object().await?);
        let handed = handed(&context)?;
        let auth = &self.0.engine.auth;
        let signed_in = auth.sign_in_with_handover(&context, &collection, handed);
        let signed_in = signed_in.await.map_err(Failure::of_sign_in)?;
        let (signed_in, meta) = (signed_in.signed_in, signed_in.meta);
        shown_with(&self.0, context, (signed_in, Some(meta)), options).await
    }

    /// Shows what is to be registered at a provider, and a page to try it out with.
    #[oai(
        path = "/api/collections/:collection/oauth2/:provider/try",
        method = "get",
        operation_id = "beginProviderTrial"
    )]
    async fn begin_trial(
        &self,
        request: &Request,
        collection: Path<String>,
        provider: Path<String>,
        options: AnswerOptions,
    ) -> Answer<ProviderTrialShape> {
        let context = self.0.superuser_context(request)?;
        let auth = &self.0.engine.auth;
        let begun = auth.begin_trial(&context, (&collection, &provider)).await;
        JsonBytes::of_json(begun.map_err(Failure::of_sign_in)?, &options.fields)
    }

    /// Shows what a provider says of somebody, and what a sign-in would do. Nothing is written.
    #[oai(
        path = "/api/collections/:collection/oauth2/:provider/try",
        method = "post",
        operation_id = "finishProviderTrial"
    )]
    async fn finish_trial(
        &self,
        request: &Request,
        collection: Path<String>,
        provider: Path<String>,
        body: RawBody,
    ) -> Answer<ProviderTrialShape> {
        let context = self.0.superuser_context(request)?;
        let options = AnswerOptions::of(request)?;
        let context = context.with_body(body.into_object().await?);
        let sign_in = ProviderSignIn {
            provider: provider.0,
            ..provider_sign_in(&context)?
        };
        let auth = &self.0.engine.auth;
        let told = auth.finish_trial(&context, &collection, sign_in).await;
        JsonBytes::of_json(told.map_err(Failure::of_sign_in)?, &options.fields)
    }
}

impl ProviderRedirectsApi {
    /// What tells a browser from others while somebody is at a provider.
    fn browser(&self, request: &Request) -> Option<String> {
        let name = self.cookie_name();
        let cookies = request.headers().get_all(header::COOKIE).iter();
        let cookies = cookies.filter_map(|value| value.to_str().ok());
        let pairs = cookies.flat_map(|cookies| cookies.split(';'));
        let mut own = pairs.filter_map(|pair| {
            let (known, value) = pair.trim().split_once('=')?;
            let fits = value.len() == OAUTH_VERIFIER_CHARS
                && value.bytes().all(|byte| byte.is_ascii_alphanumeric());
            (known == name && fits).then(|| value.to_owned())
        });
        own.next()
    }

    fn cookie(&self, browser: &str) -> String {
        let seconds = OAUTH_REDIRECT_MILLISECONDS / 1_000;
        let secure = if self.is_secure() { "; Secure" } else { "" };
        let name = self.cookie_name();
        format!("{name}={browser}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
    }

    /// Only this very host can set a cookie of the first name.
    fn cookie_name(&self) -> &'static str {
        if self.is_secure() {
            "__Host-luge-oauth2"
        } else {
            "luge-oauth2"
        }
    }

    /// Whether people reach the server by https: told by the configuration, never by a request.
    fn is_secure(&self) -> bool {
        let settings = self.0.engine.settings.current();
        settings.meta.app_url.starts_with("https://")
    }
}

fn handed(context: &Context) -> Result<Handed, Failure> {
    let body = &context.request.body;
    Ok(Handed {
        code: text(body, "code").unwrap_or_default(),
        verifier: text(body, "codeVerifier").unwrap_or_default(),
        create_data: create_data(body)?,
    })
}
