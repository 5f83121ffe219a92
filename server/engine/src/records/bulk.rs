//! Changing or removing all records that a filter selects, in one commit.
//!
//! - The filter selects among the records that the caller may list.
//! - The rule must hold for every selected record, and every one must be valid; else nothing
//!   happens.

use luge_model::limits::BULK_RECORDS_MAX;
use luge_model::record::Record;

use super::merged::Merged;
use super::{Body, Records, Submitted};
use crate::access::{Compiled, Operation};
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::query::ListRequest;

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
            let grant = compiled.admit(context, Operation::Update)?;
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
            let empty = Proposal {
                now: context.now,
                ..Proposal::default()
            };
            let done = self.carry_out(context, Merged::of(empty, updates)?).await?;
            Ok(done.map(|()| count))
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
            let grant = compiled.admit(context, Operation::Delete)?;
            let records = self.selected(context, &compiled, selection)?;
            let count = records.len();
            let lookups = self.query.lookups(context, &compiled.snapshot);
            let environment = lookups.environment();
            let asked = (context, Operation::Delete);
            let allowed = records.iter().filter(|record| {
                let record: &Record = record;
                compiled.allows(asked, &grant, (&environment, record))
            });
            let allowed = allowed.count();
            lookups.check()?;
            expect_all(Operation::Delete, allowed, count)?;
            if selection.preview || count == 0 {
                return Ok(Some(count));
            }
            let mut merged = self.plan_delete(context, &compiled, records)?;
            merged.proposal.guards.extend(lookups.guards());
            let done = self.carry_out(context, merged).await?;
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
