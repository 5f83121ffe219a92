//! What a client subscribes to: the text of a topic, taken apart (contract §1.5).
//!
//! `posts/*`, `posts/ID`, `posts` or any text of the client's own, perhaps with
//! `?options={"query":{"filter":…,"expand":…,"fields":…},"headers":{…}}` behind it, encoded as in a
//! URL. Which collection is meant is decided at each change: it may be made or renamed meanwhile.

use std::collections::BTreeMap;
use std::sync::Arc;

use luge_model::expand::Expand;
use luge_model::fields_param::Fields;
use luge_model::principal::{RequestContext, RequestFacts};
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// One topic with its options.
#[derive(Debug)]
pub(super) struct Topic {
    /// As the client wrote it: the name of its messages.
    pub(super) text: Arc<str>,
    /// What stands before the options.
    target: Box<str>,
    /// What rules see as the request.
    pub(super) request: RequestFacts,
    pub(super) expand: Expand,
    pub(super) fields: Fields,
    /// Why no message of a record can be made for it.
    pub(super) flaw: Option<String>,
}

impl Topic {
    /// Takes a topic apart.
    ///
    /// # Errors
    /// [`Error::BadRequest`] where the options are no JSON, or a message could not name the topic.
    pub(super) fn parse(text: &str) -> Result<Self> {
        if text.contains(['\r', '\n', '\0']) {
            let reason = "Invalid subscription: a topic has no line breaks.";
            return Err(Error::BadRequest(reason.to_owned()));
        }
        let (target, options) = text.split_once('?').unwrap_or((text, ""));
        let (query, headers) = options_of(options)?;
        let of_query = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
        let expand = Expand::parse(of_query("expand"));
        let fields = Fields::parse(of_query("fields"));
        let expand_flaw = expand.as_ref().err().map(ToString::to_string);
        let flaw = expand_flaw.or_else(|| fields.as_ref().err().map(ToString::to_string));
        Ok(Self {
            text: text.into(),
            target: target.into(),
            expand: expand.unwrap_or_default(),
            fields: fields.unwrap_or_default(),
            flaw,
            request: RequestFacts {
                context: RequestContext::Realtime,
                method: "GET".to_owned(),
                query,
                headers,
                body: Map::new(),
            },
        })
    }

    /// What stands before the options.
    pub(super) fn target(&self) -> &str {
        &self.target
    }

    /// Orders the topics of one target; the same after a restart.
    pub(super) fn digest(&self) -> u64 {
        let digest = Sha256::digest(self.text.as_bytes());
        digest
            .iter()
            .take(8)
            .fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
    }

    /// Whether it is about one record, by the view rule, or about all that may be listed.
    pub(super) fn names_record(&self) -> bool {
        self.target
            .split_once('/')
            .is_some_and(|(_, record)| record != "*")
    }

    /// The client's filter; empty for none.
    pub(super) fn filter(&self) -> &str {
        self.request
            .query
            .get("filter")
            .map(String::as_str)
            .unwrap_or_default()
    }
}

type Texts = BTreeMap<String, String>;

fn options_of(parameters: &str) -> Result<(Texts, Texts)> {
    let mut pairs = form_urlencoded::parse(parameters.as_bytes());
    let found = pairs.find(|(name, _)| name == "options");
    let Some((_, text)) = found.filter(|(_, text)| !text.is_empty()) else {
        return Ok(Default::default());
    };
    let refused = |reason: &str| {
        Error::BadRequest(format!(
            "Invalid subscription: the options of a topic must be a JSON object of query and \
             headers: {reason}."
        ))
    };
    let options: Json = serde_json::from_str(&text).map_err(|error| refused(&error.to_string()))?;
    let Json::Object(options) = options else {
        return Err(refused("something else was found"));
    };
    let of = |name: &str| match options.get(name) {
        None | Some(Json::Null) => Ok(Map::new()),
        Some(Json::Object(values)) => Ok(values.clone()),
        Some(_) => Err(refused(&format!("{name} is no object"))),
    };
    let query = of("query")?.into_iter();
    let headers = of("headers")?.into_iter();
    Ok((
        query.map(|(name, value)| (name, as_text(value))).collect(),
        headers
            .map(|(name, value)| (header_name(&name), as_text(value)))
            .collect(),
    ))
}

/// Values are texts, as in a URL; what has parts is none.
fn as_text(value: Json) -> String {
    match value {
        Json::String(text) => text,
        Json::Number(number) => number.to_string(),
        Json::Bool(flag) => flag.to_string(),
        Json::Null | Json::Array(_) | Json::Object(_) => String::new(),
    }
}

/// `X-Token` and `xToken` as rules name them: `x_token`.
fn header_name(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 2);
    let mut before = '_';
    for letter in name.chars() {
        if !letter.is_alphanumeric() {
            if before != '_' {
                snake.push('_');
            }
            before = '_';
            continue;
        }
        if letter.is_uppercase() && (before.is_lowercase() || before.is_numeric()) {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
        before = letter;
    }
    snake.trim_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_options(options: &str) -> Result<Topic> {
        let encoded: String = form_urlencoded::byte_serialize(options.as_bytes()).collect();
        Topic::parse(&format!("posts/*?options={encoded}"))
    }

    #[test]
    fn a_topic_is_taken_apart() {
        for (text, target, names_record) in [
            ("posts/*", "posts/*", false),
            ("posts", "posts", false),
            ("posts/abc", "posts/abc", true),
            ("posts/*?x=1", "posts/*", false),
            ("@oauth2", "@oauth2", false),
        ] {
            let topic = Topic::parse(text).unwrap();
            assert_eq!(&*topic.text, text);
            assert_eq!(
                (topic.target(), topic.names_record()),
                (target, names_record),
                "{text}"
            );
        }
    }

    #[test]
    fn options_are_texts_and_headers_are_named_as_rules_name_them() {
        let topic = with_options(
            r#"{"query":{"filter":"a = 1","n":5,"b":true,"l":[1],"z":null},
                "headers":{"X-Token":7,"userId":"u","already_so":""}}"#,
        )
        .unwrap();
        assert_eq!(topic.filter(), "a = 1");
        let query = &topic.request.query;
        assert_eq!((query["n"].as_str(), query["b"].as_str()), ("5", "true"));
        assert_eq!((query["l"].as_str(), query["z"].as_str()), ("", ""));
        let headers: Vec<_> = topic.request.headers.into_iter().collect();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let expected = [
            pair("already_so", ""),
            pair("user_id", "u"),
            pair("x_token", "7"),
        ];
        assert_eq!(headers, expected);
    }

    #[test]
    fn what_is_no_options_object_is_refused() {
        for options in [
            "nope",
            "[]",
            "1",
            r#"{"query":1}"#,
            r#"{"headers":[]}"#,
            r#"{"query":{}"#,
        ] {
            assert!(
                matches!(with_options(options), Err(Error::BadRequest(_))),
                "{options}"
            );
        }
        for text in ["a\nb", "a\rb", "a\0b"] {
            assert!(Topic::parse(text).is_err(), "{text:?}");
        }
        assert!(Topic::parse("posts/*?options=").is_ok());
        assert!(with_options(r#"{"query":null}"#).is_ok());
    }
}
