//! Files into a whole engine in memory and out again.

use std::path::PathBuf;

use luge_model::timestamp::Timestamp;
use serde_json::{Map, Value as Json, json};
use tempfile::TempDir;

use super::*;
use crate::context::Context;
use crate::engine::{Engine, Options};
use crate::store::StoreKind;

struct Case {
    engine: Engine,
    folder: TempDir,
    context: Context,
}

impl Case {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let options = Options {
            store: StoreKind::Memory,
            ..Options::new(folder.path().to_owned())
        };
        let engine = Engine::open(options).unwrap();
        let context = Context::system(Timestamp(1_700_000_000_000));
        Self {
            engine,
            folder,
            context,
        }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    async fn import(&self, name: &str, text: &str) -> Result<ImportReport, TransferError> {
        let path = self.file(name, text);
        let format = Format::of_path(&path).unwrap();
        let request = Import {
            path: &path,
            format,
            collection: "things",
        };
        let mut last = Progress::default();
        let mut progress = |now: Progress| {
            assert!(
                now.done >= last.done && now.done <= now.total,
                "{now:?} after {last:?}"
            );
            last = now;
        };
        let report = import(&self.engine, &self.context, &request, &mut progress).await?;
        assert_eq!(last.done, report.created + report.rejected_count);
        assert_eq!(last.done, last.total);
        Ok(report)
    }

    fn export(&self, format: Format) -> String {
        let mut out = Vec::new();
        export(&self.engine, &self.context, "things", format, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }
}

fn rejected(report: &ImportReport) -> Vec<String> {
    let line = |rejected: &Rejected| format!("{}: {}", rejected.line, rejected.reason);
    report.rejected.iter().map(line).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_csv_file_comes_out_as_it_went_in() {
    let case = Case::new();
    let rows: Vec<String> = (0..250)
        .map(|row| format!("id{row:03},{row},\"a, \"\"{row}\"\"\",0{row}"))
        .collect();
    let text = format!("id,count,name,code\n{}\n", rows.join("\n"));
    let report = case.import("things.csv", &text).await.unwrap();
    assert_eq!((report.created, report.rejected_count), (250, 0));
    assert!(report.new_collection);
    assert_eq!(case.export(Format::Csv), text);
}

#[tokio::test(flavor = "multi_thread")]
async fn json_comes_out_as_it_went_in() {
    let case = Case::new();
    let text = r#"[{"at":"2024-01-02","id":"a","n":1.5,"o":{"k":[1]},"on":true,"t":"x"},
                   {"at":null,"id":"b","n":null,"o":"[1]","on":null,"t":null}]"#;
    let report = case.import("things.json", text).await.unwrap();
    assert_eq!((report.created, report.rejected_count), (2, 0));
    let expected = json!([
        {"at": "2024-01-02 00:00:00.000Z", "id": "a", "n": 1.5, "o": {"k": [1]}, "on": true,
         "t": "x"},
        {"at": "", "id": "b", "n": 0, "o": "[1]", "on": false, "t": ""},
    ]);
    assert_eq!(
        serde_json::from_str::<Json>(&case.export(Format::Json)).unwrap(),
        expected
    );
    let lines: Vec<Json> = case
        .export(Format::Ndjson)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(Json::Array(lines), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_rows_are_listed_and_stop_nothing() {
    let case = Case::new();
    let text = "a,b\n1,x\n2\n3,y,z\n\n4,w\n";
    let report = case.import("things.csv", text).await.unwrap();
    assert_eq!(report.created, 2);
    assert_eq!(
        rejected(&report),
        [
            "3: 1 cells where the header has 2",
            "4: 3 cells where the header has 2"
        ]
    );
    let report = case
        .import("more.ndjson", "{\"a\":5}\n{\"a\"\n[]\n{\"b\":\"v\"}\n")
        .await
        .unwrap();
    assert_eq!(
        (report.created, report.rejected_count, report.new_collection),
        (2, 2, false)
    );
    assert!(
        rejected(&report)[0].starts_with("2: not JSON"),
        "{report:?}"
    );
    assert_eq!(case.export(Format::Ndjson).lines().count(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_the_collection_refuses_are_listed() {
    let case = Case::new();
    let definition = json!({
        "name": "things", "type": "base",
        "fields": [
            {"name": "name", "type": "text", "required": true, "max": 3},
            {"name": "size", "type": "number", "max": 10},
        ],
        "indexes": ["CREATE UNIQUE INDEX `idx_things_name` ON `things` (`name`)"],
    });
    let definition: Map<String, Json> = definition.as_object().unwrap().clone();
    case.engine
        .catalog
        .create(&case.context, &definition)
        .await
        .unwrap();
    let text = "name,size,colour\na,1,red\n,2,red\nlong,3,red\nb,11,red\na,4,red\nc,5,red\n";
    let report = case.import("things.csv", text).await.unwrap();
    assert_eq!((report.created, report.rejected_count), (2, 4));
    assert_eq!(
        rejected(&report),
        [
            "3: name: Cannot be blank.",
            "4: name: Must be no more than 3 character(s).",
            "5: size: Must be less or equal than 10.",
            "6: name: Value must be unique.",
        ]
    );
    let note = "Column \"colour\" was left out: the collection has no field of that name.";
    assert_eq!(report.notes, [note]);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_refused_whole_leave_nothing() {
    let case = Case::new();
    for (name, text) in [
        ("a.csv", ""),
        ("a.csv", "a,b\n"),
        ("a.json", ""),
        ("a.json", "{}"),
        ("a.json", "[{}"),
        ("a.json", "[]"),
        ("a.ndjson", ""),
        ("a.ndjson", "nope\n"),
    ] {
        assert!(case.import(name, text).await.is_err(), "{name} {text:?}");
    }
    assert!(Format::of_path(&PathBuf::from("a.xlsx")).is_err());
    let missing = Import {
        path: &case.folder.path().join("missing.csv"),
        format: Format::Csv,
        collection: "things",
    };
    let result = import(&case.engine, &case.context, &missing, &mut |_| {}).await;
    assert!(matches!(result, Err(TransferError::Io(_))));
    let mut out = Vec::new();
    let exported = export(&case.engine, &case.context, "things", Format::Csv, &mut out);
    assert!(matches!(exported, Err(TransferError::Engine { .. })));
    assert!(out.is_empty());
}
