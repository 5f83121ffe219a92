//! What belongs to an auth record beside its fields: sign-ins that go on, keys, one-time secrets.
//!
//! - A belonging is no record: no rule, list, export or message ever shows one.
//! - It goes with its record, in the same commit, and with its collection.
//! - Each says when it ends; one that ended is as good as gone, and a job removes it.
//! - Each says when it was used last, to within some minutes: using one seldom writes.
//! - What may be used once is used by removing it: the commit that uses it guards that it is there.

use std::ops::ControlFlow;

use luge_model::id::CollectionNumber;
use luge_model::limits::{BELONGING_USE_MILLISECONDS, BELONGINGS_MAX, STORE_PAGE_KEYS};
use luge_model::timestamp::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::commit::{Committer, Proposal};
use crate::error::{Error, Result};
use crate::store::{Direction, Guard, Key, KeyRange, ReadStore, StoreError, key};

/// How long the two times are that every stored form begins with.
const TIMES_BYTES: usize = 16;

/// What kinds there are; the number is part of keys and never given to another kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// A sign-in that goes on.
    Session = 1,
    /// A passkey.
    Passkey = 2,
    /// That something that may be used once was used.
    Used = 3,
    /// A key by which a machine acts as the record.
    ApiKey = 4,
    /// What makes the codes of an authenticator app.
    Totp = 5,
    /// A code that was kept for the day when the app is gone.
    RecoveryCode = 6,
    /// Who vouches for an account elsewhere that the record is linked to.
    ExternalState = 7,
    /// What was mailed to be used once: a link; where it went to nobody, also a code.
    Mailed = 8,
    /// What the history of an account tells of one sign-in.
    SignIn = 9,
}

/// Which kinds are found by their id alone: a key that is owned by the collection leads to the
/// record.
const ADDRESSED: [Kind; 3] = [Kind::Passkey, Kind::ApiKey, Kind::Mailed];

/// The auth record that something belongs to; the empty record for what belongs to the collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner<'a> {
    /// The number of the auth collection.
    pub collection: CollectionNumber,
    /// The id of the record.
    pub record: &'a str,
}

/// One thing that belongs to a record, as it was read.
#[derive(Clone, Debug)]
pub struct Belonging<T> {
    /// What it is called among those of its kind.
    pub id: String,
    /// When it ends.
    pub ends: Timestamp,
    /// When it was used last, to within some minutes.
    pub used: Timestamp,
    /// What it says.
    pub content: T,
    /// The stored bytes, for guards.
    bytes: Vec<u8>,
}

impl Owner<'_> {
    /// The key of something that belongs to the record.
    #[must_use]
    pub fn key(self, kind: Kind, id: &str) -> Key {
        key::belonging(self.collection, self.record, kind as u8, id)
    }

    /// Where the record that has something of an addressed kind is found.
    #[must_use]
    pub fn address(self, kind: Kind, id: &str) -> Key {
        key::belonging(self.collection, "", kind as u8, id)
    }

    /// Plans that something of an addressed kind is found by its id, which nothing else has.
    ///
    /// # Errors
    /// None that is known: a text always has a JSON form.
    pub fn plan_address(
        self,
        kind: Kind,
        id: &str,
        ends: Timestamp,
        proposal: &mut Proposal,
    ) -> Result<()> {
        let address = self.address(kind, id);
        proposal.guards.push(Guard::Absent(address.clone()));
        let leads_to = encode(ends, Timestamp(0), &self.record)?;
        proposal.puts.push((address, leads_to));
        Ok(())
    }

    /// That the record has exactly these of a kind, given in the order of their ids.
    #[must_use]
    pub fn only<'i>(self, kind: Kind, ids: impl Iterator<Item = &'i str>) -> Guard {
        Guard::Only {
            range: key::belonging_kind_range(self.collection, self.record, kind as u8),
            keys: ids.map(|id| self.key(kind, id)).collect(),
        }
    }

    /// The id of the record of this collection that has something of an addressed kind.
    ///
    /// # Errors
    /// When the store fails.
    pub fn found_by(self, store: &dyn ReadStore, kind: Kind, id: &str) -> Result<Option<String>> {
        let bytes = store.get(&self.address(kind, id))?;
        Ok(bytes.and_then(|bytes| {
            let record = bytes.get(TIMES_BYTES..)?;
            serde_json::from_slice(record).ok()
        }))
    }

    /// Whether the record has something that has not ended.
    ///
    /// # Errors
    /// When the store fails.
    pub fn has(self, store: &dyn ReadStore, kind: Kind, id: &str, now: Timestamp) -> Result<bool> {
        let bytes = store.get(&self.key(kind, id))?;
        let times = bytes.as_deref().and_then(times);
        Ok(times.is_some_and(|(ends, _)| ends > now))
    }

    /// The same, noting that it was used.
    ///
    /// # Errors
    /// When the store fails to read.
    pub fn uses(self, committer: &Committer, kind: Kind, id: &str, now: Timestamp) -> Result<bool> {
        let key = self.key(kind, id);
        let Some(bytes) = committer.store().get(&key)? else {
            return Ok(false);
        };
        let Some((ends, used)) = times(&bytes).filter(|(ends, _)| *ends > now) else {
            return Ok(false);
        };
        note_use(committer, key, &bytes, (ends, used, now));
        Ok(true)
    }

    /// One thing that has not ended.
    ///
    /// # Errors
    /// When the store fails, or what it holds cannot be read.
    pub fn get<T: DeserializeOwned>(
        self,
        store: &dyn ReadStore,
        kind: Kind,
        id: &str,
        now: Timestamp,
    ) -> Result<Option<Belonging<T>>> {
        let key = self.key(kind, id);
        let Some(bytes) = store.get(&key)? else {
            return Ok(None);
        };
        let belonging = decode(&key, id, bytes)?;
        Ok(Some(belonging).filter(|belonging| belonging.ends > now))
    }

    /// Notes that one thing was used, which was read a moment ago.
    pub fn note<T>(
        self,
        committer: &Committer,
        kind: Kind,
        belonging: &Belonging<T>,
        now: Timestamp,
    ) {
        let times = (belonging.ends, belonging.used, now);
        note_use(
            committer,
            self.key(kind, &belonging.id),
            &belonging.bytes,
            times,
        );
    }

    /// All of a kind that have not ended, in the order of their ids.
    ///
    /// # Errors
    /// When the store fails, or what it holds cannot be read.
    pub fn all<T: DeserializeOwned>(
        self,
        store: &dyn ReadStore,
        kind: Kind,
        now: Timestamp,
    ) -> Result<Vec<Belonging<T>>> {
        let range = key::belonging_kind_range(self.collection, self.record, kind as u8);
        let mut found = Vec::new();
        for (key, bytes) in entries(store, &range)? {
            let id = key::belonging_id(&key).unwrap_or_default();
            let belonging: Belonging<T> = decode(&key, id, bytes)?;
            if belonging.ends > now {
                found.push(belonging);
            }
        }
        Ok(found)
    }

    /// Plans that everything of a kind goes.
    ///
    /// # Errors
    /// When the store fails.
    pub fn plan_removal_of(
        self,
        store: &dyn ReadStore,
        kind: Kind,
        proposal: &mut Proposal,
    ) -> Result<()> {
        let range = key::belonging_kind_range(self.collection, self.record, kind as u8);
        self.plan_removal_in(store, range, proposal)
    }

    /// Plans that everything that belongs to the record goes, since the record does.
    ///
    /// # Errors
    /// When the store fails.
    pub fn plan_removal(self, store: &dyn ReadStore, proposal: &mut Proposal) -> Result<()> {
        let range = key::belonging_record_range(self.collection, self.record);
        self.plan_removal_in(store, range, proposal)
    }

    fn plan_removal_in(
        self,
        store: &dyn ReadStore,
        range: KeyRange,
        proposal: &mut Proposal,
    ) -> Result<()> {
        let keys: Vec<Key> = entries(store, &range)?
            .into_iter()
            .map(|(key, _)| key)
            .collect();
        for key in &keys {
            proposal.deletes.extend(self.address_of(key));
            proposal.deletes.push(key.clone());
        }
        proposal.guards.push(Guard::Only { range, keys });
        Ok(())
    }

    fn address_of(self, key: &[u8]) -> Option<Key> {
        let kind = key::belonging_kind(key)?;
        let kind = ADDRESSED.into_iter().find(|known| *known as u8 == kind)?;
        Some(self.address(kind, key::belonging_id(key)?))
    }
}

impl<T> Belonging<T> {
    /// That it is still what was read.
    #[must_use]
    pub fn unchanged(&self, owner: Owner<'_>, kind: Kind) -> Guard {
        Guard::Unchanged {
            key: owner.key(kind, &self.id),
            prefix: self.bytes.clone(),
        }
    }
}

/// The stored form: when it ends and when it was used last, in milliseconds since 1970 (8 bytes
/// each, big endian), then JSON.
///
/// # Errors
/// When the content has no JSON form.
pub fn encode<T: Serialize>(ends: Timestamp, used: Timestamp, content: &T) -> Result<Vec<u8>> {
    let json = serde_json::to_vec(content).map_err(StoreError::unwritable)?;
    Ok(with_times(ends, used, &json))
}

/// A step of removing what ended: the keys to go, and where to go on.
///
/// # Errors
/// When the store fails.
pub fn ended(
    store: &dyn ReadStore,
    range: &KeyRange,
    now: Timestamp,
) -> Result<(Proposal, Option<KeyRange>)> {
    let mut proposal = Proposal::default();
    let mut visit = |key: &[u8], bytes: &[u8]| {
        if times(bytes).is_some_and(|(ends, _)| ends <= now) {
            // Whatever made it last longer since then keeps it.
            proposal.guards.push(Guard::Unchanged {
                key: key.to_vec(),
                prefix: bytes.to_vec(),
            });
            proposal.deletes.push(key.to_vec());
        }
        ControlFlow::Continue(())
    };
    let rest = store.scan(range, Direction::Forward, STORE_PAGE_KEYS, &mut visit)?;
    Ok((proposal, rest))
}

/// The kinds are bounded in number, so this is; more than that is damage.
fn entries(store: &dyn ReadStore, range: &KeyRange) -> Result<Vec<(Key, Vec<u8>)>> {
    let mut found = Vec::new();
    let mut rest = Some(range.clone());
    while let Some(range) = rest {
        if found.len() >= BELONGINGS_MAX {
            return Err(damaged(&range.start, "more belongings than a record has"));
        }
        let mut visit = |key: &[u8], bytes: &[u8]| {
            found.push((key.to_vec(), bytes.to_vec()));
            ControlFlow::Continue(())
        };
        rest = store.scan(&range, Direction::Forward, STORE_PAGE_KEYS, &mut visit)?;
    }
    Ok(found)
}

/// Nobody waits for it: where it fails, the next use notes the time.
fn note_use(
    committer: &Committer,
    key: Key,
    bytes: &[u8],
    (ends, used, now): (Timestamp, Timestamp, Timestamp),
) {
    if now.0.saturating_sub(used.0) < BELONGING_USE_MILLISECONDS {
        return;
    }
    let content = bytes.get(TIMES_BYTES..).unwrap_or_default();
    drop(committer.commit(Proposal {
        guards: vec![Guard::Unchanged {
            key: key.clone(),
            prefix: bytes.to_vec(),
        }],
        puts: vec![(key, with_times(ends, now, content))],
        ..Proposal::default()
    }));
}

fn with_times(ends: Timestamp, used: Timestamp, content: &[u8]) -> Vec<u8> {
    [&ends.0.to_be_bytes()[..], &used.0.to_be_bytes(), content].concat()
}

fn times(bytes: &[u8]) -> Option<(Timestamp, Timestamp)> {
    let (ends, rest) = bytes.split_first_chunk()?;
    let used = rest.first_chunk()?;
    let time = |bytes: &[u8; 8]| Timestamp(i64::from_be_bytes(*bytes));
    Some((time(ends), time(used)))
}

fn decode<T: DeserializeOwned>(key: &[u8], id: &str, bytes: Vec<u8>) -> Result<Belonging<T>> {
    let (Some((ends, used)), Some(json)) = (times(&bytes), bytes.get(TIMES_BYTES..)) else {
        return Err(damaged(key, "too short"));
    };
    let content = serde_json::from_slice(json).map_err(|error| damaged(key, &error.to_string()))?;
    Ok(Belonging {
        id: id.to_owned(),
        ends,
        used,
        content,
        bytes,
    })
}

fn damaged(key: &[u8], reason: &str) -> Error {
    Error::Store(StoreError::damaged(key, reason))
}
