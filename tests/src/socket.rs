//! A client on a WebSocket.

use std::collections::VecDeque;
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use tungstenite::{ClientRequestBuilder, Error, HandshakeError, Message, WebSocket};

const PATIENCE: Duration = Duration::from_secs(20);

/// An open WebSocket.
#[derive(Debug)]
pub struct Socket {
    stream: WebSocket<TcpStream>,
    events: VecDeque<Value>,
    asked: u64,
    /// What came first.
    pub greeting: Value,
    /// The id of this client.
    pub id: String,
}

impl Socket {
    /// Opens one; stops the test where it is refused.
    #[track_caller]
    pub fn open(address: &str) -> Self {
        let opened = Self::try_open(address, "/api/realtime/ws", &[]);
        opened.unwrap_or_else(|status| panic!("the server said {status}"))
    }

    /// The same on a path, with headers; the status where it is refused.
    pub fn try_open(address: &str, path: &str, headers: &[(&str, &str)]) -> Result<Self, u16> {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream
            .set_read_timeout(Some(PATIENCE))
            .expect("a time limit can be set");
        let uri = format!("ws://{address}{path}").parse().expect("a path");
        let mut request = ClientRequestBuilder::new(uri);
        for (name, value) in headers {
            request = request.with_header(*name, *value);
        }
        let stream = match tungstenite::client(request, stream) {
            Ok((stream, _)) => stream,
            Err(HandshakeError::Failure(Error::Http(response))) => {
                return Err(response.status().as_u16());
            }
            Err(error) => panic!("{path}: {error}"),
        };
        let mut socket = Self {
            stream,
            events: VecDeque::new(),
            asked: 0,
            greeting: Value::Null,
            id: String::new(),
        };
        socket.greeting = socket.next();
        let id = socket.greeting["data"]["clientId"].as_str();
        socket.id = id.expect("a client has an id").to_owned();
        Ok(socket)
    }

    /// Says something and waits for its answer.
    #[track_caller]
    pub fn ask(&mut self, body: &Value) -> Value {
        self.asked += 1;
        let mut body = body.clone();
        body["ask"] = json!(self.asked);
        self.say(Message::text(body.to_string()));
        let answer = self.answer();
        assert_eq!(answer["answer"], body["ask"], "{answer}");
        answer
    }

    /// Asks for topics, which must be accepted.
    #[track_caller]
    pub fn subscribe(&mut self, body: &Value) {
        let answer = self.ask(body);
        assert_eq!(answer["status"], 204, "{answer}");
    }

    /// Says anything.
    #[track_caller]
    pub fn say(&mut self, message: Message) {
        self.stream.send(message).expect("it is sent");
    }

    /// The next answer.
    #[track_caller]
    pub fn answer(&mut self) -> Value {
        loop {
            let said = self.read().expect("an answer comes");
            if said.get("answer").is_some() {
                return said;
            }
            self.events.push_back(said);
        }
    }

    /// The next event.
    #[track_caller]
    #[expect(clippy::should_implement_trait, reason = "a wait, not an iteration")]
    pub fn next(&mut self) -> Value {
        match self.events.pop_front() {
            Some(event) => event,
            None => self.read().expect("the connection goes on"),
        }
    }

    /// All events up to the first of a topic, without that one.
    #[track_caller]
    pub fn until(&mut self, topic: &str) -> Vec<Value> {
        let mut before = Vec::new();
        loop {
            let event = self.next();
            if event["event"] == topic {
                return before;
            }
            before.push(event);
        }
    }

    /// The code with which the server ends the connection; what it says before is passed over.
    #[track_caller]
    pub fn ending(&mut self) -> u16 {
        loop {
            match self.stream.read() {
                Ok(Message::Close(frame)) => return frame.map_or(0, |frame| frame.code.into()),
                Ok(_) => {}
                Err(error) => panic!("the connection broke: {error}"),
            }
        }
    }

    fn read(&mut self) -> Option<Value> {
        loop {
            match self.stream.read().ok()? {
                Message::Text(text) => return serde_json::from_str(&text).ok(),
                Message::Close(_) => return None,
                _ => {}
            }
        }
    }
}
