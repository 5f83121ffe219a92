//! What the server reaches out to, on behalf of the engine.

pub(crate) mod s3;
