//! How fast stores commit. Not part of the ordinary tests:
//! `cargo test -p luge-engine --release --lib measurement -- --ignored --nocapture`

use std::thread;
use std::time::{Duration, Instant};

use luge_model::id::{CollectionNumber, IndexNumber};

use super::key::{self, Column, Component};
use super::{Batch, Durability, Guard, StoreKind, StoreOptions, wait};

#[test]
#[ignore = "a measurement of some seconds, meaningful only in an optimised build"]
fn commits_per_second() {
    for kind in [StoreKind::Sled, StoreKind::Fjall, StoreKind::Memory] {
        for committers in [1, 32, 64] {
            measure(kind, Durability::Strict, committers);
        }
    }
    measure(StoreKind::Sled, Durability::Relaxed, 32);
}

/// Creates of records with one index and a unique value, as the engine plans them.
fn measure(kind: StoreKind, durability: Durability, committers: u64) {
    let folder = tempfile::tempdir().unwrap();
    let options = StoreOptions {
        folder: folder.path().to_path_buf(),
        durability,
        cache_bytes: 0,
    };
    let store = super::open(kind, &options).unwrap();
    let each = Duration::from_secs(4);
    let begun = Instant::now();
    let mut took: Vec<Duration> = thread::scope(|scope| {
        let threads: Vec<_> = (0..committers)
            .map(|committer| {
                let store = &store;
                scope.spawn(move || {
                    let mut took = Vec::new();
                    while begun.elapsed() < each {
                        let number = committer << 32 | took.len() as u64;
                        let batch = create(number);
                        let before = Instant::now();
                        wait(store.commit(batch)).unwrap();
                        took.push(before.elapsed());
                    }
                    took
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    let seconds = begun.elapsed().as_secs_f64();
    took.sort();
    println!(
        "{kind:?} {durability:?}, {committers} committers: {:.0} commits/s, p50 {:.2?}, p99 {:.2?}",
        took.len() as f64 / seconds,
        took[took.len() / 2],
        took[took.len() * 99 / 100],
    );
}

fn create(number: u64) -> Batch {
    let collection = CollectionNumber(1);
    // Spreads ids over the key space as random ids are.
    let id = format!("{:015x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 4);
    let record = key::record(collection, &id);
    let title = format!("title {}", number % 1_000);
    let column = Column::ascending(Component::Text(&title));
    let entry = key::index_entry(collection, IndexNumber(1), &[column], (number, &id));
    Batch {
        guards: vec![Guard::Absent(record.clone())],
        puts: vec![
            (record, vec![b'x'; 500]),
            (key::rowid(collection, number), id.into_bytes()),
            (entry, Vec::new()),
        ],
        increments: vec![(key::counter(collection), 1)],
        log_entry: vec![b'y'; 60],
        ..Batch::default()
    }
}
