//! Every limit of the product, with its unit. No other file holds a number with a unit.

/// Most comparisons in one filter (contract §3.1).
pub const FILTER_COMPARISONS_MAX: usize = 200;
/// Longest filter text of a client, in characters (contract §3.1).
pub const FILTER_CHARS_MAX: usize = 3_500;
/// Deepest nesting of parentheses in a filter.
pub const FILTER_DEPTH_MAX: usize = 32;
/// Most sort keys (contract §3.1).
pub const SORT_KEYS_MAX: usize = 8;
/// Longest sort key, in characters (contract §3.1).
pub const SORT_KEY_CHARS_MAX: usize = 255;
/// Records on a page when none is asked for (contract §1.2).
pub const PER_PAGE_DEFAULT: usize = 30;
/// Most records on a page; more is clamped (contract §1.2).
pub const PER_PAGE_MAX: usize = 1_000;
/// Memory of one argon2id password hash, in KiB.
pub const PASSWORD_HASH_MEMORY_KIB: u32 = 19 * 1_024;
/// Passes of one argon2id password hash over its memory.
pub const PASSWORD_HASH_PASSES: u32 = 2;
/// Lanes of one argon2id password hash.
pub const PASSWORD_HASH_LANES: u32 = 1;
/// Length of a password hash's salt, in bytes.
pub const PASSWORD_SALT_BYTES: usize = 16;
/// Most memory that a stored argon2 hash may ask for, in KiB; hashes that ask for more never match.
pub const PASSWORD_VERIFY_MEMORY_KIB_MAX: u32 = 64 * 1_024;
/// Most passes that a stored argon2 hash may ask for.
pub const PASSWORD_VERIFY_PASSES_MAX: u32 = 10;
/// Highest cost of a stored bcrypt hash (2 to the power of it, in rounds).
pub const PASSWORD_VERIFY_BCRYPT_COST_MAX: u32 = 15;
/// Password hashes computed at the same time.
pub const HASHING_AT_ONCE_MAX: usize = 4;
/// Password hashes that may wait for their turn; more is answered with "busy".
pub const HASHING_WAITING_MAX: usize = 256;
/// Length of a generated record id, in characters (contract §2.1).
pub const RECORD_ID_CHARS: usize = 15;
/// Length of a generated token key, in characters (contract §2.3).
pub const TOKEN_KEY_CHARS: usize = 50;
/// Length of a generated token secret of a collection, in characters (contract §2.6: 30 to 255).
pub const TOKEN_SECRET_CHARS: usize = 50;
/// Deepest nesting of function calls in a filter (contract §3.1).
pub const FILTER_CALL_DEPTH_MAX: usize = 3;
/// Most arguments of `strftime` (contract §3.1).
pub const FILTER_STRFTIME_ARGUMENTS_MAX: usize = 10;
/// Shortest half of a token's signing key, in characters (contract §2.3 and §2.6).
pub const TOKEN_KEY_CHARS_MIN: usize = 30;
/// Longest token that is looked at, in bytes.
pub const TOKEN_BYTES_MAX: usize = 4_096;
/// Longest identity and password of a sign-in, in bytes (contract §1.3).
pub const SIGN_IN_BYTES_MAX: usize = 255;
