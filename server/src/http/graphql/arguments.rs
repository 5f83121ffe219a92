//! The arguments of fields, as the engine takes them. Their types were checked before.

use async_graphql::dynamic::{Field, InputValue, ObjectAccessor, TypeRef};
use luge_engine::aggregate::AggregateRequest;
use luge_engine::query::ListRequest;
use luge_model::limits::{PER_PAGE_DEFAULT, PER_PAGE_MAX, SEARCH_FIELDS_MAX};
use serde_json::{Map, Value as Json};

use super::condition;
use super::inputs::optional;
use super::outline::{Face, Outline};
use super::values::JSON;
use crate::http::error::Failure;

type Result<T> = std::result::Result<T, Failure>;

/// A text; empty where it is left out.
pub(super) fn text(arguments: &ObjectAccessor<'_>, name: &str) -> String {
    let value = arguments
        .get(name)
        .and_then(|value| value.string().ok().map(str::to_owned));
    value.unwrap_or_default()
}

fn truth(arguments: &ObjectAccessor<'_>, name: &str) -> bool {
    let value = arguments.get(name).and_then(|value| value.boolean().ok());
    value.unwrap_or_default()
}

fn number(arguments: &ObjectAccessor<'_>, name: &str) -> usize {
    let value = arguments.get(name).and_then(|value| value.u64().ok());
    value.map_or(0, |value| usize::try_from(value).unwrap_or(usize::MAX))
}

fn json(arguments: &ObjectAccessor<'_>, name: &str) -> Option<Json> {
    let value = arguments.get(name)?.as_value().clone();
    value.into_json().ok()
}

/// The id that a field is about.
pub(super) fn id(arguments: &ObjectAccessor<'_>) -> String {
    text(arguments, "id")
}

/// The arguments of everything that selects records.
fn selecting(field: Field, face: &Face) -> Field {
    let filter = "A filter as REST takes it; both hold where there is a where.";
    field
        .argument(optional("where", &face.condition).description("Typed conditions."))
        .argument(optional("filter", TypeRef::STRING).description(filter))
        .argument(
            optional("sort", TypeRef::STRING).description("As REST takes it: `-created,title`."),
        )
        .argument(optional("page", TypeRef::INT).description("From 1."))
        .argument(optional("perPage", TypeRef::INT).description("At most 1000; 30 by default."))
}

/// A list with its arguments.
pub(super) fn listing(field: Field, face: &Face) -> Field {
    let field = selecting(field, face).argument(
        optional("cursor", TypeRef::STRING)
            .description("Instead of a page: empty for the beginning, else `nextCursor`."),
    );
    if face.collection.search.is_none() {
        return field;
    }
    searching(field)
        .argument(optional("search", TypeRef::STRING).description("What is searched for."))
        .argument(
            optional("facets", TypeRef::STRING)
                .description("What is counted, as REST takes it: `genre,price:0..10|10..`."),
        )
        .argument(
            optional("suggest", TypeRef::STRING)
                .description("A text whose last word is completed."),
        )
}

/// A search with the arguments that it has wherever it is.
pub(super) fn searching(field: Field) -> Field {
    let highlight = InputValue::new("highlight", TypeRef::named_nn_list(TypeRef::STRING));
    field
        .argument(highlight.description("The fields to show as snippets, or `*`."))
        .argument(
            optional("countAll", TypeRef::BOOLEAN)
                .description("Count all hits of a search, beyond 1000."),
        )
        .argument(
            optional("wait", TypeRef::BOOLEAN)
                .description("Wait until a search sees everything written so far."),
        )
}

/// What a list asks for, and whether it waits for the index. `counts` where totals are selected.
pub(super) fn list(
    outline: &Outline,
    face: &Face,
    arguments: &ObjectAccessor<'_>,
    counts: bool,
) -> Result<(ListRequest, bool)> {
    let cursor = json(arguments, "cursor").filter(|cursor| !cursor.is_null());
    let page = number(arguments, "page");
    if cursor.is_some() && page > 0 {
        return Err(Failure::bad_request(
            "The arguments page and cursor exclude each other.",
        ));
    }
    let search = text(arguments, "search");
    let suggest = given(arguments, "suggest");
    let reads_index = !search.trim().is_empty() || suggest.is_some();
    let request = ListRequest {
        page: page.max(1),
        per_page: per_page(arguments),
        sort: text(arguments, "sort"),
        filter: filter(outline, face, arguments)?,
        skip_total: !counts,
        cursor: cursor.and_then(|cursor| cursor.as_str().map(str::to_owned)),
        search,
        highlight: highlight(arguments)?,
        counts_all_hits: counts_all(arguments),
        facets: given(arguments, "facets").filter(|facets| !facets.is_empty()),
        suggest,
        ..ListRequest::default()
    };
    Ok((request, reads_index && waits(arguments)))
}

/// Whether a search waits until it sees everything written so far.
pub(super) fn waits(arguments: &ObjectAccessor<'_>) -> bool {
    truth(arguments, "wait")
}

/// Whether all hits of a search are counted.
pub(super) fn counts_all(arguments: &ObjectAccessor<'_>) -> bool {
    truth(arguments, "countAll")
}

/// The fields to show as snippets.
pub(super) fn highlight(arguments: &ObjectAccessor<'_>) -> Result<Vec<String>> {
    let paths = texts(arguments, "highlight").unwrap_or_default();
    if paths.len() > SEARCH_FIELDS_MAX {
        return Err(Failure::bad_request(format!(
            "The argument highlight names at most {SEARCH_FIELDS_MAX} fields."
        )));
    }
    Ok(paths)
}

/// The texts of a list; `None` where it is left out.
pub(super) fn texts(arguments: &ObjectAccessor<'_>, name: &str) -> Option<Vec<String>> {
    serde_json::from_value(json(arguments, name)?).ok()
}

/// A text that may be left out.
pub(super) fn given(arguments: &ObjectAccessor<'_>, name: &str) -> Option<String> {
    json(arguments, name)?.as_str().map(str::to_owned)
}

/// The filter of a `where` and a `filter` together.
pub(super) fn filter(
    outline: &Outline,
    face: &Face,
    arguments: &ObjectAccessor<'_>,
) -> Result<String> {
    // An argument whose variable is not set is not there, says the specification.
    let condition = json(arguments, "where").filter(|condition| !condition.is_null());
    condition::filter(
        outline,
        face,
        condition.as_ref(),
        &text(arguments, "filter"),
    )
}

fn per_page(arguments: &ObjectAccessor<'_>) -> usize {
    match number(arguments, "perPage") {
        0 => PER_PAGE_DEFAULT,
        asked => asked.min(PER_PAGE_MAX),
    }
}

/// Groups with their arguments.
pub(super) fn grouping(field: Field, face: &Face) -> Field {
    let field = selecting(field, face);
    [
        ("group", "What groups records, e.g. `status,created:month`."),
        ("sum", "Numbers to add up."),
        ("avg", "Numbers to take the mean of."),
        ("min", "Fields whose least value is wanted."),
        ("max", "Fields whose greatest value is wanted."),
        ("having", "Which groups, e.g. `count > 5`."),
    ]
    .into_iter()
    .fold(field, |field, (name, description)| {
        field.argument(optional(name, TypeRef::STRING).description(description))
    })
}

/// What an aggregation asks for.
pub(super) fn aggregate(
    outline: &Outline,
    face: &Face,
    arguments: &ObjectAccessor<'_>,
) -> Result<AggregateRequest> {
    Ok(AggregateRequest {
        page: number(arguments, "page").max(1),
        per_page: per_page(arguments),
        group: text(arguments, "group"),
        functions: ["sum", "avg", "min", "max"].map(|name| text(arguments, name)),
        filter: filter(outline, face, arguments)?,
        having: text(arguments, "having"),
        sort: text(arguments, "sort"),
    })
}

/// The values of a record with their arguments.
pub(super) fn writing(field: Field, face: &Face) -> Field {
    field
        .argument(optional("data", &face.data))
        .argument(optional("body", JSON).description(BODY))
}

/// What `body` is.
pub(super) const BODY: &str =
    "The same as REST takes it, laid over data: also modifiers, such as `{\"tags+\": \"x\"}`.";

/// The values of a record that are written.
pub(super) fn body(face: &Face, arguments: &ObjectAccessor<'_>) -> Result<Map<String, Json>> {
    written(face, json(arguments, "data"), json(arguments, "body"))
}

/// The same from what `data` and `body` are.
pub(super) fn written(
    face: &Face,
    data: Option<Json>,
    body: Option<Json>,
) -> Result<Map<String, Json>> {
    let mut written = Map::new();
    if let Some(Json::Object(data)) = data {
        for (name, value) in data {
            let field = face.fields.iter().find(|field| field.input == name);
            let key = field.map_or(name, |field| field.field.name.clone());
            written.insert(key, value);
        }
    }
    match body {
        None | Some(Json::Null) => {}
        Some(Json::Object(body)) => written.extend(body),
        Some(_) => return Err(Failure::bad_request("The body must be a JSON object.")),
    }
    Ok(written)
}
