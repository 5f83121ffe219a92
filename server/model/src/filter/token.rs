//! Tokens of the filter language, each with its place in the text.
//!
//! In double quotes the escapes of JSON are decoded, because clients quote values as JSON; an
//! escape that JSON does not know (`\%`, `\_`) stays as it is written. In single quotes only `\'`
//! and `\\` are escapes.

use std::fmt;
use std::iter::Peekable;
use std::str::Chars;

use super::FilterError;
use super::expr::Operator;

/// The smallest part of a filter.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Identifier(String),
    /// An identifier directly followed by `(`.
    Function(String),
    Number(f64),
    Text(String),
    Operator {
        operator: Operator,
        any: bool,
    },
    And,
    Or,
    Open,
    Close,
    Comma,
}

/// A token and the 1-based character at which it starts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) position: usize,
}

/// Cuts a text into tokens; white space and comments are dropped.
pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, FilterError> {
    let mut lexer = Lexer {
        chars: text.chars().peekable(),
        position: 1,
    };
    let mut tokens = Vec::new();
    while let Some(placed) = lexer.next_token()? {
        tokens.push(placed);
    }
    Ok(tokens)
}

struct Lexer<'a> {
    chars: Peekable<Chars<'a>>,
    /// Of the character that comes next.
    position: usize,
}

impl Lexer<'_> {
    fn next_token(&mut self) -> Result<Option<Placed>, FilterError> {
        loop {
            let position = self.position;
            let Some(first) = self.advance() else {
                return Ok(None);
            };
            let token = match first {
                ' ' | '\t' | '\n' | '\r' => continue,
                '/' if self.accept('/') => {
                    self.take_while(|next| next != '\n');
                    continue;
                }
                '(' => Token::Open,
                ')' => Token::Close,
                ',' => Token::Comma,
                '&' | '|' => self.join(first, position)?,
                '"' | '\'' => Token::Text(self.quoted(first, position)?),
                '-' | '0'..='9' => Token::Number(self.number(first, position)?),
                '=' | '!' | '<' | '>' | '~' | '?' => self.operator(first, position)?,
                '@' | '#' | '_' | 'A'..='Z' | 'a'..='z' => self.identifier(first, position)?,
                other => {
                    let message = format!("{other:?} has no meaning here{}", hint(other));
                    return Err(FilterError::at(position, message));
                }
            };
            return Ok(Some(Placed { token, position }));
        }
    }

    fn advance(&mut self) -> Option<char> {
        let next = self.chars.next();
        self.position += usize::from(next.is_some());
        next
    }

    fn accept(&mut self, wanted: char) -> bool {
        let found = self.chars.peek() == Some(&wanted);
        if found {
            self.advance();
        }
        found
    }

    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let mut taken = String::new();
        while let Some(&next) = self.chars.peek() {
            if !belongs(next) {
                break;
            }
            taken.push(next);
            self.advance();
        }
        taken
    }

    fn join(&mut self, first: char, position: usize) -> Result<Token, FilterError> {
        if !self.accept(first) {
            let message = format!("a single {first} has no meaning; write {first}{first}");
            return Err(FilterError::at(position, message));
        }
        Ok(if first == '&' { Token::And } else { Token::Or })
    }

    fn number(&mut self, first: char, position: usize) -> Result<f64, FilterError> {
        let rest = self.take_while(|next| next.is_ascii_alphanumeric() || "._".contains(next));
        let text = format!("{first}{rest}");
        let (whole, fraction) = match text.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (text.as_str(), None),
        };
        let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let negative = whole.strip_prefix('-');
        let whole = negative.unwrap_or(whole);
        // Behind a minus the digits before the point may be left out, as in the contract's server.
        let well_formed = match fraction {
            Some(fraction) if whole.is_empty() && negative.is_some() => is_digits(fraction),
            Some(fraction) => is_digits(whole) && is_digits(fraction),
            None => is_digits(whole),
        };
        let value = text
            .parse::<f64>()
            .ok()
            .filter(|value| well_formed && value.is_finite());
        value.ok_or_else(|| {
            let message = format!(
                "{text:?} is not a number; numbers are written like 12, -3 or 4.5, and a name \
                 cannot begin with a digit"
            );
            FilterError::at(position, message)
        })
    }

    fn operator(&mut self, first: char, position: usize) -> Result<Token, FilterError> {
        let rest = self.take_while(|next| "=!<>~?".contains(next));
        let text = format!("{first}{rest}");
        let (any, symbol) = match text.strip_prefix('?') {
            Some(symbol) => (true, symbol),
            None => (false, text.as_str()),
        };
        match Operator::from_symbol(symbol) {
            Some(operator) => Ok(Token::Operator { operator, any }),
            None => {
                let message = format!(
                    "{text:?} is not an operator; operators are = != > >= < <= ~ !~, each also \
                     with ? in front"
                );
                Err(FilterError::at(position, message))
            }
        }
    }

    fn identifier(&mut self, first: char, position: usize) -> Result<Token, FilterError> {
        let rest = self.take_while(|next| next.is_ascii_alphanumeric() || "_.:".contains(next));
        let name = format!("{first}{rest}");
        if name.ends_with(['.', ':']) || matches!(name.as_str(), "@" | "#") {
            let message = format!("the name {name:?} is incomplete");
            return Err(FilterError::at(position, message));
        }
        if self.chars.peek() == Some(&'(') {
            return Ok(Token::Function(name));
        }
        Ok(Token::Identifier(name))
    }

    fn quoted(&mut self, quote: char, position: usize) -> Result<String, FilterError> {
        let mut text = String::new();
        loop {
            match self.advance() {
                Some(end) if end == quote => return Ok(text),
                Some('\\') if quote == '"' => self.escape(&mut text),
                Some('\\') if self.accept(quote) => text.push(quote),
                Some('\\') if self.accept('\\') => text.push('\\'),
                Some(other) => text.push(other),
                None => {
                    let message = format!("the text that begins here has no closing {quote}");
                    return Err(FilterError::at(position, message));
                }
            }
        }
    }

    /// Decodes what follows a backslash in double quotes.
    fn escape(&mut self, text: &mut String) {
        let Some(&next) = self.chars.peek() else {
            text.push('\\');
            return;
        };
        let decoded = match next {
            '"' | '\\' | '/' => next,
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => {
                self.unicode_escape(text);
                return;
            }
            _ => {
                text.push('\\');
                return;
            }
        };
        self.advance();
        text.push(decoded);
    }

    /// Decodes `uXXXX` or a surrogate pair; anything else stays as it is written.
    fn unicode_escape(&mut self, text: &mut String) {
        let mut ahead = self.chars.clone();
        let Some(unit) = code_unit(&mut ahead) else {
            text.push('\\');
            return;
        };
        let (decoded, length) = if (0xD800..0xDC00).contains(&unit) {
            let low = (ahead.next() == Some('\\'))
                .then(|| code_unit(&mut ahead))
                .flatten();
            let pair = char::decode_utf16([unit, low.unwrap_or(0)])
                .next()
                .and_then(Result::ok);
            (pair, 11)
        } else {
            (char::from_u32(u32::from(unit)), 5)
        };
        let Some(decoded) = decoded else {
            text.push('\\');
            return;
        };
        for _ in 0..length {
            self.advance();
        }
        text.push(decoded);
    }
}

/// Reads `uXXXX`.
fn code_unit(chars: &mut Peekable<Chars<'_>>) -> Option<u16> {
    if chars.next() != Some('u') {
        return None;
    }
    let mut unit = 0_u32;
    for _ in 0..4 {
        unit = unit * 16 + chars.next()?.to_digit(16)?;
    }
    u16::try_from(unit).ok()
}

fn hint(found: char) -> &'static str {
    match found {
        '/' => "; a comment begins with //",
        '+' => "; a positive number has no sign",
        '.' => "; a number needs a digit before the point",
        '`' | '“' | '”' | '‘' | '’' => "; texts are quoted by \" or '",
        '[' | ']' => "; an element of a list is written like field.0",
        _ => "",
    }
}

impl fmt::Display for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Identifier(name) => write!(formatter, "the name {name:?}"),
            Self::Function(name) => write!(formatter, "the function {name:?}"),
            Self::Number(value) => write!(formatter, "the number {value}"),
            Self::Text(_) => formatter.write_str("a text"),
            Self::Operator { operator, any } => {
                write!(
                    formatter,
                    "{}{}",
                    if *any { "?" } else { "" },
                    operator.symbol()
                )
            }
            Self::And => formatter.write_str("&&"),
            Self::Or => formatter.write_str("||"),
            Self::Open => formatter.write_str("("),
            Self::Close => formatter.write_str(")"),
            Self::Comma => formatter.write_str("a comma"),
        }
    }
}
