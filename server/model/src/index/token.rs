//! The tokens of an index text.

use super::IndexError;

/// One token with the byte range it came from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    /// A bare word: a keyword or a name.
    Word(String),
    /// A name in backticks or brackets.
    Name(String),
    /// A text in double quotes: a name, or a text where SQL expects a value.
    Quoted(String),
    /// A text in single quotes.
    Text(String),
    /// A number.
    Number(f64),
    /// Punctuation or an operator.
    Sign(&'static str),
}

/// Longer signs first, so that `<=` is not read as `<`.
const SIGNS: [&str; 15] = [
    "==", "!=", "<>", "<=", ">=", "=", "<", ">", "(", ")", ",", ".", "-", "+", ";",
];

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, IndexError> {
    let mut found = Vec::new();
    let mut position = 0;
    while let Some(rest) = text.get(position..) {
        let Some(first) = rest.chars().next() else {
            break;
        };
        if first.is_whitespace() {
            position += first.len_utf8();
            continue;
        }
        let (kind, length) = token(rest, first)?;
        found.push(Token {
            kind,
            start: position,
            end: position + length,
        });
        position += length;
    }
    Ok(found)
}

fn token(rest: &str, first: char) -> Result<(TokenKind, usize), IndexError> {
    match first {
        '`' => quoted(rest, '`').map(|(text, length)| (TokenKind::Name(text), length)),
        '[' => quoted(rest, ']').map(|(text, length)| (TokenKind::Name(text), length)),
        '"' => quoted(rest, '"').map(|(text, length)| (TokenKind::Quoted(text), length)),
        '\'' => quoted(rest, '\'').map(|(text, length)| (TokenKind::Text(text), length)),
        _ if first.is_ascii_digit() => number(rest),
        _ if first.is_alphabetic() || first == '_' => {
            let word = leading(rest, |letter| letter.is_alphanumeric() || letter == '_');
            Ok((TokenKind::Word(word.to_owned()), word.len()))
        }
        _ => SIGNS
            .into_iter()
            .find(|sign| rest.starts_with(sign))
            .map(|sign| (TokenKind::Sign(sign), sign.len()))
            .ok_or_else(|| IndexError::Syntax(format!("unexpected character {first:?}"))),
    }
}

/// The text up to `close`, which is written twice to stand for itself, and the length of the whole.
fn quoted(rest: &str, close: char) -> Result<(String, usize), IndexError> {
    let mut text = String::new();
    let mut letters = rest.char_indices().skip(1).peekable();
    while let Some((position, letter)) = letters.next() {
        if letter != close {
            text.push(letter);
        } else if close != ']' && letters.peek().is_some_and(|(_, next)| *next == close) {
            text.push(letter);
            letters.next();
        } else {
            return Ok((text, position + letter.len_utf8()));
        }
    }
    Err(IndexError::Syntax(format!(
        "a quote is not closed: {close} is missing"
    )))
}

fn number(rest: &str) -> Result<(TokenKind, usize), IndexError> {
    let text = leading(rest, |letter| {
        letter.is_ascii_alphanumeric() || letter == '.'
    });
    text.parse()
        .ok()
        .filter(|number: &f64| number.is_finite())
        .map(|number| (TokenKind::Number(number), text.len()))
        .ok_or_else(|| IndexError::Syntax(format!("{text} is not a number")))
}

fn leading(rest: &str, belongs: impl Fn(char) -> bool) -> &str {
    let end = rest.find(|letter| !belongs(letter)).unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default()
}
