//! The autodate field.

/// A autodate field.
#[derive(Clone, Debug)]
pub struct AutodateField;
