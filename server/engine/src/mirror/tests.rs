//! The mirror fed by hand: references, room, and readers that nest while commits come in.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

use luge_model::id::{CollectionNumber, FieldNumber, ID_FIELD};
use luge_model::record::Record;
use luge_model::value::Value;

use super::{Lookup, Mirror, Resident};
use crate::changes::{Change, ChangeKind};
use crate::commit::{CommittedChange, Observer};
use crate::store::{Batch, Store, StoreKind, StoreOptions, key, open, wait};

const PEOPLE: CollectionNumber = CollectionNumber(1);
const POSTS: CollectionNumber = CollectionNumber(2);
const AUTHORS: FieldNumber = FieldNumber(2);

fn store() -> Arc<dyn Store> {
    let options = StoreOptions {
        folder: "unused".into(),
        durability: Default::default(),
        cache_bytes: 0,
    };
    open(StoreKind::Memory, &options).unwrap()
}

fn record(id: &str, rowid: u64, revision: u64, authors: &[&str]) -> Record {
    let authors = authors.iter().map(|id| (*id).to_owned()).collect();
    let values = [
        (ID_FIELD, Value::Text(id.to_owned())),
        (AUTHORS, Value::List(authors)),
    ];
    let values = values.iter().map(|(field, value)| (*field, value));
    Record::build(rowid, revision, values)
}

fn committed(mirror: &Mirror, collection: CollectionNumber, id: &str, after: Option<&Record>) {
    mirror.committed(&[CommittedChange {
        change: Change {
            kind: ChangeKind::Update,
            collection,
            record: id.to_owned(),
            revision: after.map_or(0, Record::revision),
            before: None,
        },
        after: after.map(|record| record.as_bytes().to_vec()),
    }]);
}

fn put(mirror: &Mirror, collection: CollectionNumber, record: &Record) {
    committed(mirror, collection, record.id(), Some(record));
}

fn referring(mirror: &Mirror, target: &str, limit: usize) -> Option<Vec<String>> {
    let found = mirror.referring((POSTS, AUTHORS), target, limit)?;
    Some(found.iter().map(|record| record.id().to_owned()).collect())
}

#[track_caller]
fn check(mirror: &Mirror, target: &str, limit: usize, expected: &[&str]) {
    let found = referring(mirror, target, limit).unwrap();
    assert_eq!(found, expected, "who refers to {target}");
}

#[test]
fn a_sample_is_from_all_times_and_the_same_each_time() {
    let mirror = Mirror::new(store(), 1 << 30);
    mirror.warm(POSTS).unwrap();
    let sample = |count| {
        let ids = |resident: &Resident| -> Vec<String> {
            let sample = resident.sample(count);
            sample.map(|record| record.id().to_owned()).collect()
        };
        mirror.look(POSTS, ids).unwrap()
    };
    assert!(sample(64).is_empty());
    for rowid in 0..10 {
        put(&mirror, POSTS, &record(&format!("p{rowid}"), rowid, 1, &[]));
    }
    let all: Vec<_> = (0..10).map(|rowid| format!("p{rowid}")).collect();
    assert_eq!(sample(64), all, "of few, all");
    // By turns, as an importer may make them: neither all of one kind nor none of it.
    for rowid in 10..6_400 {
        let authors = [["even"], ["odd"]][usize::from(rowid % 2 == 1)];
        put(
            &mirror,
            POSTS,
            &record(&format!("p{rowid}"), rowid, 1, &authors),
        );
    }
    let places: Vec<u64> = sample(64)
        .iter()
        .map(|id| id.trim_start_matches('p').parse().unwrap())
        .collect();
    assert_eq!(places.len(), 64);
    assert!(places.is_sorted() && places[0] < 100 && places[63] > 6_200);
    for every in [2, 4, 8, 50, 100] {
        let share = places.iter().filter(|place| *place % every == 0).count();
        assert!(
            share < 64 * 2 / every as usize + 4,
            "{share} of 1 in {every}"
        );
    }
    assert_eq!(sample(64), sample(64));
}

#[test]
fn references_follow_every_change_in_insertion_order() {
    let mirror = Mirror::new(store(), 1 << 20);
    assert_eq!(referring(&mirror, "ann", 9), None, "look-ups never load");
    mirror.warm(POSTS).unwrap();
    // Put before and after the references are first asked for.
    put(&mirror, POSTS, &record("p9", 2, 1, &["ann", "bob"]));
    put(&mirror, POSTS, &record("p1", 3, 2, &["ann"]));
    check(&mirror, "ann", 9, &["p9", "p1"]);
    put(&mirror, POSTS, &record("p5", 1, 3, &["ann", "ann"]));
    put(&mirror, POSTS, &record("p6", 4, 4, &[]));
    check(&mirror, "ann", 9, &["p5", "p9", "p1"]);
    check(&mirror, "ann", 2, &["p5", "p9"]);
    check(&mirror, "ann", 0, &[]);
    check(&mirror, "", 9, &[]);
    check(&mirror, "an", 9, &[]);

    put(&mirror, POSTS, &record("p9", 2, 5, &["bob", "cid"]));
    check(&mirror, "ann", 9, &["p5", "p1"]);
    check(&mirror, "cid", 9, &["p9"]);
    // An older state that arrives late changes nothing.
    put(&mirror, POSTS, &record("p9", 2, 4, &["ann"]));
    check(&mirror, "ann", 9, &["p5", "p1"]);
    committed(&mirror, POSTS, "p5", None);
    committed(&mirror, POSTS, "p9", None);
    committed(&mirror, POSTS, "missing", None);
    check(&mirror, "ann", 9, &["p1"]);
    check(&mirror, "bob", 9, &[]);
    check(&mirror, "cid", 9, &[]);
}

#[test]
fn followed_references_cost_what_freshly_gathered_ones_cost() {
    let mut followed = Resident::default();
    assert!(followed.referring(AUTHORS, "ann", 1).1);
    assert!(!followed.referring(AUTHORS, "ann", 1).1);
    for (rowid, authors) in [["ann", "bob"], ["bob", "cid"], ["cid", "dan"]]
        .iter()
        .enumerate()
    {
        let id = format!("p{rowid}");
        followed.put(record(&id, rowid as u64, 1, authors));
        followed.put(record(&id, rowid as u64, 2, &["ann"]));
        followed.put(record(&id, rowid as u64, 3, authors));
    }
    followed.remove("p1");
    let mut gathered = Resident::default();
    followed
        .iter()
        .for_each(|record| gathered.put(record.clone()));
    let records_only = gathered.bytes();
    assert!(gathered.referring(AUTHORS, "ann", 1).1);
    assert_eq!(followed.bytes(), gathered.bytes());
    assert!(gathered.bytes() > records_only);
    followed.remove("p0");
    followed.remove("p2");
    assert_eq!(followed.bytes(), 0);
}

#[test]
fn references_count_as_memory_and_make_others_go() {
    let mirror = Mirror::new(store(), 40_000);
    mirror.warm(PEOPLE).unwrap();
    mirror.warm(POSTS).unwrap();
    let authors: Vec<String> = (0..40).map(|number| format!("author{number}")).collect();
    let authors: Vec<&str> = authors.iter().map(String::as_str).collect();
    for rowid in 0..20 {
        put(
            &mirror,
            POSTS,
            &record(&format!("p{rowid}"), rowid, 1, &authors),
        );
        put(
            &mirror,
            PEOPLE,
            &record(&format!("a{rowid}"), rowid, 1, &authors),
        );
    }
    assert!(matches!(mirror.get(PEOPLE, "a1"), Lookup::Found(_)));
    assert_eq!(referring(&mirror, "author3", 99).unwrap().len(), 20);
    assert!(matches!(mirror.get(PEOPLE, "a1"), Lookup::Unknown));
    assert!(mirror.bytes() <= 40_000, "{}", mirror.bytes());
}

/// Everything that a filter does while its collection is read.
fn read_nested(mirror: &Mirror) -> usize {
    let look = |posts: &Resident| {
        let mut seen = 0;
        for post in posts.iter() {
            seen += usize::from(matches!(mirror.get(PEOPLE, "ann"), Lookup::Found(_)));
            seen += usize::from(matches!(mirror.get(POSTS, post.id()), Lookup::Found(_)));
            seen += referring(mirror, "ann", 9).map_or(0, |found| found.len());
            let people = mirror.read(PEOPLE, |people| people.len()).unwrap();
            let again = mirror.read(POSTS, |posts| posts.len()).unwrap();
            seen += people.unwrap_or(0) + again.unwrap_or(0);
        }
        seen
    };
    mirror.read(POSTS, look).unwrap().unwrap_or(0)
}

#[test]
fn nested_readers_and_commits_never_wait_in_a_circle() {
    let mirror = Arc::new(Mirror::new(store(), 1 << 20));
    mirror.warm(PEOPLE).unwrap();
    mirror.warm(POSTS).unwrap();
    for rowid in 0..20 {
        put(
            &mirror,
            POSTS,
            &record(&format!("p{rowid}"), rowid, 1, &["ann"]),
        );
    }
    put(&mirror, PEOPLE, &record("ann", 1, 1, &[]));
    let (stop, revision) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU64::new(1)),
    );
    let (done, finished) = channel();
    for worker in 0..6 {
        let (mirror, stop) = (Arc::clone(&mirror), Arc::clone(&stop));
        let (revision, done) = (Arc::clone(&revision), done.clone());
        std::thread::spawn(move || {
            let mut turns = 0_u64;
            while !stop.load(Ordering::Relaxed) || turns < 100 {
                turns += 1;
                if worker > 1 {
                    assert!(read_nested(&mirror) > 0);
                    continue;
                }
                let revision = revision.fetch_add(1, Ordering::Relaxed);
                put(&mirror, POSTS, &record("p3", 3, revision, &["ann", "bob"]));
                put(&mirror, PEOPLE, &record("ann", 1, revision, &[]));
                if turns.is_multiple_of(50) {
                    mirror.forget(CollectionNumber(9));
                    mirror.warm(CollectionNumber(9)).unwrap();
                }
            }
            done.send(()).unwrap();
        });
    }
    std::thread::sleep(Duration::from_millis(500));
    stop.store(true, Ordering::Relaxed);
    for _ in 0..6 {
        let waited = finished.recv_timeout(Duration::from_secs(60));
        assert!(waited.is_ok(), "readers and commits wait for each other");
    }
}

#[test]
fn overlapping_scans_do_not_keep_a_commit_out() {
    let mirror = Arc::new(Mirror::new(store(), 1 << 20));
    mirror.warm(POSTS).unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let scans: Vec<_> = (0..4)
        .map(|_| {
            let (mirror, stop) = (Arc::clone(&mirror), Arc::clone(&stop));
            std::thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let scan = |_: &Resident| std::thread::sleep(Duration::from_millis(5));
                    mirror.read(POSTS, scan).unwrap();
                }
            })
        })
        .collect();
    let (done, finished) = channel();
    let writer = Arc::clone(&mirror);
    std::thread::spawn(move || {
        for revision in 1..20 {
            put(&writer, POSTS, &record("p1", 1, revision, &[]));
        }
        done.send(()).unwrap();
    });
    let waited = finished.recv_timeout(Duration::from_secs(30));
    stop.store(true, Ordering::Relaxed);
    assert!(
        waited.is_ok(),
        "a commit waited for scans that came after it"
    );
    scans.into_iter().for_each(|scan| scan.join().unwrap());
}

#[test]
fn what_a_load_reads_is_what_the_store_has() {
    let store = store();
    let stored = record("p1", 1, 1, &["ann"]);
    let put = (key::record(POSTS, "p1"), stored.as_bytes().to_vec());
    let batch = Batch {
        puts: vec![put],
        ..Batch::default()
    };
    wait(store.commit(batch)).unwrap();
    let mirror = Mirror::new(store, 1 << 20);
    mirror.warm(POSTS).unwrap();
    check(&mirror, "ann", 9, &["p1"]);
    assert_eq!(mirror.len(POSTS), Some(1));
}
