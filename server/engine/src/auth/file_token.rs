//! Short tokens that open protected files: they stand in addresses, where a sign-in token must not
//! (contract §1.6).

use luge_model::principal::Principal;
use luge_model::timestamp::Timestamp;

use super::token::{Claims, TokenKind};
use super::{Auth, file_key};
use crate::context::Context;
use crate::error::{Error, Result};

impl Auth {
    /// A token for the caller, which holds no longer than the caller's session or API key, or than
    /// the secret that signs sign-ins, and opens what the caller may view.
    ///
    /// # Errors
    /// [`Error::SignInNeeded`] where nobody is signed in.
    pub fn file_token(&self, context: &Context) -> Result<String> {
        let identity = context.principal.identity().ok_or(Error::SignInNeeded)?;
        let compiled = self.records.compiled(&identity.collection.id)?;
        let options = compiled
            .collection
            .auth()
            .ok_or(Error::MissingAuthCollection)?;
        let seconds = u64::try_from(options.file_token.duration).unwrap_or_default();
        let record = &identity.record;
        let claims = Claims {
            session: identity.session.as_deref().map(str::to_owned),
            key: identity.key.as_ref().map(|key| key.id.to_string()),
            ..Claims::file(&compiled.collection.id, record.id(), context.now, seconds)
        };
        claims.sign(file_key(&compiled, options, record))
    }

    /// Whose file token this is; a guest's when it does not hold.
    #[must_use]
    pub fn file_principal(&self, now: Timestamp, token: &str) -> Principal {
        self.caller_by(now, token, TokenKind::File).principal
    }
}
