//! The records of a collection (contract §1.2).

use std::sync::Arc;

use luge_engine::access::View;
use luge_engine::context::Context;
use luge_engine::engine::Engine;
use luge_engine::error::Error;
use luge_engine::query::{ListRequest, Next, Page};
use luge_engine::records::{
    BatchAction, BatchRequest, Conditional, Expected, Once, Selection, Submitted,
};
use luge_model::collection::Collections;
use luge_model::expand::Expand;
use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use serde_json::{Map, Value as Json, json};

use crate::http::answer::{Answer, JsonBytes, NoContent, picked};
use crate::http::app::App;
use crate::http::body::RawBody;
use crate::http::conditional::{Listed, Tagged, TaggedAnswer, refuse_condition};
use crate::http::error::Failure;
use crate::http::explain::explanation_json;
use crate::http::facets::{facets_json, suggestions_json};
use crate::http::once::{self, Keyed};
use crate::http::page;
use crate::http::query::{RecordOptions, RecordsOptions, SelectionOptions, Wanted};
use crate::http::record_body::RecordBody;
use crate::http::shapes::{CountShape, RecordShape, RecordsShape};

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
        options: RecordsOptions,
    ) -> TaggedAnswer<RecordsShape> {
        let context = self.0.context(request);
        let fields = options.list.fields.clone();
        if options.search.waits && options.search.reads_index() {
            self.0.engine.search.caught_up(&collection).await?;
        }
        let account = context.account.clone();
        let bytes = self
            .0
            .scan_for(&account, move |engine| {
                let expand = options.expand.clone();
                let mut page = engine
                    .records
                    .list(&context, &collection, &asked(options))?;
                engine.records.expand(&context, &expand, &mut page.items)?;
                Ok(page_json(&page))
            })
            .await?;
        let page = JsonBytes::of_page(bytes, &fields)?;
        Ok(Tagged::read(&self.0.engine.tags, request, page))
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
        options: RecordOptions,
    ) -> TaggedAnswer<RecordShape> {
        let context = self.0.context(request);
        let view = self.0.engine.records.view(&context, &collection, &id)?;
        let RecordOptions { fields, expand } = options;
        let answer = record(&self.expanded(context, expand, view).await?, &fields)?;
        Ok(Tagged::read(&self.0.engine.tags, request, answer))
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
        body: RecordBody,
        options: RecordOptions,
    ) -> TaggedAnswer<RecordShape> {
        let context = self.0.context(request);
        let mut keyed = Keyed::of(request)?;
        let fingerprint = keyed.as_mut().map(|keyed| &mut keyed.fingerprint);
        let body = body.receive(&self.0, &collection, fingerprint).await?;
        if let Some(keyed) = keyed {
            let once = keyed.once(&context.principal, &Json::Object(body.body().clone()));
            return self
                .create_once((context, options), collection.0, body, &once)
                .await;
        }
        let written = Written::of(&context, options, body.body());
        let view = self
            .0
            .engine
            .records
            .create(&context, &collection, body)
            .await?;
        self.written(written, view).await
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
        body: RecordBody,
    ) -> TaggedAnswer<RecordShape> {
        let context = self.0.context(request);
        let options = RecordOptions::of(request)?;
        let body = body.receive(&self.0, &collection, None).await?;
        let written = Written::of(&context, options.clone(), body.body());
        let records = &self.0.engine.records;
        let Some(listed) = Listed::if_match(request) else {
            let view = records.update(&context, &collection, &id, body).await?;
            return self.written(written, view).await;
        };
        let is_current = self.is_one_of(&listed, &options.fields);
        let expected = Expected {
            expand: &options.expand,
            is_current: &is_current,
        };
        let place = (collection.as_str(), id.as_str());
        let update = records.update_expected(&context, place, body, &expected);
        let view = done(update.await?, &options.fields)?;
        self.written(written, view).await
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
        let records = &self.0.engine.records;
        let Some(listed) = Listed::if_match(request) else {
            records.delete(&context, &collection, &id).await?;
            return Ok(NoContent);
        };
        let options = RecordOptions::of(request)?;
        options.fields.fields()?;
        let is_current = self.is_one_of(&listed, &options.fields);
        let expected = Expected {
            expand: &options.expand,
            is_current: &is_current,
        };
        let place = (collection.as_str(), id.as_str());
        let delete = records.delete_expected(&context, place, &expected);
        done(delete.await?, &options.fields)?;
        Ok(NoContent)
    }

    /// Changes all records that a filter selects, or none.
    #[oai(
        path = "/api/collections/:collection/records",
        method = "patch",
        operation_id = "updateRecords"
    )]
    async fn update_selected(
        &self,
        request: &Request,
        collection: Path<String>,
        body: RawBody,
        options: SelectionOptions,
    ) -> Answer<CountShape> {
        let context = self.0.context(request);
        refuse_condition(request)?;
        self.expect_collection(&collection)?;
        let body = body.into_object().await?;
        let fields = options.fields.clone();
        let selection = selection(options);
        let account = context.account.clone();
        let update = move |engine: Arc<Engine>| async move {
            let records = &engine.records;
            records
                .update_selected(&context, &collection, &selection, body)
                .await
        };
        let count = self.0.scan_and_write(&account, update).await?;
        counted(count, &fields)
    }

    /// Removes all records that a filter selects, or none.
    #[oai(
        path = "/api/collections/:collection/records",
        method = "delete",
        operation_id = "deleteRecords"
    )]
    async fn delete_selected(
        &self,
        request: &Request,
        collection: Path<String>,
        options: SelectionOptions,
    ) -> Answer<CountShape> {
        let context = self.0.context(request);
        refuse_condition(request)?;
        let fields = options.fields.clone();
        let selection = selection(options);
        let account = context.account.clone();
        let delete = move |engine: Arc<Engine>| async move {
            let records = &engine.records;
            records
                .delete_selected(&context, &collection, &selection)
                .await
        };
        let count = self.0.scan_and_write(&account, delete).await?;
        counted(count, &fields)
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

impl RecordsApi {
    /// With the related records that were asked for.
    async fn expanded(
        &self,
        context: Context,
        expand: Expand,
        view: View,
    ) -> Result<View, Failure> {
        if expand.is_empty() {
            return Ok(view);
        }
        let mut views = [view];
        let account = context.account.clone();
        let expanded = self.0.scan_for(&account, move |engine| {
            engine.records.expand(&context, &expand, &mut views)?;
            let [view] = views;
            Ok(view)
        });
        expanded.await
    }

    /// The answer to a write: what happened is told even where what was asked for beside it cannot
    /// be shown.
    async fn written(&self, written: Written, view: View) -> TaggedAnswer<RecordShape> {
        let Written { related, fields } = written;
        let expanded = match related {
            None => Ok(view.clone()),
            Some((context, expand)) => self.expanded(context, expand, view.clone()).await,
        };
        let shown = expanded.unwrap_or_else(|failure| {
            tracing::warn!(%failure, "the answer to a write is not expanded");
            view
        });
        let answer = record(&shown, &fields)?;
        Ok(Tagged::written(&self.0.engine.tags, answer))
    }

    /// Makes a record, or answers as when it was made.
    async fn create_once(
        &self,
        (context, options): (Context, RecordOptions),
        collection: String,
        submitted: Submitted,
        once: &Once,
    ) -> TaggedAnswer<RecordShape> {
        let RecordOptions { fields, expand } = options;
        let request = BatchRequest {
            context,
            collection,
            action: BatchAction::Create,
            submitted,
            expand,
        };
        let render = |views: &[Option<View>]| {
            let view = views.iter().flatten().next();
            once::shown(view.map(json).unwrap_or_default(), &fields)
        };
        let records = &self.0.engine.records;
        let answered = records.create_once(request, once, &render).await?;
        let (bytes, before) = once::bytes(answered);
        let answer = JsonBytes::of_object(bytes, &Wanted::default())?;
        let answer = once::replayed(answer, before);
        Ok(Tagged::written(&self.0.engine.tags, answer))
    }

    /// Whether a record, as it is answered, is what a condition names.
    fn is_one_of(&self, listed: &Listed, fields: &Wanted) -> impl Fn(&View) -> bool + Sync {
        let tags = &self.0.engine.tags;
        move |view| listed.names(tags, picked(json(view), fields))
    }
}

/// What is asked of the answer to a write.
struct Written {
    fields: Wanted,
    /// Which related records, and what their rules see.
    related: Option<(Context, Expand)>,
}

impl Written {
    fn of(context: &Context, options: RecordOptions, body: &Map<String, Json>) -> Self {
        let RecordOptions { fields, expand } = options;
        let asked = !expand.is_empty();
        let related = asked.then(|| (context.with_body(body.clone()), expand));
        Self { fields, related }
    }
}

fn counted(count: usize, fields: &Wanted) -> Answer<CountShape> {
    JsonBytes::of_json(json!({ "count": count }), fields)
}

fn selection(options: SelectionOptions) -> Selection {
    Selection {
        filter: options.filter,
        preview: options.preview,
    }
}

fn asked(options: RecordsOptions) -> ListRequest {
    let RecordsOptions {
        list,
        cursor,
        explain,
        search,
        ..
    } = options;
    ListRequest {
        page: usize::try_from(list.page).unwrap_or(usize::MAX),
        per_page: list.per_page,
        sort: list.sort,
        filter: list.filter,
        skip_total: list.skip_total,
        cursor,
        explain,
        search: search.text,
        highlight: search.highlight,
        counts_all_hits: search.counts_all,
        facets: search.facets,
        suggest: search.suggest,
        budget: None,
    }
}

fn record(view: &View, fields: &Wanted) -> Answer<RecordShape> {
    JsonBytes::of_object(json(view), fields)
}

fn json(view: &View) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(json_size(view));
    view.write_json(&mut bytes);
    bytes
}

/// What a conditional write did; that it was not done is a failure with what there is instead.
fn done<T>(outcome: Conditional<T>, fields: &Wanted) -> Result<T, Failure> {
    match outcome {
        Conditional::Done(done) => Ok(done),
        Conditional::Changed(current) => {
            let current = current
                .map(|view| picked(json(&view), fields))
                .transpose()?;
            let current = current.and_then(|bytes| serde_json::from_slice(&bytes).ok());
            Err(Failure::changed(current))
        }
    }
}

/// About how many bytes of JSON are written.
fn json_size(view: &View) -> usize {
    let expanded = usize::try_from(view.expanded_size().bytes).unwrap_or(0);
    (view.record().as_bytes().len() + expanded) * 2
}

/// What stands in the envelope beside what every list has.
fn more(page: &Page<View>) -> Map<String, Json> {
    let mut more = Map::new();
    if let Some(explanation) = &page.explanation {
        more.insert("explain".to_owned(), explanation_json(explanation));
    }
    if page.more_than_total {
        more.insert("totalIsLeast".to_owned(), json!(true));
    }
    if let Some(facets) = &page.facets {
        more.insert("facets".to_owned(), facets_json(facets));
        if facets.are_least {
            more.insert("facetsAreLeast".to_owned(), json!(true));
        }
    }
    if let Some(suggestions) = &page.suggestions {
        more.insert("suggestions".to_owned(), suggestions_json(suggestions));
    }
    match &page.next {
        Next::Page => {}
        Next::End => drop(more.insert("nextCursor".to_owned(), Json::Null)),
        Next::Cursor(cursor) => drop(more.insert("nextCursor".to_owned(), json!(cursor))),
    }
    more
}

fn page_json(page: &Page<View>) -> Vec<u8> {
    let size: usize = page.items.iter().map(json_size).sum();
    let mut bytes = Vec::with_capacity(size + 128);
    let envelope = page::Envelope {
        page: page.page as u64,
        per_page: page.per_page,
        total: page.total_items,
        more: more(page),
    };
    envelope.write(&page.items, &mut bytes, |view, bytes| {
        view.write_json(bytes);
    });
    bytes
}
