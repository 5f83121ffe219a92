//! Form and multipart bodies mean the same as JSON ones.

use super::{field, public_collection};
use luge_tests::http::{Connection, request};
use luge_tests::persona::records;
use luge_tests::{Case, Server, check};
use serde_json::json;

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=XX";

fn multipart(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut body = String::new();
    for (name, value) in parts {
        body +=
            &format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    (body + "--XX--\r\n").into_bytes()
}

#[test]
fn forms_are_typed_by_their_text() {
    let server = Server::start();
    let anyone = server.anyone();
    let fields = [
        field("title", "text", json!({})),
        field("amount", "number", json!({})),
        field("done", "bool", json!({})),
        field("data", "json", json!({})),
        field(
            "tags",
            "select",
            json!({"values": ["a", "b"], "maxSelect": 2}),
        ),
    ];
    public_collection(&server.superuser(), "notes", &fields);
    let path = records("notes");
    let send = |name, kind, body: &[u8]| Case::new(name, &anyone, "POST", &path).raw(kind, body);
    let form = |name, body: &str| send(name, FORM, body.as_bytes());
    let parts = |name, parts| send(name, MULTIPART, &multipart(parts));
    let payload = r#"{"title":"07","amount":1,"data":{"a":"1"}}"#;
    let cut = b"--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n";
    check(vec![
        form("form", "title=a%20b&amount=2.5&done=true&tags=a&tags=b")
            .is("title", "a b")
            .is("amount", 2.5)
            .is("done", true)
            .is("tags", json!(["a", "b"])),
        form("a leading zero stays text", "data=01").is("data", "01"),
        form("a number becomes one", "data=10").is("data", 10),
        parts(
            "multipart",
            &[("title", "x"), ("amount", "3"), ("tags", "b")],
        )
        .is("title", "x")
        .is("amount", 3)
        .is("tags", json!(["b"])),
        parts("payload", &[("@jsonPayload", payload), ("done", "true")])
            .is("title", "07")
            .is("data", json!({"a": "1"}))
            .is("done", true),
        parts("modifiers", &[("amount+", "3"), ("tags+", "a")])
            .is("amount", 3)
            .is("tags", json!(["a"])),
        form("bad value", "tags=zzz").refused(400, "data.tags.code", "validation_invalid_value"),
        send("no boundary", "multipart/form-data", b"--XX--").status(400),
        send("cut multipart", MULTIPART, cut)
            .status(400)
            .unless(server.is_reference()),
        parts("bad payload", &[("@jsonPayload", "{")]).status(400),
        Case::new("only the accepted ones", &anyone, "GET", &path)
            .is("totalItems", 6)
            .unless(server.is_reference()),
    ]);
}

#[test]
fn a_body_that_nobody_reads_does_not_cost_the_connection() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let body = "x".repeat(1_000_000);
    let missing = records("missing");
    let users = "/api/collections/users";
    let refused = [
        (missing.clone(), 404),
        (format!("{users}/auth-logout"), 401),
        (format!("{users}/passkeys/register-options"), 401),
        ("/api/backups".to_owned(), 401),
        ("/api/backups/upload".to_owned(), 401),
        ("/api/files/uploads".to_owned(), 412),
        ("/api/nothing".to_owned(), 404),
    ];
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut connection = Connection::open(&server.address).await.unwrap();
        for (path, status) in &refused {
            let request = request("POST", path, "", &body);
            let (answered, text) = connection.exchange(&request).await.unwrap();
            assert_eq!(
                answered,
                *status,
                "{path}: {}",
                String::from_utf8_lossy(text)
            );
        }
        // A long one is not read: the answer comes, and the connection ends.
        let body = "x".repeat(64 << 20);
        let long = request("POST", &missing, "", &body);
        let answered = connection.exchange(&long).await.map(|(status, _)| status);
        assert!(matches!(answered, Ok(404 | 413) | Err(_)), "{answered:?}");
        let next = connection
            .exchange(&request("GET", "/api/health", "", ""))
            .await;
        assert!(next.is_err(), "the connection went on");
    });
}
