//! Writes of several records as one proposal.
//!
//! - Unique values are judged by the state after the operation: values may move from one of the
//!   records to another, and two of them cannot get the same.

use std::collections::HashSet;
use std::sync::Arc;

use super::Records;
use super::planned::{Planned, Stakes};
use crate::access::Compiled;
use crate::commit::Proposal;
use crate::context::{Context, Part};
use crate::error::Result;
use crate::files::Placed;
use crate::store::{CommitError, Guard, Key};

/// Several writes as one.
#[derive(Debug)]
pub(super) struct Merged {
    pub(super) proposal: Proposal,
    /// The files that were stored for them.
    pub(super) placed: Vec<Placed>,
    /// For each write, the place of its first guard, and what its guards stand for.
    stakes: Vec<(usize, Arc<Compiled>, Stakes)>,
}

impl Merged {
    /// What `base` does and all of `writes`.
    ///
    /// # Errors
    /// [`Error::Refused`](crate::error::Error::Refused) where two records get the same unique
    /// value.
    pub(super) fn of(base: Proposal, writes: Vec<Planned>) -> Result<Self> {
        let proposals = writes.iter().map(|write| &write.proposal);
        let released: HashSet<Key> = proposals
            .chain([&base])
            .flat_map(|proposal| proposal.deletes.iter().cloned())
            .collect();
        let mut taken: HashSet<Key> = HashSet::new();
        let mut merged = Self {
            proposal: base,
            placed: Vec::new(),
            stakes: Vec::with_capacity(writes.len()),
        };
        for write in writes {
            let Planned {
                mut proposal,
                compiled,
                mut stakes,
                placed,
                ..
            } = write;
            merged.placed.push(placed);
            for (position, guard) in proposal.guards.iter_mut().enumerate() {
                let Guard::Absent(key) = guard else { continue };
                if !stakes.is_unique(position) {
                    continue;
                }
                if !taken.insert(key.clone()) {
                    stakes.verdict(&compiled, position)?;
                }
                if released.contains(key) {
                    // It is there until the commit; where it is not, the plan is outdated.
                    *guard = Guard::Present(key.clone());
                    stakes.unique.retain(|(guard, _)| *guard != position);
                }
            }
            let first = merged.proposal.guards.len();
            merged.stakes.push((first, compiled, stakes));
            let all = &mut merged.proposal;
            all.guards.extend(proposal.guards);
            all.puts.extend(proposal.puts);
            all.deletes.extend(proposal.deletes);
            for (counter, by) in proposal.increments {
                all.count(counter, by);
            }
            all.changes.extend(proposal.changes);
            all.witnesses.extend(proposal.witnesses);
        }
        merged.proposal.deletes.retain(|key| !taken.contains(key));
        Ok(merged)
    }

    /// What it means that a guard failed: `Ok` when the operation is to be planned again. Guards
    /// that were added after [`Self::of`] stand for nothing else.
    pub(super) fn verdict(&self, guard: usize) -> Result<()> {
        let mut stakes = self.stakes.iter().rev();
        match stakes.find(|(first, ..)| *first <= guard) {
            Some((first, compiled, stakes)) => stakes.verdict(compiled, guard - first),
            None => Ok(()),
        }
    }
}

impl Records {
    /// Commits; `None` when it was overtaken and is to be planned again.
    pub(super) async fn carry_out(
        &self,
        context: &Context,
        mut merged: Merged,
    ) -> Result<Option<()>> {
        let proposal = std::mem::take(&mut merged.proposal);
        let commit = self.committer.commit(proposal);
        let outcome = context.account.measured(Part::Commit, commit).await;
        for placed in std::mem::take(&mut merged.placed) {
            placed.settle(outcome.as_ref()).await;
        }
        match outcome {
            Ok(_) => Ok(Some(())),
            Err(CommitError::Guard(guard)) => merged.verdict(guard).map(|()| None),
            Err(error) => Err(error.into()),
        }
    }
}
