//! The record codec: a compact, versioned binary of values keyed by field number.
//!
//! - Renaming a field or adding one rewrites nothing: values are keyed by [`FieldNumber`].
//! - The first [`GUARD_BYTES`] bytes hold the format version and the revision, so that "this record
//!   is still the one I read" is a comparison of a prefix.
//! - A checksum covers every byte; a damaged record is an error, never wrong data.
//! - Opening checks the whole structure, so that no later access can fail.
//!
//! ```text
//! version u8 · revision u64 · rowid u64 · checksum u32 · count u16
//! count × ( field u16 · kind u8 · end u32 )        sorted by field; `end` counts from the values
//! values, one after another
//! ```
//! All numbers are little endian. The checksum is the CRC-32 of all bytes but its own.

mod decode;
mod encode;
mod json;

use std::fmt;
use std::sync::Arc;

use crate::id::{FieldNumber, ID_FIELD};
use crate::value::{Value, ValueRef};

pub use json::{write_number_json, write_text_json, write_value_json};

/// How many leading bytes identify one state of one record (format version and revision).
pub const GUARD_BYTES: usize = 9;

/// What a filter, an index and a projection read: one record, wherever its bytes are.
pub trait Row {
    /// The value of a field; `None` when the record was written before the field existed, which
    /// reads as the zero value of its type.
    fn value(&self, field: FieldNumber) -> Option<ValueRef<'_>>;

    /// The place of the record in the order of insertion.
    fn rowid(&self) -> u64;
}

/// An encoded record that was opened and found undamaged. Its `Debug` form shows no values: those
/// of an auth record are secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    bytes: Arc<[u8]>,
}

/// Like [`Record`], on borrowed bytes: a scan evaluates filters without copying.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RecordRef<'a> {
    bytes: &'a [u8],
}

/// Why the bytes of a record cannot be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DamagedRecord {
    /// Fewer bytes than the fixed part needs.
    #[error("the record is cut short: {0} bytes")]
    CutShort(usize),
    /// Written by a newer release, or not a record at all.
    #[error("the record has format version {0}, which this release does not know")]
    UnknownVersion(u8),
    /// At least one bit changed since the record was written.
    #[error("the checksum of the record does not match its content")]
    Checksum,
    /// The checksum holds but the table of fields contradicts itself.
    #[error("the record's entry for field {0} is malformed")]
    Malformed(u16),
}

impl Record {
    /// Encodes values. The order of the values does not matter; of two with one number, the last
    /// one counts.
    pub fn build<'v>(
        rowid: u64,
        revision: u64,
        values: impl IntoIterator<Item = (FieldNumber, &'v Value)>,
    ) -> Self {
        let values = values
            .into_iter()
            .map(|(number, value)| (number, value.as_ref()));
        Self {
            bytes: encode::encode(rowid, revision, values).into(),
        }
    }

    /// Like [`Self::build`], from borrowed values: how a record is rewritten from another one.
    pub fn build_from_refs<'v>(
        rowid: u64,
        revision: u64,
        values: impl IntoIterator<Item = (FieldNumber, ValueRef<'v>)>,
    ) -> Self {
        Self {
            bytes: encode::encode(rowid, revision, values.into_iter()).into(),
        }
    }

    /// Opens stored bytes.
    ///
    /// # Errors
    /// [`DamagedRecord`] when they are not exactly what was once written.
    pub fn open(bytes: impl Into<Arc<[u8]>>) -> Result<Self, DamagedRecord> {
        let bytes = bytes.into();
        decode::check(&bytes)?;
        Ok(Self { bytes })
    }

    /// The same record, borrowed.
    #[must_use]
    pub fn as_ref(&self) -> RecordRef<'_> {
        RecordRef { bytes: &self.bytes }
    }

    /// The value of a field, if the record has one.
    #[must_use]
    pub fn value(&self, field: FieldNumber) -> Option<ValueRef<'_>> {
        decode::value(&self.bytes, field)
    }

    /// The values that the record has, in the order of their field numbers.
    pub fn values(&self) -> impl Iterator<Item = (FieldNumber, ValueRef<'_>)> {
        decode::values(&self.bytes)
    }

    /// The text of a field; empty when there is none.
    #[must_use]
    pub fn text(&self, field: FieldNumber) -> &str {
        self.value(field)
            .and_then(ValueRef::as_text)
            .unwrap_or_default()
    }

    /// The public id.
    #[must_use]
    pub fn id(&self) -> &str {
        self.text(ID_FIELD)
    }

    /// The place of the record in the order of insertion.
    #[must_use]
    pub fn rowid(&self) -> u64 {
        decode::rowid(&self.bytes)
    }

    /// Grows with every write of the record.
    #[must_use]
    pub fn revision(&self) -> u64 {
        decode::revision(&self.bytes)
    }

    /// What is stored.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The shared bytes, without a copy.
    #[must_use]
    pub fn shared_bytes(&self) -> &Arc<[u8]> {
        &self.bytes
    }

    /// The first [`GUARD_BYTES`] bytes.
    #[must_use]
    pub fn guard_prefix(&self) -> &[u8] {
        self.bytes.get(..GUARD_BYTES).unwrap_or_default()
    }
}

impl<'a> RecordRef<'a> {
    /// Opens stored bytes where they are.
    ///
    /// # Errors
    /// [`DamagedRecord`] when they are not exactly what was once written.
    pub fn open(bytes: &'a [u8]) -> Result<Self, DamagedRecord> {
        decode::check(bytes)?;
        Ok(Self { bytes })
    }

    /// The same record on bytes of its own.
    #[must_use]
    pub fn to_owned(self) -> Record {
        Record {
            bytes: self.bytes.into(),
        }
    }

    /// The value of a field, if the record has one.
    #[must_use]
    pub fn value(self, field: FieldNumber) -> Option<ValueRef<'a>> {
        decode::value(self.bytes, field)
    }

    /// The values that the record has, in the order of their field numbers.
    pub fn values(self) -> impl Iterator<Item = (FieldNumber, ValueRef<'a>)> {
        decode::values(self.bytes)
    }

    /// The text of a field; empty when there is none.
    #[must_use]
    pub fn text(self, field: FieldNumber) -> &'a str {
        self.value(field)
            .and_then(ValueRef::as_text)
            .unwrap_or_default()
    }

    /// The public id.
    #[must_use]
    pub fn id(self) -> &'a str {
        self.text(ID_FIELD)
    }

    /// The place of the record in the order of insertion.
    #[must_use]
    pub fn rowid(self) -> u64 {
        decode::rowid(self.bytes)
    }

    /// Grows with every write of the record.
    #[must_use]
    pub fn revision(self) -> u64 {
        decode::revision(self.bytes)
    }

    /// What is stored.
    #[must_use]
    pub fn as_bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// The first [`GUARD_BYTES`] bytes.
    #[must_use]
    pub fn guard_prefix(self) -> &'a [u8] {
        self.bytes.get(..GUARD_BYTES).unwrap_or_default()
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_ref().fmt(formatter)
    }
}

impl fmt::Debug for RecordRef<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Record")
            .field("id", &self.id())
            .field("rowid", &self.rowid())
            .field("revision", &self.revision())
            .finish_non_exhaustive()
    }
}

impl Row for Record {
    fn value(&self, field: FieldNumber) -> Option<ValueRef<'_>> {
        Self::value(self, field)
    }

    fn rowid(&self) -> u64 {
        Self::rowid(self)
    }
}

impl Row for RecordRef<'_> {
    fn value(&self, field: FieldNumber) -> Option<ValueRef<'_>> {
        Self::value(*self, field)
    }

    fn rowid(&self) -> u64 {
        Self::rowid(*self)
    }
}

#[cfg(test)]
mod tests;
