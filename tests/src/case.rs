//! A table row: one request, and all that must and must not be in the answer.

use crate::{Answer, Persona, Requests};
use serde_json::Value;

/// One row of a table.
#[derive(Debug)]
pub struct Case<'a> {
    name: &'a str,
    persona: &'a Persona,
    method: &'a str,
    path: String,
    content_type: &'a str,
    body: Vec<u8>,
    status: u16,
    has: Vec<String>,
    lacks: Vec<String>,
    is: Vec<(&'a str, Value)>,
    left_out: bool,
}

impl<'a> Case<'a> {
    /// A request without a body; add to it, then give the table to [`check`].
    pub fn new(name: &'a str, persona: &'a Persona, method: &'a str, path: &str) -> Self {
        Self {
            name,
            persona,
            method,
            path: path.to_owned(),
            content_type: "application/json",
            body: Vec::new(),
            status: 200,
            has: Vec::new(),
            lacks: Vec::new(),
            is: Vec::new(),
            left_out: false,
        }
    }

    /// Sends JSON.
    pub fn json(self, body: &Value) -> Self {
        self.raw("application/json", body.to_string().as_bytes())
    }

    /// Sends bytes as they are.
    pub fn raw(mut self, content_type: &'a str, body: &[u8]) -> Self {
        self.content_type = content_type;
        self.body = body.to_vec();
        self
    }

    /// The status that must come.
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// A fragment that the body must contain.
    pub fn has(mut self, fragment: &str) -> Self {
        self.has.push(fragment.to_owned());
        self
    }

    /// A fragment that the body must not contain.
    pub fn lacks(mut self, fragment: &str) -> Self {
        self.lacks.push(fragment.to_owned());
        self
    }

    /// A value that must stand at a dotted path of the body.
    pub fn is(mut self, path: &'a str, value: impl Into<Value>) -> Self {
        self.is.push((path, value.into()));
        self
    }

    /// An error body: this status, and a code at `data.FIELD.code`.
    pub fn refused(self, status: u16, code_path: &'a str, code: &str) -> Self {
        self.status(status).is("status", status).is(code_path, code)
    }

    /// Leaves this row out, where a reviewed difference makes it meaningless.
    pub fn unless(mut self, left_out: bool) -> Self {
        self.left_out = left_out;
        self
    }

    fn failures(&self, answer: &Answer) -> Vec<String> {
        let mut failures = Vec::new();
        if answer.status != self.status {
            failures.push(format!("expected status {}", self.status));
        }
        for fragment in self
            .has
            .iter()
            .filter(|fragment| !answer.text.contains(*fragment))
        {
            failures.push(format!("lacks {fragment}"));
        }
        for fragment in self
            .lacks
            .iter()
            .filter(|fragment| answer.text.contains(*fragment))
        {
            failures.push(format!("must not have {fragment}"));
        }
        let body: Value = serde_json::from_str(&answer.text).unwrap_or(Value::Null);
        for (path, expected) in &self.is {
            let found = body.pointer(&format!("/{}", path.replace('.', "/")));
            if !found.is_some_and(|found| same(found, expected)) {
                failures.push(format!("expected {path} = {expected}, found {found:?}"));
            }
        }
        failures
    }
}

/// Runs a table and stops the test with every row that failed.
#[track_caller]
pub fn check(cases: Vec<Case<'_>>) {
    let mut report = String::new();
    for case in cases.iter().filter(|case| !case.left_out) {
        let answer = case
            .persona
            .send(case.method, &case.path, case.content_type, &case.body);
        for failure in case.failures(&answer) {
            report.push_str(&format!("\n- {}: {failure}\n  {answer}", case.name));
        }
    }
    assert!(report.is_empty(), "{report}");
}

// `1` and `1.0` are the same JSON number.
fn same(found: &Value, expected: &Value) -> bool {
    match (found.as_f64(), expected.as_f64()) {
        (Some(found), Some(expected)) => found == expected,
        _ => found == expected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answer(status: u16, text: &str) -> Answer {
        Answer {
            request: String::new(),
            status,
            headers: Vec::new(),
            bytes: text.as_bytes().to_vec(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn each_expectation_can_fail() {
        let nobody = Persona::anyone("http://127.0.0.1:1");
        let case = || Case::new("row", &nobody, "GET", "/");
        let body = answer(200, r#"{"a":{"b":1}}"#);
        assert_eq!(case().failures(&body), [""; 0]);
        assert_eq!(case().is("a.b", 1.0).has("\"a\"").failures(&body), [""; 0]);
        assert_eq!(case().status(201).failures(&body).len(), 1);
        assert_eq!(case().has("zzz").failures(&body).len(), 1);
        assert_eq!(case().lacks("\"b\"").failures(&body).len(), 1);
        assert_eq!(case().is("a.b", 2).failures(&body).len(), 1);
        assert_eq!(case().is("a.c", Value::Null).failures(&body).len(), 1);
        assert_eq!(case().is("a", json!({"b": 2})).failures(&body).len(), 1);
    }
}
