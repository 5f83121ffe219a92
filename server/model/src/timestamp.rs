//! A moment in UTC, to the millisecond, and its text form `YYYY-MM-DD HH:MM:SS.mmmZ` (contract §0).
//!
//! Texts of moments in the years 0000 to 9999 sort like the moments.

mod parse;

use std::fmt;

const MILLIS_PER_SECOND: i64 = 1_000;
const MILLIS_PER_DAY: i64 = 86_400 * MILLIS_PER_SECOND;

/// Milliseconds since 1970-01-01 00:00 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

/// A moment in parts, as a calendar and a clock in UTC show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CivilTime {
    /// Astronomical: the year before 1 is 0.
    pub year: i64,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// 0 to 999.
    pub millisecond: u16,
}

impl Timestamp {
    /// Reads RFC 3339, its relatives with a space or without a zone, a date alone, and the layouts
    /// of e-mail and Unix. Anything else, and the first moment of year 1 (the zero of Go), is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        parse::parse(text)
    }

    /// The moment of a calendar and a clock; none when there is no such day or time.
    #[must_use]
    pub fn from_civil(civil: CivilTime) -> Option<Self> {
        let in_day = civil.hour < 24 && civil.minute < 60 && civil.second < 60;
        let day_exists = civil.day >= 1 && civil.day <= days_in_month(civil.year, civil.month)?;
        if !in_day || !day_exists || civil.millisecond > 999 || civil.year.abs() > 9_999 {
            return None;
        }
        let clock =
            i64::from(civil.hour) * 3_600 + i64::from(civil.minute) * 60 + i64::from(civil.second);
        let days = days_from_civil(civil.year, civil.month, civil.day);
        let millis = clock * MILLIS_PER_SECOND + i64::from(civil.millisecond);
        Some(Self(days * MILLIS_PER_DAY + millis))
    }

    /// What a calendar and a clock in UTC show.
    #[must_use]
    pub fn civil(self) -> CivilTime {
        let (year, month, day) = civil_from_days(self.0.div_euclid(MILLIS_PER_DAY));
        let millis = self.0.rem_euclid(MILLIS_PER_DAY);
        let seconds = millis / MILLIS_PER_SECOND;
        CivilTime {
            year,
            month,
            day,
            hour: small(seconds / 3_600),
            minute: small(seconds / 60 % 60),
            second: small(seconds % 60),
            millisecond: u16::try_from(millis % MILLIS_PER_SECOND).unwrap_or_default(),
        }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CivilTime {
            year,
            month,
            day,
            hour,
            minute,
            second,
            millisecond,
        } = self.civil();
        write!(
            out,
            "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{millisecond:03}Z"
        )
    }
}

fn days_in_month(year: i64, month: u8) -> Option<u8> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    Some(match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    })
}

/// Days since 1970-01-01. Years begin in March here, so that the leap day is the last of its year.
fn days_from_civil(year: i64, month: u8, day: u8) -> i64 {
    let (month, day) = (i64::from(month), i64::from(day));
    let year = if month <= 2 { year - 1 } else { year };
    let month_from_march = (month + 9) % 12;
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, u8, u8) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, small(month), small(day))
}

fn small(number: i64) -> u8 {
    u8::try_from(number).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts() {
        for (millis, text) in [
            (0, "1970-01-01 00:00:00.000Z"),
            (-1, "1969-12-31 23:59:59.999Z"),
            (951_782_400_000, "2000-02-29 00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31 23:59:59.999Z"),
            (-62_167_219_200_000, "0000-01-01 00:00:00.000Z"),
        ] {
            assert_eq!(Timestamp(millis).to_string(), text);
        }
    }

    #[test]
    fn days_that_do_not_exist() {
        let civil = |year, month, day| {
            Timestamp::from_civil(CivilTime {
                year,
                month,
                day,
                hour: 0,
                minute: 0,
                second: 0,
                millisecond: 0,
            })
        };
        assert!(civil(2024, 2, 29).is_some());
        for (year, month, day) in [
            (2023, 2, 29),
            (1900, 2, 29),
            (2024, 0, 1),
            (2024, 13, 1),
            (2024, 4, 31),
            (2024, 1, 0),
        ] {
            assert_eq!(civil(year, month, day), None, "{year}-{month}-{day}");
        }
    }

    proptest! {
        #[test]
        fn no_moment_panics(millis: i64) {
            let _ = Timestamp(millis).to_string();
        }

        #[test]
        fn text_round_trip(millis in -62_135_596_799_999_i64..253_402_300_800_000) {
            let moment = Timestamp(millis);
            prop_assert_eq!(Timestamp::parse(&moment.to_string()), Some(moment));
        }

        #[test]
        fn text_order_is_time_order(
            left in -62_167_219_200_000_i64..253_402_300_800_000,
            right in -62_167_219_200_000_i64..253_402_300_800_000,
        ) {
            let texts = (Timestamp(left).to_string(), Timestamp(right).to_string());
            prop_assert_eq!(left.cmp(&right), texts.0.cmp(&texts.1));
        }

        #[test]
        fn arbitrary_text_never_panics(text in "\\PC{0,40}") {
            let _ = Timestamp::parse(&text);
        }
    }
}
