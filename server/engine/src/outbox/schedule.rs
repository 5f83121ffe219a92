//! When a delivery that failed is tried again.

use luge_model::limits::{
    OUTBOX_ATTEMPTS_MAX, OUTBOX_RETRY_FACTOR, OUTBOX_RETRY_FIRST_MILLISECONDS,
    OUTBOX_RETRY_JITTER_PERCENT, OUTBOX_RETRY_MILLISECONDS_MAX, OUTBOX_RETRY_WAIT_MILLISECONDS_MAX,
};
use luge_model::timestamp::Timestamp;

use crate::random::Random;

/// The time of the next attempt after so many failed ones; `None` when there is none. `wait` is
/// what the receiver asked for, in milliseconds.
pub(super) fn next_attempt(
    attempts: u32,
    wait: Option<i64>,
    now: Timestamp,
    random: &dyn Random,
) -> Option<Timestamp> {
    if attempts >= OUTBOX_ATTEMPTS_MAX {
        return None;
    }
    let asked = wait
        .unwrap_or_default()
        .clamp(0, OUTBOX_RETRY_WAIT_MILLISECONDS_MAX);
    let pause = with_jitter(pause(attempts), random).max(asked);
    Some(Timestamp(now.0.saturating_add(pause)))
}

/// Grows with each attempt, up to a most.
fn pause(attempts: u32) -> i64 {
    let factor = OUTBOX_RETRY_FACTOR.saturating_pow(attempts.saturating_sub(1));
    OUTBOX_RETRY_FIRST_MILLISECONDS
        .saturating_mul(factor)
        .min(OUTBOX_RETRY_MILLISECONDS_MAX)
}

/// Receivers that come back are not asked for everything in the same moment.
fn with_jitter(pause: i64, random: &dyn Random) -> i64 {
    let span = OUTBOX_RETRY_JITTER_PERCENT * 2 + 1;
    let percent = 100 - i64::from(OUTBOX_RETRY_JITTER_PERCENT) + i64::from(random.below(span));
    pause.saturating_mul(percent) / 100
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandom;

    /// Always the same byte.
    #[derive(Debug)]
    struct Fixed(u8);

    impl Random for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn pauses_grow_to_a_most_and_end_after_about_three_days() {
        let pauses: Vec<i64> = (1..OUTBOX_ATTEMPTS_MAX).map(pause).collect();
        assert_eq!(pauses[..4], [2_000, 6_000, 18_000, 54_000]);
        assert!(pauses.is_sorted());
        assert_eq!(pauses.last(), Some(&OUTBOX_RETRY_MILLISECONDS_MAX));
        let hours = pauses.iter().sum::<i64>() / 3_600_000;
        assert!((70..=80).contains(&hours), "{hours} hours");
        assert_eq!(pause(u32::MAX), OUTBOX_RETRY_MILLISECONDS_MAX);
    }

    #[test]
    fn no_attempt_follows_the_last() {
        let now = Timestamp(1_000);
        let next = |attempts, wait| next_attempt(attempts, wait, now, &SystemRandom);
        assert!(next(OUTBOX_ATTEMPTS_MAX - 1, None).is_some());
        assert_eq!(next(OUTBOX_ATTEMPTS_MAX, None), None);
        assert_eq!(next(OUTBOX_ATTEMPTS_MAX, Some(5)), None);
        assert_eq!(next(u32::MAX, None), None);
    }

    #[test]
    fn jitter_keeps_within_its_share() {
        let now = Timestamp(0);
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..2_000 {
            let next = next_attempt(1, None, now, &SystemRandom).unwrap();
            assert!((1_600..=2_400).contains(&next.0), "{next:?}");
            seen.insert(next);
        }
        assert!(seen.len() > 20, "{seen:?}");
        assert_eq!(
            next_attempt(1, None, now, &Fixed(0)),
            Some(Timestamp(1_600))
        );
    }

    #[test]
    fn what_the_receiver_asks_for_is_a_least_up_to_a_most() {
        let next = |wait| {
            next_attempt(1, Some(wait), Timestamp(0), &Fixed(0))
                .unwrap()
                .0
        };
        assert_eq!(next(60_000), 60_000);
        assert_eq!(next(1), 1_600);
        assert_eq!(next(-1), 1_600);
        assert_eq!(next(i64::MIN), 1_600);
        assert_eq!(next(i64::MAX), OUTBOX_RETRY_WAIT_MILLISECONDS_MAX);
    }
}
