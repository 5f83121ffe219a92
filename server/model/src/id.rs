//! Identifiers: the stable numbers that storage uses and the public ids of the wire contract.

/// Names a collection in storage keys. Given once, never reused; a truncated collection gets a
/// new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CollectionNumber(pub u32);

/// Names a field inside its collection's records. Given once, never reused, survives renames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldNumber(pub u16);

/// Names an index in storage keys. Given once per build of the index, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IndexNumber(pub u32);

/// The number of the `id` field in every collection.
pub const ID_FIELD: FieldNumber = FieldNumber(1);

/// `prefix` followed by the CRC-32 (IEEE) of `text` in decimal: the contract's ids of collections
/// (`pbc_` + crc32(type + name)) and fields (type + crc32(name)).
#[must_use]
pub fn derived_id(prefix: &str, text: &str) -> String {
    format!("{prefix}{}", crc32fast::hash(text.as_bytes()))
}
