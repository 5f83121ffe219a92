//! A moment in UTC, to the millisecond, and its text form `YYYY-MM-DD HH:MM:SS.mmmZ` (contract §0).

/// Milliseconds since 1970-01-01 00:00 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);
