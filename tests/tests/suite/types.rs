//! `luge types`: from a data folder, through a running server, from an address; what is refused;
//! and a file that follows the collections. What the types say is for `sdk/types.test.mjs`.

use luge_tests::server::{binary, is_reference};
use luge_tests::{Case, Persona, Requests, Server, check, written_types as records};
use serde_json::json;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const ALL: [&str; 5] = ["ts", "json-schema", "dart", "python", "rust"];

/// Runs the command, without a token but that which is among the arguments.
fn types(arguments: &[&str]) -> Output {
    let mut command = Command::new(binary());
    command.arg("types").args(arguments);
    command.env_remove("LUGE_SUPERUSER_TOKEN");
    command.output().expect("the binary runs")
}

#[track_caller]
fn text(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).expect("a text")
}

/// What stands on stderr of a command that ended with this exit code and wrote nothing.
#[track_caller]
fn refused(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn notes(superuser: &Persona) {
    superuser.collection(&json!({"name": "notes", "fields": [
        {"name": "title", "type": "text", "required": true},
        {"name": "unseen", "type": "text", "hidden": true},
    ]}));
}

#[test]
fn every_source_tells_the_same() {
    let mut server = Server::start();
    if server.is_reference() {
        return;
    }
    let superuser = server.superuser();
    notes(&superuser);
    let data = server.folder.join("data");
    let folder = data.to_str().expect("a text");
    let base = server.base();
    let asked = ALL.map(|language| {
        let through = text(&types(&[language, "--dir", folder]));
        assert!(through.contains("title"), "{through}");
        assert!(!through.contains("unseen"), "{through}");
        let token = ["--token", superuser.token()];
        let from_url = types(&[&[language, "--url", &base], token.as_slice()].concat());
        assert_eq!(text(&from_url), through);
        let slash = format!("{base}/");
        let all = types(&[&[language, "--all", "--url", &slash], token.as_slice()].concat());
        assert!(text(&all).contains("unseen"));
        let all = types(&[language, "--all", "--dir", folder]);
        assert!(text(&all).contains("unseen"));
        through
    });
    assert_eq!(server.terminate(), Some(0), "{}", server.log());
    for (language, through) in ALL.iter().zip(&asked) {
        assert_eq!(&text(&types(&[language, "--dir", folder])), through);
    }
}

#[test]
fn what_is_not_understood_is_said() {
    if is_reference(&binary()) {
        return;
    }
    let rows = [
        ("cobol", "json-schema"),
        ("", "LANGUAGE"),
        ("ts --watch", "--out"),
        ("ts --check", "--out"),
        ("ts --out x --check --watch", "--watch"),
        ("ts --token x", "--url"),
    ];
    for (words, said) in rows {
        let words: Vec<&str> = words.split_whitespace().collect();
        let reason = refused(&types(&words), 2);
        assert!(reason.contains(said), "{words:?}: {reason}");
    }
    assert!(!Path::new("x").exists());
}

#[test]
fn what_cannot_be_done_is_said_and_leaves_no_file() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let superuser = server.superuser();
    let member = server.member();
    let (base, folder) = (server.base(), server.folder.display().to_string());
    let (token, other) = (superuser.token(), member.token());
    let rows = [
        (format!("--dir {folder}/none"), "no data folder"),
        (
            format!("--dir {folder}/data --out {folder}/none/x.ts"),
            "cannot be written",
        ),
        (
            format!("--dir {folder}/data --out {folder}/data"),
            "cannot be written",
        ),
        (
            format!("--url {base} --out {folder}/x.ts"),
            "LUGE_SUPERUSER_TOKEN",
        ),
        (
            format!("--url {base} --token x.y.z --out {folder}/x.ts"),
            "401",
        ),
        (
            format!("--url {base} --token {other} --out {folder}/x.ts"),
            "403",
        ),
        (
            format!("--url {base}/none --token {token} --out {folder}/x.ts"),
            "404",
        ),
        (
            format!("--url http://127.0.0.1:1 --token {token}"),
            "cannot be asked",
        ),
        (format!("--url ftp://x --token {token}"), "cannot be asked"),
    ];
    for (words, said) in rows {
        let words: Vec<&str> = ["ts"].into_iter().chain(words.split_whitespace()).collect();
        let reason = refused(&types(&words), 1);
        assert!(reason.contains(said), "{words:?}: {reason}");
        assert!(!reason.contains(token), "{words:?}: {reason}");
    }
    let left = std::fs::read_dir(&server.folder).expect("a folder");
    let names = left.map(|entry| entry.expect("an entry").file_name());
    let written = |name: &std::ffi::OsString| {
        let name = name.to_string_lossy();
        name == "none" || name.contains("x.ts") || name.contains("unfinished")
    };
    assert_eq!(names.filter(written).count(), 0);
}

#[test]
fn the_address_is_for_superusers() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let (superuser, anyone) = (server.superuser(), server.anyone());
    notes(&superuser);
    let ts = "/api/types/ts";
    check(vec![
        Case::new("a guest", &anyone, "GET", ts).status(401),
        Case::new("a broken token", &anyone.with_token("x.y.z"), "GET", ts).status(401),
        Case::new(
            "a language that is none",
            &superuser,
            "GET",
            "/api/types/cobol",
        )
        .status(404)
        .has("json-schema"),
        Case::new(
            "a wrong option",
            &superuser,
            "GET",
            "/api/types/ts?all=maybe",
        )
        .status(400)
        .has("all must be true or false"),
        Case::new("the types", &superuser, "GET", ts)
            .has("export interface NotesRecord")
            .lacks("unseen"),
        Case::new("everything", &superuser, "GET", "/api/types/ts?all=true").has("unseen"),
    ]);
}

#[test]
fn a_file_that_is_not_fresh_is_found_out() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let superuser = server.superuser();
    let data = server.folder.join("data");
    let folder = data.to_str().expect("a text");
    let out = server.folder.join("luge.ts");
    let file = out.to_str().expect("a text");
    let judge = || types(&["ts", "--dir", folder, "--out", file, "--check"]);
    assert!(refused(&judge(), 1).contains("cannot be read"));
    assert!(!out.exists(), "it only looks");
    assert!(text(&types(&["ts", "--dir", folder, "--out", file])).is_empty());
    assert!(text(&judge()).is_empty());
    let before = std::fs::metadata(&out).and_then(|known| known.modified());
    assert!(text(&types(&["ts", "--dir", folder, "--out", file])).is_empty());
    let after = std::fs::metadata(&out).and_then(|known| known.modified());
    assert_eq!(
        before.expect("a time"),
        after.expect("a time"),
        "what is right stays"
    );
    notes(&superuser);
    let reason = refused(&judge(), 1);
    assert!(
        reason.contains("is not what the collections are now"),
        "{reason}"
    );
    assert!(reason.contains("luge types ts --out"), "{reason}");
}

/// A command that runs until it is told to stop.
struct Watch(Child);

impl Drop for Watch {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Watch {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(binary());
        command.arg("types").args(arguments).arg("--watch");
        Self(command.stderr(Stdio::piped()).spawn().expect("it runs"))
    }

    /// The exit code after a signal.
    fn end(&mut self, signal: &str) -> Option<i32> {
        let id = self.0.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.expect("kill runs").success());
        self.0.wait().expect("it ends").code()
    }
}

#[track_caller]
fn until_it_has(file: &Path, said: &str) {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        if text.contains(said) {
            return;
        }
        assert!(Instant::now() < deadline, "{said} never comes: {text}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_watched_file_follows_the_collections_over_a_restart() {
    let mut server = Server::start();
    if server.is_reference() {
        return;
    }
    let superuser = server.superuser();
    notes(&superuser);
    let data = server.folder.join("data");
    let folder = data.to_str().expect("a text").to_owned();
    let base = server.base();
    let outs = server.folder.join("types");
    std::fs::create_dir(&outs).expect("a folder");
    let (by_folder, by_url) = (outs.join("a.ts"), outs.join("b.ts"));
    let file = |path: &Path| path.to_str().expect("a text").to_owned();
    let token = superuser.token().to_owned();
    let mut watches = [
        Watch::start(&["ts", "--dir", &folder, "--out", &file(&by_folder)]),
        Watch::start(&[
            "ts",
            "--url",
            &base,
            "--token",
            &token,
            "--out",
            &file(&by_url),
        ]),
    ];
    let rename = |name: &str| {
        superuser
            .patch(
                "/api/collections/notes",
                &json!({"fields": [{"name": name, "type": "text"}]}),
            )
            .expect(200);
    };
    let told = |said: &str| [&by_folder, &by_url].map(|path| until_it_has(path, said));
    told("title: string");
    rename("first");
    told("first: string");
    assert_eq!(server.terminate(), Some(0), "{}", server.log());
    // Both find that nobody is there.
    std::thread::sleep(Duration::from_millis(2_500));
    server.restart();
    rename("second");
    told("second: string");
    assert_eq!(watches[0].end("-TERM"), Some(0));
    assert_eq!(watches[1].end("-INT"), Some(0));
    let left = std::fs::read_dir(&outs).expect("a folder");
    assert_eq!(left.count(), 2, "nothing unfinished is left");
}

#[test]
fn a_watch_begins_with_a_folder_that_nobody_has_open() {
    let mut server = Server::start();
    if server.is_reference() {
        return;
    }
    let superuser = server.superuser();
    notes(&superuser);
    assert_eq!(server.terminate(), Some(0), "{}", server.log());
    let data = server.folder.join("data");
    let out = server.folder.join("luge.ts");
    let (folder, file) = (
        data.to_str().expect("a text"),
        out.to_str().expect("a text"),
    );
    let mut watch = Watch::start(&["ts", "--dir", folder, "--out", file]);
    until_it_has(&out, "title: string");
    server.restart();
    let fields = json!({"fields": [{"name": "later", "type": "text"}]});
    let superuser = server.superuser();
    superuser
        .patch("/api/collections/notes", &fields)
        .expect(200);
    until_it_has(&out, "later: string");
    assert_eq!(watch.end("-TERM"), Some(0));
}

#[test]
fn the_written_rust_reads_and_writes_records() {
    let answered = json!({
        "collectionId": "pbc_1", "collectionName": "kinds", "id": "abc", "title": "x", "slug": "y",
        "body": "", "amount": 0, "exact": 3, "done": false, "address": "", "home": "", "at": "",
        "created": "2026-11-29 09:33:06.123Z", "state": "", "colours": ["red", "дом"], "cover": "",
        "papers": [], "owners": [], "parent": "", "data": {"a": [1]},
        "place": {"lon": 1.5, "lat": 2}, "code": "", "type": "", "2nd": ""
    });
    let read: records::KindsRecord = serde_json::from_value(answered.clone()).expect("a record");
    assert_eq!(read.state, records::KindsState::Empty);
    assert_eq!(read.r#type, "");
    let written = serde_json::to_value(&read).expect("JSON");
    assert_eq!(written["colours"], answered["colours"]);
    let update = records::KindsUpdate {
        add_amount: Some(2.0),
        ..records::KindsUpdate::default()
    };
    let sent = serde_json::to_value(&update).expect("JSON");
    assert_eq!(sent, json!({"amount+": 2.0}));
    let unknown = json!({"state": "no such state"});
    assert!(serde_json::from_value::<records::KindsUpdate>(unknown).is_err());
}
