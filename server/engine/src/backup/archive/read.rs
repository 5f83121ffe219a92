//! Reads an archive that may have been made by anybody.
//!
//! - Before anything is unpacked: the number of entries, their names, kinds, sizes and places are
//!   judged, and must be exactly what the manifest says. A name is one of two known ones or a file
//!   of a record; no name leads out, and no two are the same place.
//! - While something is unpacked: no entry gives more bytes than it said, and every checksum is
//!   compared at its end, as is everything that the dump checks by itself.
//! - What the records name and what is in the archive must be the same.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;

use luge_model::limits::{BACKUP_ENTRIES_MAX, BACKUP_MANIFEST_BYTES_MAX, BACKUP_RATIO_MAX};
use sha2::{Digest, Sha256};
use zip::{CompressionMethod, ZipArchive};

use super::{
    ARCHIVE_VERSION, DUMP, MANIFEST, Manifest, ManifestEntry, PRODUCT, entry_name, entry_path,
};
use crate::backup::dump::Dumped;
use crate::backup::ledger::Counted;
use crate::backup::stream::hexadecimal;
use crate::backup::{unreadable, unusable, version};
use crate::error::Result;
use crate::files::{Blob, BlobPath};

/// The end of an archive: its signature, and the length of what is fixed.
const END: &[u8; 4] = b"PK\x05\x06";
const END_BYTES: u64 = 22;
const WIDE_END_LOCATOR: &[u8; 4] = b"PK\x06\x07";
const WIDE_END_LOCATOR_BYTES: u64 = 20;
/// The kind of a file in the mode that an entry carries, and that of an ordinary one.
const MODE_KIND: u32 = 0o170_000;
const MODE_ORDINARY: u32 = 0o100_000;

/// An archive whose directory was found to be in order.
pub(in crate::backup) struct Archive {
    zip: ZipArchive<BufReader<Input>>,
    manifest: Manifest,
}

impl Archive {
    /// Opens an archive and judges everything but the content of its entries.
    pub(in crate::backup) fn open(blob: Arc<dyn Blob>) -> Result<Self> {
        let mut input = Input { blob, position: 0 };
        check_end(&mut input)?;
        // A small buffer: the header of every entry is read by itself, which empties it.
        let mut zip = ZipArchive::new(BufReader::new(input))
            .map_err(|error| unusable(format!("this is no zip archive: {error}")))?;
        let sizes = check_directory(&mut zip)?;
        let manifest = read_manifest(&mut zip)?;
        check_manifest(&manifest, &sizes)?;
        Ok(Self { zip, manifest })
    }

    pub(in crate::backup) fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Unpacks everything: the dump goes to `dump`, then each file to `file`. What they made of it
    /// is right only once this returns. What was unpacked is counted.
    pub(in crate::backup) fn unpack(
        mut self,
        dump: impl FnOnce(&mut dyn Read) -> Result<Dumped>,
        file: &mut dyn FnMut(&BlobPath, &mut dyn Read) -> Result<()>,
        counted: &Counted,
    ) -> Result<Dumped> {
        let entries = std::mem::take(&mut self.manifest.entries);
        let (dumps, files): (Vec<_>, Vec<_>) =
            entries.into_iter().partition(|entry| entry.name == DUMP);
        let [entry] = dumps.as_slice() else {
            return Err(unusable("there is no dump in the archive"));
        };
        let dumped = self.entry(entry, counted, dump)?;
        self.check_dump(&dumped, &files)?;
        for entry in &files {
            let path = entry_path(&entry.name)
                .ok_or_else(|| unusable(format!("{:?} is no file of a record", entry.name)))?;
            self.entry(entry, counted, |content| file(&path, content))?;
        }
        Ok(dumped)
    }

    fn entry<T>(
        &mut self,
        entry: &ManifestEntry,
        counted: &Counted,
        read: impl FnOnce(&mut dyn Read) -> Result<T>,
    ) -> Result<T> {
        let input = self
            .zip
            .by_name(&entry.name)
            .map_err(|error| malformed(&error))?;
        let mut content = Checked {
            // One byte more than there may be, so that more is noticed.
            input: input.take(entry.size.saturating_add(1)),
            hash: Sha256::new(),
            size: 0,
            counted,
        };
        let made = read(&mut content)?;
        if content.size != entry.size || hexadecimal(&content.hash.finalize()) != entry.sha256 {
            let name = &entry.name;
            return Err(unusable(format!("{name} is not what the manifest says")));
        }
        Ok(made)
    }

    /// The manifest, the dump and the files must tell the same.
    fn check_dump(&self, dumped: &Dumped, files: &[ManifestEntry]) -> Result<()> {
        let manifest = &self.manifest;
        let header = &dumped.header;
        if header.sequence != manifest.sequence
            || dumped.records() != manifest.records
            || dumped.contents.counts() != manifest.collections
        {
            return Err(unusable("the manifest and the dump tell different things"));
        }
        let named = dumped
            .contents
            .files
            .iter()
            .filter(|_| manifest.carries_files);
        let named: BTreeSet<String> = named.map(entry_name).collect();
        let listed = files.iter().map(|entry| &entry.name);
        let there: BTreeSet<&String> = listed.chain(&manifest.missing_files).collect();
        if let Some(name) = named.iter().find(|name| !there.contains(name)) {
            return Err(unusable(format!("{name} is named by a record and missing")));
        }
        match there.into_iter().find(|name| !named.contains(*name)) {
            Some(name) => Err(unusable(format!("{name:?} is named by no record"))),
            None => Ok(()),
        }
    }
}

/// Judges how the file ends, before anything is made of what the end says.
fn check_end(input: &mut Input) -> Result<()> {
    let length = input.blob.length();
    let end = input.tail(length, END_BYTES)?;
    // A comment would come last.
    if !end.starts_with(END) || end.get(20..22) != Some(&[0, 0]) {
        return Err(unusable("this is no zip archive, or it is cut short"));
    }
    let entries = match end.get(10..12) {
        Some(&[0xff, 0xff]) => wide_entries(input, length)?,
        Some(&[low, high]) => u64::from(u16::from_le_bytes([low, high])),
        _ => return Err(unusable("this is no zip archive")),
    };
    if entries > BACKUP_ENTRIES_MAX as u64 {
        return Err(unusable(format!(
            "the archive has {entries} entries, which is too many"
        )));
    }
    Ok(())
}

/// The number of entries of an archive with very many.
fn wide_entries(input: &mut Input, length: u64) -> Result<u64> {
    let before = length.saturating_sub(END_BYTES);
    let locator = input.tail(before, WIDE_END_LOCATOR_BYTES)?;
    let offset = locator
        .get(8..16)
        .filter(|_| locator.starts_with(WIDE_END_LOCATOR));
    // Where there is none, it is an ordinary end of exactly so many entries.
    let Some(offset) = offset.and_then(|bytes| <[u8; 8]>::try_from(bytes).ok()) else {
        return Ok(u64::from(u16::MAX));
    };
    let end = input.at(u64::from_le_bytes(offset), 40)?;
    let entries = end
        .get(32..40)
        .and_then(|bytes| <[u8; 8]>::try_from(bytes).ok());
    entries
        .map(u64::from_le_bytes)
        .ok_or_else(|| unusable("the end of the archive is malformed"))
}

/// Judges names, kinds, places and sizes; the sizes by name.
fn check_directory(zip: &mut ZipArchive<BufReader<Input>>) -> Result<BTreeMap<String, u64>> {
    if zip.has_duplicate_names() {
        return Err(unusable("two entries of the archive have the same name"));
    }
    if zip
        .has_overlapping_entries()
        .map_err(|error| malformed(&error))?
    {
        return Err(unusable("two entries of the archive overlap"));
    }
    let mut sizes = BTreeMap::new();
    let mut folded = BTreeSet::new();
    for number in 0..zip.len() {
        let entry = zip
            .by_index_raw(number)
            .map_err(|error| malformed(&error))?;
        let name = String::from_utf8(entry.name_raw().to_vec())
            .map_err(|_| unusable("the name of an entry is not text in UTF-8"))?;
        if name != DUMP && name != MANIFEST && entry_path(&name).is_none() {
            return Err(unusable(format!("{name:?} does not belong into a backup")));
        }
        if entry.encrypted() {
            return Err(unusable(format!("{name} is encrypted")));
        }
        let kind = entry.unix_mode().map_or(0, |mode| mode & MODE_KIND);
        if !entry.is_file() || (kind != 0 && kind != MODE_ORDINARY) {
            return Err(unusable(format!("{name} is no ordinary file")));
        }
        let (size, packed) = (entry.size(), entry.compressed_size());
        let fits = match entry.compression() {
            CompressionMethod::Stored => size == packed,
            CompressionMethod::Deflated => {
                name == DUMP && size <= packed.saturating_mul(BACKUP_RATIO_MAX)
            }
            _ => false,
        };
        if !fits {
            let reason = format!("{name} is packed in a way that a backup does not use");
            return Err(unusable(reason));
        }
        if !folded.insert(name.to_lowercase()) {
            return Err(unusable(format!(
                "{name} and another entry differ only in case"
            )));
        }
        sizes.insert(name, size);
    }
    zip.validate_header_consistency()
        .map_err(|error| malformed(&error))?;
    Ok(sizes)
}

fn read_manifest(zip: &mut ZipArchive<BufReader<Input>>) -> Result<Manifest> {
    let entry = zip.by_name(MANIFEST).map_err(|_| {
        unusable("the archive has no manifest.json: it is no backup of Luge, or not a whole one")
    })?;
    if entry.size() > BACKUP_MANIFEST_BYTES_MAX {
        return Err(unusable("manifest.json is too large"));
    }
    let mut text = Vec::new();
    let read = entry.take(BACKUP_MANIFEST_BYTES_MAX).read_to_end(&mut text);
    read.map_err(|error| unreadable(&error))?;
    let about: About = serde_json::from_slice(&text)
        .map_err(|error| unusable(format!("manifest.json is malformed: {error}")))?;
    if about.product != PRODUCT {
        return Err(unusable(format!("this is a backup of {:?}", about.product)));
    }
    if about.format != ARCHIVE_VERSION {
        return Err(version("backup", about.format, ARCHIVE_VERSION));
    }
    serde_json::from_slice(&text)
        .map_err(|error| unusable(format!("manifest.json is malformed: {error}")))
}

/// What of a manifest can be read whatever its version.
#[derive(serde::Deserialize)]
struct About {
    product: String,
    format: u32,
}

/// The manifest lists exactly what is there.
fn check_manifest(manifest: &Manifest, sizes: &BTreeMap<String, u64>) -> Result<()> {
    let mut left = sizes.clone();
    left.remove(MANIFEST);
    for entry in &manifest.entries {
        let name = &entry.name;
        match left.remove(name) {
            Some(size) if size == entry.size => {}
            Some(_) => return Err(unusable(format!("{name} has another size than it should"))),
            None => {
                return Err(unusable(format!(
                    "{name} is listed and not there, or twice"
                )));
            }
        }
    }
    match left.keys().next() {
        Some(name) => Err(unusable(format!("{name} is not listed in manifest.json"))),
        None => Ok(()),
    }
}

fn malformed(error: &zip::result::ZipError) -> crate::error::Error {
    unusable(format!("the archive is malformed: {error}"))
}

/// An archive as a file that can be read from any place.
pub(in crate::backup) struct Input {
    blob: Arc<dyn Blob>,
    position: u64,
}

impl Input {
    /// The last bytes before a place.
    fn tail(&mut self, end: u64, length: u64) -> Result<Vec<u8>> {
        match end.checked_sub(length) {
            Some(start) => self.at(start, usize::try_from(length).unwrap_or_default()),
            None => Ok(Vec::new()),
        }
    }

    fn at(&mut self, start: u64, length: usize) -> Result<Vec<u8>> {
        let read = self.blob.read(start, length);
        read.map_err(|error| unreadable(&error))
    }
}

impl Read for Input {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.blob.read(self.position, bytes.len())?;
        if let Some(filled) = bytes.get_mut(..read.len()) {
            filled.copy_from_slice(&read);
        }
        self.position += read.len() as u64;
        Ok(read.len())
    }
}

impl Seek for Input {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (base, by) = match to {
            SeekFrom::Start(place) => (place, 0),
            SeekFrom::End(by) => (self.blob.length(), by),
            SeekFrom::Current(by) => (self.position, by),
        };
        let place = base.checked_add_signed(by);
        self.position = place.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

/// Counts and hashes what is read.
struct Checked<'a, R> {
    input: R,
    hash: Sha256,
    size: u64,
    counted: &'a Counted,
}

impl<R: Read> Read for Checked<'_, R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(bytes)?;
        self.hash.update(bytes.get(..read).unwrap_or_default());
        self.size += read as u64;
        self.counted.add(read);
        Ok(read)
    }
}
