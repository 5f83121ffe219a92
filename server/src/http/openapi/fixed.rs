//! The part of the document that is the same on every server: the static routes, as they are
//! declared, in OpenAPI 3.1 and with what `operations.rs` says of them.

use std::sync::OnceLock;

use poem_openapi::registry::{MetaApi, Registry};
use poem_openapi::{OpenApi, OpenApiService};
use serde_json::{Map, Value as Json, json};

use super::operations::{self, Access, GROUPS};
use super::{bodies, convert, errors, set};
use crate::http::{Api, Routes};

const ABOUT: &str = "\
Every collection has lists, views, creates, updates and deletes of its records, as far as its \
rules allow; what stands here is what the caller of this document may see. Bodies are JSON; forms \
(`application/x-www-form-urlencoded`, `multipart/form-data`) are taken too. With `fields` an \
answer has only the keys that are named, also of those that are called required here. Schemas of \
records say what the definition says now: records from before a change of it may hold other \
choices. Failed requests answer `{\"data\",\"message\",\"status\"}`.";

/// The routes as they are declared, without anything that carries them out.
struct Declared;

impl OpenApi for Declared {
    fn meta() -> Vec<MetaApi> {
        <Api as OpenApi>::meta()
    }

    fn register(registry: &mut Registry) {
        <Api as OpenApi>::register(registry);
    }

    fn add_routes(self, _: &mut Routes) {}
}

/// The document without any collection; made once, since the routes do not change.
pub(super) fn document() -> &'static Json {
    static DOCUMENT: OnceLock<Json> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let service = OpenApiService::new(Declared, "Luge", env!("CARGO_PKG_VERSION"));
        let mut document = serde_json::from_str(&service.spec()).unwrap_or_default();
        convert::to_3_1(&mut document);
        complete(&mut document);
        document
    })
}

fn complete(document: &mut Json) {
    for_each_operation(document, complete_operation);
    let mut set = |path: &[&str], value| set(document, path, value);
    set(&["info", "description"], ABOUT.into());
    let license = json!({"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"});
    set(&["info", "license"], license);
    set(&["servers"], json!([{"url": "/"}]));
    set(&["security"], json!([{}]));
    let tags = GROUPS
        .iter()
        .map(|group| json!({"name": group.name, "description": group.about}));
    set(&["tags"], tags.collect());
    set(&["components", "responses"], errors::responses().into());
    set(&["components", "securitySchemes"], security_schemes());
    for (name, schema) in bodies::definitions().into_iter().chain(errors::schemas()) {
        set(&["components", "schemas", name], schema);
    }
}

/// Calls back for every operation with its path and method.
fn for_each_operation(
    document: &mut Json,
    mut change: impl FnMut(&str, &str, &mut Map<String, Json>),
) {
    let paths = document.get_mut("paths").and_then(Json::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            if let Some(operation) = operation.as_object_mut() {
                change(path, method, operation);
            }
        }
    }
}

fn complete_operation(_path: &str, method: &str, operation: &mut Map<String, Json>) {
    let id = operation.get("operationId").and_then(Json::as_str);
    let id = id.unwrap_or_default().to_owned();
    if let Some((group, row)) = operations::find(&id) {
        operation.insert("tags".to_owned(), json!([group.name]));
        operation.insert("security".to_owned(), security(row.access));
        operation.insert("x-luge-access".to_owned(), row.access.name().into());
        // What is no JSON is declared with the route.
        if !id.ends_with("Upload") && !id.ends_with("UploadMethod") {
            operation.shift_remove("requestBody");
            let body = bodies::request_body(row.body);
            operation.extend(body.map(|body| ("requestBody".to_owned(), body)));
        }
    }
    let parameters = operation.get_mut("parameters").map(Json::take);
    let mut parameters = one_by_one(parameters.as_ref());
    parameters.extend(undeclared(&id));
    operation.insert("parameters".to_owned(), Json::Array(parameters));
    errors::refine(&id, method, operation);
}

/// An object among the parameters is one parameter for each of its properties.
fn one_by_one(parameters: Option<&Json>) -> Vec<Json> {
    let mut all = Vec::new();
    for parameter in parameters.and_then(Json::as_array).into_iter().flatten() {
        let place = &parameter["in"];
        match parameter.pointer("/schema/properties") {
            Some(Json::Object(properties)) => {
                all.extend(properties.iter().map(|(name, schema)| {
                    let mut schema = schema.clone();
                    let about = schema
                        .as_object_mut()
                        .and_then(|schema| schema.shift_remove("description"));
                    let about = about.unwrap_or_default();
                    json!({"name": name, "in": place, "description": about, "schema": schema})
                }));
            }
            _ => all.push(json!({
                "name": parameter["name"],
                "in": place,
                "required": parameter["required"],
                "schema": parameter["schema"],
            })),
        }
    }
    all
}

/// The headers that mean something to an operation, beside who asks.
/// The parameters that a route reads without declaring them.
fn undeclared(id: &str) -> Vec<Json> {
    let parameter = |place: &str, name: &str, about: &str| {
        json!({
            "name": name,
            "in": place,
            "description": about,
            "schema": {"type": "string"},
        })
    };
    let header = |name: &str, about: &str| vec![parameter("header", name, about)];
    match id {
        "createRecord" | "batch" => header(
            "Idempotency-Key",
            "1 to 255 characters: sent again with it, the request gets the same answer for 24 \
             hours and does nothing.",
        ),
        "updateRecord" | "deleteRecord" => header(
            "If-Match",
            "Only if the record is still what one of these tags was given for.",
        ),
        "listRecords" | "viewRecord" => header(
            "If-None-Match",
            "Tags of what the client has: a 304 where that is the answer.",
        ),
        "queryGraphql" => vec![
            parameter("query", "query", "The document; no mutation."),
            parameter("query", "variables", "Their values, as a JSON object."),
            parameter("query", "operationName", "Which operation of several."),
        ],
        _ => Vec::new(),
    }
}

fn security(access: Access) -> Json {
    match access {
        Access::Anyone => json!([{}, {"token": []}, {"apiKey": []}, {"cookie": []}]),
        Access::Record | Access::Superuser => {
            json!([{"token": []}, {"apiKey": []}, {"cookie": []}])
        }
    }
}

fn security_schemes() -> Json {
    json!({
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "The token of a sign-in. `Bearer ` may be left out.",
        },
        "apiKey": {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "An API key (`luge_…`), which acts as a record within its scope.",
        },
        "cookie": {
            "type": "apiKey",
            "in": "cookie",
            "name": "__Host-luge",
            "description": "Set by a sign-in with `?cookie=1`, where the collection allows it.",
        },
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_operation_has_a_row_and_every_row_an_operation() {
        let mut document = document().clone();
        let mut documented = BTreeSet::new();
        for_each_operation(&mut document, |path, method, operation| {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            assert!(
                operations::find(&id).is_some(),
                "{method} {path} ({id}) has no row in openapi/operations.rs"
            );
            assert!(
                documented.insert(id),
                "{method} {path} has no id of its own"
            );
        });
        let rows = GROUPS.iter().flat_map(|group| group.rows);
        let listed: Vec<String> = rows.map(|row| row.id.to_owned()).collect();
        let unique: BTreeSet<String> = listed.iter().cloned().collect();
        assert_eq!(listed.len(), unique.len(), "an operation has two rows");
        assert_eq!(unique, documented);
    }

    #[test]
    fn every_reference_leads_to_a_schema() {
        let text = document().to_string();
        let named = text.split("\"#/components/schemas/").skip(1);
        for name in named.filter_map(|rest| rest.split('"').next()) {
            let schema = &document()["components"]["schemas"][name];
            assert!(schema.is_object(), "there is no schema {name}");
        }
    }

    #[test]
    fn nothing_of_3_0_is_left() {
        let text = document().to_string();
        assert!(text.starts_with(r#"{"openapi":"3.1."#), "{text:.60}");
        for word in ["\"nullable\"", "\"example\":", "\"exclusiveMinimum\":true"] {
            assert!(!text.contains(word), "{word}");
        }
    }
}
