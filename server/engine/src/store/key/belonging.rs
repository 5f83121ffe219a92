//! Keys of what belongs to auth records beside their fields.

use luge_model::id::CollectionNumber;

use super::{Key, KeyRange, Keyspace, component, joined, prefix_range};

/// Something that belongs to an auth record beside its fields.
#[must_use]
pub fn belonging(collection: CollectionNumber, record: &str, kind: u8, id: &str) -> Key {
    joined(belongings(collection, record, Some(kind)), id)
}

/// Everything of one kind that belongs to an auth record, in the order of ids.
#[must_use]
pub fn belonging_kind_range(collection: CollectionNumber, record: &str, kind: u8) -> KeyRange {
    prefix_range(&belongings(collection, record, Some(kind)))
}

/// Everything that belongs to an auth record.
#[must_use]
pub fn belonging_record_range(collection: CollectionNumber, record: &str) -> KeyRange {
    prefix_range(&belongings(collection, record, None))
}

/// Everything that belongs to any auth record.
#[must_use]
pub fn belonging_range() -> KeyRange {
    Keyspace::Belonging.range()
}

/// The kind of something that belongs to an auth record, from its key.
#[must_use]
pub fn belonging_kind(key: &[u8]) -> Option<u8> {
    belonging_tail(key)?.first().copied()
}

/// The id of something that belongs to an auth record, from its key.
#[must_use]
pub fn belonging_id(key: &[u8]) -> Option<&str> {
    std::str::from_utf8(belonging_tail(key)?.get(1..)?).ok()
}

/// Kind and id.
fn belonging_tail(key: &[u8]) -> Option<&[u8]> {
    if Keyspace::of(key)? != Keyspace::Belonging {
        return None;
    }
    component::skip_text(key.get(5..)?)
}

fn belongings(collection: CollectionNumber, record: &str, kind: Option<u8>) -> Key {
    let mut key = Keyspace::Belonging.collection(collection);
    component::push_whole_text(&mut key, record);
    key.extend(kind);
    key
}
