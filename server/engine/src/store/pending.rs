//! A store with writes on top of it that are not committed yet: what a write that consists of
//! several reads while it is planned, so that each of its parts sees the ones before it.
//!
//! - Whatever is read is what it would be after the writes. Nothing of them is seen elsewhere.
//! - A guard that speaks of this state is restated ([`Pending::restate`]) as one of the store
//!   below: what the writes decide by themselves is decided at once, and only the rest is left for
//!   the commit. So the guards of all parts together still say that the whole stands.
//! - A key is written, counted or left alone, never two of them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use parking_lot::RwLock;

use super::{Batch, Direction, Guard, Key, KeyRange, ReadStore, StoreError, Visit, codec};

/// A store with writes on top of it.
#[derive(Debug)]
pub struct Pending {
    below: Arc<dyn ReadStore>,
    writes: RwLock<Writes>,
}

#[derive(Clone, Debug, Default)]
struct Writes {
    values: BTreeMap<Key, Option<Vec<u8>>>,
    counters: BTreeMap<Key, i64>,
}

/// What a guard of the state with the writes means for the store below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Restated {
    /// The writes themselves make it hold.
    Holds,
    /// The writes themselves make it fail.
    Fails,
    /// It holds exactly if this holds below, as long as everything that the writes stand on does.
    Below(Guard),
}

type Entry = (Key, Vec<u8>);

impl Pending {
    /// The store as it is.
    #[must_use]
    pub fn over(below: Arc<dyn ReadStore>) -> Self {
        Self {
            below,
            writes: RwLock::default(),
        }
    }

    /// Adds writes behind those that are there.
    pub fn write(&self, puts: Vec<(Key, Vec<u8>)>, deletes: Vec<Key>, increments: Vec<(Key, i64)>) {
        let mut writes = self.writes.write();
        let puts = puts.into_iter().map(|(key, value)| (key, Some(value)));
        writes.values.extend(puts);
        let deletes = deletes.into_iter().map(|key| (key, None));
        writes.values.extend(deletes);
        for (counter, by) in increments {
            *writes.counters.entry(counter).or_default() += by;
        }
    }

    /// All writes, as one batch without guards.
    #[must_use]
    pub fn batch(&self) -> Batch {
        let Writes { values, counters } = self.writes.read().clone();
        let mut batch = Batch {
            increments: counters.into_iter().filter(|(_, by)| *by != 0).collect(),
            ..Batch::default()
        };
        for (key, value) in values {
            match value {
                Some(value) => batch.puts.push((key, value)),
                None => batch.deletes.push(key),
            }
        }
        batch
    }

    /// What a guard of the state with the writes means for the store below.
    ///
    /// # Errors
    /// When the store below fails.
    pub fn restate(&self, guard: Guard) -> Result<Restated, StoreError> {
        let writes = self.writes.read();
        let written = |key: &Key| writes.values.get(key).map(Option::as_deref);
        let holds = match &guard {
            Guard::Absent(key) => written(key).map(|value| value.is_none()),
            Guard::Present(key) => written(key).map(|value| value.is_some()),
            Guard::Unchanged { key, prefix } => {
                written(key).map(|value| value.is_some_and(|value| value.starts_with(prefix)))
            }
            Guard::Only { range, keys } => return self.restate_only(&writes, range, keys),
        };
        Ok(match holds {
            None => Restated::Below(guard),
            Some(true) => Restated::Holds,
            Some(false) => Restated::Fails,
        })
    }

    /// Which of the written keys are below follows from what the writes stand on, so it is read
    /// rather than guarded.
    fn restate_only(
        &self,
        writes: &Writes,
        range: &KeyRange,
        keys: &[Key],
    ) -> Result<Restated, StoreError> {
        let mut expected: BTreeSet<&Key> = keys.iter().collect();
        let written: Vec<_> = writes.within(range).collect();
        let names: Vec<Key> = written.iter().map(|(key, _)| (*key).clone()).collect();
        let below = self.below.get_many(&names)?;
        for ((key, value), below) in written.iter().zip(below) {
            if value.is_some() != expected.contains(*key) {
                return Ok(Restated::Fails);
            }
            if below.is_some() {
                expected.insert(*key);
            } else {
                expected.remove(*key);
            }
        }
        Ok(Restated::Below(Guard::Only {
            range: range.clone(),
            keys: expected.into_iter().cloned().collect(),
        }))
    }

    /// The next entries in a direction, and where to go on.
    fn step(
        &self,
        range: &KeyRange,
        direction: Direction,
        limit: usize,
    ) -> Result<(Vec<Entry>, Option<KeyRange>), StoreError> {
        let mut below: BTreeMap<Key, Vec<u8>> = BTreeMap::new();
        let rest = self
            .below
            .scan(range, direction, limit, &mut |key, value| {
                below.insert(key.to_vec(), value.to_vec());
                std::ops::ControlFlow::Continue(())
            })?;
        let covered = match (&rest, direction) {
            (None, _) => range.clone(),
            (Some(rest), Direction::Forward) => KeyRange {
                start: range.start.clone(),
                end: rest.start.clone(),
            },
            (Some(rest), Direction::Backward) => KeyRange {
                start: rest.end.clone(),
                end: range.end.clone(),
            },
        };
        for (key, value) in self.writes.read().within(&covered) {
            match value {
                Some(value) => below.insert(key.clone(), value.clone()),
                None => below.remove(key),
            };
        }
        let mut entries: Vec<Entry> = below.into_iter().collect();
        if direction == Direction::Backward {
            entries.reverse();
        }
        Ok((entries, rest))
    }
}

impl Writes {
    fn within<'w>(
        &'w self,
        range: &KeyRange,
    ) -> impl Iterator<Item = (&'w Key, &'w Option<Vec<u8>>)> {
        let bounds = (
            Bound::Included(range.start.clone()),
            Bound::Excluded(range.end.clone()),
        );
        let is_empty = range.start >= range.end;
        let found = (!is_empty).then(|| self.values.range::<Key, _>(bounds));
        found.into_iter().flatten()
    }
}

impl ReadStore for Pending {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let found = self.get_many(&[key.to_vec()])?;
        Ok(found.into_iter().next().flatten())
    }

    fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let writes = self.writes.read();
        let mut found = self.below.get_many(keys)?;
        for (key, value) in keys.iter().zip(&mut found) {
            if let Some(written) = writes.values.get(key) {
                value.clone_from(written);
            }
            if let Some(by) = writes.counters.get(key) {
                let count = value.as_deref().and_then(codec::counter_value);
                let count = count.unwrap_or(0).saturating_add(*by);
                *value = Some(codec::counter_bytes(count));
            }
        }
        Ok(found)
    }

    fn scan(
        &self,
        range: &KeyRange,
        direction: Direction,
        limit: usize,
        visit: &mut Visit<'_>,
    ) -> Result<Option<KeyRange>, StoreError> {
        if self.writes.read().within(range).next().is_none() {
            return self.below.scan(range, direction, limit, visit);
        }
        let mut left = limit;
        let mut rest = Some(range.clone());
        while let Some(range) = rest {
            if left == 0 {
                return Ok(Some(range));
            }
            let (entries, next) = self.step(&range, direction, limit)?;
            rest = next;
            let count = entries.len();
            for (position, (key, value)) in entries.into_iter().enumerate() {
                if visit(&key, &value).is_break() {
                    return Ok(None);
                }
                left -= 1;
                if left == 0 && (position + 1 < count || rest.is_some()) {
                    return Ok(Some(range.beyond(direction, &key)));
                }
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests;
