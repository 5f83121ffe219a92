//! Entries packed together and compressed: one value of the store.
//!
//! A pack holds entries of one hour and of at most [`REQUEST_LOG_PACK_MILLISECONDS_MAX`], so that
//! hours are counted without opening it and one entry is found by its time.
//!
//! ```text
//! version u8 · entries u32 · first i64 · last i64 · lowest level i32 · highest level i32
//! raw bytes u32 · checksum u32 · deflated entries
//! entry: level i32 · id · created · message · data, each text as length u32 and bytes
//! ```
//! All numbers are little endian. The checksum is the CRC-32 of the deflated bytes.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use luge_model::limits::{
    CHUNK_BYTES_MAX, REQUEST_LOG_PACK_BYTES, REQUEST_LOG_PACK_MILLISECONDS_MAX,
};
use luge_model::timestamp::Timestamp;

use super::entry::{Entry, EntryRef};

const VERSION: u8 = 1;
const HEADER_BYTES: usize = 37;
/// The length of an hour.
pub(super) const HOUR_MILLISECONDS: i64 = 3_600_000;
/// Entries that one pack has room for in the numbers of its places.
const PLACES: u64 = 1 << 16;

/// What is known of a pack without opening it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) entries: u32,
    pub(super) first: Timestamp,
    pub(super) last: Timestamp,
    pub(super) lowest: i32,
    pub(super) highest: i32,
    raw_bytes: u32,
    checksum: u32,
}

/// A pack that was opened.
#[derive(Debug)]
pub(super) struct Pack {
    raw: Vec<u8>,
    first: Timestamp,
}

/// Packs of entries in the order of time: each with the time of its first entry.
pub(super) fn packs(entries: &[Entry], times: &[Timestamp]) -> Vec<(Timestamp, Vec<u8>)> {
    let mut packs = Vec::new();
    let mut begun = 0;
    let mut bytes = 0;
    for (position, (entry, at)) in entries.iter().zip(times).enumerate() {
        let first = times.get(begun).copied().unwrap_or(*at);
        let size = entry.data.len() + entry.message.len() + 64;
        let is_other = at.0.div_euclid(HOUR_MILLISECONDS) != first.0.div_euclid(HOUR_MILLISECONDS)
            || at.0 - first.0 > REQUEST_LOG_PACK_MILLISECONDS_MAX
            || bytes + size > REQUEST_LOG_PACK_BYTES
            || (position - begun) as u64 >= PLACES;
        if is_other && position > begun {
            pack(
                part(entries, begun, position),
                part(times, begun, position),
                &mut packs,
            );
            (begun, bytes) = (position, 0);
        }
        bytes += size;
    }
    let end = entries.len();
    pack(
        part(entries, begun, end),
        part(times, begun, end),
        &mut packs,
    );
    packs
}

fn part<T>(all: &[T], begin: usize, end: usize) -> &[T] {
    all.get(begin..end).unwrap_or_default()
}

/// Packs entries, in two packs where one would be too large for a value of the store.
fn pack(entries: &[Entry], times: &[Timestamp], packs: &mut Vec<(Timestamp, Vec<u8>)>) {
    let (Some(first), Some(last)) = (times.first(), times.last()) else {
        return;
    };
    let raw = raw(entries);
    let deflated = deflated(&raw);
    if deflated.len() + HEADER_BYTES > CHUNK_BYTES_MAX && entries.len() > 1 {
        let middle = entries.len() / 2;
        pack(part(entries, 0, middle), part(times, 0, middle), packs);
        let end = entries.len();
        pack(part(entries, middle, end), part(times, middle, end), packs);
        return;
    }
    let levels = || entries.iter().map(|entry| entry.level);
    let header = Header {
        entries: u32::try_from(entries.len()).unwrap_or(u32::MAX),
        first: *first,
        last: *last,
        lowest: levels().min().unwrap_or_default(),
        highest: levels().max().unwrap_or_default(),
        raw_bytes: u32::try_from(raw.len()).unwrap_or(u32::MAX),
        checksum: crc32fast::hash(&deflated),
    };
    let mut bytes = header.encode();
    bytes.extend_from_slice(&deflated);
    packs.push((*first, bytes));
}

fn raw(entries: &[Entry]) -> Vec<u8> {
    let mut raw = Vec::new();
    for entry in entries {
        raw.extend_from_slice(&entry.level.to_le_bytes());
        for text in [&entry.id, &entry.created, &entry.message, &entry.data] {
            let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
            raw.extend_from_slice(&length.to_le_bytes());
            raw.extend_from_slice(text.as_bytes());
        }
    }
    raw
}

fn deflated(raw: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    // Writing to memory does not fail; a pack that were cut short would not pass its checksum.
    let _ = encoder.write_all(raw);
    encoder.finish().unwrap_or_default()
}

impl Header {
    fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend_from_slice(&self.entries.to_le_bytes());
        bytes.extend_from_slice(&self.first.0.to_le_bytes());
        bytes.extend_from_slice(&self.last.0.to_le_bytes());
        bytes.extend_from_slice(&self.lowest.to_le_bytes());
        bytes.extend_from_slice(&self.highest.to_le_bytes());
        bytes.extend_from_slice(&self.raw_bytes.to_le_bytes());
        bytes.extend_from_slice(&self.checksum.to_le_bytes());
        bytes
    }

    /// Reads the header of a pack.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, String> {
        let mut reader = Reader(bytes);
        let version = reader.take::<1>()?;
        if version != [VERSION] {
            let [found] = version;
            return Err(format!(
                "the pack has version {found}, this program reads {VERSION}"
            ));
        }
        Ok(Self {
            entries: u32::from_le_bytes(reader.take()?),
            first: Timestamp(i64::from_le_bytes(reader.take()?)),
            last: Timestamp(i64::from_le_bytes(reader.take()?)),
            lowest: i32::from_le_bytes(reader.take()?),
            highest: i32::from_le_bytes(reader.take()?),
            raw_bytes: u32::from_le_bytes(reader.take()?),
            checksum: u32::from_le_bytes(reader.take()?),
        })
    }
}

impl Pack {
    /// Opens a pack.
    pub(super) fn open(bytes: &[u8]) -> Result<Self, String> {
        let header = Header::decode(bytes)?;
        let deflated = bytes.get(HEADER_BYTES..).unwrap_or_default();
        if crc32fast::hash(deflated) != header.checksum {
            return Err("the checksum of the pack does not match its content".to_owned());
        }
        let mut raw = Vec::with_capacity(header.raw_bytes as usize);
        DeflateDecoder::new(deflated)
            .take(u64::from(header.raw_bytes))
            .read_to_end(&mut raw)
            .map_err(|error| error.to_string())?;
        let pack = Self {
            raw,
            first: header.first,
        };
        // Every entry is opened once here, so that none is missing silently afterwards.
        let readable = pack.entries().count();
        if readable as u64 != u64::from(header.entries) {
            return Err(format!(
                "{readable} of {} entries can be read",
                header.entries
            ));
        }
        Ok(pack)
    }

    /// The entries in the order of time.
    pub(super) fn entries(&self) -> impl Iterator<Item = EntryRef<'_>> {
        let mut reader = Reader(&self.raw);
        let mut place = u64::try_from(self.first.0)
            .unwrap_or(0)
            .saturating_mul(PLACES);
        std::iter::from_fn(move || {
            let entry = reader.entry(place)?;
            place = place.saturating_add(1);
            Some(entry)
        })
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let (taken, rest) = self
            .0
            .split_first_chunk::<N>()
            .ok_or("the pack is cut short")?;
        self.0 = rest;
        Ok(*taken)
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = u32::from_le_bytes(self.take().ok()?) as usize;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }

    fn entry(&mut self, place: u64) -> Option<EntryRef<'a>> {
        let level = i32::from_le_bytes(self.take().ok()?);
        Some(EntryRef {
            level,
            id: self.text()?,
            created: self.text()?,
            message: self.text()?,
            data: self.text()?,
            place,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: usize, data: &str) -> Entry {
        Entry {
            id: format!("{number:015}"),
            created: "2026-11-29 09:30:00.000Z".to_owned(),
            data: format!("{{\"n\":{number},\"text\":\"{data}\"}}"),
            message: format!("GET /{number}"),
            level: i32::try_from(number % 2 * 8).unwrap(),
            place: 0,
        }
    }

    fn ids(packs: &[(Timestamp, Vec<u8>)]) -> Vec<String> {
        packs
            .iter()
            .flat_map(|(_, bytes)| {
                let pack = Pack::open(bytes).unwrap();
                pack.entries()
                    .map(|entry| entry.id.to_owned())
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    #[test]
    fn packs_end_with_the_hour_and_after_some_seconds() {
        let times: Vec<_> = [0, 10, 5_010, 5_011, 9_000, 3_599_999, 3_600_000, 3_600_001]
            .map(Timestamp)
            .into();
        let entries: Vec<_> = (0..times.len()).map(|number| entry(number, "x")).collect();
        let packs = packs(&entries, &times);
        let counts: Vec<_> = packs
            .iter()
            .map(|(first, bytes)| (first.0, Header::decode(bytes).unwrap().entries))
            .collect();
        assert_eq!(counts, [(0, 2), (5_010, 3), (3_599_999, 1), (3_600_000, 2)]);
        let all: Vec<_> = entries.iter().map(|entry| entry.id.clone()).collect();
        assert_eq!(ids(&packs), all);
        let header = Header::decode(&packs[1].1).unwrap();
        assert_eq!((header.lowest, header.highest), (0, 8));
        assert_eq!((header.first.0, header.last.0), (5_010, 9_000));
    }

    #[test]
    fn no_pack_is_larger_than_a_value_of_the_store() {
        // What cannot be compressed: the worst that a client can send.
        let mut state = 1_u64;
        let mut noise = || {
            let letters = (0..15_000).map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                char::from(u8::try_from(33 + (state >> 33) % 90).unwrap())
            });
            letters
                .filter(|letter| !"\"\\".contains(*letter))
                .collect::<String>()
        };
        let entries: Vec<_> = (0..60).map(|number| entry(number, &noise())).collect();
        let times = vec![Timestamp(7); entries.len()];
        let packs = packs(&entries, &times);
        assert!(packs.len() > 5, "{}", packs.len());
        assert!(
            packs
                .iter()
                .all(|(_, bytes)| bytes.len() <= CHUNK_BYTES_MAX)
        );
        let all: Vec<_> = entries.iter().map(|entry| entry.id.clone()).collect();
        assert_eq!(ids(&packs), all);
    }

    #[test]
    fn a_damaged_pack_is_an_error_and_never_a_panic() {
        let entries = [entry(1, "a"), entry(2, "b")];
        let (_, bytes) = packs(&entries, &[Timestamp(1), Timestamp(2)])
            .pop()
            .unwrap();
        for place in 0..bytes.len() {
            assert!(Pack::open(&bytes[..place]).is_err(), "cut at {place}");
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            if place == 0 || place >= HEADER_BYTES - 4 {
                assert!(Pack::open(&changed).is_err(), "byte {place}");
            } else {
                // The header is only a hint; the entries themselves are checked.
                drop(Pack::open(&changed));
            }
        }
    }
}
