//! Tests of the catalog on the memory store.

use std::sync::Arc;

use luge_model::collection::Collections as _;
use luge_model::principal::Principal;
use luge_model::timestamp::Timestamp;
use serde_json::{Map, Value as Json, json};

use super::*;
use crate::commit::Proposal;
use crate::random::SystemRandom;
use crate::store::{self, Durability, StoreKind, StoreOptions};

mod changes;
mod definitions;
mod imports;
mod plans;

/// A time that stands still.
#[derive(Debug)]
struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp(1_790_000_000_000)
    }
}

/// A catalog over a fresh store in memory.
struct World {
    catalog: Catalog,
    committer: Arc<Committer>,
}

impl World {
    fn new() -> Self {
        let options = StoreOptions {
            folder: std::path::PathBuf::new(),
            durability: Durability::default(),
            cache_bytes: 0,
        };
        let store = store::open(StoreKind::Memory, &options).unwrap();
        let committer = Arc::new(Committer::open(store).unwrap());
        Self {
            catalog: open(&committer),
            committer,
        }
    }

    /// The same database, opened again.
    fn reopened(self) -> Self {
        drop(self.catalog);
        Self {
            catalog: open(&self.committer),
            committer: self.committer,
        }
    }

    async fn create(&self, body: Json) -> Json {
        let made = self.catalog.create(&superuser(), &object(body)).await;
        Json::Object(
            made.unwrap_or_else(|error| panic!("{}", told(&error)))
                .to_json(),
        )
    }

    async fn update(&self, name: &str, body: Json) -> Json {
        let made = self.catalog.update(&superuser(), name, &object(body)).await;
        Json::Object(
            made.unwrap_or_else(|error| panic!("{}", told(&error)))
                .to_json(),
        )
    }

    async fn refused_create(&self, body: Json) -> Json {
        told(
            &self
                .catalog
                .create(&superuser(), &object(body))
                .await
                .unwrap_err(),
        )
    }

    async fn refused_update(&self, name: &str, body: Json) -> Json {
        told(
            &self
                .catalog
                .update(&superuser(), name, &object(body))
                .await
                .unwrap_err(),
        )
    }

    fn find(&self, name: &str) -> Arc<Collection> {
        Arc::clone(self.catalog.snapshot().find(name).unwrap())
    }

    fn names(&self) -> Vec<String> {
        self.catalog
            .snapshot()
            .all()
            .iter()
            .map(|one| one.name.clone())
            .collect()
    }
}

/// There are no records above a catalog that is alone.
struct Nobody;

fn nobody() -> Arc<dyn RecordRemoval> {
    Arc::new(Nobody)
}

impl RecordRemoval for Nobody {
    fn remove_all(self: Arc<Self>, _: Context, collection: Arc<Collection>) -> Removing {
        let sentence = format!("one by one: {}", collection.name);
        Box::pin(std::future::ready(Err(Error::BadRequest(sentence))))
    }

    fn plan_owned(&self, _: &Context, _: &[Arc<Collection>]) -> Result<Option<Proposal>> {
        Ok(Some(Proposal::default()))
    }

    fn remove_owned(self: Arc<Self>, _: Context, collections: Vec<Arc<Collection>>) -> Removing {
        assert!(collections.is_empty(), "what is planned is complete");
        Box::pin(std::future::ready(Ok(())))
    }
}

fn open(committer: &Arc<Committer>) -> Catalog {
    Catalog::open(
        Arc::clone(committer),
        Arc::new(Still),
        Arc::new(SystemRandom),
        Arc::new(
            Settings::open(
                Arc::clone(committer),
                crate::settings::Fixed::default(),
                std::sync::Arc::default(),
            )
            .unwrap(),
        ),
    )
    .unwrap()
}

fn superuser() -> Context {
    Context {
        now: Still.now(),
        principal: Principal::System,
        ..Context::default()
    }
}

fn object(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(object) => object,
        other => panic!("{other} is no object"),
    }
}

/// What a client would be told: violations, or the message where there are none.
fn told(error: &Error) -> Json {
    match error {
        Error::Refused { violations, .. } if !violations.is_empty() => {
            Json::Object(violations.to_json())
        }
        Error::Refused { reason, .. } => json!(reason),
        other => json!(other.to_string()),
    }
}
