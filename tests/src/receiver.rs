//! An HTTP server in the test's own process that others send requests to: it answers with the
//! statuses it was told, else with 200, and keeps what it got.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, ErrorKind, Read, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// One request that came in.
#[derive(Clone, Debug)]
pub struct Received {
    /// Method and path.
    pub line: String,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Received {
    /// The first header of this name; stops the test where there is none.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        let found = found.unwrap_or_else(|| panic!("no header {name} in {:?}", self.headers));
        &found.1
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{}: {error}", self.body))
    }
}

/// A running receiver; it listens until the test's process ends.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    received: Vec<Received>,
    answers: VecDeque<String>,
    pause: Duration,
}

impl Receiver {
    /// Listens on a free port of the loopback interface.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("a bound address").port();
        let shared = Arc::new(Shared::default());
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&serving);
                std::thread::spawn(move || {
                    // Whoever sends may be killed at any moment.
                    let _ = serve(stream, &shared);
                });
            }
        });
        Self { port, shared }
    }

    /// `http://127.0.0.1:PORT/in`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/in", self.port)
    }

    /// What the next requests are answered with: a status line, perhaps with headers.
    pub fn answer(&self, answers: &[&str]) {
        let mut state = self.shared.state.lock().expect("no thread panicked");
        state.answers = answers.iter().map(|one| (*one).to_owned()).collect();
    }

    /// How long each answer takes from now on.
    pub fn pause(&self, pause: Duration) {
        self.shared.state.lock().expect("no thread panicked").pause = pause;
    }

    /// Everything that came so far.
    pub fn received(&self) -> Vec<Received> {
        let state = self.shared.state.lock().expect("no thread panicked");
        state.received.clone()
    }

    /// Waits until so many requests came; stops the test when they do not come in time.
    #[track_caller]
    pub fn wait_for(&self, count: usize) -> Vec<Received> {
        let deadline = Instant::now() + Duration::from_secs(60);
        let mut state = self.shared.state.lock().expect("no thread panicked");
        while state.received.len() < count {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero(),
                "only {} of {count} came",
                state.received.len()
            );
            let waited = self.shared.changed.wait_timeout(state, left);
            state = waited.expect("no thread panicked").0;
        }
        state.received.clone()
    }
}

fn serve(stream: TcpStream, shared: &Shared) -> Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let line = line.trim_end().trim_end_matches(" HTTP/1.1").to_owned();
    let mut headers = Vec::new();
    let mut length = 0;
    loop {
        let mut header = String::new();
        // Who goes away in the middle of a head has asked for nothing.
        if reader.read_line(&mut header)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let Some((name, value)) = header.trim_end().split_once(": ") else {
            break;
        };
        let name = name.to_ascii_lowercase();
        if name == "content-length" {
            length = value.parse().unwrap_or(0);
        }
        headers.push((name, value.to_owned()));
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let received = Received {
        line,
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let (answer, pause) = {
        let mut state = shared.state.lock().expect("no thread panicked");
        state.received.push(received);
        shared.changed.notify_all();
        (state.answers.pop_front(), state.pause)
    };
    std::thread::sleep(pause);
    let answer = answer.unwrap_or_else(|| "200 OK".to_owned());
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    )
}
