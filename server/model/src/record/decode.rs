//! Reading the bytes of a record: all checks once when it is opened, then look-ups that decode
//! nothing but what they were asked for.

use crate::id::FieldNumber;
use crate::record::DamagedRecord;
use crate::record::encode::{
    CHECKSUM_AT, COUNT_AT, ENTRIES_AT, ENTRY_BYTES, FORMAT_VERSION, Kind, REVISION_AT, ROWID_AT,
};
use crate::value::{GeoPoint, ListRef, ValueRef, split_encoded_item};

/// Everything that later accesses rely on.
pub(super) fn check(bytes: &[u8]) -> Result<(), DamagedRecord> {
    let cut_short = || DamagedRecord::CutShort(bytes.len());
    let version = *bytes.first().ok_or_else(cut_short)?;
    if version != FORMAT_VERSION {
        return Err(DamagedRecord::UnknownVersion(version));
    }
    let before = bytes.get(..CHECKSUM_AT).ok_or_else(cut_short)?;
    let after = bytes.get(COUNT_AT..).ok_or_else(cut_short)?;
    if u32_at(bytes, CHECKSUM_AT) != Some(checksum(before, after)) {
        return Err(DamagedRecord::Checksum);
    }
    let count = count(bytes).ok_or_else(cut_short)?;
    let values_at = ENTRIES_AT + count * ENTRY_BYTES;
    let values = bytes.get(values_at..).ok_or_else(cut_short)?;
    let mut start = 0;
    let mut previous = None;
    for index in 0..count {
        let entry = entry(bytes, index).ok_or_else(cut_short)?;
        let ordered = previous.is_none_or(|previous| previous < entry.field);
        let value = values.get(start..entry.end).filter(|_| ordered);
        let valid = value.is_some_and(|value| is_valid(entry.kind, value));
        if !valid {
            return Err(DamagedRecord::Malformed(entry.field));
        }
        previous = Some(entry.field);
        start = entry.end;
    }
    if start == values.len() {
        Ok(())
    } else {
        Err(DamagedRecord::CutShort(bytes.len()))
    }
}

/// The CRC-32 of all bytes but the checksum's own.
pub(super) fn checksum(before: &[u8], after: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(before);
    hasher.update(after);
    hasher.finalize()
}

pub(super) fn revision(bytes: &[u8]) -> u64 {
    u64_at(bytes, REVISION_AT).unwrap_or_default()
}

pub(super) fn rowid(bytes: &[u8]) -> u64 {
    u64_at(bytes, ROWID_AT).unwrap_or_default()
}

/// The value of one field.
pub(super) fn value(bytes: &[u8], field: FieldNumber) -> Option<ValueRef<'_>> {
    let count = count(bytes)?;
    // Numbers are given one after another from 1, so the entry is at its number's place in every
    // record whose collection never dropped a field.
    let usual = usize::from(field.0).wrapping_sub(1);
    if usual < count
        && let Some(found) = entry(bytes, usual)
        && found.field == field.0
    {
        return value_of(bytes, count, usual, found);
    }
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = usize::midpoint(low, high);
        let found = entry(bytes, middle)?;
        match found.field.cmp(&field.0) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => return value_of(bytes, count, middle, found),
        }
    }
    None
}

/// All values in the order of their field numbers.
pub(super) fn values(bytes: &[u8]) -> impl Iterator<Item = (FieldNumber, ValueRef<'_>)> {
    let count = count(bytes).unwrap_or_default();
    (0..count).filter_map(move |index| {
        let entry = entry(bytes, index)?;
        Some((
            FieldNumber(entry.field),
            value_of(bytes, count, index, entry)?,
        ))
    })
}

#[derive(Clone, Copy)]
struct Entry {
    field: u16,
    kind: u8,
    end: usize,
}

fn entry(bytes: &[u8], index: usize) -> Option<Entry> {
    let entry = bytes
        .get(ENTRIES_AT + index * ENTRY_BYTES..)?
        .first_chunk::<ENTRY_BYTES>()?;
    let [field_low, field_high, kind, end @ ..] = *entry;
    Some(Entry {
        field: u16::from_le_bytes([field_low, field_high]),
        kind,
        end: usize::try_from(u32::from_le_bytes(end)).ok()?,
    })
}

fn value_of(bytes: &[u8], count: usize, index: usize, found: Entry) -> Option<ValueRef<'_>> {
    let start = match index.checked_sub(1) {
        Some(before) => entry(bytes, before)?.end,
        None => 0,
    };
    let values_at = ENTRIES_AT + count * ENTRY_BYTES;
    decode(
        found.kind,
        bytes.get(values_at + start..values_at + found.end)?,
    )
}

fn decode(kind: u8, value: &[u8]) -> Option<ValueRef<'_>> {
    Some(match Kind::from_byte(kind)? {
        Kind::False => ValueRef::Bool(false),
        Kind::True => ValueRef::Bool(true),
        Kind::Number => ValueRef::Number(f64_at(value, 0)?),
        Kind::Text => ValueRef::Text(std::str::from_utf8(value).ok()?),
        Kind::List => ValueRef::List(ListRef::Encoded(value)),
        Kind::GeoPoint => ValueRef::GeoPoint(GeoPoint {
            lon: f64_at(value, 0)?,
            lat: f64_at(value, 8)?,
        }),
        Kind::Json => ValueRef::Json(std::str::from_utf8(value).ok()?),
    })
}

fn is_valid(kind: u8, value: &[u8]) -> bool {
    match Kind::from_byte(kind) {
        None => false,
        Some(Kind::False | Kind::True) => value.is_empty(),
        Some(Kind::Number) => value.len() == 8,
        Some(Kind::GeoPoint) => value.len() == 16,
        Some(Kind::Text | Kind::Json) => std::str::from_utf8(value).is_ok(),
        Some(Kind::List) => is_valid_list(value),
    }
}

fn is_valid_list(mut bytes: &[u8]) -> bool {
    while !bytes.is_empty() {
        match split_encoded_item(bytes) {
            Some((item, rest)) if std::str::from_utf8(item).is_ok() => bytes = rest,
            _ => return false,
        }
    }
    true
}

fn count(bytes: &[u8]) -> Option<usize> {
    Some(usize::from(u16::from_le_bytes(
        *bytes.get(COUNT_AT..)?.first_chunk()?,
    )))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn f64_at(bytes: &[u8], at: usize) -> Option<f64> {
    Some(f64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}
