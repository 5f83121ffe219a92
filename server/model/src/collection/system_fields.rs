//! The fields every collection of a type has, and what of them cannot be chosen.

use serde_json::{Map, Value as Json, json};

use crate::field::text::ID_PATTERN;

/// Which collection the fields belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Base,
    Auth,
    View,
}

/// The fields of an auth collection apart from `id`, in the order in which missing ones are added.
pub(super) const AUTH_FIELDS: [&str; 5] = [
    "password",
    "tokenKey",
    "email",
    "emailVisibility",
    "verified",
];

/// Adds the fields that are missing and sets what cannot be chosen.
pub(super) fn complete(fields: &mut Vec<Map<String, Json>>, shape: Shape) {
    if shape == Shape::View {
        return;
    }
    let is_id = |field: &Map<String, Json>| is_named(field, "id") && is_type(field, "text");
    if !fields.iter().any(is_id) {
        fields.insert(0, default_field("id"));
    }
    for field in fields.iter_mut().filter(|field| is_id(field)) {
        force(field, &["system", "required", "primaryKey"]);
        if field
            .get("pattern")
            .and_then(Json::as_str)
            .unwrap_or_default()
            .is_empty()
        {
            field.insert("pattern".to_owned(), ID_PATTERN.into());
        }
    }
    if shape == Shape::Auth {
        complete_auth(fields);
    }
}

fn complete_auth(fields: &mut Vec<Map<String, Json>>) {
    for name in AUTH_FIELDS {
        match fields.iter_mut().find(|field| is_named(field, name)) {
            None => fields.push(default_field(name)),
            Some(field) => {
                force(field, &["system"]);
                match name {
                    "password" | "tokenKey" => force(field, &["hidden", "required"]),
                    "email" => {
                        field.insert("hidden".to_owned(), false.into());
                    }
                    _ => {}
                }
            }
        }
    }
}

fn force(field: &mut Map<String, Json>, flags: &[&str]) {
    for flag in flags {
        field.insert((*flag).to_owned(), true.into());
    }
}

fn is_named(field: &Map<String, Json>, name: &str) -> bool {
    field.get("name").and_then(Json::as_str) == Some(name)
}

fn is_type(field: &Map<String, Json>, type_name: &str) -> bool {
    field.get("type").and_then(Json::as_str) == Some(type_name)
}

fn default_field(name: &str) -> Map<String, Json> {
    let field = match name {
        "id" => json!({
            "autogeneratePattern": "[a-z0-9]{15}", "id": "text3208210256", "max": 15, "min": 15,
            "name": "id", "pattern": ID_PATTERN, "primaryKey": true, "required": true,
            "system": true, "type": "text",
        }),
        "password" => json!({
            "hidden": true, "id": "password901924565", "min": 8, "name": "password",
            "required": true, "system": true, "type": "password",
        }),
        "tokenKey" => json!({
            "autogeneratePattern": "[a-zA-Z0-9]{50}", "hidden": true, "id": "text2504183744",
            "max": 60, "min": 30, "name": "tokenKey", "required": true, "system": true,
            "type": "text",
        }),
        "email" => json!({
            "id": "email3885137012", "name": "email", "required": true, "system": true,
            "type": "email",
        }),
        "emailVisibility" => json!({
            "id": "bool1547992806", "name": "emailVisibility", "system": true, "type": "bool",
        }),
        _ => json!({ "id": "bool256245529", "name": "verified", "system": true, "type": "bool" }),
    };
    match field {
        Json::Object(field) => field,
        _ => Map::new(),
    }
}
