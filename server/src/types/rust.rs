//! Rust: structs and enums with serde's derives; whoever uses them needs `serde` (with `derive`)
//! and `serde_json`.
//!
//! A value that a definition no longer names is an error when a record is read.

use luge_model::collection::Member;
use luge_model::field::shape::Form;

use super::comment;
use super::literal::{comments, literal};
use super::names::{Names, pascal, said, snake};
use super::subject::{Choice, Listed, Subject, Use};

/// Names that mean something else in the file.
pub(super) const RESERVED: &[&str] = &["Option", "Point", "Self", "Some", "None", "String", "Vec"];

/// Names that no field of a struct can have, not even as `r#`.
const NO_NAMES: &[&str] = &["_", "crate", "self", "super"];

/// Words that need `r#`.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

const DERIVES: &str = "Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize";

/// The whole file.
pub(super) fn write(subject: &Subject<'_>) -> String {
    let mut out = format!("// {}\n\n", comment::HEADER);
    out.push_str("/// A place on the earth, in degrees.\n");
    out.push_str(&format!("#[derive(Default, {DERIVES})]\n"));
    out.push_str("pub struct Point {\n    pub lon: f64,\n    pub lat: f64,\n}\n");
    for listed in &subject.listed {
        for choice in &listed.choices {
            out.push_str(&enumeration(listed, choice));
        }
        for (name, members, what) in listed.types() {
            out.push('\n');
            out.push_str(&comments(&comment::of_type(listed.collection, what), "///"));
            out.push_str(&structure(subject, listed, (name, members, what)));
        }
    }
    out
}

fn structure(
    subject: &Subject<'_>,
    listed: &Listed<'_>,
    (name, members, what): (&str, &[Member<'_>], Use),
) -> String {
    let mut names = Names::without(NO_NAMES);
    let derives = match what {
        Use::Update => format!("Default, {DERIVES}"),
        Use::Record | Use::Create => DERIVES.to_owned(),
    };
    let mut out = format!("#[derive({derives})]\npub struct {name} {{\n");
    if what == Use::Record {
        for key in ["collectionId", "collectionName"] {
            let name = names.claim(snake(key, ""));
            out.push_str(&renamed(key, &name));
            out.push_str(&format!("    pub {name}: String,\n"));
        }
    }
    for member in members {
        let name = names.claim(snake(&said(member), "field_"));
        out.push_str(&comments(&comment::of_member(subject, member), "    ///"));
        let (mut serde, mut types) = (Vec::new(), types(listed, member));
        if name != member.key {
            serde.push(format!("rename = {}", quoted(&member.key)));
        }
        if !member.needed || what == Use::Update {
            serde.push("default, skip_serializing_if = \"Option::is_none\"".to_owned());
            types = format!("Option<{types}>");
        }
        if !serde.is_empty() {
            out.push_str(&format!("    #[serde({})]\n", serde.join(", ")));
        }
        let raw = if KEYWORDS.contains(&name.as_str()) {
            "r#"
        } else {
            ""
        };
        out.push_str(&format!("    pub {raw}{name}: {types},\n"));
    }
    out.push_str("}\n");
    out
}

fn renamed(key: &str, name: &str) -> String {
    match key == name {
        true => String::new(),
        false => format!("    #[serde(rename = {})]\n", quoted(key)),
    }
}

fn types(listed: &Listed<'_>, member: &Member<'_>) -> String {
    let one = match member.form.one() {
        Form::Number(_) => "f64".to_owned(),
        Form::Bool => "bool".to_owned(),
        Form::Json { .. } => "serde_json::Value".to_owned(),
        Form::Point => "Point".to_owned(),
        Form::Choice(_) => {
            let name = listed.choice(member).map(|choice| choice.name.clone());
            name.unwrap_or_else(|| "String".to_owned())
        }
        _ => "String".to_owned(),
    };
    match &member.form {
        Form::List { .. } => format!("Vec<{one}>"),
        _ => one,
    }
}

fn enumeration(listed: &Listed<'_>, choice: &Choice<'_>) -> String {
    let mut names = Names::without(&["Self"]);
    let said = format!("`{}` of `{}`.", choice.field.name, listed.collection.name);
    let mut out = format!(
        "\n/// {said}\n#[derive({DERIVES}, Eq)]\npub enum {} {{\n",
        choice.name
    );
    if choice.empty {
        let name = names.claim("Empty".to_owned());
        out.push_str(&format!(
            "    /// None of them.\n    #[serde(rename = \"\")]\n    {name},\n"
        ));
    }
    for value in &choice.values {
        let name = names.claim(pascal(value, "Value"));
        out.push_str(&format!(
            "    #[serde(rename = {})]\n    {name},\n",
            quoted(value)
        ));
    }
    out.push_str("}\n");
    out
}

fn quoted(text: &str) -> String {
    literal(text, ('"', ""), |number| format!("\\u{{{number:x}}}"))
}
