//! The folder that is imported: what it is, its databases, read only.
//!
//! - A database without a write-ahead log is read where it is, as a file that nobody changes
//!   (SQLite's `immutable`). One with a log, which a PocketBase that was killed leaves, is copied
//!   with it, since SQLite writes the log back when it reads it.
//! - A lock tells whether a PocketBase has the database open, and keeps one from opening it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};
use rustix::fs::{FlockOperation, fcntl_lock};
use rustix::io::Errno;

use super::{PocketBaseError, PocketBaseReport};

const DATA: &str = "data.db";
const AUXILIARY: &str = "auxiliary.db";
/// How every database of SQLite begins.
const HEADER: &[u8; 16] = b"SQLite format 3\0";

/// A folder that looks like one of PocketBase's.
#[derive(Debug)]
pub(super) struct Found {
    folder: PathBuf,
    /// Holds the lock; closing any other handle of the file in this process ends it.
    data: File,
}

/// The opened source.
#[derive(Debug)]
pub(super) struct Source {
    folder: PathBuf,
    connection: Connection,
    scratch: PathBuf,
    _lock: File,
}

impl Found {
    /// Looks at a folder; nothing is opened by SQLite yet.
    pub(super) fn at(folder: &Path) -> Result<Self, PocketBaseError> {
        let no_source = |reason: String| PocketBaseError::NoSource {
            folder: folder.display().to_string(),
            reason,
        };
        let path = folder.join(DATA);
        let is_file = fs::metadata(&path).map(|metadata| metadata.is_file());
        match is_file {
            Ok(true) => {}
            Ok(false) => return Err(no_source(format!("{DATA} is no file"))),
            Err(error) => return Err(no_source(format!("{DATA}: {error}"))),
        }
        // Writable for the lock only; a folder that cannot be written to is changed by nobody.
        let data = File::options().read(true).write(true).open(&path);
        let data = match data {
            Ok(data) => match fcntl_lock(&data, FlockOperation::NonBlockingLockExclusive) {
                Err(Errno::AGAIN | Errno::ACCESS) => {
                    return Err(PocketBaseError::Running(folder.display().to_string()));
                }
                // A file system without locks has nobody who holds one.
                Ok(()) | Err(_) => data,
            },
            Err(_) => File::open(&path).map_err(|error| no_source(format!("{DATA}: {error}")))?,
        };
        let mut header = [0; HEADER.len()];
        match (&data).read_exact(&mut header) {
            Ok(()) if header == *HEADER => {}
            _ => return Err(no_source(format!("{DATA} is no SQLite database"))),
        }
        Ok(Self {
            folder: folder.to_owned(),
            data,
        })
    }

    /// Opens the database, through a copy in `scratch` where it has a log, and checks it.
    pub(super) fn open(self, scratch: &Path) -> Result<Source, PocketBaseError> {
        let connection = open(&self.folder, DATA, scratch)?;
        let source = Source {
            folder: self.folder,
            connection,
            scratch: scratch.to_owned(),
            _lock: self.data,
        };
        source.check()?;
        Ok(source)
    }
}

impl Source {
    /// The database.
    pub(super) fn database(&self) -> &Connection {
        &self.connection
    }

    /// Where the files are.
    pub(super) fn storage(&self) -> PathBuf {
        self.folder.join("storage")
    }

    /// What an error of SQLite means.
    pub(super) fn damaged(&self, error: &rusqlite::Error) -> PocketBaseError {
        damaged(&self.folder.join(DATA), error)
    }

    /// Whether the database is whole, and of a release whose tables are known.
    fn check(&self) -> Result<(), PocketBaseError> {
        let whole: String = self
            .connection
            .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
            .map_err(|error| self.damaged(&error))?;
        if whole != "ok" {
            return Err(PocketBaseError::Damaged {
                file: self.folder.join(DATA).display().to_string(),
                reason: whole,
            });
        }
        let folder = self.folder.display().to_string();
        if self.columns("_collections")?.is_empty() {
            let reason = "it has no collections".to_owned();
            return Err(PocketBaseError::NoSource { folder, reason });
        }
        let columns = self.columns("_collections")?;
        if !columns.iter().any(|column| column == "fields") {
            return Err(PocketBaseError::Outdated(folder));
        }
        Ok(())
    }

    /// The columns of a table, none where there is no such table.
    pub(super) fn columns(&self, table: &str) -> Result<Vec<String>, PocketBaseError> {
        let names = || {
            let mut statement = self
                .connection
                .prepare("SELECT name FROM pragma_table_xinfo(?1) WHERE hidden <> 1")?;
            let names = statement.query_map([table], |row| row.get(0))?;
            names.collect::<rusqlite::Result<_>>()
        };
        names().map_err(|error| self.damaged(&error))
    }

    /// One number that a query gives.
    pub(super) fn number(&self, sql: &str) -> Result<u64, PocketBaseError> {
        number(&self.connection, sql).map_err(|error| self.damaged(&error))
    }

    /// Tells of what is left in the folder on purpose.
    pub(super) fn tell_left(&self, report: &mut PocketBaseReport) {
        match self.logs() {
            Ok(None | Some(0)) => {}
            Ok(Some(logs)) => report.note(format!("The {logs} request logs are not carried.")),
            Err(error) => report.note(format!("The request logs are not carried: {error}.")),
        }
        let backups = fs::read_dir(self.folder.join("backups"))
            .into_iter()
            .flatten();
        let is_backup = |entry: &io::Result<fs::DirEntry>| {
            let name = entry.as_ref().map(fs::DirEntry::file_name);
            name.is_ok_and(|name| name.as_bytes().ends_with(b".zip"))
        };
        let backups = backups.filter(is_backup).count();
        if backups > 0 {
            report.note(format!("The {backups} backups are not carried."));
        }
    }

    /// How many request logs there are.
    fn logs(&self) -> Result<Option<u64>, PocketBaseError> {
        let path = self.folder.join(AUXILIARY);
        if !path.exists() {
            return Ok(None);
        }
        let logs = open(&self.folder, AUXILIARY, &self.scratch)?;
        let count = number(&logs, "SELECT count(*) FROM `_logs`");
        count.map(Some).map_err(|error| damaged(&path, &error))
    }
}

fn number(database: &Connection, sql: &str) -> rusqlite::Result<u64> {
    let number: i64 = database.query_row(sql, [], |row| row.get(0))?;
    Ok(number.unsigned_abs())
}

/// Opens one database of the folder.
fn open(folder: &Path, name: &str, scratch: &Path) -> Result<Connection, PocketBaseError> {
    let path = folder.join(name);
    let logged = |ending: &&&str| {
        fs::metadata(folder.join(format!("{name}{ending}"))).is_ok_and(|log| log.len() > 0)
    };
    let logs: Vec<_> = ["-wal", "-journal"].iter().filter(logged).collect();
    let connection = if logs.is_empty() {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        Connection::open_with_flags(immutable(&path), flags)
    } else {
        fs::create_dir_all(scratch).map_err(|error| unwritable(scratch, error))?;
        for ending in logs.iter().map(|ending| **ending).chain([""]) {
            let name = format!("{name}{ending}");
            copy(&folder.join(&name), &scratch.join(&name))?;
        }
        Connection::open_with_flags(scratch.join(name), OpenFlags::SQLITE_OPEN_READ_WRITE)
    };
    let connection = connection.map_err(|error| damaged(&path, &error))?;
    // What the tables of a folder from elsewhere compute may have no side effects.
    connection
        .pragma_update(None, "trusted_schema", false)
        .map_err(|error| damaged(&path, &error))?;
    Ok(connection)
}

fn copy(from: &Path, to: &Path) -> Result<(), PocketBaseError> {
    let copied = File::open(from).and_then(|mut source| {
        let mut copy = File::create(to)?;
        io::copy(&mut source, &mut copy)
    });
    copied.map(drop).map_err(|error| unwritable(to, error))
}

/// The address of a database that SQLite reads without locks and without files beside it.
fn immutable(path: &Path) -> String {
    let mut address = "file:".to_owned();
    for byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-".contains(byte) {
            address.push(char::from(*byte));
        } else {
            address.push_str(&format!("%{byte:02X}"));
        }
    }
    address + "?immutable=1"
}

fn damaged(path: &Path, error: &rusqlite::Error) -> PocketBaseError {
    PocketBaseError::Damaged {
        file: path.display().to_string(),
        reason: error.to_string(),
    }
}

fn unwritable(path: &Path, source: io::Error) -> PocketBaseError {
    PocketBaseError::Io {
        doing: format!("the copy {} cannot be made", path.display()),
        source,
    }
}
