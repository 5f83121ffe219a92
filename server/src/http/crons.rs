//! What the server does by a schedule (contract §1.7), and by itself. Superusers only, which the
//! engine checks.

use std::sync::Arc;

use luge_engine::jobs::{LastRun, Listed};
use luge_model::timestamp::Timestamp;
use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use serde_json::{Value as Json, json};

use crate::http::answer::{Answer, JsonBytes, NoContent};
use crate::http::app::App;
use crate::http::error::Failure;
use crate::http::query::AnswerOptions;
use crate::http::shapes::{CronsShape, JobsShape};

/// The routes.
pub(crate) struct CronsApi(pub(crate) Arc<App>);

#[OpenApi]
impl CronsApi {
    /// Lists what is done by a schedule.
    #[oai(path = "/api/crons", method = "get", operation_id = "listCrons")]
    async fn list(&self, request: &Request, options: AnswerOptions) -> Answer<CronsShape> {
        let context = self.0.context(request);
        let crons = self.0.crons.list(&context, &self.0.engine)?.into_iter();
        let crons = crons.map(|(id, expression)| json!({"id": id, "expression": expression}));
        JsonBytes::of_json(Json::Array(crons.collect()), &options.fields)
    }

    /// Lists everything that the server does by itself, how that went last and when it is next.
    #[oai(path = "/api/jobs", method = "get", operation_id = "listJobs")]
    async fn jobs(&self, request: &Request, options: AnswerOptions) -> Answer<JobsShape> {
        let context = self.0.context(request);
        let jobs = self.0.crons.jobs(&context, &self.0.engine)?;
        let jobs: Vec<Json> = jobs.into_iter().map(shown).collect();
        JsonBytes::of_json(json!({ "items": jobs }), &options.fields)
    }

    /// Has it done now; the answer does not wait.
    #[oai(path = "/api/crons/:id", method = "post", operation_id = "runCron")]
    async fn run(&self, request: &Request, id: Path<String>) -> Result<NoContent, Failure> {
        let context = self.0.superuser_context(request)?;
        self.0.crons.ring(&context, &self.0.engine, &id)?;
        Ok(NoContent)
    }
}

/// What is known of a job; times that there are not are empty.
fn shown(job: Listed) -> Json {
    let time = |time: Option<Timestamp>| time.map_or_else(String::new, |time| time.to_string());
    let last = job.known.last.map(|last| {
        let LastRun {
            began,
            milliseconds,
            problem,
        } = last;
        json!({
            "began": Timestamp(began).to_string(),
            "milliseconds": milliseconds,
            "done": problem.is_none(),
            "problem": problem.unwrap_or_default(),
        })
    });
    json!({
        "id": job.id,
        "expression": job.expression.unwrap_or_default(),
        "running": time(job.known.running),
        "next": time(job.known.next),
        "last": last,
    })
}
