//! Signing in: a token for a password, and a new token for one that still holds (contract §1.3).
//!
//! The collections of the caller's schema can be signed in to; the other ways are REST's. Who asks
//! stays who they are for the rest of the request.

use std::sync::Arc;

use async_graphql::dynamic::{Field, FieldFuture, FieldValue, InputValue, Object, TypeRef};
use luge_engine::auth::SignedIn;
use luge_engine::auth::password::PasswordSignIn;
use luge_engine::context::Context;
use luge_model::expand::Expand;
use luge_model::principal::Principal;
use poem::http::Method;
use serde_json::{Map, json};

use super::arguments::text;
use super::call::Call;
use super::inputs::optional;
use super::objects::parent;
use super::outline::{Face, Outline};
use super::queries::{self, Answering, Asked, resolved};
use super::related;
use super::values::scalar;
use crate::http::error::Failure;

const TOKEN: &str = "token";
const RECORD: &str = "record";
const IDENTITY: &str = "identity";
const PASSWORD: &str = "password";
const IDENTITY_FIELD: &str = "identityField";
const MFA_ID: &str = "mfaId";

/// What signing in to a collection answers.
pub(super) fn type_of(face: &Face) -> Option<Object> {
    let names = face.sign_in.as_ref()?;
    let token = Field::new(TOKEN, TypeRef::named_nn(TypeRef::STRING), |context| {
        let token = parent(&context).and_then(|answer| scalar(answer.get(TOKEN)?));
        FieldFuture::Value(token)
    });
    let record = Field::new(RECORD, TypeRef::named_nn(&face.object), |context| {
        let record = parent(&context).and_then(|answer| answer.get(RECORD));
        FieldFuture::Value(record.map(|record| FieldValue::borrowed_any(record)))
    });
    let record = record.description("Whose token it is.");
    Some(Object::new(&names.object).field(token).field(record))
}

/// The fields of the root that sign in to one collection.
pub(super) fn fields_of(outline: &Arc<Outline>, index: usize) -> Vec<Field> {
    let Some(face) = outline.face(index) else {
        return Vec::new();
    };
    let Some(names) = &face.sign_in else {
        return Vec::new();
    };
    let name = &face.collection.name;
    let required = |name| InputValue::new(name, TypeRef::named_nn(TypeRef::STRING));
    let mut fields = Vec::new();
    if let Some(root) = &names.password {
        let field = resolved(outline, index, (root, &names.object), with_password);
        let field = field
            .description(format!("A token of a record of {name}, for its password."))
            .argument(required(IDENTITY))
            .argument(required(PASSWORD))
            .argument(optional(IDENTITY_FIELD, TypeRef::STRING))
            .argument(
                optional(MFA_ID, TypeRef::STRING)
                    .description("Of the first factor, where this is the second."),
            );
        fields.push(field);
    }
    let field = resolved(outline, index, (&names.refresh, &names.object), refresh);
    fields.push(field.description(format!("A new token of {name} for the caller's.")));
    fields
}

fn with_password(asked: Asked<'_>) -> Answering<'_> {
    Box::pin(async move {
        let face = asked.face()?;
        let expand = wanted(&asked)?;
        let (context, id) = admitted(&asked.call, face, "auth-with-password")?;
        let given = &asked.context.args;
        let body: Map<_, _> = [IDENTITY, PASSWORD, IDENTITY_FIELD, MFA_ID]
            .into_iter()
            .filter(|name| given.get(name).is_some())
            .map(|name| (name.to_owned(), text(given, name).into()))
            .collect();
        let context = context.with_body(body);
        let sign_in = PasswordSignIn {
            identity: text(given, IDENTITY),
            password: text(given, PASSWORD),
            identity_field: Some(text(given, IDENTITY_FIELD)).filter(|name| !name.is_empty()),
        };
        let auth = &asked.call.app.engine.auth;
        let signed_in = auth.sign_in_with_password(&context, id, &sign_in).await;
        let signed_in = signed_in.map_err(Failure::of_sign_in)?;
        answer(&asked, (context, expand), signed_in).await
    })
}

fn refresh(asked: Asked<'_>) -> Answering<'_> {
    Box::pin(async move {
        let face = asked.face()?;
        let expand = wanted(&asked)?;
        let (context, id) = admitted(&asked.call, face, "auth-refresh")?;
        let token = asked.call.token.as_deref().unwrap_or_default();
        let auth = &asked.call.app.engine.auth;
        let signed_in = auth.refresh(&context, id, token).await;
        let signed_in = signed_in.map_err(Failure::of_sign_in)?;
        answer(&asked, (context, expand), signed_in).await
    })
}

/// Counts a sign-in as the request of REST; who asks for it, and of which collection.
fn admitted<'a>(call: &Call, face: &'a Face, route: &str) -> Result<(Context, &'a str), Failure> {
    let method = Method::POST;
    let path = format!("/api/collections/{}/{route}", face.collection.name);
    call.admit(&method, &path)?;
    let mut context = call.context(&method);
    // Whoever signs in proves who it is anew; an API key is nobody there.
    if context.principal.key().is_some() {
        context.principal = Principal::Guest;
    }
    Ok((context, &face.collection.id))
}

fn wanted(asked: &Asked<'_>) -> Result<Expand, Failure> {
    let selected = related::selected_of(asked.context.ctx.field(), RECORD);
    related::wanted(&asked.outline, asked.face()?, selected)
}

async fn answer(
    asked: &Asked<'_>,
    (context, expand): (Context, Expand),
    mut signed_in: SignedIn,
) -> Result<Option<FieldValue<'static>>, Failure> {
    if !expand.is_empty() {
        let expanded = asked.call.app.scan(move |engine| {
            engine.auth.expand(&context, &expand, &mut signed_in)?;
            Ok(signed_in)
        });
        signed_in = expanded.await?;
    }
    let selected = related::selected_of(asked.context.ctx.field(), RECORD);
    asked.call.answer(1, selected.len())?;
    let record = queries::json(&signed_in.view)?;
    let answer = json!({ TOKEN: signed_in.token, RECORD: record });
    Ok(Some(FieldValue::owned_any(answer)))
}
