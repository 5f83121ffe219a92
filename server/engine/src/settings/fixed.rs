//! Settings that the environment or a file sets, whatever is stored.
//!
//! They are laid over the stored ones and never stored themselves: once they are not given any
//! more, what was stored holds again.

use std::fmt;

use luge_model::invalid::{Violation, Violations};
use serde_json::{Map, Value as Json};

use super::SettingsValues;

/// Values that are given from outside.
#[derive(Clone, Debug, Default)]
pub struct Fixed(Vec<FixedValue>);

/// One value.
#[derive(Clone)]
struct FixedValue {
    /// The keys that lead to it.
    path: Vec<String>,
    value: Json,
    origin: Origin,
}

/// Who gives a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A variable of the environment, by name.
    Environment(String),
    /// A file, with its line.
    File(String),
}

/// A value as it is given.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// A text that stands for a value of the setting's type; lists are JSON.
    Text(String),
    /// A value.
    Json(Json),
}

impl fmt::Debug for FixedValue {
    /// Without the value, which may be a secret.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} by {}", self.path.join("."), self.origin)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment(name) => write!(formatter, "the environment variable {name}"),
            Self::File(place) => formatter.write_str(place),
        }
    }
}

impl Origin {
    fn kind(&self) -> &'static str {
        match self {
            Self::Environment(_) => "environment",
            Self::File(_) => "file",
        }
    }
}

impl Fixed {
    /// Adds a value, which replaces an earlier one of the same setting. Keys are found without
    /// regard to case.
    ///
    /// # Errors
    /// Says why there is no such setting, or what its value must be.
    pub fn add(&mut self, path: &[String], given: Given, origin: Origin) -> Result<(), String> {
        let defaults = Json::Object(SettingsValues::default().with_secrets());
        let (path, default) = find(&defaults, path)?;
        if default.is_object() {
            let name = path.join(".");
            let known = keys(default);
            return Err(format!(
                "{name} is a group of settings: name one of {known}"
            ));
        }
        let value = match given {
            Given::Text(text) => from_text(default, &text)?,
            Given::Json(value) if same_kind(default, &value) => value,
            Given::Json(_) => return Err(format!("expected {}", kind(default))),
        };
        self.0.retain(|known| known.path != path);
        self.0.push(FixedValue {
            path,
            value,
            origin,
        });
        Ok(())
    }

    /// Lays the values over settings.
    pub(super) fn lay_over(&self, settings: &mut Map<String, Json>) {
        for fixed in &self.0 {
            if let Some(place) = place(settings, &fixed.path) {
                *place = fixed.value.clone();
            }
        }
    }

    /// Takes out of a change what it repeats of the values; what it would change is refused.
    pub(super) fn take_out(&self, body: &mut Map<String, Json>) -> Violations {
        let mut found = Violations::new();
        for fixed in &self.0 {
            let Some(asked) = taken(body, &fixed.path) else {
                continue;
            };
            if asked != fixed.value && !asked.is_null() {
                nest(&mut found, &fixed.path, &fixed.origin);
            }
        }
        found
    }

    /// Where one value comes from.
    pub(super) fn origin(&self, path: &[String]) -> Option<(&'static str, String)> {
        let fixed = self.0.iter().find(|fixed| fixed.path == path)?;
        let from = match &fixed.origin {
            Origin::Environment(from) | Origin::File(from) => from.clone(),
        };
        Some((fixed.origin.kind(), from))
    }

    /// In words, what is wrong with settings that these values are part of.
    pub(super) fn explained(&self, violations: &Map<String, Json>) -> String {
        let mut sentences = Vec::new();
        self.explain(violations, &mut Vec::new(), &mut sentences);
        sentences.join(" ")
    }

    fn explain(&self, below: &Map<String, Json>, path: &mut Vec<String>, into: &mut Vec<String>) {
        for (key, value) in below {
            let Some(value) = value.as_object() else {
                continue;
            };
            path.push(key.clone());
            match value.get("message").and_then(Json::as_str) {
                Some(message) if value.contains_key("code") => {
                    let origin = self.origin(path).map(|(_, from)| format!(" ({from})"));
                    let name = path.join(".");
                    into.push(format!("{name}{}: {message}", origin.unwrap_or_default()));
                }
                _ => self.explain(value, path, into),
            }
            path.pop();
        }
    }
}

/// The value at a path, and the path as the settings spell it.
fn find<'a>(settings: &'a Json, path: &[String]) -> Result<(Vec<String>, &'a Json), String> {
    let mut found = Vec::new();
    let mut at = settings;
    for key in path {
        let object = at.as_object();
        let known = object.and_then(|object| {
            object
                .iter()
                .find(|(known, _)| known.eq_ignore_ascii_case(key))
        });
        let Some((known, below)) = known else {
            let all = keys(at);
            return Err(match found.len() {
                0 => format!("there is no setting {key}; there are {all}"),
                _ => format!("{} has no setting {key}; it has {all}", found.join(".")),
            });
        };
        found.push(known.clone());
        at = below;
    }
    Ok((found, at))
}

fn keys(value: &Json) -> String {
    let keys = value.as_object().into_iter().flat_map(Map::keys);
    let keys: Vec<_> = keys.map(String::as_str).collect();
    if keys.is_empty() {
        "nothing below it".to_owned()
    } else {
        keys.join(", ")
    }
}

fn place<'a>(settings: &'a mut Map<String, Json>, path: &[String]) -> Option<&'a mut Json> {
    let (last, groups) = path.split_last()?;
    let mut at = settings;
    for key in groups {
        at = at.get_mut(key)?.as_object_mut()?;
    }
    at.get_mut(last)
}

/// The value at a path, which is removed; keys are found without regard to case, as in a change.
fn taken(body: &mut Map<String, Json>, path: &[String]) -> Option<Json> {
    let (last, groups) = path.split_last()?;
    let mut at = body;
    for key in groups {
        let known = spelled(at, key)?;
        at = at.get_mut(&known)?.as_object_mut()?;
    }
    let known = spelled(at, last)?;
    at.shift_remove(&known)
}

fn spelled(object: &Map<String, Json>, key: &str) -> Option<String> {
    let mut keys = object.keys();
    keys.find(|known| known.eq_ignore_ascii_case(key)).cloned()
}

fn nest(found: &mut Violations, path: &[String], origin: &Origin) {
    let message = format!("Is set by {origin} and can only be changed there.");
    let violation = Violation::new("validation_fixed_setting", message);
    let Some((last, groups)) = path.split_last() else {
        return;
    };
    let Some((first, between)) = groups.split_first() else {
        found.add(last, violation);
        return;
    };
    let mut below = Violations::of(last, violation);
    for key in between.iter().rev() {
        let mut outer = Violations::new();
        outer.nest(key, below);
        below = outer;
    }
    found.nest(first, below);
}

fn from_text(default: &Json, text: &str) -> Result<Json, String> {
    let wrong = || format!("expected {}, found {text:?}", kind(default));
    let value = match default {
        Json::String(_) => Json::from(text),
        Json::Bool(_) => match text {
            "1" => Json::Bool(true),
            "0" => Json::Bool(false),
            _ => Json::Bool(text.parse().map_err(|_| wrong())?),
        },
        Json::Number(_) => Json::from(text.parse::<i64>().map_err(|_| wrong())?),
        _ => serde_json::from_str(text).map_err(|_| wrong())?,
    };
    if same_kind(default, &value) {
        Ok(value)
    } else {
        Err(wrong())
    }
}

fn same_kind(default: &Json, value: &Json) -> bool {
    match default {
        Json::Number(_) => value.is_i64(),
        _ => std::mem::discriminant(default) == std::mem::discriminant(value),
    }
}

fn kind(default: &Json) -> &'static str {
    match default {
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a whole number",
        Json::Array(_) => "a list, as JSON",
        _ => "a text",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn add(fixed: &mut Fixed, path: &str, given: Given) -> Result<(), String> {
        let path: Vec<_> = path.split('.').map(str::to_owned).collect();
        fixed.add(&path, given, Origin::Environment(path.join("__")))
    }

    #[test]
    fn texts_become_what_the_setting_is() {
        let mut fixed = Fixed::default();
        for (path, text) in [
            ("SMTP.HOST", "mail.example.com"),
            ("smtp.port", "25"),
            ("smtp.enabled", "true"),
            ("logs.logIP", "0"),
            ("superuserIPs", "[\"10.0.0.0/8\"]"),
            ("smtp.port", "26"),
        ] {
            add(&mut fixed, path, Given::Text(text.to_owned())).unwrap();
        }
        let mut settings = SettingsValues::default().with_secrets();
        fixed.lay_over(&mut settings);
        assert_eq!(settings["smtp"]["host"], "mail.example.com");
        assert_eq!(settings["smtp"]["port"], 26);
        assert_eq!(settings["smtp"]["enabled"], true);
        assert_eq!(settings["logs"]["logIP"], false);
        assert_eq!(settings["superuserIPs"], json!(["10.0.0.0/8"]));
        let path = ["smtp", "port"].map(str::to_owned);
        assert_eq!(
            fixed.origin(&path),
            Some(("environment", "smtp__port".to_owned()))
        );
    }

    #[test]
    fn what_is_no_setting_or_of_another_type_is_refused() {
        let mut fixed = Fixed::default();
        let text = |text: &str| Given::Text(text.to_owned());
        for (path, given, part) in [
            (
                "nope",
                text("1"),
                "there is no setting nope; there are superuserIPs, smtp",
            ),
            (
                "smtp.nope",
                text("1"),
                "smtp has no setting nope; it has enabled, port",
            ),
            (
                "smtp.host.x",
                text("1"),
                "smtp.host has no setting x; it has nothing below it",
            ),
            ("smtp", text("1"), "smtp is a group of settings"),
            (
                "smtp.port",
                text("x"),
                "expected a whole number, found \"x\"",
            ),
            ("smtp.port", text("1.5"), "expected a whole number"),
            ("smtp.tls", text("yes"), "expected true or false"),
            ("superuserIPs", text("10.0.0.1"), "expected a list, as JSON"),
            ("superuserIPs", text("{}"), "expected a list, as JSON"),
            (
                "smtp.port",
                Given::Json(json!("25")),
                "expected a whole number",
            ),
            ("smtp.host", Given::Json(json!(1)), "expected a text"),
        ] {
            let reason = add(&mut fixed, path, given).unwrap_err();
            assert!(reason.contains(part), "{path}: {reason}");
        }
        assert!(fixed.0.is_empty());
    }

    #[test]
    fn a_change_may_repeat_and_not_change_them() {
        let mut fixed = Fixed::default();
        add(&mut fixed, "smtp.port", Given::Json(json!(25))).unwrap();
        add(&mut fixed, "backups.s3.bucket", Given::Json(json!("b"))).unwrap();
        let object = |value: Json| value.as_object().unwrap().clone();
        let mut same = object(json!({"smtp": {"Port": 25, "host": "x"}, "meta": {"appName": "y"}}));
        assert!(fixed.take_out(&mut same).is_empty());
        assert_eq!(
            Json::Object(same),
            json!({"smtp": {"host": "x"}, "meta": {"appName": "y"}})
        );
        let mut other = object(json!({"smtp": {"port": 26}, "backups": {"s3": {"bucket": "c"}}}));
        let violations = Json::Object(fixed.take_out(&mut other).to_json());
        let code = "validation_fixed_setting";
        assert_eq!(violations["smtp"]["port"]["code"], code);
        assert_eq!(violations["backups"]["s3"]["bucket"]["code"], code);
        let message = violations["smtp"]["port"]["message"].as_str().unwrap();
        assert!(
            message.contains("the environment variable smtp__port"),
            "{message}"
        );
    }
}
