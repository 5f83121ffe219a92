//! What exists: the definitions of collections, and every change of them.
//!
//! - A definition is one key; a change of it is one commit, after which the snapshot is replaced.
//! - Writes carry [`definition_guard`], so a write planned on an old definition never commits.
//! - Changes run one after another; reads never wait, they hold a [`Snapshot`].
//! - What a change leaves behind (a dropped index, the records of a dropped collection) is named
//!   under a durable key in the same commit and removed in the background; see `cleanup.rs`.
//! - A change that needs existing records to be read first is prepared beside the old definition
//!   and undone whole when it fails, also at the next start; see `prepare.rs`.

use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use arc_swap::ArcSwap;
use luge_model::collection::{Collection, Draft, Malformed, Submission, Surroundings};
use luge_model::invalid::Violations;
use luge_model::timestamp::Timestamp;
use serde_json::{Map, Value as Json};
use tokio::sync::Mutex;

use self::numbers::Numbers;
use crate::clock::Clock;
use crate::commit::Committer;
use crate::context::Context;
use crate::error::{Action, Error, Result, Subject};
use crate::random::Random;
use crate::settings::Settings;
use crate::store::Guard;

mod change;
mod cleanup;
mod edit;
mod fill;
mod import;
mod list;
mod measure;
mod numbers;
mod plan;
mod prepare;
mod references;
mod remove;
mod rewrite;
mod scaffolds;
mod snapshot;
mod start;
mod stored;
mod system;
mod take_over;
#[cfg(test)]
mod tests;
mod words;

pub(crate) use list::described;
pub use list::{CollectionPage, CollectionsRequest};
pub use measure::{Duplicates, Lost, Measured};
pub use plan::{
    ChangePlan, ChangedField, FieldChanges, FieldName, IndexChanges, RenamedField, Replaced,
    Rewritten,
};
pub use references::Reference;
pub use remove::{RecordRemoval, Removing};
pub use snapshot::Snapshot;
pub(crate) use stored::decode as decode_definition;
pub use take_over::Original;

/// Letters of random secrets.
const SECRET_LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// The definitions of all collections.
#[derive(Clone)]
pub struct Catalog {
    definitions: Arc<Definitions>,
}

/// What a change of definitions needs; shared with the task that carries it out.
struct Definitions {
    committer: Arc<Committer>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    /// Labels of rate limits name collections.
    settings: Arc<Settings>,
    snapshot: ArcSwap<Snapshot>,
    /// Held by whoever changes definitions, from planning to the end.
    changing: Mutex<Numbers>,
    /// Held while a commit of definitions and the new snapshot do not yet agree.
    publishing: Mutex<()>,
    /// Wakes the background job that removes what changes left behind.
    leftovers: SyncSender<()>,
}

impl fmt::Debug for Catalog {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let snapshot = self.snapshot();
        formatter
            .debug_struct("Catalog")
            .field("version", &snapshot.version())
            .field("collections", &snapshot.all().len())
            .finish_non_exhaustive()
    }
}

/// Holds as long as the definition that a write was planned on is the current one. While values of
/// a collection are being converted it never holds: [`Catalog::refreshed`] waits for the end.
#[must_use]
pub fn definition_guard(collection: &Collection) -> Guard {
    let key = crate::store::key::catalog(collection.number);
    if collection.frozen {
        return Guard::Absent(key);
    }
    Guard::Unchanged {
        key,
        prefix: stored::prefix(collection.revision),
    }
}

impl Catalog {
    /// What exists now.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.definitions.snapshot()
    }

    /// What exists once every commit of definitions so far is visible: what a write is planned on
    /// again after its definition guard failed. Waits while a frozen collection is converted.
    pub async fn refreshed(&self) -> Arc<Snapshot> {
        drop(self.definitions.publishing.lock().await);
        if self
            .snapshot()
            .all()
            .iter()
            .any(|collection| collection.frozen)
        {
            drop(self.definitions.changing.lock().await);
        }
        self.snapshot()
    }

    /// One collection as the contract shows it, by name or id.
    ///
    /// # Errors
    /// When the caller is not a superuser or there is no such collection.
    pub fn view(&self, ctx: &Context, name_or_id: &str) -> Result<Map<String, Json>> {
        ctx.require_superuser()?;
        Ok(find(&self.snapshot(), name_or_id)?.to_json())
    }

    /// Makes a collection.
    ///
    /// # Errors
    /// When the caller is not a superuser, the body is no definition, or the definition is refused.
    pub async fn create(&self, ctx: &Context, body: &Map<String, Json>) -> Result<Arc<Collection>> {
        ctx.require_superuser()?;
        let (definitions, now, body) = (Arc::clone(&self.definitions), ctx.now, body.clone());
        let made = uninterrupted(async move { definitions.create(now, &body).await }).await?;
        (ctx.account).did("collections.create", &made.name, Vec::new);
        Ok(made)
    }

    /// Changes a collection; what is not sent stays.
    ///
    /// # Errors
    /// As for [`Self::create`], or when there is no such collection.
    pub async fn update(
        &self,
        ctx: &Context,
        name_or_id: &str,
        body: &Map<String, Json>,
    ) -> Result<Arc<Collection>> {
        ctx.require_superuser()?;
        let (definitions, now, body) = (Arc::clone(&self.definitions), ctx.now, body.clone());
        let before = Arc::clone(find(&self.snapshot(), name_or_id)?);
        let name_or_id = name_or_id.to_owned();
        let work = async move { definitions.update(now, &name_or_id, &body).await };
        let after = uninterrupted(work).await?;
        let changed = || after.changed_since(&before);
        (ctx.account).did("collections.update", &after.name, changed);
        Ok(after)
    }
}

impl Definitions {
    fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    async fn create(&self, now: Timestamp, body: &Map<String, Json>) -> Result<Arc<Collection>> {
        let mut numbers = self.changing.lock().await;
        let snapshot = self.snapshot();
        let draft = self
            .draft(now, body, (None, &snapshot))
            .map_err(malformed)?;
        let collection = draft
            .check(None, snapshot.surroundings())
            .map_err(|violations| refused(Action::Create, violations))?;
        let plan = change::Plan {
            before: None,
            after: Some(collection),
        };
        let changed = self.apply(vec![plan], &mut numbers).await;
        only(changed.map_err(|failure| failure.into_error(Action::Create))?)
    }

    async fn update(
        &self,
        now: Timestamp,
        name_or_id: &str,
        body: &Map<String, Json>,
    ) -> Result<Arc<Collection>> {
        let mut numbers = self.changing.lock().await;
        let snapshot = self.snapshot();
        let before = find(&snapshot, name_or_id)?;
        let edit = self.edit(now, body, (before, &snapshot))?;
        let after = edit
            .check(&snapshot)
            .map_err(|violations| refused(Action::Update, violations))?;
        let changed = self.apply(edit.plans(after), &mut numbers).await;
        only(changed.map_err(|failure| failure.into_error(Action::Update))?)
    }

    fn draft(
        &self,
        now: Timestamp,
        body: &Map<String, Json>,
        (before, snapshot): (Option<&Arc<Collection>>, &Snapshot),
    ) -> std::result::Result<Draft, Malformed> {
        let mut draw = |length| self.random.text(SECRET_LETTERS, length);
        let submission = Submission {
            body,
            before: before.map(Arc::as_ref),
            surroundings: snapshot.surroundings(),
            now,
            draw: &mut draw,
        };
        submission.read()
    }
}

/// Runs to the end even when nobody waits any more: a change that stopped half-way would leave a
/// collection frozen, or a commit that the snapshot does not show.
async fn uninterrupted<T: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else {
        return work.await;
    };
    match runtime.spawn(work).await {
        Ok(result) => result,
        Err(failed) => match failed.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(Error::Closed),
        },
    }
}

impl Snapshot {
    fn surroundings(&self) -> Surroundings<'_> {
        Surroundings {
            collections: self,
            all: self.all(),
        }
    }
}

/// A definition is itself a resource of the API: a missing one answers as a missing record does.
fn find<'a>(snapshot: &'a Snapshot, name_or_id: &str) -> Result<&'a Arc<Collection>> {
    use luge_model::collection::Collections as _;
    snapshot.find(name_or_id).ok_or(Error::MissingRecord)
}

fn only(mut changed: Vec<Arc<Collection>>) -> Result<Arc<Collection>> {
    changed.pop().ok_or(Error::MissingRecord)
}

fn refused(action: Action, violations: Violations) -> Error {
    Error::Refused {
        action,
        subject: Subject::Collection,
        violations,
        reason: None,
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the form that map_err takes")]
fn malformed(error: Malformed) -> Error {
    Error::BadRequest(format!(
        "Failed to load the submitted data due to invalid formatting. Raw error: {error}."
    ))
}
