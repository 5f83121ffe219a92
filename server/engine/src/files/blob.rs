//! Where bytes of files are kept: the trait of blob stores, and how a blob is named.
//!
//! A [`BlobPath`] cannot name anything outside of its record: its parts are checked when it is
//! made, and a store joins them without looking at them again.

use std::fmt;
use std::io;
use std::time::SystemTime;

use super::upload::Spool;

/// Longest part of a path that every file system takes, in bytes.
const PART_BYTES_MAX: usize = 255;

/// The place of a blob: `<collection id>/<record id>/<file>`, and a preview of it beside it as
/// `<collection id>/<record id>/thumbs_<file>/<size>_<file>` (contract §1.6).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobPath {
    collection: String,
    record: String,
    file: String,
    preview: Option<String>,
}

impl BlobPath {
    /// The file of a record; `None` where a part could be taken for anything but a name.
    #[must_use]
    pub fn new(collection: &str, record: &str, file: &str) -> Option<Self> {
        let parts = [collection, record, file];
        parts.into_iter().all(is_plain).then(|| Self {
            collection: collection.to_owned(),
            record: record.to_owned(),
            file: file.to_owned(),
            preview: None,
        })
    }

    /// The preview of this file in a size.
    #[must_use]
    pub(super) fn preview(&self, size: &str) -> Option<Self> {
        let path = Self {
            preview: Some(format!("{size}_{}", self.file)),
            ..self.clone()
        };
        let fits = is_plain(path.name()) && is_plain(&path.preview_folder());
        (fits && self.preview.is_none()).then_some(path)
    }

    /// The id of the collection.
    #[must_use]
    pub fn collection(&self) -> &str {
        &self.collection
    }

    /// The id of the record.
    #[must_use]
    pub fn record(&self) -> &str {
        &self.record
    }

    /// The name in the record; of a preview, that of the file that it shows.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The name of the blob itself.
    #[must_use]
    pub fn name(&self) -> &str {
        self.preview.as_deref().unwrap_or(&self.file)
    }

    /// Whether this is a preview.
    #[must_use]
    pub fn is_preview(&self) -> bool {
        self.preview.is_some()
    }

    /// Where the previews of the file are, beside it.
    pub(super) fn preview_folder(&self) -> String {
        format!("{PREVIEWS}{}", self.file)
    }
}

/// What the name of a folder of previews begins with.
pub(super) const PREVIEWS: &str = "thumbs_";

impl fmt::Debug for BlobPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}/", self.collection, self.record)?;
        formatter.write_str(self.name())
    }
}

fn is_plain(part: &str) -> bool {
    !part.is_empty()
        && part.len() <= PART_BYTES_MAX
        && !part.starts_with('.')
        && !part
            .chars()
            .any(|one| one.is_control() || "/\\:".contains(one))
}

/// A blob that is open for reading; it can be read to its end also when it is removed meanwhile.
pub trait Blob: fmt::Debug + Send + Sync {
    /// How long it is, in bytes.
    fn length(&self) -> u64;

    /// When it was stored.
    fn modified(&self) -> SystemTime;

    /// At most `length` bytes from `offset`; fewer only at the end.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&self, offset: u64, length: usize) -> io::Result<Vec<u8>>;
}

/// Keeps blobs. All calls may block.
pub trait BlobStore: fmt::Debug + Send + Sync {
    /// Makes a blob of what was spooled; it is durable when this returns. What was there under the
    /// path is replaced. The spool stays as it is.
    ///
    /// # Errors
    /// When it cannot be written.
    fn put(&self, path: &BlobPath, spool: &Spool) -> io::Result<()>;

    /// Opens a blob; `None` where there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    fn open(&self, path: &BlobPath) -> io::Result<Option<Box<dyn Blob>>>;

    /// Removes a file with its previews. That there is none is no error.
    ///
    /// # Errors
    /// When it cannot be removed.
    fn remove(&self, path: &BlobPath) -> io::Result<()>;

    /// The ids of the collections that have files.
    ///
    /// # Errors
    /// When it cannot be read.
    fn collections(&self) -> io::Result<Vec<String>>;

    /// Calls `visit` for each record of a collection that has files, with their names; files of
    /// which only previews are left included. Stops when `visit` says so.
    ///
    /// # Errors
    /// When it cannot be read, or the error of `visit`.
    fn visit(&self, collection: &str, visit: &mut VisitRecord<'_>) -> io::Result<()>;
}

/// See [`BlobStore::visit`]: takes the id of a record and the names of its files, and says whether
/// to go on.
pub type VisitRecord<'a> = dyn FnMut(&str, &[String]) -> io::Result<bool> + 'a;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_a_file_of_a_record_and_nothing_else() {
        let long = "a".repeat(PART_BYTES_MAX + 1);
        for part in [
            "",
            ".",
            "..",
            ".hidden",
            "../x",
            "a/b",
            "a\\b",
            "C:x",
            "a\0b",
            "a\nb",
            "/etc/passwd",
            &long,
        ] {
            assert!(BlobPath::new(part, "r", "f").is_none(), "{part:?}");
            assert!(BlobPath::new("c", part, "f").is_none(), "{part:?}");
            assert!(BlobPath::new("c", "r", part).is_none(), "{part:?}");
        }
        let path = BlobPath::new("c", "r", "a.png").unwrap();
        assert_eq!(format!("{path:?}"), "c/r/a.png");
        let preview = path.preview("70x50").unwrap();
        assert_eq!(format!("{preview:?}"), "c/r/70x50_a.png");
        assert_eq!(preview.preview_folder(), "thumbs_a.png");
        assert!(preview.preview("70x50").is_none());
        assert!(path.preview("../70x50").is_none());
        let long = BlobPath::new("c", "r", &"a".repeat(PART_BYTES_MAX)).unwrap();
        assert!(long.preview("70x50").is_none());
    }
}
