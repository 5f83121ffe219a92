//! The records of a collection (contract §1.2).

use std::sync::Arc;

use luge_engine::access::View;
use luge_engine::error::Error;
use luge_engine::query::{ListRequest, Page};
use luge_model::collection::Collections;
use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use crate::http::answer::{Answer, JsonBytes, NoContent};
use crate::http::app::App;
use crate::http::body::RawBody;
use crate::http::error::Failure;
use crate::http::page;
use crate::http::query::{AnswerOptions, ListOptions};
use crate::http::shapes::{RecordShape, RecordsShape};

/// The routes.
pub(crate) struct RecordsApi(pub(crate) Arc<App>);

#[OpenApi]
impl RecordsApi {
    /// Lists the records that the caller may list.
    #[oai(
        path = "/api/collections/:collection/records",
        method = "get",
        operation_id = "listRecords"
    )]
    async fn list(
        &self,
        request: &Request,
        collection: Path<String>,
        options: ListOptions,
    ) -> Answer<RecordsShape> {
        let context = self.0.context(request);
        let fields = options.fields.clone();
        let bytes = self
            .0
            .scan(move |engine| {
                let page = engine
                    .records
                    .list(&context, &collection, &asked(options))?;
                Ok(page_json(&page))
            })
            .await?;
        JsonBytes::of_page(bytes, &fields)
    }

    /// Shows a record that the caller may view.
    #[oai(
        path = "/api/collections/:collection/records/:id",
        method = "get",
        operation_id = "viewRecord"
    )]
    async fn view(
        &self,
        request: &Request,
        collection: Path<String>,
        id: Path<String>,
        options: AnswerOptions,
    ) -> Answer<RecordShape> {
        let context = self.0.context(request);
        let view = self.0.engine.records.view(&context, &collection, &id)?;
        record(&view, &options)
    }

    /// Makes a record that the caller may make.
    #[oai(
        path = "/api/collections/:collection/records",
        method = "post",
        operation_id = "createRecord"
    )]
    async fn create(
        &self,
        request: &Request,
        collection: Path<String>,
        options: AnswerOptions,
        body: RawBody,
    ) -> Answer<RecordShape> {
        let context = self.0.context(request);
        self.expect_collection(&collection)?;
        let body = body.into_object().await?;
        let view = self
            .0
            .engine
            .records
            .create(&context, &collection, body)
            .await?;
        record(&view, &options)
    }

    /// Changes a record that the caller may change.
    #[oai(
        path = "/api/collections/:collection/records/:id",
        method = "patch",
        operation_id = "updateRecord"
    )]
    async fn update(
        &self,
        request: &Request,
        collection: Path<String>,
        id: Path<String>,
        body: RawBody,
    ) -> Answer<RecordShape> {
        let context = self.0.context(request);
        self.expect_collection(&collection)?;
        let body = body.into_object().await?;
        let view = self
            .0
            .engine
            .records
            .update(&context, &collection, &id, body)
            .await?;
        record(&view, &AnswerOptions::of(request))
    }

    /// Removes a record that the caller may remove.
    #[oai(
        path = "/api/collections/:collection/records/:id",
        method = "delete",
        operation_id = "deleteRecord"
    )]
    async fn delete(
        &self,
        request: &Request,
        collection: Path<String>,
        id: Path<String>,
    ) -> Result<NoContent, Failure> {
        let context = self.0.context(request);
        self.0
            .engine
            .records
            .delete(&context, &collection, &id)
            .await?;
        Ok(NoContent)
    }
}

impl RecordsApi {
    /// A missing collection is told before a malformed body is (contract §4).
    fn expect_collection(&self, name_or_id: &str) -> Result<(), Error> {
        match self.0.engine.catalog.snapshot().find(name_or_id) {
            Some(_) => Ok(()),
            None => Err(Error::MissingCollection),
        }
    }
}

fn asked(options: ListOptions) -> ListRequest {
    ListRequest {
        page: usize::try_from(options.page).unwrap_or(usize::MAX),
        per_page: options.per_page,
        sort: options.sort,
        filter: options.filter,
        skip_total: options.skip_total,
    }
}

fn record(view: &View, options: &AnswerOptions) -> Answer<RecordShape> {
    let mut bytes = Vec::with_capacity(view.record().as_bytes().len() * 2);
    view.write_json(&mut bytes);
    JsonBytes::of_object(bytes, &options.fields)
}

fn page_json(page: &Page<View>) -> Vec<u8> {
    let size: usize = page
        .items
        .iter()
        .map(|view| view.record().as_bytes().len() * 2)
        .sum();
    let mut bytes = Vec::with_capacity(size + 128);
    let envelope = page::Envelope {
        page: page.page as u64,
        per_page: page.per_page,
        total: page.total_items,
    };
    envelope.write(&page.items, &mut bytes, |view, bytes| {
        view.write_json(bytes);
    });
    bytes
}
