//! Keys of answers that are kept for repeated requests.

use luge_model::timestamp::Timestamp;

use super::{Key, KeyRange, Keyspace};

/// An answer, by the fingerprint of whose and which request it was.
#[must_use]
pub fn kept_answer(place: &[u8]) -> Key {
    let mut key = Keyspace::KeptAnswer.begin();
    key.extend_from_slice(place);
    key
}

/// The same, by the time since which it is kept.
#[must_use]
pub fn kept_answer_by_time(since: Timestamp, place: &[u8]) -> Key {
    let mut key = before(since);
    key.extend_from_slice(place);
    key
}

/// By time, what is kept since before a moment.
#[must_use]
pub fn kept_answers_until(moment: Timestamp) -> KeyRange {
    KeyRange {
        start: Keyspace::KeptAnswerByTime.range().start,
        end: before(moment),
    }
}

/// The key of an answer from its key by time.
#[must_use]
pub fn kept_answer_of(by_time: &[u8]) -> Option<Key> {
    if Keyspace::of(by_time)? != Keyspace::KeptAnswerByTime {
        return None;
    }
    by_time.get(9..).map(kept_answer)
}

/// A time before 1970 is the earliest one.
fn before(moment: Timestamp) -> Key {
    let mut key = Keyspace::KeptAnswerByTime.begin();
    let since = u64::try_from(moment.0).unwrap_or_default();
    key.extend_from_slice(&since.to_be_bytes());
    key
}
