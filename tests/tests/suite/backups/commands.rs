//! `luge backup`, `dump`, `load`, `check` and `compact`, beside a running server and without one.

use luge_tests::persona::records;
use luge_tests::server::{Options, binary, new_folder};
use luge_tests::{Case, Requests, Server, check};
use serde_json::json;
use std::path::Path;
use std::process::{Command, Output};

use super::{doc, docs, keys, until};

/// Runs a command on a data folder.
fn run(data: &Path, arguments: &[&str]) -> Output {
    let output = Command::new(binary())
        .args(arguments)
        .arg("--dir")
        .arg(data)
        .output();
    output.expect("the binary runs")
}

#[track_caller]
fn done(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[track_caller]
fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn commands_reach_the_running_server_and_work_without_one() {
    let mut server = Server::start();
    if server.is_reference() {
        return;
    }
    let superuser = server.superuser();
    docs(&superuser);
    doc(&superuser, "one", b"bytes");
    let data = server.folder.join("data");
    let dump = server.folder.join("all.dump");
    let dump = dump.to_str().unwrap_or_default();
    assert!(done(&run(&data, &["backup", "create", "a.zip"])).is_empty());
    assert!(done(&run(&data, &["backup", "list"])).contains("a.zip"));
    assert!(done(&run(&data, &["backup", "verify", "a.zip"])).contains("whole"));
    assert!(done(&run(&data, &["check"])).contains("3 records"));
    assert!(done(&run(&data, &["dump", "--out", dump])).contains("3 records"));
    doc(&superuser, "two", b"more");
    assert!(refused(&run(&data, &["backup", "create", "A.zip"])).contains("valid format"));
    assert!(refused(&run(&data, &["backup", "create", "a.zip"])).contains("exists"));
    assert!(refused(&run(&data, &["backup", "restore", "none.zip"])).contains("no backup"));
    assert!(refused(&run(&data, &["dump", "--out", dump])).contains("exists"));
    assert!(refused(&run(&data, &["compact"])).contains("another process"));
    assert!(refused(&run(&data, &["load", dump])).contains("not empty"));
    assert!(done(&run(&data, &["backup", "restore", "a.zip"])).contains("starts again"));
    let one =
        |answer: &luge_tests::Answer| answer.status == 200 && answer.at("totalItems") == json!(1);
    until(&superuser, &records("docs"), one);
    assert_eq!(server.terminate(), Some(0), "{}", server.log());

    assert!(done(&run(&data, &["check"])).contains("3 records"));
    assert!(done(&run(&data, &["compact"])).contains("bytes"));
    assert!(done(&run(&data, &["backup", "create", "b.zip"])).is_empty());
    assert!(done(&run(&data, &["backup", "restore", "b.zip"])).contains("restored"));
    server.restart();
    assert_eq!(keys(&server.superuser()), ["a.zip", "b.zip"]);
    check(vec![
        Case::new("what is there", &superuser, "GET", &records("docs")).is("items.0.title", "one"),
    ]);
}

#[test]
fn a_dump_moves_a_database_to_another_store() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let superuser = server.superuser();
    docs(&superuser);
    superuser.record("docs", &json!({"title": "moved", "n": 7}));
    let data = server.folder.join("data");
    let dump = server.folder.join("all.dump");
    done(&run(
        &data,
        &["dump", "--out", dump.to_str().unwrap_or_default()],
    ));
    let folder = new_folder();
    let moved = folder.join("data");
    let arguments = [
        "load",
        dump.to_str().unwrap_or_default(),
        "--store",
        "fjall",
    ];
    done(&run(&moved, &arguments));
    assert!(refused(&run(&moved, &["check"])).contains("--store fjall"));
    done(&run(&moved, &["check", "--store", "fjall"]));
    let other = Server::start_with(Options {
        folder: Some(folder.clone()),
        superuser: false,
        arguments: vec!["--store".to_owned(), "fjall".to_owned()],
        ..Options::default()
    });
    check(vec![
        Case::new("the record", &other.superuser(), "GET", &records("docs"))
            .is("totalItems", 1)
            .is("items.0.n", 7),
    ]);
    drop(other);
    let broken = server.folder.join("broken.dump");
    let bytes = std::fs::read(&dump).expect("the dump is there");
    std::fs::write(&broken, &bytes[..bytes.len() - 9]).expect("it can be cut");
    let empty = folder.join("empty");
    let reason = refused(&run(&empty, &["load", broken.to_str().unwrap_or_default()]));
    assert!(reason.contains("cut short"), "{reason}");
    assert!(!empty.join("store").exists());
    std::fs::remove_dir_all(folder).expect("the folder can be removed");
}

#[test]
fn a_check_says_what_is_wrong_and_exits_with_1() {
    let mut server = Server::start();
    if server.is_reference() {
        return;
    }
    let superuser = server.superuser();
    docs(&superuser);
    let made = doc(&superuser, "one", b"bytes");
    let data = server.folder.join("data");
    let folder = data
        .join("storage")
        .join(made["collectionId"].as_str().unwrap_or_default());
    let folder = folder.join(made["id"].as_str().unwrap_or_default());
    std::fs::remove_dir_all(folder).expect("the file can be removed");
    for _ in 0..2 {
        let output = run(&data, &["check"]);
        assert!(refused(&output).contains("1 things are not as they should be"));
        let listed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            listed.contains(made["id"].as_str().unwrap_or_default()),
            "{listed}"
        );
        server.kill();
    }
}
