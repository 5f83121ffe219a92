//! What words of searches were expanded to lately: as somebody types, all but the last are searched
//! again and again, and many people search for the same.
//!
//! - Segments never change, so what is remembered of one is never out of date.
//! - What was not asked for while half of the memory was filled with other things is forgotten.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::Arc;

use luge_model::limits::{SEARCH_EXPANSION_BYTES_MAX, SEARCH_EXPANSIONS_BYTES_MAX};
use parking_lot::Mutex;

use super::postings::Gathered;

/// The expansions of all segments.
#[derive(Clone, Debug, Default)]
pub(super) struct Remembered(Arc<Kept>);

/// What stands for the words that are expanded. Nobody knows how hashes are made here, so nobody
/// can find words with the same two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key(u64, u64);

#[derive(Debug, Default)]
struct Kept {
    hashers: [RandomState; 2],
    generations: Mutex<Generations>,
}

#[derive(Debug, Default)]
struct Generations {
    /// Asked for lately.
    recent: Entries,
    bytes: usize,
    /// Asked for before, and not since.
    before: Entries,
}

type Entries = HashMap<Key, Arc<Gathered>>;

impl Remembered {
    /// The key of what is expanded, and where.
    pub(super) fn key(&self, expanded: impl Hash) -> Key {
        let [one, two] = &self.0.hashers;
        Key(one.hash_one(&expanded), two.hash_one(&expanded))
    }

    /// What was found, if that is still known.
    pub(super) fn get(&self, key: Key) -> Option<Arc<Gathered>> {
        let mut generations = self.0.generations.lock();
        if let Some(gathered) = generations.recent.get(&key) {
            return Some(Arc::clone(gathered));
        }
        let gathered = generations.before.remove(&key)?;
        let forgotten = generations.insert(key, Arc::clone(&gathered));
        drop(generations);
        drop(forgotten);
        Some(gathered)
    }

    /// Remembers what was found, unless it is too much.
    pub(super) fn keep(&self, key: Key, gathered: &Arc<Gathered>) {
        if bytes(gathered) <= SEARCH_EXPANSION_BYTES_MAX {
            let forgotten = self.0.generations.lock().insert(key, Arc::clone(gathered));
            // Not while others wait.
            drop(forgotten);
        }
    }
}

impl Generations {
    /// Adds what was asked for; gives what is forgotten for it.
    fn insert(&mut self, key: Key, gathered: Arc<Gathered>) -> Entries {
        let mut forgotten = Entries::new();
        let added = bytes(&gathered);
        if self.bytes + added > SEARCH_EXPANSIONS_BYTES_MAX / 2 {
            let recent = std::mem::take(&mut self.recent);
            forgotten = std::mem::replace(&mut self.before, recent);
            self.bytes = 0;
        }
        self.bytes += added;
        if let Some(replaced) = self.recent.insert(key, gathered) {
            self.bytes -= bytes(&replaced);
        }
        forgotten
    }
}

fn bytes(gathered: &Gathered) -> usize {
    size_of::<(Key, Arc<Gathered>)>() + gathered.bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What takes at least so many bytes.
    fn of_bytes(least: usize) -> Arc<Gathered> {
        let gathered = Arc::new(Gathered::of_places(least));
        assert!(bytes(&gathered) >= least);
        gathered
    }

    #[test]
    fn what_is_asked_for_again_stays() {
        let remembered = Remembered::default();
        let large = of_bytes(SEARCH_EXPANSION_BYTES_MAX * 3 / 4);
        let [often, once] = ["often", "once"].map(|word| remembered.key((1, word)));
        remembered.keep(often, &large);
        remembered.keep(once, &large);
        let all = 2 * SEARCH_EXPANSIONS_BYTES_MAX / bytes(&large);
        for number in 0..all {
            let key = remembered.key((2, number));
            assert!(remembered.get(key).is_none());
            remembered.keep(key, &large);
            assert!(remembered.get(key).is_some() && remembered.get(often).is_some());
        }
        assert!(remembered.get(once).is_none());
        let generations = remembered.0.generations.lock();
        let held = generations.recent.len() + generations.before.len();
        assert!(held * bytes(&large) <= SEARCH_EXPANSIONS_BYTES_MAX);
    }

    #[test]
    fn what_is_too_much_is_not_kept() {
        let remembered = Remembered::default();
        let key = remembered.key("word");
        remembered.keep(key, &of_bytes(SEARCH_EXPANSION_BYTES_MAX));
        assert!(remembered.get(key).is_none());
    }

    #[test]
    fn what_is_kept_again_is_counted_once() {
        let remembered = Remembered::default();
        let key = remembered.key("word");
        let small = of_bytes(100);
        for _ in 0..3 {
            remembered.keep(key, &small);
        }
        assert_eq!(remembered.0.generations.lock().bytes, bytes(&small));
    }
}
