//! How a definition is stored: a version byte, its revision (8 bytes, big endian) and JSON, which
//! is encrypted where a key was given: it holds the secrets of tokens and of providers.
//!
//! The revision comes first so that "still this definition" is a comparison of a prefix.

use luge_model::collection::Collection;
use serde_json::Value as Json;

use crate::commit::Proposal;
use crate::error::{Error, Result};
use crate::secrets::{Vault, is_closed};
use crate::store::key::{self, Keyspace};
use crate::store::{Direction, Guard, Key, Store, StoreError};

/// The version of the stored form.
const VERSION: u8 = 1;
/// How long the stored form is before its JSON.
const PREFIX_BYTES: usize = 9;
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

/// Encrypts the definitions among what is to be written.
pub(super) fn close(puts: &mut [(Key, Vec<u8>)], vault: &Vault) {
    for (key, value) in puts {
        if Keyspace::of(key) == Some(Keyspace::Catalog) {
            let (prefix, json) = value.split_at(PREFIX_BYTES.min(value.len()));
            *value = [prefix, &vault.close(key, json)].concat();
        }
    }
}

/// What writes those definitions anew that are not encrypted yet.
pub(super) fn to_close(store: &dyn Store, vault: &Vault) -> Result<Proposal> {
    let mut proposal = Proposal::default();
    if !vault.encrypts() {
        return Ok(proposal);
    }
    let range = key::catalog_range();
    store.scan(&range, Direction::Forward, usize::MAX, &mut |key, bytes| {
        if bytes.len() > PREFIX_BYTES && !is_closed(bytes.get(PREFIX_BYTES..).unwrap_or_default()) {
            proposal.guards.push(Guard::Unchanged {
                key: key.to_vec(),
                prefix: bytes.to_vec(),
            });
            proposal.puts.push((key.to_vec(), bytes.to_vec()));
        }
        std::ops::ControlFlow::Continue(())
    })?;
    close(&mut proposal.puts, vault);
    Ok(proposal)
}

/// Reads every definition.
pub(super) fn load(store: &dyn Store, vault: &Vault) -> Result<Vec<Collection>> {
    let mut found = Vec::new();
    let mut rest = Some(key::catalog_range());
    while let Some(range) = rest {
        let mut damaged = None;
        rest = store.scan(&range, Direction::Forward, PAGE, &mut |key, bytes| {
            match decode(key, bytes, vault) {
                Ok(collection) => found.push(collection),
                Err(error) => damaged = Some(error),
            }
            if damaged.is_some() {
                std::ops::ControlFlow::Break(())
            } else {
                std::ops::ControlFlow::Continue(())
            }
        })?;
        if let Some(error) = damaged {
            return Err(error);
        }
    }
    Ok(found)
}

/// Reads the stored form under a key.
pub(crate) fn decode(key: &[u8], bytes: &[u8], vault: &Vault) -> Result<Collection> {
    let damaged = |reason: String| Error::Store(StoreError::damaged(key, reason));
    let (revision, kept) = parts(bytes).map_err(damaged)?;
    let json = vault.open(key, kept)?;
    let json: Json = serde_json::from_slice(&json).map_err(|error| damaged(error.to_string()))?;
    Collection::from_stored(&json, revision).map_err(|error| damaged(error.to_string()))
}

fn parts(bytes: &[u8]) -> std::result::Result<(u64, &[u8]), String> {
    let (version, rest) = bytes.split_first().ok_or("the value is empty")?;
    if *version != VERSION {
        return Err(format!(
            "the definition has version {version}, this program reads {VERSION}"
        ));
    }
    let (revision, kept) = rest
        .split_first_chunk::<8>()
        .ok_or("the revision is missing")?;
    Ok((u64::from_be_bytes(*revision), kept))
}
