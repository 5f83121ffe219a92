//! The file field: names of blobs that belong to the record. The names are given by the server;
//! a client can only drop or reorder those that are already there.

use std::sync::{Arc, LazyLock};

use regex::Regex;
use serde_json::{Map, Value as Json};

use crate::field::options::{Options, check_size, size_or};
use crate::field::{Field, FieldType};
use crate::invalid::{Violation, Violations};
use crate::limits::FILE_BYTES_MAX;
use crate::value::Value;

pub(super) const NAME: &str = "file";

/// A file field.
#[derive(Clone, Debug, Default)]
pub struct FileField {
    /// How many; up to one means a single file.
    pub max_select: i64,
    /// Most bytes of one file; zero means the default.
    pub max_size: i64,
    /// Accepted media types; empty for any.
    pub mime_types: Vec<String>,
    /// Sizes of previews, such as `100x100`.
    pub thumbs: Vec<String>,
    /// Whether reading needs a file token.
    pub protected: bool,
}

pub(super) fn read(options: &mut Options<'_>) -> Arc<dyn FieldType> {
    Arc::new(FileField {
        max_select: options.whole("maxSelect"),
        max_size: options.whole("maxSize"),
        mime_types: options.texts("mimeTypes"),
        thumbs: options.texts("thumbs"),
        protected: options.flag("protected"),
    })
}

impl FileField {
    /// Most bytes of one file.
    #[must_use]
    pub fn max_bytes(&self) -> usize {
        size_or(self.max_size, FILE_BYTES_MAX)
    }

    /// Refuses names that are neither stored in the record nor just uploaded.
    ///
    /// # Errors
    /// `validation_invalid_file` with the names.
    pub fn check_names(&self, value: &Value, known: &[String]) -> Result<(), Violation> {
        let unknown: Vec<&str> = value
            .names()
            .iter()
            .filter(|name| !known.contains(name))
            .map(String::as_str)
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let message = format!("Invalid new files: [{}].", unknown.join(" "));
        Err(Violation::new("validation_invalid_file", message).with("invalidFiles", unknown))
    }
}

impl FieldType for FileField {
    fn type_name(&self) -> &'static str {
        NAME
    }

    fn options(&self) -> Map<String, Json> {
        Map::from_iter([
            ("maxSelect".to_owned(), self.max_select.into()),
            ("maxSize".to_owned(), self.max_size.into()),
            ("mimeTypes".to_owned(), self.mime_types.clone().into()),
            ("protected".to_owned(), self.protected.into()),
            ("thumbs".to_owned(), self.thumbs.clone().into()),
        ])
    }

    fn check_options(&self) -> Violations {
        let mut all = Violations::new();
        check_size(&mut all, "maxSelect", self.max_select, 0);
        check_size(&mut all, "maxSize", self.max_size, 0);
        let mut below = Violations::new();
        for (index, thumb) in self.thumbs.iter().enumerate() {
            if let Err(violation) = check_thumb(thumb) {
                below.add(&index.to_string(), violation);
            }
        }
        all.nest("thumbs", below);
        all
    }

    fn validate(&self, field: &Field, value: &Value) -> Result<(), Violation> {
        let count = value.names().len();
        if count == 0 {
            return field.allow_empty();
        }
        let max = size_or(self.max_select, 1);
        if count > max {
            let message = format!("The maximum allowed files is {max}.");
            return Err(Violation::new("validation_too_many_files", message).with("maxSelect", max));
        }
        Ok(())
    }

    fn max_select(&self) -> Option<i64> {
        Some(self.max_select)
    }

    fn as_file(&self) -> Option<&FileField> {
        Some(self)
    }
}

/// `WxH` with an optional `t`, `b` or `f`; not both sides zero.
fn check_thumb(thumb: &str) -> Result<(), Violation> {
    static THUMB: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new("^[0-9]+x[0-9]+[tbf]?$").ok());
    if thumb.is_empty() {
        return Ok(());
    }
    if !THUMB
        .as_ref()
        .is_some_and(|pattern| pattern.is_match(thumb))
    {
        return Err(Violation::new(
            "validation_match_invalid",
            "Must be in a valid format.",
        ));
    }
    if matches!(thumb, "0x0" | "0x0t" | "0x0b" | "0x0f") {
        return Err(Violation::new(
            "validation_not_in_invalid",
            "Must not be in list.",
        ));
    }
    Ok(())
}
