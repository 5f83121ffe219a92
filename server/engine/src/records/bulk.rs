//! Changing or removing all records that a filter selects, in one commit.
//!
//! - The filter selects among the records that the caller may list.
//! - The rule must hold for every selected record, and every one must be valid; else nothing
//!   happens.
//! - Unique values are judged by the state after the operation: values may move from one selected
//!   record to another, and two of them cannot get the same.

use std::collections::HashSet;
use std::sync::Arc;

use luge_model::limits::BULK_RECORDS_MAX;
use luge_model::record::Record;

use super::planned::{Planned, Stakes};
use super::{Body, Records, Submitted};
use crate::access::{Compiled, Operation};
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::query::ListRequest;
use crate::store::{CommitError, Guard, Key};

#[cfg(test)]
mod tests;

/// Which records an operation is about.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// A filter; an empty one is refused.
    pub filter: String,
    /// Only counts, and changes nothing.
    pub preview: bool,
}

/// The updates of several records as one.
struct Merged {
    compiled: Arc<Compiled>,
    proposal: Proposal,
    /// For each update, the place of its first guard, and what its guards stand for.
    stakes: Vec<(usize, Stakes)>,
}

impl Records {
    /// Changes every selected record alike; the number of records.
    ///
    /// # Errors
    /// [`Error::BadRequest`] where the filter is missing, selects too many records, or some that
    /// the caller may not change; [`Error::Refused`] where a value is refused.
    pub async fn update_selected(
        &self,
        context: &Context,
        collection: &str,
        selection: &Selection,
        body: Body,
    ) -> Result<usize> {
        let submitted = Submitted::from(body);
        self.write(|| async {
            let compiled = self.writable(collection)?;
            let grant = compiled.grant(context, Operation::Update)?;
            let records = self.selected(context, &compiled, selection)?;
            let count = records.len();
            let mut drafts = Vec::with_capacity(count);
            for record in records {
                match self.draft_update(context, &compiled, &grant, (record, &submitted)) {
                    Ok(draft) => drafts.push(draft),
                    Err(Error::MissingRecord) => {}
                    Err(error) => return Err(error),
                }
            }
            expect_all(Operation::Update, drafts.len(), count)?;
            if selection.preview || count == 0 {
                return Ok(Some(count));
            }
            let mut updates = Vec::with_capacity(count);
            for draft in drafts {
                updates.push(self.plan(draft).await?);
            }
            let merged = Merged::of(compiled, updates)?;
            self.commit_merged(context, merged)
                .await
                .map(|done| done.then_some(count))
        })
        .await
    }

    /// Removes every selected record, and with them or from others what refers to them; the number
    /// of selected records.
    ///
    /// # Errors
    /// As for [`Self::update_selected`], and as for [`Self::delete`].
    pub async fn delete_selected(
        &self,
        context: &Context,
        collection: &str,
        selection: &Selection,
    ) -> Result<usize> {
        self.write(|| async {
            let compiled = self.writable(collection)?;
            let grant = compiled.grant(context, Operation::Delete)?;
            let records = self.selected(context, &compiled, selection)?;
            let count = records.len();
            let lookups = self.query.lookups(context, &compiled.snapshot);
            let environment = lookups.environment();
            let allowed = records.iter();
            let allowed = allowed.filter(|record| grant.allows(&environment, *record));
            let allowed = allowed.count();
            lookups.check()?;
            expect_all(Operation::Delete, allowed, count)?;
            if selection.preview || count == 0 {
                return Ok(Some(count));
            }
            let mut proposal = self.plan_delete(context, &compiled, records)?;
            proposal.guards.extend(lookups.guards());
            let done = self.carry_out(proposal).await?;
            Ok(done.map(|()| count))
        })
        .await
    }

    /// The records that the caller may list and that the filter selects.
    fn selected(
        &self,
        context: &Context,
        compiled: &Compiled,
        selection: &Selection,
    ) -> Result<Vec<Record>> {
        if selection.filter.trim().is_empty() {
            return Err(Error::BadRequest(
                "The filter is missing; id != \"\" selects all records.".to_owned(),
            ));
        }
        let request = ListRequest {
            per_page: BULK_RECORDS_MAX,
            filter: selection.filter.clone(),
            ..ListRequest::default()
        };
        let page = self.query.list(context, compiled, &request)?;
        let total = page.total_items.unwrap_or_default();
        if total > BULK_RECORDS_MAX as u64 {
            return Err(Error::BadRequest(format!(
                "The filter selects {total} records; one operation takes at most \
                 {BULK_RECORDS_MAX}. Nothing was changed."
            )));
        }
        Ok(page.items)
    }

    /// Whether the updates were committed; they are to be planned again otherwise.
    async fn commit_merged(&self, context: &Context, merged: Merged) -> Result<bool> {
        let Merged {
            compiled,
            mut proposal,
            stakes,
        } = merged;
        proposal.now = context.now;
        match self.committer.commit(proposal).await {
            Ok(_) => Ok(true),
            Err(CommitError::Guard(guard)) => {
                let of_guard = stakes.iter().rev().find(|(first, _)| *first <= guard);
                if let Some((first, stakes)) = of_guard {
                    stakes.verdict(&compiled, guard - first)?;
                }
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }
}

impl Merged {
    /// # Errors
    /// [`Error::Refused`] where two records get the same unique value.
    fn of(compiled: Arc<Compiled>, updates: Vec<Planned>) -> Result<Self> {
        let released: HashSet<Key> = updates
            .iter()
            .flat_map(|update| update.proposal.deletes.iter().cloned())
            .collect();
        let mut taken: HashSet<Key> = HashSet::new();
        let mut merged = Self {
            compiled,
            proposal: Proposal::default(),
            stakes: Vec::with_capacity(updates.len()),
        };
        for update in updates {
            let Planned {
                mut proposal,
                mut stakes,
                ..
            } = update;
            for (position, guard) in proposal.guards.iter_mut().enumerate() {
                let Guard::Absent(key) = guard else { continue };
                if !stakes.is_unique(position) {
                    continue;
                }
                if !taken.insert(key.clone()) {
                    stakes.verdict(&merged.compiled, position)?;
                }
                if released.contains(key) {
                    // It is there until the commit; where it is not, the plan is outdated.
                    *guard = Guard::Present(key.clone());
                    stakes.unique.retain(|(guard, _)| *guard != position);
                }
            }
            merged.stakes.push((merged.proposal.guards.len(), stakes));
            let all = &mut merged.proposal;
            all.guards.extend(proposal.guards);
            all.puts.extend(proposal.puts);
            all.deletes.extend(proposal.deletes);
            for (counter, by) in proposal.increments {
                all.count(counter, by);
            }
            all.changes.extend(proposal.changes);
        }
        merged.proposal.deletes.retain(|key| !taken.contains(key));
        Ok(merged)
    }
}

fn expect_all(operation: Operation, allowed: usize, count: usize) -> Result<()> {
    if allowed == count {
        return Ok(());
    }
    let verb = match operation {
        Operation::Delete => "delete",
        _ => "update",
    };
    Err(Error::BadRequest(format!(
        "The caller may {verb} {allowed} of the {count} records that the filter selects. Nothing \
         was changed."
    )))
}
