//! Typed values inside keys, in SQLite's order: NULL, then numbers, then texts.
//!
//! - A value ends itself: no encoded value is a prefix of another, ascending or descending.
//! - Descending is the complement of the ascending bytes, so it reverses the order.
//! - A text over [`TEXT_KEY_BYTES_MAX`] is cut and marked: it is still found by equality (a hash
//!   of the whole follows), but among texts with the same beginning its place says nothing.

use std::ops::Bound;

use luge_model::limits::TEXT_KEY_BYTES_MAX;
use sha2::{Digest, Sha256};

use super::{Key, after_prefix};

/// What follows are the id and the end of an index entry.
pub(super) const END: u8 = 0x00;

const NULL: u8 = 0x10;
const NUMBER: u8 = 0x20;
const TEXT: u8 = 0x30;

/// Escape byte inside texts, and what may follow it.
const ESCAPE: u8 = 0x00;
const TERMINATOR: u8 = 0x00;
const TRUNCATED: u8 = 0x01;
const ZERO: u8 = 0xff;

const HASH_BYTES: usize = 16;

/// One value of a key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Component<'a> {
    /// No value; also what a number that is not a number becomes.
    Null,
    /// A number; -0 equals 0.
    Number(f64),
    /// A text, ordered by its bytes.
    Text(&'a str),
}

/// A value and the direction of its column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Column<'a> {
    /// The value.
    pub value: Component<'a>,
    /// Whether greater values come first.
    pub descending: bool,
}

/// The values of one column between two bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach<'a> {
    /// The smallest value.
    pub lower: Bound<Component<'a>>,
    /// The greatest value.
    pub upper: Bound<Component<'a>>,
    /// Whether greater values come first in the column.
    pub descending: bool,
}

impl<'a> Column<'a> {
    /// A column in ascending order.
    #[must_use]
    pub fn ascending(value: Component<'a>) -> Self {
        Self {
            value,
            descending: false,
        }
    }

    /// Appends the value.
    pub(super) fn push(&self, key: &mut Key) {
        let start = key.len();
        match self.value {
            Component::Number(number) if !number.is_nan() => {
                key.push(NUMBER);
                key.extend_from_slice(&ordered_bits(number).to_be_bytes());
            }
            Component::Null | Component::Number(_) => key.push(NULL),
            Component::Text(text) => push_text(key, text),
        }
        if self.descending {
            complement(key, start);
        }
    }
}

impl Reach<'_> {
    /// The first key of the reach and the first key after it, given what precedes the column.
    /// A bound that is a truncated text takes in all texts with the same beginning.
    pub(super) fn keys(&self, before: &[u8]) -> (Key, Key) {
        let lowest = match self.lower {
            Bound::Unbounded => None,
            Bound::Included(value) => Some((value, true)),
            Bound::Excluded(value) => Some((value, false)),
        };
        let highest = match self.upper {
            Bound::Unbounded => None,
            Bound::Included(value) => Some((value, true)),
            Bound::Excluded(value) => Some((value, false)),
        };
        let (first, last) = if self.descending {
            (highest, lowest)
        } else {
            (lowest, highest)
        };
        let start = first.map_or_else(
            || before.to_vec(),
            |(value, included)| {
                let (prefix, exact) = self.stem(before, value);
                if included || !exact {
                    prefix
                } else {
                    after_prefix(&prefix)
                }
            },
        );
        let end = last.map_or_else(
            || after_prefix(before),
            |(value, included)| {
                let (prefix, exact) = self.stem(before, value);
                if included || !exact {
                    after_prefix(&prefix)
                } else {
                    prefix
                }
            },
        );
        (start, end)
    }

    /// What all keys with this value begin with, and whether no other value's keys do.
    fn stem(&self, before: &[u8], value: Component<'_>) -> (Key, bool) {
        let mut key = before.to_vec();
        if let Component::Text(text) = value
            && let Some(cut) = beginning_of_long(text)
        {
            push_text_stem(&mut key, cut, self.descending);
            return (key, false);
        }
        Column {
            value,
            descending: self.descending,
        }
        .push(&mut key);
        (key, true)
    }
}

/// Appends what all texts beginning with `beginning` begin with.
pub(super) fn push_text_stem(key: &mut Key, beginning: &[u8], descending: bool) {
    let start = key.len();
    key.push(TEXT);
    push_escaped(key, beginning);
    if descending {
        complement(key, start);
    }
}

/// Appends a text that is never cut.
pub(super) fn push_whole_text(key: &mut Key, text: &str) {
    push_escaped(key, text.as_bytes());
    key.extend_from_slice(&[ESCAPE, TERMINATOR]);
}

/// What follows a text made by [`push_whole_text`].
pub(super) fn skip_text(bytes: &[u8]) -> Option<&[u8]> {
    skip_escaped(bytes, 0).map(|(rest, _)| rest)
}

/// What follows one value, and whether it was a truncated text. `None` when there is no value.
pub(super) fn skip(bytes: &[u8]) -> Option<(&[u8], bool)> {
    let (tag, rest) = bytes.split_first()?;
    // The high bit is set in complemented tags only.
    let (tag, mask) = if tag & 0x80 == 0 {
        (*tag, 0x00)
    } else {
        (!tag, 0xff)
    };
    match tag {
        NULL => Some((rest, false)),
        NUMBER => Some((rest.get(8..)?, false)),
        TEXT => skip_escaped(rest, mask),
        _ => None,
    }
}

/// How much of a text a key holds, when it does not hold all of it.
pub(super) fn beginning_of_long(text: &str) -> Option<&[u8]> {
    if text.len() > TEXT_KEY_BYTES_MAX {
        text.as_bytes().get(..TEXT_KEY_BYTES_MAX)
    } else {
        None
    }
}

fn push_text(key: &mut Key, text: &str) {
    key.push(TEXT);
    match beginning_of_long(text) {
        None => push_whole_text(key, text),
        Some(beginning) => {
            push_escaped(key, beginning);
            key.extend_from_slice(&[ESCAPE, TRUNCATED]);
            key.extend(Sha256::digest(text.as_bytes()).iter().take(HASH_BYTES));
        }
    }
}

fn push_escaped(key: &mut Key, bytes: &[u8]) {
    for byte in bytes {
        key.push(*byte);
        if *byte == ESCAPE {
            key.push(ZERO);
        }
    }
}

fn skip_escaped(mut bytes: &[u8], mask: u8) -> Option<(&[u8], bool)> {
    loop {
        let (byte, rest) = bytes.split_first()?;
        if byte ^ mask != ESCAPE {
            bytes = rest;
            continue;
        }
        let (kind, rest) = rest.split_first()?;
        match kind ^ mask {
            TERMINATOR => return Some((rest, false)),
            TRUNCATED => return Some((rest.get(HASH_BYTES..)?, true)),
            ZERO => bytes = rest,
            _ => return None,
        }
    }
}

/// Bits whose unsigned order is the order of the numbers.
fn ordered_bits(number: f64) -> u64 {
    // Adding 0 turns -0 into 0.
    let bits = (number + 0.0).to_bits();
    let sign = 1 << 63;
    if bits & sign == 0 { bits | sign } else { !bits }
}

fn complement(key: &mut Key, start: usize) {
    for byte in key.iter_mut().skip(start) {
        *byte = !*byte;
    }
}
