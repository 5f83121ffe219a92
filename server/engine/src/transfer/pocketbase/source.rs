//! The folder that is imported: what it is, its databases, read only.
//!
//! - A database without a write-ahead log is read where it is, as a file that nobody changes
//!   (SQLite's `immutable`). One with a log, which a PocketBase that was killed leaves, is copied
//!   with it, since SQLite writes the log back when it reads it.
//! - A lock tells whether a PocketBase has the database open, and keeps one from opening it.
//! - Of a database that somebody sent, only the table of collections is ever looked at.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use luge_model::limits::DEFINITIONS_VALUE_BYTES_MAX;
use rusqlite::limits::Limit;
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
    /// Held while the folder is read.
    _data: File,
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
        if !is_sqlite(&data) {
            return Err(no_source(format!("{DATA} is no SQLite database")));
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
            _data: self.data,
        };
        source.check()?;
        Ok(source)
    }
}

impl Source {
    /// Opens a database that somebody sent, and that nobody else has open. It is not checked yet.
    pub(super) fn sent(path: &Path) -> Result<Self, PocketBaseError> {
        let failed = |error: io::Error| PocketBaseError::Damaged {
            file: DATA.to_owned(),
            reason: error.to_string(),
        };
        let data = File::open(path).map_err(failed)?;
        if !is_sqlite(&data) {
            return Err(no_source(
                "it is no SQLite database, or it is encrypted as a whole",
            ));
        }
        let connection = opened(path).map_err(|error| damaged(Path::new(DATA), &error))?;
        let limited = connection
            .set_limit(Limit::SQLITE_LIMIT_LENGTH, DEFINITIONS_VALUE_BYTES_MAX)
            .and_then(|_| connection.pragma_update(None, "cell_size_check", true))
            // What a table checks of its rows can take for ever, and not be interrupted.
            .and_then(|()| connection.pragma_update(None, "ignore_check_constraints", true));
        limited.map_err(|error| damaged(Path::new(DATA), &error))?;
        Ok(Self {
            folder: PathBuf::new(),
            connection,
            scratch: PathBuf::new(),
            _data: data,
        })
    }

    /// Whether the table of collections of a database that was sent is a plain table, whole, and of
    /// a release that is known.
    pub(super) fn check_sent(&self) -> Result<(), PocketBaseError> {
        let table = "SELECT count(*), \
                     coalesce(sum(type = 'table' AND sql LIKE 'CREATE TABLE%'), 0) \
                     FROM sqlite_schema WHERE lower(name) = '_collections'";
        let read = self.connection.query_row(table, [], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
        });
        match read.map_err(|error| self.damaged(&error))? {
            (1, 1) => {}
            (0, _) => return Err(no_source("it has no collections")),
            _ => return Err(no_source("its collections are no table")),
        }
        let computed = "SELECT count(*) FROM pragma_table_xinfo('_collections') WHERE hidden <> 0";
        if self.number(computed)? > 0 {
            return Err(no_source("its collections are computed"));
        }
        self.check_whole("PRAGMA quick_check('_collections')")?;
        self.check_release()
    }

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
        self.check_whole("PRAGMA quick_check(1)")?;
        self.check_release()
    }

    fn check_whole(&self, check: &str) -> Result<(), PocketBaseError> {
        let whole: String = self
            .connection
            .query_row(check, [], |row| row.get(0))
            .map_err(|error| self.damaged(&error))?;
        if whole != "ok" {
            return Err(PocketBaseError::Damaged {
                file: self.folder.join(DATA).display().to_string(),
                reason: whole,
            });
        }
        Ok(())
    }

    fn check_release(&self) -> Result<(), PocketBaseError> {
        let folder = match self.folder.to_str() {
            Some("") => DATA.to_owned(),
            _ => self.folder.display().to_string(),
        };
        let columns = self.columns("_collections")?;
        if columns.is_empty() {
            let reason = "it has no collections".to_owned();
            return Err(PocketBaseError::NoSource { folder, reason });
        }
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
        opened(&path)
    } else {
        fs::create_dir_all(scratch).map_err(|error| unwritable(scratch, error))?;
        for ending in logs.iter().map(|ending| **ending).chain([""]) {
            let name = format!("{name}{ending}");
            copy(&folder.join(&name), &scratch.join(&name))?;
        }
        Connection::open_with_flags(scratch.join(name), OpenFlags::SQLITE_OPEN_READ_WRITE)
            .and_then(distrusted)
    };
    connection.map_err(|error| damaged(&path, &error))
}

/// Opens a database where it is, as a file that nobody changes.
fn opened(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(immutable(path), flags).and_then(distrusted)
}

/// What the tables of a database from elsewhere compute may have no side effects.
fn distrusted(connection: Connection) -> rusqlite::Result<Connection> {
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(connection)
}

fn is_sqlite(mut data: &File) -> bool {
    let mut header = [0; HEADER.len()];
    data.read_exact(&mut header).is_ok() && header == *HEADER
}

/// Why what was sent is no database of PocketBase.
fn no_source(reason: &str) -> PocketBaseError {
    PocketBaseError::NoSource {
        folder: DATA.to_owned(),
        reason: reason.to_owned(),
    }
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
