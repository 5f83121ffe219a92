//! Requests that no client of ours would send: the server answers or hangs up, and goes on.

use luge_tests::persona::records;
use luge_tests::{Persona, Requests, Server};
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(5);

fn server_with_notes() -> (Server, Persona) {
    let server = Server::start();
    server.superuser().collection(&json!({
        "name": "notes", "type": "base", "listRule": "", "createRule": "",
        "fields": [{"name": "title", "type": "text"}, {"name": "data", "type": "json"}],
    }));
    let anyone = server.anyone();
    (server, anyone)
}

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(&server.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Sends bytes and reads until the server hangs up or stays silent; what it said.
fn exchange(server: &Server, bytes: &[u8]) -> String {
    let mut stream = connect(server);
    // A server may hang up before it has read everything.
    let _ = stream.write_all(bytes);
    let mut said = Vec::new();
    let mut part = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut part) {
        said.extend_from_slice(&part[..length]);
        if said.len() > 100_000 {
            break;
        }
    }
    String::from_utf8_lossy(&said).into_owned()
}

#[test]
fn what_is_not_http_is_refused_and_nothing_else_suffers() {
    let (server, anyone) = server_with_notes();
    let head = "GET /api/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    let long = format!("{head}X-Long: {}\r\n\r\n", "x".repeat(2_000_000));
    let many = format!("{head}{}\r\n", "X-Many: y\r\n".repeat(50_000));
    let target = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "x".repeat(1_000_000));
    let refused: [&[u8]; 7] = [
        b"GARBAGE\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /api/health HTTP/9.9\r\nConnection: close\r\n\r\n",
        b"GET /api/health HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        long.as_bytes(),
        many.as_bytes(),
        target.as_bytes(),
    ];
    for bytes in refused {
        let said = exchange(&server, bytes);
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]);
        assert!(!said.contains(" 200 "), "{shown:?} was answered: {said}");
        anyone.get("/api/health").expect(200);
    }
    let good = exchange(&server, format!("{head}\r\n").as_bytes());
    assert!(good.starts_with("HTTP/1.1 200"), "{good}");
}

#[test]
fn a_body_that_breaks_off_writes_nothing() {
    let (server, anyone) = server_with_notes();
    let path = records("notes");
    let post = format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n");
    // PocketBase stops reading after one whole value, so it gets a cut one.
    let half = if server.is_reference() {
        "{\"title\":\"halved"
    } else {
        "{\"title\":\"half\"}"
    };
    let heads = [
        "Content-Length: 30\r\n\r\n",
        "Content-Length: 1000000\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n10\r\n",
    ];
    for head in heads {
        let mut stream = connect(&server);
        stream
            .write_all(format!("{post}{head}{half}").as_bytes())
            .unwrap();
    }
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(anyone.get(&path).at("totalItems"), 0);
    let whole = "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n\
                 11\r\n{\"title\":\"whole\"}\r\n0\r\n\r\n";
    let said = exchange(&server, format!("{post}{whole}").as_bytes());
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    assert_eq!(anyone.get(&path).at("totalItems"), 1);
}

#[test]
fn slow_and_silent_connections_keep_nobody_waiting() {
    let (server, anyone) = server_with_notes();
    let mut slow: Vec<TcpStream> = (0..300).map(|_| connect(&server)).collect();
    for (number, stream) in slow.iter_mut().enumerate() {
        if number % 2 == 0 {
            stream
                .write_all(b"POST /api/collections/notes/records HTTP/1.1\r\nHost:")
                .unwrap();
        }
    }
    for _ in 0..20 {
        let asked = Instant::now();
        anyone.get("/api/health").expect(200);
        assert!(
            asked.elapsed() < Duration::from_millis(1000),
            "{:?}",
            asked.elapsed()
        );
    }
}

#[test]
fn paths_never_lead_out_of_their_folder() {
    let server = Server::start();
    let paths = [
        "/../../../../../../etc/passwd",
        "/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/..%5c..%5cetc%5cpasswd",
        "/_/../../../../../etc/passwd",
        "/_/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd",
        "/%00",
        "/api/collections/users/records/..%2f..%2f",
        "/api/collections/%2e%2e/records",
    ];
    for path in paths {
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let said = exchange(&server, request.as_bytes());
        assert!(!said.contains("root:"), "{path} gave a file away");
        assert!(!said.starts_with("HTTP/1.1 5"), "{path}: {said}");
    }
    let data = exchange(
        &server,
        b"GET /data/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    );
    assert!(data.starts_with("HTTP/1.1 404"), "{data}");
}

#[test]
fn json_at_its_edges_is_answered_below_500() {
    let (server, anyone) = server_with_notes();
    let nested = |depth: usize| format!("{{\"data\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    let keys: Vec<String> = (0..100_000).map(|key| format!("\"k{key}\":1")).collect();
    let bodies = [
        nested(100_000),
        nested(1_000_000),
        format!("{{{}}}", keys.join(",")),
        format!("{{\"data\":{}}}", "9".repeat(100_000)),
        "{\"data\":1e999}".to_owned(),
        "{\"data\":-0.0}".to_owned(),
        "{\"title\":\"\\ud800\"}".to_owned(),
        "{\"title\":\"\\u0000\"}".to_owned(),
        "{\"title\":\"a\",\"title\":\"b\"}".to_owned(),
        "{\"\":1,\"__proto__\":{},\"id\":null}".to_owned(),
        "null".to_owned(),
    ];
    for body in &bodies {
        let answer = anyone.send(
            "POST",
            &records("notes"),
            "application/json",
            body.as_bytes(),
        );
        let shown: String = body.chars().take(40).collect();
        assert!(answer.status < 500, "{shown}: {answer}");
    }
    anyone.get("/api/health").expect(200);
    anyone.get(&records("notes")).expect(200);
    assert!(server.process() > 0);
}
