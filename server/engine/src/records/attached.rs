//! What the server itself writes of records at a sign-in: the sign-ins, codes and links that
//! belong to an auth record by name (contract §2.4), and the auth record. Each is planned into the
//! proposal of the sign-in, so that all of it is one commit.

use luge_model::collection::Collection;
use luge_model::record::Record;

use super::owned::Owner;
use super::{Body, Records, Submitted};
use crate::access::Compiled;
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::Result;
use crate::store::key;

impl Records {
    /// The records of a collection such as `_mfas` that belong to an auth record, at most `limit`.
    ///
    /// # Errors
    /// When the store fails.
    pub fn attached(
        &self,
        collection: &str,
        (of, record): (&Collection, &Record),
        limit: usize,
    ) -> Result<Vec<Record>> {
        let compiled = self.compiled(collection)?;
        let owned = self.owned_in(&compiled, Owner::record(of, record), limit)?;
        let records = owned.records.into_iter();
        Ok(records.map(|(_, record)| record).collect())
    }

    /// Plans a new record; it as it will be.
    ///
    /// # Errors
    /// As for [`Self::create`].
    pub async fn plan_attached(
        &self,
        context: &Context,
        collection: &str,
        body: Body,
        proposal: &mut Proposal,
    ) -> Result<Record> {
        let system = Context::system(context.now);
        let submitted = body.into();
        let planned = self.plan_create(&system, collection, &submitted).await?;
        proposal.join(planned.proposal);
        proposal.now = context.now;
        Ok(planned.record)
    }

    /// Plans that a record goes, which fails where it was changed or is gone.
    ///
    /// # Errors
    /// As for [`Self::delete`].
    pub fn plan_detached(
        &self,
        context: &Context,
        collection: &str,
        record: Record,
        proposal: &mut Proposal,
    ) -> Result<()> {
        let compiled = self.compiled(collection)?;
        // It may go with what else the proposal does, such as a change of its owner.
        let place = key::record(compiled.collection.number, record.id());
        if proposal.deletes.contains(&place) {
            return Ok(());
        }
        let system = Context::system(context.now);
        let merged = self.plan_delete(&system, &compiled, vec![record])?;
        proposal.join(merged.proposal);
        Ok(())
    }

    /// Plans a change of an auth record as the server makes it; it as it will be.
    ///
    /// # Errors
    /// As for [`Self::update`].
    pub async fn plan_changed(
        &self,
        context: &Context,
        compiled: &Compiled,
        (record, submitted): (&Record, impl Into<Submitted>),
        proposal: &mut Proposal,
    ) -> Result<Record> {
        let system = Context::system(context.now);
        let place = (&*compiled.collection.id, record.id());
        let submitted = submitted.into();
        let planned = self.plan_update(&system, place, &submitted).await?;
        proposal.join(planned.proposal);
        proposal.now = context.now;
        Ok(planned.record)
    }
}
