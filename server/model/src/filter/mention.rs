//! Where a filter names a collection or a field: what a renamed one must be rewritten in.

use super::resolve::Resolver;
use crate::collection::Collection;
use crate::field::Field;
use crate::id::{CollectionNumber, FieldNumber};

/// One name in the text of a filter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mention {
    /// Where it stands, as a 1-based character.
    pub position: usize,
    /// As it is written there.
    pub written: String,
    /// The collection.
    pub collection: CollectionNumber,
    /// Its field; `None` where the collection itself is named.
    pub field: Option<FieldNumber>,
}

impl Resolver<'_> {
    pub(super) fn mention_field(&mut self, of: &Collection, field: &Field, position: usize) {
        self.mentions.push(Mention {
            position,
            written: field.name.clone(),
            collection: of.number,
            field: Some(field.number),
        });
    }

    pub(super) fn mention_collection(&mut self, of: &Collection, written: &str, position: usize) {
        self.mentions.push(Mention {
            position,
            written: written.to_owned(),
            collection: of.number,
            field: None,
        });
    }
}
