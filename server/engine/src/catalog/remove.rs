//! Removing collections, and all records of one.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use luge_model::collection::Collection;

use super::change::{Failure, Plan};
use super::{Catalog, Definitions, Snapshot, find, uninterrupted};
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Action, Error, Result};
use crate::store::key;

/// A removal under way.
pub type Removing = Pin<Box<dyn Future<Output = Result<()>> + Send>>;

/// Deletes records with everything that follows from each: cascades, blocked references, the
/// protection of the last superuser. Records are made and deleted above the catalog, which is why
/// it takes this as a parameter.
pub trait RecordRemoval: Send + Sync {
    /// Deletes every record of the collection.
    fn remove_all(self: Arc<Self>, ctx: Context, collection: Arc<Collection>) -> Removing;

    /// The write that deletes what belongs to the records of auth collections by name, with
    /// everything that follows; `None` where that is too much for one commit.
    fn plan_owned(
        &self,
        ctx: &Context,
        collections: &[Arc<Collection>],
    ) -> Result<Option<Proposal>>;

    /// Deletes, in several commits, what belonged to the records of collections that are gone.
    fn remove_owned(self: Arc<Self>, ctx: Context, collections: Vec<Arc<Collection>>) -> Removing;
}

/// What goes with the records of removed collections.
pub(super) struct Remover {
    pub(super) ctx: Context,
    pub(super) removal: Arc<dyn RecordRemoval>,
    /// The collections that leave something behind.
    departed: Vec<Arc<Collection>>,
}

impl Remover {
    pub(super) fn new(ctx: Context, removal: Arc<dyn RecordRemoval>) -> Self {
        Self {
            ctx,
            removal,
            departed: Vec::new(),
        }
    }

    /// What goes in the same commit as the collections that the plans remove; where that is too
    /// much, they are noted as departed instead.
    pub(super) fn writes(&mut self, plans: &[Plan]) -> Result<Proposal> {
        self.departed.clear();
        let removed = plans.iter().filter(|plan| plan.after.is_none());
        let owners: Vec<_> = removed
            .filter_map(|plan| plan.before.clone())
            .filter(|collection| collection.auth().is_some())
            .collect();
        if owners.is_empty() {
            return Ok(Proposal::default());
        }
        if let Some(proposal) = self.removal.plan_owned(&self.ctx, &owners)? {
            return Ok(proposal);
        }
        self.departed = owners;
        let note = |owner: &Arc<Collection>| (key::departed(&owner.id), Vec::new());
        Ok(Proposal {
            puts: self.departed.iter().map(note).collect(),
            ..Proposal::default()
        })
    }

    /// Removes what was too much for the commit. The collections are gone already, so this is no
    /// failure of the change: a job takes it up again.
    pub(super) async fn finish(self) {
        if self.departed.is_empty() {
            return;
        }
        if let Err(error) = self.removal.remove_owned(self.ctx, self.departed).await {
            tracing::warn!(%error, "removing what belonged to a removed collection failed");
        }
    }
}

impl Catalog {
    /// Removes a collection, its records and, through `removal`, what belongs to them by name.
    ///
    /// # Errors
    /// When the caller is not a superuser, there is no such collection, it is a system collection,
    /// or another one refers to it.
    pub async fn delete(
        &self,
        ctx: &Context,
        name_or_id: &str,
        removal: Arc<dyn RecordRemoval>,
    ) -> Result<()> {
        ctx.require_superuser()?;
        let name = find(&self.snapshot(), name_or_id)?.name.clone();
        let (definitions, name_or_id) = (Arc::clone(&self.definitions), name_or_id.to_owned());
        let account = ctx.account.clone();
        let ctx = ctx.clone();
        uninterrupted(async move {
            let mut remover = Remover::new(ctx, removal);
            definitions.delete(&name_or_id, &mut remover).await?;
            remover.finish().await;
            Ok(())
        })
        .await?;
        account.did("collections.delete", &name, Vec::new);
        Ok(())
    }

    /// Removes all records of a collection: at once where nothing depends on them, otherwise one
    /// after another through `removal`.
    ///
    /// # Errors
    /// When the caller is not a superuser, there is no such collection, it is a view, or a record
    /// cannot be deleted.
    pub async fn truncate(
        &self,
        ctx: &Context,
        name_or_id: &str,
        removal: Arc<dyn RecordRemoval>,
    ) -> Result<()> {
        ctx.require_superuser()?;
        let snapshot = self.snapshot();
        let collection = Arc::clone(find(&snapshot, name_or_id)?);
        if collection.is_view() {
            let sentence =
                "View collections cannot be truncated since they don't store their own records.";
            return Err(Error::BadRequest(sentence.to_owned()));
        }
        let name = collection.name.clone();
        if has_dependents(&snapshot, &collection) {
            uninterrupted(removal.remove_all(ctx.clone(), collection)).await?;
        } else {
            let definitions = Arc::clone(&self.definitions);
            uninterrupted(async move { definitions.start_anew(&collection.id).await }).await?;
        }
        ctx.account.did("collections.truncate", &name, Vec::new);
        Ok(())
    }
}

/// Whether deleting a record of the collection can touch anything outside of it. The records of
/// auth collections own sign-ins, codes and links by name rather than by relation.
fn has_dependents(snapshot: &Snapshot, collection: &Collection) -> bool {
    collection.auth().is_some()
        || collection.references(&collection.id)
        || snapshot.referring_to(&collection.id).next().is_some()
}

impl Definitions {
    async fn delete(&self, name_or_id: &str, remover: &mut Remover) -> Result<()> {
        let mut numbers = self.changing.lock().await;
        let snapshot = self.snapshot();
        let collection = find(&snapshot, name_or_id)?;
        check_removable(&snapshot, collection, &[])?;
        let plan = Plan {
            before: Some(Arc::clone(collection)),
            after: None,
        };
        let mut writes = |plans: &[Plan]| remover.writes(plans);
        match self.apply_with(vec![plan], &mut writes, &mut numbers).await {
            Ok(_) => Ok(()),
            Err(failure) => Err(failure.into_error(Action::Delete)),
        }
    }

    /// Moves the collection to another number: its records are gone in one commit.
    async fn start_anew(&self, id: &str) -> Result<()> {
        let mut numbers = self.changing.lock().await;
        let snapshot = self.snapshot();
        let before = find(&snapshot, id)?;
        let number = numbers.collection();
        let after = Collection {
            number,
            ..before.as_ref().clone()
        };
        let plan = Plan {
            before: Some(Arc::clone(before)),
            after: Some(after),
        };
        match self.apply(vec![plan], &mut numbers).await {
            Ok(_) => Ok(()),
            Err(Failure::Error(error)) => Err(error),
            Err(refused) => Err(refused.into_error(Action::Delete)),
        }
    }
}

/// Refuses system collections and those that a collection outside of `also_removed` refers to.
pub(super) fn check_removable(
    snapshot: &Snapshot,
    collection: &Collection,
    also_removed: &[String],
) -> Result<()> {
    if collection.system {
        return Err(Error::BadRequest("Failed to delete collection.".to_owned()));
    }
    let names: Vec<_> = snapshot
        .referring_to(&collection.id)
        .filter(|other| !also_removed.contains(&other.id))
        .map(|other| other.name.as_str())
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    let names = names.join(", ");
    Err(Error::BadRequest(format!(
        "Failed to delete collection probably due to existing reference in {names}."
    )))
}
