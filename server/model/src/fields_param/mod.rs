//! The `fields` parameter: which parts of an answer are sent (contract §3.5).
//!
//! `id,title,expand.author.name,text:excerpt(100,true)`; `*` is every other key of its level.

mod excerpt;

use serde_json::{Map, Value as Json};

use crate::filter::FilterError;
use crate::limits::FIELDS_DEPTH_MAX;

/// The parts of an answer that were asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields {
    root: Node,
}

/// What is wanted of one value.
#[derive(Clone, Debug, Default, PartialEq)]
struct Node {
    /// The value itself, shortened or not.
    whole: Option<Shape>,
    /// Members that are not named.
    others: Option<Shape>,
    named: Vec<(String, Node)>,
}

/// How a text is sent.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    AsIs,
    Excerpt {
        max_chars: usize,
        with_ellipsis: bool,
    },
}

impl Fields {
    /// Parses the parameter; empty parts are ignored.
    ///
    /// # Errors
    /// Names an unknown or malformed modifier and its place.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let mut root = Node::default();
        for (part, position) in parts(text) {
            let (path, modifier) = match part.split_once(':') {
                Some((path, modifier)) => (path, Some(modifier)),
                None => (part, None),
            };
            let behind = position + path.chars().count() + 1;
            let shape = match modifier {
                Some(modifier) => shape(modifier, behind)?,
                None => Shape::AsIs,
            };
            let steps: Vec<&str> = path.split('.').collect();
            if steps.len() > FIELDS_DEPTH_MAX {
                let message = format!("a path has at most {FIELDS_DEPTH_MAX} parts");
                return Err(FilterError::at(position, message));
            }
            root.want(&steps, shape);
        }
        Ok(Self { root })
    }

    /// Whether nothing was asked for, which means everything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.root == Node::default()
    }

    /// The wanted parts of a record, or of each element of a list.
    #[must_use]
    pub fn pick(&self, value: Json) -> Json {
        if self.is_empty() {
            value
        } else {
            self.root.pick(value)
        }
    }
}

impl Node {
    fn want(&mut self, steps: &[&str], shape: Shape) {
        match steps {
            [] => self.whole = Some(shape),
            ["*"] => self.others = Some(shape),
            [first, rest @ ..] => {
                let first = first.trim();
                let at = match self.named.iter().position(|(name, _)| name == first) {
                    Some(at) => at,
                    None => {
                        self.named.push((first.to_owned(), Self::default()));
                        self.named.len() - 1
                    }
                };
                if let Some((_, node)) = self.named.get_mut(at) {
                    node.want(rest, shape);
                }
            }
        }
    }

    fn pick(&self, value: Json) -> Json {
        if let Some(shape) = self.whole {
            return shape.applied(value);
        }
        match value {
            Json::Object(members) => Json::Object(self.pick_members(members)),
            Json::Array(items) => items.into_iter().map(|item| self.pick(item)).collect(),
            scalar => scalar,
        }
    }

    fn pick_members(&self, members: Map<String, Json>) -> Map<String, Json> {
        let mut picked = Map::new();
        for (name, value) in members {
            let named = self.named.iter().find(|(wanted, _)| *wanted == name);
            let value = match (named, self.others) {
                (Some((_, node)), _) => node.pick(value),
                (None, Some(shape)) => shape.applied(value),
                (None, None) => continue,
            };
            picked.insert(name, value);
        }
        picked
    }
}

impl Shape {
    fn applied(self, value: Json) -> Json {
        match (self, value) {
            (
                Self::Excerpt {
                    max_chars,
                    with_ellipsis,
                },
                Json::String(text),
            ) => excerpt::excerpt(&text, max_chars, with_ellipsis).into(),
            (_, value) => value,
        }
    }
}

/// Cuts at commas outside of parentheses; gives each part and the 1-based character it begins at.
fn parts(text: &str) -> Vec<(&str, usize)> {
    let mut parts = Vec::new();
    let (mut rest, mut position) = (text, 1);
    loop {
        let mut depth = 0_usize;
        let comma = rest.char_indices().find(|(_, character)| {
            match character {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            *character == ',' && depth == 0
        });
        let (part, after) = match comma.and_then(|(at, _)| rest.split_at_checked(at)) {
            Some((part, after)) => (part, after.strip_prefix(',')),
            None => (rest, None),
        };
        let indent = part.chars().take_while(|next| next.is_whitespace()).count();
        if !part.trim().is_empty() {
            parts.push((part.trim(), position + indent));
        }
        position += part.chars().count() + 1;
        match after {
            Some(after) => rest = after,
            None => return parts,
        }
    }
}

/// `excerpt(max[, withEllipsis])`
fn shape(modifier: &str, position: usize) -> Result<Shape, FilterError> {
    let wrong = |message: &str| Err(FilterError::at(position, message));
    let Some(arguments) = modifier.strip_prefix("excerpt") else {
        let name = modifier.split('(').next().unwrap_or_default();
        return wrong(&format!(
            "unknown modifier \":{name}\"; there is :excerpt(max,withEllipsis)"
        ));
    };
    let inner = arguments
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'));
    let Some(inner) = inner else {
        return wrong("expected excerpt(max) or excerpt(max,withEllipsis)");
    };
    let mut arguments = inner.split(',').map(str::trim);
    let max_chars = arguments.next().and_then(|max| max.parse::<usize>().ok());
    let Some(max_chars) = max_chars.filter(|max| *max > 0) else {
        return wrong("the first argument of excerpt must be a whole number above 0");
    };
    let with_ellipsis = matches!(
        arguments.next(),
        Some("true" | "TRUE" | "True" | "t" | "T" | "1")
    );
    if arguments.next().is_some() {
        return wrong("excerpt takes at most 2 arguments");
    }
    Ok(Shape::Excerpt {
        max_chars,
        with_ellipsis,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(fields: &str, picked: &str) {
        let record = serde_json::json!({
            "id": "r1", "title": "Hello", "n": 12, "tags": ["one", "two"],
            "j": {"a": 1, "b": "xyz", "c": [1, "two", null, {"k": "v", "l": 2}]},
            "ed": "<p>Hello <b>world</b></p>",
            "expand": {"author": [{"name": "A", "email": "a@b.c"}, {"name": "B", "email": ""}]},
        });
        let found = Fields::parse(fields).map(|fields| fields.pick(record));
        let found = found.map_or_else(|error| error.to_string(), |json| json.to_string());
        assert_eq!(found, picked, "{fields}");
    }

    #[test]
    fn parts_are_picked() {
        check("id", r#"{"id":"r1"}"#);
        check(" id , title ,,", r#"{"id":"r1","title":"Hello"}"#);
        check("nope", "{}");
        check("Id", "{}");
        check("nope.a", "{}");
        check("*.a", "{}");
        check("id.x", r#"{"id":"r1"}"#);
        check("j.a", r#"{"j":{"a":1}}"#);
        check("j.a,j.b", r#"{"j":{"a":1,"b":"xyz"}}"#);
        check("j.c.k", r#"{"j":{"c":[1,"two",null,{"k":"v"}]}}"#);
        check(
            "expand.author.name",
            r#"{"expand":{"author":[{"name":"A"},{"name":"B"}]}}"#,
        );
        check(
            "expand",
            r#"{"expand":{"author":[{"name":"A","email":"a@b.c"},{"name":"B","email":""}]}}"#,
        );
        check(
            "j.*,n",
            r#"{"n":12,"j":{"a":1,"b":"xyz","c":[1,"two",null,{"k":"v","l":2}]}}"#,
        );
        check(
            "*,j.a,expand.author.name,ed:excerpt(7)",
            concat!(
                r#"{"id":"r1","title":"Hello","n":12,"tags":["one","two"],"j":{"a":1},"#,
                r#""ed":"Hello w","expand":{"author":[{"name":"A"},{"name":"B"}]}}"#
            ),
        );
        check(
            "j.a,j",
            r#"{"j":{"a":1,"b":"xyz","c":[1,"two",null,{"k":"v","l":2}]}}"#,
        );
    }

    #[test]
    fn texts_are_shortened() {
        check("title:excerpt(3)", r#"{"title":"Hel"}"#);
        check("title:excerpt(3, true)", r#"{"title":"Hel..."}"#);
        check("title:excerpt(5,true)", r#"{"title":"Hello"}"#);
        check("title:excerpt(2),title:excerpt(4)", r#"{"title":"Hell"}"#);
        check("title:excerpt(2),title", r#"{"title":"Hello"}"#);
        check(
            "n:excerpt(1),tags:excerpt(1)",
            r#"{"n":12,"tags":["one","two"]}"#,
        );
        check("j.b:excerpt(1),j.a:excerpt(1)", r#"{"j":{"a":1,"b":"x"}}"#);
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        for (fields, message) in [
            (
                "id,title:foo(1)",
                "unknown modifier \":foo\"; there is :excerpt(max,withEllipsis) (at character 10)",
            ),
            (
                "title:",
                "unknown modifier \":\"; there is :excerpt(max,withEllipsis) (at character 7)",
            ),
            (
                "title:excerpt",
                "expected excerpt(max) or excerpt(max,withEllipsis) (at character 7)",
            ),
            (
                "title:excerpt(3",
                "expected excerpt(max) or excerpt(max,withEllipsis) (at character 7)",
            ),
            (
                "title:excerpt()",
                "the first argument of excerpt must be a whole number above 0 (at character 7)",
            ),
            (
                "title:excerpt(0)",
                "the first argument of excerpt must be a whole number above 0 (at character 7)",
            ),
            (
                "title:excerpt(-1)",
                "the first argument of excerpt must be a whole number above 0 (at character 7)",
            ),
            (
                "title:excerpt(x)",
                "the first argument of excerpt must be a whole number above 0 (at character 7)",
            ),
            (
                "title:excerpt(3,true,1)",
                "excerpt takes at most 2 arguments (at character 7)",
            ),
            (
                "title:excerpt(2):excerpt(1)",
                "the first argument of excerpt must be a whole number above 0 (at character 7)",
            ),
            (
                "a:b:c",
                "unknown modifier \":b:c\"; there is :excerpt(max,withEllipsis) (at character 3)",
            ),
        ] {
            check(fields, message);
        }
        assert!(Fields::parse(&"a.".repeat(1_000)).is_err());
    }

    #[test]
    fn nothing_asked_for_is_everything() {
        let record = serde_json::json!({"id": 1});
        assert_eq!(
            Fields::parse(" , ").map(|fields| fields.pick(record.clone())),
            Ok(record)
        );
    }
}
