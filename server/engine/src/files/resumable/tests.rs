//! Uploads of an engine: what is known of them, what is on the disk, and who takes them.

use luge_model::limits::UPLOAD_MILLISECONDS;
use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::engine::{Engine, Options};
use crate::records::{Body, Submitted};
use crate::store::StoreKind;

struct World {
    folder: TempDir,
    engine: Engine,
    system: Context,
}

fn object(json: &serde_json::Value) -> Body {
    json.as_object().unwrap().clone()
}

impl World {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let world = Self {
            engine: opened(&folder, StoreKind::Sled),
            folder,
            system: Context::system(Timestamp(1_790_000_000_000)),
        };
        let definition = json!({"name": "docs", "type": "base", "createRule": "", "fields": [
            {"name": "one", "type": "file"},
            {"name": "many", "type": "file", "maxSelect": 3},
        ]});
        let catalog = &world.engine.catalog;
        let definition = object(&definition);
        catalog.create(&world.system, &definition).await.unwrap();
        world
    }

    async fn begin(&self, length: u64) -> String {
        let begin = Begin {
            length,
            original: "a.txt".to_owned(),
            metadata: String::new(),
        };
        let begun = self.engine.files.begin_upload(&self.system, begin);
        begun.await.unwrap().id
    }

    async fn append(&self, id: &str, offset: u64, bytes: &[u8]) -> Result<u64> {
        let announced = (bytes.len() as u64, None);
        let appending = self
            .engine
            .files
            .append(&self.system, id, offset, announced);
        let mut appending = appending.await?;
        appending.write(bytes)?;
        appending.finish()
    }

    async fn finished(&self, bytes: &[u8]) -> String {
        let id = self.begin(bytes.len() as u64).await;
        self.append(&id, 0, bytes).await.unwrap();
        id
    }

    async fn create(&self, body: serde_json::Value) -> Result<()> {
        let submitted: Submitted = object(&body).into();
        let records = &self.engine.records;
        records
            .create(&self.system, "docs", submitted)
            .await
            .map(|_| ())
    }

    fn offset(&self, id: &str) -> Result<u64> {
        let state = self.engine.files.upload(&self.system, id)?;
        Ok(state.offset)
    }

    fn bytes(&self) -> Vec<String> {
        names(&self.folder.path().join("storage").join(FOLDER))
    }

    /// What a killed process leaves to the next one.
    fn restarted(self) -> Self {
        let Self {
            folder,
            engine,
            system,
        } = self;
        engine.close().unwrap();
        drop(engine);
        Self {
            engine: opened(&folder, StoreKind::Sled),
            folder,
            system,
        }
    }
}

fn opened(folder: &TempDir, store: StoreKind) -> Engine {
    Engine::open(Options {
        store,
        ..Options::new(folder.path().to_path_buf())
    })
    .unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

fn is_missing<T>(outcome: &Result<T>) -> bool {
    matches!(outcome, Err(Error::Upload(UploadError::Missing)))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_survives_a_restart_and_what_is_not_known_does_not() {
    let world = World::new().await;
    let id = world.begin(10).await;
    world.append(&id, 0, b"hello").await.unwrap();
    let stray = "z".repeat(UPLOAD_ID_CHARS);
    for name in [stray.as_str(), "stray.txt", &format!("{stray}.unchecked")] {
        fs::write(
            world.folder.path().join("storage").join(FOLDER).join(name),
            b"x",
        )
        .unwrap();
    }
    let world = world.restarted();
    assert_eq!(world.bytes(), std::slice::from_ref(&id));
    assert_eq!(world.offset(&id).unwrap(), 5);
    assert_eq!(world.append(&id, 5, b"world").await.unwrap(), 10);
    world
        .create(json!({"one": format!("upload:{id}")}))
        .await
        .unwrap();
    assert!(world.bytes().is_empty());
    let world = world.restarted();
    assert!(is_missing(&world.offset(&id)));
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_were_not_checked_are_taken_back() {
    let world = World::new().await;
    let id = world.begin(10).await;
    world.append(&id, 0, b"he").await.unwrap();
    let checksum = || Checksum::new("sha1", vec![0; 20]);
    let files = &world.engine.files;
    let append = |at| files.append(&world.system, &id, at, (3, checksum()));
    // Wrong at the end, broken off, and dropped on the way.
    let mut appending = append(2).await.unwrap();
    appending.write(b"llo").unwrap();
    let wrong = appending.finish();
    assert!(matches!(wrong, Err(Error::Upload(UploadError::Checksum))));
    let mut appending = append(2).await.unwrap();
    appending.write(b"llo").unwrap();
    assert_eq!(appending.break_off().unwrap(), 2);
    let mut appending = append(2).await.unwrap();
    appending.write(b"llo").unwrap();
    drop(appending);
    assert_eq!(world.offset(&id).unwrap(), 2);
    assert_eq!(world.bytes(), std::slice::from_ref(&id));
    // A crash before they were compared.
    let mut appending = append(2).await.unwrap();
    appending.write(b"llo").unwrap();
    std::mem::forget(appending);
    let world = world.restarted();
    assert_eq!(world.offset(&id).unwrap(), 2);
    assert_eq!(world.bytes(), [id]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_that_name_an_upload_one_gets_it() {
    let world = World::new().await;
    let id = world.finished(b"hello").await;
    let named = format!("upload:{id}");
    let attempts = (0..8).map(|_| world.create(json!({"one": named.clone()})));
    let outcomes = futures_util::future::join_all(attempts).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let refused = world.create(json!({"many": [named.clone(), named]})).await;
    assert!(matches!(refused, Err(Error::Refused { .. })));
    assert!(world.bytes().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_refused_write_named_is_still_there() {
    let world = World::new().await;
    let (one, other) = (world.finished(b"one").await, world.begin(5).await);
    for body in [
        json!({"many": [format!("upload:{one}"), format!("upload:{other}")]}),
        json!({"many": [format!("upload:{one}"), "unknown.txt"]}),
        json!({"one": format!("upload:{one}"), "many": [1, 2, 3, 4]}),
    ] {
        assert!(world.create(body).await.is_err());
        assert_eq!(world.offset(&one).unwrap(), 3);
    }
    // A single field keeps its last value only: what it does not keep is not used up.
    let last = world.finished(b"last").await;
    let body = json!({"one": [format!("upload:{one}"), format!("upload:{last}")]});
    world.create(body).await.unwrap();
    assert_eq!(world.offset(&one).unwrap(), 3);
    assert!(is_missing(&world.offset(&last)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_ends_after_its_time() {
    let mut world = World::new().await;
    let id = world.finished(b"hello").await;
    let working = world.begin(5).await;
    let files = std::sync::Arc::clone(&world.engine.files);
    let appending = files.append(&world.system, &working, 0, (1, None));
    let appending = appending.await.unwrap();
    world.system.now = Timestamp(world.system.now.0 + UPLOAD_MILLISECONDS);
    assert!(is_missing(&world.offset(&id)));
    let refused = world.create(json!({"one": format!("upload:{id}")})).await;
    assert!(matches!(refused, Err(Error::Refused { .. })));
    let now = world.system.now;
    let tend = |files: std::sync::Arc<Files>| {
        tokio::task::spawn_blocking(move || files.tend(now, &|| false).unwrap())
    };
    tend(std::sync::Arc::clone(&files)).await.unwrap();
    assert_eq!(world.bytes(), [working]);
    drop(appending);
    tend(files).await.unwrap();
    assert!(world.bytes().is_empty());
}
