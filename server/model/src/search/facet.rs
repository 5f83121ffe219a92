//! Facets: which values of which fields a list counts, and the values that a record gives.
//!
//! - Only paths that the search option lets be counted, and that the caller may read, are facets;
//!   any other name is refused in the same words, so it tells nothing about hidden fields.
//! - Where a record has no value (an empty text or list, `null`) there is nothing to count; 0 and
//!   `false` are values.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value as Json;

use super::facet_range::FacetRange;
use super::{SearchOptions, SearchPath};
use crate::collection::{Collection, Collections};
use crate::filter::hint;
use crate::limits::{FACET_RANGES_MAX, FACETS_BYTES_MAX, FACETS_MAX};
use crate::value::ValueRef;

/// What is counted under one path.
#[derive(Clone, Debug, PartialEq)]
pub struct Facet {
    /// The path, as the search option names it.
    pub path: String,
    /// How values fall together.
    pub buckets: Buckets,
}

/// How the values of a facet fall together.
#[derive(Clone, Debug, PartialEq)]
pub enum Buckets {
    /// Each value by itself.
    Values,
    /// Dates by a part of the calendar.
    Periods(Period),
    /// By ranges, which may overlap.
    Ranges(Vec<FacetRange>),
}

/// What dates are cut to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// `2024`
    Year,
    /// `2024-05`
    Month,
    /// `2024-05-31`
    Day,
    /// `2024-05-31 09`
    Hour,
}

/// A value that is counted. Ordered: `false` and `true`, numbers, texts.
#[derive(Clone, Debug, PartialEq)]
pub enum FacetValue<'v> {
    /// Of a bool field, or in json.
    Flag(bool),
    /// Of a number field, or in json.
    Number(f64),
    /// Anything else.
    Text(Cow<'v, str>),
}

/// Reads the facets that a list asks for: `genre,price:0..10|10..,created:year`. `sees_hidden` says
/// whether the caller reads hidden fields.
///
/// # Errors
/// A sentence that names what is wrong.
pub fn facets(
    text: &str,
    (collection, collections): (&Collection, &dyn Collections),
    sees_hidden: bool,
) -> Result<Vec<Facet>, String> {
    if text.len() > FACETS_BYTES_MAX {
        return Err(format!("Facets take at most {FACETS_BYTES_MAX} bytes."));
    }
    let countable = countable(collection, collections, sees_hidden);
    let mut facets: Vec<Facet> = Vec::new();
    for part in text.split(',').map(str::trim) {
        let (path, how) = match part.split_once(':') {
            Some((path, how)) => (path.trim(), Some(how.trim())),
            None => (part, None),
        };
        let known = countable.iter().find(|known| known.name == path);
        let known = known.ok_or_else(|| unknown(path, &countable))?;
        if facets.iter().any(|facet| facet.path == path) {
            return Err(format!("{path:?} is named twice."));
        }
        if facets.len() == FACETS_MAX {
            return Err(format!("There are more than {FACETS_MAX} facets."));
        }
        let buckets = how.map_or(Ok(Buckets::Values), |how| buckets(how, known.kind));
        facets.push(Facet {
            path: path.to_owned(),
            buckets: buckets.map_err(|problem| format!("{path:?}: {problem}"))?,
        });
    }
    Ok(facets)
}

impl Facet {
    /// Calls `each` with the values of a facet that a value of its field has.
    pub fn each_value<'v>(
        path: &SearchPath<'_>,
        value: ValueRef<'v>,
        each: &mut dyn FnMut(FacetValue<'v>),
    ) {
        match value {
            ValueRef::Bool(flag) => each(FacetValue::Flag(flag)),
            ValueRef::Number(number) => each(FacetValue::Number(number)),
            ValueRef::Text(text) => text_value(text, each),
            ValueRef::List(list) => list.iter().for_each(|text| text_value(text, each)),
            ValueRef::Json(text) => {
                if let Ok(json) = serde_json::from_str(text) {
                    below(json, &path.keys, each);
                }
            }
            ValueRef::GeoPoint(_) => {}
        }
    }
}

impl Period {
    /// Each with its name, and how many bytes of a date it leaves.
    const ALL: [(&'static str, Self, usize); 4] = [
        ("year", Self::Year, 4),
        ("month", Self::Month, 7),
        ("day", Self::Day, 10),
        ("hour", Self::Hour, 13),
    ];

    /// The beginning of a date that it leaves.
    #[must_use]
    pub fn of(self, date: &str) -> &str {
        let mut all = Self::ALL.into_iter();
        let length = all.find(|(_, period, _)| *period == self);
        let cut = length.and_then(|(_, _, length)| date.get(..length));
        cut.unwrap_or(date)
    }
}

impl FacetValue<'_> {
    /// The order of values that are equally frequent.
    #[must_use]
    pub fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Flag(left), Self::Flag(right)) => left.cmp(right),
            (Self::Number(left), Self::Number(right)) => left.total_cmp(right),
            (Self::Text(left), Self::Text(right)) => left.cmp(right),
            _ => self.rank().cmp(&other.rank()),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Flag(_) => 0,
            Self::Number(_) => 1,
            Self::Text(_) => 2,
        }
    }
}

/// A path that the caller may have counted.
struct Countable<'a> {
    name: &'a str,
    kind: Kind,
}

/// What ranges and periods of a field there are.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Numbers,
    Dates,
    Other,
}

fn countable<'a>(
    collection: &'a Collection,
    collections: &dyn Collections,
    sees_hidden: bool,
) -> Vec<Countable<'a>> {
    let options = collection.search.as_ref();
    let fields = options
        .into_iter()
        .flat_map(|SearchOptions { fields, .. }| fields);
    let facets = fields.filter(|field| field.facet).filter_map(|field| {
        let path = SearchPath::resolve(&field.path, collection, collections).ok()?;
        let kind = match path.field.kind.type_name() {
            "number" | "json" => Kind::Numbers,
            "date" | "autodate" => Kind::Dates,
            _ => Kind::Other,
        };
        (sees_hidden || !path.is_hidden()).then_some(Countable {
            name: &field.path,
            kind,
        })
    });
    facets.collect()
}

fn unknown(path: &str, countable: &[Countable<'_>]) -> String {
    let names = countable.iter().map(|known| known.name);
    format!(
        "{path:?} is no field whose values this collection lets be counted{}.",
        hint(path, names)
    )
}

fn buckets(how: &str, kind: Kind) -> Result<Buckets, String> {
    if let Some((_, period, _)) = Period::ALL.iter().find(|(name, ..)| *name == how) {
        return match kind {
            Kind::Dates => Ok(Buckets::Periods(*period)),
            _ => Err("only dates have a year, month, day and hour.".to_owned()),
        };
    }
    if !how.contains("..") {
        return Err(format!(
            "expected year, month, day, hour, or ranges such as 0..10|10.., found {how:?}."
        ));
    }
    let read = match kind {
        Kind::Numbers => FacetRange::of_numbers,
        Kind::Dates => FacetRange::of_dates,
        Kind::Other => return Err("only numbers and dates have ranges.".to_owned()),
    };
    let ranges = how.split('|').map(|range| read(range.trim()));
    let ranges: Vec<FacetRange> = ranges.collect::<Result<_, _>>()?;
    if ranges.len() > FACET_RANGES_MAX {
        return Err(format!("there are more than {FACET_RANGES_MAX} ranges."));
    }
    Ok(Buckets::Ranges(ranges))
}

fn text_value<'v>(text: &'v str, each: &mut dyn FnMut(FacetValue<'v>)) {
    if !text.is_empty() {
        each(FacetValue::Text(text.into()));
    }
}

/// The values at a place in JSON; lists on the way are followed into each item, and so are lists
/// there.
fn below<'v>(json: Json, keys: &[&str], each: &mut dyn FnMut(FacetValue<'v>)) {
    match (json, keys.split_first()) {
        (Json::Array(items), _) => items.into_iter().for_each(|item| below(item, keys, each)),
        (Json::Object(mut object), Some((key, rest))) => {
            if let Some(inner) = object.remove(*key) {
                below(inner, rest, each);
            }
        }
        (Json::Bool(flag), None) => each(FacetValue::Flag(flag)),
        (Json::Number(number), None) => {
            if let Some(number) = number.as_f64() {
                each(FacetValue::Number(number));
            }
        }
        (Json::String(text), None) if !text.is_empty() => each(FacetValue::Text(text.into())),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_at_a_place_in_json() {
        let json = json!({ "a": { "b": "x", "n": 5, "yes": true, "no": null, "none": "" },
            "list": [{ "b": "y" }, { "b": ["z", { "c": "w" }, 7, []] }, 8] });
        for (keys, expected) in [
            (&["a", "b"][..], "x"),
            (&["a", "n"], "5"),
            (&["a", "yes"], "true"),
            (&["list", "b"], "y z 7"),
            (&["list"], "8"),
            (&["a"], ""),
            (&["a", "no"], ""),
            (&["a", "none"], ""),
            (&["a", "b", "c"], ""),
            (&[], ""),
        ] {
            let mut found = Vec::new();
            below(json.clone(), keys, &mut |value| {
                found.push(match value {
                    FacetValue::Flag(flag) => flag.to_string(),
                    FacetValue::Number(number) => number.to_string(),
                    FacetValue::Text(text) => text.into_owned(),
                });
            });
            assert_eq!(found.join(" "), expected, "{keys:?}");
        }
    }

    #[test]
    fn periods_are_beginnings_of_dates() {
        let date = "2024-05-31 09:30:00.000Z";
        for (_, period, length) in Period::ALL {
            assert_eq!(Some(period.of(date)), date.get(..length));
            assert_eq!(period.of(""), "");
        }
    }
}
