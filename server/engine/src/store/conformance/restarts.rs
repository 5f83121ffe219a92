//! What a folder keeps, and who may open it.

use std::path::{Path, PathBuf};

use super::*;

pub(super) fn everything_is_there_after_a_restart(setup: &Setup) {
    if !setup.is_on_disk() {
        return;
    }
    let store = setup.open();
    for number in 0..300 {
        let batch = Batch {
            puts: vec![(numbered(number), number.to_string().into_bytes())],
            increments: vec![(key::counter(COLLECTION), 1)],
            log_entry: vec![1],
            ..Batch::default()
        };
        drop(store.commit(batch));
    }
    let deletes = vec![numbered(7)];
    let last = committed(
        &*store,
        Batch {
            deletes,
            ..Batch::default()
        },
    );
    assert_eq!(last, Sequence(301));
    assert!(store.size_on_disk().unwrap() > 0);
    drop(store);

    let store = setup.open();
    assert_eq!(*store.durable().borrow(), Sequence(301));
    let found = all(&*store, &key::record_range(COLLECTION));
    let expected: Vec<_> = (0..300)
        .filter(|number| *number != 7)
        .map(|number| (numbered(number), number.to_string().into_bytes()))
        .collect();
    assert_eq!(found, expected);
    let count = store.get(&key::counter(COLLECTION)).unwrap().unwrap();
    assert_eq!(codec::counter_value(&count), Some(300));
    assert_eq!(all(&*store, &key::Keyspace::Change.range()).len(), 300);
    // The log may be trimmed to nothing: sequences go on all the same.
    let deletes = (1..=300)
        .map(|number| key::change(Sequence(number)))
        .collect();
    assert_eq!(
        committed(
            &*store,
            Batch {
                deletes,
                ..Batch::default()
            }
        ),
        Sequence(302)
    );
    drop(store);
    assert_eq!(committed(&*setup.open(), put("a", "1")), Sequence(303));
}

pub(super) fn a_second_open_is_refused(setup: &Setup) {
    if !setup.is_on_disk() {
        return;
    }
    let store = setup.open();
    let options = setup.options(Durability::Strict);
    let refused = super::super::open(setup.kind, &options);
    let Err(StoreError::InUse { folder }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(folder, options.folder.display().to_string());
    // The first one is not disturbed.
    committed(&*store, put("a", "1"));
    drop(store);
    assert_eq!(text(&*setup.open(), "a").as_deref(), Some("1"));
}

pub(super) fn another_engine_is_refused(setup: &Setup) {
    let (other, name) = match setup.kind {
        StoreKind::Sled => (StoreKind::Fjall, "sled"),
        StoreKind::Fjall => (StoreKind::Sled, "fjall"),
        StoreKind::Memory => return,
    };
    committed(&*setup.open(), put("a", "1"));
    let refused = super::super::open(other, &setup.options(Durability::Strict));
    let Err(error @ StoreError::OtherEngine { .. }) = refused else {
        panic!("{refused:?}")
    };
    assert!(
        error.to_string().contains(&format!("--store {name}")),
        "{error}"
    );
    assert_eq!(text(&*setup.open(), "a").as_deref(), Some("1"));
}

pub(super) fn another_format_is_refused(setup: &Setup) {
    if !setup.is_on_disk() {
        return;
    }
    let reopened = |value: Option<Vec<u8>>| {
        let setup = Setup::new(setup.kind);
        let format = key::meta("format");
        let batch = match value {
            Some(value) => Batch {
                puts: vec![(format, value)],
                ..Batch::default()
            },
            None => Batch {
                deletes: vec![format],
                ..Batch::default()
            },
        };
        committed(&*setup.open(), batch);
        super::super::open(setup.kind, &setup.options(Durability::Strict)).unwrap_err()
    };
    let future = reopened(Some(9_u32.to_le_bytes().to_vec()));
    assert!(
        matches!(
            future,
            StoreError::Format {
                found: 9,
                expected: 1
            }
        ),
        "{future:?}"
    );
    assert!(matches!(
        reopened(Some(vec![1])),
        StoreError::Damaged { .. }
    ));
    assert!(matches!(reopened(None), StoreError::Damaged { .. }));
}

/// Takes away what is inside the database's folder, as a damaged disk or a wrong hand would.
pub(super) fn a_database_that_lost_its_content_does_not_start_empty(setup: &Setup) {
    if !setup.is_on_disk() {
        return;
    }
    committed(&*setup.open(), put("a", "1"));
    let options = setup.options(Durability::Strict);
    let engine = std::fs::read_to_string(options.folder.join("engine")).unwrap();
    std::fs::remove_dir_all(options.folder.join(engine.trim())).unwrap();
    let refused = super::super::open(setup.kind, &options);
    let Err(error @ StoreError::Damaged { .. }) = refused else {
        panic!("{refused:?}")
    };
    assert!(error.to_string().contains("restore a backup"), "{error}");
    // Trying again does not help.
    assert!(super::super::open(setup.kind, &options).is_err());
}

/// A process that died while it made the folder left nothing that anybody relies on.
pub(super) fn a_folder_that_was_never_complete_is_made_anew(setup: &Setup) {
    if !setup.is_on_disk() {
        return;
    }
    drop(setup.open());
    let options = setup.options(Durability::Strict);
    std::fs::write(options.folder.join("engine"), "").unwrap();
    committed(&*setup.open(), put("a", "1"));
    assert_eq!(text(&*setup.open(), "a").as_deref(), Some("1"));
}

/// Whatever bytes a disk damages: either opening says so, or everything is there and right.
pub(super) fn damage_is_never_silent(setup: &Setup) {
    if !setup.is_on_disk() {
        return;
    }
    let mut refused = 0;
    for place in 1..10 {
        let setup = Setup::new(setup.kind);
        let store = setup.open();
        for commit in 0..20 {
            let entry = |number| (numbered(number), number.to_string().repeat(60).into_bytes());
            let puts = (commit * 20..(commit + 1) * 20).map(entry).collect();
            committed(
                &*store,
                Batch {
                    puts,
                    ..Batch::default()
                },
            );
        }
        drop(store);
        damage(&setup.options(Durability::Strict).folder, place);
        match super::super::open(setup.kind, &setup.options(Durability::Strict)) {
            Err(error) => {
                refused += 1;
                assert!(error.to_string().contains("restore a backup"), "{error}");
            }
            Ok(store) => {
                for number in 0..400 {
                    let value = store.get(&numbered(number)).unwrap().unwrap();
                    assert!(value == number.to_string().repeat(60).into_bytes());
                }
            }
        }
    }
    assert!(refused > 0, "nothing was damaged");
}

/// Changes some bytes at so many tenths of what is written of the largest file.
fn damage(folder: &Path, tenths: usize) {
    let file = files(folder)
        .into_iter()
        .max_by_key(|file| file.metadata().unwrap().len())
        .unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    let written = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    for byte in bytes.iter_mut().skip(written * tenths / 10).take(64) {
        *byte ^= 0x5a;
    }
    std::fs::write(&file, &bytes).unwrap();
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}
