//! What hostile clients try with files: T-XSS-1, T-PATH-1, T-BOMB-1 and T-BOMB-3.

use super::{FORM, address, docs, form, png, stored, upload, wait_for_files};
use luge_tests::persona::records;
use luge_tests::{Requests, Server};
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

pub(super) const POLICY: &str =
    "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox";

/// What could run in a browser.
pub(super) const CONTENTS: &[&[u8]] = &[
    b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>",
    b"<svg onload=\"alert(1)\"/>",
    b"<svg><foreignObject><body onload=\"alert(1)\"/></foreignObject></svg>",
    b"<svg><animate onbegin=\"alert(1)\"/></svg>",
    b"<?xml version=\"1.0\"?><?xml-stylesheet href=\"x.xsl\"?><a/>",
    b"<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"/>",
    b"<html><script>alert(1)</script></html>",
    b"<!DOCTYPE html><script>alert(1)</script>",
    b"<script>alert(1)</script>",
    b"\xEF\xBB\xBF<html><script>alert(1)</script>",
    b"\xFF\xFE<\0h\0t\0m\0l\0>\0",
    b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<html>",
    b"alert(1)",
    b"\0asm\x01\0\0\0",
    b"FWS\x05\0\0",
    b"<public:component><script>alert(1)</script></public:component>",
];

/// Names that could make a browser run it.
const NAMES: &[&str] = &[
    "x.html",
    "x.HTML",
    "x.html.",
    "x.svg",
    "x.svgz",
    "x.xhtml",
    "x.xml",
    "x.mht",
    "x.js",
    "x.swf",
    "x.htc",
    "x.html%00.png",
    "x.png",
    "x",
    "x.pdf",
];

/// T-XSS-1: what could run is saved and not shown, under whatever name and type it comes.
#[test]
fn what_could_run_is_never_shown() {
    let server = Server::start();
    docs(&server.superuser());
    let anyone = server.anyone();
    let tailed = [png(2, 2), b"<script>alert(1)</script>".to_vec()].concat();
    for (number, content) in CONTENTS.iter().enumerate() {
        for name in [NAMES[number % NAMES.len()], "x.html", "x.png", "x.svg"] {
            let record = upload(&anyone, &[("one", Some(name), content)]);
            let file = address(&record, "one");
            let other_format = if server.is_reference() {
                ""
            } else {
                "?thumb=100x100&format=webp"
            };
            for query in ["", "?thumb=100x100", "?download=1", other_format] {
                let answer = anyone.get(&format!("{file}{query}"));
                let disposition = answer.header("content-disposition").unwrap_or_default();
                assert!(
                    disposition.starts_with("attachment; filename=\""),
                    "{name}: {answer}"
                );
                assert_eq!(answer.header("content-security-policy"), Some(POLICY));
                assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
            }
            let part = anyone.with_header("Range", "bytes=0-3").get(&file);
            let disposition = part.header("content-disposition").unwrap_or_default();
            assert!(disposition.starts_with("attachment;"), "{name}: {part}");
        }
    }
    // An image with something behind it is an image, whatever it is called.
    let record = upload(&anyone, &[("one", Some("x.html"), &tailed)]);
    let answer = anyone.get(&address(&record, "one"));
    assert_eq!(answer.header("content-type"), Some("image/png"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    let quoted = upload(&anyone, &[("one", Some("a%22;\\r\\n é.txt"), b"x")]);
    let name = quoted["one"].as_str().unwrap_or_default();
    assert!(
        name.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(&byte))
    );
}

/// Names that could lead out of a folder.
const PATHS: &[&str] = &[
    "../outside.txt",
    "..%2foutside.txt",
    "..%2F..%2F..%2Foutside.txt",
    "%2e%2e%2foutside.txt",
    "..%252foutside.txt",
    "%252e%252e%252foutside.txt",
    "..%5coutside.txt",
    "..%5C..%5Coutside",
    "%2fetc%2fpasswd",
    "C:%5Cwindows",
    "a%00.txt",
    "%00",
    ".",
    "%2e",
    "..",
    "%2e%2e",
    "%20",
    "a.txt.",
    "a.txt%20",
    "NUL",
    "CON.txt",
    "%2fproc%2fself%2fenviron",
    "unnamed.txt",
    "link.txt",
    "%EF%BC%8F",
    "e%CC%81",
    "%C3%A9",
    "%ff",
];

/// T-PATH-1: a file is found by the record that names it and by nothing else.
#[test]
fn no_path_leads_out_of_a_record() {
    let server = Server::start();
    docs(&server.superuser());
    let anyone = server.anyone();
    let record = upload(&anyone, &[("one", Some("a.txt"), b"inside")]);
    std::fs::write(server.folder.join("data").join("outside.txt"), "outside").unwrap();
    let file = address(&record, "one");
    let (folder, name) = file.rsplit_once('/').expect("a folder");
    let storage = server.folder.join("data").join("storage");
    let of_record = stored(&server);
    let of_record = storage.join(&of_record[0]);
    let of_record = of_record.parent().expect("the folder of the record");
    std::fs::write(of_record.join("unnamed.txt"), "outside").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc/passwd", of_record.join("link.txt")).unwrap();
    let long = "a".repeat(300);
    for hostile in PATHS.iter().copied().chain([long.as_str()]) {
        for path in [
            format!("{folder}/{hostile}"),
            format!("/api/files/docs/{hostile}/{name}"),
            format!(
                "/api/files/{hostile}/{}/{name}",
                record["id"].as_str().unwrap_or_default()
            ),
            format!("{file}%2f..%2f{hostile}"),
        ] {
            let answer = anyone.get(&path);
            let redirected = server.is_reference() && answer.status == 307;
            assert!(
                redirected || matches!(answer.status, 400 | 404),
                "{path}: {answer}"
            );
            assert!(
                redirected || !answer.text.contains("outside"),
                "{path}: {answer}"
            );
            assert!(!answer.text.contains("root:"), "{path}: {answer}");
        }
        let size = anyone.get(&format!("{file}?thumb={hostile}"));
        assert_eq!(size.text, "inside", "{hostile}");
    }
    for hostile in [
        "../../../outside.txt",
        "..\\\\outside.txt",
        "/etc/passwd",
        "%2e%2e%2fx",
        "..",
    ] {
        let record = upload(&anyone, &[("one", Some(hostile), b"new")]);
        assert_eq!(
            anyone.get(&address(&record, "one")).text,
            "new",
            "{hostile}"
        );
    }
    let outside = server.folder.join("data").join("outside.txt");
    assert_eq!(std::fs::read_to_string(outside).unwrap(), "outside");
}

/// T-BOMB-1: what an image would cost is seen before it is decoded; the image itself is sent.
#[test]
fn image_bombs_are_sent_as_they_are() {
    let server = Server::start();
    docs(&server.superuser());
    let anyone = server.anyone();
    let mut bombs = Vec::new();
    for (width, height) in [
        (1_u32, 1_000_000_000_u32),
        (65_000, 65_000),
        (30_000, 30_000),
    ] {
        let mut bomb = png(1, 1);
        bomb[16..20].copy_from_slice(&width.to_be_bytes());
        bomb[20..24].copy_from_slice(&height.to_be_bytes());
        let checksum = super::checksum(&bomb[12..29]).to_be_bytes();
        bomb[29..33].copy_from_slice(&checksum);
        bombs.push(bomb);
    }
    bombs.push([b"GIF89a\xFF\xFF\xFF\xFF\0\0\0".as_slice(), &[0x2C; 100]].concat());
    bombs.push(
        [
            b"\xFF\xD8\xFF\xC0\0\x11\x08\xFF\xFF\xFF\xFF\x03".as_slice(),
            &[1; 50],
        ]
        .concat(),
    );
    bombs.push(
        [
            b"RIFF\xFF\xFF\xFF\x7FWEBPVP8X\x0A\0\0\0".as_slice(),
            &[0xFF; 50],
        ]
        .concat(),
    );
    for bomb in &bombs {
        let record = upload(&anyone, &[("one", Some("a.png"), bomb)]);
        let file = address(&record, "one");
        for query in ["thumb=100x100", "format=webp", "thumb=100x100&format=webp"] {
            assert!(
                anyone.get(&format!("{file}?{query}")).bytes == *bomb,
                "{query}"
            );
        }
    }
    assert_eq!(anyone.get("/api/health").status, 200);
}

/// T-BOMB-3: bodies that are more than they seem are refused and leave nothing.
#[test]
fn broken_and_endless_bodies_leave_nothing() {
    let server = Server::start();
    docs(&server.superuser());
    if server.is_reference() {
        return;
    }
    let anyone = server.anyone();
    let path = records("docs");
    let part = ("one", Some("a.txt"), b"content".as_slice());
    let whole = form(&[part]);
    let text = |body: &[u8]| String::from_utf8_lossy(body).into_owned();
    let send = |kind: &str, body: &[u8]| anyone.send("POST", &path, kind, body);
    let cut = &whole[..whole.len() - 8];
    let nested = text(&whole).replace("text/html;x", "multipart/mixed; boundary=YY");
    for (name, body) in [
        ("no end", cut),
        ("no end of the file", &whole[..whole.len() - 12]),
        ("only a beginning", &whole[..40]),
        ("nothing", b"nothing"),
        (
            "another boundary",
            text(&whole).replace("XX", "YY").as_bytes(),
        ),
    ] {
        let answer = send(FORM, body);
        assert_eq!(answer.status, 400, "{name}: {answer}");
    }
    assert_eq!(send("multipart/form-data", &whole).status, 400);
    let many: Vec<super::Part<'_>> =
        std::iter::repeat_n(("x", None, b"1".as_slice()), 1_001).collect();
    let answer = send(FORM, &form(&many));
    assert!(
        answer.status == 400 && answer.text.contains("more than 1000 parts"),
        "{answer}"
    );
    let long = format!("text/html; {}", "x".repeat(1024 * 1024));
    let long = text(&whole).replace("text/html;x", &long);
    let answer = send(FORM, long.as_bytes());
    assert!(
        answer.status == 400 && answer.text.contains("header of a part"),
        "{answer}"
    );
    // A packed body is never unpacked, so there is nothing to bomb with.
    for coding in ["gzip", "br", "zstd", "deflate"] {
        let packed = anyone.with_header("Content-Encoding", coding);
        let answer = packed.send("POST", &path, FORM, b"\x1f\x8b\x08\0\0\0\0\0");
        assert_eq!(answer.status, 400, "{coding}: {answer}");
    }
    assert_eq!(stored(&server), [""; 0]);
    let record = send(FORM, nested.as_bytes()).expect(200);
    assert!(
        anyone
            .get(&address(&record, "one"))
            .text
            .contains("content"),
        "a part is no form"
    );
    endless(&server, &path);
    wait_for_files(&server, 1);
    assert_eq!(anyone.get("/api/health").status, 200);
    let body = json!({"title": "x"});
    assert_eq!(anyone.post(&path, &body).status, 200);
}

/// A body in chunks that has no end, and one whose sender hangs up.
fn endless(server: &Server, path: &str) {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\n\
         Transfer-Encoding: chunked\r\n\r\n"
    );
    let begin = b"--XX\r\nContent-Disposition: form-data; name=\"one\"; filename=\"a\"\r\n\r\n";
    let chunk =
        |bytes: &[u8]| [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
    let connect = || {
        let stream = TcpStream::connect(&server.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        stream
    };
    let mut stream = connect();
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&chunk(begin)).unwrap();
    let much = chunk(&vec![b'x'; 1024 * 1024]);
    // The server may hang up before it read all that is sent.
    for _ in 0..100 {
        if stream.write_all(&much).is_err() {
            break;
        }
    }
    let mut answer = [0; 12];
    if stream.read_exact(&mut answer).is_ok() {
        assert_eq!(&answer, b"HTTP/1.1 413");
    }
    let mut stream = connect();
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&chunk(begin)).unwrap();
    stream.write_all(&much).unwrap();
    drop(stream);
}
