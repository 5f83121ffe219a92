//! The bucket's blob store against a real S3 server in a process of its own.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use luge_engine::random::SystemRandom;
use luge_model::collection::Secret;
use tempfile::TempDir;

use super::*;

#[path = "../../../engine/src/files/conformance.rs"]
mod conformance;

const SECRET: &str = "the-secret-of-the-bucket";

/// A server that is stopped when this is dropped.
struct Server {
    process: Child,
    port: u16,
}

impl Server {
    fn start() -> Self {
        let default = "../target/tools/s3/bin/moto_server";
        let program = std::env::var_os("S3_BIN").map_or_else(|| default.into(), PathBuf::from);
        let port = free_port();
        let process = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { process, port };
        let deadline = Instant::now() + Duration::from_secs(60);
        while server.put("/photos").is_none() {
            assert!(Instant::now() < deadline, "the S3 server does not start");
            std::thread::sleep(Duration::from_millis(100));
        }
        server
    }

    /// The status of a request without a body.
    fn put(&self, path: &str) -> Option<String> {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        let head = format!(
            "PUT {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\
             Connection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer.split_whitespace().nth(1)?.to_owned())
    }

    fn settings(&self) -> S3Settings {
        settings(self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn settings(port: u16) -> S3Settings {
    S3Settings {
        enabled: true,
        bucket: "photos".to_owned(),
        region: "us-east-1".to_owned(),
        endpoint: format!("http://127.0.0.1:{port}"),
        access_key: "the-access-key".to_owned(),
        secret: Secret::new(SECRET),
        force_path_style: true,
    }
}

fn spool(folder: &TempDir, mut bytes: &[u8]) -> Spool {
    Spool::of_reader(folder.path(), &SystemRandom, &mut bytes).unwrap()
}

fn s3() -> S3 {
    S3::new(Arc::new(SystemRandom))
}

#[test]
#[ignore = "needs an S3 server: cargo xtask test rust"]
fn a_bucket_is_a_blob_store() {
    let server = Server::start();
    let folder = TempDir::new().unwrap();
    let s3 = s3();
    let store = s3.open(&server.settings(), "one").unwrap();
    conformance::check(&*store, &|bytes| spool(&folder, bytes));

    // What another installation stored is not this one's.
    let path = BlobPath::new("c", "r", "f").unwrap();
    let other = s3.open(&server.settings(), "other").unwrap();
    for content in [vec![1; 10], vec![2; 9_000_000]] {
        other.put(&path, &spool(&folder, &content)).unwrap();
        assert!(other.is_own(&path).unwrap());
        assert!(!store.is_own(&path).unwrap());
        assert_eq!(
            store.open(&path).unwrap().unwrap().length(),
            content.len() as u64
        );
    }
    store.remove(&path).unwrap();
    assert!(!other.is_own(&path).unwrap());

    // The keys are those that PocketBase uses: what stands in them is not written differently.
    assert_eq!(server.put("/photos/c/r/a%2Bb%23c%20d.txt").unwrap(), "200");
    let path = BlobPath::new("c", "r", "a+b#c d.txt").unwrap();
    assert_eq!(store.open(&path).unwrap().unwrap().length(), 0);
    assert!(!store.is_own(&path).unwrap());
    s3.test(&server.settings()).unwrap();
}

#[test]
#[ignore = "needs an S3 server: cargo xtask test rust"]
fn what_a_bucket_refuses_is_told_without_secrets() {
    let server = Server::start();
    let missing = S3Settings {
        bucket: "nothing-there".to_owned(),
        ..server.settings()
    };
    let s3 = s3();
    let reason = s3.test(&missing).unwrap_err().to_string();
    assert_eq!(reason, "NoSuchBucket: The specified bucket does not exist");
    let store = s3.open(&missing, "one").unwrap();
    let path = BlobPath::new("c", "r", "f").unwrap();
    let folder = TempDir::new().unwrap();
    let error = store.put(&path, &spool(&folder, b"x")).unwrap_err();
    assert!(error.to_string().starts_with("NoSuchBucket"), "{error}");
    let large = spool(&folder, &vec![0; 9_000_000]);
    assert!(store.put(&path, &large).is_err());
    assert!(!format!("{store:?} {s3:?}").contains(SECRET));
}

#[test]
#[ignore = "needs an S3 server: cargo xtask test rust"]
fn what_is_at_the_root_of_a_bucket_is_apart_from_what_is_in_folders() {
    let server = Server::start();
    let folder = TempDir::new().unwrap();
    let s3 = s3();
    let objects = s3.objects(&server.settings()).unwrap();
    assert_eq!(objects.list().unwrap(), []);
    assert!(objects.open("a.zip").unwrap().is_none());
    objects.remove("a.zip").unwrap();
    let from = folder.path().join("made");
    // The last one is sent in parts.
    let lengths = [("a (1).zip", 0), ("@auto_a.zip", 10), ("b.zip", 9_000_000)];
    for (key, length) in lengths {
        std::fs::write(&from, vec![7; length]).unwrap();
        objects.put(key, &from).unwrap();
        let opened = objects.open(key).unwrap().unwrap();
        assert_eq!(opened.length(), length as u64);
        assert_eq!(opened.read(0, length).unwrap(), vec![7; length]);
    }
    assert_eq!(server.put("/photos/c/r/f.zip").unwrap(), "200");
    let mut listed: Vec<_> = objects.list().unwrap();
    listed.sort_by_key(|object| object.bytes);
    let listed = listed.iter().map(|object| (&*object.key, object.bytes));
    assert!(listed.eq(lengths.map(|(key, length)| (key, length as u64))));
    objects.remove("b.zip").unwrap();
    assert!(objects.open("b.zip").unwrap().is_none());

    let missing = S3Settings {
        bucket: "nothing-there".to_owned(),
        ..server.settings()
    };
    let objects = s3.objects(&missing).unwrap();
    for refused in [objects.list().map(drop), objects.put("a.zip", &from)] {
        let error = refused.unwrap_err().to_string();
        assert!(error.starts_with("NoSuchBucket"), "{error}");
    }
}

#[test]
fn an_endpoint_that_is_no_bucket_gives_nothing_away() {
    let s3 = s3();
    let nobody = s3.test(&settings(free_port())).unwrap_err().to_string();
    assert_eq!(nobody, "no connection can be made to its endpoint");
    for (answer, expected) in [
        (
            "HTTP/1.1 403 Forbidden\r\nContent-Length: 8\r\n\r\nhunter22",
            "it answers with the status 403, and not as S3 does",
        ),
        (
            "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
            "it answers with the status 302, and not as S3 does",
        ),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let answering = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut head = [0; 4096];
            let read = stream.read(&mut head).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
            let _ = stream.shutdown(Shutdown::Write);
            String::from_utf8_lossy(&head[..read]).into_owned()
        });
        let reason = s3.test(&settings(port)).unwrap_err().to_string();
        assert_eq!(reason, expected);
        let request = answering.join().unwrap();
        assert!(request.contains("the-access-key"), "{request}");
        assert!(!request.contains(SECRET), "{request}");
    }
    let mut wrong = settings(1);
    wrong.endpoint = "ftp://127.0.0.1".to_owned();
    assert!(s3.open(&wrong, "one").is_err());
}
