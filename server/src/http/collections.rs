//! The collections: what is defined, and changing it (contract §1.1). Superusers only, which the
//! engine itself checks.

use std::sync::Arc;

use luge_engine::catalog::{CollectionPage, CollectionsRequest};
use luge_model::collection::Collections;
use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use serde_json::{Value as Json, json};

use crate::http::answer::{Answer, JsonBytes, NoContent};
use crate::http::app::App;
use crate::http::body::RawBody;
use crate::http::error::Failure;
use crate::http::page;
use crate::http::query::{AnswerOptions, ListOptions};
use crate::http::shapes::{
    ChangePlanShape, CollectionShape, CollectionsShape, ProvidersShape, ScaffoldsShape,
};

/// The routes.
pub(crate) struct CollectionsApi(pub(crate) Arc<App>);

#[OpenApi]
impl CollectionsApi {
    /// Lists the collections.
    #[oai(
        path = "/api/collections",
        method = "get",
        operation_id = "listCollections"
    )]
    async fn list(&self, request: &Request, options: ListOptions) -> Answer<CollectionsShape> {
        let context = self.0.context(request);
        let fields = options.fields.clone();
        let page = self.0.engine.catalog.list(&context, &asked(options))?;
        JsonBytes::of_page(page_json(&page), &fields)
    }

    /// Makes a collection.
    #[oai(
        path = "/api/collections",
        method = "post",
        operation_id = "createCollection"
    )]
    async fn create(
        &self,
        request: &Request,
        body: RawBody,
        options: AnswerOptions,
    ) -> Answer<CollectionShape> {
        let context = self.0.superuser_context(request)?;
        let body = body.into_object().await?;
        let made = self.0.engine.catalog.create(&context, &body).await;
        let made = made.map_err(Failure::of_collections)?;
        JsonBytes::of_json(Json::Object(made.to_json()), &options.fields)
    }

    /// Shows a collection.
    #[oai(
        path = "/api/collections/:collection",
        method = "get",
        operation_id = "viewCollection"
    )]
    async fn view(
        &self,
        request: &Request,
        collection: Path<String>,
        options: AnswerOptions,
    ) -> Answer<CollectionShape> {
        self.0.superuser_context(request)?;
        let snapshot = self.0.engine.catalog.snapshot();
        let found = snapshot.find(&collection).ok_or_else(Failure::not_found)?;
        JsonBytes::of_json(Json::Object(found.to_json()), &options.fields)
    }

    /// Changes a collection; what is not sent stays.
    #[oai(
        path = "/api/collections/:collection",
        method = "patch",
        operation_id = "updateCollection"
    )]
    async fn update(
        &self,
        request: &Request,
        collection: Path<String>,
        body: RawBody,
        options: AnswerOptions,
    ) -> Answer<CollectionShape> {
        let context = self.0.superuser_context(request)?;
        let body = body.into_object().await?;
        let changed = self
            .0
            .engine
            .catalog
            .update(&context, &collection, &body)
            .await;
        let changed = changed.map_err(Failure::of_collections)?;
        JsonBytes::of_json(Json::Object(changed.to_json()), &options.fields)
    }

    /// Says what a change of a collection would do, without doing it.
    #[oai(
        path = "/api/collections/:collection/plan",
        method = "post",
        operation_id = "planCollection"
    )]
    async fn plan(
        &self,
        request: &Request,
        collection: Path<String>,
        options: AnswerOptions,
        body: RawBody,
    ) -> Answer<ChangePlanShape> {
        let context = self.0.superuser_context(request)?;
        let body = body.into_object().await?;
        let planned = self
            .0
            .scan(move |engine| engine.catalog.plan(&context, &collection, &body))
            .await?;
        JsonBytes::of_json(json!(planned), &options.fields)
    }

    /// Removes a collection with its records.
    #[oai(
        path = "/api/collections/:collection",
        method = "delete",
        operation_id = "deleteCollection"
    )]
    async fn delete(
        &self,
        request: &Request,
        collection: Path<String>,
    ) -> Result<NoContent, Failure> {
        let context = self.0.context(request);
        let removed = self
            .0
            .engine
            .records
            .delete_collection(&context, &collection)
            .await;
        removed.map_err(Failure::of_collections)?;
        Ok(NoContent)
    }

    /// Removes every record of a collection.
    #[oai(
        path = "/api/collections/:collection/truncate",
        method = "delete",
        operation_id = "truncateCollection"
    )]
    async fn truncate(
        &self,
        request: &Request,
        collection: Path<String>,
    ) -> Result<NoContent, Failure> {
        let context = self.0.context(request);
        let removed = self.0.engine.records.truncate(&context, &collection).await;
        removed.map_err(Failure::of_collections)?;
        Ok(NoContent)
    }

    /// Makes the collections what the body says, in one step.
    #[oai(
        path = "/api/collections/import",
        method = "put",
        operation_id = "importCollections"
    )]
    async fn import(&self, request: &Request, body: RawBody) -> Result<NoContent, Failure> {
        let context = self.0.superuser_context(request)?;
        let body = body.into_object().await?;
        let imported = self
            .0
            .engine
            .records
            .import_collections(&context, &body)
            .await;
        imported.map_err(Failure::of_collections)?;
        Ok(NoContent)
    }

    /// Shows a blank collection of each type.
    #[oai(
        path = "/api/collections/meta/scaffolds",
        method = "get",
        operation_id = "readScaffolds"
    )]
    async fn scaffolds(&self, request: &Request, options: AnswerOptions) -> Answer<ScaffoldsShape> {
        let context = self.0.context(request);
        let scaffolds = self.0.engine.catalog.scaffolds(&context)?;
        JsonBytes::of_json(Json::Object(scaffolds), &options.fields)
    }

    /// Lists the sign-in providers that an auth collection can name.
    #[oai(
        path = "/api/collections/meta/oauth2-providers",
        method = "get",
        operation_id = "listProviders"
    )]
    async fn providers(&self, request: &Request, options: AnswerOptions) -> Answer<ProvidersShape> {
        let context = self.0.context(request);
        let providers = self.0.engine.catalog.providers(&context)?;
        let shown = providers.iter().map(|provider| {
            json!({
                "name": provider.name,
                "displayName": provider.display_name,
                "logo": provider.logo(),
            })
        });
        JsonBytes::of_json(shown.collect(), &options.fields)
    }
}

fn asked(options: ListOptions) -> CollectionsRequest {
    CollectionsRequest {
        page: options.page,
        per_page: options.per_page,
        sort: Some(options.sort),
        filter: Some(options.filter),
        skip_total: options.skip_total,
    }
}

fn page_json(page: &CollectionPage) -> Vec<u8> {
    let mut bytes = Vec::new();
    let envelope = page::Envelope {
        page: page.page,
        per_page: page.per_page,
        total: page.total_items,
        more: serde_json::Map::new(),
    };
    envelope.write(&page.items, &mut bytes, |item, bytes| {
        // Writing a tree to memory does not fail.
        let _ = serde_json::to_writer(bytes, item);
    });
    bytes
}
