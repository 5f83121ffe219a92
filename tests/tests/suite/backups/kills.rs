//! A process that is killed while it makes or restores a backup: no half backup is ever listed, and
//! the data is the old or the new, whole.

use luge_tests::persona::records;
use luge_tests::{Requests, Server};
use serde_json::json;
use std::time::Duration;

use super::{doc, docs, keys};

#[test]
fn a_kill_in_the_middle_leaves_whole_backups_and_whole_data() {
    let mut server = Server::start();
    if server.is_reference() {
        return;
    }
    let superuser = server.superuser();
    docs(&superuser);
    let content = vec![b'x'; 300_000];
    for n in 0..40 {
        doc(&superuser, &format!("old {n}"), &content);
    }
    superuser
        .post("/api/backups", &json!({"name": "old.zip"}))
        .expect(204);
    let new = doc(&superuser, "new", b"new");
    let path = format!(
        "{}/{}",
        records("docs"),
        new["id"].as_str().unwrap_or_default()
    );
    for cycle in 0..10_u64 {
        let superuser = server.superuser();
        std::thread::scope(|scope| {
            let asking = superuser.clone();
            let asked = move || {
                // The answer may never come.
                let (path, body) = if cycle % 2 == 0 {
                    (
                        "/api/backups".to_owned(),
                        json!({"name": format!("c{cycle}.zip")}),
                    )
                } else {
                    ("/api/backups/old.zip/restore".to_owned(), json!({}))
                };
                let body = body.to_string();
                drop(asking.try_send("POST", &path, "application/json", body.as_bytes()));
            };
            scope.spawn(asked);
            std::thread::sleep(Duration::from_millis(15 * cycle + cycle % 3 * 7));
            server.kill();
        });
        server.restart();
        let superuser = server.superuser();
        for key in keys(&superuser) {
            let verified = server
                .run(&["backup", "verify", &key])
                .expect("the binary runs");
            assert!(
                verified.status.success(),
                "cycle {cycle}, {key}: {verified:?}"
            );
        }
        let checked = server.run(&["check"]).expect("the binary runs");
        assert!(checked.status.success(), "cycle {cycle}: {checked:?}");
        let total = superuser.get(&records("docs")).at("totalItems");
        match superuser.get(&path).status {
            200 => assert_eq!(total, json!(41), "cycle {cycle}"),
            _ => assert_eq!(total, json!(40), "cycle {cycle}"),
        }
        assert!(
            !server.folder.join("data/.restore").exists(),
            "cycle {cycle}"
        );
    }
}
