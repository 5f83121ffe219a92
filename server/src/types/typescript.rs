//! TypeScript: the `Schema` of `createClient<Schema>`, and a type for each record and body.

use luge_model::collection::Member;
use luge_model::field::Modifier;
use luge_model::field::shape::Form;
use serde_json::Value as Json;

use super::comment;
use super::subject::{Choice, Listed, Subject, Use};

/// Names that mean something else in the file.
pub(super) const RESERVED: &[&str] = &["Schema", "Blob", "Date", "Object", "Record"];

/// What every object has: where it may be left out, it is there all the same.
const OF_EVERY_OBJECT: &[&str] = &[
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
];

/// The whole file.
pub(super) fn write(subject: &Subject<'_>) -> String {
    let mut out = format!("// {}\n\n", comment::HEADER);
    out.push_str("/** Every collection, for `createClient<Schema>(url)`. */\n");
    out.push_str("export interface Schema {\n");
    for listed in &subject.listed {
        out.push_str(&entry(listed));
    }
    out.push_str("}\n");
    for listed in &subject.listed {
        for choice in &listed.choices {
            out.push_str(&alias(choice));
        }
        for (name, members, what) in listed.types() {
            out.push('\n');
            out.push_str(&block(&comment::of_type(listed.collection, what), ""));
            if members.is_empty() && what != Use::Record {
                // An interface without members would take anything.
                out.push_str(&format!("export type {name} = Record<string, never>;\n"));
                continue;
            }
            out.push_str(&format!("export interface {name} {{\n"));
            if what == Use::Record {
                let collection = quoted(&listed.collection.name);
                out.push_str("  collectionId: string;\n");
                out.push_str(&format!("  collectionName: {collection};\n"));
            }
            for member in members {
                out.push_str(&line(subject, listed, member, what));
            }
            out.push_str("}\n");
        }
    }
    out
}

fn entry(listed: &Listed<'_>) -> String {
    let relations: Vec<String> = listed
        .relations
        .iter()
        .map(|relation| {
            let to = quoted(relation.to);
            let to = if relation.several {
                format!("[{to}]")
            } else {
                to
            };
            format!("      {}: {to};\n", key(&relation.name))
        })
        .collect();
    let relations = match relations.is_empty() {
        true => "{}".to_owned(),
        false => format!("{{\n{}    }}", relations.concat()),
    };
    format!(
        "  {}: {{\n    record: {};\n    create: {};\n    update: {};\n    \
         relations: {relations};\n  }};\n",
        key(&listed.collection.name),
        listed.record,
        listed.create,
        listed.update,
    )
}

fn alias(choice: &Choice<'_>) -> String {
    let values: Vec<String> = choice.values.iter().map(|value| quoted(value)).collect();
    let union = match values.is_empty() {
        true => "never".to_owned(),
        false => values.join(" | "),
    };
    format!("\nexport type {} = {union};\n", choice.name)
}

fn line(subject: &Subject<'_>, listed: &Listed<'_>, member: &Member<'_>, what: Use) -> String {
    let mark = if member.needed && what != Use::Update {
        ""
    } else {
        "?"
    };
    let mut types = types(listed, member, what);
    if mark == "?" && OF_EVERY_OBJECT.contains(&member.key.as_str()) {
        types = format!("{types} | Object[\"{}\"]", member.key);
    }
    let comment = block(&comment::of_member(subject, member), "  ");
    format!("{comment}  {}{mark}: {types};\n", key(&member.key))
}

fn types(listed: &Listed<'_>, member: &Member<'_>, what: Use) -> String {
    let written = what != Use::Record;
    let one = match member.form.one() {
        Form::Text(_) | Form::Relation(_) => "string".to_owned(),
        Form::Number(_) => "number".to_owned(),
        Form::Bool if written && member.filled => "true".to_owned(),
        Form::Bool => "boolean".to_owned(),
        Form::Date { .. } if written => "string | Date".to_owned(),
        Form::Date { .. } => "string".to_owned(),
        Form::File { .. } if written && member.modifier != Some(Modifier::Remove) => {
            return files(&member.form, member.modifier);
        }
        Form::File { .. } => "string".to_owned(),
        Form::Json { .. } => "unknown".to_owned(),
        Form::Point => "{ lon: number; lat: number }".to_owned(),
        Form::Choice(_) => {
            let name = listed.choice(member).map(|choice| choice.name.clone());
            name.unwrap_or_else(|| "string".to_owned())
        }
        Form::List { .. } => "unknown".to_owned(),
    };
    match (&member.form, member.modifier) {
        (Form::List { .. }, None) => format!("{one}[]"),
        (Form::List { .. }, Some(_)) => format!("{one} | {one}[]"),
        (Form::Choice(_), None) if !member.filled => format!("{one} | \"\""),
        _ => one,
    }
}

/// A form sends files, JSON sends names; one request does not mix them in one field.
fn files(form: &Form, modifier: Option<Modifier>) -> String {
    let types = match (form, modifier) {
        (Form::List { .. }, None) => "Blob[] | string[]",
        (Form::List { .. }, Some(_)) => "Blob | string | Blob[] | string[]",
        _ => "Blob | string",
    };
    types.to_owned()
}

/// A comment of these lines; nothing where there are none.
fn block(lines: &[String], margin: &str) -> String {
    match lines {
        [] => String::new(),
        [line] => format!("{margin}/** {line} */\n"),
        lines => {
            let lines = lines.iter().map(|line| format!("{margin} * {line}"));
            let lines: Vec<String> = lines.map(|line| line.trim_end().to_owned()).collect();
            format!("{margin}/**\n{}\n{margin} */\n", lines.join("\n"))
        }
    }
}

/// A name of a member, in quotes where it must be.
fn key(name: &str) -> String {
    let begins = name
        .bytes()
        .next()
        .is_some_and(|first| !first.is_ascii_digit());
    let is_word = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if begins && is_word {
        name.to_owned()
    } else {
        quoted(name)
    }
}

fn quoted(text: &str) -> String {
    Json::from(text).to_string()
}
