//! Searching many collections at once: the field `search` of queries, as `GET /api/search`.

use std::sync::Arc;

use async_graphql::SelectionField;
use async_graphql::dynamic::{
    Field, FieldFuture, FieldValue, InputValue, Object, ResolverContext, Type, TypeRef,
};
use luge_engine::records::{Searches, SearchesRequest};
use luge_model::limits::{PER_COLLECTION_DEFAULT, PER_COLLECTION_MAX, SEARCHED_COLLECTIONS_MAX};
use poem::http::Method;
use serde_json::Value as Json;

use super::arguments;
use super::batch::ANY_RECORD;
use super::call::Call;
use super::inputs::optional;
use super::outline::Outline;
use super::queries::json;
use super::related;
use crate::http::error::Failure;

const SEARCH: &str = "search";
const SEARCHES: &str = "Searches";
const GROUP: &str = "SearchGroup";
const GROUPS: &str = "groups";
const ITEMS: &str = "items";
const PATH: &str = "/api/search";

/// What was found.
struct Found {
    groups: Vec<Group>,
    not_ready: Vec<String>,
}

/// The hits of one collection.
struct Group {
    collection_id: String,
    collection_name: String,
    /// The type of its records.
    object: String,
    items: Vec<Json>,
    total: u64,
    is_least: bool,
}

/// The types of a search of many collections.
pub(super) fn types() -> [Type; 2] {
    let group = Object::new(GROUP)
        .description("The hits of one collection.")
        .field(figure("collectionId", TypeRef::STRING, |group| {
            FieldValue::value(group.collection_id.as_str())
        }))
        .field(figure("collectionName", TypeRef::STRING, |group| {
            FieldValue::value(group.collection_name.as_str())
        }))
        .field(figure("totalItems", TypeRef::INT, |group| {
            FieldValue::value(group.total)
        }))
        .field(figure("totalIsLeast", TypeRef::BOOLEAN, |group| {
            FieldValue::value(group.is_least)
        }))
        .field(items());
    let groups = Field::new(GROUPS, TypeRef::named_nn_list_nn(GROUP), |context| {
        let found = context.parent_value.downcast_ref::<Found>();
        let groups = found.map(|found| found.groups.iter());
        let groups = groups.into_iter().flatten();
        FieldFuture::Value(Some(FieldValue::list(
            groups.map(|group| FieldValue::borrowed_any(group)),
        )))
    });
    let waiting = TypeRef::named_nn_list_nn(TypeRef::STRING);
    let not_ready = Field::new("notReady", waiting, |context| {
        let found = context.parent_value.downcast_ref::<Found>();
        let names = found.map(|found| found.not_ready.iter());
        let names = names.into_iter().flatten();
        FieldFuture::Value(Some(FieldValue::list(
            names.map(|name| FieldValue::value(name.as_str())),
        )))
    });
    let not_ready = not_ready.description("The collections whose first index is still built.");
    let searches = Object::new(SEARCHES)
        .description("What was found, the collection with the best hit first.")
        .field(groups)
        .field(not_ready);
    [group.into(), searches.into()]
}

fn figure(name: &str, kind: &str, of: for<'a> fn(&'a Group) -> FieldValue<'a>) -> Field {
    Field::new(name, TypeRef::named_nn(kind), move |context| {
        let group = context.parent_value.downcast_ref::<Group>();
        FieldFuture::Value(group.map(of))
    })
}

fn items() -> Field {
    Field::new(ITEMS, TypeRef::named_nn_list_nn(ANY_RECORD), |context| {
        let group = context.parent_value.downcast_ref::<Group>();
        let items = group.map(|group| {
            let items = group.items.iter();
            let typed = items.map(|item| {
                let item = FieldValue::borrowed_any(item);
                item.with_type(group.object.clone())
            });
            FieldValue::list(typed)
        });
        FieldFuture::Value(items)
    })
}

/// The field `search`; `None` where nothing can be searched.
pub(super) fn field(outline: &Arc<Outline>) -> Option<Field> {
    outline.searches().then(|| {
        let outline = Arc::clone(outline);
        let field = Field::new(SEARCH, TypeRef::named(SEARCHES), move |context| {
            let outline = Arc::clone(&outline);
            FieldFuture::new(async move {
                let call = Arc::clone(Call::of(&context)?);
                let answered = carry_out(&outline, &call, &context).await;
                Ok(Call::answered(context.ctx, answered.map(Some)))
            })
        });
        let text = InputValue::new(SEARCH, TypeRef::named_nn(TypeRef::STRING));
        let names = InputValue::new("collections", TypeRef::named_nn_list(TypeRef::STRING));
        let hits = optional("perCollection", TypeRef::INT);
        let field = field
            .description("Searches the collections that the caller may list.")
            .argument(text)
            .argument(names.description("All that can be searched without it."))
            .argument(hits.description("Items of each group: 1 to 50, 5 by default."));
        arguments::searching(field)
    })
}

async fn carry_out(
    outline: &Arc<Outline>,
    call: &Arc<Call>,
    context: &ResolverContext<'_>,
) -> Result<FieldValue<'static>, Failure> {
    let request = asked(context)?;
    call.admit(&Method::GET, PATH)?;
    if arguments::waits(&context.args) {
        call.app.engine.search.caught_up_everywhere().await?;
    }
    let selected = related::selected_of(context.ctx.field(), GROUPS);
    let selected: Vec<SelectionField<'_>> = selected
        .into_iter()
        .filter(|field| field.name() == ITEMS)
        .flat_map(related::selected)
        .collect();
    let expands = outline.faces.iter().map(|face| {
        let expand = related::wanted(outline, face, selected.iter().copied())?;
        Ok((face.collection.id.clone(), expand))
    });
    let expands: Vec<_> = expands.collect::<Result<_, Failure>>()?;
    let asking = call.context(&Method::GET);
    let found = call.app.scan(move |engine| {
        let mut found = engine.records.search(&asking, &request)?;
        for (collection, page) in &mut found.groups {
            let expand = expands.iter().find(|(id, _)| *id == collection.id);
            if let Some((_, expand)) = expand {
                engine.records.expand(&asking, expand, &mut page.items)?;
            }
        }
        Ok(found)
    });
    let found = found.await?;
    let hits = found.groups.iter().map(|(_, page)| page.items.len()).sum();
    call.answer(hits, selected.len())?;
    Found::of(outline, &found).map(FieldValue::owned_any)
}

fn asked(context: &ResolverContext<'_>) -> Result<SearchesRequest, Failure> {
    let given = &context.args;
    let search = arguments::text(given, SEARCH);
    if search.trim().is_empty() {
        return Err(Failure::bad_request("The argument search is empty."));
    }
    let collections = arguments::texts(given, "collections");
    if collections
        .as_ref()
        .is_some_and(|names| names.len() > SEARCHED_COLLECTIONS_MAX)
    {
        return Err(Failure::bad_request(format!(
            "The argument collections names at most {SEARCHED_COLLECTIONS_MAX} collections."
        )));
    }
    let per_collection = match given.get("perCollection").filter(|value| !value.is_null()) {
        None => Some(PER_COLLECTION_DEFAULT),
        Some(value) => value.u64().ok().and_then(|hits| usize::try_from(hits).ok()),
    };
    let per_collection = per_collection.filter(|hits| (1..=PER_COLLECTION_MAX).contains(hits));
    let per_collection = per_collection.ok_or_else(|| {
        Failure::bad_request(format!(
            "The argument perCollection must be 1 to {PER_COLLECTION_MAX}."
        ))
    })?;
    Ok(SearchesRequest {
        search,
        collections,
        per_collection,
        highlight: arguments::highlight(given)?,
        counts_all_hits: arguments::counts_all(given),
    })
}

impl Found {
    /// The hits of the collections that the schema has: one that was made after it was, is not
    /// known to who asks either.
    fn of(outline: &Outline, searches: &Searches) -> Result<Self, Failure> {
        let mut groups = Vec::with_capacity(searches.groups.len());
        for (collection, page) in &searches.groups {
            let faces = &outline.faces;
            let Some(face) = faces
                .iter()
                .find(|face| face.collection.id == collection.id)
            else {
                continue;
            };
            groups.push(Group {
                collection_id: collection.id.clone(),
                collection_name: collection.name.clone(),
                object: face.object.clone(),
                items: page.items.iter().map(json).collect::<Result<_, _>>()?,
                total: page.total_items.unwrap_or_default(),
                is_least: page.more_than_total,
            });
        }
        let not_ready = searches.not_ready.iter();
        Ok(Self {
            groups,
            not_ready: not_ready
                .map(|collection| collection.name.clone())
                .collect(),
        })
    }
}
