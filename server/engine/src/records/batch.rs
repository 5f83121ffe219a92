//! Several writes of records as one (contract §1.4): all of them happen or none.
//!
//! - Each request is planned on the state that the ones before it would leave ([`Pending`]): rules,
//!   relations, unique values and cascades are judged as if those had been committed.
//! - All of it is one proposal. What the requests stand on is guarded as for a single write, but
//!   for what the batch itself writes, which is decided while it is planned.
//! - A batch whose guard failed because something changed meanwhile is planned again, whole.
//! - The changes are in the order of the requests.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use luge_model::expand::Expand;
use luge_model::id::CollectionNumber;
use luge_model::limits::BATCH_CHANGES_MAX;
use luge_model::principal::{Identity, Principal};
use luge_model::timestamp::Timestamp;
use serde_json::Value as Json;
use tokio::sync::MutexGuard;

use super::merged::Merged;
use super::once::Keeping;
use super::planned::Planned;
use super::{Operation, Records, Submitted};
use crate::access::View;
use crate::changes::Change;
use crate::commit::{Proposal, Witness};
use crate::context::{Account, Context, Part};
use crate::error::{Error, Result};
use crate::files::Placed;
use crate::store::pending::{Pending, Restated};
use crate::store::{Batch as StoreBatch, CommitError, Guard};

mod sign_up;
#[cfg(test)]
mod tests;

pub use sign_up::Beside;

/// One request of a batch.
#[derive(Clone, Debug)]
pub struct BatchRequest {
    /// Who asks, when, and what rules may see of this request. `@request.method` is set here.
    pub context: Context,
    /// The collection's name or id.
    pub collection: String,
    /// What is to be done.
    pub action: BatchAction,
    /// The values and files.
    pub submitted: Submitted,
    /// The related records to show with the outcome.
    pub expand: Expand,
}

/// What a request of a batch does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BatchAction {
    /// Makes a record.
    Create,
    /// Changes the record with this id.
    Update(String),
    /// Changes the record whose id is submitted where there is one, else makes it.
    Upsert,
    /// Removes the record with this id.
    Delete(String),
}

impl BatchRequest {
    /// The id of the record that an upsert is about.
    fn submitted_id(&self) -> Option<&str> {
        let id = self.submitted.body().get("id").and_then(Json::as_str);
        id.filter(|id| !id.is_empty())
    }

    /// The record that is written, where it is known beforehand.
    fn record(&self) -> Option<(&str, &str)> {
        let id = match &self.action {
            BatchAction::Create => None,
            BatchAction::Upsert => self.submitted_id(),
            BatchAction::Update(id) | BatchAction::Delete(id) => Some(id.as_str()),
        };
        id.map(|id| (self.collection.as_str(), id))
    }
}

impl Records {
    /// Carries out all requests or none; for each the record as the caller sees it, or nothing for
    /// a delete. After `time` no more is planned.
    ///
    /// # Errors
    /// [`Error::BatchFailed`] with the first request that fails; [`Error::BadRequest`] where it
    /// takes too long.
    pub async fn batch(
        &self,
        requests: &[BatchRequest],
        time: Duration,
    ) -> Result<Vec<Option<View>>> {
        let _turns = self.turns_of(requests, None).await;
        let deadline = Deadline::after(time);
        self.write(|| self.attempt_batch(requests, &deadline, &|_| Ok(None)))
            .await
    }

    /// One attempt at a batch, with what is kept of it; `None` when it was overtaken.
    pub(super) async fn attempt_batch(
        &self,
        requests: &[BatchRequest],
        deadline: &Deadline,
        keep: &Keep<'_>,
    ) -> Result<Option<Vec<Option<View>>>> {
        let mut batch = Batch::new(self, account_of(requests));
        let planned = match batch.plan(requests, deadline).await {
            Ok(Some(views)) => keep(&views).map(|kept| Some((views, kept))),
            Ok(None) => Ok(None),
            Err(error) => Err(error),
        };
        match planned {
            Ok(Some((views, kept))) => {
                batch.keeping = kept;
                Ok(batch.commit().await?.then_some(views))
            }
            Ok(None) => {
                batch.give_up().await;
                Ok(None)
            }
            Err(error) => {
                batch.give_up().await;
                Err(error)
            }
        }
    }

    /// The turns of all records that are written, and of a request that is to happen once.
    pub(super) async fn turns_of(
        &self,
        requests: &[BatchRequest],
        once: Option<&str>,
    ) -> Vec<MutexGuard<'_, ()>> {
        let written = requests.iter().filter_map(BatchRequest::record);
        let once = once.map(|once| ("", once));
        let turns = self.turns.take_all(written.chain(once));
        account_of(requests).measured(Part::Wait, turns).await
    }

    /// Whether an upsert of this record would change one rather than make it, as far as is
    /// committed.
    ///
    /// # Errors
    /// When the store fails.
    pub fn upsert_changes(&self, collection: &str, id: &str) -> Result<bool> {
        match self.compiled(collection) {
            Ok(compiled) => Ok(self.query.record(&compiled, id)?.is_some()),
            Err(Error::MissingCollection) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// What a batch keeps of its answer, made before it commits.
pub(super) type Keep<'a> = dyn Fn(&[Option<View>]) -> Result<Option<Keeping>> + Sync + 'a;

/// Until when a batch may be planned.
pub(super) struct Deadline {
    begun: Instant,
    time: Duration,
}

impl Deadline {
    /// So long from now.
    pub(super) fn after(time: Duration) -> Self {
        let begun = Instant::now();
        Self { begun, time }
    }

    fn check(&self) -> Result<()> {
        if self.begun.elapsed() <= self.time {
            return Ok(());
        }
        Err(Error::BadRequest(
            "The batch took longer than the settings allow (batch.timeout). Nothing was changed."
                .to_owned(),
        ))
    }
}

/// A batch while it is planned.
struct Batch<'a> {
    service: &'a Records,
    pending: Arc<Pending>,
    /// The service over the requests that were planned so far.
    records: Records,
    changed: HashSet<CollectionNumber>,
    guards: Vec<Guard>,
    /// For each guard, the request whose it is, and its position there.
    origins: Vec<(usize, usize)>,
    steps: Vec<Merged>,
    changes: Vec<Change>,
    witnesses: Vec<Arc<dyn Witness>>,
    now: Timestamp,
    keeping: Option<Keeping>,
    account: Account,
}

impl<'a> Batch<'a> {
    fn new(service: &'a Records, account: Account) -> Self {
        let pending = Arc::new(Pending::over(Arc::clone(&service.reads)));
        Self {
            service,
            records: service.over(Arc::clone(&pending) as _, HashSet::new()),
            pending,
            changed: HashSet::new(),
            guards: Vec::new(),
            origins: Vec::new(),
            steps: Vec::new(),
            changes: Vec::new(),
            witnesses: Vec::new(),
            now: Timestamp::default(),
            keeping: None,
            account,
        }
    }

    /// Plans all requests; `None` where the plan is outdated already.
    async fn plan(
        &mut self,
        requests: &[BatchRequest],
        deadline: &Deadline,
    ) -> Result<Option<Vec<Option<View>>>> {
        let mut views = Vec::with_capacity(requests.len());
        for (index, request) in requests.iter().enumerate() {
            self.now = request.context.now;
            match self.add(request).await {
                Ok(Some(view)) => views.push(view),
                Ok(None) => return Ok(None),
                Err(error) => {
                    self.expect_free()?;
                    return Err(failed(index, error));
                }
            }
            deadline.check()?;
        }
        Ok(Some(views))
    }

    /// Plans one request behind the others; what is shown of it, or `None` where the plan is
    /// outdated.
    async fn add(&mut self, request: &BatchRequest) -> Result<Option<Option<View>>> {
        let mut context = self.context(&request.context)?;
        let (collection, submitted) = (request.collection.as_str(), &request.submitted);
        let id = self.existing(request)?;
        let method = match (&request.action, &id) {
            (BatchAction::Delete(_), _) => "DELETE",
            (_, Some(_)) => "PATCH",
            (_, None) => "POST",
        };
        method.clone_into(&mut context.request.method);
        let planned = match (&request.action, id) {
            (BatchAction::Delete(id), _) => {
                let compiled = self.records.writable(collection)?;
                let allowed = (self.records).allowed(&context, &compiled, Operation::Delete, id)?;
                let merged = (self.records).plan_delete_allowed(&context, &compiled, allowed)?;
                return Ok(self.absorb(merged)?.then_some(None));
            }
            (_, Some(id)) => {
                let records = &self.records;
                let planned = records.plan_update(&context, (collection, &id), submitted);
                planned.await?
            }
            (_, None) => {
                let planned = self.records.plan_create(&context, collection, submitted);
                planned.await?
            }
        };
        self.write(&context, request, planned)
    }

    /// The record that a request changes; for an upsert only where it exists.
    fn existing(&self, request: &BatchRequest) -> Result<Option<String>> {
        match &request.action {
            BatchAction::Create => Ok(None),
            BatchAction::Update(id) | BatchAction::Delete(id) => Ok(Some(id.clone())),
            BatchAction::Upsert => {
                let Some(id) = request.submitted_id() else {
                    return Ok(None);
                };
                let exists = self.records.upsert_changes(&request.collection, id)?;
                Ok(exists.then(|| id.to_owned()))
            }
        }
    }

    fn write(
        &mut self,
        context: &Context,
        request: &BatchRequest,
        planned: Planned,
    ) -> Result<Option<Option<View>>> {
        let (compiled, record) = (Arc::clone(&planned.compiled), planned.record.clone());
        let merged = Merged::of(Proposal::default(), vec![planned])?;
        if !self.absorb(merged)? {
            return Ok(None);
        }
        let view = self.records.show(context, compiled, record)?;
        let mut views = [view.clone()];
        let context = context.with_body(request.submitted.body().clone());
        let expanded = self.records.expand(&context, &request.expand, &mut views);
        let [shown] = views;
        Ok(Some(Some(match expanded {
            Ok(()) => shown,
            Err(error) => {
                tracing::warn!(%error, "the answer to a write is not expanded");
                view
            }
        })))
    }

    /// Takes in what a request does; whether its guards hold, as far as the batch decides them.
    fn absorb(&mut self, mut step: Merged) -> Result<bool> {
        let proposal = std::mem::take(&mut step.proposal);
        let index = self.steps.len();
        let mut holds = Ok(true);
        for (position, guard) in proposal.guards.into_iter().enumerate() {
            match self.pending.restate(guard)? {
                Restated::Holds => {}
                Restated::Below(guard) => {
                    self.guards.push(guard);
                    self.origins.push((index, position));
                }
                Restated::Fails => {
                    holds = step.verdict(position).map(|()| false);
                    break;
                }
            }
        }
        self.steps.push(step);
        if !holds? {
            return Ok(false);
        }
        self.pending
            .write(proposal.puts, proposal.deletes, proposal.increments);
        let before = self.changed.len();
        let touched = proposal.changes.iter().map(|change| change.collection);
        self.changed.extend(touched);
        self.changes.extend(proposal.changes);
        self.witnesses.extend(proposal.witnesses);
        if self.changes.len() > BATCH_CHANGES_MAX {
            return Err(Error::BadRequest(format!(
                "The batch changes more than {BATCH_CHANGES_MAX} records."
            )));
        }
        if self.changed.len() > before {
            let pending = Arc::clone(&self.pending) as _;
            self.records = self.service.over(pending, self.changed.clone());
        }
        Ok(true)
    }

    /// The circumstances of a request: who asks is who that is after the requests before.
    fn context(&self, context: &Context) -> Result<Context> {
        let mut context = context.clone();
        let identity = context.principal.identity();
        let Some(identity) =
            identity.filter(|identity| self.changed.contains(&identity.collection.number))
        else {
            return Ok(context);
        };
        let collection = Arc::clone(&identity.collection);
        let record = (self.records.query).related(collection.number, identity.record.id())?;
        let (session, key) = (identity.session.clone(), identity.key.clone());
        let identity = record.map(|record| {
            Arc::new(Identity {
                collection,
                record,
                session,
                key,
            })
        });
        context.principal = match (identity, context.principal.skips_rules()) {
            (Some(identity), true) => Principal::Superuser(identity),
            (Some(identity), false) => Principal::User(identity),
            (None, _) => Principal::Guest,
        };
        Ok(context)
    }

    /// Commits; `false` when it was overtaken and is to be planned again.
    async fn commit(mut self) -> Result<bool> {
        let StoreBatch {
            mut puts,
            deletes,
            increments,
            ..
        } = self.pending.batch();
        let mut guards = Vec::with_capacity(self.guards.len() + 1);
        if let Some(keeping) = self.keeping.take() {
            // That it was not done before is asked first: else what it made would stand in its way.
            guards.push(keeping.guard);
            puts.extend(keeping.puts);
        }
        let kept = guards.len();
        guards.append(&mut self.guards);
        let proposal = Proposal {
            guards,
            puts,
            deletes,
            increments,
            changes: std::mem::take(&mut self.changes),
            witnesses: std::mem::take(&mut self.witnesses),
            now: self.now,
        };
        let commit = self.service.committer.commit(proposal);
        let outcome = self.account.measured(Part::Commit, commit).await;
        for placed in self.placed() {
            placed.settle(outcome.as_ref()).await;
        }
        match outcome {
            Ok(_) => Ok(true),
            Err(CommitError::Guard(guard)) => match guard.checked_sub(kept) {
                Some(guard) => self.verdict(guard).map(|()| false),
                None => Ok(false),
            },
            Err(error) => Err(error.into()),
        }
    }

    /// What it means that a guard failed: `Ok` when the batch is to be planned again.
    fn verdict(&self, guard: usize) -> Result<()> {
        let Some((index, position)) = self.origins.get(guard) else {
            return Ok(());
        };
        let verdict = self.steps.get(*index).map(|step| step.verdict(*position));
        verdict
            .unwrap_or(Ok(()))
            .map_err(|error| failed(*index, error))
    }

    /// A taken value is found at the commit; where none is tried, the first one is told before what
    /// went wrong with a later request.
    fn expect_free(&self) -> Result<()> {
        for (position, guard) in self.guards.iter().enumerate() {
            if let Guard::Absent(key) = guard
                && self.service.reads.get(key)?.is_some()
            {
                self.verdict(position)?;
            }
        }
        Ok(())
    }

    async fn give_up(mut self) {
        for placed in self.placed() {
            placed.refused().await;
        }
    }

    fn placed(&mut self) -> Vec<Placed> {
        let placed = self.steps.iter_mut().map(|step| &mut step.placed);
        placed.flat_map(std::mem::take).collect()
    }
}

/// The account of the call that all requests of a batch are parts of.
fn account_of(requests: &[BatchRequest]) -> Account {
    let first = requests.first();
    first.map_or_else(Account::default, |first| first.context.account.clone())
}

/// A request of a batch failed; what the server cannot do just now is no request's fault.
fn failed(index: usize, error: Error) -> Error {
    match error {
        error @ (Error::Contended
        | Error::Busy
        | Error::TooManyHashes
        | Error::DiskFull
        | Error::Closed
        | Error::Damaged { .. }
        | Error::Store(_)) => error,
        error => Error::BatchFailed {
            index,
            error: Box::new(error),
        },
    }
}
