//! Acting as somebody: a token of a record for a superuser (contract §1.3, `impersonate`).
//!
//! The auth rule is not asked: it says who may sign in, which nobody does. The token cannot be
//! refreshed and names no session: it ends with its time, or when the token key of its record
//! changes. That somebody acts as a record is in the history of its sign-ins before the token is
//! given out.

use luge_model::timestamp::Timestamp;

use super::token::Claims;
use super::{Auth, SignedIn, token_key};
use crate::context::Context;
use crate::error::{Error, Result};

impl Auth {
    /// A token of a record that holds for `seconds`, 0 being as long as one of a sign-in.
    ///
    /// # Errors
    /// [`Error::SignInNeeded`], [`Error::Forbidden`] for all but superusers;
    /// [`Error::MissingCollection`], [`Error::MissingAuthCollection`], [`Error::MissingRecord`].
    pub async fn impersonate(
        &self,
        context: &Context,
        collection: &str,
        id: &str,
        seconds: u64,
    ) -> Result<SignedIn> {
        context.require_superuser()?;
        context.refuse_key()?;
        let compiled = self.auth_collection(collection)?;
        let record = self.query.record(&compiled, id)?;
        let record = record.ok_or(Error::MissingRecord)?;
        let options = compiled.collection.auth();
        let options = &options.ok_or(Error::MissingAuthCollection)?.auth_token;
        let seconds = match seconds {
            0 => u64::try_from(options.duration).unwrap_or_default(),
            chosen => chosen,
        };
        let claims = Claims {
            refreshable: Some(false),
            ..Claims::auth(&compiled.collection.id, record.id(), context.now, seconds)
        };
        let until = Timestamp(claims.exp.saturating_mul(1_000));
        self.keep_impersonation(context, &compiled, (&record, until))
            .await?;
        let token = claims.sign(token_key(&compiled, options, &record))?;
        let target = format!("{}/{}", compiled.collection.name, record.id());
        context.account.did("impersonate", &target, Vec::new);
        let view = self.own_view(context, &compiled, record);
        Ok(SignedIn { token, view })
    }
}
