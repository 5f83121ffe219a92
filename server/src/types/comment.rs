//! What comments say: limits and rules in a sentence, safe in any comment.

use luge_model::collection::{Collection, Member, Rule};
use luge_model::field::shape::{Form, NumberForm, TextForm, TextFormat};
use luge_model::limits::{EDITOR_BYTES_MAX, FILE_BYTES_MAX, JSON_BYTES_MAX, TEXT_CHARS_MAX};

use super::subject::{Subject, Use};

/// The first line of every file.
pub(super) const HEADER: &str =
    "Written by `luge types`; changes are lost when it is written again.";

/// What the type of a record says of its collection, in lines.
pub(super) fn of_record(collection: &Collection) -> Vec<String> {
    let rules = &collection.rules;
    let rules = [
        ("list", &rules.list),
        ("view", &rules.view),
        ("create", &rules.create),
        ("update", &rules.update),
        ("delete", &rules.delete),
    ];
    let mut lines = vec![format!("A record of `{}`.", collection.name), String::new()];
    lines.extend(rules.map(|(action, rule)| format!("- {action}: {}", who(rule))));
    lines
}

/// What a type says of itself, in lines.
pub(super) fn of_type(collection: &Collection, what: Use) -> Vec<String> {
    let name = &collection.name;
    match what {
        Use::Record => of_record(collection),
        Use::Create => vec![format!("What creates a record of `{name}`.")],
        Use::Update => vec![format!(
            "What changes a record of `{name}`; what is left out stays."
        )],
    }
}

/// What is to be known of a member, in lines; often nothing.
pub(super) fn of_member(subject: &Subject<'_>, member: &Member<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    if member.modifier.is_some() {
        return lines;
    }
    if let Some(field) = member.field.filter(|field| !field.help.is_empty()) {
        lines.push(plain(&field.help));
    }
    let limits = limits(subject, &member.form);
    if !limits.is_empty() {
        lines.push(limits.join("; "));
    }
    lines
}

/// A text that ends no comment and holds nothing that turns the direction of reading.
pub(super) fn plain(text: &str) -> String {
    let safe = text.chars().map(|letter| match letter {
        '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' => ' ',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => ' ',
        other if other.is_control() => ' ',
        other => other,
    });
    let safe: String = safe.collect();
    let words: Vec<&str> = safe.split_whitespace().collect();
    words.join(" ").replace("*/", "* /").replace("/*", "/ *")
}

fn who(rule: &Rule) -> String {
    match rule.as_deref() {
        None => "superusers only".to_owned(),
        Some("") => "everyone".to_owned(),
        Some(text) => format!("`{}`", plain(text).replace('`', "'")),
    }
}

fn limits(subject: &Subject<'_>, form: &Form) -> Vec<String> {
    match form {
        Form::Text(text) => of_text(text),
        Form::Number(number) => of_number(number),
        Form::Date { min, max } => {
            let bounds = [("not before", min), ("not after", max)];
            let said = bounds.map(|(said, bound)| bound.map(|bound| format!("{said} {bound}")));
            said.into_iter().flatten().collect()
        }
        Form::Relation(id) => {
            let target = subject.target(id).unwrap_or("a collection that is gone");
            vec![format!("id of a record of {target}")]
        }
        Form::File {
            max_bytes,
            media_types,
        } => of_file(*max_bytes, media_types),
        Form::Json { max_bytes } if *max_bytes != JSON_BYTES_MAX => {
            vec![format!("at most {max_bytes} bytes")]
        }
        Form::List { of, min, max } => {
            let mut said = limits(subject, of);
            if *min > 0 {
                said.push(format!("at least {min}"));
            }
            said.push(format!("at most {max}"));
            said
        }
        Form::Bool | Form::Choice(_) | Form::Json { .. } | Form::Point => Vec::new(),
    }
}

fn of_text(text: &TextForm) -> Vec<String> {
    let mut said = Vec::new();
    if text.max_chars == Some(0) {
        return vec!["always empty".to_owned()];
    }
    match text.format {
        TextFormat::Html => said.push("HTML".to_owned()),
        TextFormat::Email => said.push("an e-mail address".to_owned()),
        TextFormat::Url => said.push("a URL".to_owned()),
        TextFormat::Plain | TextFormat::Password => {}
    }
    let is_plain = matches!(text.format, TextFormat::Plain | TextFormat::Password);
    if text.min_chars > 0 {
        said.push(format!("at least {} characters", text.min_chars));
    }
    if let Some(max) = text
        .max_chars
        .filter(|max| is_plain && *max != TEXT_CHARS_MAX)
    {
        said.push(format!("at most {max} characters"));
    }
    if let Some(max) = text.max_bytes.filter(|max| *max != EDITOR_BYTES_MAX) {
        said.push(format!("at most {max} bytes"));
    }
    if !text.pattern.is_empty() {
        said.push(format!("matches {}", plain(&text.pattern)));
    }
    if !text.domains.only.is_empty() {
        said.push(format!("of {}", plain(&text.domains.only.join(", "))));
    }
    if !text.domains.except.is_empty() {
        said.push(format!("not of {}", plain(&text.domains.except.join(", "))));
    }
    said
}

fn of_number(number: &NumberForm) -> Vec<String> {
    let mut said = Vec::new();
    if number.whole {
        said.push("a whole number".to_owned());
    }
    said.extend(number.min.map(|min| format!("at least {min}")));
    said.extend(number.max.map(|max| format!("at most {max}")));
    said
}

fn of_file(max_bytes: usize, media_types: &[String]) -> Vec<String> {
    let mut said = vec!["name of a file".to_owned()];
    if max_bytes != FILE_BYTES_MAX {
        said.push(format!("at most {max_bytes} bytes"));
    }
    if !media_types.is_empty() {
        said.push(plain(&media_types.join(", ")));
    }
    said
}
