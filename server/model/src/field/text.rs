//! The text field.

/// A text field.
#[derive(Clone, Debug)]
pub struct TextField;
