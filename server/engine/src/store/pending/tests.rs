//! A store with writes on top reads like the store after them.

use std::ops::ControlFlow;

use proptest::prelude::*;

use super::*;
use crate::store::{CommitError, Store, StoreKind, StoreOptions, open, wait};

fn store() -> Arc<dyn Store> {
    open(StoreKind::Memory, &StoreOptions::default()).unwrap()
}

fn key(number: u8) -> Key {
    vec![0x03, number]
}

/// Which keys are there; what is written on top.
type World = (BTreeSet<u8>, Vec<(u8, Option<u8>)>);

fn worlds() -> impl Strategy<Value = World> {
    let keys = proptest::collection::btree_set(0_u8..16, 0..10);
    let writes = proptest::collection::vec((0_u8..16, proptest::option::of(0_u8..3)), 0..10);
    (keys, writes)
}

/// Where a range begins and ends.
fn bounds() -> impl Strategy<Value = (u8, u8)> {
    (0_u8..17, 0_u8..17).prop_map(|(one, other)| (one.min(other), one.max(other)))
}

/// The store below, the same with writes on top, and a store that holds both.
fn build((keys, writes): &World) -> (Arc<dyn Store>, Pending, Arc<dyn Store>) {
    let (below, after) = (store(), store());
    for store in [&below, &after] {
        let puts = keys.iter().map(|number| (key(*number), vec![9])).collect();
        let batch = Batch {
            puts,
            ..Batch::default()
        };
        wait(store.commit(batch)).unwrap();
    }
    let pending = Pending::over(Arc::clone(&below) as _);
    for (number, value) in writes {
        let (mut puts, mut deletes) = (Vec::new(), Vec::new());
        match value {
            Some(value) => puts.push((key(*number), vec![*value])),
            None => deletes.push(key(*number)),
        }
        pending.write(puts.clone(), deletes.clone(), Vec::new());
        let batch = Batch {
            puts,
            deletes,
            ..Batch::default()
        };
        wait(after.commit(batch)).unwrap();
    }
    (below, pending, after)
}

fn scanned(
    store: &dyn ReadStore,
    (start, end): (u8, u8),
    direction: Direction,
    limit: usize,
) -> Vec<Entry> {
    let mut all = Vec::new();
    let mut rest = Some(KeyRange {
        start: key(start),
        end: key(end),
    });
    while let Some(range) = rest {
        let mut seen = 0;
        rest = store
            .scan(&range, direction, limit, &mut |key, value| {
                seen += 1;
                all.push((key.to_vec(), value.to_vec()));
                ControlFlow::Continue(())
            })
            .unwrap();
        assert!(seen <= limit);
        assert!(rest.is_none() || seen == limit, "{rest:?}");
    }
    all
}

/// Whether a guard holds, asked of a store by a commit that writes nothing else.
fn holds(store: &dyn Store, guard: Guard) -> bool {
    let batch = Batch {
        guards: vec![guard],
        ..Batch::default()
    };
    match wait(store.commit(batch)) {
        Ok(_) => true,
        Err(CommitError::Guard(0)) => false,
        Err(error) => panic!("{error}"),
    }
}

proptest! {
    #[test]
    fn reads_are_those_of_the_state_afterwards(
        world in worlds(),
        bounds in bounds(),
        limit in 1_usize..6,
    ) {
        let (_, pending, after) = build(&world);
        let keys: Vec<Key> = (0..17).map(key).collect();
        prop_assert_eq!(pending.get_many(&keys).unwrap(), after.get_many(&keys).unwrap());
        for direction in [Direction::Forward, Direction::Backward] {
            let found = scanned(&pending, bounds, direction, limit);
            prop_assert_eq!(found, scanned(&*after, bounds, direction, limit));
        }
    }

    #[test]
    fn restated_guards_hold_below_when_the_guards_hold_afterwards(
        world in worlds(),
        number in 0_u8..17,
        bounds in bounds(),
        wrong in proptest::option::of(0_u8..17),
    ) {
        let (below, pending, after) = build(&world);
        let range = KeyRange { start: key(bounds.0), end: key(bounds.1) };
        let found = scanned(&*after, bounds, Direction::Forward, 4);
        let mut keys: BTreeSet<Key> = found.into_iter().map(|(key, _)| key).collect();
        if let Some(wrong) = wrong.map(key).filter(|wrong| {
            range.start <= *wrong && *wrong < range.end
        }) && !keys.remove(&wrong) {
            keys.insert(wrong);
        }
        for guard in [
            Guard::Absent(key(number)),
            Guard::Present(key(number)),
            Guard::Unchanged { key: key(number), prefix: vec![1] },
            Guard::Unchanged { key: key(number), prefix: vec![9] },
            Guard::Only { range, keys: keys.into_iter().collect() },
        ] {
            let expected = holds(&*after, guard.clone());
            let restated = match pending.restate(guard.clone()).unwrap() {
                Restated::Holds => true,
                Restated::Fails => false,
                Restated::Below(guard) => holds(&*below, guard),
            };
            prop_assert_eq!(restated, expected, "{:?}", guard);
        }
    }
}

#[test]
fn counters_are_those_of_the_state_afterwards() {
    let below = store();
    let counter = vec![0x08, 1];
    let batch = Batch {
        increments: vec![(counter.clone(), 5)],
        ..Batch::default()
    };
    wait(below.commit(batch)).unwrap();
    let pending = Pending::over(Arc::clone(&below) as _);
    pending.write(Vec::new(), Vec::new(), vec![(counter.clone(), 2)]);
    pending.write(Vec::new(), Vec::new(), vec![(counter.clone(), -4)]);
    let count = pending.get(&counter).unwrap();
    assert_eq!(count.as_deref().and_then(codec::counter_value), Some(3));
    assert_eq!(pending.batch().increments, [(counter, -2)]);
}
