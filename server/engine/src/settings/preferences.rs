//! What each superuser prefers in the dashboard: one JSON object for each, which the server does
//! not look into.
//!
//! It goes with its superuser, in the same commit; and it is written only while there is one.

use luge_model::limits::PREFERENCES_BYTES_MAX;
use luge_model::principal::Principal;
use serde_json::{Map, Value as Json};

use super::Settings;
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::store::{CommitError, Guard, StoreError, key};

impl Settings {
    /// The preferences of the superuser who asks; empty until they are set.
    ///
    /// # Errors
    /// When the caller is not a superuser of the database.
    pub fn preferences(&self, context: &Context) -> Result<Map<String, Json>> {
        let (id, _) = owner(context)?;
        let place = key::preferences(&id);
        let Some(bytes) = self.committer.store().get(&place)? else {
            return Ok(Map::new());
        };
        let read = serde_json::from_slice(&bytes);
        read.map_err(|error| Error::Store(StoreError::damaged(&place, error)))
    }

    /// Replaces them.
    ///
    /// # Errors
    /// When the caller is not a superuser of the database, or they are too large.
    pub async fn set_preferences(
        &self,
        context: &Context,
        preferences: &Map<String, Json>,
    ) -> Result<()> {
        let (id, record) = owner(context)?;
        let bytes = serde_json::to_vec(preferences).map_err(StoreError::unwritable)?;
        if bytes.len() > PREFERENCES_BYTES_MAX {
            return Err(Error::BadRequest(format!(
                "The preferences take {} bytes; at most {PREFERENCES_BYTES_MAX} are kept.",
                bytes.len()
            )));
        }
        let proposal = Proposal {
            guards: vec![Guard::Present(record)],
            puts: vec![(key::preferences(&id), bytes)],
            now: context.now,
            ..Proposal::default()
        };
        match self.committer.commit(proposal).await {
            Ok(_) => Ok(()),
            // The superuser was removed meanwhile.
            Err(CommitError::Guard(_)) => Err(Error::SignInNeeded),
            Err(error) => Err(error.into()),
        }
    }
}

/// The id and the record of the superuser who asks.
fn owner(context: &Context) -> Result<(String, crate::store::Key)> {
    context.require_superuser()?;
    match &context.principal {
        Principal::Superuser(identity) => {
            let id = identity.record.id().to_owned();
            let record = key::record(identity.collection.number, &id);
            Ok((id, record))
        }
        _ => Err(Error::SignInNeeded),
    }
}
