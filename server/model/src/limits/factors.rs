//! Limits of signing in with more than a password: second factors, mailed codes and links, wrong
//! tries.

/// Sign-ins of one record that wait for their second factor; the oldest one makes room.
pub const BEGUN_SIGN_INS_MAX: usize = 20;
