//! Limits of mails.

/// Longest subject of a mail, in characters.
pub const MAIL_SUBJECT_CHARS_MAX: usize = 255;
/// Longest value of a record that stands in a mail, in characters.
pub const MAIL_VALUE_CHARS_MAX: usize = 1_000;
/// Most bytes of a mail, HTML and text together.
pub const MAIL_BYTES_MAX: usize = 1 << 20;
/// Longest time until a mail server is reached, in seconds.
pub const MAIL_CONNECT_SECONDS_MAX: u64 = 10;
/// Longest time of handing over one mail, in seconds.
pub const MAIL_SECONDS_MAX: u64 = 30;
/// Longest time of taking leave of a mail server that took a mail, in seconds.
pub const MAIL_QUIT_SECONDS_MAX: u64 = 2;
/// How long mails are kept that were not sent, in milliseconds.
pub const MAIL_KEPT_MILLISECONDS: i64 = 14 * 24 * 3_600 * 1_000;
/// Time from one removal of old mails to the next, in milliseconds.
pub const MAIL_TEND_MILLISECONDS: i64 = 3_600 * 1_000;
