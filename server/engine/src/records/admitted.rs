//! What of a submitted body counts, given who submitted it.
//!
//! - Hidden fields are superusers' only, but for the password of a sign-up.
//! - An API key changes nothing that a record signs in with.

use luge_model::collection::Collection;
use luge_model::record::Record;
use luge_model::value::ValueRef;
use serde_json::Value as Json;

use super::Body;
use crate::context::Context;
use crate::error::{Error, Result};

/// What a record signs in with, and what tells that it may.
const SIGN_IN: [&str; 6] = [
    "email",
    "oldPassword",
    "password",
    "passwordConfirm",
    "tokenKey",
    "verified",
];

/// What counts of a body for a record of a collection, where there is one before the write.
///
/// # Errors
/// [`Error::Forbidden`] where an API key would change how a record signs in.
pub(super) fn admitted(
    context: &Context,
    (collection, before): (&Collection, Option<&Record>),
    mut body: Body,
) -> Result<Body> {
    if let Some(before) = before.filter(|_| context.principal.key().is_some()) {
        refuse_sign_in(collection, before, &body)?;
    }
    if context.principal.skips_rules() {
        return Ok(body);
    }
    body.retain(|submitted, _| {
        let name = plain(submitted);
        let password = collection.auth().is_some() && name == "password";
        password || collection.field(name).is_none_or(|field| !field.hidden)
    });
    Ok(body)
}

/// A record is often sent back whole, so the same values are no change.
fn refuse_sign_in(collection: &Collection, before: &Record, body: &Body) -> Result<()> {
    let changes = |(name, submitted): (&String, &Json)| {
        if !SIGN_IN.contains(&plain(name)) {
            return false;
        }
        let Some(field) = collection.field(name) else {
            return true;
        };
        let stored = before.value(field.number).map(ValueRef::to_owned);
        field.kind.as_password().is_some()
            || field.kind.cast(submitted) != stored.unwrap_or_else(|| field.kind.zero())
    };
    let changed = body.iter().find(|member| changes(*member));
    match changed.filter(|_| collection.auth().is_some()) {
        None => Ok(()),
        Some((name, _)) => Err(Error::Forbidden(format!(
            "An API key may not change how a record signs in ({name})."
        ))),
    }
}

/// The name of a field without what changes its meaning in a body.
fn plain(submitted: &str) -> &str {
    let name = submitted.split(':').next().unwrap_or_default();
    name.trim_matches(['+', '-'])
}
