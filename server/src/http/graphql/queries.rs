//! Reading: lists, single records, groups. One call of the engine for each field of the root.

use std::sync::Arc;

use async_graphql::SelectionField;
use async_graphql::dynamic::{
    Field, FieldFuture, FieldValue, InputValue, Object, ResolverContext, Type, TypeRef,
};
use futures_util::future::BoxFuture;
use luge_engine::access::View;
use luge_engine::context::Context;
use luge_engine::engine::Engine;
use luge_engine::error::Result as EngineResult;
use luge_engine::query::{Next, Page};
use luge_model::expand::Expand;
use poem::http::Method;
use serde_json::Value as Json;

use super::arguments;
use super::call::{Call, records_path};
use super::objects::count;
use super::outline::{Face, Outline};
use super::related;
use super::values::{JSON, scalar};
use crate::http::error::Failure;
use crate::http::facets::{facets_json, suggestions_json};

/// A page of what a list or an aggregation answers.
struct Listed {
    items: Vec<Json>,
    page: usize,
    per_page: usize,
    total: Option<u64>,
    is_least: bool,
    next: Option<String>,
    facets: Option<Json>,
    facets_are_least: bool,
    suggestions: Option<Json>,
}

/// What is computed of the items of a page, by the field that shows it.
type Figure = fn(&Listed) -> Option<Json>;

const FIGURES: [(&str, &str, bool, Figure); 4] = [
    ("page", TypeRef::INT, true, |listed| {
        Some(listed.page.into())
    }),
    ("perPage", TypeRef::INT, true, |listed| {
        Some(listed.per_page.into())
    }),
    (TOTAL, TypeRef::INT, false, |listed| {
        Some(listed.total?.into())
    }),
    (PAGES, TypeRef::INT, false, |listed| {
        let per_page = listed.per_page.max(1) as u64;
        Some(listed.total?.div_ceil(per_page).into())
    }),
];
const TOTAL: &str = "totalItems";
const PAGES: &str = "totalPages";
const IS_LEAST: &str = "totalIsLeast";
const NEXT: &str = "nextCursor";
const ITEMS: &str = "items";

/// The page of groups, which all collections share.
pub(super) fn own_types() -> Vec<Type> {
    vec![page_type("GroupPage", "Group").into()]
}

/// The page of one collection's records.
pub(super) fn page_of(face: &Face) -> Object {
    let is_least = Field::new(IS_LEAST, TypeRef::named(TypeRef::BOOLEAN), |context| {
        FieldFuture::Value(listed(&context).and_then(|listed| scalar(&listed.is_least.into())))
    });
    let next = Field::new(NEXT, TypeRef::named(TypeRef::STRING), |context| {
        let next = listed(&context).and_then(|listed| listed.next.as_deref());
        FieldFuture::Value(next.map(FieldValue::value))
    });
    let page = page_type(&face.page, &face.object)
        .field(is_least.description("Whether a search was counted no further than totalItems."))
        .field(next.description("Of a list by cursor: where to go on; null at the end."));
    match face.collection.search {
        Some(_) => counted(page),
        None => page,
    }
}

/// A page with what a search counts and suggests.
fn counted(page: Object) -> Object {
    let facets = Field::new("facets", TypeRef::named(JSON), |context| {
        let facets = listed(&context).and_then(|listed| scalar(listed.facets.as_ref()?));
        FieldFuture::Value(facets)
    });
    let are_least = TypeRef::named(TypeRef::BOOLEAN);
    let are_least = Field::new("facetsAreLeast", are_least, |context| {
        let listed = listed(&context).filter(|listed| listed.facets.is_some());
        FieldFuture::Value(listed.map(|listed| FieldValue::value(listed.facets_are_least)))
    });
    let kind = TypeRef::named_nn_list("Suggestion");
    let suggestions = Field::new("suggestions", kind, |context| {
        let suggestions = listed(&context).and_then(|listed| listed.suggestions.as_ref());
        let suggestions = suggestions.and_then(Json::as_array);
        FieldFuture::Value(
            suggestions
                .map(|all| FieldValue::list(all.iter().map(|one| FieldValue::borrowed_any(one)))),
        )
    });
    page.field(facets.description("As REST answers them."))
        .field(are_least.description("Whether there are more hits than were counted."))
        .field(suggestions)
}

fn page_type(name: &str, item: &str) -> Object {
    let items = Field::new(ITEMS, TypeRef::named_nn_list_nn(item), |context| {
        FieldFuture::new(async move {
            let items = listed(&context).map(|listed| listed.items.as_slice());
            let items = items.unwrap_or_default();
            count(&context, items.len())?;
            let items = items.iter().map(|item| FieldValue::borrowed_any(item));
            Ok(Some(FieldValue::list(items)))
        })
    });
    let mut page = Object::new(name).field(items);
    for (name, kind, always, figure) in FIGURES {
        let kind = match always {
            true => TypeRef::named_nn(kind),
            false => TypeRef::named(kind),
        };
        let field = Field::new(name, kind, move |context| {
            let value = listed(&context).and_then(figure);
            FieldFuture::Value(value.and_then(|value| scalar(&value)))
        });
        page = page.field(field);
    }
    page
}

fn listed<'a>(context: &ResolverContext<'a>) -> Option<&'a Listed> {
    context.parent_value.downcast_ref::<Listed>()
}

/// The fields of the root that read one collection.
pub(super) fn fields_of(outline: &Arc<Outline>, index: usize) -> Vec<Field> {
    let Some(face) = outline.face(index) else {
        return Vec::new();
    };
    let name = &face.collection.name;
    let mut fields = Vec::new();
    if face.open.list {
        let list = resolved(outline, index, (&face.roots.list, &face.page), list);
        let list = list.description(format!("The records of {name} that the caller may list."));
        fields.push(arguments::listing(list, face));
        let groups = resolved(outline, index, (&face.roots.aggregate, "GroupPage"), groups);
        let groups = groups.description(format!("Groups of records of {name}."));
        fields.push(arguments::grouping(groups, face));
    }
    if face.open.view {
        let one = resolved(outline, index, (&face.roots.one, &face.object), one);
        let id = InputValue::new("id", TypeRef::named_nn(TypeRef::ID));
        let one = one.description(format!("A record of {name} that the caller may view."));
        fields.push(one.argument(id));
    }
    fields
}

/// What a field of a root is asked.
pub(super) struct Asked<'a> {
    pub(super) outline: Arc<Outline>,
    index: usize,
    pub(super) call: Arc<Call>,
    pub(super) context: ResolverContext<'a>,
}

/// What a field of a root answers.
pub(super) type Answering<'a> = BoxFuture<'a, Result<Option<FieldValue<'static>>, Failure>>;

impl<'a> Asked<'a> {
    pub(super) fn face(&self) -> Result<&Face, Failure> {
        self.outline.face(self.index).ok_or_else(Failure::not_found)
    }

    /// What is selected of the answer.
    pub(super) fn selected(&self) -> impl Iterator<Item = SelectionField<'a>> + use<'a> {
        related::selected(self.context.ctx.field()).into_iter()
    }

    /// The related records that are selected of the record that is answered.
    pub(super) fn wanted(&self) -> Result<Expand, Failure> {
        related::wanted(&self.outline, self.face()?, self.selected())
    }
}

/// A field of a root that a function answers for a collection.
pub(super) fn resolved(
    outline: &Arc<Outline>,
    index: usize,
    (name, kind): (&str, &str),
    resolve: for<'a> fn(Asked<'a>) -> Answering<'a>,
) -> Field {
    let outline = Arc::clone(outline);
    Field::new(name, TypeRef::named(kind), move |context| {
        let outline = Arc::clone(&outline);
        FieldFuture::new(async move {
            let call = Arc::clone(Call::of(&context)?);
            let field = context.ctx;
            let asked = Asked {
                outline,
                index,
                call,
                context,
            };
            Ok(Call::answered(field, resolve(asked).await))
        })
    })
}

fn list(asked: Asked<'_>) -> Answering<'_> {
    Box::pin(async move {
        let face = asked.face()?;
        let selected: Vec<_> = asked.selected().collect();
        let names = |name: &str| selected.iter().any(|field| field.name() == name);
        let counts = [TOTAL, PAGES, IS_LEAST].into_iter().any(names);
        let (request, waits) = arguments::list(&asked.outline, face, &asked.context.args, counts)?;
        let items = related::selected_of(asked.context.ctx.field(), ITEMS);
        let expand = related::wanted(&asked.outline, face, items)?;
        let call = &asked.call;
        call.admit(&Method::GET, &records_path(&face.collection.name, None))?;
        let collection = face.collection.id.clone();
        if waits {
            call.app.engine.search.caught_up(&collection).await?;
        }
        let context = call.context(&Method::GET);
        let page = call.scan(move |engine| {
            let mut page = engine.records.list(&context, &collection, &request)?;
            engine.records.expand(&context, &expand, &mut page.items)?;
            Ok(page)
        });
        let page = page.await?;
        let items = page.items.iter().map(json).collect::<Result<_, _>>()?;
        Ok(Some(FieldValue::owned_any(Listed::new(items, page))))
    })
}

fn groups(asked: Asked<'_>) -> Answering<'_> {
    Box::pin(async move {
        let face = asked.face()?;
        let request = arguments::aggregate(&asked.outline, face, &asked.context.args)?;
        let call = &asked.call;
        let path = format!("/api/collections/{}/aggregate", face.collection.name);
        call.admit(&Method::GET, &path)?;
        let (context, collection) = (call.context(&Method::GET), face.collection.id.clone());
        let page =
            call.scan(move |engine| engine.records.aggregate(&context, &collection, &request));
        let page = page.await?;
        let items = page.items.iter().map(|line| {
            let mut bytes = Vec::new();
            line.write_json(&mut bytes);
            parsed(&bytes)
        });
        let items = items.collect::<Result<_, _>>()?;
        Ok(Some(FieldValue::owned_any(Listed::new(items, page))))
    })
}

fn one(asked: Asked<'_>) -> Answering<'_> {
    Box::pin(async move {
        let face = asked.face()?;
        let id = arguments::id(&asked.context.args);
        let expand = asked.wanted()?;
        let call = &asked.call;
        call.admit(
            &Method::GET,
            &records_path(&face.collection.name, Some(&id)),
        )?;
        let (context, collection) = (call.context(&Method::GET), face.collection.id.clone());
        let view = call.scan(move |engine| {
            let view = engine.records.view(&context, &collection, &id)?;
            expanded(engine, &context, &expand, view)
        });
        shown(&asked, &view.await?).map(Some)
    })
}

/// A record with the related ones that were selected.
pub(super) fn expanded(
    engine: &Engine,
    context: &Context,
    expand: &Expand,
    view: View,
) -> EngineResult<View> {
    let mut views = [view];
    engine.records.expand(context, expand, &mut views)?;
    let [view] = views;
    Ok(view)
}

/// A record as the answer.
pub(super) fn shown(asked: &Asked<'_>, view: &View) -> Result<FieldValue<'static>, Failure> {
    asked.call.answer(1, asked.selected().count())?;
    json(view).map(FieldValue::owned_any)
}

/// The JSON of a record, as every answer shows it.
pub(super) fn json(view: &View) -> Result<Json, Failure> {
    let mut bytes = Vec::new();
    view.write_json(&mut bytes);
    parsed(&bytes)
}

fn parsed(bytes: &[u8]) -> Result<Json, Failure> {
    serde_json::from_slice(bytes).map_err(|error| {
        tracing::error!(%error, "an answer is no JSON");
        Failure::internal()
    })
}

impl Listed {
    fn new<T>(items: Vec<Json>, page: Page<T>) -> Self {
        let facets = page.facets.as_ref();
        Self {
            items,
            facets: facets.map(facets_json),
            facets_are_least: facets.is_some_and(|facets| facets.are_least),
            suggestions: page.suggestions.as_deref().map(suggestions_json),
            page: page.page,
            per_page: page.per_page,
            total: page.total_items,
            is_least: page.more_than_total,
            next: match page.next {
                Next::Cursor(cursor) => Some(cursor),
                Next::Page | Next::End => None,
            },
        }
    }
}
