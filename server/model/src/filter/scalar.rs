//! Values as SQLite sees them: a storage class, an affinity, an order.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::record::write_value_json;
use crate::value::ValueRef;

/// A value with its storage class. NULL < numbers < texts.
#[derive(Clone, Debug)]
pub enum Scalar<'a> {
    /// NULL: no value, or one that cannot be made out.
    Null,
    /// A whole number.
    Integer(i64),
    /// A number; never NaN.
    Real(f64),
    /// A text.
    Text(Cow<'a, str>),
}

/// What a column does to a value of another class that it is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Affinity {
    /// Nothing: an expression or a constant.
    None,
    /// Numbers become texts.
    Text,
    /// Texts that are well-formed numbers become numbers.
    Numeric,
}

impl<'a> Scalar<'a> {
    pub(super) fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    pub(super) fn flag(flag: bool) -> Self {
        Self::Integer(i64::from(flag))
    }

    /// A number as a computation gives it; NaN is NULL.
    pub(super) fn real(number: f64) -> Self {
        if number.is_nan() {
            Self::Null
        } else {
            Self::Real(number)
        }
    }

    /// A number as a numeric column keeps it: whole numbers as integers.
    pub(super) fn number(number: f64) -> Self {
        /// 2^63, the first number that no longer fits.
        const LIMIT: f64 = 9_223_372_036_854_775_808.0;
        if number.fract() == 0.0 && number.abs() < LIMIT {
            #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
            let whole = number as i64;
            return Self::Integer(whole);
        }
        Self::real(number)
    }

    /// The same value, borrowed from this one.
    pub(super) fn borrowed(&self) -> Scalar<'_> {
        match self {
            Self::Null => Scalar::Null,
            Self::Integer(number) => Scalar::Integer(*number),
            Self::Real(number) => Scalar::Real(*number),
            Self::Text(text) => Scalar::text(text),
        }
    }

    /// The same value, owning its text.
    #[must_use]
    pub fn into_owned(self) -> Scalar<'static> {
        match self {
            Self::Null => Scalar::Null,
            Self::Integer(number) => Scalar::Integer(number),
            Self::Real(number) => Scalar::Real(number),
            Self::Text(text) => Scalar::Text(Cow::Owned(text.into_owned())),
        }
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// NULL or the empty text.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            Self::Integer(_) | Self::Real(_) => false,
        }
    }

    /// The text of a value; NULL has none.
    pub(super) fn as_text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Null => None,
            Self::Integer(number) => Some(Cow::Owned(number.to_string())),
            Self::Real(number) => Some(Cow::Owned(real_text(*number))),
            Self::Text(text) => Some(Cow::Borrowed(text)),
        }
    }

    /// The number of a value, or of a text that is a well-formed number.
    pub(super) fn as_number(&self) -> Option<f64> {
        match self {
            #[expect(
                clippy::cast_precision_loss,
                reason = "what a computation with it does"
            )]
            Self::Integer(number) => Some(*number as f64),
            Self::Real(number) => Some(*number),
            Self::Text(text) => match numeric(text) {
                Some(number) => number.as_number(),
                None => None,
            },
            Self::Null => None,
        }
    }

    /// The value after it met a column of this affinity.
    pub(super) fn converted(self, affinity: Affinity) -> Self {
        match (affinity, self) {
            (Affinity::Text, Self::Integer(number)) => Self::Text(Cow::Owned(number.to_string())),
            (Affinity::Text, Self::Real(number)) => Self::Text(Cow::Owned(real_text(number))),
            (Affinity::Numeric, Self::Text(text)) => match numeric(&text) {
                Some(number) => number,
                None => Self::Text(text),
            },
            (_, value) => value,
        }
    }

    /// ASCII letters in lower case, as a text.
    pub(super) fn lower(self) -> Self {
        match self {
            Self::Text(text) if text.bytes().any(|byte| byte.is_ascii_uppercase()) => {
                Self::Text(Cow::Owned(text.to_ascii_lowercase()))
            }
            other => other.converted(Affinity::Text),
        }
    }

    /// The order of ORDER BY, in which NULL is the least value.
    #[must_use]
    pub fn order(&self, other: &Scalar<'_>) -> Ordering {
        match (self, other) {
            (Self::Text(left), Scalar::Text(right)) => left.as_bytes().cmp(right.as_bytes()),
            (Self::Integer(left), Scalar::Integer(right)) => left.cmp(right),
            (Self::Real(left), Scalar::Real(right)) => {
                left.partial_cmp(right).unwrap_or(Ordering::Equal)
            }
            (Self::Integer(left), Scalar::Real(right)) => order_mixed(*left, *right),
            (Self::Real(left), Scalar::Integer(right)) => order_mixed(*right, *left).reverse(),
            (left, right) => left.class().cmp(&right.class()),
        }
    }

    fn class(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Integer(_) | Self::Real(_) => 1,
            Self::Text(_) => 2,
        }
    }
}

/// The text of the JSON that a list or geoPoint column holds.
pub(super) fn json_text(value: ValueRef<'_>) -> String {
    let mut out = Vec::new();
    write_value_json(value, &mut out);
    String::from_utf8(out).unwrap_or_default()
}

/// An integer and a real, compared without losing digits.
fn order_mixed(integer: i64, real: f64) -> Ordering {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if real >= LIMIT {
        return Ordering::Less;
    }
    if real < -LIMIT {
        return Ordering::Greater;
    }
    #[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
    let whole = real.trunc() as i64;
    let fraction = 0.0_f64
        .partial_cmp(&real.fract())
        .unwrap_or(Ordering::Equal);
    integer.cmp(&whole).then(fraction)
}

/// The number that a text is, if it is a well-formed one from its first to its last character.
fn numeric(text: &str) -> Option<Scalar<'static>> {
    let text = text.trim_matches([' ', '\t', '\n', '\u{b}', '\u{c}', '\r']);
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return None;
    }
    if let Ok(whole) = text.parse::<i64>() {
        return Some(Scalar::Integer(whole));
    }
    text.parse::<f64>().ok().map(Scalar::real)
}

/// A real as SQLite writes it: 15 significant digits and always a decimal point.
fn real_text(number: f64) -> String {
    if number.is_infinite() {
        return if number > 0.0 {
            "Inf".to_owned()
        } else {
            "-Inf".to_owned()
        };
    }
    let scientific = format!("{number:.14e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent = exponent.parse::<i32>().unwrap_or(0);
    if (-4..=15).contains(&exponent) {
        let decimals = usize::try_from(14 - exponent).unwrap_or(0);
        return with_point(&format!("{number:.decimals$}"));
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", with_point(mantissa), exponent.abs())
}

/// Without needless zeros, but with at least one digit behind the point.
fn with_point(digits: &str) -> String {
    if !digits.contains('.') {
        return format!("{digits}.0");
    }
    let short = digits.trim_end_matches('0');
    if short.ends_with('.') {
        format!("{short}0")
    } else {
        short.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reals_are_written_with_a_point() {
        for (number, text) in [
            (5.0, "5.0"),
            (0.1, "0.1"),
            (-2.5, "-2.5"),
            (1e15, "1000000000000000.0"),
            (1e16, "1.0e+16"),
            (1e20, "1.0e+20"),
            (1.0 / 3.0, "0.333333333333333"),
            (0.0001, "0.0001"),
            (0.00001, "1.0e-05"),
            (123_456.789, "123456.789"),
        ] {
            assert_eq!(real_text(number), text);
        }
    }

    #[test]
    fn only_whole_texts_are_numbers() {
        for (text, number) in [
            ("5", 5.0),
            (" 5 ", 5.0),
            ("+5", 5.0),
            ("1e2", 100.0),
            (".5", 0.5),
        ] {
            assert_eq!(Scalar::text(text).as_number(), Some(number), "{text}");
        }
        for text in [
            "", "5a", "a5", "0x5", "inf", "nan", "-", "5 5", "--5", "+-5", "infinity",
        ] {
            assert_eq!(Scalar::text(text).as_number(), None, "{text}");
        }
    }

    #[test]
    fn classes_come_before_values() {
        let ascending = [
            Scalar::Null,
            Scalar::Real(-1e300),
            Scalar::Integer(i64::MIN),
            Scalar::Integer(4),
            Scalar::Real(4.5),
            Scalar::Integer(5),
            Scalar::Integer(i64::MAX),
            Scalar::Real(9_223_372_036_854_775_808.0),
            Scalar::text(""),
            Scalar::text("10"),
            Scalar::text("9"),
            Scalar::text("Z"),
            Scalar::text("a"),
            Scalar::text("ä"),
        ];
        for (index, left) in ascending.iter().enumerate() {
            for (other, right) in ascending.iter().enumerate() {
                assert_eq!(left.order(right), index.cmp(&other), "{left:?} {right:?}");
            }
        }
    }
}
