//! Days and times of the proleptic Gregorian calendar in UTC.

/// Milliseconds of a day.
pub(super) const DAY_MS: i64 = 86_400_000;

/// A moment in its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Civil {
    pub(super) year: i64,
    /// 1 to 12.
    pub(super) month: i64,
    /// 1 to 31.
    pub(super) day: i64,
    /// 0 to 23.
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
    pub(super) millisecond: i64,
}

impl Civil {
    /// The parts of a moment in milliseconds since 1970.
    pub(super) fn of(unix_ms: i64) -> Self {
        let (days, within) = (unix_ms.div_euclid(DAY_MS), unix_ms.rem_euclid(DAY_MS));
        let (year, month, day) = date_of(days);
        Self {
            year,
            month,
            day,
            hour: within / 3_600_000,
            minute: within / 60_000 % 60,
            second: within / 1_000 % 60,
            millisecond: within % 1_000,
        }
    }

    /// Midnight at the beginning of a day; a day or month beyond its range runs over.
    pub(super) fn midnight(year: i64, month: i64, day: i64) -> Self {
        Self {
            year,
            month,
            day,
            hour: 0,
            minute: 0,
            second: 0,
            millisecond: 0,
        }
    }

    /// Milliseconds since 1970; a day or month beyond its range runs over.
    pub(super) fn unix_ms(self) -> i64 {
        let time = ((self.hour * 60 + self.minute) * 60 + self.second) * 1_000;
        days_before(self.year, self.month, self.day) * DAY_MS + time + self.millisecond
    }

    /// As the wire writes a date: `YYYY-MM-DD HH:MM:SS.mmmZ`.
    pub(super) fn wire_text(self) -> String {
        format!(
            "{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:03}Z",
            self.year, self.month, self.day, self.hour, self.minute, self.second, self.millisecond
        )
    }

    /// 0 is Sunday.
    pub(super) fn weekday(self) -> i64 {
        (days_before(self.year, self.month, self.day) + 4).rem_euclid(7)
    }

    /// 1 is the first of January.
    pub(super) fn day_of_year(self) -> i64 {
        days_before(self.year, self.month, self.day) - days_before(self.year, 1, 1) + 1
    }
}

/// Days between 1970-01-01 and a date; a day or month beyond its range runs over.
fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let year = year + (month - 1).div_euclid(12);
    let month = (month - 1).rem_euclid(12) + 1;
    // Years begin in March, so that the leap day is the last of its year.
    let (year, month) = if month <= 2 {
        (year - 1, month + 9)
    } else {
        (year, month - 3)
    };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719_468
}

fn date_of(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    (year + era * 400 + carry, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_days_agree() {
        for (unix_ms, text) in [
            (0, "1970-01-01 00:00:00.000Z"),
            (-1, "1969-12-31 23:59:59.999Z"),
            (951_782_400_000, "2000-02-29 00:00:00.000Z"),
            (1_704_164_645_678, "2024-01-02 03:04:05.678Z"),
            (-62_167_219_200_000, "0000-01-01 00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31 23:59:59.999Z"),
        ] {
            assert_eq!(Civil::of(unix_ms).wire_text(), text);
            assert_eq!(Civil::of(unix_ms).unix_ms(), unix_ms);
        }
    }

    #[test]
    fn weekdays_and_days_of_the_year() {
        for (year, month, day, weekday, day_of_year) in [
            (1970, 1, 1, 4, 1),
            (2024, 2, 29, 4, 60),
            (2024, 12, 31, 2, 366),
            (2023, 12, 31, 0, 365),
        ] {
            let date = Civil::midnight(year, month, day);
            assert_eq!((date.weekday(), date.day_of_year()), (weekday, day_of_year));
        }
    }
}
