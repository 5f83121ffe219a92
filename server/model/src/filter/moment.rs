//! The time values and modifiers of SQLite's date functions.
//!
//! Local time is UTC here, so `localtime` and `utc` change nothing.

use super::calendar::{Civil, DAY_MS};
use super::scalar::Scalar;
use crate::timestamp::Timestamp;

/// 1970-01-01 00:00 in milliseconds of the Julian period.
const UNIX_EPOCH_JULIAN_MS: i64 = 210_866_760_000_000;
/// The last millisecond of the year 9999 in the Julian period.
const LAST_JULIAN_MS: i64 = 464_269_060_799_999;
/// The last second of the year 9999.
const LAST_UNIX_SECOND: f64 = 253_402_300_799.0;
/// 1970-01-01 00:00 in seconds of the Julian period.
const UNIX_EPOCH_JULIAN_SECONDS: f64 = 210_866_760_000.0;
/// A number from here on is no Julian day.
const JULIAN_DAY_END: f64 = 5_373_484.5;

/// A moment while modifiers are applied to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    unix_ms: i64,
    /// A number that is not known yet to be a Julian day or seconds.
    raw: Option<f64>,
    /// By how many days the day ran over the end of its month.
    overrun_days: i64,
    pub(super) subsecond: bool,
}

impl Moment {
    pub(super) fn now(now: Timestamp) -> Self {
        Self {
            unix_ms: now.0,
            raw: None,
            overrun_days: 0,
            subsecond: false,
        }
    }

    /// A time value; `None` for what is not one.
    pub(super) fn parse(value: &Scalar<'_>, now: Timestamp) -> Option<Self> {
        let text = match value {
            Scalar::Null => return None,
            Scalar::Text(text) => text.as_ref(),
            Scalar::Integer(_) | Scalar::Real(_) => return value.as_number().map(Self::of_number),
        };
        if let Some(moment) = parse_date(text) {
            return Some(moment);
        }
        if let Some(time_ms) = parse_time(text) {
            return Some(Self::of_ms(Civil::midnight(2000, 1, 1).unix_ms() + time_ms));
        }
        match text.to_ascii_lowercase().as_str() {
            "now" => Some(Self::now(now)),
            "subsec" | "subsecond" => Some(Self {
                subsecond: true,
                ..Self::now(now)
            }),
            _ => value.as_number().map(Self::of_number),
        }
    }

    /// Milliseconds since 1970, if the moment is one of the years that SQLite knows.
    pub(super) fn unix_ms(self) -> Option<i64> {
        let number_is_day = self
            .raw
            .is_none_or(|raw| (0.0..JULIAN_DAY_END).contains(&raw));
        let julian = self.unix_ms.checked_add(UNIX_EPOCH_JULIAN_MS)?;
        (number_is_day && (0..=LAST_JULIAN_MS).contains(&julian)).then_some(self.unix_ms)
    }

    /// The day of the Julian period, from noon to noon.
    pub(super) fn julian_day(unix_ms: i64) -> f64 {
        #[expect(
            clippy::cast_precision_loss,
            reason = "under 2^53 within the range of a moment"
        )]
        let julian_ms = (unix_ms + UNIX_EPOCH_JULIAN_MS) as f64;
        julian_ms / 86_400_000.0
    }

    /// The moment after a modifier; `None` for what is not one.
    pub(super) fn modified(self, modifier: &str, is_first: bool) -> Option<Self> {
        let lower = modifier.to_ascii_lowercase();
        match lower.as_str() {
            "auto" if is_first => self.automatic(),
            "unixepoch" if is_first => self.raw.and_then(|raw| self.of_unix_seconds(raw)),
            "julianday" if is_first => self.raw.and(self.unix_ms()).map(|_| self.settled()),
            "localtime" | "utc" => self.unix_ms().map(|_| self.settled()),
            "subsec" | "subsecond" => Some(Self {
                subsecond: true,
                ..self
            }),
            "ceiling" => self.unix_ms().map(|_| Self {
                overrun_days: 0,
                ..self.settled()
            }),
            "floor" => self.unix_ms().map(|unix_ms| Self {
                unix_ms: unix_ms - self.overrun_days * DAY_MS,
                ..self.settled()
            }),
            _ => match lower.strip_prefix("weekday ") {
                Some(day) => self.next_weekday(day),
                None => match lower.strip_prefix("start of ") {
                    Some(unit) => self.start_of(unit),
                    None => self.shifted(&lower),
                },
            },
        }
    }

    fn of_ms(unix_ms: i64) -> Self {
        Self {
            unix_ms,
            raw: None,
            overrun_days: 0,
            subsecond: false,
        }
    }

    fn of_number(number: f64) -> Self {
        let unix_ms = if (0.0..JULIAN_DAY_END).contains(&number) {
            rounded(number * 86_400_000.0 + 0.5) - UNIX_EPOCH_JULIAN_MS
        } else {
            0
        };
        Self {
            raw: Some(number),
            ..Self::of_ms(unix_ms)
        }
    }

    /// The same moment, no longer in doubt.
    fn settled(self) -> Self {
        Self { raw: None, ..self }
    }

    fn at(self, unix_ms: i64) -> Self {
        Self {
            unix_ms,
            ..self.settled()
        }
    }

    fn automatic(self) -> Option<Self> {
        match self.raw {
            Some(raw) if !(0.0..JULIAN_DAY_END).contains(&raw) => self.of_unix_seconds(raw),
            _ => Some(self.settled()),
        }
    }

    fn of_unix_seconds(self, seconds: f64) -> Option<Self> {
        let in_range = (-UNIX_EPOCH_JULIAN_SECONDS..=LAST_UNIX_SECOND).contains(&seconds);
        let julian_ms = rounded((seconds + UNIX_EPOCH_JULIAN_SECONDS) * 1_000.0 + 0.5);
        in_range.then(|| self.at(julian_ms - UNIX_EPOCH_JULIAN_MS))
    }

    fn next_weekday(self, day: &str) -> Option<Self> {
        let day = Scalar::text(day)
            .as_number()
            .filter(|day| day.fract() == 0.0)?;
        let wanted = (0.0..7.0).contains(&day).then(|| rounded(day))?;
        let unix_ms = self.unix_ms()?;
        let ahead = (wanted - Civil::of(unix_ms).weekday()).rem_euclid(7);
        Some(self.at(unix_ms + ahead * DAY_MS))
    }

    fn start_of(self, unit: &str) -> Option<Self> {
        let date = Civil::of(self.unix_ms()?);
        let (month, day) = match unit {
            "day" => (date.month, date.day),
            "month" => (date.month, 1),
            "year" => (1, 1),
            _ => return None,
        };
        Some(self.at(Civil::midnight(date.year, month, day).unix_ms()))
    }

    /// `±N unit`, `±HH:MM[:SS[.FFF]]`, `±YYYY-MM-DD[ HH:MM]`.
    fn shifted(self, modifier: &str) -> Option<Self> {
        let negative = modifier.starts_with('-');
        let signed = modifier.starts_with(['+', '-']);
        let digits = modifier.strip_prefix(['+', '-']).unwrap_or(modifier);
        if !modifier.starts_with(|first: char| "+-".contains(first) || first.is_ascii_digit()) {
            return None;
        }
        if signed && let Some(shift) = date_shift(digits) {
            return self.shifted_by_date(&shift, negative);
        }
        if digits
            .split([' ', '\t'])
            .next()
            .is_some_and(|first| first.contains(':'))
        {
            let shift = parse_time(digits)?.rem_euclid(DAY_MS);
            let unix_ms = self.unix_ms()?;
            return Some(self.at(if negative {
                unix_ms - shift
            } else {
                unix_ms + shift
            }));
        }
        let split = modifier.find([' ', '\t', '\n'])?;
        let (number, unit) = modifier.split_at_checked(split)?;
        self.shifted_by_unit(Scalar::text(number).as_number()?, unit.trim_start())
    }

    fn shifted_by_unit(self, amount: f64, unit: &str) -> Option<Self> {
        let unit = unit.strip_suffix('s').unwrap_or(unit);
        let (seconds, limit) = match unit {
            "second" => (1.0, 4.6427e14),
            "minute" => (60.0, 7.7379e12),
            "hour" => (3_600.0, 1.2897e11),
            "day" => (86_400.0, 5_373_485.0),
            "month" => (2_592_000.0, 176_546.0),
            "year" => (31_536_000.0, 14_713.0),
            _ => return None,
        };
        if amount.abs() >= limit {
            return None;
        }
        let start = Self {
            overrun_days: 0,
            ..self.at(self.unix_ms()?)
        };
        let whole = rounded(amount.trunc());
        let (start, rest) = match unit {
            "month" => (start.shifted_by_months(whole)?, amount.fract()),
            "year" => (start.shifted_by_months(whole * 12)?, amount.fract()),
            _ => (start, amount),
        };
        let rounder = if amount < 0.0 { -0.5 } else { 0.5 };
        let unix_ms = start
            .unix_ms
            .checked_add(rounded(rest * 1_000.0 * seconds + rounder))?;
        Some(start.at(unix_ms))
    }

    /// A day beyond the end of the month runs over into the next one.
    fn shifted_by_months(self, months: i64) -> Option<Self> {
        let date = Civil::of(self.unix_ms()?);
        let month = date.year * 12 + date.month - 1 + months;
        let shifted = Civil {
            year: month.div_euclid(12),
            month: month.rem_euclid(12) + 1,
            ..date
        };
        if !(-4713..=9999).contains(&shifted.year) {
            return None;
        }
        let overrun_days = overrun_days(shifted.year, shifted.month, shifted.day);
        Some(Self {
            overrun_days,
            ..self.at(shifted.unix_ms())
        })
    }

    fn shifted_by_date(self, shift: &DateShift, negative: bool) -> Option<Self> {
        let sign = if negative { -1 } else { 1 };
        let moment = self.shifted_by_months(sign * (shift.years * 12 + shift.months))?;
        let ms = shift.days * DAY_MS + shift.time_ms;
        Some(moment.at(moment.unix_ms + sign * ms))
    }
}

/// What `±YYYY-MM-DD[ HH:MM]` adds.
struct DateShift {
    years: i64,
    months: i64,
    days: i64,
    time_ms: i64,
}

fn date_shift(digits: &str) -> Option<DateShift> {
    let (years, rest) = digits.split_once('-')?;
    let (months, rest) = rest.split_once('-')?;
    let (days, time) = rest.split_at_checked(2)?;
    let years = number(years, years.len(), 0, 99_999).filter(|_| matches!(years.len(), 4 | 5))?;
    let months = number(months, 2, 0, 11)?;
    let days = number(days, 2, 0, 30)?;
    let time_ms = match time.strip_prefix([' ', '\t']) {
        Some(time) => parse_time(time)?.rem_euclid(DAY_MS),
        None if time.is_empty() => 0,
        None => return None,
    };
    Some(DateShift {
        years,
        months,
        days,
        time_ms,
    })
}

/// `[-]YYYY-MM-DD[( |T)HH:MM[:SS[.FFF]][zone]]`
fn parse_date(text: &str) -> Option<Moment> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let (date, rest) = digits.split_at_checked(10)?;
    let (year, date) = date.split_once('-')?;
    let (month, day) = date.split_once('-')?;
    let year = sign * number(year, 4, 0, 9999)?;
    let (month, day) = (number(month, 2, 1, 12)?, number(day, 2, 1, 31)?);
    let rest = rest.trim_start_matches([' ', '\t', '\n', '\r', 'T']);
    let time_ms = if rest.is_empty() {
        0
    } else {
        parse_time(rest)?
    };
    let unix_ms = Civil::midnight(year, month, day).unix_ms() + time_ms;
    Some(Moment {
        overrun_days: overrun_days(year, month, day),
        ..Moment::of_ms(unix_ms)
    })
}

/// `HH:MM[:SS[.FFF]][zone]` in milliseconds since midnight UTC.
fn parse_time(text: &str) -> Option<i64> {
    let (hour, rest) = text.split_at_checked(2)?;
    let (minute, mut rest) = rest.strip_prefix(':')?.split_at_checked(2)?;
    let minutes = number(hour, 2, 0, 24)? * 60 + number(minute, 2, 0, 59)?;
    let mut ms = minutes * 60_000;
    if let Some(seconds) = rest.strip_prefix(':') {
        let (second, after) = seconds.split_at_checked(2)?;
        ms += number(second, 2, 0, 59)? * 1_000;
        rest = after;
        if let Some(fraction) = rest.strip_prefix('.') {
            let end = fraction
                .find(|next: char| !next.is_ascii_digit())
                .unwrap_or(fraction.len());
            let (digits, after) = fraction.split_at_checked(end)?;
            if !digits.is_empty() {
                let part = format!("0.{digits}").parse::<f64>().ok()?;
                // Never rounded up to the next second.
                ms += rounded(part.min(0.999) * 1_000.0 + 0.5);
                rest = after;
            }
        }
    }
    zone_ms(rest).map(|zone| ms - zone)
}

/// `Z` or `±HH:MM`, with white space around; nothing is UTC.
fn zone_ms(text: &str) -> Option<i64> {
    let space = [' ', '\t', '\n', '\r'];
    let text = text.trim_matches(space);
    if text.is_empty() || text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let (hour, minute) = text.strip_prefix(['+', '-'])?.split_once(':')?;
    Some(sign * (number(hour, 2, 0, 14)? * 60 + number(minute, 2, 0, 59)?) * 60_000)
}

/// A number of exactly so many digits within a range.
fn number(text: &str, digits: usize, least: i64, most: i64) -> Option<i64> {
    let well_formed = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    let value = text.parse::<i64>().ok().filter(|_| well_formed)?;
    (least..=most).contains(&value).then_some(value)
}

fn overrun_days(year: i64, month: i64, day: i64) -> i64 {
    let next = Civil::midnight(year, month + 1, 1).unix_ms();
    let length = (next - Civil::midnight(year, month, 1).unix_ms()) / DAY_MS;
    (day - length).max(0)
}

fn rounded(number: f64) -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "saturates, and the range is checked after"
    )]
    let whole = number as i64;
    whole
}
