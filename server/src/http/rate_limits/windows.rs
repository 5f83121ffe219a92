//! How often a client asked lately: one fixed window for each client and rule, and for what the
//! rule counts apart.
//!
//! - A window begins with its first request and ends after the rule's duration.
//! - Memory is bounded: a full shard drops the windows that ended, and if there are none, the one
//!   with the fewest requests, so that many addresses do not make anybody's used-up limit be
//!   forgotten before their own.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;

use luge_engine::settings::RateLimitRule;
use luge_model::limits::{RATE_LIMIT_SHARD_WINDOWS_MAX, RATE_LIMIT_SHARDS};
use luge_model::timestamp::Timestamp;
use parking_lot::Mutex;

/// All windows that are open.
pub(crate) struct Windows {
    shards: Vec<Mutex<HashMap<Counted, Window>>>,
    hasher: RandomState,
}

/// A rule and what it counts apart (by hash), and a client.
type Counted = (u64, IpAddr);

struct Window {
    began: Timestamp,
    ends: Timestamp,
    requests: i64,
}

impl Default for Windows {
    fn default() -> Self {
        Self {
            shards: (0..RATE_LIMIT_SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
        }
    }
}

impl Windows {
    /// Counts a request of a client under a rule, apart from others that the rule is about.
    ///
    /// # Errors
    /// The seconds until the window ends, at least 1, when it is one too many.
    pub(crate) fn count(
        &self,
        (rule, apart): (&RateLimitRule, &str),
        client: IpAddr,
        now: Timestamp,
    ) -> Result<(), u64> {
        let limit = (rule.duration, rule.max_requests);
        let parts = (&rule.label, &rule.audience, limit, apart);
        let counted = (self.hasher.hash_one(parts), client);
        let place = self.hasher.hash_one(counted) % RATE_LIMIT_SHARDS as u64;
        let shard = usize::try_from(place)
            .ok()
            .and_then(|place| self.shards.get(place));
        let Some(shard) = shard else {
            return Ok(());
        };
        let mut windows = shard.lock();
        if windows.len() >= RATE_LIMIT_SHARD_WINDOWS_MAX && !windows.contains_key(&counted) {
            make_room(&mut windows, now);
        }
        let fresh = || Window::new(now, rule.duration);
        let window = windows.entry(counted).or_insert_with(fresh);
        if !window.is_open(now) {
            *window = fresh();
        }
        if window.requests >= rule.max_requests {
            return Err(window.seconds_left(now));
        }
        window.requests += 1;
        Ok(())
    }
}

impl Window {
    fn new(began: Timestamp, seconds: i64) -> Self {
        let ends = began.0.saturating_add(seconds.saturating_mul(1_000));
        Self {
            began,
            ends: Timestamp(ends),
            requests: 0,
        }
    }

    /// A window that begins in the future was opened before the clock was set back.
    fn is_open(&self, now: Timestamp) -> bool {
        self.began <= now && now < self.ends
    }

    fn seconds_left(&self, now: Timestamp) -> u64 {
        let milliseconds = u64::try_from(self.ends.0.saturating_sub(now.0)).unwrap_or(0);
        milliseconds.div_ceil(1_000).max(1)
    }
}

fn make_room(windows: &mut HashMap<Counted, Window>, now: Timestamp) {
    windows.retain(|_, window| window.is_open(now));
    if windows.len() < RATE_LIMIT_SHARD_WINDOWS_MAX {
        return;
    }
    let least = windows
        .iter()
        .min_by_key(|(_, window)| (window.requests, window.began))
        .map(|(counted, _)| *counted);
    if let Some(least) = least {
        windows.remove(&least);
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn rule(label: &str, seconds: i64, max_requests: i64) -> RateLimitRule {
        RateLimitRule {
            label: label.to_owned(),
            audience: String::new(),
            duration: seconds,
            max_requests,
        }
    }

    fn client(number: u32) -> IpAddr {
        IpAddr::V4(Ipv4Addr::from_bits(number))
    }

    fn held(windows: &Windows) -> usize {
        windows.shards.iter().map(|shard| shard.lock().len()).sum()
    }

    #[test]
    fn a_window_lets_as_many_through_as_the_rule_says_and_ends() {
        let (windows, rule) = (Windows::default(), rule("/api/", 2, 2));
        let count = |at| windows.count((&rule, ""), client(1), Timestamp(at));
        assert_eq!([count(500), count(1_000)], [Ok(()), Ok(())]);
        assert_eq!([count(1_000), count(2_499)], [Err(2), Err(1)]);
        assert_eq!(
            [count(2_500), count(2_600), count(2_700)],
            [Ok(()), Ok(()), Err(2)]
        );
        assert_eq!(
            windows.count((&rule, ""), client(2), Timestamp(2_700)),
            Ok(())
        );
        // The clock is set back.
        assert_eq!(count(0), Ok(()));
    }

    #[test]
    fn rules_are_counted_apart() {
        let windows = Windows::default();
        for rule in [
            rule("a", 9, 1),
            rule("b", 9, 1),
            rule("a", 9, 2),
            rule("a", 8, 1),
        ] {
            assert_eq!(windows.count((&rule, ""), client(1), Timestamp(0)), Ok(()));
        }
        assert!(
            windows
                .count((&rule("a", 9, 1), ""), client(1), Timestamp(0))
                .is_err()
        );
    }

    #[test]
    fn exactly_the_limit_passes_of_many_at_once() {
        let (windows, rule, passed) = (Windows::default(), rule("/", 60, 10), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..20 {
                scope.spawn(|| {
                    for _ in 0..10 {
                        if windows.count((&rule, ""), client(1), Timestamp(0)).is_ok() {
                            passed.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        assert_eq!(passed.load(Ordering::Relaxed), 10);
    }

    #[test]
    fn many_addresses_take_bounded_memory_and_free_nobody() {
        let (windows, rule) = (Windows::default(), rule("/", 60, 2));
        let most = RATE_LIMIT_SHARDS * RATE_LIMIT_SHARD_WINDOWS_MAX;
        let now = Timestamp(0);
        for _ in 0..3 {
            let _ = windows.count((&rule, ""), client(0), now);
        }
        for number in 1..=u32::try_from(most + most / 64).unwrap() {
            let _ = windows.count((&rule, ""), client(number), now);
        }
        assert!(held(&windows) <= most, "{}", held(&windows));
        assert!(windows.count((&rule, ""), client(0), now).is_err());
        assert!(
            windows
                .count((&rule, ""), client(7), Timestamp(60_000))
                .is_ok()
        );
    }
}
