//! Limits of the history of an account's sign-ins.

/// How long it tells of one, in milliseconds: 90 days.
pub const SIGN_IN_KEPT_MILLISECONDS: i64 = 90 * 24 * 3_600 * 1_000;
/// Most sign-ins of one record; the oldest makes room for a new one.
pub const SIGN_INS_KEPT: usize = 100;
/// Most impersonations of one record.
pub const IMPERSONATIONS_KEPT: usize = 50;
/// Most sign-ins of one record that lack a second factor, and most that the auth rule refused.
pub const UNFINISHED_SIGN_INS_KEPT: usize = 20;
/// Time between two refusals by the auth rule that are told of, in milliseconds: what is refused
/// must not write at will.
pub const SIGN_IN_REFUSED_MILLISECONDS: i64 = 5 * 60 * 1_000;
