//! The file field: names of blobs that belong to the record. The names are given by the server;
//! a client can only upload further ones, and drop or reorder those that are there.

use std::sync::{Arc, LazyLock};

use regex::Regex;
use serde_json::{Map, Value as Json};

use crate::field::options::{Options, check_size, size_or};
use crate::field::shape::Form;
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

/// What is known of a file that was just uploaded for a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploaded {
    /// The name under which it will be stored, as it stands in the submitted body.
    pub name: String,
    /// The name that the client gave it.
    pub original: String,
    /// Its size, in bytes.
    pub bytes: u64,
    /// Its media type, by its content.
    pub media_type: String,
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

    /// Most files of a record.
    #[must_use]
    pub fn max_files(&self) -> usize {
        size_or(self.max_select, 1)
    }

    /// Refuses uploads that are too large or of a type that the field does not take; the first one
    /// that is named.
    ///
    /// # Errors
    /// `validation_file_size_limit`, `validation_invalid_mime_type`.
    pub fn check_uploads(&self, value: &Value, uploads: &[Uploaded]) -> Result<(), Violation> {
        let named = |name: &String| uploads.iter().find(|upload| upload.name == *name);
        for upload in value.names().iter().filter_map(named) {
            self.check_size(upload)?;
            self.check_media_type(upload)?;
        }
        Ok(())
    }

    fn check_size(&self, upload: &Uploaded) -> Result<(), Violation> {
        let max = self.max_bytes();
        if upload.bytes <= max as u64 {
            return Ok(());
        }
        let message = format!(
            "Failed to upload {} - the maximum allowed file size is {max} bytes.",
            upload.original
        );
        let violation = Violation::new("validation_file_size_limit", message);
        Err(violation
            .with("file", upload.original.as_str())
            .with("maxSize", max))
    }

    fn check_media_type(&self, upload: &Uploaded) -> Result<(), Violation> {
        let found = essence(&upload.media_type);
        let accepted = |accepted: &String| essence(accepted).eq_ignore_ascii_case(found);
        if self.mime_types.is_empty() || self.mime_types.iter().any(accepted) {
            return Ok(());
        }
        let message = format!(
            "\"{}\" mime type must be one of: {}.",
            upload.name,
            self.mime_types.join(", ")
        );
        Err(Violation::new("validation_invalid_mime_type", message))
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

    fn form(&self) -> Form {
        let file = Form::File {
            max_bytes: self.max_bytes(),
            media_types: self.mime_types.clone(),
        };
        self.listed(file, (0, self.max_files()))
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
        let max = self.max_files();
        if count > max {
            let message = format!("The maximum allowed files is {max}.");
            return Err(Violation::new("validation_too_many_files", message).with("maxSelect", max));
        }
        Ok(())
    }

    fn max_select(&self) -> Option<i64> {
        Some(self.max_select)
    }

    fn body_bytes(&self) -> u64 {
        (self.max_bytes() as u64).saturating_mul(self.max_files() as u64)
    }

    fn as_file(&self) -> Option<&FileField> {
        Some(self)
    }
}

/// A media type without its parameters.
fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
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
