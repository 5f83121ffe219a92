//! Trying rules out (superusers only, which the engine itself checks).

use std::sync::Arc;

use luge_engine::access::Operation;
use luge_engine::error::Error;
use luge_engine::records::{RuleTest, RuleVerdict, TestedPrincipal};
use luge_model::filter::{Scalar, Trace};
use luge_model::invalid::{Violation, Violations};
use luge_model::principal::{RequestContext, RequestFacts};
use poem::Request;
use poem_openapi::OpenApi;
use serde_json::{Map, Value as Json, json};

use crate::http::answer::{Answer, JsonBytes};
use crate::http::app::App;
use crate::http::auth::required_text;
use crate::http::body::RawBody;
use crate::http::error::Failure;
use crate::http::query::AnswerOptions;
use crate::http::shapes::RuleVerdictShape;

/// The actions whose rules can be tried out, and the method of their requests.
const ACTIONS: [(&str, Operation, &str); 7] = [
    ("list", Operation::List, "GET"),
    ("view", Operation::View, "GET"),
    ("create", Operation::Create, "POST"),
    ("update", Operation::Update, "PATCH"),
    ("delete", Operation::Delete, "DELETE"),
    ("manage", Operation::Manage, "PATCH"),
    ("auth", Operation::Authenticate, "POST"),
];

/// The routes.
pub(crate) struct RulesApi(pub(crate) Arc<App>);

#[OpenApi]
impl RulesApi {
    /// Says what a rule, saved or not, answers to somebody's request, and why.
    #[oai(path = "/api/rules/test", method = "post", operation_id = "testRule")]
    async fn test(
        &self,
        request: &Request,
        options: AnswerOptions,
        body: RawBody,
    ) -> Answer<RuleVerdictShape> {
        let context = self.0.superuser_context(request)?;
        let body = body.into_object().await?;
        let test = read(&body).map_err(|violations| Failure::invalid(&violations))?;
        let verdict = self
            .0
            .scan(move |engine| engine.records.test_rule(&context, &test))
            .await?;
        JsonBytes::of_json(verdict_json(&verdict)?, &options.fields)
    }
}

fn read(body: &Map<String, Json>) -> Result<RuleTest, Violations> {
    let mut violations = Violations::new();
    let collection = required_text(body, "collection", &mut violations);
    let named = body
        .get("action")
        .and_then(Json::as_str)
        .unwrap_or_default();
    let action = ACTIONS.iter().find(|(name, ..)| *name == named);
    if action.is_none() {
        let known = ACTIONS.map(|(name, ..)| name).join(", ");
        let message = format!("Must be one of {known}.");
        violations.add("action", Violation::new("validation_in_invalid", message));
    }
    let rule = match body.get("rule") {
        None => None,
        Some(Json::Null) => Some(None),
        Some(Json::String(rule)) => Some(Some(rule.clone())),
        Some(_) => {
            violations.add(
                "rule",
                malformed("Must be a text, or null for a locked rule."),
            );
            None
        }
    };
    let principal = principal(body.get("principal"), &mut violations);
    let record = match body.get("record") {
        None | Some(Json::Null) => None,
        Some(Json::String(id)) => Some(id.clone()),
        Some(_) => {
            violations.add("record", malformed("Must be the id of a record."));
            None
        }
    };
    let mut request = RequestFacts {
        context: RequestContext::Default,
        method: action.map_or("", |(.., method)| method).to_owned(),
        body: object(body, "body", &mut violations),
        ..RequestFacts::default()
    };
    for (key, value) in object(body, "query", &mut violations) {
        request.query.insert(key, text_of(&value));
    }
    for (key, value) in object(body, "headers", &mut violations) {
        let key = key.to_ascii_lowercase().replace('-', "_");
        request.headers.insert(key, text_of(&value));
    }
    violations.into_result()?;
    Ok(RuleTest {
        collection,
        operation: action.map_or(Operation::List, |(_, operation, _)| *operation),
        rule,
        principal,
        record,
        request,
    })
}

/// `null` for a guest, `{"collection": …, "id": …}` for a record.
fn principal(json: Option<&Json>, violations: &mut Violations) -> Option<TestedPrincipal> {
    let part = |object: &Map<String, Json>, key: &str| object.get(key)?.as_str().map(str::to_owned);
    match json {
        None | Some(Json::Null) => None,
        Some(Json::Object(object)) => {
            let principal = part(object, "collection").zip(part(object, "id"));
            if principal.is_none() {
                violations.add("principal", malformed("Needs a collection and an id."));
            }
            principal.map(|(collection, record)| TestedPrincipal { collection, record })
        }
        Some(_) => {
            let message = "Must be null for a guest, or an object with collection and id.";
            violations.add("principal", malformed(message));
            None
        }
    }
}

fn object(body: &Map<String, Json>, key: &str, violations: &mut Violations) -> Map<String, Json> {
    match body.get(key) {
        None | Some(Json::Null) => Map::new(),
        Some(Json::Object(object)) => object.clone(),
        Some(_) => {
            violations.add(key, malformed("Must be an object."));
            Map::new()
        }
    }
}

fn malformed(message: &str) -> Violation {
    Violation::new("validation_invalid_value", message)
}

fn text_of(json: &Json) -> String {
    match json {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn verdict_json(verdict: &RuleVerdict) -> Result<Json, Failure> {
    let visible = match &verdict.visible {
        None => Json::Null,
        Some((total, sample)) => {
            let mut items = Vec::with_capacity(sample.len());
            for view in sample {
                let mut bytes = Vec::new();
                view.write_json(&mut bytes);
                let item = serde_json::from_slice::<Json>(&bytes);
                items.push(item.map_err(|error| Error::BadRequest(error.to_string()))?);
            }
            json!({ "totalItems": total, "items": items })
        }
    };
    Ok(json!({
        "allowed": verdict.allowed,
        "rule": verdict.rule,
        "trace": verdict.trace.as_ref().map(trace_json),
        "visible": visible,
    }))
}

fn trace_json(trace: &Trace) -> Json {
    let mut json = Map::from_iter([
        ("expression".to_owned(), trace.text.clone().into()),
        ("holds".to_owned(), trace.holds.into()),
    ]);
    if let Some([left, right]) = &trace.values {
        let values = |side: &[Scalar<'_>]| Json::Array(side.iter().map(scalar_json).collect());
        json.insert("left".to_owned(), values(left));
        json.insert("right".to_owned(), values(right));
    }
    if !trace.parts.is_empty() {
        let parts = trace.parts.iter().map(trace_json).collect();
        json.insert("parts".to_owned(), Json::Array(parts));
    }
    Json::Object(json)
}

fn scalar_json(scalar: &Scalar<'_>) -> Json {
    match scalar {
        Scalar::Null => Json::Null,
        Scalar::Integer(number) => (*number).into(),
        Scalar::Real(number) => (*number).into(),
        Scalar::Text(text) => text.as_ref().into(),
    }
}
