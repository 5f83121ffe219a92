//! From a JSON object to the requests of a batch.
//!
//! - Keys are matched without regard to case, as all of a batch's own keys are (contract §0).
//! - A path is taken as it is written: nothing of it is decoded or resolved, and what is not
//!   exactly the path of a record or of all records of a collection is no request of a batch.

use luge_engine::records::BatchAction;
use luge_model::invalid::{Violation, Violations};
use luge_model::principal::Principal;
use poem::Request;
use poem::http::{HeaderName, HeaderValue, Method, Uri, header};
use serde_json::{Map, Value as Json};

use crate::http::error::Failure;

/// The methods that may be named, also where no request of a batch has them.
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const COLLECTIONS: &str = "/api/collections/";

/// One request of a batch as it was sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) url: String,
    headers: Map<String, Json>,
    pub(super) body: Map<String, Json>,
}

/// The requests of a body, at least one and at most `most`.
pub(super) fn requests(mut body: Map<String, Json>, most: usize) -> Result<Vec<Asked>, Failure> {
    let items = match take(&mut body, "requests") {
        Json::Null => Vec::new(),
        Json::Array(items) => items,
        _ => return Err(Failure::unreadable_batch("`requests` must be a list.")),
    };
    if items.is_empty() {
        let missing = Violations::of("requests", Violation::required());
        return Err(Failure::invalid_batch(&missing));
    }
    if items.len() > most {
        let too_many = Violations::of("requests", too_many(most));
        return Err(Failure::invalid_batch(&too_many));
    }
    let items = items.into_iter().enumerate();
    let asked: Vec<Asked> = items
        .map(|(index, item)| asked(index, item))
        .collect::<Result<_, _>>()?;
    let mut invalid = Violations::new();
    for (index, asked) in asked.iter().enumerate() {
        invalid.nest_at("requests", &index.to_string(), asked.violations());
    }
    match invalid.into_result() {
        Ok(()) => Ok(asked),
        Err(invalid) => Err(Failure::invalid_batch(&invalid)),
    }
}

fn asked(index: usize, item: Json) -> Result<Asked, Failure> {
    let wrong = |key: &str, kind: &str| {
        Failure::unreadable_batch(format!("`requests.{index}{key}` must be {kind}."))
    };
    let Json::Object(mut item) = item else {
        return Err(wrong("", "an object"));
    };
    let mut text = |key: &str| match take(&mut item, key) {
        Json::Null => Ok(String::new()),
        Json::String(text) => Ok(text),
        _ => Err(wrong(&format!(".{key}"), "a text")),
    };
    let (method, url) = (text("method")?, text("url")?);
    let mut object = |key: &str| match take(&mut item, key) {
        Json::Null => Ok(Map::new()),
        Json::Object(object) => Ok(object),
        _ => Err(wrong(&format!(".{key}"), "an object")),
    };
    let (headers, body) = (object("headers")?, object("body")?);
    if headers.values().any(|value| !value.is_string()) {
        return Err(wrong(".headers", "an object of texts"));
    }
    Ok(Asked {
        method,
        url,
        headers,
        body,
    })
}

impl Asked {
    fn violations(&self) -> Violations {
        let mut found = Violations::new();
        if self.method.is_empty() {
            found.add("method", Violation::required());
        } else if !METHODS.contains(&self.method.as_str()) {
            let unknown = Violation::new("validation_in_invalid", "Must be a valid value.");
            found.add("method", unknown);
        }
        if self.url.is_empty() {
            found.add("url", Violation::required());
        }
        found
    }

    /// Whether it has a header of its own.
    pub(super) fn has_header(&self, name: &str) -> bool {
        self.headers
            .keys()
            .any(|other| other.eq_ignore_ascii_case(name))
    }

    /// The collection and what is to be done; `None` where no request of a batch is like that.
    pub(super) fn action(&self) -> Option<(String, BatchAction)> {
        let path = self.url.split('?').next()?;
        let (collection, rest) = path.strip_prefix(COLLECTIONS)?.split_once('/')?;
        let id = match rest.strip_prefix("records")? {
            "" => None,
            below => Some(below.strip_prefix('/')?),
        };
        let is_name = |text: &str| !text.is_empty() && !text.contains(['/', '#']);
        if self.url.contains('#') || !is_name(collection) || !id.is_none_or(is_name) {
            return None;
        }
        let action = match (self.method.as_str(), id.map(str::to_owned)) {
            ("POST", None) => BatchAction::Create,
            ("PUT", None) => BatchAction::Upsert,
            ("PATCH", Some(id)) => BatchAction::Update(id),
            ("DELETE", Some(id)) => BatchAction::Delete(id),
            _ => return None,
        };
        Some((collection.to_owned(), action))
    }

    /// The request as it would be alone: with the headers of the batch, but for those that it has
    /// itself. Who asks is not up to it.
    pub(super) fn request(
        &self,
        outer: &Request,
        principal: &Principal,
    ) -> Result<Request, Failure> {
        let uri: Uri = self
            .url
            .parse()
            .map_err(|error| Failure::bad_request(format!("The url is malformed: {error}.")))?;
        let mut request = Request::builder().uri(uri).finish();
        request.set_method(self.method.parse().unwrap_or(Method::POST));
        request.headers_mut().clone_from(outer.headers());
        for (name, value) in &self.headers {
            let value = value.as_str().unwrap_or_default();
            let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value))
            else {
                let reason = format!("The header \"{name}\" cannot be sent.");
                return Err(Failure::bad_request(reason));
            };
            if name != header::AUTHORIZATION {
                request.headers_mut().insert(name, value);
            }
        }
        request.set_data(principal.clone());
        Ok(request)
    }
}

/// Takes the value of a key out of an object; one in another case counts where there is none.
fn take(object: &mut Map<String, Json>, key: &str) -> Json {
    if let Some(value) = object.remove(key) {
        return value;
    }
    let similar = object.keys().find(|other| other.eq_ignore_ascii_case(key));
    let similar = similar.cloned();
    similar
        .and_then(|key| object.remove(&key))
        .unwrap_or_default()
}

fn too_many(most: usize) -> Violation {
    let message = format!("The length must be no more than {most}.");
    Violation::new("validation_length_too_long", message)
        .with("max", most)
        .with("min", 0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parsed(body: &Json) -> Result<Vec<Asked>, Failure> {
        requests(body.as_object().cloned().unwrap_or_default(), 3)
    }

    fn action(method: &str, url: &str) -> Option<(String, BatchAction)> {
        let asked = Asked {
            method: method.to_owned(),
            url: url.to_owned(),
            ..Asked::default()
        };
        asked.action()
    }

    #[test]
    fn what_is_no_batch_is_refused_with_the_reason() {
        for (body, reason) in [
            (json!({}), "Invalid batch request data."),
            (json!({"requests": []}), "Invalid batch request data."),
            (json!({"requests": "x"}), "must be a list"),
            (json!({"requests": [1]}), "`requests.0` must be an object"),
            (
                json!({"requests": [null]}),
                "`requests.0` must be an object",
            ),
            (
                json!({"requests": [{}, {"method": 1}]}),
                "`requests.1.method` must be a text",
            ),
            (
                json!({"requests": [{"body": [1]}]}),
                "`requests.0.body` must be an object",
            ),
            (
                json!({"requests": [{"headers": {"a": 1}}]}),
                "must be an object of texts",
            ),
            (
                json!({"requests": [{"method": "POST"}]}),
                "Invalid batch request data.",
            ),
            (
                json!({"requests": [{"method": "post", "url": "/"}]}),
                "Invalid batch request data.",
            ),
            (
                json!({"requests": [{}, {}, {}, {}]}),
                "Invalid batch request data.",
            ),
        ] {
            let refused = parsed(&body).unwrap_err().to_string();
            assert!(refused.contains(reason), "{body}: {refused}");
        }
    }

    #[test]
    fn keys_count_in_any_case() {
        let body = json!({"Requests": [{"METHOD": "GET", "Url": "/x", "body": {"A": 1}}]});
        let asked = parsed(&body).unwrap();
        assert_eq!(
            (asked[0].method.as_str(), asked[0].url.as_str()),
            ("GET", "/x")
        );
        assert!(asked[0].body.contains_key("A"));
    }

    #[test]
    fn only_paths_of_records_are_requests_of_a_batch() {
        let records = "/api/collections/posts/records";
        let posts = |action| Some(("posts".to_owned(), action));
        assert_eq!(
            action("POST", &format!("{records}?a=/b")),
            posts(BatchAction::Create)
        );
        assert_eq!(action("PUT", records), posts(BatchAction::Upsert));
        let one = format!("{records}/x?fields=id");
        assert_eq!(
            action("PATCH", &one),
            posts(BatchAction::Update("x".to_owned()))
        );
        assert_eq!(
            action("DELETE", &one),
            posts(BatchAction::Delete("x".to_owned()))
        );
        for (method, url) in [
            ("GET", records),
            ("PATCH", records),
            ("DELETE", "/api/collections/posts/records?filter=id!=''"),
            ("PUT", "/api/collections/posts/records/x"),
            ("POST", "/api/collections/posts/records/"),
            ("PATCH", "/api/collections/posts/records/x/y"),
            ("POST", "/api/collections//records"),
            ("POST", "/api/collections/a/b/records"),
            ("POST", "api/collections/posts/records"),
            ("POST", "//api/collections/posts/records"),
            ("POST", "/api/../api/collections/posts/records"),
            ("POST", "/api/%2e%2e/api/collections/posts/records"),
            ("POST", "http://127.0.0.1/api/collections/posts/records"),
            ("POST", "/API/collections/posts/records"),
            ("POST", " /api/collections/posts/records"),
            ("POST", "/api/collections/posts/records#x"),
            ("POST", "/api/collections/posts/recordsx"),
            ("POST", "/api/collections/posts"),
            ("POST", "/api/collections/posts/truncate"),
            ("POST", "/api/collections/users/auth-with-password"),
            ("POST", "/api/batch"),
            ("PATCH", "/api/settings"),
        ] {
            assert_eq!(action(method, url), None, "{method} {url}");
        }
    }
}
