//! The relation field.

/// A relation field.
#[derive(Clone, Debug)]
pub struct RelationField;
