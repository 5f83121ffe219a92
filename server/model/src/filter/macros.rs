//! `@now` and its relatives, computed once per request, in UTC (contract §3.1).

use std::borrow::Cow;

use super::calendar::{Civil, DAY_MS};
use super::scalar::Scalar;
use crate::timestamp::Timestamp;

/// A name that stands for a value of the time of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Macro {
    Now,
    Yesterday,
    Tomorrow,
    TodayStart,
    TodayEnd,
    MonthStart,
    MonthEnd,
    YearStart,
    YearEnd,
    Second,
    Minute,
    Hour,
    Day,
    Month,
    Weekday,
    Year,
}

/// Every macro by its name.
pub(super) const MACROS: [(&str, Macro); 16] = [
    ("@now", Macro::Now),
    ("@yesterday", Macro::Yesterday),
    ("@tomorrow", Macro::Tomorrow),
    ("@todayStart", Macro::TodayStart),
    ("@todayEnd", Macro::TodayEnd),
    ("@monthStart", Macro::MonthStart),
    ("@monthEnd", Macro::MonthEnd),
    ("@yearStart", Macro::YearStart),
    ("@yearEnd", Macro::YearEnd),
    ("@second", Macro::Second),
    ("@minute", Macro::Minute),
    ("@hour", Macro::Hour),
    ("@day", Macro::Day),
    ("@month", Macro::Month),
    ("@weekday", Macro::Weekday),
    ("@year", Macro::Year),
];

impl Macro {
    pub(super) fn named(name: &str) -> Option<Self> {
        MACROS
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, found)| *found)
    }

    pub(super) fn value(self, now: Timestamp) -> Scalar<'static> {
        let Timestamp(now) = now;
        let today = Civil::of(now);
        let (year, month) = (today.year, today.month);
        let before = |year, month, day| Civil::midnight(year, month, day).unix_ms() - 1;
        let unix_ms = match self {
            Self::Now => now,
            Self::Yesterday => now - DAY_MS,
            Self::Tomorrow => now + DAY_MS,
            Self::TodayStart => Civil::midnight(year, month, today.day).unix_ms(),
            Self::TodayEnd => before(year, month, today.day + 1),
            Self::MonthStart => Civil::midnight(year, month, 1).unix_ms(),
            Self::MonthEnd => before(year, month + 1, 1),
            Self::YearStart => Civil::midnight(year, 1, 1).unix_ms(),
            Self::YearEnd => before(year + 1, 1, 1),
            Self::Second => return Scalar::Integer(today.second),
            Self::Minute => return Scalar::Integer(today.minute),
            Self::Hour => return Scalar::Integer(today.hour),
            Self::Day => return Scalar::Integer(today.day),
            Self::Month => return Scalar::Integer(month),
            Self::Weekday => return Scalar::Integer(today.weekday()),
            Self::Year => return Scalar::Integer(year),
        };
        Scalar::Text(Cow::Owned(Civil::of(unix_ms).wire_text()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_at_a_known_moment() {
        // A leap day, a Thursday.
        let now = Timestamp(Civil::of(1_709_215_445_678).unix_ms());
        for (name, value) in [
            ("@now", "2024-02-29 14:04:05.678Z"),
            ("@yesterday", "2024-02-28 14:04:05.678Z"),
            ("@tomorrow", "2024-03-01 14:04:05.678Z"),
            ("@todayStart", "2024-02-29 00:00:00.000Z"),
            ("@todayEnd", "2024-02-29 23:59:59.999Z"),
            ("@monthStart", "2024-02-01 00:00:00.000Z"),
            ("@monthEnd", "2024-02-29 23:59:59.999Z"),
            ("@yearStart", "2024-01-01 00:00:00.000Z"),
            ("@yearEnd", "2024-12-31 23:59:59.999Z"),
            ("@second", "5"),
            ("@minute", "4"),
            ("@hour", "14"),
            ("@day", "29"),
            ("@month", "2"),
            ("@weekday", "4"),
            ("@year", "2024"),
        ] {
            let found = Macro::named(name).map(|found| found.value(now));
            let text = found
                .as_ref()
                .and_then(Scalar::as_text)
                .map(Cow::into_owned);
            assert_eq!(text.as_deref(), Some(value), "{name}");
        }
    }

    #[test]
    fn names_are_exact() {
        for name in ["@Now", "@nowx", "now", "@", "@todaystart", "@rowid", ""] {
            assert_eq!(Macro::named(name), None, "{name}");
        }
    }
}
