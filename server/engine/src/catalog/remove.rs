//! Removing collections, and all records of one.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use luge_model::collection::Collection;

use super::change::{Failure, Plan};
use super::{Catalog, Definitions, Snapshot, find, uninterrupted};
use crate::context::Context;
use crate::error::{Action, Error, Result};

/// Deletes the records of a collection one after another, with everything that follows from each:
/// cascades, blocked references, the protection of the last superuser. Records are made and
/// deleted above the catalog, which is why it takes this as a parameter.
pub trait RecordRemoval: Send + Sync {
    /// Deletes every record of the collection.
    fn remove_all(
        self: Arc<Self>,
        ctx: Context,
        collection: Arc<Collection>,
    ) -> Pin<Box<dyn Future<Output = Result<()>> + Send>>;
}

impl Catalog {
    /// Removes a collection and its records.
    ///
    /// # Errors
    /// When the caller is not a superuser, there is no such collection, it is a system collection,
    /// or another one refers to it.
    pub async fn delete(&self, ctx: &Context, name_or_id: &str) -> Result<()> {
        ctx.require_superuser()?;
        let (definitions, name_or_id) = (Arc::clone(&self.definitions), name_or_id.to_owned());
        uninterrupted(async move { definitions.delete(&name_or_id).await }).await
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
        if has_dependents(&snapshot, &collection) {
            return uninterrupted(removal.remove_all(ctx.clone(), collection)).await;
        }
        let definitions = Arc::clone(&self.definitions);
        uninterrupted(async move { definitions.start_anew(&collection.id).await }).await
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
    async fn delete(&self, name_or_id: &str) -> Result<()> {
        let mut numbers = self.changing.lock().await;
        let snapshot = self.snapshot();
        let collection = find(&snapshot, name_or_id)?;
        check_removable(&snapshot, collection, &[])?;
        let plan = Plan {
            before: Some(Arc::clone(collection)),
            after: None,
        };
        match self.apply(vec![plan], &mut numbers).await {
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
