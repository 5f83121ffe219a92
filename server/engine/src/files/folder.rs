//! Blobs as files in a folder, in the contract's layout (§6.2).
//!
//! - A blob gets its name only when it is complete and synced, so none is ever seen half written.
//! - Folders are made when a blob needs them and removed when the last one in them goes.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::blob::{Blob, BlobPath, BlobStore, Listed, VisitBlob};
use super::upload::Spool;

/// How often a blob is given its name anew because its folder was just removed as empty.
const ATTEMPTS: usize = 8;

/// The blobs of a folder.
#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The blobs below `root`, which need not exist.
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    fn of_record(&self, path: &BlobPath) -> PathBuf {
        self.root.join(path.collection()).join(path.record())
    }

    fn of_blob(&self, path: &BlobPath) -> PathBuf {
        let record = self.of_record(path);
        if path.is_preview() {
            record.join(path.preview_folder()).join(path.name())
        } else {
            record.join(path.name())
        }
    }

    /// Gives the bytes of a spool a name, in a folder that is there afterwards.
    fn link(&self, path: &BlobPath, spool: &Spool) -> io::Result<()> {
        let blob = self.of_blob(path);
        let folder = blob.parent().unwrap_or(&self.root);
        make_folders(&self.root, folder)?;
        match fs::hard_link(spool.path(), &blob) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                fs::remove_file(&blob)?;
                fs::hard_link(spool.path(), &blob)?;
            }
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(error),
            // A file system without links: the bytes are written a second time.
            Err(_) => {
                fs::copy(spool.path(), &blob)?;
                File::open(&blob)?.sync_all()?;
            }
        }
        sync(folder)
    }
}

impl BlobStore for Folder {
    fn put(&self, path: &BlobPath, spool: &Spool) -> io::Result<()> {
        let mut outcome = Ok(());
        for _ in 0..ATTEMPTS {
            outcome = self.link(path, spool);
            match &outcome {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                _ => return outcome,
            }
        }
        outcome
    }

    fn open(&self, path: &BlobPath) -> io::Result<Option<Box<dyn Blob>>> {
        open_file(&self.of_blob(path))
    }

    fn remove(&self, path: &BlobPath) -> io::Result<()> {
        let record = self.of_record(path);
        if !path.is_preview() {
            allow_missing(fs::remove_dir_all(record.join(path.preview_folder())))?;
        }
        allow_missing(fs::remove_file(self.of_blob(path)))?;
        let collection = self.root.join(path.collection());
        remove_if_empty(&record)?;
        remove_if_empty(&collection)
    }

    fn list(&self, collection: Option<&str>, visit: &mut VisitBlob<'_>) -> io::Result<()> {
        if let Some(collection) = collection {
            return self.list_collection(collection, visit).map(|_| ());
        }
        for entry in entries(&self.root)? {
            let Some(collection) = plain_folder(&entry?)? else {
                continue;
            };
            if !self.list_collection(&collection, visit)? {
                return Ok(());
            }
        }
        Ok(())
    }
}

impl Folder {
    fn list_collection(&self, collection: &str, visit: &mut VisitBlob<'_>) -> io::Result<bool> {
        let folder = self.root.join(collection);
        for entry in entries(&folder)? {
            let entry = entry?;
            let Some(record) = plain_folder(&entry)? else {
                continue;
            };
            let blobs = blobs_of(&entry.path(), &format!("{collection}/{record}"))?;
            if blobs.is_empty() {
                remove_if_empty(&entry.path())?;
            }
            for blob in &blobs {
                if !visit(blob)? {
                    return Ok(false);
                }
            }
        }
        remove_if_empty(&folder).map(|()| true)
    }
}

/// Opens a file of a folder; `None` where there is no ordinary one.
pub(crate) fn open_file(path: &Path) -> io::Result<Option<Box<dyn Blob>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Ok(None);
    }
    Ok(Some(Box::new(Opened {
        length: metadata.len(),
        modified: metadata.modified()?,
        file,
    })))
}

/// The blobs of a record, with what is in its folders of previews.
fn blobs_of(folder: &Path, key: &str) -> io::Result<Vec<Listed>> {
    let mut blobs = Vec::new();
    for entry in entries(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let kind = entry.file_type()?;
        let key = format!("{key}/{name}");
        if kind.is_file() {
            blobs.extend(listed(&entry, &key)?);
        } else if kind.is_dir() {
            for preview in entries(&entry.path())? {
                let preview = preview?;
                if let Ok(name) = preview.file_name().into_string() {
                    blobs.extend(listed(&preview, &format!("{key}/{name}"))?);
                }
            }
        }
    }
    blobs.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(blobs)
}

/// A blob; `None` where the layout has none with this key, or it went meanwhile.
fn listed(entry: &fs::DirEntry, key: &str) -> io::Result<Option<Listed>> {
    let Some(path) = BlobPath::parse(key) else {
        return Ok(None);
    };
    match entry.metadata() {
        Ok(metadata) => Ok(metadata.is_file().then_some(Listed {
            path,
            bytes: metadata.len(),
        })),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The name of an entry that is a folder which the layout knows; links lead out and are none.
fn plain_folder(entry: &fs::DirEntry) -> io::Result<Option<String>> {
    if !entry.file_type()?.is_dir() {
        return Ok(None);
    }
    let name = entry.file_name().into_string().ok();
    Ok(name.filter(|name| !name.starts_with('.')))
}

/// The entries of a folder, none where it is missing.
fn entries(folder: &Path) -> io::Result<impl Iterator<Item = io::Result<fs::DirEntry>>> {
    match fs::read_dir(folder) {
        Ok(entries) => Ok(Some(entries).into_iter().flatten()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None.into_iter().flatten()),
        Err(error) => Err(error),
    }
}

/// Makes the folders from `root` down to `folder`, each of which is then durable.
pub(crate) fn make_folders(root: &Path, folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent().filter(|_| folder != root) {
        make_folders(root, parent)?;
    }
    if folder == root {
        fs::create_dir_all(folder)?;
    } else {
        match fs::create_dir(folder) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            made => made?,
        }
    }
    folder.parent().map_or(Ok(()), sync)
}

/// Makes the names in a folder survive a power loss.
pub(crate) fn sync(folder: &Path) -> io::Result<()> {
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    File::open(folder)?.sync_all()
}

fn remove_if_empty(folder: &Path) -> io::Result<()> {
    match fs::remove_dir(folder) {
        Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => Ok(()),
        removed => allow_missing(removed),
    }
}

fn allow_missing(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// An open file.
#[derive(Debug)]
struct Opened {
    file: File,
    length: u64,
    modified: SystemTime,
}

impl Blob for Opened {
    fn length(&self) -> u64 {
        self.length
    }

    fn modified(&self) -> SystemTime {
        self.modified
    }

    fn read(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let left = self.length.saturating_sub(offset);
        let length = usize::try_from(left).map_or(length, |left| left.min(length));
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, offset)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::conformance;
    use crate::random::SystemRandom;

    #[test]
    fn a_folder_is_a_blob_store() {
        let folder = tempfile::TempDir::new().unwrap();
        let spools = folder.path().join(".uploads");
        let store = Folder::new(folder.path().join("storage"));
        conformance::check(&store, &|mut bytes| {
            Spool::of_reader(&spools, &SystemRandom, &mut bytes).unwrap()
        });
    }

    #[test]
    fn what_is_not_of_the_layout_is_not_listed() {
        let folder = tempfile::TempDir::new().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("c/r/folder")).unwrap();
        fs::create_dir_all(root.join(".uploads/r")).unwrap();
        for file in [
            "c/r/folder/f",
            "c/r/.hidden",
            "c/loose",
            ".uploads/r/f",
            "c/r/real",
        ] {
            fs::write(root.join(file), b"x").unwrap();
        }
        std::os::unix::fs::symlink(root.join("c/r/real"), root.join("c/r/link")).unwrap();
        std::os::unix::fs::symlink(root.join("c"), root.join("linked")).unwrap();
        let mut found = Vec::new();
        let listed = Folder::new(root.to_owned()).list(None, &mut |blob| {
            found.push(blob.path.key());
            Ok(true)
        });
        listed.unwrap();
        assert_eq!(found, ["c/r/real"]);
    }
}
