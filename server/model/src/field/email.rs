//! The email field.

use std::sync::{Arc, LazyLock};

use regex::Regex;
use serde_json::{Map, Value as Json};

use crate::field::domains::Domains;
use crate::field::shape::{Form, TextForm, TextFormat};
use crate::field::{Field, FieldType, Options};
use crate::invalid::{Violation, Violations};
use crate::value::Value;

pub(super) const NAME: &str = "email";

/// An email field.
#[derive(Clone, Debug, Default)]
pub struct EmailField {
    /// Which domains it may have, compared exactly.
    pub domains: Domains,
}

pub(super) fn read(options: &mut Options<'_>) -> Arc<dyn FieldType> {
    Arc::new(EmailField {
        domains: Domains::read(options),
    })
}

/// Whether a text is an e-mail address: dotted atoms, `@`, and a domain of at least two labels of
/// which the last begins and ends with a letter. Letters outside ASCII are accepted.
#[must_use]
pub fn is_email(text: &str) -> bool {
    static EMAIL: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let wide = r"\x{00A0}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFEF}";
        let atom = format!(r"[a-zA-Z0-9!#$%&'*+\-/=?\^_`{{|}}~{wide}]+");
        let edge = format!("[a-zA-Z0-9{wide}]");
        let label = format!(r"{edge}(?:[a-zA-Z0-9\-._~{wide}]*{edge})?");
        let letter = format!("[a-zA-Z{wide}]");
        let last = format!(r"{letter}(?:[a-zA-Z0-9\-_~{wide}]*{letter})?");
        Regex::new(&format!(r"^{atom}(?:\.{atom})*@(?:{label}\.)+{last}\.?$")).ok()
    });
    EMAIL.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

impl FieldType for EmailField {
    fn type_name(&self) -> &'static str {
        NAME
    }

    fn form(&self) -> Form {
        Form::Text(TextForm {
            format: TextFormat::Email,
            domains: self.domains.clone(),
            ..TextForm::default()
        })
    }

    fn options(&self) -> Map<String, Json> {
        self.domains.options()
    }

    fn check_options(&self) -> Violations {
        self.domains.check()
    }

    fn validate(&self, field: &Field, value: &Value) -> Result<(), Violation> {
        let text = value.as_text().unwrap_or_default();
        if text.is_empty() {
            return field.allow_empty();
        }
        if !is_email(text) {
            return Err(Violation::new(
                "validation_is_email",
                "Must be a valid email address.",
            ));
        }
        let domain = text.rsplit('@').next().unwrap_or_default();
        if !self.domains.allow(domain) {
            let message = "Email domain is not allowed.";
            return Err(Violation::new(
                "validation_email_domain_not_allowed",
                message,
            ));
        }
        Ok(())
    }
}
