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
/// Least time between two mails of one kind to one account, in milliseconds (contract §1.3).
pub const MAIL_PAUSE_MILLISECONDS: i64 = 2 * 60 * 1_000;
/// Accounts whose last mail is remembered; beyond, those before are forgotten.
pub const MAIL_PAUSES_MAX: usize = 50_000;
/// Longest e-mail address that is submitted, in characters (contract §1.3).
pub const MAIL_ADDRESS_CHARS_MAX: usize = 255;
/// Longest new password that is submitted, in characters (contract §1.3).
pub const NEW_PASSWORD_CHARS_MAX: usize = 255;
/// Least time between two mails about backups that failed, in milliseconds.
pub const BACKUP_FAILURE_MAIL_MILLISECONDS: i64 = 24 * 3_600 * 1_000;
/// Most superusers that are mailed about a backup that failed.
pub const BACKUP_FAILURE_MAILS_MAX: usize = 100;
