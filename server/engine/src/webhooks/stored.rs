//! Webhooks as they are stored: a version, then JSON.

use std::ops::ControlFlow;

use luge_model::limits::STORE_PAGE_KEYS;
use serde_json::json;

use super::definition::Webhook;
use crate::error::{Error, Result};
use crate::store::{Direction, Key, Store, StoreError, key};

const VERSION: u8 = 1;

/// The stored form; the same for the same webhook.
pub(super) fn encode(webhook: &Webhook) -> Vec<u8> {
    let mut bytes = vec![VERSION];
    bytes.extend_from_slice(json!(webhook).to_string().as_bytes());
    bytes
}

/// All webhooks.
pub(super) fn all(store: &dyn Store) -> Result<Vec<Webhook>> {
    let mut found = Vec::new();
    visit(store, &mut |key, bytes| {
        found.push(decode(key, bytes));
    })?;
    found.into_iter().collect()
}

/// The keys of all webhooks.
pub(super) fn keys(store: &dyn Store) -> Result<Vec<Key>> {
    let mut keys = Vec::new();
    visit(store, &mut |key, _| keys.push(key.to_vec()))?;
    Ok(keys)
}

fn visit(store: &dyn Store, each: &mut dyn FnMut(&[u8], &[u8])) -> Result<()> {
    let mut range = Some(key::webhooks_range());
    while let Some(rest) = range {
        range = store.scan(
            &rest,
            Direction::Forward,
            STORE_PAGE_KEYS,
            &mut |key, bytes| {
                each(key, bytes);
                ControlFlow::Continue(())
            },
        )?;
    }
    Ok(())
}

fn decode(key: &[u8], bytes: &[u8]) -> Result<Webhook> {
    let damaged = |reason: String| Error::Store(StoreError::damaged(key, reason));
    match bytes.split_first() {
        Some((&VERSION, json)) => {
            serde_json::from_slice(json).map_err(|error| damaged(error.to_string()))
        }
        _ => Err(damaged("not a known version".to_owned())),
    }
}
