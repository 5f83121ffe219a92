//! What readers may rely on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::*;

pub(super) fn values_come_back(setup: &Setup) {
    let store = setup.open();
    assert_eq!(store.get(&record("a")).unwrap(), None);
    let batch = Batch {
        puts: vec![(record("a"), b"1".to_vec()), (record("b"), Vec::new())],
        ..Batch::default()
    };
    committed(&*store, batch);
    assert_eq!(text(&*store, "a").as_deref(), Some("1"));
    assert_eq!(text(&*store, "b").as_deref(), Some(""));
    committed(&*store, put("a", "2"));
    let keys = [record("b"), record("missing"), record("a"), record("a")];
    let found = store.get_many(&keys).unwrap();
    assert_eq!(
        found,
        [
            Some(Vec::new()),
            None,
            Some(b"2".to_vec()),
            Some(b"2".to_vec())
        ]
    );
    let deletes = vec![record("a"), record("never there")];
    committed(
        &*store,
        Batch {
            deletes,
            ..Batch::default()
        },
    );
    assert_eq!(text(&*store, "a"), None);
    assert_eq!(text(&*store, "b").as_deref(), Some(""));
    // A prefix of a key is another key.
    assert_eq!(
        store.get(&key::record_range(COLLECTION).start).unwrap(),
        None
    );
}

pub(super) fn scans_page_in_both_directions(setup: &Setup) {
    let store = setup.open();
    let puts = (0..25)
        .map(|number| (numbered(number), vec![0; number]))
        .collect();
    committed(
        &*store,
        Batch {
            puts,
            ..Batch::default()
        },
    );
    let others = [CollectionNumber(0), CollectionNumber(2)];
    let puts = others
        .map(|other| (key::record(other, "000003"), vec![]))
        .into();
    committed(
        &*store,
        Batch {
            puts,
            ..Batch::default()
        },
    );
    let expected: Vec<Key> = (0..25).map(numbered).collect();
    for limit in [1, 7, 24, 25, 26] {
        let mut forward = pages(&*store, Direction::Forward, limit);
        assert_eq!(forward, expected, "forward by {limit}");
        forward.reverse();
        assert_eq!(
            pages(&*store, Direction::Backward, limit),
            forward,
            "backward by {limit}"
        );
    }
    let part = KeyRange {
        start: numbered(3),
        end: numbered(6),
    };
    let keys: Vec<_> = all(&*store, &part)
        .into_iter()
        .map(|(key, _)| key)
        .collect();
    assert_eq!(keys, expected[3..6]);
    let empty = KeyRange {
        start: numbered(3),
        end: numbered(3),
    };
    assert_eq!(all(&*store, &empty), []);
}

fn pages(store: &dyn Store, direction: Direction, limit: usize) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut range = Some(key::record_range(COLLECTION));
    while let Some(page) = range {
        let before = keys.len();
        range = store
            .scan(&page, direction, limit, &mut |key, _| {
                keys.push(key.to_vec());
                ControlFlow::Continue(())
            })
            .unwrap();
        assert!(keys.len() - before <= limit);
    }
    keys
}

pub(super) fn a_visitor_can_break_off(setup: &Setup) {
    let store = setup.open();
    let puts = (0..5).map(|number| (numbered(number), vec![])).collect();
    committed(
        &*store,
        Batch {
            puts,
            ..Batch::default()
        },
    );
    let mut seen = 0;
    let rest = store.scan(
        &key::record_range(COLLECTION),
        Direction::Forward,
        5,
        &mut |_, _| {
            seen += 1;
            if seen == 2 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        },
    );
    assert_eq!((seen, rest.unwrap()), (2, None));
}

pub(super) fn a_visitor_must_not_read(setup: &Setup) {
    let store = setup.open();
    committed(&*store, put("a", "1"));
    let mut refused = 0;
    let range = key::record_range(COLLECTION);
    let ignore = &mut |_: &[u8], _: &[u8]| ControlFlow::Continue(());
    store
        .scan(&range, Direction::Forward, 1, &mut |key, _| {
            refused += usize::from(store.get(key).is_err());
            refused += usize::from(store.get_many(&[]).is_err());
            refused += usize::from(store.scan(&range, Direction::Forward, 1, ignore).is_err());
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(refused, 3);
    // After the scan reading works again.
    assert_eq!(text(&*store, "a").as_deref(), Some("1"));
}

pub(super) fn large_values_come_back(setup: &Setup) {
    let large = |seed: u32, length: u32| -> Vec<u8> {
        (0..length)
            .map(|place| (place.wrapping_mul(seed) >> 7).to_le_bytes()[0])
            .collect()
    };
    let values = [65_535, 65_536, 65_537, 131_072, 1_048_576].map(|length| large(31, length));
    let store = setup.open();
    for (number, value) in values.iter().enumerate() {
        let puts = vec![(numbered(number), value.clone())];
        committed(
            &*store,
            Batch {
                puts,
                ..Batch::default()
            },
        );
    }
    let check = |store: &dyn Store| {
        let found: Vec<_> = all(store, &key::record_range(COLLECTION));
        assert_eq!(found.len(), values.len());
        for (number, value) in values.iter().enumerate() {
            assert!(store.get(&numbered(number)).unwrap().as_ref() == Some(value));
            assert!(found[number].1 == *value);
        }
    };
    check(&*store);
    if setup.is_on_disk() {
        drop(store);
        check(&*setup.open());
        shrink(&*setup.open(), values.len());
    } else {
        shrink(&*store, values.len());
    }
}

/// Replaces large values by smaller ones and removes them: nothing of them stays.
fn shrink(store: &dyn Store, count: usize) {
    committed(
        store,
        Batch {
            puts: vec![(numbered(4), vec![7; 70_000])],
            ..Batch::default()
        },
    );
    assert_eq!(store.get(&numbered(4)).unwrap(), Some(vec![7; 70_000]));
    committed(
        store,
        Batch {
            puts: vec![(numbered(4), vec![8; 10])],
            ..Batch::default()
        },
    );
    assert_eq!(store.get(&numbered(4)).unwrap(), Some(vec![8; 10]));
    let deletes = (0..count).map(numbered).collect();
    committed(
        store,
        Batch {
            deletes,
            ..Batch::default()
        },
    );
    assert_eq!(all(store, &key::record_range(COLLECTION)), []);
    assert_eq!(all(store, &key::Keyspace::Chunk.range()), []);
    assert_eq!(all(store, &key::Keyspace::ChunkedKey.range()), []);
}

pub(super) fn readers_never_see_half_a_batch(setup: &Setup) {
    const KEYS: usize = 60;
    let store = setup.open();
    let version = |version: u32| Batch {
        puts: (0..KEYS)
            .map(|number| (numbered(number), version.to_le_bytes().to_vec()))
            .collect(),
        ..Batch::default()
    };
    committed(&*store, version(0));
    let done = AtomicBool::new(false);
    let keys: Vec<_> = (0..KEYS).map(numbered).collect();
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let found = all(&*store, &key::record_range(COLLECTION));
                    assert_eq!(found.len(), KEYS);
                    assert!(found.iter().all(|(_, value)| *value == found[0].1));
                    let found = store.get_many(&keys).unwrap();
                    assert!(found.iter().all(|value| *value == found[0]));
                }
            });
        }
        for number in 1..80 {
            committed(&*store, version(number));
        }
        done.store(true, Ordering::Relaxed);
    });
}
