//! The file field.

/// A file field.
#[derive(Clone, Debug)]
pub struct FileField;
