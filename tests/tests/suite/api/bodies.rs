//! Form and multipart bodies mean the same as JSON ones.

use super::{field, public_collection};
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
