//! The options of a search in lists of records.

use luge_model::limits;
use poem::Request;

use super::{Properties, option, property, truth};
use crate::http::error::Failure;

/// What is searched for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct SearchAsked {
    /// The text of the search; empty for none.
    pub(crate) text: String,
    /// The fields that are shown as snippets.
    pub(crate) highlight: Vec<String>,
    /// Whether all hits are counted.
    pub(crate) counts_all: bool,
    /// Whether to wait until everything written so far can be found.
    pub(crate) waits: bool,
    /// The facets whose values are counted.
    pub(crate) facets: Option<String>,
    /// The text whose last word is completed.
    pub(crate) suggest: Option<String>,
}

impl SearchAsked {
    pub(super) fn of(request: &Request) -> Result<Self, Failure> {
        let given = |name: &str| option(request, name).unwrap_or_default();
        let highlight = given("highlight");
        let highlight = highlight.split(',').map(str::trim);
        let highlight: Vec<String> = highlight
            .filter(|path| !path.is_empty())
            .map(str::to_owned)
            .collect();
        if highlight.len() > limits::SEARCH_FIELDS_MAX {
            let most = limits::SEARCH_FIELDS_MAX;
            return Err(Failure::bad_request(format!(
                "The parameter highlight names at most {most} fields."
            )));
        }
        let counts_all = match given("searchTotal").as_str() {
            "" | "estimate" => false,
            "exact" => true,
            other => {
                return Err(Failure::bad_request(format!(
                    "The parameter searchTotal must be exact or estimate, not \"{other}\"."
                )));
            }
        };
        Ok(Self {
            text: given("search"),
            highlight,
            counts_all,
            waits: truth("wait", &given("wait"))?,
            facets: option(request, "facets").filter(|facets| !facets.is_empty()),
            suggest: option(request, "suggest"),
        })
    }

    /// Whether the index is asked.
    pub(crate) fn reads_index(&self) -> bool {
        !self.text.trim().is_empty() || self.suggest.is_some()
    }

    pub(super) fn properties() -> Properties {
        let text = |name, description| (name, property(description, "string"));
        let mut properties = Self::of_many();
        properties.extend([
            text(
                "facets",
                "The fields whose values are counted, e.g. `genre,price:0..10|10..,created:year`.",
            ),
            text("suggest", "A text whose last word is completed."),
        ]);
        properties
    }

    /// Those that a search of many collections has too.
    pub(super) fn of_many() -> Properties {
        let text = |name, description| (name, property(description, "string"));
        vec![
            text(
                "search",
                "Words, `\"phrases\"`, `-word` and `field:word` to search for.",
            ),
            text(
                "highlight",
                "The fields to show as snippets with what was found, or `*`.",
            ),
            text(
                "searchTotal",
                "`exact` to count all hits, `estimate` to stop at 1000.",
            ),
            (
                "wait",
                property(
                    "Whether to wait until a search sees everything written so far.",
                    "boolean",
                ),
            ),
        ]
    }
}
