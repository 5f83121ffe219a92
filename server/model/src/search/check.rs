//! Whether search options fit their collection and those around it.
//!
//! - What only superusers read may be searched, by them alone; what nobody reads may not.
//! - The order of hits is seen by everyone, so nothing that is hidden may decide on it.

use super::{Mode, RankBy, SearchField, SearchOptions, SearchPath};
use crate::collection::{Collection, Collections};
use crate::invalid::{Violation, Violations};

/// Types without words and without values that could be counted.
const REFUSED_TYPES: [&str; 2] = ["password", "geoPoint"];
/// Types that hits can be ordered by.
const RANKED_TYPES: [&str; 4] = ["number", "date", "autodate", "bool"];

impl SearchOptions {
    /// What does not fit the collection with these options, by place.
    #[must_use]
    pub fn violations(&self, collection: &Collection, collections: &dyn Collections) -> Violations {
        if collection.is_view() {
            let message = "The records of view collections cannot be read yet, so they cannot be \
                           searched.";
            return Violations::of("fields", invalid(message));
        }
        let mut found = Violations::new();
        for field in &self.fields {
            let below = field.violations(collection, collections);
            found.nest_at("fields", &field.path, below);
        }
        for (at, key) in self.rank_by.iter().enumerate() {
            if let Err(message) = key.check(collection) {
                found.nest("rankBy", Violations::of(&at.to_string(), invalid(&message)));
            }
        }
        found
    }
}

impl SearchField {
    fn violations(&self, collection: &Collection, collections: &dyn Collections) -> Violations {
        let path = match SearchPath::resolve(&self.path, collection, collections) {
            Ok(path) => path,
            Err(message) => return Violations::of("path", invalid(&message)),
        };
        let name = &path.field.name;
        let type_name = path.field.kind.type_name();
        // Token keys are told to nobody, not even to superusers.
        let secret = path.owner.auth().is_some() && path.field.system && path.field.hidden;
        if secret || REFUSED_TYPES.contains(&type_name) {
            let message = format!("{name} ({type_name}) cannot be searched.");
            return Violations::of("path", invalid(&message));
        }
        let mut found = Violations::new();
        if !path.has_words() {
            self.check_wordless((name, type_name), &mut found);
        }
        if self.language.is_some() && self.mode != Mode::Text {
            let message = "Only the mode text has stems and stop words of a language.";
            found.add("language", invalid(message));
        }
        found
    }

    fn check_wordless(&self, (name, type_name): (&str, &str), found: &mut Violations) {
        if self.facet {
            return;
        }
        if type_name == "relation" {
            let message = format!(
                "Name a field of the related record, such as {name}.name; the relation itself can \
                 only be counted (facet: true)."
            );
            found.add("path", invalid(&message));
        } else {
            let message =
                format!("{name} ({type_name}) has no words; it can only be counted (facet: true).");
            found.add("facet", invalid(&message));
        }
    }
}

impl RankBy {
    fn check(&self, collection: &Collection) -> Result<(), String> {
        let name = &self.field;
        let Some(field) = collection.field(name) else {
            return Err(format!("There is no field {name}."));
        };
        let type_name = field.kind.type_name();
        if !RANKED_TYPES.contains(&type_name) {
            let known = RANKED_TYPES.join(", ");
            return Err(format!(
                "{name} ({type_name}) cannot order hits; fields of these types can: {known}."
            ));
        }
        if field.hidden {
            return Err(format!(
                "{name} is hidden, and the order of hits would tell of it."
            ));
        }
        Ok(())
    }
}

fn invalid(message: &str) -> Violation {
    Violation::new("validation_invalid_value", message)
}
