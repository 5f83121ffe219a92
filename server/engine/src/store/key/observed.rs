//! Keys of request logs, of the history of metrics and of preferences.

use luge_model::timestamp::Timestamp;

use super::{Key, KeyRange, Keyspace, between, joined, numbered};

/// A pack of request logs, by the time of its first entry and a number of its own.
#[must_use]
pub fn request_pack(first: Timestamp, serial: u64) -> Key {
    let mut key = request_packs_from(first);
    key.extend_from_slice(&serial.to_be_bytes());
    key
}

/// The packs of request logs whose first entry is of one of these moments, both included.
#[must_use]
pub fn request_pack_range(from: Timestamp, to: Timestamp) -> KeyRange {
    let end = match to.0.checked_add(1) {
        Some(next) => request_packs_from(Timestamp(next)),
        None => Keyspace::RequestPack.range().end,
    };
    between(request_packs_from(from), end)
}

/// A pack of measurements of a resolution, by when it begins.
#[must_use]
pub fn metric_samples(resolution: u8, begin: Timestamp) -> Key {
    let mut key = Keyspace::MetricSamples.begin();
    key.push(resolution);
    key.extend_from_slice(&u64::try_from(begin.0).unwrap_or(0).to_be_bytes());
    key
}

/// The packs of measurements of a resolution that begin in a time, its end included.
#[must_use]
pub fn metric_samples_range(resolution: u8, from: Timestamp, to: Timestamp) -> KeyRange {
    let next = Timestamp(to.0.saturating_add(1));
    between(
        metric_samples(resolution, from),
        metric_samples(resolution, next),
    )
}

/// When a pack of measurements begins, from its key.
#[must_use]
pub fn metric_samples_begin(key: &[u8]) -> Option<Timestamp> {
    let begin = numbered(key, Keyspace::MetricSamples, 2)?;
    i64::try_from(begin).ok().map(Timestamp)
}

/// The preferences of a superuser.
#[must_use]
pub fn preferences(superuser_id: &str) -> Key {
    joined(Keyspace::Preferences.begin(), superuser_id)
}

/// Moments before 1970 count as 1970.
fn request_packs_from(first: Timestamp) -> Key {
    let mut key = Keyspace::RequestPack.begin();
    key.extend_from_slice(&u64::try_from(first.0).unwrap_or(0).to_be_bytes());
    key
}
