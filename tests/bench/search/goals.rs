//! What was measured beside what is wanted, as one table with a verdict.

use std::fmt;

/// One row.
#[derive(Debug)]
pub(crate) struct Measure {
    pub(crate) name: String,
    pub(crate) value: f64,
    pub(crate) goal: Goal,
}

/// What a value should be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Goal {
    AtLeast(f64),
    AtMost(f64),
    /// It is only told.
    None,
}

/// All rows, and whether the groups of judged searches are all answered best.
#[derive(Debug)]
pub(crate) struct Goals {
    pub(crate) measures: Vec<Measure>,
    /// Groups that are answered better than by the others, and all of them.
    pub(crate) best: (usize, usize),
}

impl Measure {
    pub(crate) fn new(name: impl Into<String>, value: f64, goal: Goal) -> Self {
        Self {
            name: name.into(),
            value,
            goal,
        }
    }
}

impl Goal {
    /// `None` where there is nothing to meet.
    fn is_met(self, value: f64) -> Option<bool> {
        match self {
            Self::AtLeast(least) => Some(value >= least),
            Self::AtMost(most) => Some(value <= most),
            Self::None => None,
        }
    }
}

impl fmt::Display for Goals {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "| measure | Luge | goal | |\n|---|---|---|---|")?;
        let (mut met, mut all) = (0, 0);
        for Measure { name, value, goal } in &self.measures {
            let verdict = match goal.is_met(*value) {
                Some(true) => "met",
                Some(false) => "MISSED",
                None => "",
            };
            met += usize::from(goal.is_met(*value) == Some(true));
            all += usize::from(goal.is_met(*value).is_some());
            let goal = match goal {
                Goal::AtLeast(least) => format!("≥ {}", short(*least)),
                Goal::AtMost(most) => format!("≤ {}", short(*most)),
                Goal::None => String::new(),
            };
            writeln!(
                formatter,
                "| {name} | {} | {goal} | {verdict} |",
                short(*value)
            )?;
        }
        let (best, groups) = self.best;
        let verdict = match met == all && best == groups {
            true => "everything is as wanted",
            false => "NOT everything is as wanted",
        };
        writeln!(
            formatter,
            "\n{verdict}: {met} of {all} goals met, best of all in {best} of {groups} groups"
        )
    }
}

/// A number with as many places as tell something.
fn short(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value == value.trunc() => format!("{value:.0}"),
        value => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missed_is_said() {
        let table = |value, best| {
            let measure = |goal| Measure::new("speed", value, goal);
            let goals = [Goal::AtLeast(3.0), Goal::AtMost(1500.5), Goal::None];
            let measures = goals.map(measure).into();
            Goals { measures, best }.to_string()
        };
        let text = table(3.5, (2, 2));
        assert!(text.contains("| speed | 3.50 | ≥ 3 | met |"), "{text}");
        assert!(text.contains("| speed | 3.50 | ≤ 1500 | met |"), "{text}");
        assert!(text.contains("| speed | 3.50 |  |  |"), "{text}");
        assert!(text.ends_with(
            "everything is as wanted: 2 of 2 goals met, best of all in 2 of 2 groups\n"
        ));
        assert!(!text.contains("NOT"));
        let text = table(2.9, (2, 2));
        assert!(text.contains("≥ 3 | MISSED |") && text.contains("NOT everything"));
        assert!(table(3.5, (1, 2)).contains("NOT everything"));
    }
}
