//! Backups that are made, listed, restored and undone.

use super::*;
use crate::store::Sequence;

/// Ends a world as a server that is to start again would.
fn ended(world: World) -> TempDir {
    let World { folder, engine, .. } = world;
    engine.close().unwrap();
    folder
}

fn opened(folder: &TempDir) -> Result<Engine> {
    Engine::open(Options::new(data(folder)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_restored_beside_the_data_and_takes_its_place() {
    let (folder, files, known) = tokio::task::spawn_blocking(|| {
        let world = World::new();
        let (_, doc) = world.fill();
        let files = tree(&world.data().join("storage"));
        world.backup("a.zip");
        wait(world.engine.records.delete(&world.system, "docs", &doc)).unwrap();
        world.make("docs", &json!({"title": "later"}), &["later"]);
        world.engine.files.tend(NOW, &|| false).unwrap();
        assert!(tree(&world.data().join("storage")) != files);
        let known = *world.engine.committer.store().durable().borrow();
        let backups = &world.engine.backups;
        let verdict = backups.judge(&world.system, "a.zip").unwrap();
        assert_eq!(verdict.problems, [""; 0]);
        let manifest = backups.restore(&world.system, "a.zip").unwrap();
        assert_eq!(Some(&manifest), verdict.manifest.as_ref());
        assert_eq!((manifest.records, manifest.files), (254, 2));
        // Until the server starts again, everything goes on with what is there.
        assert_eq!(world.total("docs"), 252);
        assert!(matches!(
            backups.create(&world.system, "b.zip", &|| false),
            Err(Error::BackupRunning)
        ));
        assert!(matches!(
            backups.restore(&world.system, "a.zip"),
            Err(Error::BackupRunning)
        ));
        assert!(backups.delete(&world.system, "a.zip").is_err());
        assert!(matches!(settle(&world.data()), Err(Error::Store(_))));
        (ended(world), files, known)
    })
    .await
    .unwrap();
    let swapped = settle(&data(&folder)).unwrap().unwrap();
    let engine = opened(&folder).unwrap();
    swapped.confirm().unwrap();
    assert_eq!(total(&engine, "docs"), 252);
    assert_eq!(tree(&data(&folder).join("storage")), files);
    assert_eq!(engine.backups.check().unwrap().findings, []);
    assert!(*engine.committer.store().durable().borrow() > known);
    let oldest = crate::changes::oldest(&**engine.committer.store()).unwrap();
    assert!(oldest > Some(Sequence(known.0 + 1)));
    let listed = engine.backups.list(&Context::system(NOW)).unwrap();
    assert_eq!(listed.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn data_that_cannot_be_opened_gives_way_to_the_old() {
    let folder = tokio::task::spawn_blocking(|| {
        let world = World::new();
        world.fill();
        world.backup("a.zip");
        world.make("docs", &json!({"title": "later"}), &[]);
        world
            .engine
            .backups
            .restore(&world.system, "a.zip")
            .unwrap();
        ended(world)
    })
    .await
    .unwrap();
    let data = data(&folder);
    let engine_name = data.join(".restore/new/store/engine");
    fs::write(engine_name, "unknown\n").unwrap();
    let swapped = settle(&data).unwrap().unwrap();
    assert!(opened(&folder).is_err());
    swapped.undo().unwrap();
    let engine = opened(&folder).unwrap();
    assert_eq!(total(&engine, "docs"), 253);
    assert!(!data.join(".restore").exists());
}

#[test]
fn names_are_checked_and_never_replaced() {
    let world = World::new();
    let backups = &world.engine.backups;
    let create = |name: &str| backups.create(&world.system, name, &|| false);
    world.backup("a.zip");
    for (name, code) in [
        ("a.zip", "validation_backup_name_exists"),
        ("A.zip", "validation_match_invalid"),
        ("../a.zip", "validation_match_invalid"),
        ("a", "validation_match_invalid"),
        (
            &format!("{}.zip", "a".repeat(147)),
            "validation_length_out_of_range",
        ),
    ] {
        let Err(Error::Refused { violations, .. }) = create(name) else {
            panic!("{name} is accepted");
        };
        let json = Json::Object(violations.to_json());
        assert_eq!(json["name"]["code"], code, "{name}");
    }
    create("").unwrap();
    let keys: Vec<_> = backups
        .list(&world.system)
        .unwrap()
        .into_iter()
        .map(|one| one.key)
        .collect();
    let own = "luge_backup_acme_20260921141320.zip";
    assert_eq!(keys, ["a.zip", own]);
    assert!(matches!(create(own), Err(Error::Refused { .. })));
    let guest = Context {
        principal: luge_model::principal::Principal::Guest,
        ..world.system.clone()
    };
    assert!(matches!(backups.list(&guest), Err(Error::SignInNeeded)));
    assert!(matches!(
        backups.create(&guest, "b.zip", &|| false),
        Err(Error::SignInNeeded)
    ));
    assert!(matches!(
        backups.delete(&guest, "a.zip"),
        Err(Error::SignInNeeded)
    ));
    assert!(matches!(
        backups.restore(&guest, "a.zip"),
        Err(Error::SignInNeeded)
    ));
    assert!(matches!(backups.estimate(&guest), Err(Error::SignInNeeded)));
    for key in ["none.zip", "../store/engine", "..", ""] {
        assert!(backups.delete(&world.system, key).is_err(), "{key}");
        assert!(
            matches!(backups.open_backup(key), Err(Error::MissingBackup)),
            "{key}"
        );
        assert!(backups.restore(&world.system, key).is_err(), "{key}");
    }
    backups.delete(&world.system, own).unwrap();
    assert_eq!(backups.list(&world.system).unwrap().len(), 1);
}

#[test]
fn a_backup_that_is_broken_off_leaves_nothing() {
    let world = World::new();
    world.fill();
    let backups = &world.engine.backups;
    let before = tree(&world.data().join("storage"));
    assert!(backups.create(&world.system, "a.zip", &|| true).is_err());
    assert_eq!(backups.list(&world.system).unwrap(), []);
    assert_eq!(world.shelf(), BTreeMap::new());
    assert_eq!(tree(&world.data().join("storage")), before);
    world.backup("a.zip");
}

#[test]
fn automatic_backups_are_kept_up_to_a_number() {
    let world = World::new();
    let backups = &world.engine.backups;
    world.backup("a.zip");
    let body = object(&json!({"backups": {"cron": "0 0 * * *", "cronMaxKeep": 2}}));
    wait(world.engine.settings.update(&world.system, &body)).unwrap();
    for second in 0..4 {
        let now = Timestamp(NOW.0 + second * 1_000);
        backups.create_automatic(now, &|| false).unwrap();
    }
    let keys: Vec<_> = backups
        .list(&world.system)
        .unwrap()
        .into_iter()
        .map(|one| one.key)
        .collect();
    assert_eq!(
        keys,
        [
            "@auto_luge_backup_acme_20260921141322.zip",
            "@auto_luge_backup_acme_20260921141323.zip",
            "a.zip"
        ]
    );
}

/// Rather than somewhere else, without a word.
#[test]
fn where_the_settings_name_a_bucket_nothing_is_kept_here() {
    let world = World::new();
    world.backup("a.zip");
    let bucket = json!({"enabled": true, "bucket": "b", "region": "r", "accessKey": "k",
        "secret": "s", "endpoint": "http://127.0.0.1:1"});
    let body = object(&json!({"backups": {"s3": bucket}}));
    wait(world.engine.settings.update(&world.system, &body)).unwrap();
    let backups = &world.engine.backups;
    let refused = |error: Error| assert!(error.to_string().contains("bucket"), "{error}");
    refused(backups.list(&world.system).unwrap_err());
    refused(
        backups
            .create(&world.system, "b.zip", &|| false)
            .unwrap_err(),
    );
    refused(backups.create_automatic(NOW, &|| false).unwrap_err());
    refused(backups.delete(&world.system, "a.zip").unwrap_err());
    refused(backups.restore(&world.system, "a.zip").unwrap_err());
    assert_eq!(world.shelf().len(), 1);
}

#[test]
fn a_file_that_is_missing_is_told_and_does_not_hinder() {
    let world = World::new();
    let (_, doc) = world.fill();
    let files = tree(&world.data().join("storage"));
    let gone = files
        .keys()
        .find(|path| path.to_string_lossy().contains(&doc))
        .unwrap();
    fs::remove_file(gone).unwrap();
    let manifest = world
        .engine
        .backups
        .create(&world.system, "a.zip", &|| false)
        .unwrap();
    assert_eq!((manifest.files, manifest.missing_files.len()), (1, 1));
    let verdict = world.engine.backups.judge(&world.system, "a.zip").unwrap();
    assert_eq!(verdict.problems, [""; 0]);
    let estimate = world.engine.backups.estimate(&world.system).unwrap();
    assert_eq!(
        (estimate.files, estimate.file_bytes),
        (1, 6 - u64::from(files[gone] == b"second"))
    );
}

/// A clock that the test sets.
#[derive(Debug)]
struct Set(std::sync::atomic::AtomicI64);

impl crate::clock::Clock for Set {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

#[test]
fn a_backup_is_made_when_the_settings_say_so() {
    let world = World::new();
    let clock = Arc::new(Set(NOW.0.into()));
    let schedule = |cron: &str| {
        let body = object(&json!({"backups": {"cron": cron}}));
        wait(world.engine.settings.update(&world.system, &body)).unwrap();
    };
    let count = || world.engine.backups.list(&world.system).unwrap().len();
    let pause = || std::thread::sleep(std::time::Duration::from_millis(1_500));
    schedule("0 0 * * *");
    let jobs = crate::jobs::Jobs::start(Arc::clone(&world.engine), Arc::clone(&clock) as _);
    // Minutes later, but not yet midnight.
    clock.0.store(NOW.0 + 600_000, Ordering::SeqCst);
    pause();
    assert_eq!(count(), 0);
    clock.0.store(NOW.0 + 24 * 3_600_000, Ordering::SeqCst);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while count() == 0 {
        assert!(std::time::Instant::now() < deadline, "no backup is made");
        pause();
    }
    schedule("");
    clock.0.store(NOW.0 + 48 * 3_600_000, Ordering::SeqCst);
    pause();
    assert_eq!(count(), 1);
    drop(jobs);
}
