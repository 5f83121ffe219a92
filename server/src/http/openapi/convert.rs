//! OpenAPI 3.0, which poem-openapi writes, as OpenAPI 3.1.
//!
//! In 3.1 a schema is JSON Schema 2020-12: null is a type among others, an exclusive bound is a
//! number, and examples are a list. Everything else means the same in both.

use serde_json::{Map, Value as Json, json};

const VERSION: &str = "3.1.1";

/// Converts a whole document.
pub(super) fn to_3_1(document: &mut Json) {
    if let Some(document) = document.as_object_mut() {
        document.insert("openapi".to_owned(), VERSION.into());
    }
    visit(document);
}

/// Schemas are found wherever they stand: under `schema`, and among the named ones.
fn visit(json: &mut Json) {
    match json {
        Json::Array(items) => items.iter_mut().for_each(visit),
        Json::Object(map) => {
            for (key, value) in map.iter_mut() {
                match (key.as_str(), value) {
                    ("schema", schema) => convert_schema(schema),
                    ("schemas", Json::Object(named)) => named.values_mut().for_each(convert_schema),
                    ("example" | "examples", _) => {}
                    (_, other) => visit(other),
                }
            }
        }
        _ => {}
    }
}

fn convert_schema(schema: &mut Json) {
    let Some(map) = schema.as_object_mut() else {
        return;
    };
    for (key, value) in map.iter_mut() {
        match (key.as_str(), value) {
            ("properties", Json::Object(named)) => named.values_mut().for_each(convert_schema),
            ("items" | "additionalProperties" | "not", below) => convert_schema(below),
            ("anyOf" | "oneOf" | "allOf", Json::Array(several)) => {
                several.iter_mut().for_each(convert_schema);
            }
            _ => {}
        }
    }
    convert_bound(map, "minimum", "exclusiveMinimum");
    convert_bound(map, "maximum", "exclusiveMaximum");
    if let Some(example) = map.shift_remove("example") {
        map.insert("examples".to_owned(), json!([example]));
    }
    if map.shift_remove("nullable") == Some(Json::Bool(true)) {
        allow_null(map);
    }
}

/// `minimum: 1, exclusiveMinimum: true` is `exclusiveMinimum: 1`.
fn convert_bound(map: &mut Map<String, Json>, bound: &str, exclusive: &str) {
    if let Some(flag) = map.get(exclusive).and_then(Json::as_bool) {
        map.shift_remove(exclusive);
        if flag && let Some(value) = map.shift_remove(bound) {
            map.insert(exclusive.to_owned(), value);
        }
    }
}

fn allow_null(map: &mut Map<String, Json>) {
    if let Some(Json::Array(values)) = map.get_mut("enum")
        && !values.contains(&Json::Null)
    {
        values.push(Json::Null);
    }
    if let Some(kind @ Json::String(_)) = map.get_mut("type") {
        *kind = json!([kind.take(), "null"]);
        return;
    }
    for choice in ["anyOf", "oneOf"] {
        if let Some(Json::Array(several)) = map.get_mut(choice) {
            several.push(json!({"type": "null"}));
            return;
        }
    }
    // What has no type of its own says what it is by another schema; anything may be null already.
    if !map.is_empty() {
        let whole = Json::Object(std::mem::take(map));
        map.insert("anyOf".to_owned(), json!([whole, {"type": "null"}]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(schema: &Json) -> Json {
        let mut document = json!({"openapi": "3.0.0", "components": {"schemas": {"X": schema}}});
        to_3_1(&mut document);
        assert_eq!(document["openapi"], VERSION);
        document["components"]["schemas"]["X"].take()
    }

    #[test]
    fn null_is_a_type_among_others() {
        for (before, after) in [
            (
                json!({"type": "string", "nullable": true}),
                json!({"type": ["string", "null"]}),
            ),
            (
                json!({"type": "string", "nullable": false}),
                json!({"type": "string"}),
            ),
            (
                json!({"type": "string", "enum": ["a"], "nullable": true}),
                json!({"type": ["string", "null"], "enum": ["a", null]}),
            ),
            (
                json!({"$ref": "#/x", "nullable": true}),
                json!({"anyOf": [{"$ref": "#/x"}, {"type": "null"}]}),
            ),
            (
                json!({"anyOf": [{"type": "string"}], "nullable": true}),
                json!({"anyOf": [{"type": "string"}, {"type": "null"}]}),
            ),
            (json!({"nullable": true}), json!({})),
        ] {
            assert_eq!(converted(&before), after, "{before}");
        }
    }

    #[test]
    fn exclusive_bounds_are_numbers_and_examples_a_list() {
        for (before, after) in [
            (
                json!({"minimum": 1, "exclusiveMinimum": true}),
                json!({"exclusiveMinimum": 1}),
            ),
            (
                json!({"minimum": 1, "exclusiveMinimum": false}),
                json!({"minimum": 1}),
            ),
            (
                json!({"maximum": 9, "exclusiveMaximum": true}),
                json!({"exclusiveMaximum": 9}),
            ),
            (json!({"example": "a"}), json!({"examples": ["a"]})),
        ] {
            assert_eq!(converted(&before), after, "{before}");
        }
    }

    #[test]
    fn schemas_are_found_at_every_depth_and_nothing_else_is_touched() {
        let inner = json!({"type": "integer", "nullable": true});
        let schema = json!({"type": "object", "properties": {"nullable": inner, "list":
            {"type": "array", "items": inner}}, "additionalProperties": inner, "allOf": [inner]});
        let after = converted(&schema).to_string();
        assert_eq!(after.matches(r#"["integer","null"]"#).count(), 4, "{after}");
        assert!(after.contains(r#""properties":{"nullable":{"#), "{after}");
        let mut document = json!({"paths": {"/a": {"get": {"parameters": [
            {"name": "a", "schema": {"type": "string", "nullable": true}}],
            "responses": {"200": {"content": {"application/json": {
                "schema": {"type": "object", "nullable": true},
                "example": {"schema": {"nullable": true}}}}}}}}}});
        to_3_1(&mut document);
        let get = &document["paths"]["/a"]["get"];
        assert_eq!(get["parameters"][0]["schema"]["type"][1], "null");
        let media = &get["responses"]["200"]["content"]["application/json"];
        assert_eq!(media["schema"]["type"][1], "null");
        assert_eq!(media["example"]["schema"]["nullable"], true);
    }
}
