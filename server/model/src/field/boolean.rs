//! The bool field. `required` means that it must be true.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::field::shape::Form;
use crate::field::{Field, FieldType, Options, cast};
use crate::invalid::{Violation, Violations};
use crate::value::Value;

pub(super) const NAME: &str = "bool";

/// A bool field.
#[derive(Clone, Copy, Debug, Default)]
pub struct BoolField;

pub(super) fn read(_: &mut Options<'_>) -> Arc<dyn FieldType> {
    Arc::new(BoolField)
}

impl FieldType for BoolField {
    fn type_name(&self) -> &'static str {
        NAME
    }

    fn zero(&self) -> Value {
        Value::Bool(false)
    }

    fn form(&self) -> Form {
        Form::Bool
    }

    fn options(&self) -> Map<String, Json> {
        Map::new()
    }

    fn check_options(&self) -> Violations {
        Violations::new()
    }

    fn cast(&self, submitted: &Json) -> Value {
        Value::Bool(cast::flag(submitted))
    }

    fn validate(&self, field: &Field, value: &Value) -> Result<(), Violation> {
        if field.required && *value != Value::Bool(true) {
            return Err(Violation::required());
        }
        Ok(())
    }
}
