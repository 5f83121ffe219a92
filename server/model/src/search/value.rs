//! The texts of a value that are searched.

use std::borrow::Cow;

use serde_json::Value as Json;

use super::SearchPath;
use super::analysis::visible_text;
use crate::limits::FILE_NAME_RANDOM_CHARS;
use crate::record::write_number_json;
use crate::value::ValueRef;

impl SearchPath<'_> {
    /// Calls `each` with every text of a value of the field: one, or one for each item of a list
    /// and each text and number below a place in JSON. Words of two of them are no phrase.
    pub fn each_text<'v>(&self, value: ValueRef<'v>, each: &mut dyn FnMut(Cow<'v, str>)) {
        if value.is_zero() || !self.has_words() {
            return;
        }
        match (self.field.kind.type_name(), value) {
            ("editor", ValueRef::Text(html)) => each(visible_text(html).into()),
            ("file", _) => value.names().for_each(|name| each(given_name(name))),
            ("number", ValueRef::Number(number)) => each(number_text(number).into()),
            ("json", ValueRef::Json(text)) => {
                if let Ok(json) = serde_json::from_str::<Json>(text) {
                    below(&json, &self.keys, &mut |text| each(text.to_owned().into()));
                }
            }
            _ => value.names().for_each(|text| each(text.into())),
        }
    }
}

/// The texts and numbers below a place; lists on the way are followed into each item.
fn below(json: &Json, keys: &[&str], each: &mut dyn FnMut(&str)) {
    match (json, keys.split_first()) {
        (Json::Array(items), _) => items.iter().for_each(|item| below(item, keys, each)),
        (Json::Object(object), Some((key, rest))) => {
            if let Some(inner) = object.get(*key) {
                below(inner, rest, each);
            }
        }
        (Json::Object(object), None) => object.values().for_each(|inner| below(inner, keys, each)),
        (Json::String(text), None) => each(text),
        (Json::Number(number), None) => each(&number.to_string()),
        _ => {}
    }
}

fn number_text(number: f64) -> String {
    let mut text = Vec::new();
    write_number_json(number, &mut text);
    String::from_utf8(text).unwrap_or_default()
}

/// The name of a file as its client gave it, without the random part: `plan_a1b2c3d4e5.pdf` is
/// `plan.pdf`.
fn given_name(name: &str) -> Cow<'_, str> {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let is_random = |part: &str| {
        part.len() == FILE_NAME_RANDOM_CHARS
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    match stem.rsplit_once('_') {
        Some((given, random)) if is_random(random) && ending.is_empty() => given.into(),
        Some((given, random)) if is_random(random) => format!("{given}.{ending}").into(),
        _ => name.into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_and_numbers_below_a_place_in_json() {
        let json = json!({ "a": { "b": "x", "n": 5, "yes": true, "no": null },
            "list": [{ "b": "y" }, { "b": ["z", { "c": "w" }] }, 7], "0": "digit" });
        for (keys, expected) in [
            (&[][..], "x,5,y,z,w,7,digit"),
            (&["a"], "x,5"),
            (&["a", "b"], "x"),
            (&["a", "b", "c"], ""),
            (&["list", "b"], "y,z,w"),
            (&["0"], "digit"),
            (&["nope"], ""),
        ] {
            let mut found = Vec::new();
            below(&json, keys, &mut |text| found.push(text.to_owned()));
            assert_eq!(found.join(","), expected, "{keys:?}");
        }
    }

    #[test]
    fn names_of_files_lose_their_random_part() {
        for (stored, given) in [
            ("plan_a1b2c3d4e5.pdf", "plan.pdf"),
            ("my_plan_a1b2c3d4e5.tar.gz", "my_plan_a1b2c3d4e5.tar.gz"),
            ("plan_a1b2c3d4e5", "plan"),
            ("plan.pdf", "plan.pdf"),
            ("plan_short.pdf", "plan_short.pdf"),
        ] {
            assert_eq!(given_name(stored), given);
        }
    }
}
