//! How a filter reaches other records.

use std::fmt::Debug;

use crate::id::{CollectionNumber, FieldNumber};
use crate::record::Record;

/// Finds the records that a filter looks up. Who implements it also bounds how many are found, and
/// remembers what went wrong: a look-up that fails finds nothing.
pub trait Related: Debug {
    /// One record.
    fn record(&self, collection: CollectionNumber, id: &str) -> Option<Record>;

    /// The records whose relation field names a record, in insertion order.
    fn referring(&self, collection: CollectionNumber, field: FieldNumber, id: &str) -> Vec<Record>;

    /// All records, in insertion order.
    fn all(&self, collection: CollectionNumber) -> Vec<Record>;

    /// Whether the caller may list a record.
    fn may_list(&self, collection: CollectionNumber, record: &Record) -> bool;

    /// Whether the search must end: it cost too much, or a look-up failed.
    fn must_stop(&self) -> bool;
}

/// There are no other records.
#[derive(Clone, Copy, Debug)]
pub struct NoRelated;

impl Related for NoRelated {
    fn record(&self, _: CollectionNumber, _: &str) -> Option<Record> {
        None
    }

    fn referring(&self, _: CollectionNumber, _: FieldNumber, _: &str) -> Vec<Record> {
        Vec::new()
    }

    fn all(&self, _: CollectionNumber) -> Vec<Record> {
        Vec::new()
    }

    fn may_list(&self, _: CollectionNumber, _: &Record) -> bool {
        false
    }

    fn must_stop(&self) -> bool {
        false
    }
}
