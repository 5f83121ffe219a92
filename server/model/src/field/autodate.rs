//! The autodate field: when the record was created or last updated. The engine sets it; what a
//! client writes is ignored.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::field::shape::Form;
use crate::field::{Field, FieldType, Options};
use crate::invalid::{Violation, Violations};
use crate::value::Value;

pub(super) const NAME: &str = "autodate";

/// An autodate field.
#[derive(Clone, Debug, Default)]
pub struct AutodateField {
    /// Set when the record is created.
    pub on_create: bool,
    /// Set whenever the record is updated.
    pub on_update: bool,
}

pub(super) fn read(options: &mut Options<'_>) -> Arc<dyn FieldType> {
    Arc::new(AutodateField {
        on_create: options.flag("onCreate"),
        on_update: options.flag("onUpdate"),
    })
}

impl FieldType for AutodateField {
    fn type_name(&self) -> &'static str {
        NAME
    }

    fn form(&self) -> Form {
        Form::Date {
            min: None,
            max: None,
        }
    }

    fn options(&self) -> Map<String, Json> {
        Map::from_iter([
            ("onCreate".to_owned(), self.on_create.into()),
            ("onUpdate".to_owned(), self.on_update.into()),
        ])
    }

    fn check_options(&self) -> Violations {
        let mut all = Violations::new();
        if !self.on_create && !self.on_update {
            let message = "Either onCreate or onUpdate must be enabled.";
            for key in ["onCreate", "onUpdate"] {
                all.add(key, Violation::new("validation_required", message));
            }
        }
        all
    }

    /// The zero value: clients do not write autodate fields.
    fn cast(&self, _: &Json) -> Value {
        self.zero()
    }

    fn validate(&self, _: &Field, _: &Value) -> Result<(), Violation> {
        Ok(())
    }

    fn has_help_and_required(&self) -> bool {
        false
    }

    fn as_autodate(&self) -> Option<&AutodateField> {
        Some(self)
    }
}
