//! Kills a process that writes and looks at what it left: everything acknowledged, nothing half.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::*;

const WRITERS: u64 = 8;
const PARTS: u64 = 4;
const FOLDER: &str = "LUGE_TEST_FOLDER";
const KIND: &str = "LUGE_TEST_STORE";
const DURABILITY: &str = "LUGE_TEST_DURABILITY";

#[test]
fn a_killed_process_loses_nothing_that_was_acknowledged() {
    for kind in [StoreKind::Sled, StoreKind::Fjall] {
        let setup = Setup::new(kind);
        for cycle in 1..=3 {
            let acknowledged = write_and_kill(&setup, Durability::Strict);
            assert!(acknowledged.iter().sum::<u64>() > 0, "nothing was written");
            assert_eq!(lost(&setup, &acknowledged), 0, "{kind:?}, cycle {cycle}");
        }
    }
}

/// The test above can fail: who acknowledges before the flush is found out.
#[test]
fn relaxed_commits_are_lost_by_a_kill() {
    let lost: u64 = (0..10)
        .map(|_| {
            let setup = Setup::new(StoreKind::Sled);
            let acknowledged = write_and_kill(&setup, Durability::Relaxed);
            lost(&setup, &acknowledged)
        })
        .find(|lost| *lost > 0)
        .unwrap_or_default();
    assert!(lost > 0);
}

#[test]
#[ignore = "writes until it is killed; run by the tests above"]
fn write_until_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let is = |name, value: &str| std::env::var(name).unwrap() == value;
    let kind = if is(KIND, "Sled") {
        StoreKind::Sled
    } else {
        StoreKind::Fjall
    };
    let durability = if is(DURABILITY, "Strict") {
        Durability::Strict
    } else {
        Durability::Relaxed
    };
    let options = StoreOptions {
        folder: folder.into(),
        durability,
        cache_bytes: 16 * 1_048_576,
    };
    let store = super::super::open(kind, &options).unwrap();
    // A test that hangs must not write for ever.
    let end = Instant::now() + Duration::from_secs(20);
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let store = &store;
            scope.spawn(move || {
                let mut number = last(&**store, writer, 0);
                while Instant::now() < end {
                    number += 1;
                    committed(&**store, batch(writer, number));
                    println!("acknowledged {writer} {number}");
                }
            });
        }
    });
}

/// Overwrites all parts of a writer and adds a key of its own.
fn batch(writer: u64, number: u64) -> Batch {
    let value = number.to_le_bytes().to_vec();
    let mut puts: Vec<_> = (0..PARTS)
        .map(|part| (part_key(writer, part), value.clone()))
        .collect();
    puts.push((own_key(writer, number), value));
    Batch {
        puts,
        log_entry: vec![1],
        ..Batch::default()
    }
}

fn part_key(writer: u64, part: u64) -> Key {
    // Parts of different writers lie scattered.
    record(&format!("part {part} of {writer}"))
}

fn own_key(writer: u64, number: u64) -> Key {
    record(&format!(
        "own {:016x}",
        (writer << 32 | number).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    ))
}

fn last(store: &dyn Store, writer: u64, part: u64) -> u64 {
    let value = store.get(&part_key(writer, part)).unwrap();
    value.map_or(0, |value| u64::from_le_bytes(value.try_into().unwrap()))
}

/// The last number of each writer that was acknowledged before the process was killed.
fn write_and_kill(setup: &Setup, durability: Durability) -> Vec<u64> {
    let name = format!(
        "{}::write_until_killed",
        module_path!().split_once("::").unwrap().1
    );
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([&name, "--exact", "--ignored", "--nocapture"])
        .env(FOLDER, setup.options(durability).folder)
        .env(KIND, format!("{:?}", setup.kind))
        .env(DURABILITY, format!("{durability:?}"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let mut acknowledged = vec![0; WRITERS as usize];
    let mut kill_at = None;
    for line in output.lines() {
        let line = line.unwrap();
        let Some((_, numbers)) = line.split_once("acknowledged ") else {
            continue;
        };
        // The last line may be cut off in the middle of a number: then it is smaller, not wrong.
        if let Some((writer, Ok(number))) = numbers
            .split_once(' ')
            .map(|(writer, number)| (writer, number.parse::<u64>()))
        {
            let writer: usize = writer.parse().unwrap();
            acknowledged[writer] = number.max(acknowledged[writer]);
        }
        let kill_at = *kill_at.get_or_insert_with(|| Instant::now() + Duration::from_millis(150));
        if Instant::now() > kill_at {
            kill(&mut child);
        }
    }
    child.wait().unwrap();
    acknowledged
}

fn kill(child: &mut Child) {
    // It may be dead already.
    let _ = child.kill();
}

/// How many acknowledged commits are missing; fails when one is there in part.
fn lost(setup: &Setup, acknowledged: &[u64]) -> u64 {
    let store = setup.open();
    let mut lost = 0;
    for (writer, acknowledged) in (0..WRITERS).zip(acknowledged) {
        let found = last(&*store, writer, 0);
        for part in 1..PARTS {
            assert_eq!(
                last(&*store, writer, part),
                found,
                "half a batch of writer {writer}"
            );
        }
        for number in 1..=found {
            assert!(store.get(&own_key(writer, number)).unwrap().is_some());
        }
        assert_eq!(store.get(&own_key(writer, found + 1)).unwrap(), None);
        lost += acknowledged.saturating_sub(found);
    }
    let durable = store.durable().borrow().0;
    assert_eq!(
        all(&*store, &key::Keyspace::Change.range()).len() as u64,
        durable
    );
    lost
}
