//! Filters and sorts over columns whose names are no names of fields, such as `sum.price`: each
//! name is replaced by that of the field which stands for it.

use crate::filter::{Expr, Filter, FilterError, Operand, OperandKind, Scope, hint};
use crate::sort::Sort;

/// The names of columns, each with the field that stands for it.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    all: Vec<(String, String)>,
}

impl Labels {
    /// Adds a name; of two equal ones the first counts.
    pub fn add(&mut self, label: String, field: &str) {
        self.all.push((label, field.to_owned()));
    }

    /// Parses a filter over the columns.
    ///
    /// # Errors
    /// Says where the text is wrong, what was found and what was expected.
    pub fn filter(&self, text: &str, scope: &Scope<'_>) -> Result<Filter, FilterError> {
        let mut expr = Expr::parse(text)?;
        self.rename(&mut expr)?;
        Filter::check(&expr, scope)
    }

    /// Parses a sort over the columns.
    ///
    /// # Errors
    /// Says which key is wrong and why.
    pub fn sort(&self, text: &str, scope: &Scope<'_>) -> Result<Sort, FilterError> {
        let mut keys = Vec::new();
        let mut position = 1;
        for part in text.split(',').filter(|_| !text.trim().is_empty()) {
            let indent = part.chars().take_while(|next| next.is_whitespace()).count();
            let key = part.trim();
            let (sign, label) = match (key.strip_prefix('-'), key.strip_prefix('+')) {
                (Some(label), _) => ("-", label),
                (None, Some(label)) => ("", label),
                (None, None) => ("", key),
            };
            keys.push(format!("{sign}{}", self.field(label, position + indent)?));
            position += part.chars().count() + 1;
        }
        Sort::parse(&keys.join(","), scope)
    }

    fn rename(&self, expr: &mut Expr) -> Result<(), FilterError> {
        match expr {
            Expr::And(parts) | Expr::Or(parts) => {
                parts.iter_mut().try_for_each(|part| self.rename(part))
            }
            Expr::Comparison(comparison) => {
                self.rename_operand(&mut comparison.left)?;
                self.rename_operand(&mut comparison.right)
            }
        }
    }

    fn rename_operand(&self, operand: &mut Operand) -> Result<(), FilterError> {
        let position = operand.position.0;
        match &mut operand.kind {
            OperandKind::Identifier(name) => {
                let word = ["null", "true", "false"]
                    .iter()
                    .any(|word| name.eq_ignore_ascii_case(word));
                if !word && !name.starts_with('@') {
                    *name = self.field(name, position)?;
                }
                Ok(())
            }
            OperandKind::Call { arguments, .. } => arguments
                .iter_mut()
                .try_for_each(|argument| self.rename_operand(argument)),
            OperandKind::Number(_) | OperandKind::Text(_) => Ok(()),
        }
    }

    /// The field of a column; `:lower` at the end of the name stays.
    fn field(&self, written: &str, position: usize) -> Result<String, FilterError> {
        let named = |name: &str| self.all.iter().find(|(label, _)| label == name);
        let lowered = written.strip_suffix(":lower").and_then(named);
        match (named(written), lowered) {
            (Some((_, field)), _) => Ok(field.clone()),
            (None, Some((_, field))) => Ok(format!("{field}:lower")),
            (None, None) => {
                let hint = hint(written, self.all.iter().map(|(label, _)| label.as_str()));
                let message = format!("unknown column {written:?}{hint}");
                Err(FilterError::at(position, message))
            }
        }
    }
}
