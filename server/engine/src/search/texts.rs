//! The texts of a value that can be searched.

use std::borrow::Cow;

use luge_model::value::ValueRef;
use serde_json::Value as Json;

/// What a field of this type holds, as texts; HTML loses its tags. `keys` lead into JSON.
pub(super) fn texts<'v>(value: ValueRef<'v>, kind: &str, keys: &[String]) -> Vec<Cow<'v, str>> {
    match value {
        ValueRef::Text(text) if kind == "editor" => vec![Cow::Owned(without_tags(text))],
        ValueRef::Text(text) => vec![Cow::Borrowed(text)],
        ValueRef::List(items) => items.iter().map(Cow::Borrowed).collect(),
        ValueRef::Json(text) => {
            let mut found = Vec::new();
            let json = serde_json::from_str(text).unwrap_or(Json::Null);
            if let Some(json) = keys.iter().try_fold(&json, |json, key| json.get(key)) {
                gather(json, &mut found);
            }
            found
        }
        ValueRef::Number(_) => {
            let mut text = Vec::new();
            luge_model::record::write_value_json(value, &mut text);
            vec![Cow::Owned(String::from_utf8_lossy(&text).into_owned())]
        }
        ValueRef::Bool(_) | ValueRef::GeoPoint(_) => Vec::new(),
    }
}

/// Every text and number below a place in JSON.
fn gather(json: &Json, found: &mut Vec<Cow<'_, str>>) {
    match json {
        Json::String(text) => found.push(Cow::Owned(text.clone())),
        Json::Number(number) => found.push(Cow::Owned(number.to_string())),
        Json::Array(items) => items.iter().for_each(|item| gather(item, found)),
        Json::Object(object) => object.values().for_each(|item| gather(item, found)),
        Json::Null | Json::Bool(_) => {}
    }
}

/// The text of HTML. It is never shown as HTML again without being escaped.
fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, behind)) = rest.split_once('<') {
        push_decoded(before, &mut text);
        // What begins no tag is text.
        if !behind.starts_with(|next: char| next.is_ascii_alphabetic() || "/!?".contains(next)) {
            text.push('<');
            rest = behind;
            continue;
        }
        let name: String = behind
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .map(|letter| letter.to_ascii_lowercase())
            .collect();
        rest = behind.split_once('>').map_or("", |(_, behind)| behind);
        if matches!(name.as_str(), "script" | "style") {
            rest = behind_end(rest, &name);
        }
        if !is_inline(&name) && !behind.starts_with("/") || is_block_end(behind) {
            text.push(' ');
        }
    }
    push_decoded(rest, &mut text);
    text
}

/// What stands behind the end of an element whose content is no text.
fn behind_end<'h>(html: &'h str, name: &str) -> &'h str {
    let mut rest = html;
    while let Some((_, behind)) = rest.split_once("</") {
        let tag = behind.get(..name.len()).unwrap_or_default();
        if tag.eq_ignore_ascii_case(name) {
            return behind.split_once('>').map_or("", |(_, behind)| behind);
        }
        rest = behind;
    }
    ""
}

fn is_inline(name: &str) -> bool {
    const INLINE: [&str; 14] = [
        "a", "abbr", "b", "code", "em", "i", "mark", "s", "small", "span", "strong", "sub", "sup",
        "u",
    ];
    INLINE.contains(&name)
}

fn is_block_end(behind: &str) -> bool {
    let Some(name) = behind.strip_prefix('/') else {
        return false;
    };
    let name: String = name
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    !is_inline(&name)
}

/// Appends text of HTML with what `&…;` stands for.
fn push_decoded(html: &str, text: &mut String) {
    let mut rest = html;
    while let Some((before, behind)) = rest.split_once('&') {
        text.push_str(before);
        let entity = behind.split_once(';').filter(|(name, _)| name.len() < 10);
        let decoded = entity.and_then(|(name, behind)| Some((decoded(name)?, behind)));
        match decoded {
            Some((letter, behind)) => {
                text.push(letter);
                rest = behind;
            }
            None => {
                text.push('&');
                rest = behind;
            }
        }
    }
    text.push_str(rest);
}

fn decoded(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let hexadecimal = number.strip_prefix(['x', 'X']);
        let code = match hexadecimal {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => number.parse(),
        };
        return char::from_u32(code.ok()?);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "auml" => 'ä',
        "ouml" => 'ö',
        "uuml" => 'ü',
        "Auml" => 'Ä',
        "Ouml" => 'Ö',
        "Uuml" => 'Ü',
        "szlig" => 'ß',
        "eacute" => 'é',
        "egrave" => 'è',
        "agrave" => 'à',
        "ccedil" => 'ç',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use luge_model::value::Value;

    use super::*;

    fn of(value: &Value, kind: &str, keys: &[&str]) -> Vec<String> {
        let keys: Vec<String> = keys.iter().map(|&key| key.to_owned()).collect();
        let found = texts(value.as_ref(), kind, &keys);
        found.into_iter().map(Cow::into_owned).collect()
    }

    #[test]
    fn html_loses_its_tags_and_nothing_else() {
        for (html, text) in [
            ("<p>One</p><p>two</p>", "One  two"),
            ("a<b>b</b>c", "abc"),
            ("1 < 2 &amp; 3 &gt; 2", "1 < 2 & 3 > 2"),
            ("x<script>alert('y')</script>z", "x z"),
            ("x<STYLE>a{}</style >z", "x z"),
            ("caf&eacute; &#233; &#xE9; &unknown; &", "café é é &unknown; &"),
            ("open <p", "open  "),
            ("<script>never closed", " "),
            ("<!-- note -->seen", " seen"),
            ("", ""),
        ] {
            let found = without_tags(html);
            let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(words(&found), words(text), "{html}");
        }
    }

    #[test]
    fn json_is_searched_below_a_place() {
        let json = Value::Json(r#"{"a":{"b":["x",{"c":"y"},7,true,null]},"d":"z"}"#.to_owned());
        assert_eq!(of(&json, "json", &["a", "b"]), ["x", "y", "7"]);
        assert_eq!(of(&json, "json", &["d"]), ["z"]);
        assert_eq!(of(&json, "json", &[]), ["x", "y", "7", "z"]);
        assert!(of(&json, "json", &["d", "e"]).is_empty());
        assert!(of(&json, "json", &["q"]).is_empty());
    }

    #[test]
    fn other_values_are_what_they_are() {
        let list = Value::List(vec!["red".to_owned(), "blue".to_owned()]);
        assert_eq!(of(&list, "select", &[]), ["red", "blue"]);
        let text = Value::Text("<b>kept</b>".to_owned());
        assert_eq!(of(&text, "text", &[]), ["<b>kept</b>"]);
        assert_eq!(of(&Value::Number(12.5), "number", &[]), ["12.5"]);
        assert!(of(&Value::Bool(true), "bool", &[]).is_empty());
    }
}
