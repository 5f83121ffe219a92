//! The change log: what every commit changed, in order, with the state before.
//!
//! - The state after a change is not stored: it is the before-image of that record's next change,
//!   or the record itself.
//! - Followers read up to the durable sequence.
//! - An entry carries a checksum; a damaged entry is an error, never a wrong or missing change.

use std::ops::ControlFlow;

use luge_model::id::CollectionNumber;
use luge_model::timestamp::Timestamp;

use crate::store::codec::{Reader, put_bytes, put_number};
use crate::store::{Direction, Key, KeyRange, Sequence, Store, StoreError, key};

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
    /// The checksum of the entry, which tells commits of different histories apart.
    pub checksum: u32,
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
    let (entries, rest) = entries(store, &key::change_range(after, durable), limit)?;
    let last = entries.last().filter(|_| rest.is_some());
    let up_to = last.map_or(durable.max(after), |last| last.sequence);
    Ok(LogPage { entries, up_to })
}

/// All entries after one, durable or not; `None` for more than `limit`.
///
/// # Errors
/// When the store fails or an entry is damaged.
pub fn applied(
    store: &dyn Store,
    after: Sequence,
    limit: usize,
) -> Result<Option<Vec<LogEntry>>, StoreError> {
    let range = key::change_range(after, Sequence(u64::MAX));
    let (entries, rest) = entries(store, &range, limit)?;
    Ok(rest.is_none().then_some(entries))
}

/// The first entries of a range, and what comes behind them.
fn entries(
    store: &dyn Store,
    range: &KeyRange,
    limit: usize,
) -> Result<(Vec<LogEntry>, Option<KeyRange>), StoreError> {
    let mut entries = Vec::new();
    let mut failed = None;
    let rest = store.scan(
        range,
        Direction::Forward,
        limit.max(1),
        &mut |key, bytes| match decode_at(key, bytes) {
            Ok(entry) => {
                entries.push(entry);
                ControlFlow::Continue(())
            }
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        },
    )?;
    match failed {
        Some(error) => Err(error),
        None => Ok((entries, rest)),
    }
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

/// Up to where entries were removed. A follower whose position is before it has missed some, as far
/// as there were any.
///
/// # Errors
/// When the store fails.
pub fn trimmed(store: &dyn Store) -> Result<Sequence, StoreError> {
    let bytes = store.get(&log_trimmed_key())?;
    let number = bytes.and_then(|bytes| bytes.try_into().ok());
    Ok(number.map_or(Sequence(0), |bytes| Sequence(u64::from_le_bytes(bytes))))
}

/// How [`trimmed`] is stored.
pub(crate) fn trimmed_bytes(up_to: Sequence) -> Vec<u8> {
    up_to.0.to_le_bytes().to_vec()
}

/// Whether entries after one may be gone: `known` is not there any more, and some were trimmed.
///
/// # Errors
/// When the store fails.
pub fn is_trimmed_after(store: &dyn Store, known: Sequence) -> Result<bool, StoreError> {
    let trimmed = trimmed(store)?;
    Ok(trimmed > Sequence(0) && trimmed >= known)
}

/// The entry of one commit; `None` where it changed nothing, or was trimmed.
///
/// # Errors
/// When the store fails or the entry is damaged.
pub fn entry(store: &dyn Store, sequence: Sequence) -> Result<Option<LogEntry>, StoreError> {
    let key = key::change(sequence);
    let bytes = store.get(&key)?;
    bytes.map(|bytes| decode_at(&key, &bytes)).transpose()
}

/// The newest durable entry that is still there.
///
/// # Errors
/// When the store fails or the entry is damaged.
pub fn newest(store: &dyn Store) -> Result<Option<LogEntry>, StoreError> {
    let durable = *store.durable().borrow();
    let mut newest = None;
    let range = key::change_range(Sequence(0), durable);
    store.scan(&range, Direction::Backward, 1, &mut |key, bytes| {
        newest = Some(decode_at(key, bytes));
        ControlFlow::Break(())
    })?;
    newest.transpose()
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
    if reader.take(4).is_none() || checksum_in(bytes) != Some(checksum(bytes)) {
        return Err("the checksum does not match");
    }
    decode_content(&mut reader).ok_or("the log entry is malformed")
}

/// The checksum that an encoded entry carries.
pub(crate) fn checksum_in(bytes: &[u8]) -> Option<u32> {
    let stored = bytes.get(1..HEADER_BYTES)?;
    Some(u32::from_le_bytes(stored.try_into().ok()?))
}

/// Where the number of entries is counted.
pub(crate) fn log_entries_key() -> Key {
    key::meta("log_entries")
}

/// Where the bytes of all entries are counted.
pub(crate) fn log_bytes_key() -> Key {
    key::meta("log_bytes")
}

/// Where it is kept up to where entries were removed.
pub(crate) fn log_trimmed_key() -> Key {
    key::meta("log_trimmed")
}

/// Decodes an entry under its key.
pub(crate) fn decode_at(key: &[u8], bytes: &[u8]) -> Result<LogEntry, StoreError> {
    let damaged = |reason: &str| StoreError::damaged(key, reason);
    let sequence = key::change_sequence(key).ok_or_else(|| damaged("not a key of the log"))?;
    let (time, changes) = decode(bytes).map_err(damaged)?;
    Ok(LogEntry {
        sequence,
        time,
        changes,
        checksum: checksum_in(bytes).unwrap_or_default(),
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::store::{self, Batch, StoreKind, StoreOptions, wait};

    fn change() -> impl Strategy<Value = Change> {
        let kind = prop_oneof![
            Just(ChangeKind::Create),
            Just(ChangeKind::Update),
            Just(ChangeKind::Delete)
        ];
        let before = prop::option::of(prop::collection::vec(any::<u8>(), 0..40));
        (kind, any::<u32>(), "\\PC{0,20}", any::<u64>(), before).prop_map(
            |(kind, collection, record, revision, before)| Change {
                kind,
                collection: CollectionNumber(collection),
                record,
                revision,
                before,
            },
        )
    }

    proptest! {
        #[test]
        fn entries_come_back(
            time in any::<i64>(),
            changes in prop::collection::vec(change(), 0..5),
        ) {
            let bytes = encode(Timestamp(time), &changes);
            prop_assert_eq!(decode(&bytes), Ok((Timestamp(time), changes)));
        }

        #[test]
        fn damage_is_noticed(
            changes in prop::collection::vec(change(), 0..3),
            place in any::<prop::sample::Index>(),
            bit in 0..8_u32,
        ) {
            let mut bytes = encode(Timestamp(1), &changes);
            let place = place.index(bytes.len());
            let cut = bytes[..place].to_vec();
            prop_assert!(decode(&cut).is_err());
            bytes[place] ^= 1_u8 << bit;
            prop_assert!(decode(&bytes).is_err());
        }

        #[test]
        fn foreign_bytes_are_refused_even_with_a_checksum(
            content in prop::collection::vec(any::<u8>(), 0..60),
        ) {
            let mut bytes = vec![VERSION, 0, 0, 0, 0];
            bytes.extend(content);
            let checksum = checksum(&bytes).to_le_bytes();
            bytes[1..5].copy_from_slice(&checksum);
            // Whatever it is, it does not panic and what is read is what was written.
            if let Ok((time, changes)) = decode(&bytes) {
                prop_assert_eq!(decode(&encode(time, &changes)), Ok((time, changes)));
            }
        }
    }

    fn log_of(entries: usize) -> std::sync::Arc<dyn Store> {
        let store = store::open(StoreKind::Memory, &StoreOptions::default()).unwrap();
        for number in 0..entries {
            let time = i64::try_from(number).unwrap();
            let log_entry = encode(Timestamp(time), &[]);
            let batch = Batch {
                log_entry,
                ..Batch::default()
            };
            wait(store.commit(batch)).unwrap();
        }
        store
    }

    #[test]
    fn the_log_is_read_in_pages() {
        let store = log_of(10);
        wait(store.commit(Batch::default())).unwrap();
        let mut position = Sequence(0);
        let mut seen = Vec::new();
        while position < Sequence(11) {
            let page = read(&*store, position, 4).unwrap();
            assert!(page.entries.len() <= 4 && page.up_to > position);
            seen.extend(
                page.entries
                    .into_iter()
                    .map(|entry| (entry.sequence.0, entry.time.0)),
            );
            position = page.up_to;
        }
        let expected: Vec<_> = (1..=10).map(|number| (number, number as i64 - 1)).collect();
        assert_eq!(seen, expected);
        let nothing = read(&*store, Sequence(11), 4).unwrap();
        assert_eq!((nothing.entries.len(), nothing.up_to), (0, Sequence(11)));
    }

    #[test]
    fn single_entries_are_found() {
        let store = log_of(3);
        wait(store.commit(Batch::default())).unwrap();
        let newest = newest(&*store).unwrap().unwrap();
        assert_eq!((newest.sequence, newest.time), (Sequence(3), Timestamp(2)));
        assert_eq!(entry(&*store, Sequence(3)).unwrap().as_ref(), Some(&newest));
        assert_eq!(
            Some(newest.checksum),
            checksum_in(&encode(Timestamp(2), &[]))
        );
        let second = entry(&*store, Sequence(2)).unwrap().unwrap();
        assert_ne!(second.checksum, newest.checksum);
        for sequence in [0, 4, 5] {
            assert_eq!(entry(&*store, Sequence(sequence)).unwrap(), None);
        }
        assert_eq!(super::newest(&*log_of(0)).unwrap(), None);
    }

    #[test]
    fn a_damaged_entry_is_named() {
        let store = log_of(3);
        let puts = vec![(key::change(Sequence(2)), vec![1, 2, 3])];
        wait(store.commit(Batch {
            puts,
            ..Batch::default()
        }))
        .unwrap();
        let error = read(&*store, Sequence(0), 10).unwrap_err();
        assert!(error.to_string().contains("change 2"), "{error}");
        assert_eq!(read(&*store, Sequence(0), 1).unwrap().up_to, Sequence(1));
        assert_eq!(read(&*store, Sequence(2), 10).unwrap().entries.len(), 1);
    }
}
