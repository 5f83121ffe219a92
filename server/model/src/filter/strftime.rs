//! `strftime(format, time value, modifiers…)` as SQLite has it.

use std::fmt::Write as _;

use super::calendar::{Civil, DAY_MS};
use super::moment::Moment;
use super::scalar::Scalar;
use crate::timestamp::Timestamp;

/// The formatted moment; NULL when an argument makes no sense.
pub(super) fn strftime(arguments: &[Scalar<'_>], now: Timestamp) -> Scalar<'static> {
    formatted(arguments, now).map_or(Scalar::Null, |text| Scalar::Text(text.into()))
}

fn formatted(arguments: &[Scalar<'_>], now: Timestamp) -> Option<String> {
    let (format, values) = arguments.split_first()?;
    let format = format.as_text()?;
    let moment = match values.split_first() {
        None => Moment::now(now),
        Some((value, modifiers)) => {
            let mut moment = Moment::parse(value, now)?;
            for (index, modifier) in modifiers.iter().enumerate() {
                moment = moment.modified(&modifier.as_text()?, index == 0)?;
            }
            moment
        }
    };
    let unix_ms = moment.unix_ms()?;
    let mut text = String::new();
    let mut characters = format.chars();
    while let Some(character) = characters.next() {
        if character == '%' {
            write_part(&mut text, characters.next()?, unix_ms, moment.subsecond)?;
        } else {
            text.push(character);
        }
    }
    Some(text)
}

/// Writes what one letter behind `%` stands for; `None` for letters without meaning.
fn write_part(text: &mut String, letter: char, unix_ms: i64, subsecond: bool) -> Option<()> {
    let at = Civil::of(unix_ms);
    let hour_of_12 = (at.hour + 11) % 12 + 1;
    let after_monday = (at.weekday() + 6) % 7;
    let day_of_year = at.day_of_year() - 1;
    // The week and year of a day in ISO 8601 are those of the Thursday in its week.
    let thursday = Civil::of(unix_ms + (3 - after_monday) * DAY_MS);
    let written = match letter {
        'd' => write!(text, "{:02}", at.day),
        'e' => write!(text, "{:2}", at.day),
        'f' => write!(text, "{:02}.{:03}", at.second, at.millisecond),
        'F' => write!(text, "{:04}-{:02}-{:02}", at.year, at.month, at.day),
        'G' => write!(text, "{:04}", thursday.year),
        'g' => write!(text, "{:02}", thursday.year % 100),
        'H' => write!(text, "{:02}", at.hour),
        'I' => write!(text, "{hour_of_12:02}"),
        'j' => write!(text, "{:03}", day_of_year + 1),
        'J' => write!(text, "{}", julian_text(unix_ms)),
        'k' => write!(text, "{:2}", at.hour),
        'l' => write!(text, "{hour_of_12:2}"),
        'm' => write!(text, "{:02}", at.month),
        'M' => write!(text, "{:02}", at.minute),
        'p' => write!(text, "{}", if at.hour < 12 { "AM" } else { "PM" }),
        'P' => write!(text, "{}", if at.hour < 12 { "am" } else { "pm" }),
        'R' => write!(text, "{:02}:{:02}", at.hour, at.minute),
        's' if subsecond => {
            let sign = if unix_ms < 0 { "-" } else { "" };
            let size = unix_ms.unsigned_abs();
            write!(text, "{sign}{}.{:03}", size / 1_000, size % 1_000)
        }
        's' => write!(text, "{}", unix_ms.div_euclid(1_000)),
        'S' => write!(text, "{:02}", at.second),
        'T' => write!(text, "{:02}:{:02}:{:02}", at.hour, at.minute, at.second),
        'u' => write!(text, "{}", after_monday + 1),
        'U' => write!(text, "{:02}", (day_of_year + 7 - at.weekday()) / 7),
        'V' => write!(text, "{:02}", (thursday.day_of_year() - 1) / 7 + 1),
        'w' => write!(text, "{}", at.weekday()),
        'W' => write!(text, "{:02}", (day_of_year + 7 - after_monday) / 7),
        'Y' => write!(text, "{:04}", at.year),
        '%' => write!(text, "%"),
        _ => return None,
    };
    written.ok()
}

/// 16 significant digits, without needless zeros.
fn julian_text(unix_ms: i64) -> String {
    let day = Moment::julian_day(unix_ms);
    let whole_digits = day.trunc().to_string().len();
    let decimals = 16_usize.saturating_sub(whole_digits);
    let text = format!("{day:.decimals$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
