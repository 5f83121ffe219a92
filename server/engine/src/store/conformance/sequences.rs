//! Random sequences of operations give what a simple model gives.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::super::Guard;
use super::*;

#[derive(Clone, Debug)]
enum Operation {
    Put(u8, Vec<u8>),
    PutLarge(u8, u8),
    Delete(u8),
    Increment(u8, i8),
    PutIfAbsent(u8),
    DeleteIfPresent(u8),
    PutIfOnly(u8, Vec<u8>),
    Scan(u8, u8, bool, u8),
}

fn operation() -> impl Strategy<Value = Operation> {
    let name = 0_u8..12;
    prop_oneof![
        4 => (name.clone(), prop::collection::vec(any::<u8>(), 0..9))
            .prop_map(|(name, value)| Operation::Put(name, value)),
        1 => (name.clone(), any::<u8>()).prop_map(|(name, fill)| Operation::PutLarge(name, fill)),
        3 => name.clone().prop_map(Operation::Delete),
        2 => (12_u8..14, any::<i8>()).prop_map(|(name, by)| Operation::Increment(name, by)),
        2 => name.clone().prop_map(Operation::PutIfAbsent),
        2 => name.clone().prop_map(Operation::DeleteIfPresent),
        2 => (name.clone(), prop::collection::vec(0_u8..12, 0..4))
            .prop_map(|(name, only)| Operation::PutIfOnly(name, only)),
        2 => (name.clone(), name, any::<bool>(), 1_u8..6)
            .prop_map(|(from, to, forward, limit)| Operation::Scan(from, to, forward, limit)),
    ]
}

type Model = BTreeMap<Key, Vec<u8>>;

pub(super) fn random_operations_match_a_model(setup: &Setup) {
    let cases = if setup.is_on_disk() { 12 } else { 64 };
    let mut runner = TestRunner::new(Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    });
    let operations = prop::collection::vec(operation(), 1..120);
    runner
        .run(&operations, |operations| {
            let setup = Setup::new(setup.kind);
            let store = setup.open();
            let mut model = Model::new();
            let mut waiting = Vec::new();
            for operation in operations {
                if let Operation::Scan(from, to, forward, limit) = operation {
                    settle(&mut waiting);
                    check_scan(
                        &*store,
                        &model,
                        (from.min(to), from.max(to)),
                        forward,
                        limit,
                    );
                    continue;
                }
                // Not awaited at once, so that several get into one group.
                let (batch, accepted) = apply(&mut model, operation);
                waiting.push((store.commit(batch), accepted));
            }
            settle(&mut waiting);
            let store = if setup.is_on_disk() {
                drop(store);
                setup.open()
            } else {
                store
            };
            let found: Model = all(&*store, &key::record_range(COLLECTION))
                .into_iter()
                .collect();
            prop_assert_eq!(found, model);
            Ok(())
        })
        .unwrap();
}

fn settle(waiting: &mut Vec<(super::super::CommitFuture, bool)>) {
    for (commit, accepted) in waiting.drain(..) {
        match wait(commit) {
            Ok(_) => assert!(accepted),
            Err(CommitError::Guard(0)) => assert!(!accepted),
            Err(error) => panic!("{error}"),
        }
    }
}

fn name(number: u8) -> Key {
    numbered(usize::from(number))
}

/// The batch of an operation, and whether it must be accepted.
fn apply(model: &mut Model, operation: Operation) -> (Batch, bool) {
    let mut batch = Batch::default();
    let mut accepted = true;
    match operation {
        Operation::Put(number, value) => batch.puts.push((name(number), value)),
        Operation::PutLarge(number, fill) => {
            batch.puts.push((name(number), vec![fill; 70_000]));
        }
        Operation::Delete(number) => batch.deletes.push(name(number)),
        Operation::Increment(number, by) => {
            batch.increments.push((name(number), i64::from(by)));
        }
        Operation::PutIfAbsent(number) => {
            accepted = !model.contains_key(&name(number));
            batch.guards.push(Guard::Absent(name(number)));
            batch.puts.push((name(number), b"was absent".to_vec()));
        }
        Operation::DeleteIfPresent(number) => {
            accepted = model.contains_key(&name(number));
            batch.guards.push(Guard::Present(name(number)));
            batch.deletes.push(name(number));
        }
        Operation::PutIfOnly(number, only) => {
            let range = KeyRange {
                start: name(number),
                end: name(number + 3),
            };
            let mut keys: Vec<_> = only.into_iter().map(name).collect();
            keys.sort();
            keys.dedup();
            accepted = model
                .range(range.start.clone()..range.end.clone())
                .map(|(key, _)| key)
                .eq(&keys);
            batch.guards.push(Guard::Only { range, keys });
            batch.puts.push((name(number), b"was alone".to_vec()));
        }
        Operation::Scan(..) => {}
    }
    if accepted {
        model.extend(batch.puts.iter().cloned());
        batch.deletes.iter().for_each(|key| drop(model.remove(key)));
        for (key, by) in &batch.increments {
            let count = model
                .get(key)
                .map_or(Some(0), |bytes| codec::counter_value(bytes));
            model.insert(key.clone(), codec::counter_bytes(count.unwrap() + by));
        }
    }
    (batch, accepted)
}

fn check_scan(store: &dyn Store, model: &Model, names: (u8, u8), forward: bool, limit: u8) {
    let range = KeyRange {
        start: name(names.0),
        end: name(names.1),
    };
    let mut expected: Vec<_> = model
        .range(range.start.clone()..range.end.clone())
        .collect();
    let direction = if forward {
        Direction::Forward
    } else {
        Direction::Backward
    };
    if !forward {
        expected.reverse();
    }
    let mut found = Vec::new();
    let rest = store.scan(&range, direction, usize::from(limit), &mut |key, value| {
        found.push((key.to_vec(), value.to_vec()));
        ControlFlow::Continue(())
    });
    let is_cut = expected.len() > usize::from(limit);
    expected.truncate(usize::from(limit));
    assert!(found.iter().map(|(key, value)| (key, value)).eq(expected));
    assert_eq!(rest.unwrap().is_some(), is_cut);
}
