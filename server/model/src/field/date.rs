//! The date field: a moment in UTC as text, or nothing.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::field::shape::Form;
use crate::field::{Field, FieldType, Options};
use crate::invalid::{Violation, Violations};
use crate::timestamp::Timestamp;
use crate::value::Value;

pub(super) const NAME: &str = "date";

/// A date field.
#[derive(Clone, Debug, Default)]
pub struct DateField {
    /// The earliest moment, if any.
    pub min: Option<Timestamp>,
    /// The latest moment, if any.
    pub max: Option<Timestamp>,
}

pub(super) fn read(options: &mut Options<'_>) -> Arc<dyn FieldType> {
    let min = options.text("min");
    let max = options.text("max");
    Arc::new(DateField {
        min: Timestamp::parse(&min),
        max: Timestamp::parse(&max),
    })
}

impl FieldType for DateField {
    fn type_name(&self) -> &'static str {
        NAME
    }

    fn form(&self) -> Form {
        Form::Date {
            min: self.min,
            max: self.max,
        }
    }

    fn options(&self) -> Map<String, Json> {
        Map::from_iter([
            ("max".to_owned(), shown(self.max).into()),
            ("min".to_owned(), shown(self.min).into()),
        ])
    }

    fn check_options(&self) -> Violations {
        Violations::new()
    }

    fn cast(&self, submitted: &Json) -> Value {
        let moment = submitted.as_str().and_then(Timestamp::parse);
        Value::Text(shown(moment))
    }

    fn validate(&self, field: &Field, value: &Value) -> Result<(), Violation> {
        let Some(moment) = value.as_text().and_then(Timestamp::parse) else {
            return field.allow_empty();
        };
        match (self.min, self.max) {
            (Some(min), _) if moment < min => Err(out_of_range(
                "validation_min_greater_equal_than_required",
                "Must be no less than",
                min,
            )),
            (_, Some(max)) if moment > max => Err(out_of_range(
                "validation_max_less_equal_than_required",
                "Must be no greater than",
                max,
            )),
            _ => Ok(()),
        }
    }
}

fn shown(moment: Option<Timestamp>) -> String {
    moment.map(|moment| moment.to_string()).unwrap_or_default()
}

/// The bound in the two spellings that Go prints: `2024-01-02 00:00:00 +0000 UTC` in the message,
/// RFC 3339 in the parameter; both without trailing zeros of the fraction.
fn out_of_range(code: &'static str, start: &str, bound: Timestamp) -> Violation {
    let text = bound.to_string();
    let text = text
        .trim_end_matches('Z')
        .trim_end_matches('0')
        .trim_end_matches('.');
    let message = format!("{start} {text} +0000 UTC.");
    Violation::new(code, message).with("threshold", format!("{}Z", text.replace(' ', "T")))
}
