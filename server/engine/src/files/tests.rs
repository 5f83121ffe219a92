//! Files of a whole engine: what is on the disk after each write, and after none.

use std::fs;
use std::path::Path;

use luge_model::timestamp::Timestamp;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use super::*;
use crate::context::Context;
use crate::engine::{Engine, Options};
use crate::records::{Body, Submitted};
use crate::store::StoreKind;

struct World {
    folder: TempDir,
    engine: Engine,
    system: Context,
}

fn object(json: &Json) -> Body {
    json.as_object().unwrap().clone()
}

impl World {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let engine = open(folder.path());
        let system = Context::system(Timestamp(1_790_000_000_000));
        let world = Self {
            folder,
            engine,
            system,
        };
        world
            .define(json!([
                {"name": "title", "type": "text"},
                {"name": "one", "type": "file"},
                {"name": "many", "type": "file", "maxSelect": 3, "maxSize": 10,
                 "mimeTypes": ["text/plain"]},
            ]))
            .await;
        world
    }

    async fn define(&self, fields: Json) {
        let definition =
            json!({"name": "docs", "type": "base", "fields": fields, "createRule": ""});
        let catalog = &self.engine.catalog;
        match catalog.view(&self.system, "docs") {
            Ok(_) => {
                catalog
                    .update(&self.system, "docs", &object(&definition))
                    .await
            }
            Err(_) => catalog.create(&self.system, &object(&definition)).await,
        }
        .unwrap();
    }

    fn upload(&self, key: &str, original: &str, bytes: &[u8]) -> Upload {
        let announced = Announced {
            key: key.to_owned(),
            original: original.to_owned(),
            bytes_max: 100,
        };
        let mut receiving = self.engine.files.receive(announced).unwrap();
        receiving.write(bytes).unwrap();
        self.engine.files.received(receiving).unwrap()
    }

    async fn create(&self, body: Json, uploads: Vec<Upload>) -> Result<Json> {
        let submitted = Submitted::new(object(&body), uploads);
        let records = &self.engine.records;
        let view = records.create(&self.system, "docs", submitted).await?;
        Ok(shown(&view))
    }

    async fn update(&self, id: &str, body: Json, uploads: Vec<Upload>) -> Result<Json> {
        let submitted = Submitted::new(object(&body), uploads);
        let records = &self.engine.records;
        let view = records.update(&self.system, "docs", id, submitted).await?;
        Ok(shown(&view))
    }

    /// The stored files, without the folder of their collection.
    fn stored(&self) -> Vec<String> {
        let mut found = Vec::new();
        let root = self.folder.path().join("storage");
        list(&root, &root, &mut found);
        found.sort();
        found
    }

    fn tend(&self) {
        self.engine.files.tend(self.system.now, &|| false).unwrap();
    }
}

fn open(folder: &Path) -> Engine {
    let options = Options {
        store: StoreKind::Memory,
        ..Options::new(folder.to_path_buf())
    };
    Engine::open(options).unwrap()
}

fn shown(view: &crate::access::View) -> Json {
    let mut bytes = Vec::new();
    view.write_json(&mut bytes);
    serde_json::from_slice(&bytes).unwrap()
}

fn list(root: &Path, folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.ends_with(SPOOL_FOLDER) {
            continue;
        }
        if path.is_dir() {
            list(root, &path, found);
        } else {
            let path = path.strip_prefix(root).unwrap().to_str().unwrap();
            found.push(path.split_once('/').unwrap().1.to_owned());
        }
    }
}

/// `<record>/<name>` for each name that the record has under a key.
fn paths(record: &Json, key: &str) -> Vec<String> {
    let id = record["id"].as_str().unwrap();
    let names = match &record[key] {
        Json::Array(names) => names.clone(),
        single => vec![single.clone()],
    };
    let names = names.iter().filter_map(Json::as_str);
    let mut paths: Vec<String> = names.map(|name| format!("{id}/{name}")).collect();
    paths.sort();
    paths
}

#[tokio::test]
async fn an_upload_is_stored_under_the_name_that_its_record_has() {
    let world = World::new().await;
    let uploads = vec![
        world.upload("one", "first.txt", b"first"),
        world.upload("one", "Last One.txt", b"last"),
        world.upload("title", "title.txt", b"not a file field"),
        world.upload("nothing", "nothing.txt", b"no field"),
    ];
    let record = world.create(json!({}), uploads).await.unwrap();
    assert_eq!(world.stored(), paths(&record, "one"));
    assert_eq!(record["title"], "");
    let name = record["one"].as_str().unwrap();
    assert!(
        name.starts_with("last_one_") && name.ends_with(".txt"),
        "{name}"
    );
    let (collection, id) = (record["collectionId"].as_str(), record["id"].as_str());
    let path = BlobPath::new(collection.unwrap(), id.unwrap(), name).unwrap();
    let blob = world.engine.files.read(&path).unwrap().unwrap();
    assert_eq!(blob.read(0, 100).unwrap(), b"last");
    assert_eq!(blob.read(2, 1).unwrap(), b"s");
    assert_eq!(blob.read(9, 1).unwrap(), b"");
}

#[tokio::test]
async fn a_refused_write_leaves_no_file() {
    let world = World::new().await;
    let too_large = || world.upload("many", "a.txt", &[b'x'; 11]);
    let too_large_to_keep = || world.upload("one", "a.txt", &[b'x'; 101]);
    let of_another_type = || world.upload("many", "a.txt", b"<html>");
    let fine = || world.upload("many", "a.txt", b"x");
    let record = world.create(json!({}), vec![fine()]).await.unwrap();
    let before = world.stored();
    let id = record["id"].as_str().unwrap();
    for (body, uploads) in [
        (json!({}), vec![fine(), too_large()]),
        (json!({}), vec![too_large_to_keep()]),
        (json!({}), vec![of_another_type()]),
        (json!({}), vec![fine(), fine(), fine(), fine()]),
        (json!({"many": "unknown.txt"}), vec![fine()]),
        (json!({"one": record["many"][0]}), vec![]),
    ] {
        assert!(world.create(body.clone(), uploads).await.is_err(), "{body}");
        assert_eq!(world.stored(), before);
    }
    let refused = world.create(json!({"id": id}), vec![fine()]).await;
    assert!(matches!(refused, Err(Error::Refused { .. })));
    assert_eq!(world.stored(), before);
    world.tend();
    assert_eq!(world.stored(), before);
    let spooled = world.folder.path().join("storage").join(SPOOL_FOLDER);
    assert_eq!(fs::read_dir(spooled).unwrap().count(), 0);
}

#[tokio::test]
async fn files_go_after_the_commit_that_drops_them() {
    let world = World::new().await;
    world.tend();
    let file = |key: &str| world.upload(key, "a.txt", b"x");
    let uploads = vec![file("many"), file("many"), file("one")];
    let record = world.create(json!({}), uploads).await.unwrap();
    let id = record["id"].as_str().unwrap();
    world.tend();
    assert_eq!(world.stored().len(), 3);

    let change = json!({"many-": record["many"][0]});
    let record = world.update(id, change, vec![file("many+")]).await.unwrap();
    world.tend();
    let mut expected = [paths(&record, "many"), paths(&record, "one")].concat();
    expected.sort();
    assert_eq!(world.stored(), expected);

    let change = json!({"many": record["many"][1]});
    let record = world.update(id, change, vec![file("one")]).await.unwrap();
    world.tend();
    let mut expected = [paths(&record, "many"), paths(&record, "one")].concat();
    expected.sort();
    assert_eq!(world.stored(), expected);
    assert_eq!(expected.len(), 2);

    let records = &world.engine.records;
    records.delete(&world.system, "docs", id).await.unwrap();
    world.tend();
    assert_eq!(world.stored(), [""; 0]);
    let left: Vec<_> = fs::read_dir(world.folder.path().join("storage"))
        .unwrap()
        .collect();
    assert_eq!(left.len(), 1, "only the folder of uploads: {left:?}");
}

#[tokio::test]
async fn files_go_with_their_field_their_collection_and_all_its_records() {
    let world = World::new().await;
    world.tend();
    let file = |key: &str| world.upload(key, "a.txt", b"x");
    let create = || async {
        world
            .create(json!({}), vec![file("one"), file("many")])
            .await
            .unwrap()
    };
    let record = create().await;
    world.define(json!([{"name": "one", "type": "file"}])).await;
    world.tend();
    assert_eq!(world.stored(), paths(&record, "one"));

    let records = Arc::clone(&world.engine.records);
    records.truncate(&world.system, "docs").await.unwrap();
    world.tend();
    assert_eq!(world.stored(), [""; 0]);

    create().await;
    assert_eq!(world.stored().len(), 1);
    records
        .delete_collection(&world.system, "docs")
        .await
        .unwrap();
    world.tend();
    assert_eq!(world.stored(), [""; 0]);
}

#[tokio::test]
async fn a_sweep_leaves_what_somebody_is_about_to_name() {
    let world = World::new().await;
    let collection = world.engine.catalog.snapshot();
    let collection = luge_model::collection::Collections::find(&*collection, "docs").unwrap();
    let files = &world.engine.files;
    let upload = Arc::new(world.upload("one", "a.txt", b"x"));
    let placed = files.place(&collection.id, "abcdefghijklmno", vec![upload]);
    let placed = placed.await.unwrap();
    world.tend();
    assert_eq!(world.stored().len(), 1);
    // Its writer goes away: what it had submitted is decided by the time of the next look.
    drop(placed);
    world.tend();
    assert_eq!(world.stored(), [""; 0]);
}

#[tokio::test]
async fn what_a_crash_leaves_is_removed_at_the_next_start() {
    let world = World::new().await;
    let record = world
        .create(json!({}), vec![world.upload("one", "a.txt", b"x")])
        .await
        .unwrap();
    let storage = world.folder.path().join("storage");
    let collection = record["collectionId"].as_str().unwrap();
    let id = record["id"].as_str().unwrap();
    let of_record = storage.join(collection).join(id);
    fs::write(of_record.join("orphan.txt"), "x").unwrap();
    fs::create_dir_all(of_record.join("thumbs_orphan.png")).unwrap();
    fs::write(of_record.join("thumbs_orphan.png/100x100_orphan.png"), "x").unwrap();
    fs::create_dir_all(storage.join("gone/record")).unwrap();
    fs::write(storage.join("gone/record/file.txt"), "x").unwrap();
    fs::create_dir_all(storage.join(collection).join("nobody")).unwrap();
    fs::write(storage.join(collection).join("nobody/file.txt"), "x").unwrap();
    world.tend();
    assert_eq!(world.stored(), paths(&record, "one"));
    assert!(!storage.join("gone").exists());

    // Half received uploads go when the folder is opened.
    let upload = world.upload("one", "a.txt", b"x");
    assert_eq!(fs::read_dir(storage.join(SPOOL_FOLDER)).unwrap().count(), 1);
    let _other = open(world.folder.path());
    assert!(!storage.join(SPOOL_FOLDER).exists());
    drop(upload);
}

#[tokio::test]
async fn a_damaged_record_keeps_its_files_and_holds_nobody_up() {
    let world = World::new().await;
    let file = || vec![world.upload("one", "a.txt", b"x")];
    let damaged = world.create(json!({}), file()).await.unwrap();
    let other = world.create(json!({}), file()).await.unwrap();
    let (id, other) = (damaged["id"].as_str(), other["id"].as_str());
    let snapshot = world.engine.catalog.snapshot();
    let number =
        luge_model::collection::Collections::find(&*snapshot, "docs").map(|one| one.number);
    let key = crate::store::key::record(number.unwrap(), id.unwrap());
    let proposal = crate::commit::Proposal {
        puts: vec![(key, b"no record at all".to_vec())],
        ..crate::commit::Proposal::default()
    };
    world.engine.committer.commit(proposal).await.unwrap();
    world.tend();
    assert_eq!(world.stored().len(), 2);
    let records = &world.engine.records;
    records
        .delete(&world.system, "docs", other.unwrap())
        .await
        .unwrap();
    world.tend();
    assert_eq!(world.stored(), paths(&damaged, "one"));
}
