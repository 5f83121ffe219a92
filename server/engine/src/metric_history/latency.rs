//! How long requests took: counts by powers of two, each cut in four, from one microsecond on. A
//! percentile read from it is at most a quarter too large.

use serde::{Deserialize, Serialize};

/// How many counts there are; the last is for everything longer than its lower end, 3 minutes.
pub(super) const BUCKETS: usize = 112;

/// Counts of requests by how long they took; only those that are not 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latency(Vec<(u8, u64)>);

/// Which count a time belongs to.
pub(super) fn bucket(nanoseconds: u64) -> usize {
    let microseconds = nanoseconds / 1_000;
    if microseconds < 4 {
        return usize::try_from(microseconds).unwrap_or(0);
    }
    let power = microseconds.ilog2();
    let quarter = microseconds >> (power - 2) & 3;
    let place = u64::from(power - 1) * 4 + quarter;
    usize::try_from(place).unwrap_or(BUCKETS).min(BUCKETS - 1)
}

/// The first time beyond a count, in microseconds.
fn end(bucket: u8) -> u64 {
    let next = u64::from(bucket) + 1;
    if next < 4 {
        return next;
    }
    let (power, quarter) = (next / 4 + 1, next % 4);
    (4 + quarter) << (power - 2)
}

impl Latency {
    /// Counts by bucket.
    pub(super) fn of(counts: impl Iterator<Item = u64>) -> Self {
        let counts = (0_u8..).zip(counts).filter(|(_, count)| *count > 0);
        Self(counts.collect())
    }

    /// How many requests were counted.
    pub(super) fn total(&self) -> u64 {
        self.0.iter().map(|(_, count)| count).sum()
    }

    /// Adds other counts.
    pub(super) fn merge(&mut self, other: &Self) {
        for (bucket, count) in &other.0 {
            match self.0.binary_search_by_key(bucket, |(known, _)| *known) {
                Ok(place) => {
                    if let Some((_, known)) = self.0.get_mut(place) {
                        *known += count;
                    }
                }
                Err(place) => self.0.insert(place, (*bucket, *count)),
            }
        }
    }

    /// The time within which so many of a hundred requests were answered, in milliseconds; none
    /// without requests.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "a time beyond 2^53 microseconds may be rounded"
    )]
    pub fn percentile(&self, percent: u64) -> Option<f64> {
        let wanted = self.total().saturating_mul(percent).div_ceil(100).max(1);
        let mut passed = 0;
        let found = self.0.iter().find(|(_, count)| {
            passed += count;
            passed >= wanted
        });
        found.map(|(bucket, _)| end(*bucket) as f64 / 1_000.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(nanoseconds: &[u64]) -> Latency {
        let mut counts = vec![0; BUCKETS];
        for one in nanoseconds {
            counts[bucket(*one)] += 1;
        }
        Latency::of(counts.into_iter())
    }

    #[test]
    fn nothing_has_no_percentiles() {
        assert_eq!(of(&[]).percentile(50), None);
        assert_eq!(of(&[0]).percentile(50), Some(0.001));
        assert_eq!(of(&[u64::MAX]).percentile(99), of(&[1 << 60]).percentile(1));
    }

    proptest! {
        #[test]
        fn percentiles_are_at_most_a_quarter_too_large(
            mut times in prop::collection::vec(0..100_000_000_000_u64, 1..100),
            more in prop::collection::vec(0..100_000_000_000_u64, 0..100),
            percent in 1..100_u64,
        ) {
            let mut merged = of(&times);
            merged.merge(&of(&more));
            times.extend(more);
            prop_assert_eq!(&merged, &of(&times));
            times.sort_unstable();
            let place = (times.len() as u64 * percent).div_ceil(100).max(1) as usize - 1;
            let exact = times[place] as f64 / 1e6;
            let found = merged.percentile(percent).unwrap();
            prop_assert!(found >= exact && found <= exact * 1.25 + 0.0011, "{found} for {exact}");
        }
    }
}
