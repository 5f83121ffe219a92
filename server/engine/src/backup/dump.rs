//! Writes everything in the database as it was after one commit, and reads it into a new store.

use std::io::{Read, Write};
use std::ops::ControlFlow;
use std::sync::Arc;

use std::collections::BTreeMap;

use luge_model::limits::{
    COMMIT_GROUP_BYTES_MAX, COMMIT_GROUP_MAX, DUMP_CHUNK_BYTES, STORE_PAGE_KEYS,
};
use luge_model::timestamp::Timestamp;

use super::contents::{Contents, Opened};
use super::stream::{Header, Reader, Writer};
use super::{failed, unusable};
use crate::changes;
use crate::error::Result;
use crate::index::{self, entries};
use crate::secrets::Vault;
use crate::store::embedded::own_keys;
use crate::store::key::{self, Keyspace};
use crate::store::{Fill, Frozen, Key, KeyRange, Sequence, StoreError, codec};

/// What a dump holds.
#[derive(Debug)]
pub struct Dumped {
    /// How it began.
    pub header: Header,
    /// How many entries it has.
    pub entries: u64,
    pub(super) contents: Contents,
}

impl Dumped {
    /// How many records there are.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.contents.records().map(|(_, records)| records).sum()
    }

    /// How many collections there are.
    #[must_use]
    pub fn collections(&self) -> usize {
        self.contents.collections().count()
    }
}

/// From what a dump is made, and when.
#[derive(Clone, Copy, Debug)]
pub struct Made<'a> {
    /// The name of the store.
    pub store: &'a str,
    /// The time.
    pub now: Timestamp,
    /// Opens definitions that are encrypted.
    pub vault: &'a Arc<Vault>,
}

/// Writes a dump of the store at one moment.
///
/// # Errors
/// When the store or the output fails, or something in the database is damaged.
pub fn dump(frozen: &dyn Frozen, made: Made<'_>, out: &mut dyn Write) -> Result<Dumped> {
    let header = Header::new(made.store, frozen.sequence(), made.now);
    let written = |error: std::io::Error| failed("write the dump", &error);
    let mut writer = Writer::begin(out, &header).map_err(written)?;
    let mut contents = Contents::new(made.vault);
    let mut carried = Keyspace::ALL;
    carried.sort_by_key(|keyspace| *keyspace as u8);
    for keyspace in carried {
        if keyspace.is_derived() || keyspace.is_hidden() {
            continue;
        }
        let own = own_keys();
        each(frozen, keyspace.range(), &mut |key, value| {
            if own.iter().any(|own| own == key) {
                return Ok(());
            }
            contents.see(key, value)?;
            writer.entry(key, value).map_err(written)
        })?;
    }
    let entries = writer.end().map_err(written)?.entries;
    Ok(Dumped {
        header,
        entries,
        contents,
    })
}

/// Takes a key and its value.
pub(super) type VisitEntry<'a> = dyn FnMut(&[u8], &[u8]) -> Result<()> + 'a;

/// Gives every entry of a range to `visit`, which may take its time: entries are read in bounded
/// steps before they are given.
pub(super) fn each(frozen: &dyn Frozen, range: KeyRange, visit: &mut VisitEntry<'_>) -> Result<()> {
    let mut rest = Some(range);
    while let Some(range) = rest {
        let mut page: Vec<(Key, Vec<u8>)> = Vec::new();
        let mut bytes = 0;
        rest = frozen.scan(&range, STORE_PAGE_KEYS, &mut |key, value| {
            page.push((key.to_vec(), value.to_vec()));
            bytes += key.len() + value.len();
            if bytes < DUMP_CHUNK_BYTES {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })?;
        if bytes >= DUMP_CHUNK_BYTES
            && let Some((last, _)) = page.last()
        {
            let mut start = last.clone();
            start.push(0);
            let end = range.end;
            rest = Some(KeyRange { start, end });
        }
        for (key, value) in page {
            visit(&key, &value)?;
        }
    }
    Ok(())
}

/// Reads a dump to its end and opens everything in it, without keeping any.
///
/// # Errors
/// [`crate::error::Error::Unusable`], and when it cannot be read.
pub fn verify(input: &mut dyn Read, vault: &Arc<Vault>) -> Result<Dumped> {
    let mut reader = Reader::begin(input)?;
    let mut contents = Contents::new(vault);
    let mut entries = 0;
    let mut visit = |key: &[u8], value: &[u8]| {
        entries += 1;
        contents.see(key, value).map(drop)
    };
    while reader.next(&mut visit)?.is_some() {}
    Ok(Dumped {
        header: reader.header().clone(),
        entries,
        contents,
    })
}

/// What becomes of the change log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Log {
    /// It is taken over, and commits go on behind it.
    Kept,
    /// The data takes the place of other data, whose commits clients and followers know up to this
    /// one: the log begins anew behind both, so that everybody who was told of a later commit, or
    /// of another one with the same sequence, learns that there is a gap.
    Cut(Sequence),
}

/// Reads a dump into a new store. What the dump leaves out is made anew.
///
/// # Errors
/// [`crate::error::Error::Unusable`], and when the store fails; the store is not usable then.
pub fn load(
    input: &mut dyn Read,
    fill: Box<dyn Fill>,
    vault: &Arc<Vault>,
    (log, now): (Log, Timestamp),
) -> Result<Dumped> {
    let mut reader = Reader::begin(input)?;
    let header = reader.header().clone();
    let mut loader = Loader {
        fill,
        log,
        contents: Contents::new(vault),
        waiting: BTreeMap::new(),
        bytes: 0,
        entries: 0,
    };
    while reader
        .next(&mut |key, value| loader.take(key, value))?
        .is_some()
    {}
    loader.finish(header, now)
}

struct Loader {
    fill: Box<dyn Fill>,
    log: Log,
    contents: Contents,
    waiting: BTreeMap<Key, Vec<u8>>,
    bytes: usize,
    entries: u64,
}

impl Loader {
    fn take(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        self.entries += 1;
        if own_keys().iter().any(|own| own == key) {
            return Err(unusable(format!(
                "{} does not belong here",
                key::readable(key)
            )));
        }
        match self.contents.see(key, value)? {
            Opened::Change if self.log != Log::Kept => return Ok(()),
            Opened::Change | Opened::Other => {}
            Opened::Record(collection, record) => {
                // An index that was not ready is removed when the database is opened.
                let mut ready = (*collection).clone();
                ready
                    .indexes
                    .retain(luge_model::index::IndexDefinition::is_ready);
                for (key, entry) in entries(&ready, record.id(), &record) {
                    self.derived(key, &entry)?;
                }
            }
        }
        self.put(key.to_vec(), value.to_vec())
    }

    fn derived(&mut self, key: Key, entry: &index::Entry) -> Result<()> {
        if entry.unique.is_some() {
            let waiting = self.waiting.get(&key).cloned();
            let taken = waiting.map_or_else(|| self.fill.get(&key), |value| Ok(Some(value)))?;
            if let Some(other) = taken {
                let reason = format!(
                    "{} belongs to the record {} and to {}",
                    key::readable(&key),
                    String::from_utf8_lossy(&other),
                    String::from_utf8_lossy(&entry.value)
                );
                return Err(unusable(reason));
            }
        }
        self.put(key, entry.value.clone())
    }

    fn put(&mut self, key: Key, value: Vec<u8>) -> Result<()> {
        self.bytes += key.len() + value.len();
        self.waiting.insert(key, value);
        if self.waiting.len() >= COMMIT_GROUP_MAX || self.bytes >= COMMIT_GROUP_BYTES_MAX {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        self.bytes = 0;
        let waiting = std::mem::take(&mut self.waiting);
        Ok(self.fill.put(waiting.into_iter().collect())?)
    }

    fn finish(mut self, header: Header, now: Timestamp) -> Result<Dumped> {
        let counted: Vec<_> = self.contents.records().collect();
        for (collection, records) in counted {
            let records = i64::try_from(records).map_err(|_| too_many())?;
            if records > 0 {
                self.put(key::counter(collection), codec::counter_bytes(records))?;
            }
        }
        let last = match self.log {
            Log::Kept => Sequence(header.sequence),
            Log::Cut(known) => self.begin_log(known.0.max(header.sequence), now)?,
        };
        self.flush()?;
        self.fill.finish(last)?;
        Ok(Dumped {
            header,
            entries: self.entries,
            contents: self.contents,
        })
    }

    /// Puts an entry without changes two steps behind what anybody knows: one step would look as if
    /// nothing were missing.
    fn begin_log(&mut self, known: u64, now: Timestamp) -> Result<Sequence> {
        let first = Sequence(known.checked_add(2).ok_or_else(too_many)?);
        let entry = changes::encode(now, &[]);
        let length = i64::try_from(entry.len()).map_err(|_| too_many())?;
        self.put(changes::log_entries_key(), codec::counter_bytes(1))?;
        self.put(changes::log_bytes_key(), codec::counter_bytes(length))?;
        let before = Sequence(first.0 - 1);
        self.put(changes::log_trimmed_key(), changes::trimmed_bytes(before))?;
        self.put(key::change(first), entry)?;
        Ok(first)
    }
}

fn too_many() -> crate::error::Error {
    StoreError::Engine("a number in the dump is too large".to_owned()).into()
}
