//! A backup as one file: a zip of the database's dump, the files that its records name, and a
//! manifest with the checksum of each.
//!
//! - `store.dump` is what `dump.rs` writes; `files/<collection>/<record>/<name>` are the files as
//!   they are; `manifest.json` comes last and names everything else. Any zip program opens it.
//! - Only the dump is compressed, and it is checked while it is unpacked, so nothing small can
//!   become large without being what it says.
//! - Nothing here trusts an archive: see `read.rs`.

mod read;
mod write;

use serde::{Deserialize, Serialize};

use super::contents::CollectionCount;
use crate::files::BlobPath;

pub(super) use read::Archive;
pub(super) use write::{Watch, write};

/// The version of the form of the archive.
const ARCHIVE_VERSION: u32 = 1;
const PRODUCT: &str = "luge";
const DUMP: &str = "store.dump";
const MANIFEST: &str = "manifest.json";
const FILES: &str = "files/";

/// What an archive says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// Which program wrote it.
    pub product: String,
    /// The version of the form of the archive.
    pub format: u32,
    /// The version of the program.
    pub version: String,
    /// What kept the data.
    pub store: String,
    /// Everything up to this commit is in it.
    pub sequence: u64,
    /// When it was begun, as dates are written.
    pub created: String,
    /// The collections with the numbers of their records.
    pub collections: Vec<CollectionCount>,
    /// All records.
    pub records: u64,
    /// All files.
    pub files: u64,
    /// The bytes of everything, unpacked.
    pub bytes: u64,
    /// Whether the files that records name are in it: those in the database are in the dump, and
    /// those in a bucket stay there.
    pub carries_files: bool,
    /// Files that records named and that were gone when the backup was made.
    pub missing_files: Vec<String>,
    /// Everything else in the archive.
    pub entries: Vec<ManifestEntry>,
}

/// One entry of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestEntry {
    /// Its name.
    pub name: String,
    /// Its bytes, unpacked.
    pub size: u64,
    /// SHA-256 of them, in hexadecimal.
    pub sha256: String,
}

/// Where a file is in an archive.
fn entry_name(path: &BlobPath) -> String {
    format!(
        "{FILES}{}/{}/{}",
        path.collection(),
        path.record(),
        path.file()
    )
}

/// The file that an entry is; `None` where its name could lead anywhere else.
fn entry_path(name: &str) -> Option<BlobPath> {
    let mut parts = name.strip_prefix(FILES)?.splitn(3, '/');
    BlobPath::new(parts.next()?, parts.next()?, parts.next()?)
}
