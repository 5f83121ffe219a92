//! Options of what the server tells about itself; a wrong moment is refused by name.

use luge_model::timestamp::Timestamp;

use super::*;

/// Options of routes that watch or count what a filter selects.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct FilterOptions {
    /// A filter; empty for everything.
    pub(crate) filter: String,
    /// The keys to show.
    pub(crate) fields: Wanted,
}

impl FilterOptions {
    fn of(request: &Request) -> Result<Self, Failure> {
        Ok(Self {
            filter: option(request, "filter").unwrap_or_default(),
            fields: Wanted::of(request)?,
        })
    }

    fn properties() -> Properties {
        let filter = property("Which entries, as a filter.", "string");
        vec![("filter", filter), fields_property()]
    }
}

/// A time that may be open at its ends.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Until {
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

impl Until {
    /// The time until now, where it has no end; the last hour of it, where it has no beginning.
    pub(crate) fn until(self, now: Timestamp) -> (Timestamp, Timestamp) {
        let to = self.to.unwrap_or(now);
        let hour = Timestamp(to.0.saturating_sub(HOUR_MILLISECONDS));
        (self.from.unwrap_or(hour), to)
    }
}

const HOUR_MILLISECONDS: i64 = 60 * limits::HISTORY_FINE_MILLISECONDS;

/// Options of the history of metrics.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct HistoryOptions {
    /// Which time.
    pub(crate) span: Until,
    /// What one sample covers, in milliseconds; 0 for what fits.
    pub(crate) step: i64,
    /// The keys to show.
    pub(crate) fields: Wanted,
}

impl HistoryOptions {
    fn of(request: &Request) -> Result<Self, Failure> {
        let given = |name: &str| option(request, name).unwrap_or_default();
        let seconds = whole_number("step", &given("step"))?;
        if !(0..=limits::HISTORY_COARSE_AGE_MILLISECONDS / 1_000).contains(&seconds) {
            return Err(Failure::bad_request(
                "The parameter step must be a number of seconds, at most 30 days.",
            ));
        }
        Ok(Self {
            span: Until {
                from: moment("from", &given("from"))?,
                to: moment("to", &given("to"))?,
            },
            step: seconds * 1_000,
            fields: Wanted::of(request)?,
        })
    }

    fn properties() -> Properties {
        let step = "What one sample covers, in seconds; by default what fits.";
        vec![
            (
                "from",
                property("By default an hour before `to`.", "string"),
            ),
            ("to", property("By default now.", "string")),
            ("step", property(step, "integer")),
            fields_property(),
        ]
    }
}

fn moment(name: &str, text: &str) -> Result<Option<Timestamp>, Failure> {
    if text.is_empty() {
        return Ok(None);
    }
    Timestamp::parse(text).map(Some).ok_or_else(|| {
        Failure::bad_request(format!(
            "The parameter {name} must be a date and time, not \"{text}\"."
        ))
    })
}

extracted!(FilterOptions, HistoryOptions);
