//! Replaces a password hash of an old kind, at a sign-in that proved the password.

use luge_model::id::FieldNumber;
use luge_model::record::Record;
use luge_model::value::ValueRef;

use super::Auth;
use crate::access::Compiled;
use crate::changes::{Change, ChangeKind};
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::Result;
use crate::index;
use crate::store::{Guard, key};

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
        let collection = &compiled.collection;
        let place = key::record(collection.number, record.id());
        let mut proposal = Proposal {
            now: context.now,
            ..Proposal::default()
        };
        proposal.guards.push(Guard::Unchanged {
            key: place.clone(),
            prefix: record.guard_prefix().to_vec(),
        });
        // The hash itself is in no index that is of use, but whoever made one gets it right.
        let entries = |record: &Record| index::entries(collection, record.id(), record);
        index::plan(&mut proposal, entries(record), entries(&after));
        proposal.puts.push((place, after.as_bytes().to_vec()));
        proposal.changes.push(Change {
            kind: ChangeKind::Update,
            collection: collection.number,
            record: record.id().to_owned(),
            revision: after.revision(),
            before: Some(record.as_bytes().to_vec()),
        });
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
