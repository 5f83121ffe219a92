//! Counts tries exactly, also of many at once: of one thing in a window of time. Bounded in number:
//! where it is full, what was tried least is forgotten.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash, RandomState};

use luge_model::limits::TRIES_COUNTED_MAX;
use luge_model::timestamp::Timestamp;
use parking_lot::Mutex;

/// What was tried lately.
#[derive(Default)]
pub(super) struct TryCounts {
    counted: Mutex<HashMap<u64, Count>>,
    hasher: RandomState,
}

#[derive(Clone, Copy)]
struct Count {
    began: Timestamp,
    ends: Timestamp,
    tries: u32,
}

impl TryCounts {
    /// Counts a try; the how manieth it is in the window, of so many milliseconds, that the first
    /// one began.
    pub(super) fn count(&self, what: impl Hash, window: i64, now: Timestamp) -> u32 {
        let key = self.hasher.hash_one(what);
        let mut counted = self.counted.lock();
        if counted.len() >= TRIES_COUNTED_MAX && !counted.contains_key(&key) {
            make_room(&mut counted, now);
        }
        let fresh = Count {
            began: now,
            ends: Timestamp(now.0.saturating_add(window)),
            tries: 0,
        };
        let count = counted.entry(key).or_insert(fresh);
        if !count.is_open(now) {
            *count = fresh;
        }
        count.tries = count.tries.saturating_add(1);
        count.tries
    }
}

impl Count {
    fn is_open(&self, now: Timestamp) -> bool {
        // One that begins in the future was opened before the clock was set back.
        self.began <= now && now < self.ends
    }
}

fn make_room(counted: &mut HashMap<u64, Count>, now: Timestamp) {
    counted.retain(|_, count| count.is_open(now));
    if counted.len() < TRIES_COUNTED_MAX {
        return;
    }
    let least = counted
        .iter()
        .min_by_key(|(_, count)| (count.tries, count.began))
        .map(|(key, _)| *key);
    if let Some(key) = least {
        counted.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);
    const WINDOW: i64 = 1_000;

    #[test]
    fn tries_are_counted_apart_and_for_a_time() {
        let counts = TryCounts::default();
        let seen: Vec<u32> = (0..3).map(|_| counts.count("a", WINDOW, NOW)).collect();
        assert_eq!(seen, [1, 2, 3]);
        assert_eq!(counts.count("b", WINDOW, NOW), 1);
        let end = Timestamp(NOW.0 + WINDOW);
        assert_eq!(counts.count("a", WINDOW, Timestamp(end.0 - 1)), 4);
        assert_eq!(counts.count("a", WINDOW, end), 1);
    }

    #[test]
    fn many_at_once_are_each_counted() {
        let counts = TryCounts::default();
        let mut seen: Vec<u32> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..50)
                .map(|_| scope.spawn(|| counts.count("a", WINDOW, NOW)))
                .collect();
            threads.into_iter().map(|one| one.join().unwrap()).collect()
        });
        seen.sort_unstable();
        assert_eq!(seen, (1..=50).collect::<Vec<u32>>());
    }

    #[test]
    fn memory_is_bounded_and_keeps_what_was_tried_most() {
        let counts = TryCounts::default();
        counts.count("a", WINDOW, NOW);
        counts.count("a", WINDOW, NOW);
        for number in 0..TRIES_COUNTED_MAX + 100 {
            counts.count(number, WINDOW, NOW);
        }
        assert!(counts.counted.lock().len() <= TRIES_COUNTED_MAX);
        assert_eq!(counts.count("a", WINDOW, NOW), 3);
    }
}
