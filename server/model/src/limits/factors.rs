//! Limits of signing in with more than a password: second factors, mailed codes and links, wrong
//! tries.

/// Sign-ins of one record that wait for their second factor; the oldest one makes room.
pub const BEGUN_SIGN_INS_MAX: usize = 20;
/// Wrong tries of one account from one network before the next one has to wait.
pub const WRONG_TRIES_FREE: u32 = 5;
/// The same while an account has been tried wrongly from everywhere [`WRONG_TRIES_ALARM`] times.
pub const WRONG_TRIES_FREE_UNDER_ATTACK: u32 = 1;
/// Wrong tries of one account from all networks that make it one that is under attack.
pub const WRONG_TRIES_ALARM: u32 = 100;
/// Wrong tries of all accounts from one public network before the next one has to wait.
pub const WRONG_TRIES_OF_NETWORK_FREE: u32 = 100;
/// Wrong second factors of one account from networks where it is not signed in, before the next one
/// has to wait.
pub const WRONG_SECOND_FACTORS_FREE: u32 = 20;
/// Wait after the first wrong try that is not free, in milliseconds; each further one doubles it.
pub const WRONG_TRY_WAIT_MILLISECONDS: i64 = 1_000;
/// Longest wait after a wrong password, in milliseconds.
pub const WRONG_PASSWORD_WAIT_MILLISECONDS_MAX: i64 = 5 * 60 * 1_000;
/// Longest wait after a wrong second factor, in milliseconds.
pub const WRONG_SECOND_FACTOR_WAIT_MILLISECONDS_MAX: i64 = 15 * 60 * 1_000;
/// How long wrong tries are remembered after the last one, in milliseconds.
pub const WRONG_TRIES_KEPT_MILLISECONDS: i64 = 60 * 60 * 1_000;
/// Tries of one account from one network that may be under way while none was wrong.
pub const TRIES_AT_ONCE_MAX: u32 = 64;
/// Parts that the memory of wrong tries is locked in.
pub const WRONG_TRIES_SHARDS: usize = 16;
/// Most that one part of the memory of wrong tries remembers.
pub const WRONG_TRIES_SHARD_MAX: usize = 4_096;
/// Bytes of the secret of an authenticator app: as many as its hash has.
pub const TOTP_SECRET_BYTES: usize = 20;
/// Digits of a code of an authenticator app.
pub const TOTP_DIGITS: usize = 6;
/// How long a code of an authenticator app is shown, in milliseconds.
pub const TOTP_STEP_MILLISECONDS: i64 = 30 * 1_000;
/// How many codes before and after the present one are accepted too.
pub const TOTP_STEPS_AROUND: i64 = 1;
/// How long one may take to confirm a new authenticator app, in milliseconds.
pub const TOTP_CONFIRM_MILLISECONDS: i64 = 10 * 60 * 1_000;
/// Recovery codes that are made at once.
pub const RECOVERY_CODES: usize = 10;
/// Characters of a recovery code, of 32 different ones.
pub const RECOVERY_CODE_CHARS: usize = 16;
/// Characters of a recovery code that are shown together.
pub const RECOVERY_CODE_GROUP_CHARS: usize = 4;
/// Longest code that is looked at, in bytes.
pub const CODE_BYTES_MAX: usize = 100;
/// Wrong codes that end the sign-in which they were to complete.
pub const WRONG_CODES_OF_SIGN_IN_MAX: u32 = 5;
/// How long tries of one code or sign-in are counted together, in milliseconds (contract §1.3).
pub const TRIES_WINDOW_MILLISECONDS: i64 = 180 * 1_000;
/// Codes and sign-ins whose tries are counted at one time.
pub const TRIES_COUNTED_MAX: usize = 20_000;
/// How long a mailed link is valid, in seconds.
pub const MAGIC_LINK_SECONDS_DEFAULT: i64 = 900;
/// Links of one account that are valid at one time; while there are as many, none is mailed.
pub const MAGIC_LINKS_MAX: usize = 5;
/// Characters of the secret in a mailed link.
pub const MAGIC_LINK_CHARS: usize = 40;
/// One-time codes of one account that are valid at one time; while there are as many, none is
/// mailed (contract §1.3).
pub const OTPS_MAX: usize = 10;
/// Longest one-time code that is looked at, in characters (contract §1.3).
pub const OTP_CHARS_MAX: usize = 71;
/// Tries of one-time codes of one account from one network in a window (contract §1.3).
pub const OTP_TRIES_MAX: u32 = 5;
/// Tries of a one-time code from everywhere, after which it is no longer valid.
pub const OTP_TRIES_OF_CODE_MAX: u32 = 5;
/// Places of sign-ins that are remembered of one account (contract §1.3).
pub const AUTH_ORIGINS_MAX: usize = 5;
/// What of a client's description of itself tells one place from another, in bytes (contract §1.3).
pub const AUTH_ORIGIN_DEVICE_BYTES: usize = 200;
