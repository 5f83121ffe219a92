//! The password field. A submitted value is the plain text; the engine stores a hash in its place
//! and never gives it out.

use std::sync::Arc;

use regex::Regex;
use serde_json::{Map, Value as Json};

use crate::field::options::{Options, check_max, check_min, size_or};
use crate::field::shape::{Form, TextForm, TextFormat};
use crate::field::text::check_pattern;
use crate::field::{Field, FieldType, pattern};
use crate::invalid::{Violation, Violations};
use crate::limits::{PASSWORD_CHARS_MAX, PASSWORD_COST_MAX, PASSWORD_COST_MIN};
use crate::value::Value;

pub(super) const NAME: &str = "password";

/// A password field.
#[derive(Clone, Debug, Default)]
pub struct PasswordField {
    /// Fewest characters.
    pub min: i64,
    /// Most characters; zero means the default.
    pub max: i64,
    /// What a password must match; empty for anything.
    pub pattern: String,
    /// The cost of a bcrypt hash; kept for the contract, our hashes have their own parameters.
    pub cost: i64,
    /// `pattern`, compiled; none when empty or malformed.
    compiled: Option<Regex>,
}

pub(super) fn read(options: &mut Options<'_>) -> Arc<dyn FieldType> {
    let pattern = options.text("pattern");
    Arc::new(PasswordField {
        min: options.whole("min"),
        max: options.whole("max"),
        cost: options.whole("cost"),
        compiled: pattern::compile(&pattern).ok(),
        pattern,
    })
}

impl FieldType for PasswordField {
    fn type_name(&self) -> &'static str {
        NAME
    }

    fn form(&self) -> Form {
        let most = size_or(PASSWORD_CHARS_MAX, usize::MAX);
        Form::Text(TextForm {
            format: TextFormat::Password,
            min_chars: size_or(self.min, 0),
            max_chars: Some(size_or(self.max, most)),
            pattern: self.pattern.clone(),
            ..TextForm::default()
        })
    }

    fn options(&self) -> Map<String, Json> {
        Map::from_iter([
            ("cost".to_owned(), self.cost.into()),
            ("max".to_owned(), self.max.into()),
            ("min".to_owned(), self.min.into()),
            ("pattern".to_owned(), self.pattern.clone().into()),
        ])
    }

    fn check_options(&self) -> Violations {
        let mut all = Violations::new();
        check_min(&mut all, "min", self.min, 1);
        check_max(&mut all, "min", self.min, PASSWORD_CHARS_MAX);
        check_min(&mut all, "max", self.max, self.min);
        check_max(&mut all, "max", self.max, PASSWORD_CHARS_MAX);
        check_min(&mut all, "cost", self.cost, PASSWORD_COST_MIN);
        check_max(&mut all, "cost", self.cost, PASSWORD_COST_MAX);
        if let Err(violation) = check_pattern(&self.pattern) {
            all.add("pattern", violation);
        }
        all
    }

    /// Checks the plain text, never a hash.
    fn validate(&self, field: &Field, value: &Value) -> Result<(), Violation> {
        let text = value.as_text().unwrap_or_default();
        if text.is_empty() {
            return field.allow_empty();
        }
        let length = text.chars().count();
        if length < size_or(self.min, 0) {
            let message = format!("Must be at least {} character(s).", self.min);
            return Err(Violation::new("validation_min_text_constraint", message));
        }
        let max = size_or(self.max, size_or(PASSWORD_CHARS_MAX, usize::MAX));
        if length > max {
            let message = format!("Must be less than {max} character(s).");
            return Err(Violation::new("validation_max_text_constraint", message));
        }
        pattern::check_match(self.compiled.as_ref(), text)
    }

    fn as_password(&self) -> Option<&PasswordField> {
        Some(self)
    }
}
