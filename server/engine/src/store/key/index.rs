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

/// What the entries of an index begin with whose columns have the values of this one: all of the
/// key but rowid and id.
#[must_use]
pub fn index_entry_group(key: &[u8]) -> Option<&[u8]> {
    if Keyspace::of(key)? != Keyspace::Index {
        return None;
    }
    let mut rest = key.get(9..)?;
    while rest.first() != Some(&END) {
        (rest, _) = component::skip(rest)?;
    }
    key.get(..key.len() - rest.len() + 1)
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

/// What entries of an index begin with.
#[derive(Clone, Copy, Debug)]
pub struct Entries<'a> {
    /// Whether a value of the index is a key of its own, that points to the one record that has it.
    pub unique: bool,
    /// The collection.
    pub collection: CollectionNumber,
    /// The index.
    pub index: IndexNumber,
    /// The values of its first columns.
    pub equal: &'a [Column<'a>],
}

impl Entries<'_> {
    /// All of them.
    #[must_use]
    pub fn range(&self) -> KeyRange {
        prefix_range(&self.stem())
    }

    /// Those whose next column lies between bounds. May hold a few more when a bound is a long
    /// text.
    #[must_use]
    pub fn reach_range(&self, next: &Reach<'_>) -> KeyRange {
        let (start, end) = next.keys(&self.stem());
        between(start, end)
    }

    /// Those whose next column is a text that begins with `beginning`. May hold a few more when it
    /// is long.
    #[must_use]
    pub fn text_prefix_range(&self, beginning: &str, descending: bool) -> KeyRange {
        let mut start = self.stem();
        let beginning = component::beginning_of_long(beginning).unwrap_or(beginning.as_bytes());
        component::push_text_stem(&mut start, beginning, descending);
        let end = after_prefix(&start);
        KeyRange { start, end }
    }

    /// Those whose columns have exactly these values: `equal` names all of them.
    #[must_use]
    pub fn group(&self) -> Key {
        let mut group = self.stem();
        if !self.unique {
            group.push(END);
        }
        group
    }

    fn stem(&self) -> Key {
        let keyspace = match self.unique {
            true => Keyspace::Unique,
            false => Keyspace::Index,
        };
        stem(keyspace, self.collection, self.index, self.equal)
    }
}

/// The entries of a group, without those up to and with the one of the record with this rowid.
#[must_use]
pub fn group_after(group: &[u8], rowid: u64) -> KeyRange {
    KeyRange {
        start: after_prefix(&in_group(group, rowid)),
        end: after_prefix(group),
    }
}

/// The entries of a group before that of the record with this rowid.
#[must_use]
pub fn group_before(group: &[u8], rowid: u64) -> KeyRange {
    KeyRange {
        start: group.to_vec(),
        end: in_group(group, rowid),
    }
}

fn in_group(group: &[u8], rowid: u64) -> Key {
    let mut key = group.to_vec();
    key.extend_from_slice(&rowid.to_be_bytes());
    key
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
