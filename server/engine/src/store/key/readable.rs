//! Keys in words, for error messages.

use std::fmt::Write;

use super::{Keyspace, change_sequence, rowid_of, work_number};

/// A key in words, such as `record of collection 3: abc`.
#[must_use]
pub fn readable(key: &[u8]) -> String {
    let Some(keyspace) = Keyspace::of(key) else {
        return format!("unknown key {}", escaped(key));
    };
    let rest = key.get(1..).unwrap_or_default();
    let number = rest
        .first_chunk::<4>()
        .map(|bytes| u32::from_be_bytes(*bytes));
    let after_number = escaped(rest.get(4..).unwrap_or_default());
    match (keyspace, number) {
        (Keyspace::Meta, _) => format!("meta {}", escaped(rest)),
        (Keyspace::Setting, _) => format!("setting {}", escaped(rest)),
        (Keyspace::Departed, _) => format!("departed collection {}", escaped(rest)),
        (Keyspace::Secret, _) => format!("secret {}", escaped(rest)),
        (Keyspace::Catalog, Some(number)) => format!("definition of collection {number}"),
        (Keyspace::Counter, Some(number)) => format!("counter of collection {number}"),
        (Keyspace::Record, Some(number)) => {
            format!("record of collection {number}: {after_number}")
        }
        (Keyspace::Rowid, Some(number)) => {
            format!(
                "rowid of collection {number}: {}",
                rowid_of(key).unwrap_or_default()
            )
        }
        (Keyspace::Index, Some(number)) => {
            format!("index entry of collection {number}: {after_number}")
        }
        (Keyspace::Unique, Some(number)) => {
            format!("unique value of collection {number}: {after_number}")
        }
        (Keyspace::Reference, Some(number)) => {
            format!("reference to collection {number}: {after_number}")
        }
        (Keyspace::FoldedId, Some(number)) => {
            format!("id in lower case of collection {number}: {after_number}")
        }
        (Keyspace::Change, _) => {
            format!("change {}", change_sequence(key).unwrap_or_default().0)
        }
        (Keyspace::KeptAnswer, _) => format!("kept answer {}", escaped(rest)),
        (Keyspace::KeptAnswerByTime, _) => format!("kept answer by time {}", escaped(rest)),
        (Keyspace::Work, _) => format!("work {}", work_number(key).unwrap_or_default()),
        (Keyspace::Chunk | Keyspace::ChunkedKey, _) => {
            format!("part of {}", readable(rest))
        }
        (_, None) => format!("incomplete key {}", escaped(key)),
    }
}

/// Printable ASCII as it is, everything else as `\xNN`.
fn escaped(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            b'\\' => text.push_str("\\\\"),
            b' '..=b'~' => text.push(char::from(*byte)),
            other => {
                // Writing to a String cannot fail.
                let _ = write!(text, "\\x{other:02x}");
            }
        }
    }
    text
}
