//! The change log: what every commit changed, in order, with the state before.
//!
//! - The state after a change is not stored: it is the before-image of that record's next change, or
//!   the record itself.
//! - Followers read up to the durable sequence.
//! - An entry carries a checksum; a damaged entry is an error, never a wrong or missing change.

use std::ops::ControlFlow;

use luge_model::id::CollectionNumber;
use luge_model::timestamp::Timestamp;

use crate::store::codec::{Reader, put_bytes, put_number};
use crate::store::{Direction, Key, Sequence, Store, StoreError, key};

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

/// What one commit changed.
#[derive(Clone, Debug, PartialEq)]
pub struct LogEntry {
    /// The commit.
    pub sequence: Sequence,
    /// When it was planned.
    pub time: Timestamp,
    /// What it changed, in the order in which it was planned.
    pub changes: Vec<Change>,
}

/// A part of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct LogPage {
    /// The entries in their order; commits without changes have none.
    pub entries: Vec<LogEntry>,
    /// Where to go on: everything up to here was seen.
    pub up_to: Sequence,
}

const VERSION: u8 = 1;
const HEADER_BYTES: usize = 5;

/// Reads at most `limit` entries after a sequence, up to the durable one.
///
/// # Errors
/// When the store fails or an entry is damaged.
pub fn read(store: &dyn Store, after: Sequence, limit: usize) -> Result<LogPage, StoreError> {
    let durable = *store.durable().borrow();
    let mut page = LogPage {
        entries: Vec::new(),
        up_to: durable.max(after),
    };
    let mut failed = None;
    let range = key::change_range(after, durable);
    let rest = store.scan(
        &range,
        Direction::Forward,
        limit.max(1),
        &mut |key, bytes| match decode_at(key, bytes) {
            Ok(entry) => {
                page.entries.push(entry);
                ControlFlow::Continue(())
            }
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        },
    )?;
    if let Some(error) = failed {
        return Err(error);
    }
    if rest.is_some()
        && let Some(last) = page.entries.last()
    {
        page.up_to = last.sequence;
    }
    Ok(page)
}

/// The oldest entry that is still there. A follower whose position is before the one preceding it
/// has missed entries and has to start over.
///
/// # Errors
/// When the store fails.
pub fn oldest(store: &dyn Store) -> Result<Option<Sequence>, StoreError> {
    let mut oldest = None;
    let range = key::Keyspace::Change.range();
    store.scan(&range, Direction::Forward, 1, &mut |key, _| {
        oldest = key::change_sequence(key);
        ControlFlow::Break(())
    })?;
    Ok(oldest)
}

/// Encodes the changes of one commit: version, checksum of the rest, time, changes.
#[must_use]
pub fn encode(time: Timestamp, changes: &[Change]) -> Vec<u8> {
    let before: usize = changes
        .iter()
        .filter_map(|change| change.before.as_ref())
        .map(Vec::len)
        .sum();
    let mut bytes = Vec::with_capacity(before + 48 * changes.len() + 16);
    bytes.extend_from_slice(&[VERSION, 0, 0, 0, 0]);
    bytes.extend_from_slice(&time.0.to_le_bytes());
    put_number(&mut bytes, changes.len() as u64);
    for change in changes {
        bytes.push(match change.kind {
            ChangeKind::Create => 1,
            ChangeKind::Update => 2,
            ChangeKind::Delete => 3,
        });
        put_number(&mut bytes, u64::from(change.collection.0));
        put_bytes(&mut bytes, change.record.as_bytes());
        put_number(&mut bytes, change.revision);
        match &change.before {
            None => bytes.push(0),
            Some(before) => {
                bytes.push(1);
                put_bytes(&mut bytes, before);
            }
        }
    }
    let checksum = checksum(&bytes).to_le_bytes();
    for (place, byte) in bytes.iter_mut().skip(1).zip(checksum) {
        *place = byte;
    }
    bytes
}

/// Decodes an entry.
///
/// # Errors
/// A sentence saying what is wrong with the bytes.
pub fn decode(bytes: &[u8]) -> Result<(Timestamp, Vec<Change>), &'static str> {
    let mut reader = Reader::new(bytes);
    match reader.byte() {
        Some(VERSION) => {}
        Some(_) => return Err("the log entry has an unknown version"),
        None => return Err("the log entry is empty"),
    }
    let stored = reader
        .take(4)
        .and_then(|bytes| <[u8; 4]>::try_from(bytes).ok());
    if stored.map(u32::from_le_bytes) != Some(checksum(bytes)) {
        return Err("the checksum does not match");
    }
    decode_content(&mut reader).ok_or("the log entry is malformed")
}

/// Where the number of entries is counted.
pub(crate) fn log_entries_key() -> Key {
    key::meta("log_entries")
}

/// Where the bytes of all entries are counted.
pub(crate) fn log_bytes_key() -> Key {
    key::meta("log_bytes")
}

/// Decodes an entry under its key.
pub(crate) fn decode_at(key: &[u8], bytes: &[u8]) -> Result<LogEntry, StoreError> {
    let damaged = |reason: &str| StoreError::Damaged {
        key: key::readable(key),
        reason: reason.to_owned(),
    };
    let sequence = key::change_sequence(key).ok_or_else(|| damaged("not a key of the log"))?;
    let (time, changes) = decode(bytes).map_err(damaged)?;
    Ok(LogEntry {
        sequence,
        time,
        changes,
    })
}

fn decode_content(reader: &mut Reader<'_>) -> Option<(Timestamp, Vec<Change>)> {
    let time = i64::from_le_bytes(reader.take(8)?.try_into().ok()?);
    let count = usize::try_from(reader.number()?).ok()?;
    // A change has 5 bytes at least, so a wrong count cannot ask for much memory.
    if count > reader.remaining() / 5 {
        return None;
    }
    let mut changes = Vec::with_capacity(count);
    for _ in 0..count {
        changes.push(decode_change(reader)?);
    }
    reader.is_at_end().then_some((Timestamp(time), changes))
}

fn decode_change(reader: &mut Reader<'_>) -> Option<Change> {
    let kind = match reader.byte()? {
        1 => ChangeKind::Create,
        2 => ChangeKind::Update,
        3 => ChangeKind::Delete,
        _ => return None,
    };
    let collection = CollectionNumber(u32::try_from(reader.number()?).ok()?);
    let record = reader.text()?.to_owned();
    let revision = reader.number()?;
    let before = match reader.byte()? {
        0 => None,
        1 => Some(reader.bytes()?.to_vec()),
        _ => return None,
    };
    Some(Change {
        kind,
        collection,
        record,
        revision,
        before,
    })
}

/// Of everything but the checksum itself.
fn checksum(bytes: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(bytes.get(..1).unwrap_or_default());
    hasher.update(bytes.get(HEADER_BYTES..).unwrap_or_default());
    hasher.finalize()
}
