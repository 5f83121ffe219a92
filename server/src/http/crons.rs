//! What the server does by a schedule (contract §1.7). Superusers only, which the engine checks.

use std::sync::Arc;

use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use serde_json::{Value as Json, json};

use crate::http::answer::{Answer, JsonBytes, NoContent};
use crate::http::app::App;
use crate::http::error::Failure;
use crate::http::query::AnswerOptions;
use crate::http::shapes::CronsShape;

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

    /// Has it done now; the answer does not wait.
    #[oai(path = "/api/crons/:id", method = "post", operation_id = "runCron")]
    async fn run(&self, request: &Request, id: Path<String>) -> Result<NoContent, Failure> {
        let context = self.0.superuser_context(request)?;
        self.0.crons.ring(&context, &self.0.engine, &id)?;
        Ok(NoContent)
    }
}
