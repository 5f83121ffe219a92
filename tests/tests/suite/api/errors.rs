//! Envelopes: unknown routes, wrong methods, malformed, oversized and mistyped bodies, headers.

use super::{field, public_collection};
use luge_tests::persona::records;
use luge_tests::{Case, Requests, Server, check};
use serde_json::json;

const MISSING: &str = "The requested resource wasn't found.";

#[test]
fn unknown_routes_and_wrong_methods_are_404_in_the_common_envelope() {
    let server = Server::start();
    let anyone = server.anyone();
    let superuser = server.superuser();
    let case = |method, path| {
        Case::new(path, &anyone, method, path)
            .status(404)
            .is("status", 404)
            .is("data", json!({}))
    };
    check(vec![
        case("GET", "/api/nothing").is("message", "File not found."),
        case("GET", "/nothing.html").is("message", "File not found."),
        case("POST", "/api/nothing").is("message", MISSING),
        case("PUT", "/api/health").is("message", MISSING),
        case("PUT", "/api/collections/users/records/abc").is("message", MISSING),
        case("POST", "/api/collections/users/records/abc").is("message", MISSING),
        case("DELETE", "/api/collections/users/auth-methods").is("message", MISSING),
        case("GET", "/api/collections/none/records").has("collection context."),
        case("POST", "/api/collections/none/records").has("collection context."),
        case("GET", "/api/collections/users/records/none"),
        case("GET", "/api/collections/none/auth-methods").has("collection context."),
        Case::new("the only success", &anyone, "GET", "/api/health")
            .is("message", "API is healthy.")
            .is("code", 200),
        Case::new(
            "unknown collection",
            &superuser,
            "GET",
            "/api/collections/none",
        )
        .status(404)
        .is("status", 404),
    ]);
}

#[test]
fn error_bodies_have_their_keys_in_order_and_every_answer_its_headers() {
    let server = Server::start();
    let anyone = server.anyone();
    let refused = anyone.get("/api/collections");
    let text = r#"{"data":{},"message":"The request requires valid record authorization token.","#;
    assert_eq!(refused.status, 401);
    assert_eq!(refused.text.trim_end(), format!("{text}\"status\":401}}"));
    for answer in [
        refused,
        anyone.get("/api/health"),
        anyone.get("/api/nothing"),
    ] {
        let expected = [
            ("content-type", "application/json"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "SAMEORIGIN"),
            ("x-xss-protection", "1; mode=block"),
            ("cross-origin-opener-policy", "same-origin"),
        ];
        for (name, value) in expected {
            assert_eq!(answer.header(name), Some(value), "{name} of {answer}");
        }
    }
    let head = anyone.send("HEAD", "/api/health", "", b"");
    assert_eq!((head.status, head.text.as_str()), (200, ""));
}

#[test]
fn bodies_that_cannot_be_read_are_400_or_413() {
    let server = Server::start();
    let superuser = server.superuser();
    let anyone = server.anyone();
    public_collection(&superuser, "notes", &[field("title", "text", json!({}))]);
    superuser.collection(&json!({"name": "locked", "type": "base"}));
    let path = records("notes");
    let raw = |name, kind, body: &'static [u8]| {
        Case::new(name, &anyone, "POST", &path)
            .raw(kind, body)
            .status(400)
            .is("status", 400)
    };
    let json_kind = "application/json";
    let deep = "[".repeat(200_000);
    let id = superuser.record("notes", &json!({"title": "kept"}))["id"].clone();
    let one = format!("{path}/{}", id.as_str().unwrap());
    let mut cases = vec![
        raw("cut", json_kind, b"{\"title\":"),
        raw("two values", json_kind, b"{\"title\":\"a\"} x").unless(server.is_reference()),
        raw("an array", json_kind, b"[1,2]"),
        raw("a string", json_kind, b"\"text\""),
        raw("a number", json_kind, b"1"),
        raw("unquoted", json_kind, b"{title:1}"),
        raw("comma", json_kind, b"{\"title\":\"a\",}"),
        raw("not UTF-8", json_kind, b"{\"title\":\"\xff\xfe\"}"),
        raw("a content type without meaning", "text/plain", b"title=a"),
        raw("deep", json_kind, b"").raw(json_kind, deep.as_bytes()),
        Case::new(
            "malformed wins over locked",
            &anyone,
            "POST",
            &records("locked"),
        )
        .raw(json_kind, b"{")
        .status(400),
        Case::new("malformed update", &anyone, "PATCH", &one)
            .raw(json_kind, b"{")
            .status(400),
        Case::new(
            "malformed collection",
            &superuser,
            "POST",
            "/api/collections",
        )
        .raw(json_kind, b"{")
        .status(400)
        .is("data", json!({})),
    ];
    cases.push(Case::new("nothing half-written", &anyone, "GET", &path).is("totalItems", 1));
    cases.push(Case::new("an empty body is no data", &anyone, "POST", &path).is("title", ""));
    check(cases);
    let big = vec![b' '; 34 * 1024 * 1024];
    // The server may close the connection before it has read everything.
    if let Ok(answer) = anyone.try_send("POST", &path, json_kind, &big) {
        assert_eq!(answer.status, 413, "{answer}");
    }
    assert_eq!(anyone.get(&path).at("totalItems"), 2);
}
