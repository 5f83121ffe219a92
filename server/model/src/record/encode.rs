//! Writing the bytes of a record, and the numbers of its layout.

use crate::id::FieldNumber;
use crate::record::decode::checksum;
use crate::value::ValueRef;

/// The first byte of every record. A change of the layout takes the next number.
pub(super) const FORMAT_VERSION: u8 = 1;
pub(super) const REVISION_AT: usize = 1;
pub(super) const ROWID_AT: usize = 9;
pub(super) const CHECKSUM_AT: usize = 17;
pub(super) const COUNT_AT: usize = 21;
pub(super) const ENTRIES_AT: usize = 23;
pub(super) const ENTRY_BYTES: usize = 7;

/// What the bytes of a value are.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    False,
    True,
    Number,
    Text,
    List,
    GeoPoint,
    Json,
}

impl Kind {
    pub(super) fn from_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            0 => Self::False,
            1 => Self::True,
            2 => Self::Number,
            3 => Self::Text,
            4 => Self::List,
            5 => Self::GeoPoint,
            6 => Self::Json,
            _ => return None,
        })
    }

    fn of(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Bool(false) => Self::False,
            ValueRef::Bool(true) => Self::True,
            ValueRef::Number(_) => Self::Number,
            ValueRef::Text(_) => Self::Text,
            ValueRef::List(_) => Self::List,
            ValueRef::GeoPoint(_) => Self::GeoPoint,
            ValueRef::Json(_) => Self::Json,
        }
    }
}

/// The bytes of a record with these values.
pub(super) fn encode<'v>(
    rowid: u64,
    revision: u64,
    values: impl Iterator<Item = (FieldNumber, ValueRef<'v>)>,
) -> Vec<u8> {
    let values = sorted(values);
    let mut bytes = Vec::with_capacity(capacity(&values));
    bytes.push(FORMAT_VERSION);
    bytes.extend_from_slice(&revision.to_le_bytes());
    bytes.extend_from_slice(&rowid.to_le_bytes());
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(
        &u16::try_from(values.len())
            .unwrap_or(u16::MAX)
            .to_le_bytes(),
    );
    let mut end = 0;
    for (field, value) in &values {
        end += length(*value);
        bytes.extend_from_slice(&field.0.to_le_bytes());
        bytes.push(Kind::of(*value) as u8);
        bytes.extend_from_slice(&length_u32(end).to_le_bytes());
    }
    for (_, value) in &values {
        write(*value, &mut bytes);
    }
    seal(&mut bytes);
    bytes
}

/// By number; of two with one number the last one stays. Field numbers start at 1, so there are
/// never more than the count can hold.
fn sorted<'v>(
    values: impl Iterator<Item = (FieldNumber, ValueRef<'v>)>,
) -> Vec<(FieldNumber, ValueRef<'v>)> {
    let mut values: Vec<_> = values.collect();
    values.sort_by_key(|(field, _)| *field);
    values.reverse();
    values.dedup_by_key(|(field, _)| *field);
    values.reverse();
    values.truncate(usize::from(u16::MAX));
    values
}

pub(super) fn seal(bytes: &mut [u8]) {
    let (Some(before), Some(after)) = (bytes.get(..CHECKSUM_AT), bytes.get(COUNT_AT..)) else {
        return;
    };
    let sum = checksum(before, after).to_le_bytes();
    if let Some(place) = bytes.get_mut(CHECKSUM_AT..COUNT_AT) {
        place.copy_from_slice(&sum);
    }
}

fn capacity(values: &[(FieldNumber, ValueRef<'_>)]) -> usize {
    let content: usize = values.iter().map(|(_, value)| length(*value)).sum();
    ENTRIES_AT + values.len() * ENTRY_BYTES + content
}

fn length(value: ValueRef<'_>) -> usize {
    match value {
        ValueRef::Bool(_) => 0,
        ValueRef::Number(_) => 8,
        ValueRef::GeoPoint(_) => 16,
        ValueRef::Text(text) | ValueRef::Json(text) => text.len(),
        ValueRef::List(items) => items.iter().map(|item| 4 + item.len()).sum(),
    }
}

fn write(value: ValueRef<'_>, bytes: &mut Vec<u8>) {
    match value {
        ValueRef::Bool(_) => {}
        ValueRef::Number(number) => bytes.extend_from_slice(&number.to_le_bytes()),
        ValueRef::GeoPoint(point) => {
            bytes.extend_from_slice(&point.lon.to_le_bytes());
            bytes.extend_from_slice(&point.lat.to_le_bytes());
        }
        ValueRef::Text(text) | ValueRef::Json(text) => bytes.extend_from_slice(text.as_bytes()),
        ValueRef::List(items) => {
            for item in items {
                bytes.extend_from_slice(&length_u32(item.len()).to_le_bytes());
                bytes.extend_from_slice(item.as_bytes());
            }
        }
    }
}

/// Bodies are limited to megabytes, so a length always fits; one that did not would make a record
/// that does not open, never one that reads wrong.
fn length_u32(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
