//! The records of a collection: the write path, and the face of the read path.
//!
//! - A write is planned from what was read, and every fact the plan stands on is a guard of its
//!   commit: the definition, the record's revision, related records, unique values.
//! - A write whose guard failed because something changed meanwhile is planned again.
//! - Nothing is written before every check has passed; a refused write changes nothing.

use std::collections::HashSet;
use std::sync::Arc;

use luge_model::collection::{CollectionKind, Collections};
use luge_model::expand::Expand;
use luge_model::id::CollectionNumber;
use luge_model::limits::WRITE_ATTEMPTS_MAX;
use luge_model::record::Record;
use serde_json::{Map, Value as Json};

use crate::access::{Access, Compiled, Grant, Operation, Projection, View};
use crate::aggregate::{AggregateRequest, Line, aggregate};
use crate::catalog::{Catalog, RecordRemoval, Snapshot};
use crate::commit::Committer;
use crate::context::{Context, Part};
use crate::error::{Error, Result};
use crate::files::Files;
use crate::mail::Mail;
use crate::query::{ListRequest, Page, Query};
use crate::random::Random;
use crate::secrets::HashPool;
use crate::store::{CommitError, Guard, ReadStore};

mod admitted;
mod attached;
mod batch;
mod bulk;
mod delete;
mod draft;
mod expected;
mod guarded;
mod merged;
mod once;
mod owned;
mod planned;
mod rule_run;
mod rule_test;
mod searches;
mod sessions;
mod settled;
mod submitted;
mod turns;
mod unlinked;

#[cfg(test)]
mod tests;

pub(crate) use planned::plan_replacement;

pub use batch::{BatchAction, BatchRequest, Beside};
pub use bulk::Selection;
pub use expected::{Conditional, Expected};
use merged::Merged;
pub use once::{Answered, Once, Render};
use owned::Owner;
use planned::Planned;
pub use rule_run::{RuleRun, RuleTestResult};
pub use rule_test::{RuleTest, RuleVerdict, Visible};
pub use searches::{Searches, SearchesRequest};
pub use submitted::{NamedFile, Submitted};
use turns::Turns;

/// The records service.
#[derive(Debug)]
pub struct Records {
    committer: Arc<Committer>,
    /// What writes are planned on.
    reads: Arc<dyn ReadStore>,
    catalog: Arc<Catalog>,
    access: Arc<Access>,
    query: Arc<Query>,
    hashes: Arc<HashPool>,
    files: Arc<Files>,
    mail: Mail,
    random: Arc<dyn Random>,
    turns: Arc<Turns>,
}

/// What the records service stands on.
#[derive(Debug)]
pub struct Parts {
    /// The door for writes.
    pub committer: Arc<Committer>,
    /// What collections there are.
    pub catalog: Arc<Catalog>,
    /// Rules and projections.
    pub access: Arc<Access>,
    /// The read path.
    pub query: Arc<Query>,
    /// Hashes passwords.
    pub hashes: Arc<HashPool>,
    /// Stores uploads.
    pub files: Arc<Files>,
    /// Tells people what happened to their accounts.
    pub mail: Mail,
    /// Makes ids.
    pub random: Arc<dyn Random>,
}

/// The values a client submitted for a record, by key.
pub type Body = Map<String, Json>;

impl Records {
    /// The service over its parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let Parts {
            committer,
            catalog,
            access,
            query,
            hashes,
            files,
            mail,
            random,
        } = parts;
        Self {
            reads: Arc::clone(committer.store()) as _,
            committer,
            catalog,
            access,
            query,
            hashes,
            files,
            mail,
            random,
            turns: Arc::default(),
        }
    }

    /// The same service over another state: that of `reads`, which differs from the committed one
    /// in these collections only. What it plans is committed by nobody else than its maker.
    fn over(&self, reads: Arc<dyn ReadStore>, changed: HashSet<CollectionNumber>) -> Self {
        Self {
            query: Arc::new(self.query.over(Arc::clone(&reads), changed)),
            reads,
            committer: Arc::clone(&self.committer),
            catalog: Arc::clone(&self.catalog),
            access: Arc::clone(&self.access),
            hashes: Arc::clone(&self.hashes),
            files: Arc::clone(&self.files),
            mail: self.mail.clone(),
            random: Arc::clone(&self.random),
            turns: Arc::clone(&self.turns),
        }
    }

    /// A page of the records that the caller may list (contract §1.2).
    ///
    /// # Errors
    /// [`Error::MissingCollection`], [`Error::SuperusersOnly`], [`Error::BadQuery`].
    pub fn list(
        &self,
        context: &Context,
        collection: &str,
        request: &ListRequest,
    ) -> Result<Page<View>> {
        let compiled = self.readable(collection)?;
        let list = || self.query.list(context, &compiled, request);
        let mut page = context.account.measure(Part::Read, list)?;
        let lookups = self.query.lookups(context, &compiled.snapshot);
        let projection = Projection::new(Arc::clone(&compiled), lookups.environment());
        let records = std::mem::take(&mut page.items);
        let views = records.into_iter().map(|record| projection.view(record));
        let mut page = page.with_items(views.collect::<Vec<_>>());
        for (view, found) in page.items.iter_mut().zip(&page.found) {
            view.set_found(&found.to_json());
        }
        lookups.check()?;
        Ok(page)
    }

    /// The records that the caller may list, grouped and summed up.
    ///
    /// # Errors
    /// As for [`Self::list`], and [`Error::TooCostly`] where there are too many groups.
    pub fn aggregate(
        &self,
        context: &Context,
        collection: &str,
        request: &AggregateRequest,
    ) -> Result<Page<Line>> {
        let compiled = self.readable(collection)?;
        let read = || aggregate(&self.query, context, &compiled, request);
        context.account.measure(Part::Read, read)
    }

    /// One record (contract §1.2).
    ///
    /// # Errors
    /// [`Error::MissingRecord`] also where the view rule does not hold.
    pub fn view(&self, context: &Context, collection: &str, id: &str) -> Result<View> {
        let compiled = self.readable(collection)?;
        let (record, _) = self.allowed(context, &compiled, Operation::View, id)?;
        self.show(context, compiled, record)
    }

    /// Adds to records of one collection the related ones that the caller may see (contract §3.4).
    ///
    /// # Errors
    /// [`Error::BadQuery`] when more would be shown than an answer may hold.
    pub fn expand(&self, context: &Context, expand: &Expand, views: &mut [View]) -> Result<()> {
        if expand.is_empty() {
            return Ok(());
        }
        self.query.expand(context, expand, views)
    }

    /// Makes a record.
    ///
    /// # Errors
    /// [`Error::Refused`] where the create rule does not hold (without violations) or a value is
    /// refused (with them).
    pub async fn create(
        &self,
        context: &Context,
        collection: &str,
        submitted: impl Into<Submitted>,
    ) -> Result<View> {
        let submitted = submitted.into();
        self.write(|| async {
            let planned = self.plan_create(context, collection, &submitted).await?;
            Ok(self.commit(context, planned).await?.ok())
        })
        .await
    }

    /// Changes a record.
    ///
    /// # Errors
    /// [`Error::MissingRecord`] also where the update rule does not hold; [`Error::Refused`].
    pub async fn update(
        &self,
        context: &Context,
        collection: &str,
        id: &str,
        submitted: impl Into<Submitted>,
    ) -> Result<View> {
        let submitted = submitted.into();
        // Writers of one record wait for each other here rather than fail at each other's commits.
        let _turn = self.turn(context, (collection, id)).await;
        self.write(|| async {
            let planned = self.plan_update(context, (collection, id), &submitted);
            Ok(self.commit(context, planned.await?).await?.ok())
        })
        .await
    }

    /// Removes a record, and with it or from them what refers to it (contract §2.3).
    ///
    /// # Errors
    /// [`Error::MissingRecord`] also where the delete rule does not hold; [`Error::Refused`] where
    /// a required reference stands in the way.
    pub async fn delete(&self, context: &Context, collection: &str, id: &str) -> Result<()> {
        let _turn = self.turn(context, (collection, id)).await;
        self.write(|| async {
            let compiled = self.writable(collection)?;
            let allowed = self.allowed(context, &compiled, Operation::Delete, id);
            let merged = self.plan_allowed_delete(context, &compiled, allowed?);
            self.carry_out(context, merged.await?).await
        })
        .await
    }

    /// Removes all records of a collection (contract §1.1, truncate).
    ///
    /// # Errors
    /// When the caller is not a superuser, or a record cannot be deleted; those before it are gone.
    pub async fn truncate(self: &Arc<Self>, context: &Context, collection: &str) -> Result<()> {
        let removal = Arc::clone(self) as Arc<dyn RecordRemoval>;
        self.catalog.truncate(context, collection, removal).await
    }

    /// Removes a collection with its records, and what belongs to those (contract §1.1).
    ///
    /// # Errors
    /// As for [`Catalog::delete`].
    pub async fn delete_collection(
        self: &Arc<Self>,
        context: &Context,
        collection: &str,
    ) -> Result<()> {
        let removal = Arc::clone(self) as Arc<dyn RecordRemoval>;
        self.catalog.delete(context, collection, removal).await
    }

    /// Imports definitions; what belongs to the records of collections that go, goes too.
    ///
    /// # Errors
    /// As for [`Catalog::import`].
    pub async fn import_collections(
        self: &Arc<Self>,
        context: &Context,
        body: &Body,
    ) -> Result<()> {
        let removal = Arc::clone(self) as Arc<dyn RecordRemoval>;
        self.catalog.import(context, body, removal).await
    }

    /// The compiled collection, for other services of the engine.
    ///
    /// # Errors
    /// [`Error::MissingCollection`].
    pub fn compiled(&self, collection: &str) -> Result<Arc<Compiled>> {
        let snapshot = self.catalog.snapshot();
        let found = snapshot.find(collection).ok_or(Error::MissingCollection)?;
        Ok(self.access.compiled(&snapshot, found))
    }

    /// All collections as they are now.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.catalog.snapshot()
    }

    /// The same by its number; `None` where there is none.
    #[must_use]
    pub fn compiled_by_number(&self, number: CollectionNumber) -> Option<Arc<Compiled>> {
        let snapshot = self.catalog.snapshot();
        let found = snapshot.by_number(number)?;
        Some(self.access.compiled(&snapshot, found))
    }

    /// Makes attempts at a write until one is not overtaken; an overtaken one gives `None`.
    async fn write<T, A>(&self, attempt: impl Fn() -> A) -> Result<T>
    where
        A: Future<Output = Result<Option<T>>>,
    {
        for _ in 0..WRITE_ATTEMPTS_MAX {
            if let Some(done) = attempt().await? {
                return Ok(done);
            }
            self.catalog.refreshed().await;
        }
        Err(Error::Contended)
    }

    async fn plan_create(
        &self,
        context: &Context,
        collection: &str,
        submitted: &Submitted,
    ) -> Result<Planned> {
        let compiled = self.writable(collection)?;
        let grant = compiled.admit(context, Operation::Create)?;
        let draft = self.draft_create(context, &compiled, &grant, submitted)?;
        self.plan(draft).await
    }

    async fn plan_update(
        &self,
        context: &Context,
        (collection, id): (&str, &str),
        submitted: &Submitted,
    ) -> Result<Planned> {
        let compiled = self.writable(collection)?;
        let (grant, record) = self.granted(context, &compiled, Operation::Update, id)?;
        let draft = self.draft_update(context, &compiled, &grant, (record, submitted))?;
        self.plan(draft).await
    }

    /// As [`Self::plan_delete_allowed`], once what belongs to the record fits into its commit.
    async fn plan_allowed_delete(
        &self,
        context: &Context,
        compiled: &Compiled,
        (record, guards): (Record, Vec<Guard>),
    ) -> Result<Merged> {
        if compiled.collection.auth().is_some() {
            let owner = Owner::record(&compiled.collection, &record);
            self.reduce_owned(context, owner).await?;
        }
        self.plan_delete_allowed(context, compiled, (record, guards))
    }

    /// Everything that deleting a record does, while what its rule stands on is as it was.
    fn plan_delete_allowed(
        &self,
        context: &Context,
        compiled: &Compiled,
        (record, guards): (Record, Vec<Guard>),
    ) -> Result<Merged> {
        let mut merged = self.plan_delete(context, compiled, vec![record])?;
        merged.proposal.guards.extend(guards);
        Ok(merged)
    }

    /// Commits a write, or gives the guard by which it was overtaken.
    async fn commit(
        &self,
        context: &Context,
        planned: Planned,
    ) -> Result<std::result::Result<View, usize>> {
        let Planned {
            mut proposal,
            compiled,
            record,
            stakes,
            placed,
        } = planned;
        proposal.now = context.now;
        let commit = self.committer.commit(proposal);
        let outcome = context.account.measured(Part::Commit, commit).await;
        placed.settle(outcome.as_ref()).await;
        match outcome {
            Ok(_) => self.show(context, compiled, record).map(Ok),
            Err(CommitError::Guard(guard)) => {
                stakes.verdict(&compiled, guard)?;
                Ok(Err(guard))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A record, and which ones the caller may do this with.
    fn granted(
        &self,
        context: &Context,
        compiled: &Compiled,
        operation: Operation,
        id: &str,
    ) -> Result<(Grant, Record)> {
        let grant = compiled.admit(context, operation)?;
        let read = || self.query.record(compiled, id);
        let record = context.account.measure(Part::Read, read)?;
        Ok((grant, record.ok_or(Error::MissingRecord)?))
    }

    /// A record that the caller may do this with, and what its rule stands on.
    fn allowed(
        &self,
        context: &Context,
        compiled: &Compiled,
        operation: Operation,
        id: &str,
    ) -> Result<(Record, Vec<Guard>)> {
        let (grant, record) = self.granted(context, compiled, operation, id)?;
        let lookups = self.query.lookups(context, &compiled.snapshot);
        let asked = (context, operation);
        let allowed = compiled.allows(asked, &grant, (&lookups.environment(), &record));
        lookups.check()?;
        if !allowed {
            return Err(Error::MissingRecord);
        }
        Ok((record, lookups.guards()))
    }

    /// One record as the caller sees it.
    fn show(&self, context: &Context, compiled: Arc<Compiled>, record: Record) -> Result<View> {
        let lookups = self.query.lookups(context, &compiled.snapshot);
        let view = Projection::new(compiled, lookups.environment()).view(record);
        lookups.check().map(|()| view)
    }

    fn readable(&self, collection: &str) -> Result<Arc<Compiled>> {
        let compiled = self.compiled(collection)?;
        if let CollectionKind::View { .. } = compiled.collection.kind {
            return Err(Error::BadRequest(
                "The records of view collections cannot be read yet.".to_owned(),
            ));
        }
        Ok(compiled)
    }

    fn writable(&self, collection: &str) -> Result<Arc<Compiled>> {
        let compiled = self.compiled(collection)?;
        if let CollectionKind::View { .. } = compiled.collection.kind {
            return Err(Error::BadRequest("Unsupported collection type.".to_owned()));
        }
        Ok(compiled)
    }
}
