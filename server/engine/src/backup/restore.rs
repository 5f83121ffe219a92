//! Makes a data folder anew from a backup, beside the one that is there.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use luge_model::limits::{
    BACKUP_LOAD_CACHE_BYTES, DISK_RESERVE_BYTES, RESTORE_SEQUENCES, STORE_GROWTH,
};
use luge_model::timestamp::Timestamp;

use super::archive::{Archive, Manifest};
use super::dump::{Log, Made, load, verify};
use super::ledger::Counted;
use super::swap::{self, Building};
use super::{failed, unreadable, unusable};
use crate::error::{Error, Result};
use crate::files::{Blob, BlobPath, disk_room, make_folders, open_file, sync};
use crate::secrets::Vault;
use crate::store::{self, Durability, Sequence, StoreKind, StoreOptions};

/// Where the new data goes.
#[derive(Clone, Debug)]
pub struct Target {
    /// The data folder.
    pub data: PathBuf,
    /// What is to keep the data.
    pub store: StoreKind,
    /// Opens definitions that are encrypted.
    pub vault: Arc<Vault>,
}

/// What a backup would bring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What the archive says about itself, where that can be read.
    pub manifest: Option<Manifest>,
    /// Why it cannot be restored; empty where it can.
    pub problems: Vec<String>,
}

impl Target {
    /// What a dump of its data is made from.
    pub(super) fn made(&self, now: Timestamp) -> Made<'_> {
        Made {
            store: self.store.name(),
            now,
            vault: &self.vault,
        }
    }

    /// Judges a backup wholly, without writing anything.
    ///
    /// # Errors
    /// When the disk cannot be asked; what is wrong with the backup is in the verdict.
    pub fn judge(&self, blob: Box<dyn Blob>) -> Result<Verdict> {
        let mut verdict = judged(blob, &self.vault)?;
        if let Some(manifest) = &verdict.manifest
            && verdict.problems.is_empty()
            && !self.has_room(manifest)?
        {
            let problem = "There is not enough room on the disk to restore it beside the data.";
            verdict.problems.push(problem.to_owned());
        }
        Ok(verdict)
    }

    /// Loads a backup beside the data; all of it is checked on the way. The data folder is the new
    /// one for whoever opens it next. `known` is the last commit of the data that is there.
    ///
    /// # Errors
    /// [`Error::Unusable`] where the backup cannot be used and [`Error::DiskFull`]; then everything
    /// is as it was.
    pub(super) fn restore(
        &self,
        blob: Box<dyn Blob>,
        (known, now): (Sequence, Timestamp),
        counted: &Counted,
    ) -> Result<Manifest> {
        let archive = Archive::open(Arc::from(blob))?;
        let manifest = archive.manifest().clone();
        counted.expect(manifest.bytes);
        if !self.has_room(&manifest)? {
            return Err(Error::DiskFull);
        }
        let building = Building::begin(&self.data)?;
        let options = StoreOptions {
            folder: building.part("store"),
            durability: Durability::Strict,
            cache_bytes: BACKUP_LOAD_CACHE_BYTES,
        };
        let fill = store::fill(self.store, &options)?;
        let storage = building.part("storage");
        make_folders(&storage, &storage).map_err(|error| failed("restore files", &error))?;
        let known = Sequence(known.0.saturating_add(RESTORE_SEQUENCES));
        archive.unpack(
            |dump| load(dump, fill, &self.vault, (Log::Cut(known), now)),
            &mut |path, content| place(&storage, path, content),
            counted,
        )?;
        building.ready()?;
        Ok(manifest)
    }

    /// A store takes a multiple of what it holds.
    fn has_room(&self, manifest: &Manifest) -> Result<bool> {
        let dump = manifest
            .entries
            .iter()
            .find(|entry| entry.name == "store.dump");
        let more = dump
            .map_or(0, |dump| dump.size)
            .saturating_mul(STORE_GROWTH - 1);
        let needed = manifest.bytes.saturating_add(more);
        let free = disk_room(&self.data)?;
        Ok(free >= needed.saturating_add(DISK_RESERVE_BYTES))
    }
}

/// Restores the backup in a file into a data folder that nobody has open.
///
/// # Errors
/// [`Error::Unusable`] where the backup cannot be used, [`crate::store::StoreError::InUse`] where
/// somebody has the folder open; then everything is as it was.
pub fn restore_file(target: &Target, archive: &Path, now: Timestamp) -> Result<Manifest> {
    let closed = swap::hold_closed(&target.data)?;
    let known = store::noted_sequence(&target.data.join("store"));
    let manifest = target.restore(opened(archive)?, (known, now), &Counted::default())?;
    drop(closed);
    if let Some(swapped) = swap::settle(&target.data)? {
        swapped.confirm()?;
    }
    Ok(manifest)
}

/// Judges the backup in a file.
///
/// # Errors
/// When it cannot be opened; what is wrong with it is in the verdict.
pub fn verify_file(archive: &Path, vault: &Arc<Vault>) -> Result<Verdict> {
    judged(opened(archive)?, vault)
}

fn judged(blob: Box<dyn Blob>, vault: &Arc<Vault>) -> Result<Verdict> {
    let mut verdict = Verdict {
        manifest: None,
        problems: Vec::new(),
    };
    let outcome = Archive::open(Arc::from(blob)).and_then(|archive| {
        verdict.manifest = Some(archive.manifest().clone());
        let mut read = |_: &BlobPath, content: &mut dyn Read| {
            let read = io::copy(content, &mut io::sink());
            read.map(drop).map_err(|error| unreadable(&error))
        };
        archive.unpack(|dump| verify(dump, vault), &mut read, &Counted::default())
    });
    match outcome {
        Ok(_) => {}
        Err(problem @ (Error::Unusable(_) | Error::Damaged { .. })) => {
            verdict.problems.push(problem.to_string());
        }
        Err(error) => return Err(error),
    }
    Ok(verdict)
}

pub(super) fn opened(archive: &Path) -> Result<Box<dyn Blob>> {
    open_file(archive)
        .map_err(|error| failed("open the backup", &error))?
        .ok_or_else(|| unusable(format!("{} is no file", archive.display())))
}

fn place(storage: &Path, path: &BlobPath, content: &mut dyn Read) -> Result<()> {
    let folder = storage.join(path.collection()).join(path.record());
    let written = make_folders(storage, &folder).and_then(|()| {
        let mut file = File::create_new(folder.join(path.file()))?;
        Ok((io::copy(content, &mut file), file))
    });
    let (copied, file) = written.map_err(|error| failed("restore a file", &error))?;
    copied.map_err(|error| match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::DiskFull,
        _ => unreadable(&error),
    })?;
    file.sync_all()
        .and_then(|()| sync(&folder))
        .map_err(|error| failed("restore a file", &error))
}
