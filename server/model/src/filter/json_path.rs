//! Reads one value out of JSON text without building a tree: SQLite's JSON_EXTRACT.

use std::borrow::Cow;

use super::scalar::Scalar;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Segment {
    /// A member of an object.
    Key(String),
    /// An element of a list, from 0.
    Index(usize),
}

impl Segment {
    /// A part of a dotted name: digits are an index.
    pub(super) fn parse(part: &str) -> Self {
        match part.parse::<usize>() {
            Ok(index) if part.bytes().all(|byte| byte.is_ascii_digit()) => Self::Index(index),
            _ => Self::Key(part.to_owned()),
        }
    }
}

/// The value at `path` in valid JSON: texts and numbers as they are, `true` as 1, `false` as 0,
/// lists and objects as their text; NULL for `null` and for what is not there.
pub(super) fn extract<'a>(json: &'a str, path: &[Segment]) -> Scalar<'a> {
    let mut found = json.trim_matches(is_space);
    for segment in path {
        let inner = match segment {
            Segment::Key(key) => member(found, key),
            Segment::Index(index) => element(found, *index),
        };
        match inner {
            Some(inner) => found = inner,
            None => return Scalar::Null,
        }
    }
    scalar(found)
}

fn scalar(json: &str) -> Scalar<'_> {
    match json {
        "null" | "" => Scalar::Null,
        "true" => Scalar::Integer(1),
        "false" => Scalar::Integer(0),
        _ if json.starts_with('"') => Scalar::Text(decoded(json)),
        _ if json.starts_with(['{', '[']) => Scalar::text(json),
        _ => number(json),
    }
}

fn number(json: &str) -> Scalar<'_> {
    match json.parse::<i64>() {
        Ok(whole) => Scalar::Integer(whole),
        Err(_) => json.parse::<f64>().map_or(Scalar::Null, Scalar::real),
    }
}

fn member<'a>(json: &'a str, key: &str) -> Option<&'a str> {
    let mut rest = json.strip_prefix('{')?.trim_start_matches(is_space);
    while rest.starts_with('"') {
        let (name, after) = split_value(rest)?;
        let after = after.trim_start_matches(is_space).strip_prefix(':')?;
        let (value, after) = split_value(after.trim_start_matches(is_space))?;
        if decoded(name) == key {
            return Some(value);
        }
        rest = next_item(after)?;
    }
    None
}

fn element(json: &str, index: usize) -> Option<&str> {
    let mut rest = json.strip_prefix('[')?.trim_start_matches(is_space);
    for _ in 0..index {
        let (_, after) = split_value(rest)?;
        rest = next_item(after)?;
    }
    split_value(rest).map(|(value, _)| value)
}

fn next_item(after: &str) -> Option<&str> {
    after
        .trim_start_matches(is_space)
        .strip_prefix(',')
        .map(|rest| rest.trim_start_matches(is_space))
}

/// Cuts the value that `json` begins with from what follows it.
fn split_value(json: &str) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    let mut in_text = false;
    let mut escaped = false;
    for (at, byte) in json.bytes().enumerate() {
        if in_text {
            in_text = escaped || byte != b'"';
            escaped = byte == b'\\' && !escaped;
            if !in_text && depth == 0 {
                return json.split_at_checked(at + 1);
            }
            continue;
        }
        match byte {
            b'"' => in_text = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return json.split_at_checked(at).filter(|_| at > 0),
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return json.split_at_checked(at + 1);
                }
            }
            b',' | b' ' | b'\t' | b'\n' | b'\r' if depth == 0 => {
                return json.split_at_checked(at).filter(|_| at > 0);
            }
            _ => {}
        }
    }
    (depth == 0 && !in_text && !json.is_empty()).then_some((json, ""))
}

fn decoded(quoted: &str) -> Cow<'_, str> {
    let inner = quoted
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    match inner {
        Some(plain) if !plain.contains('\\') => Cow::Borrowed(plain),
        _ => Cow::Owned(serde_json::from_str(quoted).unwrap_or_default()),
    }
}

fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(json: &str, path: &str) -> String {
        let segments: Vec<_> = path
            .split('.')
            .filter(|part| !part.is_empty())
            .map(Segment::parse)
            .collect();
        match extract(json, &segments) {
            Scalar::Null => "null".to_owned(),
            Scalar::Integer(number) => format!("integer {number}"),
            Scalar::Real(number) => format!("real {number}"),
            Scalar::Text(text) => format!("text {text}"),
        }
    }

    #[test]
    fn values_are_found_by_path() {
        let json = r#"{"a":1,"b":"x","c":[1,"two",null,true,{"k":"v\n\"]"}],"d":{},"e":[],"0":9}"#;
        for (path, found) in [
            ("a", "integer 1"),
            ("b", "text x"),
            ("c.0", "integer 1"),
            ("c.1", "text two"),
            ("c.2", "null"),
            ("c.3", "integer 1"),
            ("c.4.k", "text v\n\"]"),
            ("c.4", "text {\"k\":\"v\\n\\\"]\"}"),
            ("c.00", "integer 1"),
            ("d", "text {}"),
            ("e", "text []"),
            ("e.0", "null"),
            ("d.a", "null"),
            ("c.5", "null"),
            ("c.k", "null"),
            ("a.b", "null"),
            ("b.0", "null"),
            ("0", "null"),
            ("nope", "null"),
            ("", &format!("text {json}")),
        ] {
            assert_eq!(show(json, path), found, "{path}");
        }
    }

    #[test]
    fn scalars_at_the_root() {
        for (json, found) in [
            ("5", "integer 5"),
            ("-5.5", "real -5.5"),
            ("1e2", "real 100"),
            ("12345678901234567890", "real 12345678901234567000"),
            ("true", "integer 1"),
            ("false", "integer 0"),
            ("null", "null"),
            ("\"\"", "text "),
            ("\"\\u00e9\"", "text é"),
            (" [ 1 , 2 ] ", "text [ 1 , 2 ]"),
        ] {
            assert_eq!(show(json, ""), found, "{json}");
        }
        assert_eq!(show(" [ 1 , { \"a\" : 2 } ] ", "1.a"), "integer 2");
    }
}
