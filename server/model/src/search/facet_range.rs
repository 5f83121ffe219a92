//! Ranges of a facet: `0..10`, `50..`, `..2000`, `2010-06..2011`.
//!
//! A range has what is its beginning or more, and less than its end.

use crate::timestamp::Timestamp;

use super::FacetValue;

/// A date of which any beginning that ends behind a part of it names its first moment.
const FIRST: &str = "0000-01-01 00:00:00.000Z";
/// Where a date may end.
const PARTS: [usize; 7] = [4, 7, 10, 13, 16, 19, 23];

/// A range of numbers or dates.
#[derive(Clone, Debug, PartialEq)]
pub struct FacetRange {
    /// What it has at least; `None` where it has no beginning.
    pub from: Option<RangeEnd>,
    /// What it has less than; `None` where it has no end.
    pub to: Option<RangeEnd>,
}

/// Where a range begins or ends.
#[derive(Clone, Debug, PartialEq)]
pub enum RangeEnd {
    /// A finite number.
    Number(f64),
    /// A date or the beginning of one, as it was written. Texts of dates compare like dates.
    Date(String),
}

impl FacetRange {
    /// Reads a range of numbers.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub(super) fn of_numbers(text: &str) -> Result<Self, String> {
        Self::of(text, |end| {
            let number: Option<f64> = end.parse().ok();
            let number = number.filter(|number| number.is_finite());
            let number = number.ok_or_else(|| format!("expected a number, found {end:?}."))?;
            Ok(RangeEnd::Number(number))
        })
    }

    /// Reads a range of dates, whose ends may be cut: `2010`, `2010-06`.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub(super) fn of_dates(text: &str) -> Result<Self, String> {
        Self::of(text, |end| {
            if !is_date(end) {
                return Err(format!(
                    "expected a date or its beginning, such as 2010 or 2010-06-30, found {end:?}."
                ));
            }
            Ok(RangeEnd::Date(end.to_owned()))
        })
    }

    fn of(text: &str, read: impl Fn(&str) -> Result<RangeEnd, String>) -> Result<Self, String> {
        let (from, to) = text
            .split_once("..")
            .ok_or_else(|| format!("expected a range such as 0..10, found {text:?}."))?;
        let end = |text: &str| match text.trim() {
            "" => Ok(None),
            text => read(text).map(Some),
        };
        let range = Self {
            from: end(from)?,
            to: end(to)?,
        };
        let is_empty = match (&range.from, &range.to) {
            (None, None) => {
                return Err("a range has a beginning or an end.".to_owned());
            }
            (Some(RangeEnd::Number(from)), Some(RangeEnd::Number(to))) => from >= to,
            (Some(RangeEnd::Date(from)), Some(RangeEnd::Date(to))) => from >= to,
            _ => false,
        };
        if is_empty {
            return Err(format!("nothing can be in the range {text:?}."));
        }
        Ok(range)
    }

    /// Whether a value is in it.
    #[must_use]
    pub fn has(&self, value: &FacetValue<'_>) -> bool {
        let begins = self.from.as_ref().is_none_or(|from| from.is_reached(value));
        let ends = self.to.as_ref().is_some_and(|to| to.is_reached(value));
        begins && !ends && self.is_of(value)
    }

    /// Whether it is one of such values.
    fn is_of(&self, value: &FacetValue<'_>) -> bool {
        let end = self.from.as_ref().or(self.to.as_ref());
        matches!(
            (end, value),
            (Some(RangeEnd::Number(_)), FacetValue::Number(_))
                | (Some(RangeEnd::Date(_)), FacetValue::Text(_))
        )
    }
}

impl RangeEnd {
    /// Whether a value is this or more.
    fn is_reached(&self, value: &FacetValue<'_>) -> bool {
        match (self, value) {
            (Self::Number(end), FacetValue::Number(number)) => number >= end,
            (Self::Date(end), FacetValue::Text(date)) => date.as_ref() >= end.as_str(),
            _ => false,
        }
    }
}

/// Whether a text is a date of records, or the beginning of one.
fn is_date(text: &str) -> bool {
    let rest = FIRST.get(text.len()..);
    let ends = PARTS.contains(&text.len()) || text.len() == FIRST.len();
    let whole = rest.map(|rest| format!("{text}{rest}"));
    let moment = whole.as_deref().filter(|_| ends).and_then(Timestamp::parse);
    // Only the form of records compares like the moment.
    moment.is_some_and(|moment| whole == Some(moment.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_may_be_cut_behind_their_parts() {
        for text in [
            "2010",
            "2010-06",
            "2010-06-30",
            "2010-06-30 10",
            "2010-06-30 10:30",
            "2010-06-30 10:30:59",
            "2010-06-30 10:30:59.123",
            "2010-06-30 10:30:59.123Z",
            "0000",
        ] {
            assert!(is_date(text), "{text}");
        }
        for text in [
            "201",
            "2010-",
            "2010-6",
            "2010-13",
            "2010-02-30",
            "2010-06-30T10",
            "2010-06-30 24",
            "2010-06-30 10:30:59.123ZZ",
            "year",
            "-010",
            "２０１０",
        ] {
            assert!(!is_date(text), "{text}");
        }
    }

    #[test]
    fn ranges_have_their_beginning_and_not_their_end() {
        let range = FacetRange::of_numbers("0..10").unwrap();
        let open = FacetRange::of_numbers("..-0.5").unwrap();
        for (number, in_range, in_open) in [
            (-1.0, false, true),
            (-0.5, false, false),
            (0.0, true, false),
            (9.99, true, false),
            (10.0, false, false),
        ] {
            let value = FacetValue::Number(number);
            assert_eq!(range.has(&value), in_range, "{number}");
            assert_eq!(open.has(&value), in_open, "{number}");
        }
        assert!(!range.has(&FacetValue::Text("5".into())));
        assert!(!open.has(&FacetValue::Flag(false)));
        let dates = FacetRange::of_dates("2010-06..2011").unwrap();
        for (date, is_in) in [
            ("2010-05-31 23:59:59.999Z", false),
            ("2010-06-01 00:00:00.000Z", true),
            ("2010-12-31 23:59:59.999Z", true),
            ("2011-01-01 00:00:00.000Z", false),
        ] {
            assert_eq!(dates.has(&FacetValue::Text(date.into())), is_in, "{date}");
        }
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in [
            "", "..", "1", "a..b", "1..x", "10..10", "10..1", "nan..", "..inf", "1..2..3",
        ] {
            assert!(FacetRange::of_numbers(text).is_err(), "{text}");
        }
        for text in [
            "..",
            "2010",
            "2011..2010",
            "2010..2010",
            "10..20",
            "2010-13..",
        ] {
            assert!(FacetRange::of_dates(text).is_err(), "{text}");
        }
    }
}
