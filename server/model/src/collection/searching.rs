//! The search options of a submitted definition.
//!
//! - They are replaced as a whole; `null` removes them, and without the key they stay.
//! - Names of fields follow a rename in the same submission, so that a field can be renamed without
//!   sending the options, and with the options as they were.

use serde_json::Value as Json;

use super::{Collection, Collections};
use crate::invalid::{Violation, Violations};
use crate::search::SearchOptions;

/// The options as they were sent, or else as they were before.
pub(super) fn options(
    sent: Option<&Json>,
    (collection, before): (&Collection, Option<&Collection>),
    collections: &dyn Collections,
    violations: &mut Violations,
) -> Option<SearchOptions> {
    let options = match sent {
        None => before?.search.clone()?,
        Some(Json::Null) => return None,
        Some(Json::Object(object)) => match SearchOptions::from_json(object) {
            Ok(options) => options,
            Err(found) => {
                violations.nest(SearchOptions::KEY, found);
                return None;
            }
        },
        Some(_) => {
            let message = "Must be an object, or null for none.";
            let violation = Violation::new("validation_invalid_value", message);
            violations.add(SearchOptions::KEY, violation);
            return None;
        }
    };
    let Some(before) = before else {
        return Some(options);
    };
    let rename = |name: &str| {
        // What was sent is meant as it is written where there is such a field now.
        if sent.is_some() && collection.field(name).is_some() {
            return None;
        }
        let old = before.field(name)?;
        let new = collection.field_by_id(&old.id)?;
        (new.name != old.name).then(|| new.name.clone())
    };
    let renamed = options.renamed(before, collections, (&before.id, &rename));
    Some(renamed.unwrap_or(options))
}
