//! Schemas of the bodies of static routes, from the short form in `operations.rs`.
//!
//! - `*` is any object, `#NAME` one of the document's schemas, `form: …` a URL-encoded form,
//!   `parts: …` a multipart form; else a JSON object with the members that are listed.

use luge_model::field::FIELD_TYPES;
use serde_json::{Map, Value as Json, json};

/// The `requestBody` of an operation; none where it has no body.
pub(super) fn request_body(body: &str) -> Option<Json> {
    let (media_type, members) = match body.split_once(": ") {
        Some(("form", members)) => ("application/x-www-form-urlencoded", members),
        Some(("parts", members)) => ("multipart/form-data", members),
        _ => ("application/json", body),
    };
    let schema = match members {
        "" => return None,
        "*" => json!({"type": "object", "additionalProperties": true}),
        named if named.starts_with('#') => reference(named.trim_start_matches('#')),
        members => object(members),
    };
    let needed = schema.get("required").is_some();
    Some(json!({"required": needed, "content": {media_type: {"schema": schema}}}))
}

/// A reference to a schema of the document.
pub(super) fn reference(name: &str) -> Json {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn object(members: &str) -> Json {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for member in members.split_whitespace() {
        let (name, kind) = member.split_once(':').unwrap_or((member, "text"));
        let plain = name.trim_end_matches('?');
        if plain == name {
            required.push(plain);
        }
        properties.insert(plain.to_owned(), schema_of(plain, kind));
    }
    let mut schema = json!({"type": "object", "properties": properties});
    if !required.is_empty()
        && let Some(schema) = schema.as_object_mut()
    {
        schema.insert("required".to_owned(), json!(required));
    }
    schema
}

fn schema_of(name: &str, kind: &str) -> Json {
    match kind {
        "flag" => json!({"type": "boolean"}),
        "whole" => json!({"type": "integer", "minimum": 0}),
        "any" => json!({}),
        "object" => json!({"type": "object", "additionalProperties": true}),
        "texts" => json!({"type": "array", "items": {"type": "string"}}),
        "objects" => json!({"type": "array", "items": reference("CollectionBody")}),
        "text-or-null" => json!({"type": ["string", "null"]}),
        "file" => json!({"type": "string", "format": "binary"}),
        "requests" => json!({"type": "array", "minItems": 1, "items": batch_request()}),
        "scopes" => scopes(),
        _ => match name {
            "email" | "newEmail" => json!({"type": "string", "format": "email"}),
            "password" | "passwordConfirm" => json!({"type": "string", "format": "password"}),
            _ => json!({"type": "string"}),
        },
    }
}

fn batch_request() -> Json {
    json!({
        "type": "object",
        "required": ["method", "url"],
        "properties": {
            "method": {"enum": ["POST", "PUT", "PATCH", "DELETE"]},
            "url": {
                "type": "string",
                "description": "A path of records, with its query.",
                "examples": ["/api/collections/posts/records"],
            },
            "headers": {"type": "object", "additionalProperties": {"type": "string"}},
            "body": {"type": "object", "additionalProperties": true},
        },
    })
}

fn scopes() -> Json {
    let names = json!({"type": "array", "items": {"type": "string"}, "minItems": 1});
    let actions = ["list", "view", "create", "update", "delete", "*"];
    json!({"anyOf": [
        {"const": "*"},
        {"type": "array", "minItems": 1, "items": {
            "type": "object",
            "required": ["collections", "actions"],
            "properties": {
                "collections": names,
                "actions": {"type": "array", "items": {"enum": actions}, "minItems": 1},
            },
        }},
    ]})
}

/// What defines a collection, and what changes it.
pub(super) fn definitions() -> [(&'static str, Json); 2] {
    let types: Vec<&str> = FIELD_TYPES
        .iter()
        .map(|descriptor| descriptor.name)
        .collect();
    let field = json!({
        "type": "object",
        "description": "A field, with the options of its type.",
        "required": ["name", "type"],
        "properties": {"name": {"type": "string"}, "type": {"enum": types}},
        "additionalProperties": true,
    });
    let rule = json!({
        "type": ["string", "null"],
        "description": "null: superusers only. \"\": everyone. Else a filter that must hold.",
    });
    let rules = [
        "listRule",
        "viewRule",
        "createRule",
        "updateRule",
        "deleteRule",
    ];
    let mut properties = Map::from_iter([
        ("name".to_owned(), json!({"type": "string"})),
        (
            "fields".to_owned(),
            json!({"type": "array", "items": field}),
        ),
        (
            "indexes".to_owned(),
            json!({"type": "array", "items": {"type": "string"}}),
        ),
    ]);
    properties.extend(rules.map(|key| (key.to_owned(), rule.clone())));
    let mut made = properties.clone();
    made.insert("type".to_owned(), json!({"enum": ["base", "auth", "view"]}));
    let object = |properties: Map<String, Json>, required: &[&str]| {
        let mut schema = json!({
            "type": "object",
            "properties": properties,
            "additionalProperties": true,
        });
        if !required.is_empty()
            && let Some(schema) = schema.as_object_mut()
        {
            schema.insert("required".to_owned(), json!(required));
        }
        schema
    };
    [
        ("CollectionBody", object(made, &["name"])),
        ("CollectionChanges", object(properties, &[])),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_become_properties() {
        let body = request_body("identity password mfaId? tries?:whole").unwrap();
        let schema = &body["content"]["application/json"]["schema"];
        assert_eq!(schema["required"], json!(["identity", "password"]));
        assert_eq!(schema["properties"]["tries"]["type"], "integer");
        assert_eq!(schema["properties"]["mfaId"]["type"], "string");
        assert_eq!(body["required"], true);
    }

    #[test]
    fn the_way_of_writing_is_part_of_it() {
        assert_eq!(request_body(""), None);
        let form = request_body("form: state? code?").unwrap();
        assert_eq!(form["required"], false);
        assert!(form["content"]["application/x-www-form-urlencoded"].is_object());
        let parts = request_body("parts: file:file").unwrap();
        let file = &parts["content"]["multipart/form-data"]["schema"]["properties"]["file"];
        assert_eq!(file["format"], "binary");
        let named = request_body("#CollectionBody").unwrap();
        let schema = &named["content"]["application/json"]["schema"];
        assert_eq!(schema["$ref"], "#/components/schemas/CollectionBody");
    }
}
