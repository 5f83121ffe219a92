//! What failed requests answer: the schemas, and which statuses belong to which operations.
//!
//! - A failure that means the same everywhere stands once in the document, and operations refer to
//!   it by its status.

use poem_openapi::ApiResponse;
use serde_json::{Map, Value as Json, json};

use super::bodies::reference;
use super::codes::CODES;
use crate::http::error::Failure;

/// The schemas of failures, by name.
pub(super) fn schemas() -> [(&'static str, Json); 6] {
    let violation = json!({
        "type": "object",
        "description": "Why a field is refused.",
        "required": ["code", "message"],
        "properties": {
            "code": {"type": "string", "examples": CODES},
            "message": {"type": "string", "description": "A sentence for people."},
            "params": {
                "type": "object",
                "description": "The numbers and names in the sentence.",
                "additionalProperties": true,
            },
        },
    });
    let violations = json!({
        "type": "object",
        "description": "Why fields are refused, by name; what is nested nests.",
        "additionalProperties": {"anyOf": [reference("Violation"), reference("Violations")]},
    });
    [
        ("Violation", violation),
        ("Violations", violations),
        ("Error", envelope(&reference("Violations"))),
        ("Conflict", conflict()),
        ("SecondFactor", second_factor()),
        ("GraphqlAnswer", graphql_answer()),
    ]
}

fn envelope(data: &Json) -> Json {
    json!({
        "type": "object",
        "description": "What every failed request answers.",
        "required": ["data", "message", "status"],
        "properties": {
            "data": data,
            "message": {"type": "string", "description": "A sentence for people."},
            "status": {"type": "integer"},
        },
    })
}

fn conflict() -> Json {
    let record = json!({
        "type": "object",
        "description": "The record as it is now, where the caller may view it.",
        "additionalProperties": true,
    });
    envelope(&record)
}

fn second_factor() -> Json {
    json!({
        "type": "object",
        "description": "The sign-in is good, and needs one of these methods with the id.",
        "required": ["mfaId"],
        "properties": {
            "mfaId": {"type": "string"},
            "methods": {"type": "array", "items": {"type": "string"}},
        },
    })
}

fn graphql_answer() -> Json {
    let extensions = json!({
        "type": "object",
        "properties": {
            "code": {"type": "string"},
            "status": {"type": "integer"},
            "data": reference("Violations"),
        },
    });
    let error = json!({
        "type": "object",
        "required": ["message"],
        "properties": {
            "message": {"type": "string", "description": "A sentence for people."},
            "locations": {"type": "array", "items": {"type": "object"}},
            "path": {"type": "array", "items": {"type": ["string", "integer"]}},
            "extensions": extensions,
        },
    });
    json!({
        "type": "object",
        "description": "What GraphQL answers: what was carried out, and why something was not.",
        "properties": {
            "data": {"type": ["object", "null"], "additionalProperties": true},
            "errors": {"type": "array", "items": error},
        },
    })
}

/// Leaves of an operation's answers those that it can give, and says what some of them hold.
pub(super) fn refine(id: &str, method: &str, operation: &mut Map<String, Json>) {
    let has_body = operation.contains_key("requestBody");
    let Some(Json::Object(responses)) = operation.get_mut("responses") else {
        return;
    };
    let conditional = matches!(id, "updateRecord" | "deleteRecord");
    let upload = id.ends_with("Upload") || id.ends_with("UploadMethod");
    let once = matches!(id, "createRecord" | "batch");
    responses.retain(|status, _| match status.as_str() {
        "304" => method == "get",
        "409" => conditional || upload,
        "413" => has_body,
        "422" => once,
        _ => true,
    });
    let graphql = matches!(id, "queryGraphql" | "runGraphql");
    for (status, response) in responses.iter_mut() {
        if graphql {
            let schema = json!({"application/json": {"schema": answer_of_graphql(status)}});
            if let Some(response) = response.as_object_mut() {
                response.insert("content".to_owned(), schema);
            }
        } else if SHARED.contains(&status.as_str()) {
            *response = json!({"$ref": format!("#/components/responses/Failure{status}")});
        }
    }
    if conditional {
        set_schema(responses, "409", &reference("Conflict"));
    }
    if id.starts_with("auth") && responses.contains_key("401") {
        let either = json!({"anyOf": [reference("SecondFactor"), reference("Error")]});
        let response = json!({
            "description": "A sign-in is needed, or a second method beside this one.",
            "content": {"application/json": {"schema": either}},
        });
        responses.insert("401".to_owned(), response);
    }
}

/// Failures of GraphQL have its own shape, unless they come before it is asked.
fn answer_of_graphql(status: &str) -> Json {
    let answer = reference("GraphqlAnswer");
    match status {
        "200" => answer,
        _ => json!({"anyOf": [answer, reference("Error")]}),
    }
}

/// The statuses of failures that mean the same everywhere.
const SHARED: [&str; 8] = ["400", "401", "403", "404", "413", "429", "500", "503"];

/// What these failures say, by the name under which operations refer to them.
pub(super) fn responses() -> Map<String, Json> {
    let declared = Failure::meta().responses.into_iter();
    let named = declared.filter_map(|response| Some((response.status?, response.description)));
    named
        .filter(|(status, _)| SHARED.contains(&status.to_string().as_str()))
        .map(|(status, description)| {
            let schema = reference("Error");
            let response = json!({
                "description": description,
                "content": {"application/json": {"schema": schema}},
            });
            (format!("Failure{status}"), response)
        })
        .collect()
}

fn set_schema(responses: &mut Map<String, Json>, status: &str, schema: &Json) {
    let path = "/content/application~1json/schema";
    let found = responses.get_mut(status);
    if let Some(found) = found.and_then(|response| response.pointer_mut(path)) {
        *found = schema.clone();
    }
}
