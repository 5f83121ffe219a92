//! How a list was found, as JSON: the key `explain` of a list of records.

use luge_engine::query::{Explanation, Order, Source, Start};
use serde_json::{Map, Value as Json, json};

/// An explanation as it is answered (API.md, "Explaining a list").
pub(crate) fn explanation_json(explanation: &Explanation) -> Json {
    let mut json = json!({
        "source": source_json(&explanation.source),
        "givenUp": explanation.given_up,
        "from": if explanation.in_memory { "memory" } else { "store" },
        "order": match explanation.order {
            Order::Insertion => "insertion",
            Order::Index => "index",
            Order::Sorted => "sorted",
            Order::Rank => "rank",
        },
        "filter": explanation.filters,
        "cursor": explanation.cursor.map(|start| match start {
            Start::Sought => "sought",
            Start::PassedOver => "passed over",
        }),
        "indexEntries": explanation.entries,
        "candidates": explanation.candidates,
        "relatedRecords": explanation.related,
        "microseconds": explanation.microseconds,
    });
    if let (false, Some(json)) = (explanation.missing_index.is_empty(), json.as_object_mut()) {
        let columns = explanation.missing_index.clone();
        json.insert("missingIndex".to_owned(), columns.into());
    }
    json
}

fn source_json(source: &Source) -> Json {
    let mut json = Map::new();
    json.insert("kind".to_owned(), json!(source.kind.name()));
    if let Some(index) = &source.index {
        json.insert("index".to_owned(), json!(index));
    }
    if !source.bounds.is_empty() {
        json.insert("bounds".to_owned(), json!(source.bounds));
    }
    if !source.parts.is_empty() {
        let parts: Vec<_> = source.parts.iter().map(source_json).collect();
        json.insert("parts".to_owned(), Json::Array(parts));
    }
    Json::Object(json)
}
