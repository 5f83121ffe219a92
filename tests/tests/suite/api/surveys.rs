//! What is stored, by collection: what a survey finds, and who is told.

use super::{field, public_collection};
use luge_tests::persona::records;
use luge_tests::{Case, Persona, Requests, Server, check};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const STORAGE: &str = "/api/storage";
const SURVEY: &str = "/api/storage/survey";
const FORM: &str = "multipart/form-data; boundary=XX";

/// A survey that begins after this was called.
fn surveyed(superuser: &Persona) -> Value {
    superuser.post(SURVEY, &json!({})).expect(204);
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let told = superuser.get(STORAGE).expect(200);
        if told["surveying"] == json!(false) {
            return told;
        }
        assert!(Instant::now() < deadline, "no survey ends: {told}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn of<'a>(told: &'a Value, name: &str) -> &'a Value {
    let all = told["collections"].as_array().expect("a list");
    let found = all.iter().find(|one| one["name"] == name);
    found.unwrap_or(&Value::Null)
}

fn number(told: &Value, key: &str) -> u64 {
    told[key]
        .as_u64()
        .unwrap_or_else(|| panic!("no {key} in {told}"))
}

/// A record with a file of so many bytes.
fn with_file(superuser: &Persona, bytes: usize) -> Value {
    let content = "x".repeat(bytes);
    let body = format!(
        "--XX\r\nContent-Disposition: form-data; name=\"paper\"; filename=\"a.txt\"\r\n\r\n\
         {content}\r\n--XX--\r\n"
    );
    superuser
        .send("POST", &records("papers"), FORM, body.as_bytes())
        .expect(200)
}

#[test]
fn only_superusers_are_told() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let (superuser, anyone) = (server.superuser(), server.anyone());
    let member = server.member();
    check(vec![
        Case::new("anyone", &anyone, "GET", STORAGE)
            .status(401)
            .lacks("Bytes"),
        Case::new("a member", &member, "GET", STORAGE)
            .status(403)
            .lacks("Bytes"),
        Case::new("anyone asks", &anyone, "POST", SURVEY).status(401),
        Case::new("a member asks", &member, "POST", SURVEY).status(403),
        Case::new("no such thing", &superuser, "DELETE", STORAGE).status(404),
        Case::new("a superuser", &superuser, "GET", STORAGE).has("\"name\":\"members\""),
        Case::new(
            "picked",
            &superuser,
            "GET",
            &format!("{STORAGE}?fields=collections.name"),
        )
        .has("{\"name\":\"members\"}")
        .lacks("freeBytes"),
    ]);
}

#[test]
fn a_survey_counts_what_is_there_and_nothing_that_went() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let superuser = server.superuser();
    let title = field("title", "text", json!({}));
    public_collection(&superuser, "notes", std::slice::from_ref(&title));
    public_collection(&superuser, "papers", &[field("paper", "file", json!({}))]);
    superuser.record("notes", &json!({"title": "x".repeat(2_000)}));
    let paper = with_file(&superuser, 5_000);
    let told = surveyed(&superuser);
    assert!(
        told["taken"]
            .as_str()
            .is_some_and(|taken| taken.starts_with("20")),
        "{told}"
    );
    let (notes, papers) = (of(&told, "notes"), of(&told, "papers"));
    assert_eq!((number(notes, "records"), number(notes, "files")), (1, 0));
    assert!(
        (2_000..3_000).contains(&number(notes, "recordBytes")),
        "{notes}"
    );
    assert!((1..500).contains(&number(notes, "indexBytes")), "{notes}");
    assert_eq!(
        (number(papers, "files"), number(papers, "fileBytes")),
        (1, 5_000)
    );
    assert_eq!(number(papers, "previews"), 0);
    for key in ["databaseBytes", "freeBytes", "changeLogBytes"] {
        assert!(number(&told, key) > 0, "{key} of {told}");
    }
    assert_eq!(
        (number(&told, "backups"), number(&told, "backupBytes")),
        (0, 0)
    );

    superuser
        .post("/api/backups", &json!({"name": "a.zip"}))
        .expect(204);
    superuser.delete("/api/collections/notes").expect(204);
    let told = superuser.get(STORAGE).expect(200);
    assert_eq!(of(&told, "notes"), &Value::Null, "gone at once");
    assert_eq!(number(&told, "backups"), 1);
    assert!(number(&told, "backupBytes") > 0);
    public_collection(&superuser, "notes", &[title]);
    let told = superuser.get(STORAGE).expect(200);
    assert_eq!(
        of(&told, "notes")["recordBytes"],
        Value::Null,
        "another one: not surveyed"
    );

    let id = paper["id"].as_str().unwrap_or_default();
    superuser
        .delete(&format!("{}/{id}", records("papers")))
        .expect(204);
    let told = superuser.get(STORAGE).expect(200);
    assert_eq!(
        number(of(&told, "papers"), "records"),
        0,
        "numbers are of now"
    );
    let told = surveyed(&superuser);
    assert_eq!(number(of(&told, "papers"), "recordBytes"), 0);
    assert_eq!(number(of(&told, "notes"), "recordBytes"), 0);
}
