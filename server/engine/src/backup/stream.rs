//! The form of a dump: a stream of checked chunks with a beginning and an end.
//!
//! A dump is the keys and values of the database as `store/key.rs` defines them, which is the same
//! for every store. It is that rather than something higher because it is exact by itself: whatever
//! a later version keeps under a new key is in it, with ids, rowids, revisions and secrets as they
//! are. What follows from definitions and records (index entries, rowids, references, counters) is
//! left out and made anew, which also mends it; so are the parts into which a store cuts large
//! values.
//!
//! - `LUGEDUMP`, then chunks: kind (1 byte), length of the content (4, little endian), CRC-32 of
//!   kind and content (4), content.
//! - The first chunk is the [`Header`] in JSON, the last one the [`Trailer`]: a dump that was cut
//!   short has none. The trailer holds a SHA-256 of everything before it, so chunks that were
//!   dropped, repeated or moved are noticed too.
//! - Keys ascend through the whole dump, so a reader needs no memory of them.

use std::io::{self, Read, Write};

use luge_model::limits::{DUMP_CHUNK_BYTES, DUMP_CHUNK_BYTES_MAX};
use luge_model::timestamp::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::dump::VisitEntry;
use super::{unreadable, unusable, version};
use crate::error::Result;
use crate::store::codec::{self, put_bytes};
use crate::store::embedded::FORMAT;
use crate::store::{Key, Sequence};

/// The version of this form.
pub const DUMP_VERSION: u32 = 1;

const MAGIC: &[u8; 8] = b"LUGEDUMP";
const HEADER: u8 = b'H';
const ENTRIES: u8 = b'E';
const TRAILER: u8 = b'T';

/// What a dump begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The version of the form of the dump.
    pub version: u32,
    /// The version of keys and values.
    pub format: u32,
    /// The version of the program that wrote it.
    pub product: String,
    /// What kept the data: `sled`, `fjall` or `memory`.
    pub store: String,
    /// Everything up to this commit is in it, and nothing of what came later.
    pub sequence: u64,
    /// When it was begun, in milliseconds since 1970.
    pub time: i64,
}

/// What a dump ends with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Trailer {
    /// How many entries there were.
    pub entries: u64,
    /// SHA-256 of every byte before this chunk, in hexadecimal.
    pub sha256: String,
}

impl Header {
    /// The header of a dump of this version.
    #[must_use]
    pub fn new(store: &str, sequence: Sequence, now: Timestamp) -> Self {
        Self {
            version: DUMP_VERSION,
            format: FORMAT,
            product: env!("CARGO_PKG_VERSION").to_owned(),
            store: store.to_owned(),
            sequence: sequence.0,
            time: now.0,
        }
    }

    fn check(&self) -> Result<()> {
        if self.version != DUMP_VERSION {
            return Err(version("dump", self.version, DUMP_VERSION));
        }
        if self.format != FORMAT {
            return Err(version("database", self.format, FORMAT));
        }
        Ok(())
    }
}

/// Writes a dump.
pub(super) struct Writer<'a> {
    out: &'a mut dyn Write,
    hash: Sha256,
    waiting: Vec<u8>,
    entries: u64,
}

impl<'a> Writer<'a> {
    pub(super) fn begin(out: &'a mut dyn Write, header: &Header) -> io::Result<Self> {
        let mut writer = Self {
            out,
            hash: Sha256::new(),
            waiting: Vec::new(),
            entries: 0,
        };
        writer.write(MAGIC)?;
        writer.chunk(HEADER, &serde_json::to_vec(header)?)?;
        Ok(writer)
    }

    /// Adds an entry; keys ascend.
    pub(super) fn entry(&mut self, key: &[u8], value: &[u8]) -> io::Result<()> {
        put_bytes(&mut self.waiting, key);
        put_bytes(&mut self.waiting, value);
        self.entries += 1;
        if self.waiting.len() < DUMP_CHUNK_BYTES {
            return Ok(());
        }
        self.flush()
    }

    /// Ends the dump.
    pub(super) fn end(mut self) -> io::Result<Trailer> {
        self.flush()?;
        let trailer = Trailer {
            entries: self.entries,
            sha256: hexadecimal(&self.hash.clone().finalize()),
        };
        self.chunk(TRAILER, &serde_json::to_vec(&trailer)?)?;
        self.out.flush()?;
        Ok(trailer)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let content = std::mem::take(&mut self.waiting);
        self.chunk(ENTRIES, &content)?;
        self.waiting = content;
        self.waiting.clear();
        Ok(())
    }

    fn chunk(&mut self, kind: u8, content: &[u8]) -> io::Result<()> {
        let length = u32::try_from(content.len())
            .ok()
            .filter(|length| u64::from(*length) <= DUMP_CHUNK_BYTES_MAX)
            .ok_or_else(|| io::Error::other("a value is too large for a dump"))?;
        self.write(&[kind])?;
        self.write(&length.to_le_bytes())?;
        self.write(&checksum(kind, content).to_le_bytes())?;
        self.write(content)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.out.write_all(bytes)
    }
}

/// Reads a dump.
pub(super) struct Reader<'a> {
    input: &'a mut dyn Read,
    hash: Sha256,
    header: Header,
    entries: u64,
    last: Key,
}

impl<'a> Reader<'a> {
    /// Reads the beginning.
    pub(super) fn begin(input: &'a mut dyn Read) -> Result<Self> {
        let mut hash = Sha256::new();
        let mut magic = [0; MAGIC.len()];
        read_exact(input, &mut magic)?;
        if &magic != MAGIC {
            return Err(unusable("this is no dump of a Luge database"));
        }
        hash.update(magic);
        let Chunk { kind, content } = Chunk::read(input, &mut hash)?;
        if kind != HEADER {
            return Err(unusable("the dump has no header"));
        }
        let header: Header = parsed(&content, "header")?;
        header.check()?;
        Ok(Self {
            input,
            hash,
            header,
            entries: 0,
            last: Key::new(),
        })
    }

    pub(super) fn header(&self) -> &Header {
        &self.header
    }

    /// Gives the entries of the next chunk to `visit`; `None` once the end was reached and was
    /// right.
    pub(super) fn next(&mut self, visit: &mut VisitEntry<'_>) -> Result<Option<()>> {
        let before = self.hash.clone();
        let Chunk { kind, content } = Chunk::read(self.input, &mut self.hash)?;
        match kind {
            ENTRIES => {
                let mut reader = codec::Reader::new(&content);
                while !reader.is_at_end() {
                    let entry = reader.bytes().zip(reader.bytes());
                    let (key, value) =
                        entry.ok_or_else(|| unusable("an entry of the dump is malformed"))?;
                    self.ascend(key)?;
                    visit(key, value)?;
                }
                Ok(Some(()))
            }
            TRAILER => {
                self.end(&parsed(&content, "end")?, &before.finalize())?;
                Ok(None)
            }
            _ => Err(unusable("the dump holds an unknown kind of chunk")),
        }
    }

    fn ascend(&mut self, key: &[u8]) -> Result<()> {
        if key <= self.last.as_slice() {
            return Err(unusable("the keys of the dump are not in order"));
        }
        self.last = key.to_vec();
        self.entries += 1;
        Ok(())
    }

    fn end(&mut self, trailer: &Trailer, hash: &[u8]) -> Result<()> {
        if trailer.entries != self.entries || trailer.sha256 != hexadecimal(hash) {
            return Err(unusable("the dump does not end as it should"));
        }
        let mut more = [0];
        match self.input.read(&mut more) {
            Ok(0) => Ok(()),
            Ok(_) => Err(unusable("there is something behind the end of the dump")),
            Err(error) => Err(unreadable(&error)),
        }
    }
}

struct Chunk {
    kind: u8,
    content: Vec<u8>,
}

impl Chunk {
    fn read(input: &mut dyn Read, hash: &mut Sha256) -> Result<Self> {
        let mut head = [0; 9];
        read_exact(input, &mut head)?;
        hash.update(head);
        let [kind, length @ .., a, b, c, d] = head;
        let length = u64::from(u32::from_le_bytes(length));
        if length > DUMP_CHUNK_BYTES_MAX {
            return Err(unusable("a chunk of the dump is too large"));
        }
        // Grows with what is really there, whatever the length says.
        let mut content = Vec::new();
        let read = input.take(length).read_to_end(&mut content);
        read.map_err(|error| unreadable(&error))?;
        if content.len() as u64 != length {
            return Err(unusable("the dump is cut short"));
        }
        if checksum(kind, &content) != u32::from_le_bytes([a, b, c, d]) {
            return Err(unusable("a checksum of the dump does not match"));
        }
        hash.update(&content);
        Ok(Self { kind, content })
    }
}

/// Bytes in hexadecimal digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read_exact(input: &mut dyn Read, bytes: &mut [u8]) -> Result<()> {
    match input.read_exact(bytes) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            Err(unusable("the dump is cut short"))
        }
        read => read.map_err(|error| unreadable(&error)),
    }
}

fn parsed<T: DeserializeOwned>(content: &[u8], part: &str) -> Result<T> {
    serde_json::from_slice(content)
        .map_err(|error| unusable(format!("the {part} of the dump is malformed: {error}")))
}

fn checksum(kind: u8, content: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&[kind]);
    hasher.update(content);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dump(entries: &[(&[u8], &[u8])]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let header = Header::new("memory", Sequence(7), Timestamp(1));
        let mut writer = Writer::begin(&mut bytes, &header).unwrap();
        for (key, value) in entries {
            writer.entry(key, value).unwrap();
        }
        writer.end().unwrap();
        bytes
    }

    fn read(mut bytes: &[u8]) -> Result<Vec<(Key, Vec<u8>)>> {
        let mut found = Vec::new();
        let mut reader = Reader::begin(&mut bytes)?;
        while reader
            .next(&mut |key, value| {
                found.push((key.to_vec(), value.to_vec()));
                Ok(())
            })?
            .is_some()
        {}
        Ok(found)
    }

    #[test]
    fn what_was_written_is_read_across_chunks() {
        let large = vec![7; DUMP_CHUNK_BYTES * 2];
        let entries: [(&[u8], &[u8]); 4] =
            [(b"a", b""), (b"b", &large), (b"c", &large), (b"d", b"x")];
        let found = read(&dump(&entries)).unwrap();
        assert!(
            found
                .iter()
                .map(|(key, value)| (&key[..], &value[..]))
                .eq(entries)
        );
        assert_eq!(read(&dump(&[])).unwrap(), []);
    }

    #[test]
    fn every_cut_and_every_changed_byte_is_noticed() {
        let whole = dump(&[(b"a", b"1"), (b"b", b"22")]);
        for place in 0..whole.len() {
            assert!(read(&whole[..place]).is_err(), "cut at {place}");
            let mut changed = whole.clone();
            changed[place] ^= 0x20;
            assert!(read(&changed).is_err(), "byte {place}");
        }
        let mut longer = whole;
        longer.push(0);
        assert!(read(&longer).is_err());
    }

    /// A dump of chunks that are right one by one.
    fn crafted(header: &Header, chunks: &[(u8, &[u8])]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut writer = Writer::begin(&mut bytes, header).unwrap();
        for (kind, content) in chunks {
            writer.chunk(*kind, content).unwrap();
        }
        writer.end().unwrap();
        bytes
    }

    #[test]
    fn crafted_dumps_are_refused() {
        let header = Header::new("sled", Sequence(1), Timestamp(1));
        let mut one = Vec::new();
        put_bytes(&mut one, b"k");
        put_bytes(&mut one, b"v");
        let twice = [one.clone(), one.clone()].concat();
        let reason = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
        type Chunks<'a> = &'a [(u8, &'a [u8])];
        let table: [(&str, Chunks<'_>); 4] = [
            ("not in order", &[(ENTRIES, &twice)]),
            ("malformed", &[(ENTRIES, &one[..3])]),
            ("unknown kind", &[(b'?', b"")]),
            // The number of entries is another than the end says.
            ("does not end", &[(ENTRIES, &one)]),
        ];
        for (expected, chunks) in table {
            let found = reason(&crafted(&header, chunks));
            assert!(found.contains(expected), "{expected}: {found}");
        }
        let newer = Header {
            version: DUMP_VERSION + 1,
            ..header.clone()
        };
        assert!(reason(&crafted(&newer, &[])).contains("version 2"));
        let newer = Header {
            format: FORMAT + 1,
            ..header
        };
        assert!(reason(&crafted(&newer, &[])).contains("version 2"));
        assert!(reason(b"something else").contains("no dump"));
    }
}
