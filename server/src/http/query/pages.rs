//! Options of routes that show pages of what the server itself keeps, in an order of its own.

use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaParamIn, MetaSchemaRef, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use super::{Properties, Wanted, fields_property, option, parameters, property, whole_number};
use crate::http::error::Failure;

/// Which page of what is in which state.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PageOptions {
    /// From 1; 0 counts as 1.
    pub(crate) page: usize,
    /// Items on a page; 0 counts as the default.
    pub(crate) per_page: usize,
    /// A state; empty for all.
    pub(crate) state: String,
    /// The keys to show.
    pub(crate) fields: Wanted,
}

impl PageOptions {
    fn of(request: &Request) -> Result<Self, Failure> {
        let number = |name: &str| {
            let text = option(request, name).unwrap_or_default();
            let number = whole_number(name, &text)?;
            Ok::<_, Failure>(usize::try_from(number).unwrap_or(0))
        };
        Ok(Self {
            page: number("page")?,
            per_page: number("perPage")?,
            state: option(request, "state").unwrap_or_default(),
            fields: Wanted::of(request)?,
        })
    }

    fn properties() -> Properties {
        let state = "Only those that are `waiting`, `delivered` or `dead`.";
        vec![
            ("page", property("From 1.", "integer")),
            ("perPage", property("At most 1000.", "integer")),
            ("state", property(state, "string")),
            fields_property(),
        ]
    }
}

extracted!(PageOptions);
