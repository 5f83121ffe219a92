//! Where files are kept: the settings' bucket, and what was chosen when the database was made. The
//! bucket itself is used in `tests/sdk/storage.test.mjs`.

use super::{field, public_collection};
use luge_tests::persona::records;
use luge_tests::server::{Options, free_address, new_folder};
use luge_tests::{Case, Requests, Server, check};
use serde_json::{Value, json};
use std::process::Command;

const TEST: &str = "/api/settings/test/s3";

#[test]
fn a_bucket_is_tried_out_by_superusers() {
    let server = Server::start();
    let (superuser, anyone) = (server.superuser(), server.anyone());
    let member = server.member();
    let storage = json!({"filesystem": "storage"});
    let post = |name, persona, body: &Value| Case::new(name, persona, "POST", TEST).json(body);
    let code = "data.filesystem.code";
    let failed = "Failed to test the S3 filesystem.";
    check(vec![
        post("anyone", &anyone, &storage).status(401),
        post("a member", &member, &storage).status(403),
        post("anyone, before the body is judged", &anyone, &json!([])).status(401),
        post("nothing said", &superuser, &json!({}))
            .refused(400, code, "validation_required")
            .is("message", failed),
        post("null", &superuser, &json!({"filesystem": null})).refused(
            400,
            code,
            "validation_required",
        ),
        post("an empty name", &superuser, &json!({"filesystem": ""})).refused(
            400,
            code,
            "validation_required",
        ),
        post(
            "another name",
            &superuser,
            &json!({"filesystem": "../storage"}),
        )
        .refused(400, code, "validation_in_invalid")
        .is("message", failed),
        post("a number", &superuser, &json!({"filesystem": 5})).status(400),
        post("a list", &superuser, &json!([])).status(400),
        post("not enabled", &superuser, &storage)
            .status(400)
            .has("S3 storage filesystem is not enabled."),
        post(
            "backups not enabled",
            &superuser,
            &json!({"filesystem": "backups"}),
        )
        .status(400)
        .has("S3 storage filesystem is not enabled."),
    ]);
}

#[test]
fn what_a_bucket_fails_with_tells_no_secret() {
    let server = Server::start();
    let reference = server.is_reference();
    let superuser = server.superuser();
    let storage = json!({"filesystem": "storage"});
    let post = |name, persona, body: &Value| Case::new(name, persona, "POST", TEST).json(body);
    let s3 = json!({"enabled": true, "bucket": "photos", "region": "r", "accessKey": "public-name",
        "secret": "hunter2-hunter2", "endpoint": "http://127.0.0.1:9", "forcePathStyle": true});
    superuser
        .patch("/api/settings", &json!({"s3": s3}))
        .expect(200);
    for endpoint in [
        "http://127.0.0.1:9",
        "127.0.0.1:9",
        "https://127.0.0.1:9/",
        "http://localhost.invalid",
    ] {
        let settings = json!({"s3": {"endpoint": endpoint}});
        superuser.patch("/api/settings", &settings).expect(200);
        check(vec![
            post(endpoint, &superuser, &storage)
                .status(400)
                .has("Raw error: ")
                .lacks("hunter2"),
            Case::new("the settings", &superuser, "GET", "/api/settings").lacks("hunter2"),
        ]);
    }
    // The server itself answers at this address, and not as a bucket does.
    let settings = json!({"s3": {"endpoint": server.base()}});
    superuser.patch("/api/settings", &settings).expect(200);
    check(vec![
        post("not a bucket", &superuser, &storage)
            .status(400)
            .has("not as S3 does")
            .lacks("requested resource")
            .unless(reference),
    ]);
}

#[test]
fn files_are_looked_for_where_they_were_put() {
    if luge_tests::server::is_reference(&luge_tests::server::binary()) {
        return;
    }
    let folder = new_folder();
    let start = |place: Option<&str>| {
        let arguments = place.map(|place| vec!["--files".to_owned(), place.to_owned()]);
        Server::start_with(Options {
            folder: Some(folder.clone()),
            arguments: arguments.unwrap_or_default(),
            superuser: false,
            ..Options::default()
        })
    };
    // The first command makes the database.
    let upsert = |place: &str| {
        let data = folder.join("data");
        Command::new(luge_tests::server::binary())
            .args([
                "superuser",
                "upsert",
                "root@example.com",
                "correct horse battery",
            ])
            .args(["--files", place, "--dir"])
            .arg(data)
            .output()
            .expect("the command runs")
    };
    assert!(upsert("database").status.success());
    let mut server = start(Some("database"));
    let superuser = server.superuser();
    public_collection(&superuser, "docs", &[field("one", "file", json!({}))]);
    let form = super::files::form(&[("one", Some("a.txt"), b"inside")]);
    let record = superuser
        .send("POST", &records("docs"), super::files::FORM, &form)
        .expect(200);
    let file = super::files::address(&record, "one");
    assert_eq!(server.anyone().get(&file).text, "inside");
    assert_eq!(super::files::stored(&server), Vec::<String>::new());
    server.terminate();
    for place in ["folder", "elsewhere"] {
        let output = upsert(place);
        assert!(!output.status.success(), "{place}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(place) && said.contains("database"), "{said}");
    }
    let served = Command::new(luge_tests::server::binary())
        .args([
            "serve",
            "--http",
            &free_address(),
            "--files",
            "folder",
            "--dir",
        ])
        .arg(folder.join("data"))
        .output()
        .expect("the command runs");
    assert!(!served.status.success());
    let mut server = start(None);
    assert_eq!(server.anyone().get(&file).text, "inside");
    server.terminate();
    std::fs::remove_dir_all(&folder).expect("the folder can be removed");
}
