//! Sign-in with an identity and a password (contract §1.3, `auth-with-password`).
//!
//! - An unknown identity, a wrong password and a record without a password are answered alike,
//!   after the same work.
//! - The first record that has the identity decides: its password is not tried on another.
//! - A failure takes a fixed time at least, whatever kind of hash was or was not there.
//! - A password whose hash is of an old kind is hashed anew once it matched.

use std::sync::Arc;
use std::time::Duration;

use luge_model::id::FieldNumber;
use luge_model::invalid::{Violation, Violations};
use luge_model::limits;
use luge_model::principal::RequestContext;
use luge_model::record::{Record, Row};
use luge_model::value::{Value, ValueRef};
use tokio::time::Instant;

use super::back_off::{Attempt, Tried, Way};
use super::{Auth, SignedIn, text};
use crate::access::Compiled;
use crate::context::Context;
use crate::error::{Action, Error, Result, Subject};
use crate::index;
use crate::secrets;

/// What was submitted to sign in with.
#[derive(Clone, Default)]
pub struct PasswordSignIn {
    /// A value of one of the identity fields.
    pub identity: String,
    /// The password.
    pub password: String,
    /// The one identity field to look at; without it, e-mail comes first, then the others.
    pub identity_field: Option<String>,
}

impl Auth {
    /// Signs in.
    ///
    /// # Errors
    /// [`Error::MissingCollection`], [`Error::MissingAuthCollection`]; [`Error::Forbidden`] when
    /// passwords are switched off or the auth rule does not hold; [`Error::Refused`] for input of
    /// the wrong form; [`Error::SignInFailed`]; [`Error::TooManyTries`],
    /// [`Error::TooManyHashes`]; [`Error::SecondFactorNeeded`].
    pub async fn sign_in_with_password(
        &self,
        context: &Context,
        collection: &str,
        sign_in: &PasswordSignIn,
    ) -> Result<SignedIn> {
        let compiled = self.auth_collection(collection)?;
        self.password_allowed(collection)?;
        check(sign_in, identity_fields(&compiled))?;
        let attempt = self.begin_try(context, &compiled, sign_in)?;
        let began = Instant::now();
        let Some(record) = self.prove(&compiled, sign_in).await? else {
            attempt.failed();
            // Hashes of different kinds take different times, which would tell who was imported.
            let least = Duration::from_millis(limits::SIGN_IN_FAILURE_MILLISECONDS);
            tokio::time::sleep_until(began + least).await;
            return Err(Error::SignInFailed);
        };
        attempt.succeeded();
        let mut context = context.clone();
        context.request.context = RequestContext::Password;
        let answer = self.sign_in(&context, &compiled, record.clone(), "password");
        let answer = answer.await?;
        if secrets::needs_rehash(text(&compiled, &record, "password")) {
            self.rehash(&context, &compiled, &record, &sign_in.password)
                .await;
        }
        Ok(answer)
    }

    /// Whether a collection lets its records sign in with a password; what a request's body says is
    /// looked at only then.
    ///
    /// # Errors
    /// [`Error::MissingCollection`], [`Error::MissingAuthCollection`], [`Error::Forbidden`].
    pub fn password_allowed(&self, collection: &str) -> Result<()> {
        let compiled = self.auth_collection(collection)?;
        let enabled = compiled
            .collection
            .auth()
            .is_some_and(|options| options.password_auth.enabled);
        if !enabled {
            return Err(Error::Forbidden(
                "The collection is not configured to allow password authentication.".to_owned(),
            ));
        }
        Ok(())
    }

    /// A try at an account, known or not. Who is signed in as it already never waits.
    fn begin_try(
        &self,
        context: &Context,
        compiled: &Arc<Compiled>,
        sign_in: &PasswordSignIn,
    ) -> Result<Attempt<'_>> {
        let own = context.principal.identity().is_some_and(|identity| {
            let is_named = |name: &String| {
                text(compiled, &identity.record, name).eq_ignore_ascii_case(&sign_in.identity)
            };
            identity.collection.number == compiled.collection.number
                && identity_fields(compiled).iter().any(is_named)
        });
        let tried = Tried {
            way: Way::Password,
            collection: compiled.collection.number,
            account: &sign_in.identity,
            client: context.client.filter(|_| !own),
            is_known_there: own,
        };
        self.back_off.begin(tried, context.now)
    }

    /// The record of the identity, if the password is its own.
    async fn prove(
        &self,
        compiled: &Arc<Compiled>,
        sign_in: &PasswordSignIn,
    ) -> Result<Option<Record>> {
        let found = self.find(compiled, sign_in)?;
        let hash = found
            .as_ref()
            .map(|record| text(compiled, record, "password"));
        let proven = self.hashes.verify(hash, &sign_in.password).await?;
        Ok(found.filter(|_| proven))
    }

    /// The record that has the identity.
    pub(super) fn find(
        &self,
        compiled: &Arc<Compiled>,
        sign_in: &PasswordSignIn,
    ) -> Result<Option<Record>> {
        if let Some(name) = sign_in.chosen_field() {
            return self.find_by(compiled, name, &sign_in.identity);
        }
        let all = identity_fields(compiled);
        let (email, others): (Vec<_>, Vec<_>) = all.iter().partition(|name| *name == "email");
        for name in email.into_iter().chain(others) {
            if let Some(record) = self.find_by(compiled, name, &sign_in.identity)? {
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    /// The record with a text in a field that has a unique index of its own.
    pub(super) fn find_by(
        &self,
        compiled: &Arc<Compiled>,
        name: &str,
        identity: &str,
    ) -> Result<Option<Record>> {
        let collection = &compiled.collection;
        let Some(field) = collection.field(name) else {
            return Ok(None);
        };
        // A value that is no text, such as a number, would be found by other texts than its own.
        if identity.is_empty() || !matches!(field.kind.zero(), Value::Text(_)) {
            return Ok(None);
        }
        let definition = collection
            .indexes
            .iter()
            .enumerate()
            .find(|(_, definition)| {
                definition.unique
                    && definition.is_ready()
                    && definition.single_field() == Some(field.number)
            });
        let Some(definition) = definition else {
            return Ok(None);
        };
        let no_case = definition.1.columns.iter().any(|column| column.no_case);
        let sought = Sought {
            field: field.number,
            text: identity,
        };
        let Some((entry, _)) = index::index_entry(collection, definition, "", &sought) else {
            return Ok(None);
        };
        let Some(id) = self.committer.store().get(&entry)? else {
            return Ok(None);
        };
        let Ok(id) = std::str::from_utf8(&id) else {
            return Ok(None);
        };
        // The entry is a hint; the record says whether it has the value.
        let record = self.query.record(compiled, id)?;
        Ok(record.filter(|record| {
            let stored = record.text(field.number);
            stored == identity || (no_case && stored.eq_ignore_ascii_case(identity))
        }))
    }
}

/// A row with one value: what the index entry of the sought record is made from.
struct Sought<'a> {
    field: FieldNumber,
    text: &'a str,
}

impl Row for Sought<'_> {
    fn value(&self, field: FieldNumber) -> Option<ValueRef<'_>> {
        (field == self.field).then_some(ValueRef::Text(self.text))
    }

    fn rowid(&self) -> u64 {
        0
    }
}

impl PasswordSignIn {
    fn chosen_field(&self) -> Option<&str> {
        self.identity_field
            .as_deref()
            .filter(|name| !name.is_empty())
    }
}

fn identity_fields(compiled: &Compiled) -> &[String] {
    compiled
        .collection
        .auth()
        .map_or(&[], |options| &options.password_auth.identity_fields)
}

fn check(sign_in: &PasswordSignIn, identity_fields: &[String]) -> Result<()> {
    let mut violations = Violations::new();
    for (name, text) in [
        ("identity", &sign_in.identity),
        ("password", &sign_in.password),
    ] {
        if text.is_empty() {
            violations.add(name, Violation::required());
        } else if text.len() > limits::SIGN_IN_BYTES_MAX {
            violations.add(name, length_out_of_range());
        }
    }
    let chosen = sign_in.chosen_field();
    if chosen.is_some_and(|name| !identity_fields.iter().any(|field| field == name)) {
        let violation = Violation::new("validation_in_invalid", "Must be a valid value.");
        violations.add("identityField", violation);
    }
    violations.into_result().map_err(invalid)
}

/// The form of a request was wrong, before anything was done with it.
pub(super) fn invalid(violations: Violations) -> Error {
    Error::Refused {
        action: Action::Create,
        subject: Subject::Record,
        violations,
        reason: Some("An error occurred while validating the submitted data.".to_owned()),
    }
}

fn length_out_of_range() -> Violation {
    let max = limits::SIGN_IN_BYTES_MAX;
    Violation::new(
        "validation_length_out_of_range",
        format!("The length must be between 1 and {max}."),
    )
    .with("max", max)
    .with("min", 1)
}
