//! The editor field: rich text as HTML.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::field::options::{Options, check_size, size_or};
use crate::field::shape::{Form, TextForm, TextFormat};
use crate::field::{Field, FieldType};
use crate::invalid::{Violation, Violations};
use crate::limits::EDITOR_BYTES_MAX;
use crate::value::Value;

pub(super) const NAME: &str = "editor";

/// An editor field.
#[derive(Clone, Debug, Default)]
pub struct EditorField {
    /// Most bytes; zero means the default.
    pub max_size: i64,
    /// Whether the dashboard's editor strips the host from links.
    pub convert_urls: bool,
}

pub(super) fn read(options: &mut Options<'_>) -> Arc<dyn FieldType> {
    Arc::new(EditorField {
        max_size: options.whole("maxSize"),
        convert_urls: options.flag("convertURLs"),
    })
}

impl FieldType for EditorField {
    fn type_name(&self) -> &'static str {
        NAME
    }

    fn form(&self) -> Form {
        Form::Text(TextForm {
            format: TextFormat::Html,
            max_bytes: Some(size_or(self.max_size, EDITOR_BYTES_MAX)),
            ..TextForm::default()
        })
    }

    fn options(&self) -> Map<String, Json> {
        Map::from_iter([
            ("convertURLs".to_owned(), self.convert_urls.into()),
            ("maxSize".to_owned(), self.max_size.into()),
        ])
    }

    fn check_options(&self) -> Violations {
        let mut all = Violations::new();
        check_size(&mut all, "maxSize", self.max_size, 0);
        all
    }

    fn body_bytes(&self) -> u64 {
        size_or(self.max_size, EDITOR_BYTES_MAX) as u64
    }

    fn validate(&self, field: &Field, value: &Value) -> Result<(), Violation> {
        let text = value.as_text().unwrap_or_default();
        if text.is_empty() && field.required {
            return Err(Violation::required());
        }
        let max = size_or(self.max_size, EDITOR_BYTES_MAX);
        if text.len() > max {
            let message = format!("The maximum allowed content size is {max} bytes.");
            let violation = Violation::new("validation_content_size_limit", message);
            return Err(violation.with("maxSize", max));
        }
        Ok(())
    }
}
