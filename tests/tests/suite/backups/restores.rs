//! A running server takes over what a backup holds, and starts again with it.

use luge_tests::persona::records;
use luge_tests::{Case, Requests, Server, check};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::{FORM, doc, docs, download, form, keys, until};

#[test]
fn records_files_and_sign_ins_are_those_of_the_backup() {
    let server = Server::start();
    let (superuser, anyone) = (server.superuser(), server.anyone());
    docs(&superuser);
    let account = json!({"email": "a@b.co", "password": "12345678", "passwordConfirm": "12345678"});
    let user = superuser.record("users", &account);
    let signed_in = anyone.sign_in("users", "a@b.co", "12345678");
    let kept = doc(&anyone, "kept", b"the bytes of the file");
    let text = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let file = format!(
        "/api/files/docs/{}/{}",
        text(&kept, "id"),
        text(&kept, "file")
    );
    superuser
        .post("/api/backups", &json!({"name": "a.zip"}))
        .expect(204);

    let kept_path = format!("{}/{}", records("docs"), text(&kept, "id"));
    anyone.delete(&kept_path).expect(204);
    let later = doc(&anyone, "later", b"later");
    let changed = json!({"password": "another one", "passwordConfirm": "another one"});
    let user_path = format!("{}/{}", records("users"), text(&user, "id"));
    superuser.patch(&user_path, &changed).expect(200);
    until(&anyone, &file, |answer| answer.status == 404);

    superuser
        .post("/api/backups/a.zip/restore", &json!({}))
        .expect(204);
    until(&anyone, &kept_path, |answer| answer.status == 200);
    let list = records("docs");
    check(vec![
        Case::new("what is there", &anyone, "GET", &list)
            .is("totalItems", 1)
            .is("items.0.title", "kept"),
        Case::new(
            "what came later",
            &anyone,
            "GET",
            &format!("{list}/{}", text(&later, "id")),
        )
        .status(404),
        Case::new("the file", &anyone, "GET", &file).has("the bytes of the file"),
        Case::new("the old token", &signed_in, "GET", &user_path).status(200),
    ]);
    anyone.sign_in("users", "a@b.co", "12345678");
    let wrong = json!({"identity": "a@b.co", "password": "another one"});
    let refused = anyone.post("/api/collections/users/auth-with-password", &wrong);
    assert_eq!(refused.status, 400, "{refused}");
    assert_eq!(keys(&superuser), ["a.zip"]);
    doc(&anyone, "new", b"new");
    check(vec![
        Case::new("writes go on", &anyone, "GET", &list).is("totalItems", 2),
    ]);
}

#[test]
fn a_restore_is_told_before_and_refused_whole() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let superuser = server.superuser();
    docs(&superuser);
    doc(&superuser, "one", b"bytes");
    superuser
        .post("/api/backups", &json!({"name": "a.zip"}))
        .expect(204);
    let bytes = download(&superuser, "a.zip");
    doc(&superuser, "two", b"more");
    let mut damaged = bytes.clone();
    let middle = damaged.len() / 4;
    damaged[middle] ^= 1;
    let foreign = b"PK\x03\x04 something else".to_vec();
    let cut = bytes[..bytes.len() / 2].to_vec();
    for (name, bytes) in [("b.zip", damaged), ("c.zip", foreign), ("d.zip", cut)] {
        let body = form("file", name, &bytes);
        superuser
            .send("POST", "/api/backups/upload", FORM, &body)
            .expect(204);
    }
    let restore = |name, path: &str| {
        let path = format!("/api/backups/{path}");
        Case::new(name, &superuser, "POST", &path)
    };
    check(vec![
        restore("told", "a.zip/restore?dryRun=1")
            .is("valid", true)
            .is("problems", json!([]))
            // With where the superuser signed in.
            .is("records", 3)
            .is("files", 1)
            .has("\"name\":\"docs\",\"records\":1")
            .lacks("entries"),
        restore("damage is told", "b.zip/restore?dryRun=true")
            .is("valid", false)
            .has("problems"),
        restore("no flag", "a.zip/restore?dryRun=maybe")
            .status(400)
            .has("dryRun"),
        restore("none", "none.zip/restore?dryRun=1").status(400),
        restore("damage", "b.zip/restore").status(400),
        restore("something else", "c.zip/restore")
            .status(400)
            .has("zip archive"),
        restore("half of it", "d.zip/restore")
            .status(400)
            .has("zip archive"),
        Case::new("nothing changed", &superuser, "GET", &records("docs")).is("totalItems", 2),
        Case::new("an estimate", &superuser, "GET", "/api/backups/estimate")
            .is("files", 2)
            .is("fileBytes", 9)
            .has("databaseBytes"),
        Case::new("health", &superuser, "GET", "/api/health").is("data.canBackup", true),
    ]);
    assert!(!server.folder.join("data/.restore").exists());
}

/// Two records are changed by one commit each time, and files come and go with theirs.
#[test]
fn backups_under_writers_are_what_one_commit_left() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let superuser = server.superuser();
    docs(&superuser);
    for _ in 0..2 {
        superuser.record("docs", &json!({"title": "pair"}));
    }
    let pair = format!("{}?filter=title%3D%22pair%22", records("docs"));
    let stopping = AtomicBool::new(false);
    let mut outcomes = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut n = 0;
            while !stopping.load(Ordering::Relaxed) {
                n += 1;
                superuser.patch(&pair, &json!({ "n": n }));
            }
        });
        for writer in 0..2 {
            let (superuser, stopping) = (&superuser, &stopping);
            scope.spawn(move || {
                while !stopping.load(Ordering::Relaxed) {
                    let made = doc(superuser, &format!("writer {writer}"), b"a file");
                    let id = made["id"].as_str().unwrap_or_default();
                    superuser.delete(&format!("{}/{id}", records("docs")));
                }
            });
        }
        for number in 0..8 {
            let name = format!("{number}.zip");
            let made = superuser.post("/api/backups", &json!({ "name": name }));
            outcomes.push((name, made.status));
            std::thread::sleep(Duration::from_millis(200));
        }
        // Before anything is asserted: the writers would never end.
        stopping.store(true, Ordering::Relaxed);
    });
    let mut files = 0;
    for (name, status) in outcomes {
        assert_eq!(status, 204, "{name}");
        let told = superuser.post(&format!("/api/backups/{name}/restore?dryRun=1"), &json!({}));
        assert_eq!(told.at("valid"), json!(true), "{told}");
        assert_eq!(told.at("missingFiles"), json!([]), "{told}");
        files += told.at("files").as_u64().unwrap_or_default();
    }
    assert!(files > 0, "no backup met a file");
    superuser
        .post("/api/backups/4.zip/restore", &json!({}))
        .expect(204);
    until(&superuser, "/api/backups", |answer| answer.status == 200);
    let listed = superuser.get(&pair).expect(200);
    assert_eq!(listed["totalItems"], 2, "{listed}");
    assert!(listed["items"][0]["n"].as_f64() > Some(0.0), "{listed}");
    assert_eq!(listed["items"][0]["n"], listed["items"][1]["n"], "{listed}");
    let checked = server.run(&["check"]).expect("the binary runs");
    assert!(checked.status.success(), "{checked:?}");
}
