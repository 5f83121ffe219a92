//! Forms as JSON objects (contract §0).
//!
//! - `true` and `false` become bool; text that is exactly the shortest decimal rendering of a
//!   number becomes that number; everything else stays text. So `01`, `1.0` and `1e3` stay text.
//! - A key that is repeated becomes an array.
//! - The key `@jsonPayload` holds a JSON object that is laid on top as it is.

use bytes::Bytes;
use luge_model::limits;
use multer::{Constraints, Multipart, SizeLimit};
use serde_json::{Map, Number, Value as Json};

use crate::http::error::Failure;

const JSON_PAYLOAD: &str = "@jsonPayload";

/// The object of an `application/x-www-form-urlencoded` body.
pub(crate) fn object_from_form(bytes: &[u8]) -> Result<Map<String, Json>, Failure> {
    let mut collected = Collected::default();
    for (key, value) in form_urlencoded::parse(bytes) {
        collected.add(key.into_owned(), value.into_owned())?;
    }
    Ok(collected.into_object())
}

/// The object of a `multipart/form-data` body; a part with a file is refused.
pub(crate) async fn object_from_multipart(
    content_type: &str,
    bytes: Bytes,
) -> Result<Map<String, Json>, Failure> {
    let boundary = multer::parse_boundary(content_type).map_err(broken)?;
    let stream = futures_util::stream::iter([Ok::<_, std::io::Error>(bytes)]);
    let limit = SizeLimit::new().whole_stream(limits::BODY_BYTES_MAX as u64);
    let constraints = Constraints::new().size_limit(limit);
    let mut parts = Multipart::with_constraints(stream, boundary, constraints);
    let mut collected = Collected::default();
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        let Some(key) = part.name().map(str::to_owned) else {
            return Err(Failure::bad_request(
                "A part of the multipart body has no name.",
            ));
        };
        if part.file_name().is_some() {
            return Err(Failure::bad_request(format!(
                "The part \"{key}\" is a file: file uploads are not available yet."
            )));
        }
        let value = part.bytes().await.map_err(broken)?;
        let value = String::from_utf8(value.into()).map_err(|_| {
            Failure::bad_request(format!("The part \"{key}\" is not text in UTF-8."))
        })?;
        collected.add(key, value)?;
    }
    Ok(collected.into_object())
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "called as the argument of map_err"
)]
fn broken(error: multer::Error) -> Failure {
    Failure::bad_request(format!("The multipart body is malformed: {error}."))
}

#[derive(Default)]
struct Collected {
    values: Map<String, Json>,
    repeated: Vec<String>,
    on_top: Map<String, Json>,
}

impl Collected {
    fn add(&mut self, key: String, value: String) -> Result<(), Failure> {
        if key == JSON_PAYLOAD {
            let object: Map<String, Json> = serde_json::from_str(&value).map_err(|error| {
                Failure::bad_request(format!("@jsonPayload is not a JSON object: {error}."))
            })?;
            self.on_top.extend(object);
            return Ok(());
        }
        let value = inferred(value);
        match self.values.get_mut(&key) {
            None => {
                self.values.insert(key, value);
            }
            Some(Json::Array(values)) if self.repeated.contains(&key) => values.push(value),
            Some(single) => {
                *single = Json::Array(vec![single.take(), value]);
                self.repeated.push(key);
            }
        }
        Ok(())
    }

    fn into_object(self) -> Map<String, Json> {
        let mut object = self.values;
        object.extend(self.on_top);
        object
    }
}

fn inferred(text: String) -> Json {
    match text.as_str() {
        "true" => return Json::Bool(true),
        "false" => return Json::Bool(false),
        _ => {}
    }
    if !text.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
        return Json::String(text);
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number.to_string() == text => {
            number_json(&text, number).unwrap_or(Json::String(text))
        }
        _ => Json::String(text),
    }
}

/// Whole numbers become JSON integers, so that they are shown without a fraction.
fn number_json(text: &str, number: f64) -> Option<Json> {
    if number.fract() == 0.0
        && let Ok(whole) = text.parse::<i64>()
        && text != "-0"
    {
        return Some(Json::Number(whole.into()));
    }
    Number::from_f64(number).map(Json::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> String {
        Json::Object(object_from_form(text.as_bytes()).unwrap()).to_string()
    }

    fn multipart(body: &str) -> Result<Map<String, Json>, Failure> {
        let bytes = Bytes::from(body.replace('\n', "\r\n"));
        let parsed = object_from_multipart("multipart/form-data; boundary=X", bytes);
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(parsed)
    }

    #[test]
    fn only_shortest_decimals_become_numbers() {
        for (text, json) in [
            ("1", "1"),
            ("-12", "-12"),
            ("0.5", "0.5"),
            ("123456789012345680000", "1.2345678901234568e+20"),
            ("01", "\"01\""),
            ("1.0", "\"1.0\""),
            ("1e3", "\"1e3\""),
            ("+1", "\"+1\""),
            (".5", "\".5\""),
            ("-inf", "\"-inf\""),
            ("NaN", "\"NaN\""),
            ("9007199254740993", "\"9007199254740993\""),
            ("1 ", "\"1 \""),
            ("", "\"\""),
            ("true", "true"),
            ("True", "\"True\""),
            ("false", "false"),
            ("null", "\"null\""),
        ] {
            assert_eq!(inferred(text.to_owned()).to_string(), json, "{text}");
        }
    }

    #[test]
    fn repeated_keys_become_arrays() {
        assert_eq!(
            form("a=1&b=x&a=two&a=true"),
            r#"{"a":[1,"two",true],"b":"x"}"#
        );
    }

    #[test]
    fn the_json_payload_is_laid_on_top_without_inference() {
        assert_eq!(
            form("a=1&%40jsonPayload=%7B%22a%22%3A%2201%22%2C%22b%22%3A%5B%22x%22%5D%7D"),
            r#"{"a":"01","b":["x"]}"#
        );
        let failure = object_from_form(b"%40jsonPayload=%5B1%5D").unwrap_err();
        assert!(
            failure
                .to_string()
                .starts_with("@jsonPayload is not a JSON object:"),
            "{failure}"
        );
    }

    #[test]
    fn multipart_parts_are_fields() {
        let object = multipart(
            "--X\nContent-Disposition: form-data; name=\"a\"\n\n7\n\
             --X\nContent-Disposition: form-data; name=\"@jsonPayload\"\n\n{\"b\":\"7\"}\n--X--\n",
        );
        assert_eq!(
            Json::Object(object.unwrap()).to_string(),
            r#"{"a":7,"b":"7"}"#
        );
    }

    #[test]
    fn a_file_part_says_that_uploads_are_not_available() {
        let failure = multipart(
            "--X\nContent-Disposition: form-data; name=\"avatar\"; filename=\"a.png\"\n\n\
             x\n--X--\n",
        );
        assert_eq!(
            failure.unwrap_err().to_string(),
            "The part \"avatar\" is a file: file uploads are not available yet."
        );
    }

    #[test]
    fn broken_multipart_is_refused() {
        for body in [
            "--X\nContent-Disposition: form-data; name=\"a\"\n\n7",
            "nothing",
            "--Y\n",
        ] {
            assert!(multipart(body).is_err(), "{body:?}");
        }
    }
}
