//! Limits of sign-in through providers.

/// Length of the `state` of a sign-in, in characters (contract §1.3).
pub const OAUTH_STATE_CHARS: usize = 30;
/// Length of a PKCE code verifier, in characters (contract §1.3).
pub const OAUTH_VERIFIER_CHARS: usize = 43;
/// Longest code, verifier or address that a client brings back from a provider, in bytes.
pub const OAUTH_TEXT_BYTES_MAX: usize = 8 * 1_024;
/// Largest answer of a provider about tokens, people or itself, in bytes.
pub const OAUTH_ANSWER_BYTES_MAX: usize = 512 * 1_024;
/// How long what a provider says of itself and its keys is believed, in seconds.
pub const OAUTH_DOCUMENT_SECONDS: i64 = 3_600;
/// How long it is not asked again after that failed, or because a key is unknown, in seconds.
pub const OAUTH_DOCUMENT_PAUSE_SECONDS: i64 = 30;
/// Documents of providers that are remembered.
pub const OAUTH_DOCUMENTS_MAX: usize = 128;
/// Keys of a provider that are looked at.
pub const OAUTH_KEYS_MAX: usize = 64;
/// Shortest modulus of an RSA key of a provider, in bytes.
pub const OAUTH_RSA_BYTES_MIN: usize = 256;
/// How far the clock of a provider may be from ours, in seconds.
pub const OAUTH_CLOCK_SECONDS: i64 = 60;
/// Longest subject, in characters (OpenID Connect Core §2).
pub const OAUTH_SUBJECT_CHARS_MAX: usize = 255;
/// How long it is remembered that a code was used, in milliseconds: longer than any code holds.
pub const OAUTH_CODE_MILLISECONDS: i64 = 3_600 * 1_000;
/// Largest picture that is fetched for a record, in bytes (contract §1.3).
pub const OAUTH_AVATAR_BYTES_MAX: usize = 32 << 20;
/// Redirects that are followed on the way to a picture.
pub const OAUTH_AVATAR_REDIRECTS_MAX: usize = 3;
/// How long the name that came with a code is remembered, in milliseconds.
pub const OAUTH_NAME_MILLISECONDS: i64 = 60 * 1_000;
/// Names that are remembered with their codes.
pub const OAUTH_NAMES_MAX: usize = 1_024;
/// Longest name that is remembered, in characters.
pub const OAUTH_NAME_CHARS_MAX: usize = 255;
/// How long somebody may take at a provider in the plain redirect flow, in milliseconds.
pub const OAUTH_REDIRECT_MILLISECONDS: i64 = 10 * 60 * 1_000;
/// How long the code that an application gets from us holds, in milliseconds.
pub const OAUTH_HANDOVER_MILLISECONDS: i64 = 60 * 1_000;
/// Most addresses of applications that a collection names.
pub const OAUTH_REDIRECT_URLS_MAX: usize = 50;
/// How long a client secret for Apple holds, in seconds (contract §1.7).
pub const APPLE_SECRET_SECONDS: (i64, i64) = (1, 15_777_000);
/// Length of Apple's ids of teams and keys, in characters (contract §1.7).
pub const APPLE_ID_CHARS: usize = 10;
