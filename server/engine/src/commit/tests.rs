//! Serial numbers, listeners and trimming, on a store in memory or on disk.

use std::collections::BTreeSet;
use std::thread;

use luge_model::id::CollectionNumber;
use luge_model::limits::{ANNOUNCEMENTS_MAX, LOG_TRIM_STEP, SERIAL_BLOCK};

use super::*;
use crate::changes::ChangeKind;
use crate::store::{self, StoreKind, StoreOptions, wait};

const COLLECTION: CollectionNumber = CollectionNumber(1);

fn committer() -> Committer {
    Committer::open(store::open(StoreKind::Memory, &StoreOptions::default()).unwrap()).unwrap()
}

/// A create, update or delete of one record, as it would be planned.
fn proposal(kind: ChangeKind, id: &str, revision: u64) -> Proposal {
    let record = key::record(COLLECTION, id);
    let before = (kind != ChangeKind::Create).then(|| vec![b'b'; 10]);
    let collection = COLLECTION;
    let change = Change {
        kind,
        collection,
        record: id.to_owned(),
        revision,
        before,
    };
    let mut proposal = Proposal {
        changes: vec![change],
        ..Proposal::default()
    };
    match kind {
        ChangeKind::Delete => proposal.deletes.push(record),
        ChangeKind::Create | ChangeKind::Update => {
            proposal
                .puts
                .push((record, format!("{id} {revision}").into_bytes()));
        }
    }
    proposal
}

fn committed(committer: &Committer, proposal: Proposal) -> Sequence {
    wait(committer.commit(proposal)).unwrap()
}

#[test]
fn serials_are_never_given_twice() {
    let committer = committer();
    let numbers: Vec<u64> = thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let numbers: Vec<_> = (0..1_000).map(|_| committer.serial()).collect();
                    assert!(numbers.is_sorted_by(|one, next| one < next));
                    numbers
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    let distinct: BTreeSet<_> = numbers.iter().collect();
    assert_eq!(distinct.len(), 8_000);
    assert!(!distinct.contains(&0));
}

#[test]
fn serials_go_on_beyond_their_block() {
    let committer = committer();
    let mut last = committer.serial();
    for _ in 0..SERIAL_BLOCK * 2 {
        let next = committer.serial();
        assert_eq!(next, last + 1);
        last = next;
    }
    let reserved = committer
        .store()
        .get(&key::meta("serial"))
        .unwrap()
        .unwrap();
    let reserved = store::codec::counter_value(&reserved).unwrap();
    assert!(
        u64::try_from(reserved).unwrap() > last,
        "{last} is beyond {reserved}"
    );
}

#[test]
fn serials_go_on_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let options = StoreOptions {
        folder: folder.path().into(),
        ..StoreOptions::default()
    };
    let mut last = 0;
    for _ in 0..3 {
        let store = store::open(StoreKind::Sled, &options).unwrap();
        let committer = Committer::open(store).unwrap();
        for _ in 0..10 {
            let next = committer.serial();
            assert!(next > last);
            last = next;
        }
    }
}

#[test]
fn a_store_that_is_closed_cannot_be_made_writable() {
    let store = store::open(StoreKind::Memory, &StoreOptions::default()).unwrap();
    store.close().unwrap();
    assert!(matches!(Committer::open(store), Err(CommitError::Closed)));
}

#[test]
fn a_damaged_serial_counter_is_refused() {
    let store = store::open(StoreKind::Memory, &StoreOptions::default()).unwrap();
    let puts = vec![(key::meta("serial"), vec![1])];
    wait(store.commit(Batch {
        puts,
        ..Batch::default()
    }))
    .unwrap();
    assert!(matches!(Committer::open(store), Err(CommitError::Store(_))));
}

#[test]
fn serials_survive_a_store_that_closed() {
    let committer = committer();
    let before = committer.serial();
    committer.store().close().unwrap();
    // Nothing can be committed any more, but nobody may be left waiting either.
    for number in 1..SERIAL_BLOCK + 10 {
        assert_eq!(committer.serial(), before + number);
    }
}

#[test]
fn listeners_hear_durable_changes_in_order() {
    let committer = committer();
    committed(&committer, proposal(ChangeKind::Create, "unheard", 1));
    let mut listener = committer.listen();
    let first = committed(&committer, proposal(ChangeKind::Create, "a", 2));
    committed(&committer, Proposal::default());
    let second = committed(&committer, proposal(ChangeKind::Update, "a", 3));
    let third = committed(&committer, proposal(ChangeKind::Delete, "a", 3));
    let mut heard = || match wait(listener.next()) {
        Heard::Changes(changes) => changes,
        other => panic!("{other:?}"),
    };
    for (sequence, after) in [(first, Some("a 2")), (second, Some("a 3")), (third, None)] {
        let changes = heard();
        assert_eq!(changes.sequence, sequence);
        assert_eq!(changes.changes.len(), 1);
        assert_eq!(
            changes.changes[0].after.as_deref(),
            after.map(str::as_bytes)
        );
    }
    drop(committer);
    assert_eq!(wait(listener.next()), Heard::Closed);
}

#[test]
fn a_refused_proposal_is_not_heard_and_not_logged() {
    let committer = committer();
    let mut listener = committer.listen();
    let mut refused = proposal(ChangeKind::Create, "a", 1);
    refused
        .guards
        .push(Guard::Present(key::record(COLLECTION, "a")));
    assert!(matches!(
        wait(committer.commit(refused)),
        Err(CommitError::Guard(0))
    ));
    let sequence = committed(&committer, proposal(ChangeKind::Create, "b", 2));
    let Heard::Changes(changes) = wait(listener.next()) else {
        panic!()
    };
    assert_eq!(changes.sequence, sequence);
    let log = changes::read(&**committer.store(), Sequence(0), 10).unwrap();
    assert_eq!(log.entries.len(), 1);
    assert_eq!(log.entries[0].changes[0].record, "b");
}

#[test]
fn a_listener_that_lags_is_told_and_reads_the_log() {
    let committer = committer();
    let mut listener = committer.listen();
    let start = *committer.store().durable().borrow();
    let count = ANNOUNCEMENTS_MAX + 10;
    for number in 0..count {
        let revision = number as u64;
        drop(committer.commit(proposal(ChangeKind::Create, &number.to_string(), revision)));
    }
    committed(&committer, Proposal::default());
    assert_eq!(wait(listener.next()), Heard::Missed(10));
    let log = changes::read(&**committer.store(), start, count + 1).unwrap();
    assert_eq!(log.entries.len(), count);
}

fn fill(committer: &Committer, entries: u64) {
    for number in 0..entries {
        let mut proposal = proposal(ChangeKind::Delete, &format!("{number:04}"), number);
        proposal.now = Timestamp(i64::try_from(number).unwrap());
        drop(committer.commit(proposal));
    }
    committed(committer, Proposal::default());
}

fn trimmed(
    committer: &Committer,
    retention: Retention,
    follower: Option<u64>,
    now: i64,
) -> (usize, usize) {
    let mut steps = 0;
    let store = &**committer.store();
    let follower = follower.map(Sequence);
    while let Some(step) = plan_trim(store, retention, follower, Timestamp(now)).unwrap() {
        assert!(step.deletes.len() <= LOG_TRIM_STEP);
        committed(committer, step);
        steps += 1;
    }
    (
        steps,
        changes::read(store, Sequence(0), usize::MAX)
            .unwrap()
            .entries
            .len(),
    )
}

const GENEROUS: Retention = Retention {
    entries: u64::MAX,
    bytes: u64::MAX,
    age: i64::MAX,
};

#[test]
fn trimming_keeps_what_the_limits_allow() {
    let committer = committer();
    assert_eq!(trimmed(&committer, GENEROUS, None, 0), (0, 0));
    fill(&committer, 250);
    assert_eq!(trimmed(&committer, GENEROUS, None, 0), (0, 250));
    let is_trimmed =
        |after: u64| changes::is_trimmed_after(&**committer.store(), Sequence(after)).unwrap();
    assert!(!is_trimmed(0) && !is_trimmed(1_000));
    let entries = Retention {
        entries: 240,
        ..GENEROUS
    };
    assert_eq!(trimmed(&committer, entries, None, 0), (1, 240));
    assert!(is_trimmed(0) && is_trimmed(11) && !is_trimmed(12));
    assert_eq!(
        changes::oldest(&**committer.store()).unwrap(),
        Some(Sequence(12))
    );
    let age = Retention {
        age: 100,
        ..GENEROUS
    };
    // Planned at 10, 11, …: those before 120 are older than 100 at 220.
    assert_eq!(trimmed(&committer, age, None, 220), (2, 130));
    let one = changes::encode(
        Timestamp(0),
        &proposal(ChangeKind::Delete, "0000", 0).changes,
    );
    let bytes = Retention {
        bytes: 50 * (one.len() as u64 + 1),
        ..GENEROUS
    };
    let (_, left) = trimmed(&committer, bytes, None, 0);
    assert!((50..=51).contains(&left), "{left}");
    assert_eq!(
        trimmed(
            &committer,
            Retention {
                entries: 0,
                ..GENEROUS
            },
            None,
            0
        ),
        (1, 0)
    );
    // The counts are exact, so that the next entry is not removed at once.
    fill(&committer, 5);
    assert_eq!(
        trimmed(
            &committer,
            Retention {
                entries: 5,
                ..GENEROUS
            },
            None,
            0
        ),
        (0, 5)
    );
}

#[test]
fn trimming_waits_for_followers_up_to_a_point() {
    let committer = committer();
    fill(&committer, 100);
    let retention = Retention {
        entries: 60,
        ..GENEROUS
    };
    // The first sequence is the reservation of serials, so entry n has sequence n + 1.
    assert_eq!(trimmed(&committer, retention, Some(11), 0), (1, 90));
    assert_eq!(trimmed(&committer, retention, Some(0), 0), (0, 90));
    assert_eq!(
        trimmed(
            &committer,
            Retention {
                entries: 40,
                ..GENEROUS
            },
            Some(0),
            0
        ),
        (1, 80)
    );
    assert_eq!(trimmed(&committer, retention, Some(1_000), 0), (1, 60));
}

#[test]
fn two_trimmers_do_not_count_twice() {
    let committer = committer();
    fill(&committer, 20);
    let retention = Retention {
        entries: 10,
        ..GENEROUS
    };
    let plan = || {
        plan_trim(&**committer.store(), retention, None, Timestamp(0))
            .unwrap()
            .unwrap()
    };
    let (one, two) = (plan(), plan());
    committed(&committer, one);
    assert!(matches!(
        wait(committer.commit(two)),
        Err(CommitError::Guard(0))
    ));
    assert_eq!(trimmed(&committer, retention, None, 0), (0, 10));
}
