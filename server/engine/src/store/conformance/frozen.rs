//! Reading a store as it was, while it is written.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::*;
use crate::store::Frozen;

fn seen(frozen: &dyn Frozen, range: &KeyRange, page: usize) -> Vec<(Key, Vec<u8>)> {
    let mut found = Vec::new();
    let mut rest = Some(range.clone());
    while let Some(range) = rest {
        let before = found.len();
        rest = frozen
            .scan(&range, page, &mut |key, value| {
                found.push((key.to_vec(), value.to_vec()));
                ControlFlow::Continue(())
            })
            .unwrap();
        assert!(found.len() - before <= page);
    }
    found
}

pub(super) fn a_view_stays_as_it_was(setup: &Setup) {
    let store = setup.open();
    let range = key::record_range(COLLECTION);
    for number in 0..20 {
        committed(&*store, put(&format!("{number:02}"), "old"));
    }
    let before = all(&*store, &range);
    let view = store.frozen().unwrap();
    assert_eq!(view.sequence(), *store.durable().borrow());
    committed(&*store, put("03", "new"));
    committed(&*store, put("03x", "new"));
    committed(&*store, put("99", &"n".repeat(200_000)));
    committed(
        &*store,
        Batch {
            deletes: ["00", "07", "08", "19"].map(record).to_vec(),
            ..Batch::default()
        },
    );
    committed(&*store, put("07", "again"));
    let later = store.frozen().unwrap();
    let after = all(&*store, &range);
    committed(&*store, put("01", "newest"));
    for page in [1, 2, 7, 100] {
        assert_eq!(seen(&*view, &range, page), before, "pages of {page}");
        assert_eq!(seen(&*later, &range, page), after, "pages of {page}");
    }
    let text = |view: &dyn Frozen, id: &str| view.get(&record(id)).unwrap();
    assert_eq!(text(&*view, "03"), Some(b"old".to_vec()));
    assert_eq!(text(&*view, "03x"), None);
    assert_eq!(text(&*view, "00"), Some(b"old".to_vec()));
    assert_eq!(text(&*later, "00"), None);
    assert_eq!(text(&*later, "07"), Some(b"again".to_vec()));
    let mut visited = 0;
    let rest = view.scan(&range, 100, &mut |_, _| {
        visited += 1;
        ControlFlow::Break(())
    });
    assert_eq!((rest.unwrap(), visited), (None, 1));
    let inside = view.scan(&range, 100, &mut |_, _| {
        assert!(view.get(&record("01")).is_err());
        ControlFlow::Break(())
    });
    inside.unwrap();
}

/// Every commit moves an amount between two keys; whatever is read keeps the sum.
pub(super) fn a_view_is_what_one_commit_left(setup: &Setup) {
    let store = setup.open();
    let keys = 50;
    for number in 0..keys {
        let puts = vec![(numbered(number), codec::counter_bytes(100))];
        committed(
            &*store,
            Batch {
                puts,
                ..Batch::default()
            },
        );
    }
    let stopping = AtomicBool::new(false);
    let mut states = BTreeMap::new();
    thread::scope(|scope| {
        for writer in 0..3_usize {
            let (store, stopping) = (&store, &stopping);
            scope.spawn(move || {
                let mut step = writer;
                while !stopping.load(Ordering::Relaxed) {
                    step = step.wrapping_mul(31).wrapping_add(17);
                    let (from, to) = (step % keys, (step / 7 + writer + 1) % keys);
                    if from == to {
                        continue;
                    }
                    let increments = vec![(numbered(from), -1), (numbered(to), 1)];
                    committed(
                        &**store,
                        Batch {
                            increments,
                            ..Batch::default()
                        },
                    );
                }
            });
        }
        let range = key::record_range(COLLECTION);
        let deadline = Instant::now() + Duration::from_secs(20);
        while states.len() < 12 && Instant::now() < deadline {
            let view = store.frozen().unwrap();
            let found = seen(&*view, &range, 3);
            let again = seen(&*view, &range, 11);
            states.insert(view.sequence(), (found, again));
        }
        // Before anything is asserted: the writers would never end.
        stopping.store(true, Ordering::Relaxed);
    });
    assert!(states.len() > 1, "nothing was written meanwhile");
    for (found, again) in states.values() {
        assert_eq!(found, again);
        let values = found
            .iter()
            .filter_map(|(_, value)| codec::counter_value(value));
        assert_eq!(values.sum::<i64>(), 100 * keys as i64);
    }
}

pub(super) fn a_store_that_is_filled_is_opened(setup: &Setup) {
    let options = setup.options(Durability::Strict);
    if !setup.is_on_disk() {
        assert!(crate::store::fill(setup.kind, &options).is_err());
        return;
    }
    let mut fill = crate::store::fill(setup.kind, &options).unwrap();
    let large = vec![7; 200_000];
    fill.put(vec![
        (record("a"), b"1".to_vec()),
        (record("b"), large.clone()),
    ])
    .unwrap();
    assert_eq!(fill.get(&record("a")).unwrap(), Some(b"1".to_vec()));
    fill.finish(Sequence(41)).unwrap();
    let store = setup.open();
    assert_eq!(text(&*store, "a").as_deref(), Some("1"));
    assert_eq!(store.get(&record("b")).unwrap(), Some(large));
    assert_eq!(committed(&*store, put("c", "3")), Sequence(42));
    store.close().unwrap();
    drop(store);
    assert!(crate::store::fill(setup.kind, &options).is_err());
    assert_eq!(text(&*setup.open(), "c").as_deref(), Some("3"));
}

pub(super) fn a_store_that_was_not_filled_to_the_end_is_refused(setup: &Setup) {
    if !setup.is_on_disk() {
        return;
    }
    let options = setup.options(Durability::Strict);
    let mut fill = crate::store::fill(setup.kind, &options).unwrap();
    fill.put(vec![(record("a"), b"1".to_vec())]).unwrap();
    drop(fill);
    let opened = crate::store::open(setup.kind, &options);
    assert!(
        matches!(opened, Err(StoreError::Damaged { .. })),
        "{opened:?}"
    );
}
