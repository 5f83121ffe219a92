//! Databases that were sent: what is read of them, and what is refused. Most of the refused ones
//! were made to do harm.

use std::fs;

use rusqlite::Connection;
use tempfile::TempDir;

use super::*;

const COLUMNS: &str = "id TEXT PRIMARY KEY NOT NULL, system BOOLEAN, type TEXT, name TEXT,
    fields JSON, indexes JSON, listRule TEXT, viewRule TEXT, createRule TEXT, updateRule TEXT,
    deleteRule TEXT, options JSON, created TEXT, updated TEXT";
const ROW: &str = "INSERT INTO _collections VALUES ('people_id', 0, 'auth', 'people',
    '[{\"name\": \"title\", \"type\": \"text\"}]', '[]', '', NULL, NULL, NULL, NULL,
    '{\"authRule\": \"\", \"authToken\": {\"secret\": \"hush-token\", \"duration\": 5},
      \"oauth2\": {\"providers\": [{\"name\": \"github\", \"clientSecret\": \"hush-client\"}]}}',
    '2022-01-02 03:04:05.006Z', '2022-01-02 03:04:05.006Z');";

struct Sent {
    folder: TempDir,
}

impl Sent {
    /// A database made by statements.
    fn made(sql: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let database = Connection::open(folder.path().join("upload")).unwrap();
        database.execute_batch(sql).unwrap();
        Self { folder }
    }

    /// One with a plain table of collections, and what is done to it.
    fn plain(sql: &str) -> Self {
        Self::made(&format!(
            "CREATE TABLE _collections ({COLUMNS}); {ROW} {sql}"
        ))
    }

    fn bytes(bytes: &[u8]) -> Self {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("upload"), bytes).unwrap();
        Self { folder }
    }

    fn read(&self) -> Result<PocketBaseDefinitions, PocketBaseError> {
        let path = self.folder.path().join("upload");
        let before = fs::read(&path).unwrap();
        let outcome = read_definitions(&path);
        assert_eq!(fs::read(&path).unwrap(), before, "it is not changed");
        let beside = fs::read_dir(self.folder.path()).unwrap().count();
        assert_eq!(beside, 1, "and nothing is made beside it");
        outcome
    }

    fn refused(&self) -> String {
        let error = self.read().unwrap_err().to_string();
        let folder = self.folder.path().display().to_string();
        assert!(!error.contains(&folder), "{error} tells where it lies");
        error
    }
}

#[test]
fn definitions_are_given_as_they_are_exported_without_secrets() {
    let read = Sent::plain("").read().unwrap();
    let text = serde_json::to_string(&read.collections).unwrap();
    assert!(!text.contains("hush"), "{text}");
    let [people] = read.collections.as_slice() else {
        panic!("{text}")
    };
    assert_eq!(people["name"], "people");
    assert_eq!(people["listRule"], "");
    assert_eq!(people["viewRule"], Json::Null);
    assert_eq!(people["fields"][0]["name"], "title");
    assert_eq!(people["authToken"]["duration"], 5);
    assert_eq!(people["oauth2"]["providers"][0]["name"], "github");
    assert_eq!(people["created"], "2022-01-02 03:04:05.006Z");
    assert_eq!(read.notes, Vec::<String>::new());
}

#[test]
fn what_is_not_known_is_told() {
    let read = Sent::plain("ALTER TABLE _collections ADD future TEXT;").read();
    let notes = read.unwrap().notes;
    assert!(notes[0].contains("\"future\""), "{notes:?}");
}

#[test]
fn other_tables_are_never_looked_at() {
    // A record larger than any value that is read, and a view that never ends.
    let sql = "CREATE TABLE big (data BLOB); INSERT INTO big VALUES (zeroblob(17000000));
        CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
            SELECT i FROM n;";
    assert_eq!(Sent::plain(sql).read().unwrap().collections.len(), 1);
}

#[test]
fn what_is_no_database_is_refused() {
    let whole = fs::read(Sent::plain("").folder.path().join("upload")).unwrap();
    let mut encrypted = whole.clone();
    encrypted.iter_mut().for_each(|byte| *byte ^= 0x5a);
    for bytes in [
        b"".as_slice(),
        b"PK\x03\x04",
        b"SQLite format 3",
        &encrypted,
    ] {
        let reason = Sent::bytes(bytes).refused();
        assert!(
            reason.contains("no SQLite database, or it is encrypted"),
            "{reason}"
        );
    }
}

#[test]
fn damaged_databases_are_refused() {
    let made = Sent::plain("");
    let whole = fs::read(made.folder.path().join("upload")).unwrap();
    let mut flipped = whole.clone();
    flipped[4_096..].fill(0x5a);
    let mut header = whole.clone();
    header[16..24].fill(0xff);
    for bytes in [&whole[..whole.len() / 2], &whole[..100], &flipped, &header] {
        Sent::bytes(bytes).refused();
    }
    for sql in [
        "UPDATE _collections SET fields = '[{'",
        "UPDATE _collections SET options = 'nothing'",
        "UPDATE _collections SET indexes = x'ff00'",
    ] {
        let reason = Sent::plain(sql).refused();
        assert!(reason.contains("people"), "{reason}");
    }
}

#[test]
fn every_damaged_byte_is_refused_or_harmless() {
    let whole = fs::read(Sent::plain("").folder.path().join("upload")).unwrap();
    for at in (0..whole.len()).step_by(37) {
        let mut bytes = whole.clone();
        bytes[at] = !bytes[at];
        // Refused or read: it ends, and nothing is changed.
        let _ = Sent::bytes(&bytes).read();
    }
}

#[test]
fn databases_without_known_collections_are_refused() {
    let reason = Sent::made("CREATE TABLE things (id TEXT);").refused();
    assert!(reason.contains("it has no collections"), "{reason}");
    let old =
        "CREATE TABLE _collections (id TEXT, name TEXT, type TEXT, schema JSON, options JSON)";
    let reason = Sent::made(old).refused();
    assert_eq!(reason, "data.db was written by a PocketBase before 0.23");
}

#[test]
fn collections_that_are_computed_are_refused() {
    let endless = "CREATE VIEW _collections AS WITH RECURSIVE n(i) AS
        (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id, i AS fields FROM n;";
    let huge =
        format!("CREATE TABLE _collections ({COLUMNS}, more TEXT AS (hex(zeroblob(500000000)))); ");
    for (sql, why) in [
        (endless, "its collections are no table"),
        (
            "CREATE VIRTUAL TABLE _collections USING rtree(id, a, b);",
            "are no table",
        ),
        (
            "CREATE VIEW _Collections AS SELECT 1 AS fields;",
            "are no table",
        ),
        (&huge, "its collections are computed"),
    ] {
        // Not every build of SQLite has every module; one that is not made is not sent.
        let folder = TempDir::new().unwrap();
        let database = Connection::open(folder.path().join("upload")).unwrap();
        if database.execute_batch(sql).is_err() {
            continue;
        }
        drop(database);
        let reason = Sent { folder }.refused();
        assert!(reason.contains(why), "{reason}");
    }
}

#[test]
fn too_much_is_refused() {
    for sql in [
        // One value, all values, the number of collections.
        "UPDATE _collections SET fields = json_array(hex(zeroblob(8500000)))",
        "UPDATE _collections SET fields = json_array(hex(zeroblob(6000000)));
         INSERT INTO _collections SELECT 'b', system, type, 'b', fields, indexes, '', '', '', '',
            '', options, '', '' FROM _collections",
        "INSERT INTO _collections WITH RECURSIVE n(i) AS
            (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5001)
            SELECT 'c' || i, 0, 'base', 'c' || i, '[]', '[]', '', '', '', '', '', '{}', '', ''
            FROM n",
    ] {
        Sent::plain(sql).refused();
    }
}

#[test]
fn what_a_table_would_check_is_not_computed() {
    // A pattern whose comparison with the name takes longer than anybody waits, and which nothing
    // interrupts.
    let check = format!("CHECK (name NOT LIKE '{}b')", "%a".repeat(40));
    let row = ROW.replace("'people'", &format!("'{}'", "a".repeat(90)));
    let sql = format!(
        "PRAGMA ignore_check_constraints = ON; \
         CREATE TABLE _collections ({COLUMNS}, {check}); {row}"
    );
    assert_eq!(Sent::made(&sql).read().unwrap().collections.len(), 1);
}

#[test]
fn reading_ends_when_its_time_is_over() {
    let many = "INSERT INTO _collections WITH RECURSIVE n(i) AS
        (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 4000)
        SELECT 'c' || i, 0, 'base', 'c' || i, '[]', '[]', '', '', '', '', '', '{}', '', '' FROM n";
    let sent = Sent::plain(many);
    assert_eq!(sent.read().unwrap().collections.len(), 4_001);
    let path = sent.folder.path().join("upload");
    let interrupted = (0..200).any(|_| {
        let outcome = read_within(&path, Duration::ZERO);
        outcome.is_err_and(|error| error.to_string().contains("interrupted"))
    });
    assert!(interrupted);
}
