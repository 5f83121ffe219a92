//! The relation field: ids of records of one collection. Whether they exist is for the engine.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::field::options::{Options, check_min, size_or};
use crate::field::shape::Form;
use crate::field::{Field, FieldType, names};
use crate::invalid::{Violation, Violations};
use crate::value::Value;

pub(super) const NAME: &str = "relation";

/// A relation field.
#[derive(Clone, Debug, Default)]
pub struct RelationField {
    /// The public id of the collection of the related records.
    pub collection_id: String,
    /// Whether records go with the last record they point at.
    pub cascade_delete: bool,
    /// Fewest ids of a list that is not empty.
    pub min_select: i64,
    /// How many; up to one means a single id.
    pub max_select: i64,
}

pub(super) fn read(options: &mut Options<'_>) -> Arc<dyn FieldType> {
    Arc::new(RelationField {
        collection_id: options.text("collectionId"),
        cascade_delete: options.flag("cascadeDelete"),
        min_select: options.whole("minSelect"),
        max_select: options.whole("maxSelect"),
    })
}

impl RelationField {
    /// What to answer when some of the records do not exist.
    #[must_use]
    pub fn missing_records() -> Violation {
        let message = "Failed to find all relation records with the provided ids.";
        Violation::new("validation_missing_rel_records", message)
    }
}

impl FieldType for RelationField {
    fn type_name(&self) -> &'static str {
        NAME
    }

    fn form(&self) -> Form {
        let counts = (size_or(self.min_select, 0), size_or(self.max_select, 1));
        self.listed(Form::Relation(self.collection_id.clone()), counts)
    }

    fn options(&self) -> Map<String, Json> {
        Map::from_iter([
            ("cascadeDelete".to_owned(), self.cascade_delete.into()),
            ("collectionId".to_owned(), self.collection_id.clone().into()),
            ("maxSelect".to_owned(), self.max_select.into()),
            ("minSelect".to_owned(), self.min_select.into()),
        ])
    }

    fn check_options(&self) -> Violations {
        let mut all = Violations::new();
        if self.collection_id.is_empty() {
            all.add("collectionId", Violation::required());
        }
        check_min(&mut all, "minSelect", self.min_select, 0);
        if self.min_select > 0 && self.max_select == 0 {
            all.add("maxSelect", Violation::required());
        }
        check_min(
            &mut all,
            "maxSelect",
            self.max_select,
            self.min_select.max(0),
        );
        all
    }

    fn validate(&self, field: &Field, value: &Value) -> Result<(), Violation> {
        let count = value.names().len();
        if count == 0 {
            return field.allow_empty();
        }
        if count < size_or(self.min_select, 0) {
            let message = format!("Select at least {}.", self.min_select);
            let violation = Violation::new("validation_not_enough_values", message);
            return Err(violation.with("minSelect", self.min_select));
        }
        let max = size_or(self.max_select, 1);
        if count > max {
            Err(names::too_many(max))
        } else {
            Ok(())
        }
    }

    fn max_select(&self) -> Option<i64> {
        Some(self.max_select)
    }

    fn as_relation(&self) -> Option<&RelationField> {
        Some(self)
    }
}
