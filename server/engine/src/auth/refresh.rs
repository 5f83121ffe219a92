//! A fresh token for one that still holds (contract §1.3, `auth-refresh`).

use luge_model::principal::Principal;

use super::token::{TokenKind, Unverified};
use super::{Auth, SignedIn, token_key};
use crate::context::Context;
use crate::error::{Error, Result};

impl Auth {
    /// Exchanges the caller's token. One that is not refreshable comes back as it is.
    ///
    /// # Errors
    /// [`Error::MissingCollection`]; [`Error::SignInNeeded`] without a token that holds;
    /// [`Error::Forbidden`] with one of another collection, or when the auth rule does not hold.
    pub fn refresh(&self, context: &Context, collection: &str, token: &str) -> Result<SignedIn> {
        let compiled = self.records.compiled(collection)?;
        let (Principal::User(identity) | Principal::Superuser(identity)) = &context.principal
        else {
            return Err(Error::SignInNeeded);
        };
        if identity.collection.id != compiled.collection.id {
            return Err(Error::Forbidden(format!(
                "The request requires auth record from {} collection.",
                identity.collection.name
            )));
        }
        let options = compiled
            .collection
            .auth()
            .ok_or(Error::MissingAuthCollection)?;
        // The record may have changed since the principal was made; the token must hold for it now.
        let record = self.query.record(&compiled, identity.record.id())?;
        let record = record.ok_or(Error::SignInNeeded)?;
        let claims = Unverified::read(token)
            .filter(|unverified| unverified.collection_id() == compiled.collection.id)
            .filter(|unverified| unverified.record_id() == record.id())
            .and_then(|unverified| {
                let key = token_key(&compiled, &options.auth_token, &record);
                unverified.verify(TokenKind::Auth, key, context.now)
            })
            .ok_or(Error::SignInNeeded)?;
        let unchanged = (claims.refreshable != Some(true)).then_some(token);
        self.answer(context, &compiled, record, unchanged)
    }
}
