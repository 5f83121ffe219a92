//! Files: the bytes that records name, and what is left where they were.
//!
//! Links are not followed below the folder of files: a folder from elsewhere must not name what is
//! outside of it.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::thread;

use luge_model::collection::Collection;
use luge_model::limits::IMPORT_FILES_AT_ONCE;

use super::PocketBaseReport;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::files::{BlobPath, Files};

/// What the folder of a file's previews begins with.
const PREVIEWS: &str = "thumbs_";
/// What the file with a file's properties ends with.
const PROPERTIES: &str = ".attrs";

/// A file that a record names.
pub(super) struct Wanted {
    /// Its place; `None` where its name cannot be one.
    path: Option<BlobPath>,
    storage: PathBuf,
    /// Collection, record and file, for people.
    label: String,
}

/// What became of a file.
enum Carried {
    Copied(u64),
    Missing,
    Link,
    Unnamable,
}

impl Wanted {
    pub(super) fn new(storage: &Path, collection: &Collection, record: &str, file: &str) -> Self {
        Self {
            path: BlobPath::new(&collection.id, record, file),
            storage: storage.to_owned(),
            label: format!("File {file} of record {record} of {}", collection.name),
        }
    }

    fn carry(&self, files: &Files) -> Result<Carried> {
        let Some(path) = &self.path else {
            return Ok(Carried::Unnamable);
        };
        match open(&self.storage, path) {
            Ok(Some(mut file)) => files.carry(path, &mut file).map(Carried::Copied),
            Ok(None) => Ok(Carried::Link),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Carried::Missing),
            Err(error) => {
                let label = &self.label;
                Err(Error::BadRequest(format!(
                    "{label} cannot be read: {error}"
                )))
            }
        }
    }
}

/// Copies files, several at a time; all of them are on the disk when this returns.
pub(super) fn carry(files: &Files, wanted: &[Wanted], report: &mut PocketBaseReport) -> Result<()> {
    let each = wanted.len().div_ceil(IMPORT_FILES_AT_ONCE).max(1);
    let carried: Vec<Result<Carried>> = thread::scope(|scope| {
        let workers = wanted.chunks(each).map(|chunk| {
            let copy = || chunk.iter().map(|one| one.carry(files)).collect::<Vec<_>>();
            scope.spawn(copy)
        });
        let workers: Vec<_> = workers.collect();
        let joined = workers.into_iter().map(|worker| {
            worker.join().unwrap_or_else(|_| {
                let died = Error::BadRequest("a thread that copies files died".to_owned());
                vec![Err(died)]
            })
        });
        joined.flatten().collect()
    });
    for (carried, Wanted { label, .. }) in carried.into_iter().zip(wanted) {
        match carried? {
            Carried::Copied(bytes) => {
                report.files += 1;
                report.file_bytes += bytes;
            }
            Carried::Missing => report.note(format!("{label} is missing in the source.")),
            Carried::Link => report.lose(format!("{label} is not a plain file.")),
            Carried::Unnamable => report.lose(format!("{label} has a name that no file may have.")),
        }
    }
    Ok(())
}

/// Opens a file; `None` where it is a link or lies behind one.
fn open(storage: &Path, path: &BlobPath) -> io::Result<Option<File>> {
    let mut place = storage.to_owned();
    for folder in [path.collection(), path.record()] {
        place.push(folder);
        if !fs::symlink_metadata(&place)?.is_dir() {
            return Ok(None);
        }
    }
    place.push(path.file());
    if !fs::symlink_metadata(&place)?.is_file() {
        return Ok(None);
    }
    File::open(&place).map(Some)
}

/// Tells of files that were left because no record names them.
pub(super) fn tell_left(
    engine: &Engine,
    storage: &Path,
    report: &mut PocketBaseReport,
) -> Result<()> {
    let mut left = Left::default();
    for collection in names(storage) {
        for record in names(&storage.join(&collection)) {
            let folder = storage.join(&collection).join(&record);
            for file in names(&folder) {
                left.look(engine, &folder, (&collection, &record, &file))?;
            }
        }
    }
    if left.previews > 0 {
        let files = left.previews;
        report.note(format!(
            "The previews of {files} files are made anew when they are asked for."
        ));
    }
    if let Some(first) = left.first {
        let files = left.files;
        report.note(format!(
            "{files} files that no record names are not carried; the first is {first}."
        ));
    }
    Ok(())
}

/// What stays behind.
#[derive(Default)]
struct Left {
    previews: u64,
    files: u64,
    first: Option<String>,
}

impl Left {
    fn look(
        &mut self,
        engine: &Engine,
        folder: &Path,
        (collection, record, file): (&str, &str, &str),
    ) -> Result<()> {
        if folder.join(file).is_dir() {
            self.previews += u64::from(file.starts_with(PREVIEWS));
            return Ok(());
        }
        let described = file.strip_suffix(PROPERTIES);
        if described.is_some_and(|described| folder.join(described).exists()) {
            return Ok(());
        }
        let path = BlobPath::new(collection, record, file);
        let carried = match &path {
            Some(path) => engine.files.read(path)?.is_some(),
            None => false,
        };
        if !carried {
            self.files += 1;
            let label = || format!("{collection}/{record}/{file}");
            self.first.get_or_insert_with(label);
        }
        Ok(())
    }
}

/// The names in a folder, none where it is none; sorted.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.collect();
    names.sort_unstable();
    names
}
