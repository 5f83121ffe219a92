//! The password field.

/// A password field.
#[derive(Clone, Debug)]
pub struct PasswordField;
