//! The options of a search of many collections.

use luge_model::limits;
use poem::Request;

use super::{Properties, SearchAsked, Wanted, fields_property, option, property, whole_number};
use crate::http::error::Failure;

/// What is searched for, and where.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SearchesOptions {
    /// What is searched for.
    pub(crate) search: SearchAsked,
    /// Names or ids; `None` for all that can be searched.
    pub(crate) collections: Option<Vec<String>>,
    /// Hits of each collection that are shown.
    pub(crate) per_collection: usize,
    /// The keys of the hits to show.
    pub(crate) fields: Wanted,
}

impl SearchesOptions {
    pub(super) fn of(request: &Request) -> Result<Self, Failure> {
        let given = |name: &str| option(request, name).unwrap_or_default();
        let search = SearchAsked::of(request)?;
        if search.text.trim().is_empty() {
            return Err(Failure::bad_request("The parameter search is required."));
        }
        for name in [
            "facets", "suggest", "filter", "sort", "page", "expand", "cursor",
        ] {
            if option(request, name).is_some() {
                return Err(Failure::bad_request(format!(
                    "The parameter {name} belongs to the lists of single collections."
                )));
            }
        }
        Ok(Self {
            search,
            collections: collections(&given("collections"))?,
            per_collection: per_collection(&given("perCollection"))?,
            fields: Wanted::of(request)?,
        })
    }

    pub(super) fn properties() -> Properties {
        let text = |name, description| (name, property(description, "string"));
        let mut properties = vec![
            text(
                "collections",
                "Names or ids of collections; all that can be searched without it.",
            ),
            (
                "perCollection",
                property("Hits of each collection, at most 50.", "integer"),
            ),
            fields_property(),
        ];
        properties.extend(SearchAsked::of_many());
        properties
    }
}

fn collections(text: &str) -> Result<Option<Vec<String>>, Failure> {
    if text.is_empty() {
        return Ok(None);
    }
    let names: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
    let most = limits::SEARCHED_COLLECTIONS_MAX;
    if names.len() > most {
        return Err(Failure::bad_request(format!(
            "The parameter collections names at most {most} collections."
        )));
    }
    Ok(Some(names))
}

fn per_collection(text: &str) -> Result<usize, Failure> {
    if text.is_empty() {
        return Ok(limits::PER_COLLECTION_DEFAULT);
    }
    let most = limits::PER_COLLECTION_MAX;
    let number = usize::try_from(whole_number("perCollection", text)?);
    let number = number.ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| {
        Failure::bad_request(format!(
            "The parameter perCollection must be 1 to {most}, not \"{text}\"."
        ))
    })
}
