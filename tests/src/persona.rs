//! Who asks: anyone, a signed-in record, a superuser. Tests name personas, never tokens.

use crate::Answer;
use serde_json::{Value, json};
use std::time::Duration;

/// Everything that can be asked of a server by somebody.
pub trait Requests {
    /// One request with a body of a content type; an empty body sends none.
    fn send(&self, method: &str, path: &str, content_type: &str, body: &[u8]) -> Answer;

    /// One request with a JSON body, or none when it is null.
    fn ask(&self, method: &str, path: &str, body: &Value) -> Answer {
        let text = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.send(method, path, "application/json", text.as_bytes())
    }

    /// `GET path`.
    fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &Value::Null)
    }

    /// `POST path` with JSON.
    fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask("POST", path, body)
    }

    /// `PATCH path` with JSON.
    fn patch(&self, path: &str, body: &Value) -> Answer {
        self.ask("PATCH", path, body)
    }

    /// `DELETE path`.
    fn delete(&self, path: &str) -> Answer {
        self.ask("DELETE", path, &Value::Null)
    }

    /// Creates a collection from its JSON and gives the answer's body.
    #[track_caller]
    fn collection(&self, definition: &Value) -> Value {
        self.post("/api/collections", definition).expect(200)
    }

    /// Creates a record and gives the answer's body.
    #[track_caller]
    fn record(&self, collection: &str, body: &Value) -> Value {
        self.post(&records(collection), body).expect(200)
    }
}

/// The path of a collection's records.
pub fn records(collection: &str) -> String {
    format!("/api/collections/{collection}/records")
}

/// Somebody at a server.
#[derive(Clone, Debug)]
pub struct Persona {
    agent: ureq::Agent,
    base: String,
    token: Option<String>,
    headers: Vec<(String, String)>,
    /// The id of the signed-in record, empty for anyone.
    pub id: String,
}

impl Persona {
    /// Somebody without a token.
    pub fn anyone(base: &str) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(60)))
            .build()
            .new_agent();
        Self {
            agent,
            base: base.to_owned(),
            token: None,
            headers: Vec::new(),
            id: String::new(),
        }
    }

    /// Signs in with a password; stops the test when that is refused.
    #[track_caller]
    pub fn sign_in(&self, collection: &str, identity: &str, password: &str) -> Self {
        let path = format!("/api/collections/{collection}/auth-with-password");
        let answer = self.post(&path, &json!({"identity": identity, "password": password}));
        answer.expect(200);
        Self {
            id: answer.text_at("record.id"),
            ..self.with_token(&answer.text_at("token"))
        }
    }

    /// Makes an account of an auth collection, and signs in with it.
    #[track_caller]
    pub fn account(&self, collection: &str, email: &str) -> Self {
        let password = "12345678";
        let body = json!({"email": email, "password": password, "passwordConfirm": password});
        self.record(collection, &body);
        let anyone = Self {
            token: None,
            ..self.clone()
        };
        anyone.sign_in(collection, email, password)
    }

    /// The same server, spoken to with this token.
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// The same with one more header in every request.
    pub fn with_header(&self, name: &str, value: &str) -> Self {
        let mut persona = self.clone();
        persona.headers.push((name.to_owned(), value.to_owned()));
        persona
    }

    /// The token, empty for anyone.
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// One request; `Err` when the connection broke before the whole answer was read.
    pub fn try_send(
        &self,
        method: &str,
        path: &str,
        content_type: &str,
        body: &[u8],
    ) -> Result<Answer, ureq::Error> {
        let mut response = self.begin(method, path, content_type, body)?;
        let headers = response.headers().iter().map(|(name, value)| {
            (
                name.as_str().to_owned(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        });
        let headers = headers.collect();
        let status = response.status().as_u16();
        let bytes = response
            .body_mut()
            .with_config()
            .limit(1 << 30)
            .read_to_vec()?;
        Ok(Answer {
            request: format!("{method} {path}"),
            status,
            headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
            bytes,
        })
    }

    /// The status of an answer whose body is not waited for: it may never end.
    #[track_caller]
    pub fn status(&self, method: &str, path: &str) -> u16 {
        let answer = self.begin(method, path, "application/json", b"");
        let answer = answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        answer.status().as_u16()
    }

    fn begin(
        &self,
        method: &str,
        path: &str,
        content_type: &str,
        body: &[u8],
    ) -> Result<ureq::http::Response<ureq::Body>, ureq::Error> {
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.header("Authorization", token);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let bare = body.is_empty() && matches!(method, "GET" | "HEAD" | "DELETE");
        if bare {
            self.agent.run(request.body(()).map_err(ureq::Error::Http)?)
        } else {
            let request = request.header("Content-Type", content_type);
            self.agent
                .run(request.body(body.to_vec()).map_err(ureq::Error::Http)?)
        }
    }
}

impl Requests for Persona {
    #[track_caller]
    fn send(&self, method: &str, path: &str, content_type: &str, body: &[u8]) -> Answer {
        self.try_send(method, path, content_type, body)
            .unwrap_or_else(|error| panic!("{method} {path}: no answer: {error}"))
    }
}
