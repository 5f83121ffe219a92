//! The texts that are read as a moment.

use crate::timestamp::{CivilTime, Timestamp};

/// The zero of Go's time, which the contract shows as no date.
const GO_ZERO: Timestamp = Timestamp(-62_135_596_800_000);

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

pub(super) fn parse(text: &str) -> Option<Timestamp> {
    let moment = if text.starts_with(|letter: char| letter.is_ascii_digit()) {
        iso(text).or_else(|| day_first(text))
    } else {
        let (weekday, rest) = text.split_once(' ')?;
        match weekday.strip_suffix(',') {
            Some(weekday) if is_word(weekday) => day_first(rest),
            None if is_word(weekday) => month_first(rest),
            _ => None,
        }
    }?;
    let in_range = (0..=9_999).contains(&moment.civil().year) && moment != GO_ZERO;
    in_range.then_some(moment)
}

/// `2006-01-02`, and with a `T` or a space `15:04:05.999` and perhaps a zone.
fn iso(text: &str) -> Option<Timestamp> {
    let mut parts = text.splitn(2, ['T', ' ']);
    let mut date = parts.next()?.splitn(3, '-');
    let year = digits(date.next()?, 4, 4)?;
    let month = digits(date.next()?, 2, 2)?;
    let day = digits(date.next()?, 2, 2)?;
    let (clock, offset) = match parts.next() {
        Some(rest) => clock_and_zone(rest)?,
        None => (Clock::default(), 0),
    };
    moment((year, month, day), clock, offset)
}

/// `02 Jan 2006`, `02 Jan 06 15:04 MST`, `02-Jan-06 15:04:05 MST`, `02 Jan 2006 15:04:05 -0700`.
fn day_first(text: &str) -> Option<Timestamp> {
    let mut parts = text.splitn(4, [' ', '-']);
    let day = digits(parts.next()?, 2, 2)?;
    let month = month(parts.next()?)?;
    let year = year(parts.next()?)?;
    let (clock, offset) = match parts.next() {
        Some(rest) => {
            let (clock, zone) = rest.split_once(' ')?;
            (Clock::parse(clock, true)?, zone_offset(zone)?)
        }
        None => (Clock::default(), 0),
    };
    moment((year, month, day), clock, offset)
}

/// `Jan  2 15:04:05 2006`, with or without a zone before the year.
fn month_first(text: &str) -> Option<Timestamp> {
    let mut parts = text.split_ascii_whitespace();
    let month = month(parts.next()?)?;
    let day = digits(parts.next()?, 1, 2)?;
    let clock = Clock::parse(parts.next()?, false)?;
    let (offset, year) = match (parts.next()?, parts.next()) {
        (year, None) => (0, year),
        (zone, Some(year)) => (zone_offset(zone)?, year),
    };
    let year = digits(year, 4, 4).filter(|_| parts.next().is_none())?;
    moment((year, month, day), clock, offset)
}

#[derive(Clone, Copy, Default)]
struct Clock {
    hour: u16,
    minute: u16,
    second: u16,
    millisecond: u16,
}

impl Clock {
    /// `15:04:05`, with a fraction after a dot or a comma; `15:04` where that is a known layout.
    fn parse(text: &str, seconds_optional: bool) -> Option<Self> {
        let mut parts = text.splitn(3, ':');
        let hour = digits(parts.next()?, 1, 2)?;
        let minute = digits(parts.next()?, 2, 2)?;
        let Some(rest) = parts.next() else {
            return seconds_optional.then_some(Self {
                hour,
                minute,
                ..Self::default()
            });
        };
        let (second, fraction) = match rest.split_once(['.', ',']) {
            Some((second, fraction)) => (second, Some(fraction)),
            None => (rest, None),
        };
        let millisecond = match fraction {
            Some(fraction) => thousandths(fraction)?,
            None => 0,
        };
        Some(Self {
            hour,
            minute,
            second: digits(second, 2, 2)?,
            millisecond,
        })
    }
}

/// The clock of an ISO text, and its distance from UTC in seconds.
fn clock_and_zone(text: &str) -> Option<(Clock, i64)> {
    let end = text
        .find(|letter: char| !(letter.is_ascii_digit() || ":.,".contains(letter)))
        .unwrap_or(text.len());
    let (clock, zone) = text.split_at_checked(end)?;
    let clock = Clock::parse(clock, false)?;
    let zone = zone.strip_prefix(' ').unwrap_or(zone);
    let (zone, name) = zone.split_once(' ').unwrap_or((zone, "UTC"));
    let offset = if zone.is_empty() {
        0
    } else {
        numeric_offset(zone)?
    };
    is_word(name).then_some((clock, offset))
}

/// A numeric zone, or the name of one, whose distance nobody can know and which counts as UTC.
fn zone_offset(text: &str) -> Option<i64> {
    if is_word(text) {
        Some(0)
    } else {
        numeric_offset(text)
    }
}

/// `Z`, `+07:00` or `-0700`, in seconds.
fn numeric_offset(text: &str) -> Option<i64> {
    if text == "Z" {
        return Some(0);
    }
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':').or_else(|| rest.split_at_checked(2))?;
    let (hours, minutes) = (digits(hours, 2, 2)?, digits(minutes, 2, 2)?);
    let in_range = hours <= 24 && minutes < 60;
    in_range.then_some(sign * (i64::from(hours) * 3_600 + i64::from(minutes) * 60))
}

fn moment(date: (u16, u16, u16), clock: Clock, offset: i64) -> Option<Timestamp> {
    let (year, month, day) = date;
    let small = |number: u16| u8::try_from(number).ok();
    let local = Timestamp::from_civil(CivilTime {
        year: i64::from(year),
        month: small(month)?,
        day: small(day)?,
        hour: small(clock.hour)?,
        minute: small(clock.minute)?,
        second: small(clock.second)?,
        millisecond: clock.millisecond,
    })?;
    Some(Timestamp(local.0 - offset * 1_000))
}

fn digits(text: &str, min: usize, max: usize) -> Option<u16> {
    let right_length = text.len() >= min && text.len() <= max;
    let all_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if right_length && all_digits {
        text.parse().ok()
    } else {
        None
    }
}

/// Cut after three digits, not rounded, as the contract's server does.
fn thousandths(fraction: &str) -> Option<u16> {
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits: String = fraction.chars().chain("00".chars()).take(3).collect();
    digits.parse().ok()
}

/// Two digits mean 1969 to 2068.
fn year(text: &str) -> Option<u16> {
    match digits(text, 2, 2) {
        Some(short) => Some(if short >= 69 {
            1_900 + short
        } else {
            2_000 + short
        }),
        None => digits(text, 4, 4),
    }
}

fn month(text: &str) -> Option<u16> {
    let lower = text.to_ascii_lowercase();
    let at = MONTHS.iter().position(|month| *month == lower)?;
    u16::try_from(at + 1).ok()
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every answer was seen on the contract's server.
    #[test]
    fn accepted_texts() {
        for (text, expected) in [
            ("2024-01-02", "2024-01-02 00:00:00.000Z"),
            ("2024-01-02 03:04:05", "2024-01-02 03:04:05.000Z"),
            ("2024-01-02T03:04:05Z", "2024-01-02 03:04:05.000Z"),
            ("2024-01-02T03:04:05+02:00", "2024-01-02 01:04:05.000Z"),
            ("2024-01-02T03:04:05+0200", "2024-01-02 01:04:05.000Z"),
            ("2024-01-02 03:04:05.123456Z", "2024-01-02 03:04:05.123Z"),
            ("2024-01-02 03:04:05.9999Z", "2024-01-02 03:04:05.999Z"),
            ("2024-01-02 03:04:05,123Z", "2024-01-02 03:04:05.123Z"),
            ("2024-01-02 03:04:05.12Z", "2024-01-02 03:04:05.120Z"),
            ("2024-01-02T03:04:05.5", "2024-01-02 03:04:05.500Z"),
            ("2024-01-02 3:04:05", "2024-01-02 03:04:05.000Z"),
            ("0000-01-01", "0000-01-01 00:00:00.000Z"),
            ("0001-01-01 00:00:00.001Z", "0001-01-01 00:00:00.001Z"),
            ("9999-12-31 23:59:59.999Z", "9999-12-31 23:59:59.999Z"),
            ("02 Jan 2006", "2006-01-02 00:00:00.000Z"),
            ("02 Jan 06 15:04 MST", "2006-01-02 15:04:00.000Z"),
            ("Mon, 02 Jan 2006 15:04:05 MST", "2006-01-02 15:04:05.000Z"),
            (
                "Mon, 02 Jan 2006 15:04:05 -0700",
                "2006-01-02 22:04:05.000Z",
            ),
            ("Monday, 02-Jan-06 15:04:05 MST", "2006-01-02 15:04:05.000Z"),
            ("Mon Jan  2 15:04:05 2006", "2006-01-02 15:04:05.000Z"),
            ("2006-01-02 15:04:05 -0700", "2006-01-02 22:04:05.000Z"),
            ("2006-01-02 15:04:05 -07:00", "2006-01-02 22:04:05.000Z"),
            ("2006-01-02 15:04:05 +0700 CEST", "2006-01-02 08:04:05.000Z"),
            (
                "2024-01-02 03:04:05.123 +0000 UTC",
                "2024-01-02 03:04:05.123Z",
            ),
        ] {
            let parsed = parse(text).map(|moment| moment.to_string());
            assert_eq!(parsed.as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn refused_texts() {
        for text in [
            "",
            "abc",
            " ",
            "2024",
            "2024-01",
            "2024-1-2",
            "20240102",
            "01/02/2024",
            "1700000000",
            "2024-02-30",
            "2024-13-01",
            "2024-00-10",
            "2024-01-00",
            "10000-01-01",
            "-0001-01-01",
            "0001-01-01",
            "0001-01-01 00:00:00.000Z",
            " 2024-01-02",
            "2024-01-02 ",
            "2024-01-02T",
            "2024-01-02 03:04",
            "2024-01-02T03:04Z",
            "2024-01-02 24:00:00",
            "2024-01-02 03:60:00",
            "2024-01-02 03:04:60",
            "2024-01-02 03:04:05.",
            "2024-01-02 03:04:05.x",
            "2024-01-02 03:04:05Z07:00",
            "2024-01-02 03:04:05+1",
            "2024-01-02 03:04:05 +07:99",
            "2024-01-02 03:04:05 Z extra words",
            "0000-01-01T00:00:00+01:00",
            "9999-12-31T23:59:59-01:00",
            "Jan 2, 2006",
            "Mon",
            "Mon,",
            "Mon Jan _2 15:04:05 2006",
            "Mon Jan 2 15:04:05",
            "Mon Jan 2 15:04:05 2006 2007",
            "02 Foo 2006",
            "２０２４-01-02",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
