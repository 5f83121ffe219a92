//! A backup is restored before there is a superuser, by whoever has the code that was printed.

use luge_tests::persona::records;
use luge_tests::server::{Options, SUPERUSER};
use luge_tests::{Case, Persona, Requests, Server, check};
use serde_json::{Value, json};

use super::{FORM, doc, docs, download, form, until};
use crate::startup::printed_code;

const OFFER: &str = "/api/setup/backup";
const RESTORE: &str = "/api/setup/restore";
const WRONG: &str = "setup code is wrong or expired";

/// A form with the code in front of the file, as it has to be.
fn offered(code: &str, bytes: &[u8]) -> Vec<u8> {
    let code = format!("--XX\r\nContent-Disposition: form-data; name=\"code\"\r\n\r\n{code}\r\n");
    [code.as_bytes(), &form("file", "a.zip", bytes)].concat()
}

/// A server that waits for its setup.
fn fresh() -> Server {
    Server::start_with(Options {
        superuser: false,
        ..Options::default()
    })
}

/// The backup of a server with a doc, a file and the usual superuser.
fn backup() -> Option<Vec<u8>> {
    let server = Server::start();
    if server.is_reference() {
        return None;
    }
    let superuser = server.superuser();
    docs(&superuser);
    doc(&superuser, "kept", b"the bytes of the file");
    superuser
        .post("/api/backups", &json!({"name": "a.zip"}))
        .expect(204);
    Some(download(&superuser, "a.zip"))
}

fn offer<'a>(name: &'a str, anyone: &'a Persona, body: &[u8]) -> Case<'a> {
    Case::new(name, anyone, "POST", OFFER).raw(FORM, body)
}

fn restore<'a>(name: &'a str, anyone: &'a Persona, body: &Value) -> Case<'a> {
    Case::new(name, anyone, "POST", RESTORE).json(body)
}

#[test]
fn the_accounts_of_the_backup_sign_in_afterwards() {
    let Some(bytes) = backup() else { return };
    let server = fresh();
    let anyone = server.anyone();
    let code = printed_code(&server, "");
    check(vec![
        offer("it is told", &anyone, &offered(&code, &bytes))
            .is("valid", true)
            .is("problems", json!([]))
            .is("files", 1)
            .has("\"name\":\"docs\",\"records\":1")
            .has("\"created\":\"20")
            .lacks("entries"),
        Case::new("nothing changed", &anyone, "GET", "/api/setup").is("required", true),
        Case::new("nothing is there", &anyone, "GET", &records("docs")).status(404),
        restore("it is restored", &anyone, &json!({"code": code})).status(204),
    ]);
    until(&anyone, &records("docs"), |answer| answer.status == 200);
    let (email, password) = SUPERUSER;
    let superuser = anyone.sign_in("_superusers", email, password);
    let claim = json!({"code": code, "email": "b@b.co", "password": "12345678",
        "passwordConfirm": "12345678"});
    check(vec![
        Case::new("the record", &anyone, "GET", &records("docs")).is("items.0.title", "kept"),
        Case::new("no setup", &anyone, "GET", "/api/setup").is("required", false),
        Case::new("nor one by the code", &anyone, "POST", "/api/setup")
            .json(&claim)
            .status(400),
        offer("nor another backup", &anyone, &offered(&code, &bytes)).status(400),
        restore("nor that one again", &anyone, &json!({"code": code})).status(400),
        Case::new("it is not kept", &superuser, "GET", "/api/backups").has("[]"),
    ]);
}

#[test]
fn nothing_is_taken_without_the_code_or_without_a_backup() {
    let Some(bytes) = backup() else { return };
    let server = fresh();
    let anyone = server.anyone();
    let code = printed_code(&server, "");
    let other: String = code.chars().rev().collect();
    let behind = [
        form("file", "a.zip", &bytes).as_slice(),
        b"--XX\r\nContent-Disposition: form-data; name=\"code\"\r\n\r\n",
        code.as_bytes(),
        b"\r\n--XX--\r\n",
    ]
    .concat();
    let damaged = damaged(&bytes);
    check(vec![
        offer("no code", &anyone, &form("file", "a.zip", &bytes))
            .status(400)
            .has(WRONG),
        offer("an empty code", &anyone, &offered("", &bytes))
            .status(400)
            .has(WRONG),
        offer("another code", &anyone, &offered(&other, &bytes))
            .status(400)
            .has(WRONG),
        offer("the code behind the file", &anyone, &behind).status(400),
        offer("no file", &anyone, &offered(&code, b"")[..120]).status(400),
        offer("another part", &anyone, &form("backup", "a.zip", &bytes)).refused(
            400,
            "data.file.code",
            "validation_required",
        ),
        Case::new("no form", &anyone, "POST", OFFER)
            .json(&json!({"code": code}))
            .status(400),
        offer(
            "no archive",
            &anyone,
            &offered(&code, b"PK\x03\x04 nothing"),
        )
        .is("valid", false)
        .has("zip archive"),
        offer(
            "half of it",
            &anyone,
            &offered(&code, &bytes[..bytes.len() / 2]),
        )
        .is("valid", false),
        offer("a damaged one", &anyone, &offered(&code, &damaged)).is("valid", false),
    ]);
    nothing_is_left(&server);
}

#[test]
fn nothing_is_restored_without_the_code_or_without_a_backup() {
    let Some(bytes) = backup() else { return };
    let server = fresh();
    let anyone = server.anyone();
    let code = printed_code(&server, "");
    let other: String = code.chars().rev().collect();
    let damaged = damaged(&bytes);
    let right = json!({"code": code});
    check(vec![
        restore("nothing that is whole was sent", &anyone, &right)
            .status(400)
            .has("No backup was sent"),
        offer("a whole one", &anyone, &offered(&code, &bytes)).is("valid", true),
        offer("and then a damaged one", &anyone, &offered(&code, &damaged)).is("valid", false),
        restore("the last one counts", &anyone, &right).status(400),
        offer("a whole one again", &anyone, &offered(&code, &bytes)).is("valid", true),
        restore("no code", &anyone, &json!({})).refused(
            400,
            "data.code.code",
            "validation_required",
        ),
        restore("another code", &anyone, &json!({"code": other}))
            .status(400)
            .has(WRONG),
        restore("a number", &anyone, &json!({"code": 5})).status(400),
        restore("a list", &anyone, &json!([])).status(400),
        Case::new("still needed", &anyone, "GET", "/api/setup").is("required", true),
    ]);
    let (email, password) = SUPERUSER;
    let claim = json!({"code": code, "email": email, "password": password,
        "passwordConfirm": password});
    anyone.post("/api/setup", &claim).expect(200);
    let superuser = server.superuser();
    check(vec![
        restore("a superuser ends it", &anyone, &right)
            .status(400)
            .has("superuser already"),
        restore("for superusers too", &superuser, &right).status(400),
        Case::new(
            "nothing of it is there",
            &superuser,
            "GET",
            &records("docs"),
        )
        .status(404),
        Case::new("no backup is kept", &superuser, "GET", "/api/backups").has("[]"),
    ]);
    nothing_is_left(&server);
}

/// Whatever was sent is gone from the disk.
fn nothing_is_left(server: &Server) {
    let incoming = server.folder.join("data/backups/.incoming");
    assert_eq!(std::fs::read_dir(incoming).map_or(0, Iterator::count), 0);
}

/// The same backup with one bit another.
fn damaged(bytes: &[u8]) -> Vec<u8> {
    let mut damaged = bytes.to_vec();
    let middle = damaged.len() / 4;
    damaged[middle] ^= 1;
    damaged
}

#[test]
fn codes_are_not_guessed_by_sending_backups() {
    let server = fresh();
    if server.is_reference() {
        return;
    }
    let anyone = server.anyone();
    let first = printed_code(&server, "");
    for number in 0..50 {
        let body = offered(&format!("{number:032}"), b"PK\x03\x04");
        anyone.send("POST", OFFER, FORM, &body).expect(400);
        anyone
            .post(RESTORE, &json!({"code": format!("{number:031}")}))
            .expect(400);
    }
    let body = offered(&first, b"PK\x03\x04");
    anyone.send("POST", OFFER, FORM, &body).expect(400);
    let second = printed_code(&server, &first);
    let body = offered(&second, b"PK\x03\x04");
    anyone.send("POST", OFFER, FORM, &body).expect(200);
}
