//! Dumps move everything, and hold what one commit left.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::*;
use crate::records::Selection;
use crate::secrets::Vault;
use crate::store::{self, Durability, Sequence, StoreKind, StoreOptions};

fn options(folder: &Path) -> StoreOptions {
    StoreOptions {
        folder: folder.to_path_buf(),
        durability: Durability::Strict,
        cache_bytes: 0,
    }
}

#[test]
fn a_dump_moves_everything_between_stores() {
    let world = World::new();
    world.fill();
    let mut bytes = Vec::new();
    let dumped = world.engine.backups.dump(NOW, &mut bytes).unwrap();
    let before = everything(&*world.engine.committer.store().frozen().unwrap());
    assert!(before.len() > 1_000);
    assert_eq!(dumped.records(), 254);
    let verified = verify(&mut bytes.as_slice(), &Arc::default()).unwrap();
    assert_eq!(
        (verified.header.clone(), verified.entries),
        (dumped.header.clone(), dumped.entries)
    );
    let mut second = Vec::new();
    for kind in [StoreKind::Fjall, StoreKind::Sled] {
        let folder = TempDir::new().unwrap();
        let options = options(&folder.path().join("store"));
        let fill = store::fill(kind, &options).unwrap();
        load(
            &mut bytes.as_slice(),
            fill,
            &Arc::default(),
            (Log::Kept, NOW),
        )
        .unwrap();
        let store = store::open(kind, &options).unwrap();
        let frozen = store.frozen().unwrap();
        assert!(
            everything(&*frozen) == before,
            "{kind:?} holds something else"
        );
        second.clear();
        let made = Made {
            store: "sled",
            now: NOW,
            vault: &Arc::default(),
        };
        dump(&*frozen, made, &mut second).unwrap();
        assert!(second == bytes, "{kind:?} is dumped as something else");
    }
}

#[test]
fn a_log_that_begins_anew_is_behind_everything_that_was_known() {
    let world = World::new();
    world.fill();
    let mut bytes = Vec::new();
    let dumped = world.engine.backups.dump(NOW, &mut bytes).unwrap();
    for known in [0, dumped.header.sequence + 1_000] {
        let folder = TempDir::new().unwrap();
        let options = options(&folder.path().join("store"));
        let fill = store::fill(StoreKind::Fjall, &options).unwrap();
        let log = (Log::Cut(Sequence(known)), NOW);
        load(&mut bytes.as_slice(), fill, &Arc::default(), log).unwrap();
        let store = store::open(StoreKind::Fjall, &options).unwrap();
        let first = known.max(dumped.header.sequence) + 2;
        assert_eq!(*store.durable().borrow(), Sequence(first));
        let oldest = crate::changes::oldest(&*store).unwrap();
        assert_eq!(oldest, Some(Sequence(first)));
        let log = crate::changes::read(&*store, Sequence(0), 10).unwrap();
        assert_eq!((log.entries.len(), log.up_to), (1, Sequence(first)));
        // Followers whose position came along with the data learn that something is missing.
        let trimmed = crate::changes::trimmed(&*store).unwrap();
        assert_eq!(trimmed, Sequence(first - 1));
    }
}

#[test]
fn damaged_data_is_named_instead_of_dumped() {
    let world = World::new();
    let (group, _) = world.fill();
    let number = world.engine.catalog.snapshot().all().to_vec();
    let groups = number.iter().find(|one| one.name == "groups").unwrap();
    let proposal = crate::commit::Proposal {
        puts: vec![(
            store::key::record(groups.number, &group),
            b"no record".to_vec(),
        )],
        ..crate::commit::Proposal::default()
    };
    wait(world.engine.committer.commit(proposal)).unwrap();
    let error = world.engine.backups.dump(NOW, &mut Vec::new()).unwrap_err();
    assert!(error.to_string().contains(&group), "{error}");
}

/// Commits change two records at once; in every dump they are equal.
#[test]
fn a_dump_under_writers_is_what_one_commit_left() {
    let world = World::new();
    let ids = ["one", "two"].map(|name| world.make("groups", &json!({"name": name}), &[]));
    for id in &ids {
        world.make("docs", &json!({"title": "pair", "n": 0, "group": id}), &[]);
    }
    for n in 0..400 {
        world.make("docs", &json!({"title": "other", "n": n}), &[]);
    }
    let (stopping, commits) = (AtomicBool::new(false), AtomicU64::new(0));
    let selection = Selection {
        filter: "title = 'pair'".to_owned(),
        preview: false,
    };
    let mut dumps = Vec::new();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            while !stopping.load(Ordering::Relaxed) {
                let n = commits.fetch_add(1, Ordering::Relaxed);
                let body = object(&json!({"n": n}));
                let records = &world.engine.records;
                let context = &world.system;
                wait(records.update_selected(context, "docs", &selection, body)).unwrap();
            }
        });
        scope.spawn(|| {
            let mut n = 0;
            while !stopping.load(Ordering::Relaxed) {
                n += 1;
                let id = world.make("docs", &json!({"title": format!("new {n}")}), &[]);
                wait(world.engine.records.delete(&world.system, "docs", &id)).unwrap();
            }
        });
        for _ in 0..15 {
            let mut bytes = Vec::new();
            let dumped = world.engine.backups.dump(NOW, &mut bytes);
            dumps.push((dumped.map(drop), bytes));
            // The second one from now on begins when the first one is done.
            let enough = commits.load(Ordering::Relaxed) + 2;
            while commits.load(Ordering::Relaxed) < enough && !writer.is_finished() {
                std::thread::yield_now();
            }
        }
        // Before anything is asserted: the writers would never end.
        stopping.store(true, Ordering::Relaxed);
    });
    let mut seen = Vec::new();
    for (dumped, bytes) in dumps {
        dumped.unwrap();
        seen.push(pair(&world, &bytes));
    }
    for values in &seen {
        assert_eq!(values.len(), 2);
        assert_eq!(values[0], values[1], "{seen:?}");
    }
    assert!(seen.first() != seen.last(), "nothing was written meanwhile");
}

/// The number of both records of the pair, from a dump that is loaded and wholly checked.
fn pair(world: &World, bytes: &[u8]) -> Vec<String> {
    let folder = TempDir::new().unwrap();
    let options = options(&folder.path().join("store"));
    let fill = store::fill(StoreKind::Fjall, &options).unwrap();
    load(&mut &*bytes, fill, &Arc::default(), (Log::Kept, NOW)).unwrap();
    let store = store::open(StoreKind::Fjall, &options).unwrap();
    let frozen = store.frozen().unwrap();
    let found = check::check(&*frozen, &world.engine.files, &Vault::default()).unwrap();
    assert_eq!(found.findings, []);
    let snapshot = world.engine.catalog.snapshot();
    let docs = snapshot
        .all()
        .iter()
        .find(|one| one.name == "docs")
        .unwrap();
    let title = docs.fields.iter().find(|one| one.name == "title").unwrap();
    let n = docs.fields.iter().find(|one| one.name == "n").unwrap();
    let mut values = Vec::new();
    let range = store::key::record_range(docs.number);
    dump::each(&*frozen, range, &mut |_, bytes| {
        let record = luge_model::record::Record::open(bytes).unwrap();
        if record.text(title.number) == "pair" {
            values.push(format!("{:?}", record.value(n.number)));
        }
        Ok(())
    })
    .unwrap();
    values
}

#[test]
fn compacting_makes_a_store_smaller_and_changes_nothing() {
    let world = World::new();
    let (_, doc) = world.fill();
    for round in 0..30 {
        let selection = Selection {
            filter: "title != ''".to_owned(),
            preview: false,
        };
        let body = object(&json!({"n": round}));
        let records = &world.engine.records;
        wait(records.update_selected(&world.system, "docs", &selection, body)).unwrap();
    }
    trim(&world);
    let before = everything(&*world.engine.committer.store().frozen().unwrap());
    let target = Target {
        data: world.data(),
        store: StoreKind::Sled,
        vault: Arc::default(),
    };
    let refused = compact(&target, NOW).unwrap_err();
    assert!(refused.to_string().contains("another process"), "{refused}");
    let World {
        folder,
        engine,
        _runtime,
        ..
    } = world;
    engine.close().unwrap();
    drop(engine);
    drop(_runtime);
    let files = tree(&target.data.join("storage"));
    let (large, small) = compact(&target, NOW).unwrap();
    assert!(small * 2 < large, "{large} became {small}");
    let store = store::open(StoreKind::Sled, &options(&target.data.join("store"))).unwrap();
    assert!(everything(&*store.frozen().unwrap()) == before);
    drop(store);
    assert!(!target.data.join(".restore").exists());
    assert_eq!(tree(&target.data.join("storage")), files);
    assert!(
        files
            .keys()
            .any(|path| path.to_string_lossy().contains(&doc))
    );
    drop(folder);
}

/// Forgets the log, which holds what every update replaced.
fn trim(world: &World) {
    let retention = crate::commit::Retention {
        entries: 0,
        bytes: 0,
        age: 0,
    };
    let committer = &world.engine.committer;
    let plan = || crate::commit::plan_trim(&**committer.store(), retention, None, NOW).unwrap();
    while let Some(step) = plan() {
        wait(committer.commit(step)).unwrap();
    }
}
