//! Folders that no PocketBase would leave behind like this, and what is told of them. Folders as it
//! leaves them are made by the real one in `tests/sdk`.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use luge_model::collection::Collections;
use luge_model::timestamp::Timestamp;
use rusqlite::Connection;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use super::*;
use crate::engine::UNFINISHED_IMPORT;
use crate::error::Error;
use crate::query::ListRequest;
use crate::store::{StoreError, StoreKind};

const TABLES: &str = "
    CREATE TABLE _params (id TEXT PRIMARY KEY NOT NULL, value JSON, created TEXT, updated TEXT);
    CREATE TABLE _collections (id TEXT PRIMARY KEY NOT NULL, system BOOLEAN, type TEXT, name TEXT,
        fields JSON, indexes JSON, listRule TEXT, viewRule TEXT, createRule TEXT, updateRule TEXT,
        deleteRule TEXT, options JSON, created TEXT, updated TEXT);
    CREATE TABLE things (title TEXT DEFAULT '' NOT NULL, id TEXT PRIMARY KEY NOT NULL,
        count NUMERIC DEFAULT 0 NOT NULL, paper TEXT DEFAULT '' NOT NULL, data JSON DEFAULT NULL);
    INSERT INTO things (id, title, count, paper) VALUES ('zz', 'first', 3, 'a.txt'),
        ('aa', 'second', 1, ''), ('mm', 'third', 2, '');
    INSERT INTO _params (id, value) VALUES ('settings', '{\"meta\":{\"appName\":\"Sledding\"}}');";

/// What is changed in the source, and the one thing that is then lost.
const LOSSES: [(&str, &str); 13] = [
    (
        "ALTER TABLE things ADD extra TEXT; UPDATE things SET extra = 'x' WHERE id = 'aa'",
        "Column \"extra\" of things is in no definition; 1 records have a value.",
    ),
    (
        "ALTER TABLE things DROP count; UPDATE _collections SET viewRule = ''",
        "Field count of things: the table has no column for it.",
    ),
    (
        "ALTER TABLE _collections ADD future TEXT",
        "Collections have a property \"future\", which this release does not know.",
    ),
    (
        "UPDATE _collections SET fields = json_set(fields, '$[4].type', 'vector')",
        "Field data of things: its type \"vector\" is not known.",
    ),
    (
        "UPDATE _collections SET listRule = 'nope = 1'",
        "Collection things: listRule is locked for all but superusers; it was \"nope = 1\".",
    ),
    (
        "UPDATE _collections SET indexes = '[\"CREATE INDEX `i` ON `things` (lower(title))\"]'",
        "the index \"CREATE INDEX `i` ON `things` (lower(title))\" is left out.",
    ),
    (
        "UPDATE _collections SET fields = json_set(fields, '$[1].pattern', '(')",
        "Collection things: pattern of the field title has its default; it was \"(\".",
    ),
    (
        "INSERT INTO _params (id, value) VALUES ('more', '1')",
        "The parameter \"more\" is not known.",
    ),
    (
        "UPDATE _params SET value = '{\"meta\":{\"accentColor\":\"red\",\"appName\":\"A\"}}'",
        "Setting meta.accentColor has its default; it was \"red\".",
    ),
    (
        "UPDATE _params SET value = '{\"future\":{\"on\":true}}'",
        "Setting future: there is no such setting.",
    ),
    (
        "INSERT INTO things (id, title) VALUES ('', 'none')",
        "A record of things has no id.",
    ),
    (
        "UPDATE things SET title = 'first' WHERE id = 'mm'",
        "Record mm of things: another record has the same value in the index idx_title.",
    ),
    (
        "UPDATE things SET paper = '../../data.db' WHERE id = 'mm'",
        "File ../../data.db of record mm of things has a name that no file may have.",
    ),
];

struct Case {
    folder: TempDir,
    source: Connection,
}

impl Case {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let records = folder.path().join("pb/storage/things_id/zz");
        fs::create_dir_all(&records).unwrap();
        fs::write(records.join("a.txt"), "the bytes").unwrap();
        let source = Connection::open(folder.path().join("pb/data.db")).unwrap();
        source.execute_batch(TABLES).unwrap();
        let fields = json!([
            { "id": "i", "name": "id", "type": "text", "primaryKey": true, "system": true,
              "required": true, "max": 15, "pattern": "^[a-z]+$" },
            { "id": "t", "name": "title", "type": "text", "max": 20 },
            { "id": "c", "name": "count", "type": "number" },
            { "id": "p", "name": "paper", "type": "file", "maxSelect": 1 },
            { "id": "d", "name": "data", "type": "json" },
        ]);
        let index = json!(["CREATE UNIQUE INDEX `idx_title` ON `things` (`title`)"]);
        let moment = "2022-01-02 03:04:05.006Z";
        source
            .execute(
                "INSERT INTO _collections VALUES ('things_id', 0, 'base', 'things', ?1, ?2, '', \
                 'count > 1', NULL, NULL, NULL, '{}', ?3, ?3)",
                [fields.to_string(), index.to_string(), moment.to_owned()],
            )
            .unwrap();
        Self { folder, source }
    }

    fn changed(sql: &str) -> Self {
        let case = Self::new();
        case.source.execute_batch(sql).unwrap();
        case
    }

    fn source(&self) -> PathBuf {
        self.folder.path().join("pb")
    }

    fn target(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn options(&self) -> Options {
        Options {
            store: StoreKind::Fjall,
            ..Options::new(self.target())
        }
    }

    fn import(&self, allow_losses: bool) -> Result<PocketBaseReport, PocketBaseError> {
        let source = self.source();
        let import = PocketBaseImport {
            folder: &source,
            encryption_key: None,
            allow_losses,
        };
        let mut last = Progress::default();
        let report = import_pocketbase(self.options(), &import, &mut |now| {
            assert!(now.done >= last.done && now.done <= now.total);
            last = now;
        })?;
        assert_eq!(last.done, last.total);
        Ok(report)
    }

    /// Ids and titles in the order of insertion, once the folder is opened again.
    fn records(&self) -> Vec<(String, Json)> {
        let engine = Engine::open(self.options()).unwrap();
        let context = Context::system(Timestamp(0));
        let request = ListRequest {
            per_page: 1_000,
            page: 1,
            ..ListRequest::default()
        };
        let listed = engine.records.list(&context, "things", &request).unwrap();
        let records = listed.items.iter().map(|view| {
            let mut text = Vec::new();
            view.write_json(&mut text);
            let json: Json = serde_json::from_slice(&text).unwrap();
            (json["id"].as_str().unwrap().to_owned(), json)
        });
        let records = records.collect();
        engine.close().unwrap();
        records
    }

    fn ids(&self) -> Vec<String> {
        self.records().into_iter().map(|(id, _)| id).collect()
    }
}

#[test]
fn a_folder_is_carried_as_it_is() {
    let case = Case::new();
    let report = case.import(false).unwrap();
    assert_eq!((report.records, report.files, report.file_bytes), (3, 1, 9));
    assert_eq!(
        (report.losses(), report.notes().len()),
        (0, 0),
        "{report:?}"
    );
    assert_eq!(case.ids(), ["zz", "aa", "mm"]);
    let engine = Engine::open(case.options()).unwrap();
    let context = Context::system(Timestamp(0));
    let shown = engine.catalog.view(&context, "things").unwrap();
    assert_eq!(shown["id"], "things_id");
    assert_eq!(shown["viewRule"], "count > 1");
    assert_eq!(shown["created"], "2022-01-02 03:04:05.006Z");
    assert_eq!(engine.settings.current().meta.app_name, "Sledding");
    let path = crate::files::BlobPath::new("things_id", "zz", "a.txt").unwrap();
    let blob = engine.files.read(&path).unwrap().unwrap();
    assert_eq!(engine.files.part(&*blob, 0, 100).unwrap(), b"the bytes");
    // What the folder had no collection for stays as in a new one.
    assert!(engine.catalog.view(&context, "_superusers").is_ok());
    assert!(engine.catalog.view(&context, "users").is_err());
    engine.close().unwrap();
    let left: Vec<_> = fs::read_dir(case.target()).unwrap().collect();
    assert_eq!(left.len(), 3, "{left:?}");
}

#[test]
fn secrets_of_collections_are_carried() {
    let token =
        |secret: &str, duration: u32| json!({ "secret": secret.repeat(40), "duration": duration });
    let provider = json!({ "name": "github", "clientId": "i", "clientSecret": "hush" });
    let options = json!({
        "authRule": null, "authToken": token("a", 1000), "fileToken": token("f", 2000),
        "oauth2": { "enabled": true, "providers": [provider] },
    });
    let case = Case::changed(&format!(
        "CREATE TABLE _superusers (id TEXT PRIMARY KEY NOT NULL, email TEXT, password TEXT,
             tokenKey TEXT, emailVisibility BOOLEAN, verified BOOLEAN);
         INSERT INTO _superusers VALUES ('aaaaaaaaaaaaaaa', 'a@b.co', '$2a$10$x', 'key', 0, 1),
             ('bbbbbbbbbbbbbbb', '{}', '$2a$10$y', 'other', 0, 1);
         INSERT INTO _collections SELECT 'pbc_3142635823', 1, 'auth', '_superusers', '[]', '[]',
             NULL, NULL, NULL, NULL, NULL, '{options}', created, updated FROM _collections",
        super::records::PLACEHOLDER,
    ));
    let report = case.import(false).unwrap();
    assert_eq!((report.records, report.notes().len()), (4, 1));
    let engine = Engine::open(case.options()).unwrap();
    let snapshot = engine.catalog.snapshot();
    let superusers = snapshot.find("_superusers").unwrap();
    let auth = superusers.auth().unwrap();
    assert_eq!(auth.auth_rule, None);
    for (token, secret, duration) in [(&auth.auth_token, "a", 1000), (&auth.file_token, "f", 2000)]
    {
        assert_eq!(token.secret.reveal(), secret.repeat(40));
        assert_eq!(token.duration, duration);
    }
    assert_eq!(auth.oauth2.providers[0].client_secret.reveal(), "hush");
    let order: Vec<_> = snapshot.all().iter().map(|one| one.name.as_str()).collect();
    assert_eq!(order[order.len() - 2..], ["things", "_superusers"]);
    engine.close().unwrap();
}

#[test]
fn each_loss_is_named_and_refuses_the_import_unless_allowed() {
    for (sql, loss) in LOSSES {
        let case = Case::changed(sql);
        let Err(PocketBaseError::Losses(report)) = case.import(false) else {
            panic!("not refused: {sql}")
        };
        assert_eq!(report.losses(), 1, "{report:?}");
        assert!(report.lost()[0].contains(loss), "{:?}", report.lost());
        assert!(!case.target().exists(), "{sql}");
        let allowed = case.import(true).unwrap();
        assert_eq!(allowed.lost(), report.lost());
        let left = fs::read_to_string(case.target().join(REPORT)).unwrap();
        let left: Json = serde_json::from_str(&left).unwrap();
        assert_eq!(left["losses"], json!(report.lost()));
        assert!(case.ids().len() >= 2, "{sql}");
    }
}

#[test]
fn files_in_a_bucket_stay_there() {
    let case = Case::changed(
        "UPDATE _params SET value = '{\"s3\":{\"enabled\":true,\"bucket\":\"b\",\
         \"region\":\"r\",\"endpoint\":\"e\",\"accessKey\":\"k\",\"secret\":\"s\"}}'",
    );
    let report = case.import(false).unwrap();
    assert_eq!((report.files, report.losses()), (0, 0));
    let note = "The files stay in their S3 bucket, where they are found under the same keys.";
    assert_eq!(report.notes(), [note]);
    assert_eq!(case.records()[0].1["paper"], "a.txt");
    let engine = Engine::open(case.options()).unwrap();
    let s3 = engine.settings.current().s3.clone();
    assert_eq!(
        (s3.enabled, s3.bucket, s3.secret.reveal()),
        (true, "b".to_owned(), "s")
    );
}

#[test]
fn a_value_that_is_taken_refuses_one_record_of_many_writes() {
    let case = Case::changed(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
         INSERT INTO things (id, title) SELECT 'r' || i, 'title ' || (i % 700) FROM n",
    );
    let report = case.import(true).unwrap();
    assert_eq!((report.records, report.losses()), (703, 300));
    let expected: Vec<_> = ["zz", "aa", "mm"].map(str::to_owned).into();
    let expected = expected
        .into_iter()
        .chain((1..=700).map(|i| format!("r{i}")));
    assert_eq!(case.ids(), expected.collect::<Vec<_>>());
    assert!(report.lost()[0].starts_with("Record r701 of things:"));
}

#[test]
fn what_is_carried_otherwise_is_noted() {
    let case = Case::changed(
        "UPDATE things SET count = 'many', data = '{\"b\": 1.50, \"a\": [2]}' WHERE id = 'aa';
         UPDATE things SET paper = 'gone.txt' WHERE id = 'mm';
         INSERT INTO _collections SELECT 'v', 0, 'view', 'titles', '[]', '[]', '', '', NULL, NULL,
             NULL, '{\"viewQuery\":\"SELECT id FROM things\"}', created, updated FROM _collections",
    );
    let stored = case.source().join("storage/things_id/zz");
    fs::create_dir(stored.join("thumbs_a.txt")).unwrap();
    for name in ["thumbs_a.txt/1x1_a.txt", "a.txt.attrs", "orphan.txt"] {
        fs::write(stored.join(name), "x").unwrap();
    }
    fs::create_dir(case.source().join("backups")).unwrap();
    fs::write(case.source().join("backups/one.zip"), "x").unwrap();
    let logs = Connection::open(case.source().join("auxiliary.db")).unwrap();
    let sql = "CREATE TABLE _logs (id TEXT); INSERT INTO _logs VALUES ('a'), ('b')";
    logs.execute_batch(sql).unwrap();
    let report = case.import(false).unwrap();
    assert_eq!(
        report.notes(),
        [
            "View titles: its definition is carried, its records cannot be read yet.",
            "File gone.txt of record mm of things is missing in the source.",
            "Field count of things: 1 values are not of its type and are carried as it reads them; \
             the first is that of record aa.",
            "The previews of 1 files are made anew when they are asked for.",
            "1 files that no record names are not carried; the first is things_id/zz/orphan.txt.",
            "The 2 request logs are not carried.",
            "The 1 backups are not carried.",
        ]
    );
    let records: BTreeMap<_, _> = case.records().into_iter().collect();
    assert_eq!(records["aa"]["count"], 0);
    assert_eq!(records["aa"]["data"], json!({ "b": 1.5, "a": [2] }));
    assert_eq!(records["mm"]["paper"], "gone.txt");
}

#[test]
fn links_in_the_source_lead_nowhere() {
    let case = Case::new();
    let outside = case.folder.path().join("outside");
    fs::write(&outside, "secret").unwrap();
    let link = case.source().join("storage/things_id/zz/a.txt");
    fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink(&outside, &link).unwrap();
    let Err(PocketBaseError::Losses(report)) = case.import(false) else {
        panic!("not refused")
    };
    assert_eq!(
        report.lost(),
        ["File a.txt of record zz of things is not a plain file."]
    );
}

#[test]
fn what_stands_in_the_log_of_the_database_is_carried() {
    let case = Case::new();
    let open = "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;
                INSERT INTO things (id, title) VALUES ('late', 'late')";
    case.source.execute_batch(open).unwrap();
    // A copy of an open database is what a killed process leaves.
    let left = case.folder.path().join("left");
    fs::create_dir(&left).unwrap();
    for name in ["data.db", "data.db-wal"] {
        fs::copy(case.source().join(name), left.join(name)).unwrap();
    }
    fs::rename(case.source().join("storage"), left.join("storage")).unwrap();
    let bytes = |name: &str| fs::read(left.join(name)).unwrap();
    let before = ["data.db", "data.db-wal"].map(bytes);
    let import = PocketBaseImport {
        folder: &left,
        encryption_key: None,
        allow_losses: false,
    };
    import_pocketbase(case.options(), &import, &mut |_| {}).unwrap();
    assert_eq!(case.ids(), ["zz", "aa", "mm", "late"]);
    assert_eq!(["data.db", "data.db-wal"].map(bytes), before);
    assert_eq!(fs::read_dir(&left).unwrap().count(), 3);
}

#[test]
fn folders_that_are_refused_leave_the_target_as_it_was() {
    type Refused = fn(&PocketBaseError) -> bool;
    let table: [(&str, Refused); 7] = [
        ("DROP TABLE _collections", |error| {
            matches!(error, PocketBaseError::NoSource { .. })
        }),
        (
            "ALTER TABLE _collections RENAME fields TO schema",
            |error| matches!(error, PocketBaseError::Outdated(_)),
        ),
        ("DROP TABLE things", |error| {
            matches!(error, PocketBaseError::Definition(_))
        }),
        ("UPDATE _collections SET fields = '['", |error| {
            matches!(error, PocketBaseError::Definition(_))
        }),
        ("UPDATE _collections SET name = 'a b'", |error| {
            matches!(error, PocketBaseError::Definition(_))
        }),
        ("UPDATE _params SET value = 'c2VhbGVk'", |error| {
            matches!(error, PocketBaseError::Encrypted(_))
        }),
        ("UPDATE _params SET value = '{\"batch\":7}'", |error| {
            matches!(error, PocketBaseError::Engine(Error::BadRequest(_)))
        }),
    ];
    for (sql, refused) in table {
        let case = Case::changed(sql);
        let error = case.import(true).unwrap_err();
        assert!(refused(&error), "{sql}: {error}");
        assert!(!case.target().exists(), "{sql}");
    }
}

#[test]
fn damaged_databases_are_refused() {
    let case = Case::new();
    let path = case.source().join("data.db");
    let whole = fs::read(&path).unwrap();
    let mut flipped = whole.clone();
    flipped[4096..].fill(0x5a);
    for bytes in [
        &whole[..whole.len() / 2],
        &flipped,
        &whole[..8],
        b"",
        b"no database at all",
    ] {
        fs::write(&path, bytes).unwrap();
        let error = case.import(true).unwrap_err();
        let expected = matches!(
            error,
            PocketBaseError::Damaged { .. } | PocketBaseError::NoSource { .. }
        );
        assert!(expected, "{error}");
        assert!(!case.target().exists());
    }
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(case.import(true).is_err());
}

#[test]
fn a_target_with_something_in_it_is_left_alone() {
    let case = Case::new();
    fs::create_dir(case.target()).unwrap();
    fs::write(case.target().join("mine.txt"), "mine").unwrap();
    let error = case.import(true).unwrap_err();
    assert!(matches!(error, PocketBaseError::NotEmpty { .. }), "{error}");
    assert_eq!(fs::read_dir(case.target()).unwrap().count(), 1);
    fs::remove_file(case.target().join("mine.txt")).unwrap();
    fs::create_dir(case.target().join("lost+found")).unwrap();
    case.import(false).unwrap();
    // A second import finds the first one's.
    let error = case.import(true).unwrap_err();
    assert!(matches!(error, PocketBaseError::NotEmpty { .. }), "{error}");
    assert_eq!(case.ids().len(), 3);

    let source = case.source();
    let import = PocketBaseImport {
        folder: &source,
        encryption_key: None,
        allow_losses: true,
    };
    let inside = Options::new(source.join("data"));
    let error = import_pocketbase(inside, &import, &mut |_| {}).unwrap_err();
    assert!(matches!(error, PocketBaseError::BadTarget(_)), "{error}");
    assert!(!source.join("data").exists());
}

#[test]
fn an_import_that_broke_off_is_not_opened_and_begins_anew() {
    let case = Case::new();
    case.import(false).unwrap();
    fs::write(case.target().join(UNFINISHED_IMPORT), "").unwrap();
    let opened = Engine::open(case.options());
    let Err(Error::Store(StoreError::UnfinishedImport { .. })) = opened else {
        panic!("opened")
    };
    // As if it had come further the first time.
    let orphan = case.target().join("storage/things_id/zz/orphan.txt");
    fs::write(&orphan, "x").unwrap();
    assert_eq!(case.import(false).unwrap().records, 3);
    assert_eq!(case.ids(), ["zz", "aa", "mm"]);
    assert!(!orphan.exists());

    // Somebody else is at it.
    let mark = fs::File::create(case.target().join(UNFINISHED_IMPORT)).unwrap();
    mark.lock().unwrap();
    let error = case.import(false).unwrap_err();
    assert!(matches!(error, PocketBaseError::BadTarget(_)), "{error}");
    assert!(case.target().join("store").exists());
}
