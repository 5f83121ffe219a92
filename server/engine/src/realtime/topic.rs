//! What a client subscribes to: the text of a topic, taken apart (contract §1.5).
//!
//! `posts/*`, `posts/ID`, `posts` or any text of the client's own, perhaps with
//! `?options={"query":{"filter":…,"search":…,"expand":…},"headers":{…}}` behind it, encoded as in a
//! URL. Which collection is meant is decided at each change: it may be made or renamed meanwhile.
//!
//! `@channel/NAME` asks to be in a broadcast channel. No collection can have such a name, so what
//! is sent to a channel never looks like a change of a record.

use std::collections::BTreeMap;
use std::sync::Arc;

use luge_model::channel::check_channel_name;
use luge_model::expand::Expand;
use luge_model::fields_param::Fields;
use luge_model::limits::{CHANNEL_SEAT_BYTES, PRESENCE_STATE_BYTES_MAX};
use luge_model::principal::{RequestContext, RequestFacts};
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};

use super::searching::{SEARCH, TopicSearch};
use crate::error::{Error, Result};

/// What the targets of channels begin with.
const CHANNEL: &str = "@channel/";
/// The option with which a member of a channel announces itself.
const PRESENCE: &str = "presence";

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
    /// What records must be hits of.
    pub(super) search: Option<TopicSearch>,
    /// Why no message of a record can be made for it.
    pub(super) flaw: Option<String>,
    /// The channel that it asks to be in.
    pub(super) channel: Option<WantedChannel>,
}

/// A channel that a topic asks to be in.
#[derive(Debug)]
pub(super) struct WantedChannel {
    pub(super) name: Box<str>,
    /// What the member announces of itself, as JSON.
    pub(super) state: Option<Arc<str>>,
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
        let channel = target.strip_prefix(CHANNEL);
        let channel = channel.map(|name| WantedChannel::new(name, query.get(PRESENCE)));
        let channel = channel.transpose()?;
        let search = match channel {
            Some(_) => None,
            None => TopicSearch::of(query.get(SEARCH))?,
        };
        let texts = query
            .into_iter()
            .map(|(name, value)| (name, as_text(value)));
        let query: BTreeMap<_, _> = texts.collect();
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
            search,
            flaw,
            channel,
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

    /// What it counts as among the bytes of all topics.
    pub(super) fn weight(&self) -> usize {
        let seat = self.channel.as_ref().map_or(0, |_| CHANNEL_SEAT_BYTES);
        let search = self.search.as_ref().map_or(0, TopicSearch::weight);
        self.text.len() + seat + search
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

impl WantedChannel {
    fn new(name: &str, state: Option<&Json>) -> Result<Self> {
        let refused = |reason: &str| Error::BadRequest(format!("Invalid subscription: {reason}."));
        check_channel_name(name)
            .map_err(|reason| refused(&format!("{name:?} is no name of a channel: {reason}")))?;
        // Options may be texts, as in a URL.
        let parsed = match state {
            Some(Json::String(text)) => {
                let parsed = serde_json::from_str(text);
                Some(parsed.map_err(|error| refused(&format!("{PRESENCE} is no JSON: {error}")))?)
            }
            other => other.cloned(),
        };
        let state = state_text(&parsed.unwrap_or_default());
        let state = state.map_err(|reason| refused(&format!("{PRESENCE} {reason}")))?;
        Ok(Self {
            name: name.into(),
            state,
        })
    }
}

/// What a member announces of itself, as JSON on one line; `None` for null.
///
/// # Errors
/// Says what is wrong with it.
pub(super) fn state_text(state: &Json) -> std::result::Result<Option<Arc<str>>, String> {
    match state {
        Json::Null => Ok(None),
        Json::Object(_) => {
            let text = state.to_string();
            if text.len() > PRESENCE_STATE_BYTES_MAX {
                return Err(format!(
                    "must be no longer than {PRESENCE_STATE_BYTES_MAX} bytes"
                ));
            }
            Ok(Some(text.into()))
        }
        _ => Err("must be a JSON object".to_owned()),
    }
}

type Texts = BTreeMap<String, String>;

fn options_of(parameters: &str) -> Result<(Map<String, Json>, Texts)> {
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
    let query = of("query")?;
    let headers = of("headers")?.into_iter();
    Ok((
        query,
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

    fn channel(name: &str, options: &Json) -> Result<WantedChannel> {
        let options = options.to_string();
        let encoded: String = form_urlencoded::byte_serialize(options.as_bytes()).collect();
        let topic = Topic::parse(&format!("@channel/{name}?options={encoded}"))?;
        Ok(topic.channel.unwrap())
    }

    #[test]
    fn channels_are_known_by_their_prefix_alone() {
        for text in [
            "channel/a",
            "@channel",
            "@channels/a",
            "posts/@channel/a",
            "@CHANNEL/a",
        ] {
            assert!(Topic::parse(text).unwrap().channel.is_none(), "{text}");
        }
        for text in [
            "@channel/",
            "@channel/a/b",
            "@channel/*",
            "@channel/é",
            "@channel/a b",
        ] {
            assert!(Topic::parse(text).is_err(), "{text}");
        }
        let topic = Topic::parse("@channel/room-1?x=1").unwrap();
        assert_eq!(&*topic.channel.unwrap().name, "room-1");
    }

    #[test]
    fn states_are_small_objects() {
        use serde_json::json;

        let state = |state: Json| channel("a", &json!({"query": {"presence": state}}));
        let ann = Some(r#"{"name":"Ann\n"}"#.into());
        assert_eq!(state(json!({"name": "Ann\n"})).unwrap().state, ann);
        assert_eq!(state(json!(r#"{ "name": "Ann\n" }"#)).unwrap().state, ann);
        assert_eq!(state(Json::Null).unwrap().state, None);
        assert_eq!(channel("a", &json!({})).unwrap().state, None);
        assert_eq!(state(json!("null")).unwrap().state, None);
        let large = json!({"x": "y".repeat(PRESENCE_STATE_BYTES_MAX)});
        for wrong in [
            json!(1),
            json!([]),
            json!(true),
            json!("x"),
            json!("[]"),
            large,
        ] {
            assert!(state(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
