//! Options of what the server tells about itself.

use super::*;

/// Options of routes that watch or count what a filter selects.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct FilterOptions {
    /// A filter; empty for everything.
    pub(crate) filter: String,
    /// The keys to show.
    pub(crate) fields: Wanted,
}

impl FilterOptions {
    fn of(request: &Request) -> Result<Self, Failure> {
        Ok(Self {
            filter: option(request, "filter").unwrap_or_default(),
            fields: Wanted::of(request)?,
        })
    }

    fn properties() -> Properties {
        let filter = property("Which entries, as a filter.", "string");
        vec![("filter", filter), fields_property()]
    }
}

extracted!(FilterOptions);
