//! Guards hold at the moment of the commit, whoever else commits.

use std::thread;

use super::super::Guard;
use super::*;

fn guarded(guard: Guard) -> Batch {
    Batch {
        guards: vec![guard],
        ..put("witness", "committed")
    }
}

/// Tries a guard by a commit that leaves no trace.
fn holds(store: &dyn Store, guard: Guard) -> bool {
    match wait(store.commit(guarded(guard))) {
        Ok(_) => {
            let deletes = vec![record("witness")];
            committed(
                store,
                Batch {
                    deletes,
                    ..Batch::default()
                },
            );
            true
        }
        Err(CommitError::Guard(0)) => {
            assert_eq!(text(store, "witness"), None);
            false
        }
        Err(error) => panic!("{error}"),
    }
}

pub(super) fn a_guard_that_fails_commits_nothing(setup: &Setup) {
    let store = setup.open();
    committed(&*store, put("there", "1"));
    let batch = Batch {
        guards: vec![
            Guard::Present(record("there")),
            Guard::Absent(record("there")),
            Guard::Absent(record("there")),
        ],
        puts: vec![(record("new"), vec![1])],
        deletes: vec![record("there")],
        increments: vec![(key::counter(COLLECTION), 1)],
        log_entry: vec![1],
        announcement: None,
    };
    let refused = wait(store.commit(batch));
    assert!(matches!(refused, Err(CommitError::Guard(1))), "{refused:?}");
    assert_eq!(text(&*store, "new"), None);
    assert_eq!(text(&*store, "there").as_deref(), Some("1"));
    assert_eq!(store.get(&key::counter(COLLECTION)).unwrap(), None);
    assert_eq!(all(&*store, &key::Keyspace::Change.range()), []);
    // A refused batch takes no sequence.
    assert_eq!(committed(&*store, put("next", "1")), Sequence(2));
}

pub(super) fn absent_and_present(setup: &Setup) {
    let store = setup.open();
    assert!(holds(&*store, Guard::Absent(record("a"))));
    assert!(!holds(&*store, Guard::Present(record("a"))));
    committed(&*store, put("a", ""));
    assert!(!holds(&*store, Guard::Absent(record("a"))));
    assert!(holds(&*store, Guard::Present(record("a"))));
}

pub(super) fn unchanged(setup: &Setup) {
    let store = setup.open();
    let begins = |prefix: &str| Guard::Unchanged {
        key: record("a"),
        prefix: prefix.into(),
    };
    assert!(!holds(&*store, begins("")));
    committed(&*store, put("a", "revision 1, and more"));
    assert!(holds(&*store, begins("")));
    assert!(holds(&*store, begins("revision 1")));
    assert!(!holds(&*store, begins("revision 2")));
    assert!(!holds(&*store, begins("revision 1, and more than that")));
}

pub(super) fn only(setup: &Setup) {
    let store = setup.open();
    let exactly = |ids: &[&str]| Guard::Only {
        range: key::prefix_range(&record("in")),
        keys: ids.iter().map(|id| record(id)).collect(),
    };
    assert!(holds(&*store, exactly(&[])));
    assert!(!holds(&*store, exactly(&["in 1"])));
    for id in ["im", "in 1", "in 2", "io"] {
        committed(&*store, put(id, "x"));
    }
    assert!(holds(&*store, exactly(&["in 1", "in 2"])));
    assert!(!holds(&*store, exactly(&[])));
    assert!(!holds(&*store, exactly(&["in 1"])));
    assert!(!holds(&*store, exactly(&["in 2"])));
    assert!(!holds(&*store, exactly(&["in 1", "in 2", "in 3"])));
    assert!(!holds(&*store, exactly(&["in 1", "in 3"])));
    assert!(!holds(&*store, exactly(&["im", "in 1", "in 2"])));
}

pub(super) fn one_of_many_wins(setup: &Setup) {
    let store = setup.open();
    let results: Vec<_> = thread::scope(|scope| {
        let tries: Vec<_> = (0..200)
            .map(|number: usize| {
                let batch = Batch {
                    guards: vec![Guard::Absent(record("name"))],
                    ..put("name", &number.to_string())
                };
                let store = &store;
                scope.spawn(move || wait(store.commit(batch)))
            })
            .collect();
        tries
            .into_iter()
            .map(|attempt| attempt.join().unwrap())
            .collect()
    });
    let winners: Vec<_> = results
        .iter()
        .enumerate()
        .filter(|(_, result)| result.is_ok())
        .collect();
    assert_eq!(winners.len(), 1);
    assert_eq!(text(&*store, "name"), Some(winners[0].0.to_string()));
    let lost = results
        .iter()
        .filter(|one| matches!(one, Err(CommitError::Guard(0))))
        .count();
    assert_eq!(lost, 199);
}

/// Read, change, write under a guard: with retries no change is lost.
pub(super) fn revisions_are_not_lost(setup: &Setup) {
    let store = setup.open();
    committed(&*store, put("sum", "0;"));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut done = 0;
                while done < 20 {
                    let before = text(&*store, "sum").unwrap();
                    let sum: u32 = before.trim_end_matches(';').parse().unwrap();
                    let guard = Guard::Unchanged {
                        key: record("sum"),
                        prefix: before.into_bytes(),
                    };
                    let batch = Batch {
                        guards: vec![guard],
                        ..put("sum", &format!("{};", sum + 1))
                    };
                    match wait(store.commit(batch)) {
                        Ok(_) => done += 1,
                        Err(CommitError::Guard(0)) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            });
        }
    });
    assert_eq!(text(&*store, "sum").as_deref(), Some("160;"));
}
