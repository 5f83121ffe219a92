//! Trying rules out and running the saved tests (superusers only, which the engine itself checks).

use std::sync::Arc;

use luge_engine::records::RuleTest;
use luge_model::invalid::{Violation, Violations};
use poem::Request;
use poem_openapi::OpenApi;
use serde_json::{Map, Value as Json, json};

use crate::http::answer::{Answer, JsonBytes};
use crate::http::app::App;
use crate::http::body::RawBody;
use crate::http::error::Failure;
use crate::http::explain::explanation_json;
use crate::http::query::AnswerOptions;
use crate::http::shapes::{RuleRunShape, RuleVerdictShape};

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
        let read = RuleTest::from_json(&body);
        let test = read.map_err(|violations| Failure::invalid(&violations))?;
        let verdict = self
            .0
            .scan(move |engine| engine.records.test_rule(&context, &test))
            .await?;
        let mut json = json!(verdict);
        if let Some(json) = json.as_object_mut() {
            let plan = verdict.plan.as_deref().map(explanation_json);
            json.insert("plan".to_owned(), plan.into());
        }
        JsonBytes::of_json(json, &options.fields)
    }

    /// Runs the saved tests of the rules of one collection or of all.
    #[oai(
        path = "/api/rules/run",
        method = "post",
        operation_id = "runRuleTests"
    )]
    async fn run(
        &self,
        request: &Request,
        options: AnswerOptions,
        body: RawBody,
    ) -> Answer<RuleRunShape> {
        let context = self.0.superuser_context(request)?;
        let body = body.into_object().await?;
        let collection =
            chosen_collection(&body).map_err(|violations| Failure::invalid(&violations))?;
        let run = self
            .0
            .scan(move |engine| {
                let chosen = collection.as_deref();
                engine.records.run_rule_tests(&context, chosen)
            })
            .await?;
        JsonBytes::of_json(json!(run), &options.fields)
    }
}

fn chosen_collection(body: &Map<String, Json>) -> Result<Option<String>, Violations> {
    let malformed = |message: &str| Violation::new("validation_invalid_value", message);
    let mut violations = Violations::new();
    for key in body.keys().filter(|key| *key != "collection") {
        violations.add(key, malformed("There is no such key."));
    }
    let collection = match body.get("collection") {
        None | Some(Json::Null) => None,
        Some(Json::String(name)) if !name.is_empty() => Some(name.clone()),
        Some(_) => {
            violations.add("collection", malformed("Must be a name or an id."));
            None
        }
    };
    violations.into_result().map(|()| collection)
}
