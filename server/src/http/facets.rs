//! What a list counted and suggests, as JSON: the keys `facets` and `suggestions` of its envelope.

use luge_engine::query::{Counted, Facets, Suggestion};
use luge_model::record::write_number_json;
use luge_model::search::{FacetRange, FacetValue, RangeEnd};
use serde_json::{Map, Value as Json, json};

/// Facets as they are answered (API.md, "Facets").
pub(crate) fn facets_json(facets: &Facets) -> Json {
    let counts = facets.counts.iter();
    let counts = counts.map(|counts| (counts.path.clone(), counted_json(&counts.counted)));
    Json::Object(counts.collect::<Map<String, Json>>())
}

/// Suggestions as they are answered (API.md, "Suggestions").
pub(crate) fn suggestions_json(suggestions: &[Suggestion]) -> Json {
    let suggestions = suggestions.iter();
    suggestions
        .map(|Suggestion { word, text }| json!({ "word": word, "text": text }))
        .collect()
}

fn counted_json(counted: &Counted) -> Json {
    match counted {
        Counted::Values { values, more } => {
            let values = values.iter();
            let values = values.map(|(value, count)| {
                let value = match value {
                    FacetValue::Flag(flag) => json!(flag),
                    FacetValue::Number(number) => number_json(*number),
                    FacetValue::Text(text) => json!(text),
                };
                json!({ "value": value, "count": count })
            });
            json!({ "values": values.collect::<Vec<_>>(), "more": more })
        }
        Counted::Ranges(ranges) => {
            let ranges = ranges.iter();
            let ranges = ranges.map(|(FacetRange { from, to }, count)| {
                json!({ "from": end_json(from.as_ref()), "to": end_json(to.as_ref()),
                    "count": count })
            });
            json!({ "ranges": ranges.collect::<Vec<_>>() })
        }
    }
}

fn end_json(end: Option<&RangeEnd>) -> Json {
    match end {
        None => Json::Null,
        Some(RangeEnd::Number(number)) => number_json(*number),
        Some(RangeEnd::Date(date)) => json!(date),
    }
}

/// A number as records show it.
fn number_json(number: f64) -> Json {
    let mut text = Vec::new();
    write_number_json(number, &mut text);
    serde_json::from_slice(&text).unwrap_or_default()
}
