//! What is told of backups and jobs beside what they are: how far one is, how the last ones went,
//! and what a restore would change. The real PocketBase tells none of it.

use luge_tests::persona::records;
use luge_tests::{Case, Requests, Server, check};
use serde_json::json;

use super::{doc, docs, file_token, keys, until};

const STATUS: &str = "/api/backups/status";
const JOBS: &str = "/api/jobs";

#[test]
fn how_backups_went_is_for_superusers_and_kept() {
    let mut server = Server::start();
    if server.is_reference() {
        return;
    }
    let (superuser, anyone) = (server.superuser(), server.anyone());
    let user = superuser.account("users", "a@b.co");
    let broken = anyone.with_token("not.a.token");
    let status = |name, persona| Case::new(name, persona, "GET", STATUS);
    check(vec![
        status("nothing yet", &superuser)
            .is("running", json!(null))
            .is("lastSuccess", json!(null))
            .is("lastFailure", json!(null)),
        status("not for guests", &anyone).status(401),
        status("nor with a broken token", &broken).status(401),
        status("nor for users", &user).status(403),
        Case::new("it is not written", &superuser, "POST", STATUS).status(404),
        Case::new("nor removed", &superuser, "DELETE", STATUS).status(404),
    ]);
    for name in ["A.zip", "../a.zip", "a"] {
        superuser
            .post("/api/backups", &json!({"name": name}))
            .expect(400);
    }
    check(vec![
        status("a refused name is no failure", &superuser).is("lastFailure", json!(null)),
    ]);
    superuser
        .post("/api/backups", &json!({"name": "a.zip"}))
        .expect(204);
    superuser
        .post("/api/backups", &json!({"name": "a.zip"}))
        .expect(400);
    server.restart();
    let own = format!(
        "/api/backups/.outcomes.json?token={}",
        file_token(&superuser)
    );
    check(vec![
        status("kept", &superuser)
            .is("running", json!(null))
            .is("lastSuccess.key", "a.zip")
            .has("\"milliseconds\":")
            .has("\"size\":")
            .is("lastFailure", json!(null)),
        Case::new("the next one", &superuser, "GET", "/api/backups/estimate").has("expectedBytes"),
        Case::new(
            "it lists no file of its own",
            &superuser,
            "GET",
            "/api/backups",
        )
        .lacks("outcomes"),
        Case::new("nor sends it", &superuser, "GET", &own).status(404),
    ]);
}

#[test]
fn a_restore_says_what_it_changes_and_backs_up_before() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let (superuser, anyone) = (server.superuser(), server.anyone());
    docs(&superuser);
    doc(&anyone, "one", b"bytes");
    superuser
        .post("/api/backups", &json!({"name": "a.zip"}))
        .expect(204);
    let told = || superuser.post("/api/backups/a.zip/restore?dryRun=1", &json!({}));
    assert_eq!(told().at("differences"), json!([]));
    let two = doc(&anyone, "two", b"more");
    superuser.collection(&json!({"name": "later"}));
    let restore = |name, path: &str| {
        let path = format!("/api/backups/{path}");
        Case::new(name, &superuser, "POST", &path)
    };
    check(vec![
        restore("told", "a.zip/restore?dryRun=1&backupFirst=1")
            .is("valid", true)
            .has("{\"name\":\"docs\",\"now\":2,\"then\":1}")
            .has("{\"name\":\"later\",\"now\":0,\"then\":null}"),
        restore("no flag", "a.zip/restore?backupFirst=maybe")
            .status(400)
            .has("backupFirst"),
        restore("none", "none.zip/restore?backupFirst=1").status(400),
        Case::new(
            "a guest",
            &anyone,
            "POST",
            "/api/backups/a.zip/restore?backupFirst=1",
        )
        .status(401),
    ]);
    assert_eq!(keys(&superuser), ["a.zip"], "nothing was made");
    superuser
        .post("/api/backups/a.zip/restore?backupFirst=1", &json!({}))
        .expect(204);
    let gone = format!(
        "{}/{}",
        records("docs"),
        two["id"].as_str().unwrap_or_default()
    );
    until(&anyone, &gone, |answer| answer.status == 404);
    let keys = keys(&superuser);
    assert!(
        keys.iter().any(|key| key.starts_with("before_restore_")),
        "{keys:?}"
    );
    let status = superuser.get(STATUS);
    assert!(
        status
            .text_at("lastSuccess.key")
            .starts_with("before_restore_"),
        "{status}"
    );
}

#[test]
fn how_jobs_went_is_for_superusers_and_kept() {
    let mut server = Server::start();
    if server.is_reference() {
        return;
    }
    let (superuser, anyone) = (server.superuser(), server.anyone());
    let user = superuser.account("users", "a@b.co");
    superuser.post("/api/crons/nope", &json!({})).expect(404);
    superuser
        .post("/api/crons/__pbLogsCleanup__", &json!({}))
        .expect(204);
    until(&superuser, JOBS, |answer| {
        answer.at("items.3.last.done") == true
    });
    let began = superuser.get(JOBS).text_at("items.3.last.began");
    let jobs = |name, persona| Case::new(name, persona, "GET", JOBS);
    check(vec![
        jobs("all", &superuser)
            .is("items.0.id", "__pbDBOptimize__")
            .is("items.0.last", json!(null))
            .is("items.3.expression", "0 */6 * * *")
            .is("items.3.last.problem", "")
            .is("items.3.running", "")
            .has("\"id\":\"trim_log\",\"expression\":\"\"")
            .has("\"next\":\"20")
            .lacks("nope")
            .lacks("__pbAutoBackup__"),
        jobs("not for guests", &anyone).status(401),
        jobs("nor for users", &user).status(403),
        Case::new(
            "nobody runs one of them",
            &superuser,
            "POST",
            "/api/jobs/trim_log",
        )
        .status(404),
        Case::new(
            "nor by the other name",
            &superuser,
            "POST",
            "/api/crons/trim_log",
        )
        .status(404),
        Case::new(
            "the contract's list is as it was",
            &superuser,
            "GET",
            "/api/crons",
        )
        .lacks("last"),
    ]);
    server.kill();
    server.restart();
    let kept = superuser.get(JOBS);
    assert_eq!(kept.text_at("items.3.last.began"), began, "{kept}");
}
