//! Copies of a whole engine: made, moved, restored, refused.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use luge_model::timestamp::Timestamp;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use super::*;
use crate::engine::{Engine, Options};
use crate::files::Announced;
use crate::query::ListRequest;
use crate::records::{Body, Submitted};
use crate::store::key::Keyspace;
use crate::store::{Frozen, Key, wait};

mod archives;
mod checks;
mod craft;
mod dumps;
mod outcomes;
mod restores;
mod shelves;

const NOW: Timestamp = Timestamp(1_790_000_000_000);

struct World {
    folder: TempDir,
    engine: Arc<Engine>,
    system: Context,
    // Background work of the engine runs there.
    _runtime: tokio::runtime::Runtime,
}

fn object(json: &Json) -> Body {
    json.as_object().unwrap().clone()
}

impl World {
    /// Two collections that are related, with indexes of both kinds and files.
    fn new() -> Self {
        Self::with(|options| options)
    }

    fn with(change: impl FnOnce(Options) -> Options) -> Self {
        let folder = TempDir::new().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        let engine = {
            let _entered = runtime.enter();
            Arc::new(Engine::open(change(Options::new(data(&folder)))).unwrap())
        };
        let world = Self {
            folder,
            engine,
            system: Context::system(NOW),
            _runtime: runtime,
        };
        world.define(&json!({"name": "groups", "type": "base", "listRule": "",
            "fields": [
                {"name": "id", "type": "text", "system": true, "primaryKey": true,
                 "required": true, "min": 15, "max": 15, "pattern": "^[a-zA-Z0-9]+$",
                 "autogeneratePattern": "[a-z0-9]{15}"},
                {"name": "name", "type": "text"},
            ],
            "indexes": ["CREATE UNIQUE INDEX u ON groups (name)"]}));
        let groups = world.engine.catalog.view(&world.system, "groups").unwrap();
        world.define(&json!({"name": "docs", "type": "base", "listRule": "",
            "fields": [
                {"name": "title", "type": "text"}, {"name": "n", "type": "number"},
                {"name": "long", "type": "text", "max": 1_000_000},
                {"name": "group", "type": "relation", "collectionId": groups["id"]},
                {"name": "file", "type": "file", "maxSelect": 5},
            ],
            "indexes": ["CREATE INDEX i ON docs (title, n DESC)"]}));
        world
    }

    fn define(&self, definition: &Json) {
        wait(
            self.engine
                .catalog
                .create(&self.system, &object(definition)),
        )
        .unwrap();
    }

    fn data(&self) -> PathBuf {
        data(&self.folder)
    }

    fn make(&self, collection: &str, body: &Json, files: &[&str]) -> String {
        let upload = |text: &&str| {
            let announced = Announced {
                key: "file".to_owned(),
                original: "a.txt".to_owned(),
                bytes_max: 1 << 20,
            };
            let mut receiving = self.engine.files.receive(announced).unwrap();
            receiving.write(text.as_bytes()).unwrap();
            self.engine.files.received(receiving).unwrap()
        };
        let submitted = Submitted::new(object(body), files.iter().map(upload).collect());
        let records = &self.engine.records;
        let made = self
            ._runtime
            .block_on(records.create(&self.system, collection, submitted));
        let mut bytes = Vec::new();
        made.unwrap().write_json(&mut bytes);
        let record: Json = serde_json::from_slice(&bytes).unwrap();
        record["id"].as_str().unwrap().to_owned()
    }

    /// Some of everything; the id of a group, and of a doc with two files.
    fn fill(&self) -> (String, String) {
        let group = self.make(
            "groups",
            &json!({"name": "one", "id": "MixedCase000001"}),
            &[],
        );
        self.make("groups", &json!({"name": "two"}), &[]);
        let body = json!({"title": "with files", "n": 1, "group": group});
        let doc = self.make("docs", &body, &["first", "second"]);
        let long = "long ".repeat(40_000);
        self.make("docs", &json!({"title": "long", "long": long}), &[]);
        for n in 0..250 {
            self.make(
                "docs",
                &json!({"title": format!("t{}", n % 7), "n": n, "group": group}),
                &[],
            );
        }
        let gone = self.make("docs", &json!({"title": "gone"}), &["gone"]);
        wait(self.engine.records.delete(&self.system, "docs", &gone)).unwrap();
        self.engine.files.tend(NOW, &|| false).unwrap();
        (group, doc)
    }

    fn backup(&self, name: &str) -> PathBuf {
        let backups = &self.engine.backups;
        backups.create(&self.system, name, &|| false).unwrap();
        self.data().join(FOLDER).join(name)
    }

    /// What lies among the backups, beside what is noted of them.
    fn shelf(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = tree(&self.data().join(FOLDER));
        found.retain(|path, _| !path.ends_with(ledger::FILE));
        found
    }

    fn total(&self, collection: &str) -> u64 {
        total(&self.engine, collection)
    }
}

fn total(engine: &Engine, collection: &str) -> u64 {
    let context = Context::system(NOW);
    let page = engine
        .records
        .list(&context, collection, &ListRequest::default());
    page.unwrap().total_items.unwrap()
}

fn data(folder: &TempDir) -> PathBuf {
    folder.path().join("data")
}

/// Every key and value that is not hidden in a store; counters of nothing are as good as none.
fn everything(frozen: &dyn Frozen) -> BTreeMap<Key, Vec<u8>> {
    let mut found = BTreeMap::new();
    for keyspace in Keyspace::ALL {
        if keyspace.is_hidden() {
            continue;
        }
        dump::each(frozen, keyspace.range(), &mut |key, value| {
            if keyspace != Keyspace::Counter || value.iter().any(|byte| *byte != 0) {
                found.insert(key.to_vec(), value.to_vec());
            }
            Ok(())
        })
        .unwrap();
    }
    found
}

/// Every file below a folder with its bytes.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.clone(), fs::read(&path).unwrap());
            }
        }
    }
    found
}
