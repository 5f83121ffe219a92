//! Signing in with a password, and a new token for the old one (contract §1.3).

use std::sync::Arc;

use luge_engine::auth::SignedIn;
use luge_engine::auth::password::PasswordSignIn;
use luge_engine::context::Context;
use luge_model::invalid::{Violation, Violations};
use poem::Request;
use poem::http::header;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use serde_json::{Map, Value as Json};

use crate::http::answer::{Answer, JsonBytes};
use crate::http::app::App;
use crate::http::body::RawBody;
use crate::http::error::Failure;
use crate::http::query::{AnswerOptions, RecordOptions, Wanted};
use crate::http::shapes::{AuthMethodsShape, SignedInShape};

/// Longest identity or password, in characters (contract §1.3).
const TEXT_CHARS_MAX: usize = 255;

/// The routes.
pub(crate) struct AuthApi(pub(crate) Arc<App>);

#[OpenApi]
impl AuthApi {
    /// Shows how one can sign in to a collection.
    #[oai(
        path = "/api/collections/:collection/auth-methods",
        method = "get",
        operation_id = "listAuthMethods"
    )]
    async fn methods(
        &self,
        request: &Request,
        collection: Path<String>,
        options: AnswerOptions,
    ) -> Answer<AuthMethodsShape> {
        let context = self.0.context(request);
        let methods = self.0.engine.auth.methods(&context, &collection);
        let methods = methods.await.map_err(Failure::of_sign_in)?;
        JsonBytes::of_json(methods, &options.fields)
    }

    /// Signs in with an identity (such as an e-mail address) and a password.
    #[oai(
        path = "/api/collections/:collection/auth-with-password",
        method = "post",
        operation_id = "authWithPassword"
    )]
    async fn with_password(
        &self,
        request: &Request,
        collection: Path<String>,
        body: RawBody,
        options: RecordOptions,
    ) -> Answer<SignedInShape> {
        let context = self.0.sign_in_context(request);
        let auth = &self.0.engine.auth;
        // Told before a malformed body is (contract §4).
        auth.password_allowed(&collection)
            .map_err(Failure::of_sign_in)?;
        let context = context.with_body(body.into_object().await?);
        let sign_in = password_sign_in(&context.request.body);
        let signed_in = auth
            .sign_in_with_password(&context, &collection, &sign_in)
            .await;
        let signed_in = signed_in.map_err(Failure::of_sign_in)?;
        shown(&self.0, context, signed_in, options).await
    }

    /// Gives a new token for a token that still holds.
    #[oai(
        path = "/api/collections/:collection/auth-refresh",
        method = "post",
        operation_id = "authRefresh"
    )]
    async fn refresh(
        &self,
        request: &Request,
        collection: Path<String>,
        body: RawBody,
        options: RecordOptions,
    ) -> Answer<SignedInShape> {
        let context = self.0.sign_in_context(request);
        let token = self.0.token(request).unwrap_or_default();
        // Nothing in it counts, but a malformed one is refused before anything is written; who is
        // nobody is told that first.
        if context.principal.identity().is_some() {
            body.into_object().await?;
        }
        let refreshed = self.0.engine.auth.refresh(&context, &collection, token);
        let signed_in = refreshed.await.map_err(Failure::of_sign_in)?;
        shown(&self.0, context, signed_in, options).await
    }

    /// Gives a superuser a token of a record, for a time.
    #[oai(
        path = "/api/collections/:collection/impersonate/:id",
        method = "post",
        operation_id = "impersonate"
    )]
    async fn impersonate(
        &self,
        request: &Request,
        collection: Path<String>,
        id: Path<String>,
        body: RawBody,
    ) -> Answer<SignedInShape> {
        let mut context = self.0.superuser_context(request)?;
        context.device = request.header(header::USER_AGENT).map(Into::into);
        let options = RecordOptions::of(request)?;
        let seconds = impersonation_seconds(&body.into_object().await?)?;
        let auth = &self.0.engine.auth;
        let signed_in = auth.impersonate(&context, &collection, &id, seconds);
        let signed_in = signed_in.await.map_err(Failure::of_sign_in)?;
        shown(&self.0, context, signed_in, options).await
    }
}

/// The answer with the related records that were asked for.
pub(crate) async fn shown(
    app: &App,
    context: Context,
    signed_in: SignedIn,
    options: RecordOptions,
) -> Answer<SignedInShape> {
    shown_with(app, context, (signed_in, None), options).await
}

/// The same with what a provider said.
pub(crate) async fn shown_with<S>(
    app: &App,
    context: Context,
    (mut signed_in, meta): (SignedIn, Option<Json>),
    options: RecordOptions,
) -> Answer<S> {
    let RecordOptions { fields, expand } = options;
    if !expand.is_empty() {
        let expanded = app.scan(move |engine| {
            engine.auth.expand(&context, &expand, &mut signed_in)?;
            Ok(signed_in)
        });
        signed_in = expanded.await?;
    }
    JsonBytes::of_object(written(&signed_in, meta.as_ref()), &fields)
}

/// The answer to every sign-in: `{"record":{…},"token":"…"}`.
pub(crate) fn answer(signed_in: &SignedIn, fields: &Wanted) -> Answer<SignedInShape> {
    JsonBytes::of_object(written(signed_in, None), fields)
}

fn written(signed_in: &SignedIn, meta: Option<&Json>) -> Vec<u8> {
    let mut bytes = b"{".to_vec();
    if let Some(meta) = meta {
        bytes.extend_from_slice(format!("\"meta\":{meta},").as_bytes());
    }
    bytes.extend_from_slice(b"\"record\":");
    signed_in.view.write_json(&mut bytes);
    bytes.extend_from_slice(b",\"token\":");
    bytes.extend_from_slice(Json::String(signed_in.token.clone()).to_string().as_bytes());
    bytes.push(b'}');
    bytes
}

/// The engine says what is missing or too long.
fn password_sign_in(body: &Map<String, Json>) -> PasswordSignIn {
    PasswordSignIn {
        identity: text(body, "identity").unwrap_or_default(),
        password: text(body, "password").unwrap_or_default(),
        identity_field: text(body, "identityField").filter(|name| !name.is_empty()),
    }
}

fn impersonation_seconds(body: &Map<String, Json>) -> Result<u64, Failure> {
    let Some(duration) = body.get("duration").filter(|duration| !duration.is_null()) else {
        return Ok(0);
    };
    let whole = duration
        .as_i64()
        .ok_or_else(|| Failure::bad_request("duration must be a whole number of seconds."))?;
    u64::try_from(whole).map_err(|_negative| {
        let least = Violation::new(
            "validation_min_greater_equal_than_required",
            "Must be no less than 0.",
        );
        Failure::invalid(&Violations::of("duration", least.with("threshold", 0)))
    })
}

/// The text of a key, whose name is matched without case (contract §0); other values are taken as
/// the text they were in a form.
pub(crate) fn text(body: &Map<String, Json>, key: &str) -> Option<String> {
    let value = body.get(key).or_else(|| {
        body.iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key))
            .map(|(_, value)| value)
    })?;
    match value {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// The text of a key that must not be empty or too long.
pub(crate) fn required_text(
    body: &Map<String, Json>,
    key: &str,
    violations: &mut Violations,
) -> String {
    let text = text(body, key).unwrap_or_default();
    if text.is_empty() {
        violations.add(key, Violation::required());
    } else if text.chars().count() > TEXT_CHARS_MAX {
        let violation = Violation::new(
            "validation_length_out_of_range",
            format!("The length must be between 1 and {TEXT_CHARS_MAX}."),
        );
        violations.add(key, violation.with("min", 1).with("max", TEXT_CHARS_MAX));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> PasswordSignIn {
        password_sign_in(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn names_are_matched_without_case_and_numbers_are_text() {
        let sign_in = read(r#"{"Identity":"x","password":12345678,"identityField":""}"#);
        assert_eq!(sign_in.identity, "x");
        assert_eq!(sign_in.password, "12345678");
        assert_eq!(sign_in.identity_field, None);
        assert_eq!(read(r#"{"identity":null}"#).identity, "");
    }

    #[test]
    fn empty_and_overlong_texts_are_violations() {
        let long = "y".repeat(TEXT_CHARS_MAX + 1);
        for (value, code) in [
            ("", "validation_required"),
            (long.as_str(), "validation_length_out_of_range"),
        ] {
            let mut body = Map::new();
            body.insert("code".to_owned(), value.into());
            let mut violations = Violations::new();
            required_text(&body, "code", &mut violations);
            let json = Json::Object(violations.to_json());
            assert_eq!(
                json.pointer("/code/code").and_then(Json::as_str),
                Some(code)
            );
        }
    }
}
