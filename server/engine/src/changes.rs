//! The change log: what every commit changed, in order, with the state before.
//!
//! The state after a change is not stored: it is the before-image of that record's next change, or
//! the record itself. Followers read up to the durable sequence.

use luge_model::id::CollectionNumber;

/// What happened to one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It was made.
    Create,
    /// It was changed.
    Update,
    /// It was removed.
    Delete,
}

/// One change of one record.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// Where.
    pub collection: CollectionNumber,
    /// To which record.
    pub record: String,
    /// The revision after the change (before it, for a delete).
    pub revision: u64,
    /// The encoded record before the change; `None` for a create.
    pub before: Option<Vec<u8>>,
}
