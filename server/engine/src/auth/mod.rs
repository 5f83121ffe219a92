//! Who is asking: tokens, sign-in, and the first superuser.

pub mod token;
