//! Python (3.11 and newer): a `TypedDict` for each record and body, a `Literal` for each select
//! field. Nothing is imported but `typing`.

use luge_model::collection::Member;
use luge_model::field::shape::Form;

use super::comment;
use super::literal::{comments, literal};
use super::subject::{Choice, Listed, Subject, Use};

/// Names that mean something else in the file.
pub(super) const RESERVED: &[&str] = &[
    "Any",
    "Literal",
    "NotRequired",
    "Point",
    "TypedDict",
    "False",
    "None",
    "True",
];

/// Words that cannot be keys of a class, or would change what the file says below them.
const KEYWORDS: &[&str] = &[
    "False",
    "None",
    "True",
    "and",
    "as",
    "assert",
    "async",
    "await",
    "bool",
    "break",
    "class",
    "continue",
    "def",
    "del",
    "elif",
    "else",
    "except",
    "finally",
    "float",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "is",
    "lambda",
    "list",
    "nonlocal",
    "not",
    "or",
    "pass",
    "raise",
    "return",
    "str",
    "try",
    "while",
    "with",
    "yield",
    "Any",
    "Literal",
    "NotRequired",
    "Point",
    "TypedDict",
];

/// The whole file.
pub(super) fn write(subject: &Subject<'_>) -> String {
    let mut out = format!("# {}\n", comment::HEADER);
    out.push_str("from __future__ import annotations\n\n");
    out.push_str("from typing import Any, Literal, NotRequired, TypedDict\n\n\n");
    out.push_str("class Point(TypedDict):\n    lon: float\n    lat: float\n");
    let taken = taken(subject);
    for listed in &subject.listed {
        for choice in &listed.choices {
            out.push_str(&alias(choice));
        }
        for (name, members, what) in listed.types() {
            out.push_str("\n\n");
            out.push_str(&comments(&comment::of_type(listed.collection, what), "#"));
            let lines = lines(subject, listed, (members, what));
            let is_class = lines
                .iter()
                .all(|line| can_be_in_a_class(&line.key, &taken));
            out.push_str(&dictionary(name, &lines, is_class));
        }
    }
    out
}

/// A key of a dictionary.
struct Line {
    comment: Vec<String>,
    key: String,
    types: String,
}

fn lines(
    subject: &Subject<'_>,
    listed: &Listed<'_>,
    (members, what): (&[Member<'_>], Use),
) -> Vec<Line> {
    let mut lines = Vec::new();
    if what == Use::Record {
        let name = quoted(&listed.collection.name);
        let literal = format!("Literal[{name}]");
        for (key, types) in [
            ("collectionId", "str"),
            ("collectionName", literal.as_str()),
        ] {
            lines.push(Line {
                comment: Vec::new(),
                key: key.to_owned(),
                types: types.to_owned(),
            });
        }
    }
    lines.extend(members.iter().map(|member| {
        let types = types(listed, member, what);
        let types = match member.needed && what != Use::Update {
            true => types,
            false => format!("NotRequired[{types}]"),
        };
        Line {
            comment: comment::of_member(subject, member),
            key: member.key.clone(),
            types,
        }
    }));
    lines
}

fn dictionary(name: &str, lines: &[Line], is_class: bool) -> String {
    let mut out = String::new();
    if is_class {
        out.push_str(&format!("class {name}(TypedDict):\n"));
        for line in lines {
            out.push_str(&comments(&line.comment, "    #"));
            out.push_str(&format!("    {}: {}\n", line.key, line.types));
        }
        if lines.is_empty() {
            out.push_str("    pass\n");
        }
        return out;
    }
    out.push_str(&format!("{name} = TypedDict(\n    \"{name}\",\n    {{\n"));
    for line in lines {
        out.push_str(&comments(&line.comment, "        #"));
        // In quotes, since a type may stand further down.
        let types = quoted(&line.types);
        out.push_str(&format!("        {}: {types},\n", quoted(&line.key)));
    }
    out.push_str("    },\n)\n");
    out
}

fn alias(choice: &Choice<'_>) -> String {
    let values: Vec<String> = choice.values.iter().map(|value| quoted(value)).collect();
    format!("\n\n{} = Literal[{}]\n", choice.name, values.join(", "))
}

fn types(listed: &Listed<'_>, member: &Member<'_>, what: Use) -> String {
    let one = match member.form.one() {
        Form::Number(_) => "float".to_owned(),
        Form::Bool if what != Use::Record && member.filled => "Literal[True]".to_owned(),
        Form::Bool => "bool".to_owned(),
        Form::Json { .. } => "Any".to_owned(),
        Form::Point => "Point".to_owned(),
        Form::Choice(_) => {
            let name = listed.choice(member).map(|choice| choice.name.clone());
            name.unwrap_or_else(|| "str".to_owned())
        }
        _ => "str".to_owned(),
    };
    match (&member.form, member.modifier) {
        (Form::List { .. }, None) => format!("list[{one}]"),
        (Form::List { .. }, Some(_)) => format!("{one} | list[{one}]"),
        (Form::Choice(_), None) if !member.filled => format!("{one} | Literal[\"\"]"),
        _ => one,
    }
}

/// The names of types, which a key of a class would hide from the keys below it.
fn taken(subject: &Subject<'_>) -> Vec<String> {
    let choices = subject.listed.iter().flat_map(|listed| &listed.choices);
    choices.map(|choice| choice.name.clone()).collect()
}

fn can_be_in_a_class(key: &str, taken: &[String]) -> bool {
    let is_word = key
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let begins = key
        .bytes()
        .next()
        .is_some_and(|first| !first.is_ascii_digit());
    // A class changes names that begin with two underscores.
    let is_kept = !key.starts_with("__");
    let means_itself = !KEYWORDS.contains(&key) && !taken.iter().any(|name| name == key);
    is_word && begins && is_kept && means_itself
}

fn quoted(text: &str) -> String {
    literal(text, ('"', ""), |number| format!("\\U{number:08x}"))
}
