//! For how long nobody is mailed again: whoever asks for mails to somebody else's address gets few.
//!
//! Kept in memory: what a restart forgets is one mail. What is remembered is bounded, and who asks
//! for many addresses makes the oldest be forgotten.

use std::collections::HashMap;

use luge_model::limits::{MAIL_PAUSE_MILLISECONDS, MAIL_PAUSES_MAX};
use luge_model::timestamp::Timestamp;
use parking_lot::Mutex;

use crate::secrets::FINGERPRINT_BYTES;

/// Whom a mail of a kind was for, as a fingerprint.
pub(super) type Addressee = [u8; FINGERPRINT_BYTES];

/// Who was mailed lately.
#[derive(Debug, Default)]
pub(super) struct Pauses(Mutex<Generations>);

/// When full, the current one becomes the one before, which is forgotten.
#[derive(Debug, Default)]
struct Generations {
    current: HashMap<Addressee, Timestamp>,
    before: HashMap<Addressee, Timestamp>,
}

impl Pauses {
    /// Whether somebody may be mailed now; from then on there is a pause.
    pub(super) fn begin(&self, whom: Addressee, now: Timestamp) -> bool {
        let mut known = self.0.lock();
        let last = known.current.get(&whom).or_else(|| known.before.get(&whom));
        // A clock that was set back pauses nobody for longer.
        let paused = last.is_some_and(|last| {
            (0..MAIL_PAUSE_MILLISECONDS).contains(&now.0.saturating_sub(last.0))
        });
        if paused {
            return false;
        }
        if known.current.len() >= MAIL_PAUSES_MAX / 2 {
            known.before = std::mem::take(&mut known.current);
        }
        known.current.insert(whom, now);
        true
    }

    /// The mail was not sent after all.
    pub(super) fn end(&self, whom: &Addressee) {
        let mut known = self.0.lock();
        known.current.remove(whom);
        known.before.remove(whom);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whom(number: usize) -> Addressee {
        let mut whom = [0; FINGERPRINT_BYTES];
        whom[..8].copy_from_slice(&number.to_be_bytes());
        whom
    }

    #[test]
    fn somebody_is_mailed_once_in_a_while() {
        let pauses = Pauses::default();
        let begin = |number, now| pauses.begin(whom(number), Timestamp(now));
        assert!(begin(1, 1_000));
        assert!(!begin(1, 1_000));
        assert!(!begin(1, 999 + MAIL_PAUSE_MILLISECONDS));
        assert!(begin(2, 1_001));
        assert!(begin(1, 1_000 + MAIL_PAUSE_MILLISECONDS));
        assert!(begin(1, 5));
        pauses.end(&whom(1));
        assert!(begin(1, 6));
    }

    #[test]
    fn few_of_many_are_remembered() {
        let pauses = Pauses::default();
        for number in 0..MAIL_PAUSES_MAX * 2 {
            assert!(pauses.begin(whom(number), Timestamp(0)));
        }
        let known = pauses.0.lock();
        assert!(known.current.len() + known.before.len() <= MAIL_PAUSES_MAX);
        drop(known);
        assert!(!pauses.begin(whom(MAIL_PAUSES_MAX * 2 - 1), Timestamp(0)));
        assert!(pauses.begin(whom(0), Timestamp(0)));
    }
}
