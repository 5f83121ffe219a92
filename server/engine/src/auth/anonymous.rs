//! Accounts without any credential: somebody who just began can keep something, and become known
//! later.
//!
//! - One is a record without address and password, made under the create rule like any other.
//! - It gets both from its owner alone (see `identity.rs`), under the update rule, and is an
//!   account like others from then on: its tokens end, and the address is yet to be proved.
//! - Whoever loses the tokens of one has lost it.

use luge_model::value::Value;
use serde_json::{Map, Value as Json};

use super::{Auth, SignedIn};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::records::Submitted;

impl Auth {
    /// Whether a collection has anonymous accounts; what a request's body says is looked at only
    /// then.
    ///
    /// # Errors
    /// [`Error::MissingCollection`], [`Error::MissingAuthCollection`], [`Error::Forbidden`].
    pub fn anonymous_allowed(&self, collection: &str) -> Result<()> {
        let compiled = self.auth_collection(collection)?;
        let options = compiled.collection.auth();
        if options.is_some_and(|options| options.anonymous.enabled) {
            return Ok(());
        }
        Err(Error::Forbidden(
            "The collection is not configured to allow anonymous accounts.".to_owned(),
        ))
    }

    /// Makes an anonymous account and signs in to it.
    ///
    /// # Errors
    /// As for [`Self::anonymous_allowed`]; [`Error::Forbidden`] also where the auth rule does not
    /// hold; as for [`crate::records::Records::create`].
    pub async fn sign_up_anonymously(
        &self,
        context: &Context,
        collection: &str,
        body: Map<String, Json>,
    ) -> Result<SignedIn> {
        let compiled = self.auth_collection(collection)?;
        self.anonymous_allowed(collection)?;
        let nothing = || Value::Text(String::new());
        let submitted = Submitted::from(body)
            .settling("email", nothing())
            .settling("password", nothing());
        let made = self.records.create(context, collection, submitted).await?;
        let record = made.record().clone();
        let id = record.id().to_owned();
        let signed_in = self.sign_in(context, &compiled, record, "anonymous").await;
        if signed_in.is_err() {
            // Nobody could ever reach it.
            let system = Context::system(context.now);
            if let Err(error) = self.records.delete(&system, collection, &id).await {
                tracing::warn!(%error, "an account without a session was not removed");
            }
        }
        signed_in
    }
}
