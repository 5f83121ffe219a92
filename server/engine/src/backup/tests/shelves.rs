//! Backups in a bucket: here a folder that behaves like one, and that can fail.

use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::files::{BlobStore, BucketFailure, Buckets, Object, Objects};
use crate::settings::S3Settings;

/// A bucket of everybody who knows its folder.
#[derive(Clone, Debug)]
struct Bucket {
    folder: PathBuf,
    refusing: Arc<AtomicBool>,
}

fn refusal(reason: &str) -> io::Error {
    io::Error::other(BucketFailure(reason.to_owned()))
}

impl Bucket {
    fn place(&self, key: &str) -> io::Result<PathBuf> {
        if self.refusing.load(Ordering::SeqCst) {
            return Err(refusal("AccessDenied: no"));
        }
        Ok(self.folder.join(key))
    }
}

impl Buckets for Bucket {
    fn open(&self, _: &S3Settings, _: &str) -> io::Result<Arc<dyn BlobStore>> {
        Err(refusal("only backups are kept here"))
    }

    fn objects(&self, settings: &S3Settings) -> io::Result<Arc<dyn Objects>> {
        assert_eq!(settings.bucket, "copies");
        Ok(Arc::new(self.clone()))
    }

    fn test(&self, _: &S3Settings) -> io::Result<()> {
        Err(refusal("only backups are kept here"))
    }
}

impl Objects for Bucket {
    fn list(&self) -> io::Result<Vec<Object>> {
        let entries = fs::read_dir(self.place("")?)?;
        let object = |entry: io::Result<fs::DirEntry>| {
            let entry = entry?;
            let metadata = entry.metadata()?;
            Ok(Object {
                key: entry.file_name().into_string().unwrap(),
                bytes: metadata.len(),
                modified: metadata.modified()?,
            })
        };
        entries.map(object).collect()
    }

    fn put(&self, key: &str, from: &Path) -> io::Result<()> {
        fs::copy(from, self.place(key)?).map(drop)
    }

    fn open(&self, key: &str) -> io::Result<Option<Box<dyn Blob>>> {
        crate::files::open_file(&self.place(key)?)
    }

    fn remove(&self, key: &str) -> io::Result<()> {
        fs::remove_file(self.place(key)?)
    }
}

fn keep_in_bucket(world: &World, enabled: bool) {
    let s3 = json!({"enabled": enabled, "bucket": "copies", "region": "r", "endpoint": "e",
        "accessKey": "k", "secret": "hunter2"});
    let body = object(&json!({"backups": {"s3": s3}}));
    wait(world.engine.settings.update(&world.system, &body)).unwrap();
}

fn keys(world: &World) -> Vec<String> {
    let all = world.engine.backups.list(&world.system).unwrap();
    all.into_iter().map(|backup| backup.key).collect()
}

fn world() -> (World, Bucket, TempDir) {
    let folder = TempDir::new().unwrap();
    let bucket = Bucket {
        folder: folder.path().to_path_buf(),
        refusing: Arc::default(),
    };
    let buckets: Arc<dyn Buckets> = Arc::new(bucket.clone());
    let world = World::with(|options| Options {
        buckets: Some(buckets),
        ..options
    });
    world.fill();
    (world, bucket, folder)
}

#[test]
fn backups_are_where_the_settings_say_now() {
    let (world, bucket, _folder) = world();
    let backups = &world.engine.backups;
    let create = |name: &str| backups.create(&world.system, name, &|| false);
    create("here.zip").unwrap();
    keep_in_bucket(&world, true);
    assert_eq!(keys(&world), [""; 0]);
    let made = create("b.zip").unwrap();
    create("a.zip").unwrap();
    // What no backup can be called belongs to somebody else.
    fs::write(bucket.folder.join(".hidden"), "x").unwrap();
    assert_eq!(keys(&world), ["a.zip", "b.zip"]);
    let before = fs::read(bucket.folder.join("b.zip")).unwrap();
    assert!(matches!(create("b.zip"), Err(Error::Refused { .. })));
    assert_eq!(fs::read(bucket.folder.join("b.zip")).unwrap(), before);
    assert!(backups.open_backup("none.zip").is_err());
    assert!(backups.open_backup(".hidden").is_err());
    assert!(backups.delete(&world.system, "none.zip").is_err());
    assert!(backups.delete(&world.system, ".hidden").is_err());
    backups.delete(&world.system, "a.zip").unwrap();
    assert!(!bucket.folder.join("a.zip").exists());

    keep_in_bucket(&world, false);
    assert_eq!(keys(&world), ["here.zip"]);
    assert!(backups.open_backup("b.zip").is_err());
    keep_in_bucket(&world, true);
    let verdict = backups.judge(&world.system, "b.zip").unwrap();
    assert_eq!((verdict.problems, verdict.manifest), (vec![], Some(made)));
    assert!(backups.restore(&world.system, "here.zip").is_err());
    backups.restore(&world.system, "b.zip").unwrap();
    assert!(backups.delete(&world.system, "b.zip").is_err());
    // Nothing temporary is left.
    assert!(tree(&world.data().join(FOLDER).join(INCOMING)).is_empty());
    world.engine.close().unwrap();
}

#[test]
fn automatic_backups_in_a_bucket_are_few() {
    let (world, bucket, _folder) = world();
    keep_in_bucket(&world, true);
    let backups = &world.engine.backups;
    for n in 0..5 {
        let now = Timestamp(NOW.0 + n * 1_000);
        backups.create_automatic(now, &|| false).unwrap();
    }
    assert_eq!(keys(&world).len(), 3);
    assert_eq!(fs::read_dir(&bucket.folder).unwrap().count(), 3);
}

#[test]
fn a_bucket_that_refuses_is_said_to_and_nothing_else_changes() {
    let (world, bucket, _folder) = world();
    let backups = &world.engine.backups;
    keep_in_bucket(&world, true);
    backups.create(&world.system, "a.zip", &|| false).unwrap();
    bucket.refusing.store(true, Ordering::SeqCst);
    let system = &world.system;
    for (name, outcome) in [
        ("list", backups.list(system).map(drop)),
        ("create", backups.create(system, "", &|| false).map(drop)),
        ("automatic", backups.create_automatic(NOW, &|| false)),
        ("open", backups.open_backup("a.zip").map(drop)),
        ("judge", backups.judge(system, "a.zip").map(drop)),
        ("restore", backups.restore(system, "a.zip").map(drop)),
        ("delete", backups.delete(system, "a.zip")),
    ] {
        match outcome {
            Err(Error::BackupsUnreachable(reason)) => assert_eq!(reason, "AccessDenied: no"),
            other => panic!("{name}: {other:?}"),
        }
    }
    assert!(backups.is_idle());
    assert!(world.shelf().is_empty());
    bucket.refusing.store(false, Ordering::SeqCst);
    assert_eq!(keys(&world), ["a.zip"]);
    // Half of it is none.
    let whole = fs::read(bucket.folder.join("a.zip")).unwrap();
    fs::write(bucket.folder.join("a.zip"), &whole[..whole.len() / 2]).unwrap();
    assert!(!backups.judge(system, "a.zip").unwrap().problems.is_empty());
    let restored = backups.restore(system, "a.zip");
    assert!(matches!(restored, Err(Error::Unusable(_))));
    backups.delete(system, "a.zip").unwrap();
}
