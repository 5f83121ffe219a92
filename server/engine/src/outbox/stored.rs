//! Deliveries as they are stored: a version, then JSON.

use std::ops::ControlFlow;

use luge_model::limits::STORE_PAGE_KEYS;

use super::{Delivery, damaged};
use crate::error::Result;
use crate::store::{Direction, Key, Store, key};

const VERSION: u8 = 1;

/// The write of a delivery.
pub(super) fn put(delivery: &Delivery) -> (Key, Vec<u8>) {
    let mut bytes = vec![VERSION];
    bytes.extend_from_slice(serde_json::json!(delivery).to_string().as_bytes());
    (key::delivery(delivery.number), bytes)
}

/// One delivery.
pub(super) fn one(store: &dyn Store, number: u64) -> Result<Option<Delivery>> {
    let bytes = store.get(&key::delivery(number))?;
    bytes.map(|bytes| decode(number, &bytes)).transpose()
}

/// All deliveries, in the order of their numbers.
pub(super) fn all(store: &dyn Store) -> Result<Vec<Delivery>> {
    let mut found = Vec::new();
    let mut range = Some(key::delivery_range());
    while let Some(rest) = range {
        range = store.scan(
            &rest,
            Direction::Forward,
            STORE_PAGE_KEYS,
            &mut |key, bytes| {
                let number = key::delivery_number(key).unwrap_or_default();
                found.push(decode(number, bytes));
                ControlFlow::Continue(())
            },
        )?;
    }
    found.into_iter().collect()
}

fn decode(number: u64, bytes: &[u8]) -> Result<Delivery> {
    match bytes.split_first() {
        Some((&VERSION, json)) => {
            serde_json::from_slice(json).map_err(|error| damaged(number, error.to_string()))
        }
        _ => Err(damaged(number, "not a known version".to_owned())),
    }
}
