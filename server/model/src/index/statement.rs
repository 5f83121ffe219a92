//! The grammar of an index text, and writing it anew for another table.

use std::fmt::Write as _;
use std::ops::Range;

use super::IndexError;
use super::condition::ConditionExpression;
use super::token::{Token, TokenKind, tokens};
use crate::limits::{INDEX_COLUMNS_MAX, INDEX_TEXT_CHARS_MAX};

/// A parsed index text; its columns are still names.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexStatement {
    /// `UNIQUE`.
    pub unique: bool,
    /// `IF NOT EXISTS`; kept for the text only.
    pub if_not_exists: bool,
    /// `schema.` before the name; kept for the text only.
    pub schema: Option<String>,
    /// The index's name.
    pub name: String,
    /// The table's name.
    pub table: String,
    /// The columns; never empty.
    pub columns: Vec<StatementColumn>,
    /// What follows `WHERE`.
    pub condition: Option<ConditionExpression>,
    /// The text of the condition as it was written.
    pub condition_text: Option<String>,
    /// The whole text.
    pub text: String,
}

/// A column as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementColumn {
    /// The field's name.
    pub name: String,
    /// What follows `COLLATE`.
    pub collation: Option<String>,
    /// `Some(false)` for `ASC`, `Some(true)` for `DESC`.
    pub descending: Option<bool>,
}

impl StatementColumn {
    /// Whether ASCII letters compare without case.
    #[must_use]
    pub fn is_no_case(&self) -> bool {
        self.collation
            .as_deref()
            .is_some_and(|name| name.eq_ignore_ascii_case("nocase"))
    }
}

impl IndexStatement {
    /// Parses an index text.
    ///
    /// # Errors
    /// A sentence that says what was expected and where.
    pub fn parse(text: &str) -> Result<Self, IndexError> {
        if text.chars().count() > INDEX_TEXT_CHARS_MAX {
            return Err(IndexError::Syntax(format!(
                "the text is longer than {INDEX_TEXT_CHARS_MAX} characters"
            )));
        }
        let tokens = tokens(text)?;
        Parser::new(text, &tokens).whole()
    }

    /// The text with other names for its columns: `renamed` is asked about every one. Everything
    /// else, literals that look like a column included, stays as it is written.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn with_columns(
        text: &str,
        renamed: impl Fn(&str) -> Option<String>,
    ) -> Result<String, IndexError> {
        let mut written = text.to_owned();
        let places = Self::column_places(text)?;
        for (place, name) in places.into_iter().rev() {
            let Some(new) = renamed(&name) else { continue };
            let old = text.get(place.clone()).unwrap_or_default();
            let quotes = match old.chars().next() {
                Some('[') => ('[', ']'),
                Some('"') => ('"', '"'),
                _ => ('`', '`'),
            };
            written.replace_range(place, &format!("{}{new}{}", quotes.0, quotes.1));
        }
        Ok(written)
    }

    /// Where the columns stand, in bytes, with their names; from left to right.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn column_places(text: &str) -> Result<Vec<(Range<usize>, String)>, IndexError> {
        let tokens = tokens(text)?;
        let mut parser = Parser::new(text, &tokens);
        parser.whole()?;
        Ok(parser.columns)
    }

    /// The same index on `table`: unchanged when that is its table already.
    #[must_use]
    pub fn on_table(mut self, table: &str) -> Self {
        if self.table != table {
            table.clone_into(&mut self.table);
            self.text = self.rendered();
        }
        self
    }

    /// The text in the form of the contract.
    #[must_use]
    pub fn rendered(&self) -> String {
        let mut text = String::from("CREATE ");
        if self.unique {
            text.push_str("UNIQUE ");
        }
        text.push_str("INDEX ");
        if self.if_not_exists {
            text.push_str("IF NOT EXISTS ");
        }
        if let Some(schema) = &self.schema {
            let _ = write!(text, "`{schema}`.");
        }
        let _ = write!(text, "`{}` ON `{}` (", self.name, self.table);
        let columns: Vec<_> = self.columns.iter().map(rendered_column).collect();
        match columns.as_slice() {
            [only] => text.push_str(only),
            _ => {
                let _ = write!(text, "\n  {}\n", columns.join(",\n  "));
            }
        }
        text.push(')');
        if let Some(condition) = &self.condition_text {
            let _ = write!(text, " WHERE {condition}");
        }
        text
    }

    /// Whether both are the same but for their name.
    #[must_use]
    pub fn same_definition(&self, other: &Self) -> bool {
        let without_name = |statement: &Self| {
            let mut statement = statement.clone();
            statement.name.clear();
            statement.schema = None;
            statement.if_not_exists = false;
            statement.rendered()
        };
        without_name(self).eq_ignore_ascii_case(&without_name(other))
    }
}

fn rendered_column(column: &StatementColumn) -> String {
    let mut text = format!("`{}`", column.name);
    if let Some(collation) = &column.collation {
        let _ = write!(text, " COLLATE {collation}");
    }
    match column.descending {
        Some(true) => text.push_str(" DESC"),
        Some(false) => text.push_str(" ASC"),
        None => {}
    }
    text
}

/// Reads tokens from left to right.
pub(super) struct Parser<'a> {
    text: &'a str,
    tokens: &'a [Token],
    next: usize,
    /// The columns so far.
    columns: Vec<(Range<usize>, String)>,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, tokens: &'a [Token]) -> Self {
        Self {
            text,
            tokens,
            next: 0,
            columns: Vec::new(),
        }
    }

    fn whole(&mut self) -> Result<IndexStatement, IndexError> {
        let statement = self.statement()?;
        match self.peek() {
            None => Ok(statement),
            Some(_) => Err(self.expected("the end of the text")),
        }
    }

    fn statement(&mut self) -> Result<IndexStatement, IndexError> {
        self.expect_word("create")?;
        let unique = self.take_word("unique");
        self.expect_word("index")?;
        let if_not_exists = self.take_word("if");
        if if_not_exists {
            self.expect_word("not")?;
            self.expect_word("exists")?;
        }
        let first = self.name("the name of the index")?;
        let (schema, name) = if self.take_sign(".") {
            (Some(first), self.name("the name of the index")?)
        } else {
            (None, first)
        };
        self.expect_word("on")?;
        let table = self.quotable_name("the name of the table")?;
        let columns = self.columns()?;
        let (condition, condition_text) = self.where_clause()?;
        let text = self.text.to_owned();
        Ok(IndexStatement {
            unique,
            if_not_exists,
            schema,
            name,
            table,
            columns,
            condition,
            condition_text,
            text,
        })
    }

    fn columns(&mut self) -> Result<Vec<StatementColumn>, IndexError> {
        self.expect_sign("(")?;
        let mut columns = Vec::new();
        loop {
            columns.push(self.column()?);
            if columns.len() > INDEX_COLUMNS_MAX {
                return Err(IndexError::Syntax(format!(
                    "an index has at most {INDEX_COLUMNS_MAX} columns"
                )));
            }
            if self.take_sign(")") {
                return Ok(columns);
            }
            self.expect_sign(",")?;
        }
    }

    fn column(&mut self) -> Result<StatementColumn, IndexError> {
        let name = self.column_name()?;
        if matches!(self.peek(), Some(TokenKind::Sign("("))) {
            return Err(IndexError::Syntax(format!(
                "{name}(…): an index is made of columns, expressions are not supported"
            )));
        }
        let collation = if self.take_word("collate") {
            Some(self.collation()?)
        } else {
            None
        };
        let descending = if self.take_word("desc") {
            Some(true)
        } else if self.take_word("asc") {
            Some(false)
        } else {
            None
        };
        Ok(StatementColumn {
            name,
            collation,
            descending,
        })
    }

    fn collation(&mut self) -> Result<String, IndexError> {
        let name = self.quotable_name("NOCASE or BINARY")?;
        if ["nocase", "binary"]
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known))
        {
            Ok(name)
        } else {
            Err(IndexError::Syntax(format!("no such collation: {name}")))
        }
    }

    fn where_clause(
        &mut self,
    ) -> Result<(Option<ConditionExpression>, Option<String>), IndexError> {
        if !self.take_word("where") {
            return Ok((None, None));
        }
        let start = self
            .tokens
            .get(self.next)
            .map_or(self.text.len(), |token| token.start);
        let condition = ConditionExpression::parse(self)?;
        let end = self
            .tokens
            .get(self.next.saturating_sub(1))
            .map_or(start, |token| token.end);
        let text = self.text.get(start..end).unwrap_or_default().to_owned();
        Ok((Some(condition), Some(text)))
    }

    /// A name made of letters, digits and underscores, quoted or not.
    fn name(&mut self, what: &str) -> Result<String, IndexError> {
        let name = self.quotable_name(what)?;
        let legal = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        if !name.is_empty() && name.chars().all(legal) {
            Ok(name)
        } else {
            Err(IndexError::Syntax(format!(
                "{what} may have letters, digits and underscores only, not {name:?}"
            )))
        }
    }

    pub(super) fn column_name(&mut self) -> Result<String, IndexError> {
        let place = self
            .tokens
            .get(self.next)
            .map(|token| token.start..token.end);
        let name = self.quotable_name("the name of a column")?;
        if let Some(place) = place {
            self.columns.push((place, name.clone()));
        }
        Ok(name)
    }

    fn quotable_name(&mut self, what: &str) -> Result<String, IndexError> {
        let name = match self.peek() {
            Some(TokenKind::Word(word)) if !is_reserved(word) => word.clone(),
            Some(TokenKind::Name(name) | TokenKind::Quoted(name)) => name.clone(),
            _ => return Err(self.expected(what)),
        };
        self.next += 1;
        Ok(name)
    }

    pub(super) fn peek(&self) -> Option<&TokenKind> {
        self.tokens.get(self.next).map(|token| &token.kind)
    }

    pub(super) fn skip(&mut self) {
        self.next += 1;
    }

    pub(super) fn take_word(&mut self, keyword: &str) -> bool {
        let taken = matches!(self.peek(),
            Some(TokenKind::Word(word)) if word.eq_ignore_ascii_case(keyword));
        self.next += usize::from(taken);
        taken
    }

    pub(super) fn take_sign(&mut self, sign: &str) -> bool {
        let taken = matches!(self.peek(), Some(TokenKind::Sign(found)) if *found == sign);
        self.next += usize::from(taken);
        taken
    }

    pub(super) fn expect_word(&mut self, keyword: &str) -> Result<(), IndexError> {
        if self.take_word(keyword) {
            Ok(())
        } else {
            Err(self.expected(&keyword.to_ascii_uppercase()))
        }
    }

    pub(super) fn expect_sign(&mut self, sign: &str) -> Result<(), IndexError> {
        if self.take_sign(sign) {
            Ok(())
        } else {
            Err(self.expected(sign))
        }
    }

    pub(super) fn expected(&self, what: &str) -> IndexError {
        let found = self.tokens.get(self.next);
        let place = found.map_or(self.text.len(), |token| token.start);
        let place = self.text.get(..place).unwrap_or_default().chars().count() + 1;
        let found = found.and_then(|token| self.text.get(token.start..token.end));
        let found = found.map_or("the end".to_owned(), |text| format!("{text:?}"));
        IndexError::Syntax(format!(
            "expected {what} at character {place}, found {found}"
        ))
    }
}

/// Keywords that cannot be a bare name where a name is expected.
fn is_reserved(word: &str) -> bool {
    [
        "on", "where", "collate", "and", "or", "not", "null", "is", "in", "create", "index",
    ]
    .iter()
    .any(|reserved| word.eq_ignore_ascii_case(reserved))
}
