//! What records of a collection look like, and the bodies that write them, as schemas.

use luge_model::collection::{Collection, Member};
use luge_model::field::shape::Form;
use serde_json::{Map, Value as Json, json};

use super::bodies::reference;
use super::{examples, set};
use crate::types::json_schema;

/// The schemas of a collection, by name: `NAME_Record`, `NAME_List`, `NAME_Create` and so on. A
/// name ends behind its last `_`, so no two collections share one. `all` is what superusers see.
pub(super) fn of(collection: &Collection, all: bool) -> Map<String, Json> {
    let name = |kind: &str| format!("{}_{kind}", collection.name);
    let mut schemas = Map::new();
    schemas.insert(name("Record"), record(collection, all));
    schemas.insert(name("List"), list(&name("Record")));
    let create = collection.create_members(all);
    let update = collection.update_members(all);
    for (kind, members) in [("Create", create), ("Update", update)] {
        schemas.insert(name(kind), written(&members, false));
        if members.iter().any(is_file) {
            schemas.insert(name(&format!("{kind}Form")), written(&members, true));
        }
    }
    if collection.auth().is_some() {
        schemas.insert(name("SignedIn"), signed_in(&name("Record")));
    }
    schemas
}

/// The `requestBody` of a create or update: JSON, and a form where there may be files.
pub(super) fn request_body(name: &str, required: bool, has_form: bool) -> Json {
    let mut content = json!({"application/json": {"schema": reference(name)}});
    if has_form {
        let form = reference(&format!("{name}Form"));
        set(&mut content, &["multipart/form-data", "schema"], form);
    }
    json!({"required": required, "content": content})
}

/// Whether bodies of a collection may bring files along.
pub(super) fn has_files(collection: &Collection) -> bool {
    let mut fields = collection.fields.iter();
    fields.any(|field| field.kind.as_file().is_some())
}

fn record(collection: &Collection, all: bool) -> Json {
    let mut properties = Map::from_iter([
        ("collectionId".to_owned(), json!({"const": collection.id})),
        (
            "collectionName".to_owned(),
            json!({"const": collection.name}),
        ),
    ]);
    let mut required: Vec<String> = properties.keys().cloned().collect();
    for member in collection.record_members(all) {
        let mut schema = json_schema::as_read(&member);
        describe(&mut schema, &member);
        properties.insert(member.key.clone(), schema);
        // A superuser is shown every address.
        if member.needed || all {
            required.push(member.key);
        }
    }
    let expand = "The related records that `expand` asked for, by field.";
    properties.insert("expand".to_owned(), any_object(expand));
    if collection.search.is_some() {
        let found = "How a search found it: `score` and `highlights`.";
        properties.insert("@search".to_owned(), any_object(found));
    }
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "examples": [examples::record(collection, all)],
    })
}

fn any_object(about: &str) -> Json {
    json!({"type": "object", "description": about, "additionalProperties": true})
}

fn list(record: &str) -> Json {
    let items = json!({"type": "array", "items": reference(record)});
    json!({"allOf": [
        reference("Records"),
        {"type": "object", "properties": {"items": items}},
    ]})
}

fn signed_in(record: &str) -> Json {
    json!({
        "type": "object",
        "properties": {"record": reference(record), "token": {"type": "string"}},
        "required": ["record", "token"],
    })
}

/// A body; in a form, files are parts.
fn written(members: &[Member<'_>], form: bool) -> Json {
    let mut properties = Map::new();
    for member in members {
        let mut schema = match form && is_file(member) {
            true => parts(&member.form),
            false => json_schema::as_written(member),
        };
        describe(&mut schema, member);
        properties.insert(member.key.clone(), schema);
    }
    let mut schema = json!({"type": "object", "properties": properties});
    let needed = members.iter().filter(|member| member.needed);
    let (mut required, mut either) = (Vec::new(), Vec::new());
    for member in needed {
        match json_schema::keys_that_do(members, member) {
            keys if keys.len() > 1 => {
                let keys = keys.iter().map(|key| json!({"required": [key]}));
                either.push(json!({"anyOf": keys.collect::<Vec<Json>>()}));
            }
            _ => required.push(member.key.as_str()),
        }
    }
    for (key, conditions) in [("required", json!(required)), ("allOf", json!(either))] {
        if conditions != json!([]) {
            set(&mut schema, &[key], conditions);
        }
    }
    if !form && let Some(example) = examples::body(members) {
        set(&mut schema, &["examples"], json!([example]));
    }
    schema
}

fn is_file(member: &Member<'_>) -> bool {
    matches!(member.form.one(), Form::File { .. })
}

fn parts(form: &Form) -> Json {
    let part = json!({"type": "string", "format": "binary"});
    match form {
        Form::List { max, .. } => json!({"type": "array", "items": part, "maxItems": max}),
        _ => part,
    }
}

/// What people know of a field, and what no schema can say.
fn describe(schema: &mut Json, member: &Member<'_>) {
    let help = member.field.map(|field| field.help.as_str());
    let mut about: Vec<String> = help
        .filter(|help| !help.is_empty() && member.modifier.is_none())
        .map(str::to_owned)
        .into_iter()
        .collect();
    match member.form.one() {
        Form::Relation(collection) => {
            about.push(format!(
                "The id of a record of the collection `{collection}`."
            ));
        }
        Form::File {
            max_bytes,
            media_types,
        } => {
            about.push(format!("A file of at most {max_bytes} bytes."));
            if !media_types.is_empty() {
                about.push(format!("Accepted: {}.", media_types.join(", ")));
            }
        }
        Form::Json { max_bytes } => about.push(format!("JSON of at most {max_bytes} bytes.")),
        Form::Date { .. } => about.push("In UTC; empty for none.".to_owned()),
        _ => {}
    }
    if !about.is_empty()
        && let Some(schema) = schema.as_object_mut()
    {
        schema.insert("description".to_owned(), about.join(" ").into());
    }
}
