//! Every key of the database.
//!
//! - The first byte names the keyspace; no key of one keyspace is a prefix of a key of another.
//! - Every part but the last has a fixed length or ends itself, so no two tuples share a key and
//!   the range of one collection never reaches into the next.
//! - The order of keys is the order of their tuples; see [`component`] for typed values.

use luge_model::id::{CollectionNumber, FieldNumber, IndexNumber};

use super::{Direction, Key, KeyRange, Sequence};

mod answer;
mod belonging;
mod blob;
pub mod component;
pub mod index;
mod observed;
mod outbox;
mod readable;

pub use answer::{kept_answer, kept_answer_by_time, kept_answer_of, kept_answers_until};
pub use belonging::{
    belonging, belonging_id, belonging_kind, belonging_kind_range, belonging_range,
    belonging_record_range,
};
pub use blob::{
    blob, blob_chunk, blob_chunk_number, blob_chunk_range, blob_chunks_from, blob_path, blob_range,
    upload, upload_id, upload_range,
};
pub use component::{Column, Component, Reach};
pub use index::{
    Entries, group_after, group_before, has_truncated_text, index_collection_range, index_entry,
    index_entry_group, index_entry_id, index_range, unique_collection_range, unique_entry,
    unique_range,
};
pub use observed::{
    metric_samples, metric_samples_begin, metric_samples_range, preferences, request_pack,
    request_pack_range,
};
pub use outbox::{
    delivery, delivery_body, delivery_number, delivery_range, webhook, webhook_gaps, webhook_range,
    webhooks_range,
};
pub use readable::readable;

/// What a key belongs to: its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Keyspace {
    /// Facts of the database itself, by name.
    Meta = 0x01,
    /// Definitions of collections, by number.
    Catalog = 0x02,
    /// Records, by collection and id.
    Record = 0x03,
    /// Ids of records, by collection and rowid.
    Rowid = 0x04,
    /// Index entries, by collection, index, values and id.
    Index = 0x05,
    /// Ids of records, by collection, unique index and values.
    Unique = 0x06,
    /// Which record refers to which: by referring collection, field, target and referring record.
    Reference = 0x07,
    /// Numbers of records, by collection.
    Counter = 0x08,
    /// The change log, by sequence.
    Change = 0x09,
    /// Settings, by name.
    Setting = 0x0a,
    /// Sealed material, by name.
    Secret = 0x0b,
    /// Work to carry out in the background, by number.
    Work = 0x0c,
    /// Ids of records that have upper-case letters, by collection and id in lower case.
    FoldedId = 0x0d,
    /// Ids of collections that are gone while records still name them.
    Departed = 0x0e,
    /// What belongs to auth records beside their fields: by collection, record, kind and id.
    Belonging = 0x1a,
    /// Webhooks, by collection and id, and what they missed, by id.
    Webhook = 0x30,
    /// What is to be told to the world outside, by number.
    Delivery = 0x31,
    /// The bodies of deliveries, by number.
    DeliveryBody = 0x32,
    /// Packs of request logs, by the time of their first entry.
    RequestPack = 0x28,
    /// Packs of measurements, by resolution and time.
    MetricSamples = 0x29,
    /// Preferences of superusers, by id.
    Preferences = 0x2a,
    /// Answers that are kept for repeated requests, by whose and which request it was.
    KeptAnswer = 0x18,
    /// The same, by the time since which they are kept.
    KeptAnswerByTime = 0x19,
    /// What is known of blobs that are kept in the database, by path.
    Blob = 0x20,
    /// Their bytes, by number and position.
    BlobChunk = 0x21,
    /// Uploads that are received piece by piece, by id.
    Upload = 0x22,
    /// Parts of large values; known to stores only.
    Chunk = 0xf0,
    /// Which keys have large values; known to stores only.
    ChunkedKey = 0xf1,
}

impl Keyspace {
    /// All of them.
    pub const ALL: [Self; 28] = [
        Self::Meta,
        Self::Catalog,
        Self::Record,
        Self::Rowid,
        Self::Index,
        Self::Unique,
        Self::Reference,
        Self::Counter,
        Self::Change,
        Self::Setting,
        Self::Secret,
        Self::Work,
        Self::FoldedId,
        Self::Departed,
        Self::Belonging,
        Self::Webhook,
        Self::Delivery,
        Self::DeliveryBody,
        Self::RequestPack,
        Self::MetricSamples,
        Self::Preferences,
        Self::KeptAnswer,
        Self::KeptAnswerByTime,
        Self::Blob,
        Self::BlobChunk,
        Self::Upload,
        Self::Chunk,
        Self::ChunkedKey,
    ];

    /// The keyspace of a key.
    #[must_use]
    pub fn of(key: &[u8]) -> Option<Self> {
        let first = key.first()?;
        Self::ALL
            .into_iter()
            .find(|keyspace| *keyspace as u8 == *first)
    }

    /// Whether all of it follows from definitions and records (`index.rs` and the counters).
    #[must_use]
    pub fn is_derived(self) -> bool {
        matches!(
            self,
            Self::Rowid
                | Self::Index
                | Self::Unique
                | Self::Reference
                | Self::Counter
                | Self::FoldedId
        )
    }

    /// Whether it is an affair of stores, and hidden behind the values that it is about.
    #[must_use]
    pub fn is_hidden(self) -> bool {
        matches!(self, Self::Chunk | Self::ChunkedKey)
    }

    /// All keys of the keyspace.
    #[must_use]
    pub fn range(self) -> KeyRange {
        prefix_range(&[self as u8])
    }

    fn begin(self) -> Key {
        vec![self as u8]
    }

    fn collection(self, collection: CollectionNumber) -> Key {
        let mut key = Key::with_capacity(24);
        key.push(self as u8);
        key.extend_from_slice(&collection.0.to_be_bytes());
        key
    }
}

/// A fact of the database itself.
#[must_use]
pub fn meta(name: &str) -> Key {
    joined(Keyspace::Meta.begin(), name)
}

/// The definition of a collection.
#[must_use]
pub fn catalog(collection: CollectionNumber) -> Key {
    Keyspace::Catalog.collection(collection)
}

/// All definitions of collections, in the order of their numbers.
#[must_use]
pub fn catalog_range() -> KeyRange {
    Keyspace::Catalog.range()
}

/// The collection that a key belongs to, in the keyspaces that are ordered by collection.
#[must_use]
pub fn collection_number(key: &[u8]) -> Option<CollectionNumber> {
    let bytes = key.get(1..)?.first_chunk::<4>()?;
    Some(CollectionNumber(u32::from_be_bytes(*bytes)))
}

/// A record.
#[must_use]
pub fn record(collection: CollectionNumber, id: &str) -> Key {
    joined(Keyspace::Record.collection(collection), id)
}

/// All records of a collection, in the order of their ids.
#[must_use]
pub fn record_range(collection: CollectionNumber) -> KeyRange {
    prefix_range(&Keyspace::Record.collection(collection))
}

/// The id of a record from its key.
#[must_use]
pub fn record_id(key: &[u8]) -> Option<&str> {
    trailing_text(key, Keyspace::Record, 5)
}

/// Where an id with upper-case letters is found whatever the case of `id`.
#[must_use]
pub fn folded_id(collection: CollectionNumber, id: &str) -> Key {
    let folded = id.to_ascii_lowercase();
    joined(Keyspace::FoldedId.collection(collection), &folded)
}

/// Where the id of the record with a rowid is.
#[must_use]
pub fn rowid(collection: CollectionNumber, rowid: u64) -> Key {
    let mut key = Keyspace::Rowid.collection(collection);
    key.extend_from_slice(&rowid.to_be_bytes());
    key
}

/// All rowids of a collection, in the order in which records were made.
#[must_use]
pub fn rowid_range(collection: CollectionNumber) -> KeyRange {
    prefix_range(&Keyspace::Rowid.collection(collection))
}

/// The rowids of a collection that come behind one, in a direction.
#[must_use]
pub fn rowid_range_beyond(
    collection: CollectionNumber,
    passed: u64,
    direction: Direction,
) -> KeyRange {
    let KeyRange { start, end } = rowid_range(collection);
    match direction {
        Direction::Forward => KeyRange {
            start: after_prefix(&rowid(collection, passed)),
            end,
        },
        Direction::Backward => KeyRange {
            start,
            end: rowid(collection, passed),
        },
    }
}

/// The rowid from its key.
#[must_use]
pub fn rowid_of(key: &[u8]) -> Option<u64> {
    numbered(key, Keyspace::Rowid, 5)
}

/// That a record refers to another by one of its fields.
#[must_use]
pub fn reference(
    source: CollectionNumber,
    field: FieldNumber,
    target_id: &str,
    source_id: &str,
) -> Key {
    joined(references(source, field, target_id), source_id)
}

/// All references to one record from one field of a collection.
#[must_use]
pub fn reference_range(source: CollectionNumber, field: FieldNumber, target_id: &str) -> KeyRange {
    prefix_range(&references(source, field, target_id))
}

/// All references from one field of a collection.
#[must_use]
pub fn reference_field_range(source: CollectionNumber, field: FieldNumber) -> KeyRange {
    let mut prefix = Keyspace::Reference.collection(source);
    prefix.extend_from_slice(&field.0.to_be_bytes());
    prefix_range(&prefix)
}

/// The id of the referring record from the key of a reference.
#[must_use]
pub fn reference_source(key: &[u8]) -> Option<&str> {
    if Keyspace::of(key)? != Keyspace::Reference {
        return None;
    }
    let id = component::skip_text(key.get(7..)?)?;
    std::str::from_utf8(id).ok()
}

/// The number of records of a collection.
#[must_use]
pub fn counter(collection: CollectionNumber) -> Key {
    Keyspace::Counter.collection(collection)
}

/// An entry of the change log.
#[must_use]
pub fn change(sequence: Sequence) -> Key {
    let mut key = Keyspace::Change.begin();
    key.extend_from_slice(&sequence.0.to_be_bytes());
    key
}

/// The entries of the change log after one sequence, up to and with another.
#[must_use]
pub fn change_range(after: Sequence, up_to: Sequence) -> KeyRange {
    let start = change(Sequence(after.0.saturating_add(1)));
    let end = match up_to.0.checked_add(1) {
        Some(next) => change(Sequence(next)),
        None => Keyspace::Change.range().end,
    };
    between(start, end)
}

/// The sequence from a key of the change log.
#[must_use]
pub fn change_sequence(key: &[u8]) -> Option<Sequence> {
    numbered(key, Keyspace::Change, 1).map(Sequence)
}

/// A setting.
#[must_use]
pub fn setting(name: &str) -> Key {
    joined(Keyspace::Setting.begin(), name)
}

/// All settings, in the order of their names.
#[must_use]
pub fn setting_range() -> KeyRange {
    Keyspace::Setting.range()
}

/// Sealed material.
#[must_use]
pub fn secret(name: &str) -> Key {
    joined(Keyspace::Secret.begin(), name)
}

/// Work to carry out in the background.
#[must_use]
pub fn work(number: u64) -> Key {
    let mut key = Keyspace::Work.begin();
    key.extend_from_slice(&number.to_be_bytes());
    key
}

/// All work to carry out in the background, oldest first.
#[must_use]
pub fn work_range() -> KeyRange {
    Keyspace::Work.range()
}

/// The number from the key of a piece of work.
#[must_use]
pub fn work_number(key: &[u8]) -> Option<u64> {
    numbered(key, Keyspace::Work, 1)
}

/// That a collection is gone while records still name it.
#[must_use]
pub fn departed(collection_id: &str) -> Key {
    joined(Keyspace::Departed.begin(), collection_id)
}

/// All collections that are gone while records still name them.
#[must_use]
pub fn departed_range() -> KeyRange {
    Keyspace::Departed.range()
}

/// The id of the collection from the key that says that it is gone.
#[must_use]
pub fn departed_id(key: &[u8]) -> Option<&str> {
    trailing_text(key, Keyspace::Departed, 1)
}

/// Everything that belongs to a collection apart from its definition; what a background job
/// removes after the definition is gone.
#[must_use]
pub fn collection_ranges(collection: CollectionNumber) -> [KeyRange; 8] {
    [
        Keyspace::Record,
        Keyspace::Rowid,
        Keyspace::Index,
        Keyspace::Unique,
        Keyspace::Reference,
        Keyspace::Counter,
        Keyspace::FoldedId,
        Keyspace::Belonging,
    ]
    .map(|keyspace| prefix_range(&keyspace.collection(collection)))
}

/// Everything in one index or unique index of a collection.
#[must_use]
pub fn index_ranges(collection: CollectionNumber, index: IndexNumber) -> [KeyRange; 2] {
    [
        index_range(collection, index),
        unique_range(collection, index),
    ]
}

/// All keys that begin with `prefix`.
#[must_use]
pub fn prefix_range(prefix: &[u8]) -> KeyRange {
    KeyRange {
        start: prefix.to_vec(),
        end: after_prefix(prefix),
    }
}

/// The first key that is greater than every key beginning with `prefix`.
fn after_prefix(prefix: &[u8]) -> Key {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            break;
        }
    }
    end
}

/// A range that is empty rather than upside down.
fn between(start: Key, end: Key) -> KeyRange {
    let end = end.max(start.clone());
    KeyRange { start, end }
}

fn joined(mut key: Key, text: &str) -> Key {
    key.extend_from_slice(text.as_bytes());
    key
}

fn references(source: CollectionNumber, field: FieldNumber, target_id: &str) -> Key {
    let mut key = Keyspace::Reference.collection(source);
    key.extend_from_slice(&field.0.to_be_bytes());
    component::push_whole_text(&mut key, target_id);
    key
}

fn trailing_text(key: &[u8], keyspace: Keyspace, skip: usize) -> Option<&str> {
    if Keyspace::of(key)? != keyspace {
        return None;
    }
    std::str::from_utf8(key.get(skip..)?).ok()
}

fn numbered(key: &[u8], keyspace: Keyspace, skip: usize) -> Option<u64> {
    if Keyspace::of(key)? != keyspace {
        return None;
    }
    Some(u64::from_be_bytes(key.get(skip..)?.try_into().ok()?))
}

#[cfg(test)]
mod tests;
