//! Searching many collections at once, and how search fares.

use std::io::Write;
use std::sync::Arc;

use luge_engine::records::{Searches, SearchesRequest};
use luge_engine::search::CollectionStatus;
use luge_model::collection::Collection;
use poem::Request;
use poem_openapi::OpenApi;
use serde_json::{Value as Json, json};

use crate::http::answer::{Answer, JsonBytes};
use crate::http::app::App;
use crate::http::query::{AnswerOptions, SearchesOptions};
use crate::http::shapes::{SearchGroupsShape, SearchStatusShape};

/// The routes.
pub(crate) struct SearchApi(pub(crate) Arc<App>);

#[OpenApi]
impl SearchApi {
    /// Searches the collections whose records the caller may list.
    #[oai(
        path = "/api/search",
        method = "get",
        operation_id = "searchCollections"
    )]
    async fn search(
        &self,
        request: &Request,
        options: SearchesOptions,
    ) -> Answer<SearchGroupsShape> {
        let context = self.0.context(request);
        let fields = options.fields.clone();
        if options.search.waits {
            self.0.engine.search.caught_up_everywhere().await?;
        }
        let asked = asked(options);
        let account = context.account.clone();
        let bytes = self
            .0
            .scan_for(&account, move |engine| {
                Ok(groups_json(&engine.records.search(&context, &asked)?))
            })
            .await?;
        JsonBytes::of_groups(bytes, &fields)
    }

    /// Shows superusers which collections are searchable, and how far their index is.
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

fn asked(options: SearchesOptions) -> SearchesRequest {
    let SearchesOptions {
        search,
        collections,
        per_collection,
        ..
    } = options;
    SearchesRequest {
        search: search.text,
        collections,
        per_collection,
        highlight: search.highlight,
        counts_all_hits: search.counts_all,
    }
}

fn groups_json(searches: &Searches) -> Vec<u8> {
    let mut bytes = br#"{"groups":["#.to_vec();
    for (position, (collection, page)) in searches.groups.iter().enumerate() {
        if position > 0 {
            bytes.push(b',');
        }
        let Collection { id, name, .. } = &**collection;
        let (id, name) = (json!(id), json!(name));
        // Writing to memory does not fail.
        let _ = write!(
            bytes,
            r#"{{"collectionId":{id},"collectionName":{name},"items":["#
        );
        for (position, view) in page.items.iter().enumerate() {
            if position > 0 {
                bytes.push(b',');
            }
            view.write_json(&mut bytes);
        }
        let total = page.total_items.unwrap_or_default();
        let _ = write!(bytes, r#"],"totalItems":{total}"#);
        if page.more_than_total {
            bytes.extend_from_slice(br#","totalIsLeast":true"#);
        }
        bytes.push(b'}');
    }
    bytes.push(b']');
    if !searches.not_ready.is_empty() {
        let names = searches.not_ready.iter().map(|one| one.name.as_str());
        let names: Json = names.collect();
        let _ = write!(bytes, r#","notReady":{names}"#);
    }
    bytes.push(b'}');
    bytes
}
