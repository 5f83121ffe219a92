//! Writes that happen only while the record is the one that the caller has.
//!
//! - The rule of the write is asked first: whoever may not write learns nothing.
//! - What the caller has is compared with the record that the write is planned on, and the commit
//!   guards that it still is that one.

use std::sync::Arc;

use luge_model::expand::Expand;
use luge_model::record::Record;

use super::{Operation, Records, Submitted};
use crate::access::{Compiled, View};
use crate::context::Context;
use crate::error::{Error, Result};

/// What the caller takes the record for.
pub struct Expected<'a> {
    /// The related records that the caller saw with it; they are compared when the write is
    /// planned, and not guarded.
    pub expand: &'a Expand,
    /// Whether this is what the caller has.
    pub is_current: &'a (dyn Fn(&View) -> bool + Sync),
}

/// What became of such a write.
#[derive(Debug)]
pub enum Conditional<T> {
    /// It happened.
    Done(T),
    /// It did not: the record is another one. What it is now, as far as the caller may view it.
    Changed(Option<Box<View>>),
}

impl Records {
    /// As [`Self::update`], while the record is as expected.
    ///
    /// # Errors
    /// As for [`Self::update`].
    pub async fn update_expected(
        &self,
        context: &Context,
        (collection, id): (&str, &str),
        submitted: impl Into<Submitted>,
        expected: &Expected<'_>,
    ) -> Result<Conditional<View>> {
        let submitted = submitted.into();
        let _turn = self.turn(context, (collection, id)).await;
        self.write(|| async {
            let compiled = self.writable(collection)?;
            let (grant, record) = self.granted(context, &compiled, Operation::Update, id)?;
            let stored = (record.clone(), &submitted);
            let draft = self.draft_update(context, &compiled, &grant, stored)?;
            if let Some(changed) = self.changed(context, &compiled, record, expected)? {
                return Ok(Some(changed));
            }
            let planned = self.plan(draft).await?;
            let done = self.commit(context, planned).await?;
            Ok(done.ok().map(Conditional::Done))
        })
        .await
    }

    /// As [`Self::delete`], while the record is as expected.
    ///
    /// # Errors
    /// As for [`Self::delete`].
    pub async fn delete_expected(
        &self,
        context: &Context,
        (collection, id): (&str, &str),
        expected: &Expected<'_>,
    ) -> Result<Conditional<()>> {
        let _turn = self.turn(context, (collection, id)).await;
        self.write(|| async {
            let compiled = self.writable(collection)?;
            let (record, guards) = self.allowed(context, &compiled, Operation::Delete, id)?;
            let changed = self.changed(context, &compiled, record.clone(), expected)?;
            if let Some(changed) = changed {
                return Ok(Some(changed));
            }
            let merged = self.plan_allowed_delete(context, &compiled, (record, guards));
            let done = self.carry_out(context, merged.await?).await?;
            Ok(done.map(Conditional::Done))
        })
        .await
    }

    /// What a record is, where that is not what the caller has.
    fn changed<T>(
        &self,
        context: &Context,
        compiled: &Arc<Compiled>,
        record: Record,
        expected: &Expected<'_>,
    ) -> Result<Option<Conditional<T>>> {
        let id = record.id().to_owned();
        let mut views = [self.show(context, Arc::clone(compiled), record)?];
        self.expand(context, expected.expand, &mut views)?;
        let [view] = views;
        if (expected.is_current)(&view) {
            return Ok(None);
        }
        match self.allowed(context, compiled, Operation::View, &id) {
            Ok(_) => Ok(Some(Conditional::Changed(Some(Box::new(view))))),
            Err(Error::MissingRecord | Error::SuperusersOnly) => {
                Ok(Some(Conditional::Changed(None)))
            }
            Err(error) => Err(error),
        }
    }
}
