//! Getting existing records ready for a new definition, beside the old one.
//!
//! Two ways, both invisible to readers until the final commit:
//! - *New indexes.* The old definition is committed with the new indexes marked as being built, so
//!   that writers keep their entries up from then on (a write planned before fails its guard); then
//!   entries are made for the records that exist. Reads pass such indexes by.
//! - *Values that change between single and multiple.* The field gets a new number and the
//!   collection is frozen: writes wait, reads go on with the old number, and every record is
//!   rewritten with both values. The alternative, a copy under another collection number, would
//!   double the storage and take the records away from the change log and from references; a mark
//!   that makes readers convert would cost every read for ever.
//!
//! Either is undone by committing the old definition again. A definition found in such a state at
//! the start belongs to a change that nobody was told about: it is undone.

use std::sync::Arc;

use luge_model::collection::Collection;
use luge_model::field::Field;
use luge_model::index::{IndexDefinition, IndexState};

use super::Definitions;
use super::change::{Failure, Plan, Swap};
use super::fill::Fill;
use super::numbers::Numbers;
use crate::commit::Proposal;
use crate::error::Result;

/// What existing records need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    Nothing,
    Entries,
    Conversion,
}

impl Definitions {
    /// Prepares one plan; afterwards its `before` is the definition that is stored meanwhile.
    pub(super) async fn prepare(
        &self,
        plan: &mut Plan,
        numbers: Numbers,
    ) -> std::result::Result<(), Failure> {
        let Plan {
            before: Some(before),
            after: Some(after),
        } = plan
        else {
            return Ok(());
        };
        let need = need(before, after);
        if need == Need::Nothing {
            return Ok(());
        }
        let meanwhile = match need {
            Need::Conversion => Collection {
                frozen: true,
                ..before.as_ref().clone()
            },
            Need::Entries | Need::Nothing => with_building(before, after),
        };
        let mut swap = Swap::new(Proposal::default(), numbers, self.clock.now());
        swap.add(Some(before), Some(meanwhile), self.committer.serial());
        let stored = super::only(self.publish(swap).await?)?;
        *before = Arc::clone(&stored);
        let fill = Fill {
            before: &stored,
            after,
        };
        fill.run(&self.committer, &self.clock).await
    }

    /// Puts the old definition back where a preparation replaced it.
    pub(super) async fn undo(&self, plan: &mut Plan, numbers: Numbers) -> Result<()> {
        let Some(stored) = plan.before.take() else {
            return Ok(());
        };
        if let Some(restored) = restored(&stored) {
            let mut swap = Swap::new(Proposal::default(), numbers, self.clock.now());
            swap.add(Some(&stored), Some(restored), self.committer.serial());
            self.publish(swap).await?;
        }
        Ok(())
    }
}

/// The definition as it was before a preparation; `None` when none was under way.
pub(super) fn restored(stored: &Collection) -> Option<Collection> {
    let is_building = |index: &IndexDefinition| index.state == IndexState::Building;
    let is_prepared = stored.frozen
        || !stored.pending_fields.is_empty()
        || stored.indexes.iter().any(is_building);
    if !is_prepared {
        return None;
    }
    let mut restored = stored.clone();
    restored.frozen = false;
    restored.pending_fields.clear();
    restored.indexes.retain(|index| !is_building(index));
    Some(restored)
}

pub(super) fn need(before: &Collection, after: &Collection) -> Need {
    let is_converted = |new: &Field| {
        before
            .field_by_id(&new.id)
            .is_some_and(|old| old.number != new.number)
    };
    if after.fields.iter().any(is_converted) {
        Need::Conversion
    } else if after.indexes.iter().any(|index| is_new(before, index)) {
        Need::Entries
    } else {
        Need::Nothing
    }
}

fn is_new(before: &Collection, index: &IndexDefinition) -> bool {
    !before.indexes.iter().any(|old| old.number == index.number)
}

/// The old definition plus the new indexes under construction and the fields that they need.
fn with_building(before: &Collection, after: &Collection) -> Collection {
    let mut meanwhile = before.clone();
    meanwhile.next_field_number = after.next_field_number;
    let is_pending = |field: &&Field| before.field_by_number(field.number).is_none();
    meanwhile.pending_fields = after.fields.iter().filter(is_pending).cloned().collect();
    for index in after.indexes.iter().filter(|index| is_new(before, index)) {
        meanwhile.indexes.push(IndexDefinition {
            state: IndexState::Building,
            ..index.clone()
        });
    }
    meanwhile
}
