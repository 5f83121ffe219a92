//! The record codec: a compact, versioned binary of values keyed by field number.
//!
//! - Renaming a field or adding one rewrites nothing: values are keyed by [`FieldNumber`].
//! - The first [`GUARD_BYTES`] bytes hold the format version and the revision, so that "this record
//!   is still the one I read" is a comparison of a prefix.
//! - A checksum covers every byte; a damaged record is an error, never wrong data.

/// How many leading bytes identify one state of one record (format version and revision).
pub const GUARD_BYTES: usize = 9;

/// An encoded record that was opened and found undamaged.
#[derive(Clone, Debug)]
pub struct Record {
    bytes: std::sync::Arc<[u8]>,
}
