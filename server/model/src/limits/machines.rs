//! Limits of what machines sign in with and what other services verify.

/// API keys of one record.
pub const API_KEYS_MAX: usize = 50;
/// Longest name of an API key, in characters.
pub const API_KEY_NAME_CHARS_MAX: usize = 100;
/// Scopes of one API key.
pub const API_KEY_SCOPES_MAX: usize = 100;
/// Characters of the secret of an API key: 43 of 62 kinds are a little more than 256 bits.
pub const API_KEY_SECRET_CHARS: usize = 43;
/// Characters of a number of 32 bits in an API key.
pub const API_KEY_NUMBER_CHARS: usize = 6;
