//! Files as they are served: headers, parts, conditions, and who may read protected ones.

use super::{address, docs, expect_header, png, upload};
use luge_tests::persona::records;
use luge_tests::{Persona, Requests, Server};
use serde_json::{Value, json};

const POLICY: &str = "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox";
const KEPT: &str = "max-age=2592000, stale-while-revalidate=86400";

#[test]
fn a_file_is_what_was_uploaded_and_runs_nothing() {
    let server = Server::start();
    docs(&server.superuser());
    let anyone = server.anyone();
    let picture = png(20, 10);
    for (name, content, media_type, how) in [
        ("a.png", picture.as_slice(), "image/png", "inline"),
        ("a.html", &picture, "image/png", "inline"),
        ("a.gif", b"GIF89a\0\0", "image/gif", "inline"),
        ("a.pdf", b"%PDF-1.4", "application/pdf", "inline"),
        (
            "a.html",
            b"<html>",
            "text/html; charset=utf-8",
            "attachment",
        ),
        ("a.png", b"<html>", "text/html; charset=utf-8", "attachment"),
        (
            "a.svg",
            b"<svg xmlns=\"x\"/>",
            "image/svg+xml",
            "attachment",
        ),
        ("a.js", b"var x=1;", "text/javascript", "attachment"),
        ("a.mjs", b"var x=1;", "text/javascript", "attachment"),
        ("a.css", b"a{}", "text/css", "attachment"),
        ("a.json", b"{\"a\":1}", "application/json", "attachment"),
        ("a.txt", b"hello", "text/plain; charset=utf-8", "attachment"),
        (
            "a.bin",
            b"\0\x01\x02",
            "application/octet-stream",
            "attachment",
        ),
        ("a", b"", "text/plain", "attachment"),
    ] {
        let record = upload(&anyone, &[("one", Some(name), content)]);
        let file = address(&record, "one");
        let answer = anyone.get(&file);
        assert_eq!((answer.status, &answer.bytes[..]), (200, content), "{name}");
        let stored = record["one"].as_str().unwrap_or_default();
        expect_header(&answer, "content-type", media_type);
        let disposition = format!("{how}; filename=\"{stored}\"");
        expect_header(&answer, "content-disposition", &disposition);
        expect_header(&answer, "content-security-policy", POLICY);
        expect_header(&answer, "x-content-type-options", "nosniff");
        expect_header(&answer, "cache-control", KEPT);
        expect_header(&answer, "accept-ranges", "bytes");
        assert_eq!(answer.header("x-frame-options"), None);
        let saved = anyone.get(&format!("{file}?download=1"));
        let disposition = format!("attachment; filename=\"{stored}\"");
        expect_header(&saved, "content-disposition", &disposition);
        let head = anyone.ask("HEAD", &file, &Value::Null);
        assert_eq!((head.status, head.bytes.len()), (200, 0));
        let length = content.len().to_string();
        expect_header(&head, "content-length", &length);
    }
}

#[test]
fn a_large_file_comes_whole_and_in_parts() {
    let server = Server::start();
    docs(&server.superuser());
    let content: Vec<u8> = (0..3_000_000_u32).map(|at| (at % 251) as u8).collect();
    let anyone = server.anyone();
    let record = upload(&anyone, &[("one", Some("a.bin"), &content)]);
    let file = address(&record, "one");
    let zipping = anyone.with_header("Accept-Encoding", "gzip");
    let whole = zipping.get(&file);
    assert!(whole.bytes == content, "{}", whole.bytes.len());
    expect_header(&whole, "content-length", "3000000");
    assert_eq!(whole.header("content-encoding"), None);
    for (range, from, to) in [
        ("bytes=0-0", 0, 1),
        ("bytes=1000000-2499999", 1_000_000, 2_500_000),
        ("bytes=2999990-", 2_999_990, 3_000_000),
        ("bytes=-10", 2_999_990, 3_000_000),
        ("bytes=2999990-9999999", 2_999_990, 3_000_000),
    ] {
        let answer = anyone.with_header("Range", range).get(&file);
        assert_eq!(answer.status, 206, "{range}");
        assert!(answer.bytes == content[from..to], "{range}");
        let expected = format!("bytes {from}-{}/3000000", to - 1);
        expect_header(&answer, "content-range", &expected);
        expect_header(&answer, "content-length", &(to - from).to_string());
    }
    for range in [
        "bytes=3000000-",
        "bytes=9-3",
        "bytes=abc",
        "items=0-1",
        "bytes=-0",
    ] {
        let answer = anyone.with_header("Range", range).get(&file);
        let empty = server.is_reference() && range == "bytes=-0";
        assert!(answer.status == 416 || empty, "{range}: {}", answer.status);
    }
    let answer = anyone.with_header("Range", "bytes=0-1,4-5").get(&file);
    assert!(
        server.is_reference() || answer.bytes == content,
        "several ranges give the whole"
    );
}

#[test]
fn what_the_client_has_is_not_sent_again() {
    let server = Server::start();
    docs(&server.superuser());
    let anyone = server.anyone();
    let record = upload(&anyone, &[("one", Some("a.txt"), b"hello world")]);
    let file = address(&record, "one");
    let first = anyone.get(&file);
    let date = first.header("last-modified").expect("a date").to_owned();
    let since = |date: &str| anyone.with_header("If-Modified-Since", date).get(&file);
    let answer = since(&date);
    assert_eq!((answer.status, answer.bytes.len()), (304, 0));
    expect_header(&answer, "cache-control", KEPT);
    assert_eq!(since("Mon, 01 Jan 2001 00:00:00 GMT").status, 200);
    assert_eq!(since("yesterday").status, 200);
    let part = anyone.with_header("Range", "bytes=0-3");
    assert_eq!(part.with_header("If-Range", &date).get(&file).status, 206);
    let old = "Mon, 01 Jan 2001 00:00:00 GMT";
    assert_eq!(part.with_header("If-Range", old).get(&file).status, 200);
    if server.is_reference() {
        return;
    }
    let tag = first.header("etag").expect("a tag").to_owned();
    let known = |tag: &str| anyone.with_header("If-None-Match", tag).get(&file).status;
    assert_eq!(known(&tag), 304);
    assert_eq!(known(&format!("\"other\", {tag}")), 304);
    assert_eq!(known("\"other\""), 200);
}

#[test]
fn what_no_record_names_is_missing() {
    let server = Server::start();
    let superuser = server.superuser();
    docs(&superuser);
    let anyone = server.anyone();
    let record = upload(&anyone, &[("one", Some("a.txt"), b"first")]);
    let other = upload(&anyone, &[("one", Some("a.txt"), b"other")]);
    let file = address(&record, "one");
    let (id, name) = (record["id"].as_str(), record["one"].as_str());
    let (id, name) = (id.unwrap_or_default(), name.unwrap_or_default());
    let other_id = other["id"].as_str().unwrap_or_default();
    for path in [
        format!("/api/files/docs/{id}/nothing.txt"),
        format!("/api/files/docs/{other_id}/{name}"),
        format!("/api/files/docs/nothing/{name}"),
        format!("/api/files/nothing/{id}/{name}"),
        format!("/api/files/users/{id}/{name}"),
        format!("/api/files/docs/{id}/{}", name.to_uppercase()),
        format!("/api/files/docs/{id}"),
        format!("/api/files/docs/{id}/"),
        format!("/api/files/docs/{id}/{name}/x"),
    ] {
        assert_eq!(superuser.get(&path).status, 404, "{path}");
    }
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        assert_eq!(
            superuser.ask(method, &file, &Value::Null).status,
            404,
            "{method}"
        );
    }
    // The name goes with the commit, whenever the bytes do.
    let path = format!("{}/{id}", records("docs"));
    anyone.patch(&path, &json!({"one": ""})).expect(200);
    assert_eq!(anyone.get(&file).status, 404);
    let theirs = address(&other, "one");
    assert_eq!(anyone.get(&theirs).text, "other");
    anyone.delete(&format!("{}/{other_id}", records("docs")));
    assert_eq!(anyone.get(&theirs).status, 404);
}

/// A token for protected files.
fn file_token(persona: &Persona) -> String {
    persona
        .post("/api/files/token", &json!({}))
        .text_at("token")
}

/// A record that everybody may view and one that only its owner may, each with a protected file.
struct Protected {
    server: Server,
    superuser: Persona,
    anyone: Persona,
    owner: Persona,
    other: Persona,
    /// The address of the file of the record that everybody may view.
    open: String,
    /// That of the owner's.
    own: String,
}

fn protected() -> Protected {
    let server = Server::start();
    let (superuser, anyone) = (server.superuser(), server.anyone());
    docs(&superuser);
    let rule = json!({"viewRule": "title = 'open' || title = @request.auth.id"});
    superuser.patch("/api/collections/docs", &rule).expect(200);
    superuser.collection(&json!({"name": "members", "type": "auth"}));
    let member = |name: &str| superuser.account("members", &format!("{name}@example.com"));
    let (owner, other) = (member("owner"), member("other"));
    let file = |title: &str| {
        let parts = [
            ("secret", Some("a.txt"), b"secret".as_slice()),
            ("title", None, title.as_bytes()),
        ];
        let record = superuser.send("POST", &records("docs"), super::FORM, &super::form(&parts));
        address(&record.expect(200), "secret")
    };
    let (open, own) = (file("open"), file(&owner.id));
    Protected {
        server,
        superuser,
        anyone,
        owner,
        other,
        open,
        own,
    }
}

fn read(persona: &Persona, file: &str, token: &str) -> u16 {
    persona.get(&format!("{file}?token={token}")).status
}

#[test]
fn protected_files_are_for_those_who_may_view_the_record() {
    let world = protected();
    let (anyone, owner, superuser) = (&world.anyone, &world.owner, &world.superuser);
    let (open, own) = (&world.open, &world.own);
    let (of_owner, of_other) = (file_token(owner), file_token(&world.other));
    let of_superuser = file_token(superuser);
    let broken = &of_owner[..of_owner.len() - 2];
    let (signed, superuser_signed) = (owner.token(), superuser.token());
    for (name, persona, file, token, status) in [
        ("open to all", anyone, open, "", 200),
        ("open, broken token", anyone, open, "x.y.z", 200),
        ("nobody", anyone, own, "", 404),
        ("broken token", anyone, own, "x.y.z", 404),
        ("a header is not enough", owner, own, "", 404),
        ("not even a superuser's", superuser, own, "", 404),
        ("a sign-in token", anyone, own, signed, 404),
        (
            "a superuser's sign-in token",
            anyone,
            own,
            superuser_signed,
            404,
        ),
        ("another's token", anyone, own, &of_other, 404),
        (
            "another's beside the owner's header",
            owner,
            own,
            &of_other,
            404,
        ),
        ("the owner's token", anyone, own, &of_owner, 200),
        ("the owner's token, broken", anyone, own, broken, 404),
        ("a superuser's token", anyone, own, &of_superuser, 200),
    ] {
        assert_eq!(read(persona, file, token), status, "{name}");
    }
    // A file token opens nothing else, and ends with the account.
    let signed = anyone.with_token(&of_owner);
    assert_eq!(signed.post("/api/files/token", &json!({})).status, 401);
    assert_eq!(anyone.post("/api/files/token", &json!({})).status, 401);
    let path = format!("{}/{}", records("members"), owner.id);
    assert_eq!(superuser.delete(&path).status, 204);
    assert_eq!(read(anyone, own, &of_owner), 404);
}

/// T-BOLA-8.
#[test]
fn every_way_to_read_a_protected_file_is_judged_alike() {
    let world = protected();
    let (anyone, own, open) = (&world.anyone, &world.own, &world.open);
    let (token, of_superuser) = (file_token(&world.owner), file_token(&world.superuser));
    for query in ["thumb=100x100", "download=1", "thumb=100x100&download=1"] {
        let with = |token: &str| anyone.get(&format!("{own}?{query}{token}")).status;
        assert_eq!(with(""), 404, "{query}");
        assert_eq!(with(&format!("&token={token}")), 200, "{query}");
    }
    let head = anyone.ask("HEAD", own, &Value::Null).status;
    let part = anyone.with_header("Range", "bytes=0-1").get(own).status;
    let known = anyone.with_header("If-None-Match", "*").get(own).status;
    assert_eq!([head, part, known], [404; 3]);
    let answer = anyone.get(&format!("{own}?token={token}"));
    if !world.server.is_reference() {
        expect_header(&answer, "cache-control", "private, no-store");
    }
    let rule = |rule: Value| {
        let change = json!({ "viewRule": rule });
        let path = "/api/collections/docs";
        world.superuser.patch(path, &change).expect(200);
    };
    rule(Value::Null);
    assert_eq!(read(anyone, open, ""), 404);
    assert_eq!(read(anyone, open, &token), 404);
    assert_eq!(read(anyone, open, &of_superuser), 200);
    rule(json!(
        "@request.context = 'protectedFile' && @request.query.k = '1'"
    ));
    assert_eq!(anyone.get(&format!("{open}?k=1")).status, 200);
    assert_eq!(anyone.get(&format!("{open}?k=2")).status, 404);
}
