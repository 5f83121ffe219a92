//! The grammar:
//!
//! ```text
//! filter     := or
//! or         := and ( "||" and )*
//! and        := group ( "&&" group )*
//! group      := "(" or ")" | comparison
//! comparison := operand operator operand
//! operator   := [ "?" ] ( "=" | "!=" | ">" | ">=" | "<" | "<=" | "~" | "!~" )
//! operand    := identifier | number | text | call
//! call       := name "(" [ operand ( "," operand )* [ "," ] ] ")"      no space before "("
//! identifier := [A-Za-z_@#][A-Za-z0-9_.:]*                             not ending in "." or ":"
//! number     := "-"? digit+ ( "." digit+ )?
//! text       := "'" … "'" | "\"" … "\""
//! comment    := "//" to the end of the line
//! ```

use super::FilterError;
use super::expr::{Comparison, Expr, Operand, OperandKind, Operator, Position};
use super::token::{Placed, Token, tokens};
use crate::limits::{FILTER_CALL_DEPTH_MAX, FILTER_COMPARISONS_MAX, FILTER_DEPTH_MAX};

impl Expr {
    /// Parses a filter.
    ///
    /// # Errors
    /// Says where the text is wrong, what was found and what was expected.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let tokens = tokens(text)?;
        let end = text.chars().count() + 1;
        let mut parser = Parser {
            tokens: tokens.into_iter().peekable(),
            end,
            comparisons: 0,
        };
        if parser.tokens.peek().is_none() {
            return Err(FilterError::at(1, "the filter is empty"));
        }
        let expr = parser.or(0)?;
        match parser.tokens.next() {
            None => Ok(expr),
            Some(Placed {
                token: Token::Close,
                position,
            }) => Err(FilterError::at(position, "this ) closes no (")),
            Some(Placed { token, position }) => {
                let message = format!("expected && or || before {token}");
                Err(FilterError::at(position, message))
            }
        }
    }
}

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<Placed>>,
    /// The place after the last character.
    end: usize,
    comparisons: usize,
}

impl Parser {
    fn or(&mut self, depth: usize) -> Result<Expr, FilterError> {
        let mut parts = vec![self.and(depth)?];
        while self.accept(&Token::Or) {
            parts.push(self.and(depth)?);
        }
        Ok(joined(parts, Expr::Or))
    }

    fn and(&mut self, depth: usize) -> Result<Expr, FilterError> {
        let mut parts = vec![self.group(depth)?];
        while self.accept(&Token::And) {
            parts.push(self.group(depth)?);
        }
        Ok(joined(parts, Expr::And))
    }

    fn group(&mut self, depth: usize) -> Result<Expr, FilterError> {
        let position = self.position();
        if !self.accept(&Token::Open) {
            return self.comparison();
        }
        if depth >= FILTER_DEPTH_MAX {
            let message = format!("parentheses are nested more than {FILTER_DEPTH_MAX} deep");
            return Err(FilterError::at(position, message));
        }
        let inner = self.or(depth + 1)?;
        match self.tokens.next() {
            Some(Placed {
                token: Token::Close,
                ..
            }) => Ok(inner),
            Some(Placed { token, position }) => {
                let message = format!("expected &&, || or ) before {token}");
                Err(FilterError::at(position, message))
            }
            None => Err(FilterError::at(position, "this ( is never closed")),
        }
    }

    fn comparison(&mut self) -> Result<Expr, FilterError> {
        let position = self.position();
        self.comparisons += 1;
        if self.comparisons > FILTER_COMPARISONS_MAX {
            let message = format!("a filter has at most {FILTER_COMPARISONS_MAX} comparisons");
            return Err(FilterError::at(position, message));
        }
        let left = self.operand(0)?;
        let (operator, any) = self.operator()?;
        let right = self.operand(0)?;
        Ok(Expr::Comparison(Comparison {
            left,
            operator,
            any,
            right,
        }))
    }

    fn operator(&mut self) -> Result<(Operator, bool), FilterError> {
        match self.tokens.next() {
            Some(Placed {
                token: Token::Operator { operator, any },
                ..
            }) => Ok((operator, any)),
            found => Err(self.expected("an operator such as = or ~", found)),
        }
    }

    fn operand(&mut self, depth: usize) -> Result<Operand, FilterError> {
        let position = self.position();
        let kind = match self.tokens.next() {
            Some(Placed {
                token: Token::Identifier(name),
                ..
            }) => OperandKind::Identifier(name),
            Some(Placed {
                token: Token::Number(value),
                ..
            }) => OperandKind::Number(value),
            Some(Placed {
                token: Token::Text(text),
                ..
            }) => OperandKind::Text(text),
            Some(Placed {
                token: Token::Function(name),
                ..
            }) => {
                if depth >= FILTER_CALL_DEPTH_MAX {
                    let message =
                        format!("functions are nested more than {FILTER_CALL_DEPTH_MAX} deep");
                    return Err(FilterError::at(position, message));
                }
                let arguments = self.arguments(depth + 1)?;
                OperandKind::Call { name, arguments }
            }
            found => return Err(self.expected("a field, a number or a quoted text", found)),
        };
        Ok(Operand {
            kind,
            position: Position(position),
        })
    }

    fn arguments(&mut self, depth: usize) -> Result<Vec<Operand>, FilterError> {
        self.tokens.next_if(|placed| placed.token == Token::Open);
        let mut arguments = Vec::new();
        while !self.accept(&Token::Close) {
            arguments.push(self.operand(depth)?);
            if self.accept(&Token::Close) {
                break;
            }
            match self.tokens.next() {
                Some(Placed {
                    token: Token::Comma,
                    ..
                }) => {}
                found => return Err(self.expected("a comma or )", found)),
            }
        }
        Ok(arguments)
    }

    fn accept(&mut self, wanted: &Token) -> bool {
        self.tokens
            .next_if(|placed| placed.token == *wanted)
            .is_some()
    }

    fn position(&mut self) -> usize {
        self.tokens
            .peek()
            .map_or(self.end, |placed| placed.position)
    }

    fn expected(&self, wanted: &str, found: Option<Placed>) -> FilterError {
        match found {
            Some(Placed { token, position }) => {
                FilterError::at(position, format!("expected {wanted}, found {token}"))
            }
            None => FilterError::at(self.end, format!("expected {wanted}, but the filter ends")),
        }
    }
}

/// One part stands for itself.
fn joined(mut parts: Vec<Expr>, join: fn(Vec<Expr>) -> Expr) -> Expr {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            join(parts)
        }
    }
}
