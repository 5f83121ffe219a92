//! The text field, which the `id` of every record is too.

use std::sync::Arc;

use regex::Regex;
use serde_json::{Map, Value as Json};

use crate::field::options::{Options, check_size, size_or};
use crate::field::pattern::Generator;
use crate::field::shape::{Form, TextForm};
use crate::field::{Field, FieldType, Modifier, pattern};
use crate::invalid::{Violation, Violations};
use crate::limits::{AUTOGENERATE_SAMPLES, TEXT_CHARS_MAX};
use crate::value::Value;

pub(super) const NAME: &str = "text";

/// The pattern that `id` fields have unless the collection says otherwise.
pub const ID_PATTERN: &str = "^[a-z0-9]+$";

/// Letters that an id with a pattern of its own may not contain: it is used in paths and filters.
const ID_FORBIDDEN: &str = "./\\|\"'`<>:?*%$\0\t\n\r ";

/// Names that some file systems reserve, in any case.
const ID_RESERVED: &[&str] = &[
    "CON", "PRN", "AUX", "NUL", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8",
    "COM9", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
];

/// A text field.
#[derive(Clone, Debug, Default)]
pub struct TextField {
    /// Fewest characters of a text that is not empty.
    pub min: i64,
    /// Most characters; zero means the default.
    pub max: i64,
    /// What a text that is not empty must match; empty for anything.
    pub pattern: String,
    /// What an empty text of a new record is filled from.
    pub autogenerate_pattern: String,
    /// Whether this is the record's id.
    pub primary_key: bool,
    /// `pattern`, compiled; none when empty or malformed.
    compiled: Option<Regex>,
    /// `autogenerate_pattern`, parsed; none when empty or malformed.
    generator: Option<Generator>,
}

pub(super) fn read(options: &mut Options<'_>) -> Arc<dyn FieldType> {
    let pattern = options.text("pattern");
    let autogenerate_pattern = options.text("autogeneratePattern");
    Arc::new(TextField {
        min: options.whole("min"),
        max: options.whole("max"),
        compiled: pattern::compile(&pattern).ok(),
        pattern,
        generator: Some(&autogenerate_pattern)
            .filter(|pattern| !pattern.is_empty())
            .and_then(|pattern| Generator::new(pattern).ok()),
        autogenerate_pattern,
        primary_key: options.flag("primaryKey"),
    })
}

impl TextField {
    /// A text for an empty value of a new record; none without a pattern for it.
    /// `random(n)` draws a number below `n`.
    #[must_use]
    pub fn generate(&self, random: &mut dyn FnMut(u32) -> u32) -> Option<String> {
        self.generator
            .as_ref()
            .and_then(|generator| generator.text(random).ok())
    }

    /// Whether ids that differ only in case count as the same one.
    #[must_use]
    pub fn ignores_case(&self) -> bool {
        self.primary_key && self.pattern != ID_PATTERN
    }

    fn check_text(&self, text: &str) -> Result<(), Violation> {
        if text.is_empty() {
            return Ok(());
        }
        let length = text.chars().count();
        if length < size_or(self.min, 0) {
            let message = format!("Must be at least {} character(s).", self.min);
            let violation = Violation::new("validation_min_text_constraint", message);
            return Err(violation.with("min", self.min));
        }
        let max = size_or(self.max, TEXT_CHARS_MAX);
        if length > max {
            let message = format!("Must be no more than {max} character(s).");
            let violation = Violation::new("validation_max_text_constraint", message);
            return Err(violation.with("max", max));
        }
        pattern::check_match(self.compiled.as_ref(), text)
    }

    fn check_autogenerate(&self) -> Result<(), Violation> {
        if self.autogenerate_pattern.is_empty() {
            return Ok(());
        }
        check_pattern(&self.autogenerate_pattern)?;
        // A fixed sequence instead of real randomness: the same definition is always judged the
        // same way.
        let mut state = 0x2545_f491_u32;
        let mut sequence = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % below.max(1)
        };
        let malformed = |reason| Violation::new("validation_invalid_autogenerate_pattern", reason);
        let generator = Generator::new(&self.autogenerate_pattern).map_err(malformed)?;
        for _ in 0..AUTOGENERATE_SAMPLES {
            let sample = generator.text(&mut sequence).map_err(malformed)?;
            if self.check_text(&sample).is_err() {
                let message = format!(
                    "The provided autogenerate pattern could produce invalid field values, \
                     ex.: \"{sample}\"."
                );
                let code = "validation_invalid_autogenerate_pattern_value";
                return Err(Violation::new(code, message));
            }
        }
        Ok(())
    }
}

impl FieldType for TextField {
    fn type_name(&self) -> &'static str {
        NAME
    }

    fn form(&self) -> Form {
        Form::Text(TextForm {
            min_chars: size_or(self.min, 0),
            max_chars: Some(size_or(self.max, TEXT_CHARS_MAX)),
            pattern: self.pattern.clone(),
            ..TextForm::default()
        })
    }

    fn options(&self) -> Map<String, Json> {
        Map::from_iter([
            (
                "autogeneratePattern".to_owned(),
                self.autogenerate_pattern.clone().into(),
            ),
            ("max".to_owned(), self.max.into()),
            ("min".to_owned(), self.min.into()),
            ("pattern".to_owned(), self.pattern.clone().into()),
            ("primaryKey".to_owned(), self.primary_key.into()),
        ])
    }

    fn check_options(&self) -> Violations {
        let mut all = Violations::new();
        check_size(&mut all, "min", self.min, 0);
        check_size(&mut all, "max", self.max, self.min.max(0));
        if let Err(violation) = check_pattern(&self.pattern) {
            all.add("pattern", violation);
        } else if let Err(violation) = self.check_autogenerate() {
            all.add("autogeneratePattern", violation);
        }
        if self.primary_key && self.pattern.is_empty() {
            all.add("pattern", Violation::required());
        }
        all
    }

    fn validate(&self, field: &Field, value: &Value) -> Result<(), Violation> {
        let text = value.as_text().unwrap_or_default();
        if text.is_empty() && (field.required || self.primary_key) {
            return Err(Violation::required());
        }
        if self.ignores_case() {
            check_id(text)?;
        }
        self.check_text(text)
    }

    fn modifiers(&self) -> &'static [Modifier] {
        &[Modifier::Autogenerate]
    }

    fn as_text(&self) -> Option<&TextField> {
        Some(self)
    }
}

/// `validation_invalid_regex` for a pattern that does not parse.
pub(super) fn check_pattern(source: &str) -> Result<(), Violation> {
    match pattern::compile(source) {
        Ok(_) => Ok(()),
        Err(reason) => {
            let message = format!("Error parsing regexp: {reason}.");
            Err(Violation::new("validation_invalid_regex", message))
        }
    }
}

fn check_id(text: &str) -> Result<(), Violation> {
    if let Some(letter) = text.chars().find(|letter| ID_FORBIDDEN.contains(*letter)) {
        let message = format!("'{letter}' is not a valid primary key character.");
        let violation = Violation::new("validation_forbidden_pk_character", message);
        return Err(violation.with("ch", letter.to_string()));
    }
    let upper = text.to_ascii_uppercase();
    if ID_RESERVED.contains(&upper.as_str()) {
        let message = format!("The primary key '{upper}' is reserved and cannot be used.");
        return Err(Violation::new("validation_reserved_pk", message).with("reserved", upper));
    }
    Ok(())
}
