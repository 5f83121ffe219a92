//! How a definition is stored: a version byte, its revision (8 bytes, big endian) and JSON.
//!
//! The revision comes first so that "still this definition" is a comparison of a prefix.

use luge_model::collection::Collection;
use serde_json::Value as Json;

use crate::error::{Error, Result};
use crate::store::{Direction, Store, StoreError, key};

/// The version of the stored form.
const VERSION: u8 = 1;
/// How many definitions are read at a time.
const PAGE: usize = 256;

/// How the stored form of a revision begins.
pub(super) fn prefix(revision: u64) -> Vec<u8> {
    let mut bytes = vec![VERSION];
    bytes.extend_from_slice(&revision.to_be_bytes());
    bytes
}

/// The stored form.
pub(super) fn encode(collection: &Collection) -> Vec<u8> {
    let mut bytes = prefix(collection.revision);
    bytes.extend_from_slice(collection.to_stored().to_string().as_bytes());
    bytes
}

/// Reads every definition.
pub(super) fn load(store: &dyn Store) -> Result<Vec<Collection>> {
    let mut found = Vec::new();
    let mut rest = Some(key::catalog_range());
    while let Some(range) = rest {
        let mut damaged = None;
        rest = store.scan(&range, Direction::Forward, PAGE, &mut |key, bytes| {
            match decode(bytes) {
                Ok(collection) => found.push(collection),
                Err(reason) => damaged = Some((key::readable(key), reason)),
            }
            if damaged.is_some() {
                std::ops::ControlFlow::Break(())
            } else {
                std::ops::ControlFlow::Continue(())
            }
        })?;
        if let Some((key, reason)) = damaged {
            return Err(Error::Store(StoreError::Damaged { key, reason }));
        }
    }
    Ok(found)
}

/// Reads the stored form.
pub(crate) fn decode(bytes: &[u8]) -> std::result::Result<Collection, String> {
    let (version, rest) = bytes.split_first().ok_or("the value is empty")?;
    if *version != VERSION {
        return Err(format!(
            "the definition has version {version}, this program reads {VERSION}"
        ));
    }
    let (revision, json) = rest
        .split_first_chunk::<8>()
        .ok_or("the revision is missing")?;
    let json: Json = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    Collection::from_stored(&json, u64::from_be_bytes(*revision)).map_err(|error| error.to_string())
}
