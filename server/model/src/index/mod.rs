//! An index as SQL text: `CREATE [UNIQUE] INDEX name ON table (columns) [WHERE …]` (contract §2.5).
//!
//! - The text is kept as it was sent; only another table name makes it be written anew.
//! - Columns are field numbers, so renaming a field does not rebuild an index.
//! - What decides which entries exist is [`IndexDefinition::same_entries`]; the rest is text.

use crate::field::Field;
use crate::id::{FieldNumber, IndexNumber};
use crate::record::Row;

mod condition;
mod statement;
#[cfg(test)]
mod tests;
mod token;

pub use condition::{Comparison, IndexCondition, Literal};
pub use statement::{IndexStatement, StatementColumn};

/// One index of a collection.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexDefinition {
    /// Where its entries are stored.
    pub number: IndexNumber,
    /// Whether reads may use it.
    pub state: IndexState,
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

/// Whether the entries of an index are complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexState {
    /// Complete: reads may use it.
    Ready,
    /// Entries of existing records are being made. Writes keep its entries up, reads pass it by.
    Building,
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

/// Why an index text was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// The text is not of the grammar.
    #[error("{0}")]
    Syntax(String),
    /// It names a column that is not a field.
    #[error("no such column: {0}")]
    MissingColumn(String),
}

impl IndexDefinition {
    /// Resolves the columns of a statement against the fields of its collection. The number is 0
    /// until the catalog gives one.
    ///
    /// # Errors
    /// When a column is not a field.
    pub fn resolve(statement: &IndexStatement, fields: &[Field]) -> Result<Self, IndexError> {
        let columns = statement
            .columns
            .iter()
            .map(|column| {
                let field = find_field(fields, &column.name)?;
                Ok(IndexColumn {
                    field: field.number,
                    no_case: column.is_no_case(),
                    descending: column.descending == Some(true),
                })
            })
            .collect::<Result<_, _>>()?;
        let condition = match &statement.condition {
            Some(expression) => Some(IndexCondition::resolve(expression, fields)?),
            None => None,
        };
        Ok(Self {
            number: IndexNumber(0),
            state: IndexState::Ready,
            name: statement.name.clone(),
            unique: statement.unique,
            columns,
            condition,
            sql: statement.text.clone(),
        })
    }

    /// Whether both have the same entries under one number, whatever their names and texts.
    #[must_use]
    pub fn same_entries(&self, other: &Self) -> bool {
        self.unique == other.unique
            && self.columns == other.columns
            && self.condition == other.condition
    }

    /// The field of an index over a single column.
    #[must_use]
    pub fn single_field(&self) -> Option<FieldNumber> {
        match self.columns.as_slice() {
            [column] => Some(column.field),
            _ => None,
        }
    }

    /// Whether the condition, if there is one, holds for a record.
    #[must_use]
    pub fn covers(&self, row: &dyn Row) -> bool {
        self.condition
            .as_ref()
            .is_none_or(|condition| condition.holds(row))
    }

    /// Whether reads may use it.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.state == IndexState::Ready
    }
}

/// SQL compares column names without case.
fn find_field<'a>(fields: &'a [Field], name: &str) -> Result<&'a Field, IndexError> {
    fields
        .iter()
        .find(|field| field.name == name)
        .or_else(|| {
            fields
                .iter()
                .find(|field| field.name.eq_ignore_ascii_case(name))
        })
        .ok_or_else(|| IndexError::MissingColumn(name.to_owned()))
}
