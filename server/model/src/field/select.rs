//! The select field: one or several of a fixed list of values.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::field::options::{Options, check_max, check_min, size_or};
use crate::field::shape::Form;
use crate::field::{Field, FieldType, names};
use crate::invalid::{Violation, Violations};
use crate::value::Value;

pub(super) const NAME: &str = "select";

/// A select field.
#[derive(Clone, Debug, Default)]
pub struct SelectField {
    /// What can be chosen.
    pub values: Vec<String>,
    /// How many; up to one means a single value.
    pub max_select: i64,
}

pub(super) fn read(options: &mut Options<'_>) -> Arc<dyn FieldType> {
    Arc::new(SelectField {
        values: options.texts("values"),
        max_select: options.whole("maxSelect"),
    })
}

impl FieldType for SelectField {
    fn type_name(&self) -> &'static str {
        NAME
    }

    fn form(&self) -> Form {
        self.listed(
            Form::Choice(self.values.clone()),
            (0, size_or(self.max_select, 1)),
        )
    }

    fn options(&self) -> Map<String, Json> {
        Map::from_iter([
            ("maxSelect".to_owned(), self.max_select.into()),
            ("values".to_owned(), self.values.clone().into()),
        ])
    }

    fn check_options(&self) -> Violations {
        let mut all = Violations::new();
        if self.values.is_empty() {
            all.add("values", Violation::required());
        }
        check_min(&mut all, "maxSelect", self.max_select, 0);
        let max = i64::try_from(self.values.len()).unwrap_or(i64::MAX);
        check_max(&mut all, "maxSelect", self.max_select, max.max(1));
        all
    }

    fn validate(&self, field: &Field, value: &Value) -> Result<(), Violation> {
        let chosen = value.names();
        if chosen.is_empty() {
            return field.allow_empty();
        }
        let max = size_or(self.max_select, 1);
        if chosen.len() > max {
            return Err(names::too_many(max));
        }
        match chosen.iter().find(|name| !self.values.contains(name)) {
            Some(name) => {
                let message = format!("Invalid value {name}.");
                let violation = Violation::new("validation_invalid_value", message);
                Err(violation.with("value", name.clone()))
            }
            None => Ok(()),
        }
    }

    fn max_select(&self) -> Option<i64> {
        Some(self.max_select)
    }

    fn as_select(&self) -> Option<&SelectField> {
        Some(self)
    }
}
