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
/// How long a token for other services holds, in seconds: they cannot see that it was revoked.
pub const SERVICE_TOKEN_SECONDS: i64 = 5 * 60;
/// Longest audience of a token for other services, in characters.
pub const SERVICE_AUDIENCE_CHARS_MAX: usize = 255;
/// Random bytes of the id of a token for other services.
pub const SERVICE_TOKEN_ID_BYTES: usize = 16;
/// How long the public half of a replaced key is still shown, in seconds: longer than any token
/// that it signed.
pub const SERVICE_KEY_RETIRED_SECONDS: i64 = 2 * SERVICE_TOKEN_SECONDS;
/// Bytes of the private half of a key that signs tokens for other services.
pub const SERVICE_KEY_BYTES: usize = 32;
/// How long others may keep the public keys, in seconds.
pub const SERVICE_KEYS_KEPT_SECONDS: u32 = 5 * 60;
/// Whose pages may act by the cookies of one collection.
pub const COOKIE_ORIGINS_MAX: usize = 50;
