//! JSON Schema (2020-12): under `$defs` a schema for each record and each body.
//!
//! - What the schema of a body refuses of the right type, the server refuses too. Of other types it
//!   refuses what the server would cast, often to nothing. Keys that are no fields are let through,
//!   as the server ignores them.
//! - Patterns are translated; one that says something which patterns of JSON Schema cannot say is
//!   left out, so the schema accepts more than the server.

use luge_model::collection::Member;
use luge_model::field::Modifier;
use luge_model::field::shape::{Form, NumberForm, TextForm, TextFormat};
use serde_json::{Map, Value as Json, json};

use super::comment;
use super::subject::{Listed, Subject, Use};

mod pattern;

/// The whole file.
pub(super) fn write(subject: &Subject<'_>) -> String {
    let mut types = Map::new();
    for listed in &subject.listed {
        for (name, members, what) in listed.types() {
            types.insert(name.to_owned(), object(subject, listed, (members, what)));
        }
    }
    let document = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": comment::HEADER,
        "$defs": types,
    });
    format!("{document:#}\n")
}

fn object(
    subject: &Subject<'_>,
    listed: &Listed<'_>,
    (members, what): (&[Member<'_>], Use),
) -> Json {
    let mut properties = Map::new();
    let mut needed: Vec<Json> = Vec::new();
    let mut either: Vec<Json> = Vec::new();
    if what == Use::Record {
        properties.insert("collectionId".to_owned(), json!({"type": "string"}));
        let name = &listed.collection.name;
        properties.insert("collectionName".to_owned(), json!({"const": name}));
        needed.extend(["collectionId".into(), "collectionName".into()]);
    }
    for member in members {
        let mut schema = match what {
            Use::Record => as_read(member),
            Use::Create | Use::Update => as_written(member),
        };
        let said = comment::of_member(subject, member).join(". ");
        if let Some(schema) = schema.as_object_mut().filter(|_| !said.is_empty()) {
            schema.insert("description".to_owned(), said.into());
        }
        properties.insert(member.key.clone(), schema);
        if member.needed && what != Use::Update {
            match keys_that_do(members, member) {
                keys if keys.len() > 1 => {
                    let keys = keys.iter().map(|key| json!({"required": [key]}));
                    either.push(json!({"anyOf": keys.collect::<Vec<Json>>()}));
                }
                _ => needed.push(member.key.as_str().into()),
            }
        }
    }
    let said = comment::of_type(listed.collection, what).join("\n");
    let mut object = Map::new();
    object.insert("description".to_owned(), said.into());
    object.insert("type".to_owned(), "object".into());
    object.insert("properties".to_owned(), properties.into());
    object.insert("required".to_owned(), needed.into());
    if !either.is_empty() {
        object.insert("allOf".to_owned(), either.into());
    }
    object.into()
}

/// The keys of which one is enough for a field that a create needs.
pub(crate) fn keys_that_do<'a>(members: &'a [Member<'_>], needed: &Member<'_>) -> Vec<&'a str> {
    let number = needed.field.map(|field| field.number);
    let same =
        |member: &&Member<'_>| number.is_some() && member.field.map(|field| field.number) == number;
    let same = members.iter().filter(same);
    same.map(|member| member.key.as_str()).collect()
}

/// A value of a record. Bounds are for what is written: a record may be older than they are.
pub(crate) fn as_read(member: &Member<'_>) -> Json {
    match &member.form {
        Form::Text(_) | Form::Relation(_) | Form::File { .. } => json!({"type": "string"}),
        Form::Number(_) => json!({"type": "number"}),
        Form::Bool => json!({"type": "boolean"}),
        Form::Date { .. } => {
            let moment = r"^([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z)?$";
            json!({"type": "string", "pattern": moment})
        }
        Form::Choice(values) => choice(values, member.filled),
        Form::Json { .. } => json!({}),
        Form::Point => json!({
            "type": "object",
            "properties": {"lon": {"type": "number"}, "lat": {"type": "number"}},
            "required": ["lon", "lat"],
        }),
        Form::List { of, .. } => {
            let of = match &**of {
                Form::Choice(values) => choice(values, true),
                _ => json!({"type": "string"}),
            };
            json!({"type": "array", "items": of, "uniqueItems": true})
        }
    }
}

/// A value of a body.
pub(crate) fn as_written(member: &Member<'_>) -> Json {
    let filled = member.filled;
    match &member.form {
        Form::Text(text) => written_text(text, filled),
        Form::Number(number) => written_number(number, filled),
        Form::Bool if filled => json!({"const": true}),
        Form::Bool => json!({"type": "boolean"}),
        Form::Date { .. } | Form::Relation(_) | Form::File { .. } => filled_text(filled),
        // What is not there can be taken away.
        Form::Choice(_) if member.modifier == Some(Modifier::Remove) => json!({"type": "string"}),
        Form::Choice(values) => choice(values, filled),
        Form::Json { .. } if filled => json!({"not": {"enum": [null, "", [], {}]}}),
        Form::Json { .. } => json!({}),
        Form::Point => written_point(filled),
        Form::List { of, min, max } => {
            let of = match &**of {
                Form::Choice(values) if member.modifier != Some(Modifier::Remove) => {
                    choice(values, true)
                }
                _ => json!({"type": "string"}),
            };
            if member.modifier.is_some() {
                return json!({"anyOf": [of, {"type": "array", "items": of}]});
            }
            let list = json!({"type": "array", "items": of, "maxItems": max});
            match (filled, *min) {
                (true, least) => with(list, "minItems", least.max(1).into()),
                (false, 0 | 1) => list,
                (false, least) => {
                    let list = with(list, "minItems", least.into());
                    json!({"anyOf": [{"type": "array", "maxItems": 0}, list]})
                }
            }
        }
    }
}

fn filled_text(filled: bool) -> Json {
    match filled {
        true => json!({"type": "string", "minLength": 1}),
        false => json!({"type": "string"}),
    }
}

fn choice(values: &[String], filled: bool) -> Json {
    let mut values: Vec<&str> = values.iter().map(String::as_str).collect();
    values.sort_unstable();
    values.dedup();
    values.retain(|value| !value.is_empty());
    if !filled {
        values.push("");
    }
    json!({"enum": values})
}

fn written_text(text: &TextForm, filled: bool) -> Json {
    let mut schema = Map::from_iter([("type".to_owned(), "string".into())]);
    let least = text.min_chars.max(usize::from(filled));
    if least > 0 {
        schema.insert("minLength".to_owned(), least.into());
    }
    // A text has at least as many bytes as characters.
    if let Some(max) = text.max_chars.or(text.max_bytes) {
        schema.insert("maxLength".to_owned(), max.into());
    }
    if let Some(pattern) = pattern::translated(&text.pattern) {
        schema.insert("pattern".to_owned(), pattern.into());
    }
    if text.format == TextFormat::Email {
        schema.insert("format".to_owned(), "email".into());
    }
    let bounded =
        text.min_chars > 0 || !text.pattern.is_empty() || text.format == TextFormat::Email;
    unless_empty(schema.into(), &json!(""), filled || !bounded)
}

fn written_number(number: &NumberForm, filled: bool) -> Json {
    let kind = if number.whole { "integer" } else { "number" };
    let mut schema = json!({"type": kind});
    if let Some(min) = number.min {
        schema = with(schema, "minimum", min.into());
    }
    if let Some(max) = number.max {
        schema = with(schema, "maximum", max.into());
    }
    if filled {
        return with(schema, "not", json!({"const": 0}));
    }
    let admits_zero =
        number.min.is_none_or(|min| min <= 0.0) && number.max.is_none_or(|max| max >= 0.0);
    unless_empty(schema, &json!(0), admits_zero)
}

fn written_point(filled: bool) -> Json {
    let schema = json!({"type": "object", "properties": {
        "lon": {"type": "number", "minimum": -180, "maximum": 180},
        "lat": {"type": "number", "minimum": -90, "maximum": 90},
    }});
    match filled {
        true => with(
            schema,
            "not",
            json!({"properties": {"lon": {"const": 0}, "lat": {"const": 0}}}),
        ),
        false => schema,
    }
}

/// The schema, or the empty value, which no bound holds for.
fn unless_empty(schema: Json, empty: &Json, admitted: bool) -> Json {
    match admitted {
        true => schema,
        false => json!({"anyOf": [{"const": empty}, schema]}),
    }
}

fn with(mut schema: Json, key: &str, value: Json) -> Json {
    if let Some(schema) = schema.as_object_mut() {
        schema.insert(key.to_owned(), value);
    }
    schema
}
