//! What happens when a medium fails, hangs or has no room, and how commits share a group: told by a
//! medium in memory that does as it is told.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Waker};
use std::thread;
use std::time::Duration;

use luge_model::id::CollectionNumber;
use luge_model::limits::{
    COMMIT_GROUP_BYTES_MAX, COMMIT_GROUP_MAX, COMMIT_QUEUE_MAX, DISK_RESERVE_BYTES,
};
use parking_lot::Mutex;

use super::embedded::{Embedded, Medium, Writes};
use super::memory::Memory;
use super::{
    Announcement, Batch, CommitError, CommitFuture, Direction, Durability, Guard, Key, KeyRange,
    ReadStore, Sequence, Store, StoreError, Visit, codec, key, wait,
};

/// How the medium behaves; shared with the test.
#[derive(Debug)]
struct Behaviour {
    apply: Mutex<Option<CommitError>>,
    flush: Mutex<Option<CommitError>>,
    /// A flush waits while the test holds this.
    hold: Mutex<()>,
    free_bytes: AtomicU64,
    applied: AtomicUsize,
    flushed: AtomicUsize,
}

#[derive(Debug)]
struct Rough(Memory, Arc<Behaviour>);

impl Medium for Rough {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.get(key)
    }

    fn scan(
        &self,
        range: &KeyRange,
        direction: Direction,
        visit: &mut Visit<'_>,
    ) -> Result<(), StoreError> {
        self.0.scan(range, direction, visit)
    }

    fn apply(&self, writes: Writes) -> Result<(), CommitError> {
        if let Some(error) = self.1.apply.lock().take() {
            return Err(error);
        }
        self.1.applied.fetch_add(1, Ordering::SeqCst);
        self.0.apply(writes)
    }

    fn flush(&self) -> Result<(), CommitError> {
        let _held = self.1.hold.lock();
        self.1.flushed.fetch_add(1, Ordering::SeqCst);
        self.1.flush.lock().take().map_or(Ok(()), Err)
    }

    fn free_bytes(&self) -> Option<io::Result<u64>> {
        Some(Ok(self.1.free_bytes.load(Ordering::SeqCst)))
    }
}

fn open(durability: Durability) -> (Embedded<Rough>, Arc<Behaviour>) {
    let behaviour = Arc::new(Behaviour {
        apply: Mutex::new(None),
        flush: Mutex::new(None),
        hold: Mutex::new(()),
        free_bytes: AtomicU64::new(u64::MAX),
        applied: AtomicUsize::new(0),
        flushed: AtomicUsize::new(0),
    });
    let medium = Rough(Memory::default(), Arc::clone(&behaviour));
    (Embedded::open(medium, durability).unwrap(), behaviour)
}

fn record(id: &str) -> Key {
    key::record(CollectionNumber(1), id)
}

fn put(id: &str) -> Batch {
    let puts = vec![(record(id), id.into())];
    Batch {
        puts,
        ..Batch::default()
    }
}

fn is_answered(commit: &mut CommitFuture) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    commit.as_mut().poll(&mut context).is_ready()
}

/// Submits a commit whose flush the test holds up.
fn occupy(store: &impl Store, behaviour: &Behaviour) -> CommitFuture {
    let before = behaviour.applied.load(Ordering::SeqCst);
    let commit = store.commit(put("first"));
    while behaviour.applied.load(Ordering::SeqCst) == before {
        thread::yield_now();
    }
    commit
}

fn engine(reason: &str) -> CommitError {
    StoreError::Engine(reason.to_owned()).into()
}

#[derive(Debug)]
struct Said;

impl Announcement for Said {}

#[test]
fn nothing_is_acknowledged_before_it_is_flushed() {
    let (store, behaviour) = open(Durability::Strict);
    let mut announced = store.announcements();
    let held = behaviour.hold.lock();
    let mut first = occupy(&store, &behaviour);
    let announcement = Some(Arc::new(Said) as Arc<dyn Announcement>);
    let second = store.commit(Batch {
        announcement,
        ..put("second")
    });
    thread::sleep(Duration::from_millis(50));
    assert!(!is_answered(&mut first));
    assert_eq!(*store.durable().borrow(), Sequence(0));
    assert!(announced.try_recv().is_err());
    // Readers do not wait for the disk.
    assert!(store.get(&record("first")).unwrap().is_some());
    drop(held);
    assert_eq!(wait(first).unwrap(), Sequence(1));
    assert_eq!(wait(second).unwrap(), Sequence(2));
    assert_eq!(*store.durable().borrow(), Sequence(2));
    assert_eq!(announced.try_recv().unwrap().sequence, Sequence(2));
}

#[test]
fn relaxed_commits_do_not_wait_for_the_flush() {
    let (store, behaviour) = open(Durability::Relaxed);
    let held = behaviour.hold.lock();
    assert_eq!(wait(store.commit(put("a"))).unwrap(), Sequence(1));
    assert_eq!(*store.durable().borrow(), Sequence(0));
    drop(held);
    wait(store.durable().wait_for(|durable| *durable == Sequence(1))).unwrap();
}

#[test]
fn a_failed_flush_is_never_acknowledged_and_ends_all_writes() {
    let (store, behaviour) = open(Durability::Strict);
    let mut announced = store.announcements();
    wait(store.commit(put("before"))).unwrap();
    *behaviour.flush.lock() = Some(engine("input/output error"));
    let announcement = Some(Arc::new(Said) as Arc<dyn Announcement>);
    let failed = wait(store.commit(Batch {
        announcement,
        ..put("lost")
    }));
    assert!(matches!(failed, Err(CommitError::Store(_))), "{failed:?}");
    let (applied, flushed) = (behaviour.applied.load(Ordering::SeqCst), 3);
    // The medium would work again, but what it holds is not known.
    for batch in [
        put("after"),
        Batch {
            deletes: vec![record("before")],
            ..Batch::default()
        },
    ] {
        let refused = wait(store.commit(batch));
        assert!(matches!(refused, Err(CommitError::Store(_))), "{refused:?}");
    }
    assert_eq!(behaviour.applied.load(Ordering::SeqCst), applied);
    assert_eq!(behaviour.flushed.load(Ordering::SeqCst), flushed);
    assert_eq!(*store.durable().borrow(), Sequence(1));
    assert!(announced.try_recv().is_err());
    assert_eq!(
        store.get(&record("before")).unwrap(),
        Some(b"before".to_vec())
    );
    assert_eq!(store.get(&record("after")).unwrap(), None);
    assert!(store.close().is_err());
}

#[test]
fn a_full_disk_found_by_the_engine_says_so() {
    let (store, behaviour) = open(Durability::Strict);
    *behaviour.apply.lock() = Some(CommitError::DiskFull);
    for _ in 0..2 {
        let refused = wait(store.commit(put("a")));
        assert!(matches!(refused, Err(CommitError::DiskFull)), "{refused:?}");
    }
    assert_eq!(store.get(&record("a")).unwrap(), None);
}

#[test]
fn a_failed_flush_of_relaxed_commits_ends_all_writes() {
    let (store, behaviour) = open(Durability::Relaxed);
    *behaviour.flush.lock() = Some(engine("input/output error"));
    wait(store.commit(put("a"))).unwrap();
    while behaviour.flush.lock().is_some() {
        thread::yield_now();
    }
    while wait(store.commit(put("b"))).is_ok() {
        thread::yield_now();
    }
    assert_eq!(*store.durable().borrow(), Sequence(0));
    assert!(store.close().is_err());
}

#[test]
fn a_full_disk_refuses_what_adds_and_recovers_by_itself() {
    let (store, behaviour) = open(Durability::Strict);
    wait(store.commit(put("a"))).unwrap();
    wait(store.commit(put("b"))).unwrap();
    behaviour
        .free_bytes
        .store(DISK_RESERVE_BYTES - 1, Ordering::SeqCst);
    thread::sleep(Duration::from_millis(150));
    let refused = wait(store.commit(put("c")));
    assert!(matches!(refused, Err(CommitError::DiskFull)), "{refused:?}");
    let removes = Batch {
        deletes: vec![record("a")],
        increments: vec![(key::counter(CollectionNumber(1)), -1)],
        log_entry: vec![1],
        ..Batch::default()
    };
    assert_eq!(wait(store.commit(removes)).unwrap(), Sequence(3));
    let both = Batch {
        deletes: vec![record("b")],
        ..put("c")
    };
    assert!(matches!(
        wait(store.commit(both)),
        Err(CommitError::DiskFull)
    ));
    assert!(store.get(&record("b")).unwrap().is_some());
    behaviour.free_bytes.store(u64::MAX, Ordering::SeqCst);
    thread::sleep(Duration::from_millis(150));
    assert_eq!(wait(store.commit(put("c"))).unwrap(), Sequence(4));
}

#[test]
fn a_full_queue_is_busy() {
    let (store, behaviour) = open(Durability::Strict);
    let held = behaviour.hold.lock();
    let first = occupy(&store, &behaviour);
    let mut commits: Vec<_> = (0..COMMIT_QUEUE_MAX)
        .map(|_| store.commit(put("next")))
        .collect();
    let refused = wait(store.commit(put("too much")));
    assert!(matches!(refused, Err(CommitError::Busy)), "{refused:?}");
    assert!(!is_answered(&mut commits[0]));
    drop(held);
    wait(first).unwrap();
    for commit in commits {
        wait(commit).unwrap();
    }
    assert_eq!(store.get(&record("too much")).unwrap(), None);
    wait(store.commit(put("later"))).unwrap();
}

#[test]
fn waiting_commits_share_groups_of_bounded_size() {
    let (store, behaviour) = open(Durability::Strict);
    let groups = |batches: Vec<Batch>| {
        let held = behaviour.hold.lock();
        let first = occupy(&store, &behaviour);
        let before = behaviour.flushed.load(Ordering::SeqCst);
        let commits: Vec<_> = batches
            .into_iter()
            .map(|batch| store.commit(batch))
            .collect();
        drop(held);
        wait(first).unwrap();
        commits
            .into_iter()
            .for_each(|commit| assert!(wait(commit).is_ok()));
        behaviour.flushed.load(Ordering::SeqCst) - before - 1
    };
    assert_eq!(groups(vec![put("a"); COMMIT_GROUP_MAX]), 1);
    assert_eq!(groups(vec![put("a"); COMMIT_GROUP_MAX + 1]), 2);
    let large = |bytes| Batch {
        puts: vec![(record("l"), vec![0; bytes])],
        ..Batch::default()
    };
    assert_eq!(groups(vec![large(COMMIT_GROUP_BYTES_MAX / 3); 4]), 2);
    // One that is too large by itself is committed all the same, alone.
    assert_eq!(
        groups(vec![put("a"), large(2 * COMMIT_GROUP_BYTES_MAX), put("a")]),
        3
    );
}

#[test]
fn a_group_sees_its_own_pending_writes() {
    let (store, behaviour) = open(Durability::Strict);
    wait(store.commit(put("old"))).unwrap();
    let held = behaviour.hold.lock();
    let first = occupy(&store, &behaviour);
    let counter = key::counter(CollectionNumber(1));
    let guarded = |guard: Guard, id: &str| Batch {
        guards: vec![guard],
        increments: vec![(counter.clone(), 1)],
        ..put(id)
    };
    let range = key::record_range(CollectionNumber(1));
    let only = |ids: &[&str]| Guard::Only {
        range: range.clone(),
        keys: ids.iter().map(|id| record(id)).collect(),
    };
    let old = |prefix: &[u8]| Guard::Unchanged {
        key: record("old"),
        prefix: prefix.into(),
    };
    let gone = Batch {
        deletes: vec![record("old")],
        ..Batch::default()
    };
    let all = only(&["first", "new", "newer", "old"]);
    let batches = [
        (guarded(Guard::Absent(record("new")), "new"), true),
        (guarded(Guard::Absent(record("new")), "new"), false),
        (guarded(Guard::Present(record("new")), "newer"), true),
        (guarded(only(&["first", "old"]), "x"), false),
        (guarded(all, "newest"), true),
        (gone, true),
        (guarded(Guard::Present(record("old")), "x"), false),
        (guarded(old(b""), "x"), false),
        (
            guarded(only(&["first", "new", "newer", "newest"]), "old"),
            true,
        ),
        (guarded(old(b"ol"), "z"), true),
    ];
    let before = behaviour.flushed.load(Ordering::SeqCst);
    let commits: Vec<_> = batches
        .into_iter()
        .map(|(batch, accepted)| (store.commit(batch), accepted))
        .collect();
    drop(held);
    wait(first).unwrap();
    for (position, (commit, accepted)) in commits.into_iter().enumerate() {
        assert_eq!(wait(commit).is_ok(), accepted, "batch {position}");
    }
    assert_eq!(
        behaviour.flushed.load(Ordering::SeqCst) - before,
        2,
        "one group"
    );
    let count = store.get(&counter).unwrap().unwrap();
    assert_eq!(codec::counter_value(&count), Some(5));
    assert_eq!(store.get(&record("x")).unwrap(), None);
}
