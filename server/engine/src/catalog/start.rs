//! Opening the catalog: the first collections, unfinished changes, and what they left behind.

use std::sync::Arc;

use arc_swap::ArcSwap;
use luge_model::invalid::Violations;
use serde_json::Value as Json;
use tokio::sync::Mutex;

use super::change::{Plan, Swap};
use super::numbers::Numbers;
use super::{Catalog, Definitions, Snapshot, cleanup, malformed, prepare, stored, system};
use crate::clock::Clock;
use crate::commit::{Committer, Proposal};
use crate::error::{Action, Error, Result};
use crate::random::Random;
use crate::settings::Settings;
use crate::store::wait;

impl Catalog {
    /// Reads the definitions of a database; a new one gets the system collections and `users`.
    /// Changes that were under way when the process ended are undone.
    ///
    /// # Errors
    /// When the store cannot be read or written, or a definition is damaged.
    pub fn open(
        committer: Arc<Committer>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        settings: Arc<Settings>,
    ) -> Result<Self> {
        let store = Arc::clone(committer.store());
        let numbers = Numbers::load(store.as_ref())?;
        let unencrypted = stored::to_close(store.as_ref(), settings.vault())?;
        if !unencrypted.puts.is_empty() {
            wait(committer.commit(unencrypted))?;
        }
        let all = stored::load(store.as_ref(), settings.vault())?
            .into_iter()
            .map(Arc::new)
            .collect();
        let (wake, woken) = std::sync::mpsc::sync_channel(1);
        let definitions = Definitions {
            snapshot: ArcSwap::from_pointee(Snapshot::new(committer.serial(), all)),
            committer,
            clock,
            random,
            settings,
            changing: Mutex::new(numbers.unwrap_or_else(Numbers::first)),
            publishing: Mutex::new(()),
            leftovers: wake,
        };
        if numbers.is_none() {
            wait(definitions.begin())?;
        } else {
            wait(definitions.undo_unfinished())?;
        }
        cleanup::start(&definitions.committer, woken)?;
        Ok(Self {
            definitions: Arc::new(definitions),
        })
    }
}

impl Definitions {
    /// Makes the first collections, all in one commit.
    async fn begin(&self) -> Result<()> {
        let mut numbers = self.changing.lock().await;
        let now = self.clock.now();
        let mut plans = Vec::new();
        for body in system::definitions() {
            let snapshot = Snapshot::default();
            let draft = self
                .draft(now, &body, (None, &snapshot))
                .map_err(malformed)?;
            let collection = draft
                .check(None, snapshot.surroundings())
                .map_err(|found| own_mistake(&found))?;
            plans.push(Plan {
                before: None,
                after: Some(collection),
            });
        }
        match self.apply(plans, &mut numbers).await {
            Ok(_) => Ok(()),
            Err(failure) => Err(failure.into_error(Action::Create)),
        }
    }

    /// A definition that is prepared for a change belongs to one that nobody was told about.
    async fn undo_unfinished(&self) -> Result<()> {
        let numbers = self.changing.lock().await;
        let mut swap = Swap::new(Proposal::default(), *numbers, self.clock.now());
        let snapshot = self.snapshot();
        for stored in snapshot.all() {
            if let Some(restored) = prepare::restored(stored) {
                tracing::info!(collection = %stored.name, "undoing an unfinished change");
                swap.add(Some(stored), Some(restored), self.committer.serial());
            }
        }
        if !swap.is_empty() {
            self.publish(swap).await?;
        }
        Ok(())
    }
}

/// A system collection that is refused is a mistake of this program.
fn own_mistake(violations: &Violations) -> Error {
    let reason = Json::Object(violations.to_json());
    Error::BadRequest(format!("a system collection is refused: {reason}"))
}
