//! What a server said, with assertions that show all of it when they fail.

use serde_json::Value;

/// One answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The request, for messages.
    pub request: String,
    /// The status code.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as it came.
    pub bytes: Vec<u8>,
    /// The body as text; what is no text in it is replaced.
    pub text: String,
}

impl Answer {
    /// The body as JSON; stops the test when it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("{self}: the body is not JSON: {error}"))
    }

    /// The JSON body of an answer with this status; stops the test on another status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert!(self.status == status, "expected {status}, got {self}");
        if self.text.is_empty() {
            Value::Null
        } else {
            self.json()
        }
    }

    /// The value at a dotted path (`data.title.code`), null when there is none.
    pub fn at(&self, path: &str) -> Value {
        let pointer = format!("/{}", path.replace('.', "/"));
        self.json()
            .pointer(&pointer)
            .cloned()
            .unwrap_or(Value::Null)
    }

    /// The text at a dotted path; stops the test when there is none.
    #[track_caller]
    pub fn text_at(&self, path: &str) -> String {
        match self.at(path) {
            Value::String(text) => text,
            other => panic!("{self}: no text at {path}, but {other}"),
        }
    }

    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown: String = self.text.chars().take(1500).collect();
        write!(formatter, "{} -> {} {shown}", self.request, self.status)
    }
}
