//! A filter as it was written: names are not resolved yet.
//!
//! Printing an [`Expr`] and parsing the text gives the same [`Expr`].

use std::fmt;

/// A place in the text, as a 1-based character. Where something stands is not part of what it is:
/// all places are equal.
#[derive(Clone, Copy, Debug, Default)]
pub struct Position(pub usize);

impl PartialEq for Position {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// A filter as it was written.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// Every part holds; at least two parts.
    And(Vec<Self>),
    /// Some part holds; at least two parts.
    Or(Vec<Self>),
    /// One comparison.
    Comparison(Comparison),
}

/// `left OP right`.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Left of the operator.
    pub left: Operand,
    /// What is asked.
    pub operator: Operator,
    /// Written with `?`: one value out of several is enough.
    pub any: bool,
    /// Right of the operator.
    pub right: Operand,
}

/// One side of a comparison, or an argument of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Operand {
    /// What it is.
    pub kind: OperandKind,
    /// Where it starts.
    pub position: Position,
}

/// What an [`Operand`] is.
#[derive(Clone, Debug, PartialEq)]
pub enum OperandKind {
    /// A field, macro, `@request.…` or one of `null`, `true`, `false`, modifiers included.
    Identifier(String),
    /// A finite number.
    Number(f64),
    /// A quoted text, escapes decoded.
    Text(String),
    /// `name(arguments)`.
    Call {
        /// The function.
        name: String,
        /// In the order written.
        arguments: Vec<Operand>,
    },
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `~`
    Like,
    /// `!~`
    NotLike,
}

impl Operator {
    /// Every operator.
    pub const ALL: [Self; 8] = [
        Self::Equal,
        Self::NotEqual,
        Self::Greater,
        Self::GreaterOrEqual,
        Self::Less,
        Self::LessOrEqual,
        Self::Like,
        Self::NotLike,
    ];

    /// As it is written, without `?`.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Like => "~",
            Self::NotLike => "!~",
        }
    }

    /// The operator that is written so.
    #[must_use]
    pub fn from_symbol(symbol: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|operator| operator.symbol() == symbol)
    }

    /// The operator that says the same with its sides exchanged; LIKE has none.
    #[must_use]
    pub fn mirrored(self) -> Option<Self> {
        match self {
            Self::Equal | Self::NotEqual => Some(self),
            Self::Greater => Some(Self::Less),
            Self::GreaterOrEqual => Some(Self::LessOrEqual),
            Self::Less => Some(Self::Greater),
            Self::LessOrEqual => Some(Self::GreaterOrEqual),
            Self::Like | Self::NotLike => None,
        }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, join) = match self {
            Self::And(parts) => (parts, " && "),
            Self::Or(parts) => (parts, " || "),
            Self::Comparison(comparison) => return write!(formatter, "{comparison}"),
        };
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                formatter.write_str(join)?;
            }
            match part {
                Self::Comparison(comparison) => write!(formatter, "{comparison}")?,
                group => write!(formatter, "({group})")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let any = if self.any { "?" } else { "" };
        write!(
            formatter,
            "{} {any}{} {}",
            self.left,
            self.operator.symbol(),
            self.right
        )
    }
}

impl fmt::Display for Operand {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            OperandKind::Identifier(name) => formatter.write_str(name),
            OperandKind::Number(value) => write!(formatter, "{value}"),
            OperandKind::Text(text) => write_quoted(formatter, text),
            OperandKind::Call { name, arguments } => {
                write!(formatter, "{name}(")?;
                for (index, argument) in arguments.iter().enumerate() {
                    let comma = if index > 0 { ", " } else { "" };
                    write!(formatter, "{comma}{argument}")?;
                }
                formatter.write_str(")")
            }
        }
    }
}

fn write_quoted(formatter: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    use fmt::Write as _;
    formatter.write_char('"')?;
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            formatter.write_char('\\')?;
        }
        formatter.write_char(character)?;
    }
    formatter.write_char('"')
}
