//! Writes an archive.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};
use std::sync::Arc;

use luge_model::limits::BACKUP_COPY_BYTES;
use luge_model::timestamp::Timestamp;
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::{ARCHIVE_VERSION, DUMP, MANIFEST, Manifest, ManifestEntry, PRODUCT, entry_name};
use crate::backup::dump::{Dumped, Made, dump};
use crate::backup::ledger::Counted;
use crate::backup::stream::hexadecimal;
use crate::backup::{failed, unusable};
use crate::error::{Error, Result};
use crate::files::Files;
use crate::store::Frozen;

/// deflate's fastest: databases shrink to about a quarter, at the speed of a disk.
const LEVEL: i64 = 1;

/// Who looks on while an archive is written.
#[derive(Clone, Copy)]
pub(in crate::backup) struct Watch<'a> {
    /// Says when to leave off.
    pub(in crate::backup) stopping: &'a dyn Fn() -> bool,
    /// Counts what was copied.
    pub(in crate::backup) counted: &'a Counted,
}

/// Writes everything at one moment into a file. Files must be held back from removal since before
/// that moment; they have about so many bytes.
pub(in crate::backup) fn write(
    file: File,
    frozen: Box<dyn Frozen>,
    (files, file_bytes): (&Arc<Files>, u64),
    made: Made<'_>,
    watch: Watch<'_>,
) -> Result<Manifest> {
    let mut archive = Writing {
        zip: ZipWriter::new(BufWriter::new(file)).set_auto_large_file(),
        entries: Vec::new(),
        watch,
    };
    let dumped = archive.dump(&*frozen, made)?;
    drop(frozen);
    watch.counted.expect_more(file_bytes);
    let named: BTreeSet<_> = dumped.contents.files.iter().collect();
    let mut missing_files = Vec::new();
    let carried = files.are_beside();
    for path in named.into_iter().filter(|_| carried) {
        let name = entry_name(path);
        match files.read(path)? {
            Some(blob) => archive.copy(&name, files, &*blob)?,
            None => missing_files.push(name),
        }
    }
    let manifest = archive.manifest(&dumped, carried, missing_files);
    archive.finish(&manifest)?;
    Ok(manifest)
}

struct Writing<'a, W: Write + Seek> {
    zip: ZipWriter<W>,
    entries: Vec<ManifestEntry>,
    watch: Watch<'a>,
}

impl Writing<'_, BufWriter<File>> {
    fn dump(&mut self, frozen: &dyn Frozen, made: Made<'_>) -> Result<Dumped> {
        self.begin(DUMP, CompressionMethod::Deflated)?;
        let mut out = Hashing {
            out: &mut self.zip,
            hash: Sha256::new(),
            size: 0,
            watch: self.watch,
        };
        let dumped = dump(frozen, made, &mut out)?;
        let entry = out.entry(DUMP);
        self.entries.push(entry);
        Ok(dumped)
    }

    fn copy(&mut self, name: &str, files: &Files, blob: &dyn crate::files::Blob) -> Result<()> {
        self.begin(name, CompressionMethod::Stored)?;
        let mut out = Hashing {
            out: &mut self.zip,
            hash: Sha256::new(),
            size: 0,
            watch: self.watch,
        };
        while out.size < blob.length() {
            let bytes = files.part(blob, out.size, BACKUP_COPY_BYTES)?;
            if bytes.is_empty() {
                return Err(unusable(format!("{name} became shorter while it was read")));
            }
            out.write_all(&bytes).map_err(|error| writing(&error))?;
        }
        let entry = out.entry(name);
        self.entries.push(entry);
        Ok(())
    }

    fn manifest(
        &mut self,
        dumped: &Dumped,
        carries_files: bool,
        missing_files: Vec<String>,
    ) -> Manifest {
        let entries = std::mem::take(&mut self.entries);
        Manifest {
            product: PRODUCT.to_owned(),
            format: ARCHIVE_VERSION,
            version: dumped.header.product.clone(),
            store: dumped.header.store.clone(),
            sequence: dumped.header.sequence,
            created: Timestamp(dumped.header.time).to_string(),
            collections: dumped.contents.counts(),
            records: dumped.records(),
            // The dump is the one that is none.
            files: (entries.len() as u64).saturating_sub(1),
            bytes: entries.iter().map(|entry| entry.size).sum(),
            carries_files,
            missing_files,
            entries,
        }
    }

    /// Makes the archive complete and durable.
    fn finish(mut self, manifest: &Manifest) -> Result<()> {
        self.begin(MANIFEST, CompressionMethod::Stored)?;
        let failed = |error: io::Error| writing(&error);
        let text = serde_json::to_vec_pretty(manifest).map_err(io::Error::other);
        self.zip.write_all(&text.map_err(failed)?).map_err(failed)?;
        let buffered = self.zip.finish().map_err(io::Error::from).map_err(failed)?;
        let file = buffered
            .into_inner()
            .map_err(|error| writing(error.error()))?;
        file.sync_all().map_err(failed)
    }

    /// Begins an entry. What is in an archive says by itself when it was made, so that equal data
    /// makes equal archives.
    fn begin(&mut self, name: &str, method: CompressionMethod) -> Result<()> {
        let level = (method == CompressionMethod::Deflated).then_some(LEVEL);
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .compression_level(level)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o600);
        let begun = self.zip.start_file(name, options);
        begun.map_err(|error| writing(&error.into()))
    }
}

/// Counts and hashes what passes through.
struct Hashing<'a, W> {
    out: &'a mut W,
    hash: Sha256,
    size: u64,
    watch: Watch<'a>,
}

impl<W> Hashing<'_, W> {
    fn entry(self, name: &str) -> ManifestEntry {
        ManifestEntry {
            name: name.to_owned(),
            size: self.size,
            sha256: hexadecimal(&self.hash.finalize()),
        }
    }
}

impl<W: Write> Write for Hashing<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if (self.watch.stopping)() {
            return Err(io::Error::other("the server is stopping"));
        }
        let written = self.out.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        self.size += written as u64;
        self.watch.counted.add(written);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn writing(error: &io::Error) -> Error {
    failed("write the backup", error)
}
