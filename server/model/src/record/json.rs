//! JSON text straight from encoded values, as the contract's server writes it.

use std::io::Write;

use crate::value::{GeoPoint, ValueRef};

/// Appends a value as JSON.
pub fn write_value_json(value: ValueRef<'_>, out: &mut Vec<u8>) {
    match value {
        ValueRef::Bool(true) => out.extend_from_slice(b"true"),
        ValueRef::Bool(false) => out.extend_from_slice(b"false"),
        ValueRef::Number(number) => write_number_json(number, out),
        ValueRef::Text(text) => write_text_json(text, out),
        ValueRef::GeoPoint(point) => write_point(point, out),
        ValueRef::Json(text) => out.extend_from_slice(text.as_bytes()),
        ValueRef::List(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_text_json(item, out);
            }
            out.push(b']');
        }
    }
}

/// Appends a number: integers without a dot, an exponent below 1e-6 and from 1e21, shortest form
/// that reads back the same. Numbers that JSON cannot express become `null`.
pub fn write_number_json(number: f64, out: &mut Vec<u8>) {
    const EXACT_INTEGER_MAX: f64 = 9_007_199_254_740_992.0;
    let size = number.abs();
    let written = if !number.is_finite() {
        out.write_all(b"null")
    } else if number.fract() == 0.0 && size < EXACT_INTEGER_MAX && !is_negative_zero(number) {
        #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
        let whole = number as i64;
        write!(out, "{whole}")
    } else if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let text = format!("{number:e}");
        match text.split_once('e') {
            Some((digits, power)) if !power.starts_with('-') => write!(out, "{digits}e+{power}"),
            _ => out.write_all(text.as_bytes()),
        }
    } else {
        write!(out, "{number}")
    };
    debug_assert!(written.is_ok(), "writing to memory does not fail");
}

/// Appends a text in quotes; only what JSON requires is escaped.
pub fn write_text_json(text: &str, out: &mut Vec<u8>) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| needs_escape(*byte)) {
        let (plain, special) = rest.split_at(at);
        out.extend_from_slice(plain);
        let Some((byte, after)) = special.split_first() else {
            break;
        };
        write_escape(*byte, out);
        rest = after;
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

fn is_negative_zero(number: f64) -> bool {
    number == 0.0 && number.is_sign_negative()
}

fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

fn write_escape(byte: u8, out: &mut Vec<u8>) {
    let short = match byte {
        b'"' => b'"',
        b'\\' => b'\\',
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        _ => {
            out.extend_from_slice(b"\\u00");
            for digit in [byte >> 4, byte & 0x0f] {
                out.push(if digit < 10 {
                    b'0' + digit
                } else {
                    b'a' + digit - 10
                });
            }
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

fn write_point(point: GeoPoint, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"lon\":");
    write_number_json(point.lon, out);
    out.extend_from_slice(b",\"lat\":");
    write_number_json(point.lat, out);
    out.push(b'}');
}
