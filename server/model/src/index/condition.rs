//! The condition of a partial index: comparisons of a column with a literal, joined by AND and OR.
//!
//! Comparisons are SQL's: text is greater than any number, a numeric column reads a numeric text
//! as a number, and a comparison with NULL never holds.

use std::cmp::Ordering;

use super::statement::Parser;
use super::token::TokenKind;
use super::{IndexError, find_field};
use crate::field::Field;
use crate::id::FieldNumber;
use crate::limits::INDEX_CONDITION_DEPTH_MAX;
use crate::record::{Row, write_number_json, write_value_json};
use crate::value::{Value, ValueRef};

/// A condition whose columns are fields.
#[derive(Clone, Debug, PartialEq)]
pub enum IndexCondition {
    /// All of them hold.
    All(Vec<Self>),
    /// One of them holds.
    Any(Vec<Self>),
    /// A field compares with a literal.
    Compare {
        /// The field.
        field: FieldNumber,
        /// What a record without a value of the field has.
        zero: Value,
        /// How they compare.
        comparison: Comparison,
        /// With what.
        literal: Literal,
    },
    /// `IS NULL` or `IS NOT NULL`; only a json field can be NULL.
    Null {
        /// The field.
        field: FieldNumber,
        /// What a record without a value of the field has.
        zero: Value,
        /// Whether it must be NULL.
        expected: bool,
    },
}

/// A comparison operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`, `==`
    Equal,
    /// `!=`, `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// A literal value.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// A text.
    Text(String),
    /// A number; TRUE is 1 and FALSE is 0.
    Number(f64),
    /// NULL.
    Null,
}

impl IndexCondition {
    pub(super) fn resolve(
        expression: &ConditionExpression,
        fields: &[Field],
    ) -> Result<Self, IndexError> {
        let all = |parts: &[ConditionExpression]| {
            parts
                .iter()
                .map(|part| Self::resolve(part, fields))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(match expression {
            ConditionExpression::All(parts) => Self::All(all(parts)?),
            ConditionExpression::Any(parts) => Self::Any(all(parts)?),
            ConditionExpression::Compare {
                column,
                comparison,
                literal,
            } => {
                let field = find_field(fields, column)?;
                Self::Compare {
                    field: field.number,
                    zero: field.kind.zero(),
                    comparison: *comparison,
                    literal: literal.clone(),
                }
            }
            ConditionExpression::Null { column, expected } => {
                let field = find_field(fields, column)?;
                Self::Null {
                    field: field.number,
                    zero: field.kind.zero(),
                    expected: *expected,
                }
            }
        })
    }

    /// Whether the condition holds for a record.
    #[must_use]
    pub fn holds(&self, row: &dyn Row) -> bool {
        self.evaluate(&|field, zero| Some(row.value(field).unwrap_or(zero)))
    }

    /// Whether the condition holds for every record that has `value` in `field`.
    #[must_use]
    pub fn is_implied_by(&self, field: FieldNumber, value: ValueRef<'_>) -> bool {
        self.evaluate(&|asked, _| (asked == field).then_some(value))
    }

    /// What is not known does not hold, so the result errs on the side of "no".
    fn evaluate<'a>(
        &'a self,
        read: &dyn Fn(FieldNumber, ValueRef<'a>) -> Option<ValueRef<'a>>,
    ) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.evaluate(read)),
            Self::Any(parts) => parts.iter().any(|part| part.evaluate(read)),
            Self::Compare {
                field,
                zero,
                comparison,
                literal,
            } => read(*field, zero.as_ref()).is_some_and(|value| comparison.holds(value, literal)),
            Self::Null {
                field,
                zero,
                expected,
            } => read(*field, zero.as_ref()).is_some_and(|value| is_null(value) == *expected),
        }
    }

    /// Every field the condition reads.
    pub fn fields(&self, visit: &mut dyn FnMut(FieldNumber)) {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                for part in parts {
                    part.fields(visit);
                }
            }
            Self::Compare { field, .. } | Self::Null { field, .. } => visit(*field),
        }
    }
}

impl Comparison {
    fn holds(self, value: ValueRef<'_>, literal: &Literal) -> bool {
        let Some(order) = compare(value, literal) else {
            return false;
        };
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }

    /// The same comparison with its sides exchanged.
    fn mirrored(self) -> Self {
        match self {
            Self::Equal | Self::NotEqual => self,
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
        }
    }
}

fn compare(value: ValueRef<'_>, literal: &Literal) -> Option<Ordering> {
    match value {
        ValueRef::Number(number) => compare_number(number, literal),
        ValueRef::Bool(flag) => compare_number(f64::from(u8::from(flag)), literal),
        ValueRef::Text(text) => compare_text(text, literal),
        ValueRef::Json(json) => match json.parse::<f64>() {
            _ if is_null(value) => None,
            Ok(number) => compare_number(number, literal),
            Err(_) => compare_text(json, literal),
        },
        ValueRef::List(_) | ValueRef::GeoPoint(_) => {
            let mut json = Vec::new();
            write_value_json(value, &mut json);
            compare_text(&String::from_utf8_lossy(&json), literal)
        }
    }
}

fn compare_number(number: f64, literal: &Literal) -> Option<Ordering> {
    match literal {
        Literal::Number(other) => number.partial_cmp(other),
        // A numeric column reads a numeric text as a number; any other text is greater.
        Literal::Text(text) => match text.trim().parse::<f64>() {
            Ok(other) if other.is_finite() => number.partial_cmp(&other),
            _ => Some(Ordering::Less),
        },
        Literal::Null => None,
    }
}

fn compare_text(text: &str, literal: &Literal) -> Option<Ordering> {
    match literal {
        Literal::Text(other) => Some(text.cmp(other.as_str())),
        // A text column reads a number as its text.
        Literal::Number(other) => {
            let mut written = Vec::new();
            write_number_json(*other, &mut written);
            Some(text.as_bytes().cmp(&written))
        }
        Literal::Null => None,
    }
}

fn is_null(value: ValueRef<'_>) -> bool {
    matches!(value, ValueRef::Json("null"))
}

/// A condition whose columns are still names.
#[derive(Clone, Debug, PartialEq)]
pub enum ConditionExpression {
    /// See [`IndexCondition::All`].
    All(Vec<Self>),
    /// See [`IndexCondition::Any`].
    Any(Vec<Self>),
    /// See [`IndexCondition::Compare`].
    Compare {
        /// The field's name.
        column: String,
        /// How they compare.
        comparison: Comparison,
        /// With what.
        literal: Literal,
    },
    /// See [`IndexCondition::Null`].
    Null {
        /// The field's name.
        column: String,
        /// Whether it must be NULL.
        expected: bool,
    },
}

impl ConditionExpression {
    pub(super) fn parse(parser: &mut Parser<'_>) -> Result<Self, IndexError> {
        any(parser, 0)
    }
}

fn any(parser: &mut Parser<'_>, depth: usize) -> Result<ConditionExpression, IndexError> {
    if depth > INDEX_CONDITION_DEPTH_MAX {
        return Err(IndexError::Syntax(format!(
            "parentheses nest deeper than {INDEX_CONDITION_DEPTH_MAX}"
        )));
    }
    let first = all(parser, depth)?;
    let mut parts = vec![first];
    while parser.take_word("or") {
        parts.push(all(parser, depth)?);
    }
    Ok(one_or(parts, ConditionExpression::Any))
}

fn all(parser: &mut Parser<'_>, depth: usize) -> Result<ConditionExpression, IndexError> {
    let mut parts = vec![term(parser, depth)?];
    while parser.take_word("and") {
        parts.push(term(parser, depth)?);
    }
    Ok(one_or(parts, ConditionExpression::All))
}

fn one_or(
    mut parts: Vec<ConditionExpression>,
    join: fn(Vec<ConditionExpression>) -> ConditionExpression,
) -> ConditionExpression {
    match (parts.pop(), parts.is_empty()) {
        (Some(only), true) => only,
        (last, _) => {
            parts.extend(last);
            join(parts)
        }
    }
}

fn term(parser: &mut Parser<'_>, depth: usize) -> Result<ConditionExpression, IndexError> {
    if parser.take_sign("(") {
        let inner = any(parser, depth + 1)?;
        parser.expect_sign(")")?;
        return Ok(inner);
    }
    if let Some(literal) = leading_literal(parser)? {
        let comparison = operator(parser)?.mirrored();
        let column = parser.column_name()?;
        return Ok(ConditionExpression::Compare {
            column,
            comparison,
            literal,
        });
    }
    let column = parser.column_name()?;
    if parser.take_word("is") {
        let expected = !parser.take_word("not");
        parser.expect_word("null")?;
        return Ok(ConditionExpression::Null { column, expected });
    }
    if parser.take_word("in") {
        return one_of(parser, &column);
    }
    let comparison = operator(parser)?;
    let literal = literal(parser)?;
    Ok(ConditionExpression::Compare {
        column,
        comparison,
        literal,
    })
}

/// `column IN (literal, …)` is the same as one equality or another.
fn one_of(parser: &mut Parser<'_>, column: &str) -> Result<ConditionExpression, IndexError> {
    parser.expect_sign("(")?;
    let mut parts = Vec::new();
    loop {
        parts.push(ConditionExpression::Compare {
            column: column.to_owned(),
            comparison: Comparison::Equal,
            literal: literal(parser)?,
        });
        if parser.take_sign(")") {
            return Ok(one_or(parts, ConditionExpression::Any));
        }
        parser.expect_sign(",")?;
    }
}

fn operator(parser: &mut Parser<'_>) -> Result<Comparison, IndexError> {
    let found = match parser.peek() {
        Some(TokenKind::Sign("=" | "==")) => Comparison::Equal,
        Some(TokenKind::Sign("!=" | "<>")) => Comparison::NotEqual,
        Some(TokenKind::Sign("<")) => Comparison::Less,
        Some(TokenKind::Sign("<=")) => Comparison::LessOrEqual,
        Some(TokenKind::Sign(">")) => Comparison::Greater,
        Some(TokenKind::Sign(">=")) => Comparison::GreaterOrEqual,
        _ => return Err(parser.expected("a comparison, IS [NOT] NULL or IN")),
    };
    parser.skip();
    Ok(found)
}

/// A literal that cannot be a column: a column in double quotes stands on the left.
fn leading_literal(parser: &mut Parser<'_>) -> Result<Option<Literal>, IndexError> {
    match parser.peek() {
        Some(TokenKind::Text(_) | TokenKind::Number(_) | TokenKind::Sign("-" | "+")) => {
            literal(parser).map(Some)
        }
        _ => Ok(None),
    }
}

fn literal(parser: &mut Parser<'_>) -> Result<Literal, IndexError> {
    let negative = parser.take_sign("-");
    let signed = negative || parser.take_sign("+");
    let found = match parser.peek() {
        Some(TokenKind::Number(number)) if negative => Literal::Number(-number),
        Some(TokenKind::Number(number)) => Literal::Number(*number),
        Some(TokenKind::Text(text) | TokenKind::Quoted(text)) if !signed => {
            Literal::Text(text.clone())
        }
        Some(TokenKind::Word(word)) if !signed => match word.to_ascii_lowercase().as_str() {
            "null" => Literal::Null,
            "true" => Literal::Number(1.0),
            "false" => Literal::Number(0.0),
            _ => return Err(parser.expected("a text, a number, TRUE, FALSE or NULL")),
        },
        _ => return Err(parser.expected("a text, a number, TRUE, FALSE or NULL")),
    };
    parser.skip();
    Ok(found)
}
