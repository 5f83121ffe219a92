//! A write ready to commit, and what a failed guard of it means.

use std::sync::Arc;

use luge_model::collection::Collection;
use luge_model::invalid::{Violation, Violations};
use luge_model::record::Record;

use crate::access::Compiled;
use crate::catalog::definition_guard;
use crate::changes::{Change, ChangeKind};
use crate::commit::Proposal;
use crate::error::{Action, Error, Result, Subject};
use crate::files::Placed;
use crate::index;
use crate::store::{Guard, key};

/// A write ready to commit.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) proposal: Proposal,
    pub(super) compiled: Arc<Compiled>,
    pub(super) record: Record,
    pub(super) stakes: Stakes,
    /// The files that were stored for it.
    pub(super) placed: Placed,
}

/// Guards that say that the id of a new record is free, each with what is wrong where it is not.
pub(super) type IdGuards = Vec<(usize, fn() -> Violation)>;

/// What the guards of a write stand for.
#[derive(Debug)]
pub(super) struct Stakes {
    pub(super) action: Action,
    /// The guards that say that the id is free, and what is wrong where it is not.
    pub(super) id: IdGuards,
    /// Guards of unique entries and the positions of their indexes.
    pub(super) unique: Vec<(usize, usize)>,
}

impl Stakes {
    /// Whether the guard at `position` says that a unique value is free.
    pub(super) fn is_unique(&self, position: usize) -> bool {
        self.unique.iter().any(|(guard, _)| *guard == position)
    }

    /// What it means that the guard at `position` failed: `Ok` when the write is to be planned
    /// again.
    pub(super) fn verdict(&self, compiled: &Compiled, position: usize) -> Result<()> {
        if let Some((_, violation)) = self.id.iter().find(|(guard, _)| *guard == position) {
            return Err(self.refused(Violations::of("id", violation())));
        }
        let index = self.unique.iter().find(|(guard, _)| *guard == position);
        let Some(index) = index.and_then(|(_, index)| compiled.collection.indexes.get(*index))
        else {
            return Ok(());
        };
        let mut violations = Violations::new();
        for column in &index.columns {
            if let Some(field) = compiled.collection.field_by_number(column.field) {
                violations.add(&field.name, not_unique());
            }
        }
        Err(self.refused(violations))
    }

    fn refused(&self, violations: Violations) -> Error {
        refused(self.action, violations)
    }
}

/// Plans that `after` takes the place of `before`; the indexes whose unique entries were guarded.
pub(crate) fn plan_replacement(
    proposal: &mut Proposal,
    collection: &Collection,
    before: &Record,
    after: &Record,
) -> Vec<(usize, usize)> {
    let record_key = key::record(collection.number, before.id());
    proposal.guards.push(definition_guard(collection));
    proposal.guards.push(Guard::Unchanged {
        key: record_key.clone(),
        prefix: before.guard_prefix().to_vec(),
    });
    proposal.puts.push((record_key, after.as_bytes().to_vec()));
    proposal.changes.push(Change {
        kind: ChangeKind::Update,
        collection: collection.number,
        record: before.id().to_owned(),
        revision: after.revision(),
        before: Some(before.as_bytes().to_vec()),
    });
    let old = index::entries(collection, before.id(), before);
    let new = index::entries(collection, after.id(), after);
    index::plan(proposal, old, new)
}

/// A record write that was refused because of its values.
pub(super) fn refused(action: Action, violations: Violations) -> Error {
    Error::Refused {
        action,
        subject: Subject::Record,
        violations,
        reason: None,
    }
}

pub(super) fn not_unique() -> Violation {
    Violation::new("validation_not_unique", "Value must be unique.")
}

/// As [`not_unique`], where ids that differ only in case count as the same.
pub(super) fn id_taken_in_some_case() -> Violation {
    Violation::new(
        "validation_pk_invalid",
        "The record primary key is invalid or already exists.",
    )
}

pub(super) fn id_taken_elsewhere() -> Violation {
    Violation::new(
        "validation_invalid_auth_id",
        "Invalid or duplicated auth record id.",
    )
}
