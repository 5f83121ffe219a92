//! No token holds after its record's token key changed, so none of the sign-ins goes on and no API
//! key of the record is worth anything: they end in the commit that changes it.

use super::Records;
use super::draft::Draft;
use crate::belongings::{Kind, Owner};
use crate::commit::Proposal;
use crate::error::Result;

impl Records {
    /// Plans the end of all sessions and API keys where the token key changes.
    pub(super) fn end_sessions(&self, draft: &Draft, proposal: &mut Proposal) -> Result<()> {
        let collection = &draft.compiled.collection;
        let Some(before) = draft
            .before
            .as_ref()
            .filter(|_| collection.auth().is_some())
        else {
            return Ok(());
        };
        let stored = collection.field("tokenKey");
        let stored = stored.map_or("", |field| before.text(field.number));
        if stored == draft.text("tokenKey") {
            return Ok(());
        }
        let owner = Owner {
            collection: collection.number,
            record: before.id(),
        };
        owner.plan_removal_of(&*self.reads, Kind::Session, proposal)?;
        owner.plan_removal_of(&*self.reads, Kind::ApiKey, proposal)
    }
}
