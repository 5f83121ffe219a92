//! Search over a whole engine, followed by its own thread.

mod containing;
mod counting;
mod finding;
mod freshness;
mod hostile;
mod interference;
mod ranking;
mod saved;
mod suggesting;

use std::time::{Duration, Instant};

use luge_model::principal::{Identity, Principal};
use luge_model::timestamp::Timestamp;
use serde_json::{Map, Value as Json, json};
use tempfile::TempDir;

use super::Running;
use crate::access::View;
use crate::context::Context;
use crate::engine::{Engine, Options};
use crate::error::Result;
use crate::query::{Found, ListRequest, Page};
use crate::store::{StoreKind, wait};

/// An engine whose search runs.
struct World {
    engine: Engine,
    // Dropped before the folder.
    running: Option<Running>,
    folder: TempDir,
}

fn object(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(object) => object,
        other => panic!("{other} is no object"),
    }
}

fn system() -> Context {
    Context::system(Timestamp(1))
}

fn guest() -> Context {
    Context::default()
}

/// Text fields with these names.
fn fields(names: &[&str]) -> Json {
    let field = |name: &&str| json!({ "name": name, "type": "text" });
    names.iter().map(field).collect()
}

impl World {
    fn new() -> Self {
        Self::on(StoreKind::Memory, tempfile::tempdir().unwrap())
    }

    fn on(store: StoreKind, folder: TempDir) -> Self {
        let options = Options {
            store,
            ..Options::new(folder.path().to_path_buf())
        };
        let engine = Engine::open(options).unwrap();
        let running = engine.search.start().unwrap();
        Self {
            engine,
            running: Some(running),
            folder,
        }
    }

    /// Closes the engine; what is in the folder stays.
    fn close(mut self) -> TempDir {
        drop(self.running.take());
        self.engine.close().unwrap();
        let Self { engine, folder, .. } = self;
        drop(engine);
        folder
    }

    fn collection(&self, definition: Json) {
        let made = wait(self.engine.catalog.create(&system(), &object(definition)));
        made.unwrap();
    }

    /// A public collection `posts` of texts with a search option.
    fn posts(&self, names: &[&str], search: &Json) {
        self.collection(json!({ "name": "posts", "type": "base", "listRule": "",
            "fields": fields(names), "search": search }));
    }

    fn change(&self, collection: &str, definition: Json) {
        let (system, body) = (system(), object(definition));
        let changed = self.engine.catalog.update(&system, collection, &body);
        wait(changed).unwrap();
    }

    fn make(&self, collection: &str, body: Json) -> String {
        let system = system();
        let made = self
            .engine
            .records
            .create(&system, collection, object(body));
        wait(made).unwrap().record().id().to_owned()
    }

    fn make_posts(&self, texts: &[&str]) {
        for (number, text) in texts.iter().enumerate() {
            let id = format!("{number:015}");
            self.make("posts", json!({ "id": id, "text": text }));
        }
    }

    /// Waits until searches see everything, and nothing is being built.
    fn settle(&self) {
        let begun = Instant::now();
        loop {
            let status = self.engine.search.status();
            let built = |one: &super::CollectionStatus| one.answers && one.building.is_none();
            if status.sequence == Some(status.durable) && status.collections.iter().all(built) {
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "{status:?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn list(
        &self,
        context: &Context,
        collection: &str,
        request: &ListRequest,
    ) -> Result<Page<View>> {
        self.engine.records.list(context, collection, request)
    }

    fn found(&self, context: &Context, search: &str) -> Vec<String> {
        self.settle();
        let request = ListRequest {
            search: search.to_owned(),
            ..ListRequest::default()
        };
        ids(&self.list(context, "posts", &request).unwrap())
    }

    /// The numbers of posts that a guest finds, the best first.
    fn numbers(&self, search: &str) -> Vec<usize> {
        let found = self.found(&guest(), search);
        found.iter().map(|id| id.parse().unwrap()).collect()
    }
}

fn ids<T: AsId>(page: &Page<T>) -> Vec<String> {
    page.items.iter().map(AsId::id).collect()
}

trait AsId {
    fn id(&self) -> String;
}

impl AsId for View {
    fn id(&self) -> String {
        self.record().id().to_owned()
    }
}

fn user(world: &World, collection: &str, id: &str) -> Context {
    let view = world
        .engine
        .records
        .view(&system(), collection, id)
        .unwrap();
    let identity = Identity {
        collection: view.collection().clone(),
        record: view.record().clone(),
        session: None,
        key: None,
    };
    Context {
        principal: Principal::User(identity.into()),
        ..Context::default()
    }
}
