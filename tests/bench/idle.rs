//! What a silent subscriber costs: many event streams that are told nothing.

use std::fmt;
use std::io::Result;
use std::time::{Duration, Instant};

use luge_tests::http::{Connection, request};
use luge_tests::{Requests, Server};
use serde_json::json;
use tokio::net::TcpStream;

use crate::{fanout, process};

/// How long memory is left to settle before it is looked at.
const SETTLE: Duration = Duration::from_secs(2);

/// What one server did.
#[derive(Debug)]
pub(crate) struct Idle {
    connections: usize,
    bytes: f64,
    took: Duration,
    /// How long one message took to reach all of them.
    told: Duration,
}

/// Opens so many event streams, and then tells all of them one change.
pub(crate) fn run(server: &Server, connections: usize) -> Idle {
    let name = format!("idle{}", server.process());
    server.superuser().collection(&json!({
        "name": name, "type": "base", "listRule": "", "createRule": "",
        "fields": [{"name": "title", "type": "text"}],
    }));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build();
    let runtime = runtime.expect("a runtime starts");
    let measured = runtime.block_on(measure(server, &name, connections));
    measured.unwrap_or_else(|error| panic!("{name}: {error}"))
}

async fn measure(server: &Server, name: &str, connections: usize) -> Result<Idle> {
    let mut speaker = Connection::open(&server.address).await?;
    // The first half fills what the server's start (hashing a password, for one) left free.
    let mut streams = Vec::with_capacity(connections);
    for _ in 0..connections / 2 {
        streams.push(fanout::subscribed(&server.address, &mut speaker, name).await?);
    }
    let first = streams.len();
    let before = settled(server);
    let begun = Instant::now();
    while streams.len() < connections {
        streams.push(fanout::subscribed(&server.address, &mut speaker, name).await?);
    }
    let took = begun.elapsed();
    let after = settled(server);
    let told = tell(&mut speaker, name, &streams).await?;
    Ok(Idle {
        connections,
        bytes: (after as f64 - before as f64) / (connections - first).max(1) as f64,
        took,
        told,
    })
}

fn settled(server: &Server) -> u64 {
    std::thread::sleep(SETTLE);
    process::memory(server.process())
}

/// Makes a record and waits until all were told.
async fn tell(speaker: &mut Connection, name: &str, streams: &[TcpStream]) -> Result<Duration> {
    let begun = Instant::now();
    let path = luge_tests::persona::records(name);
    let made = request("POST", &path, "", &json!({"title": "told"}).to_string());
    let (status, _) = speaker.exchange(&made).await?;
    assert_eq!(status, 200, "a record of {name} was not made");
    for stream in streams {
        let mut bytes = [0; 4096];
        loop {
            stream.readable().await?;
            match stream.try_read(&mut bytes) {
                Ok(0) => return Err(std::io::ErrorKind::UnexpectedEof.into()),
                Ok(_) => break,
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(begun.elapsed())
}

impl fmt::Display for Idle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, kilobytes) = (self.connections, self.bytes / 1024.0);
        let (took, told) = (self.took.as_secs_f64(), self.told.as_secs_f64() * 1000.0);
        write!(
            formatter,
            "{count} held, {kilobytes:.1} KiB each, opened in {took:.1} s, all told in {told:.0} ms"
        )
    }
}
