//! An index as SQL text: `CREATE [UNIQUE] INDEX name ON table (columns) [WHERE …]` (contract §2.5).

use crate::id::{FieldNumber, IndexNumber};

/// One parsed index of a collection.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexDefinition {
    /// Where its entries are stored.
    pub number: IndexNumber,
    /// Its name, unique among all collections.
    pub name: String,
    /// Whether two records may not share the values.
    pub unique: bool,
    /// In the order of the text; never empty.
    pub columns: Vec<IndexColumn>,
    /// The partial condition: only records that satisfy it are indexed.
    pub condition: Option<IndexCondition>,
    /// The text as it is shown.
    pub sql: String,
}

/// One column of an index.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexColumn {
    /// The field.
    pub field: FieldNumber,
    /// `COLLATE NOCASE`: ASCII letters compare without case.
    pub no_case: bool,
    /// `DESC`.
    pub descending: bool,
}

/// The condition of a partial index.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexCondition;
