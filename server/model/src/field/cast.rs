//! What a submitted JSON value becomes, for the casts that several types share.

use serde_json::{Number, Value as Json};

/// A text: numbers and flags by their usual spelling, lists and objects as nothing.
pub(super) fn text(submitted: &Json) -> String {
    match submitted {
        Json::String(text) => text.clone(),
        Json::Number(number) => number_text(number),
        Json::Bool(flag) => flag.to_string(),
        Json::Null | Json::Array(_) | Json::Object(_) => String::new(),
    }
}

/// A number without an exponent.
pub(super) fn number_text(number: &Number) -> String {
    number
        .as_f64()
        .map(|number| number.to_string())
        .unwrap_or_default()
}

/// A flag: any number but zero, and the spellings of true that Go's `ParseBool` knows.
pub(super) fn flag(submitted: &Json) -> bool {
    match submitted {
        Json::Bool(flag) => *flag,
        Json::Number(number) => number.as_f64().is_some_and(|number| number != 0.0),
        Json::String(text) => matches!(text.as_str(), "1" | "t" | "T" | "true" | "TRUE" | "True"),
        Json::Null | Json::Array(_) | Json::Object(_) => false,
    }
}

/// A number: texts by their decimal spelling, everything else as zero. "NaN" and "Inf" stay what
/// they say, so that validation can refuse them.
pub(super) fn number(submitted: &Json) -> f64 {
    let number = match submitted {
        Json::Number(number) => number.as_f64().unwrap_or_default(),
        Json::Bool(flag) => f64::from(u8::from(*flag)),
        Json::String(text) => parse_number(text),
        Json::Null | Json::Array(_) | Json::Object(_) => 0.0,
    };
    if number == 0.0 { 0.0 } else { number }
}

fn parse_number(text: &str) -> f64 {
    let text = if text.contains('_') {
        without_separators(text)
    } else {
        text.to_owned()
    };
    let number = text.parse::<f64>().unwrap_or_default();
    let too_large = number.is_infinite() && text.bytes().any(|byte| byte.is_ascii_digit());
    if too_large { 0.0 } else { number }
}

/// Removes underscores that stand between two digits; others make the text unreadable.
fn without_separators(text: &str) -> String {
    let bytes = text.as_bytes();
    let is_digit = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .is_some_and(u8::is_ascii_digit)
    };
    let is_separator = |at: usize| is_digit(at.checked_sub(1)) && is_digit(at.checked_add(1));
    text.char_indices()
        .filter(|(at, letter)| *letter != '_' || !is_separator(*at))
        .map(|(_, letter)| letter)
        .collect()
}
