//! Keys of files that are kept in the database, and of uploads that arrive piece by piece.

use super::{Key, KeyRange, Keyspace, between, joined, prefix_range, trailing_text};

/// What is known of a blob, by the text of its path.
#[must_use]
pub fn blob(path: &str) -> Key {
    joined(Keyspace::Blob.begin(), path)
}

/// All blobs, or those below a folder, in the order of their paths.
#[must_use]
pub fn blob_range(folder: Option<&str>) -> KeyRange {
    match folder {
        None => Keyspace::Blob.range(),
        Some(folder) => prefix_range(&blob(&format!("{folder}/"))),
    }
}

/// The path from the key of a blob.
#[must_use]
pub fn blob_path(key: &[u8]) -> Option<&str> {
    trailing_text(key, Keyspace::Blob, 1)
}

/// A piece of a blob.
#[must_use]
pub fn blob_chunk(number: u64, position: u64) -> Key {
    let mut key = Keyspace::BlobChunk.begin();
    key.extend_from_slice(&number.to_be_bytes());
    key.extend_from_slice(&position.to_be_bytes());
    key
}

/// The pieces of a blob in their order.
#[must_use]
pub fn blob_chunk_range(number: u64) -> KeyRange {
    let mut prefix = Keyspace::BlobChunk.begin();
    prefix.extend_from_slice(&number.to_be_bytes());
    prefix_range(&prefix)
}

/// The pieces of all blobs from one number on.
#[must_use]
pub fn blob_chunks_from(number: u64) -> KeyRange {
    let KeyRange { start, .. } = blob_chunk_range(number);
    between(start, Keyspace::BlobChunk.range().end)
}

/// The number of the blob from the key of a piece.
#[must_use]
pub fn blob_chunk_number(key: &[u8]) -> Option<u64> {
    if Keyspace::of(key)? != Keyspace::BlobChunk {
        return None;
    }
    let number = key.get(1..)?.first_chunk()?;
    Some(u64::from_be_bytes(*number))
}

/// An upload that is received piece by piece.
#[must_use]
pub fn upload(id: &str) -> Key {
    joined(Keyspace::Upload.begin(), id)
}

/// All of those.
#[must_use]
pub fn upload_range() -> KeyRange {
    Keyspace::Upload.range()
}

/// The id of an upload from its key.
#[must_use]
pub fn upload_id(key: &[u8]) -> Option<&str> {
    trailing_text(key, Keyspace::Upload, 1)
}
