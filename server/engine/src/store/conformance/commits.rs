//! What those who commit may rely on.

use std::thread;

use super::super::Announcement;
use super::*;

pub(super) fn increments_are_exact(setup: &Setup) {
    let store = super::super::open(setup.kind, &setup.options(Durability::Relaxed)).unwrap();
    let counters = [key::counter(COLLECTION), key::counter(CollectionNumber(2))];
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                for number in 0..500 {
                    let difference = if number % 5 == 0 { -2 } else { 3 };
                    let increments =
                        vec![(counters[0].clone(), difference), (counters[1].clone(), 1)];
                    committed(
                        &*store,
                        Batch {
                            increments,
                            ..Batch::default()
                        },
                    );
                }
            });
        }
    });
    let counts = store.get_many(&counters).unwrap();
    let counts: Vec<_> = counts
        .into_iter()
        .map(|count| codec::counter_value(&count.unwrap()))
        .collect();
    assert_eq!(counts, [Some(16 * (400 * 3 - 100 * 2)), Some(16 * 500)]);
}

pub(super) fn a_damaged_counter_is_refused(setup: &Setup) {
    let store = setup.open();
    committed(&*store, put("counter", "five"));
    for (id, difference) in [("counter", 1), ("greatest", 1)] {
        let puts = vec![(record("greatest"), codec::counter_bytes(i64::MAX))];
        committed(
            &*store,
            Batch {
                puts,
                ..Batch::default()
            },
        );
        let increments = vec![(record(id), difference)];
        let refused = wait(store.commit(Batch {
            increments,
            ..put("beside", "it")
        }));
        assert!(
            matches!(refused, Err(CommitError::Store(StoreError::Damaged { .. }))),
            "{refused:?}"
        );
        assert_eq!(text(&*store, "beside"), None);
    }
    assert_eq!(text(&*store, "counter").as_deref(), Some("five"));
}

pub(super) fn sequences_grow_and_log_entries_are_there(setup: &Setup) {
    let store = setup.open();
    let mut sequences: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let mut sequences = Vec::new();
                    for number in 0..25_u8 {
                        let log_entry = if number == 0 { vec![] } else { vec![number] };
                        let batch = Batch {
                            log_entry,
                            ..put("a", "1")
                        };
                        sequences.push((committed(&*store, batch), number));
                    }
                    assert!(sequences.is_sorted_by_key(|(sequence, _)| *sequence));
                    sequences
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    sequences.sort();
    let numbers: Vec<_> = sequences.iter().map(|(sequence, _)| sequence.0).collect();
    assert_eq!(numbers, (1..=200).collect::<Vec<_>>());
    assert_eq!(*store.durable().borrow(), Sequence(200));
    let expected: Vec<_> = sequences
        .into_iter()
        .filter(|(_, number)| *number > 0)
        .map(|(sequence, number)| (key::change(sequence), vec![number]))
        .collect();
    assert_eq!(all(&*store, &key::Keyspace::Change.range()), expected);
}

pub(super) fn commits_of_one_thread_keep_their_order(setup: &Setup) {
    let store = setup.open();
    let commits: Vec<_> = (0..500)
        .map(|number| store.commit(put("last", &number.to_string())))
        .collect();
    for (position, commit) in commits.into_iter().enumerate() {
        assert_eq!(wait(commit).unwrap(), Sequence(position as u64 + 1));
    }
    assert_eq!(text(&*store, "last").as_deref(), Some("499"));
}

pub(super) fn a_closed_store_refuses(setup: &Setup) {
    let store = setup.open();
    let before = store.commit(put("before", "1"));
    store.close().unwrap();
    store.close().unwrap();
    assert!(wait(before).is_ok());
    let after = wait(store.commit(put("after", "1")));
    assert!(matches!(after, Err(CommitError::Closed)), "{after:?}");
    assert_eq!(text(&*store, "before").as_deref(), Some("1"));
    assert_eq!(text(&*store, "after"), None);
}

pub(super) fn relaxed_commits_become_durable(setup: &Setup) {
    let store = super::super::open(setup.kind, &setup.options(Durability::Relaxed)).unwrap();
    let mut durable = store.durable();
    let sequence = committed(&*store, put("a", "1"));
    // Nothing else is committed: the flush must come by itself.
    wait(durable.wait_for(|durable| *durable == sequence)).unwrap();
    if setup.is_on_disk() {
        drop(store);
        assert_eq!(text(&*setup.open(), "a").as_deref(), Some("1"));
    }
}

#[derive(Debug)]
struct Said(usize);

impl Announcement for Said {}

pub(super) fn announcements_follow_the_order(setup: &Setup) {
    let store = setup.open();
    let mut announced = store.announcements();
    let durable = store.durable();
    let mut commits = Vec::new();
    for number in 0..100 {
        let announcement =
            (number % 2 == 0).then(|| Arc::new(Said(number)) as Arc<dyn Announcement>);
        commits.push(store.commit(Batch {
            announcement,
            ..put("a", "1")
        }));
    }
    for number in (0..100).step_by(2) {
        let heard = wait(announced.recv()).unwrap();
        assert_eq!(heard.sequence, Sequence(number as u64 + 1));
        assert!(*durable.borrow() >= heard.sequence);
        let any: &dyn std::any::Any = heard.announcement.as_ref();
        assert_eq!(any.downcast_ref::<Said>().unwrap().0, number);
    }
    for commit in commits {
        wait(commit).unwrap();
    }
    assert!(announced.try_recv().is_err());
}

pub(super) fn a_commit_happens_without_being_awaited(setup: &Setup) {
    let store = setup.open();
    drop(store.commit(put("a", "1")));
    committed(&*store, put("b", "1"));
    assert_eq!(text(&*store, "a").as_deref(), Some("1"));
}
