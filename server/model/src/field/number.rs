//! The number field. Zero counts as empty: bounds do not apply to it and `required` refuses it.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::field::options::{Options, number_json, number_text};
use crate::field::shape::{Form, NumberForm};
use crate::field::{Field, FieldType, Modifier, cast};
use crate::invalid::{Violation, Violations};
use crate::value::Value;

pub(super) const NAME: &str = "number";

/// A number field.
#[derive(Clone, Debug, Default)]
pub struct NumberField {
    /// The least number, if any.
    pub min: Option<f64>,
    /// The greatest number, if any.
    pub max: Option<f64>,
    /// Whether fractions are refused.
    pub only_int: bool,
}

pub(super) fn read(options: &mut Options<'_>) -> Arc<dyn FieldType> {
    Arc::new(NumberField {
        min: options.number("min"),
        max: options.number("max"),
        only_int: options.flag("onlyInt"),
    })
}

impl FieldType for NumberField {
    fn type_name(&self) -> &'static str {
        NAME
    }

    fn zero(&self) -> Value {
        Value::Number(0.0)
    }

    fn form(&self) -> Form {
        Form::Number(NumberForm {
            min: self.min,
            max: self.max,
            whole: self.only_int,
        })
    }

    fn options(&self) -> Map<String, Json> {
        Map::from_iter([
            ("max".to_owned(), self.max.map_or(Json::Null, number_json)),
            ("min".to_owned(), self.min.map_or(Json::Null, number_json)),
            ("onlyInt".to_owned(), self.only_int.into()),
        ])
    }

    fn check_options(&self) -> Violations {
        let mut all = Violations::new();
        for (key, bound) in [("min", self.min), ("max", self.max)] {
            if self.only_int && bound.is_some_and(|bound| bound.fract() != 0.0) {
                all.add(key, decimals_not_allowed());
            }
        }
        if let (Some(min), Some(max)) = (self.min, self.max)
            && max < min
        {
            all.add("max", below(min));
        }
        all
    }

    fn cast(&self, submitted: &Json) -> Value {
        Value::Number(cast::number(submitted))
    }

    fn validate(&self, field: &Field, value: &Value) -> Result<(), Violation> {
        let number = number_of(value);
        if !number.is_finite() {
            let message = "The submitted number is not properly formatted.";
            return Err(Violation::new("validation_not_a_number", message));
        }
        if number == 0.0 {
            return field.allow_empty();
        }
        if self.only_int && number.fract() != 0.0 {
            return Err(decimals_not_allowed());
        }
        match (self.min, self.max) {
            (Some(min), _) if number < min => Err(below(min)),
            (_, Some(max)) if number > max => {
                let message = format!("Must be less or equal than {}.", number_text(max));
                let violation = Violation::new("validation_max_number_constraint", message);
                Err(violation.with("max", number_json(max)))
            }
            _ => Ok(()),
        }
    }

    fn modifiers(&self) -> &'static [Modifier] {
        &[Modifier::Append, Modifier::Remove]
    }

    fn modify(&self, current: &Value, modifier: Modifier, submitted: &Json) -> Value {
        let (current, change) = (number_of(current), cast::number(submitted));
        Value::Number(match modifier {
            Modifier::Append => current + change,
            Modifier::Remove => current - change,
            Modifier::Prepend | Modifier::Autogenerate => current,
        })
    }
}

fn number_of(value: &Value) -> f64 {
    match value {
        Value::Number(number) => *number,
        _ => 0.0,
    }
}

fn below(min: f64) -> Violation {
    let message = format!("Must be greater or equal than {}.", number_text(min));
    Violation::new("validation_min_number_constraint", message).with("min", number_json(min))
}

fn decimals_not_allowed() -> Violation {
    Violation::new(
        "validation_only_int_constraint",
        "Decimal numbers are not allowed.",
    )
}
