//! Forms as JSON objects (contract §0).
//!
//! - `true` and `false` become bool; text that is exactly the shortest decimal rendering of a
//!   number becomes that number; everything else stays text. So `01`, `1.0` and `1e3` stay text.
//! - A key that is repeated becomes an array.
//! - The key `@jsonPayload` holds a JSON object that is laid on top as it is.

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

/// The values of a form while it is read.
#[derive(Default)]
pub(crate) struct Collected {
    values: Map<String, Json>,
    repeated: Vec<String>,
    on_top: Map<String, Json>,
}

impl Collected {
    /// Adds a value.
    pub(crate) fn add(&mut self, key: String, value: String) -> Result<(), Failure> {
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

    /// All of them as one object.
    pub(crate) fn into_object(self) -> Map<String, Json> {
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
}
