//! When a job runs: the five fields of a cron expression, or a macro (contract §5.2). All times are
//! UTC, and all five fields must hold.

use luge_model::timestamp::{CivilTime, Timestamp};

const MACROS: [(&str, &str); 7] = [
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];

/// Each field with its smallest and largest number.
const FIELDS: [(&str, u32, u32); 5] = [
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day", 1, 31),
    ("month", 1, 12),
    ("weekday", 0, 6),
];

const MINUTE_MILLISECONDS: i64 = 60_000;
const DAY_MILLISECONDS: i64 = 24 * 60 * MINUTE_MILLISECONDS;
/// How far a schedule is looked ahead: every date that exists comes within so many days (29
/// February on one weekday within 40 years).
const DAYS_AHEAD: i64 = 366 * 41;

/// A cron expression that was understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// For each field, a bit for each number at which it holds.
    fields: [u64; 5],
}

impl Schedule {
    /// Reads an expression.
    ///
    /// # Errors
    /// A sentence that names the field and what is wrong with it.
    pub fn parse(expression: &str) -> Result<Self, String> {
        let known = MACROS.iter().find(|(name, _)| *name == expression);
        let written = known.map_or(expression, |(_, written)| written);
        let parts: Vec<_> = written.split_whitespace().collect();
        if parts.len() != FIELDS.len() {
            let sentence = "must be a valid macro or to have exactly 5 space separated segments";
            return Err(sentence.to_owned());
        }
        let mut fields = [0; 5];
        for ((part, field), bits) in parts.into_iter().zip(FIELDS).zip(&mut fields) {
            for item in part.split(',') {
                *bits |= item_bits(item, field)?;
            }
        }
        Ok(Self { fields })
    }

    /// The first minute after a moment at which all fields hold; none where there is no such date.
    #[must_use]
    pub fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        let first = (after.0.div_euclid(MINUTE_MILLISECONDS) + 1) * MINUTE_MILLISECONDS;
        let today = first.div_euclid(DAY_MILLISECONDS);
        for day in today..today + DAYS_AHEAD {
            let begin = day * DAY_MILLISECONDS;
            if self.holds_on(Timestamp(begin)) {
                let from = (first - begin).max(0) / MINUTE_MILLISECONDS;
                let minutes = from..24 * 60;
                if let Some(minute) = minutes.into_iter().find(|minute| self.holds_at(*minute)) {
                    return Some(Timestamp(begin + minute * MINUTE_MILLISECONDS));
                }
            }
        }
        None
    }

    fn holds_on(&self, day: Timestamp) -> bool {
        let CivilTime {
            month, day: date, ..
        } = day.civil();
        // The first day of 1970 was a Thursday.
        let weekday = (day.0.div_euclid(DAY_MILLISECONDS) + 4).rem_euclid(7);
        let [_, _, dates, months, weekdays] = self.fields;
        has(dates, i64::from(date)) && has(months, i64::from(month)) && has(weekdays, weekday)
    }

    fn holds_at(&self, minute_of_day: i64) -> bool {
        let [minutes, hours, ..] = self.fields;
        has(minutes, minute_of_day % 60) && has(hours, minute_of_day / 60)
    }
}

fn has(bits: u64, number: i64) -> bool {
    bits >> number & 1 == 1
}

fn item_bits(item: &str, (name, min, max): (&str, u32, u32)) -> Result<u64, String> {
    let number = |text: &str| {
        text.parse::<u32>()
            .ok()
            .filter(|number| (min..=max).contains(number))
            .ok_or_else(|| format!("{text:?} is no {name} between {min} and {max}"))
    };
    let (range, step) = match item.split_once('/') {
        Some((range, step)) => (range, Some(step)),
        None => (item, None),
    };
    let every = match step {
        None => 1,
        Some(step) => step
            .parse::<u32>()
            .ok()
            .filter(|step| (1..=max).contains(step))
            .ok_or_else(|| format!("{step:?} is no step of a {name}"))?,
    };
    let (first, last) = match range.split_once('-') {
        _ if range == "*" => (min, max),
        None if step.is_some() => {
            return Err(format!("{item:?} has a step without a range"));
        }
        None => (number(range)?, number(range)?),
        Some((first, last)) => (number(first)?, number(last)?),
    };
    if first > last {
        return Err(format!("the range {range:?} of the {name} is upside down"));
    }
    let numbers = (first..=last).step_by(every as usize);
    Ok(numbers.fold(0, |bits, number| bits | 1 << number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_of_the_contract_are_accepted() {
        for good in [
            "* * * * *",
            "0 0 * * *",
            "*/5 1-3 1,15 * 0-6",
            "0-30/10 * * * *",
            "@daily",
        ] {
            assert!(Schedule::parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for bad in [
            "",
            "zz",
            "* * * *",
            "* * * * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "* * * * 7",
            "5-1 * * * *",
            "*/0 * * * *",
            "*/x * * * *",
            "1/2 * * * *",
            "1,,2 * * * *",
            "-1 * * * *",
            "a-b * * * *",
            "@never",
            "@Daily",
        ] {
            assert!(Schedule::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_next_time_is_after_the_moment_and_the_first_one() {
        for (expression, after, next) in [
            (
                "* * * * *",
                "2026-11-29 09:30:00.000Z",
                "2026-11-29 09:31:00.000Z",
            ),
            (
                "* * * * *",
                "2026-11-29 09:30:59.999Z",
                "2026-11-29 09:31:00.000Z",
            ),
            (
                "0 */6 * * *",
                "2026-11-29 09:30:00.000Z",
                "2026-11-29 12:00:00.000Z",
            ),
            (
                "0 */6 * * *",
                "2026-11-29 18:00:00.000Z",
                "2026-11-30 00:00:00.000Z",
            ),
            (
                "@daily",
                "2026-12-31 00:00:00.000Z",
                "2027-01-01 00:00:00.000Z",
            ),
            (
                "@yearly",
                "2026-01-01 00:00:00.000Z",
                "2027-01-01 00:00:00.000Z",
            ),
            (
                "@weekly",
                "2026-11-29 09:30:00.000Z",
                "2026-12-06 00:00:00.000Z",
            ),
            (
                "30 4 29 2 *",
                "2026-01-01 00:00:00.000Z",
                "2028-02-29 04:30:00.000Z",
            ),
            (
                "5,7-9/2 23 * 6 1",
                "2026-11-29 00:00:00.000Z",
                "2027-06-07 23:05:00.000Z",
            ),
            (
                "0 0 1 1 5",
                "2026-11-29 00:00:00.000Z",
                "2027-01-01 00:00:00.000Z",
            ),
        ] {
            let schedule = Schedule::parse(expression).unwrap();
            let after = Timestamp::parse(after).unwrap();
            let found = schedule.next_after(after).map(|next| next.to_string());
            assert_eq!(found.as_deref(), Some(next), "{expression}");
        }
        let never = Schedule::parse("0 0 31 2 *").unwrap();
        assert_eq!(never.next_after(Timestamp(0)), None);
    }
}
