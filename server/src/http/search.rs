//! How search fares. Superusers only.

use std::sync::Arc;

use luge_engine::search::CollectionStatus;
use poem::Request;
use poem_openapi::OpenApi;
use serde_json::{Value as Json, json};

use crate::http::answer::{Answer, JsonBytes};
use crate::http::app::App;
use crate::http::query::AnswerOptions;
use crate::http::shapes::SearchStatusShape;

/// The routes.
pub(crate) struct SearchApi(pub(crate) Arc<App>);

#[OpenApi]
impl SearchApi {
    /// Shows which collections are searchable, and how far their index is.
    #[oai(
        path = "/api/search/status",
        method = "get",
        operation_id = "searchStatus"
    )]
    async fn status(&self, request: &Request, options: AnswerOptions) -> Answer<SearchStatusShape> {
        self.0.superuser_context(request)?;
        let status = self.0.engine.search.status();
        let behind = status
            .sequence
            .map(|seen| status.durable.0.saturating_sub(seen.0));
        let collections: Vec<Json> = status.collections.iter().map(collection_json).collect();
        let json = json!({ "commitsBehind": behind, "collections": collections });
        JsonBytes::of_json(json, &options.fields)
    }
}

fn collection_json(status: &CollectionStatus) -> Json {
    json!({
        "collection": status.name,
        "searchable": status.answers,
        "building": status.building.is_some(),
        "recordsAdded": status.building,
    })
}
