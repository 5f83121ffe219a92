//! What hostile clients try with uploads piece by piece: T-PATH-1, T-XSS-1 and T-BOMB-3.

use super::super::hostile::{CONTENTS, POLICY};
use super::{BYTES, UPLOADS, address, append, begin, name, offset, with, world};
use luge_tests::persona::records;
use luge_tests::{Requests, Server};
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;

/// T-PATH-1: an id is no path.
#[test]
fn no_id_leads_anywhere() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    world(&server);
    let anyone = server.anyone();
    let outside = server.folder.join("data").join("outside.txt");
    std::fs::write(&outside, "outside").expect("a file can be written");
    let long = "a".repeat(300);
    for id in [
        "..",
        ".",
        "%2e%2e",
        "..%2f..%2foutside.txt",
        "..%5c..%5coutside.txt",
        "%2fetc%2fpasswd",
        "..%252foutside.txt",
        "a%00",
        "%20",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.txt%2f",
        long.as_str(),
    ] {
        let path = format!("{UPLOADS}/{id}");
        for answer in [
            with(&anyone, &[]).send("HEAD", &path, "", b""),
            with(&anyone, &[]).send("DELETE", &path, "", b""),
            append(&anyone, &path, "0", b"x"),
            append(&anyone, &path, "7", b"x"),
        ] {
            assert!(matches!(answer.status, 400 | 404 | 412), "{id}: {answer}");
        }
        let body = json!({"one": format!("upload:{id}")});
        let answer = anyone.post(&records("docs"), &body);
        assert_eq!(answer.status, 400, "{id}: {answer}");
    }
    assert_eq!(
        std::fs::read_to_string(&outside).unwrap_or_default(),
        "outside"
    );
    // The name that a client gives is a name and no path either.
    for (base64, starts) in [
        ("Li4vLi4vb3V0c2lkZS50eHQ=", "outside_"),
        ("L2V0Yy9wYXNzd2Q=", "passwd_"),
        ("eAAueA==", "x"),
    ] {
        let metadata = format!("filename {base64}");
        let headers = [
            ("Upload-Length", "1"),
            ("Upload-Metadata", metadata.as_str()),
        ];
        let answer = with(&anyone, &headers).send("POST", UPLOADS, BYTES, b"x");
        assert_eq!(answer.status, 201, "{answer}");
        let upload = name(answer.header("location").unwrap_or_default());
        let record = anyone
            .post(&records("docs"), &json!({"one": upload}))
            .expect(200);
        let stored = record["one"].as_str().unwrap_or_default();
        assert!(stored.starts_with(starts), "{stored}");
        assert_eq!(anyone.get(&address(&record, "one")).text, "x");
    }
    assert_eq!(
        std::fs::read_to_string(&outside).unwrap_or_default(),
        "outside"
    );
}

/// T-XSS-1: what comes piece by piece is what its bytes say, whatever its client calls it.
#[test]
fn what_could_run_is_never_shown() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    world(&server);
    let anyone = server.anyone();
    let superuser = server.superuser();
    for (number, content) in CONTENTS.iter().enumerate() {
        // "x.png" with a type of its own, "x.html", and no name at all.
        let metadata = [
            "filename eC5wbmc=,filetype aW1hZ2UvcG5n",
            "filename eC5odG1s,filetype aW1hZ2UvcG5n",
            "filetype aW1hZ2UvcG5n",
        ];
        let length = content.len().to_string();
        let headers = [
            ("Upload-Length", length.as_str()),
            ("Upload-Metadata", metadata[number % metadata.len()]),
        ];
        let begun = with(&superuser, &headers).send("POST", UPLOADS, BYTES, content);
        assert_eq!(begun.status, 201, "{begun}");
        let upload = name(begun.header("location").unwrap_or_default());
        let record = superuser.post(&records("docs"), &json!({"one": upload}));
        let record = record.expect(200);
        for query in ["", "?thumb=100x100", "?download=1", "?format=webp"] {
            let answer = anyone.get(&format!("{}{query}", address(&record, "one")));
            assert_eq!(answer.bytes, *content, "{query}: {answer}");
            let disposition = answer.header("content-disposition").unwrap_or_default();
            assert!(
                disposition.starts_with("attachment; filename=\""),
                "{answer}"
            );
            assert_eq!(answer.header("content-security-policy"), Some(POLICY));
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        }
    }
}

/// T-BOMB-3: a body that goes on beyond its upload is cut off, and nothing of it stays.
#[test]
fn endless_bodies_leave_nothing() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let member = world(&server);
    let path = begin(&member, 100);
    append(&member, &path, "0", b"begun");
    let head = format!(
        "PATCH {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\nTus-Resumable: 1.0.0\r\n\
         Upload-Offset: 5\r\nContent-Type: {BYTES}\r\nTransfer-Encoding: chunked\r\n\r\n",
        member.token()
    );
    let mut stream = TcpStream::connect(&server.address).expect("the server takes a connection");
    stream
        .write_all(head.as_bytes())
        .expect("the head can be sent");
    let much = [b"100000\r\n".as_slice(), &vec![b'x'; 1 << 20], b"\r\n"].concat();
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
    drop(stream);
    assert_eq!(offset(&member, &path).as_deref(), Some("5"));
    assert_eq!(append(&member, &path, "5", &[b'y'; 95]).status, 204);
}
