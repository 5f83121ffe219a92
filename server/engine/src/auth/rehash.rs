//! Replaces a password hash of an old kind, at a sign-in that proved the password.

use luge_model::id::FieldNumber;
use luge_model::record::Record;
use luge_model::value::ValueRef;

use super::Auth;
use crate::access::Compiled;
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::Result;
use crate::records::plan_replacement;

impl Auth {
    /// Hashes a password anew. That is housekeeping: the sign-in does not depend on it, so a record
    /// that was changed meanwhile, or a full disk, only leaves the old hash in place.
    pub(super) async fn rehash(
        &self,
        context: &Context,
        compiled: &Compiled,
        record: &Record,
        password: &str,
    ) {
        if let Err(error) = self.replace_hash(context, compiled, record, password).await {
            tracing::warn!(
                collection = %compiled.collection.name, record = record.id(), %error,
                "an old password hash was not replaced"
            );
        }
    }

    async fn replace_hash(
        &self,
        context: &Context,
        compiled: &Compiled,
        record: &Record,
        password: &str,
    ) -> Result<()> {
        let Some(field) = compiled.collection.field("password") else {
            return Ok(());
        };
        let hash = self.hashes.hash(password).await?;
        let after = with_text(record, self.committer.serial(), field.number, &hash);
        let mut proposal = Proposal {
            now: context.now,
            ..Proposal::default()
        };
        plan_replacement(&mut proposal, &compiled.collection, record, &after);
        self.committer.commit(proposal).await?;
        Ok(())
    }
}

/// The record with one text replaced.
fn with_text(record: &Record, revision: u64, number: FieldNumber, text: &str) -> Record {
    let others = record.values().filter(|(other, _)| *other != number);
    let values = others.chain([(number, ValueRef::Text(text))]);
    Record::build_from_refs(record.rowid(), revision, values)
}
