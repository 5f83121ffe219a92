//! The options of types of records.

use poem::Request;

use super::{Properties, option, property, truth};
use crate::http::error::Failure;

/// Options of the route of types.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct TypesOptions {
    /// Whether hidden fields and the collections of the system are among them.
    pub(crate) all: bool,
}

impl TypesOptions {
    pub(super) fn of(request: &Request) -> Result<Self, Failure> {
        let all = option(request, "all").unwrap_or_default();
        Ok(Self {
            all: truth("all", &all)?,
        })
    }

    pub(super) fn properties() -> Properties {
        let all = "Whether hidden fields and the collections of the system are among them.";
        vec![("all", property(all, "boolean"))]
    }
}
