//! A fresh token for one that still holds (contract §1.3, `auth-refresh`).

use luge_model::principal::Principal;

use super::token::{TokenKind, Unverified};
use super::{Auth, SignedIn, other_collection, token_key};
use crate::context::Context;
use crate::error::{Error, Result};

impl Auth {
    /// Exchanges the caller's token for one of the same session, and one that names none for one
    /// of a new session. One that is not refreshable comes back as it is.
    ///
    /// # Errors
    /// [`Error::MissingCollection`]; [`Error::SignInNeeded`] without a token that holds;
    /// [`Error::Forbidden`] with an API key or one of another collection, or when the auth rule
    /// does not hold.
    pub async fn refresh(
        &self,
        context: &Context,
        collection: &str,
        token: &str,
    ) -> Result<SignedIn> {
        let compiled = self.records.compiled(collection)?;
        let (Principal::User(identity) | Principal::Superuser(identity)) = &context.principal
        else {
            return Err(Error::SignInNeeded);
        };
        context.refuse_key()?;
        if identity.collection.id != compiled.collection.id {
            return Err(other_collection(identity));
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
        let view = self.admit(context, &compiled, &record)?;
        let token = if claims.refreshable == Some(true) {
            let session = self.session_of(context, &compiled, record, claims.session);
            session.await?.token(context.now, &compiled)?
        } else {
            token.to_owned()
        };
        Ok(SignedIn { token, view })
    }
}
