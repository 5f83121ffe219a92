//! Groups of records and what is computed of them.

use std::sync::Arc;

use luge_engine::aggregate::AggregateRequest;
use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use crate::http::answer::{Answer, JsonBytes};
use crate::http::app::App;
use crate::http::page::Envelope;
use crate::http::query::AggregateOptions;
use crate::http::shapes::GroupsShape;

/// The routes.
pub(crate) struct AggregateApi(pub(crate) Arc<App>);

#[OpenApi]
impl AggregateApi {
    /// Groups the records that the caller may list, counts them and sums them up.
    #[oai(
        path = "/api/collections/:collection/aggregate",
        method = "get",
        operation_id = "aggregateRecords"
    )]
    async fn aggregate(
        &self,
        request: &Request,
        collection: Path<String>,
        options: AggregateOptions,
    ) -> Answer<GroupsShape> {
        let context = self.0.context(request);
        let fields = options.list.fields.clone();
        let asked = asked(options);
        let account = context.account.clone();
        let bytes = self
            .0
            .scan_for(&account, move |engine| {
                let page = engine.records.aggregate(&context, &collection, &asked)?;
                let mut bytes = Vec::new();
                let envelope = Envelope {
                    page: page.page as u64,
                    per_page: page.per_page,
                    total: page.total_items,
                    more: serde_json::Map::new(),
                };
                envelope.write(&page.items, &mut bytes, |group, bytes| {
                    group.write_json(bytes);
                });
                Ok(bytes)
            })
            .await?;
        JsonBytes::of_page(bytes, &fields)
    }
}

fn asked(options: AggregateOptions) -> AggregateRequest {
    let AggregateOptions {
        list,
        group,
        functions,
        having,
    } = options;
    AggregateRequest {
        page: usize::try_from(list.page).unwrap_or(usize::MAX),
        per_page: list.per_page,
        group,
        functions,
        filter: list.filter,
        having,
        sort: list.sort,
    }
}
