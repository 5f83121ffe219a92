//! Backups: the contract's endpoints, restores of a running server, and the commands.

mod commands;
mod contract;
mod kills;
mod outcomes;
mod restores;
mod setup;

use luge_tests::persona::records;
use luge_tests::{Answer, Persona, Requests};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

use crate::api::{field, public_collection};

/// The content type of [`form`].
const FORM: &str = "multipart/form-data; boundary=XX";

/// A form with one file.
fn form(part: &str, name: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!(
        "--XX\r\nContent-Disposition: form-data; name=\"{part}\"; filename=\"{name}\"\r\n\
         Content-Type: application/zip\r\n\r\n"
    );
    [head.as_bytes(), bytes, b"\r\n--XX--\r\n"].concat()
}

/// A short token for what stands in addresses.
fn file_token(persona: &Persona) -> String {
    persona
        .post("/api/files/token", &json!({}))
        .text_at("token")
}

/// The bytes of a backup.
fn download(superuser: &Persona, key: &str) -> Vec<u8> {
    let path = format!("/api/backups/{key}?token={}", file_token(superuser));
    let answer = superuser.get(&path);
    assert_eq!(answer.status, 200, "{answer}");
    answer.bytes
}

fn keys(superuser: &Persona) -> Vec<String> {
    let listed = superuser.get("/api/backups").expect(200);
    let listed = listed.as_array().cloned().unwrap_or_default();
    let key = |backup: &Value| backup["key"].as_str().unwrap_or_default().to_owned();
    listed.iter().map(key).collect()
}

/// A collection of everybody with a text, a number and files.
fn docs(superuser: &Persona) {
    let fields = [
        field("title", "text", json!({})),
        field("n", "number", json!({})),
        field("file", "file", json!({})),
    ];
    public_collection(superuser, "docs", &fields);
}

/// Makes a doc with a file; the record.
fn doc(persona: &Persona, title: &str, content: &[u8]) -> Value {
    let mut body =
        format!("--XX\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n{title}\r\n")
            .into_bytes();
    body.extend(form("file", "a.txt", content));
    persona
        .send("POST", &records("docs"), FORM, &body)
        .expect(200)
}

/// Waits until a request is answered as it should be; the server may be away meanwhile.
fn until(persona: &Persona, path: &str, holds: impl Fn(&Answer) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    let mut last = String::new();
    while Instant::now() < deadline {
        match persona.try_send("GET", path, "", b"") {
            Ok(answer) if holds(&answer) => return,
            Ok(answer) => last = answer.to_string(),
            Err(error) => last = error.to_string(),
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("{path} is never answered as it should be: {last}");
}
