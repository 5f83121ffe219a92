//! What the contract says about backups (§1.7), on Luge and on PocketBase.

use luge_tests::{Case, Requests, Server, check};
use serde_json::{Value, json};

use super::{FORM, download, file_token, form, keys};

#[test]
fn names_are_checked_and_backups_come_and_go() {
    let server = Server::start();
    let superuser = server.superuser();
    let create =
        |name, body: Value| Case::new(name, &superuser, "POST", "/api/backups").json(&body);
    let remove =
        |name, key: &str| Case::new(name, &superuser, "DELETE", &format!("/api/backups/{key}"));
    let taken = "validation_backup_name_exists";
    let malformed = "validation_match_invalid";
    let long = format!("{}.zip", "a".repeat(147));
    check(vec![
        Case::new("none yet", &superuser, "GET", "/api/backups").has("[]"),
        create("a name", json!({"name": "a-1_x.zip"})).status(204),
        create("it is taken", json!({"name": "a-1_x.zip"})).refused(400, "data.name.code", taken),
        create("upper case", json!({"name": "A.zip"})).refused(400, "data.name.code", malformed),
        create("no ending", json!({"name": "a"})).refused(400, "data.name.code", malformed),
        create("a path", json!({"name": "../a.zip"})).refused(400, "data.name.code", malformed),
        create("a space", json!({"name": "a b.zip"})).refused(400, "data.name.code", malformed),
        create("only an ending", json!({"name": ".zip"})).refused(400, "data.name.code", malformed),
        create("too long", json!({"name": long}))
            .refused(400, "data.name.code", "validation_length_out_of_range")
            .is("data.name.params.max", 150),
        create("a number", json!({"name": 5})).status(400),
        Case::new("no JSON", &superuser, "POST", "/api/backups")
            .raw("application/json", b"{bad")
            .status(400),
        Case::new("one is listed", &superuser, "GET", "/api/backups")
            .has("\"key\":\"a-1_x.zip\"")
            .has("\"modified\":\"20")
            .has("\"size\":"),
        Case::new("picked", &superuser, "GET", "/api/backups?fields=key")
            .has("{\"key\":\"a-1_x.zip\"}")
            .lacks("size"),
        remove("one that is not there", "none.zip").status(400),
        remove("a path", "..%2fdata.db").status(400),
        remove("the one", "a-1_x.zip").status(204),
        remove("again", "a-1_x.zip").status(400),
        Case::new("none left", &superuser, "GET", "/api/backups").has("[]"),
        create("a name of its own", json!({})).status(204),
        Case::new("it is listed", &superuser, "GET", "/api/backups").has("_backup_acme_20"),
    ]);
}

#[test]
fn a_download_needs_a_superusers_file_token() {
    let server = Server::start();
    let (superuser, anyone) = (server.superuser(), server.anyone());
    let user = superuser.account("users", "a@b.co");
    superuser
        .post("/api/backups", &json!({"name": "a.zip"}))
        .expect(204);
    let (own, others) = (file_token(&superuser), file_token(&user));
    let get = |name, token: &str, key: &str| {
        let path = format!("/api/backups/{key}?token={token}");
        Case::new(name, &superuser, "GET", &path)
    };
    check(vec![
        get("no token", "", "a.zip").status(403).lacks("PK"),
        get("a user's file token", &others, "a.zip").status(403),
        get("a sign-in token", superuser.token(), "a.zip").status(403),
        get("nonsense", "x.y.z", "a.zip").status(403),
        get("no token, no backup", "", "none.zip").status(403),
        get("a backup that is not there", &own, "none.zip").status(404),
        get("a path", &own, "..%2fdata.db").status(404),
        get("a path with dots", &own, "%2e%2e%2fdata.db").status(404),
    ]);
    let path = format!("/api/backups/a.zip?token={own}");
    let answer = anyone.get(&path);
    assert_eq!(answer.status, 200);
    assert!(answer.bytes.starts_with(b"PK\x03\x04"));
    assert_eq!(answer.header("content-type"), Some("application/zip"));
    assert_eq!(
        answer.header("content-disposition"),
        Some("attachment; filename=\"a.zip\"")
    );
    let part = anyone.with_header("Range", "bytes=0-3").get(&path);
    assert_eq!(
        (part.status, part.bytes.as_slice()),
        (206, &b"PK\x03\x04"[..])
    );
    let beyond = anyone.with_header("Range", "bytes=99999999-").get(&path);
    assert_eq!(beyond.status, 416);
}

#[test]
fn a_bucket_that_cannot_be_used_is_said_to_and_gives_nothing_away() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let superuser = server.superuser();
    superuser
        .post("/api/backups", &json!({"name": "a.zip"}))
        .expect(204);
    let s3 = json!({"enabled": true, "bucket": "copies", "region": "r", "accessKey": "public-name",
        "secret": "hunter2-hunter2", "endpoint": "http://127.0.0.1:9", "forcePathStyle": true});
    let settings = json!({"backups": {"s3": s3}});
    superuser.patch("/api/settings", &settings).expect(200);
    let download = format!("/api/backups/a.zip?token={}", file_token(&superuser));
    let refused = |name, method, path: &str| {
        Case::new(name, &superuser, method, path)
            .status(503)
            .has("bucket of backups cannot be used: no connection can be made")
            .lacks("hunter2")
            .lacks("public-name")
    };
    let upload = Case::new("an upload", &superuser, "POST", "/api/backups/upload");
    check(vec![
        refused("the list", "GET", "/api/backups"),
        refused("one more", "POST", "/api/backups").json(&json!({"name": "b.zip"})),
        refused("one without a name", "POST", "/api/backups").json(&json!({})),
        refused("a download", "GET", &download),
        refused(
            "telling a restore",
            "POST",
            "/api/backups/a.zip/restore?dryRun=1",
        ),
        refused("a restore", "POST", "/api/backups/a.zip/restore"),
        refused("a removal", "DELETE", "/api/backups/a.zip"),
        upload
            .raw(FORM, &form("file", "c.zip", b"PK\x03\x04"))
            .status(503),
        Case::new("a bad name", &superuser, "POST", "/api/backups")
            .json(&json!({"name": "A.zip"}))
            .refused(400, "data.name.code", "validation_match_invalid"),
        Case::new("health", &superuser, "GET", "/api/health").is("data.canBackup", true),
    ]);
    let settings = json!({"backups": {"s3": {"enabled": false}}});
    superuser.patch("/api/settings", &settings).expect(200);
    assert_eq!(keys(&superuser), ["a.zip"]);
}

#[test]
fn an_upload_is_kept_under_its_name() {
    let server = Server::start();
    let superuser = server.superuser();
    superuser
        .post("/api/backups", &json!({"name": "a.zip"}))
        .expect(204);
    let bytes = download(&superuser, "a.zip");
    let upload = |name, body: &[u8]| {
        Case::new(name, &superuser, "POST", "/api/backups/upload").raw(FORM, body)
    };
    let code = "data.file.code";
    let cut = form("file", "cut.zip", &bytes);
    check(vec![
        upload("a new name", &form("file", "b.zip", &bytes)).status(204),
        upload("a name that is taken", &form("file", "a.zip", &bytes)).refused(
            400,
            code,
            "validation_backup_name_exists",
        ),
        upload("no archive", &form("file", "c.zip", b"only text")).refused(
            400,
            code,
            "validation_invalid_mime_type",
        ),
        upload("another part", &form("other", "c.zip", &bytes)).refused(
            400,
            code,
            "validation_required",
        ),
        upload("no part", b"--XX--\r\n").status(400),
        upload("a body that breaks off", &cut[..cut.len() - 20]).status(400),
        upload(
            "a path becomes a name",
            &form("file", "../../d.zip", &bytes),
        )
        .status(204),
        Case::new("JSON", &superuser, "POST", "/api/backups/upload")
            .json(&json!({}))
            .refused(400, code, "validation_required"),
    ]);
    assert_eq!(keys(&superuser), ["a.zip", "b.zip", "d.zip"]);
    assert_eq!(download(&superuser, "d.zip"), bytes);
    if server.is_reference() {
        return;
    }
    for name in ["..", ".hidden.zip", "x.zip.", &"a".repeat(151)] {
        let answer = superuser.send(
            "POST",
            "/api/backups/upload",
            FORM,
            &form("file", name, &bytes),
        );
        assert_eq!(
            answer.at("data.file.code"),
            json!("validation_match_invalid"),
            "{name}"
        );
    }
    assert_eq!(keys(&superuser).len(), 3);
}

#[test]
fn nobody_but_superusers_gets_near_a_backup() {
    let server = Server::start();
    let (superuser, anyone) = (server.superuser(), server.anyone());
    let user = superuser.account("users", "a@b.co");
    superuser
        .post("/api/backups", &json!({"name": "a.zip"}))
        .expect(204);
    let bytes = download(&superuser, "a.zip");
    let routes = [
        ("GET", "/api/backups"),
        ("POST", "/api/backups"),
        ("DELETE", "/api/backups/a.zip"),
        ("POST", "/api/backups/a.zip/restore"),
        ("POST", "/api/backups/none.zip/restore"),
    ];
    let mut cases = Vec::new();
    for (persona, status) in [(&anyone, 401), (&user, 403)] {
        for (method, path) in routes {
            cases.push(Case::new(path, persona, method, path).status(status));
        }
        let upload = Case::new("an upload", persona, "POST", "/api/backups/upload");
        cases.push(
            upload
                .raw(FORM, &form("file", "b.zip", &bytes))
                .status(status),
        );
    }
    cases.push(
        Case::new(
            "nothing to restore",
            &superuser,
            "POST",
            "/api/backups/none.zip/restore",
        )
        .status(400)
        .has("Missing or invalid backup file."),
    );
    check(cases);
    assert_eq!(keys(&superuser), ["a.zip"]);
}
