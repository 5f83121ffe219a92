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
    let payload = r#"{"title":"07","amount":1,"data":{"a":"1"}}"#;
    check(vec![
        send(
            "form",
            FORM,
            b"title=a%20b&amount=2.5&done=true&tags=a&tags=b",
        )
        .is("title", "a b")
        .is("amount", 2.5)
        .is("done", true)
        .is("tags", json!(["a", "b"])),
        send("a leading zero stays text", FORM, b"data=01").is("data", "01"),
        send("a number becomes one", FORM, b"data=10").is("data", 10),
        send(
            "multipart",
            MULTIPART,
            &multipart(&[("title", "x"), ("amount", "3"), ("tags", "b")]),
        )
        .is("title", "x")
        .is("amount", 3)
        .is("tags", json!(["b"])),
        send(
            "payload",
            MULTIPART,
            &multipart(&[("@jsonPayload", payload), ("done", "true")]),
        )
        .is("title", "07")
        .is("data", json!({"a": "1"}))
        .is("done", true),
        send(
            "modifiers",
            MULTIPART,
            &multipart(&[("amount+", "3"), ("tags+", "a")]),
        )
        .is("amount", 3)
        .is("tags", json!(["a"])),
        send("bad value", FORM, b"tags=zzz").refused(
            400,
            "data.tags.code",
            "validation_invalid_value",
        ),
        send("no boundary", "multipart/form-data", b"--XX--").status(400),
        send(
            "cut multipart",
            MULTIPART,
            b"--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n",
        )
        .status(400)
        .unless(server.is_reference()),
        send(
            "bad payload",
            MULTIPART,
            &multipart(&[("@jsonPayload", "{")]),
        )
        .status(400),
        Case::new("only the accepted ones", &anyone, "GET", &path)
            .is("totalItems", 6)
            .unless(server.is_reference()),
    ]);
}
