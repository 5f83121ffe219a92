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

    /// The preview of this file in a size; `ending` is what its name ends in where it has another
    /// format than the file says, such as `.webp`.
    #[must_use]
    pub(super) fn preview(&self, size: &str, ending: &str) -> Option<Self> {
        let path = Self {
            preview: Some(format!("{size}_{}{ending}", self.file)),
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
    #[must_use]
    pub fn preview_folder(&self) -> String {
        format!("{PREVIEWS}{}", self.file)
    }

    /// The path as text, parted by `/`: the key of the blob in stores that know no folders.
    #[must_use]
    pub fn key(&self) -> String {
        let (collection, record) = (&self.collection, &self.record);
        match &self.preview {
            None => format!("{collection}/{record}/{}", self.file),
            Some(name) => format!("{collection}/{record}/{}/{name}", self.preview_folder()),
        }
    }

    /// The path from its text; `None` where it is not of the layout.
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        let mut parts = key.split('/');
        let (collection, record, third) = (parts.next()?, parts.next()?, parts.next()?);
        let (fourth, end) = (parts.next(), parts.next());
        let path = match fourth {
            None => Self::new(collection, record, third)?,
            Some(name) => {
                let file = third.strip_prefix(PREVIEWS)?;
                let (size, rest) = name.split_once('_')?;
                let ending = rest.strip_prefix(file)?;
                if size.is_empty() || !(ending.is_empty() || ending.starts_with('.')) {
                    return None;
                }
                Self::new(collection, record, file)?.preview(size, ending)?
            }
        };
        end.is_none().then_some(path)
    }
}

/// What the name of a folder of previews begins with.
const PREVIEWS: &str = "thumbs_";

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

/// Keeps blobs. All calls may block, also for as long as a network takes.
pub trait BlobStore: fmt::Debug + Send + Sync {
    /// Makes a blob of what was spooled; it is durable when this returns, and never seen half
    /// written. What was there under the path is replaced. The spool stays as it is.
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

    /// Shows every blob, or those of one collection, previews included; those of one record come
    /// one after another. What is not of the layout is passed over. Nothing is held as a whole;
    /// what is removed or added meanwhile may or may not be shown. Stops when `visit` says so.
    ///
    /// # Errors
    /// When it cannot be read, or the error of `visit`.
    fn list(&self, collection: Option<&str>, visit: &mut VisitBlob<'_>) -> io::Result<()>;

    /// Whether a file that is there was certainly stored by this installation, so that it may be
    /// removed when no record names it. What several may write to can hold files of others.
    ///
    /// # Errors
    /// When it cannot be read.
    fn is_own(&self, _path: &BlobPath) -> io::Result<bool> {
        Ok(true)
    }

    /// Takes back what cut off or replaced blobs still occupy; called again and again.
    ///
    /// # Errors
    /// When it cannot be read or removed; the next call tries again.
    fn reclaim(&self) -> io::Result<()> {
        Ok(())
    }
}

/// A blob that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its place.
    pub path: BlobPath,
    /// How long it is, in bytes.
    pub bytes: u64,
}

/// See [`BlobStore::list`]: takes a blob and says whether to go on.
pub type VisitBlob<'a> = dyn FnMut(&Listed) -> io::Result<bool> + 'a;

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
        let preview = path.preview("70x50", "").unwrap();
        assert_eq!(format!("{preview:?}"), "c/r/70x50_a.png");
        assert_eq!(preview.preview_folder(), "thumbs_a.png");
        assert!(preview.preview("70x50", "").is_none());
        assert!(path.preview("../70x50", "").is_none());
        let long = BlobPath::new("c", "r", &"a".repeat(PART_BYTES_MAX)).unwrap();
        assert!(long.preview("70x50", "").is_none());
    }

    #[test]
    fn a_key_is_read_back_and_nothing_else_is() {
        let path = BlobPath::new("c", "r", "a_b.png").unwrap();
        let previews = [path.preview("0x50t", ""), path.preview("0x0", ".webp")];
        for path in previews.into_iter().flatten().chain([path]) {
            assert_eq!(BlobPath::parse(&path.key()), Some(path));
        }
        for key in [
            "",
            "c",
            "c/r",
            "c/r/",
            "c//f",
            "/c/r/f",
            "c/r/../f",
            "c/r/folder/f",
            "c/r/thumbs_f/f",
            "c/r/thumbs_f/70x50_g",
            "c/r/thumbs_f/70x50_fg",
            "c/r/thumbs_f/70x50_f/x",
            "c/r/thumbs_f/_f/",
            "../r/f",
            "c/.r/f",
        ] {
            assert_eq!(BlobPath::parse(key), None, "{key:?}");
        }
    }
}
