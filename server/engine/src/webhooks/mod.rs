//! Webhooks: tell other servers what changed, at least once.
//!
//! - The definitions are values of a keyspace of their own, under the id of their collection; they
//!   go in the commit that removes it, and a rename does not concern them.
//! - A follower of the change log with a durable position (`follow.rs`) makes the deliveries; the
//!   outbox carries them. What a webhook is to be told goes into the outbox in the commit that
//!   moves the position past the change, so nothing is lost and nothing is made twice.
//! - What could not be told (the log was trimmed too far, too much waits, a filter that cannot be
//!   asked any more) is noted with the webhook, never passed over in silence.
//! - Secrets and the values of headers are written and never shown again.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use luge_model::collection::Collections as _;
use luge_model::limits::{WEBHOOKS_MAX, WRITE_ATTEMPTS_MAX};
use serde_json::{Map, Value as Json, json};
use tokio::sync::Notify;

use self::definition::Webhook;
use self::secret::Secret;
use crate::access::Access;
use crate::catalog::Catalog;
use crate::clock::Clock;
use crate::commit::{Committer, Proposal};
use crate::context::Context;
use crate::error::{Action, Error, Result, Subject};
use crate::outbox::{Line, Outbox};
use crate::outside::Outbound;
use crate::query::Query;
use crate::random::Random;
use crate::secrets;
use crate::store::{CommitError, Guard, key};

mod courier;
mod definition;
mod deliveries;
mod follow;
mod gaps;
mod headers;
mod judge;
mod payload;
mod position;
mod running;
mod secret;
mod states;
mod stored;
mod submitted;

#[cfg(test)]
mod tests;

pub use deliveries::Tried;
pub use running::Running;

/// What carries the deliveries of webhooks.
const KIND: &str = "webhook";

/// The webhooks of this database.
#[derive(Clone)]
pub struct Webhooks(Arc<Shared>);

/// What webhooks stand on.
#[derive(Debug)]
pub struct Parts {
    /// The door for writes.
    pub committer: Arc<Committer>,
    /// What collections there are.
    pub catalog: Arc<Catalog>,
    /// Projections.
    pub access: Arc<Access>,
    /// Looks up what filters ask for.
    pub query: Arc<Query>,
    /// Keeps what is to be delivered.
    pub outbox: Arc<Outbox>,
    /// The time of attempts.
    pub clock: Arc<dyn Clock>,
    /// Makes ids and secrets.
    pub random: Arc<dyn Random>,
    /// The way out.
    pub outbound: Arc<dyn Outbound>,
}

struct Shared {
    parts: Parts,
    /// The definitions changed, or the follower is to stop.
    changed: Notify,
    /// The definitions are to be read anew.
    dirty: AtomicBool,
    stopping: AtomicBool,
}

impl fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl fmt::Debug for Webhooks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Webhooks").finish_non_exhaustive()
    }
}

impl Webhooks {
    /// The service over its parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Shared {
            parts,
            changed: Notify::new(),
            dirty: AtomicBool::new(true),
            stopping: AtomicBool::new(false),
        }))
    }

    /// All webhooks, in the order in which they were made.
    ///
    /// # Errors
    /// When the caller is not a superuser or the store fails.
    pub fn list(&self, ctx: &Context) -> Result<Vec<Json>> {
        ctx.require_superuser()?;
        let mut all = self.0.all()?;
        all.sort_by(|one, other| (one.created, &one.id).cmp(&(other.created, &other.id)));
        all.iter().map(|webhook| self.0.shown(webhook)).collect()
    }

    /// One webhook.
    ///
    /// # Errors
    /// When the caller is not a superuser; [`Error::MissingRecord`].
    pub fn view(&self, ctx: &Context, id: &str) -> Result<Json> {
        ctx.require_superuser()?;
        self.0.shown(&self.0.find(id)?)
    }

    /// Makes a webhook; what is given back has its secret, this once.
    ///
    /// # Errors
    /// When the caller is not a superuser, or what is submitted is refused.
    pub async fn create(&self, ctx: &Context, body: &Map<String, Json>) -> Result<Json> {
        ctx.require_superuser()?;
        planned_again(|| self.try_create(ctx, body)).await
    }

    async fn try_create(&self, ctx: &Context, body: &Map<String, Json>) -> Result<Json> {
        let shared = &self.0;
        let parts = &shared.parts;
        let snapshot = parts.catalog.snapshot();
        let blank = Webhook::blank(secrets::record_id(&*parts.random), ctx.now);
        let (mut webhook, collection) = submitted::read(parts, &snapshot, (blank, true), body)
            .map_err(|violations| refused(Action::Create, violations))?;
        let secret = Secret::new(&*parts.random, ctx.now);
        let shown = secret.text();
        webhook.secrets.push(secret);
        webhook.since = shared.durable();
        let keys = stored::keys(&**parts.committer.store())?;
        if keys.len() >= WEBHOOKS_MAX {
            let reason = format!("There are {WEBHOOKS_MAX} webhooks already.");
            return Err(Error::BadRequest(reason));
        }
        let place = key::webhook(&webhook.collection, &webhook.id);
        let proposal = Proposal {
            guards: vec![
                Guard::Present(key::catalog(collection.number)),
                Guard::Only {
                    range: key::webhooks_range(),
                    keys,
                },
            ],
            puts: vec![(place, stored::encode(&webhook))],
            now: ctx.now,
            ..Proposal::default()
        };
        parts.committer.commit(proposal).await?;
        shared.definitions_changed();
        Ok(with(shared.shown(&webhook)?, "secret", json!(shown)))
    }

    /// Changes a webhook; what is not sent stays.
    ///
    /// # Errors
    /// When the caller is not a superuser; [`Error::MissingRecord`]; when what is submitted is
    /// refused.
    pub async fn update(&self, ctx: &Context, id: &str, body: &Map<String, Json>) -> Result<Json> {
        ctx.require_superuser()?;
        planned_again(|| self.try_update(ctx, id, body)).await
    }

    async fn try_update(&self, ctx: &Context, id: &str, body: &Map<String, Json>) -> Result<Json> {
        let shared = &self.0;
        let before = shared.find(id)?;
        let snapshot = shared.parts.catalog.snapshot();
        let (mut after, _) =
            submitted::read(&shared.parts, &snapshot, (before.clone(), false), body)
                .map_err(|violations| refused(Action::Update, violations))?;
        after.updated = ctx.now;
        if after.enabled && !before.enabled {
            // What happened while it was off is not told.
            after.since = shared.durable();
            after.disabled_reason.clear();
        }
        shared.replace(&before, &after).await?;
        shared.shown(&after)
    }

    /// Gives a webhook another secret, which is given back this once. The one before signs for so
    /// many more seconds, together with the new one.
    ///
    /// # Errors
    /// When the caller is not a superuser; [`Error::MissingRecord`]; when what is submitted is
    /// refused.
    pub async fn rotate_secret(
        &self,
        ctx: &Context,
        id: &str,
        body: &Map<String, Json>,
    ) -> Result<Json> {
        ctx.require_superuser()?;
        let grace =
            submitted::grace(body).map_err(|violations| refused(Action::Update, violations))?;
        planned_again(|| self.try_rotate(ctx, id, grace)).await
    }

    async fn try_rotate(&self, ctx: &Context, id: &str, grace: i64) -> Result<Json> {
        let before = self.0.find(id)?;
        let secret = Secret::new(&*self.0.parts.random, ctx.now);
        let shown = secret.text();
        let mut after = before.clone();
        secret::rotate(&mut after.secrets, secret, grace, ctx.now);
        after.updated = ctx.now;
        self.0.replace(&before, &after).await?;
        Ok(with(self.0.shown(&after)?, "secret", json!(shown)))
    }

    /// Removes a webhook with everything that is to be delivered for it.
    ///
    /// # Errors
    /// When the caller is not a superuser; [`Error::MissingRecord`].
    pub async fn delete(&self, ctx: &Context, id: &str) -> Result<()> {
        ctx.require_superuser()?;
        let webhook = self.0.find(id)?;
        let place = key::webhook(&webhook.collection, &webhook.id);
        let proposal = Proposal {
            guards: vec![Guard::Present(place.clone())],
            deletes: vec![place],
            now: ctx.now,
            ..Proposal::default()
        };
        match self.0.parts.committer.commit(proposal).await {
            Ok(_) => {}
            Err(CommitError::Guard(_)) => return Err(Error::MissingRecord),
            Err(error) => return Err(error.into()),
        }
        // The follower removes its deliveries.
        self.0.parts.outbox.pause(&line(id), true);
        self.0.definitions_changed();
        Ok(())
    }
}

impl Shared {
    fn all(&self) -> Result<Vec<Webhook>> {
        stored::all(&**self.parts.committer.store())
    }

    fn find(&self, id: &str) -> Result<Webhook> {
        let all = self.all()?.into_iter();
        let mut found = all.filter(|webhook| webhook.id == id);
        found.next().ok_or(Error::MissingRecord)
    }

    /// Commits a change of a webhook.
    async fn replace(&self, before: &Webhook, after: &Webhook) -> Result<()> {
        let place = key::webhook(&before.collection, &before.id);
        let proposal = Proposal {
            guards: vec![Guard::Unchanged {
                key: place.clone(),
                prefix: stored::encode(before),
            }],
            puts: vec![(place, stored::encode(after))],
            now: after.updated,
            ..Proposal::default()
        };
        self.parts.committer.commit(proposal).await?;
        self.definitions_changed();
        Ok(())
    }

    /// A webhook as superusers see it.
    fn shown(&self, webhook: &Webhook) -> Result<Json> {
        let snapshot = self.parts.catalog.snapshot();
        let name = snapshot
            .find(&webhook.collection)
            .map_or("", |collection| collection.name.as_str());
        let shown = webhook.shown(name);
        let counts = self.parts.outbox.counts(&line(&webhook.id));
        let gaps = gaps::read(&**self.parts.committer.store(), &webhook.id)?;
        let status = json!({
            "waiting": counts.waiting,
            "waitingBytes": counts.waiting_bytes,
            "dead": counts.dead,
            "missed": gaps.shown(),
        });
        Ok(with(shown, "status", status))
    }

    /// Wakes the follower.
    fn definitions_changed(&self) {
        self.dirty.store(true, Ordering::Release);
        self.changed.notify_one();
    }

    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    fn durable(&self) -> u64 {
        self.parts.committer.store().durable().borrow().0
    }
}

/// A write whose guard failed because something changed is planned again.
async fn planned_again<F>(attempt: impl Fn() -> F) -> Result<Json>
where
    F: Future<Output = Result<Json>>,
{
    for _ in 0..WRITE_ATTEMPTS_MAX {
        match attempt().await {
            Err(Error::Contended) => {}
            outcome => return outcome,
        }
    }
    Err(Error::Contended)
}

/// An object with one more key.
fn with(mut object: Json, key: &str, value: Json) -> Json {
    if let Some(object) = object.as_object_mut() {
        object.insert(key.to_owned(), value);
    }
    object
}

/// Whose turn the deliveries of a webhook have.
fn line(webhook: &str) -> Line {
    Line {
        kind: KIND.to_owned(),
        owner: webhook.to_owned(),
    }
}

fn refused(action: Action, violations: luge_model::invalid::Violations) -> Error {
    Error::Refused {
        action,
        subject: Subject::Webhook,
        violations,
        reason: None,
    }
}
