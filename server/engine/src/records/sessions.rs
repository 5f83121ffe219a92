//! No token holds after its record's token key changed, so none of the sign-ins goes on and no API
//! key of the record is worth anything: they end in the commit that changes it, and with them what
//! was begun or mailed to sign in with. A new password makes every place of a sign-in new (contract
//! §2.4).

use luge_model::limits::CASCADE_RECORDS_MAX;

use super::Records;
use super::delete::Cascade;
use super::draft::Draft;
use super::owned::Owner;
use crate::belongings::{self, Kind};
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Error, Result};

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
        let owner = belongings::Owner {
            collection: collection.number,
            record: before.id(),
        };
        for kind in [Kind::Session, Kind::Mailed, Kind::ApiKey] {
            owner.plan_removal_of(&*self.reads, kind, proposal)?;
        }
        let mut begun = vec!["_mfas", "_otps"];
        begun.extend(draft.has_new_password().then_some("_authOrigins"));
        let mut cascade = Cascade::default();
        for name in begun {
            let compiled = self.compiled(name)?;
            let owner = Owner::record(collection, before);
            cascade.take_along(self.owned_in(&compiled, owner, CASCADE_RECORDS_MAX)?);
        }
        let system = Context::system(Default::default());
        let merged = self.plan_cascade(&system, cascade)?;
        proposal.join(merged.ok_or(Error::Contended)?.proposal);
        Ok(())
    }
}
