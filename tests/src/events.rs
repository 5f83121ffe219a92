//! A reader of server-sent events that shows every byte of a frame.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::{Answer, Persona, Requests};

const PATIENCE: Duration = Duration::from_secs(20);

/// One frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// As it came, without the empty line at its end.
    pub text: String,
    /// The client's id.
    pub id: String,
    /// The topic.
    pub name: String,
    /// What is behind `data:`.
    pub data: String,
}

impl Event {
    /// The data as JSON; stops the test when it is not JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap_or_else(|error| panic!("{self:?}: {error}"))
    }

    /// The action and a key of the record, for tables: `create a`.
    pub fn summary(&self, key: &str) -> String {
        let json = self.json();
        let action = json["action"].as_str().unwrap_or_default();
        let value = json["record"][key].as_str().unwrap_or("-").to_owned();
        format!("{action} {value}")
    }
}

/// An open stream of events.
#[derive(Debug)]
pub struct Events {
    reader: BufReader<TcpStream>,
    rest: String,
    /// The head of the answer.
    pub head: String,
    /// The frame that opened the stream.
    pub greeting: Event,
    /// The id of this client.
    pub id: String,
}

impl Events {
    /// Connects to a server and waits for the first frame; stops the test without it.
    #[track_caller]
    pub fn open(address: &str) -> Self {
        Self::try_open(address, "/api/realtime", "").expect("a first frame comes")
    }

    /// The same as a client that resumes.
    #[track_caller]
    pub fn resuming(address: &str) -> Self {
        Self::try_open(address, "/api/realtime?resume=1", "").expect("a first frame comes")
    }

    /// The same on a path with more lines of the head; `None` where the server is not there, or
    /// does not stay.
    pub fn try_open(address: &str, path: &str, headers: &str) -> Option<Self> {
        let mut stream = TcpStream::connect(address).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n\
             Accept-Encoding: gzip\r\nOrigin: http://else.where\r\n{headers}\r\n"
        );
        stream.write_all(request.as_bytes()).ok()?;
        let mut reader = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).ok()? == 0 {
                return None;
            }
        }
        let mut events = Self {
            reader,
            rest: String::new(),
            head,
            greeting: Event::of(""),
            id: String::new(),
        };
        events.greeting = events.next()?;
        events.id = events.greeting.json()["clientId"].as_str()?.to_owned();
        Some(events)
    }

    /// The same, subscribed to topics as somebody.
    #[track_caller]
    pub fn of(address: &str, persona: &Persona, topics: &[&str]) -> Self {
        let events = Self::open(address);
        events.subscribe(persona, topics).expect(204);
        events
    }

    /// Asks for topics as somebody.
    pub fn subscribe(&self, persona: &Persona, topics: &[&str]) -> Answer {
        let body = json!({"clientId": self.id, "subscriptions": topics});
        persona.post("/api/realtime", &body)
    }

    /// The same, from a place on.
    pub fn subscribe_since(&self, persona: &Persona, topics: &[&str], since: &str) -> Answer {
        let body = json!({"clientId": self.id, "subscriptions": topics, "since": since});
        persona.post("/api/realtime", &body)
    }

    /// The next frame; `None` when the stream has ended.
    #[track_caller]
    #[expect(clippy::should_implement_trait, reason = "a wait, not an iteration")]
    pub fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((frame, rest)) = self.rest.split_once("\n\n") {
                let event = Event::of(frame);
                self.rest = rest.to_owned();
                return Some(event);
            }
            let chunk = self.chunk()?;
            self.rest.push_str(&chunk);
        }
    }

    /// All frames up to the first of a topic, without that one; stops the test if it never comes.
    #[track_caller]
    pub fn until(&mut self, topic: &str) -> Vec<Event> {
        let mut before = Vec::new();
        loop {
            let event = self.next().expect("the stream goes on");
            if event.name == topic {
                return before;
            }
            before.push(event);
        }
    }

    /// One chunk; `None` behind the last one, or when the connection broke.
    fn chunk(&mut self) -> Option<String> {
        let mut line = String::new();
        if self.reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let size = usize::from_str_radix(line.trim(), 16).ok()?;
        let mut bytes = vec![0; size + 2];
        self.reader.read_exact(&mut bytes).ok()?;
        bytes.truncate(size);
        (size > 0).then(|| String::from_utf8(bytes).expect("events are text"))
    }
}

impl Event {
    fn of(frame: &str) -> Self {
        let field = |name: &str| {
            let mut lines = frame.lines();
            let found = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            found.unwrap_or_default().to_owned()
        };
        Self {
            text: frame.to_owned(),
            id: field("id"),
            name: field("event"),
            data: field("data"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_taken_apart() {
        let event =
            Event::of("id:x\nevent:a:b\ndata:{\"record\":{\"t\":\"1\"},\"action\":\"create\"}");
        assert_eq!((event.id.as_str(), event.name.as_str()), ("x", "a:b"));
        assert_eq!(event.summary("t"), "create 1");
        assert_eq!(Event::of("id: x").id, " x");
    }
}
