//! Keys of index entries and unique values.

use luge_model::id::{CollectionNumber, IndexNumber};

use super::component::{self, Column, Component, END, Reach};
use super::{Keyspace, after_prefix, between, prefix_range};
use crate::store::{Key, KeyRange};

/// The entry of a record in an index; records with equal values stand in insertion order.
#[must_use]
pub fn index_entry(
    collection: CollectionNumber,
    index: IndexNumber,
    columns: &[Column<'_>],
    (rowid, id): (u64, &str),
) -> Key {
    let mut key = stem(Keyspace::Index, collection, index, columns);
    key.push(END);
    key.extend_from_slice(&rowid.to_be_bytes());
    key.extend_from_slice(id.as_bytes());
    key
}

/// The id of the record that an index entry belongs to.
#[must_use]
pub fn index_entry_id(key: &[u8]) -> Option<&str> {
    if Keyspace::of(key)? != Keyspace::Index {
        return None;
    }
    let mut rest = key.get(9..)?;
    loop {
        let (tag, after) = rest.split_first()?;
        if *tag == END {
            return std::str::from_utf8(after.get(8..)?).ok();
        }
        (rest, _) = component::skip(rest)?;
    }
}

/// Whether the entry holds a text that was cut: the order of such entries says nothing, so a reader
/// that relies on the order has to sort by itself.
#[must_use]
pub fn has_truncated_text(key: &[u8]) -> bool {
    let mut rest = key.get(9..).unwrap_or_default();
    while let Some((after, truncated)) = component::skip(rest) {
        if truncated {
            return true;
        }
        rest = after;
    }
    false
}

/// All entries of an index.
#[must_use]
pub fn index_range(collection: CollectionNumber, index: IndexNumber) -> KeyRange {
    prefix_range(&stem(Keyspace::Index, collection, index, &[]))
}

/// All entries of all indexes of a collection.
#[must_use]
pub fn index_collection_range(collection: CollectionNumber) -> KeyRange {
    prefix_range(&Keyspace::Index.collection(collection))
}

/// The entries whose first columns have these values.
#[must_use]
pub fn index_prefix_range(
    collection: CollectionNumber,
    index: IndexNumber,
    equal: &[Column<'_>],
) -> KeyRange {
    prefix_range(&stem(Keyspace::Index, collection, index, equal))
}

/// The entries whose first columns have these values and whose next column lies between bounds.
/// May hold a few more when a bound is a long text.
#[must_use]
pub fn index_reach_range(
    collection: CollectionNumber,
    index: IndexNumber,
    equal: &[Column<'_>],
    next: &Reach<'_>,
) -> KeyRange {
    let (start, end) = next.keys(&stem(Keyspace::Index, collection, index, equal));
    between(start, end)
}

/// The entries whose first columns have these values and whose next column is a text that begins
/// with `beginning`. May hold a few more when it is long.
#[must_use]
pub fn index_text_prefix_range(
    collection: CollectionNumber,
    index: IndexNumber,
    equal: &[Column<'_>],
    beginning: &str,
    descending: bool,
) -> KeyRange {
    let mut start = stem(Keyspace::Index, collection, index, equal);
    let beginning = component::beginning_of_long(beginning).unwrap_or(beginning.as_bytes());
    component::push_text_stem(&mut start, beginning, descending);
    let end = after_prefix(&start);
    KeyRange { start, end }
}

/// Where the id of the record with these values in a unique index is.
#[must_use]
pub fn unique_entry(
    collection: CollectionNumber,
    index: IndexNumber,
    values: &[Component<'_>],
) -> Key {
    let columns: Vec<_> = values.iter().copied().map(Column::ascending).collect();
    stem(Keyspace::Unique, collection, index, &columns)
}

/// The entries of a unique index whose first columns have these values.
#[must_use]
pub fn unique_prefix_range(
    collection: CollectionNumber,
    index: IndexNumber,
    equal: &[Column<'_>],
) -> KeyRange {
    prefix_range(&stem(Keyspace::Unique, collection, index, equal))
}

/// All values of a unique index.
#[must_use]
pub fn unique_range(collection: CollectionNumber, index: IndexNumber) -> KeyRange {
    prefix_range(&stem(Keyspace::Unique, collection, index, &[]))
}

/// All values of all unique indexes of a collection.
#[must_use]
pub fn unique_collection_range(collection: CollectionNumber) -> KeyRange {
    prefix_range(&Keyspace::Unique.collection(collection))
}

fn stem(
    keyspace: Keyspace,
    collection: CollectionNumber,
    index: IndexNumber,
    columns: &[Column<'_>],
) -> Key {
    let mut key = keyspace.collection(collection);
    key.extend_from_slice(&index.0.to_be_bytes());
    for column in columns {
        column.push(&mut key);
    }
    key
}
