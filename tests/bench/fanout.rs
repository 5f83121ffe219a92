//! Many subscribers of one topic: how many messages a second, and how late the latest hundredth is.

use std::cell::RefCell;
use std::fmt;
use std::io::Result;
use std::rc::Rc;
use std::time::{Duration, Instant};

use luge_tests::http::{Connection, request};
use luge_tests::persona::records;
use luge_tests::{Requests, Server};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::{JoinSet, LocalSet};

use crate::process;

const TITLE: &[u8] = b"\"title\":\"";

/// What one server did.
#[derive(Debug)]
pub(crate) struct Fanout {
    deliveries: usize,
    took: Duration,
    p99: Duration,
    /// Of the server, for each delivery.
    cpu: Duration,
}

/// Makes `changes` records one after another while `subscribers` are told.
pub(crate) fn run(server: &Server, subscribers: usize, changes: usize) -> Fanout {
    let name = format!("fanout{}", server.process());
    server.superuser().collection(&json!({
        "name": name, "type": "base", "listRule": "", "createRule": "",
        "fields": [{"name": "title", "type": "text"}, {"name": "text", "type": "text"}],
    }));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build();
    let runtime = runtime.expect("a runtime starts");
    let measured =
        LocalSet::new().block_on(&runtime, measure(server, &name, (subscribers, changes)));
    measured.unwrap_or_else(|error| panic!("{name}: {error}"))
}

async fn measure(server: &Server, name: &str, counts: (usize, usize)) -> Result<Fanout> {
    let (subscribers, changes) = counts;
    let sent: Rc<RefCell<Vec<Instant>>> = Rc::default();
    let mut speaker = Connection::open(&server.address).await?;
    let mut readers = JoinSet::new();
    for _ in 0..subscribers {
        let stream = subscribed(&server.address, &mut speaker, name).await?;
        readers.spawn_local(read(stream, changes, Rc::clone(&sent)));
    }
    let begun = Instant::now();
    let cpu = process::cpu_time(server.process());
    for number in 0..changes {
        let body = json!({"title": number.to_string(), "text": "x".repeat(300)}).to_string();
        let request = request("POST", &records(name), "", &body);
        sent.borrow_mut().push(Instant::now());
        let (status, _) = speaker.exchange(&request).await?;
        assert_eq!(status, 200, "a record of {name} was not made");
    }
    let mut delays = Vec::with_capacity(subscribers * changes);
    while let Some(read) = readers.join_next().await {
        delays.extend(read.expect("a reader ends")?);
    }
    let took = begun.elapsed();
    let cpu = process::cpu_time(server.process()).saturating_sub(cpu);
    delays.sort_unstable();
    let last = delays.len().saturating_sub(1);
    Ok(Fanout {
        deliveries: delays.len(),
        took,
        p99: delays[last * 99 / 100],
        cpu: cpu / u32::try_from(delays.len().max(1)).unwrap_or(u32::MAX),
    })
}

/// An event stream whose client subscribed to a collection.
pub(crate) async fn subscribed(
    address: &str,
    speaker: &mut Connection,
    name: &str,
) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    stream
        .write_all(&request("GET", "/api/realtime", "", ""))
        .await?;
    let mut head = Vec::new();
    let id = loop {
        stream.read_buf(&mut head).await?;
        let text = String::from_utf8_lossy(&head);
        let id = text
            .split_once("\"clientId\":\"")
            .and_then(|(_, rest)| rest.split_once('"'));
        if let Some((id, _)) = id {
            break id.to_owned();
        }
    };
    let body = json!({"clientId": id, "subscriptions": [format!("{name}/*")]}).to_string();
    let subscribe = request("POST", "/api/realtime", "", &body);
    let (status, _) = speaker.exchange(&subscribe).await?;
    assert_eq!(status, 204, "a client could not subscribe");
    Ok(stream)
}

/// How late each of the messages was.
async fn read(
    mut stream: TcpStream,
    messages: usize,
    sent: Rc<RefCell<Vec<Instant>>>,
) -> Result<Vec<Duration>> {
    let mut delays = Vec::with_capacity(messages);
    let mut buffer = Vec::with_capacity(64 * 1024);
    while delays.len() < messages {
        if stream.read_buf(&mut buffer).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let now = Instant::now();
        let mut done = 0;
        while let Some((number, end)) = next_title(&buffer, done) {
            delays.push(now - sent.borrow()[number]);
            done = end;
        }
        buffer.drain(..done);
    }
    Ok(delays)
}

/// The next whole title behind a position, and where it ends.
fn next_title(buffer: &[u8], from: usize) -> Option<(usize, usize)> {
    let rest = &buffer[from..];
    let start = rest
        .windows(TITLE.len())
        .position(|window| window == TITLE)?
        + TITLE.len();
    let length = rest[start..].iter().position(|byte| *byte == b'"')?;
    let text = std::str::from_utf8(&rest[start..start + length]).ok()?;
    Some((text.parse().ok()?, from + start + length))
}

impl fmt::Display for Fanout {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rate = self.deliveries as f64 / self.took.as_secs_f64();
        let (count, late) = (self.deliveries, self.p99.as_secs_f64() * 1000.0);
        let cpu = self.cpu.as_secs_f64() * 1_000_000.0;
        write!(
            formatter,
            "{rate:.0} deliveries/s, p99 {late:.1} ms, CPU {cpu:.1} µs each ({count} deliveries)"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_found_only_whole() {
        let text = b"x\"title\":\"12\",y\"title\":\"3";
        assert_eq!(next_title(text, 0), Some((12, 12)));
        assert_eq!(next_title(text, 12), None);
    }
}
