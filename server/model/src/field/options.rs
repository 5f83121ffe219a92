//! Reading a field's definition: each option is taken by name and type, and one of a wrong type is
//! reported by its name. `null` and an absent key both mean the default.

use serde_json::{Map, Value as Json};

use crate::invalid::{Violation, Violations};
use crate::record::write_number_json;

/// The largest whole number that a JSON client can hold exactly; the upper bound of sizes.
pub(super) const WHOLE_NUMBER_MAX: i64 = 9_007_199_254_740_991;

/// The definition being read, and what was wrong with it so far.
#[derive(Debug)]
pub struct Options<'a> {
    map: &'a Map<String, Json>,
    violations: Violations,
}

impl<'a> Options<'a> {
    /// Starts reading.
    #[must_use]
    pub fn of(map: &'a Map<String, Json>) -> Self {
        Self {
            map,
            violations: Violations::new(),
        }
    }

    /// A text, empty by default.
    pub fn text(&mut self, key: &str) -> String {
        self.take(key, "a text", |json| json.as_str().map(str::to_owned))
            .unwrap_or_default()
    }

    /// True or false, false by default.
    pub fn flag(&mut self, key: &str) -> bool {
        self.take(key, "true or false", Json::as_bool)
            .unwrap_or_default()
    }

    /// A whole number, zero by default.
    pub fn whole(&mut self, key: &str) -> i64 {
        self.take(key, "a whole number", whole_number)
            .unwrap_or_default()
    }

    /// A number, or none.
    pub fn number(&mut self, key: &str) -> Option<f64> {
        self.take(key, "a number or null", Json::as_f64)
    }

    /// A list of texts, empty by default.
    pub fn texts(&mut self, key: &str) -> Vec<String> {
        self.take(key, "a list of texts", |json| {
            let items = json.as_array()?.iter();
            items.map(|item| item.as_str().map(str::to_owned)).collect()
        })
        .unwrap_or_default()
    }

    /// Any JSON, as it is.
    #[must_use]
    pub fn json(&self, key: &str) -> Option<&'a Json> {
        self.map.get(key)
    }

    /// Reports that an option cannot be read.
    pub fn refuse(&mut self, key: &str, violation: Violation) {
        self.violations.add(key, violation);
    }

    /// Everything that was wrong.
    #[must_use]
    pub fn into_violations(self) -> Violations {
        self.violations
    }

    fn take<T>(
        &mut self,
        key: &str,
        expected: &str,
        read: impl Fn(&Json) -> Option<T>,
    ) -> Option<T> {
        let json = self.map.get(key).filter(|json| !json.is_null())?;
        let value = read(json);
        if value.is_none() {
            let message = format!("Must be {expected}.");
            self.violations.add(
                key,
                Violation::new("validation_invalid_field_value", message),
            );
        }
        value
    }
}

/// "Must be no less than …" when `value` is set and below `min`.
pub(super) fn check_min(all: &mut Violations, key: &str, value: i64, min: i64) {
    if value != 0 && value < min {
        let message = format!("Must be no less than {min}.");
        let violation = Violation::new("validation_min_greater_equal_than_required", message);
        all.add(key, violation.with("threshold", min));
    }
}

/// "Must be no greater than …" when `value` is above `max`.
pub(super) fn check_max(all: &mut Violations, key: &str, value: i64, max: i64) {
    if value > max {
        let message = format!("Must be no greater than {max}.");
        let violation = Violation::new("validation_max_less_equal_than_required", message);
        all.add(key, violation.with("threshold", max));
    }
}

/// Both bounds of a size: zero, or from `min` to what JSON clients can hold.
pub(super) fn check_size(all: &mut Violations, key: &str, value: i64, min: i64) {
    check_min(all, key, value, min);
    check_max(all, key, value, WHOLE_NUMBER_MAX);
}

/// A size as the unsigned number that checks compare with; `default` stands for zero.
pub(super) fn size_or(value: i64, default: usize) -> usize {
    match usize::try_from(value) {
        Ok(0) | Err(_) => default,
        Ok(size) => size,
    }
}

/// A number as JSON shows it: whole numbers without a dot.
pub(super) fn number_json(number: f64) -> Json {
    let mut text = Vec::new();
    write_number_json(number, &mut text);
    serde_json::from_slice(&text).unwrap_or(Json::Null)
}

/// The text of [`number_json`], for messages.
pub(super) fn number_text(number: f64) -> String {
    let mut text = Vec::new();
    write_number_json(number, &mut text);
    String::from_utf8(text).unwrap_or_default()
}

fn whole_number(json: &Json) -> Option<i64> {
    json.as_i64().or_else(|| {
        let number = json.as_f64()?;
        let fits = number.fract() == 0.0 && number.abs() < 9.2e18;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "whole and in range, checked above"
        )]
        let whole = number as i64;
        fits.then_some(whole)
    })
}
