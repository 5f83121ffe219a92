//! The numbers that collections and indexes get: given once, never reused.

use luge_model::collection::Collection;
use luge_model::id::{CollectionNumber, IndexNumber};

use crate::error::Result;
use crate::store::{Key, Store, StoreError, key};

/// What the next collection and the next index get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Numbers {
    collection: u32,
    index: u32,
}

impl Numbers {
    /// What the database has given so far; `None` in a new one.
    pub(super) fn load(store: &dyn Store) -> Result<Option<Self>> {
        let Some(bytes) = store.get(&numbers_key())? else {
            return Ok(None);
        };
        let damaged = || StoreError::damaged(&numbers_key(), "not two numbers");
        let (collection, index) = bytes.split_first_chunk::<4>().ok_or_else(damaged)?;
        let index: [u8; 4] = index.try_into().map_err(|_| damaged())?;
        Ok(Some(Self {
            collection: u32::from_be_bytes(*collection),
            index: u32::from_be_bytes(index),
        }))
    }

    /// What a new database begins with.
    pub(super) fn first() -> Self {
        Self {
            collection: 1,
            index: 1,
        }
    }

    /// The write that makes the numbers durable; part of every commit that uses new ones.
    pub(super) fn put(self) -> (Key, Vec<u8>) {
        let mut bytes = self.collection.to_be_bytes().to_vec();
        bytes.extend_from_slice(&self.index.to_be_bytes());
        (numbers_key(), bytes)
    }

    /// A number for a collection.
    pub(super) fn collection(&mut self) -> CollectionNumber {
        let number = CollectionNumber(self.collection);
        self.collection = self.collection.saturating_add(1);
        number
    }

    /// Numbers for the indexes that have none yet.
    pub(super) fn indexes(&mut self, collection: &mut Collection) {
        for index in collection
            .indexes
            .iter_mut()
            .filter(|index| index.number.0 == 0)
        {
            index.number = IndexNumber(self.index);
            self.index = self.index.saturating_add(1);
        }
    }
}

fn numbers_key() -> Key {
    key::meta("catalog.numbers")
}
