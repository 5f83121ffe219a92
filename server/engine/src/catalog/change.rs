//! Carrying a change of definitions out: numbers, preparation, one commit, the new snapshot.

use std::ops::ControlFlow;
use std::sync::Arc;

use luge_model::collection::Collection;
use luge_model::id::CollectionNumber;
use luge_model::invalid::Violations;
use luge_model::limits::{WEBHOOKS_MAX, WRITE_ATTEMPTS_MAX};
use luge_model::timestamp::Timestamp;

use super::cleanup::Leftover;
use super::numbers::Numbers;
use super::{Definitions, definition_guard, refused, stored};
use crate::commit::Proposal;
use crate::error::{Action, Error, Result};
use crate::store::{Direction, Guard, KeyRange, key};

/// A collection before and after a change; `None` before: it is new, `None` after: it goes.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) before: Option<Arc<Collection>>,
    pub(super) after: Option<Collection>,
}

/// Why a change was not carried out; nothing of it is left.
#[derive(Debug)]
pub(super) enum Failure {
    /// Existing records do not allow it.
    Refused {
        collection: String,
        violations: Violations,
    },
    /// Anything else.
    Error(Error),
}

impl Failure {
    pub(super) fn into_error(self, action: Action) -> Error {
        match self {
            Self::Refused { violations, .. } => refused(action, violations),
            Self::Error(error) => error,
        }
    }
}

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

impl Definitions {
    /// Carries out changes of several collections, all or none, and gives those that stay.
    pub(super) async fn apply(
        &self,
        plans: Vec<Plan>,
        numbers: &mut Numbers,
    ) -> std::result::Result<Vec<Arc<Collection>>, Failure> {
        let mut nothing = |_: &[Plan]| Ok(Proposal::default());
        self.apply_with(plans, &mut nothing, numbers).await
    }

    /// The same, with more writes in the same commit, which are made anew when the commit fails
    /// because what they stand on has changed.
    pub(super) async fn apply_with(
        &self,
        mut plans: Vec<Plan>,
        writes: &mut (dyn FnMut(&[Plan]) -> Result<Proposal> + Send),
        numbers: &mut Numbers,
    ) -> std::result::Result<Vec<Arc<Collection>>, Failure> {
        for plan in &mut plans {
            self.check_id_is_free(plan)?;
            give_numbers(plan, numbers);
        }
        for position in 0..plans.len() {
            let prepared = match plans.get_mut(position) {
                Some(plan) => self.prepare(plan, *numbers).await,
                None => Ok(()),
            };
            if let Err(failure) = prepared {
                for plan in plans.iter_mut().take(position + 1) {
                    self.undo(plan, *numbers).await?;
                }
                return Err(failure);
            }
        }
        let mut outcome = Err(Error::Contended);
        for _ in 0..WRITE_ATTEMPTS_MAX {
            outcome = match writes(&plans) {
                Ok(writes) => self.commit_plans(&plans, writes, *numbers).await,
                Err(error) => Err(error),
            };
            if !matches!(outcome, Err(Error::Contended)) {
                break;
            }
        }
        if outcome.is_err() {
            for plan in &mut plans {
                self.undo(plan, *numbers).await?;
            }
        }
        Ok(outcome?)
    }

    /// A collection whose records are still named by others keeps its id for that long.
    fn check_id_is_free(&self, plan: &Plan) -> Result<()> {
        let (None, Some(after)) = (&plan.before, &plan.after) else {
            return Ok(());
        };
        let departed = self.committer.store().get(&key::departed(&after.id))?;
        match departed {
            None => Ok(()),
            Some(_) => Err(Error::BadRequest(format!(
                "What belonged to the former collection with the id {} is still being removed; try \
                 again in a moment.",
                after.id
            ))),
        }
    }

    /// One commit for all of them.
    async fn commit_plans(
        &self,
        plans: &[Plan],
        writes: Proposal,
        numbers: Numbers,
    ) -> Result<Vec<Arc<Collection>>> {
        let mut swap = Swap::new(writes, numbers, self.clock.now());
        for plan in plans {
            swap.add(
                plan.before.as_deref(),
                plan.after.clone(),
                self.committer.serial(),
            );
        }
        for plan in plans {
            self.take_webhooks_along(plan, &mut swap.proposal)?;
        }
        let labels = self.settings.relabelled(&renamed(plans)).await;
        if let Some(labels) = &labels {
            labels.write(&mut swap.proposal);
        }
        let changed = self.publish(swap).await?;
        if let Some(labels) = labels {
            labels.committed();
        }
        Ok(changed)
    }

    /// The webhooks of a collection go in the commit that removes it.
    fn take_webhooks_along(&self, plan: &Plan, proposal: &mut Proposal) -> Result<()> {
        let (Some(before), None) = (&plan.before, &plan.after) else {
            return Ok(());
        };
        let range = key::webhook_range(&before.id);
        let mut keys = Vec::new();
        let store = self.committer.store();
        store.scan(&range, Direction::Forward, WEBHOOKS_MAX, &mut |key, _| {
            keys.push(key.to_vec());
            ControlFlow::Continue(())
        })?;
        proposal.deletes.extend(keys.iter().cloned());
        proposal.guards.push(Guard::Only { range, keys });
        Ok(())
    }

    /// Commits definitions and replaces the snapshot by one that has them.
    pub(super) async fn publish(&self, swap: Swap) -> Result<Vec<Arc<Collection>>> {
        let Swap {
            mut proposal,
            changes,
            leftovers,
        } = swap;
        let version = self.committer.serial();
        if let Some(work) = Leftover::proposal_entry(&leftovers, self.committer.serial()) {
            proposal.puts.push(work);
        }
        stored::close(&mut proposal.puts, self.settings.vault());
        let publishing = self.publishing.lock().await;
        self.committer.commit(proposal).await?;
        let changed: Vec<_> = changes
            .iter()
            .filter_map(|(_, after)| after.clone())
            .collect();
        self.snapshot
            .store(Arc::new(self.snapshot().with(version, changes)));
        drop(publishing);
        // A full channel means that the job is about to look anyway.
        let _ = self.leftovers.try_send(());
        Ok(changed)
    }
}

/// Old and new names of the collections that get another one.
fn renamed(plans: &[Plan]) -> Vec<(String, String)> {
    let names = plans.iter().filter_map(|plan| {
        let names = (plan.before.as_ref()?, plan.after.as_ref()?);
        Some((names.0.name.clone(), names.1.name.clone()))
    });
    names.filter(|(old, new)| old != new).collect()
}

/// Definitions that are replaced in one commit.
#[derive(Debug)]
pub(super) struct Swap {
    pub(super) proposal: Proposal,
    changes: Vec<(Option<CollectionNumber>, Option<Arc<Collection>>)>,
    leftovers: Vec<KeyRange>,
}

impl Swap {
    /// Begins with other writes of the same commit.
    pub(super) fn new(writes: Proposal, numbers: Numbers, now: Timestamp) -> Self {
        let mut proposal = Proposal { now, ..writes };
        proposal.puts.push(numbers.put());
        Self {
            proposal,
            changes: Vec::new(),
            leftovers: Vec::new(),
        }
    }

    /// Whether nothing is replaced.
    pub(super) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Replaces one definition by another, which gets a revision of its own.
    pub(super) fn add(
        &mut self,
        before: Option<&Collection>,
        after: Option<Collection>,
        revision: u64,
    ) {
        let after = after.map(|collection| {
            Arc::new(Collection {
                revision,
                ..collection
            })
        });
        let old_key = before.map(|before| key::catalog(before.number));
        let new_key = after.as_ref().map(|after| key::catalog(after.number));
        if let Some(before) = before {
            self.proposal.guards.push(unchanged(before));
        }
        if let (Some(after), Some(new_key)) = (&after, new_key.clone()) {
            if old_key.as_ref() != Some(&new_key) {
                self.proposal.guards.push(Guard::Absent(new_key.clone()));
            }
            if before.is_none() {
                let departed = key::departed(&after.id);
                self.proposal.guards.push(Guard::Absent(departed));
            }
            self.proposal.puts.push((new_key, stored::encode(after)));
        }
        if let Some(old_key) = old_key.filter(|key| Some(key) != new_key.as_ref()) {
            self.proposal.deletes.push(old_key);
        }
        if let Some(before) = before {
            self.leftovers.extend(left_behind(before, after.as_deref()));
        }
        self.changes
            .push((before.map(|before| before.number), after));
    }
}

/// The definition is the one that was read, even while it is frozen for writers of records.
fn unchanged(collection: &Collection) -> Guard {
    definition_guard(&Collection {
        frozen: false,
        ..collection.clone()
    })
}

/// The keys that nothing owns any more.
fn left_behind(before: &Collection, after: Option<&Collection>) -> Vec<KeyRange> {
    let after = after.filter(|after| after.number == before.number);
    let Some(after) = after else {
        return key::collection_ranges(before.number).to_vec();
    };
    let lost_index = |number| !after.indexes.iter().any(|index| index.number == number);
    let mut ranges: Vec<_> = before
        .indexes
        .iter()
        .filter(|index| lost_index(index.number))
        .flat_map(|index| key::index_ranges(before.number, index.number))
        .collect();
    let lost_field = |number| after.field_by_number(number).is_none();
    let relations = before
        .fields
        .iter()
        .filter(|field| field.kind.as_relation().is_some());
    ranges.extend(
        relations
            .filter(|field| lost_field(field.number))
            .map(|field| key::reference_field_range(before.number, field.number)),
    );
    ranges
}

fn give_numbers(plan: &mut Plan, numbers: &mut Numbers) {
    let Some(after) = &mut plan.after else { return };
    if plan.before.is_none() {
        after.number = numbers.collection();
        after.order = after.number.0;
    }
    numbers.indexes(after);
}
