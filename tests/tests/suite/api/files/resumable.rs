//! Uploads piece by piece (tus 1.0.0): what is refused, and that it changes nothing.

mod hostile;

use super::{address, field, public_collection, stored};
use luge_tests::persona::records;
use luge_tests::{Answer, Persona, Requests, Server};
use serde_json::json;

const UPLOADS: &str = "/api/files/uploads";
const BYTES: &str = "application/offset+octet-stream";

/// What a request is, its headers, and the status that must come.
type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], u16);

/// A collection `docs` whose field `one` takes a hundred bytes, and a member.
fn world(server: &Server) -> Persona {
    let superuser = server.superuser();
    public_collection(
        &superuser,
        "docs",
        &[
            field("title", "text", json!({})),
            field("one", "file", json!({"maxSize": 100})),
            field(
                "text",
                "file",
                json!({"maxSize": 10, "mimeTypes": ["text/plain"], "maxSelect": 3}),
            ),
        ],
    );
    server.member()
}

fn with(persona: &Persona, headers: &[(&str, &str)]) -> Persona {
    let persona = persona.with_header("Tus-Resumable", "1.0.0");
    headers.iter().fold(persona, |persona, (name, value)| {
        persona.with_header(name, value)
    })
}

/// Begins an upload; its path.
#[track_caller]
fn begin(persona: &Persona, length: usize) -> String {
    let persona = with(persona, &[("Upload-Length", &length.to_string())]);
    let answer = persona.send("POST", UPLOADS, "", b"");
    assert_eq!(answer.status, 201, "{answer}");
    assert!(answer.header("upload-expires").is_some(), "{answer}");
    answer.header("location").expect("a location").to_owned()
}

fn append(persona: &Persona, path: &str, offset: &str, bytes: &[u8]) -> Answer {
    with(persona, &[("Upload-Offset", offset)]).send("PATCH", path, BYTES, bytes)
}

fn offset(persona: &Persona, path: &str) -> Option<String> {
    let answer = with(persona, &[]).send("HEAD", path, "", b"");
    answer.header("upload-offset").map(str::to_owned)
}

/// An upload with all of its bytes; its path.
#[track_caller]
fn finished(persona: &Persona, bytes: &[u8]) -> String {
    let path = begin(persona, bytes.len());
    assert_eq!(append(persona, &path, "0", bytes).status, 204);
    path
}

/// `upload:ID` of an upload.
fn name(path: &str) -> String {
    format!("upload:{}", path.rsplit('/').next().unwrap_or_default())
}

#[test]
fn the_server_says_what_it_can() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    world(&server);
    let answer = server.anyone().send("OPTIONS", UPLOADS, "", b"");
    assert_eq!(answer.status, 204, "{answer}");
    for (name, value) in [
        ("tus-resumable", "1.0.0"),
        ("tus-version", "1.0.0"),
        (
            "tus-extension",
            "creation,creation-with-upload,termination,expiration,checksum",
        ),
        ("tus-checksum-algorithm", "sha1,sha256"),
        ("tus-max-size", "5242880"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{answer}");
    }
    // What a browser asks before a page of another origin may is answered as everywhere.
    let page = server.anyone().with_header("Origin", "http://elsewhere");
    let page = page.with_header("Access-Control-Request-Method", "PATCH");
    let answer = page.send("OPTIONS", UPLOADS, "", b"");
    assert_eq!(answer.header("tus-version"), None, "{answer}");
    let allowed = answer
        .header("access-control-allow-methods")
        .unwrap_or_default();
    assert!(allowed.contains("PATCH"), "{answer}");
}

/// Headers with which nothing begins.
const SENSELESS: &[Row<'static>] = &[
    ("no length", &[], 400),
    ("a length that is none", &[("Upload-Length", "x")], 400),
    ("less than nothing", &[("Upload-Length", "-1")], 400),
    (
        "more than any field takes",
        &[("Upload-Length", "5242881")],
        413,
    ),
    (
        "more than a number",
        &[("Upload-Length", "99999999999999999999")],
        400,
    ),
    (
        "a length that comes later",
        &[("Upload-Defer-Length", "1")],
        400,
    ),
    (
        "a part of another",
        &[("Upload-Concat", "partial"), ("Upload-Length", "5")],
        400,
    ),
    (
        "no Base64",
        &[("Upload-Length", "5"), ("Upload-Metadata", "filename !")],
        400,
    ),
    (
        "a checksum of no kind",
        &[("Upload-Length", "5"), ("Upload-Checksum", "md5 AAAA")],
        400,
    ),
];

#[test]
fn what_makes_no_sense_begins_nothing() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    world(&server);
    let anyone = server.anyone();
    let long = format!("filename {}", "QUFB".repeat(2_000));
    let long = [("Upload-Length", "5"), ("Upload-Metadata", long.as_str())];
    let long: Row<'_> = ("long metadata", &long, 400);
    for (what, headers, status) in SENSELESS.iter().chain([&long]) {
        let answer = with(&anyone, headers).send("POST", UPLOADS, "", b"");
        assert_eq!(answer.status, *status, "{what}: {answer}");
        assert_eq!(
            answer.header("tus-resumable"),
            Some("1.0.0"),
            "{what}: {answer}"
        );
        assert!(answer.header("location").is_none(), "{what}: {answer}");
    }
    for version in ["", "0.2.2", "1.0", "1.0.1"] {
        let persona = anyone.with_header("Upload-Length", "5");
        let persona = persona.with_header("Tus-Resumable", version);
        let answer = persona.send("POST", UPLOADS, "", b"");
        assert_eq!(answer.status, 412, "{version}: {answer}");
        assert_eq!(answer.header("tus-version"), Some("1.0.0"), "{answer}");
    }
    let length = [("Upload-Length", "5")];
    let answer = with(&anyone, &length).send("POST", UPLOADS, "text/plain", b"hello");
    assert_eq!(answer.status, 415, "{answer}");
    let answer = with(&anyone, &length).send("POST", UPLOADS, BYTES, b"longer");
    assert_eq!(answer.status, 413, "{answer}");
    assert!(stored(&server).is_empty());

    // Where no rule lets guests name a file, they begin none.
    let superuser = server.superuser();
    let rules = json!({"createRule": "@request.auth.id != ''", "updateRule": null});
    superuser.patch("/api/collections/docs", &rules).expect(200);
    superuser.patch(
        "/api/collections/users",
        &json!({"createRule": null, "updateRule": null}),
    );
    let answer = with(&anyone, &length).send("POST", UPLOADS, "", b"");
    assert_eq!(answer.status, 403, "{answer}");
    let member = anyone.sign_in("members", "a@b.com", "12345678");
    begin(&member, 5);
}

#[test]
fn what_does_not_fit_is_not_appended() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let member = world(&server);
    let path = begin(&member, 10);
    assert_eq!(append(&member, &path, "0", b"hello").status, 204);
    let is_at = || assert_eq!(offset(&member, &path).as_deref(), Some("5"));
    for (what, at, bytes, status) in [
        ("behind", "0", b"again".as_slice(), 409),
        ("ahead", "6", b"x", 409),
        ("far ahead", "18446744073709551615", b"x", 409),
        ("nowhere", "", b"x", 400),
        ("more than is missing", "5", b"world!", 413),
    ] {
        let answer = append(&member, &path, at, bytes);
        assert_eq!(answer.status, status, "{what}: {answer}");
        assert_eq!(
            answer.header("tus-resumable"),
            Some("1.0.0"),
            "{what}: {answer}"
        );
        is_at();
    }
    let patch = with(&member, &[("Upload-Offset", "5")]);
    assert_eq!(
        patch
            .send("PATCH", &path, "application/json", b"world")
            .status,
        415
    );
    let old = member
        .with_header("Upload-Offset", "5")
        .with_header("Tus-Resumable", "0.2");
    assert_eq!(old.send("PATCH", &path, BYTES, b"world").status, 412);
    for sum in [
        "sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "sha1 W/zRRGhdFNLZQ3TS9xtktBQKUho=",
    ] {
        let checked = patch.with_header("Upload-Checksum", sum);
        let answer = checked.send("PATCH", &path, BYTES, b"world");
        assert_eq!(answer.status, 460, "{sum}: {answer}");
        is_at();
    }
    for sum in ["md5 AAAA", "sha1", "sha1 AAAA", "sha256 !"] {
        let checked = patch.with_header("Upload-Checksum", sum);
        assert_eq!(
            checked.send("PATCH", &path, BYTES, b"world").status,
            400,
            "{sum}"
        );
        is_at();
    }
}

#[test]
fn for_others_an_upload_is_not_there() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let member = world(&server);
    let anyone = server.anyone();
    let path = begin(&member, 10);
    assert_eq!(append(&member, &path, "0", b"hello").status, 204);
    let patch = with(&member, &[("Upload-Offset", "5")]);
    let broken = member.with_token("not.a.token");
    for other in [&anyone, &broken, &server.superuser()] {
        assert_eq!(append(other, &path, "5", b"world").status, 404);
        assert_eq!(offset(other, &path), None);
        assert_eq!(with(other, &[]).send("DELETE", &path, "", b"").status, 404);
    }
    assert_eq!(offset(&member, &path).as_deref(), Some("5"));
    let right = patch.with_header("Upload-Checksum", "sha1 fCEUM/AgcVl3Qeb/Wo6jR4mrv0M=");
    let overridden = right.with_header("X-HTTP-Method-Override", "PATCH");
    let answer = overridden.send("POST", &path, BYTES, b"world");
    assert_eq!(
        (answer.status, answer.header("upload-offset")),
        (204, Some("10")),
        "{answer}"
    );
    let nothing = patch.with_header("X-HTTP-Method-Override", "PUT");
    assert_eq!(nothing.send("POST", &path, BYTES, b"x").status, 400);
    assert_eq!(
        with(&member, &[]).send("DELETE", &path, "", b"").status,
        204
    );
    assert_eq!(
        with(&member, &[]).send("DELETE", &path, "", b"").status,
        404
    );
    assert!(stored(&server).is_empty());
}

#[test]
fn a_record_takes_only_what_its_field_would_take() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let member = world(&server);
    let anyone = server.anyone();
    let unfinished = begin(&member, 10);
    append(&member, &unfinished, "0", b"half");
    let text = finished(&member, b"text");
    let large = finished(&member, b"01234567890");
    let html = finished(&member, b"<html>");
    let (docs, named) = (records("docs"), name(&text));
    let invalid = "validation_invalid_upload";
    for (what, persona, body, key, expected) in [
        (
            "unfinished",
            &member,
            json!({"one": name(&unfinished)}),
            "one",
            invalid,
        ),
        ("foreign", &anyone, json!({"one": named}), "one", invalid),
        ("none", &member, json!({"one": "upload:"}), "one", invalid),
        (
            "twice",
            &member,
            json!({"text": [named, named]}),
            "text",
            invalid,
        ),
        (
            "in two fields",
            &member,
            json!({"one": name(&text), "text": name(&text)}),
            "text",
            invalid,
        ),
        (
            "too large",
            &member,
            json!({"text": name(&large)}),
            "text",
            "validation_file_size_limit",
        ),
        (
            "wrong type",
            &member,
            json!({"text+": name(&html)}),
            "text",
            "validation_invalid_mime_type",
        ),
        (
            "in other words",
            &member,
            json!({"one": "Upload:abc"}),
            "one",
            "validation_invalid_file",
        ),
    ] {
        let answer = persona.post(&docs, &body);
        assert_eq!(answer.status, 400, "{what}: {answer}");
        let code = answer.text_at(&format!("data.{key}.code"));
        assert_eq!(code, expected, "{what}: {answer}");
    }
    assert_eq!(offset(&member, &text).as_deref(), Some("4"));
}

#[test]
fn a_record_takes_an_upload_once() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let member = world(&server);
    let (text, large) = (
        finished(&member, b"text"),
        finished(&member, b"01234567890"),
    );
    let docs = records("docs");
    // A text field takes it as a text.
    let record = member.post(&docs, &json!({"title": name(&text), "one": name(&text)}));
    let record = record.expect(200);
    assert_eq!(record["title"], json!(name(&text)));
    assert_eq!(member.get(&address(&record, "one")).text, "text");
    let again = member.post(&docs, &json!({"one": name(&text)}));
    let code = again.text_at("data.one.code");
    assert_eq!(code, "validation_invalid_upload", "{again}");
    assert_eq!(offset(&member, &text), None);
    let path = format!("{docs}/{}", record["id"].as_str().unwrap_or_default());
    let form = super::form(&[("one", None, name(&large).as_bytes())]);
    let replaced = member.send("PATCH", &path, super::FORM, &form).expect(200);
    assert_eq!(member.get(&address(&replaced, "one")).text, "01234567890");
}

#[test]
fn uploads_are_limited_for_each_caller() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let member = world(&server);
    let anyone = server.anyone();
    for _ in 0..32 {
        begin(&anyone, 1);
    }
    let one_more = with(&anyone, &[("Upload-Length", "1")]).send("POST", UPLOADS, "", b"");
    assert_eq!(one_more.status, 400, "{one_more}");
    assert!(one_more.text.contains("32 uploads"), "{one_more}");
    begin(&member, 1);
}
