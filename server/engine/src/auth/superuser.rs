//! Making, changing and removing superusers, for the command line and the first run.

use luge_model::limits;
use luge_model::principal::Principal;
use serde_json::{Map, Value as Json};

use super::Auth;
use crate::access::View;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::identity::{self, SUPERUSERS};

/// What [`Auth::upsert_superuser`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upserted {
    /// There was no superuser with that address.
    Created,
    /// There was one; its password was changed.
    Updated,
}

impl Auth {
    /// Makes a superuser.
    ///
    /// # Errors
    /// [`Error::SuperusersOnly`]; [`Error::Refused`] when the address is taken or no address, or
    /// the password is not acceptable.
    pub async fn create_superuser(
        &self,
        context: &Context,
        email: &str,
        password: &str,
    ) -> Result<View> {
        require_superuser(context)?;
        self.records
            .create(context, SUPERUSERS, body(Some(email), password))
            .await
    }

    /// Changes a superuser's password, which ends its tokens.
    ///
    /// # Errors
    /// [`Error::SuperusersOnly`]; [`Error::MissingRecord`] when there is none with that address;
    /// [`Error::Refused`] when the password is not acceptable.
    pub async fn update_superuser(
        &self,
        context: &Context,
        email: &str,
        password: &str,
    ) -> Result<View> {
        require_superuser(context)?;
        let id = self.superuser_id(email)?.ok_or(Error::MissingRecord)?;
        self.records
            .update(context, SUPERUSERS, &id, body(None, password))
            .await
    }

    /// Makes a superuser, or changes the password of the one there is.
    ///
    /// # Errors
    /// As for [`Self::create_superuser`] and [`Self::update_superuser`].
    pub async fn upsert_superuser(
        &self,
        context: &Context,
        email: &str,
        password: &str,
    ) -> Result<Upserted> {
        for _ in 0..limits::WRITE_ATTEMPTS_MAX {
            match self.update_superuser(context, email, password).await {
                Err(Error::MissingRecord) => {}
                outcome => return outcome.map(|_| Upserted::Updated),
            }
            match self.create_superuser(context, email, password).await {
                // Somebody made it since we looked.
                Err(Error::Refused { .. }) if self.superuser_id(email)?.is_some() => {}
                outcome => return outcome.map(|_| Upserted::Created),
            }
        }
        Err(Error::Contended)
    }

    /// Removes a superuser; the last one stays.
    ///
    /// # Errors
    /// [`Error::SuperusersOnly`]; [`Error::MissingRecord`] when there is none with that address;
    /// [`Error::BadRequest`] for the last one.
    pub async fn delete_superuser(&self, context: &Context, email: &str) -> Result<()> {
        require_superuser(context)?;
        let id = self.superuser_id(email)?.ok_or(Error::MissingRecord)?;
        self.records.delete(context, SUPERUSERS, &id).await
    }

    /// Makes a superuser if the commit finds none; `None` when another was faster.
    pub(super) async fn create_first_superuser(
        &self,
        context: &Context,
        email: &str,
        password: &str,
    ) -> Result<Option<View>> {
        let superusers = self.records.compiled(SUPERUSERS)?;
        let first = identity::no_superuser(&superusers.collection);
        let context = as_system(context);
        self.records
            .create_guarded(&context, SUPERUSERS, body(Some(email), password), first)
            .await
    }

    fn superuser_id(&self, email: &str) -> Result<Option<String>> {
        let compiled = self.auth_collection(SUPERUSERS)?;
        let record = self.find_by(&compiled, "email", email)?;
        Ok(record.map(|record| record.id().to_owned()))
    }
}

/// The same call as the server itself makes it.
pub(super) fn as_system(context: &Context) -> Context {
    Context {
        principal: Principal::System,
        ..context.clone()
    }
}

fn require_superuser(context: &Context) -> Result<()> {
    if context.principal.is_superuser() {
        Ok(())
    } else {
        Err(Error::SuperusersOnly)
    }
}

fn body(email: Option<&str>, password: &str) -> Map<String, Json> {
    let mut body = Map::new();
    if let Some(email) = email {
        body.insert("email".to_owned(), email.into());
    }
    body.insert("password".to_owned(), password.into());
    body.insert("passwordConfirm".to_owned(), password.into());
    body
}
