//! Wrong tries make the next one wait: longer each time, and only who made them.
//!
//! - What waits is an account as it is tried from one network. Somebody else's wrong tries from
//!   elsewhere never make its owner wait; at most they take away that several wrong ones are free.
//! - A public network that tries many accounts waits too; one that is not public may be a proxy
//!   that everybody comes by.
//! - Second factors are few digits, so an account's are also counted from all networks together,
//!   but for those where it is signed in already.
//! - Accounts that are not there are counted like those that are.
//! - A try counts from when it begins, so that many at once are not more than one after another.
//! - Memory is bounded: where it is full, who has the fewest wrong tries is forgotten.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::net::IpAddr;

use luge_model::id::CollectionNumber;
use luge_model::limits::{
    TRIES_AT_ONCE_MAX, WRONG_PASSWORD_WAIT_MILLISECONDS_MAX,
    WRONG_SECOND_FACTOR_WAIT_MILLISECONDS_MAX, WRONG_SECOND_FACTORS_FREE, WRONG_TRIES_ALARM,
    WRONG_TRIES_FREE, WRONG_TRIES_FREE_UNDER_ATTACK, WRONG_TRIES_KEPT_MILLISECONDS,
    WRONG_TRIES_OF_NETWORK_FREE, WRONG_TRIES_SHARD_MAX, WRONG_TRIES_SHARDS,
    WRONG_TRY_WAIT_MILLISECONDS,
};
use luge_model::network;
use luge_model::timestamp::Timestamp;
use parking_lot::Mutex;

use crate::error::{Error, Result};

/// How an account is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Way {
    /// With something that is known: a password.
    Password,
    /// With what completes a sign-in: a code of a device, or one that was kept.
    SecondFactor,
}

/// A try at an account.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tried<'a> {
    pub(super) way: Way,
    pub(super) collection: CollectionNumber,
    /// What it is called, whether or not there is such an account.
    pub(super) account: &'a str,
    pub(super) client: Option<IpAddr>,
    /// Whether the account is signed in from there already.
    pub(super) is_known_there: bool,
}

/// Remembers wrong tries.
pub(super) struct BackOff {
    is_on: bool,
    shards: Vec<Mutex<HashMap<u64, Tries>>>,
    hasher: RandomState,
}

/// A try under way; it counts for nothing where it is dropped without an outcome.
pub(super) struct Attempt<'b> {
    of: &'b BackOff,
    counted: Vec<Counted>,
    now: Timestamp,
}

/// What a try counts for.
#[derive(Clone, Copy)]
struct Counted {
    key: u64,
    free: u32,
    wait_max: i64,
    /// Whether tries under way count too.
    is_pair: bool,
    /// Whether it only watches.
    is_alarm: bool,
}

#[derive(Clone, Copy, Default)]
struct Tries {
    wrong: u32,
    under_way: u32,
    last: Timestamp,
}

impl BackOff {
    /// Remembers nothing yet; one that is off lets everything through.
    pub(super) fn new(is_on: bool) -> Self {
        Self {
            is_on,
            shards: (0..WRONG_TRIES_SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
        }
    }

    /// Begins a try.
    ///
    /// # Errors
    /// [`Error::TooManyTries`] where it must wait.
    pub(super) fn begin(&self, tried: Tried<'_>, now: Timestamp) -> Result<Attempt<'_>> {
        let mut attempt = Attempt {
            of: self,
            counted: Vec::new(),
            now,
        };
        let Some(client) = tried.client.filter(|_| self.is_on) else {
            return Ok(attempt);
        };
        for counted in self.counted(tried, network::counted(client), now) {
            let begun = self.with(counted.key, now, |tries| tries.begin(counted, now));
            begun.map_err(|milliseconds| {
                let seconds = u64::try_from(milliseconds).unwrap_or(0);
                Error::TooManyTries {
                    seconds: seconds.div_ceil(1_000).max(1),
                }
            })?;
            attempt.counted.push(counted);
        }
        Ok(attempt)
    }

    fn counted(&self, tried: Tried<'_>, client: IpAddr, now: Timestamp) -> Vec<Counted> {
        let Tried {
            way, collection, ..
        } = tried;
        let account = tried.account.to_lowercase();
        let of_account = self.hasher.hash_one((way, collection.0, &account));
        let wrong = self.with(of_account, now, |tries| tries.wrong);
        let (free, wait_max) = match way {
            Way::Password if wrong >= WRONG_TRIES_ALARM => (
                WRONG_TRIES_FREE_UNDER_ATTACK,
                WRONG_PASSWORD_WAIT_MILLISECONDS_MAX,
            ),
            Way::Password => (WRONG_TRIES_FREE, WRONG_PASSWORD_WAIT_MILLISECONDS_MAX),
            Way::SecondFactor => (WRONG_TRIES_FREE, WRONG_SECOND_FACTOR_WAIT_MILLISECONDS_MAX),
        };
        let watched = Counted {
            key: of_account,
            free: WRONG_SECOND_FACTORS_FREE,
            wait_max,
            is_pair: false,
            is_alarm: way == Way::Password || tried.is_known_there,
        };
        let pair = Counted {
            key: self.hasher.hash_one((of_account, client)),
            free,
            is_pair: true,
            is_alarm: false,
            ..watched
        };
        let mut counted = vec![pair, watched];
        if is_public(client) {
            counted.push(Counted {
                key: self.hasher.hash_one(client),
                free: WRONG_TRIES_OF_NETWORK_FREE,
                wait_max: WRONG_PASSWORD_WAIT_MILLISECONDS_MAX,
                is_pair: false,
                is_alarm: false,
            });
        }
        counted
    }

    fn with<T>(&self, key: u64, now: Timestamp, work: impl FnOnce(&mut Tries) -> T) -> T {
        let place = usize::try_from(key % WRONG_TRIES_SHARDS as u64).unwrap_or(0);
        let Some(shard) = self.shards.get(place) else {
            return work(&mut Tries::default());
        };
        let mut shard = shard.lock();
        let known = shard.get(&key).copied();
        let mut tries = known.filter(|tries| tries.is_kept(now)).unwrap_or_default();
        let outcome = work(&mut tries);
        if tries.wrong == 0 && tries.under_way == 0 {
            shard.remove(&key);
            return outcome;
        }
        if known.is_none() && shard.len() >= WRONG_TRIES_SHARD_MAX {
            make_room(&mut shard, now);
        }
        shard.insert(key, tries);
        outcome
    }
}

impl Attempt<'_> {
    /// It was right: the account is not waited for from there any more.
    pub(super) fn succeeded(mut self) {
        for counted in std::mem::take(&mut self.counted) {
            self.of.with(counted.key, self.now, |tries| {
                tries.end(counted);
                if counted.is_pair {
                    tries.wrong = 0;
                }
            });
        }
    }

    /// It was wrong.
    pub(super) fn failed(mut self) {
        for counted in std::mem::take(&mut self.counted) {
            self.of.with(counted.key, self.now, |tries| {
                tries.end(counted);
                tries.wrong = tries.wrong.saturating_add(1);
                tries.last = tries.last.max(self.now);
            });
        }
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        for counted in std::mem::take(&mut self.counted) {
            self.of
                .with(counted.key, self.now, |tries| tries.end(counted));
        }
    }
}

impl Tries {
    /// Begins a try, or says how many milliseconds it must wait.
    fn begin(&mut self, counted: Counted, now: Timestamp) -> std::result::Result<(), i64> {
        if counted.is_alarm {
            return Ok(());
        }
        if self.wrong >= counted.free {
            let doubled = (self.wrong - counted.free).min(i64::BITS);
            let wait = WRONG_TRY_WAIT_MILLISECONDS.checked_shl(doubled);
            let wait = wait.filter(|wait| (1..counted.wait_max).contains(wait));
            let wait = wait.unwrap_or(counted.wait_max);
            // A clock that was set back makes nobody wait longer than that.
            let left = self.last.0.saturating_add(wait).saturating_sub(now.0);
            if left > 0 {
                return Err(left.min(wait));
            }
        }
        if counted.is_pair {
            let at_once = match self.wrong {
                0 => TRIES_AT_ONCE_MAX,
                wrong => counted.free.saturating_sub(wrong).max(1),
            };
            if self.under_way >= at_once {
                return Err(WRONG_TRY_WAIT_MILLISECONDS);
            }
            self.under_way += 1;
        }
        Ok(())
    }

    fn end(&mut self, counted: Counted) {
        if counted.is_pair {
            self.under_way = self.under_way.saturating_sub(1);
        }
    }

    fn is_kept(&self, now: Timestamp) -> bool {
        let age = now.0.saturating_sub(self.last.0);
        self.under_way > 0 || age < WRONG_TRIES_KEPT_MILLISECONDS
    }
}

fn make_room(shard: &mut HashMap<u64, Tries>, now: Timestamp) {
    shard.retain(|_, tries| tries.is_kept(now));
    if shard.len() < WRONG_TRIES_SHARD_MAX {
        return;
    }
    let fewest = shard
        .iter()
        .min_by_key(|(_, tries)| (tries.under_way, tries.wrong, tries.last))
        .map(|(key, _)| *key);
    if let Some(key) = fewest {
        shard.remove(&key);
    }
}

/// Whether everybody who comes from there is one party: not a proxy of our own, nor this machine.
fn is_public(client: IpAddr) -> bool {
    match client {
        IpAddr::V4(address) => {
            !(address.is_loopback() || address.is_private() || address.is_link_local())
        }
        IpAddr::V6(address) => {
            !(address.is_loopback()
                || address.is_unique_local()
                || address.is_unicast_link_local()
                || address.is_unspecified())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);
    const HOME: &str = "198.51.100.7";
    const ELSEWHERE: &str = "203.0.113.9";

    fn tried<'a>(way: Way, account: &'a str, client: &str) -> Tried<'a> {
        Tried {
            way,
            collection: CollectionNumber(7),
            account,
            client: Some(client.parse().unwrap()),
            is_known_there: false,
        }
    }

    fn wrong(of: &BackOff, tried: Tried<'_>, now: Timestamp) -> Option<u64> {
        match of.begin(tried, now) {
            Ok(attempt) => {
                attempt.failed();
                None
            }
            Err(Error::TooManyTries { seconds }) => Some(seconds),
            Err(error) => panic!("{error}"),
        }
    }

    fn later(seconds: i64) -> Timestamp {
        Timestamp(NOW.0 + seconds * 1_000)
    }

    #[test]
    fn waits_grow_end_and_are_forgotten() {
        let of = BackOff::new(true);
        let ann = tried(Way::Password, "ann@example.com", HOME);
        for _ in 0..WRONG_TRIES_FREE {
            assert_eq!(wrong(&of, ann, NOW), None);
        }
        assert_eq!(wrong(&of, ann, NOW), Some(1));
        // Whatever the case of the name is.
        let upper = tried(Way::Password, "ANN@example.com", HOME);
        assert_eq!(wrong(&of, upper, NOW), Some(1));
        assert_eq!(wrong(&of, ann, later(1)), None);
        assert_eq!(wrong(&of, ann, later(2)), Some(1));
        assert_eq!(wrong(&of, ann, later(3)), None);
        assert_eq!(wrong(&of, ann, later(3)), Some(4));
        let mut at = 3;
        for _ in 0..80 {
            at += 300;
            assert_eq!(wrong(&of, ann, later(at)), None);
        }
        assert_eq!(wrong(&of, ann, later(at)), Some(300), "never longer");
        assert_eq!(
            wrong(&of, ann, NOW),
            Some(300),
            "nor with the clock set back"
        );
        let forgotten = Timestamp(later(at).0 + WRONG_TRIES_KEPT_MILLISECONDS);
        assert_eq!(wrong(&of, ann, forgotten), None);
        assert_eq!(wrong(&of, ann, forgotten), None);
    }

    #[test]
    fn who_is_elsewhere_never_waits_for_somebody_elses_tries() {
        let of = BackOff::new(true);
        let mut number = 0;
        for _ in 0..300 {
            number += 1;
            let attacker = format!("203.0.{}.{}", number / 200, number % 200);
            wrong(&of, tried(Way::Password, "ann", &attacker), NOW);
        }
        let ann = tried(Way::Password, "ann", HOME);
        of.begin(ann, NOW).unwrap().succeeded();
        // Under attack, only one wrong try is free.
        assert_eq!(wrong(&of, ann, NOW), None);
        assert_eq!(wrong(&of, ann, NOW), Some(1));
        let bob = tried(Way::Password, "bob", HOME);
        assert_eq!([wrong(&of, bob, NOW), wrong(&of, bob, NOW)], [None, None]);
    }

    #[test]
    fn a_right_try_takes_the_wrong_ones_away() {
        let of = BackOff::new(true);
        let ann = tried(Way::Password, "ann", HOME);
        for _ in 0..WRONG_TRIES_FREE - 1 {
            wrong(&of, ann, NOW);
        }
        of.begin(ann, NOW).unwrap().succeeded();
        for _ in 0..WRONG_TRIES_FREE {
            assert_eq!(wrong(&of, ann, NOW), None);
        }
        assert_eq!(wrong(&of, ann, NOW), Some(1));
        // One that had no outcome does not count.
        let of = BackOff::new(true);
        for _ in 0..100 {
            drop(of.begin(ann, NOW).unwrap());
        }
        assert_eq!(wrong(&of, ann, NOW), None);
        assert!(
            of.shards
                .iter()
                .map(|shard| shard.lock().len())
                .sum::<usize>()
                <= 3
        );
    }

    #[test]
    fn many_at_once_are_not_more_than_one_after_another() {
        let of = BackOff::new(true);
        let ann = tried(Way::Password, "ann", HOME);
        let all: Vec<_> = (0..200).filter_map(|_| of.begin(ann, NOW).ok()).collect();
        assert_eq!(all.len(), TRIES_AT_ONCE_MAX as usize);
        all.into_iter().for_each(Attempt::failed);
        assert_eq!(wrong(&of, ann, later(299)), Some(1));
        let all: Vec<_> = (0..200)
            .filter_map(|_| of.begin(ann, later(300)).ok())
            .collect();
        assert_eq!(all.len(), 1);
    }

    #[test]
    fn a_public_network_that_tries_everybody_waits_and_a_proxy_does_not() {
        for (client, waits) in [(ELSEWHERE, true), ("127.0.0.1", false), ("10.1.2.3", false)] {
            let of = BackOff::new(true);
            let mut waited = false;
            for number in 0..=WRONG_TRIES_OF_NETWORK_FREE {
                let account = format!("user{number}");
                waited |= wrong(&of, tried(Way::Password, &account, client), NOW).is_some();
            }
            assert_eq!(waited, waits, "{client}");
        }
    }

    #[test]
    fn second_factors_are_counted_from_everywhere_but_where_the_account_is_known() {
        let of = BackOff::new(true);
        let mut refused = 0;
        for number in 0..100 {
            let client = format!("203.0.113.{number}");
            let guess = tried(Way::SecondFactor, "ann", &client);
            refused += u32::from(wrong(&of, guess, NOW).is_some());
        }
        assert_eq!(refused, 100 - WRONG_SECOND_FACTORS_FREE);
        let stranger = tried(Way::SecondFactor, "ann", HOME);
        assert!(of.begin(stranger, NOW).is_err());
        let known = Tried {
            is_known_there: true,
            ..stranger
        };
        of.begin(known, NOW).unwrap().succeeded();
        // A day of it, from a thousand networks, finds one code in less than a thousand days' work.
        let a_day = 24 * 3_600 * 1_000 / WRONG_SECOND_FACTOR_WAIT_MILLISECONDS_MAX;
        let tries = i64::from(WRONG_SECOND_FACTORS_FREE) + 12 + a_day;
        assert!(tries * 3 < 1_000_000 / 1_000, "{tries}");
    }

    #[test]
    fn memory_is_bounded_and_forgets_who_tried_least() {
        let of = BackOff::new(true);
        let ann = tried(Way::Password, "ann", HOME);
        for _ in 0..WRONG_TRIES_FREE {
            wrong(&of, ann, NOW);
        }
        for number in 0..70_000_u32 {
            let client = IpAddr::from(std::net::Ipv4Addr::from(0x0a00_0000 + number));
            let guess = Tried {
                client: Some(client),
                ..tried(Way::Password, "bob", HOME)
            };
            if let Ok(attempt) = of.begin(guess, NOW) {
                attempt.failed();
            }
        }
        let held: usize = of.shards.iter().map(|shard| shard.lock().len()).sum();
        assert!(held <= WRONG_TRIES_SHARDS * WRONG_TRIES_SHARD_MAX, "{held}");
        assert_eq!(wrong(&of, ann, NOW), Some(1));
    }

    #[test]
    fn one_that_is_off_lets_everything_through() {
        let of = BackOff::new(false);
        let ann = tried(Way::Password, "ann", HOME);
        for _ in 0..1_000 {
            assert_eq!(wrong(&of, ann, NOW), None);
        }
    }
}
