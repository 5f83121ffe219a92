//! Archives that are put together by hand: entry by entry, or a good one with other bytes.

use std::io::{Cursor, Read, Write};

use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::*;
use crate::backup::stream::hexadecimal;

/// One entry of an archive that is put together by hand.
#[derive(Clone)]
pub(super) struct Item {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    pub(super) method: CompressionMethod,
    pub(super) link: bool,
}

impl Item {
    pub(super) fn new(name: &str, bytes: &[u8]) -> Self {
        Self {
            name: name.to_owned(),
            bytes: bytes.to_vec(),
            method: CompressionMethod::Stored,
            link: false,
        }
    }
}

/// The parts of a good archive, without its manifest.
pub(super) struct Good {
    pub(super) items: Vec<Item>,
    pub(super) manifest: Json,
    pub(super) whole: Vec<u8>,
}

impl Good {
    pub(super) fn of(path: &Path) -> Self {
        let whole = fs::read(path).unwrap();
        let mut zip = ZipArchive::new(Cursor::new(whole.clone())).unwrap();
        let mut items = Vec::new();
        for number in 0..zip.len() {
            let mut entry = zip.by_index(number).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            let mut item = Item::new(&entry.name().unwrap(), &bytes);
            item.method = entry.compression();
            items.push(item);
        }
        let manifest = items.pop().unwrap();
        assert_eq!(manifest.name, "manifest.json");
        let manifest = serde_json::from_slice(&manifest.bytes).unwrap();
        Self {
            items,
            manifest,
            whole,
        }
    }

    /// The archive of these items with a manifest that lists them rightly, changed by `change`.
    pub(super) fn with(&self, items: &[Item], change: impl FnOnce(&mut Json)) -> Vec<u8> {
        let mut manifest = self.manifest.clone();
        let listed = items.iter().map(|item| {
            json!({"name": item.name, "size": item.bytes.len(),
                "sha256": hexadecimal(&Sha256::digest(&item.bytes))})
        });
        manifest["entries"] = listed.collect();
        change(&mut manifest);
        let mut items = items.to_vec();
        items.push(Item::new("manifest.json", manifest.to_string().as_bytes()));
        packed(&items)
    }

    pub(super) fn plus(&self, item: Item) -> Vec<u8> {
        let mut items = self.items.clone();
        items.push(item);
        self.with(&items, |_| {})
    }

    pub(super) fn without_files(&self) -> Vec<Item> {
        self.items.iter().take(1).cloned().collect()
    }

    /// With a manifest that is small only as long as it is packed.
    pub(super) fn large_manifest(&self) -> Vec<u8> {
        let mut items = self.items.clone();
        let text = format!("{}{}", self.manifest, " ".repeat(4 << 20));
        let mut manifest = Item::new("manifest.json", text.as_bytes());
        manifest.method = CompressionMethod::Deflated;
        items.push(manifest);
        packed(&items)
    }

    pub(super) fn changed(&self, change: impl FnOnce(&mut Json)) -> Vec<u8> {
        self.with(&self.items, change)
    }
}

pub(super) fn packed(items: &[Item]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for item in items {
        let options = SimpleFileOptions::default().compression_method(item.method);
        if item.link {
            let target = String::from_utf8(item.bytes.clone()).unwrap();
            zip.add_symlink(&item.name, target, options).unwrap();
        } else if item.name.ends_with('/') {
            zip.add_directory(&item.name, options).unwrap();
        } else {
            zip.start_file(&item.name, options).unwrap();
            zip.write_all(&item.bytes).unwrap();
        }
    }
    zip.finish().unwrap().into_inner()
}

/// Replaces every occurrence of some bytes by others of the same length.
pub(super) fn patched(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut patched = bytes.to_vec();
    let mut found = 0;
    for start in 0..=bytes.len() - from.len() {
        if &bytes[start..start + from.len()] == from {
            patched[start..start + to.len()].copy_from_slice(to);
            found += 1;
        }
    }
    assert!(found > 0, "nothing to patch");
    patched
}

/// Changes the headers in the central directory, each given from its signature on.
pub(super) fn directory(bytes: &[u8], mut change: impl FnMut(usize, &mut [u8])) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    let starts: Vec<usize> = (0..bytes.len() - 46)
        .filter(|start| bytes[*start..].starts_with(b"PK\x01\x02"))
        .collect();
    assert!(!starts.is_empty());
    for (number, start) in starts.into_iter().enumerate() {
        change(number, &mut changed[start..start + 46]);
    }
    changed
}

/// Changes the end of the archive.
pub(super) fn end(bytes: &[u8], change: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    let start = changed.len() - 22;
    change(&mut changed[start..]);
    changed
}

/// The content of one entry.
pub(super) fn unpacked(bytes: &[u8], number: usize) -> std::io::Result<Vec<u8>> {
    let mut zip = ZipArchive::new(Cursor::new(bytes))?;
    let mut content = Vec::new();
    zip.by_index(number)?.read_to_end(&mut content)?;
    Ok(content)
}

/// The archive with an end for very many entries before its own.
pub(super) fn wide(bytes: &[u8]) -> Vec<u8> {
    let (head, end) = bytes.split_at(bytes.len() - 22);
    let mut wide = head.to_vec();
    let mut directory = [0; 56];
    directory[..4].copy_from_slice(b"PK\x06\x06");
    directory[24..32].copy_from_slice(&10_000_000_u64.to_le_bytes());
    directory[32..40].copy_from_slice(&10_000_000_u64.to_le_bytes());
    wide.extend(directory);
    wide.extend(b"PK\x06\x07\0\0\0\0");
    wide.extend((head.len() as u64).to_le_bytes());
    wide.extend([1, 0, 0, 0]);
    wide.extend(end);
    let end = wide.len() - 22;
    wide[end + 8..end + 12].fill(0xff);
    wide
}
